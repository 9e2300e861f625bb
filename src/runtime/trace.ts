// Events: one ring a P, for readers outside (src/inspect/events.ts).
//
// Assumes: a ring is written by the owner of its P only; readers may be overtaken and see it by the positions. While nobody traces, a place that
// could write an event costs one load and one branch. Guarantees: the events of a P are in order and their times do not go backwards. The time is exact but
// for the frequent kinds (traceSwitch), which take the one that sysmon noted last, some tens of microseconds ago. Those are seen by readers in batches.
//
// A ring is one of words of 8 bytes. An event is three: its head, time i64, arg u32. The head is, from below, 8 bits of kind, 16 of M, 38 of goid and a tag of 2, which is
// 1; in all other words of an event the tag is 0, so that a reader can begin anywhere. What happens most is one word, with the tag 2 (traceLeft): that a goroutine readied another
// that runs next, waits, and the other begins, at the time of the event before. That word is 8 bits of the reason why it waits, 16 that are 0, 38 of the other's goid, and the tag.

import { G, hostnanotime, P } from "./layout";
import { mm, mx } from "./m";
import { allocRing } from "./mheap";
import { allp, maxProcs, sched, setTracing, tracingEvents, unusualTracing } from "./sched";

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

/** who runs, and that time has gone on: before a word that has neither */
const evClock: u32 = 16;

/** words a ring holds */
const ringWords: u32 = 1 << 15;
const eventWords: u32 = 3;
const headTag: u64 = 1 << 62;
const switchTag: u64 = 2 << 62;
const goidBits: u64 = (1 << 38) - 1;
const goidShift: u64 = 24;
/** so many words of the frequent kinds become visible at once */
const batch: u32 = 64;

const waitForReader: u32 = 2;

/** Sleeps until there is room in the ring. */
function awaitReader(p: P, pos: u32): void {
  const read = changetype<usize>(p) + offsetof<P>("ringread");
  while (true) {
    const seen = atomic.load<u32>(read);
    if (pos + 2 * eventWords - seen <= ringWords) return;
    atomic.wait<i32>(read, seen as i32, 1_000_000);
  }
}

@inline function word(p: P, pos: u32): usize {
  return (p.ring as usize) + ((pos & (ringWords - 1)) << 3);
}

/** Writes an event; returns the position behind it. */
function put(p: P, time: i64, kind: u32, goid: u64, arg: u32): u32 {
  const pos = p.ringnext;
  store<u64>(word(p, pos), headTag | ((goid & goidBits) << goidShift) | ((mx().id << 8) as u64) | (kind as u64));
  store<i64>(word(p, pos + 1), time);
  store<u64>(word(p, pos + 2), arg as u64);
  p.ringtime = time;
  p.ringnext = pos + eventWords;
  return pos + eventWords;
}

@inline function publish(p: P, pos: u32): void {
  atomic.store<u32>(changetype<usize>(p) + offsetof<P>("ringpos"), pos);
}

/** Of the goroutine that runs on this M, or 0. */
@inline function goidHere(): u64 {
  return mm().curg != 0 ? changetype<G>(mm().curg as usize).goid : 0;
}

/** That the goroutine that is to run next on p was readied, by the one with that goid. */
function sayUnblock(p: P, by: u64): void {
  const gp = changetype<G>(p.unsaid as usize);
  p.unsaid = 0;
  put(p, max<i64>(p.unsaidTime, p.ringtime), evUnblock, gp.goid, by as u32);
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
    p.ring = allocRing((ringWords as usize) << 3) as u32;
    if (p.ring == 0) return;
  }
  if (p.unsaid != 0) sayUnblock(p, goidHere());
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
  if (p.unsaid != 0) sayUnblock(p, goidHere());
  const pos = put(p, max<i64>(time, p.ringtime), kind, goid, arg);
  if (pos % batch < eventWords) publish(p, pos);
}

/** Keeps in mind that the g, which is to run next on p, was readied here and now: there will be something to say it with. On a P that runs alone. */
export function keepUnblock(p: P, g: u32): void {
  if (p.ring == 0) traceSwitch(evUnblock, changetype<G>(g as usize).goid, goidHere() as u32);
  else {
    p.unsaid = g;
    p.unsaidTime = sched.traceClock;
  }
}

/** This M's P will not be alone any more: others may find in its queue what they know nothing of. */
export function sayAll(): void {
  const p = changetype<P>(mx().p as usize);
  if (changetype<usize>(p) != 0 && p.unsaid != 0) sayUnblock(p, goidHere());
}

/**
 * The goroutine gp waits, on a P that runs alone, and `next` (0: nobody yet) runs next. True: all is said of that, also that next begins; otherwise only that gp
 * waits.
 */
@inline export function traceLeft(p: P, unusual: u32, gp: G, next: u32): bool {
  const time = sched.traceClock;
  if (unusual != unusualTracing || next == 0 || p.unsaid != next || p.unsaidTime != time || p.ringtime > time || time == 0) {
    sayBlock(p, gp);
    return false;
  }
  if (p.ringtime != time) put(p, time, evClock, gp.goid, 0);
  const pos = p.ringnext;
  store<u64>(word(p, pos), switchTag | ((changetype<G>(next as usize).goid & goidBits) << goidShift) | (gp.waitreason as u64));
  p.unsaid = 0;
  p.ringnext = pos + 1;
  if ((pos + 1) % batch == 0) publish(p, pos + 1);
  return true;
}

function sayBlock(p: P, gp: G): void {
  if (p.unsaid != 0) sayUnblock(p, gp.goid);
  traceSwitch(evBlock, gp.goid, gp.waitreason);
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
