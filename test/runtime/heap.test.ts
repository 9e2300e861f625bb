// Allocator and collector under random graphs, against a model kept here.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Body, Exit, Machine, makeType, once, slots } from './machine.ts';

/** What the model knows of an object: where it is, what its pointer words refer to, and a mark in its other words. */
interface Obj {
  p: number;
  readonly size: number;
  readonly words: number;
  readonly pointers: readonly number[];
  readonly refs: Map<number, Obj>;
  readonly mark: number;
  typ: number;
}

const typeSlots = 16;

function reachable(roots: readonly (Obj | null)[]): Set<Obj> {
  const seen = new Set<Obj>();
  const todo = roots.filter((o) => o !== null);
  for (let o = todo.pop(); o; o = todo.pop()) {
    if (seen.has(o)) continue;
    seen.add(o);
    todo.push(...o.refs.values());
  }
  return seen;
}

/** Every reachable object holds what the model says, and none overlaps another. */
function check(m: Machine, roots: readonly (Obj | null)[]): void {
  const live = [...reachable(roots)].sort((a, b) => a.p - b.p);
  for (const [i, o] of live.entries()) {
    const before = live[i - 1];
    if (before) assert.ok(before.p + before.size <= o.p, 'objects overlap');
    for (let w = 0; w < o.words; w++) {
      const v = m.u32(o.p + 8 * w);
      const ref = o.refs.get(w);
      if (ref) assert.equal(v, ref.p, 'reference');
      else if (o.pointers.includes(w)) assert.equal(v, 0, 'unset pointer word');
      else assert.equal(v, o.mark, 'contents');
    }
  }
}

const shapes: readonly (readonly [words: number, pointers: readonly number[]])[] = [
  [1, []],
  [1, [0]],
  [2, [1]],
  [3, []],
  [7, [0, 6]],
  [40, [0, 1, 39]],
  [64, [63]],
  [65, [0, 64]],
  [200, [3, 100, 199]],
  [1000, []],
  [5000, [0, 4999]],
  [9000, []],
];

function* mutate(m: Machine, steps: number): Body {
  const roots: (Obj | null)[] = new Array(slots).fill(null);
  const types = shapes.map(([words, pointers], i) => {
    // Type data stays in the first slots.
    const keep = m.slot(0);
    const t = pointers.length ? makeType(m, words, pointers, keep) : 0;
    if (t) {
      const box = m.rt.mallocgc(16, boxType, 1);
      m.setU32(box, m.u32(keep));
      m.setU32(box + 8, t);
      m.setU32(m.slot(2 + i), box);
    }
    return t;
  });
  for (let step = 0; step < steps; step++) {
    const k = typeSlots + m.random(slots - typeSlots);
    const dice = m.random(10);
    if (dice < 5) {
      const shape = m.random(shapes.length);
      const [words, pointers] = shapes[shape]!;
      const p = m.rt.mallocgc(words * 8, types[shape]!, 1);
      for (let w = 0; w < words; w++) assert.equal(m.u32(p + 8 * w), 0, 'memory is zero');
      const o: Obj = { p, size: words * 8, words, pointers, refs: new Map(), mark: step + 1, typ: types[shape]! };
      for (let w = 0; w < words; w++) if (!pointers.includes(w)) m.setU32(p + 8 * w, o.mark);
      roots[k] = o;
      m.setU32(m.slot(k), p);
    } else if (dice < 8) {
      const from = roots[k];
      const to = roots[typeSlots + m.random(slots - typeSlots)];
      if (from?.pointers.length && to) {
        const w = from.pointers[m.random(from.pointers.length)]!;
        from.refs.set(w, to);
        m.setU32(from.p + 8 * w, to.p);
      }
    } else {
      // Follow a reference, so that objects are known by references alone.
      const o = roots[k];
      const next = o && [...o.refs.values()][0];
      roots[k] = next ?? null;
      m.setU32(m.slot(k), next?.p ?? 0);
    }
    if (step % 50 === 49 || m.stackguard === 0) {
      if (m.random(3) === 0) m.rt.gcstart();
      const before = m.rt.memstat(7);
      yield;
      if (m.rt.memstat(7) !== before) check(m, roots);
    }
  }
  check(m, roots);
  const held = [...reachable(roots)].reduce((n, o) => n + o.size, 0);
  m.rt.gcstart();
  yield;
  // Size classes waste at most a quarter here; large objects are whole pages.
  assert.ok(Number(m.rt.memstat(0)) < held * 1.5 + 100_000, 'garbage is freed');
  throw new Exit(0);
}
let boxType = 0;

for (const seed of [1, 7, 42])
  test(`random graphs survive, seed ${seed}`, () => {
    const m = new Machine(function* () {
      // The type of the boxes that keep types is kept by the frame itself.
      boxType = makeType(m, 2, [0, 1], m.slot(14));
      yield* mutate(m, 4000);
    }, seed);
    assert.equal(m.run(), 0, m.stderr);
  });

test('memory is used again', () => {
  const m = new Machine(function* () {
    for (let i = 0; i < 20_000; i++) {
      m.rt.mallocgc(1 + m.random(40_000), 0, 0);
      if (m.stackguard === 0) yield;
    }
    assert.ok(Number(m.rt.memstat(1)) > 300e6, 'much was allocated');
    assert.ok(Number(m.rt.memstat(2)) < 40e6, 'little was taken');
    throw new Exit(0);
  });
  assert.equal(m.run(), 0, m.stderr);
});

test('the ends of memory and of the limit', () => {
  const m = new Machine(function* () {
    assert.equal(m.rt.setgcpercent(-1), 100);
    for (let i = 0; i < 100; i++) m.rt.mallocgc(1 << 16, 0, 0);
    assert.notEqual(m.stackguard, 0, 'no collection is wanted');
    m.rt.setmemorylimit(8n << 20n);
    for (let i = 0; i < 100; i++) m.rt.mallocgc(1 << 16, 0, 0);
    assert.equal(m.stackguard, 0, 'a collection is wanted');
    yield;
    assert.equal(m.rt.memstat(7), 1n);
    for (let i = 0; i < 5; i++) m.rt.mallocgc(0x3fff0000, 0, 0);
    throw new Exit(0);
  });
  assert.equal(m.run(), 2);
  assert.match(m.stderr, /^fatal error: runtime: out of memory$/m);
});

test('specials by the thousand', () => {
  const m = new Machine(function* () {
    const ptr = makeType(m, 1, [0], m.slot(0));
    const objs: number[] = [];
    for (let i = 0; i < 3000; i++) {
      const p = m.rt.mallocgc(24, 0, 1);
      objs.push(p);
      m.rt.addspecial(p, m.rt.mallocgc(16, 0, 1), 3);
    }
    for (const p of objs) assert.notEqual(m.rt.findspecial(p, 3), 0);
    assert.equal(m.rt.findspecial(objs[0]!, 1), 0);
    assert.equal(m.rt.removespecial(objs[7]!, 0, 3), 1);
    assert.equal(m.rt.findspecial(objs[7]!, 3), 0);
    // a → b, both with finalizers: only a's runs at first.
    const b = m.rt.mallocgc(8, ptr, 1);
    const a = m.rt.mallocgc(8, ptr, 1);
    m.setU32(a, b);
    const pa = m.rt.mallocgc(16, 0, 1);
    const pb = m.rt.mallocgc(16, 0, 1);
    m.rt.addspecial(a, pa, 1);
    m.rt.addspecial(b, pb, 1);
    const handle = m.rt.findspecial(objs[0]!, 3);
    m.setU32(m.slot(2), handle);
    m.setU32(handle, objs[0]!);
    m.rt.gcstart();
    yield;
    assert.equal(m.u32(handle), 0, 'the weak handle is cleared');
    assert.equal(m.rt.nextfin(), pa);
    assert.equal(m.rt.nextfin(), 0);
    m.rt.gcstart();
    yield;
    assert.equal(m.rt.nextfin(), pb);
    throw new Exit(0);
  });
  m.goExports[3] = () => once(() => {});
  assert.equal(m.run(), 0, m.stderr);
});
