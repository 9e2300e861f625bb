// Escape analysis: statements.
//
// Guarantees: a location made in a loop has a greater depth than what is outside of the loop; the code behind a label
// counts as a loop.
// Source: cmd/compile/internal/escape (Go's compiler).

import type { AssignStmt, CaseClause, Expr, RangeStmt, Stmt, TypeSwitchStmt } from '../../../syntax/nodes.ts';
import { T } from '../../../syntax/token.ts';
import { boolVal } from '../../../types/constant.ts';
import { Mode, type Type, type TypeAndValue, type Var } from '../../../types/types.ts';
import { under } from '../../../types/under.ts';
import { unparen } from '../expr.ts';
import { isDirectIface } from '../layout.ts';
import type { Analysis } from './analyse.ts';
import { flowCall } from './calls.ts';
import { deref, type Hole } from './graph.ts';

const varOf = (e: Expr): Var => (e as { obj: unknown }).obj as Var;
const isNew = (e: Expr | null): e is Expr => e?.kind === 'Ident' && e.isDef && e.name !== '_';

export function stmtFlow(a: Analysis, s: Stmt): void {
  const { g } = a;
  switch (s.kind) {
    case 'DeclStmt':
      if (s.decl.tok !== T.VAR) return;
      for (const spec of s.decl.specs) if (spec.kind === 'ValueSpec') assignAll(a, spec.names, spec.values, true);
      return;
    case 'LabeledStmt':
      a.loopDepth++;
      a.block([s.stmt]);
      return;
    case 'ExprStmt':
      a.discard(s.x);
      return;
    case 'SendStmt': {
      a.discard(s.chan);
      const u = under(a.typeOf(s.chan));
      if (u.tag === 'Chan') a.assign(g.heapHole, s.value, u.elem);
      return;
    }
    case 'IncDecStmt':
      a.target(s.x);
      return;
    case 'AssignStmt':
      assignStmt(a, s);
      return;
    case 'GoStmt':
      flowCall(a, [], unparen(s.call) as Expr & { kind: 'CallExpr' }, 'go');
      return;
    case 'DeferStmt':
      flowCall(
        a,
        [],
        unparen(s.call) as Expr & { kind: 'CallExpr' },
        a.openDefers && a.loopDepth === 1 ? 'defer' : 'go',
      );
      return;
    case 'ReturnStmt': {
      a.returned(s);
      const ks = a.results.map((l) => a.hole(l));
      flowValues(a, ks, a.resultTypes, s.results);
      return;
    }
    case 'BlockStmt':
      a.block(s.list);
      return;
    case 'IfStmt': {
      if (s.init) a.block([s.init]);
      const value = (s.cond.tv as TypeAndValue).value;
      a.discard(s.cond);
      // what is never executed is not compiled either
      if (!value || boolVal(value)) a.block(s.body.list);
      if (s.else && (!value || !boolVal(value))) a.block([s.else]);
      return;
    }
    case 'SwitchStmt':
      if (s.init) a.block([s.init]);
      if (s.tag) a.discard(s.tag);
      for (const c of s.body) {
        for (const x of c.list ?? []) a.discard(x);
        a.block(c.body);
      }
      return;
    case 'TypeSwitchStmt':
      typeSwitch(a, s);
      return;
    case 'SelectStmt':
      for (const c of s.body) {
        if (c.comm) a.block([c.comm]);
        a.block(c.body);
      }
      return;
    case 'ForStmt': {
      a.loopDepth++;
      // the variables of each iteration are its own
      if (s.init) a.block([s.init]);
      if (s.cond) a.discard(s.cond);
      a.block(s.body.list);
      if (s.post) a.block([s.post]);
      a.loopDepth--;
      return;
    }
    case 'RangeStmt':
      range(a, s);
      return;
    default:
      return;
  }
}

function assignStmt(a: Analysis, s: AssignStmt): void {
  if (s.tok === T.ASSIGN || s.tok === T.DEFINE) {
    assignAll(a, s.lhs, s.rhs, s.tok === T.DEFINE);
    return;
  }
  // the result of an operator holds no pointer but for strings, which are in the heap
  a.target(s.lhs[0]!);
  a.discard(s.rhs[0]!);
}

function assignAll(a: Analysis, lhs: readonly Expr[], rhs: readonly Expr[], define: boolean): void {
  const holes: Hole[] = [];
  const types: (Type | null)[] = [];
  for (const place of lhs) {
    const e = unparen(place);
    if (define && isNew(e)) {
      const v = varOf(e);
      holes.push(a.hole(a.declare(v)));
      types.push(a.env.subst(v.type!));
      const i = holes.length - 1;
      if (rhs.length === lhs.length) a.initialisers.set(v, { value: rhs[i]!, index: 0 });
      else if (rhs.length === 1) a.initialisers.set(v, { value: rhs[0]!, index: i });
    } else if (e.kind === 'Ident' && e.name === '_') {
      holes.push(a.g.discardHole);
      types.push(null);
    } else {
      holes.push(a.target(e));
      // a variable that := only assigns has no record of its own
      types.push(e.kind === 'Ident' ? a.env.subst(varOf(e).type!) : a.typeOf(e));
    }
  }
  flowValues(a, holes, types, rhs);
}

/** Values, or those of one expression of several, flow to places of these types (null: their own). */
function flowValues(
  a: Analysis,
  holes: readonly Hole[],
  types: readonly (Type | null)[],
  values: readonly Expr[],
): void {
  if (values.length === holes.length) {
    values.forEach((e, i) => {
      const t = types[i];
      if (t) a.assign(holes[i]!, e, t);
      else a.expr(holes[i]!, e);
    });
    return;
  }
  const x = values[0] && unparen(values[0]);
  if (!x) return;
  switch (x.kind) {
    case 'CallExpr': {
      const t = a.typeOf(x);
      const own = t.tag === 'Tuple' ? t.vars.map((v) => v.type!) : [t];
      const ks = holes.map((k, i) => converted(a, k, own[i]!, types[i] ?? null));
      flowCall(a, ks, x, 'now');
      return;
    }
    case 'TypeAssertExpr': {
      const to = a.env.subst((x.type!.tv as TypeAndValue).type);
      const k = converted(a, holes[0]!, to, types[0] ?? null);
      a.expr(under(to).tag === 'Interface' || isDirectIface(to) ? k : deref(k), x.x);
      return;
    }
    default:
      // from a map or a channel
      a.discard(x);
  }
}

/** Where a value of type `from` goes that is converted to `to` on its way to k. */
function converted(a: Analysis, k: Hole, from: Type, to: Type | null): Hole {
  return to && under(to).tag === 'Interface' && under(from).tag !== 'Interface' ? a.boxed(k, from) : k;
}

function typeSwitch(a: Analysis, s: TypeSwitchStmt): void {
  if (s.init) a.block([s.init]);
  const ks: Hole[] = [];
  for (const c of s.body) {
    if (!c.obj) continue;
    const k = a.hole(a.declare(c.obj as unknown as Var));
    ks.push(clauseHole(a, c, k));
  }
  a.expr(a.tee(...ks), s.x);
  for (const c of s.body) a.block(c.body);
}

function clauseHole(a: Analysis, c: CaseClause, k: Hole): Hole {
  const one = c.list?.length === 1 ? (c.list[0]!.tv as TypeAndValue) : null;
  if (!one || one.mode !== Mode.TypExpr) return k;
  const t = a.env.subst(one.type);
  return under(t).tag === 'Interface' || isDirectIface(t) ? k : deref(k);
}

function range(a: Analysis, s: RangeStmt): void {
  const u = under(a.typeOf(s.x));
  if (u.tag === 'Signature') {
    a.inLoop(() => a.rangeFunc(s));
    return;
  }
  a.loopDepth++;
  const place = (e: Expr | null): Hole => (!e ? a.g.discardHole : isNew(e) ? a.hole(a.declare(varOf(e))) : a.target(e));
  place(s.key);
  const k = place(s.value);
  a.loopDepth--;
  switch (u.tag) {
    case 'Array':
      a.expr(k, s.x);
      break;
    case 'Slice':
    case 'Pointer':
      a.expr(deref(k), s.x);
      break;
    default:
      a.discard(s.x);
  }
  a.loopDepth++;
  a.block(s.body.list);
  a.loopDepth--;
}
