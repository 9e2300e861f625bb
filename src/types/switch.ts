// Expression switches and type switches.
//
// Source: Go specification, "Switch statements"; wording of gc 1.26.

import type { Expr, SwitchStmt, TypeSwitchStmt } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import { assignment, localVar } from './assignments.ts';
import type { Checker } from './checker.ts';
import * as constant from './constant.ts';
import { declare } from './decl.ts';
import { ErrorDesc } from './errors.ts';
import { expr, typeAssertion } from './expr.ts';
import { Operand } from './operand.ts';
import { comparison } from './operators.ts';
import { opPos, startPos, unparen } from './positions.ts';
import { comparable, hasNil, identical, isInterface, isTypeParam, isValid } from './predicates.ts';
import { invalidType, recordDef } from './record.ts';
import { bodyOf, Ctx, inScope, multipleDefaults, stmtList } from './stmt.ts';
import { Kind, Mode, type Type, type Var } from './types.ts';
import { varType } from './typexpr.ts';
import { Typ } from './universe.ts';
import { convertUntyped } from './untyped.ts';

interface SeenValue {
  readonly pos: number;
  readonly type: Type;
}

/** The switch after its init statement. */
export function switchStmt(c: Checker, s: SwitchStmt): void {
  const x = new Operand();
  if (s.tag) {
    expr(c, null, x, s.tag);
    assignment(c, x, null, 'switch expression');
    if (x.mode !== Mode.Invalid && !comparable(x.typ) && !hasNil(x.typ)) {
      c.error(x, `cannot switch on ${c.opstr(x)} (${c.str(x.typ)} is not comparable)`);
      x.invalidate();
    }
  } else {
    const pos = s.body[0]?.pos ?? s.rbrace;
    x.mode = Mode.Constant;
    x.typ = Typ[Kind.Bool]!;
    x.val = constant.makeBool(true);
    x.expr = { kind: 'Ident', pos, tv: null, name: 'true', obj: null, isDef: false, inst: null };
  }
  multipleDefaults(c, s.body, (cc) => cc.list === null);
  const seen = new Map<string | number | bigint, SeenValue[]>();
  bodyOf(c, s, false, () => {
    s.body.forEach((clause, i) => {
      if (clause.list) caseValues(c, x, clause.list, seen);
      inScope(c, clause, 'case', () => {
        stmtList(c, i + 1 < s.body.length ? Ctx.Fallthrough : Ctx.FinalCase, clause.body);
      });
    });
  });
}

function caseValues(
  c: Checker,
  x: Operand,
  values: readonly Expr[],
  seen: Map<string | number | bigint, SeenValue[]>,
): void {
  for (const e of values) {
    const v = new Operand();
    expr(c, null, v, e);
    if (x.mode === Mode.Invalid || v.mode === Mode.Invalid) continue;
    convertUntyped(c, v, x.typ);
    if (v.invalid) continue;
    const res = v.clone();
    comparison(c, res, x, T.EQL, true);
    if (res.mode === Mode.Invalid || v.mode !== Mode.Constant) continue;
    const val = goValue(v.val!);
    if (val === null) continue;
    const list = seen.get(val);
    const prev = list?.find((t) => identical(v.typ, t.type));
    if (prev) {
      const err = new ErrorDesc().add(startPos(e), `duplicate case ${c.opstr(v)} in expression switch`);
      err.add(prev.pos, 'previous case');
      c.report(err);
      continue;
    }
    const entry = { pos: opPos(e), type: v.typ };
    if (list) list.push(entry);
    else seen.set(val, [entry]);
  }
}

/** The constant as a map key; null for kinds gc does not look for duplicates of. */
function goValue(v: constant.Value): string | number | bigint | null {
  switch (v.kind) {
    case 'int': {
      const i = constant.int64Val(v);
      if (i.exact) return i.value;
      const u = constant.uint64Val(v);
      return u.exact ? u.value : null;
    }
    case 'rat':
    case 'float':
      return constant.float64Val(v);
    case 'string':
      return constant.stringVal(v);
    default:
      return null;
  }
}

/** The switch after its init statement. */
export function typeSwitchStmt(c: Checker, s: TypeSwitchStmt): void {
  let lhs = s.bind;
  if (lhs) {
    if (lhs.name === '_') {
      c.softError(lhs, 'no new variable on left side of :=');
      lhs = null;
    } else recordDef(lhs, null);
  }
  let sx: Operand | null = null;
  const x = new Operand();
  expr(c, null, x, s.x);
  if (x.mode !== Mode.Invalid) {
    if (isTypeParam(x.typ)) c.error(x, `cannot use type switch on type parameter value ${c.opstr(x)}`);
    else if (isInterface(x.typ)) sx = x;
    else c.error(x, `${c.opstr(x)} is not an interface`);
  }
  multipleDefaults(c, s.body, (cc) => cc.list === null);

  const vars: Var[] = [];
  const seen: { type: Type | null; e: Expr }[] = [];
  bodyOf(c, s, false, () => {
    for (const clause of s.body) {
      const t = caseTypes(c, sx, clause.list ?? [], seen);
      inScope(c, clause, 'case', () => {
        if (lhs) {
          const v = localVar(c, lhs.pos, lhs.name, t);
          const locals = c.env.locals;
          c.env.locals = null;
          declare(c, c.env.scope, null, v, clause.colon);
          c.env.locals = locals;
          clause.obj = v;
          vars.push(v);
        }
        stmtList(c, 0, clause.body);
      });
    }
  });
  // the variables of the clauses count as one; function literals have been checked by now
  if (lhs && !vars.some((v) => v.used)) c.softError(lhs, `${lhs.name} declared and not used`);
}

function caseTypes(
  c: Checker,
  x: Operand | null,
  types: readonly Expr[],
  seen: { type: Type | null; e: Expr }[],
): Type {
  let t: Type | null = null;
  for (const e of types) {
    if (isNilExpr(c, e)) {
      t = null;
      expr(c, null, new Operand(), e);
    } else {
      t = varType(c, e);
      if (!isValid(t)) continue;
    }
    const cur: Type | null = t;
    const other = seen.find((o) => (o.type === null ? cur === null : cur !== null && identical(o.type, cur)));
    if (other) {
      const err = new ErrorDesc().add(startPos(e), `duplicate case ${cur ? c.str(cur) : 'nil'} in type switch`);
      err.add(startPos(other.e), 'previous case');
      c.report(err);
      continue;
    }
    seen.push({ type: cur, e });
    if (x && cur) typeAssertion(c, e, x, cur, true);
  }
  if (types.length === 1 && t) return t;
  return x ? x.typ : invalidType;
}

function isNilExpr(c: Checker, e: Expr): boolean {
  const id = unparen(e);
  return id.kind === 'Ident' && c.lookup(id.name)?.tag === 'Nil';
}
