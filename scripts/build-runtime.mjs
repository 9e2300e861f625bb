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

/** Compiles the runtime with the given text as the module that says what is exported; throws with the compiler's messages. */
export async function compileRuntime(entry) {
  const { default: asc } = await import('assemblyscript/asc');
  const name = 'entry.ts';
  let wasm;
  const { error, stdout, stderr } = await asc.main(
    [
      name,
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
      readFile: (file, base) => {
        if (file === name) return entry;
        try {
          return readFileSync(join(base.startsWith('/') ? base : sources, file), 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (file, data) => {
        if (file.endsWith('.wasm')) wasm = data;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`src/runtime does not compile:\n${stderr.toString()}${stdout.toString()}`);
  return wasm;
}

/** Resolves when build/runtime.wasm is there; throws with the compiler's messages. */
export async function buildRuntime() {
  if (upToDate()) return;
  const wasm = await compileRuntime(readFileSync(join(sources, 'index.ts'), 'utf8'));
  const out = `${runtimeFile}.${process.pid}.tmp`;
  mkdirSync(dirname(runtimeFile), { recursive: true });
  writeFileSync(out, wasm);
  renameSync(out, runtimeFile);
}
