// Goroutine stacks: contiguous, growing upwards, copied to twice their size when full.
//
// Assumes: the goroutine is suspended, so that every live value is in its frames and every frame has a map.
// Guarantees: after growth, pointers into the old stack from its own frames and its panics point into the new one; nothing else may
// point there (escape analysis sees to that).
// Source: the contiguous stacks of Go 1.3; docs/ABI.md for frames.

import { fatal } from "./dying";
import { frameMap, frameObjects, frameSize, G, offStacks, P, stackOrders } from "./layout";
import { pp } from "./m";
import { allocBlock, allocBlocks, freeBlock } from "./mheap";

const stackMin: usize = 256;
const slack: usize = 16;
/** Go's limit of 32-bit machines is 250 MB; ours is a power of two. */
export const stackMax: usize = 256 << 20;

/** free stacks of an order that a P keeps */
const cacheMax: u32 = 32;

/**
 * Figures of the stacks; changed atomically.
 */
@unmanaged
class Stacks {
  /** bytes */
  stackInUse: u64;
  /** bytes a goroutine may take, as the program says; 0: it has not said */
  max: u64;
}
export const stacks = changetype<Stacks>(memory.data(256, 8));

@inline function inUse(): usize {
  return changetype<usize>(stacks) + offsetof<Stacks>("stackInUse");
}
/** Where p keeps its free stacks of 256 << k bytes: the first of the list and their number. */
@inline function cache(p: P, k: u32): usize {
  return changetype<usize>(p) + offStacks + ((k as usize) << 3);
}

/** Fills a P's list of the smallest stacks, which new goroutines begin with; its first. */
function refill(c: usize): usize {
  const list = allocBlocks(stackMin, cacheMax / 2);
  let n: u32 = 0;
  for (let p = list; p != 0; p = load<u32>(p)) n++;
  store<u32>(c, list as u32);
  store<u32>(c, n, 4);
  atomic.add<u64>(inUse(), ((n as usize) * stackMin) as u64);
  return list;
}

export function stackAlloc(gp: G, size: usize): void {
  const k = ctz(size as u32) - 8;
  let p: usize = 0;
  if (k < stackOrders) {
    const c = cache(pp(), k);
    p = load<u32>(c);
    if (p == 0 && size == stackMin) p = refill(c);
    if (p != 0) {
      store<u32>(c, load<u32>(p));
      store<u32>(c, load<u32>(c, 4) - 1, 4);
    }
  }
  if (p == 0) {
    p = allocBlock(size);
    if (p == 0) fatal("fatal error: runtime: out of memory\n");
    atomic.add<u64>(inUse(), size as u64);
  }
  gp.stacklo = p as u32;
  gp.stackhi = (p + size - slack) as u32;
}

@inline export function newStack(gp: G): void {
  stackAlloc(gp, stackMin);
}

/** Whether a dead goroutine keeps its stack for the next. */
@inline export function stackIsSmall(gp: G): bool {
  return gp.stackhi - gp.stacklo + (slack as u32) <= (stackMin as u32);
}

function release(p: usize, size: usize): void {
  const k = ctz(size as u32) - 8;
  if (k < stackOrders) {
    const c = cache(pp(), k);
    if (load<u32>(c, 4) < cacheMax) {
      store<u32>(p, load<u32>(c));
      store<u32>(c, p as u32);
      store<u32>(c, load<u32>(c, 4) + 1, 4);
      return;
    }
  }
  atomic.sub<u64>(inUse(), size as u64);
  freeBlock(p, size);
}

export function stackFree(gp: G): void {
  if (gp.stacklo == 0) return;
  release(gp.stacklo, (gp.stackhi - gp.stacklo) as usize + slack);
  gp.stacklo = 0;
}

@inline function adjust(p: usize, lo: usize, hi: usize, delta: usize): void {
  const v = load<u32>(p) as usize;
  if (v >= lo && v < hi) store<u32>(p, (v + delta) as u32);
}

/** Moves the pointers of one frame that lead into [lo, hi). Those in stack objects that pointers may lead to are moved without asking whether any does. */
export function adjustFrame(fp: usize, id: u32, lo: usize, hi: usize, delta: usize): void {
  const map = frameMap(id);
  const n = load<u16>(map) as usize;
  for (let i: usize = 1; i <= n; i++) adjust(fp + ((load<u16>(map + 2 * i) as usize) << 2), lo, hi, delta);
  let o = frameObjects(id);
  if (o == 0) return;
  let count = load<u16>(o);
  for (o += 2; count > 0; count--) {
    const base = fp + ((load<u16>(o) as usize) << 3);
    const ptrs = load<u16>(o, 4) as usize;
    o += 6;
    for (const end = o + 2 * ptrs; o < end; o += 2) adjust(base + ((load<u16>(o) as usize) << 3), lo, hi, delta);
  }
}

/**
 * Makes room for `need` bytes at `top`, where frames up to gp.fp (the innermost whole frame; 0 if there is none) are in use.
 * Returns how far the stack moved, or -1 if it would exceed its limit.
 */
export function growStack(gp: G, top: usize, need: usize, innermost: usize): isize {
  const lo = gp.stacklo as usize;
  const hi = gp.stackhi as usize + slack;
  let size = (hi - lo) << 1;
  while (top + need + slack > lo + size) size <<= 1;
  if (size > stackMax || (stacks.max != 0 && (size as u64) > stacks.max)) return -1;
  stackAlloc(gp, size);
  const to = gp.stacklo as usize;
  const delta = to - lo;
  const used = top + 8 - lo;
  memory.copy(to, lo, used > hi - lo ? hi - lo : used);
  if (innermost != 0) {
    let fp = innermost + delta;
    while (true) {
      adjustFrame(fp, load<u32>(fp), lo, hi, delta);
      const back = load<u32>(fp, 4);
      if (back == 0) break;
      fp -= back;
    }
  }
  // _panic: argp at 0, link at 24, fp at 32.
  for (let p = gp.panic as usize; p != 0; p = load<u32>(p, 24)) {
    adjust(p, lo, hi, delta);
    adjust(p + 32, lo, hi, delta);
  }
  release(lo, hi - lo);
  return delta as isize;
}

/** Bytes the frame with this id takes. */
@inline export function frameEnd(fp: usize): usize {
  return fp + frameSize(load<u32>(fp));
}
