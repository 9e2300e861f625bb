// Moves what a temporary stands for to its only use, so that operands become trees and temporaries vanish.
//
// Assumes: blocks in any order. Guarantees: an expression moves only within its block and only past statements that change neither the locals nor
// the memory it reads; past a call that may suspend only if that does not make more locals live across it.
// Source: the forward substitution every compiler does before it selects instructions (Aho, Lam, Sethi, Ullman, chapter 8).

import type { Expr, Func, Local, Slot, Stmt } from '../ir/ir.ts';
import { mapExpr, mapStmt, mapTerm, walkExpr } from '../ir/walk.ts';
import { countUses } from './dead.ts';
import { eachDef, eachGet } from './liveness.ts';
import { countDefs } from './simplify.ts';

/** Deeper trees are not built: they are written by recursion. */
const maxDepth = 100;

interface Candidate {
  readonly x: Expr;
  readonly index: number;
  /** memory the expression reads must not have changed since */
  readonly reads: boolean;
  readonly memory: number;
  /** locals it reads, with the numbers of their assignments */
  readonly locals: readonly Local[];
  readonly versions: readonly number[];
  /** calls seen when it was assigned */
  readonly calls: number;
  readonly depth: number;
  /** stack objects it may read, with the numbers of their definitions */
  readonly slots: readonly Slot[];
  readonly defs: readonly number[];
}

export function formTrees(fn: Func): void {
  const uses = countUses(fn);
  const defs = countDefs(fn);
  const version = new Int32Array(fn.locals.length);
  const candidates: (Candidate | null)[] = new Array(fn.locals.length).fill(null);
  const pending: Local[] = [];
  let memory = 0;
  let calls = 0;
  const slotDefs = new Map<Slot, number>();
  const defsOf = (s: Slot): number => slotDefs.get(s) ?? 0;
  let gone: Uint8Array = new Uint8Array(0);

  const usable = (c: Candidate): boolean => {
    if (c.reads && c.memory !== memory) return false;
    for (let i = 0; i < c.slots.length; i++) if (defsOf(c.slots[i]!) !== c.defs[i]) return false;
    if (c.calls !== calls && c.locals.length > 1) return false;
    for (let i = 0; i < c.locals.length; i++) if (version[c.locals[i]!.id] !== c.versions[i]) return false;
    return true;
  };
  const replace = (x: Expr): Expr => {
    if (x.kind !== 'get') return x;
    const c = candidates[x.local.id];
    if (!c || !usable(c)) return x;
    gone[c.index] = 1;
    candidates[x.local.id] = null;
    return c.x;
  };
  const operand = (x: Expr): Expr => mapExpr(x, replace);
  const bump = (l: Local): void => {
    version[l.id]!++;
  };

  for (const b of fn.blocks) {
    const { stmts } = b;
    gone = new Uint8Array(stmts.length);
    for (const l of pending) candidates[l.id] = null;
    pending.length = 0;
    for (let i = 0; i < stmts.length; i++) {
      const s = mapStmt(stmts[i]!, operand);
      stmts[i] = s;
      if (writesMemory(s)) {
        memory++;
        if (s.kind === 'call' || s.kind === 'callind' || s.kind === 'suspend') calls++;
      }
      eachDef(s, bump);
      if (s.kind === 'vardef') slotDefs.set(s.slot, defsOf(s.slot) + 1);
      if (s.kind !== 'set' || uses[s.local.id] !== 1 || defs[s.local.id] !== 1) continue;
      const locals: Local[] = [];
      eachGet(s.x, (l) => {
        if (!locals.includes(l)) locals.push(l);
      });
      const depth = depthOf(s.x);
      if (depth > maxDepth) continue;
      const reads = readsMemory(s.x);
      const slots = reads ? slotsIn(s.x) : none;
      candidates[s.local.id] = {
        x: s.x,
        index: i,
        reads,
        memory,
        locals,
        versions: locals.map((l) => version[l.id]!),
        calls,
        depth,
        slots,
        defs: slots.map(defsOf),
      };
      pending.push(s.local);
    }
    b.term = mapTerm(b.term!, operand);
    if (gone.includes(1)) b.stmts = stmts.filter((_, i) => gone[i] === 0);
  }
}

function writesMemory(s: Stmt): boolean {
  return s.kind !== 'set' && s.kind !== 'check' && s.kind !== 'vardef';
}

const none: readonly Slot[] = [];

function slotsIn(x: Expr): readonly Slot[] {
  let found = none;
  walkExpr(x, (y) => {
    if (y.kind === 'slot') found = [...found, y.slot];
  });
  return found;
}

function readsMemory(x: Expr): boolean {
  switch (x.kind) {
    case 'load':
      return true;
    case 'un':
      return readsMemory(x.x);
    case 'bin':
      return readsMemory(x.x) || readsMemory(x.y);
    case 'select':
      return readsMemory(x.x) || readsMemory(x.y) || readsMemory(x.cond);
    default:
      return false;
  }
}

function depthOf(x: Expr): number {
  switch (x.kind) {
    case 'un':
      return 1 + depthOf(x.x);
    case 'load':
      return 1 + depthOf(x.addr);
    case 'bin':
      return 1 + Math.max(depthOf(x.x), depthOf(x.y));
    case 'select':
      return 1 + Math.max(depthOf(x.x), depthOf(x.y), depthOf(x.cond));
    default:
      return 1;
  }
}
