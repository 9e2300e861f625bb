// Underlying types, aliases, and what the types of a type parameter's type set have in common.
//
// Assumes: a defined type's right-hand side is known, or the type is still being declared. Guarantees: under never gives a
// Named, Alias or TypeParam; for a type that is still being declared it gives the invalid type and forgets about it.
// Source: Go specification, "Underlying types", "Core types" in their 1.26 form.

import { identical } from './predicates.ts';
import { type Alias, Kind, type Named, type Type } from './types.ts';
import { typeParamIface } from './typeset.ts';
import { type Qualifier, typeString } from './typestring.ts';
import { Typ } from './universe.ts';

/** The underlying type. Of a type parameter: its constraint interface. */
export function under(t: Type): Type {
  switch (t.tag) {
    case 'Named':
      return t.underlying ?? resolve(t);
    case 'Alias':
      return under(unalias(t));
    case 'TypeParam':
      return typeParamIface(t);
    default:
      return t;
  }
}

/** t without alias names around it. */
export function unalias(t: Type): Type {
  while (t.tag === 'Alias') {
    const rhs: Type | null = (t as Alias).rhs;
    if (!rhs) return Typ[Kind.Invalid]!;
    t = rhs;
  }
  return t;
}

/** t if it is a defined type or instance, or an alias of one; else null. */
export function asNamed(t: Type): Named | null {
  const u = unalias(t);
  return u.tag === 'Named' ? u : null;
}

/** Completes an instance: sets its right-hand side. */
export function expand(t: Named): void {
  const f = t.resolver;
  if (!f) return;
  t.resolver = null;
  f(t);
}

/** Follows right-hand sides to the first type that is not a name. */
function resolve(n: Named): Type {
  const path: Named[] = [];
  let t: Type = n;
  for (;;) {
    t = unalias(t);
    if (t.tag !== 'Named') break;
    if (t.underlying) {
      t = t.underlying;
      break;
    }
    if (path.includes(t)) return Typ[Kind.Invalid]!;
    path.push(t);
    expand(t);
    if (!t.fromRHS) return Typ[Kind.Invalid]!;
    t = t.fromRHS;
  }
  for (const p of path) p.underlying = t;
  return t;
}

/**
 * Calls f with each type of t's type set and its underlying type, until f gives false. A type that is no type parameter
 * is its own set; a type parameter without specific types gives (null, null).
 */
export function typeset(t: Type, f: (t: Type | null, u: Type | null) => boolean): boolean {
  const p = unalias(t);
  if (p.tag !== 'TypeParam') return f(t, under(t));
  const terms = typeParamIface(p).tset!.terms;
  if (terms === 'all' || terms.length === 0) return f(null, null);
  for (const term of terms) if (!f(term.type, term.tilde ? unalias(term.type) : under(term.type))) return false;
  return true;
}

/** Whether f holds for the underlying types of t's type set. */
export function underIs(t: Type, f: (u: Type | null) => boolean): boolean {
  const p = unalias(t);
  return p.tag === 'TypeParam' ? typeset(p, (_, u) => f(u)) : f(under(t));
}

export interface Common {
  /** null: there is none, for the reason in err */
  readonly u: Type | null;
  readonly err: string;
}

/**
 * The underlying type that all types in t's type set share. Channels may differ in direction; the result is then one that
 * is restricted. cond, if given, may object to a type.
 */
export function commonUnder(
  t: Type,
  cond: ((t: Type | null, u: Type | null) => string | null) | null,
  qf: Qualifier,
): Common {
  const p = unalias(t);
  if (p.tag !== 'TypeParam') {
    const u = under(t);
    const err = cond ? cond(t, u) : null;
    return err === null ? { u, err: '' } : { u: null, err };
  }
  let ct: Type | null = null;
  let cu: Type | null = null;
  let err = '';
  const ok = typeset(t, (t1, u1) => {
    const objection = cond ? cond(t1, u1) : null;
    if (objection !== null) {
      err = objection;
      return false;
    }
    if (!t1 || !u1) {
      err = 'no specific type';
      return false;
    }
    if (!ct || !cu) {
      ct = t1;
      cu = u1;
      return true;
    }
    const names = (): string => `${typeString(ct!, qf)} and ${typeString(t1, qf)}`;
    const prev: Type = cu;
    if (prev.tag === 'Chan' && u1.tag === 'Chan') {
      if (!identical(prev.elem, u1.elem)) err = `channels ${names()} have different element types`;
      else if (prev.dir === u1.dir) return true;
      else if (prev.dir === 'both') {
        ct = t1;
        cu = u1;
      } else if (u1.dir !== 'both') err = `channels ${names()} have conflicting directions`;
      return err === '';
    }
    if (identical(prev, u1)) return true;
    err = `${names()} have different underlying types`;
    return false;
  });
  return ok ? { u: cu, err: '' } : { u: null, err };
}
