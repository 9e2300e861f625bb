// Sizes, alignments and offsets: gc's layout for 64-bit machines.
//
// Assumes: types are complete and mention no type parameters. Guarantees: -1 means "too large"; sizes are exact as long as
// they are below 2^53.
// Source: Go specification, "Size and alignment guarantees"; cmd/compile's layout rules.

import { Kind, type Struct, type Type, type Var } from './types.ts';
import { asNamed, under } from './under.ts';

const word = 8;
const maxSize = 2 ** 50;

function basicSize(k: Kind): number {
  switch (k) {
    case Kind.Bool:
    case Kind.Int8:
    case Kind.Uint8:
    case Kind.UntypedBool:
      return 1;
    case Kind.Int16:
    case Kind.Uint16:
      return 2;
    case Kind.Int32:
    case Kind.Uint32:
    case Kind.Float32:
      return 4;
    case Kind.String:
    case Kind.Complex128:
      return 16;
    default:
      return word;
  }
}

/** Size in bytes; -1 if the type is too large. */
export function sizeof(t: Type): number {
  const u = under(t);
  switch (u.tag) {
    case 'Basic':
      return basicSize(u.kind);
    case 'Array': {
      if (u.len <= 0) return 0;
      const n = sizeof(u.elem);
      if (n < 0) return -1;
      const size = n * u.len;
      return size > maxSize ? -1 : size;
    }
    case 'Slice':
      return 3 * word;
    case 'Interface':
      return 2 * word;
    case 'Struct':
      return structLayout(u).size;
    default:
      return word;
  }
}

export function alignof(t: Type): number {
  const u = under(t);
  switch (u.tag) {
    case 'Array':
      return alignof(u.elem);
    case 'Struct':
      // an empty struct that asks for 64-bit alignment of what is around it
      if (u.fields.length === 0 && isAlign64(t)) return 8;
      return structLayout(u).align;
    case 'Basic':
      if (u.kind === Kind.String || u.kind === Kind.Complex128) return word;
      if (u.kind === Kind.Complex64) return 4;
      return basicSize(u.kind);
    default:
      return word;
  }
}

function isAlign64(t: Type): boolean {
  const n = asNamed(t);
  if (n?.obj.name !== 'align64' || !n.obj.pkg) return false;
  const { path } = n.obj.pkg;
  return path === 'sync/atomic' || path === 'internal/runtime/atomic';
}

interface Layout {
  readonly size: number;
  readonly align: number;
  readonly offsets: readonly number[];
}

const layouts = new WeakMap<Struct, Layout>();

function structLayout(s: Struct): Layout {
  const known = layouts.get(s);
  if (known) return known;
  const offsets: number[] = [];
  let align = 1;
  let offset = 0;
  let last = 0;
  for (const f of s.fields) {
    const a = alignof(f.type!);
    if (a > align) align = a;
    if (offset < 0) {
      offsets.push(-1);
      continue;
    }
    offset = roundUp(offset, a);
    offsets.push(offset);
    last = sizeof(f.type!);
    offset = last < 0 || offset + last > maxSize ? -1 : offset + last;
  }
  // a pointer to a field of no size at the end must not point past the struct
  if (offset > 0 && last === 0) offset++;
  const layout: Layout = { size: offset < 0 ? -1 : roundUp(offset, align), align, offsets };
  layouts.set(s, layout);
  return layout;
}

function roundUp(n: number, align: number): number {
  return Math.ceil(n / align) * align;
}

/** Offsets of the fields of a struct. */
export function offsetsof(s: Struct): readonly number[] {
  return structLayout(s).offsets;
}

/** Offset of the field that the path of field indices leads to, without going through pointers. */
export function offsetof(t: Type, index: readonly number[]): number {
  let offset = 0;
  for (const i of index) {
    const s = under(t);
    if (s.tag !== 'Struct') return -1;
    const o = structLayout(s).offsets[i]!;
    if (o < 0 || offset + o > maxSize) return -1;
    offset += o;
    const f: Var = s.fields[i]!;
    t = f.type!;
  }
  return offset;
}
