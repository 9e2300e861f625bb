// All passes over a program, in their order.
//
// Guarantees: afterwards every function is reducible, in reverse postorder, and coloured; the answer has its flow graph.

import type { Func, Program } from '../ir/ir.ts';
import { tidyBranches } from './branches.ts';
import { removeChecks } from './checks.ts';
import { components } from './components.ts';
import { removeOverwritten, removeUnread } from './dead.ts';
import { orderBlocks, type Flow } from './flow.ts';
import { candidate, inlineCalls, type Candidate } from './inline.ts';
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
  const { funcs } = program;
  const graph = callGraph(program);
  const candidates = new Map<Func, Candidate>();
  for (const comp of components(graph.callees)) {
    for (const i of comp) {
      const fn = funcs[i]!;
      // Within a cycle nothing is inlined: its members are no candidates until all are done.
      inlineCalls(fn, candidates, graph.uses);
      flows.set(fn, cleanUp(fn));
    }
    for (const i of comp) {
      const c = candidate(funcs[i]!);
      if (c) candidates.set(funcs[i]!, c);
    }
  }
  return { flows, why: colourSuspending(program) };
}

/** Direct calls by function number, and how often each function is called or used as a value. */
function callGraph(program: Program): { callees: number[][]; uses: Map<Func, number> } {
  const index = new Map<Func, number>();
  program.funcs.forEach((fn, i) => {
    index.set(fn, i);
  });
  const uses = new Map<Func, number>();
  const use = (fn: Func): void => {
    uses.set(fn, (uses.get(fn) ?? 0) + 1);
  };
  const callees = program.funcs.map((fn) => {
    if (fn.addressTaken) use(fn);
    const out = new Set<number>();
    for (const b of fn.blocks) {
      for (const s of b.stmts) {
        if (s.kind !== 'call' && s.kind !== 'check') continue;
        use(s.fn);
        const i = index.get(s.fn);
        if (i !== undefined) out.add(i);
      }
    }
    return [...out];
  });
  return { callees, uses };
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
