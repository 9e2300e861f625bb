// Gives every loop a single entry. Only goto makes loops with several.
//
// Assumes: nothing. Guarantees: afterwards the graph is reducible: in each strongly connected region with several entries, all edges to
// those entries go through a new block that switches on a new local, which each edge sets.

import { get, i32, type Block, type Func } from '../ir/ir.ts';
import { termTargets } from './flow.ts';

export function makeReducible(fn: Func): void {
  const work: Block[][] = components(fn.blocks);
  // The function's entry counts as entered from outside, so it must not lie in a loop with other entries.
  while (work.length > 0) {
    const region = work.pop()!;
    const inside = new Set(region);
    const entries = new Set<Block>();
    if (inside.has(fn.entry!)) entries.add(fn.entry!);
    for (const b of fn.blocks) {
      if (inside.has(b)) continue;
      for (const to of termTargets(b.term!)) if (inside.has(to)) entries.add(to);
    }
    let header: Block;
    if (entries.size > 1) {
      header = addDispatch(fn, [...entries], inside);
    } else {
      header = [...entries][0] ?? region[0]!;
    }
    const rest = [...inside].filter((b) => b !== header);
    for (const c of components(rest)) work.push(c);
  }
}

/** Sends all edges into `entries` through one new block, which joins the region, as do the blocks on edges from inside it. */
function addDispatch(fn: Func, entries: Block[], inside: Set<Block>): Block {
  const which = fn.newLocal('i32', '');
  const sources = fn.blocks.slice();
  const dispatch = fn.newBlock();
  const via = (): Map<Block, Block> => {
    const map = new Map<Block, Block>();
    entries.forEach((e, i) => {
      const b = fn.newBlock();
      b.stmts.push({ kind: 'set', local: which, x: i32(i) });
      b.term = { kind: 'jump', to: dispatch };
      map.set(e, b);
    });
    return map;
  };
  // Edges from outside must not share blocks with those from inside: such a block would be one more entry.
  const fromInside = via();
  const fromOutside = via();
  for (const b of sources) {
    const map = inside.has(b) ? fromInside : fromOutside;
    const move = (to: Block): Block => map.get(to) ?? to;
    const t = b.term!;
    if (t.kind === 'jump') t.to = move(t.to);
    else if (t.kind === 'if') {
      t.then = move(t.then);
      t.else = move(t.else);
    } else if (t.kind === 'switch') {
      t.targets = t.targets.map(move);
      t.default = move(t.default);
    }
  }
  if (fromOutside.has(fn.entry!)) fn.entry = fromOutside.get(fn.entry!)!;
  inside.add(dispatch);
  for (const b of fromInside.values()) inside.add(b);
  dispatch.term =
    entries.length === 2
      ? { kind: 'if', cond: get(which), then: entries[1]!, else: entries[0]! }
      : { kind: 'switch', x: get(which), targets: entries.slice(0, -1), default: entries[entries.length - 1]! };
  return dispatch;
}

/** Strongly connected components with a cycle in them, of the graph restricted to `blocks` (Tarjan, iterative). */
function components(blocks: readonly Block[]): Block[][] {
  const within = new Set(blocks);
  const index = new Map<Block, number>();
  const low = new Map<Block, number>();
  const onStack = new Set<Block>();
  const stack: Block[] = [];
  const out: Block[][] = [];
  for (const root of blocks) {
    if (index.has(root)) continue;
    const path: Block[] = [root];
    const at: number[] = [0];
    while (path.length > 0) {
      const b = path[path.length - 1]!;
      const i = at[at.length - 1]!;
      if (i === 0) {
        index.set(b, index.size);
        low.set(b, index.get(b)!);
        stack.push(b);
        onStack.add(b);
      }
      const targets = termTargets(b.term!);
      if (i < targets.length) {
        at[at.length - 1] = i + 1;
        const to = targets[i]!;
        if (!within.has(to)) continue;
        if (!index.has(to)) {
          path.push(to);
          at.push(0);
        } else if (onStack.has(to)) low.set(b, Math.min(low.get(b)!, index.get(to)!));
        continue;
      }
      path.pop();
      at.pop();
      const parent = path[path.length - 1];
      if (parent) low.set(parent, Math.min(low.get(parent)!, low.get(b)!));
      if (low.get(b) !== index.get(b)) continue;
      const comp: Block[] = [];
      for (;;) {
        const x = stack.pop()!;
        onStack.delete(x);
        comp.push(x);
        if (x === b) break;
      }
      if (comp.length > 1 || targets.includes(b)) out.push(comp);
    }
  }
  return out;
}
