// What has to be known about a function's body before it is lowered: its deferred calls, and the free variables of the
// functions in it.
//
// Assumes: Var.level as types.ts says. Guarantees: the body of a range-over-func loop counts as part of the function
// around it for defer and return, and as a function of its own for captured variables.

import type { Expr, Pos, Stmt } from '../../syntax/nodes.ts';
import { T } from '../../syntax/token.ts';
import type { Var } from '../../types/types.ts';
import { exprChildren, stmtChildren, type Visitor } from './walk.ts';

export interface BodyScan {
  defers: number;
  /** a defer can run more than once, or runs in the body of a range-over-func loop */
  repeatedDefer: boolean;
  deferInRangeFunc: boolean;
  /** the body of a range-over-func loop returns from the function */
  returnInRangeFunc: boolean;
}

/** isRangeFunc tells loops over functions from others. */
export function scanBody(body: Stmt, isRangeFunc: (x: Expr) => boolean): BodyScan {
  const out: BodyScan = { defers: 0, repeatedDefer: false, deferInRangeFunc: false, returnInRangeFunc: false };
  let loops = 0;
  let rangeFuncs = 0;
  let jumps = false;
  const v: Visitor = {
    expr() {},
    stmt(s) {
      switch (s.kind) {
        case 'DeferStmt':
          out.defers++;
          if (loops > 0) out.repeatedDefer = true;
          if (rangeFuncs > 0) out.deferInRangeFunc = true;
          return;
        case 'ReturnStmt':
          if (rangeFuncs > 0) out.returnInRangeFunc = true;
          return;
        case 'BranchStmt':
          if (s.tok === T.GOTO) jumps = true;
          return;
        case 'ForStmt':
          loops++;
          stmtChildren(s, v);
          loops--;
          return;
        case 'RangeStmt': {
          const fn = isRangeFunc(s.x);
          loops++;
          if (fn) rangeFuncs++;
          stmtChildren(s, v);
          if (fn) rangeFuncs--;
          loops--;
          return;
        }
        default:
          stmtChildren(s, v);
      }
    },
  };
  v.stmt(body);
  if (jumps && out.defers > 0) out.repeatedDefer = true;
  return out;
}

/** The variables below `level` (of functions around it) that a function with this body uses, in order of first use. */
export function freeVars(body: Stmt, level: number, extra: readonly Expr[] = []): Var[] {
  const found = new Set<Var>();
  const v: Visitor = {
    expr(e) {
      switch (e.kind) {
        case 'Ident': {
          const obj = e.obj as Var | null;
          if (
            obj &&
            obj.tag === 'Var' &&
            obj.level > 0 &&
            obj.level < level &&
            obj.kind !== 'field' &&
            obj.kind !== 'package'
          )
            found.add(obj);
          return;
        }
        case 'FuncLit':
          v.stmt(e.body);
          return;
        default:
          exprChildren(e, v.expr);
      }
    },
    stmt(s) {
      stmtChildren(s, v);
    },
  };
  for (const e of extra) v.expr(e);
  v.stmt(body);
  return [...found];
}

const mentioned = new WeakMap<Stmt, ReadonlySet<Var>>();

/** All variables, but those of packages, that a function's body mentions. */
export function variablesIn(body: Stmt): ReadonlySet<Var> {
  let found = mentioned.get(body);
  if (!found) {
    found = new Set(freeVars(body, Infinity));
    mentioned.set(body, found);
  }
  return found;
}

/** Does s hold a label, so that it can be reached although the code before it ends? */
export function hasLabel(s: Stmt): boolean {
  let found = false;
  const v: Visitor = {
    expr() {},
    stmt(x) {
      if (found) return;
      if (x.kind === 'LabeledStmt') found = true;
      else stmtChildren(x, v);
    },
  };
  v.stmt(s);
  return found;
}

/** Position just past a statement's closing brace, where a function's implicit return is. */
export function closingPos(body: Stmt): Pos {
  return body.kind === 'BlockStmt' ? body.rbrace : body.pos;
}
