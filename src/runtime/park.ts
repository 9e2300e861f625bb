// The lives of Ms and Ps: which M has which P, who sleeps, who is woken, and the stopping of the world.
//
// Assumes: every function runs on an M. "The lock" is sched.lock. Invariants are in sched.ts.
// Guarantees: schedule() runs goroutines for ever; an M without work sleeps on its note; when no M can ever have work again, the deadlock report
// runs. stopTheWorld returns when this M's is the only P that runs.
// Source: Go's runtime/proc.go: startm, stopm, handoffp, wakep, findRunnable, schedule, procresize, stopTheWorldWithSema, checkdead.

import { collectDue, mem } from "./malloc";
import { collect, stressDue } from "./mgc";
import { fatal, G, hostnanotime, M, mSize, MX, offX, P, Pdead, Pgcstop, Pidle, Prunning, pSize, Psyscall } from "./layout";
import { noteclear, notesleep, notewakeup } from "./lock";
import { m, mm, mx, pp } from "./m";
import { persistentalloc } from "./mheap";
import { netpoll, netpollBreak, netpollWaiters } from "./netpoll";
import { execute, exportDeadlock, exportDieOfSignal, exportRunfinq, exportTimerproc, goExport, makeG, rand64, ready } from "./proc";
import { globrunqget, inheritTime, runqdrain, runqempty, runqget, runqlen, runqput, runqsteal, takeRunnext } from "./runq";
import {
  addSpinning, allp, asM, casSpinningFrom0, dyingReported, dyingWord, field, finqWord, gcwaiting, globrunqput, globrunqsize, lockSched, maxProcs, mget, mput, mtake, multi, mxOf, nmspinning, npidle,
  pidleget, pidleput, Sched, sched, setAllp, setGcwaiting, setMulti, setNeedspinning, setWatcher, sigpendingWord, stopnote, sysmonWaits, takeNeedspinning, unlockSched, wakeHost, wakeSysmon, watcher,
} from "./sched";
import { flushStats } from "./malloc";
import { evHandoff, evProcStart, evProcStop, evSteal, evSTWDone, evSTWStart, traceEvent, traceTo } from "./trace";
import { now } from "./time";
import { recordStop } from "./timehist";

/** rounds of looking at all other Ps; in the last one runnexts and timers are taken too */
const stealRounds: u32 = 4;
/** milliseconds the others have to stop before a program's last words */
const freezeRounds: i32 = 20;
/** looks at all others before sleeping: some tens of microseconds, as waking costs more than looking */
const spins: u32 = 64;
/** goroutine switches between looks at the global queue */
const globalTick: u32 = 61;
/** switches from one goroutine to the one it readied before timers and all the rest are looked at */
const runnextLimit: u32 = 64;

@inline function parkNote(x: MX): usize {
  return changetype<usize>(x) + offsetof<MX>("park");
}
@inline function statusWord(p: P): usize {
  return changetype<usize>(p) + offsetof<P>("status");
}
@inline export function casStatus(p: P, from: u32, to: u32): bool {
  return atomic.cmpxchg<u32>(statusWord(p), from, to) == from;
}
@inline export function statusOf(p: P): u32 {
  return atomic.load<u32>(statusWord(p));
}
@inline export function timer0(p: P): i64 {
  return atomic.load<i64>(changetype<usize>(p) + offsetof<P>("timer0"));
}

/** One of those who see that the timer is due takes it on itself; the goroutine it starts for it says when the next one is. */
@inline function casTimer0(p: P, when: i64): bool {
  return atomic.cmpxchg<i64>(changetype<usize>(p) + offsetof<P>("timer0"), when, 0) == when;
}

/** Makes an M's struct and enters it in the list of all. The lock is held, or there is no other M yet. */
export function newM(): usize {
  const a = persistentalloc(mSize);
  const x = changetype<MX>(a + offX);
  x.id = sched.mcount++;
  x.alllink = sched.allm;
  x.seed = a as u64;
  sched.allm = a as u32;
  return a;
}

/** An M for the P: a sleeping one, or a new one, which the host makes a worker for. Without a P (0) an idle one, if there is. spinning: it is counted already. */
export function startm(p: u32, spinning: bool): void {
  lockSched();
  if (p == 0) {
    p = mayActivate() ? pidleget() : 0;
    if (p == 0) {
      unlockSched();
      if (spinning) addSpinning(-1);
      return;
    }
  }
  let a = mget();
  const fresh = a == 0;
  if (fresh) a = newM() as u32;
  const x = mxOf(a);
  if (sched.poller == a) sched.poller = 0;
  x.spinning = spinning ? 1 : 0;
  atomic.store<u32>(nextpWord(x), p);
  if (fresh) queueNewM(a);
  unlockSched();
  if (fresh) wakeHost();
  else wakem(a);
}

/** Has an M that sleeps look. */
function wakem(a: u32): void {
  notewakeup(parkNote(mxOf(a)));
  if (sched.polling == a) netpollBreak();
}

/**
 * Whether one more P may leave the idle list. Not if a P runs alone on another M: that one is asked to see to it, and startm is called there. The lock
 * is held, and this M, if it has a P, is in its scheduler.
 */
export function mayActivate(): bool {
  if (multi() || npidle() == 0 || npidle() == sched.gomaxprocs) return true;
  setMulti(1);
  for (let i: u32 = 0; i < sched.gomaxprocs; i++) {
    const p = allp(i);
    // What begins to run from now on sees that it is not alone.
    if ((changetype<usize>(p) as u32) == mx().p) continue;
    // One that has just come back from a host call has its M in a moment.
    while (statusOf(p) == Prunning && ownerOf(p) == 0) {}
    if (statusOf(p) != Prunning) continue;
    setMulti(0);
    askWake(ownerOf(p));
    return false;
  }
  return true;
}

@inline function ownerOf(p: P): u32 {
  return atomic.load<u32>(changetype<usize>(p) + offsetof<P>("m"));
}

/** Has the M of a P that runs alone begin another one at its next safepoint. */
function askWake(a: u32): void {
  if (a == 0) return;
  atomic.store<u32>(changetype<usize>(mxOf(a)) + offsetof<MX>("wake"), 1);
  atomic.store<u32>(a as usize, 0);
}

/** Lowers the guard again if it was raised while askWake lowered it; for sysmon. */
export function askAgain(p: P): void {
  const a = ownerOf(p);
  if (a != 0 && mxOf(a).wake != 0) atomic.store<u32>(a as usize, 0);
}

/** What askWake asked for; in the scheduler. Always true. */
export function serveWake(x: MX): bool {
  x.wake = 0;
  if (npidle() != 0 && !gcwaiting()) wakep();
  return true;
}

/** There is more to run than there was, here. While this P runs alone, another begins only if the work is still there in a little while: somebody watches. */
@inline export function wakeForMore(): void {
  if (npidle() == 0) {
    if (!multi()) return;
    // An M that is just giving up its P, having found nothing, looks again if this was set before, or its P is seen here.
    setNeedspinning();
    if (npidle() == 0) return;
  }
  if (multi()) wakep();
  else if (watcher() == 0) startWatcher();
}

/** An M that watches, a sleeping or a new one. */
function startWatcher(): void {
  if (sched.seeded != 0) return;
  lockSched();
  if (watcher() != 0 || gcwaiting()) {
    unlockSched();
    return;
  }
  // Not the one that waits for the network, nor for timers: they have something to do.
  let a = sched.midle;
  while (a != 0 && (a == sched.poller || a == sched.polling)) a = mxOf(a).schedlink;
  const fresh = a == 0;
  if (fresh) a = newM() as u32;
  else mtake(a);
  setWatcher(a);
  if (fresh) queueNewM(a);
  unlockSched();
  if (fresh) wakeHost();
  else notewakeup(parkNote(mxOf(a)));
}

/** The lock is held. */
function queueNewM(a: u32): void {
  if (sched.mcount > 10000) fatal("fatal error: thread exhaustion\n");
  const x = mxOf(a);
  x.seed = rand64();
  x.schedlink = sched.newm;
  sched.newm = a;
}

/** Wakes one more M to look for work, unless one does or no P is idle. In the scheduler, or while more than one P runs. */
export function wakep(): void {
  if (npidle() == 0 || nmspinning() != 0 || !casSpinningFrom0()) return;
  startm(0, true);
}

/** Takes the P: it runs here from now on. */
export function acquirep(p: P): void {
  mx().p = changetype<usize>(p) as u32;
  p.m = m as u32;
  atomic.store<u32>(statusWord(p), Prunning);
  if (sched.tracing) {
    traceEvent(evProcStart, 0, p.id);
    // The clock of events stands still while it sleeps.
    if (sysmonWaits()) wakeSysmon();
  }
}

/** Gives the P up, which becomes the caller's to pass on; Pidle, though in no list. So a P that is Prunning has an M. */
export function releasep(): P {
  const p = pp();
  if (sched.tracing) traceEvent(evProcStop, 0, p.id);
  mx().p = 0;
  p.m = 0;
  atomic.store<u32>(statusWord(p), Pidle);
  return p;
}

/** Finds somebody for a P whose M cannot go on with it; it is in nobody's hands. */
export function handoffp(p: P): void {
  if (sched.tracing) traceTo(p, evHandoff, 0, p.id);
  if (!runqempty(p) || globrunqsize() != 0) {
    startm(changetype<usize>(p) as u32, false);
    return;
  }
  if (nmspinning() + npidle() == 0 && casSpinningFrom0()) {
    startm(changetype<usize>(p) as u32, true);
    return;
  }
  lockSched();
  if (gcwaiting()) {
    atomic.store<u32>(statusWord(p), Pgcstop);
    if (--sched.stopwait == 0) notewakeup(stopnote());
    unlockSched();
    return;
  }
  if (globrunqsize() != 0) {
    unlockSched();
    startm(changetype<usize>(p) as u32, false);
    return;
  }
  // The last P that runs: somebody is to wait for the network.
  if (netpollWaiters() != 0 && sched.polling == 0 && npidle() == sched.gomaxprocs - 1) {
    unlockSched();
    startm(changetype<usize>(p) as u32, false);
    return;
  }
  pidleput(p);
  const t = timer0(p);
  const poller = t != 0 && (sched.pollUntil == 0 || t < sched.pollUntil);
  unlockSched();
  if (poller) wakePoller(t);
}

/** A timer has been set to fire before the M that sleeps until the first one will wake: it looks again; or, without such an M, one that can become it. */
export function wakePoller(when: i64): void {
  if (npidle() == 0) return;
  lockSched();
  const a = sched.poller;
  if (a != 0) {
    const early = sched.pollUntil > when;
    unlockSched();
    if (early) wakem(a);
    return;
  }
  unlockSched();
  wakeForMore();
}

/**
 * Sleeps until startm gives this M a P; has no P before. If nobody else does, it sleeps no longer than until the network has something for a goroutine and, if
 * `until` is not 0, until the first timer is due; then it may have a P afterwards.
 */
function stopm(until: i64): void {
  lockSched();
  stopmLocked(until);
}

/** As stopm, with the lock held, which it lets go of. */
function stopmLocked(until: i64): void {
  const x = mx();
  const timers = until != 0;
  // Whoever sets a timer to fire before that either is seen here, with the lock, or finds that somebody sleeps until then.
  if (timers) until = timeSleepUntil();
  mput(m as u32);
  const net = netpollWaiters() != 0;
  if (sched.poller == 0 && sched.polling == 0 && (until != 0 || net)) {
    sched.poller = m as u32;
    sched.pollUntil = until != 0 ? until : i64.MAX_VALUE;
    if (net) sched.polling = m as u32;
    unlockSched();
    watch(x, until, net);
    return;
  }
  // The one that sleeps until a timer, since before anybody waited for the network, is to wait for that too.
  if (net && sched.polling == 0 && sched.poller != 0) notewakeup(parkNote(mxOf(sched.poller)));
  if (checkdead()) {
    mtake(m as u32);
    const p = pidleget();
    unlockSched();
    acquirep(changetype<P>(p as usize));
    execute(makeG(goExport(exportDeadlock), true), false);
    return;
  }
  // Of a timer set while no P was idle the one that sleeps for all does not know.
  const late = timers && until != 0 && until < sched.pollUntil ? sched.poller : 0;
  unlockSched();
  if (late != 0) wakem(late);
  awaitP(x);
}

/** The sleep of the M that waits for the first timer, for the network, or for both. */
function watch(x: MX, until: i64, net: bool): void {
  let ready: u32 = 0;
  const t = now();
  if (sched.seeded) {
    // Time only passes when nobody has anything to do.
    if (until > sched.virtualTime) sched.virtualTime = until;
  } else if (net) ready = netpoll(until == 0 ? -1 : max<i64>(until - t, 1));
  else if (until > t) notesleep(parkNote(x), until - t);
  lockSched();
  if (net) {
    sched.polling = 0;
    setLastpoll(now());
  }
  if (sched.poller == (m as u32)) {
    sched.poller = 0;
    sched.pollUntil = 0;
  }
  const given = x.nextp != 0;
  if (!given) {
    mtake(m as u32);
    noteclear(parkNote(x));
    if (ready != 0) takeIdleP();
  }
  unlockSched();
  if (given) awaitP(x);
  if (ready != 0) injectglist(ready);
}

/** Puts goroutines that the network has something for where they are run: in the queue of this M's P, or everybody's. */
export function injectglist(list: u32): void {
  const here = mx().p != 0;
  let n: i32 = 0;
  if (!here) lockSched();
  while (list != 0) {
    const gp = changetype<G>(list as usize);
    list = gp.schedlink;
    gp.schedlink = 0;
    if (here) runqput(pp(), gp, false);
    else globrunqput(gp);
    n++;
  }
  if (!here) unlockSched();
  else {
    if (n > 1) wakeForMore();
    return;
  }
  for (; n > 0 && npidle() != 0; n--) startm(0, false);
}

@inline function lastpoll(): i64 {
  return atomic.load<i64>(field(offsetof<Sched>("lastpoll")));
}
@inline function setLastpoll(t: i64): void {
  atomic.store<i64>(field(offsetof<Sched>("lastpoll")), t);
}

/** Looks at the network if nobody waits for it, and nobody has looked for ns. */
export function pollNetwork(ns: i64): void {
  if (netpollWaiters() == 0 || sched.polling != 0) return;
  if (ns != 0 && lastpoll() + ns > now()) return;
  setLastpoll(now());
  const ready = netpoll(0);
  if (ready != 0) injectglist(ready);
}

@inline function nextpWord(x: MX): usize {
  return changetype<usize>(x) + offsetof<MX>("nextp");
}

/** Sleeps until somebody has set nextp, and takes that P. The note may be set without: it only says to look. False: it has no P, and is to watch. */
function awaitP(x: MX): bool {
  while (atomic.load<u32>(nextpWord(x)) == 0) {
    if (watcher() == (m as u32)) return false;
    notesleep(parkNote(x), -1);
    noteclear(parkNote(x));
  }
  const p = x.nextp;
  x.nextp = 0;
  acquirep(changetype<P>(p as usize));
  return true;
}

/** first nap of the watcher, and the longest; it looks for so long without finding anything */
const napMin: i64 = 20_000;
const napMax: i64 = 500_000;
const watchFor: i64 = 10_000_000;

/**
 * Watches over the P that runs alone: for work in its ring, in the global queue and among timers, and for a goroutine that is to run next and does not get to.
 * Then this M has a P, or will be given one. Otherwise it returns without, after a while or when nobody runs alone.
 */
function watchOver(x: MX): void {
  let nap = napMin;
  let seen: u32 = 0;
  let alone: u32 = 0;
  const end = hostnanotime() + watchFor;
  while (hostnanotime() < end && !multi() && npidle() < sched.gomaxprocs) {
    notesleep(parkNote(x), nap);
    noteclear(parkNote(x));
    if (gcwaiting()) continue;
    if (nap < napMax) nap += nap >> 1;
    pollNetwork(0);
    let due = globrunqsize() != 0;
    for (let i: u32 = 0; i < sched.gomaxprocs && !due; i++) {
      const p = allp(i);
      if (timer0(p) != 0 && timer0(p) <= now()) due = true;
      if (statusOf(p) != Prunning) continue;
      const w = runqlen(p);
      const tick = p.switches;
      due = due || w > 1 || (w == 1 && tick == seen && alone == p.id);
      seen = tick;
      alone = p.id;
    }
    if (!due) continue;
    lockSched();
    setWatcher(0);
    if (takeIdleP()) {
      unlockSched();
      return;
    }
    // startm may find it from now on.
    mput(m as u32);
    unlockSched();
    awaitP(x);
    return;
  }
  lockSched();
  setWatcher(0);
  unlockSched();
}

/** An idle P for this M, which has none; false if there is none. The lock is held. */
function takeIdleP(): bool {
  if (gcwaiting() || !mayActivate()) return false;
  const p = pidleget();
  if (p == 0) return false;
  acquirep(changetype<P>(p as usize));
  return true;
}

/** This M's goroutine has come back from a host call without its P: gets another, or puts the goroutine up for others and sleeps. */
export function exitHostcallSlow(gp: G): bool {
  lockSched();
  if (takeIdleP()) {
    unlockSched();
    if (sysmonWaits()) wakeSysmon();
    return true;
  }
  globrunqput(gp);
  unlockSched();
  return false;
}

/** No P for the time being: another M may take this one's goroutine. */
export function stopWithoutP(): void {
  if (mx().lockedg != 0) {
    stoplockedm();
    return;
  }
  stopm(0);
}

// LockOSThread.

/** Sleeps until the goroutine locked to this M is to run, then has a P for it. */
function stoplockedm(): void {
  const x = mx();
  if (x.p != 0) handoffp(releasep());
  lockSched();
  sched.nmidlelocked++;
  const dead = x.nextp == 0 && checkdead();
  unlockSched();
  if (dead) startm(0, false);
  awaitP(x);
}

/** Gives this M's P to the M that gp is locked to, and sleeps. */
function startlockedm(gp: G): void {
  const x = mxOf(gp.lockedm);
  lockSched();
  sched.nmidlelocked--;
  unlockSched();
  atomic.store<u32>(nextpWord(x), changetype<usize>(releasep()) as u32);
  notewakeup(parkNote(x));
  stopm(0);
}

/** Whether no goroutine can ever run again. The lock is held; this M counts as sleeping. */
function checkdead(): bool {
  // One of them is sysmon's.
  if (sched.mcount - 1 > sched.nmidle + sched.nmidlelocked) return false;
  if (sched.poller != 0 || netpollWaiters() != 0 || sched.sigWaiter != 0 || gcwaiting() || sched.newm != 0) return false;
  if (sched.runqsize != 0) return false;
  for (let i: u32 = 0; i < sched.gomaxprocs; i++) if (!runqempty(allp(i))) return false;
  if (timeSleepUntil() != 0) return false;
  return sched.pidle != 0 && atomic.load<u32>(finqWord()) == 0;
}

// Stopping the world.

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
function gcstopm(): void {
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

@inline function dropSpinning(x: MX): void {
  if (x.spinning == 0) return;
  x.spinning = 0;
  addSpinning(-1);
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
  sched.gomaxprocs = n;
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

/** Asks for n Ps; the caller's goroutine gives way next, and finds it done when it goes on. */
export function setprocs(n: i32): void {
  sched.newprocs = n as u32;
}
export function getprocs(): i32 {
  return sched.gomaxprocs;
}

/** Goroutines that are not dead and not the runtime's own. */
export function numgoroutine(): i64 {
  let n: i32 = 0;
  for (let i: u32 = 0; i < maxProcs && changetype<usize>(allp(i)) != 0; i++) n += allp(i).live;
  return n;
}

// Finding work.

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

/** The first timer of all Ps, 0 if there is none. */
export function timeSleepUntil(): i64 {
  let first: i64 = 0;
  for (let i: u32 = 0; i < maxProcs && changetype<usize>(allp(i)) != 0; i++) {
    const t = timer0(allp(i));
    if (t != 0 && (first == 0 || t < first)) first = t;
  }
  return first;
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
      lockSched();
      g = globrunqget(p, 1);
      unlockSched();
      if (g != 0) return g;
    }
    g = localWork(p, x);
    if (g != 0) return g;
    if (globrunqsize() != 0) {
      lockSched();
      g = globrunqget(p, 0);
      unlockSched();
      if (g != 0) return g;
    }
    if (netpollWaiters() != 0) {
      pollNetwork(0);
      g = runqget(p, true);
      if (g != 0) return g;
    }
    if (multi() && (x.spinning != 0 || nmspinning() * 2 < sched.gomaxprocs - npidle())) {
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
      g = globrunqget(p, 0);
      unlockSched();
      return g;
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
  if (next == 0 || p.runnextTicks >= runnextLimit || (x.lockedg | x.preempt | x.wake | sched.everySafepoint | changetype<G>(next as usize).lockedm) != 0) return 0;
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
