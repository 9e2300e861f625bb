// Where variables and new objects live: the one place that decides it.
//
// Assumes: Var.addrTaken, captured and reassigned are set by the checker; the function has been analysed (escape/).
// Guarantees: what may outlive its function's frame is in the heap; a variable that closures only read, and nobody
// changes, is copied into them.

import type { Expr } from '../ir.ts';
import type { Expr as Ast } from '../../syntax/nodes.ts';
import type { Type, Var } from '../../types/types.ts';
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
  const b = f.b;
  if (!onStack(f, e)) return b.newObject(t);
  const slot = b.newSlot(t, '');
  const base: Expr = { kind: 'slot', slot, off: 0 };
  b.clear(t, { base, off: 0, heap: false });
  return base;
}

/** Zeroed memory for n elements that expression e makes (null: in the heap). */
export function allocateArray(f: FuncState, e: Ast | null, elem: Type, n: number): Expr {
  const b = f.b;
  const { size } = layoutOf(elem);
  if (!onStack(f, e)) return newArray(b, elem, n);
  const inner = pointerOffsets(elem);
  const ptrs: number[] = [];
  if (inner.length > 0) for (let i = 0; i < n; i++) for (const o of inner) ptrs.push(i * size + o);
  const base: Expr = { kind: 'slot', slot: b.rawSlot(n * size, ptrs, ''), off: 0 };
  if (n * size > 0) b.emit({ kind: 'fill', dst: base, byte: { kind: 'const', type: 'i32', value: 0 }, n: { kind: 'const', type: 'i32', value: n * size } });
  return base;
}

/** Zeroed heap memory for n elements. */
function newArray(b: Builder, elem: Type, n: number): Expr {
  const typ: Expr = hasPointers(elem) ? { kind: 'addr', sym: b.ctx.typeDesc(elem), off: 0 } : { kind: 'const', type: 'ptr', value: 0 };
  const p = b.temp('ptr');
  const size: Expr = { kind: 'const', type: 'i32', value: n * layoutOf(elem).size };
  b.emit({ kind: 'callrt', name: 'mallocgc', args: [size, typ, { kind: 'const', type: 'i32', value: 1 }], results: [p], pos: b.pos });
  b.assumeNonNil(p);
  return { kind: 'get', local: p };
}
