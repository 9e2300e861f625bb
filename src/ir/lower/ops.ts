// Arithmetic on scalars with Go's exact widths.
//
// Assumes: narrow integers are kept sign- or zero-extended in an i32. Guarantees: so are the results; division by zero and
// negative shift counts panic; the smallest integer divided by -1 is itself; float32 arithmetic rounds each step.
// Source: Go specification, "Arithmetic operators".

import { T, type Token } from '../../syntax/token.ts';
import type { Type } from '../../types/types.ts';
import { type BinOp, bin, type Expr, f32, f64, i32, i64, un } from '../ir.ts';
import type { Builder } from './builder.ts';
import { isString, type NumKind, numKind, op, toI32, toI64, wrap } from './numeric.ts';

/** x op y for operands of one type t (shifts are `shift`, comparisons compare.ts). */
export function arith(b: Builder, tok: Token, t: Type, x: readonly Expr[], y: readonly Expr[]): Expr[] {
  const k = numKind(t);
  if (!k) {
    if (isString(t) && tok === T.ADD)
      return b.runtime('concatstring2', [{ kind: 'const', type: 'ptr', value: 0 }, ...x, ...y]);
    throw new Error('arithmetic on a non-number');
  }
  if (k.class === 'complex') return complexArith(b, tok, k, x, y);
  if (k.class === 'float') return [floatArith(tok, k, x[0]!, y[0]!)];
  return [intArith(b, tok, k, x[0]!, y[0]!)];
}

function floatArith(tok: Token, k: NumKind, x: Expr, y: Expr): Expr {
  switch (tok) {
    case T.ADD:
      return bin(op(k.scalar, 'add'), x, y);
    case T.SUB:
      return bin(op(k.scalar, 'sub'), x, y);
    case T.MUL:
      return bin(op(k.scalar, 'mul'), x, y);
    case T.QUO:
      return bin(op(k.scalar, 'div'), x, y);
    default:
      throw new Error('not a floating-point operator');
  }
}

export function intArith(b: Builder, tok: Token, k: NumKind, x: Expr, y: Expr): Expr {
  const s = k.scalar;
  switch (tok) {
    case T.ADD:
      return wrap(k, bin(op(s, 'add'), x, y));
    case T.SUB:
      return wrap(k, bin(op(s, 'sub'), x, y));
    case T.MUL:
      return wrap(k, bin(op(s, 'mul'), x, y));
    case T.AND:
      return bin(op(s, 'and'), x, y);
    case T.OR:
      return bin(op(s, 'or'), x, y);
    case T.XOR:
      return bin(op(s, 'xor'), x, y);
    case T.AND_NOT:
      return bin(op(s, 'and'), x, invert(k, y));
    case T.QUO:
    case T.REM:
      return divide(b, tok === T.QUO, k, x, y);
    default:
      throw new Error('not an integer operator');
  }
}

const minusOne = (k: NumKind): Expr => (k.scalar === 'i64' ? i64(-1n) : i32(-1));
const zeroInt = (k: NumKind): Expr => (k.scalar === 'i64' ? i64(0n) : i32(0));
const oneInt = (k: NumKind): Expr => (k.scalar === 'i64' ? i64(1n) : i32(1));

function invert(k: NumKind, x: Expr): Expr {
  if (x.kind === 'const') return k.scalar === 'i64' ? i64(~BigInt(x.value)) : i32(~Number(x.value));
  return bin(op(k.scalar, 'xor'), x, minusOne(k));
}

function divide(b: Builder, quo: boolean, k: NumKind, x: Expr, y: Expr): Expr {
  const s = k.scalar;
  const name = quo ? (k.signed ? 'div_s' : 'div_u') : k.signed ? 'rem_s' : 'rem_u';
  if (y.kind === 'const' && Number(y.value) !== 0) {
    if (k.signed && Number(y.value) === -1) return quo ? wrap(k, bin(op(s, 'sub'), zeroInt(k), x)) : zeroAfter(b, k, x);
    return bin(op(s, name), x, y);
  }
  const d = b.hold(y, s);
  const n = b.hold(x, s);
  b.check('div', un(s === 'i64' ? 'i64.eqz' : 'i32.eqz', d), 'panicdivide');
  if (!k.signed || !quo) return bin(op(s, name), n, d);
  if (k.bits < 32) return wrap(k, bin(op(s, name), n, d));
  // -n / 1 in place of n / -1, which traps for the smallest integer
  const neg = b.hold(bin(op(s, 'eq'), d, minusOne(k)), 'i32');
  const num: Expr = { kind: 'select', cond: neg, x: bin(op(s, 'sub'), zeroInt(k), n), y: n };
  const den: Expr = { kind: 'select', cond: neg, x: oneInt(k), y: d };
  return bin(op(s, name), num, den);
}

function zeroAfter(b: Builder, k: NumKind, x: Expr): Expr {
  b.hold(x, k.scalar);
  return zeroInt(k);
}

/** x << y or x >> y; ky is the kind of the count. */
export function shift(b: Builder, left: boolean, k: NumKind, x: Expr, ky: NumKind, y: Expr): Expr {
  const s = k.scalar;
  const name = left ? 'shl' : k.signed ? 'shr_s' : 'shr_u';
  if (y.kind === 'const') {
    const n = BigInt.asUintN(64, BigInt(y.value));
    if (n >= BigInt(k.bits)) {
      if (left || !k.signed) return zeroAfter(b, k, x);
      return bin(op(s, name), x, count(k, k.bits - 1));
    }
    const shifted = bin(op(s, name), x, count(k, Number(n)));
    return left ? wrap(k, shifted) : shifted;
  }
  const width = s === 'i64' ? 64 : 32;
  const bound = maxValue(y);
  if (bound >= 0 && bound < k.bits) {
    const shifted = bin(op(s, name), x, countAs(k, ky, y));
    return left ? wrap(k, shifted) : shifted;
  }
  const c = b.hold(y, ky.scalar);
  if (ky.signed) b.check('other', bin(op(ky.scalar, 'lt_s'), c, zeroInt(ky)), 'panicshift');
  const inRange = bin(op(ky.scalar, 'lt_u'), c, ky.scalar === 'i64' ? i64(width) : i32(width));
  if (name === 'shr_s') {
    const n: Expr = { kind: 'select', cond: inRange, x: countAs(k, ky, c), y: count(k, width - 1) };
    return bin(op(s, name), x, n);
  }
  const shifted = bin(op(s, name), x, countAs(k, ky, c));
  const r: Expr = { kind: 'select', cond: inRange, x: shifted, y: zeroInt(k) };
  return left ? wrap(k, r) : r;
}

const count = (k: NumKind, n: number): Expr => (k.scalar === 'i64' ? i64(n) : i32(n));

function countAs(k: NumKind, ky: NumKind, y: Expr): Expr {
  return k.scalar === 'i64' ? toI64(ky, y) : ky.scalar === 'i64' ? toI32(y) : y;
}

/** The largest value x can have by its form, if it cannot be negative either; -1 if that is not known. */
function maxValue(x: Expr): number {
  switch (x.kind) {
    case 'bin':
      if (x.op === 'i32.and' || x.op === 'i64.and') {
        for (const y of [x.y, x.x]) if (y.kind === 'const' && Number(y.value) >= 0) return Number(y.value);
      }
      if ((x.op === 'i32.rem_u' || x.op === 'i64.rem_u') && x.y.kind === 'const' && Number(x.y.value) > 0)
        return Number(x.y.value) - 1;
      if ((x.op === 'i32.shr_u' || x.op === 'i64.shr_u') && x.y.kind === 'const') {
        const left = (x.op === 'i32.shr_u' ? 32 : 64) - Number(x.y.value);
        if (left > 0 && left < 31) return 2 ** left - 1;
      }
      return -1;
    case 'un':
      if (x.op === 'i64.extend_i32_u' || x.op === 'i64.extend_i32_s' || x.op === 'i32.wrap_i64') return maxValue(x.x);
      return -1;
    default:
      return -1;
  }
}

/** +x, -x, ^x, !x by token. */
export function unary(tok: Token, t: Type, x: readonly Expr[]): Expr[] {
  if (tok === T.NOT) return [not(x[0]!)];
  if (tok === T.ADD) return [...x];
  const k = numKind(t)!;
  if (tok === T.SUB) {
    if (k.class === 'int') return [wrap(k, bin(op(k.scalar, 'sub'), zeroInt(k), x[0]!))];
    return x.map((p) => un(k.scalar === 'f64' ? 'f64.neg' : 'f32.neg', p));
  }
  if (tok !== T.XOR) throw new Error('not a unary operator');
  if (!k.signed && k.bits < 32) return [bin('i32.xor', x[0]!, i32(k.bits === 8 ? 0xff : 0xffff))];
  return [invert(k, x[0]!)];
}

const opposite: { readonly [name: string]: string } = {
  eq: 'ne',
  ne: 'eq',
  lt_s: 'ge_s',
  lt_u: 'ge_u',
  gt_s: 'le_s',
  gt_u: 'le_u',
  le_s: 'gt_s',
  le_u: 'gt_u',
  ge_s: 'lt_s',
  ge_u: 'lt_u',
};

/** The opposite of a boolean. */
export function not(x: Expr): Expr {
  if (x.kind === 'const') return i32(Number(x.value) === 0 ? 1 : 0);
  if (x.kind === 'bin') {
    const name = x.op.slice(4);
    // comparisons of floats have no opposite but for equality
    const o = x.op[0] === 'i' || name === 'eq' || name === 'ne' ? opposite[name] : undefined;
    if (o) return bin(`${x.op.slice(0, 4)}${o}` as BinOp, x.x, x.y);
  }
  if (x.kind === 'un' && x.op === 'i32.eqz' && isTruth(x.x)) return x.x;
  return un('i32.eqz', x);
}

function isTruth(x: Expr): boolean {
  if (x.kind === 'un') return x.op.endsWith('eqz');
  return x.kind === 'bin' && x.op[0] === 'i' && x.op.slice(4) in opposite;
}

function complexArith(b: Builder, tok: Token, k: NumKind, x: readonly Expr[], y: readonly Expr[]): Expr[] {
  const s = k.scalar;
  const add = (p: Expr, q: Expr): Expr => bin(op(s, 'add'), p, q);
  const sub = (p: Expr, q: Expr): Expr => bin(op(s, 'sub'), p, q);
  const mul = (p: Expr, q: Expr): Expr => bin(op(s, 'mul'), p, q);
  switch (tok) {
    case T.ADD:
      return [add(x[0]!, y[0]!), add(x[1]!, y[1]!)];
    case T.SUB:
      return [sub(x[0]!, y[0]!), sub(x[1]!, y[1]!)];
    case T.MUL: {
      const [a, c] = b.holdAll(x) as [Expr, Expr];
      const [d, e] = b.holdAll(y) as [Expr, Expr];
      if (s === 'f64') return [sub(mul(a, d), mul(c, e)), add(mul(a, e), mul(c, d))];
      // gc computes complex64 products in float64
      const [A, C, D, E] = [a, c, d, e].map((p) => un('f64.promote_f32', p)) as [Expr, Expr, Expr, Expr];
      const re = bin('f64.sub', bin('f64.mul', A, D), bin('f64.mul', C, E));
      const im = bin('f64.add', bin('f64.mul', A, E), bin('f64.mul', C, D));
      return [un('f32.demote_f64', re), un('f32.demote_f64', im)];
    }
    case T.QUO: {
      const wide = (p: Expr): Expr => (s === 'f64' ? p : un('f64.promote_f32', p));
      const r = b.runtime('complex128div', [...x.map(wide), ...y.map(wide)]);
      return s === 'f64' ? r : r.map((p) => un('f32.demote_f64', p));
    }
    default:
      throw new Error('not a complex operator');
  }
}

/** The constant one of a numeric type, for ++ and --. */
export function one(t: Type): Expr[] {
  const k = numKind(t)!;
  const v: Expr = k.scalar === 'i64' ? i64(1n) : k.scalar === 'i32' ? i32(1) : k.scalar === 'f32' ? f32(1) : f64(1);
  return k.class === 'complex' ? [v, k.scalar === 'f32' ? f32(0) : f64(0)] : [v];
}
