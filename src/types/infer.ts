// Type inference for calls and instantiations of generic functions.
//
// Assumes: the type parameters are renamed, so that a function calling itself does not mix up inner and outer ones.
// Guarantees: the result has a type for every parameter, without any of the parameters in it; or is null, with the reason
// in err unless an argument was in error already.
// Source: Go specification, "Type inference"; wording of gc 1.26.

import type { Expr, Pos } from '../syntax/nodes.ts';
import type { ErrorDesc } from './errors.ts';
import { exprString } from './exprstring.ts';
import { hasAllMethods } from './lookup.ts';
import { startPos } from './positions.ts';
import { defaultType, isParameterized, isTyped, maxType } from './predicates.ts';
import type { Cause, Reporter } from './reporter.ts';
import { makeRenameMap, makeSubstMap, substType, substVars } from './subst.ts';
import { Kind, Mode, type Term, type Type, TypeName, TypeParam, type Var } from './types.ts';
import { termsOf, typeParamIface } from './typeset.ts';
import { typeString } from './typestring.ts';
import { commonUnder, unalias } from './under.ts';
import { Unifier, Unify } from './unify.ts';
import { Typ } from './universe.ts';

/** An argument, as far as inference looks at it; an Operand is one. */
export interface Argument {
  readonly mode: Mode;
  readonly expr: Expr | null;
  readonly typ: Type;
  readonly isNil: boolean;
}

/**
 * Finds the type arguments missing in targs. reverse: the function is assigned to something, whose type is the argument's,
 * and messages are worded accordingly.
 */
export function infer(
  r: Reporter,
  pos: Pos,
  tparams: readonly TypeParam[],
  given: readonly (Type | null)[],
  params: Var[],
  args: readonly Argument[],
  reverse: boolean,
  err: ErrorDesc,
): Type[] | null {
  const targs = tparams.map((_, i) => given[i] ?? null);
  if (targs.every((t) => t !== null)) return targs as Type[];
  if (args.some((a) => a.mode === Mode.Invalid)) return null;
  const str = (t: Type): string => typeString(t, r.qualifier);

  // parameters whose type is known by now need no inference, only assignability
  params = substVars(params, makeSubstMap(tparams, targs));
  const u = new Unifier(r, tparams, targs, r.allowVersion(21));

  const mismatch = (tpar: Type, targ: Type, arg: Argument): void => {
    const now = u.inferred(tparams);
    const at = arg.expr ? startPos(arg.expr) : pos;
    const text = arg.expr ? exprString(arg.expr) : '';
    if (now.every((t) => t === null)) {
      const names = typeParamNames(tparams);
      err.add(at, `type ${str(targ)} of ${text} does not match ${str(tpar)} (cannot infer ${names})`);
      return;
    }
    const inferred = substType(tpar, makeSubstMap(tparams, now));
    if (inferred === tpar) err.add(at, `type ${str(targ)} of ${text} does not match ${str(tpar)}`);
    else if (reverse) {
      err.add(at, `inferred type ${str(inferred)} for ${str(tpar)} does not match type ${str(targ)} of ${text}`);
    } else err.add(at, `type ${str(targ)} of ${text} does not match inferred type ${str(inferred)} for ${str(tpar)}`);
  };

  // typed arguments
  const untyped: number[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const par = params[i]!.type!;
    if (!isParameterized(tparams, par) && !isParameterized(tparams, arg.typ)) continue;
    if (isTyped(arg.typ)) {
      if (!u.unify(par, arg.typ, Unify.Assign)) {
        mismatch(par, arg.typ, arg);
        return null;
      }
    } else if (par.tag === 'TypeParam' && !arg.isNil) untyped.push(i);
  }

  // constraints, as long as they tell something new
  for (;;) {
    const before = u.unknowns();
    for (const tpar of tparams) if (!useConstraint(r, u, pos, tparams, tpar, err)) return null;
    if (u.unknowns() === before) break;
  }

  // untyped arguments take their default types
  const widest = new Map<TypeParam, Type>();
  for (const i of untyped) {
    const tpar = params[i]!.type as TypeParam;
    if (u.at(tpar)) continue;
    const arg = args[i]!;
    const prev = widest.get(tpar);
    const max = prev ? maxType(prev, arg.typ) : arg.typ;
    if (!max) {
      const at = arg.expr ? startPos(arg.expr) : pos;
      err.add(at, `mismatched types ${str(prev!)} and ${str(arg.typ)} (cannot infer ${str(tpar)})`);
      return null;
    }
    widest.set(tpar, max);
  }
  for (const [tpar, t] of widest) u.set(tpar, defaultType(t));

  const inferred = u.inferred(tparams);
  killCycles(tparams, inferred);
  simplify(tparams, targs, inferred);
  for (let i = 0; i < tparams.length; i++) {
    const t = inferred[i];
    if (t && !isParameterized(tparams, t)) continue;
    const { obj } = tparams[i]!;
    err.add(pos, `cannot infer ${obj.name} (declared at ${r.posstr(obj.pos)})`);
    return null;
  }
  return inferred as Type[];
}

/** Unifies what is known of tpar with its constraint. */
function useConstraint(
  r: Reporter,
  u: Unifier,
  pos: Pos,
  tparams: readonly TypeParam[],
  tpar: TypeParam,
  err: ErrorDesc,
): boolean {
  const str = (t: Type): string => typeString(t, r.qualifier);
  const tx = u.at(tpar);
  const { term: core, single } = coreTerm(r, tpar);
  if (core) {
    if (tx) {
      if (!u.unify(tx, core.type, Unify.Inexact)) {
        err.add(pos, `${str(tpar)} (type ${str(tx)}) does not satisfy ${str(tpar.bound)}`);
        return false;
      }
    } else if (single && !core.tilde) u.set(tpar, core.type);
  }
  if (tx && !isParameterized(tparams, tx)) {
    // the methods of the argument must match those of the constraint
    const cause: Cause = { msg: '' };
    const same = (x: Type, y: Type): boolean => u.unify(x, y, Unify.Exact);
    if (!hasAllMethods(r, tx, typeParamIface(tpar), true, same, cause)) {
      err.add(pos, `${str(tpar)} (type ${str(tx)}) does not satisfy ${str(tpar.bound)} ${cause.msg}`);
      return false;
    }
  }
  return true;
}

/** The only term of p's constraint, or one for what its terms have in common. */
function coreTerm(r: Reporter, p: TypeParam): { term: Term | null; single: boolean } {
  let n = 0;
  let only: Term | null = null;
  let tilde = false;
  termsOf(p, (t) => {
    if (!t) return false;
    n++;
    only = t;
    if (t.tilde) tilde = true;
    return true;
  });
  if (n === 1) return { term: only, single: true };
  const core = commonUnder(p, null, r.qualifier).u;
  return { term: core ? { tilde, type: core } : null, single: false };
}

/** Puts inferred types into one another until nothing changes. */
function simplify(tparams: readonly TypeParam[], targs: readonly (Type | null)[], inferred: (Type | null)[]): void {
  let dirty = inferred.map((_, i) => i).filter((i) => inferred[i] && !targs[i]);
  while (dirty.length > 0) {
    const smap = makeSubstMap(tparams, inferred);
    dirty = dirty.filter((i) => {
      const t0 = inferred[i]!;
      const t1 = substType(t0, smap);
      if (t1 === t0) return false;
      // a generic function argument whose parameters are all found is not generic any more
      if (t1.tag === 'Signature' && t1.tparams.length > 0 && !isParameterized(tparams, t1)) t1.tparams = [];
      inferred[i] = t1;
      return true;
    });
  }
}

/** Forgets inferred types that lead back to their own parameter. */
function killCycles(tparams: readonly TypeParam[], inferred: (Type | null)[]): void {
  const path = new Set<Type>();
  const vars = (list: readonly Var[]): void => {
    for (const v of list) walk(v.type!);
  };
  const walk = (t0: Type): void => {
    const t = unalias(t0);
    if (path.has(t)) {
      if (t.tag === 'TypeParam') {
        const i = tparams.indexOf(t);
        if (i >= 0) inferred[i] = null;
      }
      return;
    }
    path.add(t);
    switch (t.tag) {
      case 'Array':
      case 'Slice':
      case 'Pointer':
      case 'Chan':
        walk(t.elem);
        break;
      case 'Map':
        walk(t.key);
        walk(t.elem);
        break;
      case 'Struct':
        vars(t.fields);
        break;
      case 'Signature':
        vars(t.params);
        vars(t.results);
        break;
      case 'Union':
        for (const x of t.terms) walk(x.type);
        break;
      case 'Interface':
        for (const m of t.methods) walk(m.type!);
        for (const e of t.embeddeds) walk(e);
        break;
      case 'Named':
        for (const a of t.targs) walk(a);
        break;
      case 'TypeParam': {
        const i = tparams.indexOf(t);
        const x = i >= 0 ? inferred[i] : null;
        if (x) walk(x);
        break;
      }
    }
    path.delete(t);
  };
  for (const p of tparams) walk(p);
}

/** New type parameters in place of the given ones, and t in terms of them. */
export function renameTParams(tparams: readonly TypeParam[], t: Type): { tparams: TypeParam[]; type: Type } {
  const renamed = tparams.map((p) => {
    const name = new TypeName(p.obj.pos, p.obj.pkg, p.obj.name, null);
    const q = new TypeParam(name, Typ[Kind.Invalid]!);
    name.type = q;
    q.index = p.index;
    return q;
  });
  const smap = makeRenameMap(tparams, renamed);
  renamed.forEach((q, i) => {
    q.bound = substType(tparams[i]!.bound, smap);
  });
  return { tparams: renamed, type: substType(t, smap) };
}

/** "A", "A and B", "A, B, and C" */
function typeParamNames(list: readonly TypeParam[]): string {
  const names = list.map((p) => p.obj.name);
  if (names.length <= 2) return names.join(' and ');
  return `${names.slice(0, -1).join(', ')}, and ${names[names.length - 1]}`;
}
