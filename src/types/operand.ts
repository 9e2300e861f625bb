// Operands: what the checker knows about an expression while it checks it, and when one may be assigned to a type.
//
// Assumes: an operand with mode Invalid has been complained about. Guarantees: assignable changes neither operand nor
// types. `cause` objects, where passed, receive the reason of a failure in gc's words.
// Source: Go specification, "Assignability"; wording of gc 1.26.

import type { Expr } from '../syntax/nodes.ts';
import type { Checker } from './checker.ts';
import { type Value, valueString } from './constant.ts';
import { exprString } from './exprstring.ts';
import { implements_ } from './instantiate.ts';
import { isInterfacePtr } from './lookup.ts';
import { hasEmptyTypeset, hasName, identical, isGeneric, isUntyped, isValid } from './predicates.ts';
import type { Cause } from './reporter.ts';
import { type Basic, type BuiltinName, Kind, Mode, type Type } from './types.ts';
import { termsOf, typeSet } from './typeset.ts';
import { unalias, under } from './under.ts';
import { Typ } from './universe.ts';
import { implicitType } from './untyped.ts';

export type { Cause };

export class Operand {
  mode: Mode = Mode.Invalid;
  expr: Expr | null = null;
  typ: Type = Typ[Kind.Invalid]!;
  /** for constants */
  val: Value | null = null;
  /** for builtins */
  id: BuiltinName | null = null;

  set(o: Operand): this {
    this.mode = o.mode;
    this.expr = o.expr;
    this.typ = o.typ;
    this.val = o.val;
    this.id = o.id;
    return this;
  }

  clone(): Operand {
    return new Operand().set(this);
  }

  get isNil(): boolean {
    return this.mode === Mode.Nil;
  }

  /** like comparing the mode, for use after a call that may have changed it */
  get invalid(): boolean {
    return this.mode === Mode.Invalid;
  }

  get isConst(): boolean {
    return this.mode === Mode.Constant;
  }

  invalidate(): void {
    this.mode = Mode.Invalid;
  }
}

/** An operand that is the value of e and of type t. */
export function valueOperand(e: Expr | null, t: Type): Operand {
  const x = new Operand();
  x.mode = Mode.Value;
  x.expr = e;
  x.typ = t;
  return x;
}

const modeText: readonly string[] = [
  'invalid operand',
  'no value',
  'built-in',
  'type',
  'constant',
  'variable',
  'map index expression',
  'value',
  'nil',
  'comma, ok expression',
  'cgo function',
];

/** The operand as messages describe it: `x (variable of type int)`. */
export function operandString(c: Checker, x: Operand): string {
  if (x.mode === Mode.Nil) {
    if (!isValid(x.typ)) return 'nil (with invalid type)';
    return x.typ === Typ[Kind.UntypedNil] ? 'nil' : `nil (of type ${c.str(x.typ)})`;
  }
  let expr = '';
  if (x.expr) expr = exprString(x.expr);
  else if (x.mode === Mode.Builtin) expr = x.id ?? '';
  else if (x.mode === Mode.TypExpr) expr = c.str(x.typ);
  else if (x.mode === Mode.Constant && x.val) expr = valueString(x.val);

  let s = '';
  let hasType = false;
  if (x.mode !== Mode.Invalid && x.mode !== Mode.NoValue && x.mode !== Mode.Builtin && x.mode !== Mode.TypExpr) {
    if (isUntyped(x.typ)) s += `${(x.typ as Basic).name} `;
    else hasType = true;
  }
  s += modeText[x.mode];
  if (x.mode === Mode.Constant && x.val) {
    const v = valueString(x.val);
    if (v !== expr) s += ` ${v}`;
  }
  if (hasType) s += isValid(x.typ) ? describeType(c, x.typ) : ' with invalid type';
  return expr ? `${expr} (${s})` : s;
}

function describeType(c: Checker, t: Type): string {
  let desc = isGeneric(t) ? 'generic ' : '';
  const u = unalias(t);
  const tpar = u.tag === 'TypeParam' ? u : null;
  if (!tpar && (t.tag === 'Alias' || t.tag === 'Named')) {
    const what = compositeKind(t) || (under(t) as Basic).name;
    desc += `${what} `;
  }
  let s = ` of ${desc}type ${c.str(t)}`;
  if (tpar) {
    s += ` constrained by ${c.str(tpar.bound)}`;
    if (hasEmptyTypeset(tpar)) s += ' with empty type set';
  }
  return s;
}

/** "array", "slice", … for the underlying type; "" for basic types. */
export function compositeKind(t: Type): string {
  switch (under(t).tag) {
    case 'Array':
      return 'array';
    case 'Slice':
      return 'slice';
    case 'Struct':
      return 'struct';
    case 'Pointer':
      return 'pointer';
    case 'Signature':
      return 'func';
    case 'Interface':
      return 'interface';
    case 'Map':
      return 'map';
    case 'Chan':
      return 'chan';
    case 'Tuple':
      return 'tuple';
    case 'Union':
      return 'union';
    default:
      return '';
  }
}

/** Whether x may be assigned to a variable of type T. */
export function assignable(c: Checker, x: Operand, T: Type, cause: Cause | null): boolean {
  if (x.mode === Mode.Invalid || !isValid(T)) return true;
  const origT = T;
  const V = unalias(x.typ);
  T = unalias(T);
  if (V === T || identical(V, T)) return true;
  const Vu = under(V);
  const Tu = under(T);
  const Vp = V.tag === 'TypeParam' ? V : null;
  const Tp = T.tag === 'TypeParam' ? T : null;
  // of two interfaces that embed each other, gc looks at this one first
  if (Vu.tag === 'Interface') typeSet(Vu);

  if (isUntyped(Vu)) {
    if (Tp) return termsOf(Tp, (t) => t !== null && implicitType(c, x, t.type).type !== null);
    return implicitType(c, x, T).type !== null;
  }

  if (!Vp && !Tp && (!hasName(V) || !hasName(T)) && identical(Vu, Tu)) return true;

  if ((Tu.tag === 'Interface' && !Tp) || isInterfacePtr(Tu)) {
    if (implements_(c, V, T, false, cause)) return true;
    if (!Vp) return false;
    if (cause) cause.msg = '';
  }

  if (Vu.tag === 'Interface' && !Vp && implements_(c, T, V, false, null)) {
    if (cause) cause.msg = 'need type assertion';
    return false;
  }

  if (Vu.tag === 'Chan' && Vu.dir === 'both' && Tu.tag === 'Chan' && identical(Vu.elem, Tu.elem)) {
    return !hasName(V) || !hasName(T);
  }

  if (!Vp && !Tp) return false;

  if (Tp && !hasName(V)) {
    return termsOf(Tp, (t) => {
      if (!t) return false;
      if (assignable(c, x, t.type, cause)) return true;
      prepend(cause, () => `cannot assign ${c.str(x.typ)} to ${c.str(t.type)} (in ${c.str(Tp)})`);
      return false;
    });
  }
  if (Vp && !hasName(T)) {
    const y = x.clone();
    return termsOf(Vp, (t) => {
      if (!t) return false;
      y.typ = t.type;
      if (assignable(c, y, T, cause)) return true;
      prepend(cause, () => `cannot assign ${c.str(t.type)} (in ${c.str(Vp)}) to ${c.str(origT)}`);
      return false;
    });
  }
  return false;
}

/** Puts a line before the cause found so far. */
export function prepend(cause: Cause | null, line: () => string): void {
  if (cause) cause.msg = cause.msg ? `${line()}\n\t${cause.msg}` : line();
}
