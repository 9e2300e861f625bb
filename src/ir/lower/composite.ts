// Composite literals, and memory for the arrays behind slices.
//
// Guarantees: elements are evaluated in source order, each stored where it belongs; a literal of constants is copied from
// static data.
// Source: Go specification, "Composite literals".

import type { Expr as Ast, CompositeLit } from '../../syntax/nodes.ts';
import type { ArrayT, Slice, Struct, Type, TypeAndValue } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { type DataSym, type Expr, i32, i64 } from '../ir.ts';
import { type Addr, addrExpr, heapAddr, pointee, shifted } from './builder.ts';
import { constExpr, intValue } from './constants.ts';
import { exprAs, exprInto, unparen } from './expr.ts';
import { fieldOffset, fieldParts, hasPointers, layoutOf } from './layout.ts';
import { makeMap, mapAssign } from './map.ts';
import type { FuncState } from './state.ts';
import { allocateArray, allocateArrayRaw, allocateRaw } from './storage.ts';

/** The value of a composite literal. */
export function compositeValue(f: FuncState, e: CompositeLit): Expr[] {
  return literalValue(f, e, f.typeOf(e));
}

/** e as a literal of type t: its own, or what the pointer it stands for points to. */
function literalValue(f: FuncState, e: CompositeLit, t: Type): Expr[] {
  const u = under(t);
  const b = f.b;
  switch (u.tag) {
    case 'Pointer': {
      // an element of the form {…} that stands for &T{…}
      return [pointerTo(f, under(u.elem).tag === 'Slice' ? null : e, e, u.elem)];
    }
    case 'Slice':
      return sliceLiteral(f, e, u);
    case 'Map': {
      b.pos = e.lbrace;
      const m = makeMap(f, e, t, i64(e.elts.length));
      for (const x of e.elts) {
        if (x.kind !== 'KeyValueExpr') continue;
        const key = exprAs(f, x.key, u.key);
        const value = exprAs(f, x.value, u.elem);
        const held = layoutOf(u.elem).parts ? b.holdAll(value) : value;
        b.pos = x.pos;
        b.store(u.elem, heapAddr(mapAssign(b, t, m, key)), held);
      }
      return [m];
    }
    default: {
      const l = layoutOf(t);
      if (!l.parts) {
        const data = constantData(f, e, t);
        if (data) return [{ kind: 'addr', sym: data, off: 0 }];
        const slot = b.tempSlot(t);
        fill(f, e, t, slot, false);
        return [addrExpr(slot)];
      }
      const out = b.zero(t);
      eachElement(e, u as Struct | ArrayT, (x, i, elem) => {
        const value = exprAs(f, x, elem);
        const first = u.tag === 'Struct' ? fieldParts(u, i).first : 0;
        for (let j = 0; j < value.length; j++) out[first + j] = value[j]!;
      });
      return out;
    }
  }
}

/** New memory with the value of the literal e of type t; site: the expression that stands for the memory. */
export function pointerTo(f: FuncState, site: Ast | null, e: CompositeLit, t: Type): Expr {
  const b = f.b;
  const l = layoutOf(t);
  if (!l.parts) {
    b.pos = e.lbrace;
    const p = allocateRaw(f, site, t);
    fill(f, e, t, pointee(p), p.kind !== 'slot');
    return p;
  }
  // the values come first: then nothing is half made while they are computed
  const value = literalValue(f, e, t);
  b.pos = e.lbrace;
  const p = allocateRaw(f, site, t);
  const to = pointee(p);
  l.parts.forEach((part, i) => {
    const x = value[i]!;
    if (p.kind !== 'slot' && x.kind === 'const' && (x.value === 0n || Object.is(x.value, 0))) return;
    b.storeScalar(part.mem, to, part.off, x);
  });
  return p;
}

/** Stores a literal of struct or array type in memory that nothing in it can see. */
export function compositeInto(f: FuncState, e: CompositeLit, dst: Addr, zeroed: boolean): void {
  const t = f.typeOf(e);
  const u = under(t);
  if (u.tag === 'Struct' || u.tag === 'Array') fill(f, e, t, dst, zeroed);
  else f.b.store(t, dst, compositeValue(f, e));
}

function fill(f: FuncState, e: CompositeLit, t: Type, dst: Addr, zeroed: boolean): void {
  const b = f.b;
  const u = under(t);
  if (u.tag !== 'Struct' && u.tag !== 'Array') {
    // &T{…} of a slice or map type
    b.store(t, dst, literalValue(f, e, t));
    return;
  }
  const data = constantData(f, e, t);
  if (data) {
    b.copy(t, dst, { kind: 'addr', sym: data, off: 0 });
    return;
  }
  const n = u.tag === 'Struct' ? u.fields.length : u.len;
  if (!zeroed && e.elts.length < n) {
    b.clear(t, dst);
    zeroed = true;
  }
  const at = b.holdAddr(dst);
  eachElement(e, u, (x, i, elem) => {
    const off = u.tag === 'Struct' ? fieldOffset(u, i) : i * layoutOf(elem).size;
    const lit = unparen(x);
    const et = under(elem).tag;
    if (lit.kind === 'CompositeLit' && (et === 'Struct' || et === 'Array') && f.typeOf(lit) === elem)
      fill(f, lit, elem, shifted(at, off), zeroed);
    else exprInto(f, x, elem, shifted(at, off));
  });
}

/** Calls g with each element of a struct or array literal, its index and type. */
export function eachElement(
  e: CompositeLit,
  u: Struct | ArrayT | Slice,
  g: (x: Ast, i: number, elem: Type) => void,
): void {
  if (u.tag === 'Struct') {
    e.elts.forEach((x, i) => {
      if (x.kind === 'KeyValueExpr') {
        const name = (x.key as { name: string }).name;
        const j = u.fields.findIndex((v) => v.name === name);
        g(x.value, j, u.fields[j]!.type!);
      } else g(x, i, u.fields[i]!.type!);
    });
    return;
  }
  let i = 0;
  for (const x of e.elts) {
    if (x.kind === 'KeyValueExpr') {
      i = Number(intValue((x.key.tv as TypeAndValue).value!, true));
      g(x.value, i, u.elem);
    } else g(x, i, u.elem);
    i++;
  }
}

/** Number of elements an array or slice literal spans. */
export function literalLen(e: CompositeLit): number {
  let n = 0;
  let i = 0;
  for (const x of e.elts) {
    if (x.kind === 'KeyValueExpr') i = Number(intValue((x.key.tv as TypeAndValue).value!, true));
    i++;
    if (i > n) n = i;
  }
  return n;
}

function sliceLiteral(f: FuncState, e: CompositeLit, u: Slice): Expr[] {
  const b = f.b;
  const n = literalLen(e);
  b.pos = e.lbrace;
  const { size } = layoutOf(u.elem);
  const data = n * size > 16 ? constantArray(f, e, u, n) : null;
  const full = data !== null || e.elts.length === n;
  const p = b.hold(full ? allocateArrayRaw(f, e, u.elem, n) : allocateArray(f, e, u.elem, n), 'ptr');
  const zeroed = !full || p.kind !== 'slot';
  if (data) {
    const wb = hasPointers(u.elem) && p.kind !== 'slot' ? f.ctx.allocDesc(u.elem) : null;
    b.emit({ kind: 'copy', dst: p, src: { kind: 'addr', sym: data, off: 0 }, n: i32(n * size), wb });
  } else {
    eachElement(e, u, (x, i, elem) => {
      const lit = unparen(x);
      const et = under(elem).tag;
      if (lit.kind === 'CompositeLit' && (et === 'Struct' || et === 'Array'))
        fill(f, lit, elem, pointee(p, i * size), zeroed);
      else exprInto(f, x, elem, pointee(p, i * size));
    });
  }
  return [p, i64(n), i64(n)];
}

// Literals of constants.

/** Smaller literals are stored piece by piece. */
const minStatic = 32;

function constantData(f: FuncState, e: CompositeLit, t: Type): DataSym | null {
  const { size } = layoutOf(t);
  if (size < minStatic || e.elts.length === 0) return null;
  const u = under(t);
  if (u.tag === 'Array') return constantArray(f, e, u, u.len);
  return u.tag === 'Struct' && isConstant(f, e, t)
    ? build(f, size, (sym, bytes) => putLiteral(f, e, t, sym, bytes, 0))
    : null;
}

function constantArray(f: FuncState, e: CompositeLit, u: ArrayT | Slice, n: number): DataSym | null {
  // mostly zeroes: not worth the space
  if (!isConstant(f, e, u) || n > 4 * e.elts.length + 64) return null;
  const { size } = layoutOf(u.elem);
  return build(f, n * size, (sym, bytes) =>
    eachElement(e, u, (x, i, elem) => putElement(f, x, elem, sym, bytes, i * size)),
  );
}

function build(f: FuncState, size: number, put: (sym: DataSym, bytes: Uint8Array) => void): DataSym {
  const bytes = new Uint8Array(size);
  const sym = f.ctx.data(`${f.fn.name}..stmp_${literals++}`, size, 16, bytes);
  put(sym, bytes);
  return sym;
}

let literals = 0;

/** Are all elements of a literal of type t constants, or such literals themselves? */
function isConstant(f: FuncState, e: CompositeLit, t: Type): boolean {
  let all = true;
  eachElement(e, under(t) as Struct | ArrayT | Slice, (x, _, elem) => {
    const v = unparen(x);
    const { tag } = under(elem);
    if (v.kind === 'CompositeLit') all &&= (tag === 'Struct' || tag === 'Array') && isConstant(f, v, elem);
    else all &&= (v.tv as TypeAndValue).value !== null;
  });
  return all;
}

function putLiteral(f: FuncState, e: CompositeLit, t: Type, sym: DataSym, bytes: Uint8Array, off: number): void {
  const u = under(t) as Struct | ArrayT;
  eachElement(e, u, (x, i, elem) => {
    const o = u.tag === 'Struct' ? fieldOffset(u, i) : i * layoutOf(elem).size;
    putElement(f, x, elem, sym, bytes, off + o);
  });
}

function putElement(f: FuncState, e: Ast, t: Type, sym: DataSym, bytes: Uint8Array, off: number): void {
  const x = unparen(e);
  if (x.kind === 'CompositeLit') {
    putLiteral(f, x, t, sym, bytes, off);
    return;
  }
  const value = under(t).tag === 'Interface' ? exprAs(f, x, t) : constExpr(f.ctx, t, (x.tv as TypeAndValue).value!);
  putScalars(t, value, sym, bytes, off);
}

/** Writes constant scalars of a value of type t into static data. */
export function putScalars(t: Type, value: readonly Expr[], sym: DataSym, bytes: Uint8Array, off: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  layoutOf(t).parts!.forEach((p, i) => {
    const x = value[i]!;
    const at = off + p.off;
    if (x.kind === 'addr') {
      sym.relocs.push({ off: at, kind: 'addr', target: x.sym, add: x.off });
      return;
    }
    if (x.kind !== 'const') throw new Error('static data of a value that is no constant');
    const v = x.value;
    switch (p.mem) {
      case 'f64':
        view.setFloat64(at, Number(v), true);
        break;
      case 'f32':
        view.setFloat32(at, Number(v), true);
        break;
      case 'i64':
        view.setBigInt64(at, BigInt(v), true);
        break;
      case 'i16':
      case 'u16':
        view.setInt16(at, Number(v), true);
        break;
      case 'i8':
      case 'u8':
        view.setInt8(at, Number(v));
        break;
      default:
        view.setInt32(at, Number(v), true);
    }
  });
}
