// The command line of `burrow test`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration, parseTestCommand } from './testflags.ts';

test('flags before and after packages', () => {
  const c = parseTestCommand(['-v', 'a', './b', '-run', 'X', '-custom=1', '-args', '-run', 'rest']);
  assert.deepEqual(c.patterns, ['a', './b']);
  assert.deepEqual(c.args, [
    '-test.paniconexit0',
    '-test.v=true',
    '-test.run=X',
    '-test.timeout=10m',
    '-custom=1',
    '-run',
    'rest',
  ]);
  assert.ok(c.showPass && !c.bench && !c.failFast);
});

test('benchmarks have no time limit of their own', () => {
  assert.ok(parseTestCommand(['-bench=.']).args.includes('-test.timeout=0'));
  assert.equal(parseTestCommand(['-test.timeout', '90s', 'p']).timeout, 90e9);
});

test('durations', () => {
  for (const [text, want] of [
    ['0', 0],
    ['1.5s', 1.5e9],
    ['1h2m.5s', 3720.5e9],
    ['10ms', 1e7],
    ['', null],
    ['5', null],
    ['1s x', null],
  ] as const)
    assert.equal(parseDuration(text), want, text);
});
