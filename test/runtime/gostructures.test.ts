// The structures of package runtime that are written in Go, each driven by several goroutines on several Ms, with seeds (structures/main.go).

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { burrow, dir } from '../programs/workspace.testing.ts';

const limit = 200_000;

const subjects: { readonly [name: string]: string } = {
  queues: 'a queue of waiting goroutines keeps their order, and each is taken once',
  selects: 'of a select’s cases one comes to pass',
  channels: 'what is sent is received once, in order',
  closes: 'all that wait for a channel are woken when it is closed',
  semaphores: 'a semaphore’s permits are never exceeded or lost',
  notifies: 'those that wait for a condition wake in turn, and all of them',
  timers: 'a timer runs or is stopped, once, and heaps stay heaps',
};

const program = join(dir, 'structures');
before(() => {
  const r = burrow(['build', '-o', program, join(import.meta.dirname, 'structures', 'main.go')]);
  assert.equal(r.code, 0, r.err);
});

for (const [name, what] of Object.entries(subjects))
  test(`${what} (${name})`, () => {
    for (const seed of ['1', '2', '3']) {
      const r = spawnSync(program, [name, seed], {
        encoding: 'utf8',
        timeout: limit,
        env: { ...process.env, GOMAXPROCS: '4' },
      });
      assert.equal(r.stdout + r.stderr, 'ok\n', `seed ${seed}`);
    }
  });
