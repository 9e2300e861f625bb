// What the runtime exports: to the host, to generated code, and to package runtime's `//go:wasmimport burrow` declarations.

import { pauses, work } from "./mgc";
export { findleaks } from "./mgc";
import {
  allocBytes, allocCount, freeBytes, freeCount, freedCount, mallocCount, mem, setGCPercent, setMemoryLimit, tinyCount, wantGC,
} from "./malloc";
import { mheap } from "./mheap";
import { classSize } from "./sizeclasses";
import { stacks } from "./stack";

import { G, hostsigenable, offX, rootsLen, rootsTab } from "./layout";
import { m, mm, mx, pp } from "./m";
export { m } from "./m";
export { mallocgc } from "./malloc";
export {
  allgat, bubbleactive, dyingOf, newproc, newwaiting, rand64, ready, readyLast, resumed, rt_init, rt_main, rt_minit, setgchook, setgcstress, sigrecv,
} from "./proc";
export { panicframes } from "./panic";
export { rt_mstart, scheduleOnce } from "./findrunnable";
export { numgoroutine, setmaxmcount, wakePoller } from "./park";
export { awaitend, isdying, startdying } from "./dying";
export { freezeTheWorld, getprocs, setprocs, startTheWorld, stopTheWorld } from "./stw";
export { dieOf, hostwake, nextnewm, rt_sysmon, signalled, sysmon, sysmonM } from "./sysmon";
export { netpollAdjustWaiters } from "./netpoll";
export { gfield, mfield, nextm, pfield, schedfield } from "./inspect";
export { ringof, settracing } from "./trace";
export { nanotime, seeded } from "./time";
export { mutexwait, startSampling, timehist } from "./timehist";
export { lock2, unlock2 } from "./lock";
import { runqempty } from "./runq";
import { totalTime } from "./stw";
import { finqWord, goids, idleTime, multi, nmspinning, npidle, sched } from "./sched";
export { addspecial, findobject, findspecial, isPointerWord, nextfin, removespecial } from "./specials";
import { specials } from "./specials";

export const staticEnd: usize = __heap_base;

/** Has the goroutine stop at its next safepoint if somebody asked it to while it could not. */
export function unpinned(): void {
  if (mx().preempt != 0) mm().stackguard = 0;
}
/** Whether to try again before sleeping for a lock, for the i-th time: its holder may be running, and nobody waits for this P. */
export function canspin(i: i32): i32 {
  return multi() && i < 4 && npidle() + nmspinning() + 1 < sched.gomaxprocs && runqempty(pp()) ? 1 : 0;
}
/** Ties the running goroutine and this M to each other (1), or no longer (0). */
export function lockm(on: i32): void {
  const gp = changetype<G>(load<u32>(m, 8) as usize);
  gp.lockedm = on != 0 ? (m as u32) : 0;
  mx().lockedg = on != 0 ? load<u32>(m, 8) : 0;
}
/** Bounds what a goroutine's stack may take. */
export function setmaxstack(n: i64): void {
  stacks.max = n as u64;
}
/** Whether finalizers or cleanups are to run. */
export function finpending(): i32 {
  return (specials.finq | atomic.load<u32>(finqWord())) != 0 ? 1 : 0;
}
/** Passes some time. */
export function procyield(n: i32): void {
  const word = changetype<usize>(sched);
  for (let i = 0; i < n; i++) atomic.load<u32>(word);
}
/** Address of this M's P and of what follows its morebuf. */
export function getp(): usize {
  return mx().p;
}
export function getmx(): usize {
  return m + offX;
}

/** The running goroutine. */
export function getg(): usize {
  return load<u32>(m, 8);
}

/** Asks for a collection at the caller's next suspension. */
export function gcstart(): void {
  wantGC();
}
export function setgcpercent(n: i32): i32 {
  return setGCPercent(n);
}
export function setmemorylimit(n: i64): i64 {
  return setMemoryLimit(n);
}

/** Bytes of the program's variables that hold pointers. */
function rootsBytes(): i64 {
  let n: i64 = 0;
  for (let i: u32 = 0; i < rootsLen; i++) n += (load<u32>(rootsTab + ((i as usize) << 3), 4) as i64) << 3;
  return n;
}

/** Bytes of objects not yet freed. */
function heapBytes(): i64 {
  const freed = freeBytes();
  return (allocBytes() - freed) as i64;
}

/** Of a size class its size (0: larger ones), and how many objects of it were ever allocated, or freed. */
export function sizestat(what: i32, c: i32): i64 {
  if (what == 0) return classSize[c];
  return (what == 1 ? allocCount(c) : freeCount(c)) as i64;
}

/** Figures for runtime.MemStats and package runtime/metrics, by index. */
export function memstat(i: i32): i64 {
  switch (i) {
    case 0: return heapBytes();
    case 1: return allocBytes() as i64;
    case 2: return mheap.sysBytes as i64;
    case 3: return (mallocCount() + tinyCount()) as i64;
    case 4: return (freedCount() + tinyCount()) as i64;
    case 5: return (mheap.pagesInUse << 13) as i64;
    case 6: return mem.nextGC as i64;
    case 7: return work.numgc;
    case 8: return work.pauseTotal as i64;
    case 9: return work.lastPause as i64;
    case 10: return stacks.stackInUse as i64;
    case 11: return work.marked as i64;
    case 12: return mem.gcpercent;
    case 13: return mem.memoryLimit;
    case 14: return specials.finalizers as i64;
    case 15: return specials.cleanups as i64;
    case 16: return rootsBytes();
    case 17: return sched.mcount;
    case 18: return (goids() - sched.systemGs) as i64;
    case 19: return tinyCount() as i64;
    case 20: return freeBytes() as i64;
    case 21: return (mheap.heapPages << 13) as i64;
    case 22: return work.pauseCPU as i64;
    case 23: return idleTime();
    case 24: return totalTime();
    case 25: return work.lastGC;
    case 26: return pauses as i64;
    default: return 0;
  }
}

/** Has the host deliver a signal (1), act by default (0) or ignore it (2). */
export function sigenable(sig: i32, how: i32): void {
  hostsigenable(sig, how);
}
