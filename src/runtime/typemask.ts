// Which words of a type's values hold pointers.
//
// Types made by package reflect may come without a mask, if it would be large: it is built when the first value is allocated, and kept for good.
// Source: package internal/abi.

import { fatal } from "./dying";
import { allocBlock } from "./mheap";

// abi.Type: what is read of it.
@inline export function typeSize(t: usize): u32 { return load<u32>(t); }
@inline export function typePtrBytes(t: usize): u32 { return load<u32>(t, 8); }
@inline function kind(t: usize): u8 { return load<u8>(t, 23); }
@inline function onDemand(t: usize): bool { return (load<u8>(t, 20) & (1 << 4)) != 0; }
const kindArray: u8 = 17;
const kindStruct: u8 = 25;

/** The mask, a bit a word up to the last pointer. */
@inline export function typeMask(t: usize): usize {
  const data = load<u32>(t, 32) as usize;
  return onDemand(t) ? demanded(t, data) : data;
}

/** place holds the mask's address once it is made; two Ms may both make it. */
function demanded(t: usize, place: usize): usize {
  const made = atomic.load<u32>(place) as usize;
  if (made != 0) return made;
  const bytes: usize = ((((typePtrBytes(t) as usize) >> 6) + 7) & ~7) + 8;
  const mask = allocBlock(bytes);
  if (mask == 0) {
    fatal("fatal error: runtime: out of memory\n");
    return 0;
  }
  memory.fill(mask, 0, bytes);
  addBits(t, mask, 0);
  atomic.store<u32>(place, mask as u32);
  return mask;
}

/** Sets the bits of a value of type t whose first word is number at. */
function addBits(t: usize, mask: usize, at: u32): void {
  const words = typePtrBytes(t) >> 3;
  if (words == 0) return;
  if (!onDemand(t)) {
    const from = load<u32>(t, 32) as usize;
    for (let i: u32 = 0; i < words; i++) {
      if (((load<u8>(from + (i >> 3)) >> ((i & 7) as u8)) & 1) == 0) continue;
      const q = mask + ((at + i) >> 3);
      store<u8>(q, load<u8>(q) | (1 << (((at + i) & 7) as u8)));
    }
  } else if (kind(t) == kindArray) {
    const elem = load<u32>(t, 48) as usize;
    const step = typeSize(elem) >> 3;
    const n = load<u32>(t, 64);
    for (let i: u32 = 0; i < n; i++) addBits(elem, mask, at + i * step);
  } else if (kind(t) == kindStruct) {
    const n = load<u32>(t, 64);
    let field = load<u32>(t, 56) as usize;
    for (let i: u32 = 0; i < n; i++, field += 24) addBits(load<u32>(field, 8) as usize, mask, at + (load<u32>(field, 16) >> 3));
  }
}
