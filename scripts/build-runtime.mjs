// Builds src/runtime (AssemblyScript) into build/runtime.wasm, unless that is newer than every source.

import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, 'src', 'runtime');
export const runtimeFile = join(root, 'build', 'runtime.wasm');

function upToDate() {
  try {
    const built = statSync(runtimeFile).mtimeMs;
    return readdirSync(sources).every((f) => statSync(join(sources, f)).mtimeMs <= built);
  } catch {
    return false;
  }
}

/** Resolves when build/runtime.wasm is there; throws with the compiler's messages. */
export async function buildRuntime() {
  if (upToDate()) return;
  const { default: asc } = await import('assemblyscript/asc');
  const out = `${runtimeFile}.${process.pid}.tmp`;
  mkdirSync(dirname(runtimeFile), { recursive: true });
  const { error, stdout, stderr } = await asc.main(
    [
      'index.ts',
      '-o',
      'out.wasm',
      '--runtime',
      'stub',
      '--importMemory',
      '--sharedMemory',
      '--initialMemory',
      '64',
      '--maximumMemory',
      '65536',
      '--memoryBase',
      '1024',
      '--exportTable',
      '--enable',
      'threads',
      '-O3',
      '--noAssert',
      '--use',
      'abort=',
    ],
    {
      readFile: (name, base) => {
        try {
          return readFileSync(join(base.startsWith('/') ? base : sources, name), 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (name, data) => {
        if (name.endsWith('.wasm')) writeFileSync(out, data);
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`src/runtime does not compile:\n${stderr.toString()}${stdout.toString()}`);
  renameSync(out, runtimeFile);
}
