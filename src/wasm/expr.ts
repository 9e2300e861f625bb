// Writes operand trees.
//
// Assumes: every local has a wasm local (plan.ts). Guarantees: the operand's value is on top of the wasm stack.

import type { BinOp, Expr, MemType, UnOp } from '../ir/ir.ts';
import type { ModuleContext } from './context.ts';
import type { Encoder } from './encoder.ts';
import { naturalAlign, OP, opNamed } from './opcodes.ts';
import type { Plan } from './plan.ts';

/** Opcode and alignment of loads and stores of a memory type. */
const loads: Record<MemType, readonly [string, string]> = {
  i8: ['i32.load8_s', 'i32.store8'],
  u8: ['i32.load8_u', 'i32.store8'],
  i16: ['i32.load16_s', 'i32.store16'],
  u16: ['i32.load16_u', 'i32.store16'],
  i32: ['i32.load', 'i32.store'],
  i64: ['i64.load', 'i64.store'],
  f32: ['f32.load', 'f32.store'],
  f64: ['f64.load', 'f64.store'],
  ptr: ['i32.load', 'i32.store'],
  i8as64: ['i64.load8_s', 'i64.store8'],
  u8as64: ['i64.load8_u', 'i64.store8'],
  i16as64: ['i64.load16_s', 'i64.store16'],
  u16as64: ['i64.load16_u', 'i64.store16'],
  i32as64: ['i64.load32_s', 'i64.store32'],
  u32as64: ['i64.load32_u', 'i64.store32'],
};

interface Access {
  readonly load: number;
  readonly store: number;
  readonly align: number;
}

const access = new Map<MemType, Access>();
for (const [mem, [load, store]] of Object.entries(loads)) {
  access.set(mem as MemType, { load: opNamed(load).code, store: opNamed(store).code, align: naturalAlign(load) });
}

const simple = new Map<string, number>();
function opcode(name: UnOp | BinOp): number {
  let v = simple.get(name);
  if (v === undefined) {
    const op = opNamed(name);
    v = op.prefix ? (op.prefix << 8) | op.code : op.code;
    simple.set(name, v);
  }
  return v;
}

export function accessOf(mem: MemType): Access {
  return access.get(mem)!;
}

export class ExprWriter {
  readonly out: Encoder;
  readonly ctx: ModuleContext;
  private readonly p: Plan;
  // The last local.set: where it is, where it ends, of what.
  private setAt = 0;
  private setEnd = -1;
  private setIndex = 0;

  constructor(out: Encoder, ctx: ModuleContext, p: Plan) {
    this.out = out;
    this.ctx = ctx;
    this.p = p;
  }

  get(index: number): void {
    // Right behind the assignment: both in one.
    if (this.setEnd === this.out.pos && this.setIndex === index) {
      this.out.buf[this.setAt] = OP.localTee;
      this.setEnd = -1;
      return;
    }
    this.out.u8(OP.localGet);
    this.out.uleb(index);
  }

  set(index: number): void {
    this.setAt = this.out.pos;
    this.setIndex = index;
    this.out.u8(OP.localSet);
    this.out.uleb(index);
    this.setEnd = this.out.pos;
  }

  tee(index: number): void {
    this.out.u8(OP.localTee);
    this.out.uleb(index);
  }

  i32(v: number): void {
    this.out.u8(OP.i32Const);
    this.out.sleb(v);
  }

  memarg(align: number, off: number): void {
    this.out.u8(align);
    // no object is that large, and the largest offset is out of bounds at any address but 0
    this.out.uleb(Math.min(off, 0xffff_ffff));
  }

  /** Writes an address, leaving as much of its constant part as possible to the instruction; answers the offset for that. */
  address(addr: Expr, off: number): number {
    for (;;) {
      if (addr.kind === 'bin' && addr.op === 'i32.add') {
        const y = addr.y;
        if (y.kind === 'const' && (y.value as number) >= 0) {
          off += y.value as number;
          addr = addr.x;
          continue;
        }
        // Static data at a variable index: the symbol's address is the offset.
        if (y.kind === 'addr') {
          this.expr(addr.x);
          return off + y.sym.addr + y.off;
        }
        if (addr.x.kind === 'addr') {
          this.expr(addr.y);
          return off + addr.x.sym.addr + addr.x.off;
        }
      } else if (addr.kind === 'slot') {
        this.get(this.p.base);
        return off + addr.slot.offset + addr.off;
      }
      break;
    }
    this.expr(addr);
    return off;
  }

  expr(x: Expr): void {
    const out = this.out;
    switch (x.kind) {
      case 'const':
        switch (x.type) {
          case 'i32':
          case 'ptr':
            this.i32(x.value as number);
            break;
          case 'i64':
            out.u8(OP.i64Const);
            out.sleb64(x.value as bigint);
            break;
          case 'f32':
            out.u8(OP.f32Const);
            out.f32(x.value as number);
            break;
          case 'f64':
            out.u8(OP.f64Const);
            out.f64(x.value as number);
            break;
        }
        break;
      case 'get':
        this.get(this.p.regs[x.local.id]!.index);
        break;
      case 'un': {
        this.expr(x.x);
        const code = opcode(x.op);
        if (code > 0xff) {
          out.u8(code >> 8);
          out.uleb(code & 0xff);
        } else out.u8(code);
        break;
      }
      case 'bin':
        this.expr(x.x);
        this.expr(x.y);
        out.u8(opcode(x.op));
        break;
      case 'load': {
        const a = access.get(x.mem)!;
        const off = this.address(x.addr, x.off);
        out.u8(a.load);
        this.memarg(a.align, off);
        break;
      }
      case 'select':
        this.expr(x.x);
        this.expr(x.y);
        this.expr(x.cond);
        out.u8(OP.select);
        break;
      case 'addr':
        this.i32(x.sym.addr + x.off);
        break;
      case 'funcidx':
        this.i32(this.ctx.tableIndex(x.fn));
        break;
      case 'slot':
        this.get(this.p.base);
        if (x.slot.offset + x.off !== 0) {
          this.i32(x.slot.offset + x.off);
          out.u8(OP.i32Add);
        }
        break;
      case 'fp':
        if (this.p.base >= 0) this.get(this.p.base);
        else {
          this.get(this.p.fp);
          this.i32(-this.p.frameSize);
          out.u8(OP.i32Add);
        }
        break;
      case 'calleefp':
        this.get(this.p.fp);
        break;
    }
  }

  /** Writes the negation of a condition. */
  not(x: Expr): void {
    if (x.kind === 'un' && x.op === 'i32.eqz') {
      this.expr(x.x);
      return;
    }
    if (x.kind === 'bin') {
      const inverse = inverses.get(x.op);
      if (inverse !== undefined) {
        this.expr(x.x);
        this.expr(x.y);
        this.out.u8(opcode(inverse));
        return;
      }
    }
    this.expr(x);
    this.out.u8(OP.i32Eqz);
  }
}

/** Integer comparisons and their negations (floating-point ones have none, because of NaN, but for equality). */
const inverses = new Map<BinOp, BinOp>();
for (const t of ['i32', 'i64'] as const) {
  for (const [a, b] of [
    ['eq', 'ne'],
    ['lt_s', 'ge_s'],
    ['lt_u', 'ge_u'],
    ['gt_s', 'le_s'],
    ['gt_u', 'le_u'],
  ] as const) {
    inverses.set(`${t}.${a}`, `${t}.${b}`);
    inverses.set(`${t}.${b}`, `${t}.${a}`);
  }
}
for (const t of ['f32', 'f64'] as const) {
  inverses.set(`${t}.eq`, `${t}.ne`);
  inverses.set(`${t}.ne`, `${t}.eq`);
}
