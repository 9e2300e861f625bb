// What every analysis is given, and questions that several of them ask.
//
// Assumes: the package was checked, bodies too, without errors.

import type { CallExpr, Expr, Node, Pos, SourceFile } from '../syntax/nodes.ts';
import type { FileSet } from '../syntax/position.ts';
import { lookupFieldOrMethod } from '../types/lookup.ts';
import { identical } from '../types/predicates.ts';
import {
  type Func,
  Kind,
  Mode,
  type Obj,
  type Package,
  type Selection,
  type Type,
  type TypeAndValue,
} from '../types/types.ts';
import { byPath, typeString } from '../types/typestring.ts';
import { unalias } from '../types/under.ts';
import { Typ } from '../types/universe.ts';
import { currentVersion, parseVersion } from '../types/version.ts';
import { inspect } from './walk.ts';

/** A printing function: its arguments are as Print's, Printf's or Errorf's. */
export type PrintKind = 'print' | 'printf' | 'errorf';

export interface Finding {
  readonly pos: Pos;
  readonly msg: string;
}

export interface Pass {
  readonly fset: FileSet;
  readonly pkg: Package;
  readonly files: readonly SourceFile[];
  /** functions of the packages so far that pass their arguments on to a printing one */
  readonly wrappers: Map<Obj, PrintKind>;
  readonly report: (pos: Pos, msg: string) => void;
}

/** Calls f for every node of the package. */
export function everywhere(pass: Pass, f: (n: Node, file: SourceFile) => void): void {
  for (const file of pass.files)
    inspect(file, (n) => {
      f(n, file);
      return true;
    });
}

/** Language version of a file, 24 for go1.24. */
export function fileVersion(pass: Pass, file: SourceFile): number {
  return parseVersion(file.goVersion || pass.pkg.goVersion) || currentVersion;
}

export function typeOf(e: Expr): Type | null {
  const tv = e.tv as TypeAndValue | null;
  if (tv?.mode === Mode.Nil) return Typ[Kind.UntypedNil]!;
  if (!tv && e.kind === 'Ident') return (e.obj as Obj | null)?.type ?? null;
  return tv?.type ?? null;
}

/** Whether it is a constant expression. */
export function isConstant(e: Expr): boolean {
  const tv = e.tv as TypeAndValue | null;
  return tv?.mode === Mode.Constant && tv.value !== null;
}

/** The value of a constant string, a character a byte. */
export function constantString(e: Expr): string | null {
  const tv = e.tv as TypeAndValue | null;
  return tv?.mode === Mode.Constant && tv.value?.kind === 'string' ? tv.value.v : null;
}

export function unparen(e: Expr): Expr {
  while (e.kind === 'ParenExpr') e = e.x;
  return e;
}

/** What an identifier, a selector or an instance of one of these means. */
export function usedObject(e: Expr): Obj | null {
  e = unparen(e);
  if (e.kind === 'IndexExpr') e = unparen(e.x);
  if (e.kind === 'Ident') return e.obj as Obj | null;
  if (e.kind !== 'SelectorExpr') return null;
  return (e.selection as Selection | null)?.obj ?? (e.sel.obj as Obj | null);
}

/** The function or variable that is called, as far as the call names it. */
export function callee(call: CallExpr): Obj | null {
  const obj = usedObject(call.fun);
  return obj?.tag === 'Func' || obj?.tag === 'Var' ? obj : null;
}

/** Functions and methods with their package: fmt.Printf, (*log.Logger).Printf. */
export function fullName(obj: Obj): string {
  if (obj.tag !== 'Func') return obj.name;
  const recv = (obj as Func).sig.recv?.type;
  if (recv) return `(${typeString(recv, byPath)}).${obj.name}`;
  return obj.pkg ? `${obj.pkg.path}.${obj.name}` : obj.name;
}

/** Whether it is the type pkg.name. */
export function isNamed(t: Type, pkg: string, name: string): boolean {
  const n = unalias(t);
  return n.tag === 'Named' && n.obj.name === name && n.obj.pkg?.path === pkg;
}

/** The method that a value of type t has; null for fields. */
export function methodOf(t: Type, pkg: Package | null, name: string): Func | null {
  const { obj } = lookupFieldOrMethod(t, false, pkg, name, false);
  return obj?.tag === 'Func' ? obj : null;
}

/** Whether the method is one like Error and String. */
export function givesString(f: Func): boolean {
  const { params, results } = f.sig;
  return params.length === 0 && results.length === 1 && identical(results[0]!.type!, Typ[Kind.String]!);
}

/** Whether a value of type t can be made an error. */
export function isError(t: Type): boolean {
  const f = t.tag === 'Basic' ? null : methodOf(t, null, 'Error');
  return f !== null && givesString(f);
}
