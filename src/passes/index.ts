// All passes over a program, in their order.
//
// Guarantees: afterwards every function is reducible, in reverse postorder, and coloured; the answer has its flow graph.

import type { Func, Program } from '../ir/ir.ts';
import { tidyBranches } from './branches.ts';
import { removeChecks } from './checks.ts';
import { removeOverwritten, removeUnread } from './dead.ts';
import { orderBlocks, type Flow } from './flow.ts';
import { liveness } from './liveness.ts';
import { makeReducible } from './reducible.ts';
import { DomTree, simplify } from './simplify.ts';
import { colourSuspending, type Why } from './suspend.ts';
import { formTrees } from './trees.ts';

export interface Passed {
  readonly flows: ReadonlyMap<Func, Flow>;
  /** why each function that suspends does */
  readonly why: ReadonlyMap<Func, Why>;
}

export function runPasses(program: Program): Passed {
  const flows = new Map<Func, Flow>();
  for (const fn of program.funcs) flows.set(fn, cleanUp(fn));
  return { flows, why: colourSuspending(program) };
}

/** Improves one function by itself. */
export function cleanUp(fn: Func): Flow {
  tidyBranches(fn, orderBlocks(fn));
  let flow = orderBlocks(fn);
  if (flow.irreducible) {
    makeReducible(fn);
    flow = orderBlocks(fn);
  }
  const dom = new DomTree(flow.idom);
  simplify(fn, dom);
  removeChecks(fn, flow, dom);
  removeUnread(fn);
  tidyBranches(fn, null);
  flow = orderBlocks(fn);
  formTrees(fn);
  if (removeOverwritten(fn, liveness(fn))) formTrees(fn);
  return flow;
}
