// The scheduler: order, parking, timers, deadlock, and stacks that move.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventReader } from '../../src/inspect/events.ts';
import { Exit, frameBytes, ids, Machine, once } from './machine.ts';

test('the newest goroutine runs first, the others in order', () => {
  const order: number[] = [];
  const m = new Machine(function* () {
    for (let i = 0; i < 5; i++) m.go(() => once(() => void order.push(i)));
    assert.equal(m.rt.numgoroutine(), 6n);
    while (m.rt.numgoroutine() > 1n) yield;
    throw new Exit(0);
  });
  assert.equal(m.run(), 0);
  assert.deepEqual(order, [4, 0, 1, 2, 3]);
});

test('two that wake each other do not starve the rest', () => {
  let rounds = 0;
  let others = 0;
  const m = new Machine(function* () {
    const a = m.park();
    let b = 0;
    m.go(function* () {
      b = m.rt.getg();
      for (;;) {
        m.park();
        m.rt.ready(a);
        yield;
      }
    });
    m.go(() => once(() => void others++));
    yield;
    while (others === 0 && rounds < 10_000) {
      rounds++;
      m.park();
      m.rt.ready(b);
      yield;
    }
    throw new Exit(0);
  });
  assert.equal(m.run(), 0);
  assert.ok(rounds < 200, `${rounds} rounds`);
});

test('gs are used again', () => {
  const m = new Machine(function* () {
    for (let i = 0; i < 10_000; i++) {
      m.go(() => once(() => {}));
      yield;
    }
    assert.ok(m.rt.allgat(16n) === 0, 'few were made');
    throw new Exit(0);
  });
  assert.equal(m.run(), 0);
});

test('nothing to run is a deadlock', () => {
  const m = new Machine(function* () {
    m.park();
    yield;
  });
  m.goExports[1] = () =>
    once(() => {
      throw new Exit(2);
    });
  assert.equal(m.run(), 2);
});

test('timers are looked at when they are due', () => {
  let now = 1000n;
  const seen: bigint[] = [];
  const m = new Machine(function* () {
    const g = m.park();
    m.goExports[2] = () =>
      once(() => {
        seen.push(now);
        m.rt.ready(g);
      });
    m.timerwake(5000n);
    yield;
    throw new Exit(0);
  });
  m.clock = () => {
    now += 500n;
    return now;
  };
  assert.equal(m.run(), 0);
  assert.equal(seen.length, 1);
  assert.ok(seen[0]! >= 5000n);
});

test('a timer of a P that nobody has runs when it is due', () => {
  let now = 1000n;
  let ran = 0;
  const m = new Machine(
    function* () {
      const g = m.park();
      m.goExports[2] = () =>
        once(() => {
          ran++;
          m.rt.ready(g);
        });
      // This M's P is the first that it gets back when it wakes.
      m.timerwake(5000n, m.pAt(1));
      yield;
      throw new Exit(0);
    },
    1,
    2,
  );
  m.clock = () => {
    now += 500n;
    if (now > 10_000_000n) throw new Exit(1);
    return now;
  };
  assert.equal(m.run(), 0);
  assert.equal(ran, 1);
});

test('a stack moves with its pointers and parameters', () => {
  const depth = 200;
  /** what a frame of the callee returns to its caller is whether all was in place */
  let returned = 0;
  const m = new Machine(function* () {
    // The first slot points at the frame itself.
    m.setU32(m.slot(0), m.slot(1));
    m.setU32(m.slot(1), 12345);
    call(m.fp, 0);
    yield;
    assert.equal(m.u32(m.slot(0)), m.slot(1));
    assert.equal(m.u32(m.slot(1)), 12345);
    assert.equal(returned, depth);
    throw new Exit(0);
  });
  /** A call from the frame at fp: there is no room for it as far as the callee is concerned, so it suspends at its entry. */
  function call(fp: number, n: number): void {
    const callee = fp + frameBytes;
    m.setU32(callee + 4, frameBytes);
    const morebuf = m.m + 528;
    m.setU32(morebuf, ids.callee);
    m.setU32(morebuf + 8, fp + 16);
    m.setU32(morebuf + 12, n);
    pending = callee;
  }
  let pending = 0;
  const suspend = m.suspend.bind(m);
  m.suspend = (fp) => {
    suspend(pending || fp);
    pending = 0;
  };
  m.onFrame = (id, fp) => {
    const n = m.u32(fp + 12);
    assert.equal(m.u32(fp + 8), fp - frameBytes + 16, 'a parameter that points to the caller has moved');
    assert.equal(m.u32(fp + 4), frameBytes);
    if (id === ids.callee) {
      new Uint8Array(m.memory.buffer).fill(0, fp + 16, fp + frameBytes);
      m.setU32(fp, ids.calleeRunning);
      m.setU32(fp + 16, fp + 24);
      m.setU32(fp + 24, n * 7);
      if (n + 1 < depth) {
        call(fp, n + 1);
        m.suspend(fp);
        return 1;
      }
    }
    assert.equal(m.u32(fp + 16), fp + 24);
    assert.equal(m.u32(fp + 24), n * 7);
    returned++;
    return 0;
  };
  assert.equal(m.run(), 0, m.stderr);
});

test('a reader of events that is overtaken says how many it has missed, at most', () => {
  // in words, of which an event is three; a batch and one event may be written that are not to be seen yet
  const ring = 1 << 15;
  const held = Math.floor((ring - 64 - 3) / 3);
  let reader: EventReader | null = null;
  const seen: number[] = [];
  const m = new Machine(function* () {
    const read = (): void => {
      const events = reader!.read();
      seen.push(events.filter((e) => e.kind === 'create').length);
      if (events[0]?.kind === 'lost') seen.push(-events[0].arg);
      const goids = events.filter((e) => e.kind === 'create').map((e) => e.goid);
      assert.deepEqual(
        goids,
        goids.map((_, i) => goids[0]! + i),
      );
    };
    m.rt.settracing(1);
    reader = new EventReader(m.rt, m.memory);
    const make = (n: number): void => {
      for (let i = 0; i < n; i++)
        m.rt.newwaiting(
          m.closureOf(() => once(() => {})),
          1,
        );
    };
    make(100);
    read();
    make(held + 1000);
    read();
    make(5);
    read();
    assert.equal(reader.lost, 3000);
    m.rt.settracing(0);
    make(5);
    read();
    throw new Exit(0);
  });
  assert.equal(m.run(), 0);
  assert.deepEqual(seen, [100, held, -3000, 5, 0]);
});
