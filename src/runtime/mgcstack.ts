// Marking from a goroutine's stack: what its frames' live pointers lead to, in the heap and in the frames themselves.
//
// Assumes: as mgc.ts. The address of a stack object is in frames, in stack objects and in the g's own sudog, nowhere else.
// Guarantees: of a frame's stack objects those words are followed that its map names, and all words of those that a live pointer leads to. So what an
// object holds that no code can reach any more keeps nothing alive.
// Source: Go's runtime/mgcstack.go, with a table of frames in the place of its tree of objects.

import { fatal } from "./dying";
import {
  chanReasons, frameMap, frameObjects, G, Gwaiting, offElemsize, offSudogC, offSudogElem, parked, recvReasons,
} from "./layout";
import { grey } from "./mgc";
import { allocBlock, freeBlock } from "./mheap";

/** A growing array of pairs of u32: its address and the bytes that are used and there. */
@unmanaged
class Buffer {
  at: usize;
  used: usize;
  size: usize;
}
/** pointers into the stack yet to be followed: their values, and 0 */
const todo = changetype<Buffer>(memory.data(16, 8));
/** the frames with stack objects, innermost first: their addresses, and the number of their first object among all in the table */
const frames = changetype<Buffer>(memory.data(16, 8));
/** a bit for each of these objects: it has been followed */
const seen = changetype<Buffer>(memory.data(16, 8));

const firstSize: usize = 4096;
/** what a buffer keeps between two stacks */
const keptSize: usize = 64 << 10;

/** Bounds of the stack being marked. */
let lo: usize = 0;
let bytes: usize = 0;

function reserve(b: Buffer, n: usize): void {
  let size = b.size == 0 ? firstSize : b.size;
  while (size < n) size <<= 1;
  if (size == b.size) return;
  const p = allocBlock(size);
  if (p == 0) fatal("fatal error: runtime: out of memory\n");
  if (b.size != 0) {
    memory.copy(p, b.at, b.used);
    freeBlock(b.at, b.size);
  }
  b.at = p;
  b.size = size;
}

function put(b: Buffer, x: u32, y: u32): void {
  if (b.used + 8 > b.size) reserve(b, b.used + 8);
  store<u32>(b.at + b.used, x);
  store<u32>(b.at + b.used, y, 4);
  b.used += 8;
}

function empty(b: Buffer): void {
  b.used = 0;
  if (b.size <= keptSize) return;
  freeBlock(b.at, b.size);
  b.size = 0;
}

@inline function mark(v: usize): void {
  if (v - lo >= bytes) {
    if (v != 0) grey(v);
  } else if (todo.used == 0 || load<u32>(todo.at + todo.used - 8) != (v as u32)) put(todo, v as u32, 0);
}

/** What a goroutine that waits at a channel sends. Where it receives there is something from the time before, which nobody reads any more. */
function markWait(gp: G): void {
  const elem = load<u32>(changetype<usize>(gp), offSudogElem) as usize;
  const c = load<u32>(changetype<usize>(gp), offSudogC) as usize;
  if (elem - lo < bytes && ((recvReasons >> gp.waitreason) & 1) != 0 && gp.status == Gwaiting && gp.park == parked)
    memory.fill(elem, 0, load<u32>(c, offElemsize));
  mark(elem);
  mark(c);
}

export function markStack(gp: G): void {
  lo = gp.stacklo;
  bytes = (gp.stackhi - gp.stacklo) as usize;
  if ((chanReasons >> gp.waitreason) & 1) markWait(gp);
  let objects: u32 = 0;
  let fp = gp.fp as usize;
  while (true) {
    const id = load<u32>(fp);
    const map = frameMap(id);
    const n = load<u16>(map) as usize;
    for (let i: usize = 1; i <= n; i++) mark(load<u32>(fp + ((load<u16>(map + 2 * i) as usize) << 2)));
    const table = frameObjects(id);
    if (table != 0) {
      put(frames, fp as u32, objects);
      objects += load<u16>(table);
    }
    const back = load<u32>(fp, 4);
    if (back == 0) break;
    fp -= back;
  }
  if (todo.used != 0 && objects != 0) {
    const n = (((objects + 63) >> 6) as usize) << 3;
    reserve(seen, n);
    memory.fill(seen.at, 0, n);
    while (todo.used != 0) {
      todo.used -= 8;
      markObject(load<u32>(todo.at + todo.used));
    }
  }
  empty(todo);
  empty(frames);
  empty(seen);
}

/** Follows the pointers in the stack object that holds p, the first time. */
function markObject(p: usize): void {
  // The outermost of the frames that begin at p or before.
  let a: usize = 0;
  let z = frames.used >> 3;
  while (a < z) {
    const k = (a + z) >> 1;
    if ((load<u32>(frames.at + (k << 3)) as usize) > p) a = k + 1;
    else z = k;
  }
  const e = frames.at + (a << 3);
  if (e >= frames.at + frames.used) return;
  const fp = load<u32>(e) as usize;
  let i = load<u32>(e, 4);
  let o = frameObjects(load<u32>(fp)) as usize;
  const end = i + load<u16>(o);
  o += 2;
  const off = ((p - fp) >> 3) as u32;
  for (; i < end; i++) {
    const n = load<u16>(o, 4) as usize;
    const first = load<u16>(o) as u32;
    if (off - first < (load<u16>(o, 2) as u32)) {
      const q = seen.at + (i >> 3);
      const bit = (1 as u32) << (i & 7);
      const w = load<u8>(q) as u32;
      if ((w & bit) != 0) return;
      store<u8>(q, (w | bit) as u8);
      const base = fp + ((first as usize) << 3);
      for (let k: usize = 0; k < n; k++) mark(load<u32>(base + ((load<u16>(o + 6 + 2 * k) as usize) << 3)));
      return;
    }
    o += 6 + 2 * n;
  }
}
