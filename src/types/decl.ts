// Declarations: giving objects their types.
//
// An object is white (type null), grey (on the object path: being declared) or black. Meeting a grey one is a cycle, which
// is fine through a type definition and an error otherwise.
// Assumes: objMap has the declarations of the package (resolver.ts).
// Source: Go specification, "Declarations and scope", "Type declarations", "Iota"; wording of gc 1.26.

import type { Expr, Field, GenDecl, Ident, InterfaceType, Pos, TypeSpec, ValueSpec } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import { initConst, initVar, initVars, localVar } from './assignments.ts';
import { newTarget } from './call.ts';
import { type Checker, type DeclInfo, Env } from './checker.ts';
import * as constant from './constant.ts';
import { validType } from './cycles.ts';
import { ErrorDesc, posString } from './errors.ts';
import { expr } from './expr.ts';
import { Operand } from './operand.ts';
import { endPos } from './positions.ts';
import { isConstType, isGeneric, isTypeParam, isValid } from './predicates.ts';
import { invalidType, recordDef } from './record.ts';
import { funcType } from './signature.ts';
import { checkFuncDecl } from './stmt.ts';
import {
  Alias,
  Const,
  type Func,
  Named,
  type Obj,
  Scope,
  Signature,
  type Type,
  TypeName,
  TypeParam,
  type Var,
} from './types.ts';
import { typeSet } from './typeset.ts';
import { declaredType, typ, varType } from './typexpr.ts';
import { asNamed, under } from './under.ts';

/** Puts obj into the scope under its name; id, if given, is the identifier that declares it. */
export function declare(c: Checker, scope: Scope, id: Ident | null, obj: Obj, scopePos: Pos): void {
  if (obj.name !== '_') {
    const alt = scope.insert(obj);
    if (alt) {
      const err = new ErrorDesc().add(obj.pos, `${obj.name} redeclared in this block`);
      c.addAltDecl(err, alt);
      c.report(err);
      return;
    }
    obj.scopePos = scopePos;
    if (obj.tag === 'Var' && obj.kind === 'local') c.env.locals?.push(obj);
  }
  if (id) recordDef(id, obj);
}

/** Gives obj its type. */
export function objDecl(c: Checker, obj: Obj): void {
  if (c.objPathIdx.has(obj)) {
    greyObject(c, obj);
    return;
  }
  if (obj.type) return;
  const d = c.objMap.get(obj)!;
  c.push(obj);
  const saved = c.env;
  c.env = new Env(null, d.file, d.version);
  switch (obj.tag) {
    case 'Const':
      c.env.decl = d;
      constDecl(c, obj, d.vtyp, d.init, d.inherited);
      break;
    case 'Var':
      c.env.decl = d;
      varDecl(c, obj, d.lhs, d.vtyp, d.init);
      break;
    case 'TypeName':
      typeDecl(c, obj, d.tdecl!);
      collectMethods(c, obj);
      break;
    case 'Func':
      funcDecl(c, obj, d);
      break;
  }
  c.env = saved;
  c.pop();
}

/** obj is met while it is being declared. */
function greyObject(c: Checker, obj: Obj): void {
  switch (obj.tag) {
    case 'Const':
    case 'Var':
      c.valueCycle = true;
      if (!validCycle(c, obj) || !obj.type) obj.type = invalidType;
      break;
    case 'TypeName':
      if (!validCycle(c, obj)) obj.type = invalidType;
      break;
    case 'Func':
      validCycle(c, obj);
      break;
  }
}

/** Whether the cycle that starts at obj on the object path is allowed; reports it if not. */
function validCycle(c: Checker, obj: Obj): boolean {
  const cycle = c.objPath.slice(c.objPathIdx.get(obj)!);
  let nval = 0;
  let ndef = 0;
  for (const o of cycle) {
    if (o.tag === 'Const' || o.tag === 'Var') nval++;
    else if (o.tag === 'TypeName') {
      if (c.env.inTParamList && o.type && isGeneric(o.type)) return true;
      if (!isAliasName(o)) ndef++;
    }
  }
  // initialisation cycles are found later
  if (nval === cycle.length) return true;
  if (nval === 0 && ndef > 0) return true;
  cycleError(c, cycle, firstInSrc(cycle));
  return false;
}

/** Whether the name is declared as an alias. */
export function isAliasName(o: TypeName): boolean {
  const t = o.type;
  if (!t) return false;
  switch (t.tag) {
    case 'Basic':
      return t.name !== o.name || (o.pkg !== null && o.pkg.path !== 'unsafe');
    case 'Named':
      return t.obj !== o;
    case 'TypeParam':
      return t.obj !== o;
    default:
      return true;
  }
}

/** Reports the cycle of declarations; start is the index of the one the message begins with. */
export function cycleError(c: Checker, cycle: readonly Obj[], start: number): void {
  const name = (o: Obj): string => {
    const q = o.pkg ? c.qualifier(o.pkg) : '';
    return q ? `${q}.${o.name}` : o.name;
  };
  let obj = cycle[start]!;
  const isType = obj.tag === 'TypeName';
  if (isType && obj.type?.tag === 'Alias') obj.type.rhs = invalidType;
  if (cycle.length === 1) {
    const what = isType ? 'invalid recursive type' : 'invalid cycle in declaration';
    c.error(obj, `${what}: ${name(obj)} refers to itself`);
    return;
  }
  const what = isType ? 'invalid recursive type' : 'invalid cycle in declaration of';
  const err = new ErrorDesc().add(obj.pos, `${what} ${name(obj)}`);
  for (let i = 0; i < cycle.length; i++) {
    const next = cycle[(start + i + 1) % cycle.length]!;
    err.add(obj.pos, `${name(obj)} refers to ${name(next)}`);
    obj = next;
  }
  c.report(err);
}

/** Index of the object that is declared first in the source. */
export function firstInSrc(path: readonly Obj[]): number {
  let first = 0;
  for (let i = 1; i < path.length; i++) if (path[i]!.pos < path[first]!.pos) first = i;
  return first;
}

function constDecl(c: Checker, obj: Const, typeExpr: Expr | null, init: Expr | null, inherited: boolean): void {
  const env = c.env;
  const { iota, errpos } = env;
  env.iota = obj.val;
  env.errpos = 0;
  obj.val = constant.makeUnknown();
  initialiseConst(c, obj, typeExpr, init, inherited);
  env.iota = iota;
  env.errpos = errpos;
}

function initialiseConst(c: Checker, obj: Const, typeExpr: Expr | null, init: Expr | null, inherited: boolean): void {
  if (typeExpr) {
    const t = typ(c, typeExpr);
    if (!isConstType(t)) {
      if (isValid(under(t))) c.error(typeExpr, `invalid constant type ${c.str(t)}`);
      obj.type = invalidType;
      return;
    }
    obj.type = t;
  }
  const x = new Operand();
  if (init) {
    // the expression stands elsewhere: its errors are this constant's
    if (inherited) c.env.errpos = obj.pos;
    expr(c, null, x, init);
  }
  initConst(c, obj, x);
}

function varDecl(c: Checker, obj: Var, lhs: Var[] | null, typeExpr: Expr | null, init: Expr | null): void {
  if (typeExpr) obj.type = varType(c, typeExpr);
  if (!init) {
    if (!typeExpr) obj.type = invalidType;
    return;
  }
  if (!lhs || lhs.length === 1) {
    const x = new Operand();
    expr(c, newTarget(obj.type, obj.name), x, init);
    initVar(c, obj, x, 'variable declaration');
    return;
  }
  if (typeExpr) for (const v of lhs) v.type = obj.type;
  initVars(c, lhs, [init], null);
}

function typeDecl(c: Checker, obj: TypeName, spec: TypeSpec): void {
  const top = c.env.scope;
  const tparam0 = spec.tparams[0];
  let versionErr = false;
  let rhs: Type | null = null;
  c.later(() => {
    const t = obj.type ? asNamed(obj.type) : null;
    if (t) validType(c, t);
    if (!versionErr && rhs && isImportedConstraint(c, rhs)) {
      c.verifyVersion(spec.type, 18, `using type constraint ${c.str(rhs)}`);
    }
  });

  if (spec.assign) {
    if (tparam0) versionErr = !c.verifyVersion(tparam0, 23, 'generic type alias');
    if (!versionErr) versionErr = !c.verifyVersion(spec, 9, 'type alias');
    const alias = new Alias(obj, null, []);
    obj.type ??= alias;
    if (tparam0) {
      openTypeParamScope(c, spec);
      collectTypeParams(c, spec.tparams, (list) => {
        alias.tparams = list;
      });
    }
    rhs = declaredType(c, spec.type, obj);
    // a cycle may have made it invalid
    if (!alias.rhs) alias.rhs = rhs;
    if (rhs.tag === 'TypeParam' && alias.tparams.includes(rhs)) {
      c.error(spec.type, 'cannot use type parameter declared in alias declaration as RHS');
      alias.rhs = invalidType;
    }
    c.env.scope = top;
    return;
  }

  if (tparam0) versionErr = !c.verifyVersion(tparam0, 18, 'type parameter');
  const named = new Named(obj, null, []);
  obj.type ??= named;
  if (tparam0) {
    openTypeParamScope(c, spec);
    collectTypeParams(c, spec.tparams, (list) => {
      named.tparams = list;
    });
  }
  rhs = declaredType(c, spec.type, obj);
  named.fromRHS ??= rhs;
  if (isTypeParam(rhs)) {
    c.error(spec.type, 'cannot use a type parameter as RHS in type declaration');
    named.fromRHS = invalidType;
  }
  c.env.scope = top;
}

function openTypeParamScope(c: Checker, spec: TypeSpec): void {
  c.env.scope = new Scope(c.env.scope, spec.pos, endPos(spec.type), 'type parameters');
}

function isImportedConstraint(c: Checker, t: Type): boolean {
  const named = asNamed(t);
  if (!named || named.obj.pkg === c.pkg || !named.obj.pkg) return false;
  const u = under(named);
  return u.tag === 'Interface' && !typeSet(u).isMethodSet();
}

/** Declares the type parameters; set is called with them before their constraints are looked at. */
export function collectTypeParams(c: Checker, list: readonly Field[], set: (tparams: TypeParam[]) => void): void {
  const tparams: TypeParam[] = [];
  const scopePos = list[0]!.pos;
  for (const f of list) for (const id of f.names) tparams.push(declareTypeParam(c, id, scopePos));
  tparams.forEach((t, i) => {
    t.index = i;
  });
  set(tparams);

  const saved = c.env.inTParamList;
  c.env.inTParamList = true;
  let i = 0;
  for (const f of list) {
    let b = bound(c, f.type);
    if (isTypeParam(b)) {
      c.error(f.type, 'cannot use a type parameter as constraint');
      b = invalidType;
    }
    for (const _ of f.names) tparams[i++]!.bound = b;
  }
  c.env.inTParamList = saved;
}

/** The constraint e; a bare ~T or A|B means the interface with it as its element. */
function bound(c: Checker, e: Expr): Type {
  const isTerm = (e.kind === 'UnaryExpr' && e.op === T.TILDE) || (e.kind === 'BinaryExpr' && e.op === T.OR);
  if (!isTerm) return typ(c, e);
  const elem: Field = { kind: 'Field', pos: e.pos, names: [], type: e, tag: null };
  const wrapper: InterfaceType = { kind: 'InterfaceType', pos: e.pos, tv: null, methods: [elem], rbrace: e.pos };
  const t = typ(c, wrapper);
  if (t.tag === 'Interface') t.implicit = true;
  return t;
}

export function declareTypeParam(c: Checker, id: Ident, scopePos: Pos): TypeParam {
  const name = new TypeName(id.pos, c.pkg, id.name, null);
  const tpar = new TypeParam(name, invalidType);
  name.type = tpar;
  declare(c, c.env.scope, id, name, scopePos);
  return tpar;
}

/** Attaches the methods declared for the type name. */
function collectMethods(c: Checker, obj: TypeName): void {
  const methods = c.methods?.get(obj);
  if (!methods) return;
  c.methods!.delete(obj);
  const base = obj.type ? asNamed(obj.type) : null;
  if (base) c.later(() => checkFieldUniqueness(c, base));
  const seen = new Map<string, Func>();
  for (const m of methods) {
    const alt = seen.get(m.name);
    if (alt) {
      c.error(m.pos, `method ${obj.name}.${m.name} already declared at ${posString(c.fset, alt.pos)}`);
      continue;
    }
    seen.set(m.name, m);
    base?.methods.push(m);
  }
}

function checkFieldUniqueness(c: Checker, base: Named): void {
  const u = under(base);
  if (u.tag !== 'Struct') return;
  const methods = new Map(base.methods.map((m) => [m.name, m]));
  for (const f of u.fields) {
    const m = f.name === '_' ? undefined : methods.get(f.name);
    if (!m) continue;
    const err = new ErrorDesc().add(m.pos, `field and method with the same name ${f.name}`);
    c.addAltDecl(err, f);
    c.report(err);
  }
}

function funcDecl(c: Checker, obj: Func, d: DeclInfo): void {
  const sig = new Signature([], [], false);
  obj.type = sig;
  const fdecl = d.fdecl!;
  funcType(c, sig, fdecl.recv, fdecl.type);
  if (fdecl.type.tparams.length > 0 && !fdecl.body) c.softError(fdecl, 'generic function is missing function body');
  if (fdecl.body && !c.conf.lazyBodies) c.later(() => checkFuncDecl(c, obj));
}

/** A declaration statement. */
export function declStmt(c: Checker, decl: GenDecl): void {
  const group = new ConstGroup();
  for (const spec of decl.specs) {
    if (spec.kind === 'TypeSpec') localType(c, spec);
    else if (spec.kind === 'ValueSpec') {
      if (decl.tok === T.CONST) localConsts(c, spec, group);
      else localVars(c, spec);
    }
  }
}

/** Follows a group of constant declarations, in which an expression list is inherited from the last one given. */
export class ConstGroup {
  private last: ValueSpec | null = null;
  inherited = false;

  /** The spec that has the type and values of `spec`; null: there are none. */
  next(spec: ValueSpec): ValueSpec | null {
    this.inherited = true;
    if (spec.type || spec.values.length > 0) {
      this.last = spec;
      this.inherited = false;
    } else if (!this.last) this.inherited = false;
    return this.last;
  }
}

function localType(c: Checker, spec: TypeSpec): void {
  const obj = new TypeName(spec.name.pos, c.pkg, spec.name.name, null);
  declare(c, c.env.scope, spec.name, obj, spec.name.pos);
  c.push(obj);
  typeDecl(c, obj, spec);
  c.pop();
}

function localConsts(c: Checker, spec: ValueSpec, group: ConstGroup): void {
  const top = c.delayedTop;
  const from = group.next(spec);
  const values = from ? from.values : [];
  const lhs = spec.names.map((id, i) => {
    const obj = new Const(id.pos, c.pkg, id.name, null, constant.makeInt(spec.iota));
    constDecl(c, obj, from ? from.type : null, values[i] ?? null, group.inherited);
    return obj;
  });
  arity(c, spec, values, true, group.inherited);
  c.processDelayed(top);
  const scopePos = endPos(spec);
  spec.names.forEach((id, i) => {
    declare(c, c.env.scope, id, lhs[i]!, scopePos);
  });
}

function localVars(c: Checker, spec: ValueSpec): void {
  for (const d of spec.directives) if (d.name === 'go:embed') c.localEmbeds.push(d);
  const top = c.delayedTop;
  const lhs = spec.names.map((id) => localVar(c, id.pos, id.name));
  const { values } = spec;
  for (let i = 0; i < lhs.length; i++) {
    if (values.length === 1 && lhs.length > 1) {
      varDecl(c, lhs[0]!, lhs, spec.type, values[0]!);
      break;
    }
    varDecl(c, lhs[i]!, null, spec.type, values[i] ?? null);
  }
  if (!spec.type || values.length > 0) arity(c, spec, values, false, false);
  c.processDelayed(top);
  const scopePos = endPos(spec);
  spec.names.forEach((id, i) => {
    declare(c, c.env.scope, id, lhs[i]!, scopePos);
  });
}

/** Checks that names and values are equally many. */
export function arity(
  c: Checker,
  spec: ValueSpec,
  values: readonly Expr[],
  isConst: boolean,
  inherited: boolean,
): void {
  const l = spec.names.length;
  const r = values.length;
  if (l < r) {
    const n = values[l]!;
    if (inherited) c.error(spec.pos, `extra init expr at ${posString(c.fset, c.pos(n))}`);
    else c.error(n, `extra init expr ${c.exprstr(n)}`);
  } else if (l > r && (isConst || r !== 1)) {
    const n = spec.names[r]!;
    c.error(n, `missing init expr for ${n.name}`);
  }
}
