// Unification: finding types for type parameters that make two types match.
//
// Guarantees: on success the parameters of the unifier have types under which the two are identical, or, where the mode
// allows it, assignable to each other at the top.
// Source: Go specification, "Type unification".

import { declareFunc, lookupFieldOrMethod } from './lookup.ts';
import {
  type IfacePair,
  identical,
  isInterface,
  isTypeLit,
  isTypeParam,
  objId,
  onStack,
  sameId,
} from './predicates.ts';
import type { Reporter } from './reporter.ts';
import type { Func, Interface, Named, Struct, Type, TypeParam, Var } from './types.ts';
import { termsEqual, typeSet } from './typeset.ts';
import { asNamed, commonUnder, unalias, under } from './under.ts';

/** How types must match; bits. */
export const Unify = {
  /** names, channel directions and interfaces may differ */
  Inexact: 0,
  /** inexactly at the top, exactly inside */
  Assign: 1,
  Exact: 2,
} as const;

/** What a type parameter, or several that must be the same, is inferred to be. */
interface Handle {
  type: Type | null;
}

const maxDepth = 50;

export class Unifier {
  private readonly handles = new Map<TypeParam, Handle>();
  private readonly r: Reporter;
  /** methods that interfaces share may tell types */
  private readonly interfaces: boolean;
  private depth = 0;

  constructor(r: Reporter, tparams: readonly TypeParam[], targs: readonly (Type | null)[], interfaces: boolean) {
    this.r = r;
    this.interfaces = interfaces;
    tparams.forEach((p, i) => {
      this.handles.set(p, { type: targs[i] ?? null });
    });
  }

  unify(x: Type, y: Type, mode: number): boolean {
    return this.nify(x, y, mode, null);
  }

  at(p: TypeParam): Type | null {
    return this.handles.get(p)!.type;
  }

  set(p: TypeParam, t: Type): void {
    this.handles.get(p)!.type = t;
  }

  unknowns(): number {
    let n = 0;
    for (const h of this.handles.values()) if (!h.type) n++;
    return n;
  }

  inferred(tparams: readonly TypeParam[]): (Type | null)[] {
    return tparams.map((p) => this.at(p));
  }

  private join(x: TypeParam, y: TypeParam): boolean {
    const hx = this.handles.get(x)!;
    const hy = this.handles.get(y)!;
    if (hx === hy) return true;
    if (hx.type && hy.type) return false;
    const [from, to] = hx.type ? [hy, hx] : [hx, hy];
    for (const [p, h] of this.handles) if (h === from) this.handles.set(p, to);
    return true;
  }

  private bound(t: Type): TypeParam | null {
    const p = unalias(t);
    return p.tag === 'TypeParam' && this.handles.has(p) ? p : null;
  }

  private nify(x: Type, y: Type, mode: number, p: IfacePair | null): boolean {
    if (x === y || unalias(x) === unalias(y)) return true;
    if (this.depth >= maxDepth) return false;
    this.depth++;
    const ok = this.match(x, y, mode, p);
    this.depth--;
    return ok;
  }

  private match(x: Type, y: Type, mode: number, p: IfacePair | null): boolean {
    // a defined type goes to y, a parameter to x
    if (asNamed(x) || this.bound(y)) [x, y] = [y, x];
    const exact = (mode & Unify.Exact) !== 0;

    const ny = asNamed(y);
    if (!exact && ny && isTypeLit(x) && !(this.interfaces && isInterface(x))) {
      y = under(ny);
      if (x === y || unalias(x) === unalias(y)) return true;
    }

    const px = this.bound(x);
    const py = this.bound(y);
    if (px && py) return this.join(px, py) || this.nify(this.at(px)!, this.at(py)!, mode, p);
    if (px) return this.matchParam(px, y, mode, p);

    if (this.interfaces && !exact) {
      const xi = asInterface(x);
      const yi = asInterface(y);
      if (xi && yi) return this.matchInterfaces(xi, yi, p);
      if (xi || yi) return this.matchMethods((xi ?? yi)!, xi ? y : x, p);
    }

    if (isTypeParam(y)) [x, y] = [y, x];
    return this.matchStructure(unalias(x), y, mode, p);
  }

  /** px is a parameter of the unifier, y is not. */
  private matchParam(px: TypeParam, y: Type, mode: number, p: IfacePair | null): boolean {
    const x = this.at(px);
    if (!x) {
      this.set(px, y);
      return true;
    }
    if (!this.nify(x, y, mode, p)) return false;
    const xi = asInterface(x);
    const yi = asInterface(y);
    const xn = asNamed(x) !== null;
    const yn = asNamed(y) !== null;
    if (xi && yi) {
      if (xn && yn) return identical(x, y);
      if (typeSet(xi).methods.length !== typeSet(yi).methods.length) return false;
    } else if (xi || yi) return false;
    // of types that match inexactly, the one with a name or a direction says more
    if (!(mode & Unify.Exact) && !xn) {
      const yu = under(y);
      if (yn || (yu.tag === 'Chan' && yu.dir !== 'both')) this.set(px, y);
    }
    return true;
  }

  private matchInterfaces(xi: Interface, yi: Interface, p: IfacePair | null): boolean {
    const xs = typeSet(xi);
    const ys = typeSet(yi);
    if (xs.comparable !== ys.comparable || !termsEqual(xs.terms, ys.terms)) return false;
    if (onStack(xi, yi, p)) return true;
    const q: IfacePair = { x: xi, y: yi, prev: p };
    const [few, many] = xs.methods.length <= ys.methods.length ? [xs.methods, ys.methods] : [ys.methods, xs.methods];
    const byId = new Map<string, Func>(many.map((m) => [objId(m), m]));
    return few.every((m) => {
      const o = byId.get(objId(m));
      return o !== undefined && this.nify(m.type!, o.type!, Unify.Exact, q);
    });
  }

  private matchMethods(iface: Interface, t: Type, p: IfacePair | null): boolean {
    return typeSet(iface).methods.every((m) => {
      const { obj } = lookupFieldOrMethod(t, false, m.pkg, m.name, false);
      if (obj?.tag !== 'Func') return false;
      declareFunc(obj);
      return this.nify(m.type!, obj.type!, Unify.Exact, p);
    });
  }

  private matchStructure(x: Type, yorig: Type, mode: number, p: IfacePair | null): boolean {
    const y = unalias(yorig);
    const emode = mode & Unify.Assign ? mode | Unify.Exact : mode;
    switch (x.tag) {
      case 'Basic':
        return y.tag === 'Basic' && x.kind === y.kind;
      case 'Array':
        if (y.tag !== 'Array') return false;
        return (x.len < 0 || y.len < 0 || x.len === y.len) && this.nify(x.elem, y.elem, emode, p);
      case 'Slice':
        return y.tag === 'Slice' && this.nify(x.elem, y.elem, emode, p);
      case 'Pointer':
        return y.tag === 'Pointer' && this.nify(x.elem, y.elem, emode, p);
      case 'Struct':
        return y.tag === 'Struct' && this.matchStructs(x, y, emode, p);
      case 'Tuple':
        return y.tag === 'Tuple' && this.matchVars(x.vars, y.vars, mode, p);
      case 'Signature':
        if (y.tag !== 'Signature' || x.variadic !== y.variadic) return false;
        return this.matchVars(x.params, y.params, emode, p) && this.matchVars(x.results, y.results, emode, p);
      case 'Interface':
        return y.tag === 'Interface' && this.matchSameInterface(x, y, p);
      case 'Map':
        return y.tag === 'Map' && this.nify(x.key, y.key, emode, p) && this.nify(x.elem, y.elem, emode, p);
      case 'Chan':
        if (y.tag !== 'Chan') return false;
        return (!(mode & Unify.Exact) || x.dir === y.dir) && this.nify(x.elem, y.elem, emode, p);
      case 'Named':
        return y.tag === 'Named' && this.matchNamed(x, y, mode, p);
      case 'TypeParam': {
        // not one to find a type for: what its types have in common must match
        const core = commonUnder(x, null, this.r.qualifier).u;
        return core !== null && this.nify(core, yorig, Unify.Assign, p);
      }
      default:
        return false;
    }
  }

  private matchVars(x: readonly Var[], y: readonly Var[], mode: number, p: IfacePair | null): boolean {
    if (x.length !== y.length) return false;
    for (let i = 0; i < x.length; i++) if (!this.nify(x[i]!.type!, y[i]!.type!, mode, p)) return false;
    return true;
  }

  private matchStructs(x: Struct, y: Struct, mode: number, p: IfacePair | null): boolean {
    if (x.fields.length !== y.fields.length) return false;
    return x.fields.every((f, i) => {
      const g = y.fields[i]!;
      if (f.embedded !== g.embedded || !sameId(f, g.pkg, g.name, false)) return false;
      return (x.tags[i] ?? '') === (y.tags[i] ?? '') && this.nify(f.type!, g.type!, mode, p);
    });
  }

  private matchSameInterface(x: Interface, y: Interface, p: IfacePair | null): boolean {
    const xs = typeSet(x);
    const ys = typeSet(y);
    if (xs.comparable !== ys.comparable || xs.methods.length !== ys.methods.length) return false;
    if (!termsEqual(xs.terms, ys.terms)) return false;
    if (onStack(x, y, p)) return true;
    const q: IfacePair = { x, y, prev: p };
    return xs.methods.every((f, i) => {
      const g = ys.methods[i]!;
      return sameId(f, g.pkg, g.name, false) && this.nify(f.type!, g.type!, Unify.Exact, q);
    });
  }

  private matchNamed(x: Named, y: Named, mode: number, p: IfacePair | null): boolean {
    if (x.targs.length !== y.targs.length) return false;
    // arguments first: they are worth inferring even if the types differ
    for (let i = 0; i < x.targs.length; i++) if (!this.nify(x.targs[i]!, y.targs[i]!, mode, p)) return false;
    return x.orig.obj === y.orig.obj;
  }
}

function asInterface(t: Type): Interface | null {
  if (isTypeParam(t)) return null;
  const u = under(t);
  return u.tag === 'Interface' ? u : null;
}
