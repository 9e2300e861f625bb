// The lives of Ms and Ps: which M has which P, who sleeps, who watches, who is woken.
//
// Assumes: every function runs on an M. "The lock" is sched.lock. Invariants are in sched.ts.
// Guarantees: an M without work sleeps on its note, watches over the P that runs alone, or waits for timers and the network; when no M can ever have work
// again, the deadlock report runs.
// Source: Go's runtime/proc.go: startm, stopm, handoffp, wakep, checkdead, injectglist.

import { fatalNumber } from "./dying";
import { G, hostnanotime, mSize, MX, offX, P, Pgcstop, Pidle, Prunning } from "./layout";
import { noteclear, notesleep, notewakeup } from "./lock";
import { m, mx, pp } from "./m";
import { persistentalloc } from "./mheap";
import { netpoll, netpollBreak, netpollWaiters } from "./netpoll";
import { execute, exportDeadlock, goExport, makeG, rand64 } from "./proc";
import { globrunqput, globrunqsize } from "./globrunq";
import { runqempty, runqlen, runqput } from "./runq";
import {
  addSpinning, allp, casSpinningFrom0, field, finqWord, gcwaiting, lockSched, maxProcs, mget, mput, mtake, multi, mxOf,
  nmspinning, noteUnusual, npidle, pidleget, pidleput, sched, Sched, setMulti, setNeedspinning, setWatcher, stopnote, sysmonWaits, unlockSched, wakeHost,
  wakeSysmon, watcher,
} from "./sched";
import { now, seeded } from "./time";
import { evHandoff, evProcStart, evProcStop, sayAll, traceEvent, traceTo } from "./trace";

@inline export function parkNote(x: MX): usize {
  return changetype<usize>(x) + offsetof<MX>("park");
}
@inline export function statusWord(p: P): usize {
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

/** Makes an M's struct and enters it in the list of all. The lock is held, or there is no other M yet. */
export function newM(): usize {
  const a = persistentalloc(mSize);
  const x = changetype<MX>(a + offX);
  x.id = sched.mcount++;
  x.alllink = sched.allm;
  x.seed = a as u64;
  sched.allm = a as u32;
  checkmcount();
  return a;
}

/** The lock is held. */
function checkmcount(): void {
  if (sched.mcount > sched.maxmcount)
    fatalNumber("runtime: program exceeds ", sched.maxmcount, "-thread limit\nfatal error: thread exhaustion\n");
}

/** Sets how many Ms there may be; returns how many there might be before. */
export function setmaxmcount(n: u32): u32 {
  lockSched();
  const was = sched.maxmcount;
  sched.maxmcount = n;
  checkmcount();
  unlockSched();
  return was;
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
  if (sched.tracing) sayAll();
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

/** What askWake asked for; in the scheduler. */
export function serveWake(x: MX): void {
  x.wake = 0;
  if (npidle() != 0 && !gcwaiting()) wakep();
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
  noteUnusual(mx());
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
  mx().unusual = u32.MAX_VALUE;
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
export function stopm(until: i64): void {
  lockSched();
  stopmLocked(until);
}

/** As stopm, with the lock held, which it lets go of. */
export function stopmLocked(until: i64): void {
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

@inline export function nextpWord(x: MX): usize {
  return changetype<usize>(x) + offsetof<MX>("nextp");
}

/** Sleeps until somebody has set nextp, and takes that P. The note may be set without: it only says to look. False: it has no P, and is to watch. */
export function awaitP(x: MX): bool {
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
export function watchOver(x: MX): void {
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
export function takeIdleP(): bool {
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
export function stoplockedm(): void {
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
export function startlockedm(gp: G): void {
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

@inline export function dropSpinning(x: MX): void {
  if (x.spinning == 0) return;
  x.spinning = 0;
  addSpinning(-1);
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

/** Goroutines that are not dead and not the runtime's own. */
export function numgoroutine(): i64 {
  let n: i32 = 0;
  for (let i: u32 = 0; i < maxProcs && changetype<usize>(allp(i)) != 0; i++) n += allp(i).live;
  return n;
}
