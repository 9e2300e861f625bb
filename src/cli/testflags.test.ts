// The command line of `burrow test`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, parseDuration } from './duration.ts';
import { parseTestCommand } from './testflags.ts';

test('flags before and after packages', () => {
  const c = parseTestCommand(['-v', 'a', './b', '-run', 'X', '-custom=1', '-args', '-run', 'rest']);
  assert.deepEqual(c.patterns, ['a', './b']);
  assert.deepEqual(c.args, ['-test.timeout=10m0s', '-test.v=true', '-test.run=X', '-custom=1', '-run', 'rest']);
  assert.ok(c.showPass && !c.bench && !c.failFast);
});

test('flags with values of their own', () => {
  assert.equal(parseTestCommand(['-test.timeout', '90s', 'p']).timeout, 90e9);
  assert.deepEqual(parseTestCommand(['-timeout=0', '-count', '+2', '-json']).args, [
    '-test.v=test2json',
    '-test.timeout=0s',
    '-test.count=2',
  ]);
  const c = parseTestCommand(['-coverpkg=a,./b', '-tags', 'x,y', '-p=3', '-c', '-o=/tmp/']);
  assert.deepEqual(c.cover, { mode: 'set', packages: ['a', './b'], profile: '' });
  assert.deepEqual([c.tags, c.parallel, c.compileOnly, c.output], ['x,y', 3, true, '/tmp/']);
  for (const [args, message] of [
    [['-count', 'x'], 'invalid value "x" for flag -count: parse error'],
    [['-json=x'], 'invalid boolean value "x" for -json: parse error'],
    [['-o'], 'flag needs an argument: -o'],
    [['-c', '-foo'], 'go: unknown flag -foo cannot be used with -c'],
    [['-covermode=x'], 'invalid value "x" for flag -covermode: valid modes are "set", "count", or "atomic"'],
    [
      ['-vet=foo'],
      'invalid value "foo" for flag -vet: -vet argument must be a supported analyzer or a distinguished value; found foo',
    ],
  ] as const)
    assert.throws(() => parseTestCommand(args), { message });
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
  assert.deepEqual([0, 1.5e9, 600e9, 3720.5e9, 1e7].map(formatDuration), ['0s', '1.5s', '10m0s', '1h2m0.5s', '10ms']);
});
