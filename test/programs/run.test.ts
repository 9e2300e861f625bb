// Whole programs through the command: what they print, how they end, and what is said of programs that are wrong.
//
// The expected texts are what Go's own tools print for the same programs.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { burrow, dir, file, root } from './workspace.testing.ts';

test('the tour runs', () => {
  const r = burrow(['run', join(root, 'examples', 'tour', 'main.go')]);
  assert.equal(r.code, 0, r.err);
  assert.match(r.out, /^primes below {3}5000: {3}669\n/);
  assert.match(r.out, /recovered: assignment to entry in nil map - true\n$/);
});

test('arguments, standard input, environment and exit codes pass through', () => {
  const f = file(
    'pass.go',
    'package main\n\nimport (\n\t"bufio"\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n\ts := bufio.NewScanner(os.Stdin)\n\tfor s.Scan() {\n\t\tfmt.Println(s.Text(), os.Args[1:], os.Getenv("COLOUR"))\n\t}\n\tos.Exit(7)\n}\n',
  );
  const r = burrow(['run', f, 'a', '-b'], 'one\ntwo\n', { COLOUR: 'red' });
  assert.deepEqual(r, { out: 'one [a -b] red\ntwo [a -b] red\n', err: 'exit status 7\n', code: 7, signal: null });
});

test('a panic prints its value and trace', () => {
  const f = file(
    'panic.go',
    'package main\n\nfunc f(a []int, i int) int { return a[i] }\n\nfunc main() {\n\tf([]int{1, 2}, 5)\n}\n',
  );
  const r = burrow(['run', f]);
  assert.equal(r.code, 2);
  assert.match(
    r.err,
    /^panic: runtime error: index out of range \[5\] with length 2\n\ngoroutine 1 \[running\]:\nmain\.f\(/,
  );
  assert.match(r.err, /\/panic\.go:3/);
  assert.match(r.err, /\/panic\.go:6/);
});

test('a deadlock is reported with every goroutine', () => {
  const f = file(
    'dead.go',
    'package main\n\nfunc main() {\n\tc := make(chan int)\n\tgo func() { select {} }()\n\t<-c\n}\n',
  );
  const r = burrow(['run', f]);
  assert.equal(r.code, 2);
  assert.match(
    r.err,
    /^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[chan receive\]:\nmain\.main\(/,
  );
  assert.match(r.err, /goroutine 2 \[select \(no cases\)\]:/);
});

test('a million frames are no overflow, endless ones are', () => {
  const deep = (start: string) =>
    `package main\n\nfunc f(n int) int {\n\tif n == 0 {\n\t\treturn 0\n\t}\n\treturn f(n-1) + 1\n}\n\nfunc main() { println(f(${start})) }\n`;
  assert.equal(burrow(['run', file('deep.go', deep('1000000'))]).err, '1000000\n');
  const r = burrow(['run', file('endless.go', deep('-1'))]);
  assert.equal(r.code, 2);
  assert.match(
    r.err,
    /^runtime: goroutine stack exceeds 1000000000-byte limit\nruntime: sp=0x\w+ stack=\[0x\w+, 0x\w+\]\nfatal error: stack overflow\n/,
  );
});

test('a goroutine in an endless loop does not stop the others', () => {
  const f = file(
    'spin.go',
    'package main\n\nimport "time"\n\nfunc main() {\n\tgo func() {\n\t\tfor {\n\t\t}\n\t}()\n\ttime.Sleep(20 * time.Millisecond)\n\tprintln("still here")\n}\n',
  );
  assert.equal(burrow(['run', f]).err, 'still here\n');
});

test('memory is collected', () => {
  const f = file(
    'gc.go',
    'package main\n\nimport "runtime"\n\nvar keep [][]byte\n\nfunc main() {\n\tfor i := range 500 {\n\t\tkeep = append(keep, make([]byte, 1<<20))\n\t\tif i%20 == 0 {\n\t\t\tkeep = nil\n\t\t}\n\t}\n\truntime.GC()\n\tvar m runtime.MemStats\n\truntime.ReadMemStats(&m)\n\tprintln(m.NumGC > 2, m.HeapAlloc < 64<<20)\n}\n',
  );
  assert.equal(burrow(['run', f]).err, 'true true\n');
  assert.equal(burrow(['run', f], '', { GODEBUG: 'gcstress=1' }).err, 'true true\n');
});

test('errors are gc’s, with exit code 1', () => {
  const f = file('wrong.go', 'package main\n\nimport "os"\n\nfunc main() {\n\tx := 1\n\ty = 2\n}\n');
  const r = burrow(['run', f]);
  assert.equal(r.code, 1);
  assert.equal(
    r.err,
    '# command-line-arguments\n./wrong.go:3:8: "os" imported and not used\n./wrong.go:6:2: declared and not used: x\n./wrong.go:7:2: undefined: y\n',
  );
  assert.equal(burrow(['vet', f]).code, 1);
});

test('an executable runs by itself', () => {
  const f = file('hello.go', 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello, world") }\n');
  const b = burrow(['build', '-o', 'hello', f]);
  assert.deepEqual(b, { out: '', err: '', code: 0, signal: null });
  const r = spawnSync(join(dir, 'hello'), { encoding: 'utf8' });
  assert.equal(r.stdout, 'hello, world\n');
});

test('a damaged cache entry is compiled again', async () => {
  const f = file('cached.go', 'package main\n\nfunc main() { println("fresh") }\n');
  const cache = join(dir, 'cache2');
  const { readdirSync, truncateSync } = await import('node:fs');
  assert.equal(burrow(['run', f], '', { BURROW_CACHE: cache }).err, 'fresh\n');
  for (const n of readdirSync(join(cache, 'programs'))) truncateSync(join(cache, 'programs', n), 100);
  assert.equal(burrow(['run', f], '', { BURROW_CACHE: cache }).err, 'fresh\n');
});
