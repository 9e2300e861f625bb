// Properties of types, and identity.
//
// Guarantees: none of these reports anything; the isX functions do not look into type parameters, the allX functions ask
// all types of their type sets.
// Source: Go specification, "Type identity", "Comparison operators", "Representability" (default types).

import { makeSubstMap, substType, substVars } from './subst.ts';
import {
  type Basic,
  type Func,
  type Interface,
  Is,
  isExportedName,
  Kind,
  type Named,
  type Package,
  type Signature,
  type Struct,
  type Type,
  type TypeParam,
  type Var,
} from './types.ts';
import { termsEqual, termsOf, typeSet, unionTerms } from './typeset.ts';
import { type Qualifier, typeString } from './typestring.ts';
import { asNamed, unalias, under, underIs } from './under.ts';
import { Typ, universeRune } from './universe.ts';

export function isValid(t: Type): boolean {
  return unalias(t) !== Typ[Kind.Invalid];
}

function isBasic(t: Type, info: number): boolean {
  const u = t.tag === 'Basic' ? t : t.tag === 'Named' || t.tag === 'Alias' ? under(t) : t;
  return u.tag === 'Basic' && (u.info & info) !== 0;
}

export function isBoolean(t: Type): boolean {
  return isBasic(t, Is.Boolean);
}
export function isInteger(t: Type): boolean {
  return isBasic(t, Is.Integer);
}
export function isUnsigned(t: Type): boolean {
  return isBasic(t, Is.Unsigned);
}
export function isFloat(t: Type): boolean {
  return isBasic(t, Is.Float);
}
export function isComplex(t: Type): boolean {
  return isBasic(t, Is.Complex);
}
export function isNumeric(t: Type): boolean {
  return isBasic(t, Is.Numeric);
}
export function isString(t: Type): boolean {
  return isBasic(t, Is.String);
}
export function isIntegerOrFloat(t: Type): boolean {
  return isBasic(t, Is.Integer | Is.Float);
}
export function isConstType(t: Type): boolean {
  return isBasic(t, Is.ConstType);
}

function allBasic(t: Type, info: number): boolean {
  const p = unalias(t);
  if (p.tag === 'TypeParam') return termsOf(p, (term) => term !== null && isBasic(term.type, info));
  return isBasic(p, info);
}

export function allBoolean(t: Type): boolean {
  return allBasic(t, Is.Boolean);
}
export function allInteger(t: Type): boolean {
  return allBasic(t, Is.Integer);
}
export function allUnsigned(t: Type): boolean {
  return allBasic(t, Is.Unsigned);
}
export function allNumeric(t: Type): boolean {
  return allBasic(t, Is.Numeric);
}
export function allString(t: Type): boolean {
  return allBasic(t, Is.String);
}
export function allOrdered(t: Type): boolean {
  return allBasic(t, Is.Ordered);
}
export function allNumericOrString(t: Type): boolean {
  return allBasic(t, Is.Numeric | Is.String);
}

/** Predeclared types, defined types and type parameters have names. */
export function hasName(t: Type): boolean {
  const tag = unalias(t).tag;
  return tag === 'Basic' || tag === 'Named' || tag === 'TypeParam';
}

/** Everything but defined types and type parameters. */
export function isTypeLit(t: Type): boolean {
  const tag = unalias(t).tag;
  return tag !== 'Named' && tag !== 'TypeParam';
}

export function isUntyped(t: Type): boolean {
  return t.tag === 'Basic' && (t.info & Is.Untyped) !== 0;
}

export function isTyped(t: Type): boolean {
  return !isUntyped(t);
}

/** Interface types and type parameters. */
export function isInterface(t: Type): boolean {
  return under(t).tag === 'Interface';
}

export function isTypeParam(t: Type): boolean {
  return unalias(t).tag === 'TypeParam';
}

export function isNonTypeParamInterface(t: Type): boolean {
  const u = unalias(t);
  return u.tag !== 'TypeParam' && under(u).tag === 'Interface';
}

/** Whether t is a type parameter known to have no types. */
export function hasEmptyTypeset(t: Type): boolean {
  const p = unalias(t);
  if (p.tag !== 'TypeParam') return false;
  const n = asNamed(p.bound);
  const u = n ? n.underlying : under(p.bound);
  return u?.tag === 'Interface' && u.tset !== null && u.tset.isEmpty();
}

/** A generic type that is not instantiated. */
export function isGeneric(t: Type): boolean {
  if (t.tag === 'Alias' && t.tparams.length > 0 && t.targs.length === 0) return true;
  const n = t.tag === 'Named' ? t : t.tag === 'Alias' ? asNamed(t) : null;
  return n !== null && n.targs.length === 0 && n.tparams.length > 0;
}

/** Whether == is defined for values of t; it may panic for interfaces. */
export function comparable(t: Type): boolean {
  return comparableType(t, true, noQualifier) === null;
}

const noQualifier: Qualifier = () => '';

/**
 * null if t is comparable, else why not ('' if there is nothing to say). dynamic: interfaces count, though comparing them
 * may panic.
 */
export function comparableType(t: Type, dynamic: boolean, qf: Qualifier, seen?: Set<Type>): string | null {
  const u = under(t);
  switch (u.tag) {
    case 'Basic':
      return u.kind === Kind.UntypedNil ? '' : null;
    case 'Pointer':
    case 'Chan':
      return null;
    case 'Struct': {
      seen ??= new Set();
      if (seen.has(t)) return null;
      seen.add(t);
      for (const f of u.fields) {
        if (comparableType(f.type!, dynamic, qf, seen) !== null) {
          return `struct containing ${typeString(f.type!, qf)} cannot be compared`;
        }
      }
      return null;
    }
    case 'Array':
      if (comparableType(u.elem, dynamic, qf, seen) === null) return null;
      return `${typeString(t, qf)} cannot be compared`;
    case 'Interface': {
      if (dynamic && !isTypeParam(t)) return null;
      seen ??= new Set();
      if (seen.has(t)) return null;
      seen.add(t);
      const tset = typeSet(u);
      if (tset.isComparable(seen)) return null;
      return tset.isEmpty() ? 'empty type set' : 'incomparable types in type set';
    }
    default:
      return '';
  }
}

/** Whether nil is a value of t. */
export function hasNil(t: Type): boolean {
  const u = under(t);
  switch (u.tag) {
    case 'Basic':
      return u.kind === Kind.UnsafePointer;
    case 'Slice':
    case 'Pointer':
    case 'Signature':
    case 'Map':
    case 'Chan':
      return true;
    case 'Interface':
      return !isTypeParam(t) || underIs(t, (v) => v !== null && hasNil(v));
    default:
      return false;
  }
}

export function samePkg(a: Package | null, b: Package | null): boolean {
  return a === b || (a !== null && b !== null && a.path === b.path);
}

/** Whether a name of package `pkg` means obj: unexported names of different packages differ. */
export function sameId(obj: Var | Func, pkg: Package | null, name: string, foldCase: boolean): boolean {
  if (foldCase && obj.name.toLowerCase() === name.toLowerCase()) return true;
  if (obj.name !== name) return false;
  return isExportedName(name) || samePkg(obj.pkg, pkg);
}

/** A name that is equal for objects with the same Id. */
export function objId(obj: Var | Func): string {
  return obj.exported ? obj.name : `${obj.pkg ? obj.pkg.path : '_'}.${obj.name}`;
}

/** Interfaces being compared further up, because methods can lead back to them. */
export interface IfacePair {
  readonly x: Interface;
  readonly y: Interface;
  readonly prev: IfacePair | null;
}

export function onStack(x: Interface, y: Interface, p: IfacePair | null): boolean {
  for (; p; p = p.prev) if ((p.x === x && p.y === y) || (p.x === y && p.y === x)) return true;
  return false;
}

export function identical(x: Type, y: Type): boolean {
  return same(x, y, false, null);
}

export function identicalIgnoreTags(x: Type, y: Type): boolean {
  return same(x, y, true, null);
}

function same(x: Type, y: Type, ignoreTags: boolean, p: IfacePair | null): boolean {
  if (x === y) return true;
  if (x.tag === 'Alias') x = unalias(x);
  if (y.tag === 'Alias') y = unalias(y);
  if (x === y) return true;
  switch (x.tag) {
    case 'Basic':
      return y.tag === 'Basic' && x.kind === y.kind;
    case 'Array':
      if (y.tag !== 'Array') return false;
      return (x.len < 0 || y.len < 0 || x.len === y.len) && same(x.elem, y.elem, ignoreTags, p);
    case 'Slice':
      return y.tag === 'Slice' && same(x.elem, y.elem, ignoreTags, p);
    case 'Pointer':
      return y.tag === 'Pointer' && same(x.elem, y.elem, ignoreTags, p);
    case 'Struct':
      return y.tag === 'Struct' && sameStruct(x, y, ignoreTags, p);
    case 'Tuple':
      return y.tag === 'Tuple' && sameVars(x.vars, y.vars, ignoreTags, p);
    case 'Signature':
      return y.tag === 'Signature' && sameSignature(x, y, ignoreTags, p);
    case 'Union':
      return y.tag === 'Union' && termsEqual(unionTerms(x), unionTerms(y));
    case 'Interface':
      return y.tag === 'Interface' && sameInterface(x, y, ignoreTags, p);
    case 'Map':
      return y.tag === 'Map' && same(x.key, y.key, ignoreTags, p) && same(x.elem, y.elem, ignoreTags, p);
    case 'Chan':
      return y.tag === 'Chan' && x.dir === y.dir && same(x.elem, y.elem, ignoreTags, p);
    case 'Named':
      return y.tag === 'Named' && sameNamed(x, y);
    default:
      return false;
  }
}

function sameVars(x: readonly Var[], y: readonly Var[], ignoreTags: boolean, p: IfacePair | null): boolean {
  if (x.length !== y.length) return false;
  for (let i = 0; i < x.length; i++) if (!same(x[i]!.type!, y[i]!.type!, ignoreTags, p)) return false;
  return true;
}

function sameStruct(x: Struct, y: Struct, ignoreTags: boolean, p: IfacePair | null): boolean {
  if (x.fields.length !== y.fields.length) return false;
  for (let i = 0; i < x.fields.length; i++) {
    const f = x.fields[i]!;
    const g = y.fields[i]!;
    if (f.embedded !== g.embedded || !sameId(f, g.pkg, g.name, false)) return false;
    if (!ignoreTags && (x.tags[i] ?? '') !== (y.tags[i] ?? '')) return false;
    if (!same(f.type!, g.type!, ignoreTags, p)) return false;
  }
  return true;
}

function sameSignature(x: Signature, y: Signature, ignoreTags: boolean, p: IfacePair | null): boolean {
  if (x.tparams.length !== y.tparams.length || x.variadic !== y.variadic) return false;
  let { params, results } = y;
  if (x.tparams.length > 0) {
    // the names of type parameters do not matter
    const smap = makeSubstMap(y.tparams, x.tparams);
    for (let i = 0; i < x.tparams.length; i++) {
      if (!same(x.tparams[i]!.bound, substType(y.tparams[i]!.bound, smap), ignoreTags, p)) return false;
    }
    params = substVars(params, smap);
    results = substVars(results, smap);
  }
  return sameVars(x.params, params, ignoreTags, p) && sameVars(x.results, results, ignoreTags, p);
}

function sameInterface(x: Interface, y: Interface, ignoreTags: boolean, p: IfacePair | null): boolean {
  const xs = typeSet(x);
  const ys = typeSet(y);
  if (xs.comparable !== ys.comparable || xs.methods.length !== ys.methods.length) return false;
  if (!termsEqual(xs.terms, ys.terms)) return false;
  if (onStack(x, y, p)) return true;
  const q: IfacePair = { x, y, prev: p };
  for (let i = 0; i < xs.methods.length; i++) {
    const f = xs.methods[i]!;
    const g = ys.methods[i]!;
    if (!sameId(f, g.pkg, g.name, false) || !same(f.type!, g.type!, ignoreTags, q)) return false;
  }
  return true;
}

function sameNamed(x: Named, y: Named): boolean {
  if (x.orig.obj !== y.orig.obj || x.targs.length !== y.targs.length) return false;
  for (let i = 0; i < x.targs.length; i++) if (!identical(x.targs[i]!, y.targs[i]!)) return false;
  return true;
}

/** The type an untyped value takes when nothing else is asked for. */
export function defaultType(t: Type): Type {
  if (t.tag !== 'Basic') return t;
  switch (t.kind) {
    case Kind.UntypedBool:
      return Typ[Kind.Bool]!;
    case Kind.UntypedInt:
      return Typ[Kind.Int]!;
    case Kind.UntypedRune:
      return universeRune;
    case Kind.UntypedFloat:
      return Typ[Kind.Float64]!;
    case Kind.UntypedComplex:
      return Typ[Kind.Complex128]!;
    case Kind.UntypedString:
      return Typ[Kind.String]!;
    default:
      return t;
  }
}

/** Of two untyped types the one that includes the other; null if neither does. */
export function maxType(x: Type, y: Type): Type | null {
  if (x === y) return x;
  const numeric = (t: Type): boolean => isUntyped(t) && ((t as Basic).info & Is.Numeric) !== 0;
  if (!numeric(x) || !numeric(y)) return null;
  return (x as Basic).kind > (y as Basic).kind ? x : y;
}

/** Whether t mentions one of the type parameters. */
export function isParameterized(tparams: readonly TypeParam[], t: Type): boolean {
  return mentions(tparams, t, new Set());
}

function mentions(tparams: readonly TypeParam[], t: Type, seen: Set<Type>): boolean {
  const vars = (list: readonly Var[]): boolean => list.some((v) => mentions(tparams, v.type!, seen));
  switch (t.tag) {
    case 'Basic':
      return false;
    case 'Alias':
      return mentions(tparams, unalias(t), seen);
    case 'TypeParam':
      return tparams.includes(t);
    case 'Array':
    case 'Slice':
    case 'Pointer':
    case 'Chan':
      return mentions(tparams, t.elem, seen);
    case 'Map':
      return mentions(tparams, t.key, seen) || mentions(tparams, t.elem, seen);
    case 'Tuple':
      return vars(t.vars);
    case 'Named':
      return t.targs.some((a) => mentions(tparams, a, seen));
    case 'Struct':
    case 'Signature':
    case 'Interface':
    case 'Union':
      break;
  }
  if (seen.has(t)) return false;
  seen.add(t);
  switch (t.tag) {
    case 'Struct':
      return vars(t.fields);
    case 'Signature':
      return vars(t.params) || vars(t.results);
    case 'Union':
      return t.terms.some((term) => mentions(tparams, term.type, seen));
    case 'Interface': {
      const tset = typeSet(t);
      if (tset.methods.some((m) => mentions(tparams, m.type!, seen))) return true;
      const { terms } = tset;
      return terms !== 'all' && terms.length > 0 && terms.every((term) => mentions(tparams, term.type, seen));
    }
  }
}
