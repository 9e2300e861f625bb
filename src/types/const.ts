// Constants and types: whether a value can be represented, and the messages when it cannot.
//
// Guarantees: representation rounds floating-point values to the type, and makes integer values of integral ones.
// Source: Go specification, "Representability", "Constant expressions".

import type { Expr, Pos } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import type { Checker } from './checker.ts';
import type { Value } from './constant.ts';
import * as constant from './constant.ts';
import type { Operand } from './operand.ts';
import { isInteger, isNumeric, isTyped } from './predicates.ts';
import { type Basic, Is, Kind, type Type } from './types.ts';
import { under } from './under.ts';

/** Why a constant does not become a type: '' none, cut off, too big, or no such conversion. */
export type ConstError = '' | 'truncated' | 'overflows' | 'conversion';

/** Checks that the constant x fits its type, and that an untyped one does not grow without bound. */
export function overflow(c: Checker, x: Operand, pos: Pos): void {
  const val = x.val!;
  if (val.kind === 'unknown') {
    c.error(pos, 'constant result is not representable');
    return;
  }
  if (isTyped(x.typ)) {
    representable(c, x, under(x.typ) as Basic);
    return;
  }
  const maxBits = 512;
  if (val.kind === 'int' && constant.bitLen(val) > maxBits) {
    const op = opName(x.expr);
    c.error(pos, `constant ${op ? `${op} ` : ''}overflow`);
    x.val = constant.makeUnknown();
  }
}

function opName(e: Expr | null): string {
  if (e?.kind === 'UnaryExpr') return e.op === T.XOR ? 'bitwise complement' : '';
  if (e?.kind !== 'BinaryExpr') return '';
  switch (e.op) {
    case T.ADD:
      return 'addition';
    case T.SUB:
      return 'subtraction';
    case T.XOR:
      return 'bitwise XOR';
    case T.MUL:
      return 'multiplication';
    case T.SHL:
      return 'shift';
    default:
      return '';
  }
}

/** Makes x.val a value of t, or invalidates x with a message. */
export function representable(c: Checker, x: Operand, t: Basic): void {
  const r = representation(x, t);
  if (r.err) {
    invalidConversion(c, r.err, x, t);
    x.invalidate();
    return;
  }
  x.val = r.val;
}

/** The value of the constant operand x as one of type t. */
export function representation(x: Operand, t: Basic): { val: Value | null; err: ConstError } {
  const val = roundTo(x.val!, t);
  if (val) return { val, err: '' };
  if (isNumeric(x.typ) && isNumeric(t)) {
    return { val: null, err: !isInteger(x.typ) && isInteger(t) ? 'truncated' : 'overflows' };
  }
  return { val: null, err: 'conversion' };
}

export function invalidConversion(c: Checker, err: ConstError, x: Operand, target: Type): void {
  const what = c.opstr(x);
  const t = c.str(target);
  if (err === 'truncated') c.error(x, `${what} truncated to ${t}`);
  else if (err === 'overflows') c.error(x, `${what} overflows ${t}`);
  else c.error(x, `cannot convert ${what} to type ${t}`);
}

/** Bits of a sized integer kind; 0 for others. int, uint and uintptr have 64. */
export function intBits(k: Kind): number {
  switch (k) {
    case Kind.Int8:
    case Kind.Uint8:
      return 8;
    case Kind.Int16:
    case Kind.Uint16:
      return 16;
    case Kind.Int32:
    case Kind.Uint32:
      return 32;
    case Kind.Int:
    case Kind.Int64:
    case Kind.Uint:
    case Kind.Uint64:
    case Kind.Uintptr:
      return 64;
    default:
      return 0;
  }
}

/** v as a value of t, rounded; null if it cannot be represented. */
export function roundTo(v: Value, t: Basic): Value | null {
  if (v.kind === 'unknown') return v;
  if (t.info & Is.Integer) {
    const i = constant.toInt(v);
    if (i.kind !== 'int') return null;
    const bits = intBits(t.kind);
    if (bits === 0) return i;
    return fitsInt(i, bits, (t.info & Is.Unsigned) !== 0) ? i : null;
  }
  if (t.info & Is.Float) {
    const f = constant.toFloat(v);
    if (!isFloatValue(f)) return null;
    return t.kind === Kind.UntypedFloat ? v : roundFloat(f, t.kind === Kind.Float32);
  }
  if (t.info & Is.Complex) {
    const z = constant.toComplex(v);
    if (z.kind !== 'complex') return null;
    if (t.kind === Kind.UntypedComplex) return v;
    const single = t.kind === Kind.Complex64;
    const re = roundFloat(constant.realPart(z), single);
    const im = roundFloat(constant.imagPart(z), single);
    return re && im ? constant.binaryOp(re, T.ADD, constant.makeImag(im)) : null;
  }
  if (t.info & Is.String) return v.kind === 'string' ? v : null;
  if (t.info & Is.Boolean) return v.kind === 'bool' ? v : null;
  return null;
}

export function isFloatValue(v: Value): boolean {
  return v.kind === 'rat' || v.kind === 'float' || v.kind === 'int';
}

function fitsInt(v: Value, bits: number, unsigned: boolean): boolean {
  const n = constant.bitLen(v);
  const sign = constant.sign(v);
  if (unsigned) return sign >= 0 && n <= bits;
  if (n < bits) return true;
  if (sign >= 0 || n > bits) return false;
  return constant.compare(v, T.EQL, constant.makeInt(-(1n << BigInt(bits - 1))));
}

function roundFloat(v: Value, single: boolean): Value | null {
  const f = single ? constant.float32Val(v) : constant.float64Val(v);
  return Number.isFinite(f) ? constant.makeFloat64(f) : null;
}
