// What all Ms share of the scheduler, and the lists of it.
//
// Invariants, all under sched.lock unless said otherwise:
//  - runq… is the global queue (globrunq.ts); runqsize may be read without the lock, as a hint.
//  - gFree has dead gs by gFreeBatch, linked through schedlink; the first of each has the first of the next in fp.
//  - midle lists the Ms that sleep in stopm and may be given work; each has idle = 1. pidle lists the Ps that are Pidle; npidle counts them and
//    is read without the lock (atomic).
//  - nmspinning counts the Ms with spinning = 1 (atomic). Whoever makes a goroutine runnable wakes one more M unless one spins already; whoever
//    stops spinning without having found work looks everywhere once more afterwards, and so does one that gives its P up after somebody has set needspinning. So
//    no goroutine stays runnable beside an idle P.
//  - gcwaiting = 1 (atomic) asks every P to stop; stopwait counts those that have not yet. Only the M that set it clears it.
//  - multi = 0 while at most one P is not idle. Then the M that has it leaves out locks between goroutines and compare-and-swaps on its own queue. It
//    becomes 1 before a second P leaves the idle list, by the one running M itself and only in its scheduler, where it holds no lock; others ask for
//    that (mx.wake) and wait. It becomes 0 when all but one are idle again.
//  - unusual (atomic) has a bit for each thing that keeps an M from going straight from a goroutine to the one it readied: multi, tracing, everySafepoint, and
//    that nobody watches though there are idle Ps. Each is set together with what it stands for. An M notes the word when a goroutine begins to run on it, and
//    goes by its note: a bit that another clears, or one but multi that another sets, is seen a little later.
//  - allm, gDirectory and gCount only grow. gCount is raised (atomic) after the g is in the directory.
// Source: Go's runtime/proc.go and its design document, D. Vyukov, "Scalable Go Scheduler Design Doc" (2012).

import { G, hostnanotime, M, MX, offX, P, Pidle } from "./layout";
import { lock, notewakeup, unlock } from "./lock";
import { mx } from "./m";

export const maxProcs: u32 = 256;
const goidBatch: u64 = 16;
export const dyingReported: u32 = 0x100;

@unmanaged
export class Sched {
  /** atomic */
  goidgen: u64;
  /** when the M that sleeps until a timer wakes, 0 if none does so */
  pollUntil: i64;
  /** nanotime at which the last stop of the world began */
  stopStart: i64;
  /** virtual nanoseconds of a reproducible run; owner of the one P */
  virtualTime: i64;
  lock: u32;
  /** the global queue: its array, how many that holds, where the first is, and how many there are */
  runq: u32;
  runqcap: u32;
  runqhead: u32;
  runqsize: u32;
  /** sleeping Ms */
  midle: u32;
  nmidle: u32;
  /** Ms that sleep until the goroutine locked to them is to run */
  nmidlelocked: u32;
  /** Ms ever made */
  mcount: u32;
  allm: u32;
  /** Ms that the host is to make workers for; and the word its main thread waits on (atomic) */
  newm: u32;
  hostWake: u32;
  pidle: u32;
  npidle: u32;
  nmspinning: u32;
  /** somebody had work for another M while no P was idle; atomic */
  needspinning: u32;
  gomaxprocs: u32;
  /** more than one P runs, or may: locks between goroutines are needed. See mayActivate */
  multi: u32;
  /** the M that watches, without a P, for work that waits; or 0. Lock; read without it (atomic) */
  watcher: u32;
  /** not 0: GOMAXPROCS is to become this */
  newprocs: u32;
  gcwaiting: u32;
  /** nobody sets it: to sleep on */
  frozen: u32;
  stopwait: u32;
  stopnote: u32;
  /** the M that sleeps until a timer */
  poller: u32;
  /** sysmon sleeps until it is woken; lock, read without */
  sysmonwait: u32;
  /** note that sysmon's own thread sleeps on, once it has one */
  sysmonnote: u32;
  /** sysmon has a thread of its own; set by it once */
  sysmonThread: u32;
  /** addresses of blocks of gs, which are never freed */
  gDirectory: usize;
  /** gs ever made */
  gCount: u32;
  /** dead gs, through schedlink */
  gFree: u32;
  /** the M that ends the program with a message; atomic */
  dyingm: u32;
  /** the g that waits for a signal: while there is one, waiting for the host is not a deadlock */
  sigWaiter: u32;
  /** bits of signals that have come; atomic */
  sigpending: u32;
  /** the signal that ends the program, with dyingReported once a goroutine is about to say so; atomic */
  dying: u32;
  /** the finalizer goroutine has something to do; atomic */
  finqQueued: u32;
  /** … after every collection */
  gcHook: u32;
  /** gcstress or seeded: stop at every safepoint */
  everySafepoint: u32;
  /** … to collect */
  gcstress: u32;
  /** … to choose who goes on; the choices and the time come from the seed */
  seeded: u32;
  /** somebody reads the event rings (trace.ts), or the program may ask for times (timehist.ts) */
  tracing: u32;
  /** nanotime of sysmon's last look, while somebody does and it has a thread of its own; otherwise noClock; sysmon */
  traceClock: i64;
  /** the M that sysmon is; it never has a P */
  sysmonM: u32;
  /** there are Ps no longer in use, whose timers others run */
  orphans: u32;
  /** goroutines of the runtime's own ever made; atomic */
  systemGs: u32;
  /** whether the world is stopped for a collection; its stopper */
  stopForGC: u32;
  /** nanotime at which all had stopped; its stopper */
  stopDone: i64;
  /** goroutines that wait for the network; atomic */
  netpollWaiters: u32;
  /** the M that waits for the network in the host; lock, read by others */
  polling: u32;
  /** nanotime of the last look at the network; atomic */
  lastpoll: i64;
  /** bits of unusual…; atomic */
  unusual: u32;
  /** nanoseconds Ps have been idle, in programs that may ask (timehist.ts) */
  idleTime: i64;
  /** nanoseconds of all Ps together until their number last changed, and when that was; the world is stopped */
  totalTime: i64;
  procresizeTime: i64;
  /** how many Ms there may be; lock */
  maxmcount: u32;
}
/** bits of tracing that ask for events (trace.ts) */
export const tracingEvents: u32 = 3;
export const unusualMulti: u32 = 1;
export const unusualTracing: u32 = 2;
export const unusualSafepoints: u32 = 4;
export const unusualUnwatched: u32 = 8;
/** … beside unusualTracing: times are asked for, too */
export const unusualSampling: u32 = 16;
/** … no time is noted */
export const unusualUntimed: u32 = 32;
/** … only in mx.unusual, set by sysmon: another time has been noted */
export const unusualClock: u32 = 64;
/** traceClock when there is nobody who notes it */
export const noClock: i64 = -1;
export const sched = changetype<Sched>(memory.data(512, 16));
/** addresses of the Ps, maxProcs of them; written with the world stopped */
const allpTable: usize = memory.data(256 * 4);

@inline export function schedLock(): usize {
  return changetype<usize>(sched) + offsetof<Sched>("lock");
}
@inline export function lockSched(): void {
  lock(schedLock());
}
@inline export function unlockSched(): void {
  unlock(schedLock());
}
@inline export function field(name: usize): usize {
  return changetype<usize>(sched) + name;
}
@inline export function allp(i: u32): P {
  return changetype<P>(load<u32>(allpTable + (i << 2)) as usize);
}
export function setAllp(i: u32, p: P): void {
  store<u32>(allpTable + (i << 2), changetype<usize>(p) as u32);
}
@inline export function mxOf(m: u32): MX {
  return changetype<MX>((m as usize) + offX);
}
@inline export function asM(m: u32): M {
  return changetype<M>(m as usize);
}

// Idle Ps and Ms; the lock is held.

@inline function idleClock(): i64 {
  return sched.seeded != 0 ? sched.virtualTime : hostnanotime();
}

/** Begins to count how long Ps are idle. */
export function countIdle(): void {
  lockSched();
  const t = idleClock();
  for (let p = sched.pidle; p != 0; p = changetype<P>(p as usize).link) changetype<P>(p as usize).idleSince = t;
  unlockSched();
}

/** Nanoseconds Ps have been idle, up to now. */
export function idleTime(): i64 {
  lockSched();
  const t = idleClock();
  let n = sched.idleTime;
  for (let p = sched.pidle; p != 0; p = changetype<P>(p as usize).link) {
    if (changetype<P>(p as usize).idleSince != 0) n += t - changetype<P>(p as usize).idleSince;
  }
  unlockSched();
  return n;
}

export function pidleput(p: P): void {
  p.m = 0;
  atomic.store<u32>(changetype<usize>(p) + offsetof<P>("status"), Pidle);
  if (sched.tracing != 0) p.idleSince = idleClock();
  p.link = sched.pidle;
  sched.pidle = changetype<usize>(p) as u32;
  const n = atomic.add<u32>(field(offsetof<Sched>("npidle")), 1) + 1;
  if (n + 1 >= sched.gomaxprocs) setMulti(0);
}

export function pidleget(): u32 {
  const p = sched.pidle;
  if (p != 0) {
    const pp = changetype<P>(p as usize);
    sched.pidle = pp.link;
    pp.link = 0;
    if (pp.idleSince != 0) {
      sched.idleTime += idleClock() - pp.idleSince;
      pp.idleSince = 0;
    }
    atomic.sub<u32>(field(offsetof<Sched>("npidle")), 1);
  }
  return p;
}

@inline export function npidle(): u32 {
  return atomic.load<u32>(field(offsetof<Sched>("npidle")));
}

export function mput(m: u32): void {
  const x = mxOf(m);
  x.idle = 1;
  x.schedlink = sched.midle;
  sched.midle = m;
  sched.nmidle++;
}

export function mget(): u32 {
  const m = sched.midle;
  if (m != 0) {
    const x = mxOf(m);
    sched.midle = x.schedlink;
    x.idle = 0;
    sched.nmidle--;
  }
  return m;
}

/** Takes an M that sleeps until a timer back off the list; false if somebody else has taken it. */
export function mtake(m: u32): bool {
  if (mxOf(m).idle == 0) return false;
  let prev: u32 = 0;
  for (let q = sched.midle; q != 0; q = mxOf(q).schedlink) {
    if (q == m) {
      if (prev == 0) sched.midle = mxOf(m).schedlink;
      else mxOf(prev).schedlink = mxOf(m).schedlink;
      break;
    }
    prev = q;
  }
  mxOf(m).idle = 0;
  sched.nmidle--;
  return true;
}

// Numbers read and changed by several Ms.

@inline export function gcwaiting(): bool {
  return atomic.load<u32>(field(offsetof<Sched>("gcwaiting"))) != 0;
}
@inline export function setGcwaiting(v: u32): void {
  atomic.store<u32>(field(offsetof<Sched>("gcwaiting")), v);
}
@inline export function nmspinning(): u32 {
  return atomic.load<u32>(field(offsetof<Sched>("nmspinning")));
}
@inline export function addSpinning(d: i32): u32 {
  return atomic.add<u32>(field(offsetof<Sched>("nmspinning")), d as u32) + (d as u32);
}
@inline export function setNeedspinning(): void {
  const word = field(offsetof<Sched>("needspinning"));
  if (atomic.load<u32>(word) == 0) atomic.store<u32>(word, 1);
}
@inline export function takeNeedspinning(): bool {
  const word = field(offsetof<Sched>("needspinning"));
  return atomic.load<u32>(word) != 0 && atomic.xchg<u32>(word, 0) != 0;
}
@inline export function stopnote(): usize {
  return field(offsetof<Sched>("stopnote"));
}
@inline export function sigpendingWord(): usize {
  return field(offsetof<Sched>("sigpending"));
}
@inline export function dyingWord(): usize {
  return field(offsetof<Sched>("dying"));
}
@inline export function finqWord(): usize {
  return field(offsetof<Sched>("finqQueued"));
}
@inline export function hostWakeWord(): usize {
  return field(offsetof<Sched>("hostWake"));
}
@inline export function casSpinningFrom0(): bool {
  return atomic.cmpxchg<u32>(field(offsetof<Sched>("nmspinning")), 0, 1) == 0;
}
/** Each P takes some at once. */
export function nextGoid(p: P): u64 {
  if (p.goid == p.goidEnd) {
    p.goid = atomic.add<u64>(field(offsetof<Sched>("goidgen")), goidBatch);
    p.goidEnd = p.goid + goidBatch;
  }
  return ++p.goid;
}
/** Goroutines ever made. */
export function goids(): u64 {
  let n = sched.goidgen;
  for (let i: u32 = 0; i < maxProcs && changetype<usize>(allp(i)) != 0; i++) n -= allp(i).goidEnd - allp(i).goid;
  return n;
}
/** acquire: what another P did before it became idle is seen by the one that goes on alone */
@inline export function multi(): bool {
  return atomic.load<u32>(field(offsetof<Sched>("multi"))) != 0;
}
export function setMulti(v: u32): void {
  atomic.store<u32>(field(offsetof<Sched>("multi")), v);
  setUnusual(unusualMulti, v != 0);
  if (v != 0) mx().unusual |= unusualMulti;
}
/** This M goes by what is unusual now; acquire, as multi. */
@inline export function noteUnusual(x: MX): void {
  x.unusual = atomic.load<u32>(field(offsetof<Sched>("unusual")));
}
/** Whether it is no more as it was noted last. */
@inline export function unusualChanged(x: MX): bool {
  return load<u32>(field(offsetof<Sched>("unusual"))) != x.unusual;
}
/** multi, as this M has noted it: only it can have made it 1 since. */
@inline export function alone(): bool {
  return (mx().unusual & unusualMulti) == 0;
}
function setUnusual(bit: u32, on: bool): void {
  if (on) atomic.or<u32>(field(offsetof<Sched>("unusual")), bit);
  else atomic.and<u32>(field(offsetof<Sched>("unusual")), ~bit);
}
/** Sets bits of tracing, and takes others away. */
export function setTracing(bits: u32, without: u32): void {
  const word = field(offsetof<Sched>("tracing"));
  atomic.and<u32>(word, ~without);
  atomic.or<u32>(word, bits);
  // Somebody else may be setting others.
  let seen: u32;
  do {
    seen = atomic.load<u32>(word);
    setUnusual(unusualTracing, seen != 0);
    setUnusual(unusualUntimed, (seen & tracingEvents) != 0 && sched.traceClock == noClock);
    setUnusual(unusualSampling, (seen & ~tracingEvents) != 0);
  } while (atomic.load<u32>(word) != seen);
}
/** The time is t, which events may take. By sysmon. */
export function setTraceClock(t: i64): void {
  sched.traceClock = t;
  if ((sched.unusual & unusualUntimed) != 0) setUnusual(unusualUntimed, false);
  for (let i: u32 = 0; i < sched.gomaxprocs; i++) {
    const m = allp(i).m;
    if (m != 0) atomic.or<u32>((m as usize) + offX + offsetof<MX>("unusual"), unusualClock);
  }
}
export function setEverySafepoint(v: u32): void {
  sched.everySafepoint = v;
  setUnusual(unusualSafepoints, v != 0);
}
@inline export function watcher(): u32 {
  return atomic.load<u32>(field(offsetof<Sched>("watcher")));
}
export function setWatcher(m: u32): void {
  atomic.store<u32>(field(offsetof<Sched>("watcher")), m);
  setUnusual(unusualUnwatched, m == 0 && sched.gomaxprocs > 1);
}
@inline export function sysmonnote(): usize {
  return field(offsetof<Sched>("sysmonnote"));
}
/** Has the host's main thread look at what it is to do: Ms to make, sysmon's work while that has no thread. */
export function wakeHost(): void {
  atomic.add<u32>(hostWakeWord(), 1);
  atomic.notify(hostWakeWord(), 1);
}
/** Has sysmon look now. */
export function wakeSysmon(): void {
  atomic.store<u32>(field(offsetof<Sched>("sysmonwait")), 0);
  notewakeup(sysmonnote());
  if (atomic.load<u32>(field(offsetof<Sched>("sysmonThread"))) == 0) wakeHost();
}
@inline export function sysmonWaits(): bool {
  return atomic.load<u32>(field(offsetof<Sched>("sysmonwait"))) != 0;
}
