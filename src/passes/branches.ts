// Tidies the graph of blocks: constant conditions, empty blocks, straight lines of blocks, and branches on a local that was just set.
//
// Assumes: blocks numbered as they stand in fn.blocks; the flow graph, where branches are to be decided early. Guarantees: the same behaviour, and no loop gets a second entry; blocks may
// become unreachable (orderBlocks drops them). The entry of a function that catches keeps its shape, which liveness.ts looks for.

import type { Block, Expr, Func, Term } from '../ir/ir.ts';
import { type Flow, inLoop, termTargets } from './flow.ts';

/** With a flow graph, also sends jumps past branches whose outcome they decide. */
export function tidyBranches(fn: Func, flow: Flow | null): void {
  for (const b of fn.blocks) {
    constantBranch(b);
    if (flow) decided(b, fn, flow);
  }
  const final: (Block | undefined)[] = new Array(fn.blocks.length);
  const retarget = (to: Block): Block => destination(to, fn, final);
  for (const b of fn.blocks) {
    const t = b.term!;
    if (t.kind === 'jump') t.to = retarget(t.to);
    else if (t.kind === 'if') {
      t.then = retarget(t.then);
      t.else = retarget(t.else);
      if (t.then === t.else) b.term = { kind: 'jump', to: t.then };
    } else if (t.kind === 'switch') {
      t.targets = t.targets.map(retarget);
      t.default = retarget(t.default);
      while (t.targets.length > 0 && t.targets[t.targets.length - 1] === t.default) t.targets.pop();
      if (t.targets.length === 0) b.term = { kind: 'jump', to: t.default };
    }
  }
  if (!fn.catchLocal && fn.entry) fn.entry = retarget(fn.entry);
  merge(fn);
}

function constantBranch(b: Block): void {
  const t = b.term!;
  if (t.kind === 'if' && t.cond.kind === 'const') b.term = { kind: 'jump', to: t.cond.value ? t.then : t.else };
  else if (t.kind === 'switch' && t.x.kind === 'const') {
    const i = (t.x.value as number) >>> 0;
    b.term = { kind: 'jump', to: t.targets[i] ?? t.default };
  }
}

/** Where a jump to `to` ends up, passing empty blocks. `final` remembers, by block id. */
function destination(to: Block, fn: Func, final: (Block | undefined)[]): Block {
  if (to.stmts.length > 0 || to.term!.kind !== 'jump') return to;
  const path: Block[] = [];
  let at = to;
  while (!final[at.id] && at.stmts.length === 0 && at.term!.kind === 'jump' && !(fn.catchLocal && at === fn.entry)) {
    if (path.includes(at)) break; // an empty endless loop
    path.push(at);
    at = (at.term as Term & { kind: 'jump' }).to;
  }
  const end = final[at.id] ?? at;
  for (const p of path) final[p.id] = end;
  return end;
}

/** b ends by setting a local to a constant and jumping to a block that only branches on it: goes on to where that leads. */
function decided(b: Block, fn: Func, flow: Flow): void {
  for (let hops = 0; hops < 4; hops++) {
    const t = b.term!;
    if (t.kind !== 'jump' || t.to.stmts.length > 0 || t.to === fn.entry) return;
    if (flow.loop[t.to.id] === t.to.id && !inLoop(flow, b.id, t.to.id)) return;
    const next = t.to.term!;
    if (next.kind !== 'if') return;
    let cond: Expr = next.cond;
    let yes = true;
    while (cond.kind === 'un' && cond.op === 'i32.eqz') {
      cond = cond.x;
      yes = !yes;
    }
    if (cond.kind !== 'get') return;
    const s = b.stmts[b.stmts.length - 1];
    if (s?.kind !== 'set' || s.local !== cond.local || s.x.kind !== 'const') return;
    b.term = { kind: 'jump', to: (s.x.value !== 0) === yes ? next.then : next.else };
  }
}

/** Appends a block to its only predecessor if that jumps to it. */
function merge(fn: Func): void {
  const preds = new Int32Array(fn.blocks.length);
  preds[fn.entry!.id] = 1;
  const seen = [fn.entry!];
  for (let i = 0; i < seen.length; i++) {
    for (const to of termTargets(seen[i]!.term!)) if (preds[to.id]!++ === 0) seen.push(to);
  }
  const gone = new Uint8Array(fn.blocks.length);
  for (const b of seen) {
    if (gone[b.id]) continue;
    for (;;) {
      const t = b.term!;
      if (t.kind !== 'jump' || preds[t.to.id] !== 1 || t.to === b || t.to === fn.entry) break;
      if (fn.catchLocal && b === fn.entry) break;
      const next = t.to;
      gone[next.id] = 1;
      for (const s of next.stmts) b.stmts.push(s);
      b.term = next.term;
      next.stmts = [];
      next.term = { kind: 'unreachable' };
    }
  }
}
