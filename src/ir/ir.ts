// The intermediate representation: functions as graphs of basic blocks over typed virtual registers ("locals").
//
// Assumes: aggregates are already split. A string is two locals (ptr, i64), a slice three (ptr, i64, i64), an interface
// two (ptr, ptr), a small struct its fields; anything larger lives in memory and is handled by address (docs/ABI.md).
// Guarantees: an operand is a tree of pure operations and loads, evaluated where its statement stands, left to right.
// Whatever can suspend, panic or write is a statement, so no value ever lives on the wasm operand stack across a
// suspension. Locals are not in SSA form: V8 builds its own.
// Control flow is a graph and not nested statements; src/wasm structures it by dominators
// (N. Ramsey, "Beyond Relooper", ICFP 2022), which also gives the edges that resume a suspended function their places.

import type { Pos } from '../syntax/nodes.ts';

/** Types of locals. `ptr` is an i32 the collector knows of; a plain i32 never keeps an object alive. */
export type Scalar = 'i32' | 'i64' | 'f32' | 'f64' | 'ptr';

/** Types in memory, with the scalar they load as. i8…u32 load as i32; 'i32as64'/'u32as64' load as i64. A ptr occupies
 * 8 bytes in memory, of which the low 4 are loaded and stored; the upper 4 are always zero. */
export type MemType =
  | 'i8'
  | 'u8'
  | 'i16'
  | 'u16'
  | 'i32'
  | 'i64'
  | 'f32'
  | 'f64'
  | 'ptr'
  | 'i8as64'
  | 'u8as64'
  | 'i16as64'
  | 'u16as64'
  | 'i32as64'
  | 'u32as64';

export class Local {
  readonly id: number;
  readonly type: Scalar;
  /** Go's name of the variable, for dumps; '' for temporaries */
  readonly name: string;
  constructor(id: number, type: Scalar, name: string) {
    this.id = id;
    this.type = type;
    this.name = name;
  }
}

/** wasm operators with one operand, by their text-format names ('ptr' operands count as i32). */
export type UnOp =
  | 'i32.eqz'
  | 'i32.clz'
  | 'i32.ctz'
  | 'i32.popcnt'
  | 'i32.extend8_s'
  | 'i32.extend16_s'
  | 'i32.wrap_i64'
  | 'i64.eqz'
  | 'i64.clz'
  | 'i64.ctz'
  | 'i64.popcnt'
  | 'i64.extend8_s'
  | 'i64.extend16_s'
  | 'i64.extend32_s'
  | 'i64.extend_i32_s'
  | 'i64.extend_i32_u'
  | 'f32.abs'
  | 'f32.neg'
  | 'f32.ceil'
  | 'f32.floor'
  | 'f32.trunc'
  | 'f32.nearest'
  | 'f32.sqrt'
  | 'f64.abs'
  | 'f64.neg'
  | 'f64.ceil'
  | 'f64.floor'
  | 'f64.trunc'
  | 'f64.nearest'
  | 'f64.sqrt'
  | 'f32.demote_f64'
  | 'f64.promote_f32'
  | 'f32.convert_i32_s'
  | 'f32.convert_i32_u'
  | 'f32.convert_i64_s'
  | 'f32.convert_i64_u'
  | 'f64.convert_i32_s'
  | 'f64.convert_i32_u'
  | 'f64.convert_i64_s'
  | 'f64.convert_i64_u'
  | 'i32.trunc_sat_f32_s'
  | 'i32.trunc_sat_f32_u'
  | 'i32.trunc_sat_f64_s'
  | 'i32.trunc_sat_f64_u'
  | 'i64.trunc_sat_f32_s'
  | 'i64.trunc_sat_f32_u'
  | 'i64.trunc_sat_f64_s'
  | 'i64.trunc_sat_f64_u'
  | 'i32.reinterpret_f32'
  | 'f32.reinterpret_i32'
  | 'i64.reinterpret_f64'
  | 'f64.reinterpret_i64';

type IntArith =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div_s'
  | 'div_u'
  | 'rem_s'
  | 'rem_u'
  | 'and'
  | 'or'
  | 'xor'
  | 'shl'
  | 'shr_s'
  | 'shr_u'
  | 'rotl'
  | 'rotr'
  | 'eq'
  | 'ne'
  | 'lt_s'
  | 'lt_u'
  | 'gt_s'
  | 'gt_u'
  | 'le_s'
  | 'le_u'
  | 'ge_s'
  | 'ge_u';
type FloatArith = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'copysign' | 'eq' | 'ne' | 'lt' | 'gt' | 'le' | 'ge';
/** wasm operators with two operands. */
export type BinOp = `i32.${IntArith}` | `i64.${IntArith}` | `f32.${FloatArith}` | `f64.${FloatArith}`;

export type Expr =
  | { readonly kind: 'const'; readonly type: Scalar; readonly value: number | bigint }
  | { readonly kind: 'get'; readonly local: Local }
  | { readonly kind: 'un'; readonly op: UnOp; readonly x: Expr }
  | { readonly kind: 'bin'; readonly op: BinOp; readonly x: Expr; readonly y: Expr }
  /** memory at addr + off (off >= 0); addr is known not to be nil */
  | { readonly kind: 'load'; readonly mem: MemType; readonly addr: Expr; readonly off: number }
  /** both arms are evaluated */
  | { readonly kind: 'select'; readonly cond: Expr; readonly x: Expr; readonly y: Expr }
  /** address of static data */
  | { readonly kind: 'addr'; readonly sym: DataSym; readonly off: number }
  /** index of a function in the table of functions, as i32 */
  | { readonly kind: 'funcidx'; readonly fn: Func }
  /** address of a stack object of this frame */
  | { readonly kind: 'slot'; readonly slot: Slot; readonly off: number }
  /** this function's frame pointer, and the one it gives to its callees (ptr) */
  | { readonly kind: 'fp' }
  | { readonly kind: 'calleefp' };

/** A stack object: memory in the frame. When the function starts its pointer words are zero, the rest is arbitrary. */
export class Slot {
  readonly size: number;
  /** byte offsets of the pointers in it */
  readonly ptrs: readonly number[];
  readonly name: string;
  /** frame offset, given by src/wasm */
  offset = -1;
  constructor(size: number, ptrs: readonly number[], name: string) {
    this.size = size;
    this.ptrs = ptrs;
    this.name = name;
  }
}

/** A wasm function type without the frame pointer and the suspend flag, which calls add themselves. */
export interface Sig {
  readonly params: readonly Scalar[];
  readonly results: readonly Scalar[];
}

export type CheckKind = 'nil' | 'bounds' | 'slice' | 'div' | 'other';

export type Stmt =
  | { readonly kind: 'set'; readonly local: Local; readonly x: Expr }
  /** wb: a pointer store that may reach the heap, where the write barrier goes */
  | {
      readonly kind: 'store';
      readonly mem: MemType;
      readonly addr: Expr;
      readonly off: number;
      readonly x: Expr;
      readonly wb: boolean;
    }
  /** results.length is 0 or that of the callee's results; a null discards one */
  | {
      readonly kind: 'call';
      readonly fn: Func;
      readonly args: readonly Expr[];
      readonly results: readonly (Local | null)[];
      readonly pos: Pos;
    }
  /** through the function table; always of the suspending convention */
  | {
      readonly kind: 'callind';
      readonly sig: Sig;
      readonly target: Expr;
      readonly args: readonly Expr[];
      readonly results: readonly (Local | null)[];
      readonly pos: Pos;
    }
  /** a function exported by runtime.wasm; never suspends */
  | {
      readonly kind: 'callrt';
      readonly name: string;
      readonly args: readonly Expr[];
      readonly results: readonly (Local | null)[];
      readonly pos: Pos;
    }
  /** a function imported from the host (`//go:wasmimport module name`); never suspends */
  | {
      readonly kind: 'callimport';
      readonly module: string;
      readonly name: string;
      readonly sig: Sig;
      readonly args: readonly Expr[];
      readonly results: readonly (Local | null)[];
      readonly pos: Pos;
    }
  /** if cond is non-zero, calls fn, which does not return */
  | {
      readonly kind: 'check';
      readonly check: CheckKind;
      readonly cond: Expr;
      readonly fn: Func;
      readonly args: readonly Expr[];
      readonly pos: Pos;
    }
  /** the goroutine gives up its M here; the runtime's state already says why */
  | { readonly kind: 'suspend'; readonly pos: Pos }
  /** what the stack object held so far is not read any more; does nothing by itself */
  | { readonly kind: 'vardef'; readonly slot: Slot }
  /** memory.copy of n (i32) bytes; wb: type descriptor if the memory holds pointers and may be in the heap */
  | { readonly kind: 'copy'; readonly dst: Expr; readonly src: Expr; readonly n: Expr; readonly wb: DataSym | null }
  | { readonly kind: 'fill'; readonly dst: Expr; readonly byte: Expr; readonly n: Expr }
  /** a wasm atomic instruction by name, e.g. 'i64.atomic.rmw.add', 'i32.atomic.load', 'atomic.fence' */
  | {
      readonly kind: 'atomic';
      readonly op: string;
      readonly addr: Expr;
      readonly off: number;
      readonly args: readonly Expr[];
      readonly result: Local | null;
    };

export type Term =
  | { readonly kind: 'jump'; to: Block }
  | { readonly kind: 'if'; readonly cond: Expr; then: Block; else: Block }
  /** x is i32; out of range goes to default */
  | { readonly kind: 'switch'; readonly x: Expr; targets: Block[]; default: Block }
  | { readonly kind: 'return'; readonly values: readonly Expr[] }
  /** leaves the function for the panic that is on the g, also where the function catches: only what its calls and
   * checks throw is caught */
  | { readonly kind: 'throw'; readonly pos: Pos }
  | { readonly kind: 'unreachable' };

export class Block {
  id: number;
  stmts: Stmt[] = [];
  term: Term | null = null;
  constructor(id: number) {
    this.id = id;
  }
}

/** A call that was replaced by its callee's body, for traces. */
export interface Inlined {
  /** the callee's name and declaration */
  readonly name: string;
  readonly pos: Pos;
  /** position of the call, which may itself lie in an inlined body */
  readonly call: Pos;
}

export class Func {
  /** the linker symbol as Go writes it: main.main, fmt.(*pp).printArg, main.f.func1, slices.Sort[int] */
  readonly name: string;
  pos: Pos = 0;
  params: Local[] = [];
  results: readonly Scalar[] = [];
  readonly locals: Local[] = [];
  /** passes remove unreachable blocks and renumber the rest, so ids index this array after passes/cfg.ts */
  blocks: Block[] = [];
  readonly slots: Slot[] = [];
  entry: Block | null = null;
  /**
   * Set if the function catches panics. Then a panic thrown anywhere in the function sets this i32 local to 1 and starts
   * again at `entry`, with the other locals as they are; entry's code branches on it to the code that runs deferred calls.
   */
  catchLocal: Local | null = null;
  /** //go:nosplit of the runtime: never suspends, so no safepoints in its loops; its callees must not suspend either */
  nosuspend = false;
  /** //go:nocheckptr of the runtime: pointers are followed without a look whether they are nil */
  nocheckptr = false;
  noinline = false;
  /** a wrapper or thunk: hidden from traces */
  wrapper = false;
  /** calls passes/inline.ts has replaced, and the positions inside their bodies: position -1-i of a statement is positions[i] */
  readonly inlined: Inlined[] = [];
  readonly positions: { readonly inlined: number; readonly pos: Pos }[] = [];
  /** its index is in the function table, because a function value, an itab or a method table refers to it */
  addressTaken = false;
  /** computed by passes/suspend.ts */
  suspends = false;
  /** does not suspend, but a panic may leave it: it has the flag as its last result; computed by passes/suspend.ts */
  throws = false;
  constructor(name: string) {
    this.name = name;
  }
  newLocal(type: Scalar, name = ''): Local {
    const l = new Local(this.locals.length, type, name);
    this.locals.push(l);
    return l;
  }
  newBlock(): Block {
    const b = new Block(this.blocks.length);
    this.blocks.push(b);
    return b;
  }
  newSlot(size: number, ptrs: readonly number[], name = ''): Slot {
    const s = new Slot(size, ptrs, name);
    this.slots.push(s);
    return s;
  }
}

/** A reference from static data to something with an address. */
export interface Reloc {
  readonly off: number;
  /** 'addr': low 4 bytes get the symbol's address + add; 'func': they get the function's table index */
  readonly kind: 'addr' | 'func';
  readonly target: DataSym | Func;
  readonly add: number;
}

/** Static data: read-only tables, type descriptors, string bytes, package variables. */
export class DataSym {
  readonly name: string;
  size: number;
  readonly align: number;
  /** null: all zero (bss). May be shorter than size. */
  bytes: Uint8Array | null;
  readonly relocs: Reloc[] = [];
  /** offsets of words that may point into the heap (package variables): roots */
  ptrs: readonly number[] = [];
  /** address, given by src/link */
  addr = 0;
  constructor(name: string, size: number, align: number, bytes: Uint8Array | null) {
    this.name = name;
    this.size = size;
    this.align = align;
    this.bytes = bytes;
  }
}

/** A whole program, ready for passes and emission: only what is reachable. */
export interface Program {
  readonly funcs: Func[];
  readonly data: DataSym[];
  /** runs package initialisation, then main.main; the first goroutine starts here (no parameters, no results) */
  readonly entry: Func;
  /** Go functions the runtime calls by name, each run on a goroutine of its own (e.g. the finalizer goroutine) */
  readonly exports: ReadonlyMap<string, Func>;
}

export const i32 = (value: number): Expr => ({ kind: 'const', type: 'i32', value: value | 0 });
export const i64 = (value: bigint | number): Expr => ({
  kind: 'const',
  type: 'i64',
  value: BigInt.asIntN(64, BigInt(value)),
});
export const f64 = (value: number): Expr => ({ kind: 'const', type: 'f64', value });
export const f32 = (value: number): Expr => ({ kind: 'const', type: 'f32', value });
export const nil: Expr = { kind: 'const', type: 'ptr', value: 0 };
export const get = (local: Local): Expr => ({ kind: 'get', local });
export const un = (op: UnOp, x: Expr): Expr => ({ kind: 'un', op, x });
export const bin = (op: BinOp, x: Expr, y: Expr): Expr => ({ kind: 'bin', op, x, y });
export const load = (mem: MemType, addr: Expr, off = 0): Expr => ({ kind: 'load', mem, addr, off });
