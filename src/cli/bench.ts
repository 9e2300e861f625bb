// `burrow bench preempt`: from the wish to preempt a goroutine until another runs in its place.
//
// The scheduler's own events say it: a preempt event carries how long ago it was asked for, and the next start event on that P is the other goroutine's.
// Assumes: nothing else keeps the machine busy.

import { join } from 'node:path';
import { environment, run as runProgram } from '../host/node/run.ts';
import type { SchedEvent } from '../inspect/events.ts';
import { Failure } from './failure.ts';
import { parseFlags, UsageError } from './flags.ts';
import * as messages from './messages.ts';
import { makeProgram } from './program.ts';
import { root } from './self.ts';

const source = join(root, 'src', 'cli', 'bench', 'preempt.go');
const seconds = 5;

export interface Latency {
  readonly procs: number;
  readonly preemptions: number;
  /** microseconds */
  readonly mean: number;
  readonly p99: number;
}

/** Gathers the latencies, in nanoseconds, from the events of a run as they come. */
export class Preemptions {
  readonly ns: number[] = [];
  /** by P: who was to give way, and since when */
  private readonly asked = new Map<number, { readonly goid: number; readonly at: number }>();

  add(events: readonly SchedEvent[]): void {
    for (const e of events) {
      if (e.kind === 'preempt' && e.arg > 0) this.asked.set(e.p, { goid: e.goid, at: e.time - e.arg });
      else if (e.kind === 'start') {
        const a = this.asked.get(e.p);
        this.asked.delete(e.p);
        if (a && a.goid !== e.goid) this.ns.push(e.time - a.at);
      }
    }
  }

  latency(procs: number): Latency {
    const sorted = this.ns.sort((a, b) => a - b);
    const micros = (ns: number): number => Math.round(ns / 100) / 10;
    const mean = sorted.reduce((sum, ns) => sum + ns, 0) / sorted.length;
    const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1]!;
    return { procs, preemptions: sorted.length, mean: micros(mean), p99: micros(p99) };
  }
}

async function measure(wasm: Uint8Array, procs: number): Promise<Latency> {
  const seen = new Preemptions();
  const env = [...environment().filter((e) => !e.startsWith('GOMAXPROCS=')), `GOMAXPROCS=${procs}`];
  const ending = await runProgram(wasm, { args: ['preempt', `${seconds}s`], env, events: (e) => seen.add(e) });
  if (!('code' in ending) || ending.code !== 0 || seen.ns.length === 0) throw new Failure(messages.tooFewPreemptions());
  return seen.latency(procs);
}

export async function bench(args: readonly string[]): Promise<number> {
  const { availableParallelism } = await import('node:os');
  const { values, rest } = parseFlags({ json: 'bool' }, args);
  const [what = '', ...flags] = rest;
  const json = values.get('json') === 'true' || parseFlags({ json: 'bool' }, flags).values.get('json') === 'true';
  if (what !== 'preempt') throw new UsageError(messages.noSuchBench(what));
  const { wasm, errors } = await makeProgram({ files: [source] }, true);
  if (!wasm) throw new Failure(errors.flatMap((e) => e.lines).join('\n'));
  const idle = await measure(wasm, 1);
  const busy = await measure(wasm, Math.max(availableParallelism(), 2));
  if (json) {
    process.stdout.write(`${JSON.stringify({ idle, busy }, null, 2)}\n`);
    return 0;
  }
  process.stdout.write(`| ${messages.preemptHeads()} |\n|---|---|---|---|\n`);
  for (const [name, l] of [
    [messages.preemptIdle(), idle],
    [messages.preemptBusy(busy.procs), busy],
  ] as const)
    process.stdout.write(`| ${name} | ${l.preemptions} | ${l.mean} µs | ${l.p99} µs |\n`);
  return 0;
}
