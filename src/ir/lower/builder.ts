// Writing IR: the current block, temporaries, memory of Go types, calls and checks.
//
// Assumes: layouts of docs/ABI.md. An address's base is a stable expression: constants, locals that do not change while
// the expression is used, and arithmetic on them, never a load. Guarantees: statements after a terminator are dropped, so
// callers need not ask whether the code is reachable; facts about non-nil locals hold within one block.

import type { Pos } from '../../syntax/nodes.ts';
import type { Type } from '../../types/types.ts';
import {
  type BinOp,
  type Block,
  type CheckKind,
  type DataSym,
  type Expr,
  f32,
  f64,
  get,
  type Func as IrFunc,
  i32,
  i64,
  type Local,
  type MemType,
  nil,
  type Scalar,
  type Sig,
  type Slot,
  type Stmt,
} from '../ir.ts';
import type { ProgramContext } from './context.ts';
import { hasPointers, layoutOf, pointerOffsets } from './layout.ts';

/** A place in memory that is known not to be nil. */
export interface Addr {
  readonly base: Expr;
  readonly off: number;
  /** it may be in the heap or in static data, so pointer stores need the write barrier */
  readonly heap: boolean;
}

interface FreeSlot {
  readonly slot: Slot;
  readonly key: string;
}

/** Facts are dropped at jumps when there are more. */
const maxFacts = 48;
/** Temporaries larger than this are not put into frames that hold so much already. */
const maxTemp = 1 << 10;
const maxTemps = 128 << 10;

const zeroData = new WeakMap<ProgramContext, DataSym>();

/** Read-only memory of at least `size` zero bytes. */
export function zeroMemory(ctx: ProgramContext, size: number): DataSym {
  let sym = zeroData.get(ctx);
  if (!sym) {
    sym = ctx.data('runtime.zeroes', 64, 16, null);
    zeroData.set(ctx, sym);
  }
  if (sym.size < size) sym.size = size;
  return sym;
}

export class Builder {
  readonly ctx: ProgramContext;
  readonly fn: IrFunc;
  /** the block being written; null where control cannot be */
  cur: Block | null;
  /** position given to the calls and checks that are emitted */
  pos: Pos = 0;
  private nonNil = new Set<Local>();
  private readonly free = new Map<string, Slot[]>();
  private readonly taken: FreeSlot[] = [];
  private slotBytes = 0;
  private readonly addresses = new WeakSet<Expr>();
  /** what is known not to be nil at the beginning of each block that is jumped to */
  private readonly reached = new Map<Block, Set<Local>>();

  constructor(ctx: ProgramContext, fn: IrFunc) {
    this.ctx = ctx;
    this.fn = fn;
    this.cur = null;
    if (!fn.entry) {
      fn.entry = fn.newBlock();
      this.cur = fn.entry;
    }
  }

  get live(): boolean {
    return this.cur !== null;
  }

  // Blocks.

  newBlock(): Block {
    return this.fn.newBlock();
  }

  /** Goes on writing at `block`, from the current one if that is open. */
  enter(block: Block): void {
    if (this.cur) this.jump(block);
    this.cur = block;
    this.nonNil = new Set();
  }

  /** Goes on writing at `block`, all jumps to which have been written: not at all if there are none. */
  resume(block: Block): void {
    this.jump(block);
    const facts = this.reached.get(block);
    if (!facts) {
      block.term = { kind: 'unreachable' };
      return;
    }
    this.cur = block;
    this.nonNil = facts;
  }

  /** Notes a jump to block; `also` is not nil if it is taken. */
  private flowTo(block: Block, also: Local | null = null): void {
    const known = this.reached.get(block);
    if (!known) {
      const facts = new Set(this.nonNil.size <= maxFacts ? this.nonNil : []);
      if (also) facts.add(also);
      this.reached.set(block, facts);
    } else for (const l of known) if (!this.nonNil.has(l) && l !== also) known.delete(l);
  }

  /** Goes on writing at `block`, which has no facts of its own yet, whatever the current one is. */
  enterFrom(block: Block): void {
    this.cur = block;
    this.nonNil = new Set();
  }

  /** Drops a block that turned out not to be needed, and goes on with another. */
  abandon(block: Block, to: Block): void {
    block.term = { kind: 'unreachable' };
    this.cur = to;
  }

  jump(to: Block): void {
    if (!this.cur) return;
    this.flowTo(to);
    this.cur.term = { kind: 'jump', to };
    this.cur = null;
  }

  branch(cond: Expr, then: Block, els: Block): void {
    if (!this.cur) return;
    if (cond.kind === 'const') {
      this.jump(Number(cond.value) !== 0 ? then : els);
      return;
    }
    const tested = nilTest(cond);
    this.flowTo(then, tested && !tested.nil ? tested.local : null);
    this.flowTo(els, tested?.nil ? tested.local : null);
    this.cur.term = { kind: 'if', cond, then, else: els };
    this.cur = null;
  }

  switch(x: Expr, targets: Block[], def: Block): void {
    if (!this.cur) return;
    for (const t of targets) this.flowTo(t);
    this.flowTo(def);
    this.cur.term = { kind: 'switch', x, targets, default: def };
    this.cur = null;
  }

  ret(values: readonly Expr[]): void {
    if (!this.cur) return;
    this.cur.term = { kind: 'return', values };
    this.cur = null;
  }

  throw(): void {
    if (!this.cur) return;
    this.cur.term = { kind: 'throw', pos: this.pos };
    this.cur = null;
  }

  unreachable(): void {
    if (!this.cur) return;
    this.cur.term = { kind: 'unreachable' };
    this.cur = null;
  }

  /** Writes `then` for when cond holds, with the facts known here, and goes on after it. */
  when(cond: Expr, then: () => void): void {
    if (!this.cur) return;
    if (cond.kind === 'const') {
      if (Number(cond.value) !== 0) then();
      return;
    }
    const yes = this.newBlock();
    const after = this.newBlock();
    this.branch(cond, yes, after);
    this.resume(yes);
    then();
    this.resume(after);
  }

  /** Writes both branches of a condition and goes on where they meet. */
  either(cond: Expr, then: () => void, otherwise: () => void): void {
    if (!this.cur) return;
    if (cond.kind === 'const') {
      if (Number(cond.value) !== 0) then();
      else otherwise();
      return;
    }
    const yes = this.newBlock();
    const no = this.newBlock();
    const after = this.newBlock();
    this.branch(cond, yes, no);
    this.resume(yes);
    then();
    this.jump(after);
    this.resume(no);
    otherwise();
    this.jump(after);
    this.resume(after);
  }

  emit(s: Stmt): void {
    if (this.cur) this.cur.stmts.push(s);
  }

  /** Ends the function: blocks that were made and not written cannot be reached. */
  finish(): void {
    for (const block of this.fn.blocks) block.term ??= { kind: 'unreachable' };
  }

  // Locals.

  temp(type: Scalar, name = ''): Local {
    return this.fn.newLocal(type, name);
  }

  temps(types: readonly Scalar[], name = ''): Local[] {
    return types.map((t) => this.fn.newLocal(t, name));
  }

  set(local: Local, x: Expr): void {
    if (x.kind === 'get' && x.local === local) return;
    if (x.kind === 'get' && this.nonNil.has(x.local)) this.nonNil.add(local);
    else if (x.kind === 'addr' || x.kind === 'slot' || this.addresses.has(x)) this.nonNil.add(local);
    else this.nonNil.delete(local);
    this.emit({ kind: 'set', local, x });
  }

  /** Assigns values to locals, all at once: no value sees an assignment to another local. */
  setAll(locals: readonly Local[], xs: readonly Expr[]): void {
    const n = locals.length;
    if (n === 1) {
      this.set(locals[0]!, xs[0]!);
      return;
    }
    const safe = xs.map((x, i) => {
      for (let j = 0; j < i; j++) if (mentions(x, locals[j]!)) return this.freeze(x);
      return x;
    });
    for (let i = 0; i < n; i++) this.set(locals[i]!, safe[i]!);
  }

  /** x as an expression that may be used several times. */
  hold(x: Expr, type?: Scalar): Expr {
    switch (x.kind) {
      case 'const':
      case 'get':
      case 'addr':
      case 'slot':
      case 'fp':
      case 'calleefp':
        return x;
      default: {
        const l = this.temp(type ?? typeOfExpr(x));
        this.set(l, x);
        return get(l);
      }
    }
  }

  holdAll(xs: readonly Expr[]): Expr[] {
    return xs.map((x) => this.hold(x));
  }

  /** x as it is now, whatever is assigned later. */
  freeze(x: Expr): Expr {
    switch (x.kind) {
      case 'const':
      case 'addr':
      case 'slot':
      case 'fp':
      case 'calleefp':
        return x;
      default: {
        const l = this.temp(typeOfExpr(x));
        this.set(l, x);
        return get(l);
      }
    }
  }

  freezeAll(xs: readonly Expr[]): Expr[] {
    return xs.map((x) => this.freeze(x));
  }

  // Stack objects.

  /** Memory in the frame for a value of type t; zero when the function starts. */
  newSlot(t: Type, name: string): Slot {
    const l = layoutOf(t);
    return this.rawSlot(l.size, pointerOffsets(t), name);
  }

  rawSlot(size: number, ptrs: readonly number[], name: string): Slot {
    this.slotBytes += (size + 7) & ~7;
    return this.fn.newSlot(Math.max(8, (size + 7) & ~7), ptrs, name);
  }

  /** Bytes of stack objects so far. */
  get frameBytes(): number {
    return this.slotBytes;
  }

  /** Memory for a temporary of type t, until `release` to a mark taken before. Its contents are arbitrary. Large ones are in the heap. */
  tempSlot(t: Type): Addr {
    const { size } = layoutOf(t);
    if (size > maxTemp && this.slotBytes + size > maxTemps) return heapAddr(this.hold(this.newObject(t), 'ptr'));
    return this.rawTempSlot(size, pointerOffsets(t));
  }

  rawTempSlot(size: number, ptrs: readonly number[]): Addr {
    const rounded = Math.max(8, (size + 7) & ~7);
    const key = `${rounded}:${ptrs.join(',')}`;
    const pool = this.free.get(key);
    const slot = pool && pool.length > 0 ? pool.pop()! : this.rawSlot(rounded, ptrs, '');
    this.taken.push({ slot, key });
    this.vardef(slot);
    return { base: { kind: 'slot', slot, off: 0 }, off: 0, heap: false };
  }

  /** What the slot holds is not read any more. */
  vardef(slot: Slot): void {
    if (slot.ptrs.length > 0) this.emit({ kind: 'vardef', slot });
  }

  mark(): number {
    return this.taken.length;
  }

  release(mark: number): void {
    while (this.taken.length > mark) {
      const { slot, key } = this.taken.pop()!;
      const pool = this.free.get(key);
      if (pool) pool.push(slot);
      else this.free.set(key, [slot]);
    }
  }

  // Memory.

  loadScalar(mem: MemType, addr: Addr, off = 0): Expr {
    return loadAt(mem, addr, off);
  }

  /** The value of type t at addr: its scalars, or its address. */
  load(t: Type, addr: Addr): Expr[] {
    const l = layoutOf(t);
    if (!l.parts) return [addrExpr(addr)];
    const a = l.parts.length > 1 ? this.holdAddr(addr) : addr;
    return l.parts.map((p) => loadAt(p.mem, a, p.off));
  }

  holdAddr(a: Addr): Addr {
    const base = this.hold(a.base);
    return base === a.base ? a : { base, off: a.off, heap: a.heap };
  }

  store(t: Type, addr: Addr, value: readonly Expr[]): void {
    const l = layoutOf(t);
    if (!l.parts) {
      this.copy(t, addr, value[0]!);
      return;
    }
    const a = l.parts.length > 1 ? this.holdAddr(addr) : addr;
    // a value may be made of parts of what is overwritten
    const safe = value.map((x, i) => (i > 0 && hasLoad(x) ? this.freeze(x) : x));
    for (let i = 0; i < l.parts.length; i++) {
      const p = l.parts[i]!;
      this.storeScalar(p.mem, a, p.off, safe[i]!);
    }
  }

  storeScalar(mem: MemType, addr: Addr, off: number, x: Expr): void {
    const wb = addr.heap && mem === 'ptr';
    if (addr.base.kind === 'slot')
      this.emit({
        kind: 'store',
        mem,
        addr: { kind: 'slot', slot: addr.base.slot, off: 0 },
        off: addr.base.off + addr.off + off,
        x,
        wb,
      });
    else this.emit({ kind: 'store', mem, addr: addr.base, off: addr.off + off, x, wb });
  }

  /** Copies a whole value of type t from memory at src. The two may be the same but must not overlap otherwise. */
  copy(t: Type, dst: Addr, src: Expr): void {
    const size = layoutOf(t).size;
    if (size === 0) return;
    const wb = dst.heap && hasPointers(t) ? this.ctx.allocDesc(t) : null;
    this.emit({ kind: 'copy', dst: addrExpr(dst), src, n: i32(size), wb });
  }

  /** Clears a value of type t. */
  clear(t: Type, addr: Addr): void {
    const l = layoutOf(t);
    if (l.size === 0) return;
    if (l.parts) {
      this.store(t, addr, zeroScalars(l.scalars));
      return;
    }
    if (addr.heap && hasPointers(t)) this.copy(t, addr, { kind: 'addr', sym: zeroMemory(this.ctx, l.size), off: 0 });
    else this.emit({ kind: 'fill', dst: addrExpr(addr), byte: i32(0), n: i32(l.size) });
  }

  /** The zero value of type t; of a memory type, the address of read-only zeroes. */
  zero(t: Type): Expr[] {
    const l = layoutOf(t);
    if (l.parts) return zeroScalars(l.scalars);
    return [{ kind: 'addr', sym: zeroMemory(this.ctx, l.size), off: 0 }];
  }

  /** The address of memory that holds the value now and that nothing else changes: a temporary. */
  toMemory(t: Type, value: readonly Expr[]): Expr {
    const a = this.tempSlot(t);
    this.store(t, a, value);
    return addrExpr(a);
  }

  // Calls.

  /** Calls fn; the results come in new temporaries. */
  call(fn: IrFunc, args: readonly Expr[], results: readonly Scalar[] = fn.results): Expr[] {
    const rs = this.temps(results);
    this.emit({ kind: 'call', fn, args, results: rs, pos: this.pos });
    return rs.map(get);
  }

  callInd(sig: Sig, target: Expr, args: readonly Expr[]): Expr[] {
    const rs = this.temps(sig.results);
    this.emit({ kind: 'callind', sig, target, args, results: rs, pos: this.pos });
    return rs.map(get);
  }

  /** Calls a function of the runtime written in AssemblyScript. */
  callRt(name: string, args: readonly Expr[], results: readonly Scalar[]): Expr[] {
    const rs = this.temps(results);
    this.emit({ kind: 'callrt', name, args, results: rs, pos: this.pos });
    return rs.map(get);
  }

  /** Calls a Go function of package runtime. */
  runtime(name: string, args: readonly Expr[]): Expr[] {
    return this.call(this.ctx.runtime(name), args);
  }

  /** Calls the closure `closure` (known not to be nil). */
  callClosure(sig: Sig, closure: Expr, args: readonly Expr[]): Expr[] {
    const c = this.hold(closure);
    return this.callInd(sig, { kind: 'load', mem: 'i32', addr: c, off: 0 }, [c, ...args]);
  }

  /** New zeroed memory for a value of type t. */
  newObject(t: Type): Expr {
    const l = layoutOf(t);
    if (l.size === 0) return { kind: 'addr', sym: this.ctx.zerobase(), off: 0 };
    const typ: Expr = hasPointers(t) ? { kind: 'addr', sym: this.ctx.allocDesc(t), off: 0 } : nil;
    return this.malloc(l.size, typ);
  }

  /** Zeroed memory of the heap. */
  malloc(size: number, typ: Expr): Expr {
    // what cannot fit is for the Go function to refuse
    if (size > 0xffff_ffff) return this.runtime('mallocgc', [i64(size), typ, i32(1)])[0]!;
    const p = this.temp('ptr');
    this.emit({ kind: 'callrt', name: 'mallocgc', args: [i32(size), typ, i32(1)], results: [p], pos: this.pos });
    this.nonNil.add(p);
    return get(p);
  }

  // Checks.

  /** Panics by calling runtime function `name` if cond holds. */
  check(check: CheckKind, cond: Expr, name: string, args: readonly Expr[] = []): void {
    if (!this.cur || (cond.kind === 'const' && Number(cond.value) === 0)) return;
    this.emit({ kind: 'check', check, cond, fn: this.ctx.runtime(name), args, pos: this.pos });
  }

  /** Panics if the pointer p is nil. Returns p in a form that may be used several times. */
  nilCheck(p: Expr): Expr {
    const x = this.hold(p, 'ptr');
    if (x.kind === 'addr' || x.kind === 'slot' || this.addresses.has(x) || this.fn.nocheckptr) return x;
    if (x.kind === 'get') {
      if (this.nonNil.has(x.local)) return x;
      this.check('nil', { kind: 'un', op: 'i32.eqz', x }, 'sigpanic');
      this.nonNil.add(x.local);
      return x;
    }
    this.check('nil', { kind: 'un', op: 'i32.eqz', x }, 'sigpanic');
    return x;
  }

  /** Records that an expression, an address, is not nil, whatever it is assigned to. */
  markNonNil(x: Expr): Expr {
    this.addresses.add(x);
    return x;
  }

  /** Records that a local's pointer is not nil. */
  assumeNonNil(l: Local): void {
    this.nonNil.add(l);
  }
}

/** The local that a condition compares with nil, and whether it holds if that is nil. */
function nilTest(cond: Expr): { local: Local; nil: boolean } | null {
  if (cond.kind === 'un' && cond.op === 'i32.eqz' && cond.x.kind === 'get' && cond.x.local.type === 'ptr')
    return { local: cond.x.local, nil: true };
  if (cond.kind === 'get' && cond.local.type === 'ptr') return { local: cond.local, nil: false };
  if (
    cond.kind === 'bin' &&
    cond.op === 'i32.ne' &&
    cond.y.kind === 'const' &&
    cond.y.value === 0 &&
    cond.x.kind === 'get' &&
    cond.x.local.type === 'ptr'
  )
    return { local: cond.x.local, nil: false };
  return null;
}

/** Does x read local l? */
export function mentions(x: Expr, l: Local): boolean {
  switch (x.kind) {
    case 'get':
      return x.local === l;
    case 'un':
      return mentions(x.x, l);
    case 'bin':
      return mentions(x.x, l) || mentions(x.y, l);
    case 'load':
      return mentions(x.addr, l);
    case 'select':
      return mentions(x.cond, l) || mentions(x.x, l) || mentions(x.y, l);
    default:
      return false;
  }
}

/** Does x read memory? */
export function hasLoad(x: Expr): boolean {
  switch (x.kind) {
    case 'load':
      return true;
    case 'un':
      return hasLoad(x.x);
    case 'bin':
      return hasLoad(x.x) || hasLoad(x.y);
    case 'select':
      return hasLoad(x.cond) || hasLoad(x.x) || hasLoad(x.y);
    default:
      return false;
  }
}

export function addrExpr(a: Addr): Expr {
  if (a.off === 0) return a.base;
  if (a.base.kind === 'slot') return { kind: 'slot', slot: a.base.slot, off: a.base.off + a.off };
  if (a.base.kind === 'addr') return { kind: 'addr', sym: a.base.sym, off: a.base.off + a.off };
  return { kind: 'bin', op: 'i32.add', x: a.base, y: i32(a.off) };
}

function loadAt(mem: MemType, a: Addr, off: number): Expr {
  if (a.base.kind === 'slot')
    return { kind: 'load', mem, addr: { kind: 'slot', slot: a.base.slot, off: 0 }, off: a.base.off + a.off + off };
  return { kind: 'load', mem, addr: a.base, off: a.off + off };
}

export const heapAddr = (base: Expr, off = 0): Addr => ({ base, off, heap: true });

/** Memory behind the pointer p, which is not nil. */
export const pointee = (p: Expr, off = 0): Addr => ({ base: p, off, heap: p.kind !== 'slot' });

/** Offsets from here on belong to no object: the nil check before them has failed, or will. */
const maxOffset = 0x7fff_0000;

export const shifted = (a: Addr, off: number): Addr =>
  off === 0 ? a : { base: a.base, off: Math.min(a.off + off, maxOffset), heap: a.heap };

export function zeroOf(s: Scalar): Expr {
  switch (s) {
    case 'i32':
      return i32(0);
    case 'i64':
      return i64(0n);
    case 'f32':
      return f32(0);
    case 'f64':
      return f64(0);
    case 'ptr':
      return nil;
  }
}

export const zeroScalars = (ss: readonly Scalar[]): Expr[] => ss.map(zeroOf);

const compareOp = /^(eq|ne|[lg][te](_[su])?)$/;
const binTypes = new Map<BinOp, Scalar>();

function binType(op: BinOp): Scalar {
  let t = binTypes.get(op);
  if (!t) {
    t = compareOp.test(op.slice(4)) ? 'i32' : (op.slice(0, 3) as Scalar);
    binTypes.set(op, t);
  }
  return t;
}

/** The type of an expression's value. Arithmetic on a pointer is a pointer. */
export function typeOfExpr(x: Expr): Scalar {
  switch (x.kind) {
    case 'const':
      return x.type;
    case 'get':
      return x.local.type;
    case 'un':
      return x.op.endsWith('eqz') ? 'i32' : (x.op.slice(0, 3) as Scalar);
    case 'bin': {
      const t = binType(x.op);
      if ((x.op === 'i32.add' || x.op === 'i32.sub') && typeOfExpr(x.x) === 'ptr') return 'ptr';
      return t;
    }
    case 'load':
      return x.mem === 'ptr' || x.mem === 'i64' || x.mem === 'f32' || x.mem === 'f64'
        ? x.mem
        : x.mem.endsWith('as64')
          ? 'i64'
          : 'i32';
    case 'select': {
      const t = typeOfExpr(x.x);
      return t === 'i32' ? typeOfExpr(x.y) : t;
    }
    case 'funcidx':
      return 'i32';
    default:
      return 'ptr';
  }
}
