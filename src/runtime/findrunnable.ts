// Finding work, and the scheduler's loop.
//
// Assumes: as park.ts. Guarantees: schedule() runs goroutines for ever; whatever can run is found before the M sleeps.
// Source: Go's runtime/proc.go: findRunnable, stealWork, schedule.

import { asked, G, MX, P, special } from "./layout";
import { m, mx, pp } from "./m";
import { collectDue, mem } from "./malloc";
import { collect, stressDue } from "./mgc";
import { netpollWaiters } from "./netpoll";
import {
  awaitP, dropSpinning, pollNetwork, releasep, serveWake, startlockedm, stoplockedm, stopm, stopmLocked, takeIdleP, timer0, timeSleepUntil, wakep,
  watchOver,
} from "./park";
import { execute, exportDieOfSignal, exportRunfinq, exportTimerproc, goExport, makeG, rand64, ready } from "./proc";
import { globrunqsize } from "./globrunq";
import { globrunqget, inheritTime, runqempty, runqget, runqsteal, takeRunnext } from "./runq";
import {
  addSpinning, allp, dyingReported, dyingWord, finqWord, gcwaiting, lockSched, maxProcs, multi, nmspinning, npidle, pidleput, sched,
  sigpendingWord, takeNeedspinning, unlockSched, unusualSafepoints, unusualTracing, watcher,
} from "./sched";
import { gcstopm, startTheWorld, stopTheWorld } from "./stw";
import { now, seeded } from "./time";
import { evSteal, traceEvent } from "./trace";

/** rounds of looking at all other Ps; in the last one runnexts and timers are taken too */
const stealRounds: u32 = 4;
/** looks at all others before sleeping: some tens of microseconds, as waking costs more than looking */
const spins: u32 = 64;
/** goroutine switches between looks at the global queue */
const globalTick: u32 = 61;
/** in `special`: somebody traces */
const specialTracing: u64 = (unusualTracing as u64) << 32;
/** switches from one goroutine to the one it readied before timers and all the rest are looked at */
const runnextLimit: u32 = 64;

/** One of those who see that the timer is due takes it on itself; the goroutine it starts for it says when the next one is. */
@inline function casTimer0(p: P, when: i64): bool {
  return atomic.cmpxchg<i64>(changetype<usize>(p) + offsetof<P>("timer0"), when, 0) == when;
}

/** Goroutines of the runtime's own that are due: finalizers, the report of a signal that ends the program, and the one that waits for a signal. */
function systemWork(): u32 {
  const sig = atomic.load<u32>(dyingWord());
  if (sig != 0 && sig < dyingReported && atomic.cmpxchg<u32>(dyingWord(), sig, sig | dyingReported) == sig) {
    return changetype<usize>(makeG(goExport(exportDieOfSignal), true)) as u32;
  }
  if (atomic.load<u32>(finqWord()) != 0 && atomic.xchg<u32>(finqWord(), 0) != 0) return changetype<usize>(makeG(goExport(exportRunfinq), true)) as u32;
  if (sched.sigWaiter != 0 && atomic.load<u32>(sigpendingWord()) != 0) {
    lockSched();
    const g = sched.sigWaiter;
    sched.sigWaiter = 0;
    unlockSched();
    if (g != 0) ready(g);
  }
  return 0;
}

/** If a timer of the P is due: a goroutine that runs all that are. */
function timersDue(from: P, t: i64): u32 {
  const when = timer0(from);
  if (when == 0 || t < when || !casTimer0(from, when)) return 0;
  const gp = makeG(goExport(exportTimerproc), true);
  gp.param = from.timers;
  return changetype<usize>(gp) as u32;
}

/** Timers of Ps that are no more. */
function orphanTimers(): u32 {
  for (let i = sched.gomaxprocs; i < maxProcs && changetype<usize>(allp(i)) != 0; i++) {
    if (timer0(allp(i)) == 0) continue;
    const g = timersDue(allp(i), now());
    if (g != 0) return g;
  }
  return 0;
}

/** What is due of timers of idle Ps, for the P that runs alone: when all had nothing to do, the M that slept until a timer takes any P. */
function idleTimers(p: P): u32 {
  for (let i: u32 = 0; i < sched.gomaxprocs; i++) {
    const from = allp(i);
    if (changetype<usize>(from) == changetype<usize>(p) || timer0(from) == 0) continue;
    const g = timersDue(from, now());
    if (g != 0) return g;
  }
  return 0;
}

function stealWork(p: P): u32 {
  const n = sched.gomaxprocs;
  for (let round: u32 = 0; round < stealRounds; round++) {
    const last = round == stealRounds - 1;
    // In random order: from a random place on, in steps that share no divisor with n.
    let at = (rand64() >> 33) as u32 % n;
    const step = coprime(n);
    for (let k: u32 = 0; k < n; k++, at = (at + step) % n) {
      if (gcwaiting()) return 0;
      const from = allp(at);
      if (changetype<usize>(from) == changetype<usize>(p)) continue;
      if (last && timer0(from) != 0) {
        const g = timersDue(from, now());
        if (g != 0) return g;
      }
      const g = runqsteal(p, from, last);
      if (g != 0) {
        if (sched.tracing) traceEvent(evSteal, changetype<G>(g as usize).goid, from.id);
        return g;
      }
    }
  }
  return 0;
}

function coprime(n: u32): u32 {
  let s = ((rand64() >> 33) as u32) % n + 1;
  while (true) {
    let a = s, b = n;
    while (b != 0) {
      const r = a % b;
      a = b;
      b = r;
    }
    if (a == 1) return s;
    s = s % n + 1;
  }
}

/** The next goroutine to run here; sleeps while there is none. */
function findRunnable(): u32 {
  const x = mx();
  while (true) {
    if (watcher() == (m as u32)) {
      watchOver(x);
      // Otherwise it has a P, or was asked to watch once more.
      if (x.p == 0 && watcher() != (m as u32)) stopm(timeSleepUntil());
      if (x.p == 0) continue;
    }
    if (x.p == 0) {
      // A timer has woken this M, or its wait for one was in vain.
      const until = timeSleepUntil();
      if (until != 0 && now() < until && sched.poller == 0 && globrunqsize() == 0) {
        stopm(until);
        continue;
      }
      lockSched();
      if (!takeIdleP()) {
        stopmLocked(0);
        continue;
      }
      unlockSched();
    }
    if (x.wake != 0) serveWake(x);
    if (gcwaiting()) {
      gcstopm();
      continue;
    }
    collectIfDue();
    const p = pp();
    if (timer0(p) != 0 && ((p.schedtick & 15) == 0 || runqempty(p))) {
      const g = timersDue(p, now());
      if (g != 0) return g;
    }
    if (sched.orphans != 0) {
      const g = orphanTimers();
      if (g != 0) return g;
    }
    let g = systemWork();
    if (g != 0) return g;
    if (p.schedtick % globalTick == 0 && globrunqsize() != 0) {
      g = globrunqget(p, 1);
      if (g != 0) return g;
    }
    g = localWork(p, x);
    if (g != 0) return g;
    if (globrunqsize() != 0) {
      g = globrunqget(p, 0);
      if (g != 0) return g;
    }
    if (netpollWaiters() != 0) {
      pollNetwork(0);
      g = runqget(p, true);
      if (g != 0) return g;
    }
    if (!multi()) {
      g = idleTimers(p);
      if (g != 0) return g;
    } else if (x.spinning != 0 || nmspinning() * 2 < sched.gomaxprocs - npidle()) {
      if (x.spinning == 0) {
        x.spinning = 1;
        addSpinning(1);
      }
      for (let k: u32 = 0; k < spins; k++) {
        g = stealWork(p);
        if (g != 0) return g;
        if (globrunqsize() != 0 || gcwaiting()) break;
      }
    }
    lockSched();
    if (gcwaiting()) {
      unlockSched();
      continue;
    }
    if (globrunqsize() != 0) {
      unlockSched();
      continue;
    }
    releasep();
    pidleput(p);
    unlockSched();
    if (x.spinning != 0) {
      dropSpinning(x);
      if (lookAgain(x)) continue;
    } else if (takeNeedspinning() && lookAgain(x)) continue;
    const until = timeSleepUntil();
    if (until == 0 || sched.poller != 0 || now() < until) stopm(-1);
  }
}

/** The next of p's own, fairly: the ring first where a pair would keep it waiting for ever. */
function localWork(p: P, x: MX): u32 {
  let useNext = true;
  if (x.preempt != 0) {
    x.preempt = 0;
    useNext = false;
  } else if (sched.seeded != 0) useNext = (rand64() & 1) != 0;
  let g = runqget(p, useNext);
  if (g == 0 && !useNext) g = runqget(p, true);
  p.runnextTicks = 0;
  return g;
}

/** After this M has stopped spinning and given up its P: is there work after all that came too late for it? Then it has a P again. */
function lookAgain(x: MX): bool {
  let found = globrunqsize() != 0;
  for (let i: u32 = 0; i < sched.gomaxprocs && !found; i++) found = !runqempty(allp(i));
  if (!found) return false;
  lockSched();
  const got = takeIdleP();
  unlockSched();
  if (!got) return false;
  x.spinning = 1;
  addSpinning(1);
  return true;
}

/** Does what the world must be stopped for. */
function collectIfDue(): void {
  if (!collectDue() && sched.newprocs == 0 && (sched.gcstress == 0 || !stressDue())) return;
  const gc = mem.gcWanted != 0 || sched.gcstress != 0;
  if (!stopTheWorld()) return;
  sched.stopForGC = gc ? 1 : 0;
  if (gc) collect();
  startTheWorld();
}

/** The g that was readied to run next, where nothing else could come first: not for more than some switches in a row. 0: look properly. */
@inline export function runnextOnly(x: MX, p: P): u32 {
  const next = p.runnext;
  if (next == 0 || p.runnextTicks >= runnextLimit) return 0;
  if ((asked(x) | (special(x) & ~specialTracing) | (changetype<G>(next as usize).lockedm as u64)) != 0) return runnextSpecial(x, p, next);
  p.runnextTicks++;
  p.runnext = 0;
  return next;
}

/** runnextOnly where not all is as it mostly is. */
function runnextSpecial(x: MX, p: P, next: u32): u32 {
  if (asked(x) != 0 || x.lockedg != 0 || (x.unusual & unusualSafepoints) != 0 || changetype<G>(next as usize).lockedm != 0) return 0;
  p.runnextTicks++;
  return takeRunnext(p);
}

/**
 * Runs goroutines until there has to be a look at what else is to be done. Exported from the module to stay a function of its own: engines do not replace
 * the code of a loop that runs, so what the loop around this one contained would never be optimised.
 */
export function scheduleOnce(): void {
  const x = mx();
  if (x.lockedg != 0) {
    stoplockedm();
    execute(changetype<G>(x.lockedg as usize), false);
    return;
  }
  const gp = changetype<G>(findRunnable() as usize);
  const inherit = inheritTime;
  if (x.spinning != 0) {
    x.spinning = 0;
    addSpinning(-1);
    // Whoever stops spinning because it found work makes sure that somebody goes on looking.
    wakep();
  }
  if (gp.lockedm != 0 && gp.lockedm != (m as u32)) {
    startlockedm(gp);
    return;
  }
  x.preempt = 0;
  execute(gp, inherit);
}

/** Runs goroutines for ever. */
export function schedule(): void {
  while (true) scheduleOnce();
}

/** What a new M's worker runs. */
export function rt_mstart(): i32 {
  awaitP(mx());
  schedule();
  return 0;
}
