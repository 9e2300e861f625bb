// Goroutines: their making, running and ends.
//
// Assumes: it runs on an M with a P but where it says otherwise. A goroutine is in exactly one place: running on an M, in a queue of runnables, waiting
// (someone else holds it and will call ready), in a host call, or dead on a free list; whoever takes it out of the place owns it.
// Guarantees: a goroutine that suspends after it has said that it waits stays off the queues until ready(), even if ready() comes first from
// another M; one that suspends without goes to the global queue's tail.
// Source: Go's runtime/proc.go: newproc, gopark/goready, goexit.

import { bubbleCount, bubbleExit, durable } from "./bubble";
import { fatal } from "./dying";
import { beginHostcall } from "./syscall";
import {
  asked, entryClosure, frameFlags, frameSize, G, gflagInterrupted, gflagLent, gflagSystem, Gdead, Grunnable, Grunning, gSize, Gwaiting, goExports, hostconfig, hostnanotime, hostrandom, M,
  mSize, MX, offMorebuf, offPanicking, offSudog, P, parked, parking, parkingLocked, parkNot, parkWoken, readLinkinfo, resumeTab,
} from "./layout";
import { m, mm, mx, pp, setM } from "./m";
import { initMem, mallocgc, mem } from "./malloc";
import { initHeap, persistentalloc } from "./mheap";
import { unlock2 } from "./lock";
import { runnextOnly, schedule } from "./findrunnable";
import { newM, serveWake, wakeForMore } from "./park";
import { procresize } from "./stw";
import { globrunqput } from "./globrunq";
import { runqput } from "./runq";
import { allp, dyingReported, dyingWord, field, lockSched, nextGoid, noClock, noteUnusual, pidleput, Sched, sched, setEverySafepoint, sigpendingWord, unlockSched, unusualChanged, unusualClock, unusualMulti, unusualSafepoints, unusualTracing } from "./sched";
import { initSizeClasses } from "./sizeclasses";
import { catchingFrame } from "./panic";
import { adjustFrame, growStack, newStack, stackFree, stackIsSmall } from "./stack";
import { evCreate, evEnd, evPreempt, evStart, evUnblock, keepUnblock, traceBlock, traceEvent, traceLeft, traceSwitch, traceTime } from "./trace";
import { sampleBlock, sampleReady, sampleStart } from "./timehist";

/** The indices of goexports.ts. */
const exportFatalpanic: usize = 0;
export const exportDeadlock: usize = 1;
export const exportTimerproc: usize = 2;
export const exportRunfinq: usize = 3;
const exportStackoverflow: usize = 4;
export const exportDieOfSignal: usize = 5;

/** Bytes of frames that may lie on the machine stack at once; beyond, the goroutine is unwound into memory and goes on from there. */
const machineBudget: usize = 96 << 10;
const none: u32 = 0xffffffff;

const gBlock: u32 = 256;
/** gs made at once; divides gBlock */
const gBatch: u32 = 16;
const cacheLine: usize = 64;
const maxBlocks: u32 = 65536;
/** dead gs a P keeps; some go to the others beyond */
const gFreeMax: u32 = 64;
const gFreeBatch: u32 = gFreeMax / 2;

@inline export function goExport(i: usize): usize {
  // Closure objects lie one after another, 8 bytes each entry holding the address.
  return load<u32>(goExports + 8 * i);
}

/** First call of the first M; info is the address of linkinfo. */
export function rt_init(info: usize): void {
  readLinkinfo(info);
  initHeap();
  initMem();
  initSizeClasses();
  sched.gDirectory = persistentalloc((maxBlocks as usize) << 2);
  const buf = memory.data(8, 8);
  const seed = hostconfig(1);
  if (seed != 0) {
    sched.seeded = 1;
    setEverySafepoint(1);
    store<i64>(buf, seed);
  } else hostrandom(buf, 8);
  sched.maxmcount = 10000;
  setM(newM());
  mx().seed = load<u64>(buf) ^ 0x9e3779b97f4a7c15;
  sched.sysmonM = newM() as u32;
  sched.traceClock = noClock;
  const n = sched.seeded ? 1 : hostconfig(0);
  procresize(n < 1 ? 1 : (n as u32));
  for (let i = sched.gomaxprocs - 1; i > 0; i--) pidleput(allp(i));
}

/** First call of any other M; its struct was made by newM. */
export function rt_minit(info: usize, addr: usize): void {
  readLinkinfo(info);
  setM(addr);
}

/** The g at position i of all ever made; 0 past the end. */
export function allgat(i: i64): usize {
  if (i < 0 || (i as u32) >= atomic.load<u32>(field(offsetof<Sched>("gCount")))) return 0;
  return gAt(i as u32);
}
@inline function gAt(i: u32): usize {
  return (load<u32>(sched.gDirectory + ((i / gBlock) << 2)) as usize) + ((i % gBlock) as usize) * gSize;
}

function newG(): G {
  const p = pp();
  if (p.gFree == 0 && sched.gFree != 0) {
    lockSched();
    if (sched.gFree != 0) {
      p.gFree = sched.gFree;
      p.gFreeN = gFreeBatch;
      sched.gFree = changetype<G>(p.gFree as usize).fp;
    }
    unlockSched();
  }
  if (p.gFree == 0) newGs(p);
  const gp = changetype<G>(p.gFree as usize);
  p.gFree = gp.schedlink;
  p.gFreeN--;
  gp.schedlink = 0;
  return gp;
}

/** Makes some gs, which p keeps. */
function newGs(p: P): void {
  lockSched();
  const n = sched.gCount;
  const block = n / gBlock;
  if (block >= maxBlocks) fatal("fatal error: runtime: too many goroutines\n");
  if (n % gBlock == 0) {
    const a = persistentalloc((gBlock as usize) * gSize + cacheLine);
    store<u32>(sched.gDirectory + (block << 2), ((a + cacheLine - 1) & ~(cacheLine - 1)) as u32);
  }
  for (let i = n + gBatch - 1; i >= n; i--) {
    const gp = changetype<G>(gAt(i));
    gp.status = Gdead;
    store<u32>(changetype<usize>(gp), changetype<usize>(gp) as u32, offSudog);
    gp.schedlink = p.gFree;
    p.gFree = changetype<usize>(gp) as u32;
    if (i == 0) break;
  }
  p.gFreeN += gBatch;
  atomic.store<u32>(field(offsetof<Sched>("gCount")), n + gBatch);
  unlockSched();
}

/** Makes a goroutine that calls the closure; returns its g, which is in no queue yet. */
export function makeG(closure: usize, system: bool): G {
  const gp = newG();
  if (gp.stacklo == 0) newStack(gp);
  gp.goid = nextGoid(pp());
  gp.parentGoid = mm().curg ? changetype<G>(mm().curg as usize).goid : 0;
  gp.startpc = (0x40000000 | load<u32>(closure)) as u64;
  gp.waitreason = 0;
  gp.flags = system ? gflagSystem : 0;
  gp.park = parkNot;
  start(gp, closure);
  gp.status = Grunnable;
  if (!system) pp().live++;
  else atomic.add<u32>(field(offsetof<Sched>("systemGs")), 1);
  if (sched.tracing) {
    traceSwitch(evCreate, gp.goid, gp.parentGoid as u32);
    sampleReady(gp);
  }
  if (!system) {
    joinBubble(gp);
    inherit(gp);
  }
  return gp;
}

/** Gives a new goroutine the local of the one that made it (src/std/runtime/gextra.go). */
@inline function inherit(gp: G): void {
  if (mm().curg == 0) return;
  const from = changetype<G>(mm().curg as usize);
  if (from.local == 0) return;
  gp.local = from.local;
  from.flags |= gflagLent;
}

/** Puts a new goroutine into the bubble of the one that made it. */
@inline function joinBubble(gp: G): void {
  if (!bubbled()) return;
  gp.bubble = changetype<G>(mm().curg as usize).bubble;
  bubbleCount(gp.bubble, 1, 0, 0);
}

/** Whether the goroutine that runs, if one does, is in a bubble. */
@inline function bubbled(): bool {
  return mm().curg != 0 && changetype<G>(mm().curg as usize).bubble != 0;
}

/** Sets the goroutine to begin with the closure, on its stack as it is. */
function start(gp: G, closure: usize): void {
  const fp = gp.stacklo as usize;
  const need = frameSize(0);
  if (fp + need > (gp.stackhi as usize)) growStack(gp, fp, need, 0);
  const base = gp.stacklo as usize;
  store<u32>(base, 0);
  store<u32>(base, 0, 4);
  store<u64>(base, closure as u64, 8);
  gp.fp = base as u32;
}

/** `go`: the new goroutine is next to run on this P. */
export function newproc(closure: usize): void {
  const gp = makeG(closure, false);
  if (bubbled()) bubbleCount(gp.bubble, 0, 1, 0);
  runqput(pp(), gp, true);
  if (mx().unusual != 0) wakeForMore();
}

/** A goroutine that calls the closure once ready() is called on it. */
export function newwaiting(closure: usize, reason: u32): usize {
  const gp = makeG(closure, false);
  gp.status = Gwaiting;
  gp.waitreason = reason;
  gp.park = parked;
  return changetype<usize>(gp);
}

@inline function parkWord(gp: G): usize {
  return changetype<usize>(gp) + offsetof<G>("park");
}

/** Whether the goroutine was waiting and now is the caller's; one that is only suspending will not wait. */
function unpark(gp: G): bool {
  while (true) {
    const s = atomic.load<u32>(parkWord(gp));
    if (s == parked) {
      // Only one took it out of the place where it waits.
      gp.park = parkNot;
      return true;
    }
    if (s != parking || atomic.cmpxchg<u32>(parkWord(gp), parking, parkWoken) == parking) return false;
  }
}

/** Makes a waiting goroutine runnable, next on this P. */
export function ready(g: usize): void {
  const gp = changetype<G>(g);
  const p = pp();
  // What remains of readyAt where nothing is unusual, but perhaps that somebody reads events.
  const unusual = mx().unusual;
  if ((unusual & ~(unusualTracing | unusualClock)) == 0 && p.runnext == 0) {
    if (gp.park == parked && gp.bubble == 0) {
      gp.park = parkNot;
      gp.waitreason = 0;
      gp.status = Grunnable;
      p.runnext = g as u32;
      if (unusual != 0) keepUnblock(p, unusual, g as u32);
      return;
    }
  }
  readyAt(gp, true);
}

/** As ready, at the queue's end. */
export function readyLast(g: usize): void {
  readyAt(changetype<G>(g), false);
}

/** Ends a goroutine's wait. True: it is the caller's to put in a queue. */
export function unblock(gp: G): bool {
  if (sched.tracing) {
    traceSwitch(evUnblock, gp.goid, mm().curg ? (changetype<G>(mm().curg as usize).goid as u32) : 0);
    sampleReady(gp);
  }
  if (!unpark(gp)) return false;
  if (gp.bubble != 0 && durable(gp.waitreason)) bubbleCount(gp.bubble, 0, 1, 0);
  gp.waitreason = 0;
  return true;
}

function readyAt(gp: G, next: bool): void {
  if (!unblock(gp)) return;
  runqput(pp(), gp, next);
  wakeForMore();
}

/** Has the finalizer goroutine run after each collection, even if no object with a finalizer died. */
export function setgchook(): void {
  sched.gcHook = 1;
}

export function setgcstress(on: i32): void {
  sched.gcstress = on as u32;
  setEverySafepoint(sched.gcstress | sched.seeded);
  noteUnusual(mx());
}

/** wyrand, a stream for each M. */
export function rand64(): u64 {
  const x = mx();
  const a = x.seed + 0xa0761d6478bd642f;
  x.seed = a;
  const b = a ^ 0xe7037ed1a0b428db;
  // 64×64→128 by halves
  const al = a & 0xffffffff, ah = a >> 32, bl = b & 0xffffffff, bh = b >> 32;
  const ll = al * bl, lh = al * bh, hl = ah * bl, hh = ah * bh;
  const mid = (ll >> 32) + (lh & 0xffffffff) + (hl & 0xffffffff);
  const hi = hh + (lh >> 32) + (hl >> 32) + (mid >> 32);
  return hi ^ a * b;
}

/** The signal that ends the program. */
export function dyingOf(): i32 {
  return atomic.load<u32>(dyingWord()) & ~dyingReported;
}

/** Called by a resumed function's entry: lets it run, and says whether it is to start again for a panic. */
export function resumed(): i32 {
  const how = mm().resuming;
  mm().resuming = 0;
  // Whoever wants the goroutine to stop sets preempt or wake before it lowers the guard; should both have happened just now, the guard stays low.
  mm().stackguard = mx().guard;
  if (asked(mx()) != 0) stopIfAsked();
  return how - 1;
}

function stopIfAsked(): void {
  if (mx().wake != 0 || mx().locks == 0) mm().stackguard = 0;
}

/** How it goes on with a goroutine that has returned to its M: it is resumed at gp.fp, there to catch a panic, it waits, or its time here is over. */
const goesOn: i32 = 0;
const catches: i32 = 1;
const waits: i32 = 2;
const over: i32 = 3;

/**
 * Runs the goroutine until it waits, gives way, ends, or has lost its P in a host call; after one that waits, the one it readied, and so on while
 * nothing else could come first. inherit: it shares the time slice of the one before.
 */
export function execute(gp: G, inherit: bool): void {
  const x = mx();
  let p = pp();
  if (!inherit) p.schedtick++;
  noteUnusual(x);
  if ((x.unusual & unusualTracing) != 0) traceStart(gp, inherit);
  while (true) {
    mm().curg = changetype<usize>(gp) as u32;
    gp.status = Grunning;
    gp.m = m as u32;
    p.switches++;
    if (unusualChanged(x)) noteChange(x, p, gp);
    const suspended = resume(gp, x, goesOn);
    let next: u32;
    if (gp.park == parkingLocked) {
      gp.fp = mm().fp;
      waitUnlocking(gp, x);
      next = runnextOnly(x, p);
      if (x.unusual != 0) {
        if ((x.unusual != unusualTracing || !traceLeft(p, gp, next)) && (x.unusual & unusualTracing) != 0) traceTurn(x, gp, next);
      }
    } else {
      if (!goOn(gp, x, suspended)) return;
      p = pp();
      next = runnextOnly(x, p);
      if (next != 0 && (x.unusual & unusualTracing) != 0) traceStart(changetype<G>(next as usize), true);
    }
    if (next == 0) return;
    gp = changetype<G>(next as usize);
  }
}

/** gp is about to run on p, and something has become unusual or usual. */
function noteChange(x: MX, p: P, gp: G): void {
  noteUnusual(x);
  if ((x.unusual & unusualTracing) != 0) traceTime(p, gp);
}

/** Runs the frame at gp.fp on: 0 if it has returned, otherwise it has suspended or a panic left it. */
@inline function resume(gp: G, x: MX, how: i32): i32 {
  const fp = gp.fp as usize;
  const e = resumeTab + 16 * (load<u32>(fp) as usize);
  x.guard = guardOf(gp, e, fp) as u32;
  if (x.unusual & unusualSafepoints) stopAtOnce(x);
  mm().stackguard = 0;
  mm().resuming = 1 + how;
  store<u32>(m, none, offMorebuf);
  return call_indirect<i32>(load<u32>(e), fp);
}

/** How far frames may reach that are called from the one at fp, whose resume entry is e. */
@inline function guardOf(gp: G, e: usize, fp: usize): usize {
  const hi = gp.stackhi as usize;
  // Most stacks are smaller than the budget.
  if (hi - fp <= machineBudget) return hi;
  return min<usize>(hi, fp + ((load<u16>(e, 12) as usize) << 3) + machineBudget);
}

function stopAtOnce(x: MX): void {
  if (x.locks == 0) x.guard = 0;
}

/** What execute does with a goroutine that has not just suspended under a lock. True: it waits; false: its time here is over. */
function goOn(gp: G, x: MX, suspended: i32): bool {
  while (true) {
    const then = suspended == 0 ? returned(gp) : settle(gp, x);
    if (then > catches) return then == waits;
    suspended = resume(gp, x, then);
    if (gp.park == parkingLocked) {
      gp.fp = mm().fp;
      waitUnlocking(gp, x);
      if ((x.unusual & (unusualTracing | unusualMulti)) == unusualTracing) traceWaits(gp);
      return true;
    }
  }
}

function traceStart(gp: G, inherit: bool): void {
  sampleStart(gp);
  if (inherit) traceSwitch(evStart, gp.goid, 0);
  else traceEvent(evStart, gp.goid, 0);
}

/** gp waits, and next (0: nobody yet) runs. Where others might find gp, it was said before it could be found. */
function traceTurn(x: MX, gp: G, next: u32): void {
  if ((x.unusual & unusualMulti) == 0) traceWaits(gp);
  if (next != 0) traceStart(changetype<G>(next as usize), true);
}

function traceWaits(gp: G): void {
  traceBlock(gp);
  sampleBlock(gp);
}

/** The frame at gp.fp has returned. */
function returned(gp: G): i32 {
  const back = load<u32>(gp.fp as usize, 4);
  if (back == 0) {
    goexit(gp);
    return over;
  }
  gp.fp -= back;
  return goesOn;
}

/** The goroutine has suspended, or a panic left its frames. */
function settle(gp: G, x: MX): i32 {
  if (load<u32>(m, offPanicking) != 0) {
    const fp = catchingFrame(gp);
    if (fp != 0) {
      gp.fp = fp as u32;
      return catches;
    }
    start(gp, goExport(exportFatalpanic));
    return goesOn;
  }
  const fp = mm().fp as usize;
  const id = load<u32>(m, offMorebuf);
  if (id != none) {
    const guard = guardOf(gp, resumeTab + 16 * (load<u32>(gp.fp as usize) as usize), gp.fp as usize);
    if (enter(gp, fp, id) < 0) {
      overflow(gp, fp);
      return over;
    }
    // Not preempted, only out of stack of one kind or the other: go on.
    if (fp + frameSize(id) > guard && !mem.gcWanted && x.preempt == 0) return goesOn;
  } else gp.fp = fp as u32;
  if (x.spilling != 0) {
    x.spilling = 0;
    return goesOn;
  }
  if (gp.park == parkNot) {
    if (gp.hostcall != 0) return beginHostcall(gp) ? goesOn : over;
    if (x.wake != 0) {
      serveWake(x);
      if (x.preempt == 0 && mem.gcWanted == 0) return goesOn;
    }
    // Whoever keeps its M is asked again when it lets go of it.
    if (x.locks != 0 || passesSafepoint()) return goesOn;
    giveWay(gp);
    return over;
  }
  if (sched.tracing) traceWaits(gp);
  mm().curg = 0;
  gp.m = 0;
  gp.status = Gwaiting;
  if (gp.bubble != 0) {
    waitInBubble(gp);
    return waits;
  }
  // Also where one P runs alone: the network readies goroutines without one.
  if (atomic.cmpxchg<u32>(parkWord(gp), parking, parked) == parking) return waits;
  // It was readied meanwhile.
  gp.park = parkNot;
  gp.waitreason = 0;
  runqput(pp(), gp, true);
  return waits;
}

/** The goroutine has suspended to wait, and its lock is to be let go of: nobody has found it yet. */
@inline function waitUnlocking(gp: G, x: MX): void {
  mm().curg = 0;
  gp.m = 0;
  gp.status = Gwaiting;
  // Where nobody else can find it, what follows may be said together with that.
  if ((x.unusual & (unusualTracing | unusualMulti)) == (unusualTracing | unusualMulti)) traceWaits(gp);
  const b = gp.bubble;
  gp.park = parked;
  if (b == 0) unlock2(gp.waitlock as usize);
  else unlockInBubble(gp, b);
}

function unlockInBubble(gp: G, b: u64): void {
  // The bubble stays active until the lock is free.
  bubbleCount(b, 0, durable(gp.waitreason) ? -1 : 0, 1);
  unlock2(gp.waitlock as usize);
  bubbleactive(b as usize, -1);
}

/** What settle does when the goroutine of a bubble waits. */
function waitInBubble(gp: G): void {
  const b = gp.bubble;
  const n = durable(gp.waitreason) ? 1 : 0;
  // The bubble stays active until it is known whether it will wait.
  bubbleCount(b, 0, -n, 1);
  if (atomic.cmpxchg<u32>(parkWord(gp), parking, parked) == parking) {
    bubbleactive(b as usize, -1);
    return;
  }
  gp.park = parkNot;
  gp.waitreason = 0;
  bubbleCount(b, 0, n, -1);
  runqput(pp(), gp, true);
}

/** Keeps a bubble's clock from going on, or no longer. */
export function bubbleactive(b: usize, n: i32): void {
  const wake = bubbleCount(b as u64, 0, 0, n);
  if (wake != 0) ready(wake);
}

/** Of a run from a seed, which stops at every safepoint: most are passed. */
@inline function passesSafepoint(): bool {
  return sched.seeded != 0 && mx().preempt == 0 && mem.gcWanted == 0 && (rand64() & 15) != 0;
}

/** The goroutine has come to a safepoint at which it was to stop, or asked for it: all others come first. */
function giveWay(gp: G): void {
  if (sched.tracing) {
    traceEvent(evPreempt, gp.goid, mx().preempt != 0 ? (min<i64>(hostnanotime() - mx().preemptAt, 0xffffffff) as u32) : 0);
    sampleReady(gp);
  }
  mm().curg = 0;
  gp.m = 0;
  gp.status = Grunnable;
  // The report of a signal shows what ran when it came.
  const sig = atomic.load<u32>(dyingWord());
  if (sig != 0 && sig < dyingReported) gp.flags |= gflagInterrupted;
  lockSched();
  globrunqput(gp);
  unlockSched();
}

/** Puts a call that has not begun into a frame of its own at fp; gp.fp is that frame. -1: the stack is at its limit. */
function enter(gp: G, fp: usize, id: u32): isize {
  const need = frameSize(id);
  let delta: isize = 0;
  const lo = gp.stacklo as usize;
  const hi = gp.stackhi as usize;
  if (fp + need > hi) {
    const back = load<u32>(fp, 4);
    delta = growStack(gp, fp, need, back ? fp - back : 0);
    if (delta == -1) return -1;
    fp += delta;
  }
  const n = (frameFlags(id) & ~3) as usize;
  store<u32>(fp, id);
  if (n > 8) memory.copy(fp + 8, m + offMorebuf + 8, n - 8);
  if (delta != 0) adjustFrame(fp, id, lo, hi + 16, delta);
  gp.fp = fp as u32;
  return 0;
}

/** The goroutine's stack cannot grow: a system goroutine reports it and ends the program. */
function overflow(gp: G, fp: usize): void {
  const back = load<u32>(fp, 4);
  gp.fp = (fp - back) as u32;
  gp.status = Gwaiting;
  mm().curg = 0;
  const report = makeG(goExport(exportStackoverflow), true);
  report.param = changetype<usize>(gp) as u64;
  execute(report, false);
}

function goexit(gp: G): void {
  if (sched.tracing) traceSwitch(evEnd, gp.goid, 0);
  const p = pp();
  gp.status = Gdead;
  gp.m = 0;
  if (!(gp.flags & gflagSystem)) p.live--;
  // Most have used none of these, and what is not written stays in the caches of all.
  let wake: usize = 0;
  if ((gp.local | gp.panic | gp.param | gp.bubble) != 0) {
    gp.local = 0;
    gp.panic = 0;
    gp.param = 0;
    if (gp.bubble != 0) wake = bubbleExit(gp);
  }
  if (gp.lockedm != 0) {
    gp.lockedm = 0;
    mx().lockedg = 0;
  }
  if (!stackIsSmall(gp)) stackFree(gp);
  gp.schedlink = p.gFree;
  p.gFree = changetype<usize>(gp) as u32;
  p.gFreeN++;
  mm().curg = 0;
  if (p.gFreeN > gFreeMax) gFreeSpill(p);
  if (wake != 0) ready(wake);
}

/** Gives some of a P's dead gs to all. */
function gFreeSpill(p: P): void {
  const first = changetype<G>(p.gFree as usize);
  let last = first;
  for (let n: u32 = 1; n < gFreeBatch; n++) last = changetype<G>(last.schedlink as usize);
  p.gFree = last.schedlink;
  p.gFreeN -= gFreeBatch;
  last.schedlink = 0;
  lockSched();
  first.fp = sched.gFree;
  sched.gFree = changetype<usize>(first) as u32;
  unlockSched();
}

/** Takes a signal that has arrived; -1: there is none, and the caller, who has said that it waits, will be readied by the next one. */
export function sigrecv(): i32 {
  while (true) {
    const pending = atomic.load<u32>(sigpendingWord());
    if (pending != 0) {
      const sig = ctz(pending);
      atomic.and<u32>(sigpendingWord(), ~(1 << sig));
      return sig as i32;
    }
    lockSched();
    if (atomic.load<u32>(sigpendingWord()) != 0) {
      unlockSched();
      continue;
    }
    sched.sigWaiter = mm().curg;
    unlockSched();
    return -1;
  }
}

/** Runs the program on the first M; does not return but through the host's exit. */
export function rt_main(): i32 {
  runqput(pp(), makeG(entryClosure, false), true);
  schedule();
  return 0;
}
