// What the checker writes on the tree.
//
// An expression whose constant or boolean value has no final type yet gets a record that says so (`untyped`), with the
// default type already in place; settling the type later is an assignment to that record, so nothing has to be swept
// up in the end. Source: go/types' Info, stored in the slots of the nodes.

import type { Expr, Ident, Pos, SelectorExpr } from '../syntax/nodes.ts';
import type { Checker } from './checker.ts';
import type { Value } from './constant.ts';
import type { Operand } from './operand.ts';
import { defaultType, isUntyped } from './predicates.ts';
import {
  type Basic,
  type Func,
  type Instance,
  Kind,
  Mode,
  type Obj,
  type Selection,
  type Signature,
  Tuple,
  type Type,
  type TypeAndValue,
  Var,
} from './types.ts';
import { Typ } from './universe.ts';

export class ExprRecord implements TypeAndValue {
  mode: Mode;
  type: Type;
  value: Value | null;
  /** its untyped type, while the final one is not known */
  untyped: Basic | null;
  /** it is the left operand of a shift whose type is not known yet */
  isLhs = false;
  constructor(mode: Mode, type: Type, value: Value | null, untyped: Basic | null) {
    this.mode = mode;
    this.type = type;
    this.value = value;
    this.untyped = untyped;
  }
}

const emptyTuple = new Tuple([]);

/** Records x for its expression. */
export function record(x: Operand): void {
  const e = x.expr!;
  switch (x.mode) {
    case Mode.Invalid:
      return;
    case Mode.NoValue:
      e.tv = new ExprRecord(Mode.NoValue, emptyTuple, null, null);
      return;
    default: {
      const val = x.mode === Mode.Constant ? x.val : null;
      if (isUntyped(x.typ)) e.tv = new ExprRecord(x.mode, defaultType(x.typ), val, x.typ as Basic);
      else e.tv = new ExprRecord(x.mode, x.typ, val, null);
    }
  }
}

/** Records a final mode, type and value for e. */
export function recordTypeAndValue(e: Expr, mode: Mode, type: Type, value: Value | null): void {
  if (mode === Mode.Invalid) return;
  e.tv = new ExprRecord(mode, isUntyped(type) ? defaultType(type) : type, value, null);
}

/** The record of e if its type is not settled. */
export function untypedRecord(e: Expr): ExprRecord | null {
  const r = e.tv as ExprRecord | null;
  return r?.untyped ? r : null;
}

/** Records the signature a builtin is called with. */
export function recordBuiltin(f: Expr, sig: Signature): void {
  for (;;) {
    recordTypeAndValue(f, Mode.Builtin, sig, null);
    if (f.kind !== 'ParenExpr') return;
    f = f.x;
  }
}

/** Records that e is used where two values are wanted. */
export function recordCommaOk(c: Checker, e: Expr, t0: Type, t1: Type): void {
  for (;;) {
    const old = e.tv as ExprRecord | null;
    const pos = e.pos;
    const vars = [t0, t1].map((t) => new Var(pos, c.pkg, '', t, 'local'));
    e.tv = new ExprRecord(old ? old.mode : Mode.Value, new Tuple(vars), null, null);
    if (e.kind !== 'ParenExpr') return;
    e = e.x;
  }
}

/** Records the type arguments of the generic function or type that e names. */
export function recordInstance(e: Expr, targs: readonly Type[], type: Type): void {
  const x = e.kind === 'IndexExpr' ? e.x : e;
  const inst: Instance = { targs, type };
  if (x.kind === 'Ident') x.inst = inst;
  else if (x.kind === 'SelectorExpr') x.sel.inst = inst;
}

export function recordDef(id: Ident, obj: Obj | null): void {
  id.obj = obj;
  id.isDef = true;
}

export function recordUse(id: Ident, obj: Obj): void {
  id.obj = obj;
  id.isDef = false;
}

export function recordSelection(
  e: SelectorExpr,
  kind: 0 | 1 | 2,
  recv: Type,
  obj: Var | Func,
  index: readonly number[],
  indirect: boolean,
): void {
  recordUse(e.sel, obj);
  const s: Selection = { kind, recv, obj, index, indirect };
  e.selection = s;
}

/** A parameter or temporary without a place in the program. */
export function anonymousVar(pos: Pos, t: Type | null): Var {
  return new Var(pos, null, '', t, 'param');
}

export const invalidType: Type = Typ[Kind.Invalid]!;
