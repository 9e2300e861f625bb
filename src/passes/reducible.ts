// Gives every loop a single entry. Only goto makes loops with several.
//
// Assumes: nothing. Guarantees: afterwards the graph is reducible: in each strongly connected region with several entries, all edges to
// those entries go through a new block that switches on a new local, which each edge sets.

import { type Block, type Func, get, i32 } from '../ir/ir.ts';
import { components } from './components.ts';
import { termTargets } from './flow.ts';

export function makeReducible(fn: Func): void {
  const work: Block[][] = cycles(fn.blocks);
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
    for (const c of cycles(rest)) work.push(c);
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

/** Components with a cycle in them, of the graph restricted to `blocks`. */
function cycles(blocks: readonly Block[]): Block[][] {
  const index = new Map<Block, number>();
  blocks.forEach((b, i) => {
    index.set(b, i);
  });
  let back = false;
  const succs = blocks.map((b, at) => {
    const out: number[] = [];
    for (const to of termTargets(b.term!)) {
      const i = index.get(to);
      if (i === undefined) continue;
      out.push(i);
      if (i <= at) back = true;
    }
    return out;
  });
  if (!back) return [];
  return components(succs)
    .filter((c) => c.length > 1 || succs[c[0]!]!.includes(c[0]!))
    .map((c) => c.map((i) => blocks[i]!));
}
