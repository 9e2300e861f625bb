// What maps are made of, as package internal/runtime/maps has it: for descriptors, and for maps that live in the frame.

import { ArrayT, Kind, type MapT, Pointer, Struct, type Type, Var } from '../../types/types.ts';
import { Typ } from '../../types/universe.ts';
import { layoutOf } from './layout.ts';

export const maxMapKeyBytes = 128;
export const maxMapElemBytes = 128;
/** Entries of a map that is one group, and has no tables. */
export const groupSlots = 8;

/** The type of a group of slots of a map: struct { ctrl uint64; slots [8]struct { key K; elem E } }. */
export function mapGroup(m: MapT): Struct {
  const field = (name: string, t: Type): Var => new Var(0, null, name, t, 'field');
  const key = layoutOf(m.key).size > maxMapKeyBytes ? new Pointer(m.key) : m.key;
  const elem = layoutOf(m.elem).size > maxMapElemBytes ? new Pointer(m.elem) : m.elem;
  const slot = new Struct([field('key', key), field('elem', elem)]);
  return new Struct([field('ctrl', Typ[Kind.Uint64]!), field('slots', new ArrayT(slot, groupSlots))]);
}

/** Type Map: its size, and offsets of fields. */
export const mapHeader = { size: 48, seed: 8, dirPtr: 16 } as const;
/** The control word of a group without entries. */
export const emptyGroup = -0x7f7f7f7f7f7f7f80n;

export function mapBytes(m: MapT): number {
  return mapHeader.size + layoutOf(mapGroup(m)).size;
}
