// The network poller's side of the scheduler: asks the host which descriptors something has happened at, and takes the goroutines that waited for it.
//
// Assumes: src/std/runtime/netpoll.go keeps the descriptors of the poller, which are never freed, and says how many goroutines wait. At most one M waits in the host
// for longer than no time at all (sched.polling); looks by others leave the event that ends that wait alone. Guarantees: a goroutine that netpoll() returns is the
// caller's, as after ready(): to be put in a queue.
// Source: Go's runtime/netpoll.go.

import { G, offMorebuf } from "./layout";
import { m } from "./m";
import { unblock } from "./proc";
import { field, Sched, sched } from "./sched";

@external("go", "netpoll") declare function hostnetpoll(out: usize, max: i32, ns: i64): i32;
@external("go", "netpollbreak") declare function hostnetpollbreak(): i32;

/** The beginning of type pollDesc. rg and wg are 0, ready, wait, or the g that waits. */
@unmanaged
class PollDesc {
  rg: u64;
  wg: u64;
  fdseq: u32;
  /** atomic; bit pollEventErr is set here */
  info: u32;
}
const pdReady: u64 = 1;
const pdWait: u64 = 2;
const pollEventErr: u32 = 2;

// What the host reports of one descriptor.
const eventSize: usize = 12;
const maxEvents: i32 = 128;
const modeRead: u32 = 1;
const modeWrite: u32 = 2;
const modeErr: u32 = 4;

@inline export function netpollWaiters(): u32 {
  return atomic.load<u32>(field(offsetof<Sched>("netpollWaiters")));
}
/** As many more goroutines wait for the network. */
export function netpollAdjustWaiters(d: i32): void {
  atomic.add<u32>(field(offsetof<Sched>("netpollWaiters")), d as u32);
}

/** Has the M that waits in the host come back. */
export function netpollBreak(): void {
  hostnetpollbreak();
}

/** Waits ns (0: only looks; -1: for ever). The goroutines that are ready, linked through schedlink. */
export function netpoll(ns: i64): u32 {
  // Nobody suspends while the scheduler runs.
  const buf = m + offMorebuf;
  const n = hostnetpoll(buf, maxEvents, ns);
  let list: u32 = 0;
  for (let i: i32 = 0; i < n; i++) {
    const e = buf + eventSize * (i as usize);
    const pd = changetype<PollDesc>(load<u32>(e) as usize);
    const mode = load<u32>(e, 8);
    // Of a descriptor that has been closed since?
    if (atomic.load<u32>(load<u32>(e) as usize + offsetof<PollDesc>("fdseq")) != load<u32>(e, 4)) continue;
    const info = changetype<usize>(pd) + offsetof<PollDesc>("info");
    if (mode & modeErr) atomic.or<u32>(info, pollEventErr);
    else if (atomic.load<u32>(info) & pollEventErr) atomic.and<u32>(info, ~pollEventErr);
    if (mode & modeRead) list = netpollready(changetype<usize>(pd) + offsetof<PollDesc>("rg"), list);
    if (mode & modeWrite) list = netpollready(changetype<usize>(pd) + offsetof<PollDesc>("wg"), list);
  }
  return list;
}

/** Marks it ready, and puts the goroutine that waited into the list. */
function netpollready(word: usize, list: u32): u32 {
  while (true) {
    const old = atomic.load<u64>(word);
    if (old == pdReady) return list;
    if (atomic.cmpxchg<u64>(word, old, pdReady) != old) continue;
    if (old == 0 || old == pdWait) return list;
    netpollAdjustWaiters(-1);
    const gp = changetype<G>(old as usize);
    if (!unblock(gp)) return list;
    gp.schedlink = list;
    return old as u32;
  }
}
