// Removes assignments nobody reads, and checks that cannot fail.
//
// Assumes: nothing. Guarantees: what remains behaves the same; operands are free of effects, so an unread `set` goes with its operand,
// and that may make more assignments unread.

import type { Expr, Func, Local, Stmt } from '../ir/ir.ts';
import { stmtOperands, termOperands } from '../ir/walk.ts';
import { eachDef, eachGet, isLive, type Liveness } from './liveness.ts';

/** Number of reads of each local, by id. */
export function countUses(fn: Func): Int32Array {
  const uses = new Int32Array(fn.locals.length);
  const one = (l: Local): void => {
    uses[l.id]!++;
  };
  const all = (x: Expr): void => eachGet(x, one);
  for (const b of fn.blocks) {
    for (const s of b.stmts) stmtOperands(s, all);
    termOperands(b.term!, all);
  }
  return uses;
}

export function removeUnread(fn: Func): void {
  const uses = countUses(fn);
  /** statements that set a local, while it may turn out unread */
  const setters: (Stmt[] | undefined)[] = new Array(fn.locals.length);
  const work: Local[] = [];
  for (const b of fn.blocks) for (const s of b.stmts) if (s.kind === 'set') (setters[s.local.id] ??= []).push(s);
  const dead = new Set<Stmt>();
  const drop = (l: Local): void => {
    if (--uses[l.id]! === 0) work.push(l);
  };
  const dropAll = (x: Expr): void => eachGet(x, drop);
  for (const l of fn.locals) if (uses[l.id] === 0) work.push(l);
  while (work.length > 0) {
    const l = work.pop()!;
    if (l === fn.catchLocal) continue;
    for (const s of setters[l.id] ?? []) {
      if (dead.has(s)) continue;
      dead.add(s);
      stmtOperands(s, dropAll);
    }
  }
  for (const b of fn.blocks) {
    let changed = false;
    for (const s of b.stmts) if (isDead(s, dead) || unreadResult(s, uses)) changed = true;
    if (!changed) continue;
    const kept: Stmt[] = [];
    for (const s of b.stmts) if (!isDead(s, dead)) kept.push(withoutUnread(s, uses));
    b.stmts = kept;
  }
}

function isDead(s: Stmt, dead: ReadonlySet<Stmt>): boolean {
  if (s.kind === 'check') return s.cond.kind === 'const' && !s.cond.value;
  return s.kind === 'set' && (dead.has(s) || (s.x.kind === 'get' && s.x.local === s.local));
}

function unreadResult(s: Stmt, uses: Int32Array): boolean {
  switch (s.kind) {
    case 'call':
    case 'callind':
    case 'callrt':
    case 'callimport':
      for (const r of s.results) if (r && uses[r.id] === 0) return true;
      return false;
    default:
      return false;
  }
}

function withoutUnread(s: Stmt, uses: Int32Array): Stmt {
  switch (s.kind) {
    case 'call':
    case 'callind':
    case 'callrt':
    case 'callimport':
      if (!unreadResult(s, uses)) return s;
      return { ...s, results: s.results.map((r) => (r && uses[r.id] === 0 ? null : r)) };
    default:
      return s;
  }
}

/** Removes assignments whose value is overwritten or never read on any way from there. Answers whether any was. */
export function removeOverwritten(fn: Func, live: Liveness): boolean {
  const { words, bit, liveOut, handler } = live;
  const cur = new Int32Array(words);
  const near = new Set<number>();
  const use = (l: Local): void => {
    const i = bit[l.id]!;
    if (i < 0) near.add(l.id);
    else cur[i >>> 5]! |= 1 << (i & 31);
  };
  const uses = (x: Expr): void => eachGet(x, use);
  const kill = (l: Local): void => {
    const i = bit[l.id]!;
    if (i < 0) near.delete(l.id);
    else if (!handler || !isLive(handler, 0, i)) cur[i >>> 5]! &= ~(1 << (i & 31));
  };
  const isRead = (l: Local): boolean => {
    const i = bit[l.id]!;
    return i < 0 ? near.has(l.id) : isLive(cur, 0, i);
  };
  let removed = false;
  for (const b of fn.blocks) {
    cur.set(liveOut.subarray(b.id * words, b.id * words + words));
    near.clear();
    termOperands(b.term!, uses);
    let kept = b.stmts.length;
    for (let i = b.stmts.length - 1; i >= 0; i--) {
      let s = b.stmts[i]!;
      if (s.kind === 'set' && !isRead(s.local)) {
        removed = true;
        continue;
      }
      if (
        (s.kind === 'call' || s.kind === 'callind' || s.kind === 'callrt' || s.kind === 'callimport') &&
        s.results.some((r) => r && !isRead(r))
      ) {
        s = { ...s, results: s.results.map((r) => (r && !isRead(r) ? null : r)) };
        removed = true;
      }
      eachDef(s, kill);
      stmtOperands(s, uses);
      b.stmts[--kept] = s;
    }
    if (kept > 0) b.stmts.splice(0, kept);
  }
  return removed;
}
