// Type sets of interfaces, and the lists of terms that describe them.
//
// Assumes: the interfaces embedded do not embed each other (cycles.ts sees to that). Guarantees: a type set is computed
// once, when first asked for; term lists are in normal form: no term includes another, and the set of all types is 'all'.
// Source: Go specification, "Interface types", "General interfaces".

import type { Pos } from '../syntax/nodes.ts';
import { ErrorDesc } from './errors.ts';
import { comparableType, identical, isTypeParam, isValid, objId, sameId } from './predicates.ts';
import type { Reporter } from './reporter.ts';
import { type Func, Interface, type Package, type Term, type Type, type TypeParam, type Union } from './types.ts';
import { type Qualifier, typeString } from './typestring.ts';
import { asNamed, under } from './under.ts';
import { comparableInterface, emptyInterface } from './universe.ts';

/** The types of the terms taken together; 'all' is every type, no term none. */
export type Terms = 'all' | readonly Term[];

export class TypeSet {
  /** of the interface and those it embeds, sorted by compareFunc */
  readonly methods: readonly Func[];
  readonly terms: Terms;
  /** only comparable types; then terms is 'all' */
  readonly comparable: boolean;
  constructor(methods: readonly Func[], terms: Terms, comparable: boolean) {
    this.methods = methods;
    this.terms = terms;
    this.comparable = comparable;
  }
  isEmpty(): boolean {
    return this.terms.length === 0;
  }
  /** every type is in it */
  isAll(): boolean {
    return this.isMethodSet() && this.methods.length === 0;
  }
  /** methods alone say which types are in it */
  isMethodSet(): boolean {
    return !this.comparable && this.terms === 'all';
  }
  hasTerms(): boolean {
    return this.terms !== 'all' && this.terms.length > 0;
  }
  isComparable(seen: Set<Type>): boolean {
    if (this.terms === 'all') return this.comparable;
    if (this.terms.length === 0) return false;
    return this.terms.every((t) => comparableType(t.type, false, noNames, seen) === null);
  }
  lookup(pkg: Package | null, name: string, foldCase: boolean): number {
    return methodIndex(this.methods, pkg, name, foldCase);
  }
}

const noNames: Qualifier = () => '';

/** The type set of the empty interface. */
export const topTypeSet = new TypeSet([], 'all', false);
comparableInterface.tset = new TypeSet([], 'all', true);

/** Order of methods: exported ones first, by name, then by package. */
export function compareFunc(a: Func, b: Func): number {
  if (a === b) return 0;
  const ea = a.exported;
  if (ea !== b.exported) return ea ? -1 : 1;
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  if (ea) return 0;
  const pa = a.pkg?.path ?? '';
  const pb = b.pkg?.path ?? '';
  return pa === pb ? 0 : pa < pb ? -1 : 1;
}

export function methodIndex(methods: readonly Func[], pkg: Package | null, name: string, foldCase: boolean): number {
  if (name === '_') return -1;
  for (let i = 0; i < methods.length; i++) if (sameId(methods[i]!, pkg, name, foldCase)) return i;
  return -1;
}

/** The type set of t. */
export function typeSet(t: Interface): TypeSet {
  return t.tset ?? compute(t.reporter, 0, t);
}

/** The type set of t; errors in t are reported to r, with pos for what has none of its own. */
export function checkerTypeSet(r: Reporter, pos: Pos, t: Interface): TypeSet {
  return t.tset ?? compute(r, pos, t);
}

/** The constraint of p as an interface: a constraint of another kind is wrapped in one. */
export function typeParamIface(p: TypeParam): Interface {
  const bound = p.bound;
  const u = under(bound);
  let t: Interface;
  if (u.tag === 'Basic' && !isValid(u)) return emptyInterface;
  if (u.tag === 'Interface') {
    if (isTypeParam(bound)) return emptyInterface;
    t = u;
  } else {
    t = new Interface([], [bound]);
    t.implicit = true;
    p.bound = t;
  }
  if (!t.tset) compute(t.reporter, asNamed(bound)?.obj.pos ?? p.obj.pos, t);
  // an interface that is still being declared has none yet; it is taken for the empty one
  return t.tset ? t : emptyInterface;
}

/** Calls f with the terms of p's constraint until it gives false; with null if there are none. */
export function termsOf(p: TypeParam, f: (t: Term | null) => boolean): boolean {
  const { terms } = typeSet(typeParamIface(p));
  if (terms === 'all' || terms.length === 0) return f(null);
  for (const t of terms) if (!f(t)) return false;
  return true;
}

class Methods {
  private readonly r: Reporter | null;
  readonly list: Func[] = [];
  private readonly byId = new Map<string, Func>();
  private readonly where = new Map<Func, Pos>();

  constructor(r: Reporter | null) {
    this.r = r;
  }

  add(pos: Pos, m: Func, explicit: boolean): void {
    const id = objId(m);
    const other = this.byId.get(id);
    if (!other) {
      this.byId.set(id, m);
      this.where.set(m, pos);
      this.list.push(m);
      return;
    }
    const r = this.r;
    if (!r) return;
    const duplicate = (): void => {
      const err = new ErrorDesc().add(pos, `duplicate method ${m.name}`);
      err.add(this.where.get(other) ?? 0, `other declaration of method ${m.name}`);
      r.report(err);
    };
    if (explicit) duplicate();
    else {
      // overlapping embedded methods must be the same
      r.later(() => {
        if ((pos && !r.allowVersion(14)) || !identical(m.type!, other.type!)) duplicate();
      });
    }
  }
}

function compute(r: Reporter | null, pos: Pos, t: Interface): TypeSet {
  if (!t.complete) return topTypeSet;
  // in case of a cycle that has not been found yet
  t.tset = new TypeSet([], 'all', false);
  const methods = new Methods(r);
  for (const m of t.methods) methods.add(m.pos, m, true);

  let terms: Terms = 'all';
  let onlyComparable = false;
  for (let i = 0; i < t.embeddeds.length; i++) {
    const e = t.embeddeds[i]!;
    const at = t.embedPos[i] ?? 0;
    const u = under(e);
    let elemTerms: Terms;
    let elemComparable = false;
    if (u.tag === 'Interface') {
      const tset = u.tset ?? compute(u.reporter, at, u);
      if (at && r && isImportedConstraint(r, e, tset)) {
        if (!r.verifyVersion(at, 18, `embedding constraint interface ${typeString(e, r.qualifier)}`)) continue;
      }
      elemComparable = tset.comparable;
      for (const m of tset.methods) methods.add(at, m, false);
      elemTerms = tset.terms;
    } else if (u.tag === 'Union') {
      if (at && r && !r.verifyVersion(at, 18, `embedding interface element ${typeString(u, r.qualifier)}`)) continue;
      const ut = unionTermsOrNull(u);
      if (!ut) {
        r?.error(at || pos, 'cannot handle more than 100 union terms (implementation limitation)');
        continue;
      }
      elemTerms = ut;
    } else {
      if (!isValid(u)) {
        if (!isPending(e)) continue;
        // known later: this is no time to say what is in the set
        t.tset = null;
        return topTypeSet;
      }
      if (at && r && !r.verifyVersion(at, 18, `embedding non-interface type ${typeString(e, r.qualifier)}`)) continue;
      elemTerms = [{ tilde: false, type: e }];
    }
    terms = intersectTerms(terms, elemTerms);
    if (onlyComparable || elemComparable) {
      onlyComparable = terms === 'all';
      if (terms !== 'all') terms = terms.filter((x) => comparableType(x.type, false, noNames) === null);
    }
  }
  const list = methods.list.length > 1 ? methods.list.sort(compareFunc) : methods.list;
  t.tset = new TypeSet(list, terms, onlyComparable);
  t.reporter = null;
  return t.tset;
}

/** Whether t is a defined type whose declaration is still going on. */
function isPending(t: Type): boolean {
  for (let n = asNamed(t); n; n = n.fromRHS ? asNamed(n.fromRHS) : null) if (!n.fromRHS) return true;
  return false;
}

function isImportedConstraint(r: Reporter, t: Type, tset: TypeSet): boolean {
  const n = asNamed(t);
  return n !== null && n.obj.pkg !== null && n.obj.pkg !== r.pkg && !tset.isMethodSet();
}

const maxTerms = 100;

/** The terms of a union in normal form; null if they are too many. */
function unionTermsOrNull(u: Union): Terms | null {
  let all: Terms = [];
  for (const t of u.terms) {
    const ut = under(t.type);
    let terms: Terms;
    if (ut.tag === 'Interface') terms = typeSet(ut).terms;
    else if (!isValid(ut)) continue;
    else if (t.tilde && !identical(t.type, ut)) continue;
    else terms = [t];
    all = uniteTerms(all, terms);
    if (all !== 'all' && all.length > maxTerms) return null;
  }
  return all;
}

/** The terms of a union in normal form. */
export function unionTerms(u: Union): Terms {
  return unionTermsOrNull(u) ?? [];
}

/** Whether no type is in both; neither is an interface. */
export function termsDisjoint(x: Term, y: Term): boolean {
  const ux = y.tilde ? under(x.type) : x.type;
  const uy = x.tilde ? under(y.type) : y.type;
  return !identical(ux, uy);
}

/** Whether t is one of x's types. */
export function termIncludes(x: Term, t: Type): boolean {
  return identical(x.type, x.tilde ? under(t) : t);
}

function uniteTerms(x: Terms, y: Terms): Terms {
  if (x === 'all' || y === 'all') return 'all';
  let res: Term[] = [];
  for (const t of [...x, ...y]) {
    const i = res.findIndex((r) => !termsDisjoint(r, t));
    if (i < 0) res.push(t);
    else if (t.tilde && !res[i]!.tilde) {
      // t takes in those of its underlying type
      res = res.filter((r, k) => k <= i || termsDisjoint(r, t));
      res[i] = t;
    }
  }
  return res;
}

export function intersectTerms(x: Terms, y: Terms): Terms {
  if (x === 'all') return y;
  if (y === 'all') return x;
  const res: Term[] = [];
  for (const a of x) {
    for (const b of y) {
      if (!termsDisjoint(a, b)) res.push(a.tilde ? b : a);
    }
  }
  return uniteTerms(res, []);
}

function termSubset(x: Term, y: Term): boolean {
  return !termsDisjoint(x, y) && (!x.tilde || y.tilde);
}

/** Whether every type of x is one of y. */
export function termsSubset(x: Terms, y: Terms): boolean {
  if (y === 'all') return true;
  if (x === 'all') return false;
  return x.every((t) => y.some((s) => termSubset(t, s)));
}

export function termsEqual(x: Terms, y: Terms): boolean {
  if (x === y) return true;
  return termsSubset(x, y) && termsSubset(y, x);
}

/** The terms as messages show them. */
export function termsString(x: Terms, qf: Qualifier): string {
  if (x === 'all') return '𝓤';
  if (x.length === 0) return '∅';
  return x.map((t) => (t.tilde ? '~' : '') + typeString(t.type, qf)).join(' | ');
}
