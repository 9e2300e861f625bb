// Identifiers.
//
// Source: Go specification, "Declarations and scope", "Iota", "Uniqueness of identifiers".

import type { Ident } from '../syntax/nodes.ts';
import type { Checker } from './checker.ts';
import { objDecl } from './decl.ts';
import type { Operand } from './operand.ts';
import { isValid } from './predicates.ts';
import { recordUse } from './record.ts';
import { Alias, Mode, type Obj, type Scope, type Var } from './types.ts';
import { universe, universeComparable, universeIota } from './universe.ts';

/** Checks the identifier e; wantType: only a type will do. */
export function ident(c: Checker, x: Operand, e: Ident, wantType: boolean): void {
  x.mode = Mode.Invalid;
  x.expr = e;

  let scope: Scope | null = c.env.scope;
  let obj: Obj | undefined;
  for (; scope; scope = scope.parent) {
    obj = scope.elems.get(e.name);
    if (obj) break;
  }
  if (!obj || !scope) {
    if (e.name === '_') c.error(e, 'cannot use _ as value or type');
    else if (isValidName(e.name)) c.error(e, `undefined: ${e.name}`);
    return;
  }
  if (scope === universe && (obj === universeComparable || obj.name === 'any')) {
    if (!c.verifyVersion(e, 18, `predeclared ${e.name}`)) return;
  }
  recordUse(e, obj);

  const isType = obj.tag === 'TypeName';
  if (wantType && !isType) {
    c.error(e, `${obj.name} (${objectKind(obj)}) is not a type`);
    if (obj.tag === 'Var' && obj.pkg === c.pkg) obj.used = true;
    return;
  }

  if (obj.type === null || (isType && wantType && obj.pkg === c.pkg)) objDecl(c, obj);
  const t = obj.type!;

  if (c.dotImports) {
    const pkgName = c.dotImports.get(scope)?.get(obj.name);
    if (pkgName) pkgName.used = true;
  }

  switch (obj.tag) {
    case 'PkgName':
      c.error(e, `use of package ${obj.name} not in selector`);
      return;
    case 'Const':
      c.addDeclDep(obj);
      if (!isValid(t)) return;
      if (obj === universeIota) {
        if (!c.env.iota) {
          c.error(e, 'cannot use iota outside constant declaration');
          return;
        }
        x.val = c.env.iota;
      } else x.val = obj.val;
      x.mode = Mode.Constant;
      break;
    case 'TypeName':
      x.mode = Mode.TypExpr;
      break;
    case 'Var':
      useVar(c, obj);
      if (!isValid(t)) return;
      x.mode = Mode.Variable;
      break;
    case 'Func':
      c.addDeclDep(obj);
      x.mode = Mode.Value;
      break;
    case 'Builtin':
      x.id = obj.id;
      x.mode = Mode.Builtin;
      break;
    case 'Nil':
      x.mode = Mode.Nil;
      break;
  }
  x.typ = t;
}

function useVar(c: Checker, v: Var): void {
  if (v.pkg === c.pkg) v.used = true;
  if (v.kind === 'package') c.addDeclDep(v);
  else if (v.level < c.env.level) v.captured = true;
}

/** What an object is, for messages. */
export function objectKind(obj: Obj): string {
  switch (obj.tag) {
    case 'PkgName':
      return 'package name';
    case 'Const':
      return 'constant';
    case 'TypeName':
      if (obj.type instanceof Alias) return 'type alias';
      return obj.type?.tag === 'TypeParam' ? 'type parameter' : 'defined type';
    case 'Var':
      switch (obj.kind) {
        case 'package':
          return 'package-level variable';
        case 'local':
          return 'local variable';
        case 'recv':
          return 'receiver';
        case 'param':
          return 'parameter';
        case 'result':
          return 'result variable';
        case 'field':
          return 'struct field';
      }
      break;
    case 'Func':
      return obj.type && obj.sig.recv ? 'method' : 'function';
    case 'Label':
      return 'label';
    case 'Builtin':
      return 'built-in function';
    case 'Nil':
      return 'untyped nil';
  }
  return 'unknown symbol';
}

/** Whether s is an identifier; parser and scanner make up names that are not. */
export function isValidName(s: string): boolean {
  return /^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(s);
}
