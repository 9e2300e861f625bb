// The scheduler: goroutines, their queue, and the loop that runs them.
//
// Assumes: one M. A goroutine is in exactly one place: running on the M, in the run queue, waiting (someone else holds it and will call ready), or
// dead on the free list. Guarantees: a goroutine that suspends with waitreason set stays off the queue until ready(); one that suspends without goes to its
// tail; when none can run and no timer is set, the deadlock report runs.
// Source: Go's runtime/proc.go: runnext, the fair look at the queue's head, goexit, gopark/goready.

import {
  entryClosure, fatal, frameFlags, frameSize, G, Gdead, Grunnable, Grunning, gSize, Gwaiting, goExports, hostexit, hostnanotime, hostrandom,
  hostwrite, M, offGuard, offMorebuf, offSchedtick, offSigpending, offWake, readLinkinfo,
  resumeTab,
} from "./layout";
import { initM, m } from "./m";
import { initMem, mem } from "./malloc";
import { collect, work } from "./mgc";
import { initHeap, persistentalloc } from "./mheap";
import { initSizeClasses } from "./sizeclasses";
import { adjustFrame, growStack, newStack, stackFree, stackMax } from "./stack";

/** The indices of goexports.ts. */
const exportFatalpanic: usize = 0;
const exportDeadlock: usize = 1;
const exportTimerproc: usize = 2;
const exportRunfinq: usize = 3;
const exportStackoverflow: usize = 4;

/** Bytes of frames that may lie on the machine stack at once; beyond, the goroutine is unwound into memory and goes on from there. */
const machineBudget: usize = 96 << 10;
const none: u32 = 0xffffffff;
/** a goroutine runs on after a timer or another became ready for at most so many switches through runnext */
const runnextLimit: u32 = 64;

const gBlock: u32 = 256;
const maxBlocks: u32 = 65536;
/**
 * What all Ms share of the scheduler.
 * Invariants: runHead is 0 exactly if runTail is; a g in the queue, or runnext, is Grunnable; a g on freeG is Gdead; live counts the
 *  goroutines that are not dead and not the runtime's own.
 */
@unmanaged
class Sched {
  goidgen: u64;
  /** of rand64 */
  seed: u64;
  /** when the timers want to be looked at (nanotime); 0: never */
  timerAt: i64;
  /** addresses of blocks of gs, which are never freed */
  gDirectory: usize;
  /** gs ever made */
  gCount: u32;
  /** dead gs, through schedlink */
  freeG: u32;
  live: u32;
  /** the run queue, through schedlink */
  runHead: u32;
  runTail: u32;
  /** runs before the queue */
  runnext: u32;
  /** switches through runnext since the queue was last looked at */
  runnextTicks: u32;
  /** the g whose stack cannot grow */
  overflowed: u32;
  /** the g that waits for a signal; while there is one, waiting for the host is not a deadlock */
  sigWaiter: u32;
  /** safepoints that do not collect under gcstress */
  stressSkip: u32;
  /** the finalizer goroutine has something to do */
  finqQueued: bool;
  /** … after every collection */
  gcHook: bool;
  /** stop at every safepoint, to collect */
  gcstress: bool;
}
export const sched = changetype<Sched>(memory.data(256, 8));

@inline function mm(): M {
  return changetype<M>(m);
}
@inline function goExport(i: usize): usize {
  // Closure objects lie one after another, 8 bytes each entry holding the address.
  return load<u32>(goExports + 8 * i);
}

/** First call of the first M; info is the address of linkinfo. */
export function rt_init(info: usize): void {
  readLinkinfo(info);
  initM();
  initHeap();
  initMem();
  initSizeClasses();
  sched.gDirectory = persistentalloc((maxBlocks as usize) << 2);
  const buf = memory.data(8);
  hostrandom(buf, 8);
  sched.seed = load<u64>(buf) | 1;
}

/** The g at position i of all ever made; 0 past the end. */
export function allgat(i: i64): usize {
  if (i < 0 || (i as u32) >= sched.gCount) return 0;
  return (load<u32>(sched.gDirectory + (((i as u32) / gBlock) << 2)) as usize) + (((i as u32) % gBlock) as usize) * gSize;
}
export function numgoroutine(): i64 {
  return sched.live;
}

function newG(): G {
  if (sched.freeG != 0) {
    const gp = changetype<G>(sched.freeG as usize);
    sched.freeG = gp.schedlink;
    gp.schedlink = 0;
    return gp;
  }
  const block = sched.gCount / gBlock;
  if (block >= maxBlocks) fatal("fatal error: runtime: too many goroutines\n");
  if (sched.gCount % gBlock == 0) store<u32>(sched.gDirectory + (block << 2), persistentalloc((gBlock as usize) * gSize) as u32);
  sched.gCount++;
  return changetype<G>(allgat(sched.gCount - 1));
}

/** Makes a goroutine that calls the closure; returns its g, which is in no queue yet. */
function makeG(closure: usize, system: bool): G {
  const gp = newG();
  newStack(gp);
  gp.goid = ++sched.goidgen;
  gp.parentGoid = mm().curg ? changetype<G>(mm().curg as usize).goid : 0;
  gp.local = 0;
  gp.panic = 0;
  gp.param = 0;
  gp.startpc = (0x40000000 | load<u32>(closure)) as u64;
  gp.waitreason = 0;
  gp.flags = system ? 1 : 0;
  gp.how = 1;
  start(gp, closure);
  gp.status = Grunnable;
  if (!system) sched.live++;
  return gp;
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

/** `go`: the new goroutine is next to run on this P, as in Go. */
export function newproc(closure: usize): void {
  runqput(makeG(closure, false), true);
}

/** A goroutine that calls the closure once ready() is called on it. */
export function newwaiting(closure: usize, reason: u32): usize {
  const gp = makeG(closure, false);
  gp.status = Gwaiting;
  gp.waitreason = reason;
  return changetype<usize>(gp);
}

function runqput(gp: G, next: bool): void {
  gp.status = Grunnable;
  let p = changetype<usize>(gp) as u32;
  if (next) {
    const old = sched.runnext;
    sched.runnext = p;
    if (old == 0) return;
    p = old;
  }
  changetype<G>(p as usize).schedlink = 0;
  if (sched.runTail != 0) changetype<G>(sched.runTail as usize).schedlink = p;
  else sched.runHead = p;
  sched.runTail = p;
}

function runqget(): u32 {
  let p: u32 = 0;
  // A pair that wakes each other through runnext must not keep the rest waiting: together they have one time slice.
  if (sched.runnext != 0 && (sched.runnextTicks < runnextLimit || sched.runHead == 0)) {
    p = sched.runnext;
    sched.runnext = 0;
    sched.runnextTicks++;
    return p;
  }
  sched.runnextTicks = 0;
  p = sched.runHead;
  if (p == 0) return 0;
  sched.runHead = changetype<G>(p as usize).schedlink;
  if (sched.runHead == 0) sched.runTail = 0;
  changetype<G>(p as usize).schedlink = 0;
  return p;
}

/** Makes a waiting goroutine runnable, next on this P. */
export function ready(g: usize): void {
  const gp = changetype<G>(g);
  gp.waitreason = 0;
  if (gp.status == Gwaiting) runqput(gp, true);
}

/** As ready, at the queue's end. */
export function readyLast(g: usize): void {
  const gp = changetype<G>(g);
  gp.waitreason = 0;
  if (gp.status == Gwaiting) runqput(gp, false);
}

/** Tells when the timers want to be looked at next (nanotime); 0: never. */
export function timerwake(when: i64): void {
  sched.timerAt = when;
}

/** Has the finalizer goroutine look at its queue. */
export function wakefinq(): void {
  sched.finqQueued = true;
}


/** Has the finalizer goroutine run after each collection, even if no object with a finalizer died. */
export function setgchook(): void {
  sched.gcHook = true;
}

/** A collection has ended. Under gcstress the hook is left out: its own safepoints collect. */
export function gcDone(): void {
  if (sched.gcHook && !sched.gcstress) sched.finqQueued = true;
}

export function setgcstress(on: i32): void {
  sched.gcstress = on != 0;
}

/** wyrand. */
export function rand64(): u64 {
  sched.seed += 0xa0761d6478bd642f;
  const a = sched.seed;
  const b = sched.seed ^ 0xe7037ed1a0b428db;
  // 64×64→128 by halves
  const al = a & 0xffffffff, ah = a >> 32, bl = b & 0xffffffff, bh = b >> 32;
  const ll = al * bl, lh = al * bh, hl = ah * bl, hh = ah * bh;
  const mid = (ll >> 32) + (lh & 0xffffffff) + (hl & 0xffffffff);
  const hi = hh + (lh >> 32) + (hl >> 32) + (mid >> 32);
  return hi ^ a * b;
}

/** The goroutine whose stack overflowed, for the report. */
export function overflowg(): usize {
  return sched.overflowed;
}

/** Called by a resumed function's entry: lets it run, and says whether it is to throw. */
export function resumed(): i32 {
  const how = mm().resuming;
  mm().resuming = 0;
  mm().stackguard = load<u32>(m, offGuard);
  return how == 2 ? 1 : 0;
}

/** Runs the goroutine until it parks, yields or ends. */
function execute(gp: G): void {
  mm().curg = changetype<usize>(gp) as u32;
  gp.status = Grunning;
  store<u32>(m, load<u32>(m, offSchedtick) + 1, offSchedtick);
  let fp = gp.fp as usize;
  let how = gp.how;
  while (true) {
    const e = resumeTab + 16 * (load<u32>(fp) as usize);
    const end = fp + ((load<u16>(e, 12) as usize) << 3);
    let guard = end + machineBudget;
    if (guard > (gp.stackhi as usize)) guard = gp.stackhi;
    store<u32>(m, sched.gcstress ? 0 : (guard as u32), offGuard);
    mm().stackguard = 0;
    mm().resuming = how;
    store<u32>(m, none, offMorebuf);
    gp.fp = fp as u32;
    const r = call_indirect<i32>(load<u32>(e, 4), load<u32>(e), fp);
    how = 1;
    if (r == 0) {
      const back = load<u32>(fp, 4);
      if (back == 0) {
        goexit(gp);
        return;
      }
      fp -= back;
      continue;
    }
    if (r == 2) {
      while (true) {
        const back = load<u32>(fp, 4);
        if (back == 0) {
          start(gp, goExport(exportFatalpanic));
          fp = gp.fp;
          break;
        }
        fp -= back;
        if (frameFlags(load<u32>(fp)) & 1) {
          how = 2;
          break;
        }
      }
      continue;
    }
    fp = mm().fp;
    const id = load<u32>(m, offMorebuf);
    if (id != none) {
      const before = fp;
      const grown = enter(gp, fp, id);
      if (grown < 0) {
        overflow(gp, fp);
        return;
      }
      fp = gp.fp;
      // Not preempted, only out of stack of one kind or the other: go on.
      if (before + frameSize(id) > guard && !mem.gcWanted) continue;
    }
    gp.fp = fp as u32;
    gp.how = 1;
    mm().curg = 0;
    if (gp.waitreason != 0) gp.status = Gwaiting;
    else runqput(gp, false);
    return;
  }
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
  sched.overflowed = changetype<usize>(gp) as u32;
  mm().curg = 0;
  execute(makeG(goExport(exportStackoverflow), true));
}

function goexit(gp: G): void {
  gp.status = Gdead;
  if (!(gp.flags & 1)) sched.live--;
  gp.local = 0;
  gp.panic = 0;
  gp.param = 0;
  stackFree(gp);
  gp.schedlink = sched.freeG;
  sched.freeG = changetype<usize>(gp) as u32;
  mm().curg = 0;
}


/** Takes a signal that has arrived; -1: there is none, and the caller, who must park, will be readied by the next one. */
export function sigrecv(): i32 {
  const pending = atomic.load<u32>(m, offSigpending);
  if (pending != 0) {
    const sig = ctz(pending);
    atomic.and<u32>(m, ~(1 << sig), offSigpending);
    return sig as i32;
  }
  sched.sigWaiter = mm().curg;
  return -1;
}

/** The next goroutine to run; waits for a timer if there is none, and reports deadlock if there is none of those either. */
function findRunnable(): u32 {
  while (true) {
    const wake = atomic.load<i32>(m, offWake);
    if (sched.sigWaiter != 0 && atomic.load<u32>(m, offSigpending) != 0) {
      const gp = sched.sigWaiter;
      sched.sigWaiter = 0;
      ready(gp);
    }
    if (sched.timerAt != 0 && ((sched.runHead | sched.runnext) == 0 || (load<u32>(m, offSchedtick) & 15) == 0) && hostnanotime() >= sched.timerAt) {
      sched.timerAt = 0;
      return changetype<usize>(makeG(goExport(exportTimerproc), true)) as u32;
    }
    if (sched.finqQueued) {
      sched.finqQueued = false;
      return changetype<usize>(makeG(goExport(exportRunfinq), true)) as u32;
    }
    const g = runqget();
    if (g != 0) return g;
    let ns: i64 = -1;
    if (sched.timerAt != 0) {
      ns = sched.timerAt - hostnanotime();
      if (ns <= 0) continue;
    } else if (sched.sigWaiter == 0) return changetype<usize>(makeG(goExport(exportDeadlock), true)) as u32;
    atomic.wait<i32>(m + offWake, wake, ns);
  }
}

/** Under gcstress: every safepoint collects, until there have been so many; then as many as leave the program some time. */
const stressAll: u32 = 10000;
const stressShare: u64 = 5000;

function stressDue(): bool {
  if (work.numgc < stressAll) return true;
  if (sched.stressSkip > 0) {
    sched.stressSkip--;
    return false;
  }
  sched.stressSkip = (work.lastPause / stressShare) as u32;
  return true;
}

/** Runs the program on this M; does not return but through the host's exit. */
export function rt_main(): i32 {
  runqput(makeG(entryClosure, false), true);
  while (true) {
    if (mem.gcWanted || (sched.gcstress && stressDue())) collect();
    execute(changetype<G>(findRunnable() as usize));
  }
}
