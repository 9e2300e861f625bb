// What a call expression calls, and how: evaluated operands and the instruction that uses them, kept apart so that go and
// defer can do the first now and the second later.
//
// Guarantees: operands are evaluated in source order, function value or receiver first; an operand in memory is at an
// address nobody changes during the call.
// Source: Go specification, "Calls", "Method values"; docs/ABI.md, "Calls".

import type { Expr as Ast, CallExpr, FuncLit, Pos, SelectorExpr } from '../../syntax/nodes.ts';
import { lookupFieldOrMethod } from '../../types/lookup.ts';
import {
  type Func,
  type Instance,
  type Interface,
  type Named,
  type Obj,
  type Selection,
  SelKind,
  type Signature,
  type Slice,
  type Type,
  type TypeAndValue,
} from '../../types/types.ts';
import { unalias, under } from '../../types/under.ts';
import type { Expr, Func as IrFunc, Scalar } from '../ir.ts';
import { type Access, access, dotPos, field, read } from './access.ts';
import { type Addr, addrExpr, type Builder, heapAddr, pointee } from './builder.ts';
import { call } from './call.ts';
import { closureObject, closureType } from './closure.ts';
import { assignConv } from './convert.ts';
import { expr, exprAs, exprCopy, exprInto, genericFunc, unparen } from './expr.ts';
import { inMemory, layoutOf, sigOf, varTypes } from './layout.ts';
import type { FuncState } from './state.ts';
import { allocateArrayRaw, givenBy } from './storage.ts';

/** A value that a call needs, in the form docs/ABI.md passes it in. */
export interface Operand {
  readonly type: Type;
  readonly value: readonly Expr[];
}

/** A call whose operands have been evaluated. */
export interface Prepared {
  readonly pos: Pos;
  readonly operands: readonly Operand[];
  readonly results: readonly Type[];
  /** Makes the call with the operands (as here, or reloaded elsewhere). dst: where a single result in memory goes. */
  readonly invoke: (b: Builder, operands: readonly (readonly Expr[])[], dst: Addr | null) => Expr[][];
  /** results may not be written to memory of the caller's choice */
  readonly noDst: boolean;
  /** the closure, if calling it without operands is all there is to do */
  readonly closure: Expr | null;
  /** for 'interface' the first operand must not be nil when go or defer is executed */
  readonly callee: 'static' | 'closure' | 'interface' | 'builtin';
}

/** Emits a call that gives the results `types`: memory for those in memory, and the grouping of the scalars. */
export function withResults(
  b: Builder,
  types: readonly Type[],
  dst: Addr | null,
  emit: (pointers: readonly Expr[], scalars: readonly Scalar[]) => readonly Expr[],
): Expr[][] {
  const pointers: Expr[] = [];
  const scalars: Scalar[] = [];
  for (const t of types) {
    const l = layoutOf(t);
    if (l.parts) scalars.push(...l.scalars);
    else pointers.push(addrExpr(dst ?? b.tempSlot(t)));
  }
  const rs = emit(pointers, scalars);
  return groupResults(types, pointers, rs);
}

function groupResults(types: readonly Type[], pointers: readonly Expr[], rs: readonly Expr[]): Expr[][] {
  let p = 0;
  let i = 0;
  return types.map((t) => {
    const l = layoutOf(t);
    if (!l.parts) return [pointers[p++]!];
    const n = l.scalars.length;
    i += n;
    return rs.slice(i - n, i) as Expr[];
  });
}

export function prepare(f: FuncState, e: CallExpr): Prepared {
  const fun = unparen(e.fun);
  const sig = f.underOf(e.fun) as Signature;
  const results = varTypes(sig.results);
  switch (fun.kind) {
    case 'FuncLit':
      return literalCall(f, e, fun, sig);
    case 'Ident': {
      const obj = fun.obj as Obj | null;
      if (obj?.tag === 'Func') return staticCall(f, e, obj, typeArgs(f, fun.inst as Instance | null), [], sig);
      break;
    }
    case 'IndexExpr': {
      const g = genericFunc(fun.x);
      if (g) return staticCall(f, e, g.fn, typeArgs(f, g.inst), [], sig);
      break;
    }
    case 'SelectorExpr': {
      const sel = fun.selection as Selection | null;
      if (!sel) {
        const obj = fun.sel.obj as Obj | null;
        if (obj?.tag === 'Func') return staticCall(f, e, obj, typeArgs(f, fun.sel.inst as Instance | null), [], sig);
        break;
      }
      if (sel.kind === SelKind.MethodVal) return methodCall(f, e, fun, sel, sig);
      if (sel.kind === SelKind.MethodExpr) {
        const m = methodExprCall(f, e, sel, sig);
        if (m) return m;
      }
      break;
    }
    default:
      break;
  }
  const fn: Operand = { type: sig, value: expr(f, e.fun) };
  const args = callArgs(f, e, sig);
  const irSig = sigOf('context', varTypes(sig.params), results);
  return {
    pos: e.lparen,
    operands: [fn, ...args],
    results,
    noDst: false,
    callee: 'closure',
    closure: args.length === 0 && results.length === 0 ? fn.value[0]! : null,
    invoke: (b, ops, dst) =>
      withResults(b, results, dst, (pointers) => {
        const c = b.nilCheck(ops[0]![0]!);
        return b.callClosure(irSig, c, [...pointers, ...ops.slice(1).flat()]);
      }),
  };
}

function typeArgs(f: FuncState, inst: Instance | null): readonly Type[] {
  return inst ? f.env.substAll(inst.targs) : [];
}

/** runtime.KeepAlive of a value that is no interface and lies in locals: its pointers are used, nothing more. */
function keepAlive(f: FuncState, e: CallExpr, fn: Func): Prepared | null {
  if (fn.name !== 'KeepAlive' || fn.pkg?.path !== 'runtime' || e.args.length !== 1) return null;
  const arg = e.args[0]!;
  const type = f.typeOf(arg);
  if (['Interface', 'Tuple', 'Basic'].includes(under(type).tag) || inMemory(type)) return null;
  const value = expr(f, arg);
  return {
    pos: e.lparen,
    operands: [{ type, value }],
    results: [],
    noDst: true,
    callee: 'static',
    closure: null,
    invoke: (b, [x]) => {
      const { scalars } = layoutOf(type);
      x!.forEach((v, i) => {
        if (scalars[i] === 'ptr') b.runtime('keepAlive', [v]);
      });
      return [];
    },
  };
}

/** A call of a declared function or, with the receiver in `first`, of a concrete method. */
function staticCall(
  f: FuncState,
  e: CallExpr,
  fn: Func,
  targs: readonly Type[],
  first: readonly Operand[],
  sig: Signature,
): Prepared {
  const kept = keepAlive(f, e, fn);
  if (kept) return kept;
  const results = varTypes(sig.results);
  const operands = [...first, ...callArgs(f, e, sig)];
  const ctx = f.ctx;
  const intrinsic = ctx.intrinsic(fn.origin);
  const base = { pos: e.lparen, operands, results, closure: null, callee: 'static' } as const;
  if (intrinsic) {
    return {
      ...base,
      noDst: true,
      invoke: (b, ops) => groupResults(results, [], intrinsic(b, ops.flat(), targs, e.lparen)),
    };
  }
  const imp = ctx.wasmImport(fn.origin);
  if (imp) {
    return {
      ...base,
      noDst: true,
      invoke: (b, ops) =>
        withResults(b, results, null, (pointers, scalars) => {
          if (imp.module === 'burrow') return b.callRt(imp.name, [...pointers, ...ops.flat()], scalars);
          const s = sigOf(
            'plain',
            operands.map((o) => o.type),
            results,
          );
          const rs = b.temps(s.results);
          b.emit({
            kind: 'callimport',
            module: imp.module,
            name: imp.name,
            sig: s,
            args: [...pointers, ...ops.flat()],
            results: rs,
            pos: e.lparen,
          });
          return rs.map((local) => ({ kind: 'get', local }));
        }),
    };
  }
  const given = givenBy(f, e);
  const ir = given ? ctx.liftedFor(fn.origin, targs) : ctx.funcFor(fn.origin, targs);
  const more = given ? [given] : [];
  return { ...base, noDst: false, invoke: (b, ops, dst) => directCall(b, ir, null, results, [...ops, ...more], dst) };
}

function directCall(
  b: Builder,
  ir: IrFunc,
  context: Expr | null,
  results: readonly Type[],
  ops: readonly (readonly Expr[])[],
  dst: Addr | null,
): Expr[][] {
  return withResults(b, results, dst, (pointers, scalars) =>
    b.call(ir, [...(context ? [context] : []), ...pointers, ...ops.flat()], scalars),
  );
}

/** func(…) {…}(…): the closure's function is known. */
function literalCall(f: FuncState, e: CallExpr, lit: FuncLit, sig: Signature): Prepared {
  const c = closureObject(f, lit);
  const args = callArgs(f, e, sig);
  const results = varTypes(sig.results);
  return {
    pos: e.lparen,
    operands: [{ type: closureType, value: [c.ptr] }, ...args],
    results,
    noDst: false,
    callee: 'static',
    closure: args.length === 0 && results.length === 0 ? c.ptr : null,
    invoke: (b, ops, dst) => directCall(b, c.fn, ops[0]![0]!, results, ops.slice(1), dst),
  };
}

/** The method a selection means once type arguments are known. */
export function resolveMethod(f: FuncState, sel: Selection): { recv: Type; method: Func; index: readonly number[] } {
  const recv = f.env.subst(sel.recv);
  if (recv === sel.recv) return { recv, method: sel.obj as Func, index: sel.index };
  const found = lookupFieldOrMethod(recv, true, sel.obj.pkg, sel.obj.name, false);
  if (found.obj?.tag !== 'Func' || !found.index)
    throw new Error(`no method ${sel.obj.name} for instance in ${f.fn.name}`);
  return { recv, method: found.obj, index: found.index };
}

/** Type arguments of the receiver's type. */
export function receiverArgs(t: Type): readonly Type[] {
  let u = unalias(t);
  if (u.tag === 'Pointer') u = unalias(u.elem);
  return u.tag === 'Named' ? (u as Named).targs : [];
}

const isPtrRecv = (m: Func): boolean => m.origin.ptrRecv || m.ptrRecv;

/** x.m(…) */
function methodCall(f: FuncState, e: CallExpr, fun: SelectorExpr, sel: Selection, sig: Signature): Prepared {
  const { method, index } = resolveMethod(f, sel);
  f.b.pos = e.lparen;
  let a = access(f, fun.x);
  f.b.pos = dotPos(fun);
  for (const i of index.slice(0, -1)) a = field(f, a, i);
  if (under(a.type).tag === 'Interface') return interfaceCall(f, e, a, method, sig);
  return staticCall(f, e, method, receiverArgs(a.type), [receiver(f, a, method)], sig);
}

/** The receiver operand of method m, called on the value or variable a. */
export function receiver(f: FuncState, a: Access, m: Func): Operand {
  const b = f.b;
  const isPtr = under(a.type).tag === 'Pointer' && !(unalias(a.type).tag === 'Named');
  if (isPtrRecv(m)) {
    if (isPtr) return { type: a.type, value: read(f, a) };
    if (a.kind !== 'mem') throw new Error(`receiver of ${m.name} has no address in ${f.fn.name}`);
    return { type: closureType, value: [addrExpr(a.addr)] };
  }
  if (isPtr) {
    const elem = (under(a.type) as { elem: Type }).elem;
    const p = b.nilCheck(read(f, a)[0]!);
    return { type: elem, value: stableMemory(f, { kind: 'mem', type: elem, addr: heapAddr(p), own: false }) };
  }
  return { type: a.type, value: stableMemory(f, a) };
}

/** The value of a, copied if it is in memory that a callee could change. */
function stableMemory(f: FuncState, a: Access): Expr[] {
  if (a.kind !== 'mem' || a.own || !inMemory(a.type)) return read(f, a);
  const slot = f.b.tempSlot(a.type);
  f.b.copy(a.type, slot, addrExpr(a.addr));
  return [addrExpr(slot)];
}

/** A call through an interface's method table. */
function interfaceCall(f: FuncState, e: CallExpr, a: Access, m: Func, sig: Signature): Prepared {
  const iface = under(a.type) as Interface;
  const results = varTypes(sig.results);
  const off = f.ctx.itabMethod(iface, m.name, m);
  const irSig = sigOf('context', varTypes(sig.params), results);
  const recv: Operand = { type: a.type, value: read(f, a) };
  const args = callArgs(f, e, sig);
  return {
    pos: e.lparen,
    operands: [recv, ...args],
    results,
    noDst: false,
    callee: 'interface',
    closure: null,
    invoke: (b, ops, dst) =>
      withResults(b, results, dst, (pointers) => {
        const tab = b.nilCheck(ops[0]![0]!);
        const target: Expr = { kind: 'load', mem: 'i32', addr: tab, off };
        return b.callInd(irSig, target, [ops[0]![1]!, ...pointers, ...ops.slice(1).flat()]);
      }),
  };
}

/** T.m(x, …) of a concrete type whose own method m is. */
function methodExprCall(f: FuncState, e: CallExpr, sel: Selection, sig: Signature): Prepared | null {
  const { recv, method, index } = resolveMethod(f, sel);
  if (index.length > 1 || under(recv).tag === 'Interface') return null;
  const isPtr = unalias(recv).tag === 'Pointer';
  if (isPtr !== isPtrRecv(method)) return null;
  return staticCall(f, e, method, receiverArgs(recv), [], sig);
}

/** The arguments of a call, converted to the parameters' types, the variadic ones packed. */
function callArgs(f: FuncState, e: CallExpr, sig: Signature): Operand[] {
  const params = varTypes(sig.params);
  const tuple = tupleArgs(f, e);
  if (tuple) return forwarded(f, tuple, params, sig.variadic);
  const fixed = sig.variadic && !e.ellipsis ? params.length - 1 : params.length;
  const out: Operand[] = [];
  for (let i = 0; i < fixed; i++) out.push({ type: params[i]!, value: argument(f, e.args[i]!, params[i]!) });
  if (fixed < params.length) {
    const t = params[fixed]!;
    const rest = e.args.slice(fixed);
    out.push({
      type: t,
      value: variadicSlice(f, e, t, rest.length, (i, elem, dst) => exprInto(f, rest[i]!, elem, dst)),
    });
  }
  return out;
}

/** f(g()) with a g of several results */
function forwarded(f: FuncState, from: readonly Operand[], params: readonly Type[], variadic: boolean): Operand[] {
  const types = from.map((o) => o.type);
  const values = from.map((o) => o.value);
  const fixed = variadic ? params.length - 1 : params.length;
  const out: Operand[] = [];
  for (let i = 0; i < fixed; i++)
    out.push({ type: params[i]!, value: assignConv(f, values[i]!, types[i]!, params[i]!) });
  if (variadic) {
    const t = params[fixed]!;
    const store = (i: number, elem: Type, dst: Addr): void =>
      f.b.store(elem, dst, assignConv(f, values[fixed + i]!, types[fixed + i]!, elem));
    out.push({ type: t, value: variadicSlice(f, null, t, values.length - fixed, store) });
  }
  return out;
}

/** The arguments of g(f()) if f has several results. */
export function tupleArgs(f: FuncState, e: CallExpr): Operand[] | null {
  if (e.args.length !== 1 || e.ellipsis) return null;
  const x = unparen(e.args[0]!);
  if (x.kind !== 'CallExpr' || (x.tv as TypeAndValue).type.tag !== 'Tuple') return null;
  const types = resultTypes(f, x);
  return call(f, x).map((value, i) => ({ type: types[i]!, value }));
}

/** Types of the results of a call of several. */
export function resultTypes(f: FuncState, e: CallExpr): Type[] {
  const t = f.typeOf(e);
  return t.tag === 'Tuple' ? varTypes(t.vars) : [t];
}

function argument(f: FuncState, e: Ast, t: Type): Expr[] {
  if (!inMemory(t)) return exprAs(f, e, t);
  const x = unparen(e);
  switch (x.kind) {
    case 'Ident':
    case 'SelectorExpr':
    case 'IndexExpr': {
      const a = access(f, x);
      if (a.kind === 'mem' && a.own) return [addrExpr(a.addr)];
      break;
    }
    default:
      break;
  }
  return exprCopy(f, e, t);
}

/** A new slice for the variadic parameter of type t, its elements stored by `store`. */
function variadicSlice(
  f: FuncState,
  e: CallExpr | null,
  t: Type,
  n: number,
  store: (i: number, elem: Type, dst: Addr) => void,
): Expr[] {
  if (n === 0) return f.b.zero(t);
  const elem = (under(t) as Slice).elem;
  const b = f.b;
  const base = b.hold(allocateArrayRaw(f, e, elem, n), 'ptr');
  const { size } = layoutOf(elem);
  for (let i = 0; i < n; i++) store(i, elem, pointee(base, i * size));
  const len: Expr = { kind: 'const', type: 'i64', value: BigInt(n) };
  return [base, len, len];
}
