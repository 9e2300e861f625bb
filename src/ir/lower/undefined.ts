// What the linker says of functions that are called, or used as values, and have no body anywhere.
//
// Guarantees: one line for each function, or datum, that refers to one, in the program's order; as of gc's linker no more than 20.

import type { DataSym, Func, Program, Stmt } from '../ir.ts';
import { stmtOperands, termOperands, walkExpr } from '../walk.ts';

const most = 20;

/** symbols: of the functions without a body. */
export function undefinedReferences(program: Program, symbols: ReadonlyMap<Func, string>): string[] {
  if (symbols.size === 0) return [];
  const lines = new Set<string>();
  const refer = (from: string, to: DataSym | Func): void => {
    const symbol = symbols.get(to as Func);
    if (symbol !== undefined) lines.add(`${from}: relocation target ${symbol} not defined`);
  };
  // Where gc has a function's value refer to its code, ours refers to a thunk that has the function's name.
  const thunks = new Map<Func, string>();
  for (const d of program.data) for (const r of d.relocs) if (r.kind === 'func') thunks.set(r.target as Func, d.name);
  for (const f of program.funcs) {
    const value = thunks.get(f);
    const from = value === `${f.name}·f` && f.wrapper && !/wrap\d+$/.test(f.name) ? value : f.name;
    eachReference(f, (to) => refer(from, to));
  }
  for (const d of program.data) for (const r of d.relocs) refer(d.name, r.target);
  const list = [...lines];
  return list.length > most ? [...list.slice(0, most), 'too many errors'] : list;
}

function eachReference(f: Func, found: (to: Func) => void): void {
  const operand = (x: Parameters<typeof walkExpr>[0]): void =>
    walkExpr(x, (y) => {
      if (y.kind === 'funcidx') found(y.fn);
    });
  const statement = (s: Stmt): void => {
    if (s.kind === 'call') found(s.fn);
    stmtOperands(s, operand);
  };
  for (const b of f.blocks) {
    b.stmts.forEach(statement);
    if (b.term) termOperands(b.term, operand);
  }
}
