// Events: one ring a P, for readers outside (src/inspect/events.ts).
//
// Assumes: a ring is written by the owner of its P only; readers may be overtaken and see it by the positions. While nobody traces, a place that
// could write an event costs one load and one branch.
// An event is 32 bytes: time i64, goid u64, arg u64, kind u8, P u8, M u16, and u32 the low bits of its own position, by which a reader knows a whole event.

import { hostnanotime, P } from "./layout";
import { mx } from "./m";
import { allocRing } from "./mheap";
import { allp, maxProcs, sched } from "./sched";

export const evCreate: u32 = 1;
export const evStart: u32 = 2;
export const evBlock: u32 = 3;
export const evUnblock: u32 = 4;
export const evPreempt: u32 = 5;
export const evEnd: u32 = 6;
export const evSteal: u32 = 7;
export const evHandoff: u32 = 8;
export const evSyscallEnter: u32 = 9;
export const evSyscallExit: u32 = 10;
export const evProcStart: u32 = 11;
export const evProcStop: u32 = 12;
export const evSTWStart: u32 = 13;
export const evSTWDone: u32 = 14;

/** events a ring holds */
export const ringEvents: u32 = 1 << 14;
export const eventBytes: usize = 32;

const waitForReader: u32 = 2;

/** Sleeps until there is room in the ring. */
function awaitReader(p: P, pos: u32): void {
  const word = changetype<usize>(p) + offsetof<P>("ringread");
  while (true) {
    const read = atomic.load<u32>(word);
    if (pos - read < ringEvents) return;
    atomic.wait<i32>(word, read as i32, 1_000_000);
  }
}

export function traceEvent(kind: u32, goid: u64, arg: u64): void {
  const a = mx().p;
  if (a == 0) return;
  const p = changetype<P>(a as usize);
  if (p.ring == 0) {
    p.ring = allocRing((ringEvents as usize) * eventBytes) as u32;
    if (p.ring == 0) return;
  }
  const pos = p.ringpos;
  if (sched.tracing == waitForReader) awaitReader(p, pos);
  const e = (p.ring as usize) + ((pos & (ringEvents - 1)) as usize) * eventBytes;
  store<i64>(e, sched.seeded != 0 ? sched.virtualTime : hostnanotime());
  store<u64>(e, goid, 8);
  store<u64>(e, arg, 16);
  store<u8>(e, kind as u8, 24);
  store<u8>(e, p.id as u8, 25);
  store<u16>(e, mx().id as u16, 26);
  store<u32>(e, pos, 28);
  atomic.store<u32>(changetype<usize>(p) + offsetof<P>("ringpos"), pos + 1);
}

/** Begins (1) or ends (0) the writing of events; 2: they also wait for the reader rather than be lost. */
export function settracing(on: i32): void {
  sched.tracing = on as u32;
}
/** Address of the ring's, its written and its read position, of P i, for readers; 0 if there is no such P. */
export function ringof(i: i32): usize {
  if ((i as u32) >= maxProcs || changetype<usize>(allp(i)) == 0) return 0;
  return changetype<usize>(allp(i)) + offsetof<P>("ring");
}
