// Where variables and new objects live: the one place that decides it.
//
// Assumes: Var.addrTaken, captured and reassigned are set by the checker; the function has been analysed (escape/).
// Guarantees: what may outlive its function's frame is in the heap; a variable that closures only read, and nobody
// changes, is copied into them.

import type { Expr as Ast } from '../../syntax/nodes.ts';
import type { Type, Var } from '../../types/types.ts';
import { type Expr, get, i32, nil, type Slot } from '../ir.ts';
import type { Builder } from './builder.ts';
import { type Place, sizeOf } from './escape/analyse.ts';
import type { Memory } from './escape/graph.ts';
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
  const place = f.analysis?.varPlace(v) ?? null;
  if (place !== null) return place === 'frame' ? 'slot' : 'heap';
  return shared || !stackFits(f, type) ? 'heap' : 'slot';
}

function stackFits(f: FuncState, type: Type): boolean {
  const { size } = layoutOf(type);
  return size <= maxStackVar && f.b.frameBytes + size <= maxFrame;
}

/** Where the memory is that expression e makes. */
function placeOf(f: FuncState, e: Ast | null): Place {
  return e !== null && f.analysis ? f.analysis.sitePlace(e) : 'heap';
}

/** The memory that e makes may be elsewhere than in the heap. */
export function leavesHeap(f: FuncState, e: Ast): boolean {
  return placeOf(f, e) !== 'heap';
}

/** Zeroed memory of the heap, or what the caller gave for it. */
function given(f: FuncState, place: Place, memory: Memory): Expr {
  const { b } = f;
  const fresh = (): Expr => (memory.kind === 'object' ? b.newObject(memory.type) : newArray(b, memory.elem, memory.n));
  const param = typeof place === 'number' ? f.lifted.get(place) : undefined;
  if (!param) return fresh();
  const p = b.temp('ptr');
  b.either(
    get(param),
    () => {
      b.set(p, get(param));
      b.emit({ kind: 'fill', dst: get(p), byte: i32(0), n: i32(sizeOf(memory)) });
    },
    () => b.set(p, fresh()),
  );
  b.assumeNonNil(p);
  return get(p);
}

/** Memory of n bytes for the string or slice that expression e makes of others, or nil: then it makes it in the heap. */
export function buffer(f: FuncState, e: Ast | null, n: number): Expr {
  const place = placeOf(f, e);
  if (place === 'frame') return { kind: 'slot', slot: f.b.rawSlot(n, [], ''), off: 0 };
  const param = typeof place === 'number' ? f.lifted.get(place) : undefined;
  return param ? get(param) : nil;
}

/** The data word of an interface with that value (which may be used twice): it is stored where place says, or else `otherwise` makes it. */
export function boxIn(f: FuncState, place: Place, t: Type, value: readonly Expr[], otherwise: () => Expr): Expr {
  const { b } = f;
  const store = (p: Expr): void => b.store(t, { base: p, off: 0, heap: false }, value);
  if (place === 'frame') {
    const slot = frameMemory(b, { kind: 'object', type: t });
    store(slot);
    return slot;
  }
  const param = typeof place === 'number' ? f.lifted.get(place) : undefined;
  if (!param) return otherwise();
  const p = b.temp('ptr');
  b.either(
    get(param),
    () => {
      b.set(p, get(param));
      store(get(p));
    },
    () => b.set(p, otherwise()),
  );
  return get(p);
}

/** Memory for a variable that may outlive the frame. */
export function allocateVar(f: FuncState, v: Var, type: Type): Expr {
  return given(f, f.analysis?.varPlace(v) ?? 'heap', { kind: 'object', type });
}

/** What a call gives the function it calls; null if that is to make all of it itself. */
export function givenBy(f: FuncState, e: Ast): Expr[] | null {
  const sites = f.analysis?.callSites(e) ?? [];
  const out = sites.map(({ memory, place }): Expr => {
    if (place === 'frame') return frameMemory(f.b, memory);
    const param = typeof place === 'number' ? f.lifted.get(place) : undefined;
    return param ? get(param) : nil;
  });
  return out.some((x) => x !== nil) ? out : null;
}

function frameMemory(b: Builder, m: Memory): Expr {
  const slot = m.kind === 'object' ? b.newSlot(m.type, '') : arraySlot(b, m.elem, m.n);
  b.vardef(slot);
  return { kind: 'slot', slot, off: 0 };
}

/** Zeroed memory for the value of type t that expression e makes (null: the heap). */
export function allocate(f: FuncState, e: Ast | null, t: Type): Expr {
  const p = allocateRaw(f, e, t);
  if (p.kind === 'slot') f.b.clear(t, { base: p, off: 0, heap: false });
  return p;
}

/** As allocate, but in the frame (then the address is a slot) the memory is not cleared. */
export function allocateRaw(f: FuncState, e: Ast | null, t: Type): Expr {
  const place = placeOf(f, e);
  const memory: Memory = { kind: 'object', type: t };
  return place === 'frame' ? frameMemory(f.b, memory) : given(f, place, memory);
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
  const place = placeOf(f, e);
  const memory: Memory = { kind: 'array', elem, n };
  return place === 'frame' ? frameMemory(f.b, memory) : given(f, place, memory);
}

function arraySlot(b: Builder, elem: Type, n: number): Slot {
  const { size } = layoutOf(elem);
  const inner = pointerOffsets(elem);
  const ptrs: number[] = [];
  if (inner.length > 0) for (let i = 0; i < n; i++) for (const o of inner) ptrs.push(i * size + o);
  return b.rawSlot(n * size, ptrs, '');
}

/** Zeroed heap memory for n elements. */
function newArray(b: Builder, elem: Type, n: number): Expr {
  if (n * layoutOf(elem).size === 0) return { kind: 'addr', sym: b.ctx.zerobase(), off: 0 };
  const typ: Expr = hasPointers(elem) ? { kind: 'addr', sym: b.ctx.typeDesc(elem), off: 0 } : nil;
  return b.malloc(n * layoutOf(elem).size, typ);
}
