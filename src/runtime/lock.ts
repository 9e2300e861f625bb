// Locks and notes of the runtime, on futexes in shared memory.
//
// A lock is a word: 0 free, 1 held, 2 held and somebody may sleep for it. Whoever holds one never suspends its goroutine and never calls the
// host but to print. A note is a word that one M sleeps on until another sets it.
// Source: U. Drepper, "Futexes Are Tricky" (2011), the second mutex.

import { alone } from "./sched";

const activeSpins: i32 = 4;
const spinReads: i32 = 500;

export function lock(l: usize): void {
  if (atomic.cmpxchg<u32>(l, 0, 1) != 0) lockSlow(l);
}

function lockSlow(l: usize): void {
  for (let i = 0; i < activeSpins; i++) {
    for (let k = 0; k < spinReads; k++) if (atomic.load<u32>(l) == 0) break;
    if (atomic.load<u32>(l) == 0 && atomic.cmpxchg<u32>(l, 0, 1) == 0) return;
  }
  while (atomic.xchg<u32>(l, 2) != 0) atomic.wait<i32>(l, 2, -1);
}

export function unlock(l: usize): void {
  if (atomic.xchg<u32>(l, 0) == 2) atomic.notify(l, 1);
}

/**
 * Locks between goroutines. While only one P runs, nobody else can want them, and they stay 0. One that was taken before that may be let go of
 * afterwards, but not the other way round: a second P begins only when no lock is held (sched.ts, multi).
 */
@inline export function lock2(l: usize): void {
  if (!alone()) lock(l);
}
@inline export function unlock2(l: usize): void {
  if (load<u32>(l) != 0) unlock(l);
}

/** Takes the lock if it is free. */
export function trylock(l: usize): bool {
  return atomic.cmpxchg<u32>(l, 0, 1) == 0;
}

export function noteclear(n: usize): void {
  atomic.store<u32>(n, 0);
}

/** Sleeps until the note is set or ns nanoseconds have passed (-1: for ever); says whether it is set. */
export function notesleep(n: usize, ns: i64): bool {
  while (atomic.load<u32>(n) == 0) {
    if (atomic.wait<i32>(n, 0, ns) == 2) return atomic.load<u32>(n) != 0;
  }
  return true;
}

export function notewakeup(n: usize): void {
  atomic.store<u32>(n, 1);
  atomic.notify(n, 1);
}
