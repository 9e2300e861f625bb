// The scheduler's events, decoded while the program runs: from the ring each P writes (src/runtime/trace.ts).
//
// Assumes: the reader looks often enough, or the program waits for it (a reproducible run). Guarantees: events come in the order of each P; one that was
// overwritten before it was read is counted, not guessed.

/** What the runtime exports for readers of events. */
export interface EventExports {
  /** 1: begin to write events; 2: and wait for the reader where a ring is full; 0: end */
  settracing(how: number): void;
  /** address of a P's ring, its write position and its read position, 4 bytes each; 0 if there is no such P */
  ringof(p: number): number;
}

export interface SchedEvent {
  /** nanoseconds of the program's clock */
  readonly time: bigint;
  readonly kind: (typeof kinds)[number];
  readonly goid: bigint;
  /** what the kind says: the creator, who unblocked it, why it waits, the P stolen from, the host call */
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
] as const;

const ringEvents = 1 << 14;
const eventBytes = 32;
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

  /** What has been written since the last call. */
  read(): SchedEvent[] {
    const events: SchedEvent[] = [];
    const view = new DataView(this.memory.buffer);
    const words = new Int32Array(this.memory.buffer);
    for (let i = 0; i < maxProcs; i++) {
      const at = this.rt.ringof(i);
      if (at === 0) break;
      const ring = view.getUint32(at, true);
      if (ring === 0) continue;
      const end = Atomics.load(words, (at + 4) >>> 2) >>> 0;
      let pos = Atomics.load(words, (at + 8) >>> 2) >>> 0;
      const behind = (end - pos) >>> 0;
      if (behind > ringEvents) {
        this.lost += behind - ringEvents;
        pos = (end - ringEvents) >>> 0;
      }
      for (; pos !== end; pos = (pos + 1) >>> 0) {
        const e = ring + (pos & (ringEvents - 1)) * eventBytes;
        const event = {
          time: view.getBigInt64(e, true),
          kind: kinds[view.getUint8(e + 24)] ?? '',
          goid: view.getBigUint64(e + 8, true),
          arg: view.getBigUint64(e + 16, true),
          p: view.getUint8(e + 25),
          m: view.getUint16(e + 26, true),
        };
        if (view.getUint32(e + 28, true) === pos) events.push(event);
        else this.lost++;
      }
      Atomics.store(words, (at + 8) >>> 2, end | 0);
      Atomics.notify(words, (at + 8) >>> 2);
    }
    return events;
  }
}

/** An event as a line of text, without the newline. */
export function eventLine(e: SchedEvent): string {
  return `${e.time} P${e.p} M${e.m} ${e.kind} ${e.goid} ${e.arg}`;
}
