// A P's own queue: a ring of 256 and the one that runs next.
//
// Invariants: only the owner of the P puts, at runqtail; the owner and thieves take, at runqhead, by compare-and-swap. runnext is taken by
// compare-and-swap too; only the owner sets it. An owner that is alone has no thieves and writes all of them plainly: an atomic store waits for all stores
// before it, and those to a g that others had are slow. A g in a queue is Grunnable and its M is 0.
// Source: Go's runtime/proc.go, runqput to runqsteal.

import { G, Grunnable, offRunq, P, Prunning, runqSize } from "./layout";
import { globrunqpop, globrunqput, globrunqputbatch } from "./globrunq";
import { alone, lockSched, sched, unlockSched } from "./sched";

/** never notified: to sleep on */
const napWord: usize = memory.data(4, 4);
const napNs: i64 = 3000;

@inline function head(p: P): usize {
  return changetype<usize>(p) + offsetof<P>("runqhead");
}
@inline function tail(p: P): usize {
  return changetype<usize>(p) + offsetof<P>("runqtail");
}
@inline function next(p: P): usize {
  return changetype<usize>(p) + offsetof<P>("runnext");
}
@inline function switches(p: P): usize {
  return changetype<usize>(p) + offsetof<P>("switches");
}
@inline function slot(p: P, i: u32): usize {
  return changetype<usize>(p) + offRunq + ((i & (runqSize - 1)) << 2);
}

export function runqempty(p: P): bool {
  while (true) {
    const h = atomic.load<u32>(head(p));
    const t = atomic.load<u32>(tail(p));
    const n = atomic.load<u32>(next(p));
    if (t == atomic.load<u32>(tail(p))) return h == t && n == 0;
  }
}

/** How many wait on p's queue; a hint to other Ms. */
export function runqlen(p: P): u32 {
  return atomic.load<u32>(tail(p)) - atomic.load<u32>(head(p)) + (atomic.load<u32>(next(p)) != 0 ? 1 : 0);
}

/** Puts gp on its own P's queue: to run next, kicking out who was to, or at the tail; half of a full ring goes to the global queue. */
export function runqput(p: P, gp: G, asNext: bool): void {
  gp.status = Grunnable;
  let g = changetype<usize>(gp) as u32;
  if (asNext) {
    if (alone()) {
      const old = p.runnext;
      p.runnext = g;
      if (old == 0) return;
      g = old;
    } else {
      const old = atomic.xchg<u32>(next(p), g);
      if (old == 0) return;
      g = old;
    }
  }
  while (true) {
    const h = atomic.load<u32>(head(p));
    const t = p.runqtail;
    if (t - h < runqSize) {
      store<u32>(slot(p, t), g);
      setTail(p, t + 1);
      return;
    }
    if (runqputslow(p, g, h, t)) return;
  }
}

@inline function setTail(p: P, t: u32): void {
  if (alone()) p.runqtail = t;
  else atomic.store<u32>(tail(p), t);
}

/** Takes what is at runqhead up to `to`, if it still is h. */
@inline function casHead(p: P, h: u32, to: u32): bool {
  if (!alone()) return atomic.cmpxchg<u32>(head(p), h, to) == h;
  p.runqhead = to;
  return true;
}

function runqputslow(p: P, g: u32, h: u32, t: u32): bool {
  const n = (t - h) >> 1;
  if (!casHead(p, h, h + n)) return false;
  lockSched();
  globrunqputbatch(slot(p, 0), runqSize, h, n, g);
  unlockSched();
  return true;
}

/** Whether the last g runqget returned shares the time slice of the one before. */
export let inheritTime: bool = false;

/** Takes what runs next, or 0. */
@inline export function takeRunnext(p: P): u32 {
  const n = p.runnext;
  if (n == 0) return 0;
  if (alone()) {
    p.runnext = 0;
    return n;
  }
  // Only the owner sets it: if it changes, it has become 0.
  return atomic.cmpxchg<u32>(next(p), n, 0) == n ? n : 0;
}

/** Takes the next g of its own P, or 0. */
export function runqget(p: P, useNext: bool): u32 {
  if (useNext) {
    const n = takeRunnext(p);
    if (n != 0) {
      inheritTime = true;
      return n;
    }
  }
  inheritTime = false;
  while (true) {
    const h = atomic.load<u32>(head(p));
    if (h == p.runqtail) return 0;
    const g = load<u32>(slot(p, h));
    if (casHead(p, h, h + 1)) return g;
  }
}

/**
 * Takes one g of the global queue for p to run, and puts some more on p's ring, which is empty then: p's share, at most max (0: half the ring, and the one).
 */
export function globrunqget(p: P, max: u32): u32 {
  lockSched();
  let n = sched.runqsize / sched.gomaxprocs + 1;
  if (n > sched.runqsize) n = sched.runqsize;
  if (max != 0 && n > max) n = max;
  if (n > runqSize / 2) n = runqSize / 2;
  inheritTime = false;
  if (n == 0) {
    unlockSched();
    return 0;
  }
  const t = p.runqtail;
  const g = globrunqpop(slot(p, 0), runqSize, t, n);
  unlockSched();
  if (n > 1) setTail(p, t + n - 1);
  return g;
}

/** Moves half of from's ring behind to's tail; also its runnext, in the last round. Returns how many. */
function runqgrab(from: P, to: P, t: u32, stealNext: bool): u32 {
  while (true) {
    const h = atomic.load<u32>(head(from));
    const end = atomic.load<u32>(tail(from));
    let n = end - h;
    n = n - (n >> 1);
    if (n == 0) {
      if (!stealNext) return 0;
      let g = atomic.load<u32>(next(from));
      if (g == 0) return 0;
      if (from.status == Prunning) {
        // Where goroutines follow each other it is about to run, and best there: leave it some microseconds.
        const seen = atomic.load<u32>(switches(from));
        atomic.wait<i32>(napWord, 0, napNs);
        if (atomic.load<u32>(switches(from)) != seen) return 0;
        g = atomic.load<u32>(next(from));
        if (g == 0) return 0;
      }
      if (atomic.cmpxchg<u32>(next(from), g, 0) != g) continue;
      store<u32>(slot(to, t), g);
      return 1;
    }
    if (n > runqSize / 2) continue;
    for (let i: u32 = 0; i < n; i++) store<u32>(slot(to, t + i), load<u32>(slot(from, h + i)));
    if (atomic.cmpxchg<u32>(head(from), h, h + n) == h) return n;
  }
}

/** Steals half of from's queue for p, whose ring is empty; returns one of them to run, or 0. */
export function runqsteal(p: P, from: P, stealNext: bool): u32 {
  const t = p.runqtail;
  let n = runqgrab(from, p, t, stealNext);
  if (n == 0) return 0;
  n--;
  const g = load<u32>(slot(p, t + n));
  inheritTime = false;
  if (n == 0) return g;
  atomic.store<u32>(tail(p), t + n);
  return g;
}

/** Moves everything of p to the global queue; the world is stopped and the lock held. */
export function runqdrain(p: P): void {
  while (true) {
    const g = runqget(p, true);
    if (g == 0) return;
    globrunqput(changetype<G>(g as usize));
  }
}
