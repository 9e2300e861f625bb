// Function types: receivers, type parameters, parameters and results.
//
// Guarantees: the signature's scope holds what the function body sees of them. Receiver type parameters are the method's
// own copies of those of the type, with bounds rewritten in their terms.
// Source: Go specification, "Function types", "Method declarations"; wording of gc 1.26.

import type { Expr, Field, FuncType, Ident } from '../syntax/nodes.ts';
import { measure } from './assignments.ts';
import type { Checker } from './checker.ts';
import { collectTypeParams, declare, declareTypeParam } from './decl.ts';
import { instance } from './instantiate.ts';
import { deref } from './lookup.ts';
import { endPos, startPos, unparen } from './positions.ts';
import { isValid } from './predicates.ts';
import { invalidType, recordInstance, recordTypeAndValue, recordUse } from './record.ts';
import { makeRenameMap, substType } from './subst.ts';
import {
  Kind,
  Mode,
  type Named,
  Pointer,
  Scope,
  type Signature,
  Slice,
  type Type,
  type TypeParam,
  Var,
  type VarKind,
} from './types.ts';
import { genericType, varType } from './typexpr.ts';
import { unalias, under } from './under.ts';

/** Fills in sig from the syntax; recvPar is the receiver of a method. */
export function funcType(c: Checker, sig: Signature, recvPar: Field | null, e: FuncType): Signature {
  const env = c.env;
  const outer = env.scope;
  const scope = new Scope(outer, e.pos, endPos(e), 'function', true);
  env.scope = scope;
  sig.scope = scope;
  // parameters belong to the function's body
  const level = env.level;
  env.level = level + 1;

  let recv: Var | null = null;
  if (recvPar) recv = collectRecv(c, sig, recvPar, e.pos);
  if (e.tparams.length > 0) collectTypeParams(c, e.tparams, (list) => (sig.tparams = list));
  const params = collectParams(c, 'param', e.params);
  const results = collectParams(c, 'result', e.results);

  const scopePos = endPos(e);
  if (recv && recv.name !== '') declare(c, scope, recvPar!.names[0]!, recv, scopePos);
  declareParams(c, scope, params, scopePos);
  declareParams(c, scope, results, scopePos);

  sig.recv = recv;
  sig.params = params.vars;
  sig.results = results.vars;
  sig.variadic = params.variadic;
  env.scope = outer;
  env.level = level;
  return sig;
}

interface Params {
  readonly names: (Ident | null)[];
  readonly vars: Var[];
  variadic: boolean;
}

function newParam(c: Checker, kind: VarKind, pos: number, name: string, t: Type): Var {
  const v = new Var(pos, c.pkg, name, t, kind);
  v.level = c.env.level;
  return v;
}

function collectParams(c: Checker, kind: VarKind, list: readonly Field[]): Params {
  const res: Params = { names: [], vars: [], variadic: false };
  for (let i = 0; i < list.length; i++) {
    const f = list[i]!;
    let e: Expr = f.type;
    if (e.kind === 'Ellipsis') {
      if (kind === 'param' && i === list.length - 1) res.variadic = true;
      if (e.elt) e = e.elt;
    }
    const t = varType(c, e);
    if (f.names.length === 0) {
      res.names.push(null);
      res.vars.push(newParam(c, kind, f.pos, '', t));
    }
    for (const id of f.names) {
      res.names.push(id);
      res.vars.push(newParam(c, kind, id.pos, id.name, t));
    }
  }
  if (res.variadic) {
    const last = res.vars[res.vars.length - 1]!;
    last.type = new Slice(last.type!);
    recordTypeAndValue(list[list.length - 1]!.type, Mode.TypExpr, last.type, null);
  }
  return res;
}

function declareParams(c: Checker, scope: Scope, p: Params, scopePos: number): void {
  for (let i = 0; i < p.vars.length; i++) {
    const id = p.names[i];
    if (id && id.name !== '') declare(c, scope, id, p.vars[i]!, scopePos);
  }
}

/** A receiver's type taken apart: *T[A, B]. */
export interface RecvParts {
  readonly ptr: boolean;
  /** without pointer and type parameters */
  readonly base: Expr;
  readonly tparams: Expr[];
}

export function unpackRecv(e: Expr): RecvParts {
  let base = unparen(e);
  let ptr = false;
  if (base.kind === 'StarExpr') {
    ptr = true;
    base = unparen(base.x);
  }
  if (base.kind !== 'IndexExpr') return { ptr, base, tparams: [] };
  return { ptr, base: base.x, tparams: base.indices };
}

function recvTypeParamNames(c: Checker, list: readonly Expr[]): Ident[] {
  return list.map((e) => {
    if (e.kind === 'Ident') return e;
    if (e.kind !== 'BadExpr') c.error(e, `receiver type parameter ${c.exprstr(e)} must be an identifier`);
    return { kind: 'Ident', pos: e.pos, tv: null, name: '_', obj: null, isDef: false, inst: null };
  });
}

function collectRecv(c: Checker, sig: Signature, f: Field, scopePos: number): Var {
  const parts = unpackRecv(f.type);
  let recvType: Type;
  if (parts.tparams.length === 0) recvType = plainRecvType(c, f.type, parts.base);
  else recvType = genericRecvType(c, sig, f.type, parts, scopePos);

  const name = f.names[0];
  const recv = newParam(c, 'recv', name ? name.pos : f.pos, name ? name.name : '', recvType);
  c.later(() => validRecv(c, parts.base, recv));
  return recv;
}

function plainRecvType(c: Checker, e: Expr, base: Expr): Type {
  const t = varType(c, e);
  // follow aliases: they must not lead to an instantiated type
  for (let a = unpointer(t); a.tag === 'Alias'; ) {
    const rhs: Type | null = a.rhs;
    if (!rhs) break;
    const b: Type = unpointer(rhs);
    if ((b.tag === 'Named' || b.tag === 'Alias') && b.orig.tparams.length > 0) {
      c.error(base, `cannot define new methods on instantiated type ${c.str(b)}`);
      return invalidType;
    }
    a = b;
  }
  return t;
}

function unpointer(t: Type): Type {
  while (t.tag === 'Pointer') t = t.elem;
  return t;
}

function genericRecvType(c: Checker, sig: Signature, e: Expr, parts: RecvParts, scopePos: number): Type {
  let baseType: Named | null = null;
  const cause = { msg: '' };
  const t = genericType(c, parts.base, cause);
  if (isValid(t)) {
    if (t.tag === 'Named') baseType = t;
    else if (t.tag === 'Alias') {
      c.error(parts.base, `cannot define new methods on generic alias type ${c.str(t)}`);
    }
  } else if (cause.msg) c.error(parts.base, cause.msg);

  const tparams = recvTypeParamNames(c, parts.tparams).map((id) => {
    const tpar = declareTypeParam(c, id, scopePos);
    recordUse(id, tpar.obj);
    recordTypeAndValue(id, Mode.TypExpr, tpar, null);
    return tpar;
  });
  tparams.forEach((p, i) => {
    p.index = i;
  });
  sig.rparams = tparams;
  if (!baseType) return invalidType;

  const base = baseType.tparams;
  if (tparams.length === base.length) {
    const smap = makeRenameMap(base, tparams);
    tparams.forEach((p, i) => {
      c.mono.recordCanon(p, base[i]!);
      p.bound = substType(base[i]!.bound, smap);
    });
  } else {
    const got = measure(tparams.length, 'type parameter');
    c.error(parts.base, `receiver declares ${got}, but receiver base type declares ${base.length}`);
  }
  c.verifyVersion(parts.base, 18, 'type instantiation');
  const targs: TypeParam[] = tparams;
  let recvType: Type = instance(baseType, targs, startPos(e));
  recordInstance(parts.base, targs, recvType);
  if (parts.ptr && isValid(recvType)) recvType = new Pointer(recvType);
  recordRecvTypes(e, recvType);
  return recvType;
}

function recordRecvTypes(e: Expr, t: Type): void {
  for (;;) {
    recordTypeAndValue(e, Mode.TypExpr, t, null);
    if (e.kind === 'StarExpr') {
      if (t.tag !== 'Pointer') return;
      t = t.elem;
    } else if (e.kind !== 'ParenExpr') return;
    e = e.x;
  }
}

function validRecv(c: Checker, at: Expr, recv: Var): void {
  const [rtyp] = deref(recv.type!);
  const t = unalias(rtyp);
  if (!isValid(t)) return;
  if (t.tag === 'Basic') {
    c.error(at, `cannot define new methods on non-local type ${c.str(rtyp)}`);
    return;
  }
  if (t.tag !== 'Named') {
    c.error(at, `invalid receiver type ${c.str(recv.type!)}`);
    return;
  }
  if (t.obj.pkg !== c.pkg) {
    c.error(at, `cannot define new methods on non-local type ${c.str(rtyp)}`);
    return;
  }
  const u = under(t);
  let cause = '';
  if (u.tag === 'Basic' && u.kind === Kind.UnsafePointer) cause = 'unsafe.Pointer';
  else if (u.tag === 'Pointer' || u.tag === 'Interface') cause = 'pointer or interface type';
  if (cause) c.error(at, `invalid receiver type ${c.str(rtyp)} (${cause})`);
}
