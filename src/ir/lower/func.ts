// Function bodies: parameters, results, the body, the way out.
//
// Assumes: the body is checked. Guarantees: parameters that are captured or whose address is taken are moved to memory
// before the body begins; every path ends in a return, throw or unreachable.
// Source: docs/ABI.md, "Calls".

import type { Expr as Ast, BlockStmt } from '../../syntax/nodes.ts';
import { declOf } from '../../types/api.ts';
import { type Func, type Signature, type TypeAndValue, Var } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { get, type Func as IrFunc, type Scalar } from '../ir.ts';
import { discard, tuple } from './assign.ts';
import { heapAddr } from './builder.ts';
import type { ProgramContext } from './context.ts';
import { assignConv } from './convert.ts';
import { beginDefers, endDefers } from './defer.ts';
import { noTypeArgs, type TypeEnv } from './env.ts';
import { analysisOf } from './escape/tags.ts';
import { exprAs, exprInto } from './expr.ts';
import { flatten, inMemory, layoutOf } from './layout.ts';
import { type BodyScan, closingPos, scanBody } from './scan.ts';
import { FuncState, type Storage } from './state.ts';
import { block } from './stmt.ts';
import { storageOf } from './storage.ts';

/**
 * Writes the code of a declared function or method; fn is its origin, env holds its type arguments. lifted: it has more parameters,
 * pointers to memory that its caller may give it for what it returns; nil: it makes that itself.
 */
export function lowerFunc(ctx: ProgramContext, ir: IrFunc, fn: Func, env: TypeEnv, lifted: boolean): void {
  const decl = declOf(fn);
  const body = decl?.fdecl?.body;
  if (!decl || !body) throw new Error(`${fn.name} has no body`);
  const f = new FuncState(ctx, ir, env, decl.version, null, 1);
  f.analysis = analysisOf(ctx, fn, env.targs);
  ir.pos = fn.pos;
  ir.params = [];
  if (lifted) for (const l of f.analysis?.summary.lifted ?? []) f.lifted.set(l.index, ir.newLocal('ptr'));
  lowerSignature(f, fn.sig, body);
}

/** Writes the body of a function literal; its captured variables are in place. */
export function lowerLiteral(f: FuncState, sig: Signature, body: BlockStmt): void {
  lowerSignature(f, sig, body);
}

function lowerSignature(f: FuncState, sig: Signature, body: BlockStmt): void {
  const b = f.b;
  f.endPos = closingPos(body);
  b.pos = f.fn.pos;
  const scan = scanBody(body, (x: Ast) => {
    const tv = x.tv as TypeAndValue | null;
    return tv !== null && under(f.env.subst(tv.type)).tag === 'Signature';
  });
  const params = parameters(f, sig);
  f.fn.params.push(...f.lifted.values());
  beginDefers(f, scan);
  for (const p of params) enterParameter(f, p);
  for (const [i, v] of sig.results.entries()) enterResult(f, v, i, scan);
  block(f, body);
  if (b.live) {
    b.pos = f.endPos;
    if (f.exit) b.jump(f.exit);
    else if (f.results.length === 0) b.ret([]);
    else b.unreachable();
  }
  endDefers(f);
  b.finish();
}

interface Param {
  readonly v: Var;
  readonly arg: Storage;
}

/** Makes the locals of parameters and results, in the order of docs/ABI.md. */
function parameters(f: FuncState, sig: Signature): Param[] {
  const { fn } = f;
  const results: Scalar[] = [];
  for (const v of sig.results) {
    const type = f.typeOfVar(v);
    const l = layoutOf(type);
    if (l.parts) results.push(...l.scalars);
    const ptr = l.parts ? null : fn.newLocal('ptr', `&${v.name || 'result'}`);
    if (ptr) fn.params.push(ptr);
    f.results.push({ type, ptr, storage: null });
  }
  fn.results = results;
  f.namedResults = sig.results.some((v) => v.name !== '');
  return (sig.recv ? [sig.recv, ...sig.params] : sig.params).map((v) => {
    const type = f.typeOfVar(v);
    const locals = flatten(type).map((s) => fn.newLocal(s, v.name));
    fn.params.push(...locals);
    const arg: Storage = inMemory(type)
      ? { kind: 'mem', type, addr: { base: get(locals[0]!), off: 0, heap: false }, own: true }
      : { kind: 'reg', type, locals };
    return { v, arg };
  });
}

/** Gives a parameter its place as a variable. */
function enterParameter(f: FuncState, { v, arg }: Param): void {
  if (v.name === '' || v.name === '_') return;
  const where = storageOf(f, v, arg.type);
  if (where === 'reg' || (where === 'slot' && arg.kind === 'mem' && !v.reassigned && !v.addrTaken)) {
    f.vars.set(v, arg);
    return;
  }
  f.declare(v, f.read(arg));
}

function enterResult(f: FuncState, v: Var, i: number, scan: BodyScan): void {
  const r = f.results[i]!;
  const named = v.name !== '' && v.name !== '_';
  if (!named && !f.exit && !scan.returnInRangeFunc) {
    // a function whose results have names may return without saying which
    if (f.namedResults) r.storage = f.declare(unnamed(f, v), null);
    return;
  }
  const x = named ? v : unnamed(f, v);
  if (scan.returnInRangeFunc) {
    x.captured = true;
    f.resultVars = [...f.resultVars, x];
  }
  if (r.ptr && storageOf(f, x, r.type) !== 'heap') {
    const addr = heapAddr(get(r.ptr));
    f.b.clear(r.type, addr);
    r.storage = { kind: 'mem', type: r.type, addr, own: true };
    f.vars.set(x, r.storage);
  } else r.storage = f.declare(x, null);
}

function unnamed(f: FuncState, v: Var): Var {
  const x = new Var(v.pos, v.pkg, '', v.type, 'result');
  x.level = f.level;
  return x;
}

/** Begins a function of no parameters and results that initialises package variables. */
export function initFunc(ctx: ProgramContext, ir: IrFunc, version: number): FuncState {
  ir.params = [];
  ir.results = [];
  return new FuncState(ctx, ir, noTypeArgs, version, null, 0);
}

/** Initialises package variables with the value(s) of e. */
export function initVars(f: FuncState, vars: readonly Var[], e: Ast): void {
  const b = f.b;
  const mark = b.mark();
  b.pos = e.pos;
  if (vars.length > 1) {
    const { values, types } = tuple(f, e, null);
    vars.forEach((v, i) => {
      if (v.name === '_') return;
      const s = f.storage(v);
      f.write(s, assignConv(f, values[i]!, types[i]!, s.type));
    });
  } else if (vars.length === 0 || vars[0]!.name === '_') discard(f, e);
  else {
    const s = f.storage(vars[0]!);
    if (s.kind === 'mem' && inMemory(s.type)) exprInto(f, e, s.type, s.addr);
    else f.write(s, exprAs(f, e, s.type));
  }
  b.release(mark);
}
