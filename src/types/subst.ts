// Substitution of type parameters.
//
// Guarantees: a type that mentions none of the parameters is returned itself, not a copy.
// Source: Go specification, "Instantiations".

import { instance } from './instantiate.ts';
import {
  ArrayT,
  Chan,
  Func,
  Interface,
  Kind,
  MapT,
  Pointer,
  Signature,
  Slice,
  Struct,
  type Term,
  Tuple,
  type Type,
  type TypeParam,
  Union,
  Var,
} from './types.ts';
import { Typ } from './universe.ts';

/** What each type parameter stands for. */
export type SubstMap = ReadonlyMap<TypeParam, Type>;

/** Maps tparams[i] to targs[i]; those without argument stay as they are. */
export function makeSubstMap(tparams: readonly TypeParam[], targs: readonly (Type | null)[]): SubstMap {
  const m = new Map<TypeParam, Type>();
  for (let i = 0; i < tparams.length; i++) {
    const t = targs[i];
    if (t) m.set(tparams[i]!, t);
  }
  return m;
}

export function makeRenameMap(from: readonly TypeParam[], to: readonly TypeParam[]): SubstMap {
  return makeSubstMap(from, to);
}

/** t with the type parameters of the map replaced. */
export function substType(t: Type, smap: SubstMap): Type {
  if (smap.size === 0) return t;
  return subst(t, smap);
}

/** The same for a list of variables. */
export function substVars(vars: Var[], smap: SubstMap): Var[] {
  return smap.size === 0 ? vars : substList(vars, (v) => substVar(v, smap));
}

/** f of each element; the list itself if f changes none. */
function substList<E>(list: E[], f: (e: E) => E): E[] {
  let out: E[] | null = null;
  for (let i = 0; i < list.length; i++) {
    const e = list[i]!;
    const g = f(e);
    if (g === e) continue;
    out ??= list.slice();
    out[i] = g;
  }
  return out ?? list;
}

function substVar(v: Var, smap: SubstMap): Var {
  const t = subst(v.type!, smap);
  return t === v.type ? v : cloneVar(v, t);
}

export function cloneVar(v: Var, t: Type): Var {
  const w = new Var(v.pos, v.pkg, v.name, t, v.kind, v.embedded);
  w.parent = v.parent;
  w.used = v.used;
  w.level = v.level;
  w.origin = v.origin;
  return w;
}

export function cloneFunc(f: Func, sig: Signature): Func {
  const g = new Func(f.pos, f.pkg, f.name, sig);
  g.parent = f.parent;
  g.ptrRecv = f.ptrRecv;
  g.origin = f.origin;
  return g;
}

function subst(t: Type, smap: SubstMap): Type {
  switch (t.tag) {
    case 'Basic':
      return t;
    case 'TypeParam':
      return smap.get(t) ?? t;
    case 'Array': {
      const elem = subst(t.elem, smap);
      return elem === t.elem ? t : new ArrayT(elem, t.len);
    }
    case 'Slice': {
      const elem = subst(t.elem, smap);
      return elem === t.elem ? t : new Slice(elem);
    }
    case 'Pointer': {
      const elem = subst(t.elem, smap);
      return elem === t.elem ? t : new Pointer(elem);
    }
    case 'Chan': {
      const elem = subst(t.elem, smap);
      return elem === t.elem ? t : new Chan(t.dir, elem);
    }
    case 'Map': {
      const key = subst(t.key, smap);
      const elem = subst(t.elem, smap);
      return key === t.key && elem === t.elem ? t : new MapT(key, elem);
    }
    case 'Struct': {
      const fields = substVars(t.fields, smap);
      return fields === t.fields ? t : new Struct(fields, t.tags);
    }
    case 'Tuple': {
      const vars = substVars(t.vars, smap);
      return vars === t.vars ? t : new Tuple(vars);
    }
    case 'Signature':
      return substSignature(t, smap);
    case 'Union': {
      const terms = substList(t.terms, (x): Term => {
        const u = subst(x.type, smap);
        return u === x.type ? x : { tilde: x.tilde, type: u };
      });
      return terms === t.terms ? t : new Union(terms);
    }
    case 'Interface':
      return substInterface(t, smap);
    case 'Named':
    case 'Alias': {
      if (t.targs.length === 0) return t;
      if (t.targs.length !== t.orig.tparams.length) return Typ[Kind.Invalid]!;
      const targs = substList(t.targs as Type[], (a) => subst(a, smap));
      return targs === t.targs ? t : instance(t.orig, targs, t.obj.pos);
    }
  }
}

function substSignature(t: Signature, smap: SubstMap): Signature {
  const params = substVars(t.params, smap);
  const results = substVars(t.results, smap);
  if (params === t.params && results === t.results) return t;
  const s = new Signature(params, results, t.variadic);
  // the receiver is seen to by those who substitute in interfaces and defined types
  s.recv = t.recv;
  s.rparams = t.rparams;
  s.tparams = t.tparams;
  return s;
}

function substInterface(t: Interface, smap: SubstMap): Interface {
  const methods = substList(t.methods, (f) => {
    const sig = subst(f.type!, smap) as Signature;
    return sig === f.type ? f : cloneFunc(f, sig);
  });
  const embeddeds = substList(t.embeddeds, (e) => subst(e, smap));
  if (methods === t.methods && embeddeds === t.embeddeds) return t;
  const res = new Interface([], embeddeds, t.embedPos);
  res.implicit = t.implicit;
  res.complete = t.complete;
  res.methods = replaceRecvType(methods, t, res);
  return res;
}

/** The methods with receivers of type `from` changed to `to`; the same list if there are none. */
export function replaceRecvType(methods: Func[], from: Type, to: Type): Func[] {
  return substList(methods, (m) => {
    const { recv } = m.sig;
    if (!recv || recv.type !== from) return m;
    const old = m.sig;
    const sig = new Signature(old.params, old.results, old.variadic);
    sig.tparams = old.tparams;
    sig.rparams = old.rparams;
    sig.recv = cloneVar(recv, to);
    return cloneFunc(m, sig);
  });
}
