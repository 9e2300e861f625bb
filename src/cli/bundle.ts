// `burrow build`: one executable file, a shell script that is a JavaScript module that holds the program.
//
// Guarantees: the file appears whole or not at all (written beside its place, then renamed). It runs on the Node of this Burrow if
// that is still there, otherwise on the node of PATH, which must be new enough for wasm exceptions and threads.

import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const host = resolve(import.meta.dirname, '..', 'host', 'node');

const main = `
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { runProgram } from '${join(host, 'program.ts')}';
import { endProcess, run } from '${join(host, 'run.ts')}';
if (isMainThread) {
  const wasm = gunzipSync(Buffer.from(PROGRAM, 'base64'));
  const env = Object.entries({ ...process.env, PWD: process.cwd() }).map(([k, v]) => k + '=' + v);
  endProcess(await run(wasm, { args: process.argv.slice(1), env, worker: new URL(import.meta.url) }));
} else parentPort.postMessage(runProgram(workerData));
`;

/** Throws what the file system throws. */
export async function writeExecutable(out: string, wasm: Uint8Array): Promise<void> {
  const { build } = await import('esbuild');
  const result = await build({
    stdin: { contents: main, resolveDir: host, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minify: true,
    write: false,
  });
  const code = result.outputFiles[0]!.text;
  const node = process.execPath.replaceAll("'", "'\\''");
  const shell = `":" //; n='${node}'; [ -x "$n" ] || n=node; exec "$n" --input-type=module --disable-warning=ExperimentalWarning "$0" "$@"`;
  const text = `#!/bin/sh\n${shell.replace('--input-type=module ', '')}\nconst PROGRAM = "${Buffer.from(gzipSync(wasm)).toString('base64')}";\n${code}`;
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
