// Methods of defined types and of their instances.
//
// Guarantees: an instance's method has the type arguments put in, and the instance as its receiver; it is made when first
// asked for, and only once.

import { cloneFunc, cloneVar, makeSubstMap, substType } from './subst.ts';
import { type Func, type Named, type Package, Pointer, Signature } from './types.ts';
import { methodIndex } from './typeset.ts';
import { unalias } from './under.ts';

let declare: (f: Func) => void = () => {};

/** Sets what gives a method of the package being checked its signature when it is needed before its declaration. */
export function setFuncDeclarer(f: (fn: Func) => void): void {
  declare = f;
}

/** Makes sure f has its signature. */
export function declareFunc(f: Func): void {
  if (f.type === null) declare(f);
}

/** The methods declared on t, or on the type it is an instance of, with its type arguments. */
export function namedMethods(t: Named): readonly Func[] {
  if (t.orig === t) return t.methods;
  return t.orig.methods.map((_, i) => namedMethod(t, i));
}

/** The i-th method. */
export function namedMethod(t: Named, i: number): Func {
  if (t.orig === t) return t.methods[i]!;
  t.expanded ??= new Array<Func | undefined>(t.orig.methods.length);
  let m = t.expanded[i];
  if (!m) {
    m = expandMethod(t, t.orig.methods[i]!);
    t.expanded[i] = m;
  }
  return m;
}

function expandMethod(t: Named, m: Func): Func {
  declareFunc(m);
  const orig = m.sig;
  const recvType = orig.recv?.type ?? null;
  const base = recvType ? unalias(recvType) : null;
  // the instance by the method's own type parameters, inside the method
  if ((base?.tag === 'Pointer' ? unalias(base.elem) : base) === t) return m;
  let sig = orig;
  if (orig.rparams.length === t.targs.length) {
    sig = substType(orig, makeSubstMap(orig.rparams, t.targs)) as Signature;
  }
  const own = new Signature(sig.params, sig.results, sig.variadic);
  own.tparams = sig.tparams;
  own.recv = orig.recv ? cloneVar(orig.recv, m.ptrRecv ? new Pointer(t) : t) : null;
  return cloneFunc(m, own);
}

/** Index of the method of that name; -1 if there is none that `pkg` may use. */
export function namedMethodIndex(t: Named, pkg: Package | null, name: string, foldCase: boolean): number {
  return methodIndex(t.orig.methods, pkg, name, foldCase);
}
