// The scheduler's events, decoded while the program runs: from the ring each P writes (src/runtime/trace.ts).
//
// Assumes: the reader looks often enough, or the program waits for it (a reproducible run). Guarantees: events come in the order of each P; where some were
// overwritten before they were read, their number is in their place, and none is guessed.

/** What the runtime exports for readers of events. */
export interface EventExports {
  /** 1: begin to write events; 2: and wait for the reader where a ring is full; 0: end */
  settracing(how: number): void;
  /** address of a P's words: ring, how many events may be read, how many have been, one of no interest, how many were written; 0 if there is no such P */
  ringof(p: number): number;
}

export interface SchedEvent {
  /** nanoseconds of the program's clock */
  readonly time: bigint;
  readonly kind: (typeof kinds)[number];
  readonly goid: bigint;
  /** what the kind says: the creator, who unblocked it, why it waits, the P stolen from, the host call, nanoseconds since the wish to preempt, how many were lost */
  readonly arg: bigint;
  readonly p: number;
  readonly m: number;
}

const kinds = [
  '',
  'create',
  'start',
  'block',
  'unblock',
  'preempt',
  'end',
  'steal',
  'handoff',
  'syscallenter',
  'syscallexit',
  'procstart',
  'procstop',
  'stwstart',
  'stwdone',
  'lost',
] as const;

const ringEvents = 1 << 14;
const eventBytes = 24;
const maxProcs = 256;

export class EventReader {
  /** events that were gone before they were read */
  lost = 0;
  private readonly rt: EventExports;
  private readonly memory: WebAssembly.Memory;

  constructor(rt: EventExports, memory: WebAssembly.Memory) {
    this.rt = rt;
    this.memory = memory;
  }

  /** What has been written since the last call. all: the program has ended, and there is nothing more to come. */
  read(all = false): SchedEvent[] {
    const events: SchedEvent[] = [];
    const view = new DataView(this.memory.buffer);
    const words = new Int32Array(this.memory.buffer);
    for (let i = 0; i < maxProcs; i++) {
      const at = this.rt.ringof(i);
      if (at === 0) break;
      const ring = view.getUint32(at, true);
      if (ring === 0) continue;
      const word = (n: number): number => Atomics.load(words, (at >>> 2) + n) >>> 0;
      const begin = word(2);
      const end = all ? word(4) : word(1);
      const found: SchedEvent[] = [];
      let pos = begin;
      if ((end - pos) >>> 0 > ringEvents) pos = (end - ringEvents) >>> 0;
      const first = pos;
      for (; pos !== end; pos = (pos + 1) >>> 0) found.push(decode(view, ring, i, pos));
      // What has been overwritten while it was read.
      const overtaken = (word(4) - first) >>> 0;
      if (overtaken > ringEvents) found.splice(0, overtaken - ringEvents);
      const lost = ((end - begin) >>> 0) - found.length;
      if (lost > 0) {
        this.lost += lost;
        const time = found[0]?.time ?? 0n;
        events.push({ time, kind: 'lost', goid: 0n, arg: BigInt(lost), p: i, m: found[0]?.m ?? 0 });
      }
      for (const e of found) events.push(e);
      Atomics.store(words, (at + 8) >>> 2, end | 0);
      Atomics.notify(words, (at + 8) >>> 2);
    }
    return events;
  }
}

function decode(view: DataView, ring: number, p: number, pos: number): SchedEvent {
  const e = ring + (pos & (ringEvents - 1)) * eventBytes;
  const what = view.getUint32(e + 8, true);
  return {
    time: view.getBigInt64(e, true),
    kind: kinds[what & 0xff] ?? '',
    goid: view.getBigUint64(e + 8, true) >> 24n,
    arg: BigInt(view.getUint32(e + 16, true)),
    p,
    m: (what >>> 8) & 0xffff,
  };
}

/** An event as a line of text, without the newline. */
export function eventLine(e: SchedEvent): string {
  return `${e.time} P${e.p} M${e.m} ${e.kind} ${e.goid} ${e.arg}`;
}
