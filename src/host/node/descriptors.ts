// The descriptors of a program, in memory that all its Ms share.
//
// Invariants: a slot is in use or free (word 0), taken by compare-and-swap; whoever closes it frees it last. A path is only kept for folders. Where the
// system's lseek can be had the position of a file is the system's, which other processes share; otherwise it is kept here, and changes while one
// holds the slot's lock: calls that move it follow each other.

const slots = 4096;
const words = 8;
const pathBytes = 4096;
/** behind the slots: how many folders were ever opened */
const openings = slots * words;
const headBytes = (openings + 2) * 4;
/** what paths are relative to that are relative to no open folder: "/" */
export const rootFolder = -100;
const state = { free: 0, busy: 1, open: 2 };

// words of a slot
const wState = 0;
const wLock = 1;
const wFd = 2;
const wFlags = 3;
const wPath = 4;
const wBits = 5;
const bitDir = 1;
const bitAppend = 2;
const bitSeek = 4;
const bitSocket = 8;
const bitPipe = 16;

/** One open descriptor; it stays valid as long as the program does not close it. */
export class Open {
  private readonly at: number;
  private readonly ints: Int32Array;
  private readonly longs: BigInt64Array;
  private readonly bytes: Uint8Array;

  constructor(index: number, buffer: SharedArrayBuffer) {
    this.at = index * words;
    this.ints = new Int32Array(buffer, 0, headBytes / 4);
    this.longs = new BigInt64Array(buffer, 0, headBytes / 8);
    this.bytes = new Uint8Array(buffer, headBytes + index * pathBytes, pathBytes);
  }
  get fd(): number {
    return this.ints[this.at + wFd]!;
  }
  get dir(): boolean {
    return (this.ints[this.at + wBits]! & bitDir) !== 0;
  }
  get append(): boolean {
    return (this.ints[this.at + wBits]! & bitAppend) !== 0;
  }
  get flags(): number {
    return this.ints[this.at + wFlags]!;
  }
  set flags(v: number) {
    this.ints[this.at + wFlags] = v;
  }
  get path(): string {
    return Buffer.from(this.bytes.slice(0, this.ints[this.at + wPath]!)).toString();
  }
  /** null: it is not kept here */
  get pos(): bigint | null {
    return this.ints[this.at + wBits]! & bitSeek ? Atomics.load(this.longs, (this.at + 6) >> 1) : null;
  }
  set pos(v: bigint) {
    Atomics.store(this.longs, (this.at + 6) >> 1, v);
  }
  /** of a folder: which of all openings it was; the next under the same number is another */
  get opening(): bigint {
    return Atomics.load(this.longs, (this.at + 6) >> 1);
  }
  /** Runs f while no other M moves the position. */
  locked<T>(f: () => T): T {
    if (!(this.ints[this.at + wBits]! & bitSeek)) return f();
    const l = this.at + wLock;
    while (Atomics.compareExchange(this.ints, l, 0, 1) !== 0) Atomics.wait(this.ints, l, 1);
    try {
      return f();
    } finally {
      Atomics.store(this.ints, l, 0);
      Atomics.notify(this.ints, l, 1);
    }
  }
}

export interface NewFile {
  readonly fd: number;
  readonly path: string;
  readonly dir: boolean;
  readonly append: boolean;
  /** its position is kept here */
  readonly seek: boolean;
  readonly socket?: boolean;
  /** no socket, but waited for as one is: an end of a pipe, or a process */
  readonly pipe?: boolean;
  readonly flags: number;
}

export class Descriptors {
  private readonly buffer: SharedArrayBuffer;
  private readonly ints: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.ints = new Int32Array(buffer, 0, headBytes / 4);
  }

  /** The memory of a new program: standard input, output and error, and what else it was started with, under the numbers that it has there. */
  static create(inherited: readonly NewFile[]): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer(headBytes + slots * pathBytes);
    const table = new Descriptors(buffer);
    for (const fd of [0, 1, 2]) table.add({ fd, path: '', dir: false, append: false, seek: false, flags: 0 });
    for (const f of inherited) if (f.fd > 2 && f.fd < slots) table.addAt(f.fd, f);
    return buffer;
  }

  get(i: number): Open | undefined {
    if (i < 0 || i >= slots || Atomics.load(this.ints, i * words + wState) !== state.open) return undefined;
    return new Open(i, this.buffer);
  }

  /** The host's descriptor of a socket; -1 if it is not open, -2 if it is something else. */
  socket(i: number): number {
    const at = i * words;
    if (i < 0 || i >= slots || Atomics.load(this.ints, at + wState) !== state.open) return -1;
    return this.ints[at + wBits]! & bitSocket ? this.ints[at + wFd]! : -2;
  }
  /** The host's descriptor of what the poller can wait for: a socket or a pipe; results below 0 as socket(). */
  pollable(i: number): number {
    const at = i * words;
    if (i < 0 || i >= slots || Atomics.load(this.ints, at + wState) !== state.open) return -1;
    return this.ints[at + wBits]! & (bitSocket | bitPipe) ? this.ints[at + wFd]! : -2;
  }
  isPipe(i: number): boolean {
    return (this.ints[i * words + wBits]! & bitPipe) !== 0;
  }
  flagsOf(i: number): number {
    return this.ints[i * words + wFlags]!;
  }

  /** The lowest free descriptor for the file; -1 if there is none, or the path is too long. */
  add(f: NewFile): number {
    if (f.dir && Buffer.byteLength(f.path) > pathBytes) return -1;
    for (let i = 0; i < slots; i++) if (this.addAt(i, f)) return i;
    return -1;
  }

  private addAt(i: number, f: NewFile): boolean {
    const at = i * words;
    if (Atomics.compareExchange(this.ints, at + wState, state.free, state.busy) !== state.free) return false;
    const path = f.dir ? Buffer.from(f.path) : null;
    this.ints[at + wFd] = f.fd;
    this.ints[at + wFlags] = f.flags;
    this.ints[at + wBits] =
      (f.dir ? bitDir : 0) |
      (f.append ? bitAppend : 0) |
      (f.seek ? bitSeek : 0) |
      (f.socket ? bitSocket : 0) |
      (f.pipe ? bitPipe : 0);
    this.ints[at + wPath] = path?.length ?? 0;
    if (path) new Uint8Array(this.buffer, headBytes + i * pathBytes, pathBytes).set(path);
    new Open(i, this.buffer).pos = f.dir ? BigInt(Atomics.add(this.ints, openings, 1) >>> 0) : 0n;
    Atomics.store(this.ints, at + wState, state.open);
    return true;
  }

  /** Takes it away; false if it is not open. */
  remove(i: number): boolean {
    if (i < 0 || i >= slots) return false;
    return Atomics.compareExchange(this.ints, i * words + wState, state.open, state.free) === state.open;
  }
}
