// Programs that do not end by themselves: the machine stops them, or the thread they run in is gone. Each is a fatal error with exit
// code 2, in the host's words and without those of its engine.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { dir, file, root, run } from './workspace.testing.ts';

test('an access outside of memory, and a call of what is no function', () => {
  const far = run(`package main

import "unsafe"

//go:noinline
func load(p uintptr) int { return *(*int)(unsafe.Pointer(p)) }

func main() {
	println("up")
	println(load(0xfffffff0))
}
`);
  assert.match(
    far.err,
    /^up\nfatal error: [^\n]*out of bounds\n\ngoroutine [^\n]*:\nmain\.load\(\.\.\.\)\n\t\S*prog\.go:6\b/,
  );
  assert.equal(far.code, 2);
  const wild = run(`package main

import "unsafe"

func main() {
	var f func()
	*(**[2]uintptr)(unsafe.Pointer(&f)) = &[2]uintptr{0x123456}
	f()
}
`);
  assert.match(
    wild.err,
    /^fatal error: [^\n]*out of bounds\n\ngoroutine [^\n]*:\nmain\.main\(\.\.\.\)\n\t\S*prog\.go:8\b/,
  );
  assert.equal(wild.code, 2);
});

const emptyModule = '0061736d01000000';

/** Runs a module, given in hexadecimal, as executables do. worker: the code of its thread, if not the usual. */
function host(wasm: string, worker?: string, env: readonly string[] = []): { err: string; code: number | null } {
  const module = JSON.stringify(join(root, 'src', 'host', 'node', 'run.ts'));
  file(
    'host.mjs',
    `import { endProcess, run } from ${module};
endProcess(await run(Buffer.from('${wasm}', 'hex'), ${JSON.stringify({ args: ['x'], env, worker })}));`,
  );
  const r = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', join(dir, 'host.mjs')], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.doesNotMatch(r.stderr, /\n {4}at |file:\/\//, 'no JavaScript stack trace');
  return { err: r.stderr, code: r.status };
}

test('a module that is none, or wants what the host has not', () => {
  const none = host('00617364');
  assert.match(none.err, /^fatal error: the program cannot be loaded: [^\n]+\n$/);
  assert.equal(none.code, 2);
  // (import "env" "nosuch" (func))
  const foreign = host(`${emptyModule}010401600000020e0103656e76066e6f737563680000`);
  assert.equal(foreign.err, 'fatal error: the program imports env.nosuch, which this host does not have\n');
  assert.equal(foreign.code, 2);
});

test('a thread that dies under its program', () => {
  for (const [worker, message] of [
    ['process.exit(3)', /^fatal error: [^\n]*thread ended \(exit 3\)[^\n]*\n$/],
    ['throw new Error("gone")', /^fatal error: [^\n]*: gone\n$/],
    ['new Uint8Array(-1)', /^fatal error: [^\n]*\n$/],
    ['0', /^fatal error: [^\n]*thread ended \(exit 0\)[^\n]*\n$/],
  ] as const) {
    const r = host(emptyModule, worker);
    assert.match(r.err, message);
    assert.equal(r.code, 2);
  }
});

test('the thread of one M dies while the others run', async () => {
  const { makeProgram } = await import('../../src/cli/program.ts');
  const prog = file(
    'busy.go',
    'package main\n\nfunc spin() {\n\tfor {\n\t}\n}\n\nfunc main() {\n\tgo spin()\n\tgo spin()\n\tspin()\n}\n',
  );
  const { wasm } = await makeProgram({ files: [join(dir, prog)] }, true);
  const program = JSON.stringify(join(root, 'src', 'host', 'node', 'program.ts'));
  const r = host(
    Buffer.from(wasm!).toString('hex'),
    `const { parentPort } = require('node:worker_threads');
parentPort.on('message', (input) => {
  if (input.m !== 0) process.exit(7);
  import(${program}).then((p) => parentPort.postMessage(p.runProgram(input)));
});`,
    ['GOMAXPROCS=2'],
  );
  assert.equal(r.err, "fatal error: an M's worker thread ended (exit 7) while the program was running\n");
  assert.equal(r.code, 2);
});
