// What test/runtime/structures.test.ts exports of the runtime: single structures, driven by several threads. Compiled in the place of src/runtime/index.ts.

import { G, gSize, P, parked, parking, parkNot, readLinkinfo } from "./layout";
import { lock, noteclear, notesleep, notewakeup, unlock } from "./lock";
import { mm, mx, pp, setM } from "./m";
export { m } from "./m";
import { mallocgc, mem } from "./malloc";
import { collect } from "./mgc";
import { allocBlock, freeBlock, mheap, persistentalloc } from "./mheap";
import { acquirep, newM } from "./park";
import { unblock } from "./proc";
export { rt_init } from "./proc";
import { globrunqsize } from "./globrunq";
import { globrunqget, runqempty, runqget, runqput, runqsteal } from "./runq";
import { addspecial, findspecial, removespecial, specialWeak } from "./specials";
import { allp, lockSched, npidle, pidleget, pidleput, sched, setMulti, unlockSched } from "./sched";

export const staticEnd: usize = __heap_base;

let random: u32 = 1;
function rnd(n: u32): u32 {
  random ^= random << 13;
  random ^= random >> 17;
  random ^= random << 5;
  return random % n;
}

/** Makes this instance an M with P i; the first one has its already. */
export function attach(info: usize, i: u32, seed: u32): void {
  random = (seed * 2654435761) ^ (i + 1) * 40503;
  if (random == 0) random = 1;
  if (i == 0) {
    setMulti(1);
    return;
  }
  readLinkinfo(info);
  lockSched();
  const a = newM();
  unlockSched();
  setM(a);
  mx().seed = random;
  acquirep(allp(i));
  setMulti(1);
}

export function alloc(n: usize): usize {
  return persistentalloc(n);
}

// The run queue.

/** gs numbered from 0; their addresses from `at` on. */
export function makeGs(at: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    const gp = changetype<G>(persistentalloc(gSize));
    gp.goid = i;
    store<u32>(at + (i << 2), changetype<usize>(gp) as u32);
  }
}

/** Counts that the g was taken once more; seen has a word for each, behind one for the sum. */
function took(g: u32, seen: usize): void {
  atomic.add<u32>(seen + 4 + ((changetype<G>(g as usize).goid as usize) << 2), 1);
  atomic.add<u32>(seen, 1);
}

/** Takes of the global queue at most max (0: a share, for which its own has to be empty). */
function takeGlobal(seen: usize, max: u32): bool {
  if (globrunqsize() == 0) return false;
  const g = globrunqget(pp(), max);
  if (g == 0) return false;
  took(g, seen);
  return true;
}

/** Puts all gs on its own queue, and takes some. */
export function owner(at: usize, n: u32, seen: usize): void {
  const p = pp();
  for (let i: u32 = 0; i < n; i++) {
    runqput(p, changetype<G>(load<u32>(at + (i << 2)) as usize), rnd(3) == 0);
    if (rnd(4) == 0) {
      const g = runqget(p, rnd(2) == 0);
      if (g != 0) took(g, seen);
    }
    if (rnd(64) == 0) takeGlobal(seen, 1);
  }
  drain(n, seen);
}

/** Takes of its own queue and of all others until all gs have been taken. */
export function drain(n: u32, seen: usize): void {
  const p = pp();
  while (atomic.load<u32>(seen) < n) {
    let g = runqget(p, true);
    if (g == 0 && takeGlobal(seen, 0)) continue;
    if (g == 0) {
      const from = allp(rnd(sched.gomaxprocs));
      if (changetype<usize>(from) != changetype<usize>(p)) g = runqsteal(p, from, rnd(2) == 0);
    }
    if (g != 0) took(g, seen);
  }
}

/** Whether nothing is left anywhere. */
export function queuesEmpty(): bool {
  for (let i: u32 = 0; i < sched.gomaxprocs; i++) if (!runqempty(allp(i))) return false;
  return globrunqsize() == 0;
}

// Locks and notes.

/** Adds 1 to the word behind the lock n times, not atomically. */
export function count(l: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    lock(l);
    const v = load<u32>(l + 4);
    for (let k = rnd(8); k > 0; k--) atomic.load<u32>(l + 8);
    store<u32>(l + 4, v + 1);
    unlock(l);
  }
}

/** Waits for one note and sets the other, n times; false if a wakeup was lost. */
export function pingpong(mine: usize, other: usize, n: u32, begins: bool): bool {
  if (begins) notewakeup(other);
  for (let i: u32 = 0; i < n; i++) {
    if (!notesleep(mine, 10_000_000_000)) return false;
    noteclear(mine);
    notewakeup(other);
  }
  return true;
}

// Idle Ps.

/** Takes idle Ps and gives them back; how often one was somebody else's. The words from `owners` on say whose each is. */
export function takeIdle(owners: usize, n: u32): u32 {
  let wrong: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    lockSched();
    const p = pidleget();
    unlockSched();
    if (p == 0) continue;
    const word = owners + ((changetype<P>(p as usize).id as usize) << 2);
    if (atomic.cmpxchg<u32>(word, 0, 1) != 0) wrong++;
    for (let k = rnd(50); k > 0; k--) atomic.load<u32>(word);
    atomic.store<u32>(word, 0);
    lockSched();
    pidleput(changetype<P>(p as usize));
    unlockSched();
  }
  return wrong;
}

/** The number of idle Ps by the count and by the list, as 100 * count + length. */
export function idleCount(): u32 {
  let n: u32 = 0;
  for (let p = sched.pidle; p != 0 && n < 99; p = changetype<P>(p as usize).link) n++;
  return npidle() * 100 + n;
}

// Memory.

const held: u32 = 200;

@inline function mark(p: usize, size: u32, tag: u32): void {
  store<u32>(p, tag);
  store<u32>(p + size - 4, tag);
}
@inline function intact(p: usize, size: u32, tag: u32): bool {
  return load<u32>(p) == tag && load<u32>(p + size - 4) == tag;
}

/** Allocates objects of this M's own, n of them, of which it keeps an eye on the last ones: how many others wrote to, or were not zero. */
export function allocate(table: usize, n: u32): u32 {
  let wrong: u32 = 0;
  const id = (mx().id + 1) << 24;
  for (let i: u32 = 0; i < held; i++) store<u32>(table + 12 * i, 0);
  for (let i: u32 = 0; i < n; i++) {
    const slot = table + 12 * rnd(held);
    if (load<u32>(slot) != 0 && !intact(load<u32>(slot), load<u32>(slot, 4), load<u32>(slot, 8))) wrong++;
    const size: u32 = (rnd(200) == 0 ? 33000 + rnd(50000) : 16 + rnd(3000)) & ~7;
    const p = mallocgc(size, 0, 1);
    for (let k: u32 = 0; k < size; k += 8) if (load<u64>(p + k) != 0) wrong++;
    mark(p, size, id | i);
    store<u32>(slot, p as u32);
    store<u32>(slot, size, 4);
    store<u32>(slot, id | i, 8);
  }
  for (let i: u32 = 0; i < held; i++) {
    const slot = table + 12 * i;
    if (load<u32>(slot) != 0 && !intact(load<u32>(slot), load<u32>(slot, 4), load<u32>(slot, 8))) wrong++;
  }
  return wrong;
}

/** The same with blocks of the runtime's own, which it frees. */
export function blocks(table: usize, n: u32): u32 {
  let wrong: u32 = 0;
  const id = (mx().id + 1) << 24;
  for (let i: u32 = 0; i < held; i++) store<u32>(table + 12 * i, 0);
  for (let i: u32 = 0; i < n; i++) {
    const slot = table + 12 * rnd(held);
    const old = load<u32>(slot);
    if (old != 0) {
      if (!intact(old, load<u32>(slot, 4), load<u32>(slot, 8))) wrong++;
      freeBlock(old, load<u32>(slot, 4));
    }
    const size: u32 = 256 << rnd(8);
    const p = allocBlock(size);
    mark(p, size, id | i);
    store<u32>(slot, p as u32);
    store<u32>(slot, size, 4);
    store<u32>(slot, id | i, 8);
  }
  for (let i: u32 = 0; i < held; i++) {
    const slot = table + 12 * i;
    if (load<u32>(slot) != 0) freeBlock(load<u32>(slot), load<u32>(slot, 4));
  }
  return wrong;
}

/** Returns once so many threads have called it with the word. */
function meet(word: usize, threads: u32): void {
  atomic.add<u32>(word, 1);
  atomic.notify(word, threads);
  for (let v = atomic.load<u32>(word); v < threads; v = atomic.load<u32>(word)) atomic.wait<i32>(word, v, -1);
}

/** Hangs a weak handle of its own on each of n objects, whose addresses are at `at`; the handles that are there then go to `mine`, a word each. */
export function weakHandles(at: usize, n: u32, mine: usize, gate: usize, threads: u32): void {
  meet(gate, threads);
  for (let i: u32 = 0; i < n; i++) {
    const p = load<u32>(at + (i << 2));
    let h = findspecial(p, specialWeak);
    for (let k = rnd(8); k > 0; k--) atomic.load<u32>(at);
    if (h == 0) h = addspecial(p, mallocgc(16, 0, 1), specialWeak);
    store<u32>(mine + (i << 2), h as u32);
  }
}

/** How many of the n objects have another handle than the word at `mine` says. */
export function otherHandles(at: usize, n: u32, mine: usize): u32 {
  let wrong: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const p = load<u32>(at + (i << 2));
    if (findspecial(p, specialWeak) != (load<u32>(mine + (i << 2)) as usize)) wrong++;
  }
  return wrong;
}

/** Takes the handles off: how many objects had none, or still have one. */
export function dropHandles(at: usize, n: u32): u32 {
  let wrong: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const p = load<u32>(at + (i << 2));
    const h = findspecial(p, specialWeak);
    if (h == 0 || removespecial(p, h, specialWeak) == 0 || findspecial(p, specialWeak) != 0) wrong++;
  }
  return wrong;
}

/** Makes n objects and puts their addresses from `at` on. */
export function objects(at: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) store<u32>(at + (i << 2), mallocgc(24, 0, 1) as u32);
}

// Parking.

/** The same as a goroutine that parks n times, and the M that suspends it then. at: whether it can be found, and whether it was handed over. Returns how often it was. */
export function parks(gp: G, n: u32, at: usize): u32 {
  let handed: u32 = 0;
  const word = changetype<usize>(gp) + offsetof<G>("park");
  for (let i: u32 = 0; i < n; i++) {
    atomic.store<u32>(at + 4, 0);
    gp.park = parking;
    atomic.store<u32>(at, i + 1);
    atomic.notify(at, 1);
    for (let k = rnd(40); k > 0; k--) atomic.load<u32>(at);
    if (atomic.cmpxchg<u32>(word, parking, parked) != parking) {
      gp.park = parkNot;
      continue;
    }
    while (atomic.load<u32>(at + 4) == 0) atomic.wait<i32>(at + 4, 0, -1);
    handed++;
  }
  return handed;
}

/** Readies it, each time. Returns how often it was this one's to run then. */
export function readies(gp: G, n: u32, at: usize): u32 {
  let mine: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    for (let v = atomic.load<u32>(at); v <= i; v = atomic.load<u32>(at)) atomic.wait<i32>(at, v, -1);
    for (let k = rnd(40); k > 0; k--) atomic.load<u32>(at);
    if (!unblock(gp)) continue;
    mine++;
    atomic.store<u32>(at + 4, 1);
    atomic.notify(at + 4, 1);
  }
  return mine;
}

/** Frees all objects: nothing points to them. While nobody else does anything. Returns the bytes that live. */
export function gc(): f64 {
  collect();
  return mem.heapLive as f64;
}
/** Bytes ever taken from the engine. */
export function sys(): f64 {
  return mheap.sysBytes as f64;
}

export function load32(p: usize): u32 {
  return load<u32>(p);
}
/** The first g that was not taken exactly once, -1: there is none. */
export function unlike(seen: usize, n: u32): i32 {
  for (let i: u32 = 0; i < n; i++) if (load<u32>(seen + 4 + (i << 2)) != 1) return i;
  return -1;
}
