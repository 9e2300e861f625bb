// What the code of one function needs to know of the module it becomes part of. src/link provides it.

import type { Func, Sig } from '../ir/ir.ts';
import type { Pos } from '../syntax/nodes.ts';

/** A constant in the code that is to be the program counter of a call in it: padded to `siteBytes` (docs/ABI.md, "Panics"). */
export interface Site {
  /** byte offset of the constant in the function's body */
  readonly at: number;
  /** … and of the call */
  readonly call: number;
}

/** Where a call, check or resume point of the code stands in the source. */
export interface Mark {
  /** byte offset in the function's body */
  readonly offset: number;
  readonly pos: Pos;
}

export interface ModuleContext {
  /** index of a program function, called with the convention its colour gives it */
  funcIndex(fn: Func): number;
  /** index in the function table of the function's form for calls through it */
  tableIndex(fn: Func): number;
  /** index of a function type; params and results as wasm has them */
  typeIndex(params: readonly string[], results: readonly string[]): number;
  /** type of calls through the table: with the frame pointer and the flag */
  indirectType(sig: Sig): number;
  runtimeIndex(name: string): number;
  /** number of results of a runtime function */
  runtimeResults(name: string): number;
  importIndex(module: string, name: string): number;
  /** index of the wasm global `m` */
  readonly mGlobal: number;
  /** (frame base) -> i32: slow path of entries. 0 or 1: resumed; otherwise the address to write the parameters to */
  readonly slowPath: number;
  /** (pc): a panic leaves a call in a function without a frame */
  readonly site: number;
  /** (pc or 0, frame base): … in one with a frame, which is now the innermost one */
  readonly siteAt: number;
  /** (): a panic begins, or goes on behind deferred calls */
  readonly raise: number;
}
