// The types of Go as data: one class a kind of type, and the objects (variables, constants, functions, …) that have them.
//
// Assumes: a type is immutable once it is complete; Named, Alias, TypeParam, Interface and Struct may be completed after
// they are made (setters below), because declarations are recursive.
// Guarantees: no algorithm lives here. Identity is in predicates.ts, fields and methods in lookup.ts, type sets in
// typeset.ts, substitution and instantiation in subst.ts and instantiate.ts, inference in infer.ts, sizes in sizes.ts.
// Source: Go specification, "Types"; the shape is that of go/types, so that a reader of one can read the other.

import type { ExprInfo, InstanceInfo, NamedEntity, Pos, SelectionInfo } from '../syntax/nodes.ts';
import type { Value } from './constant.ts';
import type { Reporter } from './reporter.ts';
import type { TypeSet } from './typeset.ts';

/** Kinds of basic types; the order of the numeric kinds is reflect's. */
export const Kind = {
  Invalid: 0,
  Bool: 1,
  Int: 2,
  Int8: 3,
  Int16: 4,
  Int32: 5,
  Int64: 6,
  Uint: 7,
  Uint8: 8,
  Uint16: 9,
  Uint32: 10,
  Uint64: 11,
  Uintptr: 12,
  Float32: 13,
  Float64: 14,
  Complex64: 15,
  Complex128: 16,
  String: 17,
  UnsafePointer: 18,
  UntypedBool: 19,
  UntypedInt: 20,
  UntypedRune: 21,
  UntypedFloat: 22,
  UntypedComplex: 23,
  UntypedString: 24,
  UntypedNil: 25,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Property flags of basic types. */
export const Is = {
  Boolean: 1,
  Integer: 2,
  Unsigned: 4,
  Float: 8,
  Complex: 16,
  String: 32,
  Untyped: 64,
  Ordered: 2 | 8 | 32,
  Numeric: 2 | 8 | 16,
  ConstType: 1 | 2 | 8 | 16 | 32,
} as const;

export class Basic {
  readonly tag = 'Basic';
  readonly kind: Kind;
  readonly info: number;
  readonly name: string;
  constructor(kind: Kind, info: number, name: string) {
    this.kind = kind;
    this.info = info;
    this.name = name;
  }
}

export class ArrayT {
  readonly tag = 'Array';
  /** -1: unknown because of an error */
  readonly len: number;
  readonly elem: Type;
  constructor(elem: Type, len: number) {
    this.elem = elem;
    this.len = len;
  }
}

export class Slice {
  readonly tag = 'Slice';
  readonly elem: Type;
  constructor(elem: Type) {
    this.elem = elem;
  }
}

export class Struct {
  readonly tag = 'Struct';
  fields: Var[];
  /** tags[i] belongs to fields[i]; '' if none; may be shorter than fields */
  tags: string[];
  constructor(fields: Var[], tags: string[] = []) {
    this.fields = fields;
    this.tags = tags;
  }
}

export class Pointer {
  readonly tag = 'Pointer';
  readonly elem: Type;
  constructor(elem: Type) {
    this.elem = elem;
  }
}

/** An ordered list of variables; the type of a multi-value call. */
export class Tuple {
  readonly tag = 'Tuple';
  readonly vars: Var[];
  constructor(vars: Var[]) {
    this.vars = vars;
  }
}

export class Signature {
  readonly tag = 'Signature';
  /** null for functions without receiver */
  recv: Var | null = null;
  /** type parameters of a generic function */
  tparams: TypeParam[] = [];
  /** type parameters of the receiver of a method of a generic type, as the method's own copies */
  rparams: TypeParam[] = [];
  params: Var[];
  results: Var[];
  /** the last parameter's type is then a Slice (or string, for append([]byte, string...)) */
  variadic: boolean;
  scope: Scope | null = null;
  constructor(params: Var[], results: Var[], variadic: boolean) {
    this.params = params;
    this.results = results;
    this.variadic = variadic;
  }
}

/** One alternative `~T` or `T` of a union. */
export interface Term {
  readonly tilde: boolean;
  readonly type: Type;
}

export class Union {
  readonly tag = 'Union';
  readonly terms: Term[];
  constructor(terms: Term[]) {
    this.terms = terms;
  }
}

export class Interface {
  readonly tag = 'Interface';
  /** explicitly declared methods, in source order; their signatures have recv set */
  methods: Func[];
  /** embedded elements: interfaces, unions, other types */
  embeddeds: Type[];
  embedPos: Pos[];
  /** made for a constraint literal such as [T int|string] */
  implicit = false;
  /** set by typeset.ts when first asked for */
  tset: TypeSet | null = null;
  /** declarations of the body are all in; type sets may be computed */
  complete = true;
  /** who is told of errors in it when its type set is computed; null for what is not written in the source */
  reporter: Reporter | null = null;
  constructor(methods: Func[], embeddeds: Type[], embedPos: Pos[] = []) {
    this.methods = methods;
    this.embeddeds = embeddeds;
    this.embedPos = embedPos;
  }
}

export class MapT {
  readonly tag = 'Map';
  readonly key: Type;
  readonly elem: Type;
  constructor(key: Type, elem: Type) {
    this.key = key;
    this.elem = elem;
  }
}

export class Chan {
  readonly tag = 'Chan';
  readonly dir: 'both' | 'send' | 'recv';
  readonly elem: Type;
  constructor(dir: 'both' | 'send' | 'recv', elem: Type) {
    this.dir = dir;
    this.elem = elem;
  }
}

/** A defined type, generic or not, or an instance of a generic one. */
export class Named {
  readonly tag = 'Named';
  readonly obj: TypeName;
  /** the generic type this instantiates; itself otherwise */
  readonly orig: Named;
  /** type parameters of a generic type */
  tparams: TypeParam[] = [];
  /** type arguments of an instance; empty otherwise */
  readonly targs: readonly Type[];
  /** right-hand side of the declaration (of an instance: substituted); null until known */
  fromRHS: Type | null = null;
  /** resolved underlying type; null until known. Read it with under(). */
  underlying: Type | null = null;
  /** methods declared on it; of an instance, expanded on demand by lookup.ts. Read them with namedMethods(). */
  methods: Func[] = [];
  /** completes the type when first needed (set by the checker or by instantiate.ts); cleared before it is called */
  resolver: ((t: Named) => void) | null = null;
  /** per-instance cache of expanded methods, by index of the origin's method */
  expanded: (Func | undefined)[] | null = null;
  /** the checker's memo: 0 not yet known, 1 of finite size, 2 contains itself */
  finite: 0 | 1 | 2 = 0;
  constructor(obj: TypeName, orig: Named | null, targs: readonly Type[]) {
    this.obj = obj;
    this.orig = orig ?? this;
    this.targs = targs;
  }
}

/** A declared alias, which may be generic. unalias() removes it. */
export class Alias {
  readonly tag = 'Alias';
  readonly obj: TypeName;
  readonly orig: Alias;
  tparams: TypeParam[] = [];
  readonly targs: readonly Type[];
  /** right-hand side; null until known */
  rhs: Type | null = null;
  constructor(obj: TypeName, orig: Alias | null, targs: readonly Type[]) {
    this.obj = obj;
    this.orig = orig ?? this;
    this.targs = targs;
  }
}

let typeParamId = 0;

export class TypeParam {
  readonly tag = 'TypeParam';
  readonly id: number = ++typeParamId;
  readonly obj: TypeName;
  index = -1;
  /** any type, wrapped in an implicit interface when used as one (typeParamIface in typeset.ts) */
  bound: Type;
  constructor(obj: TypeName, bound: Type) {
    this.obj = obj;
    this.bound = bound;
  }
}

export type Type =
  | Basic
  | ArrayT
  | Slice
  | Struct
  | Pointer
  | Tuple
  | Signature
  | Union
  | Interface
  | MapT
  | Chan
  | Named
  | Alias
  | TypeParam;

// Objects.

export class Package {
  /** import path; "main" packages keep the path they were loaded by */
  readonly path: string;
  name: string;
  readonly scope: Scope;
  imports: Package[] = [];
  /** language version of its module, "go1.21"; '' for the newest */
  goVersion = '';
  complete = false;
  /** package unsafe */
  fake = false;
  /** a package main that is no program but under test: its symbols have its path */
  underTest = false;
  constructor(path: string, name: string, universe: Scope) {
    this.path = path;
    this.name = name;
    this.scope = new Scope(universe, 0, 0, `package ${path}`);
  }
}

/** White to begin with, grey (the number counts the declaration's depth) while it is being declared, then black. */
export const Color = { White: 0, Black: 1, Grey: 2 } as const;

export class ObjectBase implements NamedEntity {
  parent: Scope | null = null;
  readonly pos: Pos;
  readonly pkg: Package | null;
  readonly name: string;
  /** null until declared */
  type: Type | null;
  color: number;
  /** order of declaration within the package, from 1; 0 for universe objects */
  order = 0;
  /** where its scope begins */
  scopePos: Pos = 0;
  constructor(pos: Pos, pkg: Package | null, name: string, type: Type | null) {
    this.pos = pos;
    this.pkg = pkg;
    this.name = name;
    this.type = type;
    this.color = type ? 1 : 0;
  }
  get exported(): boolean {
    return isExportedName(this.name);
  }
}

export class PkgName extends ObjectBase {
  readonly tag = 'PkgName';
  readonly imported: Package;
  used = false;
  constructor(pos: Pos, pkg: Package | null, name: string, imported: Package, invalid: Type) {
    super(pos, pkg, name, invalid);
    this.imported = imported;
  }
}

export class Const extends ObjectBase {
  readonly tag = 'Const';
  val: Value | null;
  constructor(pos: Pos, pkg: Package | null, name: string, type: Type | null, val: Value | null) {
    super(pos, pkg, name, type);
    this.val = val;
  }
}

export class TypeName extends ObjectBase {
  readonly tag = 'TypeName';
}

export type VarKind = 'package' | 'local' | 'recv' | 'param' | 'result' | 'field';

export class Var extends ObjectBase {
  readonly tag = 'Var';
  kind: VarKind;
  /** embedded field */
  embedded = false;
  used = false;
  /** generic field or parameter this is an instance of; itself otherwise */
  origin: Var;
  /** depth of nested functions it is declared in: 0 for package variables, 1 in a function's body, 2 in a literal in
   * it; the body of a range-over-func loop counts as a function. `captured` is set by a use at a greater depth. */
  level = 0;
  /** set by the checker: &x, x[:] of an array, x.m() with a pointer receiver, or the same of a part of x */
  addrTaken = false;
  /** set by the checker: used by a function literal in (or the body of a range-over-func loop in) its function */
  captured = false;
  /** set by the checker: it, or a part of it, is assigned to after its declaration */
  reassigned = false;
  constructor(pos: Pos, pkg: Package | null, name: string, type: Type | null, kind: VarKind, embedded = false) {
    super(pos, pkg, name, type);
    this.kind = kind;
    this.embedded = embedded;
    this.origin = this;
  }
}

export class Func extends ObjectBase {
  readonly tag = 'Func';
  /** method declared with a pointer receiver */
  ptrRecv = false;
  /** generic method this is an instance of; itself otherwise */
  origin: Func;
  /** the checker's record of its declaration (DeclInfo in decl.ts); of instances, null */
  decl: unknown = null;
  constructor(pos: Pos, pkg: Package | null, name: string, sig: Signature | null) {
    super(pos, pkg, name, sig);
    this.origin = this;
  }
  get sig(): Signature {
    return this.type as Signature;
  }
}

export class Label extends ObjectBase {
  readonly tag = 'Label';
  used = false;
}

export type BuiltinName =
  | 'append'
  | 'cap'
  | 'clear'
  | 'close'
  | 'complex'
  | 'copy'
  | 'delete'
  | 'imag'
  | 'len'
  | 'make'
  | 'max'
  | 'min'
  | 'new'
  | 'panic'
  | 'print'
  | 'println'
  | 'real'
  | 'recover'
  | 'Add'
  | 'Alignof'
  | 'Offsetof'
  | 'Sizeof'
  | 'Slice'
  | 'SliceData'
  | 'String'
  | 'StringData';

export class Builtin extends ObjectBase {
  readonly tag = 'Builtin';
  readonly id: BuiltinName;
  constructor(id: BuiltinName, pkg: Package | null, invalid: Type) {
    super(0, pkg, id, invalid);
    this.id = id;
  }
}

export class Nil extends ObjectBase {
  readonly tag = 'Nil';
}

export type Obj = PkgName | Const | TypeName | Var | Func | Label | Builtin | Nil;

const noObjects: ReadonlyMap<string, Obj> = new Map();

export class Scope {
  readonly parent: Scope | null;
  readonly pos: Pos;
  readonly end: Pos;
  readonly comment: string;
  /** read only: insert and put change it */
  elems: ReadonlyMap<string, Obj> = noObjects;
  readonly isFunc: boolean;
  constructor(parent: Scope | null, pos: Pos, end: Pos, comment: string, isFunc = false) {
    this.parent = parent;
    this.pos = pos;
    this.end = end;
    this.comment = comment;
    this.isFunc = isFunc;
  }
  lookup(name: string): Obj | undefined {
    return this.elems.get(name);
  }
  /** Returns the object already there under that name, or null after inserting. Names are not checked for "_". */
  insert(obj: Obj): Obj | null {
    const alt = this.elems.get(obj.name);
    if (alt) return alt;
    this.put(obj.name, obj);
    if (!obj.parent) obj.parent = this;
    return null;
  }
  /** Sets what a name means here. */
  put(name: string, obj: Obj): void {
    // most scopes stay empty
    if (this.elems === noObjects) this.elems = new Map();
    (this.elems as Map<string, Obj>).set(name, obj);
  }
  /** The innermost object of that name visible at pos (0: anywhere), and the scope that holds it. */
  lookupParent(name: string, pos: Pos): { scope: Scope; obj: Obj } | null {
    for (let s: Scope | null = this; s; s = s.parent) {
      const obj = s.elems.get(name);
      if (obj && (pos === 0 || obj.scopePos <= pos)) return { scope: s, obj };
    }
    return null;
  }
}

/** Go's rule: the first character is an upper-case letter. */
export function isExportedName(name: string): boolean {
  const c = name.charCodeAt(0);
  if (c < 0x80) return c >= 65 && c <= 90;
  return /^\p{Lu}/u.test(name);
}

// What the checker leaves on the tree.

/** Operand modes. */
export const Mode = {
  Invalid: 0,
  NoValue: 1,
  Builtin: 2,
  TypExpr: 3,
  Constant: 4,
  /** addressable */
  Variable: 5,
  MapIndex: 6,
  Value: 7,
  Nil: 8,
  /** may be used in a comma-ok assignment */
  CommaOk: 9,
  CgoFunc: 10,
} as const;
export type Mode = (typeof Mode)[keyof typeof Mode];

/** Recorded in `tv` of every expression that is checked (types too). */
export interface TypeAndValue extends ExprInfo {
  readonly mode: Mode;
  /** final type: untyped constants and comparisons have their default or context type here. A comma-ok expression in a
   * two-value context has a Tuple of two. */
  readonly type: Type;
  /** for constants */
  readonly value: Value | null;
}

export const SelKind = { FieldVal: 0, MethodVal: 1, MethodExpr: 2 } as const;

/** Recorded in `selection` of x.f that is not a qualified identifier. */
export interface Selection extends SelectionInfo {
  readonly kind: 0 | 1 | 2;
  /** type of x */
  readonly recv: Type;
  /** Var for a field, Func for a method */
  readonly obj: Var | Func;
  /** path of field indices; the last is the field's or the method's own index */
  readonly index: readonly number[];
  /** a pointer was followed on the path */
  readonly indirect: boolean;
}

/** Recorded in `inst` of an identifier that denotes a generic function or type being instantiated. */
export interface Instance extends InstanceInfo {
  readonly targs: readonly Type[];
  /** the instantiated type: Signature, Named or Alias */
  readonly type: Type;
}
