// sysmon: what watches over the Ms. It has an M of its own and never a P; the host calls it on a thread that runs no Go code.
//
// Guarantees: a P whose goroutine has been in a host call for a tick of sysmon and longer than 20 µs is taken away from it if there is work for it; a
// goroutine that has run for 10 ms is asked to give way; a timer on a P that nobody runs gets an M, and one whose P is busy while no other is free runs a millisecond late.
// Source: Go's sysmon and retake.

import { hostnanotime, P, Pidle, Prunning, Psyscall } from "./layout";
import { netpollWaiters } from "./netpoll";
import { timer0, timeSleepUntil, startm, pollNetwork, preemptone, handoffp, casStatus, statusOf, wakep } from "./park";
import { runqempty } from "./runq";
import { allp, field, gcwaiting, lockSched, npidle, nmspinning, mxOf, Sched, sched, sigpendingWord, unlockSched } from "./sched";

const forcePreemptNs: i64 = 10_000_000;
/** a goroutine may go on for so long when a timer of its P is due that nobody else can run */
const timerGraceNs: i64 = 1_000_000;
const syscallNs: i64 = 10_000_000;
/** the network is looked at so often while no M is idle */
const netpollNs: i64 = 10_000_000;
/** between looks while all wait, some of them for the network */
const idleNs: i64 = 50_000_000;
const delayMin: i64 = 20_000;
const delayMax: i64 = 10_000_000;
const idleBeforeBackoff: u32 = 50;

let delay: i64 = 20_000;
let idle: u32 = 0;

/** One look. Returns the nanoseconds until the next, or -1: when woken. */
export function sysmon(): i64 {
  if (sched.seeded != 0) return -1;
  if (gcwaiting() || npidle() == sched.gomaxprocs) {
    lockSched();
    if ((gcwaiting() || npidle() == sched.gomaxprocs) && sched.nmsys == 0) {
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
  const next = timeSleepUntil();
  if (next != 0 && next < t && npidle() != 0) startm(0, false);
  pollNetwork(netpollNs);
  if (retake(t)) {
    idle = 0;
    delay = delayMin;
  } else {
    idle++;
    if (idle > idleBeforeBackoff) delay = min<i64>(delay * 2, delayMax);
  }
  return next == 0 ? delay : max<i64>(min<i64>(delay, next + timerGraceNs - t), delayMin);
}

/** Says whether it took a P. */
function retake(t: i64): bool {
  let taken = false;
  for (let i: u32 = 0; i < sched.gomaxprocs; i++) {
    const p = allp(i);
    const s = statusOf(p);
    if (s == Prunning) {
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
      if (runqempty(p) && sched.runqsize == 0 && timer0(p) == 0 && nmspinning() + npidle() > 0 && p.sysmonSyscallwhen + syscallNs > t) continue;
      lockSched();
      sched.nmsys++;
      unlockSched();
      if (casStatus(p, Psyscall, Pidle)) {
        taken = true;
        p.syscalltick++;
        handoffp(p);
      } else {
        lockSched();
        sched.nmsys--;
        unlockSched();
      }
    }
  }
  return taken;
}

/** Signals that have come: the goroutine that waits for them gets an M. */
export function signalled(sig: i32): void {
  atomic.or<u32>(sigpendingWord(), 1 << sig);
  lockSched();
  const waits = sched.sigWaiter != 0;
  unlockSched();
  if (!waits) return;
  for (let i: u32 = 0; i < sched.gomaxprocs; i++) if (statusOf(allp(i)) == Prunning) preemptone(allp(i));
  if (npidle() != 0) startm(0, false);
}

/** An M that is to get a worker, or 0. */
export function nextnewm(): u32 {
  lockSched();
  const a = sched.newm;
  if (a != 0) sched.newm = mxOf(a).schedlink;
  unlockSched();
  return a;
}

/** The word the host sleeps on. */
export function hostwake(): usize {
  return field(offsetof<Sched>("hostWake"));
}
export function sysmonM(): u32 {
  return sched.sysmonM;
}
