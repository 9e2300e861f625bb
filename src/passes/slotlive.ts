// Which pointer words of stack objects are live where.
//
// Assumes: blocks are in reverse postorder and reachable; the passes that change statements are done.
// Guarantees: a word that the function itself may read before it writes it is live. An object is `kept` if its address may be in a local, an argument or
// other memory: then it lives on for as long as a live pointer leads to it, which only the collector can say (docs/ABI.md, "Resume table").
// Of an object whose address becomes a number nothing can be said, so it is live everywhere.
// Source: Go's cmd/compile/internal/liveness and the stack objects of its runtime.

import type { Block, Expr, Func, Slot, Stmt } from '../ir/ir.ts';
import { stmtOperands, termOperands } from '../ir/walk.ts';
import { handlerBlock, solve } from './liveness.ts';

/** Objects of more pointer words live and die as one. */
const maxWords = 64;

export interface SlotWord {
  readonly slot: Slot;
  readonly off: number;
}

/** What lives and dies together: a word, or all of an object. */
interface Unit {
  readonly off: number;
  readonly end: number;
  readonly words: readonly SlotWord[];
}

interface Units {
  readonly first: number;
  readonly list: readonly Unit[];
}

/** How an operand's value is used. */
const asAddress = 0;
const asPointer = 1;
const asNumber = 2;

export class SlotLiveness {
  /** objects whose addresses may be anywhere */
  readonly kept = new Set<Slot>();
  private readonly pinned = new Set<Slot>();
  private readonly objects = new Map<Slot, Units>();
  private readonly units: Unit[] = [];
  private readonly words: number;
  private readonly liveIn: Int32Array;
  private readonly liveOut: Int32Array;
  private readonly handler: Int32Array | null;
  /** the set that uses and kills change */
  private cur: Int32Array;

  constructor(fn: Func) {
    for (const slot of fn.slots) {
      if (slot.ptrs.length === 0) continue;
      const words = slot.ptrs.map((off): SlotWord => ({ slot, off }));
      const list: Unit[] =
        words.length > maxWords
          ? [{ off: slot.ptrs[0]!, end: slot.ptrs[slot.ptrs.length - 1]! + 8, words }]
          : words.map((w) => ({ off: w.off, end: w.off + 8, words: [w] }));
      this.objects.set(slot, { first: this.units.length, list });
      this.units.push(...list);
    }
    const words = (this.units.length + 31) >>> 5;
    this.words = words;
    const nb = fn.blocks.length;
    const use = new Int32Array(nb * words);
    const def = new Int32Array(nb * words);
    const killed = new Int32Array(words);
    for (const b of fn.blocks) {
      // Backwards: what is live at the start if nothing is at the end, and if everything is.
      this.cur = use.subarray(b.id * words, b.id * words + words);
      termOperands(b.term!, this.number);
      for (let i = b.stmts.length - 1; i >= 0; i--) this.step(b.stmts[i]!, killed);
      def.set(killed, b.id * words);
      killed.fill(0);
    }
    const { liveIn, liveOut } = solve(fn, words, use, def);
    this.liveIn = liveIn;
    this.liveOut = liveOut;
    this.handler = null;
    if (fn.catchLocal) {
      const from = handlerBlock(fn).id * words;
      const handler = liveIn.slice(from, from + words);
      this.handler = handler;
      for (let i = 0; i < liveIn.length; i++) {
        liveIn[i]! |= handler[i % words]!;
        liveOut[i]! |= handler[i % words]!;
      }
    }
    this.cur = new Int32Array(words);
  }

  /** What is live at the start of a block. */
  atStart(b: Block): SlotWord[] {
    return this.collect(this.liveIn, b.id * this.words);
  }

  /** What a caught panic finds. */
  atPanic(): SlotWord[] {
    return this.handler ? this.collect(this.handler, 0) : [];
  }

  /** Calls f for each statement of the block that is wanted, last first, with what is live behind it. */
  behind(b: Block, wanted: (i: number) => boolean, f: (i: number, live: SlotWord[]) => void): void {
    const { words } = this;
    this.cur.set(this.liveOut.subarray(b.id * words, b.id * words + words));
    termOperands(b.term!, this.number);
    for (let i = b.stmts.length - 1; i >= 0; i--) {
      if (wanted(i)) f(i, this.collect(this.cur, 0));
      this.step(b.stmts[i]!, null);
      if (this.handler) for (let w = 0; w < words; w++) this.cur[w]! |= this.handler[w]!;
    }
  }

  private collect(set: Int32Array, base: number): SlotWord[] {
    const out: SlotWord[] = [];
    for (let w = 0; w < this.words; w++) {
      for (let v = set[base + w]!; v !== 0; v &= v - 1) {
        const { words } = this.units[w * 32 + (31 - Math.clz32(v & -v))]!;
        if (!this.pinned.has(words[0]!.slot)) out.push(...words);
      }
    }
    for (const slot of this.pinned) for (const off of slot.ptrs) out.push({ slot, off });
    return out;
  }

  /** What is live in front of a statement, from what is behind it. */
  private step(s: Stmt, killed: Int32Array | null): void {
    switch (s.kind) {
      case 'store':
        if (s.addr.kind !== 'slot') this.visit(s.addr, asAddress);
        else if (isWord(s.mem)) this.kill(s.addr.slot, s.addr.off + s.off, 8, killed);
        this.visit(s.x, s.mem === 'ptr' ? asPointer : asNumber);
        break;
      case 'fill':
        this.written(s.dst, s.n, killed);
        this.visit(s.byte, asNumber);
        this.visit(s.n, asNumber);
        break;
      case 'copy':
        this.written(s.dst, s.n, killed);
        if (s.src.kind === 'slot' && s.n.kind === 'const') this.use(s.src.slot, s.src.off, s.n.value as number);
        else this.visit(s.src, asAddress);
        this.visit(s.n, asNumber);
        break;
      case 'atomic':
        this.visit(s.addr, asAddress);
        for (const a of s.args) this.visit(a, asNumber);
        break;
      case 'vardef':
        this.kill(s.slot, 0, s.slot.size, killed);
        break;
      case 'set':
        this.visit(s.x, s.local.type === 'ptr' ? asPointer : asNumber);
        break;
      default:
        stmtOperands(s, this.pointer);
    }
  }

  private written(dst: Expr, n: Expr, killed: Int32Array | null): void {
    if (dst.kind !== 'slot') this.visit(dst, asAddress);
    else if (n.kind === 'const') this.kill(dst.slot, dst.off, n.value as number, killed);
  }

  private readonly number = (x: Expr): void => this.visit(x, asNumber);
  private readonly pointer = (x: Expr): void => this.visit(x, asPointer);

  private visit(x: Expr, as: number): void {
    switch (x.kind) {
      case 'slot':
        if (!this.objects.has(x.slot)) break;
        this.use(x.slot, 0, x.slot.size);
        if (as === asPointer) this.kept.add(x.slot);
        else if (as === asNumber) this.pinned.add(x.slot);
        break;
      case 'load':
        if (x.addr.kind === 'slot') this.use(x.addr.slot, x.addr.off + x.off, 8);
        else this.visit(x.addr, asAddress);
        break;
      case 'un':
        this.visit(x.x, asNumber);
        break;
      case 'bin': {
        const sums = x.op === 'i32.add' || x.op === 'i32.sub';
        this.visit(x.x, sums ? as : asNumber);
        this.visit(x.y, sums ? as : asNumber);
        break;
      }
      case 'select':
        this.visit(x.x, as);
        this.visit(x.y, as);
        this.visit(x.cond, asNumber);
        break;
    }
  }

  private use(slot: Slot, off: number, n: number): void {
    const o = this.objects.get(slot);
    if (!o) return;
    o.list.forEach((u, i) => {
      if (u.off >= off + n || u.end <= off) return;
      const bit = o.first + i;
      this.cur[bit >>> 5]! |= 1 << (bit & 31);
    });
  }

  private kill(slot: Slot, off: number, n: number, killed: Int32Array | null): void {
    const o = this.objects.get(slot);
    if (!o) return;
    o.list.forEach((u, i) => {
      if (u.off < off || u.end > off + n) return;
      const bit = o.first + i;
      this.cur[bit >>> 5]! &= ~(1 << (bit & 31));
      if (killed) killed[bit >>> 5]! |= 1 << (bit & 31);
    });
  }
}

function isWord(mem: string): boolean {
  return mem === 'ptr' || mem === 'i64' || mem === 'f64';
}
