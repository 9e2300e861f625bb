// The suspend protocol end to end: functions built by hand, linked, and run under the scheduler of machine.testing.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Block, bin, DataSym, type Expr, type Func, get, i32, i64, load, nil, un } from '../ir/ir.ts';
import { call, callrt, func, log, Machine, set } from './machine.testing.ts';

/** fib by recursion. */
function fib(): Func {
  return func('fib', ['i64'], ['i64'], (fn, b, n) => {
    const small = fn.newBlock();
    const rec = fn.newBlock();
    b.term = { kind: 'if', cond: bin('i64.lt_s', get(n!), i64(2)), then: small, else: rec };
    small.term = { kind: 'return', values: [get(n!)] };
    const x = fn.newLocal('i64');
    const y = fn.newLocal('i64');
    call(rec, fn, [bin('i64.sub', get(n!), i64(1))], [x]);
    call(rec, fn, [bin('i64.sub', get(n!), i64(2))], [y]);
    rec.term = { kind: 'return', values: [bin('i64.add', get(x), get(y))] };
  });
}

function main(build: (fn: Func, b: Block) => Block | undefined): Func {
  return func('main', [], [], (fn, b) => {
    const end = build(fn, b) ?? b;
    end.term ??= { kind: 'return', values: [] };
  });
}

/** f(x) suspends once and returns x+1. */
function parks(): Func {
  return func('parks', ['i64'], ['i64'], (fn, b, x) => {
    fn.noinline = true;
    b.stmts.push({ kind: 'suspend', pos: 0 });
    b.term = { kind: 'return', values: [bin('i64.add', get(x!), i64(1))] };
  });
}

test('recursion on a stack that must grow and be unwound again and again', () => {
  const f = fib();
  const entry = main((fn, b) => {
    const r = fn.newLocal('i64');
    call(b, f, [i64(20)], [r]);
    log(b, get(r));
  });
  for (const step of [1 << 18, 200, 16]) {
    const m = new Machine([entry, f], entry);
    assert.equal(m.run({ stackBytes: 256, step }), true);
    assert.deepEqual(m.logged, [6765n]);
  }
});

test('a suspension three frames deep keeps locals of all types, and results reach the caller', () => {
  const p = parks();
  const mid = func('mid', ['i32', 'f64', 'i64'], ['i64', 'i32', 'f64'], (fn, b, a, d, c) => {
    const r = fn.newLocal('i64');
    call(b, p, [get(c!)], [r]);
    call(b, p, [get(r)], [r]);
    b.term = {
      kind: 'return',
      values: [
        get(r),
        bin('i32.add', get(a!), i32(1)),
        bin('f64.add', get(d!), { kind: 'const', type: 'f64', value: 0.5 }),
      ],
    };
  });
  const entry = main((fn, b) => {
    const k = fn.newLocal('i64', 'k');
    const [x, y, z] = [fn.newLocal('i64'), fn.newLocal('i32'), fn.newLocal('f64')];
    set(b, k, i64(1000));
    call(b, mid, [i32(7), { kind: 'const', type: 'f64', value: 2.25 }, i64(40)], [x, y, z]);
    log(b, bin('i64.add', get(x), get(k)));
    log(b, un('i64.extend_i32_s', get(y)));
    log(b, un('i64.trunc_sat_f64_s', bin('f64.mul', get(z), { kind: 'const', type: 'f64', value: 4 })));
  });
  const m = new Machine([entry, mid, p], entry);
  assert.equal(m.run(), true);
  assert.deepEqual(m.logged, [1042n, 8n, 11n]);
  assert.ok(m.resumptions > 4);
});

/** for i := 0; i < n; i++ { body } */
function loop(fn: Func, b: Block, n: Expr, body: (b: Block, i: Expr) => Block): Block {
  const i = fn.newLocal('i64', 'i');
  set(b, i, i64(0));
  const head = fn.newBlock();
  const inside = fn.newBlock();
  const after = fn.newBlock();
  b.term = { kind: 'jump', to: head };
  head.term = { kind: 'if', cond: bin('i64.lt_s', get(i), n), then: inside, else: after };
  const last = body(inside, get(i));
  set(last, i, bin('i64.add', get(i), i64(1)));
  last.term = { kind: 'jump', to: head };
  return after;
}

test('nested loops that suspend inside, and plain loops that are preempted', () => {
  const p = parks();
  const sum = func('sum', ['i64'], ['i64'], (fn, b, n) => {
    const s = fn.newLocal('i64', 's');
    set(b, s, i64(0));
    const t = fn.newLocal('i64');
    const end = loop(fn, b, get(n!), (b1, i) => {
      const after = loop(fn, b1, i, (b2, j) => {
        call(b2, p, [j], [t]);
        set(b2, s, bin('i64.add', get(s), get(t)));
        return b2;
      });
      return loop(fn, after, i64(3), (b3) => {
        callrt(b3, 'preempt', []);
        set(b3, s, bin('i64.add', get(s), i64(100)));
        return b3;
      });
    });
    end.term = { kind: 'return', values: [get(s)] };
  });
  const entry = main((fn, b) => {
    const r = fn.newLocal('i64');
    call(b, sum, [i64(6)], [r]);
    log(b, get(r));
  });
  const m = new Machine([entry, sum, p], entry);
  assert.equal(m.run(), true);
  let want = 0;
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < i; j++) want += j + 1;
    want += 300;
  }
  assert.deepEqual(m.logged, [BigInt(want)]);
});

test('a loop whose only call returns before it looks at the guard is preempted all the same', () => {
  const small = fib();
  small.noinline = true;
  const turns = func('turns', ['i64'], ['i64'], (fn, b, n) => {
    const s = fn.newLocal('i64', 's');
    set(b, s, i64(0));
    const t = fn.newLocal('i64');
    const end = loop(fn, b, get(n!), (body) => {
      callrt(body, 'preempt', []);
      call(body, small, [i64(1)], [t]);
      set(body, s, bin('i64.add', get(s), get(t)));
      return body;
    });
    end.term = { kind: 'return', values: [get(s)] };
  });
  const entry = main((fn, b) => {
    const r = fn.newLocal('i64');
    call(b, turns, [i64(50)], [r]);
    log(b, get(r));
  });
  const m = new Machine([entry, turns, small], entry);
  assert.equal(m.run(), true);
  assert.deepEqual(m.logged, [50n]);
  assert.ok(m.resumptions >= 50, `${m.resumptions} resumptions`);
});

test('a function written twice starts again from its first test when it is suspended at its entry', () => {
  // f(n, p): q = p + 1; if q < 0 return q; if n == 0 return q; the parameters must be as they were.
  const f = func('f', ['i64', 'i64'], ['i64'], (fn, b, n, p) => {
    const second = fn.newBlock();
    const rest = fn.newBlock();
    const out1 = fn.newBlock();
    const out2 = fn.newBlock();
    const q = fn.newLocal('i64');
    set(b, q, bin('i64.add', get(p!), i64(1)));
    b.term = { kind: 'if', cond: bin('i64.lt_s', get(q), i64(0)), then: out1, else: second };
    out1.term = { kind: 'return', values: [get(q)] };
    second.term = { kind: 'if', cond: bin('i64.ne', get(n!), i64(0)), then: rest, else: out2 };
    out2.term = { kind: 'return', values: [bin('i64.mul', get(q), i64(2))] };
    const r = fn.newLocal('i64');
    callrt(rest, 'preempt', []);
    call(rest, fn, [bin('i64.sub', get(n!), i64(1)), get(q)], [r]);
    rest.term = { kind: 'return', values: [bin('i64.add', get(r), get(n!))] };
  });
  const entry = main((fn, b) => {
    const r = fn.newLocal('i64');
    call(b, f, [i64(40), i64(7)], [r]);
    log(b, get(r));
    call(b, f, [i64(3), i64(-9)], [r]);
    log(b, get(r));
  });
  for (const step of [1 << 18, 96, 16]) {
    const m = new Machine([entry, f], entry);
    assert.equal(m.run({ stackBytes: 256, step }), true);
    assert.deepEqual(m.logged, [96n + 820n, -8n]);
    assert.ok(m.resumptions >= 40);
  }
});

test('indirect calls, adapters of functions that do not suspend, and static data', () => {
  const plain = func('plain', ['ptr', 'i64'], ['i64'], (_, b, clo, x) => {
    b.term = { kind: 'return', values: [bin('i64.add', get(x!), load('i64', get(clo!), 8))] };
  });
  plain.addressTaken = true;
  const p = parks();
  const susp = func('susp', ['ptr', 'i64'], ['i64'], (fn, b, _clo, x) => {
    const r = fn.newLocal('i64');
    call(b, p, [get(x!)], [r]);
    b.term = { kind: 'return', values: [bin('i64.mul', get(r), i64(10))] };
  });
  susp.addressTaken = true;
  const obj = (fn: Func, v: number): DataSym => {
    const bytes = new Uint8Array(16);
    bytes[8] = v;
    const d = new DataSym(`${fn.name}·f`, 16, 8, bytes);
    d.relocs.push({ off: 0, kind: 'func', target: fn, add: 0 });
    return d;
  };
  const d1 = obj(plain, 5);
  const d2 = obj(susp, 0);
  const sig = { params: ['ptr', 'i64'], results: ['i64'] } as const;
  const entry = main((fn, b) => {
    const r = fn.newLocal('i64');
    for (const d of [d1, d2]) {
      const at: Expr = { kind: 'addr', sym: d, off: 0 };
      b.stmts.push({ kind: 'callind', sig, target: load('i32', at), args: [at, i64(7)], results: [r], pos: 0 });
      log(b, get(r));
    }
    call(b, plain, [{ kind: 'addr', sym: d1, off: 0 }, i64(1)], [r]);
    log(b, get(r));
    callrt(b, 'twice', [get(r)], [r]);
    log(b, get(r));
  });
  const m = new Machine([entry, plain, susp, p], entry, { data: [d1, d2] });
  assert.equal(m.run(), true);
  assert.deepEqual(m.logged, [12n, 80n, 6n, 12n]);
});

/** g(n): suspends, then panics if n is not 0; returns 5 otherwise. */
function panics(): Func {
  return func('panics', ['i32'], ['i64'], (fn, b, n) => {
    b.stmts.push({ kind: 'suspend', pos: 0 });
    const yes = fn.newBlock();
    const no = fn.newBlock();
    b.term = { kind: 'if', cond: get(n!), then: yes, else: no };
    yes.term = { kind: 'throw', pos: 0 };
    no.term = { kind: 'return', values: [i64(5)] };
  });
}

/** Catches: state counts what has run, the handler suspends, and returns 100 + state; with again, it throws on. */
function catches(inner: Func, p: Func, rethrow: boolean): Func {
  return func('catches', ['i32'], ['i64'], (fn, b, n) => {
    const caught = fn.newLocal('i32', 'caught');
    fn.catchLocal = caught;
    const state = fn.newLocal('i64', 'state');
    const r = fn.newLocal('i64');
    const handler = fn.newBlock();
    const body = fn.newBlock();
    b.term = { kind: 'if', cond: get(caught), then: handler, else: body };
    set(body, state, i64(1));
    call(body, inner, [i32(0)], [r]);
    set(body, state, bin('i64.add', get(state), get(r)));
    call(body, inner, [get(n!)], [r]);
    set(body, state, bin('i64.add', get(state), i64(1000)));
    body.term = { kind: 'return', values: [get(state)] };
    call(handler, p, [get(state)], [r]);
    handler.term = rethrow ? { kind: 'throw', pos: 0 } : { kind: 'return', values: [bin('i64.add', get(r), i64(100))] };
  });
}

test('panics are caught in running frames and in resumed ones', () => {
  const p = parks();
  const inner = panics();
  const direct = func('direct', ['i32'], ['i64'], (fn, b, n) => {
    const yes = fn.newBlock();
    const no = fn.newBlock();
    b.term = { kind: 'if', cond: get(n!), then: yes, else: no };
    yes.term = { kind: 'throw', pos: 0 };
    no.term = { kind: 'return', values: [i64(7)] };
  });
  for (const [callee, want] of [
    [inner, [1006n, 107n]],
    [direct, [1008n, 109n]],
  ] as const) {
    const c = catches(callee, p, false);
    const entry = main((fn, b) => {
      const r = fn.newLocal('i64');
      for (const n of [0, 1]) {
        call(b, c, [i32(n)], [r]);
        log(b, get(r));
      }
    });
    const m = new Machine([entry, c, callee, p], entry);
    assert.equal(m.run({ stackBytes: 128 }), true);
    assert.deepEqual(m.logged, want);
  }
});

test('a panic nobody catches leaves the goroutine, also out of a handler', () => {
  const p = parks();
  const inner = panics();
  const c = catches(inner, p, true);
  const entry = main((fn, b) => {
    const r = fn.newLocal('i64');
    call(b, c, [i32(1)], [r]);
    log(b, i64(1));
  });
  const m = new Machine([entry, c, inner, p], entry);
  assert.equal(m.run(), false);
  assert.deepEqual(m.logged, []);
});

test('deep recursion goes through the guard', () => {
  const down = func('down', ['i64'], ['i64'], (fn, b, n) => {
    const zero = fn.newBlock();
    const more = fn.newBlock();
    b.term = { kind: 'if', cond: un('i64.eqz', get(n!)), then: zero, else: more };
    zero.term = { kind: 'return', values: [i64(0)] };
    const r = fn.newLocal('i64');
    call(more, fn, [bin('i64.sub', get(n!), i64(1))], [r]);
    more.term = { kind: 'return', values: [bin('i64.add', get(r), i64(1))] };
  });
  const entry = main((fn, b) => {
    const r = fn.newLocal('i64');
    call(b, down, [i64(100000)], [r]);
    log(b, get(r));
  });
  const m = new Machine([entry, down], entry);
  assert.equal(m.run({ stackBytes: 1024, step: 1 << 15 }), true);
  assert.deepEqual(m.logged, [100000n]);
});

test('goto into loops', () => {
  // i := 0; if i < 1 goto B; A: i += 1; B: i += 10; if i < 50 goto A; C...
  const f = func('f', ['i64'], ['i64'], (fn, b, i) => {
    const a = fn.newBlock();
    const c = fn.newBlock();
    const done = fn.newBlock();
    b.term = { kind: 'if', cond: bin('i64.lt_s', get(i!), i64(1)), then: c, else: a };
    set(a, i!, bin('i64.add', get(i!), i64(1)));
    a.term = { kind: 'jump', to: c };
    set(c, i!, bin('i64.add', get(i!), i64(10)));
    callrt(c, 'preempt', []);
    c.term = { kind: 'if', cond: bin('i64.lt_s', get(i!), i64(50)), then: a, else: done };
    done.term = { kind: 'return', values: [get(i!)] };
  });
  const entry = main((fn, b) => {
    const r = fn.newLocal('i64');
    for (const n of [0, 1]) {
      call(b, f, [i64(n)], [r]);
      log(b, get(r));
    }
  });
  const m = new Machine([entry, f], entry);
  assert.equal(m.run(), true);
  const want = (i: number): bigint => {
    if (i >= 1) i += 1;
    for (;;) {
      i += 10;
      if (i >= 50) return BigInt(i);
      i += 1;
    }
  };
  assert.deepEqual(m.logged, [want(0), want(1)]);
});

test('stack slots keep their place and are found by the collector', () => {
  const p = parks();
  const f = func('f', ['ptr'], ['i64'], (fn, b, q) => {
    const slot = fn.newSlot(24, [8], 'buf');
    const at: Expr = { kind: 'slot', slot, off: 0 };
    const r = fn.newLocal('i64');
    b.stmts.push({ kind: 'fill', dst: at, byte: i32(0), n: i32(24) });
    b.stmts.push({ kind: 'store', mem: 'ptr', addr: at, off: 8, x: get(q!), wb: false });
    call(b, p, [i64(1)], [r]);
    b.term = {
      kind: 'return',
      values: [
        bin(
          'i64.add',
          bin('i64.add', load('i64', at, 0), load('u32as64', at, 8)),
          bin('i64.add', load('i64', at, 16), get(r)),
        ),
      ],
    };
  });
  const entry = main((fn, b) => {
    const r = fn.newLocal('i64');
    for (let i = 0; i < 2; i++) {
      call(b, f, [{ kind: 'const', type: 'ptr', value: 4000 + i }], [r]);
      log(b, get(r));
    }
    call(b, f, [nil], [r]);
    log(b, get(r));
  });
  const m = new Machine([entry, f, p], entry);
  assert.equal(m.run(), true);
  assert.deepEqual(m.logged, [4002n, 4003n, 2n]);
});

test('same program, same bytes', () => {
  const build = (): Uint8Array => {
    const f = fib();
    const entry = main((fn, b) => {
      const r = fn.newLocal('i64');
      call(b, f, [i64(3)], [r]);
      log(b, get(r));
    });
    return new Machine([entry, f], entry).linked.wasm;
  };
  assert.deepEqual(build(), build());
});
