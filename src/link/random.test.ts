// Random programs, interpreted and compiled: same output, whatever the stack size; and pointer maps that name only pointers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Machine } from './machine.testing.ts';
import { interpret, randomProgram } from './random.testing.ts';

const first = Number(process.env.BURROW_SEED ?? 1);
const count = Number(process.env.BURROW_SEEDS ?? 60);

test('random programs do what the interpreter says', () => {
  for (let seed = first; seed < first + count; seed++) {
    const want = interpret(randomProgram(seed));
    for (const [stackBytes, step] of [
      [1 << 16, 1 << 18],
      [96, 40],
    ] as const) {
      const p = randomProgram(seed);
      const m = new Machine(p.funcs, p.main, { data: [p.data], validate: seed % 16 === 0 });
      const inData = (a: number): boolean => a === 0 || (a >= p.data.addr && a < p.data.addr + p.data.size);
      const returned = m.run({
        stackBytes,
        step,
        maxSteps: 1e5,
        onSuspend: (fps) => {
          for (const fp of fps)
            for (const a of m.pointers(fp))
              assert.ok(inData(a), `seed ${seed}: ${a} in the frame at ${fp} is no pointer`);
        },
      });
      assert.deepEqual({ logged: m.logged, returned }, want, `seed ${seed}, stack of ${stackBytes}`);
    }
  }
});
