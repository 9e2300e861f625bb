// The universe: predeclared types, constants, nil and functions; and package unsafe.
//
// Assumes: typeset.ts, which sees this file first, gives `comparable` its type set. Guarantees: one object a predeclared
// name for the whole process; byte and rune are types of their own name that are identical to uint8 and int32.
// Source: Go specification, "Predeclared identifiers", "Package unsafe".

import { makeBool, makeInt } from './constant.ts';
import {
  Alias,
  Basic,
  Builtin,
  type BuiltinName,
  Const,
  Func,
  Interface,
  Is,
  isExportedName,
  Kind,
  Named,
  Nil,
  type Obj,
  Package,
  Scope,
  Signature,
  type Type,
  TypeName,
  Var,
} from './types.ts';

function basicTypes(): Basic[] {
  const types: Basic[] = [];
  const def = (kind: Kind, info: number, name: string): void => {
    types[kind] = new Basic(kind, info, name);
  };
  def(Kind.Invalid, 0, 'invalid type');
  def(Kind.Bool, Is.Boolean, 'bool');
  def(Kind.Int, Is.Integer, 'int');
  def(Kind.Int8, Is.Integer, 'int8');
  def(Kind.Int16, Is.Integer, 'int16');
  def(Kind.Int32, Is.Integer, 'int32');
  def(Kind.Int64, Is.Integer, 'int64');
  def(Kind.Uint, Is.Integer | Is.Unsigned, 'uint');
  def(Kind.Uint8, Is.Integer | Is.Unsigned, 'uint8');
  def(Kind.Uint16, Is.Integer | Is.Unsigned, 'uint16');
  def(Kind.Uint32, Is.Integer | Is.Unsigned, 'uint32');
  def(Kind.Uint64, Is.Integer | Is.Unsigned, 'uint64');
  def(Kind.Uintptr, Is.Integer | Is.Unsigned, 'uintptr');
  def(Kind.Float32, Is.Float, 'float32');
  def(Kind.Float64, Is.Float, 'float64');
  def(Kind.Complex64, Is.Complex, 'complex64');
  def(Kind.Complex128, Is.Complex, 'complex128');
  def(Kind.String, Is.String, 'string');
  def(Kind.UnsafePointer, 0, 'Pointer');
  def(Kind.UntypedBool, Is.Boolean | Is.Untyped, 'untyped bool');
  def(Kind.UntypedInt, Is.Integer | Is.Untyped, 'untyped int');
  def(Kind.UntypedRune, Is.Integer | Is.Untyped, 'untyped rune');
  def(Kind.UntypedFloat, Is.Float | Is.Untyped, 'untyped float');
  def(Kind.UntypedComplex, Is.Complex | Is.Untyped, 'untyped complex');
  def(Kind.UntypedString, Is.String | Is.Untyped, 'untyped string');
  def(Kind.UntypedNil, Is.Untyped, 'untyped nil');
  return types;
}

/** The basic types by Kind. */
export const Typ: readonly Basic[] = basicTypes();
export const universeByte = new Basic(Kind.Uint8, Is.Integer | Is.Unsigned, 'byte');
export const universeRune = new Basic(Kind.Int32, Is.Integer, 'rune');

export const universe = new Scope(null, 0, 0, 'universe');
export const unsafePackage = new Package('unsafe', 'unsafe', universe);
unsafePackage.complete = true;
unsafePackage.fake = true;

/** What an `interface{}` that nobody wrote stands for. */
export const emptyInterface = new Interface([], []);
/** What `any` is an alias of; messages print this one interface as "any". */
export const universeAny = new Interface([], []);

export const universeError = declareError();
/** The underlying type of `comparable`. */
export const comparableInterface = new Interface([], []);
export const universeComparable = declareDefined('comparable', comparableInterface).obj;
export const universeIota = new Const(0, null, 'iota', Typ[Kind.UntypedInt]!, makeInt(0));

/** A predeclared defined type with that underlying type. */
function declareDefined(name: string, underlying: Type): Named {
  const obj = new TypeName(0, null, name, null);
  const named = new Named(obj, null, []);
  named.fromRHS = underlying;
  named.underlying = underlying;
  setType(obj, named);
  return named;
}

function setType(obj: TypeName, t: Type): void {
  obj.type = t;
  obj.color = 1;
}

function declareError(): Named {
  const iface = new Interface([], []);
  const named = declareDefined('error', iface);
  const result = new Var(0, null, '', Typ[Kind.String]!, 'result');
  const sig = new Signature([], [result], false);
  sig.recv = new Var(0, null, '', named, 'recv');
  iface.methods.push(new Func(0, null, 'Error', sig));
  return named;
}

function declareAny(): TypeName {
  const obj = new TypeName(0, null, 'any', null);
  const alias = new Alias(obj, null, []);
  alias.rhs = universeAny;
  setType(obj, alias);
  return obj;
}

const builtinNames: readonly BuiltinName[] = [
  'append',
  'cap',
  'clear',
  'close',
  'complex',
  'copy',
  'delete',
  'imag',
  'len',
  'make',
  'max',
  'min',
  'new',
  'panic',
  'print',
  'println',
  'real',
  'recover',
  'Add',
  'Alignof',
  'Offsetof',
  'Sizeof',
  'Slice',
  'SliceData',
  'String',
  'StringData',
];

function fill(): void {
  const add = (obj: Obj): void => {
    universe.insert(obj);
  };
  for (const t of Typ) {
    if (t.name.includes(' ')) continue;
    if (t.kind === Kind.UnsafePointer) unsafePackage.scope.insert(new TypeName(0, unsafePackage, t.name, t));
    else add(new TypeName(0, null, t.name, t));
  }
  add(new TypeName(0, null, 'byte', universeByte));
  add(new TypeName(0, null, 'rune', universeRune));
  add(declareAny());
  add(universeError.obj);
  add(universeComparable);
  add(new Const(0, null, 'true', Typ[Kind.UntypedBool]!, makeBool(true)));
  add(new Const(0, null, 'false', Typ[Kind.UntypedBool]!, makeBool(false)));
  add(universeIota);
  add(new Nil(0, null, 'nil', Typ[Kind.UntypedNil]!));
  for (const id of builtinNames) {
    if (isExportedName(id)) unsafePackage.scope.insert(new Builtin(id, unsafePackage, Typ[Kind.Invalid]!));
    else add(new Builtin(id, null, Typ[Kind.Invalid]!));
  }
}

fill();
