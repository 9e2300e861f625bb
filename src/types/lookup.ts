// Finding fields and methods, and the methods an interface asks for.
//
// Guarantees: the search goes by depth of embedding; a name found twice at the shallowest depth is ambiguous (no object,
// but an index).
// Source: Go specification, "Selectors", "Method sets"; wording of gc 1.26.

import { declareFunc, namedMethod, namedMethodIndex, namedMethods } from './named.ts';
import { identical, isInterface, isTypeParam, isValid, objId, sameId } from './predicates.ts';
import type { Cause, Reporter } from './reporter.ts';
import type { Func, Interface, Named, Package, Struct, Type, Var } from './types.ts';
import { compareFunc, typeSet } from './typeset.ts';
import { byPath, funcString, typeString } from './typestring.ts';
import { asNamed, unalias, under } from './under.ts';

export { declareFunc, setFuncDeclarer } from './named.ts';

/** What a search found. */
export interface Found {
  readonly obj: Var | Func | null;
  /** path of field indices and the object's own; with obj null: the name is ambiguous */
  readonly index: readonly number[] | null;
  /** a pointer was followed; with obj null: the method needs a pointer receiver */
  readonly indirect: boolean;
}

const nothing: Found = { obj: null, index: null, indirect: false };

interface Embedded {
  readonly type: Type;
  readonly index: readonly number[];
  readonly indirect: boolean;
  /** the type occurs more than once at this depth */
  multiples: boolean;
}

/** Removes a pointer (but not a defined pointer type): the base, and whether there was one. */
export function deref(t: Type): [Type, boolean] {
  const p = unalias(t);
  return p.tag === 'Pointer' ? [p.elem, true] : [t, false];
}

/** The struct type if t is a pointer, defined or not, to one; else t. */
export function derefStructPtr(t: Type): Type {
  const p = under(t);
  return p.tag === 'Pointer' && under(p.elem).tag === 'Struct' ? p.elem : t;
}

/** The field or method `name` of a T, as package pkg sees it. */
export function lookupFieldOrMethod(
  T: Type,
  addressable: boolean,
  pkg: Package | null,
  name: string,
  foldCase: boolean,
): Found {
  if (T.tag !== 'Pointer' && T.tag !== 'Struct') {
    // a defined pointer type has the fields of its base, but no methods
    const named = asNamed(T);
    const p = named ? under(named) : null;
    if (p?.tag === 'Pointer') {
      const r = search(p, false, pkg, name, foldCase);
      return r.obj?.tag === 'Func' ? nothing : r;
    }
  }
  return search(T, addressable, pkg, name, foldCase);
}

function search(T: Type, addressable: boolean, pkg: Package | null, name: string, foldCase: boolean): Found {
  if (name === '_') return nothing;
  const [typ, isPtr] = deref(T);
  if (isPtr && under(typ).tag === 'Interface') return nothing;

  let current: Embedded[] = [{ type: typ, index: [], indirect: isPtr, multiples: false }];
  const seen: Named[] = [];
  while (current.length > 0) {
    const next: Embedded[] = [];
    let obj: Var | Func | null = null;
    let index: readonly number[] = [];
    let indirect = false;
    for (const e of current) {
      const hit = (o: Var | Func, i: number): boolean => {
        index = [...e.index, i];
        if (obj || e.multiples) return false;
        obj = o;
        indirect = e.indirect;
        return true;
      };
      const named = asNamed(e.type);
      if (named) {
        if (seen.some((s) => s === named || identical(s, named))) continue;
        seen.push(named);
        const i = namedMethodIndex(named, pkg, name, foldCase);
        if (i >= 0) {
          if (!hit(namedMethod(named, i), i)) return { obj: null, index, indirect: false };
          continue;
        }
      }
      const u = under(e.type);
      if (u.tag === 'Struct') {
        for (let i = 0; i < u.fields.length; i++) {
          const f = u.fields[i]!;
          if (f.name === name || foldCase ? sameId(f, pkg, name, foldCase) : false) {
            if (!hit(f, i)) return { obj: null, index, indirect: false };
            continue;
          }
          if (obj || !f.embedded) continue;
          const [ft, ptr] = deref(f.type!);
          const path = [...e.index, i];
          next.push({ type: ft, index: path, indirect: e.indirect || ptr, multiples: e.multiples });
        }
      } else if (u.tag === 'Interface') {
        const tset = typeSet(u);
        const i = tset.lookup(pkg, name, foldCase);
        if (i >= 0 && !hit(tset.methods[i]!, i)) return { obj: null, index, indirect: false };
      }
    }
    const found = obj as Var | Func | null;
    if (found) {
      if (found.tag === 'Func' && hasPtrRecv(found) && !indirect && !addressable) {
        return { obj: null, index: null, indirect: true };
      }
      return { obj: found, index, indirect };
    }
    current = consolidate(next);
  }
  return nothing;
}

/** Whether the method is declared with a pointer receiver. */
export function hasPtrRecv(m: Func): boolean {
  return m.origin.ptrRecv;
}

function consolidate(list: Embedded[]): Embedded[] {
  if (list.length <= 1) return list;
  const res: Embedded[] = [];
  for (const e of list) {
    const prev = res.find((r) => r.type === e.type || identical(r.type, e.type));
    if (prev) prev.multiples = true;
    else res.push(e);
  }
  return res;
}

/** Index of the field that `name` means in package pkg; -1 if there is none. */
export function fieldIndex(fields: readonly Var[], pkg: Package | null, name: string, foldCase: boolean): number {
  if (name === '_') return -1;
  for (let i = 0; i < fields.length; i++) if (sameId(fields[i]!, pkg, name, foldCase)) return i;
  return -1;
}

export function isInterfacePtr(t: Type): boolean {
  const p = under(t);
  return p.tag === 'Pointer' && isInterface(p.elem);
}

/** Why a pointer to interface t has no methods. */
export function interfacePtrError(r: Reporter | null, t: Type): string {
  const p = under(t);
  const what = p.tag === 'Pointer' && isTypeParam(p.elem) ? 'type parameter' : 'interface';
  return `type ${typeString(t, r ? r.qualifier : byPath)} is pointer to ${what}, not ${what}`;
}

type Problem = 'notFound' | 'wrongName' | 'unexported' | 'wrongSig' | 'ambiguous' | 'ptrRecv' | 'field';

/**
 * The first method of interface T that V lacks; null if it has all. static false: of an interface V only wrong types
 * count. equivalent compares signatures.
 */
export function missingMethod(
  r: Reporter | null,
  V: Type,
  T: Type,
  isStatic: boolean,
  equivalent: (x: Type, y: Type) => boolean,
  cause: Cause | null,
): Func | null {
  const { methods } = typeSet(under(T) as Interface);
  if (methods.length === 0) return null;
  const Vu = under(V);
  const vset = Vu.tag === 'Interface' ? typeSet(Vu) : null;
  for (const m of methods) {
    let f: Func | null = null;
    let problem: Problem | null = null;
    if (vset) {
      const i = vset.lookup(m.pkg, m.name, false);
      if (i < 0) {
        if (!isStatic) continue;
        problem = 'notFound';
      } else f = vset.methods[i]!;
    } else {
      const found = search(V, false, m.pkg, m.name, false);
      if (!found.obj) {
        if (found.index) problem = 'ambiguous';
        else if (found.indirect) problem = 'ptrRecv';
        else {
          problem = 'notFound';
          const alt = search(V, false, m.pkg, m.name, true).obj;
          if (alt?.tag === 'Func') {
            f = alt;
            problem = alt.name === m.name ? 'unexported' : 'wrongName';
          }
        }
      } else if (found.obj.tag === 'Var') problem = 'field';
      else f = found.obj;
    }
    if (f) declareFunc(f);
    if (!problem && !equivalent(f!.type!, m.type!)) problem = 'wrongSig';
    if (!problem) continue;
    if (cause) cause.msg = describe(r, problem, V, T, m, f);
    return m;
  }
  return null;
}

function describe(r: Reporter | null, problem: Problem, V: Type, T: Type, m: Func, f: Func | null): string {
  const qf = r ? r.qualifier : byPath;
  switch (problem) {
    case 'notFound':
      if (isInterfacePtr(V)) return `(${interfacePtrError(r, V)})`;
      if (isInterfacePtr(T)) return `(${interfacePtrError(r, T)})`;
      return `(missing method ${m.name})`;
    case 'unexported':
      return `(unexported method ${m.name})`;
    case 'ambiguous':
      return `(ambiguous selector ${typeString(V, qf)}.${m.name})`;
    case 'ptrRecv':
      return `(method ${m.name} has pointer receiver)`;
    case 'field':
      return `(${typeString(V, qf)}.${m.name} is a field, not a method)`;
    case 'wrongName':
      return `(missing method ${m.name})\n\t\thave ${funcString(f!, qf, false)}\n\t\twant ${funcString(m, qf, false)}`;
    case 'wrongSig': {
      let have = funcString(f!, qf, false);
      let want = funcString(m, qf, false);
      if (have === want) {
        have = funcString(f!, qf, true);
        want = funcString(m, qf, true);
      }
      const what = `(wrong type for method ${m.name})`;
      return have === want ? what : `${what}\n\t\thave ${have}\n\t\twant ${want}`;
    }
  }
}

/** Whether V has all methods of interface T; also if something invalid keeps that from being known. */
export function hasAllMethods(
  r: Reporter | null,
  V: Type,
  T: Type,
  isStatic: boolean,
  equivalent: (x: Type, y: Type) => boolean,
  cause: Cause | null,
): boolean {
  if (!isValid(V)) return true;
  return missingMethod(r, V, T, isStatic, equivalent, cause) === null || hasInvalidEmbedded(V, new Set());
}

function hasInvalidEmbedded(t: Type, seen: Set<Struct>): boolean {
  const s = under(derefStructPtr(t));
  if (s.tag !== 'Struct' || seen.has(s)) return false;
  seen.add(s);
  return s.fields.some((f) => f.embedded && (!isValid(f.type!) || hasInvalidEmbedded(f.type!, seen)));
}

/** Whether a value of interface type V may hold a T. */
export function assertableTo(r: Reporter | null, V: Type, T: Type, cause: Cause | null): boolean {
  return isInterface(T) || hasAllMethods(r, T, V, false, identical, cause);
}

/** A method of a method set, and how to get to it. */
export interface MethodSelection {
  readonly obj: Func;
  readonly index: readonly number[];
  readonly indirect: boolean;
}

/** The method set of t, sorted as reflect sorts. */
export function methodSet(t: Type): readonly MethodSelection[] {
  const names = new Map<string, { pkg: Package | null; name: string }>();
  collectNames(t, names, new Set());
  const res: MethodSelection[] = [];
  for (const { pkg, name } of names.values()) {
    const f = lookupFieldOrMethod(t, false, pkg, name, false);
    if (f.obj?.tag !== 'Func') continue;
    declareFunc(f.obj);
    res.push({ obj: f.obj, index: f.index!, indirect: f.indirect });
  }
  return res.sort((a, b) => compareFunc(a.obj, b.obj));
}

function collectNames(t: Type, names: Map<string, { pkg: Package | null; name: string }>, seen: Set<Type>): void {
  const [base] = deref(t);
  const key = unalias(base);
  if (seen.has(key)) return;
  seen.add(key);
  const add = (m: Func): void => {
    if (m.name !== '_') names.set(objId(m), { pkg: m.pkg, name: m.name });
  };
  if (key.tag === 'Named') for (const m of key.orig.methods) add(m);
  const u = under(key);
  if (u.tag === 'Interface') for (const m of typeSet(u).methods) add(m);
  else if (u.tag === 'Struct') for (const f of u.fields) if (f.embedded) collectNames(f.type!, names, seen);
}

export { namedMethods };
