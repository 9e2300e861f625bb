// Drives build/runtime.wasm without a compiled program: goroutines are generators, whose frames lie in memory as docs/ABI.md says.
//
// A goroutine has one frame of `slots` pointer words while it is a plain generator; tests of stacks push more frames themselves. All
// of a program's static data (linkinfo, resume table, maps, closures) is laid down behind the runtime's own.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, '..', '..', 'build', 'runtime.wasm');

export const slots = 64;
/** resume ids: the entry every goroutine begins with, the same frame later on, and a frame of a called function at its entry and later */
export const ids = { entry: 0, running: 1, callee: 2, calleeRunning: 3 } as const;
/** id, caller's frame size, closure or parameter, then the slots */
export const frameBytes = 16 + 8 * slots;

/** What a generator does next: suspend here (parked if it has set its g's waitreason). */
export type Body = Generator<undefined, void, undefined>;

/** The body of a goroutine that never suspends. */
export function* once(f: () => void): Body {
  f();
  yield* [];
}

interface Exports {
  readonly m: WebAssembly.Global;
  readonly staticEnd: WebAssembly.Global;
  readonly table: WebAssembly.Table;
  rt_init(info: number): void;
  rt_main(): number;
  resumed(): number;
  getg(): number;
  mallocgc(size: number, typ: number, needzero: number): number;
  newproc(closure: number): void;
  newwaiting(closure: number, reason: number): number;
  ready(g: number): void;
  readyLast(g: number): void;
  numgoroutine(): bigint;
  getp(): number;
  pfield(i: number, f: number): bigint;
  signalled(sig: number): void;
  gcstart(): void;
  memstat(i: number): bigint;
  setgcpercent(n: number): number;
  setmemorylimit(n: bigint): bigint;
  setgcstress(on: number): void;
  addspecial(p: number, payload: number, kind: number): number;
  findspecial(p: number, kind: number): number;
  removespecial(p: number, payload: number, kind: number): number;
  nextfin(): number;
  findobject(p: number): number;
  allgat(i: bigint): number;
  sigrecv(): number;
  rand64(): bigint;
  settracing(how: number): void;
  ringof(p: number): number;
}

export class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** A wasm function (i32) -> i32 that calls f, fit for a table. */
function wasmFunction(f: (a: number) => number): unknown {
  const bytes = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 2, 7, 1, 1, 101, 1, 102, 0, 0, 7, 5, 1, 1, 103, 0, 0,
  ];
  return new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)), { e: { f } }).exports.g;
}

export class Machine {
  readonly rt: Exports;
  readonly memory: WebAssembly.Memory;
  /** what the runtime wrote to descriptor 2 */
  stderr = '';
  /** bodies of the functions of goexports.ts, by index */
  readonly goExports: (() => Body)[] = [];
  /** called at a resume id that is not a generator's */
  onFrame: ((id: number, fp: number) => number) | null = null;
  clock: () => bigint = () => process.hrtime.bigint();
  private readonly bodies = new Map<number, Body>();
  private readonly closures = new Map<number, () => Body>();
  private next: number;
  private seed: number;

  constructor(main: (m: Machine) => Body, seed = 1, procs = 1) {
    this.seed = seed;
    this.memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {
      env: { memory: this.memory },
      go: {
        nanotime: () => this.clock(),
        walltime: () => {},
        write: (_fd: number, p: number, n: number) => {
          this.stderr += Buffer.from(new Uint8Array(this.memory.buffer).slice(p, p + n)).toString();
        },
        exit: (code: number) => {
          throw new Exit(code);
        },
        random: (p: number, n: number) => new Uint8Array(this.memory.buffer).fill(seed, p, p + n),
        sigenable: () => {},
        config: (what: number) => (what === 0 ? BigInt(procs) : 0n),
        netpoll: () => 0,
        netpollbreak: () => 0,
      },
      wasi_snapshot_preview1: new Proxy({}, { get: () => () => 52 }),
    });
    this.rt = instance.exports as unknown as Exports;
    this.next = (Number(this.rt.staticEnd.value) + 15) & ~15;

    const thunk = this.rt.table.grow(
      1,
      wasmFunction((fp) => this.enter(fp)),
    );
    const map = this.data(4 + 2 * slots);
    const view = this.view;
    view.setUint16(map, slots + 1, true);
    for (let i = 0; i <= slots; i++) view.setUint16(map + 2 + 2 * i, 2 + 2 * i, true);
    const resume = this.data(16 * 4);
    for (let id = 0; id < 4; id++) {
      const e = resume + 16 * id;
      view.setUint32(e, thunk, true);
      view.setUint32(e + 8, map, true);
      view.setUint16(e + 12, frameBytes / 8, true);
      view.setUint16(e + 14, id === ids.entry || id === ids.callee ? 2 | (16 & 0xfffc) : 0, true);
    }
    const exportTable = this.data(8 * 8);
    for (let i = 0; i < 8; i++)
      this.setU32(
        exportTable + 8 * i,
        this.closure(() => this.exported(i)),
      );
    const info = this.data(32);
    const entry = this.closure(() => main(this));
    const words = [(this.next + 15) & ~15, resume, 4, 0, 0, entry, exportTable, 0];
    for (const [i, w] of words.entries()) this.setU32(info + 4 * i, w);
    this.rt.rt_init(info);
  }

  private exported(i: number): Body {
    const f = this.goExports[i];
    if (!f) throw new Error(`the scheduler started Go export ${i}`);
    return f();
  }

  /** n bytes of static data, before the heap begins. */
  private data(n: number): number {
    const p = this.next;
    this.next = (p + n + 15) & ~15;
    return p;
  }
  private closure(body: () => Body): number {
    const p = this.data(16);
    this.closures.set(p, body);
    return p;
  }
  /** A closure object in the heap; the goroutine's frame keeps it. */
  closureOf(body: () => Body): number {
    const p = this.rt.mallocgc(16, 0, 1);
    this.closures.set(p, body);
    return p;
  }
  go(body: () => Body): void {
    this.rt.newproc(this.closureOf(body));
  }

  get view(): DataView {
    return new DataView(this.memory.buffer);
  }
  u32(p: number): number {
    return this.view.getUint32(p >>> 0, true);
  }
  setU32(p: number, v: number): void {
    this.view.setUint32(p >>> 0, v, true);
  }
  get m(): number {
    return Number(this.rt.m.value);
  }
  get stackguard(): number {
    return this.u32(this.m);
  }
  /** the frame of the goroutine that runs */
  fp = 0;
  slot(i: number): number {
    return this.fp + 16 + 8 * i;
  }
  /** Marks the running goroutine as one that waits from its next suspension on. */
  park(reason = 1): number {
    const g = this.rt.getg();
    this.setU32(g + 40, reason);
    this.setU32(g + 52, 1);
    return g;
  }
  /** Says when the first timer of the P is due; 0n: there is none. */
  timerwake(when: bigint, p = this.rt.getp()): void {
    this.view.setBigInt64(p + 8, when, true);
  }
  /** The address of a P. */
  pAt(id: number): number {
    return Number(this.rt.pfield(id, 7));
  }

  private enter(fp: number): number {
    const id = this.u32(fp);
    if (this.rt.resumed() !== 0) throw new Error('nothing panics here');
    if (id >= ids.callee) return this.onFrame!(id, fp);
    const g = this.rt.getg();
    if (id === ids.entry) {
      const closure = this.u32(fp + 8);
      new Uint8Array(this.memory.buffer).fill(0, fp + 16, fp + frameBytes);
      this.setU32(fp, ids.running);
      this.bodies.set(g, this.closures.get(closure)!());
    }
    this.fp = fp;
    const { done } = this.bodies.get(g)!.next();
    if (done) {
      this.bodies.delete(g);
      return 0;
    }
    this.suspend(fp);
    return 1;
  }

  /** Writes what a function writes that suspends in the frame at fp. */
  suspend(fp: number): void {
    this.setU32(this.m + 12, fp);
  }

  /** Runs until the program exits; returns the exit code. */
  run(): number {
    try {
      this.rt.rt_main();
    } catch (e) {
      if (e instanceof Exit) return e.code;
      throw e;
    }
    throw new Error('rt_main returned');
  }

  /** A repeatable random number below n. */
  random(n: number): number {
    this.seed = (Math.imul(this.seed, 1103515245) + 12345) >>> 0;
    return Math.floor(((this.seed >>> 8) / (1 << 24)) * n);
  }
}

/** An abi.Type for objects of `words` words of which those in `pointers` hold pointers; lives in the heap, kept by nobody: make it noscan. */
export function makeType(m: Machine, words: number, pointers: readonly number[], keep: number): number {
  const mask = m.rt.mallocgc(((words >> 3) & ~7) + 8, 0, 1);
  m.setU32(keep, mask);
  const t = m.rt.mallocgc(64, 0, 1);
  m.setU32(keep + 8, t);
  const last = pointers.length ? pointers[pointers.length - 1]! + 1 : 0;
  const bytes = new Uint8Array(m.memory.buffer);
  for (const i of pointers) bytes[mask + (i >> 3)]! |= 1 << (i & 7);
  m.setU32(t, words * 8);
  m.setU32(t + 8, last * 8);
  m.setU32(t + 32, mask);
  return t;
}
