// Bubbles of testing/synctest: how many of a bubble's goroutines are not durably blocked, and which to wake when none is left.
//
// Assumes: a goroutine is in one bubble from its start to its end, or in none; only members of a bubble wake those that are durably blocked in it. Guarantees:
// a count falls before the goroutine can be found waiting and rises after it was found, so that it is never too low while somebody runs.
// Source: Go's runtime/synctest.go.

import { G } from "./layout";
import { lock, unlock } from "./lock";

/** The beginning of type synctestBubble in src/std/runtime/synctest.go, which says what the fields are. Guarded by lock. */
@unmanaged
class Bubble {
  lock: u32;
  total: i32;
  running: i32;
  active: i32;
  done: u32;
  pad: u32;
  now: i64;
  next: i64;
  root: u64;
  waiter: u64;
  main: u64;
}

/** Reasons to wait that only another member of the bubble, or its clock, can end: waitReason… of runtime2.go, a bit each. */
const durableReasons: u32 =
  (1 << 3) | (1 << 4) | (1 << 6) | (1 << 7) | (1 << 13) | (1 << 15) | (1 << 17) | (1 << 18) | (1 << 19) | (1 << 20) | (1 << 21) | (1 << 22);

@inline export function durable(reason: u32): bool {
  return ((durableReasons >> reason) & 1) != 0;
}

/** Adds to a bubble's counts. Returns a goroutine that the caller must ready, as all others wait for it, or 0. */
export function bubbleCount(at: u64, total: i32, running: i32, active: i32): usize {
  const b = changetype<Bubble>(at as usize);
  lock(at as usize);
  b.total += total;
  b.running += running;
  b.active += active;
  let wake: usize = 0;
  if (b.running <= 0 && b.active <= 0) {
    // Whoever is woken takes this off again.
    b.active++;
    wake = (b.waiter != 0 && (b.next == 0 || b.next > b.now) ? b.waiter : b.root) as usize;
  }
  unlock(at as usize);
  return wake;
}

/** A member has ended. As bubbleCount. */
export function bubbleExit(gp: G): usize {
  const at = gp.bubble;
  gp.bubble = 0;
  const b = changetype<Bubble>(at as usize);
  if (b.main == (changetype<usize>(gp) as u64)) b.done = 1;
  return bubbleCount(at, -1, -1, 0);
}
