// The queue of runnable goroutines that belongs to no P: what is too much for a ring, and whoever has had its time slice.
//
// A ring of addresses, so that gs, which others wrote last, are moved without being looked at. It doubles when it is full; the old one is lost, so all that
// were are no larger than the last.
// Assumes: the lock is held, but where it says otherwise. Guarantees: first in, first out.

import { G } from "./layout";
import { persistentalloc } from "./mheap";
import { field, Sched, sched } from "./sched";

const firstCap: u32 = 1 << 10;

@inline function slot(i: u32): usize {
  return (sched.runq as usize) + (((sched.runqhead + i) & (sched.runqcap - 1)) << 2);
}
@inline function setSize(n: u32): void {
  atomic.store<u32>(field(offsetof<Sched>("runqsize")), n);
}

/** Read without the lock it is a hint. */
@inline export function globrunqsize(): u32 {
  return atomic.load<u32>(field(offsetof<Sched>("runqsize")));
}

export function globrunqput(gp: G): void {
  const n = sched.runqsize;
  reserve(n + 1);
  store<u32>(slot(n), changetype<usize>(gp) as u32);
  setSize(n + 1);
}

/** Puts the n gs whose addresses are at `from`, in a ring of `cap` beginning with the h-th, and then one more. */
export function globrunqputbatch(from: usize, cap: u32, h: u32, n: u32, more: u32): void {
  const size = sched.runqsize;
  reserve(size + n + 1);
  for (let i: u32 = 0; i < n; i++) store<u32>(slot(size + i), load<u32>(from + (((h + i) & (cap - 1)) << 2)));
  store<u32>(slot(size + n), more);
  setSize(size + n + 1);
}

/** Takes n; there are as many. Puts their addresses into a ring of `cap` at `to`, beginning with the t-th, but for the first, which it returns. */
export function globrunqpop(to: usize, cap: u32, t: u32, n: u32): u32 {
  const first = load<u32>(slot(0));
  for (let i: u32 = 1; i < n; i++) store<u32>(to + (((t + i - 1) & (cap - 1)) << 2), load<u32>(slot(i)));
  sched.runqhead += n;
  setSize(sched.runqsize - n);
  return first;
}

/** Makes room for n in all. */
function reserve(n: u32): void {
  const cap = sched.runqcap;
  if (n <= cap) return;
  const more = max<u32>(firstCap, cap << 1);
  const a = persistentalloc((more as usize) << 2);
  for (let i: u32 = 0; i < sched.runqsize; i++) store<u32>(a + (i << 2), load<u32>(slot(i)));
  sched.runq = a as u32;
  sched.runqcap = more;
  sched.runqhead = 0;
}
