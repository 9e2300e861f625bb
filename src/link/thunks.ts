// Functions the linker writes itself: thunks that resume frames, adapters, the slow path of entries, and `__init_data`.
//
// Guarantees: what docs/ABI.md says of them ("Resuming", "Suspending functions").

import { mFp, mMorebuf, mPanicking, mResuming } from '../wasm/emit.ts';
import { Encoder } from '../wasm/encoder.ts';
import { OP, TYPE } from '../wasm/opcodes.ts';
import type { WasmType } from '../wasm/plan.ts';
import { zero } from '../wasm/stmt.ts';
import type { Chunk } from './layout.ts';

const mRetbuf = 16;

function locals(out: Encoder, types: readonly WasmType[]): void {
  out.uleb(types.length);
  for (const t of types) {
    out.uleb(1);
    out.u8(TYPE[t]);
  }
}

function get(out: Encoder, index: number): void {
  out.u8(OP.localGet);
  out.uleb(index);
}

function set(out: Encoder, index: number): void {
  out.u8(OP.localSet);
  out.uleb(index);
}

function i32(out: Encoder, v: number): void {
  out.u8(OP.i32Const);
  out.sleb(v);
}

function access(out: Encoder, op: number, align: number, off: number): void {
  out.u8(op);
  out.u8(align);
  out.uleb(off);
}

function m(out: Encoder, global: number): void {
  out.u8(OP.globalGet);
  out.uleb(global);
}

/** (fp) -> i32 for one function: 0 returned, 1 suspended or a panic left it. `deliver` copies results to the caller's frame. */
export function thunk(
  params: readonly WasmType[],
  results: readonly WasmType[],
  fn: number,
  mGlobal: number,
  deliver: number,
): Uint8Array {
  const out = new Encoder(64);
  locals(out, results);
  const resume = (call: number): void => {
    for (const t of params) zero(out, t);
    get(out, 0);
    out.u8(call);
    out.uleb(fn);
  };
  if (results.length === 0) {
    resume(OP.returnCall);
    out.u8(OP.end);
    return out.done();
  }
  out.u8(OP.block);
  out.u8(TYPE.void);
  resume(OP.call);
  out.u8(OP.brIf);
  out.uleb(0);
  for (let i = results.length - 1; i >= 0; i--) set(out, 1 + i);
  for (let i = 0; i < results.length; i++) {
    const t = results[i]!;
    m(out, mGlobal);
    get(out, 1 + i);
    const wide = t === 'i64' || t === 'f64';
    access(
      out,
      t === 'i32' ? OP.i32Store : t === 'i64' ? OP.i64Store : t === 'f32' ? OP.f32Store : OP.f64Store,
      wide ? 3 : 2,
      mRetbuf + 8 * i,
    );
  }
  get(out, 0);
  out.u8(OP.call);
  out.uleb(deliver);
  i32(out, 0);
  out.u8(OP.return);
  out.u8(OP.end);
  i32(out, 1);
  out.u8(OP.end);
  return out.done();
}

/** The form for calls through the table of a function that does not suspend: says it returned. If a panic left it, the frame pointer is that of a
 * frame without an id. */
export function adapter(params: readonly WasmType[], fn: number, throws: boolean, siteAt: number): Uint8Array {
  const out = new Encoder(32);
  locals(out, throws ? ['i32'] : []);
  for (let i = 0; i < params.length; i++) get(out, i);
  out.u8(OP.call);
  out.uleb(fn);
  if (throws) {
    const flag = params.length + 1;
    out.u8(OP.localTee);
    out.uleb(flag);
    out.u8(OP.if);
    out.u8(TYPE.void);
    i32(out, 0);
    get(out, params.length);
    out.u8(OP.call);
    out.uleb(siteAt);
    out.u8(OP.end);
    get(out, flag);
  } else i32(out, 0);
  out.u8(OP.end);
  return out.done();
}

const mSites = mPanicking + 4;
/** Program counters that a panic leaves in m. */
const maxSites = 62;

/** (pc): notes it, if it is not 0 and there is room. */
export function site(mGlobal: number): Uint8Array {
  const out = new Encoder(48);
  const [pc, count] = [0, 1];
  locals(out, ['i32']);
  get(out, pc);
  out.u8(OP.i32Eqz);
  m(out, mGlobal);
  access(out, OP.i32Load, 2, mSites);
  out.u8(OP.localTee);
  out.uleb(count);
  i32(out, maxSites);
  out.u8(OP.i32GeU);
  out.u8(OP.i32Or);
  out.u8(OP.if);
  out.u8(TYPE.void);
  out.u8(OP.return);
  out.u8(OP.end);
  m(out, mGlobal);
  get(out, count);
  i32(out, 1);
  out.u8(OP.i32Add);
  access(out, OP.i32Store, 2, mSites);
  m(out, mGlobal);
  get(out, count);
  i32(out, 2);
  out.u8(OP.i32Shl);
  out.u8(OP.i32Add);
  get(out, pc);
  access(out, OP.i32Store, 2, mSites + 4);
  out.u8(OP.end);
  return out.done();
}

/** (pc, frame base): the same, and the frame is the innermost one, without an id. */
export function siteAt(mGlobal: number, siteIndex: number): Uint8Array {
  const out = new Encoder(32);
  locals(out, []);
  get(out, 0);
  out.u8(OP.call);
  out.uleb(siteIndex);
  get(out, 1);
  i32(out, -1);
  access(out, OP.i32Store, 2, 0);
  m(out, mGlobal);
  get(out, 1);
  access(out, OP.i32Store, 2, mFp);
  out.u8(OP.end);
  return out.done();
}

/** (): a panic is under way. */
export function raise(mGlobal: number): Uint8Array {
  const out = new Encoder(16);
  locals(out, []);
  m(out, mGlobal);
  i32(out, 1);
  access(out, OP.i32Store, 2, mPanicking);
  out.u8(OP.end);
  return out.done();
}

/** (frame base) -> i32, called when an entry finds the guard passed: 0 or 1 from `resumed` if frames are being resumed, else the address of morebuf. */
export function slowPath(mGlobal: number, resumed: number): Uint8Array {
  const out = new Encoder(32);
  locals(out, []);
  m(out, mGlobal);
  access(out, OP.i32Load, 2, mResuming);
  out.u8(OP.if);
  out.u8(TYPE.void);
  out.u8(OP.call);
  out.uleb(resumed);
  out.u8(OP.return);
  out.u8(OP.end);
  m(out, mGlobal);
  get(out, 0);
  access(out, OP.i32Store, 2, mFp);
  m(out, mGlobal);
  i32(out, mMorebuf);
  out.u8(OP.i32Add);
  out.u8(OP.end);
  return out.done();
}

/** (fp of a frame that returned): copies m.retbuf into the caller's frame as the result map of the caller's resume id says. */
export function deliver(mGlobal: number, resumeTable: number): Uint8Array {
  const out = new Encoder(128);
  const [fp, frame, map, count, from] = [0, 1, 2, 3, 4];
  locals(out, ['i32', 'i32', 'i32', 'i32']);
  // frame = fp - load(fp+4), or nothing to do
  get(out, fp);
  access(out, OP.i32Load, 2, 4);
  out.u8(OP.localTee);
  out.uleb(frame);
  out.u8(OP.i32Eqz);
  out.u8(OP.if);
  out.u8(TYPE.void);
  out.u8(OP.return);
  out.u8(OP.end);
  get(out, fp);
  get(out, frame);
  out.u8(OP.i32Sub);
  out.u8(OP.localTee);
  out.uleb(frame);
  // map: behind the pointer map of the frame's resume id
  access(out, OP.i32Load, 2, 0);
  i32(out, 4);
  out.u8(OP.i32Shl);
  access(out, OP.i32Load, 2, resumeTable + 8);
  out.u8(OP.localTee);
  out.uleb(map);
  get(out, map);
  access(out, OP.i32Load16U, 1, 0);
  i32(out, 1);
  out.u8(OP.i32Shl);
  out.u8(OP.i32Add);
  out.u8(OP.localTee);
  out.uleb(map);
  access(out, OP.i32Load16U, 1, 2);
  set(out, count);
  m(out, mGlobal);
  set(out, from);
  out.u8(OP.block);
  out.u8(TYPE.void);
  out.u8(OP.loop);
  out.u8(TYPE.void);
  get(out, count);
  out.u8(OP.i32Eqz);
  out.u8(OP.brIf);
  out.uleb(1);
  // fp is free now: the word of the map
  get(out, map);
  access(out, OP.i32Load16U, 1, 4);
  set(out, fp);
  get(out, fp);
  i32(out, 0x8000);
  out.u8(OP.i32And);
  out.u8(OP.if);
  out.u8(TYPE.void);
  get(out, frame);
  get(out, fp);
  i32(out, 0x7fff);
  out.u8(OP.i32And);
  i32(out, 2);
  out.u8(OP.i32Shl);
  out.u8(OP.i32Add);
  get(out, from);
  access(out, OP.i64Load, 3, mRetbuf);
  access(out, OP.i64Store, 2, 0);
  out.u8(OP.else);
  get(out, fp);
  out.u8(OP.if);
  out.u8(TYPE.void);
  get(out, frame);
  get(out, fp);
  i32(out, 2);
  out.u8(OP.i32Shl);
  out.u8(OP.i32Add);
  get(out, from);
  access(out, OP.i32Load, 2, mRetbuf);
  access(out, OP.i32Store, 2, 0);
  out.u8(OP.end);
  out.u8(OP.end);
  for (const [local, step] of [
    [map, 2],
    [from, 8],
    [count, -1],
  ] as const) {
    get(out, local!);
    i32(out, step);
    out.u8(OP.i32Add);
    set(out, local!);
  }
  out.u8(OP.br);
  out.uleb(0);
  out.u8(OP.end);
  out.u8(OP.end);
  out.u8(OP.end);
  return out.done();
}

/** Makes the memory large enough and puts the static data into it. */
export function initData(pieces: readonly Chunk[], end: number): Uint8Array {
  const out = new Encoder(64);
  locals(out, []);
  const pages = Math.ceil(end / 65536);
  i32(out, pages);
  out.u8(0x3f); // memory.size
  out.u8(0);
  out.u8(OP.i32GtU);
  out.u8(OP.if);
  out.u8(TYPE.void);
  i32(out, pages);
  out.u8(0x3f);
  out.u8(0);
  out.u8(OP.i32Sub);
  out.u8(0x40); // memory.grow
  out.u8(0);
  out.u8(OP.drop);
  out.u8(OP.end);
  let at = 0;
  for (const p of pieces) {
    i32(out, p.addr);
    i32(out, at);
    i32(out, p.bytes.length);
    out.u8(0xfc);
    out.uleb(8); // memory.init
    out.uleb(0);
    out.u8(0);
    at += p.bytes.length;
  }
  out.u8(OP.end);
  return out.done();
}
