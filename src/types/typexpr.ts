// Type expressions.
//
// Assumes: types may be incomplete while they are declared. Guarantees: nothing here looks at an underlying type that may
// not be known yet; such checks are put off (later). Every type expression has its record on the tree.
// Source: Go specification, "Types", "Instantiations"; wording of gc 1.26.

import type { ArrayType, ChanType, Expr, MapType } from '../syntax/nodes.ts';
import type { Checker } from './checker.ts';
import { roundTo } from './const.ts';
import * as constant from './constant.ts';
import { expr, use } from './expr.ts';
import { ident } from './ident.ts';
import { instance, verify } from './instantiate.ts';
import { interfaceType } from './interface.ts';
import { Operand } from './operand.ts';
import { opPos, startPos } from './positions.ts';
import { comparable, isGeneric, isInteger, isTypeParam, isUntyped, isValid } from './predicates.ts';
import { invalidType, recordInstance, recordTypeAndValue } from './record.ts';
import { selector } from './selector.ts';
import { funcType } from './signature.ts';
import { structType } from './struct.ts';
import {
  type Alias,
  ArrayT,
  Chan,
  Interface,
  Kind,
  MapT,
  Mode,
  type Named,
  Pointer,
  Signature,
  Slice,
  Struct,
  type Type,
  type TypeName,
} from './types.ts';
import { checkerTypeSet } from './typeset.ts';
import { under } from './under.ts';
import { Typ } from './universe.ts';

/** The type e denotes, which is not generic; the invalid type after a message. */
export function typ(c: Checker, e: Expr): Type {
  return declaredType(c, e, null);
}

/** Like typ, for the type of a variable: not a constraint interface. */
export function varType(c: Checker, e: Expr): Type {
  const t = declaredType(c, e, null);
  validVarType(c, e, t);
  return t;
}

/** Reports t, later, if it is an interface only constraints may be. */
export function validVarType(c: Checker, e: Expr, t: Type): void {
  switch (t.tag) {
    case 'Named':
    case 'Alias':
    case 'Interface':
      break;
    default:
      return;
  }
  if (t.tag === 'Named' && t.underlying) {
    const u = t.underlying;
    if (u.tag !== 'Interface' || u.tset?.isMethodSet()) return;
  }
  if (isTypeParam(t)) return;
  c.later(() => {
    const u = under(t);
    if (u.tag !== 'Interface') return;
    const tset = checkerTypeSet(c, startPos(e), u);
    if (tset.isMethodSet()) return;
    const why = tset.comparable ? 'is (or embeds) comparable' : 'contains type constraints';
    c.softError(startPos(e), `cannot use type ${c.str(t)} outside a type constraint: interface ${why}`);
  });
}

/** Like typ; def is the type name that e is the declaration of, if any. */
export function declaredType(c: Checker, e: Expr, def: TypeName | null): Type {
  let t = typInternal(c, e, def);
  if (isGeneric(t)) {
    c.error(e, `cannot use generic type ${c.str(t)} without instantiation`);
    t = invalidType;
  }
  recordTypeAndValue(e, Mode.TypExpr, t, null);
  return t;
}

/** The generic type e denotes. cause.msg says why, if it is a type but not generic. */
export function genericType(c: Checker, e: Expr, cause: { msg: string }): Type {
  let t = typInternal(c, e, null);
  if (isValid(t) && !isGeneric(t)) {
    cause.msg = `${c.str(t)} is not a generic type`;
    t = invalidType;
  }
  recordTypeAndValue(e, Mode.TypExpr, t, null);
  return t;
}

function typInternal(c: Checker, e: Expr, def: TypeName | null): Type {
  switch (e.kind) {
    case 'BadExpr':
      return invalidType;
    case 'Ident':
    case 'SelectorExpr': {
      const x = new Operand();
      if (e.kind === 'Ident') ident(c, x, e, true);
      else selector(c, x, e, true);
      if (x.mode === Mode.TypExpr) return x.typ;
      if (x.mode !== Mode.Invalid) {
        c.error(x, x.mode === Mode.NoValue ? `${c.opstr(x)} used as type` : `${c.opstr(x)} is not a type`);
      }
      return invalidType;
    }
    case 'IndexExpr':
      c.verifyVersion(e, 18, 'type instantiation');
      return instantiatedType(c, e.x, e.indices);
    case 'ParenExpr':
      return declaredType(c, e.x, def);
    case 'ArrayType':
      return e.len ? arrayType(c, e) : new Slice(varType(c, e.elem));
    case 'Ellipsis':
      // the parser has complained
      return e.elt ? declaredType(c, e.elt, def) : invalidType;
    case 'StructType': {
      const t = new Struct([]);
      structType(c, t, e);
      return t;
    }
    case 'StarExpr': {
      const elem = varType(c, e.x);
      return isValid(elem) ? new Pointer(elem) : invalidType;
    }
    case 'FuncType':
      return funcType(c, new Signature([], [], false), null, e);
    case 'InterfaceType': {
      const t = new Interface([], []);
      t.complete = false;
      interfaceType(c, t, e, def);
      return t;
    }
    case 'MapType':
      return mapType(c, e);
    case 'ChanType':
      return chanType(c, e);
    default:
      c.error(e, `${c.exprstr(e)} is not a type`);
      use(c, e);
      return invalidType;
  }
}

function arrayType(c: Checker, e: ArrayType): Type {
  let len = -1;
  if (e.len!.kind === 'Ellipsis') c.error(e, 'invalid use of [...] array (outside a composite literal)');
  else len = arrayLength(c, e.len!);
  const elem = varType(c, e.elem);
  if (len < 0) return invalidType;
  const t = new ArrayT(elem, len);
  if (!c.conf.lazyBodies && len >= bigArray) c.bigArrays.push({ pos: e.pos, type: t });
  return t;
}

/** Arrays that long are worth a look at their size. */
const bigArray = 1 << 20;

function chanType(c: Checker, e: ChanType): Type {
  const t = new Chan(e.dir, varType(c, e.value));
  if (!c.conf.lazyBodies && t.elem.tag !== 'Basic') c.chans.push({ pos: e.pos, type: t });
  return t;
}

function mapType(c: Checker, e: MapType): Type {
  const key = varType(c, e.key);
  const t = new MapT(key, varType(c, e.value));
  if (key.tag === 'Basic' || key.tag === 'Pointer') return t;
  c.later(() => {
    if (comparable(key)) return;
    const why = isTypeParam(key) ? ' (missing comparable constraint)' : '';
    c.error(e.key, `invalid map key type ${c.str(key)}${why}`);
  });
  return t;
}

function instantiatedType(c: Checker, x: Expr, xlist: readonly Expr[]): Type {
  const cause = { msg: '' };
  const gtyp = genericType(c, x, cause);
  if (cause.msg) {
    const args = xlist.map((e) => c.exprstr(e)).join(', ');
    c.error(x, `invalid operation: ${c.exprstr(x)}[${args}] (${cause.msg})`);
  }
  if (!isValid(gtyp)) return gtyp;
  const targs = typeList(c, xlist);
  if (!targs) return invalidType;
  const pos = opPos(x);
  const orig = gtyp as Named | Alias;
  const inst =
    orig.tag === 'Alias' && !validArgCount(c, pos, orig, targs.length) ? invalidType : instance(orig, targs, pos);
  if (!isValid(inst) && inst.tag === 'Basic') return inst;
  c.later(() => {
    recordInstance(x, targs, inst);
    const tparams = orig.tparams;
    if (!validArgCount(c, pos, orig, targs.length)) return;
    const bad = verify(c, tparams, targs);
    if (!bad) {
      c.mono.recordInstance(c.pkg, pos, tparams, targs, xlist);
      return;
    }
    const at = xlist[bad.index];
    c.softError(at ? startPos(at) : pos, bad.err);
  });
  return inst;
}

function validArgCount(c: Checker, pos: number, orig: Named | Alias, got: number): boolean {
  const want = orig.tparams.length;
  if (got === want) return true;
  const what = got < want ? 'not enough' : 'too many';
  c.error(pos, `${what} type arguments for type ${orig.obj.name}: have ${got}, want ${want}`);
  return false;
}

/** The constant length e, or -1 after a message. */
function arrayLength(c: Checker, e: Expr): number {
  if (e.kind === 'Ident') {
    const obj = c.lookup(e.name);
    if (!obj) {
      c.error(e, `undefined array length ${e.name} or missing type constraint`);
      return -1;
    }
    if (obj.tag !== 'Const') {
      c.error(e, `invalid array length ${e.name}`);
      return -1;
    }
  }
  const x = new Operand();
  expr(c, null, x, e);
  if (x.mode !== Mode.Constant) {
    if (x.mode !== Mode.Invalid) c.error(x, `array length ${c.opstr(x)} must be constant`);
    return -1;
  }
  if (isUntyped(x.typ) || isInteger(x.typ)) {
    const val = constant.toInt(x.val!);
    if (val.kind === 'int' && roundTo(val, Typ[Kind.Int]!) && constant.sign(val) >= 0) {
      return Number(constant.int64Val(val).value);
    }
  }
  const what = c.opstr(x);
  c.error(x, isInteger(x.typ) ? `invalid array length ${what}` : `array length ${what} must be integer`);
  return -1;
}

/** The types the expressions denote; null if one is invalid, but all are checked. */
export function typeList(c: Checker, list: readonly Expr[]): Type[] | null {
  const res: Type[] = [];
  let ok = true;
  for (const e of list) {
    const t = varType(c, e);
    if (!isValid(t)) ok = false;
    res.push(t);
  }
  return ok ? res : null;
}
