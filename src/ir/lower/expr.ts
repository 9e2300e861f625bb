// Expressions: from a checked syntax tree to scalars, or the address of a value in memory.
//
// Guarantees: operands come in source order, calls and receives strictly; plain loads are made where the value is used.
// The address of a value in memory is good until something else is stored or called; who needs it longer copies.
// Source: Go specification, "Expressions", "Order of evaluation".

import type { Expr as Ast, BinaryExpr, Pos, SelectorExpr, UnaryExpr } from '../../syntax/nodes.ts';
import { T } from '../../syntax/token.ts';
import {
  type Func,
  type Instance,
  type Interface,
  Kind,
  Mode,
  type Obj,
  type Selection,
  SelKind,
  type Type,
  type TypeAndValue,
} from '../../types/types.ts';
import { typeSet } from '../../types/typeset.ts';
import { under } from '../../types/under.ts';
import { Typ } from '../../types/universe.ts';
import { type Block, bin, type Expr, get, i32, i64, nil } from '../ir.ts';
import { access, addressOf, read } from './access.ts';
import { type Addr, addrExpr } from './builder.ts';
import { call, callInto } from './call.ts';
import { recvExpr } from './chan.ts';
import { boundMethod, funcLit, funcValueOf, methodExpr } from './closure.ts';
import { compare, equal, isNil } from './compare.ts';
import { compositeInto, compositeValue, pointerTo } from './composite.ts';
import { constExpr, intValue } from './constants.ts';
import { assignConv } from './convert.ts';
import { smallString } from './escape/analyse.ts';
import { assertType, fromDataWord, isType } from './interface.ts';
import { inMemory, layoutOf } from './layout.ts';
import { isString, type NumKind, numKind } from './numeric.ts';
import { arith, not, shift, unary } from './ops.ts';
import { sliceExpr } from './slice.ts';
import type { FuncState } from './state.ts';
import { buffer } from './storage.ts';
import { exprChildren } from './walk.ts';

/** The value of e. */
export function expr(f: FuncState, e: Ast): Expr[] {
  const tv = e.tv as TypeAndValue | null;
  if (tv && tv.mode === Mode.Constant && tv.value) return constExpr(f.ctx, f.typeOf(e), tv.value);
  if (tv && tv.mode === Mode.Nil) return f.b.zero(f.typeOf(e));
  switch (e.kind) {
    case 'ParenExpr':
      return expr(f, e.x);
    case 'Ident': {
      const obj = e.obj as Obj | null;
      if (obj?.tag === 'Func') return funcValueOf(f, obj, e.inst as Instance | null);
      if (obj?.tag === 'Nil') return f.b.zero(f.typeOf(e));
      return read(f, access(f, e));
    }
    case 'FuncLit':
      return [funcLit(f, e)];
    case 'CompositeLit':
      return compositeValue(f, e);
    case 'SelectorExpr':
      return selector(f, e);
    case 'IndexExpr': {
      const fn = genericFunc(e.x);
      if (fn) return funcValueOf(f, fn.fn, fn.inst);
      return read(f, access(f, e));
    }
    case 'StarExpr':
      return read(f, access(f, e));
    case 'SliceExpr':
      return sliceExpr(f, e);
    case 'TypeAssertExpr': {
      const value = expr(f, e.x);
      f.b.pos = e.lparen;
      return assertType(f, value, f.typeOf(e.x), f.typeOf(e));
    }
    case 'CallExpr': {
      const rs = call(f, e);
      if (rs.length !== 1) throw new Error(`call with ${rs.length} results as a value at ${f.where(e.pos)}`);
      return rs[0]!;
    }
    case 'UnaryExpr':
      return unaryExpr(f, e);
    case 'BinaryExpr':
      return binary(f, e);
    default:
      throw new Error(`${e.kind} is no value (${f.where(e.pos)})`);
  }
}

/** e, as a value of type `to` that it is assignable to. */
export function exprAs(f: FuncState, e: Ast, to: Type): Expr[] {
  const tv = e.tv as TypeAndValue | null;
  if (tv && tv.mode === Mode.Nil) return f.b.zero(to);
  const from = f.typeOf(e);
  return assignConv(f, expr(f, e), from, to, e);
}

/** Stores e, as a value of type `to`, in memory that nothing in e can see. */
export function exprInto(f: FuncState, e: Ast, to: Type, dst: Addr): void {
  if (inMemory(to)) {
    const x = unparen(e);
    if (x.kind === 'CompositeLit') {
      compositeInto(f, x, dst, false);
      return;
    }
    if (x.kind === 'CallExpr' && !(x.tv as TypeAndValue).value && callInto(f, x, dst)) return;
  }
  f.b.store(to, dst, exprAs(f, e, to));
}

/** Memory of its own holding the value of e: for operands that must not change. */
export function exprCopy(f: FuncState, e: Ast, to: Type): Expr[] {
  if (!inMemory(to)) return f.b.freezeAll(exprAs(f, e, to));
  const slot = f.b.tempSlot(to);
  exprInto(f, e, to, slot);
  return [addrExpr(slot)];
}

/** The value of e, good until the end of the function whatever is assigned. */
export function exprFrozen(f: FuncState, e: Ast): Expr[] {
  const x = unparen(e);
  const v = x.kind === 'Ident' ? (x.obj as Obj | null) : null;
  if (v?.tag === 'Var' && !v.reassigned && v.kind !== 'package' && f.storage(v).kind === 'reg') return expr(f, x);
  return f.b.freezeAll(expr(f, x));
}

export function unparen(e: Ast): Ast {
  while (e.kind === 'ParenExpr') e = e.x;
  return e;
}

/** The generic function that e (the x of an index expression) names. */
export function genericFunc(e: Ast): { fn: Func; inst: Instance } | null {
  const x = unparen(e);
  const id = x.kind === 'SelectorExpr' ? x.sel : x;
  if (id.kind !== 'Ident' || !id.inst) return null;
  const obj = id.obj as Obj | null;
  return obj?.tag === 'Func' ? { fn: obj, inst: id.inst as Instance } : null;
}

function selector(f: FuncState, e: SelectorExpr): Expr[] {
  const sel = e.selection as Selection | null;
  if (!sel) {
    const obj = e.sel.obj as Obj | null;
    if (obj?.tag === 'Func') return funcValueOf(f, obj, e.sel.inst as Instance | null);
    return read(f, access(f, e));
  }
  switch (sel.kind) {
    case SelKind.FieldVal:
      return read(f, access(f, e));
    case SelKind.MethodVal:
      return [boundMethod(f, e, sel)];
    default:
      return [methodExpr(f, sel)];
  }
}

function unaryExpr(f: FuncState, e: UnaryExpr): Expr[] {
  const b = f.b;
  switch (e.op) {
    case T.AND: {
      const x = unparen(e.x);
      if (x.kind === 'CompositeLit') return [pointerTo(f, e, x, f.typeOf(x))];
      b.pos = e.pos;
      return [b.markNonNil(addrExpr(addressOf(f, x)))];
    }
    case T.ARROW:
      return recvExpr(f, e);
    case T.NOT:
      return [not(expr(f, e.x)[0]!)];
    default:
      return unary(e.op, f.typeOf(e), expr(f, e.x));
  }
}

function binary(f: FuncState, e: BinaryExpr): Expr[] {
  const b = f.b;
  switch (e.op) {
    case T.LAND:
    case T.LOR:
      return [logical(f, e)];
    case T.EQL:
    case T.NEQ:
    case T.LSS:
    case T.LEQ:
    case T.GTR:
    case T.GEQ:
      return [comparison(f, e)];
    case T.SHL:
    case T.SHR: {
      const x = expr(f, e.x)[0]!;
      const y = shiftCount(f, e.y);
      b.pos = e.opPos;
      return [shift(b, e.op === T.SHL, numKind(f.typeOf(e))!, x, y.kind, y.value)];
    }
    default: {
      const t = f.typeOf(e);
      if (e.op === T.ADD && isString(t)) return concat(f, e);
      const x = exprAs(f, e.x, t);
      const y = exprAs(f, e.y, t);
      b.pos = e.opPos;
      return arith(b, e.op, t, x, y);
    }
  }
}

/** The right operand of a shift. */
export function shiftCount(f: FuncState, e: Ast): { value: Expr; kind: NumKind } {
  const tv = e.tv as TypeAndValue;
  if (tv.value) return { value: i64(intValue(tv.value, false)), kind: numKind(Typ[Kind.Uint64]!)! };
  return { value: expr(f, e)[0]!, kind: numKind(f.typeOf(e))! };
}

function concat(f: FuncState, e: BinaryExpr): Expr[] {
  const list: Ast[] = [];
  const flat = (x: Ast): void => {
    const u = unparen(x);
    const tv = u.tv as TypeAndValue;
    if (u.kind === 'BinaryExpr' && u.op === T.ADD && !tv.value) {
      flat(u.x);
      flat(u.y);
    } else list.push(u);
  };
  flat(e);
  // nothing can change bytes between their conversion and the concatenation
  const calm = list.some((x) => (x.tv as TypeAndValue).value) && !list.some((x) => hasCall(x));
  const values = list.map((x) => (calm ? brieflyUsed(f, x) : expr(f, x)));
  f.b.pos = e.opPos;
  return concatStrings(f, values, e);
}

function hasCall(e: Ast): boolean {
  if (e.kind === 'CallExpr' && (e.fun.tv as TypeAndValue).mode !== Mode.TypExpr) return true;
  if (e.kind === 'UnaryExpr' && e.op === T.ARROW) return true;
  let found = false;
  exprChildren(e, (x) => {
    found ||= hasCall(x);
  });
  return found;
}

/** e: the expression that stands for the memory of the result. */
export function concatStrings(f: FuncState, values: readonly Expr[][], e: Ast | null): Expr[] {
  const b = f.b;
  const buf = buffer(f, e, smallString);
  if (values.length <= 5) return b.runtime(`concatstring${values.length}`, [buf, ...values.flat()]);
  const ptrs = values.map((_, i) => 16 * i);
  const a = b.rawTempSlot(16 * values.length, ptrs);
  values.forEach((v, i) => {
    b.storeScalar('ptr', a, 16 * i, v[0]!);
    b.storeScalar('i64', a, 16 * i + 8, v[1]!);
  });
  return b.runtime('concatstrings', [buf, addrExpr(a), i64(values.length), i64(values.length)]);
}

function isUntypedNil(e: Ast): boolean {
  const tv = e.tv as TypeAndValue;
  return tv.mode === Mode.Nil || (tv.type.tag === 'Basic' && tv.type.kind === Kind.UntypedNil);
}

function comparison(f: FuncState, e: BinaryExpr): Expr {
  const b = f.b;
  if (isUntypedNil(e.y) || isUntypedNil(e.x)) {
    const negate = e.op === T.NEQ;
    if (isUntypedNil(e.x) && isUntypedNil(e.y)) return i32(negate ? 0 : 1);
    const x = expr(f, isUntypedNil(e.y) ? e.x : e.y);
    return negate ? bin('i32.ne', x[0]!, nil) : isNil(x);
  }
  const tx = f.typeOf(e.x);
  const x = f.underOf(e.y).tag === 'Interface' ? expr(f, e.x) : brieflyUsed(f, e.x);
  if (e.op === T.EQL || e.op === T.NEQ) {
    const r = equalTo(f, tx, x, e.y, e.opPos);
    return e.op === T.NEQ ? not(r) : r;
  }
  const y = brieflyUsed(f, e.y);
  b.pos = e.opPos;
  return compare(b, e.op, tx, x, y);
}

/** The value of e, which is looked at and then forgotten: string(bytes) is not copied for that. */
export function brieflyUsed(f: FuncState, e: Ast): Expr[] {
  const x = unparen(e);
  if (x.kind === 'CallExpr' && x.args.length === 1) {
    const fun = x.fun.tv as TypeAndValue;
    const tv = x.tv as TypeAndValue;
    if (fun.mode === Mode.TypExpr && !tv.value && isString(f.typeOf(x))) {
      const from = f.underOf(x.args[0]!);
      if (from.tag === 'Slice' && layoutOf(from.elem).size === 1) return expr(f, x.args[0]!).slice(0, 2);
    }
  }
  return expr(f, e);
}

/** x == y, for x of type tx. */
function equalTo(f: FuncState, tx: Type, x: readonly Expr[], e: Ast, pos: Pos): Expr {
  const b = f.b;
  const ty = f.typeOf(e);
  const y = under(tx).tag === 'Interface' ? expr(f, e) : brieflyUsed(f, e);
  b.pos = pos;
  const xIface = under(tx).tag === 'Interface';
  const yIface = under(ty).tag === 'Interface';
  if (xIface && !yIface) return mixedEqual(f, tx, x, ty, y);
  if (yIface && !xIface) return mixedEqual(f, ty, y, tx, x);
  if (!xIface) return equal(b, tx, x, y);
  // of two interface types, one is assignable to the other
  const t = assignableInterface(tx, ty);
  return equal(b, t, assignConv(f, x, tx, t), assignConv(f, y, ty, t));
}

/** Does the switch tag's value x, of type t, equal the case e? */
export function compareValues(f: FuncState, t: Type, x: readonly Expr[], e: Ast): Expr {
  if (isUntypedNil(e)) return isNil(x);
  return equalTo(f, t, x, e, e.pos);
}

function assignableInterface(x: Type, y: Type): Type {
  const nx = typeSet(under(x) as Interface).methods.length;
  const ny = typeSet(under(y) as Interface).methods.length;
  return nx <= ny ? x : y;
}

/** Is an interface's value the concrete value y of type t? */
function mixedEqual(f: FuncState, iface: Type, x: readonly Expr[], t: Type, y: readonly Expr[]): Expr {
  const b = f.b;
  const [tab, data] = b.holdAll(x) as [Expr, Expr];
  const held = layoutOf(t).parts ? b.holdAll(y) : y;
  const r = b.temp('i32');
  b.set(r, i32(0));
  b.when(isType(f, iface, tab, t), () => b.set(r, equal(b, t, fromDataWord(f, t, data), held)));
  return get(r);
}

function logical(f: FuncState, e: BinaryExpr): Expr {
  const b = f.b;
  const and = e.op === T.LAND;
  const x = expr(f, e.x)[0]!;
  if (x.kind === 'const') {
    const truth = Number(x.value) !== 0;
    if (truth !== and) return i32(truth ? 1 : 0);
    return expr(f, e.y)[0]!;
  }
  const before = b.cur;
  if (!before) return i32(0);
  const right = b.newBlock();
  b.enterFrom(right);
  const y = expr(f, e.y)[0]!;
  if (b.cur === right && right.stmts.length === 0 && isCheap(y)) {
    // nothing can go wrong in y: no branch is needed
    b.abandon(right, before);
    return bin(and ? 'i32.and' : 'i32.or', x, y);
  }
  const r = b.temp('i32');
  b.set(r, y);
  const after = b.newBlock();
  b.jump(after);
  b.cur = before;
  b.set(r, i32(and ? 0 : 1));
  if (and) b.branch(x, right, after);
  else b.branch(x, after, right);
  b.enterFrom(after);
  return get(r);
}

/** x can be evaluated although a condition before it says not to. */
function isCheap(x: Expr): boolean {
  switch (x.kind) {
    case 'const':
    case 'get':
    case 'addr':
    case 'slot':
      return true;
    case 'un':
      return isCheap(x.x);
    case 'bin':
      return !/div|rem/.test(x.op) && isCheap(x.x) && isCheap(x.y);
    default:
      return false;
  }
}

/** Goes to `yes` or `no` as e is true or false. */
export function condJump(f: FuncState, e: Ast, yes: Block, no: Block): void {
  const b = f.b;
  const tv = e.tv as TypeAndValue;
  if (!tv.value) {
    const x = unparen(e);
    if (x.kind === 'UnaryExpr' && x.op === T.NOT) {
      condJump(f, x.x, no, yes);
      return;
    }
    if (x.kind === 'BinaryExpr' && (x.op === T.LAND || x.op === T.LOR)) {
      const mid = b.newBlock();
      if (x.op === T.LAND) condJump(f, x.x, mid, no);
      else condJump(f, x.x, yes, mid);
      b.resume(mid);
      condJump(f, x.y, yes, no);
      return;
    }
  }
  const c = expr(f, e)[0]!;
  b.branch(c, yes, no);
}
