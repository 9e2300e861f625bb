// Selectors: qualified identifiers, fields, methods, method values and method expressions.
//
// Guarantees: e.selection is set for fields and methods, e.sel.obj always when the selector is valid; a method reached
// by taking the address of a variable marks that variable.
// Source: Go specification, "Selectors", "Method expressions", "Method values"; wording of gc 1.26.

import type { SelectorExpr } from '../syntax/nodes.ts';
import { markAddrTaken } from './address.ts';
import type { Checker } from './checker.ts';
import { objDecl } from './decl.ts';
import { inExportData } from './exportdata.ts';
import { exprOrType } from './expr.ts';
import { isValidName } from './ident.ts';
import { interfacePtrError, isInterfacePtr, lookupFieldOrMethod } from './lookup.ts';
import type { Operand } from './operand.ts';
import { opPos } from './positions.ts';
import { isValid } from './predicates.ts';
import { invalidType, recordSelection, recordUse } from './record.ts';
import {
  type Func,
  isExportedName,
  Mode,
  type Obj,
  type Package,
  type PkgName,
  SelKind,
  Signature,
  type Type,
  Var,
} from './types.ts';
import { under } from './under.ts';

/** Checks e; wantType: only a type will do. */
export function selector(c: Checker, x: Operand, e: SelectorExpr, wantType: boolean): void {
  x.expr = e;
  if (!select(c, x, e, wantType)) {
    x.mode = Mode.Invalid;
    x.typ = invalidType;
  }
  x.expr = e;
}

function select(c: Checker, x: Operand, e: SelectorExpr, wantType: boolean): boolean {
  const name = e.sel.name;
  if (e.x.kind === 'Ident') {
    const obj = c.lookup(e.x.name);
    if (obj?.tag === 'PkgName') {
      recordUse(e.x, obj);
      obj.used = true;
      return qualified(c, x, e, obj);
    }
  }

  exprOrType(c, x, e.x, false);
  if (x.mode === Mode.Invalid) return false;
  if (x.mode === Mode.Builtin) {
    c.error(opPos(e), `invalid use of ${c.opstr(x)} in selector expression`);
    return false;
  }
  if (wantType) {
    c.error(e.sel, `${c.exprstr(e)} is not a type`);
    return false;
  }
  const r = lookupFieldOrMethod(x.typ, x.mode === Mode.Variable, c.pkg, name, false);
  const obj = r.obj;
  if (!obj) {
    notFound(c, x, e, r.index !== null, r.indirect);
    return false;
  }
  if (obj.tag === 'Func' && obj.type === null) objDecl(c, obj);
  if (x.mode === Mode.TypExpr) return methodExpr(c, x, e, obj, r.index!, r.indirect);

  if (obj.tag === 'Var') {
    recordSelection(e, SelKind.FieldVal, x.typ, obj, r.index!, r.indirect);
    x.mode = x.mode === Mode.Variable || r.indirect ? Mode.Variable : Mode.Value;
    x.typ = obj.type!;
    return true;
  }
  recordSelection(e, SelKind.MethodVal, x.typ, obj, r.index!, r.indirect);
  // a pointer receiver and a variable: the variable's address is taken
  if (obj.origin.ptrRecv && !r.indirect && x.mode === Mode.Variable) markAddrTaken(e.x);
  x.mode = Mode.Value;
  x.typ = withoutReceiver(obj.sig);
  c.addDeclDep(obj);
  return true;
}

function withoutReceiver(sig: Signature): Signature {
  const s = new Signature(sig.params, sig.results, sig.variadic);
  s.tparams = sig.tparams;
  return s;
}

/** pkg.Name */
function qualified(c: Checker, x: Operand, e: SelectorExpr, pkgName: PkgName): boolean {
  const pkg = pkgName.imported;
  const name = e.sel.name;
  const exp = pkg.scope.lookup(name);
  if (!exp || (!exp.exported && !inExportData(pkg, exp))) {
    if ((!pkg.fake || pkg.path === 'unsafe') && isValidName(name)) {
      const alt = exportedIgnoringCase(pkg, name);
      c.error(e.sel, `undefined: ${c.exprstr(e)}${alt ? ` (but have ${alt})` : ''}`);
    }
    return false;
  }
  if (!exp.exported) c.error(e.sel, `name ${name} not exported by package ${pkg.name}`);
  recordUse(e.sel, exp);
  switch (exp.tag) {
    case 'Const':
      x.mode = Mode.Constant;
      x.val = exp.val;
      break;
    case 'TypeName':
      x.mode = Mode.TypExpr;
      break;
    case 'Var':
      x.mode = Mode.Variable;
      break;
    case 'Func':
      x.mode = Mode.Value;
      break;
    case 'Builtin':
      x.mode = Mode.Builtin;
      x.id = exp.id;
      break;
    default:
      return false;
  }
  x.typ = exp.type!;
  return true;
}

function exportedIgnoringCase(pkg: Package, name: string): string {
  const want = name.toLowerCase();
  const found = [...pkg.scope.elems.keys()].filter((n) => isExportedName(n) && n.toLowerCase() === want);
  return found.sort()[0] ?? '';
}

function notFound(c: Checker, x: Operand, e: SelectorExpr, ambiguous: boolean, indirect: boolean): void {
  const name = e.sel.name;
  if (!isValid(under(x.typ))) return;
  const text = c.exprstr(x.expr!);
  if (ambiguous) {
    c.error(e.sel, `ambiguous selector ${text}.${name}`);
    return;
  }
  if (indirect) {
    const t = c.str(x.typ);
    if (x.mode === Mode.TypExpr) {
      c.error(e.sel, `invalid method expression ${t}.${name} (needs pointer receiver (*${t}).${name})`);
    } else {
      c.error(e.sel, `cannot call pointer method ${name} on ${t}`);
    }
    return;
  }
  let why: string;
  if (isInterfacePtr(x.typ)) why = interfacePtrError(c, x.typ);
  else {
    const alt = lookupFieldOrMethod(x.typ, x.mode === Mode.Variable, c.pkg, name, true);
    why = lookupError(c, x.typ, name, alt.obj, false);
  }
  c.error(e.sel, `${text}.${name} undefined (${why})`);
}

function methodExpr(
  c: Checker,
  x: Operand,
  e: SelectorExpr,
  obj: Var | Func,
  index: readonly number[],
  indirect: boolean,
): boolean {
  const name = e.sel.name;
  if (obj.tag !== 'Func') {
    const t = c.str(x.typ);
    c.error(e.sel, `${c.exprstr(x.expr!)}.${name} undefined (type ${t} has no method ${name})`);
    return false;
  }
  recordSelection(e, SelKind.MethodExpr, x.typ, obj, index, indirect);
  const sig = obj.sig;
  const recv = sig.recv;
  if (!recv) {
    c.error(e, 'illegal cycle in method declaration');
    return false;
  }
  // parameters are all named or all unnamed
  const named = sig.params.length > 0 && sig.params[0]!.name !== '';
  const first = new Var(recv.pos, recv.pkg, named ? recv.name || '_' : '', x.typ, 'param');
  const s = new Signature([first, ...sig.params], sig.results, sig.variadic);
  s.tparams = sig.tparams;
  x.mode = Mode.Value;
  x.typ = s;
  c.addDeclDep(obj);
  return true;
}

/**
 * Why there is no `sel` in t, given what a search without regard to case found: that it is spelled otherwise, or not
 * exported. structLit: sel is a field in a composite literal.
 */
export function lookupError(c: Checker, t: Type, sel: string, obj: Obj | null, structLit: boolean): string {
  const type = c.str(t);
  const alt = obj?.name ?? '';
  let state: 'missing' | 'misspelled' | 'unexported' | 'inaccessible' = 'missing';
  if (obj) {
    const sameTail = tail(sel) === tail(alt);
    if (obj.pkg === c.pkg) state = 'misspelled';
    else if (isExportedName(sel)) {
      if (isExportedName(alt)) state = 'misspelled';
      else if (sameTail) state = 'unexported';
    } else if (isExportedName(alt)) {
      if (sameTail) state = 'misspelled';
    } else if (sel === alt) state = 'inaccessible';
  }
  if (structLit) {
    const unknown = `unknown field ${sel} in struct literal of type ${type}`;
    switch (state) {
      case 'missing':
        return unknown;
      case 'misspelled':
        return `${unknown}, but does have ${alt}`;
      case 'unexported':
        return `${unknown}, but does have unexported ${alt}`;
      case 'inaccessible':
        return `cannot refer to unexported field ${alt} in struct literal of type ${type}`;
    }
  }
  const what = obj?.tag === 'Var' ? 'field' : obj?.tag === 'Func' ? 'method' : 'object';
  const none = `type ${type} has no field or method ${sel}`;
  switch (state) {
    case 'missing':
      return none;
    case 'misspelled':
      return `${none}, but does have ${what} ${alt}`;
    case 'unexported':
      return `${none}, but does have unexported ${what} ${alt}`;
    case 'inaccessible':
      return `cannot refer to unexported ${what} ${alt}`;
  }
}

/** s without its first character. */
function tail(s: string): string {
  const first = s.codePointAt(0);
  return first === undefined ? s : s.slice(first > 0xffff ? 2 : 1);
}
