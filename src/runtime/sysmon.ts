// sysmon: what watches over the Ms. It has an M of its own and never a P. A program that has run for a while gives it a thread (rt_sysmon); before that, and in
// runs from a seed, the host's main thread calls it.
//
// Guarantees: while every P is idle it sleeps until it is woken or the first timer is due; a P whose goroutine has been in a host call for a tick of sysmon and longer than 20 µs is taken away from it if there is work for it; a
// goroutine that has run for 10 ms is asked to give way; a timer on a P that nobody runs gets an M, and one whose P is busy while no other is free runs a millisecond late.
// Source: Go's sysmon and retake.

import { hostnanotime, P, Pidle, Prunning, Psyscall } from "./layout";
import { noteclear, notesleep } from "./lock";
import { netpollWaiters } from "./netpoll";
import { askAgain, casStatus, handoffp, pollNetwork, startm, statusOf, timer0, timeSleepUntil, wakep } from "./park";
import { preemptone } from "./stw";
import { runqempty } from "./runq";
import {
  allp, dyingWord, gcwaiting, hostWakeWord, lockSched, noClock, npidle, nmspinning, mxOf, sched, setTraceClock, sigpendingWord, sysmonnote, tracingEvents, unlockSched, wakeSysmon,
} from "./sched";

const forcePreemptNs: i64 = 10_000_000;
/** a goroutine may go on for so long when a timer of its P is due that nobody else can run */
const timerGraceNs: i64 = 1_000_000;
const syscallNs: i64 = 10_000_000;
/** the network is looked at so often while no M is idle */
const netpollNs: i64 = 10_000_000;
/** between looks while all wait, some of them for the network */
const idleNs: i64 = 50_000_000;
/** between looks while events are written, as they give those their time */
const clockNs: i64 = 100_000;
const delayMin: i64 = 20_000;
const delayMax: i64 = 10_000_000;
const idleBeforeBackoff: u32 = 50;

let delay: i64 = 20_000;
let idle: u32 = 0;

/** One look. Returns the nanoseconds until the next, or -1: when woken. */
export function sysmon(): i64 {
  // Together with what is looked for below: whoever wakes it has it look again.
  noteclear(sysmonnote());
  const asked = signalsWait() || dying();
  if (sched.seeded != 0 && !asked) return -1;
  if (asked) wakeForSignals();
  if (!asked && (gcwaiting() || npidle() == sched.gomaxprocs)) {
    lockSched();
    if (gcwaiting() || npidle() == sched.gomaxprocs) {
      sched.sysmonwait = 1;
      unlockSched();
      delay = delayMin;
      idle = 0;
      const next = timeSleepUntil();
      // The M that sleeps until that timer or for the network wakes by itself; this look is in case it has become busy.
      if (netpollWaiters() != 0) return idleNs;
      return next == 0 ? -1 : max<i64>(next - hostnanotime(), 0) + delayMax;
    }
    unlockSched();
  }
  const t = hostnanotime();
  const traced = (sched.tracing & tracingEvents) != 0;
  if (traced && sched.sysmonThread != 0) setTraceClock(t);
  else sched.traceClock = noClock;
  const next = timeSleepUntil();
  if (next != 0 && next < t && npidle() != 0) startm(0, false);
  pollNetwork(netpollNs);
  if (retake(t) || asked) {
    idle = 0;
    delay = delayMin;
  } else {
    idle++;
    if (idle > idleBeforeBackoff) delay = min<i64>(delay * 2, delayMax);
  }
  if (traced) return clockNs;
  return next == 0 ? delay : max<i64>(min<i64>(delay, next + timerGraceNs - t), delayMin);
}

/** Says whether it took a P. */
function retake(t: i64): bool {
  let taken = false;
  for (let i: u32 = 0; i < sched.gomaxprocs; i++) {
    const p = allp(i);
    const s = statusOf(p);
    if (s == Prunning) {
      askAgain(p);
      const tick = p.schedtick;
      if (p.sysmonSchedtick != tick) {
        p.sysmonSchedtick = tick;
        p.sysmonSchedwhen = t;
      } else if (p.sysmonSchedwhen + forcePreemptNs <= t) preemptone(p);
      const due = timer0(p);
      if (due != 0 && due + timerGraceNs <= t && npidle() == 0) preemptone(p);
    } else if (s == Psyscall) {
      const tick = p.syscalltick;
      if (p.sysmonSyscalltick != tick) {
        p.sysmonSyscalltick = tick;
        p.sysmonSyscallwhen = t;
        continue;
      }
      // Without anything for it to do the P may stay, for a while.
      const wanted = !runqempty(p) || sched.runqsize != 0 || timer0(p) != 0 || nmspinning() + npidle() == 0 || dying();
      if (!wanted && p.sysmonSyscallwhen + syscallNs > t) continue;
      if (casStatus(p, Psyscall, Pidle)) {
        taken = true;
        p.syscalltick++;
        handoffp(p);
      }
    }
  }
  return taken;
}

/** Looks for ever, on a thread of its own. */
export function rt_sysmon(): i32 {
  sched.sysmonThread = 1;
  while (true) notesleep(sysmonnote(), sysmon());
}

/** Whether a signal has come that a goroutine waits for. */
function signalsWait(): bool {
  return sched.sigWaiter != 0 && atomic.load<u32>(sigpendingWord()) != 0;
}
/** Whether a signal has come that the program is to report and die of, and no goroutine does so yet. */
function dying(): bool {
  return (atomic.load<u32>(dyingWord()) & 0xff) != 0;
}

/** An M that soon schedules finds what is to be done about signals: one without work, or each of those that have some. */
function wakeForSignals(): void {
  for (let i: u32 = 0; i < sched.gomaxprocs; i++) if (statusOf(allp(i)) == Prunning) preemptone(allp(i));
  if (npidle() != 0) startm(0, false);
}

/** A signal that the program wants to be told of. Called by the host's main thread. */
export function signalled(sig: i32): void {
  atomic.or<u32>(sigpendingWord(), 1 << sig);
  wakeSysmon();
}

/** A signal that ends the program, which says before what its goroutines were doing. Called by the host's main thread. */
export function dieOf(sig: i32): void {
  atomic.cmpxchg<u32>(dyingWord(), 0, sig as u32);
  wakeSysmon();
}

/** An M that is to get a worker, or 0. */
export function nextnewm(): u32 {
  lockSched();
  const a = sched.newm;
  if (a != 0) sched.newm = mxOf(a).schedlink;
  unlockSched();
  return a;
}

/** The word the host's main thread sleeps on. */
export function hostwake(): usize {
  return hostWakeWord();
}
export function sysmonM(): u32 {
  return sched.sysmonM;
}
