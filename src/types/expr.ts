// Expressions: the dispatch over their kinds and the ways to ask for one.
//
// Guarantees: every expression that is checked has its record on the tree; an operand comes back invalid exactly when a
// message was reported about it or one of its parts.
// Source: Go specification, "Expressions".

import type { Expr, TypeAssertExpr } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import { callExpr, funcInst, type Target } from './call.ts';
import type { Checker } from './checker.ts';
import { finiteSize } from './cycles.ts';
import { ident } from './ident.ts';
import { indexExpr, sliceExpr } from './index.ts';
import { basicLit, compositeLit, funcLit } from './literals.ts';
import { assertableTo } from './lookup.ts';
import { type Cause, Operand, valueOperand } from './operand.ts';
import { binary, unary } from './operators.ts';
import { identical, isGeneric, isTypeParam, isValid } from './predicates.ts';
import { invalidType, record } from './record.ts';
import { selector } from './selector.ts';
import { Kind, Mode, Pointer, type Type } from './types.ts';
import { typ, validVarType, varType } from './typexpr.ts';
import { under, underIs } from './under.ts';
import { Typ } from './universe.ts';

/** What may be made of an expression as a statement. */
export type ExprKind = 'conversion' | 'expression' | 'statement';

/**
 * Checks e as an expression or type. target: signature wanted of a generic function; hint: element type of the composite
 * literal around e; allowGeneric: the result may be a generic type or function.
 */
export function rawExpr(
  c: Checker,
  target: Target | null,
  x: Operand,
  e: Expr,
  hint: Type | null,
  allowGeneric: boolean,
): ExprKind {
  const kind = exprInternal(c, target, x, e, hint);
  if (!allowGeneric) nonGeneric(c, target, x);
  finish(c, x);
  return kind;
}

function finish(c: Checker, x: Operand): void {
  if (x.mode !== Mode.Invalid && x.mode !== Mode.NoValue && !finiteSize(c, x.typ)) {
    x.mode = Mode.Invalid;
    x.typ = invalidType;
  }
  record(x);
}

/** Completes x after indexExpr has found e to be an ordinary index expression. */
export function finishIndex(c: Checker, x: Operand, e: Expr): void {
  x.expr = e;
  finish(c, x);
}

/** Reports x if it is generic and cannot be instantiated from the target. */
export function nonGeneric(c: Checker, target: Target | null, x: Operand): void {
  if (x.mode === Mode.Invalid || x.mode === Mode.NoValue) return;
  const t = x.typ;
  let what = '';
  if (t.tag === 'Signature') {
    if (t.tparams.length === 0) return;
    if (target) {
      funcInst(c, target, c.pos(x), x, null, true);
      return;
    }
    what = 'function';
  } else if ((t.tag === 'Named' || t.tag === 'Alias') && isGeneric(t)) what = 'type';
  if (!what) return;
  const text = c.exprstr(x.expr!);
  c.error(x.expr!, `cannot use generic ${what} ${text} without instantiation`);
  x.mode = Mode.Invalid;
  x.typ = invalidType;
}

function exprInternal(c: Checker, target: Target | null, x: Operand, e: Expr, hint: Type | null): ExprKind {
  x.mode = Mode.Invalid;
  x.typ = invalidType;
  switch (e.kind) {
    case 'Ident':
      ident(c, x, e, false);
      x.expr = e;
      return 'expression';
    case 'BasicLit':
      if (!e.bad) basicLit(c, x, e);
      break;
    case 'FuncLit':
      funcLit(c, x, e);
      break;
    case 'CompositeLit':
      compositeLit(c, x, e, hint);
      break;
    case 'ParenExpr': {
      const kind = rawExpr(c, null, x, e.x, null, false);
      x.expr = e;
      return kind;
    }
    case 'SelectorExpr':
      selector(c, x, e, false);
      x.expr = e;
      return 'expression';
    case 'IndexExpr':
      if (indexExpr(c, x, e)) funcInst(c, target, e.lbrack, x, e, true);
      break;
    case 'SliceExpr':
      sliceExpr(c, x, e);
      break;
    case 'TypeAssertExpr':
      typeAssert(c, x, e);
      break;
    case 'CallExpr':
      return callExpr(c, x, e);
    case 'StarExpr':
      star(c, x, e.x);
      break;
    case 'UnaryExpr':
      unary(c, x, e);
      if (x.mode !== Mode.Invalid && e.op === T.ARROW) {
        x.expr = e;
        return 'statement';
      }
      break;
    case 'BinaryExpr':
      binary(c, x, e, e.x, e.y, e.op);
      break;
    case 'KeyValueExpr':
      c.error(e, 'invalid syntax tree: no key:value expected');
      break;
    case 'Ellipsis':
      c.error(e, 'invalid syntax tree: invalid use of ...');
      break;
    case 'ArrayType':
    case 'StructType':
    case 'FuncType':
    case 'InterfaceType':
    case 'MapType':
    case 'ChanType':
      x.mode = Mode.TypExpr;
      x.typ = typ(c, e);
      break;
    case 'BadExpr':
      break;
  }
  x.expr = e;
  return x.mode === Mode.Invalid ? 'statement' : 'expression';
}

/** *e, as a dereference or a pointer type. */
function star(c: Checker, x: Operand, e: Expr): void {
  exprOrType(c, x, e, false);
  if (x.mode === Mode.Invalid) return;
  if (x.mode === Mode.TypExpr) {
    validVarType(c, e, x.typ);
    x.typ = new Pointer(x.typ);
    return;
  }
  let base: Type | null = null;
  const ok = underIs(x.typ, (u) => {
    if (u?.tag !== 'Pointer') {
      c.error(x, `invalid operation: cannot indirect ${c.opstr(x)}`);
      return false;
    }
    if (base && !identical(u.elem, base)) {
      c.error(x, `invalid operation: pointers of ${c.opstr(x)} must have identical base types`);
      return false;
    }
    base = u.elem;
    return true;
  });
  if (!ok) {
    x.invalidate();
    return;
  }
  x.mode = Mode.Variable;
  x.typ = base!;
}

function typeAssert(c: Checker, x: Operand, e: TypeAssertExpr): void {
  if (!e.type) {
    // the parser has complained about most of these
    c.error(e, 'invalid syntax tree: use of .(type) outside type switch');
    use(c, e.x);
    x.invalidate();
    return;
  }
  expr(c, null, x, e.x);
  if (x.mode === Mode.Invalid) return;
  if (isTypeParam(x.typ)) {
    c.error(x, `invalid operation: cannot use type assertion on type parameter value ${c.opstr(x)}`);
    x.invalidate();
    return;
  }
  if (under(x.typ).tag !== 'Interface') {
    c.error(x, `invalid operation: ${c.opstr(x)} is not an interface`);
    x.invalidate();
    return;
  }
  const t = varType(c, e.type);
  if (!isValid(t)) {
    x.invalidate();
    return;
  }
  typeAssertion(c, e, x, t, false);
  x.mode = Mode.CommaOk;
  x.typ = t;
}

/** Reports x.(T) if the interface x can never hold a T. */
export function typeAssertion(c: Checker, e: Expr, x: Operand, t: Type, typeSwitch: boolean): void {
  const cause: Cause = { msg: '' };
  if (assertableTo(c, x.typ, t, cause)) return;
  const text = c.exprstr(e);
  if (typeSwitch) {
    c.error(
      e,
      `impossible type switch case: ${text}\n\t${c.opstr(x)} cannot have dynamic type ${c.str(t)} ${cause.msg}`,
    );
    return;
  }
  c.error(e, `impossible type assertion: ${text}\n\t${c.str(t)} does not implement ${c.str(x.typ)} ${cause.msg}`);
}

const noValue = 1 << Mode.NoValue;
const builtinMode = 1 << Mode.Builtin;
const typExpr = 1 << Mode.TypExpr;

/** Checks e, which must be a single value. target as in rawExpr. */
export function expr(c: Checker, target: Target | null, x: Operand, e: Expr): void {
  rawExpr(c, target, x, e, null, false);
  exclude(c, x, noValue | builtinMode | typExpr);
  singleValue(c, x);
}

/** Like expr, but the result may be generic. */
export function genericExpr(c: Checker, x: Operand, e: Expr): void {
  rawExpr(c, null, x, e, null, true);
  exclude(c, x, noValue | builtinMode | typExpr);
  singleValue(c, x);
}

/** Checks e and lists its values; with allowCommaOk a comma-ok expression has two. */
export function multiExpr(c: Checker, e: Expr, allowCommaOk: boolean): { list: Operand[]; commaOk: boolean } {
  const x = new Operand();
  rawExpr(c, null, x, e, null, false);
  exclude(c, x, noValue | builtinMode | typExpr);
  if (x.mode !== Mode.Invalid && x.typ.tag === 'Tuple') {
    return { list: x.typ.vars.map((v) => valueOperand(e, v.type!)), commaOk: false };
  }
  if (allowCommaOk && (x.mode === Mode.MapIndex || x.mode === Mode.CommaOk)) {
    return { list: [x, valueOperand(e, Typ[Kind.UntypedBool]!)], commaOk: true };
  }
  return { list: [x], commaOk: false };
}

/** Checks e as an element of a composite literal whose element type is hint. */
export function exprWithHint(c: Checker, x: Operand, e: Expr, hint: Type): void {
  rawExpr(c, null, x, e, hint, false);
  exclude(c, x, noValue | builtinMode | typExpr);
  singleValue(c, x);
}

/** Checks e, which must be a value or a type. */
export function exprOrType(c: Checker, x: Operand, e: Expr, allowGeneric: boolean): void {
  rawExpr(c, null, x, e, null, allowGeneric);
  exclude(c, x, noValue);
  singleValue(c, x);
}

/** Reports x if its mode is among those of the set. */
export function exclude(c: Checker, x: Operand, modes: number): void {
  if (!(modes & (1 << x.mode))) return;
  let msg: string;
  if (x.mode === Mode.NoValue) msg = modes & typExpr ? 'used as value' : 'used as value or type';
  else if (x.mode === Mode.Builtin) msg = 'must be called';
  else msg = 'is not an expression';
  c.error(x, `${c.opstr(x)} ${msg}`);
  x.invalidate();
}

/** Excludes operands without a value and builtins. */
export function excludeNoValueBuiltin(c: Checker, x: Operand): void {
  exclude(c, x, noValue | builtinMode);
}

/** Excludes what is not a value. */
export function excludeNonValues(c: Checker, x: Operand): void {
  exclude(c, x, noValue | builtinMode | typExpr);
}

/** Reports x if it stands for several values. */
export function singleValue(c: Checker, x: Operand): void {
  if (x.mode !== Mode.Value || x.typ.tag !== 'Tuple') return;
  c.error(x, `multiple-value ${c.opstr(x)} in single-value context`);
  x.invalidate();
}

/** Checks e for its messages and uses alone. Reports whether it is free of errors. */
export function use(c: Checker, ...list: (Expr | null)[]): boolean {
  let ok = true;
  for (const e of list) if (e && !use1(c, e, false)) ok = false;
  return ok;
}

/** Like use, but variables that stand alone are not used by it. */
export function useLHS(c: Checker, ...list: (Expr | null)[]): boolean {
  let ok = true;
  for (const e of list) if (e && !use1(c, e, true)) ok = false;
  return ok;
}

function use1(c: Checker, e: Expr, lhs: boolean): boolean {
  const x = new Operand();
  let n = e;
  while (n.kind === 'ParenExpr') n = n.x;
  if (n.kind !== 'Ident') {
    rawExpr(c, null, x, e, null, true);
    return x.mode !== Mode.Invalid;
  }
  if (n.name === '_') return true;
  const obj = lhs ? c.lookup(n.name) : null;
  const v = obj?.tag === 'Var' && obj.pkg === c.pkg ? obj : null;
  const used = v?.used ?? false;
  exprOrType(c, x, n, true);
  if (v) v.used = used;
  return x.mode !== Mode.Invalid;
}
