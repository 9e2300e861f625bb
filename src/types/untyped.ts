// Untyped expressions: giving them their type when the context has shown it.
//
// Assumes: untyped operands come with a record on their expression (record.ts). Guarantees: after updateExprType with a
// typed type, the expression and the operands its type reaches have that type on the tree, and constants among them
// have been checked to be representable.
// Source: Go specification, "Constants", "Conversions", "Operators" (shifts).

import type { Expr } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import type { Checker } from './checker.ts';
import { type ConstError, invalidConversion, representation } from './const.ts';
import type { Value } from './constant.ts';
import { Operand } from './operand.ts';
import {
  allInteger,
  defaultType,
  hasNil,
  isBoolean,
  isNumeric,
  isString,
  isTyped,
  isTypeParam,
  isUntyped,
  isValid,
  maxType,
} from './predicates.ts';
import { ExprRecord, untypedRecord } from './record.ts';
import { type Basic, Kind, Mode, type Type } from './types.ts';
import { typeSet } from './typeset.ts';
import { under, underIs } from './under.ts';

/** The type an operand has in a context, the constant's value there, and what is wrong if type is null. */
export interface Implicit {
  readonly type: Type | null;
  readonly val: Value | null;
  readonly err: ConstError;
}

const impossible: Implicit = { type: null, val: null, err: 'conversion' };

/** The type x takes where target is expected. */
export function implicitType(c: Checker, x: Operand, target: Type): Implicit {
  if (x.mode === Mode.Invalid || isTyped(x.typ) || !isValid(target)) return { type: x.typ, val: null, err: '' };
  if (isUntyped(target)) {
    const m = maxType(x.typ, target);
    return m ? { type: m, val: null, err: '' } : impossible;
  }
  if (x.isNil) return hasNil(target) ? { type: target, val: null, err: '' } : impossible;

  const u = under(target);
  if (u.tag === 'Basic') {
    if (x.mode === Mode.Constant) {
      const r = representation(x, u);
      return r.err ? { type: null, val: null, err: r.err } : { type: target, val: r.val, err: '' };
    }
    switch ((x.typ as Basic).kind) {
      case Kind.UntypedBool:
        if (!isBoolean(target)) return impossible;
        break;
      case Kind.UntypedInt:
      case Kind.UntypedRune:
      case Kind.UntypedFloat:
      case Kind.UntypedComplex:
        if (!isNumeric(target)) return impossible;
        break;
      case Kind.UntypedString:
        if (!isString(target)) return impossible;
        break;
      default:
        return impossible;
    }
  } else if (u.tag === 'Interface') {
    if (isTypeParam(target)) {
      if (!underIs(target, (t) => t !== null && implicitType(c, x, t).type !== null)) return impossible;
    } else {
      if (!typeSet(u).isAll()) return impossible;
      return { type: defaultType(x.typ), val: null, err: '' };
    }
  } else return impossible;
  return { type: target, val: null, err: '' };
}

/** Gives x the type target if it is untyped; invalidates it with a message if that cannot be. */
export function convertUntyped(c: Checker, x: Operand, target: Type): void {
  if (x.mode === Mode.Invalid || isTyped(x.typ) || !isValid(target)) return;
  const imp = implicitType(c, x, target);
  if (!imp.type) {
    const t = isTypeParam(target) ? target : safeUnder(target);
    invalidConversion(c, imp.err, x, t);
    x.invalidate();
    return;
  }
  settle(c, x, imp.type, imp.val);
}

/** Puts the outcome of implicitType into x and on the tree. */
export function settle(c: Checker, x: Operand, type: Type, val: Value | null): void {
  if (val) {
    x.val = val;
    const r = x.expr ? untypedRecord(x.expr) : null;
    if (r) r.value = val;
  }
  if (type !== x.typ) {
    x.typ = type;
    if (x.expr) updateExprType(c, x.expr, type, false);
  }
}

function safeUnder(t: Type): Type {
  return t.tag === 'Named' ? (t.underlying ?? t) : under(t);
}

/** Gives the untyped expression e, and the operands that share its type, the type t. `final`: t will not change. */
export function updateExprType(c: Checker, e: Expr, t: Type, final: boolean): void {
  const old = untypedRecord(e);
  if (!old) return;

  switch (e.kind) {
    case 'ParenExpr':
      updateExprType(c, e.x, t, final);
      break;
    case 'UnaryExpr':
      if (!old.value) updateExprType(c, e.x, t, final);
      break;
    case 'BinaryExpr':
      if (old.value || isComparison(e.op)) break;
      updateExprType(c, e.x, t, final);
      if (e.op !== T.SHL && e.op !== T.SHR) updateExprType(c, e.y, t, final);
      break;
    default:
      break;
  }

  if (!final && isUntyped(t)) {
    old.untyped = under(t) as Basic;
    old.type = defaultType(t);
    return;
  }

  const was = old.untyped!;
  old.untyped = null;
  if (old.isLhs && !allInteger(t)) {
    c.error(e, `invalid operation: shifted operand ${c.exprstr(e)} (type ${c.str(t)}) must be integer`);
    return;
  }
  if (old.value) {
    const x = new Operand();
    x.mode = old.mode;
    x.expr = e;
    x.typ = was;
    x.val = old.value;
    convertUntyped(c, x, t);
    if (x.mode === Mode.Invalid) return;
  }
  e.tv = new ExprRecord(old.mode, isUntyped(t) ? defaultType(t) : t, old.value, null);
}

export function isComparison(op: number): boolean {
  return op === T.EQL || op === T.NEQ || op === T.LSS || op === T.LEQ || op === T.GTR || op === T.GEQ;
}
