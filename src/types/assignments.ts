// Assignments and initialisations, of variables, constants, parameters and results.
//
// Guarantees: an assigned untyped value has its final type on the tree; variables assigned to after their declaration
// are marked so; two-valued uses of map indices, receives and assertions are recorded as such.
// Source: Go specification, "Assignability", "Assignment statements", "Short variable declarations".

import type { Expr, ReturnStmt } from '../syntax/nodes.ts';
import { markReassigned } from './address.ts';
import { exprList, newTarget } from './call.ts';
import type { At, Checker } from './checker.ts';
import { declare } from './decl.ts';
import { ErrorDesc } from './errors.ts';
import { expr, multiExpr, singleValue, use, useLHS } from './expr.ts';
import { assignable, type Cause, Operand } from './operand.ts';
import { endPos, unparen } from './positions.ts';
import { defaultType, isNonTypeParamInterface, isNumeric, isUntyped, isValid } from './predicates.ts';
import { invalidType, recordCommaOk, recordDef, recordUse } from './record.ts';
import { type Basic, type Const, Kind, Mode, type Type, Var } from './types.ts';
import { under } from './under.ts';
import { Typ } from './universe.ts';
import { implicitType, settle } from './untyped.ts';

/** Checks that x can be assigned to a T (null: to the blank identifier), and gives it that type if it is untyped. */
export function assignment(c: Checker, x: Operand, T: Type | null, context: string): void {
  singleValue(c, x);
  switch (x.mode) {
    case Mode.Invalid:
      return;
    case Mode.Constant:
    case Mode.Variable:
    case Mode.MapIndex:
    case Mode.Value:
    case Mode.Nil:
    case Mode.CommaOk:
      break;
    default:
      c.error(x, `cannot assign ${c.opstr(x)} to ${T ? c.str(T) : '_'} in ${context}`);
      x.invalidate();
      return;
  }

  if (isUntyped(x.typ)) {
    let target = T;
    if (x.isNil) {
      if (!T) {
        c.error(x, `use of untyped nil in ${context}`);
        x.invalidate();
        return;
      }
    } else if (!T || isNonTypeParamInterface(T)) target = defaultType(x.typ);
    const imp = implicitType(c, x, target!);
    if (!imp.type) {
      const why = imp.err === 'truncated' || imp.err === 'overflows' ? ` (${imp.err})` : '';
      c.error(x, `cannot use ${c.opstr(x)} as ${c.str(target!)} value in ${context}${why}`);
      x.invalidate();
      return;
    }
    settle(c, x, imp.type, imp.val);
  }

  const u = under(x.typ);
  if (u.tag === 'Signature' && u.tparams.length > 0) {
    c.error(x, `cannot use generic function ${c.opstr(x)} without instantiation in ${context}`);
    x.invalidate();
    return;
  }
  if (!T || T === x.typ) return;
  if (assignable(c, x, T, null)) return;
  const cause: Cause = { msg: '' };
  assignable(c, x, T, cause);
  const why = cause.msg ? `: ${cause.msg}` : '';
  c.error(x, `cannot use ${c.opstr(x)} as ${c.str(T)} value in ${context}${why}`);
  x.invalidate();
}

/** Initialises the constant with x. */
export function initConst(c: Checker, lhs: Const, x: Operand): void {
  if (x.mode === Mode.Invalid || !isValid(x.typ) || (lhs.type && !isValid(lhs.type))) {
    lhs.type ??= invalidType;
    return;
  }
  if (x.mode !== Mode.Constant) {
    c.error(x, `${c.opstr(x)} is not constant`);
    lhs.type ??= invalidType;
    return;
  }
  lhs.type ??= x.typ;
  assignment(c, x, lhs.type, 'constant declaration');
  if (!x.invalid) lhs.val = x.val;
}

/** Initialises the variable with x, which gives it its type if it has none. */
export function initVar(c: Checker, lhs: Var, x: Operand, context: string): void {
  if (x.mode === Mode.Invalid || !isValid(x.typ) || (lhs.type && !isValid(lhs.type))) {
    lhs.type ??= invalidType;
    x.invalidate();
    return;
  }
  if (!lhs.type) {
    let t = x.typ;
    if (isUntyped(t)) {
      if (t === Typ[Kind.UntypedNil]) {
        c.error(x, `use of untyped nil in ${context}`);
        lhs.type = invalidType;
        x.invalidate();
        return;
      }
      t = defaultType(t);
    }
    lhs.type = t;
  }
  assignment(c, x, lhs.type, context);
}

/** Checks an expression that is assigned to. Returns its type, null for the blank identifier. */
function lhsVar(c: Checker, lhs: Expr): Type | null {
  const id = unparen(lhs);
  if (id.kind === 'Ident' && id.name === '_') {
    recordDef(id, null);
    return null;
  }
  // to assign to a variable is not to use it
  let v: Var | null = null;
  let used = false;
  if (id.kind === 'Ident') {
    const obj = c.lookup(id.name);
    if (obj?.tag === 'Var' && obj.pkg === c.pkg) {
      v = obj;
      used = obj.used;
    }
  }
  const x = new Operand();
  expr(c, null, x, lhs);
  if (v) v.used = used;
  if (x.mode === Mode.Invalid || !isValid(x.typ)) return invalidType;
  if (x.mode === Mode.Variable || x.mode === Mode.MapIndex) {
    markReassigned(lhs);
    return x.typ;
  }
  if (x.expr!.kind === 'SelectorExpr') {
    const base = new Operand();
    expr(c, null, base, x.expr!.x);
    if (base.mode === Mode.MapIndex) {
      c.error(x, `cannot assign to struct field ${c.exprstr(x.expr!)} in map`);
      return invalidType;
    }
  }
  c.error(x, `cannot assign to ${c.exprstr(x.expr!)} (neither addressable nor a map index expression)`);
  return invalidType;
}

/** lhs = rhs, or lhs = x if x has been checked already. */
export function assignVar(c: Checker, lhs: Expr, rhs: Expr | null, x: Operand | null, context: string): void {
  const T = lhsVar(c, lhs);
  if (T && !isValid(T)) {
    if (x) x.invalidate();
    else use(c, rhs);
    return;
  }
  if (!x) {
    const target = T && under(T).tag === 'Signature' ? newTarget(T, c.exprstr(lhs)) : null;
    x = new Operand();
    expr(c, target, x, rhs!);
  }
  if (!T && context === 'assignment') context = 'assignment to _ identifier';
  assignment(c, x, T, context);
}

/** A list of types as messages show arguments and results: `(number, string, ...int)`. */
export function typesSummary(c: Checker, list: readonly Type[], variadic: boolean, hasDots: boolean): string {
  const res = list.map((t, i) => {
    const last = i === list.length - 1;
    let s: string;
    if (!isValid(t)) s = 'unknown type';
    else if (isUntyped(t)) s = isNumeric(t) ? 'number' : (t as Basic).name.replace('untyped ', '');
    else s = c.str(t);
    if (last && variadic) s = `...${t.tag === 'Slice' ? c.str(t.elem) : s}`;
    else if (last && hasDots) s += '...';
    return s;
  });
  return `(${res.join(', ')})`;
}

/** "1 variable", "2 variables" */
export function measure(n: number, unit: string): string {
  return n === 1 ? `1 ${unit}` : `${n} ${unit}s`;
}

function assignError(c: Checker, rhs: readonly Expr[], l: number, r: number): void {
  const rhs0 = rhs[0]!;
  const vars = measure(l, 'variable');
  const vals = measure(r, 'value');
  const call = unparen(rhs0);
  if (rhs.length === 1 && call.kind === 'CallExpr') {
    c.error(rhs0, `assignment mismatch: ${vars} but ${c.exprstr(call.fun)} returns ${vals}`);
  } else c.error(rhs0, `assignment mismatch: ${vars} but ${vals}`);
}

function returnError(c: Checker, at: At, lhs: readonly Var[], rhs: readonly Operand[]): void {
  const l = lhs.length;
  const r = rhs.length;
  let what = 'not enough';
  if (r > l) {
    at = rhs[l]!;
    what = 'too many';
  } else if (r > 0) at = rhs[r - 1]!;
  const have = rhs.map((x) => x.typ);
  const want = lhs.map((v) => v.type!);
  const err = new ErrorDesc().add(c.pos(at), `${what} return values`);
  err.add(0, `have ${typesSummary(c, have, false, false)}`);
  err.add(0, `want ${typesSummary(c, want, false, false)}`);
  c.report(err);
}

/** Initialises the variables with the expressions; ret: they are the results of that statement. */
export function initVars(c: Checker, lhs: readonly Var[], rhs: readonly Expr[], ret: ReturnStmt | null): void {
  const context = ret ? 'return statement' : 'assignment';
  const l = lhs.length;
  const r = rhs.length;
  const isCall = r === 1 && unparen(rhs[0]!).kind === 'CallExpr';
  if (l === r && !isCall) {
    const x = new Operand();
    for (let i = 0; i < l; i++) {
      const v = lhs[i]!;
      const desc = ret && v.name === '' ? 'result variable' : v.name;
      expr(c, newTarget(v.type, desc), x, rhs[i]!);
      initVar(c, v, x, context);
    }
    return;
  }
  if (r !== 1) {
    if (use(c, ...rhs)) {
      if (ret) returnError(c, ret, lhs, exprList(c, rhs));
      else assignError(c, rhs, l, r);
    }
  } else {
    const { list, commaOk } = multiExpr(c, rhs[0]!, l === 2 && !ret);
    if (list.length === l) {
      for (let i = 0; i < l; i++) initVar(c, lhs[i]!, list[i]!, context);
      finishCommaOk(c, rhs[0]!, list, commaOk);
      return;
    }
    if (list[0]!.mode !== Mode.Invalid) {
      if (ret) returnError(c, ret, lhs, list);
      else assignError(c, rhs, l, list.length);
    }
  }
  for (const v of lhs) v.type ??= invalidType;
}

function finishCommaOk(c: Checker, e: Expr, list: readonly Operand[], commaOk: boolean): void {
  if (!commaOk || list[0]!.mode === Mode.Invalid || list[1]!.mode === Mode.Invalid) return;
  recordCommaOk(c, e, list[0]!.typ, list[1]!.typ);
}

/** lhs = rhs for lists. */
export function assignVars(c: Checker, lhs: readonly Expr[], rhs: readonly Expr[]): void {
  const l = lhs.length;
  const r = rhs.length;
  const isCall = r === 1 && unparen(rhs[0]!).kind === 'CallExpr';
  if (l === r && !isCall) {
    for (let i = 0; i < l; i++) assignVar(c, lhs[i]!, rhs[i]!, null, 'assignment');
    return;
  }
  if (r !== 1) {
    const okLHS = useLHS(c, ...lhs);
    const okRHS = use(c, ...rhs);
    if (okLHS && okRHS) assignError(c, rhs, l, r);
    return;
  }
  const { list, commaOk } = multiExpr(c, rhs[0]!, l === 2);
  if (list.length === l) {
    for (let i = 0; i < l; i++) assignVar(c, lhs[i]!, null, list[i]!, 'assignment');
    finishCommaOk(c, rhs[0]!, list, commaOk);
    return;
  }
  if (list[0]!.mode !== Mode.Invalid) assignError(c, rhs, l, list.length);
  useLHS(c, ...lhs);
}

/** lhs := rhs; pos is that of the operator. */
export function shortVarDecl(c: Checker, pos: number, lhs: readonly Expr[], rhs: readonly Expr[]): void {
  const top = c.delayedTop;
  const scope = c.env.scope;
  const seen = new Set<string>();
  const vars: Var[] = [];
  const fresh: Var[] = [];
  let hasErr = false;
  for (const e of lhs) {
    let v: Var | null = null;
    if (e.kind !== 'Ident') {
      useLHS(c, e);
      c.error(e, `non-name ${c.exprstr(e)} on left side of :=`);
      hasErr = true;
    } else if (e.name !== '_' && seen.has(e.name)) {
      c.error(e, `${e.name} repeated on left side of :=`);
      hasErr = true;
    } else {
      seen.add(e.name);
      const alt = e.name === '_' ? undefined : scope.lookup(e.name);
      if (alt) {
        recordUse(e, alt);
        if (alt.tag === 'Var') {
          v = alt;
          v.reassigned = true;
        } else {
          c.error(e, `cannot assign to ${e.name}`);
          hasErr = true;
        }
      } else {
        v = localVar(c, e.pos, e.name);
        if (e.name !== '_') fresh.push(v);
        recordDef(e, v);
      }
    }
    vars.push(v ?? new Var(e.pos, c.pkg, '_', null, 'local'));
  }
  initVars(c, vars, rhs, null);
  c.processDelayed(top);
  if (fresh.length === 0 && !hasErr) {
    c.softError(pos, 'no new variables on left side of :=');
    return;
  }
  const scopePos = endPos(rhs[rhs.length - 1]!);
  for (const v of fresh) declare(c, scope, null, v, scopePos);
}

/** A variable of the function being checked. */
export function localVar(c: Checker, pos: number, name: string, t: Type | null = null): Var {
  const v = new Var(pos, c.pkg, name, t, 'local');
  v.level = c.env.level;
  return v;
}
