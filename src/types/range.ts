// For statements with a range clause.
//
// Guarantees: the record of the range expression has the type that is ranged over (for integers the final one), a
// constant record if it need not be evaluated. The body of a loop over a function counts as a function (Var.level).
// Source: Go specification, "For statements with range clause"; wording of gc 1.26.

import type { Expr, RangeStmt } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import { rootVar } from './address.ts';
import { assignment, assignVar, initVar, localVar } from './assignments.ts';
import { arrayPtrDeref } from './builtins.ts';
import type { Checker } from './checker.ts';
import * as constant from './constant.ts';
import { declare } from './decl.ts';
import { expr } from './expr.ts';
import { Operand, valueOperand } from './operand.ts';
import { endPos, unparen } from './positions.ts';
import { identical, isBoolean, isInteger, isString, isValid } from './predicates.ts';
import { invalidType, recordDef, recordTypeAndValue } from './record.ts';
import { blockStmt, bodyOf } from './stmt.ts';
import { Kind, Mode, Scope, type Type, type Var } from './types.ts';
import { commonUnder, under } from './under.ts';
import { Typ, universeRune } from './universe.ts';

interface KeyVal {
  readonly key: Type | null;
  readonly val: Type | null;
  /** why it cannot be ranged over; null: it can */
  readonly bad: string | null;
  readonly isFunc: boolean;
}

export function rangeStmt(c: Checker, s: RangeStmt): void {
  const env = c.env;
  const x = new Operand();
  env.hasCallOrRecv = false;
  expr(c, null, x, s.x);
  if (x.mode !== Mode.Invalid && !s.value && !env.hasCallOrRecv) {
    // only the length counts, which is constant
    const a = arrayPtrDeref(under(x.typ));
    if (a.tag === 'Array') {
      recordTypeAndValue(unparen(s.x), Mode.Constant, Typ[Kind.Int]!, constant.makeInt(a.len));
    }
  }

  let kv: KeyVal = { key: null, val: null, bad: null, isFunc: false };
  if (x.mode !== Mode.Invalid) {
    kv = rangeKeyVal(c, x.typ);
    if (kv.bad !== null) c.softError(x, `cannot range over ${c.opstr(x)}${kv.bad ? `: ${kv.bad}` : ''}`);
    else if (!kv.key && s.key) c.softError(s.key, `range over ${c.opstr(x)} permits no iteration variables`);
    else if (!kv.val && s.value) {
      c.softError(s.value, `range over ${c.opstr(x)} permits only one iteration variable`);
    } else if (s.extra) c.softError(s.extra, 'range clause permits at most two iteration variables');
  }

  const outer = env.scope;
  const level = env.level;
  env.scope = new Scope(outer, s.pos, endPos(s.body), 'range');
  if (kv.isFunc) env.level = level + 1;
  if (s.tok === T.DEFINE) define(c, s, x, kv);
  else if (s.key) assign(c, s, x, kv);
  else if (isInteger(x.typ)) assignment(c, x, null, 'range clause');
  bodyOf(c, s, true, () => {
    // as for any statement, literals in the body are done before its scope is left
    const top = c.delayedTop;
    blockStmt(c, s.body);
    c.processDelayed(top);
  });
  env.scope = outer;
  env.level = level;
}

function define(c: Checker, s: RangeStmt, x: Operand, kv: KeyVal): void {
  const overInt = isInteger(x.typ);
  const vars: Var[] = [];
  const one = (e: Expr | null, t: Type | null): void => {
    if (!e) return;
    let v: Var;
    if (e.kind === 'Ident') {
      v = localVar(c, e.pos, e.name);
      // before Go 1.22 all iterations share the variables
      v.reassigned = !c.allowVersion(22);
      recordDef(e, v);
      if (e.name !== '_') vars.push(v);
    } else {
      c.error(e, `invalid syntax tree: cannot declare ${c.exprstr(e)}`);
      v = localVar(c, e.pos, '_');
    }
    if (!t || !isValid(t)) {
      v.type = invalidType;
      v.used = true;
    } else if (overInt) initVar(c, v, x, 'range clause');
    else initVar(c, v, valueOperand(e, t), 'assignment');
  };
  one(s.key, kv.key);
  one(s.value, kv.val);
  if (vars.length === 0) c.error(s, 'no new variables on left side of :=');
  for (const v of vars) declare(c, c.env.scope, null, v, s.body.pos);
}

function assign(c: Checker, s: RangeStmt, x: Operand, kv: KeyVal): void {
  const overInt = isInteger(x.typ);
  const one = (e: Expr | null, t: Type | null): void => {
    if (!e || !t || !isValid(t)) return;
    if (overInt) {
      assignVar(c, e, null, x, 'range clause');
      if (x.mode !== Mode.Invalid && !isInteger(x.typ)) {
        c.softError(e, `cannot use iteration variable of type ${c.str(x.typ)}`);
      }
    } else assignVar(c, e, null, valueOperand(e, t), 'assignment');
    const v = rootVar(e);
    if (v && kv.isFunc && v.kind !== 'package') v.captured = true;
  };
  one(s.key, kv.key);
  one(s.value, kv.val);
}

function bad(why: string): KeyVal {
  return { key: invalidType, val: invalidType, bad: why, isFunc: false };
}

function good(key: Type | null, val: Type | null, isFunc = false): KeyVal {
  return { key, val, bad: null, isFunc };
}

/** Types of the iteration values of a range over t. */
function rangeKeyVal(c: Checker, t: Type): KeyVal {
  const r = commonUnder(
    t,
    (typ, u) => (u?.tag === 'Chan' && u.dir === 'send' ? `receive from send-only channel ${c.str(typ!)}` : null),
    c.qualifier,
  );
  if (!r.u) return bad(r.err);
  const u = arrayPtrDeref(r.u);
  switch (u.tag) {
    case 'Basic':
      if (isString(u)) return good(Typ[Kind.Int]!, universeRune);
      if (!isInteger(u)) return bad('');
      return c.allowVersion(22) ? good(t, null) : bad('requires go1.22 or later');
    case 'Array':
    case 'Slice':
      return good(Typ[Kind.Int]!, u.elem);
    case 'Map':
      return good(u.key, u.elem);
    case 'Chan':
      return good(u.elem, null);
    case 'Signature': {
      if (!c.allowVersion(23)) return bad('requires go1.23 or later');
      const want = 'func must be func(yield func(...) bool)';
      if (u.params.length !== 1) return bad(`${want}: wrong argument count`);
      if (u.results.length !== 0) return bad(`${want}: unexpected results`);
      const y = commonUnder(u.params[0]!.type!, null, c.qualifier);
      const cb = y.u;
      if (cb?.tag !== 'Signature') {
        return bad(y.err ? `${want}: in yield type, ${y.err}` : `${want}: argument is not func`);
      }
      if (cb.params.length > 2) return bad(`${want}: yield func has too many parameters`);
      const res = cb.results.length === 1 ? cb.results[0]!.type! : null;
      if (!res || !identical(res, Typ[Kind.Bool]!)) {
        const custom = res !== null && isBoolean(res);
        return bad(`${want}: yield func ${custom ? 'returns user-defined boolean, not bool' : 'does not return bool'}`);
      }
      return good(cb.params[0]?.type ?? null, cb.params[1]?.type ?? null, true);
    }
    default:
      return bad('');
  }
}
