// What lowering needs to know of a numeric kind: the scalar it is computed in, its width, and how it wraps around.

import { Is, Kind, type Type } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { type BinOp, bin, type Expr, i32, type Scalar, un } from '../ir.ts';

export interface NumKind {
  readonly scalar: 'i32' | 'i64' | 'f32' | 'f64';
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
  readonly class: 'int' | 'float' | 'complex';
}

const int = (bits: 8 | 16 | 32 | 64, signed: boolean): NumKind => ({
  scalar: bits === 64 ? 'i64' : 'i32',
  bits,
  signed,
  class: 'int',
});

const kinds: { readonly [k: number]: NumKind } = {
  [Kind.Int]: int(64, true),
  [Kind.Int8]: int(8, true),
  [Kind.Int16]: int(16, true),
  [Kind.Int32]: int(32, true),
  [Kind.Int64]: int(64, true),
  [Kind.Uint]: int(64, false),
  [Kind.Uint8]: int(8, false),
  [Kind.Uint16]: int(16, false),
  [Kind.Uint32]: int(32, false),
  [Kind.Uint64]: int(64, false),
  [Kind.Uintptr]: int(64, false),
  [Kind.UntypedInt]: int(64, true),
  [Kind.UntypedRune]: int(32, true),
  [Kind.Float32]: { scalar: 'f32', bits: 32, signed: true, class: 'float' },
  [Kind.Float64]: { scalar: 'f64', bits: 64, signed: true, class: 'float' },
  [Kind.UntypedFloat]: { scalar: 'f64', bits: 64, signed: true, class: 'float' },
  [Kind.Complex64]: { scalar: 'f32', bits: 32, signed: true, class: 'complex' },
  [Kind.Complex128]: { scalar: 'f64', bits: 64, signed: true, class: 'complex' },
  [Kind.UntypedComplex]: { scalar: 'f64', bits: 64, signed: true, class: 'complex' },
};

/** null if t is not numeric. For complex types, that of the parts. */
export function numKind(t: Type): NumKind | null {
  const u = under(t);
  return u.tag === 'Basic' ? (kinds[u.kind] ?? null) : null;
}

export function isString(t: Type): boolean {
  const u = under(t);
  return u.tag === 'Basic' && (u.info & Is.String) !== 0;
}

export function isBoolean(t: Type): boolean {
  const u = under(t);
  return u.tag === 'Basic' && (u.info & Is.Boolean) !== 0;
}

/** x, computed in an i32, brought back into the range of a type narrower than that. */
export function wrap(k: NumKind, x: Expr): Expr {
  if (k.bits >= 32) return x;
  if (x.kind === 'const') {
    const v = Number(x.value);
    const low = k.bits === 8 ? v & 0xff : v & 0xffff;
    return i32(k.signed ? (low << (32 - k.bits)) >> (32 - k.bits) : low);
  }
  if (k.signed) return un(k.bits === 8 ? 'i32.extend8_s' : 'i32.extend16_s', x);
  return bin('i32.and', x, i32(k.bits === 8 ? 0xff : 0xffff));
}

/** An integer of kind k as an i64, by value. */
export function toI64(k: NumKind, x: Expr): Expr {
  if (k.scalar === 'i64') return x;
  if (x.kind === 'const') {
    const v = Number(x.value);
    return { kind: 'const', type: 'i64', value: BigInt(k.signed ? v | 0 : v >>> 0) };
  }
  return un(k.signed ? 'i64.extend_i32_s' : 'i64.extend_i32_u', x);
}

/** The low 32 bits of an i64. */
export function toI32(x: Expr): Expr {
  if (x.kind === 'const') return i32(Number(BigInt.asIntN(32, BigInt(x.value))));
  if (x.kind === 'un' && (x.op === 'i64.extend_i32_s' || x.op === 'i64.extend_i32_u')) return x.x;
  return un('i32.wrap_i64', x);
}

export const op = (s: Scalar, name: string): BinOp => `${s}.${name}` as BinOp;
