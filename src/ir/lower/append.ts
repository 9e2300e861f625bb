// append and copy.
//
// Guarantees: the slice's three words are read once, before the elements are evaluated; growth goes by the runtime's growslice.
// Source: Go specification, "Appending to and copying slices".

import type { Expr as Ast, CallExpr } from '../../syntax/nodes.ts';
import { Mode, type Slice, type Type, type TypeAndValue } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { bin, type Expr, get, i32, i64, un } from '../ir.ts';
import { type Builder, hasLoad, heapAddr } from './builder.ts';
import { builtinOf } from './builtins.ts';
import { tupleArgs } from './callee.ts';
import { assignConv } from './convert.ts';
import { brieflyUsed, exprAs, exprCopy, unparen } from './expr.ts';
import { elementAddr, indexValue, scaled } from './index.ts';
import { hasPointers, inMemory, layoutOf } from './layout.ts';
import { mapAssign } from './map.ts';
import type { FuncState } from './state.ts';

export function appendCall(f: FuncState, e: CallExpr): Expr[] {
  const b = f.b;
  const t = f.typeOf(e);
  const { elem } = under(t) as Slice;
  const tuple = tupleArgs(f, e);
  if (tuple) {
    b.pos = e.lparen;
    return appendValues(
      b,
      elem,
      tuple[0]!.value,
      tuple.slice(1).map((o) => assignConv(f, o.value, o.type, elem)),
    );
  }
  const s = exprAs(f, e.args[0]!, t);
  return appended(f, e, elem)(s);
}

/** m[k] = append(m[k], …) with one look at the map. e is the append, whose first argument is not evaluated. */
export function appendToElement(f: FuncState, e: CallExpr, m: Expr, mapType: Type, key: readonly Expr[]): void {
  const b = f.b;
  const t = f.typeOf(e);
  const finish = appended(f, e, (under(t) as Slice).elem);
  const place = heapAddr(b.hold(mapAssign(b, mapType, m, key), 'ptr'));
  b.store(t, place, finish(b.load(t, place)));
}

/** Evaluates what is appended; the answer does the rest for a slice. */
function appended(f: FuncState, e: CallExpr, elem: Type): (s: readonly Expr[]) => Expr[] {
  const b = f.b;
  const last = unparen(e.args[e.args.length - 1]!);
  if (e.ellipsis && isMake(last)) {
    const n = indexValue(f, last.args[1]!).value;
    return (s) => {
      b.pos = last.lparen;
      b.check('other', bin('i64.lt_s', n, i64(0)), 'panicmakeslicelen');
      b.pos = e.lparen;
      return extend(b, elem, s, n);
    };
  }
  if (e.ellipsis) {
    const more = b.holdAll(brieflyUsed(f, e.args[1]!));
    return (s) => {
      b.pos = e.lparen;
      return appendSlice(b, elem, s, more);
    };
  }
  const values = e.args.slice(1).map((x) => (inMemory(elem) ? exprCopy(f, x, elem) : exprAs(f, x, elem)));
  return (s) => {
    b.pos = e.lparen;
    return appendValues(b, elem, s, values);
  };
}

/** make([]T, n), of a slice whose memory nobody else will see */
function isMake(e: Ast): e is CallExpr {
  if (e.kind !== 'CallExpr' || (e.fun.tv as TypeAndValue).mode !== Mode.Builtin || e.args.length !== 2) return false;
  return builtinOf(e).id === 'make';
}

/** s with n zero elements behind it */
function extend(b: Builder, elem: Type, s: readonly Expr[], n: Expr): Expr[] {
  const { ptr, len, newLen, cap } = grow(b, elem, s, n);
  const { size } = layoutOf(elem);
  if (size > 0) {
    const dst = elementPtr(b, ptr, len, size);
    const bytes = scaled(n, size);
    if (hasPointers(elem)) b.runtime('memclrHasPointers', [dst, un('i64.extend_i32_u', bytes)]);
    else b.emit({ kind: 'fill', dst, byte: i32(0), n: bytes });
  }
  return [ptr, newLen, cap];
}

function appendValues(b: Builder, elem: Type, s: readonly Expr[], values: readonly (readonly Expr[])[]): Expr[] {
  if (values.length === 0) return [...s];
  // a value may be read from where another is stored
  values = values.map((v, i) => (i > 0 && !inMemory(elem) ? v.map((x) => (hasLoad(x) ? b.freeze(x) : x)) : v));
  const { ptr, len, newLen, cap } = grow(b, elem, s, i64(values.length));
  const { size } = layoutOf(elem);
  const first = b.holdAddr(elementAddr(heapAddr(ptr), len, size));
  values.forEach((v, i) => {
    b.store(elem, { ...first, off: first.off + i * size }, v);
  });
  return [ptr, newLen, cap];
}

function appendSlice(b: Builder, elem: Type, s: readonly Expr[], more: readonly Expr[]): Expr[] {
  const from = b.hold(more[0]!, 'ptr');
  const n = b.hold(more[1]!);
  const { ptr, len, newLen, cap } = grow(b, elem, s, n);
  copyElements(b, elem, elementPtr(b, ptr, len, layoutOf(elem).size), from, n);
  return [ptr, newLen, cap];
}

/** Room for n more elements behind s. */
function grow(b: Builder, elem: Type, s: readonly Expr[], n: Expr): { ptr: Expr; len: Expr; newLen: Expr; cap: Expr } {
  const ptr = b.temp('ptr');
  const cap = b.temp('i64');
  b.set(ptr, s[0]!);
  const len = b.hold(s[1]!);
  b.set(cap, s[2]!);
  const newLen = b.hold(bin('i64.add', len, n));
  b.when(bin('i64.gt_u', newLen, get(cap)), () => {
    const r = b.runtime('growslice', [
      get(ptr),
      newLen,
      get(cap),
      n,
      { kind: 'addr', sym: b.ctx.allocDesc(elem), off: 0 },
    ]);
    b.set(ptr, r[0]!);
    b.set(cap, r[2]!);
  });
  return { ptr: get(ptr), len, newLen, cap: get(cap) };
}

function elementPtr(b: Builder, p: Expr, i: Expr, size: number): Expr {
  return b.hold(bin('i32.add', p, scaled(i, size)), 'ptr');
}

function copyElements(b: Builder, elem: Type, dst: Expr, src: Expr, n: Expr): void {
  const { size } = layoutOf(elem);
  if (size === 0) return;
  const wb = hasPointers(elem) ? b.ctx.allocDesc(elem) : null;
  b.emit({ kind: 'copy', dst, src, n: scaled(n, size), wb });
}

/** copy(dst, src): the number of elements copied. */
export function copyValues(b: Builder, elem: Type, dst: readonly Expr[], src: readonly Expr[]): Expr {
  const [p, q] = [b.hold(dst[0]!, 'ptr'), b.hold(src[0]!, 'ptr')];
  const n = b.hold(dst[1]!);
  const m = b.hold(src[1]!);
  const least = b.hold({ kind: 'select', cond: bin('i64.lt_s', n, m), x: n, y: m });
  copyElements(b, elem, p, q, least);
  return least;
}
