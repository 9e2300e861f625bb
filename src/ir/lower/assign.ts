// Assignments, declarations of variables, increments.
//
// Guarantees: the operands of index expressions and pointer indirections on the left, and the values on the right, are
// evaluated first, in source order; then the checks and stores happen left to right.
// Source: Go specification, "Assignment statements".

import type { AssignStmt, Expr as Ast, CallExpr, Ident, IncDecStmt, Pos, UnaryExpr } from '../../syntax/nodes.ts';
import { assignOp, T, type Token } from '../../syntax/token.ts';
import { rootVar } from '../../types/address.ts';
import * as constant from '../../types/constant.ts';
import {
  Kind,
  type MapT,
  Mode,
  type Selection,
  SelKind,
  type Type,
  type TypeAndValue,
  type Var,
} from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { Typ } from '../../types/universe.ts';
import type { Expr } from '../ir.ts';
import { type Access, field, read } from './access.ts';
import { appendToElement } from './append.ts';
import { addrExpr, hasLoad, heapAddr, mentions } from './builder.ts';
import { builtinOf } from './builtins.ts';
import { call } from './call.ts';
import { resultTypes } from './callee.ts';
import { recvOk } from './chan.ts';
import { assignConv } from './convert.ts';
import { concatStrings, expr, exprAs, exprCopy, exprInto, shiftCount, unparen } from './expr.ts';
import { checkIndex, elementAddr, indexValue } from './index.ts';
import { assertTypeOk } from './interface.ts';
import { inMemory, layoutOf } from './layout.ts';
import { lookup, mapAssign, mapReadOk, mapType } from './map.ts';
import { isString, numKind } from './numeric.ts';
import { arith, one, shift } from './ops.ts';
import type { FuncState } from './state.ts';

/** The left side of an assignment with its operands evaluated. */
export interface Target {
  /** null: blank */
  readonly type: Type | null;
  /** Does the checks and gives the place. Null for blank and map elements. */
  readonly place: (() => Access) | null;
  /** for map elements */
  readonly map: { readonly type: Type; readonly m: Expr; readonly key: readonly Expr[]; readonly pos: Pos } | null;
}

const blank: Target = { type: null, place: null, map: null };

export function isBlank(e: Ast): boolean {
  const x = unparen(e);
  return x.kind === 'Ident' && x.name === '_';
}

/** Evaluates the operands of e. freeze: assignments may happen before it is stored to. */
export function target(f: FuncState, e: Ast, freeze: boolean): Target {
  const b = f.b;
  const keep = (x: Expr): Expr => (freeze ? b.freeze(x) : x);
  switch (e.kind) {
    case 'ParenExpr':
      return target(f, e.x, freeze);
    case 'Ident': {
      if (e.name === '_') return blank;
      const s = f.storage(e.obj as unknown as Var);
      return { type: s.type, place: () => s, map: null };
    }
    case 'StarExpr': {
      const p = keep(expr(f, e.x)[0]!);
      const ptr = f.underOf(e.x);
      if (ptr.tag !== 'Pointer') break;
      const { elem } = ptr;
      const place = (): Access => {
        b.pos = e.pos;
        return { kind: 'mem', type: elem, addr: heapAddr(b.nilCheck(p)), own: false };
      };
      return { type: elem, place, map: null };
    }
    case 'SelectorExpr': {
      const sel = e.selection as Selection | null;
      if (!sel) {
        const s = f.storage(e.sel.obj as unknown as Var);
        return { type: s.type, place: () => s, map: null };
      }
      if (sel.kind !== SelKind.FieldVal) break;
      const t = f.typeOf(e.x);
      let base: () => Access;
      if (under(t).tag === 'Pointer') {
        const p = keep(expr(f, e.x)[0]!);
        base = () => ({ kind: 'value', type: t, value: [p] });
      } else {
        const x = target(f, e.x, freeze);
        if (!x.place) break;
        base = x.place;
      }
      const place = (): Access => {
        let a = base();
        b.pos = e.sel.pos;
        for (const i of sel.index) a = field(f, a, i);
        return a;
      };
      return { type: f.typeOf(e), place, map: null };
    }
    case 'IndexExpr': {
      const u = f.underOf(e.x);
      if (u.tag === 'Map') {
        const { type } = mapType(f, e.x);
        const m = keep(expr(f, e.x)[0]!);
        const key = inMemory(u.key) ? exprCopy(f, e.indices[0]!, u.key) : exprAs(f, e.indices[0]!, u.key).map(keep);
        return { type: u.elem, place: null, map: { type, m, key, pos: e.lbrack } };
      }
      if (u.tag === 'Array') {
        const x = target(f, e.x, freeze);
        if (!x.place) break;
        const base = x.place;
        const i = indexValue(f, e.indices[0]!);
        const value = keep(i.value);
        const place = (): Access => {
          const a = base();
          b.pos = e.lbrack;
          checkIndex(b, { value, signed: i.signed }, { kind: 'const', type: 'i64', value: BigInt(u.len) });
          if (a.kind === 'mem')
            return { kind: 'mem', type: u.elem, addr: elementAddr(a.addr, value, layoutOf(u.elem).size), own: a.own };
          return a.kind === 'reg' ? { kind: 'reg', type: u.elem, locals: a.locals } : a;
        };
        return { type: u.elem, place, map: null };
      }
      const s = expr(f, e.x).map(keep);
      const i = indexValue(f, e.indices[0]!);
      const value = keep(i.value);
      if (u.tag === 'Slice') {
        const p = b.hold(s[0]!, 'ptr');
        const n = b.hold(s[1]!);
        const place = (): Access => {
          b.pos = e.lbrack;
          checkIndex(b, { value, signed: i.signed }, n);
          return {
            kind: 'mem',
            type: u.elem,
            addr: elementAddr(heapAddr(p), value, layoutOf(u.elem).size),
            own: false,
          };
        };
        return { type: u.elem, place, map: null };
      }
      if (u.tag !== 'Pointer') break;
      const arr = under(u.elem);
      if (arr.tag !== 'Array') break;
      const p = b.hold(s[0]!, 'ptr');
      const place = (): Access => {
        b.pos = e.lbrack;
        b.nilCheck(p);
        checkIndex(b, { value, signed: i.signed }, { kind: 'const', type: 'i64', value: BigInt(arr.len) });
        return {
          kind: 'mem',
          type: arr.elem,
          addr: elementAddr(heapAddr(p), value, layoutOf(arr.elem).size),
          own: false,
        };
      };
      return { type: arr.elem, place, map: null };
    }
    default:
      break;
  }
  throw new Error(`assignment to ${e.kind} at ${f.where(e.pos)}`);
}

/** Stores a value of the target's type. */
export function storeTo(f: FuncState, t: Target, value: readonly Expr[]): void {
  const b = f.b;
  if (t.map) {
    const elem = t.type!;
    b.pos = t.map.pos;
    const p = mapAssign(b, t.map.type, t.map.m, t.map.key);
    b.store(elem, heapAddr(p), value);
    return;
  }
  if (!t.place) return;
  const a = t.place();
  if (a.kind === 'reg') b.setAll(a.locals, value);
  else if (a.kind === 'mem') b.store(a.type, a.addr, value);
  else throw new Error('assignment to a value');
}

export function assignStmt(f: FuncState, s: AssignStmt): void {
  f.b.pos = s.pos;
  if (s.tok !== T.ASSIGN && s.tok !== T.DEFINE) {
    opAssign(f, s.lhs[0]!, assignOp(s.tok), s.rhs[0]!, s.tokPos);
    return;
  }
  if (s.lhs.length !== s.rhs.length) {
    const targets = s.lhs.map((e) => (definedVar(e) ? null : target(f, e, true)));
    const { values, types } = tuple(f, s.rhs[0]!, s.lhs);
    assignValues(f, s.lhs, targets, values, types);
    return;
  }
  if (s.lhs.length === 1) {
    assignOne(f, s.lhs[0]!, s.rhs[0]!);
    return;
  }
  assignMany(f, s.lhs, s.rhs);
}

const definedVar = (e: Ast): Var | null =>
  e.kind === 'Ident' && e.isDef && e.name !== '_' ? (e.obj as unknown as Var) : null;

function assignOne(f: FuncState, lhs: Ast, rhs: Ast): void {
  const v = definedVar(lhs);
  if (v) {
    define(f, v, rhs);
    return;
  }
  if (isBlank(lhs)) {
    discard(f, rhs);
    return;
  }
  const t = target(f, lhs, false);
  const call = unparen(rhs);
  if (t.map && call.kind === 'CallExpr' && appendsTo(call, lhs)) {
    f.b.pos = t.map.pos;
    appendToElement(f, call, t.map.m, t.map.type, t.map.key);
    return;
  }
  storeTo(f, t, exprAs(f, rhs, t.type!));
}

/** Is e append(x, …), for the same x of no effects as lhs? */
function appendsTo(e: CallExpr, lhs: Ast): boolean {
  if ((e.fun.tv as TypeAndValue).mode !== Mode.Builtin || builtinOf(e).id !== 'append') return false;
  return (e.args[0]!.tv as TypeAndValue).type.tag !== 'Tuple' && sameSafe(e.args[0]!, lhs);
}

/** Are x and y the same variable, constant, field or element, found without calls? */
function sameSafe(x: Ast, y: Ast): boolean {
  x = unparen(x);
  y = unparen(y);
  if (x.kind !== y.kind) return false;
  const c = (x.tv as TypeAndValue | null)?.value;
  if (c) {
    const d = (y.tv as TypeAndValue | null)?.value;
    return d ? c.kind === d.kind && constant.compare(c, T.EQL, d) : false;
  }
  switch (x.kind) {
    case 'Ident':
      return x.obj === (y as Ident).obj && (x.obj as { tag?: string } | null)?.tag === 'Var';
    case 'SelectorExpr': {
      const s = y as typeof x;
      return x.sel.obj === s.sel.obj && (x.selection === null || sameSafe(x.x, s.x));
    }
    case 'IndexExpr': {
      const s = y as typeof x;
      return sameSafe(x.x, s.x) && sameSafe(x.indices[0]!, s.indices[0]!);
    }
    default:
      return false;
  }
}

/** v := e, for a new variable */
export function define(f: FuncState, v: Var, e: Ast): void {
  const type = f.typeOfVar(v);
  if (!inMemory(type)) {
    f.declare(v, exprAs(f, e, type));
    return;
  }
  f.declareWith(v, (dst) => exprInto(f, e, type, dst));
}

/** Evaluates e for its effects. */
export function discard(f: FuncState, e: Ast): void {
  const tv = e.tv as TypeAndValue;
  if (tv.value) return;
  const x = unparen(e);
  if (x.kind === 'CallExpr') call(f, x);
  else expr(f, x);
}

/** a, b = x, y */
function assignMany(f: FuncState, lhs: readonly Ast[], rhs: readonly Ast[]): void {
  const b = f.b;
  const targets = lhs.map((e) => (definedVar(e) || isBlank(e) ? null : target(f, e, true)));
  const values = rhs.map((e, i) => {
    if (isBlank(lhs[i]!)) {
      discard(f, e);
      return null;
    }
    const v = definedVar(lhs[i]!);
    const type = v ? f.typeOfVar(v) : targets[i]!.type!;
    return inMemory(type) ? exprCopy(f, e, type) : exprAs(f, e, type);
  });
  // locals that are plainly assigned need no copies of values they do not occur in
  const assigned = lhs.flatMap((e, i) => {
    const v = targets[i]?.place ? rootVar(e) : null;
    const s = v && f.storage(v);
    return s?.kind === 'reg' ? [...s.locals] : [];
  });
  const safe = values.map((v, i) => {
    if (!v) return null;
    return v.map((x) => (i > 0 && (hasLoad(x) || assigned.some((l) => mentions(x, l))) ? b.freeze(x) : x));
  });
  lhs.forEach((e, i) => {
    const value = safe[i];
    if (!value) return;
    const v = definedVar(e);
    if (v) f.declare(v, value);
    else storeTo(f, targets[i]!, value);
  });
}

/** Assigns the values of a call, or of a comma-ok expression, which are evaluated already. */
export function assignValues(
  f: FuncState,
  lhs: readonly Ast[],
  targets: readonly (Target | null)[],
  values: readonly (readonly Expr[])[],
  types: readonly Type[],
): void {
  lhs.forEach((e, i) => {
    if (isBlank(e)) return;
    const v = definedVar(e);
    const value = values[i]!;
    const t = targets[i]!;
    if (v) f.declare(v, assignConv(f, value, types[i]!, f.typeOfVar(v)));
    else storeTo(f, t!, assignConv(f, value, types[i]!, t!.type!));
  });
}

/** The values of an expression of several, and their types; lhs tells which of them are wanted. */
export function tuple(f: FuncState, e: Ast, lhs: readonly Ast[] | null): { values: Expr[][]; types: Type[] } {
  const x = unparen(e);
  const bool = Typ[Kind.Bool]!;
  const wanted = !lhs || !isBlank(lhs[0]!);
  const pair = (value: Expr[], ok: Expr, type: Type): { values: Expr[][]; types: Type[] } => ({
    values: [value, [f.b.hold(ok, 'i32')]],
    types: [type, bool],
  });
  switch (x.kind) {
    case 'CallExpr':
      return { values: call(f, x), types: resultTypes(f, x as CallExpr) };
    case 'IndexExpr': {
      const r = mapReadOk(f, x, wanted);
      const { u } = mapType(f, x.x);
      return pair(keepMemory(f, u.elem, r.value), r.ok, u.elem);
    }
    case 'TypeAssertExpr': {
      const value = expr(f, x.x);
      f.b.pos = x.pos;
      const to = f.env.subst((x.type!.tv as TypeAndValue).type);
      const r = assertTypeOk(f, value, f.typeOf(x.x), to, wanted);
      return pair(r.value, r.ok, to);
    }
    case 'UnaryExpr': {
      const r = recvOk(f, x as UnaryExpr);
      const u = f.underOf(x.x);
      if (u.tag !== 'Chan') break;
      return pair(r.value, r.ok, u.elem);
    }
    default:
      break;
  }
  throw new Error(`no tuple: ${x.kind} at ${f.where(x.pos)}`);
}

/** A value that stays although assignments follow. */
function keepMemory(f: FuncState, t: Type, value: Expr[]): Expr[] {
  if (!inMemory(t) || value.length === 0) return value;
  const slot = f.b.tempSlot(t);
  f.b.copy(t, slot, value[0]!);
  return [addrExpr(slot)];
}

/** x op= y */
export function opAssign(f: FuncState, lhs: Ast, op: Token, rhs: Ast | null, pos: Pos): void {
  const b = f.b;
  const type = f.typeOf(lhs);
  const t = target(f, lhs, false);
  const isShift = op === T.SHL || op === T.SHR;
  const list = rhs && op === T.ADD && isString(type) ? stringOperands(rhs) : null;
  const count = rhs && isShift ? shiftCount(f, rhs) : null;
  const y = !rhs ? one(type) : list || count ? [] : exprAs(f, rhs, type);
  const strings = list?.map((x) => expr(f, x)) ?? [];
  const compute = (x: readonly Expr[]): Expr[] => {
    b.pos = pos;
    if (count) return [shift(b, op === T.SHL, numKind(type)!, x[0]!, count.kind, count.value)];
    if (list) return concatStrings(f, [[...x], ...strings], null);
    return arith(b, op, type, x, y);
  };
  if (t.map) {
    const map = {
      ...t.map,
      m: b.hold(t.map.m, 'ptr'),
      key: layoutOf((under(t.map.type) as MapT).key).parts ? b.holdAll(t.map.key) : t.map.key,
    };
    b.pos = map.pos;
    const canPanic = op === T.QUO || op === T.REM || isShift;
    if (canPanic) {
      const old = lookup(b, map.type, under(map.type) as MapT, map.m, map.key);
      storeTo(f, { ...t, map }, b.holdAll(compute(b.holdAll(b.load(type, heapAddr(old))))));
      return;
    }
    const addr = heapAddr(b.hold(mapAssign(b, map.type, map.m, map.key), 'ptr'));
    b.store(type, addr, compute(b.load(type, addr)));
    return;
  }
  let a = t.place!();
  if (a.kind === 'mem') a = { ...a, addr: b.holdAddr(a.addr) };
  const value = compute(read(f, a));
  if (a.kind === 'reg') b.setAll(a.locals, value);
  else if (a.kind === 'mem') b.store(a.type, a.addr, value);
}

function stringOperands(e: Ast): Ast[] {
  const x = unparen(e);
  if (x.kind === 'BinaryExpr' && x.op === T.ADD && !(x.tv as TypeAndValue).value)
    return [...stringOperands(x.x), ...stringOperands(x.y)];
  return [x];
}

export function incDecStmt(f: FuncState, s: IncDecStmt): void {
  opAssign(f, s.x, s.tok === T.INC ? T.ADD : T.SUB, null, s.tokPos);
}

/** var a, b T = x, y (or without values) */
export function varDecl(f: FuncState, names: readonly Ident[], values: readonly Ast[]): void {
  if (values.length === 0) {
    for (const id of names) if (id.name !== '_') f.declare(id.obj as unknown as Var, null);
    return;
  }
  if (values.length === 1 && names.length > 1) {
    const { values: vs, types } = tuple(f, values[0]!, names);
    assignValues(
      f,
      names,
      names.map(() => null),
      vs,
      types,
    );
    return;
  }
  if (names.length === 1) {
    const v = names[0]!;
    if (v.name === '_') discard(f, values[0]!);
    else define(f, v.obj as unknown as Var, values[0]!);
    return;
  }
  assignMany(f, names, values);
}
