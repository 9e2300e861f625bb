// Leaked goroutines: those that wait for what only goroutines could reach that wait for ever themselves.
//
// Assumes: as mgc.ts; what else keeps objects alive is marked. Guarantees: a goroutine that can still be readied is not called leaked. Not found are those whose
// channel or lock something reaches that will never use it.
// Source: Go's goroutine leak profile (proposal 74609): a goroutine that waits becomes a root once what it waits for is marked.

import { G, gflagLeaked, gflagReached, gflagSystem, Gwaiting, offSudogAddr, offSudogC, offSudogNext, offSudogTicket, sudogC, sudogSize } from "./layout";
import { drain, isMarked, markG } from "./mgc";
import { allgat } from "./proc";
import { sched } from "./sched";

/** As waitReason… in src/std/runtime/runtime2.go: a channel or nothing, a select, a semaphore or a condition. */
const chanReceive: u32 = 1;
const chanSend: u32 = 2;
const select: u32 = 5;
const selectNoCases: u32 = 6;
const semacquire: u32 = 8;
const cond: u32 = 13;

/** Marks from all goroutines, and notes which are leaked: their memory is kept. */
export function markFindingLeaks(): void {
  for (let i: u32 = 0; i < sched.gCount; i++) {
    const gp = changetype<G>(allgat(i));
    gp.flags &= ~(gflagLeaked | gflagReached);
    if (!waitsForOthers(gp)) markG(gp);
  }
  drain();
  while (markReached()) drain();
  for (let i: u32 = 0; i < sched.gCount; i++) {
    const gp = changetype<G>(allgat(i));
    if (!waitsForOthers(gp) || (gp.flags & gflagReached) != 0) continue;
    gp.flags |= gflagLeaked;
    markG(gp);
  }
}

/** Marks from those that wait for what is marked by now; false: there were none. */
function markReached(): bool {
  let some = false;
  for (let i: u32 = 0; i < sched.gCount; i++) {
    const gp = changetype<G>(allgat(i));
    if (!waitsForOthers(gp) || (gp.flags & gflagReached) != 0 || !reached(gp)) continue;
    gp.flags |= gflagReached;
    markG(gp);
    some = true;
  }
  return some;
}

/** Whether only another goroutine can ready gp. */
function waitsForOthers(gp: G): bool {
  if (gp.status != Gwaiting || (gp.flags & gflagSystem) != 0) return false;
  return gp.waitreason >= chanReceive && gp.waitreason <= selectNoCases || gp.waitreason >= semacquire && gp.waitreason <= cond;
}

/** Whether what gp waits for is marked. */
function reached(gp: G): bool {
  const g = changetype<usize>(gp);
  const reason = gp.waitreason;
  if (reason == chanReceive || reason == chanSend) return shared(gp, load<u32>(g, offSudogC));
  if (reason >= semacquire) return shared(gp, load<u32>(g, offSudogAddr));
  if (reason != select) return false;
  let sg = load<u32>(g, offSudogNext) as usize;
  for (let n = load<u32>(g, offSudogTicket); n != 0; n--) {
    const c = load<u32>(sg, sudogC);
    if (c != 0 && shared(gp, c)) return true;
    sg += sudogSize;
  }
  return false;
}

/** Whether others have p: what is on gp's own stack they do not. */
function shared(gp: G, p: u32): bool {
  return (p < gp.stacklo || p >= gp.stackhi) && isMarked(p as usize);
}
