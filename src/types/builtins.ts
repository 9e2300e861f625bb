// Calls of the predeclared functions and of those of package unsafe.
//
// Guarantees: the record of call.fun has the signature the builtin is used with, unless the result is a constant.
// Source: Go specification, "Built-in functions", "Package unsafe"; wording of gc 1.26.

import type { CallExpr, Expr } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import { assignment } from './assignments.ts';
import { callArguments, exprList } from './call.ts';
import type { Checker } from './checker.ts';
import type { Value } from './constant.ts';
import * as constant from './constant.ts';
import { type ExprKind, excludeNoValueBuiltin, expr, exprOrType, use } from './expr.ts';
import { checkIndex, isValidIndex } from './index.ts';
import { derefStructPtr, lookupFieldOrMethod } from './lookup.ts';
import { assignable, Operand } from './operand.ts';
import { matchTypes } from './operators.ts';
import { unparen } from './positions.ts';
import {
  allOrdered,
  allString,
  defaultType,
  identical,
  isNumeric,
  isString,
  isTypeParam,
  isUntyped,
  isValid,
} from './predicates.ts';
import { anonymousVar, record, recordBuiltin, recordSelection } from './record.ts';
import { alignof, offsetof, sizeof } from './sizes.ts';
import {
  type BuiltinName,
  Interface,
  Kind,
  Mode,
  type Named,
  Pointer,
  SelKind,
  Signature,
  Slice,
  type Term,
  type Type,
  TypeName,
  TypeParam,
  Union,
  Var,
} from './types.ts';
import { termsOf } from './typeset.ts';
import { validVarType, varType } from './typexpr.ts';
import { asNamed, commonUnder, typeset, unalias, under, underIs } from './under.ts';
import { emptyInterface, Typ, universeByte } from './universe.ts';
import { convertUntyped, updateExprType } from './untyped.ts';

interface Info {
  readonly nargs: number;
  readonly variadic: boolean;
  readonly kind: ExprKind;
}

function info(nargs: number, variadic: boolean, kind: ExprKind): Info {
  return { nargs, variadic, kind };
}

const builtins: { readonly [K in BuiltinName]: Info } = {
  append: info(1, true, 'expression'),
  cap: info(1, false, 'expression'),
  clear: info(1, false, 'statement'),
  close: info(1, false, 'statement'),
  complex: info(2, false, 'expression'),
  copy: info(2, false, 'statement'),
  delete: info(2, false, 'statement'),
  imag: info(1, false, 'expression'),
  len: info(1, false, 'expression'),
  make: info(1, true, 'expression'),
  max: info(1, true, 'expression'),
  min: info(1, true, 'expression'),
  new: info(1, false, 'expression'),
  panic: info(1, false, 'statement'),
  print: info(0, true, 'statement'),
  println: info(0, true, 'statement'),
  real: info(1, false, 'expression'),
  recover: info(0, false, 'statement'),
  Add: info(2, false, 'expression'),
  Alignof: info(1, false, 'expression'),
  Offsetof: info(1, false, 'expression'),
  Sizeof: info(1, false, 'expression'),
  Slice: info(2, false, 'expression'),
  SliceData: info(1, false, 'expression'),
  String: info(2, false, 'expression'),
  StringData: info(1, false, 'expression'),
};

export function builtinKind(id: BuiltinName): ExprKind {
  return (builtins[id] ?? added).kind;
}

const added = info(1, false, 'statement');
/** Functions of one argument that tests add: Go's own tests of type checkers use `assert`. */
export const testBuiltins = new Map<string, (c: Checker, x: Operand, call: CallExpr) => boolean>();

/** Checks the call of the builtin; the result is in x, whose expr is not set. Reports whether it is valid. */
export function builtin(c: Checker, x: Operand, call: CallExpr, id: BuiltinName): boolean {
  const bin = builtins[id] ?? added;
  if (call.ellipsis && id !== 'append') {
    c.error(call, `invalid operation: invalid use of ... with built-in ${id}`);
    use(c, ...call.args);
    return false;
  }

  // len and cap are constant only if nothing in the argument is called
  const lenOrCap = id === 'len' || id === 'cap';
  const saved = c.env.hasCallOrRecv;
  if (lenOrCap) c.env.hasCallOrRecv = false;
  const ok = checked(c, x, call, id, bin);
  if (lenOrCap) c.env.hasCallOrRecv = saved;
  return ok;
}

function checked(c: Checker, x: Operand, call: CallExpr, id: BuiltinName, bin: Info): boolean {
  let args: Operand[] = [];
  let nargs = call.args.length;
  if (id !== 'make' && id !== 'new' && id !== 'Offsetof') {
    args = exprList(c, call.args);
    nargs = args.length;
    for (const a of args) if (a.mode === Mode.Invalid) return false;
    if (nargs > 0) x.set(args[0]!);
  }
  const few = nargs < bin.nargs;
  if (few || (!bin.variadic && nargs > bin.nargs)) {
    const what = `${few ? 'not enough' : 'too many'} arguments for ${c.exprstr(call)}`;
    c.error(call, `invalid operation: ${what} (expected ${bin.nargs}, found ${nargs})`);
    return false;
  }
  switch (id) {
    case 'append':
      return append(c, x, call, args);
    case 'cap':
    case 'len':
      return lenCap(c, x, call, id);
    case 'clear':
      return clear(c, x, call);
    case 'close':
      return close(c, x, call);
    case 'complex':
      return complex(c, x, call, args[1]!);
    case 'copy':
      return copy(c, x, call, args[1]!);
    case 'delete':
      return delete_(c, x, call, args[1]!);
    case 'imag':
    case 'real':
      return realImag(c, x, call, id);
    case 'make':
      return make(c, x, call);
    case 'max':
    case 'min':
      return minMax(c, x, call, id, args);
    case 'new':
      return new_(c, x, call);
    case 'panic':
      return panic(c, x, call);
    case 'print':
    case 'println':
      return print(c, x, call, id, args);
    case 'recover':
      return result(x, call, emptyInterface, []);
    default:
      return testBuiltins.get(id)?.(c, x, call) ?? unsafeBuiltin(c, x, call, id, args);
  }
}

/** A signature with these parameter and result types. */
function makeSig(res: Type | null, args: readonly Type[]): Signature {
  const params = args.map((t) => anonymousVar(0, defaultType(t)));
  return new Signature(params, res ? [new Var(0, null, '', res, 'result')] : [], false);
}

/** x becomes a value of type t; the builtin's signature is recorded. */
function result(x: Operand, call: CallExpr, t: Type, args: readonly Type[]): true {
  x.mode = Mode.Value;
  x.typ = t;
  recordBuiltin(call.fun, makeSig(t, args));
  return true;
}

function noResult(x: Operand, call: CallExpr, args: readonly Type[]): true {
  x.mode = Mode.NoValue;
  recordBuiltin(call.fun, makeSig(null, args));
  return true;
}

/** The element type if x is a slice, or all types x may have are slices with one element type. */
function sliceElem(c: Checker, x: Operand): { elem: Type | null; err: string } {
  let elem: Type | null = null;
  let err = '';
  typeset(x.typ, (_, u) => {
    if (u?.tag !== 'Slice') {
      err = `argument must be a slice; have ${x.isNil ? 'untyped nil' : c.opstr(x)}`;
      return false;
    }
    if (!elem) elem = u.elem;
    else if (!identical(elem, u.elem)) {
      err = `mismatched slice element types ${c.str(elem)} and ${c.str(u.elem)} in ${c.opstr(x)}`;
      return false;
    }
    return true;
  });
  return { elem: err ? null : elem, err };
}

/** Whether all types of t are strings or byte slices; `string`: at least one is a string. */
function bytesOrStrings(t: Type): { all: boolean; string: boolean } {
  let string = false;
  const all = typeset(t, (_, u) => {
    if (u?.tag === 'Slice') return identical(u.elem, universeByte);
    if (!u || !isString(u)) return false;
    string = true;
    return true;
  });
  return { all, string };
}

function append(c: Checker, x: Operand, call: CallExpr, args: Operand[]): boolean {
  const { elem, err } = sliceElem(c, x);
  if (!elem) {
    c.error(x, `invalid append: ${err}`);
    return false;
  }
  const S = x.typ;
  let sig: Signature | null = null;
  if (args.length === 2 && call.ellipsis && assignable(c, x, new Slice(universeByte), null)) {
    const y = bytesOrStrings(args[1]!.typ);
    if (y.all && y.string) {
      const Y = args[1]!.typ;
      if (isUntyped(Y)) convertUntyped(c, args[1]!, Typ[Kind.String]!);
      sig = makeSig(S, [S, Y]);
      sig.variadic = true;
    }
  }
  if (!sig) {
    sig = makeSig(S, [S, new Slice(elem)]);
    sig.variadic = true;
    callArguments(c, call, sig, [], [], args, []);
  }
  recordBuiltin(call.fun, sig);
  x.mode = Mode.Value;
  x.typ = S;
  return true;
}

/** The array if t is a pointer to one, else t. */
export function arrayPtrDeref(t: Type): Type {
  const p = unalias(t);
  if (p.tag !== 'Pointer') return t;
  const a = under(p.elem);
  return a.tag === 'Array' ? a : t;
}

function hasLen(u: Type, id: 'len' | 'cap'): boolean {
  switch (u.tag) {
    case 'Basic':
      return id === 'len' && isString(u);
    case 'Array':
    case 'Slice':
    case 'Chan':
      return true;
    case 'Map':
      return id === 'len';
    default:
      return false;
  }
}

function lenCap(c: Checker, x: Operand, call: CallExpr, id: 'len' | 'cap'): boolean {
  const u = arrayPtrDeref(under(x.typ));
  let val: Value | null = null;
  let valid: boolean;
  if (isTypeParam(x.typ)) valid = underIs(x.typ, (t) => t !== null && hasLen(arrayPtrDeref(t), id));
  else {
    valid = hasLen(u, id);
    if (u.tag === 'Basic' && valid && x.mode === Mode.Constant) {
      val = constant.makeInt(constant.stringVal(x.val!).length);
    } else if (u.tag === 'Array' && !c.env.hasCallOrRecv) {
      val = u.len >= 0 ? constant.makeInt(u.len) : constant.makeUnknown();
    }
  }
  if (!valid) {
    if (isValid(under(x.typ))) c.error(x, `invalid argument: ${c.opstr(x)} for built-in ${id}`);
    return false;
  }
  if (!val) return result(x, call, Typ[Kind.Int]!, [x.typ]);
  x.mode = Mode.Constant;
  x.typ = Typ[Kind.Int]!;
  x.val = val;
  return true;
}

function clear(c: Checker, x: Operand, call: CallExpr): boolean {
  c.verifyVersion(call.fun, 21, 'clear');
  const ok = underIs(x.typ, (u) => {
    if (u?.tag === 'Map' || u?.tag === 'Slice') return true;
    c.error(x, `invalid argument: cannot clear ${c.opstr(x)}: argument must be (or constrained by) map or slice`);
    return false;
  });
  return ok && noResult(x, call, [x.typ]);
}

function close(c: Checker, x: Operand, call: CallExpr): boolean {
  const ok = underIs(x.typ, (u) => {
    if (u?.tag !== 'Chan') {
      c.error(x, `invalid operation: cannot close non-channel ${c.opstr(x)}`);
      return false;
    }
    if (u.dir === 'recv') {
      c.error(x, `invalid operation: cannot close receive-only channel ${c.opstr(x)}`);
      return false;
    }
    return true;
  });
  return ok && noResult(x, call, [x.typ]);
}

function complexOf(t: Type): Type | null {
  const u = under(t);
  if (u.tag !== 'Basic') return null;
  if (u.kind === Kind.Float32) return Typ[Kind.Complex64]!;
  if (u.kind === Kind.Float64) return Typ[Kind.Complex128]!;
  return u.kind === Kind.UntypedFloat ? Typ[Kind.UntypedComplex]! : null;
}

function partOf(t: Type): Type | null {
  const u = under(t);
  if (u.tag !== 'Basic') return null;
  if (u.kind === Kind.Complex64) return Typ[Kind.Float32]!;
  if (u.kind === Kind.Complex128) return Typ[Kind.Float64]!;
  return u.kind === Kind.UntypedComplex ? Typ[Kind.UntypedFloat]! : null;
}

/** f of x's type; of a type parameter, a new one whose types are f of its types (which gc does not support yet). */
function applyTypeFunc(c: Checker, f: (t: Type) => Type | null, x: Operand, id: BuiltinName): Type | null {
  const tp = unalias(x.typ);
  if (tp.tag !== 'TypeParam') return f(x.typ);
  const terms: Term[] = [];
  const ok = termsOf(tp, (t) => {
    const r = t ? f(t.type) : null;
    if (!t || !r) return false;
    terms.push({ tilde: t.tilde, type: r });
    return true;
  });
  if (!ok) return null;
  const what = `${c.opstr(x)} not supported as argument to built-in ${id}`;
  c.softError(x, `${what} for go1.18 (see go.dev/issue/50937)`);
  const name = new TypeName(0, c.pkg, tp.obj.name, null);
  const res = new TypeParam(name, new Interface([], [new Union(terms)]));
  name.type = res;
  res.index = tp.index;
  return res;
}

function complex(c: Checker, x: Operand, call: CallExpr, y: Operand): boolean {
  const ux = isUntyped(x.typ);
  const uy = isUntyped(y.typ);
  if (ux && uy) {
    if (x.mode === Mode.Constant && y.mode === Mode.Constant) {
      for (const z of [x, y]) {
        if (isNumeric(z.typ) && constant.sign(constant.imagPart(z.val!)) === 0) z.typ = Typ[Kind.UntypedFloat]!;
      }
    } else {
      convertUntyped(c, x, Typ[Kind.Float64]!);
      convertUntyped(c, y, Typ[Kind.Float64]!);
    }
  } else if (ux) convertUntyped(c, x, y.typ);
  else if (uy) convertUntyped(c, y, x.typ);
  if (x.mode === Mode.Invalid || y.mode === Mode.Invalid) return false;
  if (!identical(x.typ, y.typ)) {
    const types = `${c.str(x.typ)} and ${c.str(y.typ)}`;
    c.error(x, `invalid operation: ${c.exprstr(call)} (mismatched types ${types})`);
    return false;
  }
  const res = applyTypeFunc(c, complexOf, x, 'complex');
  if (!res) {
    c.error(x, `invalid argument: arguments have type ${c.str(x.typ)}, expected floating-point`);
    return false;
  }
  if (x.mode === Mode.Constant && y.mode === Mode.Constant) {
    const im = constant.makeImag(constant.toFloat(y.val!));
    x.val = constant.binaryOp(constant.toFloat(x.val!), T.ADD, im);
    x.typ = res;
    return true;
  }
  return result(x, call, res, [x.typ, x.typ]);
}

function realImag(c: Checker, x: Operand, call: CallExpr, id: 'real' | 'imag'): boolean {
  if (isUntyped(x.typ)) {
    if (x.mode === Mode.Constant) {
      if (isNumeric(x.typ)) x.typ = Typ[Kind.UntypedComplex]!;
    } else {
      convertUntyped(c, x, Typ[Kind.Complex128]!);
      if (x.invalid) return false;
    }
  }
  const res = applyTypeFunc(c, partOf, x, id);
  if (!res) {
    c.error(x, `invalid argument: argument has type ${c.str(x.typ)}, expected complex type`);
    return false;
  }
  if (x.mode === Mode.Constant) {
    x.val = id === 'real' ? constant.realPart(x.val!) : constant.imagPart(x.val!);
    x.typ = res;
    return true;
  }
  return result(x, call, res, [x.typ]);
}

function copy(c: Checker, x: Operand, call: CallExpr, y: Operand): boolean {
  const special = assignable(c, x, new Slice(universeByte), null) && bytesOrStrings(y.typ).all;
  if (special) {
    if (isUntyped(y.typ)) convertUntyped(c, y, Typ[Kind.String]!);
  } else {
    const dst = sliceElem(c, x);
    if (!dst.elem) {
      c.error(x, `invalid copy: ${dst.err}`);
      return false;
    }
    const src = sliceElem(c, y);
    let elem = src.elem;
    if (!elem) {
      if (!allString(y.typ)) {
        c.error(y, `invalid copy: ${src.err}`);
        return false;
      }
      elem = universeByte;
    }
    if (!identical(dst.elem, elem)) {
      const what = `arguments ${c.opstr(x)} and ${c.opstr(y)} have different element types`;
      c.error(x, `invalid copy: ${what} ${c.str(dst.elem)} and ${c.str(elem)}`);
      return false;
    }
  }
  return result(x, call, Typ[Kind.Int]!, [x.typ, y.typ]);
}

function delete_(c: Checker, x: Operand, call: CallExpr, y: Operand): boolean {
  const map = x.typ;
  let key: Type | null = null;
  const ok = underIs(map, (u) => {
    if (u?.tag !== 'Map') {
      c.error(x, `invalid argument: ${c.opstr(x)} is not a map`);
      return false;
    }
    if (key && !identical(u.key, key)) {
      c.error(x, `invalid argument: maps of ${c.opstr(x)} must have identical key types`);
      return false;
    }
    key = u.key;
    return true;
  });
  if (!ok) return false;
  x.set(y);
  assignment(c, x, key, 'argument to delete');
  if (x.mode === Mode.Invalid) return false;
  return noResult(x, call, [map, key!]);
}

function make(c: Checker, x: Operand, call: CallExpr): boolean {
  const arg0 = call.args[0]!;
  const t = varType(c, arg0);
  if (!isValid(t)) return false;
  const r = commonUnder(
    t,
    (_, u) => {
      if (!u) return 'no specific type';
      const ok = u.tag === 'Slice' || u.tag === 'Map' || u.tag === 'Chan';
      return ok ? null : 'type must be slice, map, or channel';
    },
    c.qualifier,
  );
  if (!r.u) {
    c.error(arg0, `invalid argument: cannot make ${c.exprstr(arg0)}: ${r.err}`);
    return false;
  }
  const min = r.u.tag === 'Slice' ? 2 : 1;
  const nargs = call.args.length;
  if (nargs < min || nargs > min + 1) {
    const what = `${c.exprstr(call)} expects ${min} or ${min + 1} arguments`;
    c.error(call, `invalid operation: ${what}; found ${nargs}`);
    return false;
  }
  const types: Type[] = [t];
  const sizes: number[] = [];
  for (const arg of call.args.slice(1)) {
    const { type, value } = checkIndex(c, arg, -1);
    types.push(type);
    if (value >= 0) sizes.push(value);
  }
  if (sizes.length === 2 && sizes[0]! > sizes[1]!) {
    c.error(call.args[1]!, 'invalid argument: length and capacity swapped');
  }
  return result(x, call, t, types);
}

function minMax(c: Checker, x: Operand, call: CallExpr, id: 'min' | 'max', args: Operand[]): boolean {
  c.verifyVersion(call.fun, 21, `built-in ${id}`);
  const op = id === 'max' ? T.GTR : T.LSS;
  for (let i = 0; i < args.length; i++) {
    const a = args[i]!;
    if (!allOrdered(a.typ)) {
      c.error(a, `invalid argument: ${c.opstr(a)} cannot be ordered`);
      return false;
    }
    if (i === 0) continue;
    matchTypes(c, x, a);
    if (x.mode === Mode.Invalid) return false;
    if (!identical(x.typ, a.typ)) {
      const what = `mismatched types ${c.str(x.typ)} (previous argument) and ${c.str(a.typ)}`;
      c.error(a, `invalid argument: ${what} (type of ${c.exprstr(a.expr!)})`);
      return false;
    }
    if (x.mode === Mode.Constant && a.mode === Mode.Constant) {
      if (constant.compare(a.val!, op, x.val!)) x.set(a);
    } else x.mode = Mode.Value;
  }
  if (x.mode !== Mode.Constant) {
    x.mode = Mode.Value;
    assignment(c, x, emptyInterface, `argument to built-in ${id}`);
    if (x.invalid) return false;
  }
  for (const a of args) updateExprType(c, a.expr!, x.typ, true);
  if (x.mode === Mode.Constant) return true;
  const t = x.typ;
  return result(
    x,
    call,
    t,
    args.map(() => t),
  );
}

function new_(c: Checker, x: Operand, call: CallExpr): boolean {
  const arg = call.args[0]!;
  exprOrType(c, x, arg, false);
  excludeNoValueBuiltin(c, x);
  if (x.mode === Mode.Invalid) return false;
  if (x.mode === Mode.TypExpr) validVarType(c, arg, x.typ);
  else {
    if (isUntyped(x.typ)) {
      assignment(c, x, null, 'argument to new');
      if (x.invalid) return false;
    }
    if (!c.allowVersion(26)) c.versionError(call.fun, 26, `new(${c.exprstr(arg)})`);
  }
  const t = x.typ;
  return result(x, call, new Pointer(t), [t]);
}

function panic(c: Checker, x: Operand, call: CallExpr): boolean {
  if (c.env.sig && c.env.sig.results.length > 0) {
    if (c.env.panics) c.env.panics.add(call);
    else c.env.panics = new Set([call]);
  }
  assignment(c, x, emptyInterface, 'argument to panic');
  return x.mode !== Mode.Invalid && noResult(x, call, [emptyInterface]);
}

function print(c: Checker, x: Operand, call: CallExpr, id: BuiltinName, args: Operand[]): boolean {
  for (const a of args) {
    assignment(c, a, null, `argument to built-in ${id}`);
    if (a.mode === Mode.Invalid) return false;
  }
  return noResult(
    x,
    call,
    args.map((a) => a.typ),
  );
}

function unsafeBuiltin(c: Checker, x: Operand, call: CallExpr, id: BuiltinName, args: Operand[]): boolean {
  const bytePtr = new Pointer(universeByte);
  const uintptr = Typ[Kind.Uintptr]!;
  switch (id) {
    case 'Add':
      c.verifyVersion(call.fun, 17, 'unsafe.Add');
      assignment(c, x, Typ[Kind.UnsafePointer]!, 'argument to unsafe.Add');
      if (x.mode === Mode.Invalid || !isValidIndex(c, args[1]!, 'length', true)) return false;
      return result(x, call, Typ[Kind.UnsafePointer]!, [Typ[Kind.UnsafePointer]!, args[1]!.typ]);
    case 'Alignof':
    case 'Sizeof': {
      assignment(c, x, null, `argument to unsafe.${id}`);
      if (x.mode === Mode.Invalid) return false;
      if (hasVarSize(x.typ, new Map())) return result(x, call, uintptr, [x.typ]);
      const n = id === 'Sizeof' ? sizeof(x.typ) : alignof(x.typ);
      if (n < 0) {
        c.error(x, `${c.opstr(x)} is too large`);
        return false;
      }
      constResult(x, n);
      return true;
    }
    case 'Offsetof':
      return offsetOf(c, x, call);
    case 'Slice': {
      c.verifyVersion(call.fun, 17, 'unsafe.Slice');
      const ptr = commonUnder(x.typ, null, c.qualifier).u;
      if (ptr?.tag !== 'Pointer') {
        c.error(x, `invalid argument: ${c.opstr(x)} is not a pointer`);
        return false;
      }
      if (!isValidIndex(c, args[1]!, 'length', false)) return false;
      return result(x, call, new Slice(ptr.elem), [ptr, args[1]!.typ]);
    }
    case 'SliceData': {
      c.verifyVersion(call.fun, 20, 'unsafe.SliceData');
      const slice = commonUnder(x.typ, null, c.qualifier).u;
      if (slice?.tag !== 'Slice') {
        c.error(x, `invalid argument: ${c.opstr(x)} is not a slice`);
        return false;
      }
      return result(x, call, new Pointer(slice.elem), [slice]);
    }
    case 'String':
      c.verifyVersion(call.fun, 20, 'unsafe.String');
      assignment(c, x, bytePtr, 'argument to unsafe.String');
      if (x.mode === Mode.Invalid || !isValidIndex(c, args[1]!, 'length', false)) return false;
      return result(x, call, Typ[Kind.String]!, [bytePtr, args[1]!.typ]);
    case 'StringData':
      c.verifyVersion(call.fun, 20, 'unsafe.StringData');
      assignment(c, x, Typ[Kind.String]!, 'argument to unsafe.StringData');
      return x.mode !== Mode.Invalid && result(x, call, bytePtr, [Typ[Kind.String]!]);
    default:
      return false;
  }
}

function constResult(x: Operand, n: number): void {
  x.mode = Mode.Constant;
  x.val = constant.makeInt(n);
  x.typ = Typ[Kind.Uintptr]!;
}

function offsetOf(c: Checker, x: Operand, call: CallExpr): boolean {
  const arg0: Expr = call.args[0]!;
  const sel = unparen(arg0);
  if (sel.kind !== 'SelectorExpr') {
    c.error(arg0, `invalid argument: ${c.exprstr(arg0)} is not a selector expression`);
    use(c, arg0);
    return false;
  }
  expr(c, null, x, sel.x);
  if (x.mode === Mode.Invalid) return false;
  const base = derefStructPtr(x.typ);
  const name = sel.sel.name;
  const r = lookupFieldOrMethod(base, false, c.pkg, name, false);
  const field = r.obj;
  if (!field) {
    c.error(x, `invalid argument: ${c.str(base)} has no single field ${name}`);
    return false;
  }
  if (field.tag === 'Func') {
    c.error(arg0, `invalid argument: ${c.exprstr(arg0)} is a method value`);
    return false;
  }
  if (r.indirect) {
    c.error(x, `invalid argument: field ${name} is embedded via a pointer in ${c.str(base)}`);
    return false;
  }
  recordSelection(sel, SelKind.FieldVal, base, field, r.index!, false);
  const y = new Operand();
  y.mode = x.mode === Mode.Variable ? Mode.Variable : Mode.Value;
  y.expr = sel;
  y.typ = field.type!;
  record(y);
  if (hasVarSize(base, new Map())) return result(x, call, Typ[Kind.Uintptr]!, [field.type!]);
  const offset = offsetof(base, r.index!);
  if (offset < 0) {
    c.error(x, `${c.opstr(x)} is too large`);
    return false;
  }
  constResult(x, offset);
  return true;
}

/** Whether the size of t depends on type parameters, or t contains itself. */
function hasVarSize(t: Type, seen: Map<Named, boolean>): boolean {
  const named = asNamed(t);
  if (named) {
    const known = seen.get(named);
    if (known !== undefined) return known;
    seen.set(named, true);
  }
  const u = under(t);
  let res = false;
  if (u.tag === 'Array') res = hasVarSize(u.elem, seen);
  else if (u.tag === 'Struct') res = u.fields.some((f) => hasVarSize(f.type!, seen));
  else if (u.tag === 'Interface') res = isTypeParam(t);
  if (named) seen.set(named, res);
  return res;
}
