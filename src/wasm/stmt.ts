// Writes statements.
//
// Assumes: operands as plan.ts placed them. Guarantees: a call that may suspend is followed by a branch to the function's SUSPEND label (emit.ts), with
// its resume point in the `id` local; one that only a panic may leave by one to the PANIC label, with its program counter there.

import type { Expr, Func, Local, Stmt } from '../ir/ir.ts';
import type { Pos } from '../syntax/nodes.ts';
import type { Mark, ModuleContext, Site } from './context.ts';
import type { Encoder } from './encoder.ts';
import { accessOf, type ExprWriter } from './expr.ts';
import { naturalAlign, OP, opNamed, TYPE } from './opcodes.ts';
import type { Plan, WasmType } from './plan.ts';

/** Copies and fills of a constant size up to this are written as loads and stores. */
const inlineBytes = 48;

/** The labels around the statement being written. */
export interface Labels {
  /** depth of the label for callees that suspend, and of the one where a suspension begins */
  suspend(): number;
  park(): number;
  /** depth of the label for panics that leave a callee without a frame */
  panic(): number;
  /** a construct is opened, closed */
  enter(): void;
  leave(): void;
}

/** Bytes of a constant that the linker makes a program counter: LEB128 of at most 27 bits. */
export const siteBytes = 4;

/** A call of the function is followed by the flag. */
const tells = (fn: Func): boolean => fn.suspends || fn.throws;

/** The function's own calls and checks may lead to its PANIC label. */
export function hasSites(fn: Func): boolean {
  return fn.blocks.some(
    (b) =>
      (b.term!.kind === 'throw' && !fn.catchLocal) ||
      b.stmts.some((s) => (s.kind === 'call' || s.kind === 'check') && s.fn.throws),
  );
}

export class StmtWriter {
  readonly marks: Mark[] = [];
  readonly sites: Site[] = [];
  private readonly x: ExprWriter;
  private readonly out: Encoder;
  private readonly p: Plan;
  private readonly ctx: ModuleContext;
  private readonly labels: Labels;

  constructor(x: ExprWriter, p: Plan, labels: Labels) {
    this.x = x;
    this.out = x.out;
    this.p = p;
    this.ctx = x.ctx;
    this.labels = labels;
  }

  private br(op: number, depth: number): void {
    this.out.u8(op);
    this.out.uleb(depth);
  }

  mark(pos: Pos): void {
    this.marks.push({ offset: this.out.pos, pos });
  }

  stmt(st: Stmt, point: number): void {
    const { x, out, p, ctx } = this;
    switch (st.kind) {
      case 'set': {
        const r = p.regs[st.local.id]!;
        if (st.x.kind === 'get' && p.regs[st.x.local.id] === r) return;
        x.expr(st.x);
        this.x.set(r.index);
        return;
      }
      case 'store': {
        const a = accessOf(st.mem);
        const off = x.address(st.addr, st.off);
        x.expr(st.x);
        out.u8(a.store);
        x.memarg(a.align, off);
        return;
      }
      case 'call':
        for (const a of st.args) x.expr(a);
        this.directCall(st.fn, point, st.pos);
        if (tells(st.fn)) this.br(OP.brIf, st.fn.suspends ? this.labels.suspend() : this.labels.panic());
        this.results(st.results, st.fn.results.length);
        return;
      case 'callind':
        for (const a of st.args) x.expr(a);
        this.setPoint(point, p.fp);
        x.expr(st.target);
        this.mark(st.pos);
        out.u8(OP.callIndirect);
        out.uleb(ctx.indirectType(st.sig));
        out.uleb(0);
        this.br(OP.brIf, this.labels.suspend());
        this.results(st.results, st.sig.results.length);
        return;
      case 'callrt':
      case 'callimport': {
        for (const a of st.args) x.expr(a);
        this.mark(st.pos);
        out.u8(OP.call);
        if (st.kind === 'callrt') {
          out.uleb(ctx.runtimeIndex(st.name));
          this.results(st.results, ctx.runtimeResults(st.name));
        } else {
          out.uleb(ctx.importIndex(st.module, st.name));
          this.results(st.results, st.sig.results.length);
        }
        return;
      }
      case 'check':
        x.expr(st.cond);
        out.u8(OP.if);
        out.u8(TYPE.void);
        this.labels.enter();
        for (const a of st.args) x.expr(a);
        this.directCall(st.fn, point, st.pos);
        // It does not return, so it told.
        if (tells(st.fn)) this.br(OP.br, st.fn.suspends ? this.labels.suspend() : this.labels.panic());
        else out.u8(OP.unreachable);
        out.u8(OP.end);
        this.labels.leave();
        return;
      case 'suspend':
        x.i32(point);
        this.x.set(p.id);
        this.br(OP.br, this.labels.park());
        return;
      case 'vardef':
        return;
      case 'copy':
        this.copy(st.dst, st.src, st.n);
        return;
      case 'fill':
        this.fill(st.dst, st.byte, st.n);
        return;
      case 'atomic': {
        const op = opNamed(st.op);
        if (op.imm === 'zero') {
          out.u8(op.prefix);
          out.uleb(op.code);
          out.u8(0);
          return;
        }
        const off = x.address(st.addr, st.off);
        for (const a of st.args) x.expr(a);
        out.u8(op.prefix);
        out.uleb(op.code);
        x.memarg(naturalAlign(st.op), off);
        if (st.result) this.x.set(p.regs[st.result.id]!.index);
        else if (!st.op.includes('.store')) out.u8(OP.drop);
        return;
      }
    }
  }

  /** Before a call that may suspend: remembers its resume point and passes the callee's frame pointer. */
  private setPoint(point: number, fp: number): void {
    this.x.i32(point);
    this.x.set(this.p.id);
    this.x.get(fp);
  }

  /** The call itself, its arguments being on the stack. */
  private directCall(fn: Func, point: number, pos: Pos): void {
    if (fn.suspends) this.setPoint(point, this.p.fp);
    else if (fn.throws) this.setSite();
    this.mark(pos);
    this.out.u8(OP.call);
    this.out.uleb(this.ctx.funcIndex(fn));
  }

  /** Before a call that a panic may leave, which is written and marked next: remembers its program counter. */
  setSite(): void {
    const { out } = this;
    out.u8(OP.i32Const);
    const at = out.pos;
    for (let i = 1; i < siteBytes; i++) out.u8(0x80);
    out.u8(0);
    this.x.set(this.p.id);
    this.sites.push({ at, call: out.pos });
  }

  private results(locals: readonly (Local | null)[], count: number): void {
    for (let i = count - 1; i >= 0; i--) {
      const l = locals[i];
      const r = l ? this.p.regs[l.id] : null;
      if (r) this.x.set(r.index);
      else this.out.u8(OP.drop);
    }
  }

  private copy(dst: Expr, src: Expr, n: Expr): void {
    const { x, out } = this;
    if (n.kind === 'const' && (n.value as number) <= inlineBytes && steady(dst) && steady(src)) {
      const size = n.value as number;
      for (let off = 0; off < size; ) {
        const w = piece(size - off);
        const d = x.address(dst, off);
        const s = x.address(src, off);
        out.u8(w === 8 ? OP.i64Load : w === 4 ? OP.i32Load : w === 2 ? OP.i32Load16U : 0x2d);
        x.memarg(0, s);
        out.u8(w === 8 ? OP.i64Store : w === 4 ? OP.i32Store : w === 2 ? 0x3b : 0x3a);
        x.memarg(0, d);
        off += w;
      }
      return;
    }
    x.expr(dst);
    x.expr(src);
    x.expr(n);
    out.u8(0xfc);
    out.u8(10);
    out.u8(0);
    out.u8(0);
  }

  private fill(dst: Expr, byte: Expr, n: Expr): void {
    const { x, out } = this;
    if (
      n.kind === 'const' &&
      (n.value as number) <= inlineBytes &&
      byte.kind === 'const' &&
      byte.value === 0 &&
      steady(dst)
    ) {
      const size = n.value as number;
      for (let off = 0; off < size; ) {
        const w = piece(size - off);
        const d = x.address(dst, off);
        zero(out, w === 8 ? 'i64' : 'i32');
        out.u8(w === 8 ? OP.i64Store : w === 4 ? OP.i32Store : w === 2 ? 0x3b : 0x3a);
        x.memarg(0, d);
        off += w;
      }
      return;
    }
    x.expr(dst);
    x.expr(byte);
    x.expr(n);
    out.u8(0xfc);
    out.u8(11);
    out.u8(0);
  }
}

/** An address that is cheap and the same each time it is written. */
function steady(x: Expr): boolean {
  switch (x.kind) {
    case 'get':
    case 'addr':
    case 'slot':
    case 'const':
      return true;
    case 'bin':
      return x.op === 'i32.add' && x.y.kind === 'const' && steady(x.x);
    default:
      return false;
  }
}

function piece(left: number): number {
  return left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
}

export function zero(out: Encoder, t: WasmType): void {
  switch (t) {
    case 'i32':
      out.u8(OP.i32Const);
      out.u8(0);
      break;
    case 'i64':
      out.u8(OP.i64Const);
      out.u8(0);
      break;
    case 'f32':
      out.u8(OP.f32Const);
      out.f32(0);
      break;
    case 'f64':
      out.u8(OP.f64Const);
      out.f64(0);
      break;
  }
}
