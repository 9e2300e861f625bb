// Whether a function can recover a panic: only a function that calls recover itself can.

import type { Expr, Stmt } from '../../syntax/nodes.ts';
import type { Func } from '../../types/types.ts';
import { declOfFunc } from './linkname.ts';
import { exprChildren, stmtChildren, type Visitor } from './walk.ts';

const known = new WeakMap<Func, boolean>();

/** Does the body of fn, without the function literals in it, mention recover, or pass a deferred call on by its frame pointer (package reflect)? */
export function mayRecover(fn: Func): boolean {
  let r = known.get(fn.origin);
  if (r === undefined) {
    const body = declOfFunc(fn)?.body;
    r = body ? mentionsRecover(body) : false;
    known.set(fn.origin, r);
  }
  return r;
}

function mentionsRecover(body: Stmt): boolean {
  let found = false;
  const v: Visitor = {
    expr(e: Expr) {
      if (found) return;
      if (e.kind === 'CallExpr' && e.fun.kind === 'Ident' && (e.fun.name === 'recover' || e.fun.name === 'curfp'))
        found = true;
      else exprChildren(e, v.expr);
    },
    stmt(s: Stmt) {
      if (!found) stmtChildren(s, v);
    },
  };
  v.stmt(body);
  return found;
}
