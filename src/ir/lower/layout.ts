// How a Go type is split into locals and where its pieces lie in memory (docs/ABI.md, "Values").
//
// Assumes: types are instantiated and complete. Guarantees: a type has `parts` exactly if its values travel in locals;
// any other value travels as one ptr to memory. Layouts are cached by type object.
// Source: docs/ABI.md; sizes and offsets are gc's for 64-bit targets (types/sizes.ts).

import { alignof, offsetsof, sizeof } from '../../types/sizes.ts';
import { Kind, type Signature, type Type } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import type { MemType, Scalar, Sig } from '../ir.ts';

/** One scalar of a split value. */
export interface Part {
  readonly type: Scalar;
  readonly mem: MemType;
  readonly off: number;
}

export interface Layout {
  readonly size: number;
  readonly align: number;
  /** null: the value lives in memory and is passed by address */
  readonly parts: readonly Part[] | null;
  /** the types of `parts`, or one ptr */
  readonly scalars: readonly Scalar[];
}

const maxParts = 8;

const part = (type: Scalar, mem: MemType, off = 0): Part => ({ type, mem, off });

const basicParts: { readonly [k: number]: readonly Part[] } = {
  [Kind.Bool]: [part('i32', 'u8')],
  [Kind.Int]: [part('i64', 'i64')],
  [Kind.Int8]: [part('i32', 'i8')],
  [Kind.Int16]: [part('i32', 'i16')],
  [Kind.Int32]: [part('i32', 'i32')],
  [Kind.Int64]: [part('i64', 'i64')],
  [Kind.Uint]: [part('i64', 'i64')],
  [Kind.Uint8]: [part('i32', 'u8')],
  [Kind.Uint16]: [part('i32', 'u16')],
  [Kind.Uint32]: [part('i32', 'i32')],
  [Kind.Uint64]: [part('i64', 'i64')],
  [Kind.Uintptr]: [part('i64', 'i64')],
  [Kind.Float32]: [part('f32', 'f32')],
  [Kind.Float64]: [part('f64', 'f64')],
  [Kind.Complex64]: [part('f32', 'f32'), part('f32', 'f32', 4)],
  [Kind.Complex128]: [part('f64', 'f64'), part('f64', 'f64', 8)],
  [Kind.String]: [part('ptr', 'ptr'), part('i64', 'i64', 8)],
  [Kind.UnsafePointer]: [part('ptr', 'ptr')],
  [Kind.UntypedBool]: [part('i32', 'u8')],
  [Kind.UntypedInt]: [part('i64', 'i64')],
  [Kind.UntypedRune]: [part('i32', 'i32')],
  [Kind.UntypedFloat]: [part('f64', 'f64')],
  [Kind.UntypedComplex]: [part('f64', 'f64'), part('f64', 'f64', 8)],
  [Kind.UntypedString]: [part('ptr', 'ptr'), part('i64', 'i64', 8)],
  [Kind.UntypedNil]: [part('ptr', 'ptr')],
};

const pointerParts: readonly Part[] = [part('ptr', 'ptr')];
const sliceParts: readonly Part[] = [part('ptr', 'ptr'), part('i64', 'i64', 8), part('i64', 'i64', 16)];
const interfaceParts: readonly Part[] = [part('ptr', 'ptr'), part('ptr', 'ptr', 8)];

const layouts = new WeakMap<Type, Layout>();

export function layoutOf(t: Type): Layout {
  let l = layouts.get(t);
  if (!l) {
    const parts = partsOf(t);
    const scalars: readonly Scalar[] = parts ? parts.map((p) => p.type) : ['ptr'];
    l = { size: sizeof(t), align: alignof(t), parts, scalars };
    layouts.set(t, l);
  }
  return l;
}

function partsOf(t: Type): readonly Part[] | null {
  const u = under(t);
  switch (u.tag) {
    case 'Basic': {
      const parts = basicParts[u.kind];
      if (!parts) throw new Error(`no layout for type ${u.name}`);
      return parts;
    }
    case 'Pointer':
    case 'Map':
    case 'Chan':
    case 'Signature':
      return pointerParts;
    case 'Slice':
      return sliceParts;
    case 'Interface':
      return interfaceParts;
    case 'Array':
      if (u.len === 0 || sizeof(u) === 0) return [];
      return u.len === 1 ? layoutOf(u.elem).parts : null;
    case 'Struct': {
      const offsets = offsetsof(u);
      const parts: Part[] = [];
      for (let i = 0; i < u.fields.length; i++) {
        const inner = layoutOf(u.fields[i]!.type!).parts;
        if (!inner || parts.length + inner.length > maxParts) return null;
        const off = offsets[i]!;
        for (const p of inner) parts.push(off === 0 ? p : { type: p.type, mem: p.mem, off: p.off + off });
      }
      return parts;
    }
    default:
      throw new Error(`no layout for a ${u.tag}`);
  }
}

/** The scalars a value of type t is in: its parts, or one ptr to memory. */
export function flatten(t: Type): readonly Scalar[] {
  return layoutOf(t).scalars;
}

/** Values of type t are handled by address. */
export function inMemory(t: Type): boolean {
  return layoutOf(t).parts === null;
}

export function sizeOf(t: Type): number {
  return layoutOf(t).size;
}

/** Byte offset of a field in a struct type. */
export function fieldOffset(struct: Type, index: number): number {
  const u = under(struct);
  if (u.tag !== 'Struct') throw new Error('fieldOffset of no struct');
  return offsetsof(u)[index]!;
}

/** Index of the first part of a field in the parts of its struct, and their number. */
export function fieldParts(struct: Type, index: number): { first: number; count: number } {
  const u = under(struct);
  if (u.tag !== 'Struct') throw new Error('fieldParts of no struct');
  let first = 0;
  for (let i = 0; i < index; i++) first += flatten(u.fields[i]!.type!).length;
  return { first, count: flatten(u.fields[index]!.type!).length };
}

const pointerWords = new WeakMap<Type, readonly number[]>();

/** Byte offsets of the pointer words in a value of type t in memory, ascending. */
export function pointerOffsets(t: Type): readonly number[] {
  let offs = pointerWords.get(t);
  if (!offs) {
    const out: number[] = [];
    addPointers(t, 0, out);
    offs = out;
    pointerWords.set(t, offs);
  }
  return offs;
}

function addPointers(t: Type, base: number, out: number[]): void {
  const u = under(t);
  switch (u.tag) {
    case 'Array': {
      if (u.len <= 0) return;
      const inner = pointerOffsets(u.elem);
      if (inner.length === 0) return;
      const size = sizeof(u.elem);
      for (let i = 0; i < u.len; i++) for (const o of inner) out.push(base + i * size + o);
      return;
    }
    case 'Struct': {
      const offsets = offsetsof(u);
      for (let i = 0; i < u.fields.length; i++) addPointers(u.fields[i]!.type!, base + offsets[i]!, out);
      return;
    }
    default:
      for (const p of layoutOf(t).parts!) if (p.type === 'ptr') out.push(base + p.off);
  }
}

const pointerEnds = new WeakMap<Type, number>();

/** Bytes of a value of type t up to the end of its last pointer word. */
export function pointerBytes(t: Type): number {
  let end = pointerEnds.get(t);
  if (end === undefined) {
    end = 0;
    const u = under(t);
    if (u.tag === 'Array') {
      const inner = u.len > 0 ? pointerBytes(u.elem) : 0;
      if (inner > 0) end = (u.len - 1) * sizeof(u.elem) + inner;
    } else if (u.tag === 'Struct') {
      const offsets = offsetsof(u);
      u.fields.forEach((f, i) => {
        const inner = pointerBytes(f.type!);
        if (inner > 0) end = offsets[i]! + inner;
      });
    } else for (const p of layoutOf(t).parts!) if (p.type === 'ptr') end = p.off + 8;
    pointerEnds.set(t, end);
  }
  return end;
}

const pointerful = new WeakMap<Type, boolean>();

/** Does a value of type t hold pointers the collector follows? */
export function hasPointers(t: Type): boolean {
  let known = pointerful.get(t);
  if (known === undefined) {
    const u = under(t);
    if (u.tag === 'Array') known = u.len > 0 && hasPointers(u.elem);
    else if (u.tag === 'Struct') known = u.fields.some((f) => hasPointers(f.type!));
    else known = layoutOf(t).scalars.includes('ptr');
    pointerful.set(t, known);
  }
  return known;
}

/** An interface holds a value of type t in its data word itself and not by address: the value is one pointer and no more. */
export function isDirectIface(t: Type): boolean {
  const l = layoutOf(t);
  return l.size === 8 && l.parts !== null && l.parts.length === 1 && l.parts[0]!.type === 'ptr';
}

/** What stands first among the parameters: nothing, the closure pointer, or an interface's data word. */
export type CallKind = 'plain' | 'context';

/** The wasm signature of a Go call (without fp and suspend flag): context pointer, result pointers, parameters. */
export function sigOf(kind: CallKind, params: readonly Type[], results: readonly Type[]): Sig {
  const ps: Scalar[] = kind === 'context' ? ['ptr'] : [];
  const rs: Scalar[] = [];
  for (const t of results) {
    const l = layoutOf(t);
    if (l.parts) rs.push(...l.scalars);
    else ps.push('ptr');
  }
  for (const t of params) ps.push(...flatten(t));
  return { params: ps, results: rs };
}

export const varTypes = (vars: readonly { type: Type | null }[]): Type[] => vars.map((v) => v.type!);

/** As sigOf, of a function type. A receiver in the signature comes first among the parameters. */
export function sigOfSignature(kind: CallKind, sig: Signature): Sig {
  const params = varTypes(sig.params);
  if (sig.recv) params.unshift(sig.recv.type!);
  return sigOf(kind, params, varTypes(sig.results));
}
