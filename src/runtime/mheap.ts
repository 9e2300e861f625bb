// The page heap: pages of 8 KiB from wasm memory, spans made of them, and memory that is never given back for the
// runtime's own records.
//
// Assumes: memory from `arena` to the end is ours and grows only here. Guarantees: a page belongs to at most one span; `spanOf` answers
// for any address in the 4 GiB. Free pages are a bitmap, so neighbours join by themselves.

import { fatal } from "./dying";
import { heapStart } from "./layout";
import { lock, unlock } from "./lock";
import { pageShift, pageSize } from "./sizeclasses";

/** A run of pages in use: objects of one size, or one large object, or stacks. */
@unmanaged
export class Mspan {
  start: u32;
  npages: u32;
  elemsize: u32;
  nelems: u32;
  /** objects before it are in use or not known to be free */
  freeindex: u32;
  /** size class * 2 + noscan; large objects have class 0 */
  spanclass: u32;
  /** one bit an object: in use at the last sweep */
  allocBits: u32;
  markBits: u32;
  /** one bit a word: holds a pointer; 0 for noscan spans */
  ptrBits: u32;
  /** next in a list of its mcentral */
  next: u32;
  /** in the list of all spans */
  allnext: u32;
  allprev: u32;
  /** memory may hold old bytes */
  needzero: u32;
  /** bit set: in an mcache */
  cached: u32;
  allocCount: u32;
  bitBytes: u32;
  /** the next 64 bits of allocBits from freeindex on, inverted: ones are free */
  allocCache: u64;
}
const spanSize: usize = 80;

const maxPages: usize = 1 << (32 - pageShift);
/**
 * The page heap.
 * Invariants (changed with its lock held; the exported functions take it): a page below arenaEnd is free (freeBits) or part of one span or block; no page before searchFrom is free.
 */
@unmanaged
class Mheap {
  sysBytes: u64;
  /** a u32 for each page of the address space: its span */
  spans: usize;
  /** bit set: page free */
  freeBits: usize;
  /** bit set: page was used before, so it may hold old bytes */
  dirtyBits: usize;
  arenaEnd: usize;
  /** a page number */
  searchFrom: usize;
  /** the rest of the current run of pages for persistentalloc */
  persistent: usize;
  persistentEnd: usize;
  pagesInUse: usize;
  /** … by spans of objects */
  heapPages: usize;
  /** unused Mspans, through next */
  freeSpans: u32;
  /** spans in use, through allnext */
  allspans: u32;
  /** guards all of this, and the lists of blocks */
  lock: u32;
}
export const mheap = changetype<Mheap>(memory.data(256, 8));

export function initHeap(): void {
  mheap.spans = (heapStart + 15) & ~15;
  mheap.freeBits = mheap.spans + maxPages * 4;
  mheap.dirtyBits = mheap.freeBits + maxPages / 8;
  const first = (mheap.dirtyBits + maxPages / 8 + pageSize - 1) & ~(pageSize - 1);
  const have = (<usize>memory.size()) << 16;
  if (have < first) grow(first - have);
  mheap.arenaEnd = first;
  mheap.searchFrom = first >> pageShift;
  addPages();
}

/** Grows wasm memory by at least n bytes; false at the 4 GiB limit. */
function tryGrow(n: usize): bool {
  const pages = (n + 0xffff) >> 16;
  // In steps that grow with the heap: a growth is a call into the engine.
  let step = <usize>memory.size() >> 2;
  if (step < 64) step = 64;
  if (step < pages) step = pages;
  while (memory.grow(step as i32) < 0) {
    if (step == pages) return false;
    step = step >> 1;
    if (step < pages) step = pages;
  }
  return true;
}

/**
 * Takes the lock. V8 tells a thread that another has grown the memory at the thread's next look for interrupts; until then memory.fill and memory.copy trap beyond
 * the end that it knows. Nothing is handed out under the lock before this thread knows the whole arena.
 */
function lockHeap(): void {
  lock(changetype<usize>(mheap) + offsetof<Mheap>("lock"));
  if ((<usize>memory.size()) < mheap.arenaEnd >> 16) memory.grow(0);
}
@inline function unlockHeap(): void {
  unlock(changetype<usize>(mheap) + offsetof<Mheap>("lock"));
}

function grow(n: usize): void {
  if (!tryGrow(n)) fatal("fatal error: runtime: out of memory\n");
}

/**
 * Makes the arena larger by at least n bytes, and grows the memory a step ahead of that: what is handed out has mostly been there since the last time, so that no
 * thread is still to be told of it when it copies into an object that another has just made. False at the limit.
 */
function expand(n: usize): bool {
  const ahead = ((<usize>memory.size()) << 16) - mheap.arenaEnd;
  if (ahead < n && !tryGrow(n - ahead)) return false;
  addPages();
  tryGrow(1);
  return true;
}

/** Takes what wasm memory has beyond the arena into it. The last page of 4 GiB stays unused, so that ends of objects fit in 32 bits. */
function addPages(): void {
  let pages = <usize>memory.size();
  if (pages > 65535) pages = 65535;
  const end = pages << 16;
  for (let p = mheap.arenaEnd >> pageShift; p < end >> pageShift; p++) setBit(mheap.freeBits, p);
  mheap.sysBytes += (end - mheap.arenaEnd) as u64;
  mheap.arenaEnd = end;
}

@inline function setBit(base: usize, i: usize): void {
  const p = base + (i >> 3);
  store<u8>(p, load<u8>(p) | ((1 as u8) << ((i & 7) as u8)));
}
@inline function clearBit(base: usize, i: usize): void {
  const p = base + (i >> 3);
  store<u8>(p, load<u8>(p) & ~((1 as u8) << ((i & 7) as u8)));
}
@inline function bit(base: usize, i: usize): u32 {
  return (load<u8>(base + (i >> 3)) >> ((i as u32) & 7)) & 1;
}

/** First page of a free run of n pages at or after `from`, or 0. */
function findRun(from: usize, n: usize): usize {
  const end = mheap.arenaEnd >> pageShift;
  let p = from;
  let run: usize = 0;
  while (p < end) {
    if ((p & 63) == 0) {
      const w = load<u64>(mheap.freeBits + (p >> 3));
      if (w == 0) {
        run = 0;
        p += 64;
        continue;
      }
      if (w == u64.MAX_VALUE && p + 64 <= end && run + 64 < n) {
        run += 64;
        p += 64;
        continue;
      }
    }
    if (bit(mheap.freeBits, p)) {
      if (++run == n) return p + 1 - n;
    } else run = 0;
    p++;
  }
  return 0;
}

/** Takes n pages; 0 if there is no memory left. */
function takePages(n: usize): usize {
  let p = findRun(mheap.searchFrom, n);
  if (p == 0) {
    if (!expand((n + 1) << pageShift)) return 0;
    p = findRun(mheap.searchFrom, n);
    if (p == 0) return 0;
  }
  for (let i = p; i < p + n; i++) clearBit(mheap.freeBits, i);
  if (n == 1 || p == mheap.searchFrom) mheap.searchFrom = n == 1 ? p : p + n;
  mheap.pagesInUse += n;
  return p;
}

/** Memory for the runtime's own records, zeroed, never freed. */
export function persistentalloc(n: usize): usize {
  lockHeap();
  const p = persistent(n);
  unlockHeap();
  return p;
}

/** Memory for an event ring. */
export function allocRing(n: usize): usize {
  return persistentalloc(n);
}

function persistent(n: usize): usize {
  n = (n + 15) & ~15;
  if (mheap.persistent + n > mheap.persistentEnd) {
    const pages = n > 16 * pageSize ? (n + pageSize - 1) >> pageShift : 16;
    const p = takePages(pages);
    if (p == 0) fatal("fatal error: runtime: out of memory\n");
    mheap.persistent = p << pageShift;
    mheap.persistentEnd = mheap.persistent + (pages << pageShift);
    for (let i = p; i < p + pages; i++) {
      if (bit(mheap.dirtyBits, i)) memory.fill(i << pageShift, 0, pageSize);
      setBit(mheap.dirtyBits, i);
    }
  }
  const r = mheap.persistent;
  mheap.persistent += n;
  return r;
}

/** A span of n pages for objects, all fields but start, npages and needzero 0; null if there is no memory left. */
export function allocSpan(n: usize): Mspan | null {
  lockHeap();
  const s = takeSpan(n);
  if (s) mheap.heapPages += n;
  unlockHeap();
  return s;
}

function takeSpan(n: usize): Mspan | null {
  const p = takePages(n);
  if (p == 0) return null;
  let s: Mspan;
  if (mheap.freeSpans != 0) {
    s = changetype<Mspan>(mheap.freeSpans as usize);
    mheap.freeSpans = s.next;
    memory.fill(changetype<usize>(s), 0, spanSize);
  } else s = changetype<Mspan>(persistent(spanSize));
  s.start = (p << pageShift) as u32;
  s.npages = n as u32;
  for (let i = p; i < p + n; i++) {
    store<u32>(mheap.spans + (i << 2), changetype<usize>(s) as u32);
    if (bit(mheap.dirtyBits, i)) s.needzero = 1;
    else setBit(mheap.dirtyBits, i);
  }
  s.allnext = mheap.allspans;
  if (mheap.allspans != 0) changetype<Mspan>(mheap.allspans as usize).allprev = changetype<usize>(s) as u32;
  mheap.allspans = changetype<usize>(s) as u32;
  return s;
}

/** Gives a span's pages and record back. */
export function freeSpan(s: Mspan): void {
  lockHeap();
  mheap.heapPages -= s.npages;
  dropSpan(s);
  unlockHeap();
}

function dropSpan(s: Mspan): void {
  const first = (s.start as usize) >> pageShift;
  const n = s.npages as usize;
  for (let i = first; i < first + n; i++) {
    store<u32>(mheap.spans + (i << 2), 0);
    setBit(mheap.freeBits, i);
  }
  if (first < mheap.searchFrom) mheap.searchFrom = first;
  mheap.pagesInUse -= n;
  if (s.allprev != 0) changetype<Mspan>(s.allprev as usize).allnext = s.allnext;
  else mheap.allspans = s.allnext;
  if (s.allnext != 0) changetype<Mspan>(s.allnext as usize).allprev = s.allprev;
  s.next = mheap.freeSpans;
  mheap.freeSpans = changetype<usize>(s) as u32;
}

/** The span whose pages hold addr, or null. */
@inline export function spanOf(addr: usize): u32 {
  return load<u32>(mheap.spans + ((addr >> pageShift) << 2));
}

// Blocks for span bitmaps and stacks: powers of two from 64 bytes to 64 KiB by free list, larger ones as spans.

const blockLists: usize = memory.data(32 * 4);

@inline function order(n: usize): u32 {
  return n <= 64 ? 6 : 32 - clz((n - 1) as u32);
}

/** A block of at least n bytes, not zeroed; 0 if there is no memory left. */
export function allocBlock(n: usize): usize {
  lockHeap();
  const p = takeBlock(n);
  unlockHeap();
  return p;
}

/** At most count blocks of n bytes, linked through their first words; 0 if there is no memory left. */
export function allocBlocks(n: usize, count: u32): usize {
  lockHeap();
  let list: usize = 0;
  for (; count != 0; count--) {
    const p = takeBlock(n);
    if (p == 0) break;
    store<u32>(p, list as u32);
    list = p;
  }
  unlockHeap();
  return list;
}

function takeBlock(n: usize): usize {
  const k = order(n);
  if (k > 16) {
    const s = takeSpan((n + pageSize - 1) >> pageShift);
    if (!s) return 0;
    return s.start;
  }
  const list = blockLists + 4 * k;
  const head = load<u32>(list);
  if (head != 0) {
    store<u32>(list, load<u32>(head));
    return head;
  }
  if (k < 13) {
    const p = takeBlock(1 << 13);
    if (p == 0) return 0;
    const size: usize = 1 << k;
    for (let q = p + size; q < p + pageSize; q += size) {
      store<u32>(q, load<u32>(list));
      store<u32>(list, q as u32);
    }
    return p;
  }
  const p = takePages((1 << k) >> pageShift);
  for (let i = p; i < p + ((1 << k) >> pageShift); i++) setBit(mheap.dirtyBits, i);
  return p << pageShift;
}

/** Returns a block of allocBlock(n), with the same n. */
export function freeBlock(p: usize, n: usize): void {
  const k = order(n);
  lockHeap();
  if (k > 16) dropSpan(changetype<Mspan>(spanOf(p) as usize));
  else {
    const list = blockLists + 4 * k;
    store<u32>(p, load<u32>(list));
    store<u32>(list, p as u32);
  }
  unlockHeap();
}
