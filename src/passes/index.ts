// All passes over a program, in their order.
//
// Guarantees: afterwards every function is reducible, in reverse postorder, and coloured; the answer has its flow graph and liveness.

import type { Func, Program } from '../ir/ir.ts';
import { tidyBranches } from './branches.ts';
import { removeChecks } from './checks.ts';
import { components } from './components.ts';
import { removeOverwritten, removeUnread } from './dead.ts';
import { type Flow, orderBlocks } from './flow.ts';
import { type Candidate, candidate, inlineCalls } from './inline.ts';
import { type Liveness, liveness } from './liveness.ts';
import { makeReducible } from './reducible.ts';
import { DomTree, simplify } from './simplify.ts';
import { promoteSlots } from './slots.ts';
import { colourSuspending, type Why } from './suspend.ts';
import { formTrees } from './trees.ts';

/** A function's flow graph and what is live where in it. */
export interface Shape {
  readonly flow: Flow;
  readonly live: Liveness;
}

export interface Passed {
  readonly shapes: ReadonlyMap<Func, Shape>;
  /** why each function that suspends does */
  readonly why: ReadonlyMap<Func, Why>;
}

export function runPasses(program: Program): Passed {
  const shapes = new Map<Func, Shape>();
  const { funcs } = program;
  const graph = callGraph(program);
  const candidates = new Map<Func, Candidate>();
  for (const comp of components(graph.callees)) {
    for (const i of comp) {
      const fn = funcs[i]!;
      // Within a cycle nothing is inlined: its members are no candidates until all are done.
      inlineCalls(fn, candidates, graph.uses);
      shapes.set(fn, cleanUp(fn));
    }
    for (const i of comp) {
      const c = candidate(funcs[i]!, shapes.get(funcs[i]!)!.live);
      if (c) candidates.set(funcs[i]!, c);
    }
  }
  return { shapes, why: colourSuspending(program) };
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
        // A check's callee is not inlined; nearly everything is called from there, too.
        const i = s.kind === 'call' ? index.get(s.fn) : undefined;
        if (i !== undefined) out.add(i);
      }
    }
    return [...out];
  });
  return { callees, uses };
}

/** Improves one function by itself. */
export function cleanUp(fn: Func): Shape {
  tidyBranches(fn, orderBlocks(fn));
  let flow = orderBlocks(fn);
  if (flow.irreducible) {
    makeReducible(fn);
    flow = orderBlocks(fn);
  }
  const dom = new DomTree(flow.idom);
  simplify(fn, dom);
  if (fn.slots.length > 0) {
    removeUnread(fn);
    if (promoteSlots(fn)) simplify(fn, dom);
  }
  removeChecks(fn, flow, dom);
  removeUnread(fn);
  tidyBranches(fn, null);
  flow = orderBlocks(fn);
  formTrees(fn);
  let live = liveness(fn);
  if (removeOverwritten(fn, live)) {
    formTrees(fn);
    live = liveness(fn);
  }
  return { flow, live };
}
