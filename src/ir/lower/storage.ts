// Where variables and new objects live: the one place that decides it.
//
// Assumes: Var.addrTaken, captured and reassigned are set by the checker; the function has been analysed (escape/).
// Guarantees: what may outlive its function's frame is in the heap; a variable that closures only read, and nobody
// changes, is copied into them.

import type { Expr as Ast } from '../../syntax/nodes.ts';
import type { Type, Var } from '../../types/types.ts';
import { type Expr, i32, nil } from '../ir.ts';
import type { Builder } from './builder.ts';
import { hasPointers, inMemory, layoutOf, pointerOffsets } from './layout.ts';
import type { FuncState } from './state.ts';

export type Where = 'reg' | 'slot' | 'heap';

/** Largest variable that closures copy instead of sharing; gc's limit. */
const maxCapturedCopy = 128;
/** Largest variable kept on the stack where no analysis has decided, and the most a frame may hold. */
const maxStackVar = 64 << 10;
const maxFrame = 256 << 10;

/** Closures get a copy of v's value and not its address. */
export function capturedByValue(v: Var, type: Type): boolean {
  return !v.reassigned && !v.addrTaken && v.kind !== 'result' && layoutOf(type).size <= maxCapturedCopy;
}

/** Nothing but its own function can change v's memory. */
export function isOwn(v: Var, type: Type): boolean {
  return !v.addrTaken && (!v.captured || capturedByValue(v, type));
}

export function storageOf(f: FuncState, v: Var, type: Type): Where {
  const shared = v.addrTaken || (v.captured && !capturedByValue(v, type));
  if (!shared && !inMemory(type)) return 'reg';
  const escapes = f.analysis?.varEscapes(v) ?? null;
  if (escapes !== null) return escapes ? 'heap' : 'slot';
  return shared || !stackFits(f, type) ? 'heap' : 'slot';
}

function stackFits(f: FuncState, type: Type): boolean {
  const { size } = layoutOf(type);
  return size <= maxStackVar && f.b.frameBytes + size <= maxFrame;
}

/** The memory that expression e makes may be in the frame. */
export function onStack(f: FuncState, e: Ast | null): boolean {
  return e !== null && f.analysis !== null && !f.analysis.siteEscapes(e);
}

/** Zeroed memory for the value of type t that expression e makes (null: the heap). */
export function allocate(f: FuncState, e: Ast | null, t: Type): Expr {
  const p = allocateRaw(f, e, t);
  if (p.kind === 'slot') f.b.clear(t, { base: p, off: 0, heap: false });
  return p;
}

/** As allocate, but in the frame (then the address is a slot) the memory is not cleared. */
export function allocateRaw(f: FuncState, e: Ast | null, t: Type): Expr {
  return onStack(f, e) ? { kind: 'slot', slot: f.b.newSlot(t, ''), off: 0 } : f.b.newObject(t);
}

/** Zeroed memory for n elements that expression e makes (null: in the heap). */
export function allocateArray(f: FuncState, e: Ast | null, elem: Type, n: number): Expr {
  const b = f.b;
  const p = allocateArrayRaw(f, e, elem, n);
  const bytes = n * layoutOf(elem).size;
  if (p.kind === 'slot' && bytes > 0) b.emit({ kind: 'fill', dst: p, byte: i32(0), n: i32(bytes) });
  return p;
}

/** As allocateArray, but in the frame (then the address is a slot) the memory is not cleared. */
export function allocateArrayRaw(f: FuncState, e: Ast | null, elem: Type, n: number): Expr {
  const b = f.b;
  const { size } = layoutOf(elem);
  if (!onStack(f, e)) return newArray(b, elem, n);
  const inner = pointerOffsets(elem);
  const ptrs: number[] = [];
  if (inner.length > 0) for (let i = 0; i < n; i++) for (const o of inner) ptrs.push(i * size + o);
  return { kind: 'slot', slot: b.rawSlot(n * size, ptrs, ''), off: 0 };
}

/** Zeroed heap memory for n elements. */
function newArray(b: Builder, elem: Type, n: number): Expr {
  if (n * layoutOf(elem).size === 0) return { kind: 'addr', sym: b.ctx.zerobase(), off: 0 };
  const typ: Expr = hasPointers(elem) ? { kind: 'addr', sym: b.ctx.typeDesc(elem), off: 0 } : nil;
  return b.malloc(n * layoutOf(elem).size, typ);
}
