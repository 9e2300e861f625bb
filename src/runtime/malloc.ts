// Allocation: size classes from spans through mcache and mcentral, large objects as spans of their own.
//
// Assumes: called by the running goroutine's M or on its scheduler's stack; never suspends. Collection is only asked for
// here (the goroutine's guard is lowered) and done by the scheduler when the goroutine has been suspended at a safepoint.
// Guarantees: memory is zero if asked for; a span that is not noscan has a bit for each word that holds a pointer, set before the object is returned.
// Source: Go's runtime/malloc.go and mcache/mcentral for the shape; Bonwick's slabs for the idea.

import { numClasses, numSpanClasses, offMallocs, offMcache, P } from "./layout";
import { lock, unlock } from "./lock";
import { fatal } from "./dying";
import { mm, pp } from "./m";
import { allocBlock, allocSpan, freeBlock, Mspan } from "./mheap";
import { allp, maxProcs } from "./sched";
import { classPages, classSize, maxSmall, pageShift, pageSize, sizeClass } from "./sizeclasses";
import { typeMask, typePtrBytes, typeSize } from "./typemask";

/** Per span class: a list of spans with free objects that no mcache has, and its lock. */
const mcentral: usize = memory.data(68 * 2 * 8, 8);
@inline function mcacheSlot(p: P, spanclass: u32): usize {
  return changetype<usize>(p) + offMcache + ((spanclass as usize) << 2);
}
/** what zero-size objects point to */
const zerobase: usize = memory.data(16);
/**
 * Figures of the heap, and when to collect.
 * Invariants: heapLive counts what the last collection left and the room of all spans handed to mcaches since; gcWanted is set once it has
 * reached nextGC, until the collection. heapLive changes atomically; tinyAllocs is what Ps have handed in; the rest changes with the
 * world stopped, or by one who sets a limit.
 */
@unmanaged
class Mem {
  heapLive: u64;
  nextGC: u64;
  /** bytes the last collection left */
  lastMarked: u64;
  /** objects that share their block with an earlier one */
  tinyAllocs: u64;
  /** bytes of objects larger than the size classes, ever allocated (atomic) and freed */
  largeAlloc: u64;
  largeFree: u64;
  memoryLimit: i64;
  gcpercent: i32;
  gcWanted: u32;
}
export const mem = changetype<Mem>(memory.data(256, 8));
/** Objects ever allocated, as Ps have handed them in, and freed, by size class; larger ones are of class 0. Changed with the world stopped. */
const allocCounts: usize = memory.data(68 * 8, 8);
const freeCounts: usize = memory.data(68 * 8, 8);

/** First call of the first M. */
export function initMem(): void {
  mem.nextGC = 4 << 20;
  mem.gcpercent = 100;
  mem.memoryLimit = i64.MAX_VALUE;
}

/** wasm32 ends at 4 GiB: from here on collect more often rather than run out with garbage about. */
const addressLimit: u64 = 3584 << 20;

/** Sets the heap size at which the next collection is asked for. */
export function setTrigger(marked: u64): void {
  mem.heapLive = marked;
  mem.lastMarked = marked;
  mem.gcWanted = 0;
  pace();
}

function pace(): void {
  const percent = mem.gcpercent as u64;
  if (mem.gcpercent < 0) mem.nextGC = u64.MAX_VALUE;
  else {
    const min = (4 << 20) * percent / 100;
    mem.nextGC = mem.lastMarked + mem.lastMarked * percent / 100;
    if (mem.nextGC < min) mem.nextGC = min;
  }
  let limit = addressLimit;
  if (mem.memoryLimit < (limit as i64)) limit = mem.memoryLimit as u64;
  // Past a limit, still leave room for some work between two collections.
  const least = mem.lastMarked + (mem.lastMarked >> 3) + (1 << 20);
  if (mem.nextGC > limit) mem.nextGC = limit > least ? limit : least;
}
export function setGCPercent(n: i32): i32 {
  const old = mem.gcpercent;
  mem.gcpercent = n < 0 ? -1 : n;
  pace();
  return old;
}
export function setMemoryLimit(n: i64): i64 {
  const old = mem.memoryLimit;
  if (n >= 0) {
    mem.memoryLimit = n;
    pace();
  }
  return old;
}

function account(bytes: u64): void {
  if (atomic.add<u64>(changetype<usize>(mem) + offsetof<Mem>("heapLive"), bytes) + bytes >= mem.nextGC) wantGC();
}

/** Has the running goroutine stop at its next safepoint, where the scheduler collects. */
export function wantGC(): void {
  mem.gcWanted = 1;
  mm().stackguard = 0;
}
@inline export function collectDue(): bool {
  return mem.gcWanted != 0;
}

@inline function mallocsOf(p: P, c: u32): usize {
  return changetype<usize>(p) + offMallocs + ((c as usize) << 2);
}

/** Adds what p has counted to the figures of all; the world is stopped. */
export function flushStats(p: P): void {
  for (let c: u32 = 0; c < numClasses; c++) {
    const total = allocCounts + ((c as usize) << 3);
    store<u64>(total, load<u64>(total) + load<u32>(mallocsOf(p, c)));
    store<u32>(mallocsOf(p, c), 0);
  }
  mem.tinyAllocs += p.tinyAllocs;
  p.tinyAllocs = 0;
}
/** Objects ever allocated that share their block with an earlier one. They count as freed, too, as nobody knows when they are. */
export function tinyCount(): u64 {
  let n = mem.tinyAllocs;
  for (let i: u32 = 0; i < maxProcs && changetype<usize>(allp(i)) != 0; i++) n += allp(i).tinyAllocs as u64;
  return n;
}
/** The others, of a size class. */
export function allocCount(c: u32): u64 {
  let n = load<u64>(allocCounts + ((c as usize) << 3));
  for (let i: u32 = 0; i < maxProcs && changetype<usize>(allp(i)) != 0; i++) n += load<u32>(mallocsOf(allp(i), c)) as u64;
  return n;
}
export function freeCount(c: u32): u64 {
  return load<u64>(freeCounts + ((c as usize) << 3));
}
/** … of all classes, and their bytes. */
export function mallocCount(): u64 {
  let n: u64 = 0;
  for (let c: u32 = 0; c < numClasses; c++) n += allocCount(c);
  return n;
}
export function freedCount(): u64 {
  let n: u64 = 0;
  for (let c: u32 = 0; c < numClasses; c++) n += freeCount(c);
  return n;
}
export function allocBytes(): u64 {
  let n = mem.largeAlloc;
  for (let c: u32 = 1; c < numClasses; c++) n += allocCount(c) * classSize[c];
  return n;
}
export function freeBytes(): u64 {
  let n = mem.largeFree;
  for (let c: u32 = 1; c < numClasses; c++) n += freeCount(c) * classSize[c];
  return n;
}

/** Counts n objects of the span as freed; the world is stopped. */
export function countFreed(s: Mspan, n: u32): void {
  const c = s.spanclass >> 1;
  const total = freeCounts + ((c as usize) << 3);
  store<u64>(total, load<u64>(total) + n);
  if (c == 0) mem.largeFree += (n as u64) * s.elemsize;
}

function initSpan(s: Mspan, elemsize: u32, nelems: u32, spanclass: u32): bool {
  s.elemsize = elemsize;
  s.nelems = nelems;
  s.spanclass = spanclass;
  const bitBytes: usize = (((nelems as usize) + 63) >> 6) << 3;
  const ptrBytes: usize = spanclass & 1 ? 0 : (((s.npages as usize) << pageShift) >> 6) + 8;
  const total: usize = bitBytes + bitBytes + ptrBytes;
  const bits = allocBlock(total);
  if (bits == 0) return false;
  memory.fill(bits, 0, total);
  s.bitBytes = total as u32;
  s.allocBits = bits as u32;
  s.markBits = (bits + bitBytes) as u32;
  s.ptrBits = ptrBytes ? ((bits + bitBytes + bitBytes) as u32) : 0;
  s.freeindex = 0;
  s.allocCache = u64.MAX_VALUE;
  return true;
}

export function freeSpanBits(s: Mspan): void {
  const bits = s.allocBits < s.markBits ? s.allocBits : s.markBits;
  freeBlock(bits, s.bitBytes);
}

function outOfMemory(): void {
  fatal("fatal error: runtime: out of memory\n");
}

/** Index of the next free object, or nelems. freeindex and allocCache are moved behind it. */
function nextFreeIndex(s: Mspan): u32 {
  let i = s.freeindex;
  const n = s.nelems;
  while (true) {
    if (i >= n) {
      s.freeindex = n;
      return n;
    }
    const free = s.allocCache;
    if (free != 0) {
      const skip = ctz(free) as u32;
      i += skip;
      if (i >= n) {
        s.freeindex = n;
        return n;
      }
      s.freeindex = i + 1;
      if (((i + 1) & 63) == 0) refillCache(s, i + 1);
      else s.allocCache = free >> (skip + 1);
      return i;
    }
    i = (i + 64) & ~63;
    if (i < n) refillCache(s, i);
  }
}

@inline function refillCache(s: Mspan, i: u32): void {
  s.allocCache = i < s.nelems ? ~load<u64>((s.allocBits as usize) + ((i >> 6) << 3)) : 0;
}

/** Resets a span for allocation after a sweep: allocBits holds what is in use. */
export function spanReset(s: Mspan): void {
  s.freeindex = 0;
  s.allocCache = ~load<u64>(s.allocBits);
}

/** A span of the class with a free object, into p's mcache. */
function refill(p: P, spanclass: u32): Mspan {
  const slot = mcacheSlot(p, spanclass);
  const old = load<u32>(slot);
  if (old != 0) changetype<Mspan>(old as usize).cached = 0;
  const list = mcentral + 8 * spanclass;
  lock(list + 4);
  while (true) {
    const head = load<u32>(list);
    if (head == 0) break;
    const s = changetype<Mspan>(head as usize);
    store<u32>(list, s.next);
    s.next = 0;
    if (s.allocCount < s.nelems) {
      unlock(list + 4);
      s.cached = 1;
      store<u32>(slot, head);
      account((s.nelems - s.allocCount) as u64 * s.elemsize);
      return s;
    }
  }
  unlock(list + 4);
  const c = spanclass >> 1;
  const s = allocSpan(classPages[c]);
  if (!s) {
    outOfMemory();
    return changetype<Mspan>(0);
  }
  const size = classSize[c] as u32;
  if (!initSpan(s, size, (((s.npages as usize) << pageShift) / size) as u32, spanclass)) outOfMemory();
  s.cached = 1;
  store<u32>(slot, changetype<usize>(s) as u32);
  account((s.npages as u64) << pageShift);
  return s;
}

/** Called at a sweep, with the world stopped: the span has free objects. */
export function centralAdd(s: Mspan): void {
  const list = mcentral + 8 * s.spanclass;
  s.next = load<u32>(list);
  store<u32>(list, changetype<usize>(s) as u32);
}

/** Empties mcaches and lists before a sweep, which fills the lists anew. The world is stopped. */
export function flushCaches(): void {
  for (let i: u32 = 0; i < numClasses * 2; i++) store<u32>(mcentral + 8 * i, 0);
  for (let k: u32 = 0; k < maxProcs && changetype<usize>(allp(k)) != 0; k++) {
    const p = allp(k);
    for (let i: u32 = 0; i < numSpanClasses; i++) {
      const s = load<u32>(mcacheSlot(p, i));
      if (s != 0) changetype<Mspan>(s as usize).cached = 0;
      store<u32>(mcacheSlot(p, i), 0);
    }
    p.tiny = 0;
    flushStats(p);
  }
}

/** Notes which words of [p, p+size) hold pointers: typ's pattern, again and again. The words' bits are clear or stale before. */
function heapBitsSet(s: Mspan, p: usize, size: u32, typ: usize): void {
  const elem = typeSize(typ);
  const ptrWords = typePtrBytes(typ) >> 3;
  const mask = typeMask(typ);
  const words = size >> 3;
  const elemWords = elem >> 3;
  const base = ((p - (s.start as usize)) >> 3) as u32;
  const bits = s.ptrBits as usize;
  if (elemWords <= 64 && words == elemWords) {
    // The common case: one value, one mask word.
    let w = load<u64>(mask);
    w &= ptrWords == 64 ? u64.MAX_VALUE : ((1 as u64) << ptrWords) - 1;
    const span = s.elemsize >> 3;
    putBits(bits, base, w, span > 64 ? 64 : span);
    return;
  }
  for (let i: u32 = 0; i < words; i++) setPtr(bits, base + i, 0);
  if (elemWords == 0) return;
  for (let e: u32 = 0; e + elemWords <= words; e += elemWords) {
    for (let i: u32 = 0; i < ptrWords; i++) {
      if ((load<u8>(mask + (i >> 3)) >> (i & 7)) & 1) setPtr(bits, base + e + i, 1);
    }
  }
}

@inline function setPtr(bits: usize, i: u32, on: u32): void {
  const q = bits + (i >> 3);
  const b: u32 = 1 << (i & 7);
  store<u8>(q, on ? load<u8>(q) | b : load<u8>(q) & ~b);
}

/** Writes the n (at most 64) bits of w at bit index i. */
@inline function putBits(bits: usize, i: u32, w: u64, n: u32): void {
  const keep = n == 64 ? 0 : u64.MAX_VALUE << n;
  const sh = (i & 7) as u64;
  const q = bits + (i >> 3);
  store<u64>(q, (load<u64>(q) & ((keep << sh) | (((1 as u64) << sh) - 1))) | (w << sh));
  if (sh != 0 && n + (sh as u32) > 64) {
    const over = w >> (64 - sh);
    const mask = ((1 as u8) << ((n + (sh as u32) - 64) as u8)) - 1;
    store<u8>(q + 8, (load<u8>(q + 8) & ~mask) | ((over as u8) & mask));
  }
}

/**
 * Allocates size bytes for one or more values of typ, an abi.Type (0: no pointers). size is below 4 GiB; Go code has checked it.
 * Out of memory ends the program.
 */
export function mallocgc(size: u32, typ: usize, needzero: i32): usize {
  if (size == 0) return zerobase;
  const noscan: u32 = typ == 0 || typePtrBytes(typ) == 0 ? 1 : 0;
  const p = pp();
  if (noscan && size < 16) {
    let off = p.tinyOffset;
    if ((size & 7) == 0) off = (off + 7) & ~7;
    else if ((size & 3) == 0) off = (off + 3) & ~3;
    else if ((size & 1) == 0) off = (off + 1) & ~1;
    if (p.tiny != 0 && off + size <= 16) {
      p.tinyOffset = off + size;
      p.tinyAllocs++;
      return p.tiny + off;
    }
    const a = small(p, 2, 1, true);
    if (p.tiny == 0 || size < p.tinyOffset) {
      p.tiny = a;
      p.tinyOffset = size;
    }
    return a;
  }
  if (size <= maxSmall) {
    const c = sizeClass(size);
    const a = small(p, c, noscan, needzero != 0 || !noscan);
    if (!noscan) heapBitsSet(changetype<Mspan>(load<u32>(mcacheSlot(p, c << 1)) as usize), a, size, typ);
    return a;
  }
  return large(p, size, typ, noscan, needzero != 0 || !noscan);
}

@inline function small(p: P, c: u32, noscan: u32, zero: bool): usize {
  const spanclass = (c << 1) | noscan;
  const cached = load<u32>(mcacheSlot(p, spanclass));
  let s = changetype<Mspan>(cached as usize);
  let i: u32 = 0;
  if (cached == 0 || (i = nextFreeIndex(s)) == s.nelems) {
    do {
      s = refill(p, spanclass);
      i = nextFreeIndex(s);
    } while (i == s.nelems);
  }
  s.allocCount++;
  const count = mallocsOf(p, c);
  store<u32>(count, load<u32>(count) + 1);
  const a = (s.start as usize) + i * s.elemsize;
  if (zero && s.needzero) memory.fill(a, 0, s.elemsize);
  return a;
}

function large(p: P, size: u32, typ: usize, noscan: u32, zero: bool): usize {
  const npages = ((size as usize) + pageSize - 1) >> pageShift;
  const s = allocSpan(npages);
  if (!s) {
    outOfMemory();
    return 0;
  }
  if (!initSpan(s, (npages << pageShift) as u32, 1, noscan)) outOfMemory();
  s.freeindex = 1;
  s.allocCache = 0;
  s.allocCount = 1;
  store<u32>(mallocsOf(p, 0), load<u32>(mallocsOf(p, 0)) + 1);
  atomic.add<u64>(changetype<usize>(mem) + offsetof<Mem>("largeAlloc"), (npages as u64) << pageShift);
  account((npages as u64) << pageShift);
  if (zero && s.needzero) memory.fill(s.start, 0, npages << pageShift);
  if (!noscan) heapBitsSet(s, s.start, size, typ);
  return s.start;
}
