// Events: one ring a P, for readers outside (src/inspect/events.ts).
//
// Assumes: a ring is written by the owner of its P only; readers may be overtaken and see it by the positions. While nobody traces, a place that
// could write an event costs one load and one branch. Guarantees: the events of a P are in order and their times do not go backwards. The time is exact but
// for the frequent kinds (traceSwitch), which take the one that sysmon noted last, some tens of microseconds ago. Those are seen by readers in batches.
// An event is 24 bytes: time i64; u64 of kind (8 bits), M (16) and goid (40); arg u32; and u32 its own position, by which a reader knows a whole event.

import { hostnanotime, P } from "./layout";
import { mx } from "./m";
import { allocRing } from "./mheap";
import { allp, maxProcs, sched, setTracing } from "./sched";

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
export const eventBytes: usize = 24;
/** so many events of the frequent kinds become visible at once */
const batch: u32 = 64;

/** bits of sched.tracing that ask for events */
export const tracingEvents: u32 = 3;
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

@inline function put(p: P, time: i64, kind: u32, goid: u64, arg: u32): u32 {
  const pos = p.ringnext;
  const e = (p.ring as usize) + ((pos & (ringEvents - 1)) as usize) * eventBytes;
  store<i64>(e, time);
  store<u64>(e, (goid << 24) | ((mx().id << 8) as u64) | (kind as u64), 8);
  store<u32>(e, arg, 16);
  store<u32>(e, pos, 20);
  p.ringtime = time;
  p.ringnext = pos + 1;
  return pos + 1;
}

@inline function publish(p: P, pos: u32): void {
  atomic.store<u32>(changetype<usize>(p) + offsetof<P>("ringpos"), pos);
}

/** Writes an event with its exact time into the ring of this M's P. */
export function traceEvent(kind: u32, goid: u64, arg: u32): void {
  const a = mx().p;
  if (a != 0) traceTo(changetype<P>(a as usize), kind, goid, arg);
}

/** Writes an event with its exact time into the ring of a P that is the caller's. */
export function traceTo(p: P, kind: u32, goid: u64, arg: u32): void {
  if ((sched.tracing & tracingEvents) == 0) return;
  if (p.ring == 0) {
    p.ring = allocRing((ringEvents as usize) * eventBytes) as u32;
    if (p.ring == 0) return;
  }
  if ((sched.tracing & tracingEvents) == waitForReader) awaitReader(p, p.ringnext);
  publish(p, put(p, sched.seeded != 0 ? sched.virtualTime : hostnanotime(), kind, goid, arg));
}

/** Writes an event of a frequent kind. */
export function traceSwitch(kind: u32, goid: u64, arg: u32): void {
  const a = mx().p;
  if (a == 0 || (sched.tracing & tracingEvents) == 0) return;
  const p = changetype<P>(a as usize);
  const time = sched.traceClock;
  if (p.ring == 0 || time == 0) {
    traceTo(p, kind, goid, arg);
    return;
  }
  const pos = put(p, max<i64>(time, p.ringtime), kind, goid, arg);
  if (pos % batch == 0) publish(p, pos);
}

/** Begins (1) or ends (0) the writing of events; 2: they also wait for the reader rather than be lost. */
export function settracing(on: i32): void {
  setTracing(on as u32, tracingEvents);
}
/** Address of the ring's, its written and its read position, of P i, for readers; 0 if there is no such P. */
export function ringof(i: i32): usize {
  if ((i as u32) >= maxProcs || changetype<usize>(allp(i)) == 0) return 0;
  return changetype<usize>(allp(i)) + offsetof<P>("ring");
}
