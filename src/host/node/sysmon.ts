// The thread that watches over the Ms: this one, which runs no Go code.
//
// Assumes: the event loop is free most of the time. Guarantees: looks as often as the runtime's sysmon asks (src/runtime/sysmon.ts), if not more often than
// this thread's timers go, once a millisecond; an M the scheduler asks for gets its worker at once.

import { EventReader, type SchedEvent } from '../../inspect/events.ts';
import { schedtrace } from '../../inspect/sched.ts';
import { type Exports, instantiate, type ProgramInput } from './program.ts';
import { writeAll } from './wasi.ts';

export class Sysmon {
  private readonly input: ProgramInput;
  private readonly newm: (m: number) => void;
  private readonly events: ((events: readonly SchedEvent[]) => void) | null;
  private reader: EventReader | null = null;
  private exports: Exports | null = null;
  private stopped = false;
  private pending: number[] = [];

  /** newm is given the address of an M that is to run on a thread of its own. */
  constructor(input: ProgramInput, newm: (m: number) => void, events?: (events: readonly SchedEvent[]) => void) {
    this.input = input;
    this.newm = newm;
    this.events = events ?? null;
  }

  /** Resolves after stop(). */
  async start(): Promise<void> {
    const { control, memory } = this.input;
    await Atomics.waitAsync(control, 0, 0).value;
    if (this.stopped) return;
    const { exports } = instantiate(this.input);
    exports.rt_minit(Number(exports.linkinfo.value), exports.sysmonM());
    this.exports = exports;
    if (this.events) this.reader = new EventReader(exports, memory);
    for (const sig of this.pending) exports.signalled(sig);
    const word = exports.hostwake() >>> 2;
    let words = new Int32Array(memory.buffer);
    const trace = schedtraceOptions(this.input.env);
    const begun = performance.now();
    let shown = Number.NEGATIVE_INFINITY;
    while (!this.stopped) {
      const seen = Atomics.load(words, word);
      for (let m = exports.nextnewm(); m !== 0; m = exports.nextnewm()) this.newm(m);
      const ns = exports.sysmon();
      this.readEvents();
      const elapsed = performance.now() - begun;
      if (trace.every > 0 && elapsed - shown >= trace.every) {
        shown = elapsed;
        writeAll(2, Buffer.from(schedtrace(exports, elapsed, trace.detailed)));
      }
      if (words.buffer !== memory.buffer) words = new Int32Array(memory.buffer);
      const until = Math.min(
        ns < 0n ? Number.POSITIVE_INFINITY : Math.max(Number(ns) / 1e6, 1),
        trace.every > 0 ? Math.max(shown + trace.every - elapsed, 1) : Number.POSITIVE_INFINITY,
        this.reader ? 1 : Number.POSITIVE_INFINITY,
      );
      const wait = Atomics.waitAsync(words, word, seen, until);
      if (wait.async) await wait.value;
    }
  }

  /** A signal has come that the program wants to be told of. */
  signalled(sig: number): void {
    if (this.exports) this.exports.signalled(sig);
    else this.pending.push(sig);
  }

  private readEvents(): void {
    if (!this.reader || !this.events) return;
    const events = this.reader.read();
    if (events.length > 0) this.events(events);
  }

  stop(): void {
    this.readEvents();
    this.stopped = true;
  }
}

/** GODEBUG's schedtrace, in milliseconds (0: none), and scheddetail. */
function schedtraceOptions(env: readonly string[]): { readonly every: number; readonly detailed: boolean } {
  const debug = env.findLast((e) => e.startsWith('GODEBUG='))?.slice('GODEBUG='.length) ?? '';
  const value = (name: string): number =>
    Number(
      debug
        .split(',')
        .findLast((e) => e.startsWith(`${name}=`))
        ?.slice(name.length + 1) ?? 0,
    ) || 0;
  return { every: value('schedtrace'), detailed: value('scheddetail') !== 0 };
}
