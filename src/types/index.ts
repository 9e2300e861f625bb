// Index and slice expressions.
//
// Source: Go specification, "Index expressions", "Slice expressions"; wording of gc 1.26.

import type { Expr, IndexExpr, SliceExpr } from '../syntax/nodes.ts';
import { markAddrTaken } from './address.ts';
import { assignment } from './assignments.ts';
import type { Checker } from './checker.ts';
import { roundTo } from './const.ts';
import * as constant from './constant.ts';
import { expr, exprOrType, nonGeneric, use } from './expr.ts';
import { Operand } from './operand.ts';
import { allInteger, identical, isString, isTypeParam, isUntyped, isValid } from './predicates.ts';
import { invalidType } from './record.ts';
import { Kind, Mode, Slice, type Type } from './types.ts';
import { varType } from './typexpr.ts';
import { typeset, under } from './under.ts';
import { Typ, universeByte } from './universe.ts';
import { convertUntyped } from './untyped.ts';

/** What indexing one type gives. */
interface Indexed {
  readonly elem: Type;
  readonly mode: Mode;
  /** -1: not known */
  readonly length: number;
  /** maps only */
  readonly key: Type | null;
}

function indexed(u: Type, mode: Mode): Indexed | null {
  switch (u.tag) {
    case 'Basic':
      return isString(u) ? { elem: universeByte, mode: Mode.Value, length: -1, key: null } : null;
    case 'Array':
      return { elem: u.elem, mode: mode === Mode.Variable ? mode : Mode.Value, length: u.len, key: null };
    case 'Pointer': {
      const a = under(u.elem);
      return a.tag === 'Array' ? { elem: a.elem, mode: Mode.Variable, length: a.len, key: null } : null;
    }
    case 'Slice':
      return { elem: u.elem, mode: Mode.Variable, length: -1, key: null };
    case 'Map':
      return { elem: u.elem, mode: Mode.MapIndex, length: -1, key: u.key };
    default:
      return null;
  }
}

/** The same for all types of a type parameter's type set; null if they disagree. */
function indexedTypeParam(t: Type, mode: Mode): Indexed | null {
  let res: Indexed | null = null;
  const ok = typeset(t, (_, u) => {
    const r = u ? indexed(u, mode) : null;
    if (!r) return false;
    if (!res) {
      // a type parameter is a variable unless one of its types says otherwise
      res = r.key || r.mode === Mode.Value ? r : { ...r, mode: Mode.Variable };
      return true;
    }
    const prev: Indexed = res;
    if (prev.key ? !r.key || !identical(prev.key, r.key) : r.key !== null) return false;
    if (!identical(prev.elem, r.elem)) return false;
    const length = r.length >= 0 && r.length < prev.length ? r.length : prev.length;
    res = { ...prev, mode: r.mode === Mode.Value ? Mode.Value : prev.mode, length };
    return true;
  });
  return ok ? res : null;
}

/** Checks e. True: x is a generic function that the caller is to instantiate with the indices. */
export function indexExpr(c: Checker, x: Operand, e: IndexExpr): boolean {
  exprOrType(c, x, e.x, true);
  if (x.mode === Mode.Invalid) {
    use(c, ...e.indices);
    return false;
  }
  if (x.mode === Mode.TypExpr) {
    x.mode = Mode.Invalid;
    x.typ = varType(c, e);
    if (isValid(x.typ)) x.mode = Mode.TypExpr;
    return false;
  }
  if (x.mode === Mode.Value) {
    const sig = under(x.typ);
    if (sig.tag === 'Signature' && sig.tparams.length > 0) return true;
  }
  nonGeneric(c, null, x);
  if (x.invalid) return false;

  const constString = x.mode === Mode.Constant && isString(x.typ) && x.val!.kind === 'string';
  let length = constString ? constant.stringVal(x.val!).length : -1;
  const r = isTypeParam(x.typ) ? indexedTypeParam(x.typ, x.mode) : indexed(under(x.typ), x.mode);
  if (!r) {
    c.error(e.lbrack, `cannot index ${c.opstr(x)}`);
    use(c, ...e.indices);
    x.invalidate();
    return false;
  }
  const index = singleIndex(c, e);
  if (!index) {
    x.invalidate();
    return false;
  }
  if (r.key) {
    const key = new Operand();
    expr(c, null, key, index);
    assignment(c, key, r.key, 'map index');
    x.mode = Mode.MapIndex;
    x.typ = r.elem;
    x.expr = e;
    return false;
  }
  x.mode = r.mode;
  x.typ = r.elem ?? invalidType;
  if (!constString) length = r.length;
  checkIndex(c, index, length);
  return false;
}

export function sliceExpr(c: Checker, x: Operand, e: SliceExpr): void {
  expr(c, null, x, e.x);
  if (x.mode === Mode.Invalid) {
    use(c, e.low, e.high, e.max);
    return;
  }
  const u = sliceable(c, x);
  if (!u) {
    x.invalidate();
    return;
  }
  let valid = false;
  let length = -1;
  switch (u.tag) {
    case 'Basic':
      if (!isString(u)) break;
      if (e.slice3) {
        c.error(e.max ?? e, 'invalid operation: 3-index slice of string');
        x.invalidate();
        return;
      }
      valid = true;
      if (x.mode === Mode.Constant && x.val!.kind === 'string') length = constant.stringVal(x.val!).length;
      if (isUntyped(x.typ)) x.typ = Typ[Kind.String]!;
      break;
    case 'Array':
      valid = true;
      length = u.len;
      if (x.mode !== Mode.Variable) {
        c.error(x, `cannot slice unaddressable value ${c.opstr(x)}`);
        x.invalidate();
        return;
      }
      markAddrTaken(e.x);
      x.typ = new Slice(u.elem);
      break;
    case 'Pointer': {
      const a = under(u.elem);
      if (a.tag !== 'Array') break;
      valid = true;
      length = a.len;
      x.typ = new Slice(a.elem);
      break;
    }
    case 'Slice':
      valid = true;
      break;
  }
  if (!valid) {
    c.error(x, `cannot slice ${c.opstr(x)}`);
    x.invalidate();
    return;
  }
  x.mode = Mode.Value;
  if (e.slice3 && (!e.high || !e.max)) {
    // the parser has complained
    x.invalidate();
    return;
  }
  sliceIndices(c, e, length);
}

function sliceIndices(c: Checker, e: SliceExpr, length: number): void {
  const exprs = [e.low, e.high, e.max];
  const values = exprs.map((ix, i) => {
    if (ix) return checkIndex(c, ix, length >= 0 ? length + 1 : -1).value;
    if (i === 0) return 0;
    return length >= 0 ? length : -1;
  });
  for (let i = 0; i < values.length - 1; i++) {
    const v = values[i]!;
    if (v <= 0) continue;
    for (let j = i + 1; j < values.length; j++) {
      const w = values[j]!;
      if (w < 0 || w >= v) continue;
      c.error(exprs[j]!, `invalid slice indices: ${w} < ${v}`);
      return;
    }
  }
}

/** The common underlying type of what x may be, for slicing; strings and byte slices together count as string. */
function sliceable(c: Checker, x: Operand): Type | null {
  let ct: Type | null = null;
  let cu: Type | null = null;
  let hasString = false;
  const ok = typeset(x.typ, (t, u) => {
    if (!u) {
      c.error(x, `cannot slice ${c.opstr(x)}: no specific type in ${c.str(x.typ)}`);
      return false;
    }
    if (isString(u)) {
      u = new Slice(universeByte);
      hasString = true;
    }
    if (!cu) {
      ct = t;
      cu = u;
      return true;
    }
    if (identical(cu, u)) return true;
    c.error(x, `cannot slice ${c.opstr(x)}: ${c.str(ct!)} and ${c.str(t!)} have different underlying types`);
    return false;
  });
  if (!ok) return null;
  if (hasString) return isTypeParam(x.typ) ? Typ[Kind.String]! : under(x.typ);
  return cu;
}

function singleIndex(c: Checker, e: IndexExpr): Expr | null {
  if (e.indices.length > 1) c.error(e.indices[1]!, 'invalid operation: more than one index');
  return e.indices[0] ?? null;
}

/** Checks an index. max >= 0: it must be less. value is its constant value, or -1. */
export function checkIndex(c: Checker, index: Expr, max: number): { type: Type; value: number } {
  const x = new Operand();
  expr(c, null, x, index);
  if (!isValidIndex(c, x, 'index', false)) return { type: invalidType, value: -1 };
  if (x.mode !== Mode.Constant) return { type: x.typ, value: -1 };
  if (x.val!.kind === 'unknown') return { type: invalidType, value: -1 };
  const v = Number(constant.int64Val(x.val!).value);
  if (max >= 0 && v >= max) {
    c.error(x, `invalid argument: index ${constant.valueString(x.val!)} out of bounds [0:${max}]`);
    return { type: invalidType, value: -1 };
  }
  return { type: x.typ, value: v };
}

/** Whether x is an integer that may be an index or a length; reports it otherwise. */
export function isValidIndex(c: Checker, x: Operand, what: string, allowNegative: boolean): boolean {
  if (x.mode === Mode.Invalid) return false;
  convertUntyped(c, x, Typ[Kind.Int]!);
  if (x.invalid) return false;
  if (!allInteger(x.typ)) {
    c.error(x, `invalid argument: ${what} ${c.opstr(x)} must be integer`);
    return false;
  }
  if (x.mode === Mode.Constant) {
    if (!allowNegative && constant.sign(x.val!) < 0) {
      c.error(x, `invalid argument: ${what} ${c.opstr(x)} must not be negative`);
      return false;
    }
    const v = roundTo(x.val!, Typ[Kind.Int]!);
    if (!v) {
      c.error(x, `invalid argument: ${what} ${c.opstr(x)} overflows int`);
      return false;
    }
    x.val = v;
  }
  return true;
}
