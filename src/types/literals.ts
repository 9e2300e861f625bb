// Literals: basic, function and composite.
//
// Guarantees: bodies of function literals are checked when the statement around them is done, so that they see all of
// the scope they stand in and nothing declared later.
// Source: Go specification, "Composite literals", "Function literals"; wording of gc 1.26.

import type { ArrayType, BasicLit, CompositeLit, Expr, FuncLit } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import { assignment } from './assignments.ts';
import type { Checker } from './checker.ts';
import { intBits, overflow } from './const.ts';
import * as constant from './constant.ts';
import { expr, exprWithHint, use } from './expr.ts';
import { checkIndex } from './index.ts';
import { deref, fieldIndex } from './lookup.ts';
import { Operand } from './operand.ts';
import { identical, isNonTypeParamInterface, isValid } from './predicates.ts';
import { ExprRecord, invalidType, recordTypeAndValue, recordUse } from './record.ts';
import { lookupError } from './selector.ts';
import { funcBody } from './stmt.ts';
import { ArrayT, Is, Kind, Mode, type Struct, type Type } from './types.ts';
import { typ, varType } from './typexpr.ts';
import { commonUnder, under } from './under.ts';
import { Typ } from './universe.ts';

/** Longer number literals are refused. */
const maxLiteral = 10000;

export function basicLit(c: Checker, x: Operand, e: BasicLit): void {
  let kind: Kind;
  switch (e.lit) {
    case T.INT:
      kind = Kind.UntypedInt;
      break;
    case T.FLOAT:
      kind = Kind.UntypedFloat;
      break;
    case T.IMAG:
      kind = Kind.UntypedComplex;
      break;
    case T.CHAR:
      kind = Kind.UntypedRune;
      break;
    default:
      kind = Kind.UntypedString;
  }
  if (e.lit !== T.CHAR && e.lit !== T.STRING) {
    langCompat(c, e);
    if (e.value.length > maxLiteral) {
      c.error(e, `excessively long constant: ${e.value.slice(0, 10)}... (${e.value.length} chars)`);
      return;
    }
  }
  const val = constant.makeFromLiteral(e.value, e.lit);
  if (val.kind === 'unknown') {
    c.error(e, `malformed constant: ${e.value}`);
    return;
  }
  x.mode = Mode.Constant;
  x.typ = Typ[kind]!;
  x.val = val;
  x.expr = e;
  overflow(c, x, e.pos);
}

/** Reports number literals that are newer than the language version. */
function langCompat(c: Checker, e: BasicLit): void {
  const s = e.value;
  if (s.length <= 2 || c.allowVersion(13)) return;
  if (s.includes('_')) {
    c.versionError(e, 13, 'underscore in numeric literal');
    return;
  }
  if (s[0] !== '0') return;
  const radix = s[1]!;
  if (radix === 'b' || radix === 'B') c.versionError(e, 13, 'binary literal');
  else if (radix === 'o' || radix === 'O') c.versionError(e, 13, '0o/0O-style octal literal');
  else if (e.lit !== T.INT && (radix === 'x' || radix === 'X')) {
    c.versionError(e, 13, 'hexadecimal floating-point literal');
  }
}

export function funcLit(c: Checker, x: Operand, e: FuncLit): void {
  const sig = typ(c, e.type);
  if (sig.tag !== 'Signature') return;
  const { decl, iota, level } = c.env;
  c.later(() => funcBody(c, decl, sig, e.body, iota, level + 1));
  x.mode = Mode.Value;
  x.typ = sig;
}

export function compositeLit(c: Checker, x: Operand, e: CompositeLit, hint: Type | null): void {
  let type: Type;
  let base: Type;
  let isElem = false;
  let open: ArrayType | null = null;
  if (e.type) {
    if (e.type.kind === 'ArrayType' && e.type.len?.kind === 'Ellipsis') {
      open = e.type;
      type = new ArrayT(varType(c, open.elem), -1);
    } else type = typ(c, e.type);
    base = type;
  } else if (hint) {
    type = hint;
    base = hint;
    // a pointer type stands for the address of the literal
    const u = commonUnder(base, null, c.qualifier).u;
    if (u) {
      const [elem, isPtr] = deref(u);
      if (isPtr) base = elem;
    }
    isElem = true;
  } else {
    c.error(e, 'missing type in composite literal');
    type = invalidType;
    base = type;
  }

  const u = commonUnder(base, null, c.qualifier).u;
  switch (u?.tag) {
    case 'Struct':
      structLit(c, x, e, u, base);
      break;
    case 'Array': {
      const n = indexedElts(c, e.elts, u.elem, u.len);
      if (u.len >= 0) break;
      // the length is what the elements need, for [...]T as for a length that is in error
      const known = new ArrayT(u.elem, n);
      if (type === u) type = known;
      if (e.type) recordTypeAndValue(e.type, Mode.TypExpr, known, null);
      break;
    }
    case 'Slice':
      indexedElts(c, e.elts, u.elem, -1);
      break;
    case 'Map':
      mapLit(c, x, e, u.key, u.elem);
      break;
    default:
      for (const el of e.elts) use(c, el.kind === 'KeyValueExpr' ? el.value : el);
      if (!u || isValid(u)) {
        const what = isElem ? ' element' : '';
        c.error(e, `invalid composite literal${what} type ${c.str(type)}${u ? '' : ' (no common underlying type)'}`);
        x.invalidate();
        return;
      }
  }
  x.mode = Mode.Value;
  x.typ = type;
}

function structLit(c: Checker, x: Operand, e: CompositeLit, s: Struct, base: Type): void {
  if (e.elts.length === 0) return;
  const fields = s.fields;
  if (e.elts[0]!.kind === 'KeyValueExpr') {
    const visited = new Set<number>();
    for (const kv of e.elts) {
      if (kv.kind !== 'KeyValueExpr') {
        c.error(kv, 'mixture of field:value and value elements in struct literal');
        continue;
      }
      const key = kv.key;
      const i = key.kind === 'Ident' ? fieldIndex(fields, c.pkg, key.name, false) : -1;
      expr(c, null, x, kv.value);
      if (key.kind !== 'Ident') {
        c.error(kv, `invalid field name ${c.exprstr(key)} in struct literal`);
        continue;
      }
      if (i < 0) {
        const j = fieldIndex(fields, c.pkg, key.name, true);
        c.error(key, lookupError(c, base, key.name, j >= 0 ? fields[j]! : null, true));
        continue;
      }
      const f = fields[i]!;
      recordUse(key, f);
      assignment(c, x, f.type!, 'struct literal');
      if (visited.has(i)) c.error(kv, `duplicate field name ${key.name} in struct literal`);
      visited.add(i);
    }
    return;
  }
  for (let i = 0; i < e.elts.length; i++) {
    const el = e.elts[i]!;
    if (el.kind === 'KeyValueExpr') {
      c.error(el, 'mixture of field:value and value elements in struct literal');
      continue;
    }
    const known = fields[i];
    if (known && (known.exported || known.pkg === c.pkg) && plainInt(el, known.type!)) continue;
    expr(c, null, x, el);
    if (i >= fields.length) {
      c.error(x, `too many values in struct literal of type ${c.str(base)}`);
      break;
    }
    const f = fields[i]!;
    if (!f.exported && f.pkg !== c.pkg) {
      c.error(x, `implicit assignment to unexported field ${f.name} in struct literal of type ${c.str(base)}`);
      continue;
    }
    assignment(c, x, f.type!, 'struct literal');
  }
  if (e.elts.length < fields.length) {
    c.error(e.rbrace, `too few values in struct literal of type ${c.str(base)}`);
  }
}

function mapLit(c: Checker, x: Operand, e: CompositeLit, key: Type, elem: Type): void {
  // a key of interface type is told apart by its dynamic type too
  const keyIsInterface = isNonTypeParamInterface(key);
  const visited = new Map<string | number | bigint | boolean, Type[]>();
  for (const kv of e.elts) {
    if (kv.kind !== 'KeyValueExpr') {
      c.error(kv, 'missing key in map literal');
      continue;
    }
    exprWithHint(c, x, kv.key, key);
    assignment(c, x, key, 'map literal');
    if (x.mode === Mode.Invalid) continue;
    if (x.mode === Mode.Constant) {
      const k = keyOf(x.val!);
      const seen = visited.get(k);
      let duplicate = seen !== undefined;
      if (keyIsInterface) duplicate = seen?.some((t) => identical(t, x.typ)) ?? false;
      if (seen) seen.push(x.typ);
      else visited.set(k, [x.typ]);
      if (duplicate) {
        c.error(x, `duplicate key ${constant.valueString(x.val!)} in map literal`);
        continue;
      }
    }
    if (plainInt(kv.value, elem)) continue;
    exprWithHint(c, x, kv.value, elem);
    assignment(c, x, elem, 'map literal');
  }
}

/** A value that is equal for equal constants, whatever their kind. */
function keyOf(v: constant.Value): string | number | bigint | boolean {
  switch (v.kind) {
    case 'bool':
      return constant.boolVal(v);
    case 'string':
      return `"${constant.stringVal(v)}`;
    case 'unknown':
      return '?';
    default: {
      const i = constant.toInt(v);
      return i.kind === 'int' ? constant.exactString(i) : constant.exactString(v);
    }
  }
}

/**
 * Records e if it is a plain integer literal and a value of the integer type t: what tables are made of, and not worth
 * the long way.
 */
function plainInt(e: Expr, t: Type): boolean {
  if (e.kind !== 'BasicLit' || e.lit !== T.INT || e.bad) return false;
  const u = under(t);
  if (u.tag !== 'Basic' || !(u.info & Is.Integer)) return false;
  const n = smallInt(e.value);
  const bits = intBits(u.kind) - (u.info & Is.Unsigned ? 0 : 1);
  if (n < 0 || (bits < 32 && n >= 2 ** bits)) return false;
  e.tv = new ExprRecord(Mode.Constant, t, constant.makeInt(n), null);
  return true;
}

/** The value of a decimal or hexadecimal literal below 2^31; -1 for other literals. */
function smallInt(s: string): number {
  const hex = s.length > 2 && s.charCodeAt(1) === 0x78;
  if (s.length > 9 || (!hex && s.length > 1 && s.charCodeAt(0) === 0x30)) return -1;
  let n = 0;
  for (let i = hex ? 2 : 0; i < s.length; i++) {
    const ch = s.charCodeAt(i);
    let d = ch - 0x30;
    if (d < 0 || d > 9) {
      d = (ch | 0x20) - 0x57;
      if (!hex || d < 10 || d > 15) return -1;
    }
    n = hex ? n * 16 + d : n * 10 + d;
  }
  return n;
}

/** Checks the elements of an array (length >= 0) or slice literal. Returns the greatest index plus one. */
function indexedElts(c: Checker, elts: readonly Expr[], elem: Type, length: number): number {
  const visited = new Set<number>();
  let keyed = false;
  let index = 0;
  let max = 0;
  const x = new Operand();
  for (const e of elts) {
    let valid = false;
    let value = e;
    if (e.kind === 'KeyValueExpr') {
      if (!keyed) {
        keyed = true;
        for (let i = 0; i < index; i++) visited.add(i);
      }
      const r = checkIndex(c, e.key, length);
      if (isValid(r.type)) {
        if (r.value >= 0) {
          index = r.value;
          valid = true;
        } else c.error(e, `index ${c.exprstr(e.key)} must be integer constant`);
      }
      value = e.value;
    } else if (length >= 0 && index >= length) {
      c.error(e, `index ${index} is out of bounds (>= ${length})`);
    } else valid = true;

    // without keys there are no duplicates
    if (valid && keyed) {
      if (visited.has(index)) c.error(e, `duplicate index ${index} in array or slice literal`);
      visited.add(index);
    }
    index++;
    if (index > max) max = index;
    if (plainInt(value, elem)) continue;
    x.invalidate();
    exprWithHint(c, x, value, elem);
    assignment(c, x, elem, 'array or slice literal');
  }
  return max;
}
