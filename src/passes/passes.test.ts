// Single passes on small functions: what must go, and what must stay.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Block,
  bin,
  type Expr,
  Func,
  get,
  i32,
  i64,
  type Local,
  load,
  type Program,
  type Scalar,
  un,
} from '../ir/ir.ts';
import { printFunc } from '../ir/print.ts';
import { cleanUp, runPasses } from './index.ts';
import { colourSuspending, explain } from './suspend.ts';

function func(
  name: string,
  params: Scalar[],
  results: Scalar[],
  build: (fn: Func, b: Block, ...p: Local[]) => void,
): Func {
  const fn = new Func(name);
  fn.results = results;
  fn.params = params.map((t, i) => fn.newLocal(t, `p${i}`));
  fn.entry = fn.newBlock();
  build(fn, fn.entry, ...fn.params);
  return fn;
}

const panic = func('panic', [], [], (_, b) => {
  b.term = { kind: 'throw', pos: 0 };
});
const check = (b: Block, cond: Expr): void => {
  b.stmts.push({ kind: 'check', check: 'other', cond, fn: panic, args: [], pos: 0 });
};
const set = (b: Block, local: Local, x: Expr): void => {
  b.stmts.push({ kind: 'set', local, x });
};
const checks = (fn: Func): number =>
  fn.blocks.reduce((n, b) => n + b.stmts.filter((s) => s.kind === 'check').length, 0);
const program = (...funcs: Func[]): Program => ({ funcs, data: [], entry: funcs[0]!, exports: new Map() });

test('a check dominated by the same check or a branch goes', () => {
  const fn = func('f', ['ptr'], ['i64'], (f, b, p) => {
    check(b, un('i32.eqz', get(p!)));
    check(b, un('i32.eqz', get(p!)));
    const yes = f.newBlock();
    const no = f.newBlock();
    const end = f.newBlock();
    b.term = { kind: 'if', cond: load('i32', get(p!)), then: yes, else: no };
    check(yes, bin('i32.eq', get(p!), i32(0)));
    yes.term = { kind: 'jump', to: end };
    no.term = { kind: 'jump', to: end };
    check(end, un('i32.eqz', get(p!)));
    end.term = { kind: 'return', values: [load('i64', get(p!))] };
  });
  cleanUp(fn);
  assert.equal(checks(fn), 1, printFunc(fn));
});

test('a check of a variable that has been set again stays', () => {
  const fn = func('f', ['ptr'], ['i64'], (_, b, p) => {
    check(b, un('i32.eqz', get(p!)));
    set(b, p!, load('ptr', get(p!)));
    check(b, un('i32.eqz', get(p!)));
    b.term = { kind: 'return', values: [load('i64', get(p!))] };
  });
  cleanUp(fn);
  assert.equal(checks(fn), 2, printFunc(fn));
});

/** for i := start; i < n; i += step { check i >= n } */
function counting(start: number, step: number, test: 'lt_s' | 'le_s'): Func {
  return func('f', ['i64'], [], (f, b, n) => {
    const i = f.newLocal('i64', 'i');
    const head = f.newBlock();
    const body = f.newBlock();
    const end = f.newBlock();
    set(b, i, i64(start));
    b.term = { kind: 'jump', to: head };
    head.term = { kind: 'if', cond: bin(`i64.${test}`, get(i), get(n!)), then: body, else: end };
    check(body, bin('i64.ge_u', get(i), get(n!)));
    body.stmts.push({ kind: 'store', mem: 'i64', addr: i32(4096), off: 0, x: get(i), wb: false });
    set(body, i, bin('i64.add', get(i), i64(step)));
    body.term = { kind: 'jump', to: head };
    end.term = { kind: 'return', values: [] };
  });
}

test('bounds checks of a loop that counts up to the length go, others stay', () => {
  for (const [start, step, cond, want] of [
    [0, 1, 'lt_s', 0],
    [3, 2, 'lt_s', 0],
    [-1, 1, 'lt_s', 1],
    [0, -1, 'lt_s', 1],
    [0, 1, 'le_s', 1],
  ] as const) {
    const fn = counting(start, step, cond);
    cleanUp(fn);
    assert.equal(checks(fn), want, `${start} ${step} ${cond}\n${printFunc(fn)}`);
  }
});

test('ranges from masks and narrow loads', () => {
  const fn = func('f', ['i64', 'ptr'], [], (_, b, x, p) => {
    check(b, bin('i64.ge_u', bin('i64.and', get(x!), i64(7)), i64(8)));
    check(b, bin('i64.ge_u', load('u8as64', get(p!)), i64(256)));
    check(b, bin('i64.ge_u', bin('i64.shr_u', get(x!), i64(58)), i64(64)));
    check(b, bin('i64.ge_u', bin('i64.and', get(x!), i64(8)), i64(8)));
    b.term = { kind: 'return', values: [] };
  });
  cleanUp(fn);
  assert.equal(checks(fn), 1, printFunc(fn));
});

test('a local set on one way only keeps its zero on the other', () => {
  const fn = func('f', ['i32'], ['i32'], (f, b, c) => {
    const flag = f.newLocal('i32', 'flag');
    const yes = f.newBlock();
    const end = f.newBlock();
    b.term = { kind: 'if', cond: get(c!), then: yes, else: end };
    set(yes, flag, i32(1));
    yes.stmts.push({ kind: 'store', mem: 'i32', addr: i32(4096), off: 0, x: i32(2), wb: false });
    yes.term = { kind: 'jump', to: end };
    end.term = { kind: 'return', values: [get(flag)] };
  });
  cleanUp(fn);
  assert.match(printFunc(fn), /return flag/);
});

test('loads do not move past stores, nor reads past assignments', () => {
  const fn = func('f', ['ptr', 'i64'], ['i64', 'i64'], (f, b, p, x) => {
    const t = f.newLocal('i64');
    const u = f.newLocal('i64');
    set(b, t, load('i64', get(p!)));
    set(b, u, bin('i64.mul', get(x!), i64(3)));
    b.stmts.push({ kind: 'store', mem: 'i64', addr: get(p!), off: 0, x: i64(1), wb: false });
    set(b, x!, i64(9));
    b.stmts.push({ kind: 'store', mem: 'i64', addr: get(p!), off: 8, x: get(x!), wb: false });
    b.term = { kind: 'return', values: [get(t), get(u)] };
  });
  cleanUp(fn);
  assert.match(printFunc(fn), /return t2, t3/);
});

test('colours: loops, recursion and indirect calls suspend, and what calls them', () => {
  const leaf = func('leaf', ['i64'], ['i64'], (_, b, x) => {
    b.term = { kind: 'return', values: [get(x!)] };
  });
  leaf.noinline = true;
  const loops = func('loops', [], [], (_, b) => {
    b.stmts.push({ kind: 'store', mem: 'i32', addr: i32(4096), off: 0, x: i32(2), wb: false });
    b.term = { kind: 'jump', to: b };
  });
  const caller = func('caller', [], [], (_, b) => {
    b.stmts.push({ kind: 'call', fn: loops, args: [], results: [], pos: 0 });
    b.term = { kind: 'return', values: [] };
  });
  const quiet = func('quiet', [], [], (_, b) => {
    b.term = { kind: 'jump', to: b };
  });
  quiet.nosuspend = true;
  const calm = func('calm', [], ['i64'], (f, b) => {
    const r = f.newLocal('i64');
    b.stmts.push({ kind: 'call', fn: leaf, args: [i64(1)], results: [r], pos: 0 });
    b.stmts.push({ kind: 'call', fn: quiet, args: [], results: [], pos: 0 });
    b.term = { kind: 'return', values: [get(r)] };
  });
  const p = program(caller, loops, leaf, quiet, calm);
  for (const fn of p.funcs) cleanUp(fn);
  const why = colourSuspending(p);
  assert.deepEqual(
    p.funcs.map((f) => f.suspends),
    [true, true, false, false, false],
  );
  assert.equal(explain(caller, why), 'caller (call) → loops (loop)');
});

test('small functions are inlined with their positions', () => {
  const add = func('add', ['i64', 'i64'], ['i64'], (_, b, x, y) => {
    b.stmts.push({ kind: 'check', check: 'other', cond: un('i64.eqz', get(y!)), fn: panic, args: [], pos: 77 });
    b.term = { kind: 'return', values: [bin('i64.add', get(x!), get(y!))] };
  });
  add.pos = 70;
  const main = func('main', ['i64'], ['i64'], (f, b, x) => {
    const r = f.newLocal('i64');
    b.stmts.push({ kind: 'call', fn: add, args: [get(x!), get(x!)], results: [r], pos: 5 });
    b.term = { kind: 'return', values: [get(r)] };
  });
  runPasses(program(main, add, panic));
  const s = main.blocks[0]!.stmts[0]!;
  assert.equal(s.kind, 'check');
  assert.deepEqual(main.positions[-1 - (s as { pos: number }).pos], { inlined: 0, pos: 77 });
  assert.deepEqual(main.inlined, [{ name: 'add', pos: 70, call: 5 }]);
  assert.match(printFunc(main), /return i64\.add\(p0\.0, p0\.0\)/);
});

/** Copies an object of 16 bytes, a pointer and an i64, from src, and returns what `end` makes of the slot. */
function copied(end: (fn: Func, b: Block, at: (off: number) => Expr) => void): Func {
  return func('f', ['ptr', 'i64'], ['i64'], (fn, b, src, v) => {
    const slot = fn.newSlot(16, [0]);
    const at = (off: number): Expr => ({ kind: 'slot', slot, off });
    b.stmts.push({ kind: 'copy', dst: at(0), src: get(src!), n: i32(16), wb: null });
    b.stmts.push({ kind: 'store', mem: 'i64', addr: at(0), off: 8, x: get(v!), wb: false });
    end(fn, b, at);
  });
}

test('a stack object that is only read, written and copied in pieces becomes locals', () => {
  const fn = copied((f, b, at) => {
    const p = f.newLocal('ptr');
    set(b, p, at(0));
    b.term = { kind: 'return', values: [bin('i64.add', load('i64', get(p), 8), load('i64', load('ptr', get(p))))] };
  });
  cleanUp(fn);
  assert.equal(fn.slots.length, 0, printFunc(fn));
  assert.ok(
    fn.blocks.every((b) => b.stmts.every((s) => s.kind === 'set')),
    printFunc(fn),
  );
});

test('a stack object stays if its address goes elsewhere, or pieces overlap', () => {
  const take = func('take', ['ptr'], [], (_, b) => {
    b.term = { kind: 'return', values: [] };
  });
  const escapes = copied((_, b, at) => {
    b.stmts.push({ kind: 'call', fn: take, args: [at(8)], results: [], pos: 0 });
    b.term = { kind: 'return', values: [load('i64', at(8))] };
  });
  const overlaps = copied((_, b, at) => {
    b.term = { kind: 'return', values: [load('u32as64', at(12))] };
  });
  for (const fn of [escapes, overlaps]) {
    cleanUp(fn);
    assert.equal(fn.slots.length, 1, printFunc(fn));
  }
});
