// Function values: closures, bound methods, and the closures go and defer make of a call.
//
// Guarantees: a closure object is {table index, captured values}; a variable nobody changes is captured by value, any
// other by the address of its memory. Functions that capture nothing have one static object.
// Source: docs/ABI.md, "Calls"; Go specification, "Function literals", "Method values".

import type { Expr as Ast, FuncLit, SelectorExpr } from '../../syntax/nodes.ts';
import {
  type Func,
  type Instance,
  Kind,
  Pointer,
  type Selection,
  type Signature,
  Struct,
  type Type,
  type TypeAndValue,
  Var,
} from '../../types/types.ts';
import { unalias, under } from '../../types/under.ts';
import { Typ } from '../../types/universe.ts';
import { type Expr, get, Func as IrFunc, type Local, un } from '../ir.ts';
import { access, dotPos, field, read } from './access.ts';
import { addrExpr, heapAddr, pointee } from './builder.ts';
import { type Prepared, receiver, resolveMethod } from './callee.ts';
import { lowerLiteral } from './func.ts';
import { fieldOffset, inMemory, layoutOf } from './layout.ts';
import { freeVars } from './scan.ts';
import { FuncState, type Storage } from './state.ts';
import { allocate, capturedByValue } from './storage.ts';

/** The type closures and other plain pointers are handled as. */
export const closureType: Type = Typ[Kind.UnsafePointer]!;

const uintptr: Type = Typ[Kind.Uintptr]!;

/** The type of a closure object that holds values of these types. */
export function closureLayout(types: readonly Type[]): Struct {
  const fields = [uintptr, ...types].map((t, i) => new Var(0, null, i === 0 ? 'F' : `V${i}`, t, 'field'));
  return new Struct(fields);
}

export function funcLit(f: FuncState, lit: FuncLit): Expr {
  return closureObject(f, lit).ptr;
}

/** Makes the closure object of a function literal, and the literal's code. */
export function closureObject(f: FuncState, lit: FuncLit): { ptr: Expr; fn: IrFunc } {
  const fn = new IrFunc(f.closureName(lit));
  fn.pos = lit.pos;
  const level = f.level + 1;
  const captured = freeVars(lit.body, level);
  const ptr = capture(f, fn, captured, lit, (inner) =>
    lowerLiteral(inner, (lit.tv as TypeAndValue).type as Signature, lit.body),
  );
  return { ptr, fn };
}

/** Makes a closure object of fn that captures these variables (where lit's memory is), then lowers fn's body with them in place. */
export function capture(
  f: FuncState,
  fn: IrFunc,
  captured: readonly Var[],
  lit: FuncLit | null,
  body: (inner: FuncState) => void,
): Expr {
  const ctx = f.ctx;
  const b = f.b;
  const inner = new FuncState(ctx, fn, f.env, f.version, f, f.level + 1);
  fn.addressTaken = true;
  const self = fn.newLocal('ptr', '.closure');
  fn.params = [self];
  inner.closure = self;
  const types: Type[] = [];
  const values: Expr[][] = [];
  const byValue: boolean[] = [];
  for (const v of captured) {
    const s = f.storage(v);
    const copy = capturedByValue(v, s.type);
    byValue.push(copy);
    types.push(copy ? s.type : new Pointer(s.type));
    values.push(copy ? f.read(s) : [f.addressOf(s)]);
  }
  const layout = closureLayout(types);
  const ptr = makeObject(f, lit, fn, layout, values);
  captured.forEach((v, i) => {
    inner.vars.set(v, unpack(inner, self, layout, i, f.typeOfVar(v), byValue[i]!, v.name));
  });
  ctx.addFunc(fn);
  body(inner);
  b.pos = fn.pos;
  return ptr;
}

/** Where a captured variable is, seen from inside. */
function unpack(
  inner: FuncState,
  self: Local,
  layout: Struct,
  i: number,
  type: Type,
  byValue: boolean,
  name: string,
): Storage {
  const b = inner.b;
  const at = { base: get(self), off: fieldOffset(layout, i + 1), heap: true };
  if (byValue) {
    if (inMemory(type)) return { kind: 'mem', type, addr: at, own: true };
    const locals = b.temps(layoutOf(type).scalars, name);
    b.setAll(locals, b.load(type, at));
    return { kind: 'reg', type, locals };
  }
  const p = b.temp('ptr', `&${name}`);
  b.set(p, b.loadScalar('ptr', at));
  b.assumeNonNil(p);
  return { kind: 'mem', type, addr: heapAddr(get(p)), own: false };
}

/** A closure object {fn, values…}: static if there are none. */
export function makeObject(
  f: FuncState,
  e: Ast | null,
  fn: IrFunc,
  layout: Struct,
  values: readonly (readonly Expr[])[],
): Expr {
  const b = f.b;
  if (values.length === 0) {
    const sym = f.ctx.data(`${fn.name}·f`, 8, 8, null);
    sym.relocs.push({ off: 0, kind: 'func', target: fn, add: 0 });
    return { kind: 'addr', sym, off: 0 };
  }
  const held = values.map((v, i) => (inMemory(layout.fields[i + 1]!.type!) ? v : b.holdAll(v)));
  const p = allocate(f, e, layout);
  b.emit({ kind: 'store', mem: 'i32', addr: p, off: 0, x: { kind: 'funcidx', fn }, wb: false });
  held.forEach((v, i) => {
    b.store(layout.fields[i + 1]!.type!, pointee(p, fieldOffset(layout, i + 1)), v);
  });
  return p;
}

/** A declared function, or an instance of a generic one, as a value. */
export function funcValueOf(f: FuncState, fn: Func, inst: Instance | null): Expr[] {
  const targs = inst ? f.env.substAll(inst.targs) : [];
  return [{ kind: 'addr', sym: f.ctx.funcValue(fn.origin, targs), off: 0 }];
}

/** x.m as a value: a closure of the receiver as it is now. */
export function boundMethod(f: FuncState, e: SelectorExpr, sel: Selection): Expr {
  const b = f.b;
  const { method, index } = resolveMethod(f, sel);
  const own = index.slice(-1);
  let a = access(f, e.x);
  b.pos = dotPos(e);
  for (const i of index.slice(0, -1)) a = field(f, a, i);
  let type = a.type;
  let value: readonly Expr[];
  if (under(type).tag === 'Interface') {
    value = b.holdAll(read(f, a));
    b.nilCheck(value[0]!);
  } else {
    value = receiver(f, a, method).value;
    const ptr = method.origin.ptrRecv || method.ptrRecv;
    const isPtr = unalias(type).tag === 'Pointer';
    if (ptr && !isPtr) type = new Pointer(type);
    else if (!ptr && isPtr) type = (unalias(type) as Pointer).elem;
  }
  const code = f.ctx.boundMethod(type, method, own);
  code.addressTaken = true;
  return makeObject(f, null, code, closureLayout([type]), [value]);
}

/** T.m as a value. */
export function methodExpr(f: FuncState, sel: Selection): Expr {
  const { recv, method, index } = resolveMethod(f, sel);
  return { kind: 'addr', sym: f.ctx.methodExprValue(recv, method, index), off: 0 };
}

/** A closure without parameters that makes a prepared call, for go and for deferred calls on a list. */
export function callClosure(f: FuncState, p: Prepared, kind: '.gowrap' | '.deferwrap'): Expr {
  if (p.closure) return p.closure;
  const fn = new IrFunc(f.wrapperName(kind));
  fn.pos = p.pos;
  fn.wrapper = true;
  fn.addressTaken = true;
  const layout = closureLayout(p.operands.map((o) => o.type));
  const ptr = makeObject(
    f,
    null,
    fn,
    layout,
    p.operands.map((o) => o.value),
  );
  const self = fn.newLocal('ptr', '.closure');
  fn.params = [self];
  const inner = new FuncState(f.ctx, fn, f.env, f.version, f, f.level + 1);
  const b = inner.b;
  b.pos = p.pos;
  const operands = p.operands.map((o, i) => {
    const at = { base: get(self), off: fieldOffset(layout, i + 1), heap: true };
    return inMemory(o.type) ? [addrExpr(at)] : b.holdAll(b.load(o.type, at));
  });
  if (kind === '.deferwrap' && p.callee !== 'builtin')
    b.runtime('panicforward', [un('i64.extend_i32_u', { kind: 'fp' }), un('i64.extend_i32_u', { kind: 'calleefp' })]);
  p.invoke(b, operands, null);
  b.ret([]);
  f.ctx.addFunc(fn);
  return ptr;
}
