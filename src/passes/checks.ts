// Removes nil, bounds and other checks that cannot fail where they stand, and decides branches that are decided already.
//
// Assumes: blocks in reverse postorder with dominators; operands simplified (passes/simplify.ts), so that equal values have equal trees.
// Guarantees: a check goes only if its condition is known to be false: because a dominating check or branch tested the same
// locals, because the operands' ranges exclude it (constants, masks, narrow loads, locals that only count up from 0), or both.
// What is known of a local that is set several times holds until it is set, and along blocks with one predecessor.
// Source: the scoped facts of "A Simple Algorithm for Global Value Numbering" by dominator walk, and Go's own prove pass for the kinds of facts.

import type { Expr, Func, Local } from '../ir/ir.ts';
import type { Flow } from './flow.ts';
import { eachDef } from './liveness.ts';
import { countDefs, type DomTree } from './simplify.ts';

/** A condition reduced to one of three tests, possibly negated. */
interface Atom {
  readonly key: string;
  readonly holds: boolean;
  /** for lt: operands */
  readonly op: 'lt_s' | 'lt_u' | 'eq' | 'true';
  readonly x: Expr;
  readonly y: Expr | null;
}

export function removeChecks(fn: Func, flow: Flow, dom: DomTree): void {
  if (!worthwhile(fn)) return;
  new Checks(fn, flow, dom).run();
}

function worthwhile(fn: Func): boolean {
  for (const b of fn.blocks) for (const s of b.stmts) if (s.kind === 'check') return true;
  return false;
}

/** functions of the runtime that never return nil */
const alwaysThere = new Set(['getg', 'getmx', 'getp']);

class Checks {
  private readonly fn: Func;
  private readonly flow: Flow;
  private readonly dom: DomTree;
  private readonly defs: Int32Array;
  private readonly rising: Uint8Array;
  private readonly version: Int32Array;
  /** versions below this one are as good as this one */
  private epoch = 0;
  private clock = 0;
  private readonly facts = new Map<string, boolean>();
  private readonly undo: (() => void)[] = [];

  constructor(fn: Func, flow: Flow, dom: DomTree) {
    this.fn = fn;
    this.flow = flow;
    this.dom = dom;
    this.defs = countDefs(fn);
    this.rising = nonNegative(fn);
    this.version = new Int32Array(fn.locals.length);
  }

  run(): void {
    const stack: number[] = [0];
    const marks: number[] = [];
    const entered = new Uint8Array(this.fn.blocks.length);
    while (stack.length > 0) {
      const b = stack[stack.length - 1]!;
      if (entered[b]) {
        stack.pop();
        const mark = marks.pop()!;
        while (this.undo.length > mark) this.undo.pop()!();
        continue;
      }
      entered[b] = 1;
      marks.push(this.undo.length);
      this.block(b);
      const children = this.dom.children[b]!;
      for (let i = children.length - 1; i >= 0; i--) stack.push(children[i]!);
    }
  }

  private block(id: number): void {
    const b = this.fn.blocks[id]!;
    const preds = this.flow.preds[id]!;
    if (preds.length === 1 && id > 0) {
      const p = this.fn.blocks[preds[0]!]!;
      const t = p.term!;
      // The only predecessor is the dominator, whose versions and facts are still in force.
      if (t.kind === 'if' && t.then !== t.else) this.learn(t.cond, t.then === b);
    } else {
      const before = this.epoch;
      this.epoch = ++this.clock;
      this.undo.push(() => {
        this.epoch = before;
      });
    }
    const assigned = (l: Local): void => {
      if (this.defs[l.id] === 1) return;
      const before = this.version[l.id]!;
      this.version[l.id] = ++this.clock;
      this.undo.push(() => {
        this.version[l.id] = before;
      });
    };
    for (let i = 0; i < b.stmts.length; i++) {
      const s = b.stmts[i]!;
      if (s.kind === 'check') {
        const known = this.known(s.cond);
        if (known === false) b.stmts[i] = { ...s, cond: { kind: 'const', type: 'i32', value: 0 } };
        else this.learn(s.cond, false);
      } else eachDef(s, assigned);
      if (s.kind === 'callrt' && alwaysThere.has(s.name) && s.results[0])
        this.learn({ kind: 'get', local: s.results[0] }, true);
    }
    const t = b.term!;
    if (t.kind === 'if' && t.cond.kind !== 'const') {
      const known = this.known(t.cond);
      if (known !== null)
        b.term = { kind: 'if', cond: { kind: 'const', type: 'i32', value: known ? 1 : 0 }, then: t.then, else: t.else };
    }
  }

  // Conditions.

  private atom(c: Expr): Atom | null {
    let holds = true;
    for (;;) {
      if (c.kind === 'un' && c.op === 'i32.eqz') {
        holds = !holds;
        c = c.x;
      } else break;
    }
    if (c.kind === 'bin') {
      const t = c.op.charAt(0);
      if (t === 'f') return null;
      const name = c.op.slice(4);
      let { x, y } = c;
      let op: Atom['op'];
      switch (name) {
        case 'lt_s':
        case 'lt_u':
          op = name;
          break;
        case 'ge_s':
        case 'ge_u':
          op = name === 'ge_s' ? 'lt_s' : 'lt_u';
          holds = !holds;
          break;
        case 'gt_s':
        case 'gt_u':
          op = name === 'gt_s' ? 'lt_s' : 'lt_u';
          [x, y] = [y, x];
          break;
        case 'le_s':
        case 'le_u':
          op = name === 'le_s' ? 'lt_s' : 'lt_u';
          [x, y] = [y, x];
          holds = !holds;
          break;
        case 'ne':
          holds = !holds;
          op = 'eq';
          break;
        case 'eq':
          op = 'eq';
          break;
        default:
          return this.truth(c, holds);
      }
      const kx = this.key(x);
      const ky = this.key(y);
      if (kx === null || ky === null) return null;
      return { key: `${op} ${kx} ${ky}`, holds, op, x, y };
    }
    if (c.kind === 'un' && c.op === 'i64.eqz') {
      const k = this.key(c.x);
      return k === null ? null : { key: `eq ${k} 0`, holds, op: 'eq', x: c.x, y: zero64 };
    }
    return this.truth(c, holds);
  }

  private truth(c: Expr, holds: boolean): Atom | null {
    const k = this.key(c);
    return k === null ? null : { key: `true ${k}`, holds, op: 'true', x: c, y: null };
  }

  /** A name for the value of an operand, null if it is not one that stays (loads). */
  private key(x: Expr): string | null {
    switch (x.kind) {
      case 'const':
        return `${x.value}`;
      case 'get': {
        const id = x.local.id;
        if (this.defs[id] === 1) return `v${id}`;
        return `v${id}.${Math.max(this.version[id]!, this.epoch)}`;
      }
      case 'un': {
        const k = this.key(x.x);
        return k === null ? null : `(${x.op} ${k})`;
      }
      case 'bin': {
        const a = this.key(x.x);
        if (a === null) return null;
        const b = this.key(x.y);
        return b === null ? null : `(${x.op} ${a} ${b})`;
      }
      case 'addr':
        return `&${x.sym.name}+${x.off}`;
      case 'slot':
        return `s${this.fn.slots.indexOf(x.slot)}+${x.off}`;
      case 'fp':
      case 'calleefp':
        return x.kind;
      default:
        return null;
    }
  }

  private learn(c: Expr, outcome: boolean): void {
    // Both operands of a conjunction that holds, neither of a disjunction that does not.
    if (
      c.kind === 'bin' &&
      ((c.op === 'i32.and' && outcome && isTest(c.x) && isTest(c.y)) || (c.op === 'i32.or' && !outcome))
    ) {
      this.learn(c.x, outcome);
      this.learn(c.y, outcome);
    }
    const a = this.atom(c);
    if (!a) return;
    const value = a.holds === outcome;
    this.note(a.key, value);
    if (a.op === 'eq' && a.y?.kind === 'const' && (a.y.value === 0 || a.y.value === 0n))
      this.note(`true ${a.key.slice(3, -2)}`, !value);
  }

  private note(key: string, value: boolean): void {
    if (this.facts.get(key) === value) return;
    const before = this.facts.get(key);
    this.facts.set(key, value);
    this.undo.push(() => {
      if (before === undefined) this.facts.delete(key);
      else this.facts.set(key, before);
    });
  }

  /** The outcome of a condition if it is known. */
  private known(c: Expr): boolean | null {
    if (c.kind === 'const') return c.value !== 0;
    const a = this.atom(c);
    if (!a) {
      // Operands that do not stay may still have a range.
      if (c.kind === 'bin' && (c.op === 'i64.ge_u' || c.op === 'i32.ge_u') && this.below(c.x, c.y)) return false;
      return null;
    }
    const fact = this.facts.get(a.key);
    if (fact !== undefined) return fact === a.holds;
    const y = a.y;
    switch (a.op) {
      case 'true':
        return isThere(a.x) ? a.holds : null;
      case 'lt_u':
        if (this.below(a.x, y!)) return a.holds;
        return null;
      case 'lt_s':
        if (y!.kind === 'const' && (y!.value === 0 || y!.value === 0n) && this.isNonNegative(a.x)) return !a.holds;
        // x < y is false where y < x or y <= x is known.
        if (this.facts.get(`lt_s ${this.key(y!)} ${this.key(a.x)}`) === true) return !a.holds;
        return null;
      default:
        return null;
    }
  }

  /** Known: x < y as unsigned numbers. */
  private below(x: Expr, y: Expr): boolean {
    const max = maxUnsigned(x);
    if (max !== null && y.kind === 'const') return max < BigInt.asUintN(64, BigInt(y.value));
    const kx = this.key(x);
    const ky = this.key(y);
    if (kx === null || ky === null) return false;
    if (this.facts.get(`lt_s ${kx} ${ky}`) === true && this.isNonNegative(x)) return true;
    return false;
  }

  private isNonNegative(x: Expr): boolean {
    const max = maxUnsigned(x);
    if (max !== null && max < 1n << 31n) return true;
    if (x.kind === 'get') {
      if (this.rising[x.local.id]) return true;
      if (this.facts.get(`lt_s ${this.key(x)} 0`) === false) return true;
    }
    return false;
  }
}

/** No object lies so few bytes before the end of memory that a smaller offset into it could lead round to nil. */
const maxOffset = 1 << 16;

/** An address that is not nil: of something that always is, or of what lies behind the beginning of an object. */
function isThere(x: Expr): boolean {
  switch (x.kind) {
    case 'addr':
    case 'slot':
    case 'fp':
    case 'calleefp':
      return true;
    case 'bin':
      return x.op === 'i32.add' && isPointer(x.x) && x.y.kind === 'const' && x.y.value > 0 && x.y.value < maxOffset;
    default:
      return false;
  }
}

function isPointer(x: Expr): boolean {
  return (x.kind === 'get' && x.local.type === 'ptr') || (x.kind === 'load' && x.mem === 'ptr');
}

const zero64: Expr = { kind: 'const', type: 'i64', value: 0n };

function isTest(x: Expr): boolean {
  if (x.kind === 'bin') {
    const name = x.op.slice(4);
    return name === 'eq' || name === 'ne' || /^[lg][te](_|$)/.test(name);
  }
  return x.kind === 'un' && (x.op === 'i32.eqz' || x.op === 'i64.eqz');
}

/** A bound on the value as an unsigned number, from its form alone. */
function maxUnsigned(x: Expr): bigint | null {
  switch (x.kind) {
    case 'const':
      if (typeof x.value === 'bigint') return BigInt.asUintN(64, x.value);
      return x.value >= 0 && Number.isInteger(x.value) ? BigInt(x.value) : null;
    case 'load':
      switch (x.mem) {
        case 'u8':
        case 'u8as64':
          return 255n;
        case 'u16':
        case 'u16as64':
          return 65535n;
        case 'u32as64':
          return 0xffffffffn;
        default:
          return null;
      }
    case 'un':
      if (x.op === 'i64.extend_i32_u') return maxUnsigned(x.x) ?? 0xffffffffn;
      if (x.op === 'i32.wrap_i64' || x.op === 'i64.extend_i32_s') {
        const m = maxUnsigned(x.x);
        return m !== null && m < 1n << 31n ? m : null;
      }
      return null;
    case 'bin': {
      const name = x.op.slice(4);
      if (name === 'and') {
        const a = maxUnsigned(x.x);
        const b = maxUnsigned(x.y);
        if (a === null) return b;
        return b !== null && b < a ? b : a;
      }
      if (name === 'shr_u' && x.y.kind === 'const') {
        const bits = x.op.charAt(1) === '6' ? 64n : 32n;
        const shift = BigInt(x.y.value) & (bits - 1n);
        const m = maxUnsigned(x.x);
        return (m ?? (1n << bits) - 1n) >> shift;
      }
      if (name === 'rem_u') {
        const m = maxUnsigned(x.y);
        return m !== null && x.y.kind === 'const' && m > 0n ? m - 1n : null;
      }
      if (name === 'add') {
        const a = maxUnsigned(x.x);
        const b = maxUnsigned(x.y);
        if (a !== null && b !== null && a + b < 1n << 31n) return a + b;
      }
      return null;
    }
    default:
      return null;
  }
}

/**
 * Locals (i64 and i32) that are never negative: every value they are given is a constant of 0 or more, another such local, or one of
 * these plus a small constant. Counting past the largest number that way would take centuries.
 */
function nonNegative(fn: Func): Uint8Array {
  const ok = new Uint8Array(fn.locals.length).fill(1);
  for (const p of fn.params) ok[p.id] = 0;
  const good = (x: Expr, type: string): boolean => {
    switch (x.kind) {
      case 'const':
        return x.value >= 0;
      case 'get':
        return ok[x.local.id] === 1;
      case 'bin':
        if (type === 'i64' && x.op === 'i64.add') {
          return good(x.x, type) && x.y.kind === 'const' && x.y.value >= 0 && x.y.value <= 1024;
        }
        if (x.op === 'i64.shr_s' || x.op === 'i32.shr_s') return good(x.x, type);
        if ((x.op === 'i64.div_s' || x.op === 'i32.div_s') && x.y.kind === 'const' && x.y.value > 0)
          return good(x.x, type);
        break;
    }
    const m = maxUnsigned(x);
    return m !== null && m < 1n << 31n;
  };
  for (const b of fn.blocks) {
    for (const s of b.stmts) if (s.kind !== 'set') eachDef(s, (l) => void (ok[l.id] = 0));
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const b of fn.blocks) {
      for (const s of b.stmts) {
        if (s.kind !== 'set' || ok[s.local.id] === 0 || good(s.x, s.local.type)) continue;
        ok[s.local.id] = 0;
        changed = true;
      }
    }
  }
  return ok;
}
