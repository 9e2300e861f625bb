// Which functions are written twice: a fast version, which calls go to, and one that is only entered to resume an activation.
//
// The fast version has no resume points, so nothing merges into the middle of its code and V8 inlines it sooner; it also returns
// without looking at the guard where the function's first tests lead straight to a return, as at the bottom of a recursion.
// Assumes: the function is in reverse postorder, coloured. Guarantees: both versions share plan, frame and resume ids. What
// precedes the look at the guard has no effects and writes no parameter: a function suspended at its entry starts again from there.

import type { Block, Expr, Func, Stmt } from '../ir/ir.ts';
import { stmtOperands, termOperands, walkExpr } from '../ir/walk.ts';
import type { Flow } from '../passes/flow.ts';

/** Functions with more operations than this are written once. */
const maxCost = 60;

/** A test in front of the look at the guard. */
export interface Early {
  readonly block: Block;
  /** where the function returns, and whether it does so if the test holds */
  readonly exit: Block;
  readonly when: boolean;
}

export interface Fast {
  readonly early: readonly Early[];
  /** what comes behind the look at the guard */
  readonly start: Block;
}

export function fastVersion(fn: Func, flow: Flow): Fast | null {
  if (!fn.suspends || fn.catchLocal || fn.nosuspend || fn.wrapper || cost(fn) > maxCost) return null;
  const early: Early[] = [];
  let start = fn.blocks[0]!;
  while (flow.preds[start.id]!.length === (start.id === 0 ? 0 : 1)) {
    const t = start.term!;
    if (t.kind !== 'if' || !start.stmts.every((s) => harmless(fn, s)) || !standsAlone(t.cond)) break;
    const when = returnsAtOnce(fn, t.then);
    if (!when && !returnsAtOnce(fn, t.else)) break;
    early.push({ block: start, exit: when ? t.then : t.else, when });
    start = when ? t.else : t.then;
  }
  if (early.length === 0 && !callsItself(fn)) return null;
  return { early, start };
}

function cost(fn: Func): number {
  let n = 0;
  const count = (): void => {
    n++;
  };
  const operand = (x: Expr): void => walkExpr(x, count);
  for (const b of fn.blocks) {
    n += b.stmts.length + 1;
    for (const s of b.stmts) stmtOperands(s, operand);
    termOperands(b.term!, operand);
    if (n > maxCost) break;
  }
  return n;
}

function callsItself(fn: Func): boolean {
  return fn.blocks.some((b) => b.stmts.some((s) => s.kind === 'call' && s.fn === fn));
}

function harmless(fn: Func, s: Stmt): boolean {
  return s.kind === 'set' && !fn.params.includes(s.local) && standsAlone(s.x);
}

/** Does not concern the frame, which the function has not got yet. */
function standsAlone(x: Expr): boolean {
  let alone = true;
  walkExpr(x, (y) => {
    if (y.kind === 'slot' || y.kind === 'fp' || y.kind === 'calleefp') alone = false;
  });
  return alone;
}

function returnsAtOnce(fn: Func, b: Block): boolean {
  const t = b.term!;
  return t.kind === 'return' && b.stmts.every((s) => harmless(fn, s)) && t.values.every(standsAlone);
}
