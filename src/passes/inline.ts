// Replaces calls of small functions by their bodies.
//
// Assumes: callees are cleaned up before their callers are looked at (index.ts goes by the call graph, callees first).
// Guarantees: the same behaviour and the same traces: statements keep their positions under the call's (Func.positions). Left alone are: functions that catch, have
// stack slots, look at frame pointers, or are marked noinline; calls around a cycle; bodies with loops of functions marked
// nosuspend (their loops must not get safepoints), and in such functions those of others (whose loops must); and, in functions that catch, bodies with calls in them (recover goes by
// who called whom) and with `throw`.

import type { Block, Expr, Func, Inlined, Local, Stmt, Term } from '../ir/ir.ts';
import { mapExpr, mapStmt, mapTerm, stmtOperands, termOperands, walkExpr } from '../ir/walk.ts';
import type { Pos } from '../syntax/nodes.ts';
import { termTargets } from './flow.ts';
import { isLive, type Liveness } from './liveness.ts';

/** Bodies up to this cost are always inlined. A call with two arguments and a result costs about 12. */
const smallCost = 24;
/** … and those that suspend themselves up to this: it saves the frame of the waiting call, and its resumption. */
const suspendingCost = 64;
/** Bodies up to this cost are inlined if this is their only call. */
const onceCost = 120;
/** Callers do not grow beyond this. */
const maxCaller = 8000;

/** What is known of a function that may be inlined. */
export interface Candidate {
  readonly fn: Func;
  readonly cost: number;
  readonly calls: boolean;
  readonly throws: boolean;
  /** it has a `suspend` */
  readonly suspends: boolean;
  readonly loops: boolean;
  /** locals that are zero at the start of each call */
  readonly zeroed: readonly Local[];
}

/** Says whether and how a function, already cleaned up, can be inlined. */
export function candidate(fn: Func, live: Liveness): Candidate | null {
  if (fn.noinline || fn.catchLocal || fn.slots.length > 0) return null;
  let cost = 0;
  let calls = false;
  let throws = false;
  let suspends = false;
  let loops = false;
  let ok = true;
  const visit = (x: Expr): void => {
    cost += x.kind === 'get' || x.kind === 'const' ? 0.5 : 1;
    if (x.kind === 'fp' || x.kind === 'calleefp') ok = false;
  };
  const operand = (x: Expr): void => walkExpr(x, visit);
  for (const b of fn.blocks) {
    cost += 1;
    for (const s of b.stmts) {
      stmtOperands(s, operand);
      switch (s.kind) {
        case 'suspend':
          suspends = true;
          cost += 2;
          break;
        case 'call':
          if (s.fn === fn) return null;
          calls = true;
          cost += 6;
          break;
        case 'callind':
          calls = true;
          cost += 8;
          break;
        case 'check':
          cost += 2;
          break;
        case 'set':
          cost += 0.5;
          break;
        default:
          cost += 2;
      }
      if (cost > onceCost) return null;
    }
    const t = b.term!;
    termOperands(t, operand);
    if (t.kind === 'throw') throws = true;
    if (t.kind === 'switch') cost += t.targets.length;
    for (const to of termTargets(t)) if (to.id <= b.id) loops = true;
  }
  if (!ok || (loops && fn.nosuspend)) return null;
  const zeroed: Local[] = [];
  for (let i = 0; i < live.locals.length; i++) {
    const l = live.locals[i]!;
    if (isLive(live.liveIn, 0, i) && !fn.params.includes(l)) zeroed.push(l);
  }
  return { fn, cost, calls, throws, suspends, loops, zeroed };
}

/** Inlines into fn what is worth it. `callCount` says how often a function is called or used as a value in the whole program. */
export function inlineCalls(
  fn: Func,
  candidates: ReadonlyMap<Func, Candidate>,
  callCount: ReadonlyMap<Func, number>,
): void {
  let grown = 0;
  const wanted = (s: Stmt): Candidate | null => {
    if (s.kind !== 'call') return null;
    const c = candidates.get(s.fn);
    if (!c || s.fn === fn) return null;
    if (fn.catchLocal && (c.calls || c.throws)) return null;
    if (fn.nosuspend && !s.fn.nosuspend && (c.loops || c.suspends)) return null;
    if (c.cost > (c.suspends ? suspendingCost : smallCost) && callCount.get(s.fn) !== 1) return null;
    if (grown + c.cost > maxCaller) return null;
    grown += c.cost;
    return c;
  };
  // Blocks appended while splitting are looked at again from where the split left off.
  for (let i = 0; i < fn.blocks.length; i++) {
    const b = fn.blocks[i]!;
    const old = b.stmts;
    // what has become of the statements so far, once one of them is replaced
    let out: Stmt[] | null = null;
    for (let k = 0; k < old.length; k++) {
      const s = old[k]!;
      const c = wanted(s);
      if (!c || s.kind !== 'call') {
        out?.push(s);
        continue;
      }
      const copy = new Copy(fn, c, s);
      out ??= old.slice(0, k);
      // a single block that jumps is a loop
      if (c.fn.blocks.length === 1 && termTargets(c.fn.blocks[0]!.term!).length === 0) {
        const body = copy.straight(c.fn.blocks[0]!);
        out.push(...copy.start(), ...body.stmts);
        if (!body.ends) continue;
        b.term = body.ends;
        break;
      }
      const rest = fn.newBlock();
      rest.stmts = old.slice(k + 1);
      rest.term = b.term;
      out.push(...copy.start());
      b.term = { kind: 'jump', to: copy.blocks(rest) };
      break;
    }
    if (out) b.stmts = out;
  }
}

/** One body on its way into a caller. */
class Copy {
  private readonly into: Func;
  private readonly from: Func;
  private readonly c: Candidate;
  private readonly call: Stmt & { kind: 'call' };
  private readonly locals = new Map<Local, Local>();
  private readonly places = new Map<Pos, Pos>();
  private readonly nodes = new Map<number, number>();

  constructor(into: Func, c: Candidate, call: Stmt & { kind: 'call' }) {
    this.into = into;
    this.from = c.fn;
    this.c = c;
    this.call = call;
  }

  private local(l: Local): Local {
    let n = this.locals.get(l);
    if (!n) {
      n = this.into.newLocal(l.type, l.name);
      this.locals.set(l, n);
    }
    return n;
  }

  private readonly expr = (x: Expr): Expr =>
    mapExpr(x, (y) => (y.kind === 'get' ? { kind: 'get', local: this.local(y.local) } : y));

  /** Parameters and locals that start as zero. */
  start(): Stmt[] {
    const out: Stmt[] = [];
    this.from.params.forEach((p, i) => {
      out.push({ kind: 'set', local: this.local(p), x: this.call.args[i]! });
    });
    for (const l of this.c.zeroed) {
      const type = l.type;
      out.push({ kind: 'set', local: this.local(l), x: { kind: 'const', type, value: type === 'i64' ? 0n : 0 } });
    }
    return out;
  }

  private stmt(s: Stmt): Stmt {
    let n = mapStmt(s, this.expr);
    if (n === s) n = { ...s };
    const results = (rs: readonly (Local | null)[]): (Local | null)[] => rs.map((r) => (r ? this.local(r) : null));
    switch (n.kind) {
      case 'set':
        return { ...n, local: this.local(n.local) };
      case 'call':
      case 'callind':
      case 'callrt':
      case 'callimport':
        return { ...n, results: results(n.results), pos: this.pos(n.pos) };
      case 'check':
      case 'suspend':
        return { ...n, pos: this.pos(n.pos) };
      case 'atomic':
        return { ...n, result: n.result ? this.local(n.result) : null };
      default:
        return n;
    }
  }

  private results(values: readonly Expr[]): Stmt[] {
    const out: Stmt[] = [];
    this.call.results.forEach((r, i) => {
      if (r) out.push({ kind: 'set', local: r, x: this.expr(values[i]!) });
    });
    return out;
  }

  /** A body of one block: its statements, with results assigned, or how the caller's block ends if it does not return. */
  straight(b: Block): { stmts: Stmt[]; ends: Term | null } {
    const stmts = b.stmts.map((s) => this.stmt(s));
    const t = b.term!;
    if (t.kind !== 'return') return { stmts, ends: this.term(t, null, null) };
    stmts.push(...this.results(t.values));
    return { stmts, ends: null };
  }

  /** Copies all blocks; returns go to `rest`. Answers the entry. */
  blocks(rest: Block): Block {
    const map = new Map<Block, Block>();
    for (const b of this.from.blocks) map.set(b, this.into.newBlock());
    for (const b of this.from.blocks) {
      const n = map.get(b)!;
      n.stmts = b.stmts.map((s) => this.stmt(s));
      const t = b.term!;
      if (t.kind === 'return') n.stmts.push(...this.results(t.values));
      n.term = this.term(t, map, rest);
    }
    return map.get(this.from.entry!)!;
  }

  private term(t: Term, map: ReadonlyMap<Block, Block> | null, rest: Block | null): Term {
    const n = mapTerm(t, this.expr);
    switch (n.kind) {
      case 'jump':
        return { kind: 'jump', to: map!.get(n.to)! };
      case 'if':
        return { kind: 'if', cond: n.cond, then: map!.get(n.then)!, else: map!.get(n.else)! };
      case 'switch':
        return { kind: 'switch', x: n.x, targets: n.targets.map((b) => map!.get(b)!), default: map!.get(n.default)! };
      case 'return':
        return { kind: 'jump', to: rest! };
      case 'throw':
        return { kind: 'throw', pos: this.pos(n.pos) };
      case 'unreachable':
        return n;
    }
  }

  // Positions.

  /** A position of the body as one of the caller's. */
  private pos(p: Pos): Pos {
    // Wrappers do not show in traces: what happens in them happens at the call.
    if (this.from.wrapper && p >= 0) return this.call.pos;
    let n = this.places.get(p);
    if (n === undefined) {
      const at = p < 0 ? this.from.positions[-1 - p]! : { inlined: -1, pos: p };
      this.into.positions.push({ inlined: this.node(at.inlined), pos: at.pos });
      n = -this.into.positions.length;
      this.places.set(p, n);
    }
    return n;
  }

  /** The inlined call a node of the body (-1: the body itself) becomes in the caller. */
  private node(inner: number): number {
    let n = this.nodes.get(inner);
    if (n === undefined) {
      const made: Inlined =
        inner < 0
          ? { name: this.from.name, pos: this.from.pos, call: this.call.pos }
          : { ...this.from.inlined[inner]!, call: this.pos(this.from.inlined[inner]!.call) };
      this.into.inlined.push(made);
      n = this.into.inlined.length - 1;
      this.nodes.set(inner, n);
    }
    return n;
  }
}
