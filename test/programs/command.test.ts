// The command around the programs: flags, help, environment, dumps, streams and signals.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { burrow, command, dir, env, file } from './workspace.testing.ts';

test('mistaken command lines get go’s messages and the usage', () => {
  for (const [args, message] of [
    [['run', '-x'], 'flag provided but not defined: -x'],
    [['build', '--nope=1'], 'flag provided but not defined: -nope'],
    [['build', '-o'], 'flag needs an argument: -o'],
    [['vet', '-e=maybe'], 'invalid boolean value "maybe" for -e: parse error'],
    [['vet', '---e'], 'bad flag syntax: ---e'],
    [['version', '-q'], 'flag provided but not defined: -q'],
  ] as const) {
    const r = burrow(args);
    assert.equal(r.code, 2);
    assert.match(r.err, new RegExp(`^usage: burrow ${args[0]}.*\\nRun 'burrow help ${args[0]}' for details\\.$`, 'm'));
    assert.equal(r.err.split('\n')[0], message);
  }
  assert.equal(burrow(['frob']).err, "burrow frob: unknown command\nRun 'burrow help' for usage.\n");
  assert.equal(burrow(['help', 'frob']).err, "burrow help frob: unknown help topic. Run 'burrow help'.\n");
  assert.equal(burrow([]).code, 2);
});

test('help, version and env', () => {
  assert.match(burrow(['help']).out, /^Burrow compiles/);
  assert.match(burrow(['help', 'run']).out, /^usage: burrow run /);
  assert.match(burrow(['help', 'run'], '', { LC_ALL: 'zh_CN.UTF-8' }).out, /^用法：burrow run /);
  assert.match(burrow(['help'], '', { LC_ALL: 'zh_CN.UTF-8' }).out, /编译并运行程序/);
  assert.match(burrow(['version']).out, /^burrow version \S+ go1\.26\S* wasip1\/wasm\n$/);
  assert.match(burrow(['env']).out, /^GOOS='wasip1'$/m);
  assert.equal(burrow(['env', 'GOOS', 'NOSUCH', 'toString']).out, 'wasip1\n\n\n');
  assert.deepEqual(JSON.parse(burrow(['env', '-json', 'GOARCH']).out), { GOARCH: 'wasm' });
});

test('build tags come from -tags, GOFLAGS and GOEXPERIMENT', () => {
  file('tags/go.mod', 'module example.com/tags\n');
  file('tags/a.go', '//go:build x && !y\n\npackage main\n\nfunc init() { println("x") }\n');
  file(
    'tags/b.go',
    `package main

import "runtime/pprof"

func main() { println(pprof.Lookup("goroutineleak") != nil) }
`,
  );
  file('tags/only/c.go', '//go:build x\n\npackage only\n');
  const said = (args: readonly string[], more: NodeJS.ProcessEnv = {}): string =>
    burrow(['run', ...args, './tags'], '', more).err;
  assert.equal(said([]), 'false\n');
  assert.equal(said(['-tags=x']), 'x\nfalse\n');
  assert.equal(said(['-tags', 'x,y']), 'false\n');
  assert.equal(said([], { GOFLAGS: '-tags=x' }), 'x\nfalse\n');
  assert.equal(said(['-tags='], { GOFLAGS: '-tags=x' }), 'false\n');
  assert.equal(said(['-tags=x'], { GOEXPERIMENT: 'goroutineleakprofile,nogreenteagc' }), 'x\ntrue\n');
  assert.deepEqual(burrow(['vet', './tags'], '', { GOEXPERIMENT: 'nofoo' }), {
    out: '',
    err: 'go: unknown GOEXPERIMENT foo\n',
    code: 2,
    signal: null,
  });
  assert.equal(burrow(['vet', './tags/only']).code, 1);
  assert.equal(burrow(['vet', '-tags=x', './tags/only']).code, 0);
});

test('dumps of every stage, of all functions or one', () => {
  const f = file(
    'dump.go',
    'package main\n\n//go:noinline\nfunc add(a, b int) int { return a + b }\n\nfunc main() { println(add(1, 2)) }\n',
  );
  for (const stage of ['syntax', 'types', 'ir', 'wasm']) {
    const r = burrow(['tool', 'compile', `-dump=${stage}`, f, '-func', 'add']);
    assert.equal(r.code, 0, r.err);
    assert.match(r.out, stage === 'syntax' ? /BinaryExpr op=\+/ : /\S/);
    assert.doesNotMatch(r.out, /println/);
  }
  assert.match(burrow(['tool', 'compile', '-func=nosuch', '-dump', 'ir', f]).err, /^burrow: no function nosuch/);
  assert.match(burrow(['tool', 'compile', '-dump=asm', f]).err, /^-dump=asm: want one of syntax, types, ir, wasm\n/);
});

test('large and binary input passes through', () => {
  const f = file(
    'cat.go',
    'package main\n\nimport (\n\t"io"\n\t"os"\n)\n\nfunc main() {\n\tn, err := io.Copy(os.Stdout, os.Stdin)\n\tprintln(n, err == nil)\n}\n',
  );
  const data = Buffer.alloc(
    700_000,
    Uint8Array.from({ length: 251 }, (_, i) => i),
  );
  const r = spawnSync(command, ['run', f], { cwd: dir, input: data, env });
  assert.equal(r.stderr.toString(), '700000 true\n');
  assert.ok(r.stdout.equals(data));
  const closed = spawnSync('sh', ['-c', `"${command}" run ${f} <&-`], { cwd: dir, encoding: 'utf8', env });
  assert.equal(closed.status, 0);
});

/** Sends the signal once the program has said that it is ready. */
async function signalled(
  source: string,
  sig: NodeJS.Signals,
): Promise<{ ended: NodeJS.Signals | number; out: string }> {
  const p = spawn(command, ['run', source], { cwd: dir, env });
  let out = '';
  p.stdout.on('data', (d) => {
    if (out === '') p.kill(sig);
    out += d;
  });
  return new Promise((resolve) => p.on('close', (code, signal) => resolve({ ended: signal ?? code!, out })));
}

test('signals end a program, unless it asks for them', async () => {
  const wait = file(
    'wait.go',
    'package main\n\nimport (\n\t"fmt"\n\t"time"\n)\n\nfunc main() {\n\tfmt.Println("up")\n\ttime.Sleep(time.Hour)\n}\n',
  );
  for (const sig of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) assert.equal((await signalled(wait, sig)).ended, sig);
  const notify = file(
    'notify.go',
    'package main\n\nimport (\n\t"fmt"\n\t"os"\n\t"os/signal"\n\t"syscall"\n)\n\nfunc main() {\n\tc := make(chan os.Signal, 1)\n\tsignal.Notify(c, os.Interrupt, syscall.SIGTERM)\n\tfmt.Println("up")\n\tfmt.Println(<-c)\n}\n',
  );
  assert.deepEqual(await signalled(notify, 'SIGINT'), { ended: 0, out: 'up\ninterrupt\n' });
  assert.deepEqual(await signalled(notify, 'SIGTERM'), { ended: 0, out: 'up\nterminated\n' });
});
