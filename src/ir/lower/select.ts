// Select statements.
//
// Guarantees: channels and values to be sent are evaluated once, in source order; the place a received value goes to is
// evaluated only if its case is chosen.
// Source: Go specification, "Select statements"; the arguments of selectgo are those of Go's runtime.

import type { AssignStmt, CommClause, SelectStmt, UnaryExpr } from '../../syntax/nodes.ts';
import { Kind, type Type } from '../../types/types.ts';
import { Typ } from '../../types/universe.ts';
import { type Block, type Expr, i32, i64, nil } from '../ir.ts';
import { assignValues, isBlank, target } from './assign.ts';
import { type Addr, addrExpr } from './builder.ts';
import { chanElem } from './chan.ts';
import { expr, exprAs, exprInto, unparen } from './expr.ts';
import { inMemory } from './layout.ts';
import { toI32 } from './numeric.ts';
import type { FuncState } from './state.ts';
import { stmt, stmts, withTarget } from './stmt.ts';

/** A communication, its operands evaluated. */
interface Comm {
  readonly clause: CommClause;
  readonly send: boolean;
  readonly chan: Expr;
  readonly elem: Type;
  /** null: the received value is not wanted */
  readonly slot: Addr | null;
  readonly assign: AssignStmt | null;
}

export function selectStmt(f: FuncState, s: SelectStmt): void {
  const b = f.b;
  const def = s.body.find((c) => !c.comm) ?? null;
  const clauses = s.body.filter((c) => c.comm);
  const after = b.newBlock();
  if (clauses.length === 0) {
    if (!def) {
      b.runtime('block', []);
      b.unreachable();
      return;
    }
    withTarget(f, s, { brk: after, cont: null }, () => stmts(f, def.body));
    b.jump(after);
    b.resume(after);
    return;
  }
  if (clauses.length === 1 && !def) {
    const comm = clauses[0]!.comm!;
    if (comm.kind === 'AssignStmt') receiveOne(f, s, clauses[0]!, after);
    else {
      withTarget(f, s, { brk: after, cont: null }, () => {
        stmt(f, comm);
        stmts(f, clauses[0]!.body);
      });
      b.jump(after);
    }
    b.resume(after);
    return;
  }
  const comms = clauses.map((c) => communication(f, c));
  b.pos = s.pos;
  if (comms.length === 1) tryOne(f, s, comms[0]!, def!, after);
  else chooseOne(f, s, comms, def, after);
  b.resume(after);
}

function communication(f: FuncState, clause: CommClause): Comm {
  const b = f.b;
  const s = clause.comm!;
  if (s.kind === 'SendStmt') {
    const elem = chanElem(f.typeOf(s.chan));
    const chan = b.hold(expr(f, s.chan)[0]!, 'ptr');
    const slot = b.tempSlot(elem);
    if (inMemory(elem)) exprInto(f, s.value, elem, slot);
    else b.store(elem, slot, exprAs(f, s.value, elem));
    return { clause, send: true, chan, elem, slot, assign: null };
  }
  const assign = s.kind === 'AssignStmt' ? s : null;
  const x = unparen(assign ? assign.rhs[0]! : (s as { x: UnaryExpr }).x) as UnaryExpr;
  const elem = chanElem(f.typeOf(x.x));
  const chan = b.hold(expr(f, x.x)[0]!, 'ptr');
  const wanted = assign !== null && !isBlank(assign.lhs[0]!);
  return { clause, send: false, chan, elem, slot: wanted ? b.tempSlot(elem) : null, assign };
}

const elemPtr = (c: Comm): Expr => (c.slot ? addrExpr(c.slot) : nil);

function body(f: FuncState, s: SelectStmt, c: Comm, ok: Expr, after: Block): void {
  const b = f.b;
  if (c.assign) {
    const value = c.slot ? b.load(c.elem, c.slot) : [];
    const { lhs } = c.assign;
    const targets = lhs.map((e) => (isBlank(e) || (e.kind === 'Ident' && e.isDef) ? null : target(f, e, true)));
    assignValues(f, lhs, targets, [value, [ok]], [c.elem, Typ[Kind.Bool]!]);
  }
  withTarget(f, s, { brk: after, cont: null }, () => stmts(f, c.clause.body));
  b.jump(after);
}

/** A receive alone: no statement, as the place is evaluated after it. */
function receiveOne(f: FuncState, s: SelectStmt, clause: CommClause, after: Block): void {
  const b = f.b;
  const c = communication(f, clause);
  b.pos = s.pos;
  body(f, s, c, b.runtime('chanrecv2', [c.chan, elemPtr(c)])[0]!, after);
}

/** One communication and a default. */
function tryOne(f: FuncState, s: SelectStmt, c: Comm, def: CommClause, after: Block): void {
  const b = f.b;
  const yes = b.newBlock();
  const no = b.newBlock();
  let ok: Expr = i32(0);
  if (c.send) b.branch(b.runtime('selectnbsend', [c.chan, elemPtr(c)])[0]!, yes, no);
  else {
    const r = b.runtime('selectnbrecv', [elemPtr(c), c.chan]);
    ok = r[1]!;
    b.branch(r[0]!, yes, no);
  }
  b.resume(yes);
  body(f, s, c, ok, after);
  b.resume(no);
  withTarget(f, s, { brk: after, cont: null }, () => stmts(f, def.body));
  b.jump(after);
}

function chooseOne(f: FuncState, s: SelectStmt, comms: readonly Comm[], def: CommClause | null, after: Block): void {
  const b = f.b;
  const n = comms.length;
  const ptrs = comms.flatMap((_, i) => [16 * i, 16 * i + 8]);
  const cases = b.rawTempSlot(16 * n, ptrs);
  const order = b.rawTempSlot(4 * n, []);
  // sends come first, receives last
  const sends = comms.filter((c) => c.send).length;
  const numbers: number[] = [];
  let nextSend = 0;
  let nextRecv = n;
  for (const c of comms) numbers.push(c.send ? nextSend++ : --nextRecv);
  comms.forEach((c, i) => {
    b.storeScalar('ptr', cases, 16 * numbers[i]!, c.chan);
    b.storeScalar('ptr', cases, 16 * numbers[i]! + 8, elemPtr(c));
  });
  const args = [addrExpr(cases), addrExpr(order), nil, i64(sends), i64(n - sends), i32(def ? 0 : 1)];
  const [chosen, ok] = b.runtime('selectgo', args) as [Expr, Expr];
  const targets: Block[] = [];
  const blocks = comms.map((_, i) => {
    const bl = b.newBlock();
    targets[numbers[i]!] = bl;
    return bl;
  });
  // -1: nothing was ready
  const otherwise = b.newBlock();
  b.switch(toI32(chosen), targets, otherwise);
  comms.forEach((c, i) => {
    b.resume(blocks[i]!);
    body(f, s, c, ok, after);
  });
  b.resume(otherwise);
  if (def) {
    withTarget(f, s, { brk: after, cont: null }, () => stmts(f, def.body));
    b.jump(after);
  } else b.unreachable();
}
