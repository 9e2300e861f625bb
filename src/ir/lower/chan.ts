// Channel operations outside of select.
//
// Source: Go specification, "Receive operator", "Send statements".

import type { SendStmt, UnaryExpr } from '../../syntax/nodes.ts';
import type { Chan, Type } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { type Expr, nil } from '../ir.ts';
import { addrExpr } from './builder.ts';
import { expr, exprAs, exprCopy } from './expr.ts';
import { inMemory } from './layout.ts';
import type { FuncState } from './state.ts';

export function chanElem(t: Type): Type {
  return (under(t) as Chan).elem;
}

export function sendStmt(f: FuncState, s: SendStmt): void {
  const b = f.b;
  const elem = chanElem(f.typeOf(s.chan));
  const c = expr(f, s.chan)[0]!;
  const value = inMemory(elem) ? exprCopy(f, s.value, elem)[0]! : b.toMemory(elem, exprAs(f, s.value, elem));
  b.pos = s.pos;
  b.runtime('chansend1', [c, value]);
}

/** <-c */
export function recvExpr(f: FuncState, e: UnaryExpr): Expr[] {
  return recv(f, expr(f, e.x)[0]!, chanElem(f.typeOf(e.x)), e.pos);
}

export function recv(f: FuncState, c: Expr, elem: Type, pos: number): Expr[] {
  const b = f.b;
  const slot = b.tempSlot(elem);
  b.pos = pos;
  b.runtime('chanrecv1', [c, addrExpr(slot)]);
  return b.load(elem, slot);
}

/** <-c, its value thrown away */
export function recvDiscard(f: FuncState, e: UnaryExpr): void {
  const c = expr(f, e.x)[0]!;
  f.b.pos = e.pos;
  f.b.runtime('chanrecv1', [c, nil]);
}

/** v, ok := <-c */
export function recvOk(f: FuncState, e: UnaryExpr): { value: Expr[]; ok: Expr } {
  const b = f.b;
  const elem = chanElem(f.typeOf(e.x));
  const c = expr(f, e.x)[0]!;
  const slot = b.tempSlot(elem);
  b.pos = e.pos;
  const ok = b.runtime('chanrecv2', [c, addrExpr(slot)])[0]!;
  return { value: b.load(elem, slot), ok };
}
