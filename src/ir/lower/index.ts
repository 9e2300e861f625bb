// Index expressions, but for maps (map.ts).
//
// Guarantees: an index is checked against the length, as unsigned numbers, before the element's address is formed; the
// slice's pointer and length are read together, once.
// Source: Go specification, "Index expressions".

import type { Expr as Ast, IndexExpr } from '../../syntax/nodes.ts';
import { Mode, type TypeAndValue } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { bin, type Expr, i32, i64, un } from '../ir.ts';
import { type Access, access, read } from './access.ts';
import { type Addr, type Builder, heapAddr, shifted } from './builder.ts';
import { expr } from './expr.ts';
import { inMemory, layoutOf } from './layout.ts';
import { mapRead } from './map.ts';
import { isString, numKind, toI32, toI64 } from './numeric.ts';
import type { FuncState } from './state.ts';

export interface Index {
  /** i64, stable */
  readonly value: Expr;
  readonly signed: boolean;
}

/** An index or length operand as an i64. */
export function indexValue(f: FuncState, e: Ast): Index {
  const tv = e.tv as TypeAndValue;
  const k = numKind(f.typeOf(e));
  if (k?.class !== 'int') {
    // an untyped constant such as 1.0 that the checker left as it was
    return { value: f.b.hold(expr(f, e)[0]!), signed: true };
  }
  const value = toI64(k, expr(f, e)[0]!);
  return { value: tv.mode === Mode.Constant ? value : f.b.hold(value, 'i64'), signed: k.signed };
}

/** x[i] as a place or value; null if it is the instantiation of a generic function. */
export function indexAccess(f: FuncState, e: IndexExpr): Access | null {
  const xtv = e.x.tv as TypeAndValue | null;
  if (!xtv || xtv.mode === Mode.TypExpr) return null;
  const t = f.typeOf(e.x);
  const u = under(t);
  const b = f.b;
  switch (u.tag) {
    case 'Signature':
      return null;
    case 'Map':
      return mapRead(f, e);
    case 'Array': {
      const a = access(f, e.x);
      const i = indexValue(f, e.indices[0]!);
      b.pos = e.lbrack;
      checkIndex(b, i, i64(u.len));
      return element(f, a, u.elem, i.value);
    }
    case 'Pointer': {
      const arr = under(u.elem);
      if (arr.tag !== 'Array') throw new Error('index of a pointer');
      const p = b.hold(expr(f, e.x)[0]!, 'ptr');
      const i = indexValue(f, e.indices[0]!);
      b.pos = e.lbrack;
      b.nilCheck(p);
      checkIndex(b, i, i64(arr.len));
      return {
        kind: 'mem',
        type: arr.elem,
        addr: elementAddr(heapAddr(p), i.value, layoutOf(arr.elem).size),
        own: false,
      };
    }
    case 'Slice': {
      const s = expr(f, e.x);
      const p = b.hold(s[0]!, 'ptr');
      const n = b.hold(s[1]!);
      const i = indexValue(f, e.indices[0]!);
      b.pos = e.lbrack;
      checkIndex(b, i, n);
      return { kind: 'mem', type: u.elem, addr: elementAddr(heapAddr(p), i.value, layoutOf(u.elem).size), own: false };
    }
    default: {
      if (!isString(u)) throw new Error(`index of a ${u.tag} at ${f.where(e.pos)}`);
      const s = expr(f, e.x);
      const p = b.hold(s[0]!, 'ptr');
      const n = b.hold(s[1]!);
      const i = indexValue(f, e.indices[0]!);
      b.pos = e.lbrack;
      checkIndex(b, i, n);
      const a = elementAddr(heapAddr(p), i.value, 1);
      return { kind: 'value', type: f.typeOf(e), value: [b.loadScalar('u8', a)] };
    }
  }
}

function element(f: FuncState, a: Access, elem: import('../../types/types.ts').Type, i: Expr): Access {
  if (a.kind === 'mem')
    return { kind: 'mem', type: elem, addr: elementAddr(a.addr, i, layoutOf(elem).size), own: a.own };
  // an array without elements has no scalars
  if (layoutOf(a.type).size === 0) return { kind: 'value', type: elem, value: f.b.zero(elem) };
  if (a.kind === 'reg') return { kind: 'reg', type: elem, locals: a.locals };
  if (inMemory(elem)) return { kind: 'mem', type: elem, addr: heapAddr(read(f, a)[0]!), own: false };
  return { kind: 'value', type: elem, value: a.value };
}

/** Panics unless 0 <= i < n. */
export function checkIndex(b: Builder, i: Index, n: Expr): void {
  if (i.value.kind === 'const' && n.kind === 'const') {
    if (BigInt.asUintN(64, BigInt(i.value.value)) < BigInt(n.value)) return;
    b.check('bounds', i32(1), i.signed ? 'goPanicIndex' : 'goPanicIndexU', [i.value, n]);
    return;
  }
  const cond = i.value.kind === 'const' && Number(i.value.value) === 0 ? un('i64.eqz', n) : bin('i64.ge_u', i.value, n);
  b.check('bounds', cond, i.signed ? 'goPanicIndex' : 'goPanicIndexU', [i.value, n]);
}

/** Address of element i (an i64) of elements of that size from a on. */
export function elementAddr(a: Addr, i: Expr, size: number): Addr {
  if (size === 0) return a;
  if (i.kind === 'const') return shifted(a, Number(i.value) * size);
  return { base: bin('i32.add', a.base, scaled(i, size)), off: a.off, heap: a.heap };
}

/** i (an i64) times a size in bytes, as an i32. */
export function scaled(i: Expr, size: number): Expr {
  const x = toI32(i);
  if (size === 1) return x;
  if (x.kind === 'const') return i32(Math.imul(Number(x.value), size));
  return (size & (size - 1)) === 0 ? bin('i32.shl', x, i32(31 - Math.clz32(size))) : bin('i32.mul', x, i32(size));
}
