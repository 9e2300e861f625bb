import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcome } from './verdicts.ts';

test('each test counts once, its subtests do not', () => {
  const out = `=== RUN   TestA
=== RUN   TestA/sub
    --- FAIL: TestA/sub (0.00s)
--- FAIL: TestA (0.00s)
=== RUN   TestB
no newline--- PASS: TestB (1.25s)
=== RUN   TestC
    c_test.go:1: why
--- SKIP: TestC (0.00s)
FAIL
FAIL\tp\t0.100s
FAIL
`;
  const o = outcome('p', out);
  assert.deepEqual(
    [...o.verdicts],
    [
      ['TestA', 'failed'],
      ['TestB', 'passed'],
      ['TestC', 'skipped'],
    ],
  );
  assert.equal(o.died, false);
});

test('what ran when the program died has failed, what waited is not judged', () => {
  const out = `=== RUN   TestA
--- PASS: TestA (0.00s)
=== RUN   TestB
=== PAUSE TestB
=== RUN   TestC
fatal error: all goroutines are asleep - deadlock!
FAIL\tp\t0.100s
FAIL
`;
  const o = outcome('p', out);
  assert.deepEqual(
    [...o.verdicts],
    [
      ['TestA', 'passed'],
      ['TestC', 'failed'],
    ],
  );
  assert.equal(o.died, true);
});

test('a package that does not build has no verdicts', () => {
  const o = outcome('p', '# p [p.test]\na.go:1:1: wrong\nFAIL\tp [build failed]\nFAIL\n');
  assert.equal(o.built, false);
  assert.equal(o.died, false);
  assert.equal(o.verdicts.size, 0);
});
