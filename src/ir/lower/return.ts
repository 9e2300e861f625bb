// Return statements, and the end of a function.
//
// Guarantees: all values are evaluated before any result variable changes.
// Source: Go specification, "Return statements".

import type { ReturnStmt } from '../../syntax/nodes.ts';
import { type Expr, get } from '../ir.ts';
import { tuple } from './assign.ts';
import { hasLoad, heapAddr, mentions } from './builder.ts';
import { assignConv } from './convert.ts';
import { exprAs, exprCopy, exprInto } from './expr.ts';
import { inMemory } from './layout.ts';
import { leaveTo } from './rangefunc.ts';
import type { FuncState, ResultInfo } from './state.ts';

export function returnStmt(f: FuncState, s: ReturnStmt): void {
  const home = f.home;
  const b = f.b;
  if (s.results.length === 0) {
    if (f !== home) leaveTo(f, { kind: 'return', stmt: null });
    else returnNamed(f);
    return;
  }
  const rs = home.results;
  if (f === home && !f.exit && rs.length === 1 && !f.namedResults && rs[0]!.ptr) {
    exprInto(f, s.results[0]!, rs[0]!.type, heapAddr(get(rs[0]!.ptr)));
    b.pos = s.pos;
    b.ret([]);
    return;
  }
  let values: Expr[][];
  if (s.results.length !== rs.length) {
    const t = tuple(f, s.results[0]!, null);
    values = t.values.map((v, i) => assignConv(f, v, t.types[i]!, rs[i]!.type));
  } else
    values = s.results.map((e, i) =>
      inMemory(rs[i]!.type) && rs.length > 1 ? exprCopy(f, e, rs[i]!.type) : exprAs(f, e, rs[i]!.type),
    );
  b.pos = s.pos;
  if (f !== home) {
    setResults(f, values);
    leaveTo(f, { kind: 'return', stmt: null });
    return;
  }
  if (f.exit) {
    setResults(f, values);
    b.jump(f.exit);
    return;
  }
  if (rs.some((r) => r.storage?.kind === 'mem' && !r.ptr)) {
    // closures may have captured the result variables
    setResults(f, values);
    returnNamed(f);
    return;
  }
  const scalars: Expr[] = [];
  values.forEach((v, i) => {
    const { type, ptr } = rs[i]!;
    if (ptr) b.store(type, heapAddr(get(ptr)), v);
    else scalars.push(...v);
  });
  b.ret(scalars);
}

/** Stores values in the result variables, all at once. */
function setResults(f: FuncState, values: readonly (readonly Expr[])[]): void {
  const b = f.b;
  const places = f.home.results.map((r, i) => f.resultStorage(i) ?? r.storage!);
  const locals = places.flatMap((p) => (p.kind === 'reg' ? [...p.locals] : []));
  let first = true;
  const safe = values.map((v) =>
    v.map((x) => {
      const hazard = !first && (hasLoad(x) || locals.some((l) => mentions(x, l)));
      first = false;
      return hazard ? b.freeze(x) : x;
    }),
  );
  places.forEach((p, i) => {
    f.write(p, safe[i]!);
  });
}

/** Returns what the result variables hold. */
export function returnNamed(f: FuncState): void {
  if (f.exit) f.b.jump(f.exit);
  else returnResults(f);
}

/** The return itself, after deferred calls. */
export function returnResults(f: FuncState): void {
  const b = f.b;
  const scalars: Expr[] = [];
  for (const r of f.results) {
    const s = r.storage!;
    if (!r.ptr) scalars.push(...f.read(s));
    else if (!isResultMemory(r)) b.store(r.type, heapAddr(get(r.ptr)), f.read(s));
  }
  b.ret(scalars);
}

/** The variable is in the caller's memory already. */
function isResultMemory(r: ResultInfo): boolean {
  return r.storage?.kind === 'mem' && r.storage.addr.base.kind === 'get' && r.storage.addr.base.local === r.ptr;
}
