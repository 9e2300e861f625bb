// `burrow build`: one executable file, a line of shell, the host's code, and the program.
//
// Guarantees: the file appears whole or not at all (written beside its place, then renamed). It runs on the Node of this Burrow if
// that is still there, otherwise on the node of PATH, which must be new enough for wasm exceptions and threads.

import { chmodSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { nodeFlags } from '../host/node/nodeflags.ts';
import { findInherited } from './inherit.ts';
import { root } from './self.ts';

const host = join(root, 'src', 'host', 'node');

/** the host's oldest Node: the first whose V8 has wasm exceptions with references */
const oldestNode = 24;

// Evaluated, not loaded as a file: so neither the executable's name nor a package.json near it matters.
const main = `
import { isMainThread, parentPort } from 'node:worker_threads';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { makeAhead } from '${join(host, 'mworker.ts')}';
import { runProgram } from '${join(host, 'program.ts')}';
import { endProcess, environment, run } from '${join(host, 'run.ts')}';
import { inherited } from '${join(host, 'adopt.ts')}';
import { oldNode } from '${join(root, 'src', 'cli', 'messages.ts')}';
async function start() {
  const { code, program } = globalThis.burrow;
  makeAhead(code);
  const wasm = gunzipSync(Buffer.from(program, 'base64'));
  const [descriptors, file, ...args] = process.argv.slice(1);
  endProcess(
    await run(wasm, {
      args: [file, ...args],
      env: environment(),
      worker: code,
      executable: resolve(file),
      inherited: inherited(descriptors),
    }),
  );
}
if (!isMainThread) parentPort.once('message', (input) => parentPort.postMessage(runProgram(input)));
else if (Number(process.versions.node.split('.')[0]) < ${oldestNode}) {
  process.stderr.write(oldNode(process.argv[2], ${oldestNode}, process.version));
  process.exitCode = 1;
} else start();
`;

/** The line of the file where the program begins. */
const marker = '\n//program ';
/** Reads its own file, keeps the program aside and evaluates the code between. No single quotes: it stands in a shell's. In a
 * block, as its names are no others' business. */
const loader = `{const s=require("fs").readFileSync(process.argv[2],"utf8"),i=s.lastIndexOf(${JSON.stringify(marker)}),code=s.slice(s.indexOf("\\n",11)+1,i);globalThis.burrow={code,program:s.slice(i+${marker.length})};(0,eval)(code)}`;

/** Throws what the file system throws. */
export async function writeExecutable(out: string, wasm: Uint8Array): Promise<void> {
  const { build } = await import('esbuild');
  const result = await build({
    stdin: { contents: main, resolveDir: host, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    minify: true,
    write: false,
    logLevel: 'silent',
  });
  const code = result.outputFiles[0]!.text;
  const node = process.execPath.replaceAll("'", "'\\''");
  const shell = `n='${node}'; [ -x "$n" ] || n=node; command -v "$n" >/dev/null || { m="node is not on PATH"; case "\${LC_ALL:-\${LC_MESSAGES:-$LANG}}" in zh|zh.*|zh[_-]CN*|zh[_-]SG*|zh[_-]Hans*) m="PATH 中找不到 node";; esac; echo "$0: $m" >&2; exit 1; }; ${findInherited}; exec "$n" ${nodeFlags.join(' ')} -e '${loader}' "$f" "$0" "$@"`;
  const text = `#!/bin/sh\n${shell}\n${code}${marker}${Buffer.from(gzipSync(wasm)).toString('base64')}`;
  // A device is written to, not replaced.
  if (statSync(out, { throwIfNoEntry: false })?.isFile() === false) {
    writeFileSync(out, text);
    return;
  }
  const temp = `${out}.${process.pid}.tmp`;
  try {
    writeFileSync(temp, text);
    chmodSync(temp, 0o755);
    renameSync(temp, out);
  } catch (e) {
    rmSync(temp, { force: true });
    throw e;
  }
}
