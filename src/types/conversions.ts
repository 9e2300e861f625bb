// Conversions T(x).
//
// Source: Go specification, "Conversions"; wording of gc 1.26.

import type { Checker } from './checker.ts';
import { roundTo } from './const.ts';
import type { Value } from './constant.ts';
import * as constant from './constant.ts';
import { assignable, type Cause, type Operand, prepend } from './operand.ts';
import {
  allString,
  defaultType,
  identical,
  identicalIgnoreTags,
  isComplex,
  isConstType,
  isInteger,
  isIntegerOrFloat,
  isNonTypeParamInterface,
  isString,
  isTypeParam,
  isUntyped,
} from './predicates.ts';
import { Kind, Mode, type Type } from './types.ts';
import { termsOf } from './typeset.ts';
import { unalias, under, underIs } from './under.ts';
import { Typ } from './universe.ts';
import { updateExprType } from './untyped.ts';

/** x becomes T(x). */
export function conversion(c: Checker, x: Operand, T: Type): void {
  const constArg = x.mode === Mode.Constant;
  let ok = false;
  const cause: Cause = { msg: '' };
  if (constArg && isConstType(T)) {
    const v = constConversion(x, T);
    if (v) {
      x.val = v;
      ok = true;
    } else {
      // messages show an integral value as an integer where one was wanted
      const i = isInteger(T) ? constant.toInt(x.val!) : x.val!;
      if (i.kind === 'int') x.val = i;
    }
    if (!ok && isInteger(x.typ) && isInteger(T)) {
      c.error(x, `constant ${constant.valueString(x.val!)} overflows ${c.str(T)}`);
      x.invalidate();
      return;
    }
  } else if (constArg && isTypeParam(T)) {
    ok = underIs(T, (u) => {
      if (!u) {
        cause.msg = `${c.str(T)} does not contain specific types`;
        return false;
      }
      if ((isString(x.typ) && isBytesOrRunes(u)) || constConversion(x, u)) return true;
      if (isInteger(x.typ) && isInteger(u)) {
        cause.msg = `constant ${constant.valueString(x.val!)} overflows ${c.str(u)} (in ${c.str(T)})`;
      } else cause.msg = `cannot convert ${c.opstr(x)} to type ${c.str(u)} (in ${c.str(T)})`;
      return false;
    });
    x.mode = Mode.Value;
  } else if (convertible(c, x, T, cause)) {
    ok = true;
    x.mode = Mode.Value;
  }
  if (!ok) {
    const why = cause.msg ? `: ${cause.msg}` : '';
    c.error(x, `cannot convert ${c.opstr(x)} to type ${c.str(T)}${why}`);
    x.invalidate();
    return;
  }
  if (isUntyped(x.typ)) {
    // the conversion settles the operand's type, except that some types cannot be a constant's
    let final = T;
    if (x.typ !== Typ[Kind.UntypedNil]) {
      if (isNonTypeParamInterface(T) || (constArg && !isConstType(T))) final = defaultType(x.typ);
      else if (x.mode === Mode.Constant && isInteger(x.typ) && allString(T)) final = x.typ;
    }
    updateExprType(c, x.expr!, final, true);
  }
  x.typ = T;
}

function constConversion(x: Operand, T: Type): Value | null {
  const t = under(T);
  if (t.tag !== 'Basic') return null;
  const v = roundTo(x.val!, t);
  if (v) return v;
  if (!isInteger(x.typ) || !isString(t)) return null;
  const n = constant.uint64Val(x.val!);
  const isRune = n.exact && n.value <= 0x10ffffn && !(n.value >= 0xd800n && n.value < 0xe000n);
  return constant.makeString(utf8(isRune ? Number(n.value) : 0xfffd));
}

/** The UTF-8 bytes of a code point, one character each. */
function utf8(r: number): string {
  let s = '';
  for (const b of new TextEncoder().encode(String.fromCodePoint(r))) s += String.fromCharCode(b);
  return s;
}

/** Whether T(x) is valid for an x that is not constant. */
export function convertible(c: Checker, x: Operand, T: Type, cause: Cause | null): boolean {
  if (assignable(c, x, T, cause)) return true;
  const origT = T;
  const V = unalias(x.typ);
  T = unalias(T);
  const Vu = under(V);
  const Tu = under(T);
  const Vp = V.tag === 'TypeParam' ? V : null;
  const Tp = T.tag === 'TypeParam' ? T : null;

  if (!Vp && !Tp && identicalIgnoreTags(Vu, Tu)) return true;
  if (V.tag === 'Pointer' && T.tag === 'Pointer') {
    if (!isTypeParam(V.elem) && !isTypeParam(T.elem) && identicalIgnoreTags(under(V.elem), under(T.elem))) return true;
  }
  if (isIntegerOrFloat(Vu) && isIntegerOrFloat(Tu)) return true;
  if (isComplex(Vu) && isComplex(Tu)) return true;
  if ((isInteger(Vu) || isBytesOrRunes(Vu)) && isString(Tu)) return true;
  if (isString(Vu) && isBytesOrRunes(Tu)) return true;
  if ((Vu.tag === 'Pointer' || isKind(Vu, Kind.Uintptr)) && isKind(Tu, Kind.UnsafePointer)) return true;
  if (isKind(Vu, Kind.UnsafePointer) && (Tu.tag === 'Pointer' || isKind(Tu, Kind.Uintptr))) return true;

  if (Vu.tag === 'Slice') {
    if (Tu.tag === 'Array' && identical(Vu.elem, Tu.elem)) {
      if (c.allowVersion(20)) return true;
      if (cause) cause.msg = 'conversion of slice to array requires go1.20 or later';
      return false;
    }
    if (Tu.tag === 'Pointer') {
      const a = under(Tu.elem);
      if (a.tag === 'Array' && identical(Vu.elem, a.elem)) {
        if (c.allowVersion(17)) return true;
        if (cause) cause.msg = 'conversion of slice to array pointer requires go1.17 or later';
        return false;
      }
    }
  }
  if (!Vp && !Tp) return false;

  if (Vp) {
    const y = x.clone();
    return termsOf(Vp, (v) => {
      if (!v) return false;
      y.typ = v.type;
      if (!Tp) {
        if (convertible(c, y, T, cause)) return true;
        prepend(cause, () => `cannot convert ${c.str(v.type)} (in ${c.str(Vp)}) to type ${c.str(origT)}`);
        return false;
      }
      return termsOf(Tp, (t) => {
        if (!t) return false;
        if (convertible(c, y, t.type, cause)) return true;
        const from = `${c.str(v.type)} (in ${c.str(Vp)})`;
        prepend(cause, () => `cannot convert ${from} to type ${c.str(t.type)} (in ${c.str(Tp)})`);
        return false;
      });
    });
  }
  return termsOf(Tp!, (t) => {
    if (!t) return false;
    if (convertible(c, x, t.type, cause)) return true;
    prepend(cause, () => `cannot convert ${c.str(x.typ)} to type ${c.str(t.type)} (in ${c.str(Tp!)})`);
    return false;
  });
}

function isKind(t: Type, k: Kind): boolean {
  return t.tag === 'Basic' && t.kind === k;
}

function isBytesOrRunes(t: Type): boolean {
  const u = under(t);
  if (u.tag !== 'Slice') return false;
  const e = under(u.elem);
  return e.tag === 'Basic' && (e.kind === Kind.Uint8 || e.kind === Kind.Int32);
}
