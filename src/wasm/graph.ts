// The graph of a function's code as it will be written: pieces of blocks between resume points, and the dispatches that lead
// a resumed activation to its piece.
//
// Assumes: a plan. Guarantees: node numbers are a topological order of the forward edges; the graph is reducible, since an edge
// into a loop goes to the loop's header only: a resume point inside a loop is reached through a dispatch in front of each
// header on the way. Loops without resume points inside have no dispatch: they are resumed by entering them.

import { dominators, termTargets } from '../passes/flow.ts';
import type { Fast } from './fast.ts';
import type { Plan } from './plan.ts';

export interface Node {
  /** 'entry': the check at the start of a function that suspends; 'dispatch': goes on by the resume state; 'code': statements
   * [from, to) of a block, and its terminator if `last`; 'dead': behind a call that does not return */
  readonly kind: 'entry' | 'dispatch' | 'code' | 'dead';
  readonly block: number;
  readonly from: number;
  readonly to: number;
  readonly last: boolean;
  /** where each resume state leads: lowest state of the table, then a node for each state, -1 for the default */
  lowest: number;
  table: number[];
  succs: number[];
}

export interface Graph {
  readonly nodes: readonly Node[];
  /** node that jumps to a block go to */
  readonly blockNode: Int32Array;
  readonly idom: Int32Array;
  /** node heading the innermost loop around a node (a header is in its own loop), or -1 */
  readonly loop: Int32Array;
  /** for a header node, the next loop outwards */
  readonly outer: Int32Array;
  /** reached by several forward edges or from a table, so it needs a label to branch to */
  readonly labelled: Uint8Array;
}

/** `fast`: of the version without resume points. */
export function buildGraph(plan: Plan, fast: Fast | null): Graph {
  const { fn, flow } = plan;
  const points = fast ? [] : plan.points;
  const pointAt = fast ? [] : plan.pointAt;
  const nb = fn.blocks.length;
  const nodes: Node[] = [];
  const nodeBlockLoop: number[] = [];
  const add = (kind: Node['kind'], block: number, from: number, to: number, last: boolean, loop: number): number => {
    nodes.push({ kind, block, from, to, last, lowest: 0, table: [], succs: [] });
    nodeBlockLoop.push(loop);
    return nodes.length - 1;
  };
  // The piece a point continues at; for a loop's own point that is wherever edges to its header go.
  const cont = new Int32Array(points.length).fill(-1);
  const blockNode = new Int32Array(nb);

  const inner = new Uint8Array(nb);
  for (let k = 1; k < points.length; k++) {
    const p = points[k]!;
    if (p.kind === 'stmt' && fn.blocks[p.block]!.stmts[p.stmt]!.kind === 'check') continue;
    let h = flow.loop[p.block]!;
    if (p.kind === 'loop') h = flow.outer[p.block]!;
    for (; h >= 0; h = flow.outer[h]!) inner[h] = 1;
  }

  let root = -1;
  if (fn.suspends) root = add('entry', -1, 0, 0, false, -1);
  let restart = -1;
  if (fn.suspends && fn.catchLocal) restart = add('dispatch', -1, 0, 0, false, -1);
  for (const b of fn.blocks) {
    const loop = flow.loop[b.id]!;
    let first = -1;
    if (loop === b.id && inner[b.id]) first = add('dispatch', b.id, 0, 0, false, loop);
    let from = 0;
    const here = pointAt[b.id];
    let prev = first;
    if (here) {
      for (let i = 0; i < here.length; i++) {
        const k = here[i]!;
        if (k < 0 || b.stmts[i]!.kind === 'check') continue;
        const n = add('code', b.id, from, i + 1, false, loop);
        if (prev >= 0) nodes[prev]!.succs.push(n);
        else first = n;
        prev = n;
        from = i + 1;
        cont[k] = n + 1;
      }
    }
    const n = add('code', b.id, from, b.stmts.length, true, loop);
    if (prev >= 0) nodes[prev]!.succs.push(n);
    else first = n;
    blockNode[b.id] = first;
  }
  let dead = -1;
  for (let k = 1; k < points.length; k++) {
    const p = points[k]!;
    if (p.kind === 'loop') cont[k] = blockNode[p.block]!;
    else if (cont[k]! < 0) {
      if (dead < 0) dead = add('dead', -1, 0, 0, false, -1);
      cont[k] = dead;
    }
  }

  const count = nodes.length;
  for (const node of nodes) {
    if (!node.last) continue;
    for (const to of termTargets(fn.blocks[node.block]!.term!)) node.succs.push(blockNode[to.id]!);
  }

  // The entry writes these itself.
  if (fast) for (const e of fast.early) nodes[blockNode[e.block.id]!]!.succs.length = 0;

  // Where the dispatch of a loop (header block `level`, -1 outside of all loops) sends a point.
  const hop = (k: number, level: number): number => {
    const target = cont[k]!;
    if (target === dead) return level < 0 ? target : -1;
    let h = flow.loop[points[k]!.block]!;
    if (h === level) return points[k]!.kind === 'loop' ? -1 : target;
    for (; h >= 0; h = flow.outer[h]!) if (flow.outer[h] === level) return blockNode[h]!;
    return level < 0 ? target : -1;
  };
  const fillTable = (node: Node, level: number): void => {
    let lo = -1;
    let hi = -1;
    for (let k = 1; k < points.length; k++) {
      if (hop(k, level) < 0) continue;
      if (lo < 0) lo = k;
      hi = k;
    }
    if (lo < 0) return;
    node.lowest = lo;
    for (let k = lo; k <= hi; k++) {
      const to = hop(k, level);
      node.table.push(to);
      if (to >= 0) node.succs.push(to);
    }
  };
  const labelled = new Uint8Array(count);
  if (root >= 0) {
    const start = blockNode[fast ? fast.start.id : 0]!;
    if (restart >= 0) {
      nodes[root]!.succs.push(restart);
      nodes[restart]!.succs.unshift(start);
      fillTable(nodes[restart]!, -1);
    } else {
      nodes[root]!.succs.push(start);
      fillTable(nodes[root]!, -1);
    }
  }
  for (const node of nodes) if (node.kind === 'dispatch' && node.block >= 0) fillTable(node, node.block);

  const preds: number[][] = Array.from({ length: count }, () => []);
  for (let n = 0; n < count; n++) {
    const node = nodes[n]!;
    const table = node.last && fn.blocks[node.block]!.term!.kind === 'switch';
    for (const to of node.succs) {
      if (to <= n) continue;
      preds[to]!.push(n);
      if (table) labelled[to] = 1;
    }
    for (const to of node.table) if (to >= 0) labelled[to] = 1;
  }
  for (let n = 0; n < count; n++) if (preds[n]!.length > 1) labelled[n] = 1;
  const loop = new Int32Array(count).fill(-1);
  const outer = new Int32Array(count).fill(-1);
  for (let n = 0; n < count; n++) if (nodeBlockLoop[n]! >= 0) loop[n] = blockNode[nodeBlockLoop[n]!]!;
  for (const b of fn.blocks) {
    if (flow.loop[b.id] === b.id && flow.outer[b.id]! >= 0) outer[blockNode[b.id]!] = blockNode[flow.outer[b.id]!]!;
  }
  return { nodes, blockNode, idom: dominators(preds), loop, outer, labelled };
}

export function nodeInLoop(g: Graph, node: number, header: number): boolean {
  for (let h = g.loop[node]!; h >= 0; h = g.outer[h]!) if (h === header) return true;
  return false;
}
