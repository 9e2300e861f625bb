// Which functions and data a program needs: everything reachable from its roots through calls, function values and references in data.
//
// Guarantees: the order of the input is kept; what the program's lists forgot comes behind.

import { DataSym, type Expr, Func, type Program } from '../ir/ir.ts';
import { stmtOperands, termOperands, walkExpr } from '../ir/walk.ts';

export interface Reached {
  readonly funcs: Func[];
  readonly data: DataSym[];
  /** names of runtime functions called */
  readonly runtime: Set<string>;
  /** functions called directly by some function */
  readonly called: Set<Func>;
  /** functions used as values */
  readonly valued: Set<Func>;
}

export function reach(program: Program, roots: readonly Func[], rootData: readonly DataSym[]): Reached {
  const funcs = new Set<Func>();
  const data = new Set<DataSym>();
  const runtime = new Set<string>();
  const called = new Set<Func>();
  const valued = new Set<Func>();
  const work: (Func | DataSym)[] = [];
  const addFunc = (f: Func): void => {
    if (funcs.has(f)) return;
    funcs.add(f);
    work.push(f);
  };
  const addData = (d: DataSym): void => {
    if (data.has(d)) return;
    data.add(d);
    work.push(d);
  };
  const visit = (x: Expr): void => {
    if (x.kind === 'addr') addData(x.sym);
    else if (x.kind === 'funcidx') {
      addFunc(x.fn);
      valued.add(x.fn);
    }
  };
  const operand = (x: Expr): void => walkExpr(x, visit);
  for (const r of roots) addFunc(r);
  for (const d of rootData) addData(d);
  while (work.length > 0) {
    const item = work.pop()!;
    if (item instanceof Func) {
      for (const b of item.blocks) {
        for (const s of b.stmts) {
          stmtOperands(s, operand);
          if (s.kind === 'call' || s.kind === 'check') {
            addFunc(s.fn);
            called.add(s.fn);
          } else if (s.kind === 'callrt') runtime.add(s.name);
        }
        termOperands(b.term!, operand);
      }
    } else {
      for (const r of item.relocs) {
        if (r.target instanceof DataSym) addData(r.target);
        else {
          addFunc(r.target);
          valued.add(r.target);
        }
      }
    }
  }
  return { funcs: inOrder(program.funcs, funcs), data: inOrder(program.data, data), runtime, called, valued };
}

function inOrder<T>(list: readonly T[], wanted: ReadonlySet<T>): T[] {
  const out = new Set<T>();
  for (const x of list) if (wanted.has(x)) out.add(x);
  for (const x of wanted) out.add(x);
  return [...out];
}
