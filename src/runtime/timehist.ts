// Histograms of times, for package runtime/metrics, and the sampling of goroutines behind the ones of the scheduler.
//
// Guarantees: counts are changed atomically; what is read may change meanwhile. The times goroutines spend runnable, or waiting for a mutex, are only measured in programs that
// can ask for them (startSampling); of the former one in eight.
// Source: the buckets are those of Go's timeHistogram: four for each power of two nanoseconds from 2^9 to 2^48, what is less in four, and two for what is out of range.

import { G, hostnanotime, P } from "./layout";
import { mx } from "./m";
import { countIdle, sched, setTracing } from "./sched";

const minBits: u32 = 9;
const maxBits: u32 = 48;
const counts: u32 = (maxBits - minBits + 1) * 4 + 2;

export const histLatencies: u32 = 0;
const histStopGC: u32 = 1;
const histStopOther: u32 = 2;
const histTotalGC: u32 = 3;
const histTotalOther: u32 = 4;
/** counts of each histogram, one after another */
const table: usize = memory.data(5 * 162 * 8, 8);
/** nanoseconds goroutines have waited for mutexes */
const mutexWait: usize = memory.data(8, 8);

/** bit of sched.tracing */
export const sampling: u32 = 4;
const period: u32 = 8;

// As type g in src/std/runtime/runtime2.go has them.
const waitReasonMutex: u32 = 9;
const waitReasonRWMutex: u32 = 11;

function bucket(ns: i64): u32 {
  if (ns < 0) return 0;
  if (ns < 1 << minBits) return 1 + ((ns as u32) >> (minBits - 2));
  const log: u32 = 63 - (clz<i64>(ns) as u32);
  if (log >= maxBits) return counts - 1;
  return 1 + (log - minBits + 1) * 4 + (((ns >> (log - 2)) as u32) & 3);
}

function record(h: u32, ns: i64): void {
  atomic.add<u64>(table + (((h * counts + bucket(ns)) as usize) << 3), 1);
}

/** Count i of a histogram. */
export function timehist(h: i32, i: i32): i64 {
  return atomic.load<u64>(table + (((h as u32) * counts + (i as u32)) as usize << 3)) as i64;
}
export function mutexwait(): i64 {
  return atomic.load<u64>(mutexWait) as i64;
}

/** A stop of the world is over: how long it took to stop all, and until they go on. */
export function recordStop(gc: bool, begun: i64, stopped: i64): void {
  record(gc ? histStopGC : histStopOther, stopped - begun);
  record(gc ? histTotalGC : histTotalOther, hostnanotime() - begun);
}

export function startSampling(): void {
  setTracing(sampling, 0);
  countIdle();
}

/** The goroutine has become runnable; this M may have a P. */
export function sampleReady(gp: G): void {
  if ((sched.tracing & sampling) == 0) return;
  if (gp.readyAt < 0) atomic.add<u64>(mutexWait, (hostnanotime() + gp.readyAt) as u64);
  const a = mx().p;
  gp.readyAt = a != 0 && ++changetype<P>(a as usize).readyTick % period == 0 ? hostnanotime() : 0;
}

/** It runs. */
export function sampleStart(gp: G): void {
  if ((sched.tracing & sampling) == 0) return;
  if (gp.readyAt > 0) record(histLatencies, hostnanotime() - gp.readyAt);
  gp.readyAt = 0;
}

/** It waits: for a mutex, since when is kept, negative. */
export function sampleBlock(gp: G): void {
  if ((sched.tracing & sampling) == 0) return;
  gp.readyAt = gp.waitreason >= waitReasonMutex && gp.waitreason <= waitReasonRWMutex ? -hostnanotime() : 0;
}
