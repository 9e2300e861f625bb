// Constants as scalars.
//
// Assumes: the checker found the value representable in the type. Guarantees: narrow integers come sign- or zero-extended.

import type { Value } from '../../types/constant.ts';
import * as constant from '../../types/constant.ts';
import { Is, Kind, type Type } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { type Expr, f32, f64, i32, i64, nil } from '../ir.ts';
import type { ProgramContext } from './context.ts';
import { numKind } from './numeric.ts';

export function constExpr(ctx: ProgramContext, t: Type, v: Value): Expr[] {
  const u = under(t);
  if (u.tag !== 'Basic') throw new Error(`constant of a ${u.tag}`);
  if (u.info & Is.Boolean) return [i32(constant.boolVal(v) ? 1 : 0)];
  if (u.info & Is.String) return stringConst(ctx, constant.stringVal(v));
  if (u.kind === Kind.UnsafePointer) return [nil];
  const k = numKind(u)!;
  switch (k.class) {
    case 'int': {
      const n = intValue(v, k.signed);
      return [k.scalar === 'i64' ? i64(n) : i32(Number(BigInt.asIntN(32, n)))];
    }
    case 'float':
      return [floatConst(k.bits, constant.toFloat(v))];
    case 'complex': {
      const c = constant.toComplex(v);
      return [
        floatConst(k.bits, constant.toFloat(constant.realPart(c))),
        floatConst(k.bits, constant.toFloat(constant.imagPart(c))),
      ];
    }
  }
}

function floatConst(bits: number, v: Value): Expr {
  return bits === 32 ? f32(constant.float32Val(v)) : f64(constant.float64Val(v));
}

/** The value of an integer constant. */
export function intValue(v: Value, signed: boolean): bigint {
  const i = constant.toInt(v);
  return signed ? constant.int64Val(i).value : constant.uint64Val(i).value;
}

export function stringConst(ctx: ProgramContext, s: string): Expr[] {
  if (s.length === 0) return [nil, i64(0)];
  return [{ kind: 'addr', sym: ctx.stringData(s), off: 0 }, i64(s.length)];
}
