// Bad input and bad surroundings: each ends with one clear message and a non-zero exit code, and harms nothing.
//
// The texts are those of Go's own tools where these have the same situation.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { burrow, command, dir, env, file } from './workspace.testing.ts';

function fails(args: readonly string[], text: string | RegExp, code = 1, more: NodeJS.ProcessEnv = {}): void {
  const r = burrow(args, '', more);
  if (typeof text === 'string') assert.equal(r.err, text);
  else assert.match(r.err, text);
  assert.equal(r.code, code);
}

test('a syntax error does not hide the next', () => {
  file('syn/m.go', 'package main\n\nfunc main() {\n\tx := := 3\n}\n\nfunc f() {\n\tvar y int = \n}\n');
  fails(
    ['run', 'syn/m.go'],
    '# command-line-arguments\nsyn/m.go:4:7: syntax error: unexpected :=, expected expression\nsyn/m.go:9:1: syntax error: unexpected }, expected expression\n',
  );
});

test('an import cycle is shown file by file', () => {
  file('cyc/go.mod', 'module ex.com/cyc\n\ngo 1.26\n');
  file('cyc/m.go', 'package main\nimport _ "ex.com/cyc/a"\nfunc main(){}\n');
  file('cyc/a/a.go', 'package a\nimport _ "ex.com/cyc/b"\n');
  file('cyc/b/b.go', 'package b\nimport _ "ex.com/cyc/a"\n');
  fails(
    ['run', './cyc'],
    /imports ex\.com\/cyc\/a from m\.go\n.*imports ex\.com\/cyc\/b from a\.go\n.*import cycle not allowed/s,
  );
});

test('packages that are not there, are two, are none or no program', () => {
  file('miss.go', 'package main\nimport "no/such/pkg"\nfunc main(){ pkg.F() }\n');
  fails(['run', 'miss.go'], /^miss\.go:2:8: package no\/such\/pkg is not in std \(.*\)\n$/);
  file('two/a.go', 'package a\n');
  file('two/b.go', 'package b\n');
  fails(['run', './two'], `found packages a (a.go) and b (b.go) in ${join(dir, 'two')}\n`);
  mkdirSync(join(dir, 'empty'));
  fails(['run', './empty'], `no Go files in ${join(dir, 'empty')}\n`);
  file('lib/l.go', 'package lib\n');
  fails(['run', './lib'], 'package command-line-arguments is not a main package\n');
  assert.equal(burrow(['build', './lib']).code, 0);
  file('nomain.go', 'package main\n\nfunc f() {}\n');
  fails(
    ['run', 'nomain.go'],
    '# command-line-arguments\nruntime.main_main·f: function main is undeclared in the main package\n',
  );
  fails(['run', 'nowhere.go'], 'stat nowhere.go: no such file or directory\n');
});

test('a file that is not UTF-8', () => {
  file('utf.go', Buffer.from('package main\n\nfunc main() { println("\xff\xfe") }\n', 'latin1'));
  fails(['run', 'utf.go'], '# command-line-arguments\n./utf.go:3:24: invalid UTF-8 encoding\n');
});

test('byte order marks and NULs', () => {
  const bom = '\ufeff';
  file('bom.go', `${bom}package main\n\nfunc main() { println("ok") }\n`);
  assert.deepEqual(burrow(['run', 'bom.go']), { out: '', err: 'ok\n', code: 0, signal: null });
  file('bom2.go', `package main\n\nfunc main() { println("${bom}") }\n`);
  fails(['run', 'bom2.go'], '# command-line-arguments\n./bom2.go:3:24: invalid BOM in the middle of the file\n');
  file('nul.go', 'package main\n\nfunc main() { println("a\0") }\n');
  fails(['run', 'nul.go'], '# command-line-arguments\n./nul.go:3:25: invalid NUL character\n');
});

test('a cache that is a file, or cannot be written', () => {
  const f = file('ok.go', 'package main\nfunc main() {}\n');
  fails(
    ['run', f],
    /^burrow: cannot write the cache in .*; set BURROW_CACHE to a folder that can be written, or to "off"\n$/,
    1,
    {
      BURROW_CACHE: join(dir, file('cachefile', 'x')),
    },
  );
});

test('a cache that may only be read', (t) => {
  const f = file('ok6.go', 'package main\n\nfunc main() { println("ok") }\n');
  const cache = join(dir, 'ro');
  // the superuser may write anywhere, so another user has to try
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  chmodSync(dir, 0o755);
  const r = (args: readonly string[]) =>
    spawnSync(command, args, { cwd: dir, encoding: 'utf8', env: { ...env, BURROW_CACHE: cache }, ...user });
  if (r(['version']).status !== 0) return t.skip('the clone cannot be read by others');
  mkdirSync(cache);
  chmodSync(cache, 0o555);
  const denied = r(['run', f]);
  assert.match(
    denied.stderr,
    /^burrow: cannot write the cache in [^\n]*EACCES[^\n]*; set BURROW_CACHE to a folder that can be written, or to "off"\n$/,
  );
  assert.equal(denied.status, 1);
  assert.deepEqual(readdirSync(cache), []);
  chmodSync(cache, 0o755);
  assert.equal(burrow(['run', f], '', { BURROW_CACHE: cache }).err, 'ok\n');
  for (const d of [cache, join(cache, 'programs')]) {
    chmodSync(d, 0o555);
    t.after(() => chmodSync(d, 0o755));
  }
  const cached = r(['run', f]);
  assert.deepEqual({ err: cached.stderr, code: cached.status }, { err: 'ok\n', code: 0 });
});

test('an executable that cannot be written whole leaves what was there', () => {
  const f = file('ok2.go', 'package main\nfunc main() {}\n');
  writeFileSync(join(dir, 'exe'), 'old');
  // as on a full disk: files may not grow beyond 64 blocks
  assert.equal(burrow(['build', '-o', 'warm', f]).code, 0);
  const r = spawnSync('/bin/sh', ['-c', `trap '' XFSZ; ulimit -f 64; exec "${command}" build -o exe ${f}`], {
    cwd: dir,
    encoding: 'utf8',
    env: { ...env, NODE_COMPILE_CACHE: '' },
  });
  assert.match(r.stderr, /^burrow: cannot write exe: EFBIG/);
  assert.equal(r.status, 1);
  assert.equal(readFileSync(join(dir, 'exe'), 'utf8'), 'old');
  assert.deepEqual(
    readdirSync(dir).filter((n) => n.endsWith('.tmp')),
    [],
  );
});

test('a device is written to, not replaced', () => {
  const f = file('ok3.go', 'package main\nfunc main() {}\n');
  if (!existsSync('/dev/full')) return;
  // through a link, so that a mistake replaces only that
  symlinkSync('/dev/full', join(dir, 'full'));
  fails(['build', '-o', 'full', f], /^burrow: cannot write full: ENOSPC/);
  assert.ok(lstatSync(join(dir, 'full')).isSymbolicLink());
});

test('a cache folder that cannot be made', () => {
  const f = file('ok4.go', 'package main\nfunc main() {}\n');
  if (existsSync('/proc/self'))
    fails(['run', f], /^burrow: cannot write the cache in \/proc\//, 1, { BURROW_CACHE: '/proc/burrow/cache' });
});

test('build names the executable as go does', () => {
  file('named/go.mod', 'module ex.com/app/v2\n\ngo 1.26\n');
  file('named/m.go', 'package main\n\nfunc main() {}\n');
  file('named/lib/l.go', 'package lib\n');
  const build = (...args: string[]) =>
    spawnSync(command, ['build', ...args], { cwd: join(dir, 'named'), encoding: 'utf8', env });
  assert.equal(build().stderr, '');
  assert.equal(build('-o', 'out/').stderr, '');
  assert.equal(build('./lib').status, 0);
  assert.deepEqual(readdirSync(join(dir, 'named')).sort(), ['app', 'go.mod', 'lib', 'm.go', 'out']);
  assert.deepEqual(readdirSync(join(dir, 'named', 'out')), ['app']);
  fails(
    ['build', 'named/m.go', 'named/lib/l.go'],
    'named files must all be in one directory; have named and named/lib\n',
  );
  fails(['build', './nowhere'], `stat ${join(dir, 'nowhere')}: directory not found\n`);
});

test('executables run under any name, beside any package.json', () => {
  const f = file(
    'args.go',
    'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc main() { fmt.Println(os.Args[1:]) }\n',
  );
  file('bin/package.json', '{"type":"module"}');
  for (const name of ['a', 'a.exe', 'b c.wasm.out']) {
    assert.equal(burrow(['build', '-o', `bin/${name}`, f]).code, 0);
    const r = spawnSync(join(dir, 'bin', name), ['x', 'y z'], { encoding: 'utf8' });
    assert.equal(r.stdout, '[x y z]\n');
  }
});

test('a program that writes to a closed pipe dies of it', () => {
  const f = file('pipe.go', 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfor {\n\t\tfmt.Println("x")\n\t}\n}\n');
  const r = spawnSync('bash', ['-c', `"${command}" run ${f} | head -1; echo \${PIPESTATUS[0]}`], {
    cwd: dir,
    encoding: 'utf8',
    env,
  });
  assert.equal(r.stdout, 'x\n141\n');
});

async function interrupted(args: readonly string[], ready: RegExp | number): Promise<number | NodeJS.Signals | null> {
  const p = spawn(command, args, { cwd: dir, env: { ...env, BURROW_CACHE: join(dir, 'cache2') } });
  const ended = new Promise<number | NodeJS.Signals | null>((ok) => p.on('exit', (code, signal) => ok(signal ?? code)));
  if (typeof ready === 'number') await new Promise((ok) => setTimeout(ok, ready));
  else
    await new Promise<void>((ok) => {
      let text = '';
      p.stderr.on('data', (d) => {
        text += d;
        if (ready.test(text)) ok();
      });
    });
  p.kill('SIGINT');
  return ended;
}

test('an interrupt ends a running program, and a compilation without harm to the cache', async () => {
  const f = file('spin.go', 'package main\n\nfunc main() {\n\tprintln("up")\n\tfor {\n\t}\n}\n');
  assert.equal(await interrupted(['run', f], /up/), 'SIGINT');
  const g = file(
    'json.go',
    'package main\n\nimport "encoding/json"\n\nfunc main() { println(json.Valid([]byte("{}"))) }\n',
  );
  assert.equal(await interrupted(['run', g], 600), 'SIGINT');
  const left = existsSync(join(dir, 'cache2', 'programs')) ? readdirSync(join(dir, 'cache2', 'programs')) : [];
  assert.deepEqual(
    left.filter((n) => n.endsWith('.tmp')),
    [],
  );
  assert.equal(burrow(['run', g], '', { BURROW_CACHE: join(dir, 'cache2') }).err, 'true\n');
});

test('a program that takes all memory', () => {
  const f = file(
    'oom.go',
    'package main\n\nvar keep [][]byte\n\nfunc main() {\n\tfor {\n\t\tkeep = append(keep, make([]byte, 1<<20))\n\t}\n}\n',
  );
  fails(['run', f], /^fatal error: runtime: out of memory\n/, 2);
});

test('a package that the compiler has not memory enough for', () => {
  const cache = join(dir, 'cache3');
  const small = { BURROW_CACHE: cache, BURROW_MEMORY: '32' };
  const ok = file('ok5.go', 'package main\n\nfunc main() { println("ok") }\n');
  assert.equal(burrow(['run', ok], '', { BURROW_CACHE: cache }).err, 'ok\n');
  const list = Array.from({ length: 200_000 }, (_, i) => `\t${i},\n`).join('');
  const f = file('huge.go', `package main\n\nvar a = []int{\n${list}}\n\nfunc main() { println(len(a)) }\n`);
  for (const args of [
    ['build', '-o', 'huge', f],
    ['tool', 'compile', '-dump=types', f],
  ])
    fails(
      args,
      /^burrow: the compiler ran out of memory (reading|checking) package command-line-arguments: it may use 32 MB; set BURROW_MEMORY to [^\n]*\n$/,
      1,
      small,
    );
  assert.ok(!existsSync(join(dir, 'huge')));
  fails(['run', f], /^burrow: 编译器内存不足[^\n]*\n$/, 1, { ...small, LC_ALL: 'zh_CN.UTF-8' });
  assert.deepEqual(
    readdirSync(join(cache, 'programs')).filter((n) => !/^(m-[0-9a-f]{16}|p-[0-9a-f]{64})$/.test(n)),
    [],
  );
  assert.equal(burrow(['run', ok], '', small).err, 'ok\n');
  fails(['vet', ok], 'burrow: BURROW_MEMORY=2GB: want a number of megabytes\n', 1, { BURROW_MEMORY: '2GB' });
  assert.equal(burrow(['env', 'BURROW_MEMORY'], '', small).out, '32\n');
});

test('a function whose code is nowhere is named with those that refer to it, as by the linker', () => {
  file(
    'nowhere/main.go',
    `package main

import _ "unsafe"

//go:linkname f runtime.nosuch
func f() int

//go:linkname g runtime.nosuchother
func g() int

//go:linkname unused runtime.nosuchthird
func unused()

var value = g

func main() { println(f(), value()) }
`,
  );
  const r = burrow(['build', '-o', join(dir, 'nowhere', 'out'), join(dir, 'nowhere', 'main.go')]);
  assert.equal(r.code, 1);
  assert.equal(
    r.err,
    `# command-line-arguments
main.main: relocation target runtime.nosuch not defined
main.g·f: relocation target runtime.nosuchother not defined
`,
  );
});
