// For tests: links hand-built IR with a tiny runtime and runs it under a scheduler written here, in JavaScript.
//
// Guarantees: does to frames just what docs/ABI.md asks of the runtime: resuming the innermost frame, walking outwards, copying morebuf, growing
// (here: moving) the stack, and panics that leave frames in memory.

import binaryen from 'binaryen';
import { type Block, type DataSym, type Expr, Func, type Local, type Program, type Scalar } from '../ir/ir.ts';
import { verifyProgram } from '../ir/verify.ts';
import { FileSet } from '../syntax/position.ts';
import { emitProgram, type Linked, type LinkOptions } from './program.ts';

interface Instance {
  exports: Record<string, unknown>;
}
interface WasmApi {
  Memory: new (d: { initial: number; maximum: number; shared: boolean }) => { buffer: SharedArrayBuffer };
  Module: new (b: Uint8Array) => object;
  Instance: new (m: object, imports: object) => Instance;
  validate(b: Uint8Array): boolean;
}
export const Wasm = (globalThis as unknown as { WebAssembly: WasmApi }).WebAssembly;

const mAddr = 1024;
const savedGuard = mAddr + 4900;
const panicking = mAddr + 4624;

const runtimeText = `(module
  (import "env" "memory" (memory 1 65536 shared))
  (import "go" "log" (func $log (param i64)))
  (import "go" "panic_test" (func $panic_test (param i32)))
  (type $thunk (func (param i32) (result i32)))
  (table $t 1 funcref)
  (global $m (export "m") (mut i32) (i32.const ${mAddr}))
  (global (export "staticEnd") i32 (i32.const 8192))
  (func (export "resumed") (result i32)
    (local $how i32)
    (local.set $how (i32.load offset=4 (global.get $m)))
    (i32.store (global.get $m) (i32.load (i32.const ${savedGuard})))
    (i32.store offset=4 (global.get $m) (i32.const 0))
    (i32.eq (local.get $how) (i32.const 2)))
  (func (export "rt_resume") (param i32 i32) (result i32)
    (call_indirect (type $thunk) (local.get 1) (local.get 0)))
  (func (export "preempt") (i32.store (global.get $m) (i32.const 0)))
  (func (export "log") (param i64) (call $log (local.get 0)))
  (func (export "checked") (param i32) (call $panic_test (local.get 0)))
  (func (export "twice") (param i64) (result i64) (i64.mul (local.get 0) (i64.const 2)))
)`;

let runtimeBytes: Uint8Array | null = null;
function runtime(): Uint8Array {
  if (!runtimeBytes) {
    const mod = binaryen.parseText(runtimeText);
    const f = binaryen.Features;
    mod.setFeatures(f.Atomics | f.BulkMemory | f.SignExt | f.NontrappingFPToInt | f.MutableGlobals);
    runtimeBytes = mod.emitBinary();
    mod.dispose();
  }
  return runtimeBytes;
}

/** Builds one function: `build` gets it with its entry block open. */
export function func(
  name: string,
  params: readonly Scalar[],
  results: readonly Scalar[],
  build: (fn: Func, entry: Block, ...params: Local[]) => void,
): Func {
  const fn = new Func(name);
  fn.results = results;
  fn.params = params.map((t, i) => fn.newLocal(t, `p${i}`));
  fn.entry = fn.newBlock();
  build(fn, fn.entry, ...fn.params);
  return fn;
}

export const callrt = (b: Block, name: string, args: Expr[], results: (Local | null)[] = []): void => {
  b.stmts.push({ kind: 'callrt', name, args, results, pos: 0 });
};
export const call = (b: Block, fn: Func, args: Expr[], results: (Local | null)[] = [], pos = 0): void => {
  b.stmts.push({ kind: 'call', fn, args, results, pos });
};
export const set = (b: Block, local: Local, x: Expr): void => {
  b.stmts.push({ kind: 'set', local, x });
};
export const log = (b: Block, x: Expr): void => callrt(b, 'log', [x]);

export interface RunOptions {
  /** sizes of the goroutine's stack: it starts with the first, and moves to a larger one when it does not suffice */
  stackBytes?: number;
  /** how far fp may advance before the machine stack must be unwound */
  step?: number;
  maxSteps?: number;
  /** called with the frames in memory, innermost first, whenever the goroutine has suspended */
  onSuspend?: (fps: number[]) => void;
}

export class Machine {
  readonly linked: Linked;
  readonly logged: bigint[] = [];
  onLog: () => void = () => {};
  readonly exports: Record<string, (...args: number[]) => number>;
  readonly memory: { buffer: SharedArrayBuffer };
  /** times a thunk was called */
  resumptions = 0;
  private view: DataView;
  private readonly linkinfo: number;

  constructor(
    funcs: Func[],
    main: Func,
    options: Partial<LinkOptions> & { data?: DataSym[]; exports?: Map<string, Func>; validate?: boolean } = {},
  ) {
    const program: Program = { funcs, data: options.data ?? [], entry: main, exports: options.exports ?? new Map() };
    const complaints = verifyProgram(program);
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    this.linked = emitProgram(program, runtime(), { fset: new FileSet(), verify: true, ...options });
    const bytes = this.linked.wasm;
    if (options.validate !== false) {
      const mod = binaryen.readBinary(bytes);
      mod.setFeatures(binaryen.Features.All);
      if (!mod.validate()) throw new Error('binaryen finds the module invalid');
      mod.dispose();
    }
    this.memory = new Wasm.Memory({ initial: 256, maximum: 65536, shared: true });
    const instance = new Wasm.Instance(new Wasm.Module(bytes), {
      env: { memory: this.memory },
      go: { log: this.log, panic_test: () => {} },
    });
    this.exports = instance.exports as Record<string, (...args: number[]) => number>;
    this.exports.__init_data!();
    this.linkinfo = (instance.exports.linkinfo as { value: number }).value;
    this.view = new DataView(this.memory.buffer);
  }

  private readonly log = (v: bigint): void => {
    this.logged.push(v);
    this.onLog();
  };

  u32(addr: number): number {
    return this.view.getUint32(addr, true);
  }

  private put(addr: number, v: number): void {
    this.view.setUint32(addr, v, true);
  }

  private word(i: number): number {
    return this.u32(this.linkinfo + 4 * i);
  }

  private entry(id: number): number {
    return this.word(1) + 16 * id;
  }

  /** Runs the program's entry to its end; answers false if a panic left the goroutine. */
  run(options: RunOptions = {}): boolean {
    let lo = 1 << 20;
    let size = options.stackBytes ?? 4096;
    const step = options.step ?? 1 << 18;
    this.put(lo, 0);
    this.put(lo + 4, 0);
    this.put(lo + 8, this.word(5));
    let fp = lo;
    let how = 1;
    for (let n = 0; ; n++) {
      if (n > (options.maxSteps ?? 1e7)) throw new Error('too many steps');
      const id = this.u32(fp);
      if (id >= this.word(2)) throw new Error(`resume id ${id} in the frame at ${fp}`);
      const frame = this.view.getUint16(this.entry(id) + 12, true) * 8;
      this.put(savedGuard, Math.min(lo + size, fp + frame + step));
      this.put(mAddr, 0);
      this.put(mAddr + 4, how);
      this.put(mAddr + 528, 0xffffffff);
      this.resumptions++;
      const r = this.exports.rt_resume!(this.u32(this.entry(id)), fp);
      how = 1;
      if (r === 0) {
        const back = this.u32(fp + 4);
        if (back === 0) return true;
        fp -= back;
      } else if (this.u32(panicking) !== 0) {
        // The running frames it left are in memory now; the innermost one may have no id.
        this.put(panicking, 0);
        for (fp = this.u32(mAddr + 12); ; ) {
          const at = this.u32(fp);
          if (at !== 0xffffffff && this.view.getUint16(this.entry(at) + 14, true) & 1) break;
          const back = this.u32(fp + 4);
          if (back === 0) return false;
          fp -= back;
        }
        how = 2;
      } else {
        fp = this.u32(mAddr + 12);
        const begun = this.u32(mAddr + 528) === 0xffffffff;
        if (!begun) {
          const e = this.entry(this.u32(mAddr + 528));
          const need = this.view.getUint16(e + 12, true) * 8;
          if (fp + need > lo + size) {
            // A new stack twice the size, wherever there is room.
            const used = fp + 8 - lo;
            const to = lo + size + 64;
            const bytes = new Uint8Array(this.memory.buffer);
            size = Math.max(size * 2, used + need);
            if (to + size + 64 > bytes.length) throw new Error('stack overflow');
            bytes.copyWithin(to, lo, lo + used);
            bytes.fill(0xa5, lo, lo + used);
            fp += to - lo;
            lo = to;
          }
          const copy = this.view.getUint16(e + 14, true) & ~3;
          this.put(fp, this.u32(mAddr + 528));
          for (let i = 8; i < copy; i += 4) this.put(fp + i, this.u32(mAddr + 528 + i));
        }
        if (options.onSuspend) {
          const fps = [fp];
          for (let f = fp, back = this.u32(f + 4); back !== 0; back = this.u32(f + 4)) fps.push((f -= back));
          options.onSuspend(fps);
        }
      }
    }
  }

  /** The pointers a collector finds in the frame at fp. */
  pointers(fp: number): number[] {
    const map = this.u32(this.entry(this.u32(fp)) + 8);
    const n = this.view.getUint16(map, true);
    return Array.from({ length: n }, (_, i) => this.u32(fp + 4 * this.view.getUint16(map + 2 + 2 * i, true)));
  }
}
