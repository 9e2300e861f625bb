// The clock: the host's, or that of a reproducible run, which stands still but for a microsecond each time somebody looks, and goes on to the next
// timer when nobody can run.

import { hostnanotime } from "./layout";
import { sched } from "./sched";

const look: i64 = 1000;

/** Nanoseconds since some beginning. */
export function nanotime(): i64 {
  if (sched.seeded == 0) return hostnanotime();
  sched.virtualTime += look;
  return sched.virtualTime;
}

/** As nanotime, for the scheduler: looking takes no time. */
export function now(): i64 {
  return sched.seeded == 0 ? hostnanotime() : sched.virtualTime;
}

/** Whether time and chance come from a seed. */
export function seeded(): i32 {
  return sched.seeded;
}
