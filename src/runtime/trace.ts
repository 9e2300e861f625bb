// Events: one ring a P, for readers outside (src/inspect/events.ts).
//
// Assumes: a ring is written by the owner of its P only; readers may be overtaken and see it by the positions. While nobody traces, a place that
// could write an event costs one load and one branch. Guarantees: the events of a P are in order and their times do not go backwards. The time is exact but
// for the frequent kinds (traceSwitch), which take the one that sysmon noted last, about a hundred microseconds ago: it sets a bit in mx.unusual each time, so that
// what is said while only unusualTracing is set has the time of the event before. Those are seen by readers in batches.
//
// A ring is one of words of 8 bytes. An event is three: its head, time, and arg u32. The head is, from below, a tag of 2 bits, which is 1, 8 bits of kind, 16 of M and 38 of
// goid; in the other words of an event the tag is 0, and their value begins above it, so that a reader can begin anywhere. What happens most is one word, with the tag 2
// (traceLeft): that a goroutine readied another that runs next, waits, and the other begins, at the time of the event before. It has the reason why it waits for the kind,
// and the other's goid.

import { G, hostnanotime, P } from "./layout";
import { mm, mx } from "./m";
import { allocRing } from "./mheap";
import { allp, maxProcs, noClock, sched, setTracing, tracingEvents, unusualTracing } from "./sched";

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
const headTag: u64 = 1;
const switchTag: u64 = 2;
const kindShift: u64 = 2;
const mShift: u64 = 10;
const goidShift: u64 = 26;
/** so many words of the frequent kinds become visible at once; a ring has a whole number of them and begins at a multiple of their bytes */
const batch: u32 = 64;
const batchBytes: usize = 64 << 3;

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

/** How many words were ever written to the ring. */
@inline function written(p: P): u32 {
  return p.ringlap + (((p.ringat - p.ring) as u32) >> 3);
}

/** The place behind a word's. */
@inline function behind(p: P, at: usize): usize {
  at += 8;
  if (at != (p.ring as usize) + (ringWords << 3)) return at;
  p.ringlap += ringWords;
  return p.ring;
}

function put(p: P, time: i64, kind: u32, goid: u64, arg: u32): void {
  const begin = p.ringat as usize;
  let at = begin;
  store<u64>(at, (goid << goidShift) | ((mx().id << (mShift as u32)) as u64) | ((kind << (kindShift as u32)) as u64) | headTag);
  at = behind(p, at);
  store<u64>(at, (time as u64) << kindShift);
  at = behind(p, at);
  store<u64>(at, (arg as u64) << kindShift);
  at = behind(p, at);
  p.ringat = at as u32;
  p.ringtime = time;
  if ((begin ^ at) >= batchBytes) publish(p);
}

/** Writes an event of one word. */
@inline function putSwitch(p: P, goid: u64, reason: u32): void {
  const at = p.ringat as usize;
  store<u64>(at, (goid << goidShift) | ((reason << (kindShift as u32)) as u64) | switchTag);
  p.ringat = (at + 8) as u32;
  if (((at + 8) & (batchBytes - 1)) == 0) endBatch(p, at);
}

function endBatch(p: P, at: usize): void {
  p.ringat = behind(p, at) as u32;
  publish(p);
}

@inline function publish(p: P): void {
  atomic.store<u32>(changetype<usize>(p) + offsetof<P>("ringpos"), written(p));
}

/** Of the goroutine that runs on this M, or 0. */
@inline function goidHere(): u64 {
  return mm().curg != 0 ? changetype<G>(mm().curg as usize).goid : 0;
}

/** That the goroutine that is to run next on p was readied, by the one with that goid. */
function sayUnblock(p: P, by: u64): void {
  const gp = changetype<G>(p.unsaid as usize);
  p.unsaid = 0;
  put(p, p.ringtime, evUnblock, gp.goid, by as u32);
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
    p.ringat = p.ring;
  }
  if (p.unsaid != 0) sayUnblock(p, goidHere());
  if ((sched.tracing & tracingEvents) == waitForReader) awaitReader(p, written(p));
  put(p, sched.seeded != 0 ? sched.virtualTime : hostnanotime(), kind, goid, arg);
  publish(p);
}

/** Writes an event of a frequent kind. */
export function traceSwitch(kind: u32, goid: u64, arg: u32): void {
  const a = mx().p;
  if (a == 0 || (sched.tracing & tracingEvents) == 0) return;
  const p = changetype<P>(a as usize);
  const time = sched.traceClock;
  if (p.ring == 0 || time == noClock) {
    traceTo(p, kind, goid, arg);
    return;
  }
  if (p.unsaid != 0) sayUnblock(p, goidHere());
  put(p, max<i64>(time, p.ringtime), kind, goid, arg);
}

/** Keeps in mind that the g, which is to run next on p, was readied here and now: there will be something to say it with. On a P that runs alone. */
@inline export function keepUnblock(p: P, unusual: u32, g: u32): void {
  if (unusual == unusualTracing) p.unsaid = g;
  else traceSwitch(evUnblock, changetype<G>(g as usize).goid, goidHere() as u32);
}

/** gp is about to run on p: what sysmon noted of the time since the last event holds for the next ones. */
export function traceTime(p: P, gp: G): void {
  if (p.ring == 0) traceSwitch(evStart, gp.goid, 0);
  else if (p.ringtime < sched.traceClock) put(p, sched.traceClock, evClock, gp.goid, 0);
}

/** This M's P will not be alone any more: others may find in its queue what they know nothing of. */
export function sayAll(): void {
  const p = changetype<P>(mx().p as usize);
  if (changetype<usize>(p) != 0 && p.unsaid != 0) sayUnblock(p, goidHere());
}

/**
 * The goroutine gp waits, on a P that runs alone where nothing but that events are written is unusual, and next (0: nobody yet) runs next. True: one word says all
 * of that; false: nothing is said.
 */
@inline export function traceLeft(p: P, gp: G, next: u32): bool {
  if (next != 0) {
    if (p.unsaid == next) {
      p.unsaid = 0;
      putSwitch(p, changetype<G>(next as usize).goid, gp.waitreason);
      return true;
    }
  }
  return false;
}

/** gp waits. */
export function traceBlock(gp: G): void {
  const a = mx().p as usize;
  if (a != 0 && changetype<P>(a).unsaid != 0) sayUnblock(changetype<P>(a), gp.goid);
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
