// Where variables and new objects live: the one place that decides it.
//
// Assumes: Var.addrTaken, captured and reassigned are set by the checker. Guarantees: what may outlive its function's
// frame is in the heap; a variable that closures only read, and nobody changes, is copied into them.

import type { Type, Var } from '../../types/types.ts';
import { inMemory, layoutOf } from './layout.ts';
import type { FuncState } from './state.ts';

export type Where = 'reg' | 'slot' | 'heap';

/** Largest variable that closures copy instead of sharing; gc's limit. */
const maxCapturedCopy = 128;
/** Largest variable kept on the stack, and the most a frame may hold: frames are at most 512 KB. */
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
  if (v.addrTaken || (v.captured && !capturedByValue(v, type))) return 'heap';
  if (!inMemory(type)) return 'reg';
  return stackFits(f, type) ? 'slot' : 'heap';
}

function stackFits(f: FuncState, type: Type): boolean {
  const { size } = layoutOf(type);
  return size <= maxStackVar && f.b.frameBytes + size <= maxFrame;
}
