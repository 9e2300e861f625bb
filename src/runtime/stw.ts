// Stopping the world, and changing the number of Ps while it is stopped.
//
// Assumes: as park.ts. Guarantees: stopTheWorld returns true when this M's is the only P that runs; every P stops at its goroutine's next safepoint, one in a
// host call at once.
// Source: Go's runtime/proc.go: stopTheWorldWithSema, startTheWorldWithSema, procresize, preemptone.

import { hostnanotime, P, Pdead, Pgcstop, Prunning, pSize, Psyscall } from "./layout";
import { noteclear, notesleep, notewakeup } from "./lock";
import { m, mx, pp } from "./m";
import { flushStats } from "./malloc";
import { persistentalloc } from "./mheap";
import { acquirep, casStatus, dropSpinning, releasep, startm, statusOf, statusWord, stopm, wakep } from "./park";
import { runqdrain, runqempty } from "./runq";
import {
  allp, field, gcwaiting, lockSched, maxProcs, multi, mxOf, pidleget, pidleput, sched, Sched, setAllp, setGcwaiting, setMulti, setWatcher, stopnote,
  sysmonWaits, unlockSched, wakeSysmon, watcher,
} from "./sched";
import { now } from "./time";
import { recordStop } from "./timehist";
import { evSTWDone, evSTWStart, traceEvent } from "./trace";

/** milliseconds the others have to stop before a program's last words */
const freezeRounds: i32 = 20;

/** Asks the goroutine on that P to stop at its next safepoint. */
export function preemptone(p: P): void {
  const a = p.m;
  if (a == 0 || a == (m as u32)) return;
  if (sched.tracing && mxOf(a).preempt == 0) mxOf(a).preemptAt = hostnanotime();
  mxOf(a).preempt = 1;
  atomic.store<u32>(a as usize, 0);
}

function preemptall(): void {
  for (let i: u32 = 0; i < sched.gomaxprocs; i++) if (statusOf(allp(i)) == Prunning) preemptone(allp(i));
}

/** Stops all other Ps; this M keeps its own. False if another M is stopping the world: then this one must go and stop, too. */
export function stopTheWorld(): bool {
  lockSched();
  if (gcwaiting()) {
    unlockSched();
    return false;
  }
  sched.stopStart = hostnanotime();
  sched.stopForGC = 0;
  if (sched.tracing) traceEvent(evSTWStart, 0, 0);
  sched.stopwait = sched.gomaxprocs - 1;
  noteclear(stopnote());
  setGcwaiting(1);
  preemptall();
  pp().status = Pgcstop;
  for (let i: u32 = 0; i < sched.gomaxprocs; i++) {
    if (casStatus(allp(i), Psyscall, Pgcstop)) {
      allp(i).syscalltick++;
      sched.stopwait--;
    }
  }
  for (let p = pidleget(); p != 0; p = pidleget()) {
    changetype<P>(p as usize).status = Pgcstop;
    sched.stopwait--;
  }
  const wait = sched.stopwait > 0;
  unlockSched();
  // Asked again and again: the goroutine may have set its guard just after it was lowered.
  if (wait) while (!notesleep(stopnote(), 100_000)) preemptall();
  sched.stopDone = hostnanotime();
  return true;
}

/** Lets the others go on; Ps with work of their own get an M. */
export function startTheWorld(): void {
  const mine = changetype<usize>(pp()) as u32;
  lockSched();
  const n = sched.newprocs != 0 ? sched.newprocs : sched.gomaxprocs;
  sched.newprocs = 0;
  procresize(n);
  setMulti(n > 1 ? 1 : 0);
  // All Ps are somewhere before anybody else can stop the world: idle, or in this list.
  let runnable: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const p = allp(i);
    if ((changetype<usize>(p) as u32) == mine || statusOf(p) != Pgcstop) continue;
    if (runqempty(p)) pidleput(p);
    else {
      p.link = runnable;
      runnable = changetype<usize>(p) as u32;
    }
  }
  setGcwaiting(0);
  if (sched.tracing) traceEvent(evSTWDone, 0, 0);
  recordStop(sched.stopForGC != 0, sched.stopStart, sched.stopDone);
  unlockSched();
  while (runnable != 0) {
    const p = runnable;
    runnable = changetype<P>(p as usize).link;
    startm(p, false);
  }
  if (sysmonWaits()) wakeSysmon();
  if (multi()) wakep();
}

/** Stops all other Ps for good, as far as they come to a safepoint within some milliseconds: for the last words of a program. */
export function freezeTheWorld(): void {
  lockSched();
  // More than will ever stop: nobody is to go on.
  sched.stopwait = 0x7fffffff;
  setGcwaiting(1);
  unlockSched();
  for (let i = 0; i < freezeRounds; i++) {
    preemptall();
    let running = 0;
    for (let k: u32 = 0; k < sched.gomaxprocs; k++) if (statusOf(allp(k)) == Prunning && allp(k).m != (m as u32)) running++;
    if (running == 0) return;
    atomic.wait<i32>(field(offsetof<Sched>("frozen")), 0, 1_000_000);
  }
}

/** Stops this M's P for whoever stops the world, and sleeps. */
export function gcstopm(): void {
  const x = mx();
  lockSched();
  if (!gcwaiting()) {
    unlockSched();
    return;
  }
  dropSpinning(x);
  const p = releasep();
  atomic.store<u32>(statusWord(p), Pgcstop);
  if (--sched.stopwait == 0) notewakeup(stopnote());
  unlockSched();
  stopm(0);
}

/** Makes the number of Ps n; the world is stopped and the lock held, or there is no other M yet. This M keeps its P, or gets P 0. */
export function procresize(n: u32): void {
  if (n > maxProcs) n = maxProcs;
  const old = sched.gomaxprocs;
  for (let i: u32 = 0; i < n; i++) {
    if (changetype<usize>(allp(i)) == 0) {
      const p = changetype<P>(persistentalloc(pSize));
      p.id = i;
      p.status = Pgcstop;
      setAllp(i, p);
    } else if (allp(i).status == Pdead) allp(i).status = Pgcstop;
  }
  const t = now();
  if (old != 0) sched.totalTime += (t - sched.procresizeTime) * old;
  sched.procresizeTime = t;
  sched.gomaxprocs = n;
  setWatcher(watcher());
  for (let i = n; i < old; i++) {
    const p = allp(i);
    runqdrain(p);
    flushStats(p);
    p.status = Pdead;
    sched.orphans = 1;
  }
  const mine = mx().p != 0 ? pp() : allp(0);
  if (mx().p == 0 || mine.id >= n) {
    mx().p = 0;
    acquirep(allp(0));
  } else mine.status = Prunning;
}

/** Nanoseconds of all Ps together. */
export function totalTime(): i64 {
  return sched.totalTime + (now() - sched.procresizeTime) * sched.gomaxprocs;
}

/** Asks for n Ps; the caller's goroutine gives way next, and finds it done when it goes on. */
export function setprocs(n: i32): void {
  sched.newprocs = n as u32;
}
export function getprocs(): i32 {
  return sched.gomaxprocs;
}
