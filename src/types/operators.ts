// Unary and binary operators, comparisons and shifts.
//
// Assumes: operands are expressions, checked by expr(). Guarantees: on return x is the result, or invalid with a message
// reported; constant operations are carried out exactly and checked against their type.
// Source: Go specification, "Operators", "Comparison operators", "Constant expressions".

import type { BinaryExpr, Expr, UnaryExpr } from '../syntax/nodes.ts';
import { T, type Token, tokenText } from '../syntax/token.ts';
import { markAddrTaken } from './address.ts';
import type { At, Checker } from './checker.ts';
import { overflow, representable } from './const.ts';
import * as constant from './constant.ts';
import { expr } from './expr.ts';
import { assignable, compositeKind, Operand } from './operand.ts';
import { opPos, startPos, unparen } from './positions.ts';
import {
  allBoolean,
  allInteger,
  allNumeric,
  allNumericOrString,
  allOrdered,
  allString,
  allUnsigned,
  comparable,
  comparableType,
  defaultType,
  hasNil,
  identical,
  isComplex,
  isInteger,
  isNonTypeParamInterface,
  isTyped,
  isTypeParam,
  isUnsigned,
  isUntyped,
  isValid,
} from './predicates.ts';
import { untypedRecord } from './record.ts';
import { sizeof } from './sizes.ts';
import { type Chan, Kind, Mode, Pointer, type Type } from './types.ts';
import { commonUnder, under } from './under.ts';
import { Typ } from './universe.ts';
import { convertUntyped, isComparison, updateExprType } from './untyped.ts';

function opDefined(op: Token, t: Type): boolean {
  switch (op) {
    case T.ADD:
      return allNumericOrString(t);
    case T.SUB:
    case T.MUL:
    case T.QUO:
      return allNumeric(t);
    case T.REM:
    case T.AND:
    case T.OR:
    case T.XOR:
    case T.AND_NOT:
      return allInteger(t);
    case T.LAND:
    case T.LOR:
      return allBoolean(t);
    default:
      return false;
  }
}

function unaryDefined(op: Token, t: Type): boolean {
  switch (op) {
    case T.ADD:
    case T.SUB:
      return allNumeric(t);
    case T.XOR:
      return allInteger(t);
    case T.NOT:
      return allBoolean(t);
    default:
      return false;
  }
}

function notDefined(c: Checker, x: Operand, op: Token): void {
  c.error(x, `invalid operation: operator ${tokenText(op)} not defined on ${c.opstr(x)}`);
  x.invalidate();
}

/** Where an overflow of e is reported: at its operator, if it has one. */
function constPos(e: Expr): number {
  return e.kind === 'BinaryExpr' || e.kind === 'UnaryExpr' ? opPos(e) : startPos(e);
}

export function unary(c: Checker, x: Operand, e: UnaryExpr): void {
  expr(c, null, x, e.x);
  if (x.mode === Mode.Invalid) return;
  let op = e.op;
  switch (op) {
    case T.AND:
      if (unparen(e.x).kind !== 'CompositeLit' && x.mode !== Mode.Variable) {
        c.error(x, `invalid operation: cannot take address of ${c.opstr(x)}`);
        x.invalidate();
        return;
      }
      markAddrTaken(e.x);
      x.mode = Mode.Value;
      x.typ = new Pointer(x.typ);
      return;
    case T.ARROW: {
      const elem = chanElem(c, x, x, true);
      if (!elem) {
        x.invalidate();
        return;
      }
      x.mode = Mode.CommaOk;
      x.typ = elem;
      c.env.hasCallOrRecv = true;
      return;
    }
    case T.TILDE:
      if (!allInteger(x.typ)) {
        c.error(e, 'cannot use ~ outside of interface or type constraint');
        x.invalidate();
        return;
      }
      c.error(e, 'cannot use ~ outside of interface or type constraint (use ^ for bitwise complement)');
      op = T.XOR;
      break;
  }
  if (!unaryDefined(op, x.typ)) {
    notDefined(c, x, op);
    return;
  }
  if (x.mode !== Mode.Constant) {
    x.mode = Mode.Value;
    return;
  }
  if (x.val!.kind === 'unknown') return;
  const prec = isUnsigned(x.typ) ? sizeof(x.typ) * 8 : 0;
  x.val = constant.unaryOp(op, x.val!, prec);
  x.expr = e;
  overflow(c, x, e.pos);
}

/** The element type of the channel x for a receive or send; null, with a message, if there is none. */
export function chanElem(c: Checker, at: At, x: Operand, recv: boolean): Type | null {
  const r = commonUnder(
    x.typ,
    (t, u) => {
      if (!u) return 'no specific channel type';
      if (u.tag !== 'Chan') return `non-channel ${c.str(t!)}`;
      if (recv && u.dir === 'send') return `send-only channel ${c.str(t!)}`;
      if (!recv && u.dir === 'recv') return `receive-only channel ${c.str(t!)}`;
      return null;
    },
    c.qualifier,
  );
  if (r.u) return (r.u as Chan).elem;
  const what = recv ? 'invalid operation: cannot receive from' : 'invalid operation: cannot send to';
  if (isTypeParam(x.typ)) c.error(at, `${what} ${c.opstr(x)}: ${r.err}`);
  else c.error(at, `${what} ${r.err} ${c.opstr(x)}`);
  return null;
}

/** x op y where x and y are already operands; switchCase: y is the tag and x a case of an expression switch. */
export function comparison(c: Checker, x: Operand, y: Operand, op: Token, switchCase: boolean): void {
  if (!isValid(x.typ) || !isValid(y.typ)) {
    x.invalidate();
    return;
  }
  if (switchCase) op = T.EQL;
  const bad = comparisonProblem(c, x, y, op);
  if (bad) {
    const { at, cause } = bad;
    if (switchCase) {
      c.error(x, `invalid case ${c.exprstr(x.expr!)} in switch on ${c.exprstr(y.expr!)} (${cause})`);
    } else {
      c.error(at, `invalid operation: ${c.exprstr(x.expr!)} ${tokenText(op)} ${c.exprstr(y.expr!)} (${cause})`);
    }
    x.invalidate();
    return;
  }
  if (x.mode === Mode.Constant && y.mode === Mode.Constant) {
    x.val = constant.makeBool(constant.compare(x.val!, op, y.val!));
  } else {
    x.mode = Mode.Value;
    if (x.expr) updateExprType(c, x.expr, defaultType(x.typ), true);
    if (y.expr) updateExprType(c, y.expr, defaultType(y.typ), true);
  }
  x.typ = Typ[Kind.UntypedBool]!;
}

function comparisonProblem(c: Checker, x: Operand, y: Operand, op: Token): { at: Operand; cause: string } | null {
  if (!assignable(c, x, y.typ, null) && !assignable(c, y, x.typ, null)) {
    return { at: y, cause: `mismatched types ${c.str(x.typ)} and ${c.str(y.typ)}` };
  }
  let at: Operand | null = null;
  let cause = '';
  if (op === T.EQL || op === T.NEQ) {
    if (x.isNil || y.isNil) {
      if (!hasNil(x.isNil ? y.typ : x.typ)) at = y;
    } else if (!comparable(x.typ)) {
      at = x;
      cause = incomparableCause(c, x.typ);
    } else if (!comparable(y.typ)) {
      at = y;
      cause = incomparableCause(c, y.typ);
    }
  } else if (!allOrdered(x.typ)) at = x;
  else if (!allOrdered(y.typ)) at = y;
  if (!at) return null;
  if (!cause) {
    if (isTypeParam(x.typ) || isTypeParam(y.typ)) {
      if (!isTypeParam(x.typ)) at = y;
      cause = `type parameter ${c.str(at.typ)} cannot use operator ${tokenText(op)}`;
    } else {
      cause = `operator ${tokenText(op)} not defined on ${compositeKind(at.typ) || c.str(at.typ)}`;
    }
  }
  return { at, cause };
}

/** Why values of t cannot be compared; '' if there is nothing special to say. */
export function incomparableCause(c: Checker, t: Type): string {
  const tag = under(t).tag;
  if (tag === 'Slice' || tag === 'Signature' || tag === 'Map') return `${compositeKind(t)} can only be compared to nil`;
  return comparableType(t, true, c.qualifier) ?? '';
}

/** x op y for a shift; e is the expression, null in x op= y. */
function shift(c: Checker, x: Operand, y: Operand, e: Expr | null, op: Token): void {
  const xval = x.mode === Mode.Constant ? constant.toInt(x.val!) : null;
  if (!allInteger(x.typ) && !(isUntyped(x.typ) && xval?.kind === 'int')) {
    c.error(x, `invalid operation: shifted operand ${c.opstr(x)} must be integer`);
    x.invalidate();
    return;
  }

  let yval: constant.Value | null = null;
  if (y.mode === Mode.Constant) {
    yval = constant.toInt(y.val!);
    if (yval.kind === 'int' && constant.sign(yval) < 0) {
      c.error(y, `invalid operation: negative shift count ${c.opstr(y)}`);
      x.invalidate();
      return;
    }
    if (isUntyped(y.typ)) {
      representable(c, y, Typ[Kind.Uint]!);
      if (y.invalid) {
        x.invalidate();
        return;
      }
    }
  } else if (allInteger(y.typ)) {
    if (!allUnsigned(y.typ) && !c.allowVersion(13)) {
      c.versionError(y, 13, `invalid operation: signed shift count ${c.opstr(y)}`);
      x.invalidate();
      return;
    }
  } else if (isUntyped(y.typ)) {
    convertUntyped(c, y, Typ[Kind.Uint]!);
    if (y.invalid) {
      x.invalidate();
      return;
    }
  } else {
    c.error(y, `invalid operation: shift count ${c.opstr(y)} must be integer`);
    x.invalidate();
    return;
  }

  if (x.mode === Mode.Constant) {
    if (y.mode === Mode.Constant) {
      constShift(c, x, y, xval!, yval!, e, op);
      return;
    }
    if (isUntyped(x.typ)) {
      const r = x.expr ? untypedRecord(x.expr) : null;
      if (r) r.isLhs = true;
      x.mode = Mode.Value;
      return;
    }
  }
  if (!allInteger(x.typ)) {
    c.error(x, `invalid operation: shifted operand ${c.opstr(x)} must be integer`);
    x.invalidate();
    return;
  }
  x.mode = Mode.Value;
}

function constShift(
  c: Checker,
  x: Operand,
  y: Operand,
  xval: constant.Value,
  yval: constant.Value,
  e: Expr | null,
  op: Token,
): void {
  if (x.val!.kind === 'unknown' || y.val!.kind === 'unknown') {
    x.val = constant.makeUnknown();
    if (!isInteger(x.typ)) x.typ = Typ[Kind.UntypedInt]!;
    return;
  }
  // large enough to write the smallest float64 as a shift
  const shiftBound = 1023n - 1n + 52n;
  const s = constant.uint64Val(yval);
  if (!s.exact || s.value > shiftBound) {
    c.error(y, `invalid operation: invalid shift count ${c.opstr(y)}`);
    x.invalidate();
    return;
  }
  if (!isInteger(x.typ)) x.typ = Typ[Kind.UntypedInt]!;
  x.val = constant.shift(xval, op, Number(s.value));
  if (e) x.expr = e;
  overflow(c, x, constPos(x.expr!));
}

/** lhs op rhs; e is the expression, null for an assignment operation. */
export function binary(c: Checker, x: Operand, e: BinaryExpr | null, lhs: Expr, rhs: Expr, op: Token): void {
  const y = new Operand();
  expr(c, null, x, lhs);
  expr(c, null, y, rhs);
  if (x.mode === Mode.Invalid) return;
  if (y.mode === Mode.Invalid) {
    x.invalidate();
    x.expr = y.expr;
    return;
  }
  if (op === T.SHL || op === T.SHR) {
    shift(c, x, y, e, op);
    return;
  }
  matchTypes(c, x, y);
  if (x.invalid) return;
  if (isComparison(op)) {
    comparison(c, x, y, op, false);
    return;
  }
  if (!identical(x.typ, y.typ)) {
    if (isValid(x.typ) && isValid(y.typ)) {
      const what = e ? c.exprstr(e) : `${c.exprstr(lhs)} ${tokenText(op)}= ${c.exprstr(rhs)}`;
      c.error(x, `invalid operation: ${what} (mismatched types ${c.str(x.typ)} and ${c.str(y.typ)})`);
    }
    x.invalidate();
    return;
  }
  if (!opDefined(op, x.typ)) {
    notDefined(c, x, op);
    return;
  }
  if ((op === T.QUO || op === T.REM) && isZeroDivision(x, y)) {
    c.error(y, 'invalid operation: division by zero');
    x.invalidate();
    return;
  }
  if (x.mode !== Mode.Constant || y.mode !== Mode.Constant) {
    x.mode = Mode.Value;
    return;
  }
  if (x.val!.kind === 'unknown' || y.val!.kind === 'unknown') {
    x.val = constant.makeUnknown();
    return;
  }
  const tok = op === T.QUO && isInteger(x.typ) ? T.QUO_ASSIGN : op;
  x.val = constant.binaryOp(x.val!, tok, y.val!);
  if (e) x.expr = e;
  overflow(c, x, constPos(x.expr!));
}

function isZeroDivision(x: Operand, y: Operand): boolean {
  if (y.mode !== Mode.Constant) return false;
  if ((x.mode === Mode.Constant || allInteger(x.typ)) && constant.sign(y.val!) === 0) return true;
  if (x.mode !== Mode.Constant || !isComplex(x.typ)) return false;
  const re = constant.realPart(y.val!);
  const im = constant.imagPart(y.val!);
  return constant.sign(constant.binaryOp(re, T.MUL, re)) === 0 && constant.sign(constant.binaryOp(im, T.MUL, im)) === 0;
}

/** Converts an untyped operand to the type of the other one, where that can make sense. */
export function matchTypes(c: Checker, x: Operand, y: Operand): void {
  if (!mayConvert(x, y)) return;
  convertUntyped(c, x, y.typ);
  if (x.mode === Mode.Invalid) return;
  convertUntyped(c, y, x.typ);
  if (y.mode === Mode.Invalid) x.invalidate();
}

function mayConvert(x: Operand, y: Operand): boolean {
  if (isTyped(x.typ) && isTyped(y.typ)) return false;
  if (allNumeric(x.typ) !== allNumeric(y.typ)) return false;
  if (isNonTypeParamInterface(x.typ) || isNonTypeParamInterface(y.typ)) return true;
  if (allBoolean(x.typ) !== allBoolean(y.typ)) return false;
  if (allString(x.typ) !== allString(y.typ)) return false;
  if (x.isNil) return hasNil(y.typ);
  if (y.isNil) return hasNil(x.typ);
  return under(x.typ).tag !== 'Pointer' && under(y.typ).tag !== 'Pointer';
}
