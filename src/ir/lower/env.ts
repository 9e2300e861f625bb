// Type arguments while a generic body is lowered: every type recorded on the tree goes through TypeEnv.subst.
//
// Assumes: targs are free of type parameters. Guarantees: so is every type subst gives back. A type declared inside a
// generic function is a different type for each list of type arguments (and the same one for equal lists).
// Source: Go specification, "Instantiations"; B. C. Pierce, "Types and Programming Languages", chapter 23.

import type { Pos } from '../../syntax/nodes.ts';
import { instance } from '../../types/instantiate.ts';
import {
  ArrayT,
  Chan,
  Func,
  Interface,
  MapT,
  Named,
  Pointer,
  Signature,
  Slice,
  Struct,
  Tuple,
  type Type,
  TypeName,
  type TypeParam,
  Union,
  Var,
} from '../../types/types.ts';
import { typeKey } from '../../types/typestring.ts';
import { unalias, under } from '../../types/under.ts';

const localTypes = new WeakMap<Named, Map<string, Named>>();
const localArgs = new WeakMap<Named, readonly Type[]>();

/** The type arguments of the function a local type was declared in; empty for all other types. */
export function localTypeArgs(t: Named): readonly Type[] {
  return localArgs.get(t.orig) ?? [];
}

export class TypeEnv {
  readonly targs: readonly Type[];
  private readonly map = new Map<TypeParam, Type>();
  private readonly memo = new Map<Type, Type>();
  private readonly from: Pos;
  private readonly to: Pos;

  /** from and to: the range of the generic declaration, whose local types depend on the type arguments. */
  constructor(tparams: readonly TypeParam[], targs: readonly Type[], from: Pos = 0, to: Pos = 0) {
    this.targs = targs;
    tparams.forEach((p, i) => {
      this.map.set(p, targs[i]!);
    });
    this.from = from;
    this.to = to;
  }

  get empty(): boolean {
    return this.map.size === 0;
  }

  subst(t: Type): Type {
    if (this.map.size === 0) return t;
    let s = this.memo.get(t);
    if (!s) {
      s = this.compute(t);
      this.memo.set(t, s);
    }
    return s;
  }

  substAll(ts: readonly Type[]): readonly Type[] {
    if (this.map.size === 0) return ts;
    let changed = false;
    const out = ts.map((t) => {
      const s = this.subst(t);
      if (s !== t) changed = true;
      return s;
    });
    return changed ? out : ts;
  }

  private compute(t: Type): Type {
    switch (t.tag) {
      case 'Basic':
        return t;
      case 'TypeParam':
        return this.map.get(t) ?? t;
      case 'Alias':
        return this.subst(unalias(t));
      case 'Array': {
        const e = this.subst(t.elem);
        return e === t.elem ? t : new ArrayT(e, t.len);
      }
      case 'Slice': {
        const e = this.subst(t.elem);
        return e === t.elem ? t : new Slice(e);
      }
      case 'Pointer': {
        const e = this.subst(t.elem);
        return e === t.elem ? t : new Pointer(e);
      }
      case 'Chan': {
        const e = this.subst(t.elem);
        return e === t.elem ? t : new Chan(t.dir, e);
      }
      case 'Map': {
        const k = this.subst(t.key);
        const e = this.subst(t.elem);
        return k === t.key && e === t.elem ? t : new MapT(k, e);
      }
      case 'Struct': {
        const fields = this.vars(t.fields);
        return fields === t.fields ? t : new Struct(fields, t.tags);
      }
      case 'Tuple': {
        const vars = this.vars(t.vars);
        return vars === t.vars ? t : new Tuple(vars);
      }
      case 'Signature': {
        const params = this.vars(t.params);
        const results = this.vars(t.results);
        const recv = t.recv && this.var(t.recv);
        if (params === t.params && results === t.results && recv === t.recv) return t;
        const s = new Signature(params, results, t.variadic);
        s.recv = recv;
        return s;
      }
      case 'Union': {
        const terms = t.terms.map((x) => ({ tilde: x.tilde, type: this.subst(x.type) }));
        return terms.every((x, i) => x.type === t.terms[i]!.type) ? t : new Union(terms);
      }
      case 'Interface': {
        const embeddeds = this.substAll(t.embeddeds);
        let changed = embeddeds !== t.embeddeds;
        const methods = t.methods.map((m) => {
          const sig = this.methodSig(m.sig);
          if (sig === m.sig) return m;
          changed = true;
          const f = new Func(m.pos, m.pkg, m.name, sig);
          f.origin = m.origin;
          return f;
        });
        if (!changed) return t;
        const i = new Interface(methods, [...embeddeds], t.embedPos);
        i.implicit = t.implicit;
        return i;
      }
      case 'Named':
        return this.named(t);
    }
  }

  /** The signature of an interface's method, whose receiver leads back to the interface. */
  private methodSig(t: Signature): Signature {
    const params = this.vars(t.params);
    const results = this.vars(t.results);
    return params === t.params && results === t.results ? t : new Signature(params, results, t.variadic);
  }

  private named(t: Named): Type {
    const orig = this.isLocal(t.orig) ? this.localClone(t.orig) : t.orig;
    if (t.targs.length === 0) return orig;
    const targs = this.substAll(t.targs);
    return targs === t.targs && orig === t.orig ? t : instance(orig, targs);
  }

  private isLocal(t: Named): boolean {
    return t.obj.pos >= this.from && t.obj.pos < this.to && t.obj.parent !== t.obj.pkg?.scope;
  }

  /** The type, perhaps generic, that a type declared in the function is for these type arguments. */
  private localClone(t: Named): Named {
    let clones = localTypes.get(t);
    if (!clones) {
      clones = new Map();
      localTypes.set(t, clones);
    }
    const key = this.targs.map(typeKey).join(';');
    let clone = clones.get(key);
    if (!clone) {
      const obj = new TypeName(t.obj.pos, t.obj.pkg, t.obj.name, null);
      obj.parent = t.obj.parent;
      clone = new Named(obj, null, []);
      clone.tparams = t.tparams;
      obj.type = clone;
      clones.set(key, clone);
      localArgs.set(clone, this.targs);
      this.memo.set(t, clone);
      clone.underlying = this.subst(under(t));
      clone.fromRHS = clone.underlying;
    }
    return clone;
  }

  private vars(vs: Var[]): Var[] {
    let out: Var[] | null = null;
    for (let i = 0; i < vs.length; i++) {
      const v = this.var(vs[i]!);
      if (v !== vs[i] && !out) out = vs.slice(0, i);
      out?.push(v);
    }
    return out ?? vs;
  }

  private var(v: Var): Var {
    const type = this.subst(v.type!);
    if (type === v.type) return v;
    const w = new Var(v.pos, v.pkg, v.name, type, v.kind, v.embedded);
    w.origin = v.origin;
    return w;
  }
}

export const noTypeArgs = new TypeEnv([], []);
