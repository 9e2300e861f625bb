// Writes the body of one function: its statements, its control flow, and the protocol by which it suspends (docs/ABI.md).
//
// Assumes: passes are done, the function is reducible and coloured; static data has addresses.
// Guarantees: the code is valid and deterministic; loops that contain no resume point carry nothing but their safepoint.
// Shape of a function that suspends, with the labels in capitals:
//
//   block SPILL
//     block SUSPEND             ; a callee reported that it suspends
//       block PARK              ; the suspension begins here
//         fp += frame size; if fp > m.stackguard: resume (restore, dispatch) or suspend before beginning
//         block PANIC           ; a panic has left a callee without a frame
//           the body; behind each call that may suspend: br_if SUSPEND
//         end
//         the frame's only word is "no id"; return "suspending"
//       end
//       m.fp = frame
//     end
//     write the frame's size for the callee's frame
//   end
//   write the resume id and the live locals, return "suspending"
//
// A function that catches has a loop in there around its body, and a SUSPEND and PANIC of its own, which lead back to its start if it is a panic.

import type { Expr, Stmt, Term } from '../ir/ir.ts';
import type { Mark, ModuleContext, Site } from './context.ts';
import { Encoder } from './encoder.ts';
import { ExprWriter } from './expr.ts';
import type { Early, Fast } from './fast.ts';
import { buildGraph, type Graph, type Node } from './graph.ts';
import { OP, TYPE } from './opcodes.ts';
import type { Plan, Reg, WasmType } from './plan.ts';
import { hasSites, type Labels, StmtWriter, zero } from './stmt.ts';
import { type Next, Structure, type Writer } from './structure.ts';

export interface Code {
  /** the body as the code section has it, without its size: local declarations and instructions */
  readonly body: Uint8Array;
  readonly marks: readonly Mark[];
  readonly sites: readonly Site[];
  /** positions of unlikely branches, for the branch hints */
  readonly unlikely: readonly number[];
}

const mFp = 12;
const mResuming = 4;
const mMorebuf = 528;
const mPanicking = 4624;
/** More pointer words than this are zeroed in one go. */
const maxZeroStores = 8;

export { mFp, mMorebuf, mPanicking, mResuming };

/** Writes the function's body. `firstId` is the resume id of its entry; `fast`: the version that is never resumed. */
export function emitFunc(plan: Plan, ctx: ModuleContext, firstId: number, fast: Fast | null): Code {
  return new FuncEmitter(plan, ctx, firstId, fast).emit();
}

class FuncEmitter implements Writer, Labels {
  private readonly p: Plan;
  private readonly ctx: ModuleContext;
  private readonly firstId: number;
  private readonly fast: Fast | null;
  private readonly out = new Encoder(512);
  private readonly x: ExprWriter;
  private readonly stmts: StmtWriter;
  private readonly unlikely: number[] = [];
  private readonly g: Graph;
  private readonly s: Structure;
  private readonly parks: boolean;
  private readonly rethrows: boolean;
  private readonly panics: boolean;
  // Constructs open at each of the function's own labels.
  private spillAt = 0;
  private suspendAt = 0;
  private parkAt = 0;
  private panicAt = 0;
  private rethrowAt = 0;
  /** whether control can get to the current end of the code */
  private open = true;

  constructor(plan: Plan, ctx: ModuleContext, firstId: number, fast: Fast | null) {
    this.p = plan;
    this.fast = fast;
    this.ctx = ctx;
    this.firstId = firstId;
    this.x = new ExprWriter(this.out, ctx, plan);
    this.stmts = new StmtWriter(this.x, plan, this);
    this.g = buildGraph(plan, fast);
    const { fn } = plan;
    this.parks = plan.points.some(
      (q) => q.kind === 'loop' || (q.kind === 'stmt' && this.stmtOf(q.block, q.stmt).kind === 'suspend'),
    );
    this.rethrows = fn.catchLocal !== null && fn.blocks.some((b) => b.term!.kind === 'throw');
    this.panics = hasSites(fn);
    this.s = new Structure(this.g, this, 0, (n) => this.isTiny(n));
  }

  private stmtOf(block: number, stmt: number): Stmt {
    return this.p.fn.blocks[block]!.stmts[stmt]!;
  }

  private isTiny(n: number): boolean {
    const node = this.g.nodes[n]!;
    if (node.kind !== 'code' || !node.last || node.to - node.from > 1) return false;
    const k = this.p.fn.blocks[node.block]!.term!.kind;
    return k === 'return' || k === 'throw' || k === 'unreachable';
  }

  emit(): Code {
    const { out, p } = this;
    this.locals();
    if (p.fn.suspends) this.suspending();
    else if (p.fn.throws) {
      this.openPanic();
      this.body();
      this.closePanic();
      this.x.get(p.id);
      if (p.fp >= 0) this.x.get(p.fp);
      out.u8(OP.call);
      out.uleb(p.fp >= 0 ? this.ctx.siteAt : this.ctx.site);
      this.leaveSuspending();
    } else {
      this.body();
      if (this.open && (p.fn.results.length > 0 || p.flagged)) out.u8(OP.unreachable);
    }
    out.u8(OP.end);
    return { body: out.done(), marks: this.stmts.marks, sites: this.stmts.sites, unlikely: this.unlikely };
  }

  private locals(): void {
    const runs: [number, WasmType][] = [];
    for (const t of this.p.declared) {
      const last = runs[runs.length - 1];
      if (last && last[1] === t) last[0]++;
      else runs.push([1, t]);
    }
    this.out.uleb(runs.length);
    for (const [n, t] of runs) {
      this.out.uleb(n);
      this.out.u8(TYPE[t]);
    }
  }

  private suspending(): void {
    const { out, p, s, x } = this;
    this.block();
    s.enter();
    this.spillAt = s.open;
    this.block();
    s.enter();
    this.suspendAt = s.open;
    if (this.parks) {
      this.block();
      s.enter();
      this.parkAt = s.open;
    }
    const sites = this.panics && !p.fn.catchLocal;
    if (sites) this.openPanic();
    this.body();
    if (sites) {
      this.closePanic();
      this.siteAt();
      this.leaveSuspending();
      out.u8(OP.return);
    } else if (this.open) out.u8(OP.unreachable);
    if (this.parks) {
      this.end();
      s.leave();
      out.u8(OP.globalGet);
      out.uleb(this.ctx.mGlobal);
      this.frameBase();
      out.u8(OP.i32Store);
      x.memarg(2, mFp);
    }
    this.end();
    s.leave();
    this.tellCallee();
    this.frameBase();
    this.x.set(p.fp);
    this.end();
    s.leave();
    x.get(p.fp);
    this.storeId();
    for (const r of p.framed) if (r.spill) this.storeReg(r);
    this.leaveSuspending();
  }

  /** Writes this frame's size for the callee's frame. */
  private tellCallee(): void {
    this.x.get(this.p.fp);
    this.x.i32(this.p.frameSize);
    this.out.u8(OP.i32Store);
    this.x.memarg(2, 4);
  }

  /** With the frame's address on the stack: writes the resume id. */
  private storeId(): void {
    const { out, x } = this;
    x.get(this.p.id);
    if (this.firstId !== 0) {
      x.i32(this.firstId);
      out.u8(OP.i32Add);
    }
    out.u8(OP.i32Store);
    x.memarg(2, 0);
  }

  private leaveSuspending(): void {
    this.zeroResults();
    this.x.i32(1);
  }

  private openPanic(): void {
    this.block();
    this.s.enter();
    this.panicAt = this.s.open;
  }

  private closePanic(): void {
    if (this.open) this.out.u8(OP.unreachable);
    this.end();
    this.s.leave();
  }

  /** A panic has left the call whose program counter is in `id`, which had no frame: this is the innermost one. */
  private siteAt(): void {
    this.x.get(this.p.id);
    this.frameBase();
    this.out.u8(OP.call);
    this.out.uleb(this.ctx.siteAt);
  }

  private frameBase(): void {
    if (this.p.base >= 0) {
      this.x.get(this.p.base);
      return;
    }
    this.x.get(this.p.fp);
    this.x.i32(-this.p.frameSize);
    this.out.u8(OP.i32Add);
  }

  private zeroResults(): void {
    for (const t of this.p.fn.results) zero(this.out, t === 'ptr' ? 'i32' : t);
  }

  private storeReg(r: Reg): void {
    this.x.get(this.p.fp);
    this.x.get(r.index);
    this.out.u8(
      r.type === 'i32' ? OP.i32Store : r.type === 'i64' ? OP.i64Store : r.type === 'f32' ? OP.f32Store : OP.f64Store,
    );
    this.x.memarg(r.type === 'i32' || r.type === 'f32' ? 2 : 3, r.offset);
  }

  private br(op: number, depth: number): void {
    this.out.u8(op);
    this.out.uleb(depth);
  }

  /** Notes that the branch or `if` about to be written is rarely taken: the guard's, where a hint pays (docs/decisions/001-suspend-protocol.md). */
  private rarely(): void {
    this.unlikely.push(this.out.pos);
  }

  // The labels StmtWriter wants.

  suspend(): number {
    return this.s.open - this.suspendAt;
  }

  park(): number {
    return this.s.open - this.parkAt;
  }

  panic(): number {
    return this.s.open - this.panicAt;
  }

  enter(): void {
    this.s.enter();
  }

  leave(): void {
    this.s.leave();
  }

  // The Writer that Structure calls.

  block(): void {
    this.out.u8(OP.block);
    this.out.u8(TYPE.void);
  }

  loop(_header: number): void {
    this.out.u8(OP.loop);
    this.out.u8(TYPE.void);
  }

  end(): void {
    this.out.u8(OP.end);
    this.open = true;
  }

  node(n: number, next: Next): number {
    const node = this.g.nodes[n]!;
    switch (node.kind) {
      case 'entry':
        this.entry(node);
        return this.way(n, node.succs[0]!, next);
      case 'dispatch': {
        if (node.table.length > 0) this.dispatch(node);
        return this.way(n, node.succs[0]!, next);
      }
      case 'dead':
        this.out.u8(OP.unreachable);
        this.open = false;
        return -1;
      case 'code': {
        const b = this.p.fn.blocks[node.block]!;
        const points = this.p.pointAt[node.block];
        for (let i = node.from; i < node.to; i++) this.stmts.stmt(b.stmts[i]!, points ? points[i]! : -1);
        if (!node.last) return this.way(n, node.succs[0]!, next);
        return this.term(n, b.term!, next);
      }
    }
  }

  /** The body of the function between its entry's check and its end. */
  private body(): void {
    const { p, s, out, x, ctx } = this;
    if (!p.fn.catchLocal) {
      if (!p.fn.suspends) this.prologue();
      s.write(0, -1);
      return;
    }
    // Everything but the entry's check lies in a loop; a panic starts it again.
    this.entry(this.g.nodes[0]!);
    if (this.rethrows) {
      this.block();
      s.enter();
      this.rethrowAt = s.open;
    }
    out.u8(OP.loop);
    out.u8(TYPE.void);
    s.enter();
    this.block(); // what is behind it starts again
    s.enter();
    const outer = this.suspendAt;
    this.block();
    s.enter();
    this.suspendAt = s.open;
    if (this.panics) this.openPanic();
    s.write(1, -1);
    if (this.panics) {
      this.closePanic();
      this.siteAt();
      this.br(OP.br, 1);
    } else if (this.open) out.u8(OP.unreachable);
    this.end();
    s.leave();
    this.suspendAt = outer;
    out.u8(OP.globalGet);
    out.uleb(ctx.mGlobal);
    out.u8(OP.i32Load);
    x.memarg(2, mPanicking);
    out.u8(OP.i32Eqz);
    this.br(OP.brIf, this.suspend());
    this.tellCallee();
    this.frameBase();
    this.storeId();
    this.end();
    s.leave();
    out.u8(OP.globalGet);
    out.uleb(ctx.mGlobal);
    x.i32(0);
    out.u8(OP.i32Store);
    x.memarg(2, mPanicking);
    x.i32(1);
    this.x.set(p.regs[p.fn.catchLocal.id]!.index);
    x.i32(0);
    this.x.set(p.state);
    this.br(OP.br, 0);
    this.end();
    s.leave();
    out.u8(OP.unreachable);
    this.open = false;
    if (this.rethrows) {
      this.end();
      s.leave();
      out.u8(OP.call);
      out.uleb(ctx.raise);
      x.i32(0);
      this.x.set(p.id);
      this.siteAt();
      this.leaveSuspending();
      out.u8(OP.return);
      this.open = false;
    }
  }

  /** What a function does once, before its first statement: locals that are read unset and the pointers in stack slots are zero. */
  private prologue(): void {
    const { p, x, out } = this;
    for (const r of p.zeroed) {
      zero(out, r.type);
      this.x.set(r.index);
    }
    const words = p.slotPointers;
    if (words.length <= maxZeroStores) {
      for (const off of words) {
        x.get(p.base);
        zero(out, 'i64');
        out.u8(OP.i64Store);
        x.memarg(3, off);
      }
      return;
    }
    const first = words[0]!;
    x.get(p.base);
    x.i32(first);
    out.u8(OP.i32Add);
    x.i32(0);
    x.i32(words[words.length - 1]! + 8 - first);
    out.u8(0xfc);
    out.u8(11); // memory.fill
    out.u8(0);
  }

  /** The check at the start, and what happens if it fails. Falls through when the function begins. */
  private entry(node: Node): void {
    const { p, x, out, ctx, s } = this;
    const { fn } = p;
    if (this.fast) for (const e of this.fast.early) this.early(e);
    const catches = fn.catchLocal !== null;
    const skip = catches && (p.zeroed.length > 0 || p.slotPointers.length > 0);
    if (skip) {
      this.block();
      s.enter();
    }
    x.get(p.fp);
    if (p.base >= 0) this.x.tee(p.base);
    x.i32(p.frameSize);
    out.u8(OP.i32Add);
    this.x.tee(p.fp);
    this.guard();
    this.rarely();
    out.u8(OP.if);
    out.u8(TYPE.void);
    s.enter();
    if (p.base >= 0) x.get(p.base);
    else {
      this.frameBase();
      this.x.tee(p.state);
    }
    const base = p.base >= 0 ? p.base : p.state;
    out.u8(OP.call);
    out.uleb(ctx.slowPath);
    if (this.fast) {
      this.x.set(p.fp);
      this.parkEntry();
      out.u8(OP.end);
      s.leave();
      this.prologue();
      this.open = true;
      return;
    }
    this.x.tee(p.id);
    x.i32(2);
    out.u8(OP.i32GtU);
    out.u8(OP.if);
    out.u8(TYPE.void);
    s.enter();
    x.get(p.id);
    this.x.set(p.fp);
    this.parkEntry();
    out.u8(OP.end);
    s.leave();
    for (const r of p.framed) {
      x.get(base);
      out.u8(
        r.type === 'i32' ? OP.i32Load : r.type === 'i64' ? OP.i64Load : r.type === 'f32' ? OP.f32Load : OP.f64Load,
      );
      x.memarg(r.type === 'i32' || r.type === 'f32' ? 2 : 3, r.offset);
      this.x.set(r.index);
    }
    // The resume state, as an index of the function's own points.
    const number = (): void => {
      x.get(base);
      out.u8(OP.i32Load);
      x.memarg(2, 0);
      if (this.firstId !== 0) {
        x.i32(this.firstId);
        out.u8(OP.i32Sub);
      }
    };
    if (catches) {
      x.get(p.id);
      this.x.set(p.regs[fn.catchLocal!.id]!.index);
      x.i32(0);
      number();
      x.get(p.id);
      out.u8(OP.select);
      this.x.set(p.state);
      if (skip) {
        x.get(p.state);
        x.get(p.id);
        out.u8(0x72); // i32.or
        this.br(OP.brIf, 1);
      }
    } else if (node.table.length > 0) {
      number();
      if (this.needsState()) this.x.tee(p.state);
      this.table(node, 0, true);
    }
    out.u8(OP.end);
    s.leave();
    this.prologue();
    if (skip) {
      this.end();
      s.leave();
    }
    this.open = true;
  }

  /** Suspends before beginning, with the address of morebuf in the frame pointer's local. */
  private parkEntry(): void {
    const { p, x, out, s } = this;
    x.i32(0);
    this.x.set(p.id);
    for (const r of p.framed) if (r.param && (!r.spill || !p.sharedSpill)) this.storeReg(r);
    if (p.sharedSpill) this.br(OP.br, s.open - this.spillAt);
    else {
      x.get(p.fp);
      x.i32(this.firstId);
      out.u8(OP.i32Store);
      x.memarg(2, 0);
      this.zeroResults();
      x.i32(1);
      out.u8(OP.return);
    }
  }

  /** A test that leads to a return, in front of the look at the guard. */
  private early(e: Early): void {
    const { out, x, s } = this;
    for (const st of e.block.stmts) this.stmts.stmt(st, -1);
    const { cond } = e.block.term as Extract<Term, { kind: 'if' }>;
    if (e.when) x.expr(cond);
    else x.not(cond);
    out.u8(OP.if);
    out.u8(TYPE.void);
    s.enter();
    for (const st of e.exit.stmts) this.stmts.stmt(st, -1);
    for (const v of (e.exit.term as Extract<Term, { kind: 'return' }>).values) x.expr(v);
    x.i32(0);
    out.u8(OP.return);
    out.u8(OP.end);
    s.leave();
  }

  /** Some loop has a dispatch, which goes by the state. */
  private needsState(): boolean {
    for (const n of this.g.nodes) if (n.kind === 'dispatch') return true;
    return false;
  }

  /** With the frame's end on the stack: is it above the guard? */
  private guard(): void {
    this.out.u8(OP.globalGet);
    this.out.uleb(this.ctx.mGlobal);
    this.out.u8(OP.i32Load);
    this.x.memarg(2, 0);
    this.out.u8(OP.i32GtU);
  }

  /** In front of a loop that contains resume points, or of the body of a function that catches. */
  private dispatch(node: Node): void {
    const { p, x, out, s } = this;
    x.get(p.state);
    out.u8(OP.if);
    out.u8(TYPE.void);
    s.enter();
    x.get(p.state);
    this.table(node, 0, false);
    out.u8(OP.end);
    s.leave();
  }

  /**
   * br_table by the state on the stack; `other` is the depth for states that are not of the table. Where there are no such states, whatever most lead to is the
   * default, which engines need not compare with.
   */
  private table(node: Node, other: number, complete: boolean): void {
    const { out, x, s } = this;
    // State 0 and states below the lowest are written out as long as they are few.
    const gap = node.lowest <= 3 ? node.lowest : 0;
    if (gap === 0 && node.lowest > 0) {
      x.i32(node.lowest);
      out.u8(OP.i32Sub);
    }
    const depths = [...new Array<number>(gap).fill(other), ...node.table.map((to) => (to < 0 ? other : s.label(to)))];
    const fallback = complete && gap === node.lowest ? mostFrequent(depths) : other;
    while (depths[depths.length - 1] === fallback) depths.pop();
    out.u8(OP.brTable);
    out.uleb(depths.length);
    for (const d of depths) out.uleb(d);
    out.uleb(fallback);
  }

  // Terminators and branches.

  private term(n: number, t: Term, next: Next): number {
    const { out, x, g, ctx } = this;
    switch (t.kind) {
      case 'jump':
        return this.way(n, g.blockNode[t.to.id]!, next);
      case 'if':
        return this.branch(n, t.cond, g.blockNode[t.then.id]!, g.blockNode[t.else.id]!, next);
      case 'switch': {
        const targets = t.targets.map((b) => g.blockNode[b.id]!);
        const other = g.blockNode[t.default.id]!;
        const wrapped = [...new Set([...targets, other])].filter((to) => !this.plainJump(n, to));
        // A way back to a loop on which something must be done gets a block around the br_table, behind which it is written.
        for (let i = 0; i < wrapped.length; i++) {
          this.block();
          this.s.enter();
        }
        const depth = (to: number): number => {
          const w = wrapped.indexOf(to);
          return w >= 0 ? wrapped.length - 1 - w : this.depthOf(n, to);
        };
        x.expr(t.x);
        out.u8(OP.brTable);
        out.uleb(targets.length);
        for (const to of targets) out.uleb(depth(to));
        out.uleb(depth(other));
        this.open = false;
        for (let i = wrapped.length - 1; i >= 0; i--) {
          this.end();
          this.s.leave();
          this.wayBack(wrapped[i]!);
        }
        return -1;
      }
      case 'return':
        for (const v of t.values) x.expr(v);
        if (this.p.flagged) x.i32(0);
        out.u8(OP.return);
        this.open = false;
        return -1;
      case 'throw':
        if (this.rethrows) this.br(OP.br, this.s.open - this.rethrowAt);
        else {
          this.stmts.setSite();
          this.stmts.mark(t.pos);
          out.u8(OP.call);
          out.uleb(ctx.raise);
          this.br(OP.br, this.panic());
        }
        this.open = false;
        return -1;
      case 'unreachable':
        out.u8(OP.unreachable);
        this.open = false;
        return -1;
    }
  }

  private isBack(n: number, to: number): boolean {
    return to <= n;
  }

  /** The jump is one branch instruction. */
  private plainJump(n: number, to: number): boolean {
    if (this.isBack(n, to)) return !this.backWork(to);
    return this.s.placed[to] === 1;
  }

  /** Something must be done before going back to this header. */
  private backWork(header: number): boolean {
    const node = this.g.nodes[header]!;
    return node.kind === 'dispatch' || this.p.loopPoint[node.block]! >= 0;
  }

  private depthOf(n: number, to: number): number {
    return this.isBack(n, to) ? this.s.loopLabel(to) : this.s.label(to);
  }

  /** Writes the way to a node; answers it if it must be written in place. */
  private way(n: number, to: number, next: Next): number {
    if (this.isBack(n, to)) {
      this.wayBack(to);
      return -1;
    }
    if (this.s.placed[to] !== 1) return to;
    if (to === next) {
      this.s.fallen[to]!++;
      return -1;
    }
    this.br(OP.br, this.s.label(to));
    this.open = false;
    return -1;
  }

  private wayBack(header: number): void {
    const { p, x } = this;
    const node = this.g.nodes[header]!;
    const k = p.loopPoint[node.block]!;
    if (k >= 0) {
      x.i32(k);
      this.x.set(p.id);
      x.get(p.fp);
      this.guard();
      this.rarely();
      this.br(OP.brIf, this.s.open - this.parkAt);
    }
    if (node.kind === 'dispatch') {
      x.i32(0);
      this.x.set(p.state);
    }
    this.br(OP.br, this.s.loopLabel(header));
    this.open = false;
  }

  private branch(n: number, cond: Expr, yes: number, no: number, next: Next): number {
    const { x, out, s } = this;
    const yesPlain = this.plainJump(n, yes);
    const noPlain = this.plainJump(n, no);
    if (yesPlain && !(noPlain && yes === next)) {
      x.expr(cond);
      this.br(OP.brIf, this.depthOf(n, yes));
      return this.way(n, no, next);
    }
    if (noPlain) {
      x.not(cond);
      this.br(OP.brIf, this.depthOf(n, no));
      return this.way(n, yes, next);
    }
    // Two arms to write here. The one that ends the function goes first, so that the other needs no nesting.
    let first = yes;
    let second = no;
    if (!this.ends(yes) && (this.ends(no) || this.isBack(n, no))) {
      x.not(cond);
      first = no;
      second = yes;
    } else x.expr(cond);
    out.u8(OP.if);
    out.u8(TYPE.void);
    s.enter();
    const before = next >= 0 ? s.fallen[next]! : 0;
    const inPlace = this.way(n, first, next);
    if (inPlace >= 0) s.write(inPlace, next);
    if (next >= 0 && s.fallen[next]! > before) {
      out.u8(OP.else);
      const rest = this.way(n, second, next);
      if (rest >= 0) s.write(rest, next);
      this.end();
      s.leave();
      return -1;
    }
    this.end();
    s.leave();
    return this.way(n, second, next);
  }

  private ends(n: number): boolean {
    const node = this.g.nodes[n]!;
    return node.succs.length === 0;
  }
}

function mostFrequent(xs: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const x of xs) counts.set(x, (counts.get(x) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
}
