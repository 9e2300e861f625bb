// Function bodies as IR: what good code looks like, and what must not be got wrong.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lower } from './bodies.testing.ts';

/** The lines of a function without its header, trimmed. */
function body(fns: ReadonlyMap<string, string>, name: string): string[] {
  const text = fns.get(name);
  assert.ok(text, `${name} was not lowered; there are ${[...fns.keys()].join(', ')}`);
  return text
    .split('\n')
    .slice(1)
    .map((l) => l.trim())
    .filter((l) => l !== '');
}

const has = (lines: readonly string[], pattern: RegExp): boolean => lines.some((l) => pattern.test(l));

test('scalars stay in locals', () => {
  const fns = lower(`
func fib(n int) int {
	if n < 2 { return n }
	return fib(n-1) + fib(n-2)
}
func main() { println(fib(10)) }`);
  assert.deepEqual(body(fns, 'main.fib'), [
    'b0: // entry',
    'if i64.lt_s(n.0, i64:2) → b1 else b2',
    'b1:',
    'return n.0',
    'b2:',
    't1 = main.fib(i64.sub(n.0, i64:1))',
    't2 = main.fib(i64.sub(n.0, i64:2))',
    'return i64.add(t1, t2)',
  ]);
});

test('small structs are passed and returned in their fields', () => {
  const fns = lower(`
type P struct{ x, y float64 }
func (p P) add(q P) P { return P{p.x + q.x, p.y + q.y} }
func main() { println(int(P{1, 2}.add(P{3, 4}).x)) }`);
  assert.deepEqual(body(fns, 'main.P.add'), ['b0: // entry', 'return f64.add(p.0, q.2), f64.add(p.1, q.3)']);
});

test('one nil check covers a chain of fields', () => {
  const fns = lower(`
type B struct{ x, y, z float64 }
func f(b *B) float64 { return b.x + b.y*b.z }
func main() { println(int(f(&B{}))) }`);
  assert.equal(body(fns, 'main.f').filter((l) => l.includes('check nil')).length, 1);
});

test('a range loop counts in its key and reads the slice once', () => {
  const lines = body(
    lower(`
func f(s []int) (n int) { for i := range s { n += s[i] * i }; return }
func main() { println(f(nil)) }`),
    'main.f',
  );
  assert.ok(has(lines, /^if i64\.lt_s\(i\.\d+, s\.1\)/), lines.join('\n'));
});

test('division by a variable checks for zero and for -1', () => {
  const lines = body(lower('func f(x, y int32) int32 { return x / y }\nfunc main() { println(f(1, 2)) }'), 'main.f');
  assert.ok(has(lines, /check div/));
  assert.ok(has(lines, /select/) || has(lines, /\?/), lines.join('\n'));
  const by7 = body(lower('func f(x int) int { return x / 7 }\nfunc main() { println(f(1)) }'), 'main.f');
  assert.deepEqual(by7, ['b0: // entry', 'return i64.div_s(x.0, i64:7)']);
});

test('narrow integers wrap around', () => {
  const lines = body(lower('func f(x, y uint8) uint8 { return x + y }\nfunc main() { println(f(1, 2)) }'), 'main.f');
  assert.deepEqual(lines, ['b0: // entry', 'return i32.and(i32.add(x.0, y.1), 255)']);
});

test('a swap of locals goes through one temporary at most', () => {
  const lines = body(
    lower('func f(a, b int) (int, int) { a, b = b, a+b; return a, b }\nfunc main() { println(f(1, 2)) }'),
    'main.f',
  );
  assert.equal(lines.filter((l) => l.includes(' = ')).length, 3, lines.join('\n'));
});

test('a variable that nobody changes is captured by value', () => {
  const fns = lower(`
var sink func() int
func f(n int) { sink = func() int { return n } }
func main() { f(1) }`);
  const lines = body(fns, 'main.f');
  assert.ok(has(lines, /^i64\[t\d+\+8\] = n\.0/), lines.join('\n'));
});

test('a variable that changes is shared, and in the heap if the closure escapes', () => {
  const fns = lower(`
var sink func() int
func f(n int) { sink = func() int { n++; return n } }
func g(n int) int { h := func() { n++ }; h(); return n }
func main() { f(1); println(g(1)) }`);
  assert.equal(body(fns, 'main.f').filter((l) => l.includes('mallocgc')).length, 2);
});

test('a deferred closure and what it captures stay in the frame', () => {
  const fns = lower(`
func f() (n int) { defer func() { n++ }(); return 1 }
func main() { println(f()) }`);
  const lines = body(fns, 'main.f');
  assert.ok(!has(lines, /mallocgc/), lines.join('\n'));
  assert.ok(has(lines, /slot/));
  assert.ok(has(lines, /runtime\.panicstart/));
});

test('defers in loops go on a list', () => {
  const lines = body(lower('func f() { for i := range 3 { defer println(i) } }\nfunc main() { f() }'), 'main.f');
  assert.ok(has(lines, /mallocgc/));
});

test('a method with pointer receiver does not move its receiver to the heap if it does not keep it', () => {
  const fns = lower(`
type T struct{ n int }
func (t *T) inc() { t.n++ }
var kept *T
func (t *T) keep() { kept = t }
func f() int { var t T; t.inc(); return t.n }
func g() int { var t T; t.keep(); return t.n }
func main() { println(f(), g()) }`);
  assert.ok(!has(body(fns, 'main.f'), /mallocgc/));
  assert.ok(has(body(fns, 'main.g'), /mallocgc/));
});

test('escape follows results, fields and loops', () => {
  const fns = lower(`
type N struct{ next *N; v int }
func id(p *N) *N { return p }
func f() int { n := &N{v: 1}; return id(n).v }
func g() *N { n := &N{v: 1}; return id(n) }
func h() int { var l *N; for i := range 3 { l = &N{l, i} }; return l.v }
func main() { println(f(), g().v, h()) }`);
  assert.ok(!has(body(fns, 'main.f'), /mallocgc/));
  assert.ok(has(body(fns, 'main.g'), /mallocgc/));
  assert.ok(has(body(fns, 'main.h'), /mallocgc/));
});

test('what another goroutine gets is in the heap', () => {
  const lines = body(
    lower(
      'func f(c chan int) { n := 1; p := &n; go func() { *p = 2; c <- 1 }(); <-c }\nfunc main() { f(make(chan int)) }',
    ),
    'main.f',
  );
  assert.ok(lines.filter((l) => l.includes('mallocgc')).length >= 2, lines.join('\n'));
});

test('loop variables are new in each iteration from go1.22 on', () => {
  const text =
    'var fs []func() int\nfunc f() { for i := 0; i < 3; i++ { fs = append(fs, func() int { i++; return i }) } }\nfunc main() { f() }';
  const count = (v: string): number =>
    body(lower(text, { goVersion: v }), 'main.f').filter((l) => l.includes('mallocgc')).length;
  assert.equal(count('go1.22'), 3);
  assert.equal(count('go1.21'), 2);
});

test('variables that iterations share are in the heap where closures keep them', () => {
  const text =
    'type T struct{ a, b, c int }\nvar fs []func() int\nfunc f(l []T) { for i, x := range l { fs = append(fs, func() int { return i + x.c }) } }\nfunc main() { f(nil) }';
  const lines = (v: string): string[] => body(lower(text, { goVersion: v }), 'main.f');
  assert.match(
    lines('go1.21').join('\n'),
    /&x\.\d+ = t\d+\n(.*\n)*.*type:struct \{ F uintptr; V1 \*int; V2 \*main\.T \}/,
  );
  assert.doesNotMatch(lines('go1.22').join('\n'), /&x/);
});

test('dense integer cases become a table, few ones comparisons', () => {
  const cases = Array.from({ length: 8 }, (_, i) => `case ${i + 1}: return ${i * 3}`).join('\n');
  const lines = body(
    lower(`func f(n int) int { switch n {\n${cases}\n}; return -1 }\nfunc main() { println(f(1)) }`),
    'main.f',
  );
  assert.ok(has(lines, /^switch/), lines.join('\n'));
});

test('append stores in place when there is room', () => {
  const lines = body(
    lower('func f(s []int, x int) []int { return append(s, x) }\nfunc main() { println(len(f(nil, 1))) }'),
    'main.f',
  );
  assert.equal(lines.filter((l) => l.includes('growslice')).length, 1);
  assert.ok(has(lines, /^if i64\.gt_u/), lines.join('\n'));
});

test('values are read before what they are stored over', () => {
  const lines = body(
    lower("func f(s []byte) []byte { return append(s[:4], '5', s[4]) }\nfunc main() { f(nil) }"),
    'main.f',
  );
  const load = lines.findIndex((l) => /^t\d+ = u8\[/.test(l));
  const store = lines.findIndex((l) => /^u8\[.*\] = /.test(l));
  assert.ok(load >= 0 && load < store, lines.join('\n'));
});

test('the body of a range-over-func loop says how it was left', () => {
  const fns = lower(`
func seq(yield func(int) bool) { for i := range 3 { if !yield(i) { return } } }
func f() int { for x := range seq { if x == 1 { return x }; if x == 2 { break } }; return -1 }
func main() { println(f()) }`);
  assert.ok(fns.has('main.f-range1'), [...fns.keys()].join());
  assert.ok(has(body(fns, 'main.f'), /panicrangestate/));
});

test('generic functions are instantiated for each type', () => {
  const fns = lower(`
func sum[T int | float64 | int8](xs []T) (t T) { for _, x := range xs { t += x }; return }
func main() { println(int(sum([]float64{1})) + sum([]int{2}) + int(sum([]int8{3}))) }`);
  assert.equal(fns.get('main.sum[...]')!.match(/^func main\.sum/gm)!.length, 3);
});
