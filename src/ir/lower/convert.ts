// Conversions between types, explicit and implicit, but for those with interfaces (interface.ts).
//
// Guarantees: conversions that only change the type cost nothing. Floats out of the range of an integer saturate; those
// out of the range of an int8 to uint16 saturate to 32 bits and are cut, as gc does.
// Source: Go specification, "Conversions".

import type { Expr as Ast } from '../../syntax/nodes.ts';
import { Kind, type Type } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { bin, type Expr, get, i64, type UnOp, un } from '../ir.ts';
import { heapAddr } from './builder.ts';
import { smallString } from './escape/analyse.ts';
import { convertInterface, toInterface } from './interface.ts';
import { inMemory, layoutOf } from './layout.ts';
import { isString, type NumKind, numKind, toI32, toI64, wrap } from './numeric.ts';
import type { FuncState } from './state.ts';
import { buffer } from './storage.ts';

/** value, of type `from`, as the value of type `to` it is assigned to. e: the expression that has the value, if there is one. */
export function assignConv(f: FuncState, value: readonly Expr[], from: Type, to: Type, e: Ast | null = null): Expr[] {
  if (from === to) return [...value];
  const t = under(to);
  const s = under(from);
  if (t.tag === 'Interface') {
    if (s.tag === 'Interface') return convertInterface(f, value, from, to);
    if (s.tag === 'Basic' && s.kind === Kind.UntypedNil) return f.b.zero(to);
    return toInterface(f, value, from, to, e);
  }
  if (s.tag === 'Basic' && s.kind === Kind.UntypedNil) return f.b.zero(to);
  return [...value];
}

/** to(value). e: the expression that stands for memory this makes. */
export function convert(f: FuncState, value: readonly Expr[], from: Type, to: Type, e: Ast | null = null): Expr[] {
  const s = under(from);
  const t = under(to);
  if (t.tag === 'Interface' || (s.tag === 'Basic' && s.kind === Kind.UntypedNil)) return assignConv(f, value, from, to);
  const b = f.b;
  const ks = numKind(s);
  const kt = numKind(t);
  if (ks && kt) return convertNumber(ks, kt, value);
  if (isString(t)) {
    if (ks) return b.runtime('intstring', [buffer(f, e, smallString), toI64(ks, value[0]!)]);
    if (s.tag === 'Slice') {
      const elem = under(s.elem);
      if (elem.tag === 'Basic' && elem.kind === Kind.Uint8)
        return b.runtime('slicebytetostring', [buffer(f, e, smallString), value[0]!, value[1]!]);
      return b.runtime('slicerunetostring', [buffer(f, e, smallString), ...value]);
    }
    return [...value];
  }
  if (isString(s) && t.tag === 'Slice') {
    const elem = under(t.elem);
    const bytes = elem.tag === 'Basic' && elem.kind === Kind.Uint8;
    return bytes
      ? b.runtime('stringtoslicebyte', [buffer(f, e, smallString), ...value])
      : b.runtime('stringtoslicerune', [buffer(f, e, 4 * smallString), ...value]);
  }
  if (s.tag === 'Slice' && t.tag === 'Pointer') {
    const a = under(t.elem);
    if (a.tag === 'Array') return [sliceToArray(f, value, a.len)];
  }
  if (s.tag === 'Slice' && t.tag === 'Array') {
    const p = b.hold(sliceToArray(f, value, t.len), 'ptr');
    if (t.len === 0) return b.zero(to);
    if (inMemory(to)) {
      const copy = b.tempSlot(to);
      b.copy(to, copy, p);
      return [copy.base];
    }
    return b.holdAll(b.load(to, heapAddr(p)));
  }
  if (t.tag === 'Basic' && t.kind === Kind.UnsafePointer && ks) return [toPointer(f, value[0]!)];
  if (kt && layoutOf(s).scalars[0] === 'ptr') return [un('i64.extend_i32_u', value[0]!)];
  return [...value];
}

/** A uintptr as a pointer. */
export function toPointer(f: FuncState, x: Expr): Expr {
  if (x.kind === 'un' && x.op === 'i64.extend_i32_u') return f.b.hold(x.x, 'ptr');
  const p = f.b.temp('ptr');
  f.b.set(p, toI32(x));
  return get(p);
}

/** Checks that a slice has at least n elements; gives its pointer. */
function sliceToArray(f: FuncState, s: readonly Expr[], n: number): Expr {
  if (n === 0) return s[0]!;
  const len = f.b.hold(s[1]!);
  f.b.check('slice', bin('i64.lt_s', len, i64(n)), 'goPanicSliceConvert', [i64(n), len]);
  return s[0]!;
}

export function convertNumber(s: NumKind, t: NumKind, value: readonly Expr[]): Expr[] {
  if (s.class === 'complex')
    return s.bits === t.bits
      ? [...value]
      : value.map((p) => un(t.bits === 64 ? 'f64.promote_f32' : 'f32.demote_f64', p));
  const x = value[0]!;
  if (s.class === 'int') return [t.class === 'int' ? convertInt(s, t, x) : intToFloat(s, t, x)];
  if (t.class === 'float') return [s.bits === t.bits ? x : un(t.bits === 64 ? 'f64.promote_f32' : 'f32.demote_f64', x)];
  // narrow integers are cut from an int32
  const op: UnOp = `${t.scalar as 'i32' | 'i64'}.trunc_sat_${s.scalar as 'f32' | 'f64'}_${t.bits >= 32 && !t.signed ? 'u' : 's'}`;
  return [wrap(t, un(op, x))];
}

export function convertInt(s: NumKind, t: NumKind, x: Expr): Expr {
  if (t.bits === 64) return toI64(s, x);
  if (s.bits === 64) return wrap(t, toI32(x));
  if (t.bits === 32) return x;
  const fits = s.signed === t.signed ? s.bits <= t.bits : !s.signed && s.bits < t.bits;
  return fits ? x : wrap(t, x);
}

function intToFloat(s: NumKind, t: NumKind, x: Expr): Expr {
  const op = `${t.scalar as 'f32' | 'f64'}.convert_${s.scalar as 'i32' | 'i64'}_${s.signed ? 's' : 'u'}` as UnOp;
  return un(op, x);
}
