// What the runtime exports: to the host, to generated code, and to package runtime's `//go:wasmimport burrow` declarations.

import { work } from "./mgc";
import { mem, setGCPercent, setMemoryLimit, wantGC } from "./malloc";
import { mheap } from "./mheap";
import { stacks } from "./stack";

import { hostsigenable } from "./layout";
import { m } from "./m";
export { m } from "./m";
export { mallocgc } from "./malloc";
export {
  allgat, newproc, newwaiting, numgoroutine, overflowg, rand64, ready, readyLast, resumed, rt_init, rt_main, setgchook, setgcstress, sigrecv, timerwake,
} from "./proc";
export { addspecial, findobject, findspecial, nextfin, removespecial } from "./specials";

export const staticEnd: usize = __heap_base;

/** The running goroutine. */
export function getg(): usize {
  return load<u32>(m, 8);
}

/** Asks for a collection at the caller's next suspension. */
export function gcstart(): void {
  wantGC();
}
export function setgcpercent(n: i32): i32 {
  return setGCPercent(n);
}
export function setmemorylimit(n: i64): i64 {
  return setMemoryLimit(n);
}

/** Figures for runtime.MemStats, by index. */
export function memstat(i: i32): i64 {
  switch (i) {
    case 0: return mem.heapLive as i64;
    case 1: return mem.totalAlloc as i64;
    case 2: return mheap.sysBytes as i64;
    case 3: return mem.mallocs as i64;
    case 4: return work.frees as i64;
    case 5: return (mheap.pagesInUse << 13) as i64;
    case 6: return mem.nextGC as i64;
    case 7: return work.numgc;
    case 8: return work.pauseTotal as i64;
    case 9: return work.lastPause as i64;
    case 10: return stacks.stackInUse as i64;
    case 11: return work.marked as i64;
    default: return 0;
  }
}

/** Has the host deliver a signal (1), act by default (0) or ignore it (2). */
export function sigenable(sig: i32, how: i32): void {
  hostsigenable(sig, how);
}
