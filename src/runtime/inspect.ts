// What those who look in from outside read of the scheduler: numbers, one at a time, without stopping anybody.
//
// Guarantees: a call only reads; what it reads may change meanwhile, as in Go's schedtrace. -1 stands for "none".

import { G, M, MX, P } from "./layout";
import { allgat } from "./proc";
import { allp, asM, mxOf, sched } from "./sched";

function idOf(m: u32): i64 {
  return m == 0 ? -1 : (mxOf(m).id as i64);
}
function goidOf(g: u32): i64 {
  return g == 0 ? -1 : (changetype<G>(g as usize).goid as i64);
}

/** In the order of SchedField in src/inspect/sched.ts. */
export function schedfield(f: i32): i64 {
  switch (f) {
    case 0: return sched.gomaxprocs;
    case 1: return sched.npidle;
    case 2: return sched.mcount;
    case 3: return sched.nmspinning;
    case 4: return sched.needspinning;
    case 5: return sched.nmidle;
    case 6: return sched.runqsize;
    case 7: return sched.gcwaiting;
    case 8: return sched.nmidlelocked;
    case 9: return sched.stopwait;
    case 10: return sched.sysmonwait;
    case 11: return sched.sysmonThread;
    default: return -1;
  }
}

/** Field f of the i-th P. */
export function pfield(i: i32, f: i32): i64 {
  const p = allp(i as u32);
  switch (f) {
    case 0: return p.status;
    case 1: return p.schedtick;
    case 2: return p.syscalltick;
    case 3: return idOf(p.m);
    case 4: return (p.runqtail - p.runqhead) as i64;
    case 5: return p.gFreeN;
    // type timers in src/std/runtime/time.go: the heap's length
    case 6: return p.timers == 0 ? 0 : load<i64>(p.timers as usize, 16);
    case 7: return changetype<usize>(p) as i64;
    default: return -1;
  }
}

/** The M made after m, or the last one (0); 0 behind the first. Newest first. */
export function nextm(m: u32): u32 {
  return m == 0 ? sched.allm : mxOf(m).alllink;
}
export function mfield(m: u32, f: i32): i64 {
  const x = mxOf(m);
  switch (f) {
    case 0: return x.id;
    case 1: return x.p == 0 ? -1 : (changetype<P>(x.p as usize).id as i64);
    case 2: return goidOf(asM(m).curg);
    case 3: return x.locks;
    case 4: return x.spinning;
    // asleep: nobody's but sysmon's is else without a P and a goroutine
    case 5: return x.p == 0 && x.nextp == 0 && x.inhost == 0 && m != sched.sysmonM ? 1 : 0;
    case 6: return goidOf(x.lockedg);
    case 7: return x.inhost;
    default: return -1;
  }
}

/** Field f of the i-th g ever made; -1 for the first field past the end. */
export function gfield(i: i32, f: i32): i64 {
  const a = allgat(i);
  if (a == 0) return -1;
  const gp = changetype<G>(a);
  switch (f) {
    case 0: return gp.goid;
    case 1: return gp.status;
    case 2: return gp.waitreason;
    case 3: return idOf(gp.m);
    case 4: return idOf(gp.lockedm);
    default: return -1;
  }
}
