// Instances of generic types and functions, and whether types satisfy constraints.
//
// Guarantees: there is one instance for a generic type and a list of identical arguments, for all packages of the process;
// it is expanded when its underlying type is first asked for.
// Source: Go specification, "Instantiations", "Satisfying a type constraint", "Implementing an interface".

import type { Pos } from '../syntax/nodes.ts';
import { hasAllMethods, isInterfacePtr } from './lookup.ts';
import { comparableType, identical, isValid } from './predicates.ts';
import type { Cause, Reporter } from './reporter.ts';
import { makeSubstMap, replaceRecvType, substType } from './subst.ts';
import { Alias, Interface, Kind, Named, Signature, type Type, TypeName, type TypeParam } from './types.ts';
import { termIncludes, termsString, termsSubset, typeParamIface, typeSet } from './typeset.ts';
import { byPath, typeKey, typeString } from './typestring.ts';
import { under } from './under.ts';
import { Typ } from './universe.ts';

const instances = new WeakMap<Named | Alias, Map<string, Named | Alias>>();

/**
 * The generic type or function with the arguments put in. Their number must be right for functions and aliases. pos: where
 * a type is instantiated, which is where messages say it is.
 */
export function instance(orig: Named | Alias | Signature, targs: readonly Type[], pos: Pos = 0): Type {
  if (orig.tag === 'Signature') {
    const sig = substType(orig, makeSubstMap(orig.tparams, targs)) as Signature;
    const res = sig === orig ? new Signature(sig.params, sig.results, sig.variadic) : sig;
    res.recv = orig.recv;
    res.tparams = [];
    return res;
  }
  let table = instances.get(orig);
  if (!table) instances.set(orig, (table = new Map()));
  // byte and uint8 are identical, but messages tell them apart
  const key = targs.map((t) => (t.tag === 'Basic' ? t.name : typeKey(t))).join(',');
  const known = table.get(key);
  if (known) return known;
  if (orig.tag === 'Named') {
    const inst = new Named(instanceName(orig, pos), orig, targs);
    inst.obj.type = inst;
    inst.resolver = expandInstance;
    table.set(key, inst);
    return inst;
  }
  if (orig.tparams.length !== targs.length) return Typ[Kind.Invalid]!;
  const inst = new Alias(instanceName(orig, pos), orig, targs);
  inst.obj.type = inst;
  inst.rhs = orig.rhs ? substType(orig.rhs, makeSubstMap(orig.tparams, targs)) : Typ[Kind.Invalid]!;
  // an alias that is still being declared has more to say later
  if (orig.rhs) table.set(key, inst);
  return inst;
}

function instanceName(orig: Named | Alias, pos: Pos): TypeName {
  const o = orig.obj;
  const name = new TypeName(pos || o.pos, o.pkg, o.name, null);
  name.parent = o.parent;
  name.order = o.order;
  return name;
}

/** Gives an instance its right-hand side. */
function expandInstance(t: Named): void {
  const { orig, targs } = t;
  if (orig.tparams.length !== targs.length) {
    t.fromRHS = Typ[Kind.Invalid]!;
    return;
  }
  if (!orig.fromRHS) {
    // still being declared: try again later
    t.resolver = expandInstance;
    return;
  }
  let rhs = substType(orig.fromRHS, makeSubstMap(orig.tparams, targs));
  if (rhs.tag === 'Interface') {
    const methods = replaceRecvType(rhs.methods, orig, t);
    if (methods !== rhs.methods) {
      if (rhs === orig.fromRHS) {
        const own = new Interface([], rhs.embeddeds, rhs.embedPos);
        own.complete = rhs.complete;
        rhs = own;
      }
      rhs.methods = methods;
      rhs.tset = null;
    }
  }
  t.fromRHS = rhs;
}

/** The first argument that does not satisfy its constraint, and why; null if all do. */
export function verify(
  r: Reporter,
  tparams: readonly TypeParam[],
  targs: readonly Type[],
): { index: number; err: string } | null {
  const smap = makeSubstMap(tparams, targs);
  for (let i = 0; i < tparams.length; i++) {
    typeParamIface(tparams[i]!);
    const bound = substType(tparams[i]!.bound, smap);
    const cause: Cause = { msg: '' };
    if (!implements_(r, targs[i]!, bound, true, cause)) return { index: i, err: cause.msg };
  }
  return null;
}

/** Whether V implements the interface T; constraint: whether it satisfies it. r may be null after checking. */
export function implements_(r: Reporter | null, V: Type, T: Type, constraint: boolean, cause: Cause | null): boolean {
  const Vu = under(V);
  const Tu = under(T);
  if (!isValid(Vu) || !isValid(Tu)) return true;
  if (Vu.tag === 'Pointer' && !isValid(under(Vu.elem))) return true;
  const qf = r ? r.qualifier : byPath;
  const str = (t: Type): string => typeString(t, qf);
  const verb = constraint ? 'satisfy' : 'implement';
  const fail = (detail: string): false => {
    if (cause) cause.msg = `${str(V)} does not ${verb} ${str(T)}${detail ? ` ${detail}` : ''}`;
    return false;
  };

  if (Tu.tag !== 'Interface') {
    if (!cause) return false;
    const what = isInterfacePtr(Tu)
      ? `type ${str(T)} is pointer to interface, not interface`
      : `${str(T)} is not an interface`;
    return fail(`(${what})`);
  }
  const tset = typeSet(Tu);
  if (tset.isAll()) return true;
  const vset = Vu.tag === 'Interface' ? typeSet(Vu) : null;
  if (vset?.isEmpty()) return true;
  if (tset.isEmpty()) {
    if (cause) cause.msg = `cannot ${verb} ${str(T)} (empty type set)`;
    return false;
  }
  if (!hasAllMethods(r, V, T, true, identical, cause)) return fail(cause?.msg ?? '');

  const checkComparable = (): boolean => {
    if (!tset.isComparable(new Set())) return true;
    if (comparableType(V, false, qf) === null) return true;
    if (constraint && comparableType(V, true, qf) === null) {
      if (!r || r.allowVersion(20)) return true;
      if (cause) cause.msg = `${str(V)} to ${verb} comparable requires go1.20 or later`;
      return false;
    }
    if (cause) cause.msg = `${str(V)} does not ${verb} comparable`;
    return false;
  };
  if (tset.terms === 'all') return checkComparable();
  if (vset) return termsSubset(vset.terms, tset.terms) ? checkComparable() : fail('');

  let alt: Type | null = null;
  for (const t of tset.terms) {
    if (termIncludes(t, V)) return checkComparable();
    if (!alt && !t.tilde && identical(t.type, under(t.type)) && termIncludes({ tilde: true, type: t.type }, V))
      alt = t.type;
  }
  if (!cause) return false;
  if (alt) return fail(`(possibly missing ~ for ${str(alt)} in ${str(T)})`);
  if (mentions(Tu, V)) return fail(`(${str(T)} mentions ${str(V)}, but ${str(V)} is not in the type set of ${str(T)})`);
  return fail(`(${str(V)} missing in ${termsString(tset.terms, byPath)})`);
}

/** Whether t is an element or term of T, written there or embedded. */
function mentions(T: Type, t: Type): boolean {
  if (T.tag === 'Interface') return T.embeddeds.some((e) => mentions(e, t));
  if (T.tag === 'Union') return T.terms.some((x) => mentions(x.type, t));
  return identical(T, t);
}
