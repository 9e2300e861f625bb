// All passes over a program, in their order.
//
// Guarantees: afterwards every function is reducible, in reverse postorder, and coloured; the answer has its flow graph.

import type { Func, Program } from '../ir/ir.ts';
import { orderBlocks, type Flow } from './flow.ts';
import { makeReducible } from './reducible.ts';
import { colourSuspending, type Why } from './suspend.ts';

export interface Passed {
  readonly flows: ReadonlyMap<Func, Flow>;
  /** why each function that suspends does */
  readonly why: ReadonlyMap<Func, Why>;
}

export function runPasses(program: Program): Passed {
  const flows = new Map<Func, Flow>();
  for (const fn of program.funcs) {
    let flow = orderBlocks(fn);
    if (flow.irreducible) {
      makeReducible(fn);
      flow = orderBlocks(fn);
    }
    flows.set(fn, flow);
  }
  return { flows, why: colourSuspending(program) };
}
