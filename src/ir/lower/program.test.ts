// What a program consists of: itabs, methods, functions for comparing, and variables initialised before it runs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataSym, Program } from '../ir.ts';
import { printFunc } from '../print.ts';
import { lowerText } from './bodies.testing.ts';

function data(p: Program, name: string): DataSym {
  const found = p.data.filter((d) => d.name === name);
  assert.equal(found.length, 1, `${name} among ${p.data.map((d) => d.name).join(', ')}`);
  return found[0]!;
}

const refs = (d: DataSym): [number, string][] =>
  d.relocs.map((r): [number, string] => [r.off, r.target.name]).sort((a, b) => a[0] - b[0]);

const names = (p: Program): Set<string> => new Set(p.funcs.map((f) => f.name));

/** The text of all functions of that name. */
const code = (p: Program, name: string): string =>
  p.funcs
    .filter((f) => f.name === name)
    .map((f) => printFunc(f))
    .join('');

const methods = `
type I interface { B(); A() }
type J interface { C() }
type T int
func (T) C() {}
func (T) B() {}
func (T) A() {}
func (T) d() {}
`;

test('an itab has its methods in the order of their names, and only those that are called', () => {
  const p = lowerText(`${methods}
func use(i I) { i.B() }
func main() { use(T(3)) }`);
  const itab = data(p, 'go:itab.main.T,main.I');
  assert.equal(itab.size, 24 + 2 * 8);
  assert.deepEqual(refs(itab), [
    [0, 'type:main.I'],
    [8, 'type:main.T'],
    [32, 'main.T.B'],
  ]);
  const hash = (d: DataSym): number => new DataView(d.bytes!.buffer).getUint32(16, true);
  assert.equal(hash(itab), hash(data(p, 'type:main.T')));
});

test('methods nothing calls are not part of the program', () => {
  const p = lowerText(`${methods}
var sink any
func use(i I) { i.B() }
func main() { use(T(3)); sink = T(4) }`);
  const all = names(p);
  assert.ok(all.has('main.T.B'));
  for (const m of ['A', 'C', 'd']) assert.ok(!all.has(`main.T.${m}`), m);
});

test('a method called through another interface is in all tables', () => {
  const p = lowerText(`${methods}
func use(i I) { i.A(); if j, ok := i.(J); ok { j.C() } }
func main() { use(T(3)) }`);
  assert.ok(names(p).has('main.T.C'));
  const table = refs(data(p, 'type:main.T'))
    .map((r) => r[1])
    .filter((n) => n.startsWith('main.T.'));
  assert.deepEqual([...new Set(table)].sort(), ['main.T.A', 'main.T.C']);
});

test('descriptors list methods by name, exported ones first', () => {
  const p = lowerText(`
type I interface { b(); A(); C(); a() }
type T int
func (T) b() {}
func (T) C() {}
func (T) a() {}
func (T) A() {}
func use(i I) { i.b(); i.A(); i.C(); i.a() }
func main() { use(T(3)) }`);
  const methodNames = refs(data(p, 'type:main.T'))
    .filter(([, n]) => /^type:\.namedata\.[AaCb]$/.test(n))
    .map(([, n]) => n.at(-1));
  assert.deepEqual(methodNames, ['A', 'C', 'a', 'b']);
});

test('memory is compared as a whole where bytes are values', () => {
  const p = lowerText(`
type M struct { a, b int32; c int64 }
type S struct { n int; s string; _ int8; f float64 }
func eqm(a, b *[4]M) bool { return *a == *b }
func eqs(a, b *[4]S) bool { return *a == *b }
func main() { println(eqm(nil, nil), eqs(nil, nil)) }`);
  assert.match(code(p, 'main.eqm'), /runtime\.memequal\(a\.0, b\.1, i64:64\)/);
  assert.match(code(p, 'main.eqs'), /type:\.eq\.\[4\]main\.S\(a\.0, b\.1\)/);
  const eq = code(p, 'type:.eq.[4]main.S');
  assert.match(eq, /f64\.eq\(/);
  assert.doesNotMatch(eq, /i32\.eq\(/, 'the blank field is not compared');
  // lengths differ more often than bytes, and cost less
  assert.ok(eq.indexOf('i64.eq(') < eq.indexOf('runtime.memequal('));
});

test('variables known at compile time are data', () => {
  const p = lowerText(`
type P struct { x int; next *P }
func three() int { return 3 }
var list = []int{1, 2, three()}
var head = &P{7, &P{8, nil}}
var f = func() int { return 5 }
func main() { println(list[0], head.next.x, f()) }`);
  assert.ok(!names(p).has('main.init'));
  const view = new DataView(data(p, 'main.list').bytes!.buffer);
  assert.deepEqual([view.getBigInt64(8, true), view.getBigInt64(16, true)], [3n, 3n]);
  const array = data(p, 'main.list').relocs[0]!.target as DataSym;
  assert.deepEqual([...new BigInt64Array(array.bytes!.buffer)], [1n, 2n, 3n]);
  assert.deepEqual(data(p, 'main.head').ptrs, [0], 'a root: the program may change it');
  const first = data(p, 'main.head').relocs[0]!.target as DataSym;
  assert.deepEqual(first.ptrs, [8]);
  assert.equal(first.relocs[0]!.off, 8);
});

test('all others are initialised in the order of their dependencies', () => {
  const p = lowerText(`
var n int
func next() int { n++; return n }
var a = b + 1
var b = next()
var c = next() + a
func init() { n = 9 }
func main() { println(a, b, c) }`);
  const calls = [...code(p, 'runtime.main_inits').matchAll(/main\.init(\.0)?\(\)/g)].map((m) => m[0]);
  assert.deepEqual(calls, ['main.init()', 'main.init()', 'main.init()', 'main.init.0()']);
  const set = p.funcs
    .filter((f) => f.name === 'main.init')
    .map((f) => /\[&main\.([abc])\] =/.exec(printFunc(f))![1])
    .sort();
  assert.deepEqual(set, ['a', 'b', 'c']);
});

test('what nobody uses and has no effect is left out', () => {
  const p = lowerText(`
var m = map[int]int{1: 2}
var other = len("abc")
func main() {}`);
  assert.ok(!names(p).has('main.init'));
  assert.ok(!p.data.some((d) => d.name === 'main.m' || d.name === 'main.other'));
});
