// What a function needs to know about itself before its code is written: where it can be resumed, which wasm local and
// which place in the frame each IR local gets.
//
// Assumes: the function is reducible, in reverse postorder, coloured; its callees are coloured.
// Guarantees: locals that are live together never share a wasm local; a wasm local that is written to the frame when
// suspending only ever holds IR locals that are live across some suspension, so others need not be kept for it.
// The frame is laid out as docs/ABI.md says: header, parameters, other locals, stack slots.
// Source: M. Poletto, V. Sarkar, "Linear Scan Register Allocation", over whole live ranges.

import type { Func, Local, Slot, Stmt } from '../ir/ir.ts';
import { stmtOperands, stmtResults, termOperands } from '../ir/walk.ts';
import { type Flow, inLoop } from '../passes/flow.ts';
import { eachDef, eachGet, isLive, type Liveness } from '../passes/liveness.ts';
import { SlotLiveness, type SlotWord } from '../passes/slotlive.ts';
import type { Pos } from '../syntax/nodes.ts';

export type WasmType = 'i32' | 'i64' | 'f32' | 'f64';

export const headerBytes = 8;
/** Room in m.morebuf for a frame on its way to its place. */
const morebufBytes = 4096;

/** A place a suspended activation continues at; the first one of a function is its entry. */
export interface ResumePoint {
  readonly kind: 'entry' | 'loop' | 'stmt';
  /** block whose header a 'loop' point continues at, or that holds the statement */
  readonly block: number;
  readonly stmt: number;
  readonly pos: Pos;
  /** what is live there; filled in by the scan for liveness */
  live: Local[];
  /** the pointer words of stack objects that are */
  words: readonly SlotWord[];
}

/** A wasm local. */
export interface Reg {
  readonly type: WasmType;
  /** only for locals that live across suspensions */
  readonly framed: boolean;
  /** last position at which it is taken */
  end: number;
  index: number;
  /** offset in the frame, or -1 */
  offset: number;
  /** written to the frame at every suspension in the middle of the function */
  spill: boolean;
  /** a parameter: written to the frame when suspending at the entry */
  param: boolean;
}

export interface Plan {
  readonly fn: Func;
  readonly flow: Flow;
  /** by local id; null if the local is never read or written */
  readonly regs: readonly (Reg | null)[];
  /** wasm locals beyond the parameters, in order of index */
  readonly declared: readonly WasmType[];
  /** number of wasm parameters, the frame pointer included */
  readonly paramCount: number;
  /** returns the flag */
  readonly flagged: boolean;
  /** wasm local of the frame pointer: after entry, the end of the frame; -1 if the function does not get it */
  readonly fp: number;
  /** scratch wasm locals, -1 where not needed: id of the next suspension or pc of the call a panic left, resume state, frame base (functions with slots) */
  readonly id: number;
  readonly state: number;
  readonly base: number;
  readonly points: readonly ResumePoint[];
  /** index of the resume point of a statement, by block and statement */
  readonly pointAt: readonly (Int32Array | null)[];
  /** index of a loop header's resume point, or -1 */
  readonly loopPoint: Int32Array;
  /** registers that have a place in the frame, by offset */
  readonly framed: readonly Reg[];
  readonly frameSize: number;
  /** header and parameters */
  readonly paramBytes: number;
  /** header, parameters and other locals fit into morebuf, so entry and other suspensions can share code */
  readonly sharedSpill: boolean;
  /** pointer words of stack slots, which must be zero before anything can suspend */
  readonly slotPointers: readonly number[];
  /** stack objects that pointers may lead to */
  readonly objects: readonly Slot[];
  /** read before they are set: zero at the start of the function */
  readonly zeroed: readonly Reg[];
}

export const wasmType = (l: Local): WasmType => (l.type === 'ptr' ? 'i32' : l.type);

/** The statement can suspend, so an activation may be resumed behind it. */
export function suspendsAt(s: Stmt): boolean {
  switch (s.kind) {
    case 'callind':
    case 'suspend':
      return true;
    case 'call':
    case 'check':
      return s.fn.suspends;
    default:
      return false;
  }
}

/** `quick`: functions that may return without looking at the guard; `flagged`: a function that does not suspend is only called through the table, so it is given that convention. */
export function plan(fn: Func, flow: Flow, live: Liveness, quick: ReadonlySet<Func>, flagged: boolean): Plan {
  const nb = fn.blocks.length;
  const points: ResumePoint[] = [];
  const pointAt: (Int32Array | null)[] = new Array(nb).fill(null);
  const loopPoint = new Int32Array(nb).fill(-1);
  if (fn.suspends) {
    points.push({ kind: 'entry', block: 0, stmt: -1, pos: fn.pos, live: fn.params.slice(), words: [] });
    for (const b of fn.blocks) {
      if (!fn.nosuspend && flow.loop[b.id] === b.id && needsSafepoint(fn, flow, b.id, quick)) {
        loopPoint[b.id] = points.length;
        points.push({ kind: 'loop', block: b.id, stmt: -1, pos: positionNear(fn, b.id), live: [], words: [] });
      }
      for (let i = 0; i < b.stmts.length; i++) {
        const s = b.stmts[i]!;
        if (!suspendsAt(s)) continue;
        pointAt[b.id] ??= new Int32Array(b.stmts.length).fill(-1);
        pointAt[b.id]![i] = points.length;
        points.push({ kind: 'stmt', block: b.id, stmt: i, pos: 'pos' in s ? s.pos : 0, live: [], words: [] });
      }
    }
    scanLive(fn, live, points, pointAt, loopPoint);
  }
  const objects = scanSlots(fn, points, pointAt, loopPoint);

  // Live ranges.
  const nl = fn.locals.length;
  const start = new Int32Array(nl).fill(0x7fffffff);
  const end = new Int32Array(nl).fill(-1);
  const used = new Uint8Array(nl);
  const hint: (Local | null)[] = new Array(nl).fill(null);
  let at = 0;
  const readAt = (l: Local): void => {
    used[l.id] = 1;
    if (at > end[l.id]!) end[l.id] = at;
    if (at < start[l.id]!) start[l.id] = at;
  };
  const reads = (x: Parameters<typeof eachGet>[0]): void => eachGet(x, readAt);
  const writeAt = (l: Local): void => {
    used[l.id] = 1;
    if (at + 1 < start[l.id]!) start[l.id] = at + 1;
    if (at + 1 > end[l.id]!) end[l.id] = at + 1;
  };
  const { words, liveIn, liveOut } = live;
  const extend = (set: Int32Array, base: number): void => {
    for (let w = 0; w < words; w++) {
      for (let v = set[base + w]!; v !== 0; v &= v - 1) {
        const id = live.locals[w * 32 + (31 - Math.clz32(v & -v))]!.id;
        if (at < start[id]!) start[id] = at;
        if (at > end[id]!) end[id] = at;
      }
    }
  };
  for (const b of fn.blocks) {
    const base = b.id * words;
    extend(liveIn, base);
    at += 2;
    for (const s of b.stmts) {
      stmtOperands(s, reads);
      eachDef(s, writeAt);
      if (s.kind === 'set' && s.x.kind === 'get') hint[s.local.id] = s.x.local;
      at += 2;
    }
    termOperands(b.term!, reads);
    at += 2;
    extend(liveOut, base);
  }
  if (fn.catchLocal) {
    // Set from outside the IR, at any point.
    start[fn.catchLocal.id] = 0;
    end[fn.catchLocal.id] = at;
    used[fn.catchLocal.id] = 1;
  }
  // What comes before the look at the guard runs again after a suspension there, so the parameters must be as they were.
  if (quick.has(fn)) for (const p of fn.params) end[p.id] = at;
  const framed = new Uint8Array(nl);
  for (let k = 1; k < points.length; k++) for (const l of points[k]!.live) framed[l.id] = 1;

  // Wasm locals.
  const regs: (Reg | null)[] = new Array(nl).fill(null);
  const pool: Reg[] = [];
  const zeroed: Reg[] = [];
  const take = (l: Local, index: number): Reg => {
    const isFramed = framed[l.id] === 1;
    const r: Reg = {
      type: wasmType(l),
      framed: isFramed,
      end: end[l.id]!,
      index,
      offset: -1,
      spill: isFramed,
      param: false,
    };
    pool.push(r);
    regs[l.id] = r;
    return r;
  };
  for (let i = 0; i < fn.params.length; i++) {
    const p = fn.params[i]!;
    if (!used[p.id]) continue;
    take(p, i).param = true;
  }
  const order: number[] = [];
  for (let i = 0; i < nl; i++) if (used[i] && !regs[i]) order.push(i);
  order.sort((a, b) => start[a]! - start[b]! || a - b);
  for (const id of order) {
    const l = fn.locals[id]!;
    const type = wasmType(l);
    const isFramed = framed[id] === 1;
    const h = hint[id] ? regs[hint[id].id] : null;
    let found: Reg | null = null;
    if (start[id] === 0) {
      // Read before it is set: zero, so it must be a wasm local nothing has written.
      const r = take(l, -1);
      zeroed.push(r);
      continue;
    }
    if (h && h.type === type && h.framed === isFramed && h.end < start[id]!) found = h;
    for (let i = pool.length - 1; i >= 0 && !found; i--) {
      const r = pool[i]!;
      if (r.type === type && r.framed === isFramed && r.end < start[id]!) found = r;
    }
    if (found) {
      found.end = end[id]!;
      regs[id] = found;
    } else take(l, -1);
  }

  // Numbers.
  let next = fn.params.length;
  const fp = fn.suspends || flagged ? next++ : -1;
  const paramCount = next;
  const declared: WasmType[] = [];
  const declare = (type: WasmType): number => {
    declared.push(type);
    return next++;
  };
  const id = fn.suspends || fn.throws ? declare('i32') : -1;
  const state = fn.suspends ? declare('i32') : -1;
  const base = fn.suspends && fn.slots.length > 0 ? declare('i32') : -1;
  for (const type of ['i32', 'i64', 'f64', 'f32'] as const) {
    for (const r of pool) if (r.index < 0 && r.type === type) r.index = declare(type);
  }

  // The frame.
  let offset = headerBytes;
  const inFrame: Reg[] = [];
  const place = (r: Reg): void => {
    const size = r.type === 'i64' || r.type === 'f64' ? 8 : 4;
    offset = (offset + size - 1) & -size;
    r.offset = offset;
    offset += size;
    inFrame.push(r);
  };
  let paramBytes = headerBytes;
  const slotPointers: number[] = [];
  let sharedSpill = true;
  let frameSize = 0;
  if (fn.suspends) {
    for (const wide of [true, false]) {
      for (const r of pool) if (r.param && wide === (r.type === 'i64' || r.type === 'f64')) place(r);
    }
    paramBytes = offset;
    // Results of calls that may suspend are put into the frame by the thunk that resumed the callee.
    for (const p of points) {
      if (p.kind !== 'stmt') continue;
      for (const l of stmtResults(fn.blocks[p.block]!.stmts[p.stmt]!)) {
        const r = l ? regs[l.id] : null;
        if (r && r.offset < 0) r.offset = 0;
      }
    }
    for (const wide of [false, true]) {
      for (const r of pool) {
        if (r.param || wide !== (r.type === 'i64' || r.type === 'f64')) continue;
        if (r.spill || r.offset === 0) place(r);
      }
    }
    sharedSpill = offset <= morebufBytes;
    let slotEnd = (offset + 7) & -8;
    for (const s of fn.slots) {
      s.offset = slotEnd;
      for (const off of s.ptrs) slotPointers.push(slotEnd + off);
      slotEnd = (slotEnd + s.size + 7) & -8;
    }
    // The engine's frame on the machine stack grows with the number of wasm locals. The guard bounds the machine stack
    // only through frame sizes, so these keep in step (docs/ABI.md).
    const machine = ((next * 8 + 96) >> 3) & -8;
    frameSize = Math.max(slotEnd, machine);
  }
  return {
    fn,
    flow,
    regs,
    declared,
    paramCount,
    flagged: fn.suspends || fn.throws || flagged,
    fp,
    id,
    state,
    base,
    points,
    pointAt,
    loopPoint,
    framed: inFrame,
    frameSize,
    paramBytes,
    sharedSpill,
    slotPointers,
    objects,
    zeroed: zeroed.filter((r) => r.offset >= 0),
  };
}

/** Not if each way around the loop passes a call whose callee always looks at the guard when it is entered. */
function needsSafepoint(fn: Func, flow: Flow, header: number, quick: ReadonlySet<Func>): boolean {
  for (const latch of flow.preds[header]!) {
    if (latch < header || !inLoop(flow, latch, header)) continue;
    let polled = false;
    for (let b = latch; ; b = flow.idom[b]!) {
      for (const s of fn.blocks[b]!.stmts) if (s.kind === 'call' && s.fn.suspends && !quick.has(s.fn)) polled = true;
      if (polled || b === header) break;
    }
    if (!polled) return true;
  }
  return false;
}

/** A position for a loop: that of the first call or check in it, else the function's. */
function positionNear(fn: Func, block: number): Pos {
  for (const s of fn.blocks[block]!.stmts) if ('pos' in s) return s.pos;
  return fn.pos;
}

/** Fills in what is live at each resume point, walking each block backwards. */
function scanLive(
  fn: Func,
  live: Liveness,
  points: readonly ResumePoint[],
  pointAt: readonly (Int32Array | null)[],
  loopPoint: Int32Array,
): void {
  const { words, bit, locals, liveIn, liveOut, handler } = live;
  const cur = new Int32Array(words);
  // Locals of one block only have no bit; here they are while live.
  const near = new Set<Local>();
  const kill = (l: Local): void => {
    const i = bit[l.id]!;
    if (i < 0) near.delete(l);
    else if (!handler || !isLive(handler, 0, i)) cur[i >>> 5]! &= ~(1 << (i & 31));
  };
  const use = (l: Local): void => {
    const i = bit[l.id]!;
    if (i < 0) near.add(l);
    else cur[i >>> 5]! |= 1 << (i & 31);
  };
  const uses = (x: Parameters<typeof eachGet>[0]): void => eachGet(x, use);
  const collect = (set: Int32Array, base: number, out: Local[]): void => {
    for (let w = 0; w < words; w++) {
      for (let v = set[base + w]!; v !== 0; v &= v - 1) out.push(locals[w * 32 + (31 - Math.clz32(v & -v))]!);
    }
  };
  for (const b of fn.blocks) {
    const lp = loopPoint[b.id]!;
    if (lp >= 0) collect(liveIn, b.id * words, points[lp]!.live);
    const here = pointAt[b.id];
    if (!here) continue;
    cur.set(liveOut.subarray(b.id * words, b.id * words + words));
    near.clear();
    termOperands(b.term!, uses);
    for (let i = b.stmts.length - 1; i >= 0; i--) {
      const s = b.stmts[i]!;
      eachDef(s, kill);
      const k = here[i]!;
      if (k >= 0) {
        const p = points[k]!;
        if (s.kind === 'check') {
          if (handler) collect(handler, 0, p.live);
        } else {
          collect(cur, 0, p.live);
          for (const l of near) p.live.push(l);
        }
      }
      stmtOperands(s, uses);
    }
  }
}

/** The same for stack objects. Answers those that pointers may lead to. */
function scanSlots(
  fn: Func,
  points: readonly ResumePoint[],
  pointAt: readonly (Int32Array | null)[],
  loopPoint: Int32Array,
): readonly Slot[] {
  if (points.length === 0 || fn.slots.every((s) => s.ptrs.length === 0)) return [];
  const live = new SlotLiveness(fn);
  for (const b of fn.blocks) {
    const lp = loopPoint[b.id]!;
    if (lp >= 0) points[lp]!.words = live.atStart(b);
    const here = pointAt[b.id];
    if (!here) continue;
    live.behind(
      b,
      (i) => here[i]! >= 0,
      (i, words) => {
        points[here[i]!]!.words = b.stmts[i]!.kind === 'check' ? live.atPanic() : words;
      },
    );
  }
  return fn.slots.filter((s) => live.kept.has(s));
}
