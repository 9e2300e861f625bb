// Expression switches and type switches.
//
// Guarantees: cases are tried in source order, unless they are constants, whose order cannot be seen: many integer
// constants become a jump table or a binary search, many strings are first told apart by length.
// Source: Go specification, "Switch statements".

import type { Expr as Ast, CaseClause, SwitchStmt, TypeSwitchStmt } from '../../syntax/nodes.ts';
import { T } from '../../syntax/token.ts';
import * as constant from '../../types/constant.ts';
import { Mode, type Type, type TypeAndValue, type Var } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { type Block, bin, type Expr, i64, un } from '../ir.ts';
import { isEmptyInterface } from './compare.ts';
import { intValue } from './constants.ts';
import { compareValues, condJump, expr } from './expr.ts';
import { assertTypeOk, fromDataWord, typeWord } from './interface.ts';
import { inMemory } from './layout.ts';
import { isString, numKind, toI32, toI64 } from './numeric.ts';
import type { FuncState } from './state.ts';
import { stmt, stmts, withTarget } from './stmt.ts';

export function switchStmt(f: FuncState, s: SwitchStmt): void {
  const b = f.b;
  if (s.init) stmt(f, s.init);
  const after = b.newBlock();
  const bodies = s.body.map(() => b.newBlock());
  const def = s.body.findIndex((c) => c.list === null);
  const otherwise = def >= 0 ? bodies[def]! : after;
  if (s.tag) tagSwitch(f, s, s.tag, bodies, otherwise);
  else {
    s.body.forEach((c, i) => {
      for (const x of c.list ?? []) {
        const next = b.newBlock();
        const mark = b.mark();
        condJump(f, x, bodies[i]!, next);
        b.release(mark);
        b.enter(next);
      }
    });
    b.jump(otherwise);
  }
  withTarget(f, s, { brk: after, cont: null }, () => {
    s.body.forEach((c, i) => {
      b.resume(bodies[i]!);
      stmts(f, c.body);
      b.jump(fallsThrough(c) ? bodies[i + 1]! : after);
    });
  });
  b.resume(after);
}

function fallsThrough(c: CaseClause): boolean {
  const last = c.body.findLast((s) => s.kind !== 'EmptyStmt');
  return last?.kind === 'BranchStmt' && last.tok === T.FALLTHROUGH;
}

interface Case {
  readonly x: Ast;
  readonly body: Block;
}

function tagSwitch(f: FuncState, s: SwitchStmt, tag: Ast, bodies: readonly Block[], otherwise: Block): void {
  const b = f.b;
  const t = f.typeOf(tag);
  const tagTV = tag.tv as TypeAndValue;
  let x: readonly Expr[];
  if (inMemory(t)) {
    const slot = b.tempSlot(t);
    b.copy(t, slot, expr(f, tag)[0]!);
    x = [slot.base];
  } else x = b.freezeAll(expr(f, tag));
  const cases: Case[] = s.body.flatMap((c, i) => (c.list ?? []).map((e) => ({ x: e, body: bodies[i]! })));
  const constants = cases.every(
    (c) => (c.x.tv as TypeAndValue).value !== null && (c.x.tv as TypeAndValue).mode === Mode.Constant,
  );
  if (constants && !tagTV.value && cases.length >= 4) {
    const k = numKind(t);
    if (k?.class === 'int') {
      intSwitch(f, toI64(k, x[0]!), k.signed, cases, otherwise);
      return;
    }
    if (isString(t)) {
      stringSwitch(f, t, x, cases, otherwise);
      return;
    }
  }
  linear(f, t, x, cases);
  b.jump(otherwise);
}

function linear(f: FuncState, t: Type, x: readonly Expr[], cases: readonly Case[]): void {
  const b = f.b;
  for (const c of cases) {
    const next = b.newBlock();
    const mark = b.mark();
    b.pos = c.x.pos;
    b.branch(compareValues(f, t, x, c.x), c.body, next);
    b.release(mark);
    b.enter(next);
  }
}

interface IntCase {
  readonly value: bigint;
  readonly body: Block;
}

/** Tables are made of up to this many entries, at most a quarter of them unused ones. */
const maxTable = 1024n;
const minTable = 6;

function intSwitch(f: FuncState, x: Expr, signed: boolean, cases: readonly Case[], otherwise: Block): void {
  const seen = new Set<bigint>();
  const sorted: IntCase[] = [];
  for (const c of cases) {
    const value = intValue((c.x.tv as TypeAndValue).value!, signed);
    if (seen.has(value)) continue;
    seen.add(value);
    sorted.push({ value, body: c.body });
  }
  sorted.sort((p, q) => (p.value < q.value ? -1 : 1));
  search(f, f.b.hold(x), signed, sorted, otherwise);
}

function search(f: FuncState, x: Expr, signed: boolean, cases: readonly IntCase[], otherwise: Block): void {
  const b = f.b;
  const n = cases.length;
  if (n >= minTable) {
    const low = cases[0]!.value;
    const span = cases[n - 1]!.value - low + 1n;
    if (span <= maxTable && span <= BigInt(4 * n)) {
      const targets = Array.from({ length: Number(span) }, () => otherwise);
      for (const c of cases) targets[Number(c.value - low)] = c.body;
      const i = b.hold(low === 0n ? x : bin('i64.sub', x, i64(low)));
      const inside = b.newBlock();
      b.branch(bin('i64.lt_u', i, i64(span)), inside, otherwise);
      b.enter(inside);
      b.switch(toI32(i), targets, otherwise);
      return;
    }
  }
  if (n <= 4) {
    for (const c of cases) {
      const next = b.newBlock();
      b.branch(bin('i64.eq', x, i64(c.value)), c.body, next);
      b.enter(next);
    }
    b.jump(otherwise);
    return;
  }
  const mid = n >> 1;
  const less = b.newBlock();
  const more = b.newBlock();
  b.branch(bin(signed ? 'i64.lt_s' : 'i64.lt_u', x, i64(cases[mid]!.value)), less, more);
  b.enter(less);
  search(f, x, signed, cases.slice(0, mid), otherwise);
  b.enter(more);
  search(f, x, signed, cases.slice(mid), otherwise);
}

function stringSwitch(f: FuncState, t: Type, x: readonly Expr[], cases: readonly Case[], otherwise: Block): void {
  const b = f.b;
  const byLen = new Map<number, Case[]>();
  for (const c of cases) {
    const n = constant.stringVal((c.x.tv as TypeAndValue).value!).length;
    const group = byLen.get(n);
    if (group) group.push(c);
    else byLen.set(n, [c]);
  }
  const groups = [...byLen].map(([n, list]) => ({ value: BigInt(n), body: b.newBlock(), list }));
  groups.sort((p, q) => (p.value < q.value ? -1 : 1));
  search(f, x[1]!, false, groups, otherwise);
  for (const g of groups) {
    b.enter(g.body);
    linear(f, t, x, g.list);
    b.jump(otherwise);
  }
}

export function typeSwitchStmt(f: FuncState, s: TypeSwitchStmt): void {
  const b = f.b;
  if (s.init) stmt(f, s.init);
  const t = f.typeOf(s.x);
  const x = b.freezeAll(expr(f, s.x));
  const typ = isEmptyInterface(t) ? x[0]! : b.hold(typeWord(t, x[0]!), 'ptr');
  const after = b.newBlock();
  const bodies = s.body.map(() => b.newBlock());
  let otherwise: Block = after;
  s.body.forEach((c, i) => {
    if (!c.list) {
      otherwise = bodies[i]!;
      return;
    }
    for (const e of c.list) {
      const next = b.newBlock();
      const tv = e.tv as TypeAndValue;
      b.pos = e.pos;
      if (tv.mode === Mode.Nil || tv.mode !== Mode.TypExpr) b.branch(un('i32.eqz', x[0]!), bodies[i]!, next);
      else {
        const to = f.env.subst(tv.type);
        if (under(to).tag === 'Interface') {
          const r = assertTypeOk(f, x, t, to);
          if (c.list.length === 1 && c.obj) f.clauseValues.set(c, b.holdAll(r.value));
          b.branch(r.ok, bodies[i]!, next);
        } else b.branch(bin('i32.eq', typ, { kind: 'addr', sym: f.ctx.typeDesc(to), off: 0 }), bodies[i]!, next);
      }
      b.enter(next);
    }
  });
  b.jump(otherwise);
  withTarget(f, s, { brk: after, cont: null }, () => {
    s.body.forEach((c, i) => {
      b.resume(bodies[i]!);
      if (c.obj) declareClauseVar(f, c, x);
      stmts(f, c.body);
      b.jump(after);
    });
  });
  b.resume(after);
}

/** Declares the clause's own variable with the value it has there. */
function declareClauseVar(f: FuncState, c: CaseClause, x: readonly Expr[]): void {
  const v = c.obj as unknown as Var;
  const one = c.list?.length === 1 ? c.list[0]! : null;
  const tv = one?.tv as TypeAndValue | undefined;
  if (!tv || tv.mode !== Mode.TypExpr) {
    f.declare(v, x);
    return;
  }
  const known = f.clauseValues.get(c);
  const to = f.env.subst(tv.type);
  f.declare(v, known ?? (under(to).tag === 'Interface' ? x : fromDataWord(f, to, x[1]!)));
}
