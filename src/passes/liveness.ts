// Which locals are live where.
//
// Assumes: blocks are in reverse postorder and reachable (passes/flow.ts).
// Guarantees: for each block the locals live at its start and end. Only locals that occur in more than one block or are read before they are
// set get a bit; the others live within their block alone. In a function with catchLocal, what the handler reads is live at every point of
// the function, since any statement may throw (`handler`).

import type { Block, Expr, Func, Local, Stmt } from '../ir/ir.ts';
import { stmtOperands, stmtResults, termOperands } from '../ir/walk.ts';

export interface Liveness {
  /** bit of a local, by local id; -1 if it lives in one block only */
  readonly bit: Int32Array;
  /** local of a bit */
  readonly locals: readonly Local[];
  /** words per set */
  readonly words: number;
  /** sets by block id, `words` words each */
  readonly liveIn: Int32Array;
  readonly liveOut: Int32Array;
  /** bits live at every point because the code that runs deferred calls needs them; null if nothing is caught */
  readonly handler: Int32Array | null;
}

export function isLive(set: Int32Array, base: number, bit: number): boolean {
  return (set[base + (bit >>> 5)]! & (1 << (bit & 31))) !== 0;
}

/** Calls f for each read of a local below x. */
export function eachGet(x: Expr, f: (l: Local) => void): void {
  switch (x.kind) {
    case 'get':
      f(x.local);
      break;
    case 'un':
      eachGet(x.x, f);
      break;
    case 'bin':
      eachGet(x.x, f);
      eachGet(x.y, f);
      break;
    case 'load':
      eachGet(x.addr, f);
      break;
    case 'select':
      eachGet(x.x, f);
      eachGet(x.y, f);
      eachGet(x.cond, f);
      break;
  }
}

/** Calls f for each local a statement sets. */
export function eachDef(s: Stmt, f: (l: Local) => void): void {
  if (s.kind === 'set') f(s.local);
  else if (s.kind === 'atomic') {
    if (s.result) f(s.result);
  } else for (const r of stmtResults(s)) if (r) f(r);
}

export function liveness(fn: Func): Liveness {
  const nb = fn.blocks.length;
  const nl = fn.locals.length;
  const bit = new Int32Array(nl).fill(-1);
  const locals: Local[] = [];
  // First pass: which locals need a bit. home: block + 1 of the only occurrences so far.
  const home = new Int32Array(nl);
  const defined = new Int32Array(nl);
  let here = 0;
  const need = (l: Local): void => {
    if (bit[l.id]! >= 0) return;
    bit[l.id] = locals.length;
    locals.push(l);
  };
  const read = (l: Local): void => {
    if (home[l.id] === 0) home[l.id] = here;
    if (home[l.id] !== here || defined[l.id] !== here) need(l);
  };
  const write = (l: Local): void => {
    if (home[l.id] === 0) home[l.id] = here;
    else if (home[l.id] !== here) need(l);
    defined[l.id] = here;
  };
  const readAll = (x: Expr): void => eachGet(x, read);
  if (fn.catchLocal) need(fn.catchLocal);
  for (const p of fn.params) need(p);
  for (const b of fn.blocks) {
    here = b.id + 1;
    for (const s of b.stmts) {
      stmtOperands(s, readAll);
      eachDef(s, write);
    }
    termOperands(b.term!, readAll);
  }

  const words = (locals.length + 31) >>> 5;
  const use = new Int32Array(nb * words);
  const def = new Int32Array(nb * words);
  let base = 0;
  const useBit = (l: Local): void => {
    const i = bit[l.id]!;
    if (i < 0) return;
    const w = base + (i >>> 5);
    const m = 1 << (i & 31);
    if ((def[w]! & m) === 0) use[w]! |= m;
  };
  const defBit = (l: Local): void => {
    const i = bit[l.id]!;
    if (i >= 0) def[base + (i >>> 5)]! |= 1 << (i & 31);
  };
  const useAll = (x: Expr): void => eachGet(x, useBit);
  for (const b of fn.blocks) {
    base = b.id * words;
    for (const s of b.stmts) {
      stmtOperands(s, useAll);
      eachDef(s, defBit);
    }
    termOperands(b.term!, useAll);
  }

  const { liveIn, liveOut } = solve(fn, words, use, def);
  let handler: Int32Array | null = null;
  if (fn.catchLocal) {
    const from = handlerBlock(fn).id * words;
    handler = liveIn.slice(from, from + words);
    for (let b = 0; b < nb; b++) {
      for (let w = 0; w < words; w++) {
        liveIn[b * words + w]! |= handler[w]!;
        liveOut[b * words + w]! |= handler[w]!;
      }
    }
  }
  return { bit, locals, words, liveIn, liveOut, handler };
}

/**
 * What is live at the start and end of each block, `words` words a block, if a block reads `use` before it writes it and writes `def`.
 */
export function solve(
  fn: Func,
  words: number,
  use: Int32Array,
  def: Int32Array,
): { liveIn: Int32Array; liveOut: Int32Array } {
  const nb = fn.blocks.length;
  const liveIn = new Int32Array(nb * words);
  const liveOut = new Int32Array(nb * words);
  const work: number[] = [];
  const queued = new Uint8Array(nb).fill(1);
  const preds: number[][] = Array.from({ length: nb }, () => []);
  for (const b of fn.blocks) {
    work.push(b.id);
    for (const to of targetsOf(b)) preds[to]!.push(b.id);
  }
  while (work.length > 0) {
    const b = work.pop()!;
    queued[b] = 0;
    const at = b * words;
    for (const to of targetsOf(fn.blocks[b]!)) {
      const from = to * words;
      for (let w = 0; w < words; w++) liveOut[at + w]! |= liveIn[from + w]!;
    }
    let changed = false;
    for (let w = 0; w < words; w++) {
      const v = use[at + w]! | (liveOut[at + w]! & ~def[at + w]!);
      if (v !== liveIn[at + w]) {
        liveIn[at + w] = v;
        changed = true;
      }
    }
    if (!changed) continue;
    for (const p of preds[b]!) {
      if (queued[p]) continue;
      queued[p] = 1;
      work.push(p);
    }
  }
  return { liveIn, liveOut };
}

/** Where a caught panic continues: the arm of the entry's test of catchLocal, or the entry itself if it is not that test alone. */
export function handlerBlock(fn: Func): Block {
  const entry = fn.entry!;
  const t = entry.term!;
  if (entry.stmts.length === 0 && t.kind === 'if' && t.cond.kind === 'get' && t.cond.local === fn.catchLocal)
    return t.then;
  return entry;
}

function targetsOf(b: Block): readonly number[] {
  const t = b.term!;
  switch (t.kind) {
    case 'jump':
      return [t.to.id];
    case 'if':
      return [t.then.id, t.else.id];
    case 'switch': {
      const out = [t.default.id];
      for (const to of t.targets) out.push(to.id);
      return out;
    }
    default:
      return [];
  }
}
