// The scheduler's events, decoded while the program runs: from the ring each P writes (src/runtime/trace.ts).
//
// Assumes: the reader looks often enough, or the program waits for it (a reproducible run). Guarantees: events come in the order of each P; where some were
// overwritten before they were read, there is one that says so in their place, and none is guessed.

/** What the runtime exports for readers of events. */
export interface EventExports {
  /** 1: begin to write events; 2: and wait for the reader where a ring is full; 0: end */
  settracing(how: number): void;
  /** address of a P's words: ring, how many words of that may be read, how many have been, one of no interest, where the next is written, how many were before the ring's first; 0 if there is no such P */
  ringof(p: number): number;
}

export interface SchedEvent {
  /** nanoseconds of the program's clock */
  readonly time: number;
  readonly kind: (typeof kinds)[number];
  readonly goid: number;
  /** what the kind says: the creator, who unblocked it, why it waits, the P stolen from, the host call, nanoseconds since the wish to preempt, at most how many were lost */
  readonly arg: number;
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

const ringWords = 1 << 15;
const eventWords = 3;
const maxProcs = 256;
/** words that may have been written and are not yet to be read */
const unseen = 64 + eventWords;
/** in the two lower bits of a word */
const head = 1;
const switched = 2;
const clock = 16;

/** What is known of a P where the reader is. */
interface Place {
  time: number;
  m: number;
  /** the goroutine that runs, 0 if none does, null if that is not known */
  running: number | null;
}

export class EventReader {
  /** events that were gone before they were read, at most */
  lost = 0;
  private readonly rt: EventExports;
  private readonly memory: WebAssembly.Memory;
  private readonly places: Place[] = [];

  constructor(rt: EventExports, memory: WebAssembly.Memory) {
    this.rt = rt;
    this.memory = memory;
  }

  /** What has been written since the last call. all: the program has ended, and there is nothing more to come. */
  read(all = false): SchedEvent[] {
    const events: SchedEvent[] = [];
    const words = new Int32Array(this.memory.buffer);
    for (let i = 0; i < maxProcs; i++) {
      const at = this.rt.ringof(i);
      if (at === 0) break;
      const ring = words[at >>> 2]! >>> 0;
      if (ring === 0) continue;
      const word = (n: number): number => Atomics.load(words, (at >>> 2) + n) >>> 0;
      const begin = word(2);
      const end = all ? (word(5) + ((word(4) - ring) >>> 3)) >>> 0 : word(1);
      const n = Math.min((end - begin) >>> 0, ringWords);
      const copy = copyWords(words, ring >>> 2, (end - n) >>> 0, n);
      // What was overwritten before or while it was copied, or may have been.
      const gone = all ? 0 : Math.min(Math.max(((word(1) - end) >>> 0) + unseen + n - ringWords, 0), n);
      Atomics.store(words, (at + 8) >>> 2, end | 0);
      Atomics.notify(words, (at + 8) >>> 2);
      const place = (this.places[i] ??= { time: 0, m: 0, running: null });
      this.decode(copy, gone, ((end - begin) >>> 0) - n, i, place, events);
    }
    return events;
  }

  /** Words are pairs of numbers, the lower first; the first `gone` are not to be looked at, `lost` more are not there. */
  private decode(words: Uint32Array, gone: number, lost: number, p: number, at: Place, out: SchedEvent[]): void {
    const n = words.length / 2;
    const tag = (i: number): number => words[2 * i]! & 3;
    let i = gone;
    if (gone + lost > 0) while (i < n && tag(i) !== head) i++;
    if (i + lost > 0) {
      this.lost += i + lost;
      at.running = null;
      if (i < n) at.time = value(words, i + 1);
      out.push({ time: at.time, kind: 'lost', goid: 0, arg: i + lost, p, m: at.m });
    }
    const add = (kind: SchedEvent['kind'], g: number, arg: number): void => {
      out.push({ time: at.time, kind, goid: g, arg, p, m: at.m });
    };
    while (i < n) {
      const low = words[2 * i]!;
      const goid = words[2 * i + 1]! * 64 + (low >>> 26);
      const kind = (low >>> 2) & 0xff;
      if (tag(i) === switched) {
        if (at.running !== null) {
          add('unblock', goid, at.running);
          add('block', at.running, kind);
        }
        add('start', goid, 0);
        at.running = goid;
        i++;
        continue;
      }
      at.m = (low >>> 10) & 0xffff;
      at.time = value(words, i + 1);
      if (kind === clock) at.running = goid;
      else {
        const name = kinds[kind] ?? '';
        add(name, goid, value(words, i + 2));
        if (name === 'start' || name === 'syscallexit') at.running = goid;
        else if (ends.has(name)) at.running = 0;
      }
      i += eventWords;
    }
  }
}

/** after these nobody runs there */
const ends: ReadonlySet<string> = new Set(['block', 'end', 'preempt', 'procstart', 'procstop']);

/** What a word that is no head says. Times are exact for a hundred days. */
function value(words: Uint32Array, i: number): number {
  return words[2 * i + 1]! * 2 ** 30 + (words[2 * i]! >>> 2);
}

/** n words of the ring, from its position pos on. */
function copyWords(memory: Int32Array, ring: number, pos: number, n: number): Uint32Array {
  const out = new Uint32Array(2 * n);
  const first = pos % ringWords;
  const here = Math.min(n, ringWords - first);
  out.set(memory.subarray(ring + 2 * first, ring + 2 * (first + here)));
  out.set(memory.subarray(ring, ring + 2 * (n - here)), 2 * here);
  return out;
}

/** An event as a line of text, without the newline. */
export function eventLine(e: SchedEvent): string {
  return `${e.time} P${e.p} M${e.m} ${e.kind} ${e.goid} ${e.arg}`;
}
