// The border inside lowering: what lowering a function body asks of the program around it.
//
// Assumes: types passed in are fully instantiated (no type parameters). Guarantees: every answer is memoised by
// typeKey, and asking makes the thing reachable: its body, descriptor or data will be in the program.

import type { Pos } from '../../syntax/nodes.ts';
import type { FileSet } from '../../syntax/position.ts';
import type { Func, Interface, Type, Var } from '../../types/types.ts';
import type { DataSym, Expr, Func as IrFunc } from '../ir.ts';
import type { Builder } from './builder.ts';

/** Emits the operations that stand for a call; args are its flattened operands, the result its flattened results. */
export type Intrinsic = (b: Builder, args: readonly Expr[], targs: readonly Type[], pos: Pos) => Expr[];

export interface ProgramContext {
  readonly fset: FileSet;

  /** The code of a declared function or concrete method (receiver's type arguments, then its own, in targs). */
  funcFor(fn: Func, targs: readonly Type[]): IrFunc;
  /** The version of such a function that takes memory from its caller. */
  liftedFor(fn: Func, targs: readonly Type[]): IrFunc;
  /** A Go function of package runtime by name; its parameters are flattened as in any call. */
  runtime(name: string): IrFunc;
  /** The code of method `m` (found by lookup through embedding, selection `index`) on receiver type T (T or *T), as a function taking T's
   * value first: the method itself, or a wrapper that walks the embedded fields. */
  methodFor(recv: Type, m: Func, index: readonly number[]): IrFunc;
  /** Read-only closure object for a declared function used as a value. */
  funcValue(fn: Func, targs: readonly Type[]): DataSym;
  /** Read-only closure object for a method expression T.m (receiver is the first parameter), T possibly an interface. */
  methodExprValue(recv: Type, m: Func, index: readonly number[]): DataSym;
  /** Code of a bound method value x.m: takes a closure object {code, receiver value in memory at offset 8}. The body
   * loads the receiver from there. recv may be an interface. */
  boundMethod(recv: Type, m: Func, index: readonly number[]): IrFunc;

  /** abi.Type descriptor, as type switches and the functions of maps, channels and interfaces need it. */
  typeDesc(t: Type): DataSym;
  /** The same descriptor where it is only needed to allocate, copy or clear values: it may lack name and elements. */
  allocDesc(t: Type): DataSym;
  /** Static itab for a concrete type in a non-empty interface; marks t as converted to an interface. */
  itab(iface: Type, t: Type): DataSym;
  /** Must be called when a value of concrete type t is put into an interface (also the empty one). */
  usedInInterface(t: Type): void;
  /** Byte offset in the itab of method name's table index (u32 in the low half of an 8-byte word), and marks the method as called
   * through interfaces (so that implementations become reachable). */
  itabMethod(iface: Interface, name: string, m: Func): number;

  /** Where pointers to objects of no size point. */
  zerobase(): DataSym;
  /** Storage of a package variable. */
  global(v: Var): DataSym;
  /** Static bytes of a string constant (binary string), deduplicated. */
  stringData(s: string): DataSym;
  /** New read-only or zeroed static data (switch tables, static composite values …). */
  data(name: string, size: number, align: number, bytes: Uint8Array | null): DataSym;

  /** (p ptr, q ptr) -> i32: are the two values of type t in memory equal? May panic for interfaces. Null if memory comparison of
   * sizeof(t) bytes does. */
  eqFunc(t: Type): IrFunc | null;

  /** What a call of this function is replaced by (intrinsics.ts), or null. */
  intrinsic(fn: Func): Intrinsic | null;
  /** `//go:wasmimport module name` of a body-less function, or null. Module "burrow" means callrt. */
  wasmImport(fn: Func): { module: string; name: string } | null;

  /** Checks the body of a declared function, if that has not been done. */
  checkBody(fn: Func): void;

  /** Registers a function made by lowering itself (closures, thunks). */
  addFunc(f: IrFunc): void;
}
