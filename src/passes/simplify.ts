// Replaces locals by what they are copies of, and folds operands.
//
// Assumes: blocks in reverse postorder, with dominators. Guarantees: a local that is set once, to a constant, an address or
// another local that is set once, is replaced wherever its only assignment dominates the use; within a block this also holds for copies of locals that are set
// several times, as long as neither changes; an indirect call through static data is direct. The assignments stay for passes/dead.ts.

import { type Expr, Func, type Local, type Stmt } from '../ir/ir.ts';
import { mapExpr, mapStmt, mapTerm } from '../ir/walk.ts';
import { foldCond, foldTop } from './fold.ts';
import { eachDef } from './liveness.ts';

/** Number of assignments of each local, by id; parameters count as assigned once. */
export function countDefs(fn: Func): Int32Array {
  const defs = new Int32Array(fn.locals.length);
  for (const p of fn.params) defs[p.id]!++;
  if (fn.catchLocal) defs[fn.catchLocal.id]! += 2;
  const count = (l: Local): void => {
    defs[l.id]!++;
  };
  for (const b of fn.blocks) for (const s of b.stmts) eachDef(s, count);
  return defs;
}

/** Numbers of a walk over the dominator tree: a dominates b just if first[a] <= first[b] && last[b] <= last[a]. */
export class DomTree {
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly children: number[][];

  constructor(idom: Int32Array) {
    const n = idom.length;
    this.first = new Int32Array(n);
    this.last = new Int32Array(n);
    this.children = Array.from({ length: n }, () => []);
    for (let b = 1; b < n; b++) this.children[idom[b]!]!.push(b);
    let clock = 0;
    const stack = [0];
    const at = [0];
    while (stack.length > 0) {
      const b = stack[stack.length - 1]!;
      const i = at[at.length - 1]!;
      if (i === 0) this.first[b] = clock++;
      const c = this.children[b]!;
      if (i < c.length) {
        at[at.length - 1] = i + 1;
        stack.push(c[i]!);
        at.push(0);
      } else {
        this.last[b] = clock;
        stack.pop();
        at.pop();
      }
    }
  }

  dominates(a: number, b: number): boolean {
    return this.first[a]! <= this.first[b]! && this.last[b]! <= this.last[a]!;
  }
}

export function simplify(fn: Func, dom: DomTree): void {
  const defs = countDefs(fn);
  const n = fn.locals.length;
  /** what a local set once can be replaced by, and the block it is set in */
  const value: (Expr | null)[] = new Array(n).fill(null);
  const home = new Int32Array(n).fill(-1);
  /** copies that hold in the current block only */
  const copy: (Local | null)[] = new Array(n).fill(null);
  const copyStamp = new Int32Array(n);
  const version = new Int32Array(n);
  const copyVersion = new Int32Array(n);
  let stamp = 0;
  let block = 0;

  const replace = (x: Expr): Expr => {
    if (x.kind !== 'get') return foldTop(x);
    const id = x.local.id;
    const v = value[id];
    if (v && dom.dominates(home[id]!, block)) return v;
    const c = copy[id];
    if (c && copyStamp[id] === stamp && copyVersion[id] === version[c.id]) return { kind: 'get', local: c };
    return x;
  };
  const operand = (x: Expr): Expr => mapExpr(x, replace);
  const assigned = (l: Local): void => {
    version[l.id]!++;
    copy[l.id] = null;
  };

  for (const b of fn.blocks) {
    block = b.id;
    stamp++;
    const { stmts } = b;
    for (let i = 0; i < stmts.length; i++) {
      let s: Stmt = mapStmt(stmts[i]!, operand);
      if (s.kind === 'check') {
        const cond = foldCond(s.cond);
        if (cond !== s.cond) s = { ...s, cond };
      } else if (s.kind === 'store' && s.addr.kind === 'bin' && s.addr.op === 'i32.add') {
        const y = s.addr.y;
        if (y.kind === 'const' && (y.value as number) >= 0)
          s = { ...s, addr: s.addr.x, off: s.off + (y.value as number) };
      }
      if (s.kind === 'callind') s = direct(s);
      stmts[i] = s;
      eachDef(s, assigned);
      if (s.kind !== 'set') continue;
      const { local, x } = s;
      if (defs[local.id] === 1) {
        if (isCheap(x) || (x.kind === 'get' && defs[x.local.id] === 1 && sameCollected(local, x.local))) {
          value[local.id] = x;
          home[local.id] = block;
        }
      }
      if (x.kind === 'get' && x.local !== local && sameCollected(local, x.local)) {
        copy[local.id] = x.local;
        copyStamp[local.id] = stamp;
        copyVersion[local.id] = version[x.local.id]!;
      }
    }
    const t = mapTerm(b.term!, operand);
    if (t.kind === 'if') {
      const cond = foldCond(t.cond);
      b.term = cond === t.cond ? t : { kind: 'if', cond, then: t.then, else: t.else };
    } else b.term = t;
  }
}

/** A call of what a closure object or itab in static data names; these are never written. */
function direct(s: Stmt & { kind: 'callind' }): Stmt {
  const t = s.target;
  if (t.kind !== 'load' || t.addr.kind !== 'addr') return s;
  const off = t.addr.off + t.off;
  for (const r of t.addr.sym.relocs) {
    if (r.off !== off || r.kind !== 'func' || !(r.target instanceof Func)) continue;
    if (r.target.params.length !== s.args.length) return s;
    return { kind: 'call', fn: r.target, args: s.args, results: s.results, pos: s.pos };
  }
  return s;
}

/** A copy from a ptr to an i32 must not replace it, nor the other way: only the ptr keeps the object alive. */
function sameCollected(a: Local, b: Local): boolean {
  return a.type === b.type;
}

/** As short to write as reading a local. */
function isCheap(x: Expr): boolean {
  switch (x.kind) {
    case 'const':
      return (
        x.type === 'i32' ||
        x.type === 'ptr' ||
        (x.type === 'i64' && (x.value as bigint) >= -0x80000000n && (x.value as bigint) < 0x80000000n)
      );
    case 'addr':
    case 'funcidx':
    case 'slot':
      return true;
    default:
      return false;
  }
}
