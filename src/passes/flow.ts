// The shape of a function's control flow: block order, dominators, loops.
//
// Guarantees: after `orderBlocks`, fn.blocks holds exactly the reachable blocks in reverse postorder, each block's id is
// its index there, blocks of a loop come before what follows the loop, and `Flow` speaks in those indices.
// Sources: K. Cooper, T. Harvey, K. Kennedy, "A Simple, Fast Dominance Algorithm"; loops are natural loops, nested by
// walking back from latches with inner loops collapsed.

import type { Block, Func, Term } from '../ir/ir.ts';

export interface Flow {
  readonly succs: readonly (readonly number[])[];
  readonly preds: readonly (readonly number[])[];
  /** immediate dominator; the entry's is itself */
  readonly idom: Int32Array;
  /** header of the innermost loop a block is in (a header is in its own loop), -1 for none */
  readonly loop: Int32Array;
  /** for a loop header, the header of the next loop outwards, or -1 */
  readonly outer: Int32Array;
  readonly hasLoops: boolean;
  /** some loop has more than one entry (goto): passes/reducible.ts must run first */
  readonly irreducible: boolean;
}

export function termTargets(t: Term): readonly Block[] {
  switch (t.kind) {
    case 'jump':
      return [t.to];
    case 'if':
      return [t.then, t.else];
    case 'switch':
      return [...t.targets, t.default];
    default:
      return none;
  }
}

const none: readonly Block[] = [];

/** The graph of a function without branches. */
const single: Flow = {
  succs: [[]],
  preds: [[]],
  idom: new Int32Array(1),
  loop: new Int32Array(1).fill(-1),
  outer: new Int32Array(1).fill(-1),
  hasLoops: false,
  irreducible: false,
};

/** Puts the reachable blocks in order, numbers them, and analyses the graph. */
export function orderBlocks(fn: Func): Flow {
  const only = fn.entry!;
  if (termTargets(only.term!).length === 0) {
    fn.blocks = [only];
    only.id = 0;
    return single;
  }
  order(fn, null);
  let flow = analyse(fn);
  if (flow.hasLoops && order(fn, flow)) flow = analyse(fn);
  return flow;
}

/** Depth-first order. With an earlier analysis, edges that leave loops are followed first, which puts their targets last. */
function order(fn: Func, flow: Flow | null): boolean {
  const { blocks } = fn;
  const n = blocks.length;
  if (!flow) for (let i = 0; i < n; i++) blocks[i]!.id = i;
  const seen = new Uint8Array(n);
  const post: Block[] = [];
  const stack: Block[] = [fn.entry!];
  const targets: (readonly Block[])[] = [visitOrder(fn.entry!, flow)];
  const next: number[] = [0];
  seen[fn.entry!.id] = 1;
  while (stack.length > 0) {
    const top = stack.length - 1;
    const i = next[top]!;
    const list = targets[top]!;
    if (i < list.length) {
      next[top] = i + 1;
      const to = list[i]!;
      if (seen[to.id] === 0) {
        seen[to.id] = 1;
        stack.push(to);
        targets.push(visitOrder(to, flow));
        next.push(0);
      }
    } else {
      post.push(stack.pop()!);
      targets.pop();
      next.pop();
    }
  }
  post.reverse();
  let changed = post.length !== n;
  for (let i = 0; i < post.length; i++) {
    if (blocks[i] !== post[i]) changed = true;
    post[i]!.id = i;
  }
  fn.blocks = post;
  return changed;
}

function visitOrder(b: Block, flow: Flow | null): readonly Block[] {
  const t = b.term!;
  if (t.kind === 'jump') return [t.to];
  if (t.kind === 'if') {
    if (!flow || depthLeft(flow, b.id, t.then.id) <= depthLeft(flow, b.id, t.else.id)) return [t.else, t.then];
    return [t.then, t.else];
  }
  const list = termTargets(t).slice().reverse();
  if (!flow || list.length < 2) return list;
  const leaving = (to: Block): number => depthLeft(flow, b.id, to.id);
  return list.sort((x, y) => leaving(y) - leaving(x));
}

/** Number of loops the edge from a to b leaves. */
function depthLeft(flow: Flow, a: number, b: number): number {
  let n = 0;
  for (let h = flow.loop[a]!; h >= 0 && !inLoop(flow, b, h); h = flow.outer[h]!) n++;
  return n;
}

export function inLoop(flow: Flow, block: number, header: number): boolean {
  for (let h = flow.loop[block]!; h >= 0; h = flow.outer[h]!) {
    if (h === header) return true;
    if (h < header) return false;
  }
  return false;
}

export function dominates(idom: Int32Array, a: number, b: number): boolean {
  while (b > a) b = idom[b]!;
  return a === b;
}

function analyse(fn: Func): Flow {
  const n = fn.blocks.length;
  const succs: number[][] = new Array(n);
  const preds: number[][] = new Array(n);
  for (let i = 0; i < n; i++) preds[i] = [];
  for (let i = 0; i < n; i++) {
    const list: number[] = [];
    for (const to of termTargets(fn.blocks[i]!.term!)) {
      if (list.includes(to.id)) continue;
      list.push(to.id);
      preds[to.id]!.push(i);
    }
    succs[i] = list;
  }
  const idom = dominators(preds);
  const loop = new Int32Array(n).fill(-1);
  const outer = new Int32Array(n).fill(-1);
  let irreducible = false;
  let hasLoops = false;
  for (let h = n - 1; h >= 0; h--) {
    const work: number[] = [];
    for (const p of preds[h]!) {
      if (p < h) continue;
      hasLoops = true;
      if (dominates(idom, h, p)) work.push(p);
      else irreducible = true;
    }
    if (work.length === 0) continue;
    const own = h;
    while (work.length > 0) {
      let b = work.pop()!;
      // Climb to the outermost loop already found around b: it is inside this one.
      let inner = loop[b]!;
      if (inner < 0) {
        if (b !== own) loop[b] = own;
      } else {
        while (outer[inner]! >= 0) inner = outer[inner]!;
        if (inner === own) continue;
        outer[inner] = own;
        b = inner;
      }
      if (b === own) continue;
      for (const p of preds[b]!) {
        if (p === own || (loop[p]! >= 0 && outermost(loop, outer, p) === own)) continue;
        // In an irreducible graph the walk may leave what h dominates; such loops are rebuilt before anyone uses this.
        if (dominates(idom, own, p)) work.push(p);
      }
    }
    loop[own] = own;
  }
  return { succs, preds, idom, loop, outer, hasLoops, irreducible };
}

function outermost(loop: Int32Array, outer: Int32Array, b: number): number {
  let h = loop[b]!;
  while (outer[h]! >= 0) h = outer[h]!;
  return h;
}

/** Immediate dominators of a graph numbered in reverse postorder. */
export function dominators(preds: readonly (readonly number[])[]): Int32Array {
  const n = preds.length;
  const idom = new Int32Array(n).fill(-1);
  idom[0] = 0;
  let changed = true;
  while (changed) {
    changed = false;
    for (let b = 1; b < n; b++) {
      let d = -1;
      for (const p of preds[b]!) {
        if (idom[p]! < 0) continue;
        if (d < 0) {
          d = p;
          continue;
        }
        let x = p;
        while (x !== d) {
          while (x > d) x = idom[x]!;
          while (d > x) d = idom[d]!;
        }
      }
      if (d !== idom[b]) {
        idom[b] = d;
        changed = true;
      }
    }
  }
  return idom;
}
