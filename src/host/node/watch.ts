// The main thread's part in a program that runs: it makes workers for Ms, passes signals on, and shows what GODEBUG and -events ask for. It runs no Go code.
//
// Assumes: the event loop is free most of the time. Guarantees: an M the scheduler asks for gets its worker at once. sysmon gets one when the program has been
// busy for a while; until then it looks from here, as often as this thread's timers go, once a millisecond. While nothing is to be done this thread sleeps.
// Reading events takes at most half of a processor, unless the program waits for it: what could not be read is said to be lost.

import { EventReader, type SchedEvent } from '../../inspect/events.ts';
import { schedtrace } from '../../inspect/sched.ts';
import type { Ending } from './ending.ts';
import type { Exports, ProgramInput } from './program.ts';
import { signalName } from './signals.ts';
import { writeAll } from './write.ts';

/** of ProgramInput's events */
const waitForReader = 2;
/** of schedfield */
const sysmonWaits = 10;
const sysmonThread = 11;
/** of mfield */
const mInHost = 7;
/** milliseconds a program runs before sysmon gets a thread of its own */
const ownThreadAfter = 50;
/** milliseconds the goroutines have to report themselves before a signal ends the program anyhow */
const reportWithin = 3000;

export class Watch {
  private readonly input: ProgramInput;
  private readonly newm: (m: number) => void;
  private readonly events: ((events: readonly SchedEvent[]) => void) | null;
  private reader: EventReader | null = null;
  /** when events are to be read next, in milliseconds as performance.now */
  private readNext = 0;
  private exports: Exports | null = null;
  private stopped = false;
  private pending: ((rt: Exports) => void)[] = [];
  private sysmonAsked = false;

  /** newm is given the address of an M that is to run on a thread of its own. */
  constructor(input: ProgramInput, newm: (m: number) => void, events?: (events: readonly SchedEvent[]) => void) {
    this.input = input;
    this.newm = newm;
    this.events = events ?? null;
  }

  /** Resolves after stop(). */
  async start(): Promise<void> {
    const { control, memory } = this.input;
    // Loaded while the first M is at its start, which waits for none of this.
    const { instantiate } = await import('./program.ts');
    await Atomics.waitAsync(control, 0, 0).value;
    if (this.stopped) return;
    const { exports } = instantiate(this.input);
    exports.rt_minit(Number(exports.linkinfo.value), exports.sysmonM());
    this.exports = exports;
    if (this.events) this.reader = new EventReader(exports, memory);
    for (const f of this.pending) f(exports);
    const word = exports.hostwake() >>> 2;
    let words = new Int32Array(memory.buffer);
    const trace = schedtraceOptions(this.input.env);
    const begun = performance.now();
    let shown = Number.NEGATIVE_INFINITY;
    while (!this.stopped) {
      const seen = Atomics.load(words, word);
      for (let m = exports.nextnewm(); m !== 0; m = exports.nextnewm()) this.newm(m);
      let ns = -1n;
      const elapsed = performance.now() - begun;
      if (exports.schedfield(sysmonThread) === 0n) {
        ns = exports.sysmon();
        if (
          !this.sysmonAsked &&
          (elapsed > ownThreadAfter || this.reader) &&
          ns >= 0n &&
          exports.schedfield(sysmonWaits) === 0n
        ) {
          this.sysmonAsked = true;
          this.newm(exports.sysmonM());
        }
      }
      if (performance.now() >= this.readNext) this.readEvents();
      if (trace.every > 0 && elapsed - shown >= trace.every) {
        shown = elapsed;
        writeAll(2, Buffer.from(schedtrace(exports, elapsed, trace.detailed)));
      }
      if (words.buffer !== memory.buffer) words = new Int32Array(memory.buffer);
      const until = Math.min(
        ns < 0n ? Number.POSITIVE_INFINITY : Math.max(Number(ns) / 1e6, 1),
        trace.every > 0 ? Math.max(shown + trace.every - elapsed, 1) : Number.POSITIVE_INFINITY,
        this.reader ? Math.max(this.readNext - performance.now(), 1) : Number.POSITIVE_INFINITY,
      );
      const wait = Atomics.waitAsync(words, word, seen, until);
      if (wait.async) await wait.value;
    }
  }

  private tell(f: (rt: Exports) => void): void {
    if (this.exports) f(this.exports);
    else this.pending.push(f);
  }

  /** A signal has come that the program wants to be told of. */
  signalled(sig: number): void {
    this.tell((rt) => rt.signalled(sig));
  }

  /** A signal has come that ends the program, with a report if it can still make one. */
  dieOf(sig: number, end: (e: Ending) => void): void {
    this.tell((rt) => rt.dieOf(sig));
    setTimeout(() => {
      if (this.exports) writeAll(2, Buffer.from(schedtrace(this.exports, performance.now(), true)));
      end({ fatal: `${signalName(sig)}: no goroutine could report` });
    }, reportWithin).unref();
  }

  /** Whether an M is in a host call now. */
  inHostCall(): boolean {
    const rt = this.exports;
    if (!rt) return false;
    for (let m = rt.nextm(0); m !== 0; m = rt.nextm(m)) if (rt.mfield(m, mInHost) !== 0n) return true;
    return false;
  }

  private readEvents(all = false): void {
    if (!this.reader || !this.events) return;
    const begun = performance.now();
    const events = this.reader.read(all);
    if (events.length > 0) this.events(events);
    const ended = performance.now();
    this.readNext = this.input.events === waitForReader ? ended : ended + (ended - begun);
  }

  stop(): void {
    this.readEvents(true);
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
