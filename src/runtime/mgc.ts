// The collector: precise mark and sweep with the program stopped.
//
// Assumes: called by the scheduler with the world stopped and no goroutine running, so every live pointer is in a frame, a root, or reachable from these.
// Guarantees: unreachable objects are freed; objects with finalizers are kept once more and queued; weak handles of dead objects are cleared.
// Source: Dijkstra et al. for the colours; Go's mark bits a span and sweep into allocBits.

import { fatal } from "./dying";
import { G, Gdead, Gwaiting, heapStart, hostnanotime, hostwalltime, rootsLen, rootsTab } from "./layout";
import { centralAdd, countFreed, flushCaches, freeSpanBits, setTrigger, spanReset } from "./malloc";
import { markFindingLeaks } from "./mgcleak";
import { markStack } from "./mgcstack";
import { allocBlock, freeBlock, freeSpan, mheap, Mspan, spanOf } from "./mheap";
import { allgat } from "./proc";
import { allp, finqWord, maxProcs, sched } from "./sched";
import { markSpecials, queueDead } from "./specials";

/** The mark stack: blocks of object addresses, linked. */
const blockBytes: usize = 4096;
/**
 * The mark stack, blocks of object addresses linked by their first words, and figures of past collections.
 */
@unmanaged
class Work {
  gcStart: i64;
  pauseTotal: u64;
  lastPause: u64;
  /** … times the Ps that stood still */
  pauseCPU: u64;
  /** since 1970 */
  lastGC: i64;
  /** bytes */
  marked: u64;
  block: usize;
  blockUsed: usize;
  numgc: u32;
  /** safepoints that do not collect under gcstress */
  stressSkip: u32;
  /** the next collection is to find leaked goroutines; atomic */
  findLeaks: u32;
}
export const work = changetype<Work>(memory.data(256, 8));

/** The last collections, by number: how long each stopped the program, and when it ended (ns since 1970). */
export const pauses: usize = memory.data(256 * 16, 8);
const wall: usize = memory.data(16, 8);
/** when reproducible runs begin, as in src/std/runtime/host.go */
const epoch: i64 = 1767225600;

function walltime(): i64 {
  if (sched.seeded != 0) return epoch * 1000000000 + sched.virtualTime;
  hostwalltime(wall, wall + 8);
  return load<i64>(wall) * 1000000000 + (load<i32>(wall, 8) as i64);
}

function push(p: usize): void {
  if (work.block == 0 || work.blockUsed + 4 > blockBytes) {
    const b = allocBlock(blockBytes);
    if (b == 0) fatal("fatal error: runtime: out of memory\n");
    store<u32>(b, work.block as u32);
    work.block = b;
    work.blockUsed = 8;
  }
  store<u32>(work.block + work.blockUsed, p as u32);
  work.blockUsed += 4;
}

function pop(): usize {
  while (true) {
    if (work.block == 0) return 0;
    if (work.blockUsed > 8) {
      work.blockUsed -= 4;
      return load<u32>(work.block + work.blockUsed);
    }
    const prev = load<u32>(work.block) as usize;
    freeBlock(work.block, blockBytes);
    work.block = prev;
    work.blockUsed = prev ? blockBytes : 0;
  }
}

/** Greys the object that holds p, if p points into one. */
export function grey(p: usize): void {
  if (p < heapStart) return;
  const sp = spanOf(p);
  if (sp == 0) return;
  const s = changetype<Mspan>(sp as usize);
  if (s.nelems == 0) return;
  const i = ((p - (s.start as usize)) as u32) / s.elemsize;
  if (i >= s.nelems) return;
  const q = (s.markBits as usize) + (i >> 3);
  const b: u32 = 1 << (i & 7);
  const w = load<u8>(q) as u32;
  if (w & b) return;
  store<u8>(q, (w | b) as u8);
  if (s.ptrBits != 0) push((s.start as usize) + i * s.elemsize);
}

/** Is the object that holds p marked? True for what is not in the heap. */
export function isMarked(p: usize): bool {
  const sp = spanOf(p);
  if (sp == 0) return true;
  const s = changetype<Mspan>(sp as usize);
  if (s.nelems == 0) return true;
  const i = ((p - (s.start as usize)) as u32) / s.elemsize;
  if (i >= s.nelems) return true;
  return ((load<u8>((s.markBits as usize) + (i >> 3)) >> (i & 7)) & 1) != 0;
}

export function scanObject(p: usize): void {
  const s = changetype<Mspan>(spanOf(p) as usize);
  const first = ((p - (s.start as usize)) >> 3) as u32;
  const end = first + (s.elemsize >> 3);
  const bits = s.ptrBits as usize;
  let i = first;
  while (i < end) {
    let w = load<u8>(bits + (i >> 3)) as u32;
    w >>= i & 7;
    let at = i;
    const next = (i | 7) + 1;
    while (w != 0) {
      const k = ctz(w);
      at += k;
      if (at >= end) break;
      const v = load<u32>((s.start as usize) + ((at as usize) << 3)) as usize;
      if (v != 0) grey(v);
      w >>= k + 1;
      at++;
    }
    i = next;
  }
}

export function drain(): void {
  for (let p = pop(); p != 0; p = pop()) scanObject(p);
}

function markGlobals(): void {
  for (let r: u32 = 0; r < rootsLen; r++) {
    const e = rootsTab + 8 * (r as usize);
    let p = load<u32>(e) as usize;
    for (let n = load<u32>(e, 4); n != 0; n--) {
      const v = load<u32>(p) as usize;
      if (v != 0) grey(v);
      p += 8;
    }
  }
  for (let i: u32 = 0; i < maxProcs && changetype<usize>(allp(i)) != 0; i++) if (allp(i).timers) grey(allp(i).timers as usize);
}

/** Marks from what a goroutine holds. */
export function markG(gp: G): void {
  if (gp.status == Gdead || gp.stacklo == 0) return;
  if (gp.local) grey(gp.local as usize);
  if (gp.panic) grey(gp.panic as usize);
  if (gp.param) grey(gp.param as usize);
  if (gp.bubble) grey(gp.bubble as usize);
  if (gp.status == Gwaiting && gp.waitsince == 0) gp.waitsince = work.gcStart;
  markStack(gp);
}

function sweep(): void {
  flushCaches();
  work.marked = 0;
  let sp = mheap.allspans;
  while (sp != 0) {
    const s = changetype<Mspan>(sp as usize);
    sp = s.allnext;
    if (s.nelems == 0) continue;
    const words = (s.nelems + 63) >> 6;
    let n: u32 = 0;
    for (let i: usize = 0; i < (words as usize) << 3; i += 8) n += popcnt(load<u64>((s.markBits as usize) + i)) as u32;
    if (s.allocCount > n) countFreed(s, s.allocCount - n);
    if (n == 0) {
      freeSpanBits(s);
      freeSpan(s);
      continue;
    }
    const bits = s.allocBits;
    s.allocBits = s.markBits;
    s.markBits = bits;
    memory.fill(bits, 0, (words as usize) << 3);
    s.allocCount = n;
    s.needzero = 1;
    work.marked += (n as u64) * s.elemsize;
    spanReset(s);
    if (s.spanclass > 1) {
      if (n < s.nelems) centralAdd(s);
    } else s.freeindex = 1;
  }
}

/** Has the next collection find leaked goroutines. */
export function findleaks(): void {
  atomic.store<u32>(changetype<usize>(work) + offsetof<Work>("findLeaks"), 1);
}

/** One whole collection. */
export function collect(): void {
  work.gcStart = hostnanotime();
  markGlobals();
  markSpecials();
  if (work.findLeaks != 0) {
    work.findLeaks = 0;
    markFindingLeaks();
  } else for (let i: u32 = 0; i < sched.gCount; i++) markG(changetype<G>(allgat(i)));
  drain();
  queueDead();
  sweep();
  setTrigger(work.marked);
  work.lastPause = (hostnanotime() - work.gcStart) as u64;
  work.pauseTotal += work.lastPause;
  work.pauseCPU += work.lastPause * sched.gomaxprocs;
  work.lastGC = walltime();
  const at = pauses + (((work.numgc & 255) as usize) << 4);
  store<u64>(at, work.lastPause);
  store<i64>(at, work.lastGC, 8);
  work.numgc++;
  // Under gcstress the hook is left out: its own safepoints collect.
  if (sched.gcHook != 0 && sched.gcstress == 0) atomic.store<u32>(finqWord(), 1);
}

/** Under gcstress: every safepoint collects, until there have been so many; then as many as leave the program some time. */
const stressAll: u32 = 10000;
const stressShare: u64 = 5000;

export function stressDue(): bool {
  if (work.numgc < stressAll) return true;
  if (work.stressSkip > 0) {
    work.stressSkip--;
    return false;
  }
  work.stressSkip = (work.lastPause / stressShare) as u32;
  return true;
}
