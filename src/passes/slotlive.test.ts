// What of stack objects is live where, and which of them pointers may lead to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Block, type Expr, Func, get, i32, load, type Slot, type Stmt, un } from '../ir/ir.ts';
import { orderBlocks } from './flow.ts';
import { SlotLiveness } from './slotlive.ts';

const other = new Func('other');
const call = (...args: Expr[]): Stmt => ({ kind: 'call', fn: other, args, results: [], pos: 0 });
const at = (slot: Slot, off = 0): Expr => ({ kind: 'slot', slot, off });
const store = (slot: Slot, off: number, x: Expr): Stmt => ({
  kind: 'store',
  mem: 'ptr',
  addr: at(slot),
  off,
  x,
  wb: false,
});

/** A function with one object of three words, two of them pointers. */
function build(make: (fn: Func, b: Block, slot: Slot) => void): { fn: Func; slot: Slot; live: SlotLiveness } {
  const fn = new Func('f');
  fn.params = [fn.newLocal('ptr', 'p')];
  const slot = fn.newSlot(24, [0, 16]);
  fn.entry = fn.newBlock();
  make(fn, fn.entry, slot);
  for (const b of fn.blocks) b.term ??= { kind: 'return', values: [] };
  orderBlocks(fn);
  return { fn, slot, live: new SlotLiveness(fn) };
}

/** Offsets of the words that are live behind each call of the block. */
function behindCalls(live: SlotLiveness, b: Block): number[][] {
  const out: number[][] = [];
  live.behind(
    b,
    (i) => b.stmts[i]!.kind === 'call',
    (_, words) => out.unshift(words.map((w) => w.off).sort((x, y) => x - y)),
  );
  return out;
}

test('a word is live from its store to its last load', () => {
  const { fn, live, slot } = build((f, b, s) => {
    const p = f.params[0]!;
    const q = f.newLocal('ptr');
    b.stmts.push(call(), store(s, 16, get(p)), call(), store(s, 0, get(p)), call());
    b.stmts.push({ kind: 'set', local: q, x: load('ptr', at(s), 16) }, call(), call(load('ptr', at(s))), call());
  });
  assert.deepEqual(behindCalls(live, fn.blocks[0]!), [[], [16], [0, 16], [0], [], []]);
  assert.equal(live.kept.has(slot), false);
});

test('vardef, a fill and a copy end the life of what they cover', () => {
  const ends = (end: (s: Slot, p: Expr) => Stmt): number[][] => {
    const { fn, live } = build((f, b, s) => b.stmts.push(call(), end(s, get(f.params[0]!)), call(at(s)), call()));
    return behindCalls(live, fn.blocks[0]!);
  };
  assert.deepEqual(
    ends((slot) => ({ kind: 'vardef', slot })),
    [[], [], []],
  );
  assert.deepEqual(
    ends((s) => ({ kind: 'fill', dst: at(s), byte: i32(0), n: i32(24) })),
    [[], [], []],
  );
  assert.deepEqual(
    ends((s, src) => ({ kind: 'copy', dst: at(s), src, n: i32(16), wb: null })),
    [[16], [], []],
  );
  assert.deepEqual(
    ends((s, src) => ({ kind: 'copy', dst: src, src: at(s, 16), n: i32(8), wb: null })),
    [[0, 16], [], []],
  );
});

test('what a loop reads again is live on the way round', () => {
  const { fn, live } = build((f, b, s) => {
    const body = f.newBlock();
    b.stmts.push(store(s, 0, get(f.params[0]!)));
    b.term = { kind: 'jump', to: body };
    body.stmts.push(call(load('ptr', at(s))), call());
    body.term = { kind: 'if', cond: load('i32', get(f.params[0]!)), then: body, else: f.newBlock() };
  });
  assert.deepEqual(behindCalls(live, fn.blocks[1]!), [[0], [0]]);
  assert.deepEqual(live.atStart(fn.blocks[2]!), []);
});

test('an object is kept if its address goes elsewhere, and live everywhere if it becomes a number', () => {
  const elsewhere = build((f, b, s) => {
    const p = f.newLocal('ptr');
    b.stmts.push({ kind: 'set', local: p, x: at(s, 8) }, call(get(p)), call());
  });
  assert.equal(elsewhere.live.kept.has(elsewhere.slot), true);
  assert.deepEqual(behindCalls(elsewhere.live, elsewhere.fn.blocks[0]!), [[], []]);
  const number = build((f, b, s) => {
    const n = f.newLocal('i64');
    b.stmts.push(call(), { kind: 'set', local: n, x: un('i64.extend_i32_u', at(s)) }, call());
  });
  assert.deepEqual(behindCalls(number.live, number.fn.blocks[0]!), [
    [0, 16],
    [0, 16],
  ]);
});

test('what deferred calls read is live everywhere, and all that a check finds', () => {
  const { fn, live } = build((f, b, s) => {
    const caught = f.newLocal('i32');
    f.catchLocal = caught;
    const handler = f.newBlock();
    const body = f.newBlock();
    b.term = { kind: 'if', cond: get(caught), then: handler, else: body };
    handler.stmts.push(call(load('ptr', at(s))));
    body.stmts.push(
      call(),
      store(s, 0, get(f.params[0]!)),
      store(s, 16, get(f.params[0]!)),
      call(),
      call(load('ptr', at(s), 16)),
    );
  });
  const body = fn.blocks.find((b) => b.stmts.length === 5)!;
  assert.deepEqual(behindCalls(live, body), [[0], [0, 16], [0]]);
  assert.deepEqual(
    live.atPanic().map((w) => w.off),
    [0],
  );
});
