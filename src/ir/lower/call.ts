// Call expressions: conversions, builtins, calls.
//
// Source: Go specification, "Calls", "Conversions".

import type { CallExpr } from '../../syntax/nodes.ts';
import { stringVal } from '../../types/constant.ts';
import { Kind, Mode, type Type, type TypeAndValue } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { Typ } from '../../types/universe.ts';
import { type Expr, i32, i64 } from '../ir.ts';
import type { Addr } from './builder.ts';
import { builtin } from './builtins.ts';
import { prepare } from './callee.ts';
import { constExpr } from './constants.ts';
import { convert } from './convert.ts';
import { expr, exprAs, unparen } from './expr.ts';
import { layoutOf } from './layout.ts';
import { numKind } from './numeric.ts';
import type { FuncState } from './state.ts';
import { allocateArrayRaw } from './storage.ts';

/** The values of a call's results. */
export function call(f: FuncState, e: CallExpr): Expr[][] {
  const tv = e.fun.tv as TypeAndValue;
  if (tv.mode === Mode.TypExpr) return [conversion(f, e)];
  if (tv.mode === Mode.Builtin) return builtin(f, e);
  const p = prepare(f, e);
  f.b.pos = e.lparen;
  return p.invoke(
    f.b,
    p.operands.map((o) => o.value),
    null,
  );
}

/** Calls a function with one result in memory so that it writes it to dst, if that can be done. */
export function callInto(f: FuncState, e: CallExpr, dst: Addr): boolean {
  const tv = e.fun.tv as TypeAndValue;
  if (tv.mode === Mode.TypExpr || tv.mode === Mode.Builtin) return false;
  const p = prepare(f, e);
  f.b.pos = e.lparen;
  const values = p.operands.map((o) => o.value);
  const rs = p.invoke(f.b, values, p.noDst ? null : dst);
  if (p.noDst) f.b.store(p.results[0]!, dst, rs[0]!);
  return true;
}

function conversion(f: FuncState, e: CallExpr): Expr[] {
  const to = f.typeOf(e);
  const x = unparen(e.args[0]!);
  const tv = x.tv as TypeAndValue;
  if (tv.mode === Mode.Nil) return f.b.zero(to);
  if (under(to).tag === 'Interface') return exprAs(f, x, to);
  // a constant converted to a type parameter
  if (tv.value && numKind(to) && numKind(f.typeOf(x))) return constExpr(f.ctx, to, tv.value);
  const literal = tv.value?.kind === 'string' ? stringVal(tv.value) : '';
  if (literal !== '' && isBytes(to)) return bytesOf(f, e, literal);
  const value = expr(f, x);
  f.b.pos = e.lparen;
  return convert(f, value, f.typeOf(x), to, e);
}

/** []byte("…") has no spare capacity. */
function bytesOf(f: FuncState, e: CallExpr, s: string): Expr[] {
  const b = f.b;
  b.pos = e.lparen;
  const p = b.hold(allocateArrayRaw(f, e, Typ[Kind.Uint8]!, s.length), 'ptr');
  b.emit({ kind: 'copy', dst: p, src: { kind: 'addr', sym: f.ctx.stringData(s), off: 0 }, n: i32(s.length), wb: null });
  return [p, i64(s.length), i64(s.length)];
}

function isBytes(t: Type): boolean {
  const u = under(t);
  return u.tag === 'Slice' && layoutOf(u.elem).size === 1;
}
