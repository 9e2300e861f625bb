// Exact constants: booleans, strings, integers, rational and big floating-point numbers, complex numbers.
//
// Strings are kept as bytes: a JavaScript string with one character (code 0 to 255) for each byte.
// Guarantees: integers are exact; floating-point values are exact fractions while numerator and denominator are small,
// 512-bit floats otherwise. An operation whose result cannot be represented gives the unknown value.
// Source: Go specification, "Constants", "Constant expressions"; the shape is that of go/constant.

import { T, type Token } from '../syntax/token.ts';
import type { BigFloat } from './bigfloat.ts';
import * as big from './bigfloat.ts';
import { quote } from './quote.ts';

export interface UnknownValue {
  readonly kind: 'unknown';
}
export interface BoolValue {
  readonly kind: 'bool';
  readonly v: boolean;
}
export interface StringValue {
  readonly kind: 'string';
  readonly v: string;
}
export interface IntValue {
  readonly kind: 'int';
  readonly v: bigint;
}
/** In lowest terms, denominator positive. */
export interface RatValue {
  readonly kind: 'rat';
  readonly num: bigint;
  readonly den: bigint;
}
export interface FloatValue {
  readonly kind: 'float';
  readonly f: BigFloat;
}
export interface ComplexValue {
  readonly kind: 'complex';
  readonly re: RealValue;
  readonly im: RealValue;
}
export type RealValue = IntValue | RatValue | FloatValue;
export type Value = UnknownValue | BoolValue | StringValue | RealValue | ComplexValue;

/** Fractions with longer parts, and floats with larger exponents, are kept as floats. */
const maxExp = 4096;

const unknown: UnknownValue = { kind: 'unknown' };
const yes: BoolValue = { kind: 'bool', v: true };
const no: BoolValue = { kind: 'bool', v: false };
const zeroInt: IntValue = { kind: 'int', v: 0n };

export function makeUnknown(): Value {
  return unknown;
}

export function makeBool(v: boolean): Value {
  return v ? yes : no;
}

/** s has one character a byte. */
export function makeString(s: string): Value {
  return { kind: 'string', v: s };
}

const smallInts: readonly IntValue[] = Array.from({ length: 257 }, (_, i) => ({ kind: 'int', v: BigInt(i) }));

export function makeInt(v: bigint | number): IntValue {
  if (typeof v === 'number' && v >= 0 && v <= 256) return smallInts[v]!;
  return { kind: 'int', v: BigInt(v) };
}

function gcd(a: bigint, b: bigint): bigint {
  if (a < 0n) a = -a;
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** num / den in lowest terms. */
function fraction(num: bigint, den: bigint): RatValue {
  if (den < 0n) {
    num = -num;
    den = -den;
  }
  const g = den === 1n ? 1n : gcd(num, den);
  return g > 1n ? { kind: 'rat', num: num / g, den: den / g } : { kind: 'rat', num, den };
}

function makeRat(num: bigint, den: bigint): RealValue | UnknownValue {
  const r = fraction(num, den);
  if (big.bitLength(r.num) < maxExp && big.bitLength(r.den) < maxExp) return r;
  return makeFloat(big.fromRat(r.num, r.den));
}

function makeFloat(f: BigFloat | null): RealValue | UnknownValue {
  return f ? { kind: 'float', f } : unknown;
}

/** A finite number; negative zero becomes zero. */
export function makeFloat64(x: number): Value {
  if (!Number.isFinite(x)) return unknown;
  const { mant, exp } = big.fromDouble(x);
  return exp >= 0 ? makeRat(mant << BigInt(exp), 1n) : makeRat(mant, 1n << BigInt(-exp));
}

function makeComplex(re: Value, im: Value): Value {
  if (!isReal(re) || !isReal(im)) return unknown;
  return { kind: 'complex', re, im };
}

function isReal(v: Value): v is RealValue {
  return v.kind === 'int' || v.kind === 'rat' || v.kind === 'float';
}

/** The value of a literal as written; unknown if it is not one or cannot be represented. */
export function makeFromLiteral(lit: string, tok: Token): Value {
  switch (tok) {
    case T.INT:
      return intLiteral(lit);
    case T.FLOAT:
      return floatLiteral(lit);
    case T.IMAG:
      return lit.endsWith('i') ? makeComplex(zeroInt, floatLiteral(lit.slice(0, -1))) : unknown;
    case T.CHAR: {
      const s = unquote(lit);
      return s === null || s.rune < 0 ? unknown : makeInt(s.rune);
    }
    case T.STRING: {
      const s = unquote(lit);
      return s === null ? unknown : makeString(s.bytes);
    }
    default:
      return unknown;
  }
}

/** The number written in a few decimal digits; -1 if lit is anything else. */
function shortDecimal(lit: string): number {
  if (lit.length > 9 || (lit.length > 1 && lit.charCodeAt(0) === 48)) return -1;
  let n = 0;
  for (let i = 0; i < lit.length; i++) {
    const d = lit.charCodeAt(i) - 48;
    if (d < 0 || d > 9) return -1;
    n = n * 10 + d;
  }
  return lit.length > 0 ? n : -1;
}

function intLiteral(lit: string): Value {
  const short = shortDecimal(lit);
  if (short >= 0) return makeInt(short);
  let s = lit.includes('_') ? lit.replaceAll('_', '') : lit;
  if (s.length > 1 && s[0] === '0' && s[1]! >= '0' && s[1]! <= '9') s = `0o${s.slice(1)}`;
  if (!/^(?:\d+|0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+)$/.test(s)) return unknown;
  return { kind: 'int', v: BigInt(s) };
}

function floatLiteral(lit: string): Value {
  const s = lit.replaceAll('_', '').toLowerCase();
  if (/^0[bo]/.test(s)) return toFloat(intLiteral(s));
  const hex = s.startsWith('0x');
  const m = (hex ? /^0x([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?\d+))?$/ : /^(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/).exec(s);
  if (!m) return unknown;
  const whole = m[1]!;
  const frac = m[2] ?? '';
  if (whole === '' && frac === '') return unknown;
  const exp = m[3] ? Number(m[3]) : 0;
  const digits = BigInt((hex ? '0x' : '') + whole + frac);
  if (digits === 0n) return { kind: 'rat', num: 0n, den: 1n };
  // the size decides how it is kept
  const e10 = hex ? 0 : exp - frac.length;
  const e2 = hex ? exp - 4 * frac.length : 0;
  const size = big.bitLength(digits) + e2 + e10 * Math.log2(10);
  if (Math.abs(size) < maxExp) {
    let num = digits;
    let den = 1n;
    if (e10 >= 0) num *= 10n ** BigInt(e10);
    else den *= 10n ** BigInt(-e10);
    if (e2 >= 0) num <<= BigInt(e2);
    else den <<= BigInt(-e2);
    return fraction(num, den);
  }
  if (!Number.isSafeInteger(e10) || !Number.isSafeInteger(e2)) return exp > 0 ? unknown : makeFloat(big.zero);
  return makeFloat(big.fromDecimal(digits, e10, e2));
}

const encoder = new TextEncoder();

function utf8(text: string): string {
  let ascii = true;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) >= 0x80) {
      ascii = false;
      break;
    }
  }
  if (ascii) return text;
  let s = '';
  for (const b of encoder.encode(text)) s += String.fromCharCode(b);
  return s;
}

const escapes: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
};

/** A string or rune literal: its bytes, and its rune if it is exactly one (else -1). */
function unquote(lit: string): { bytes: string; rune: number } | null {
  const q = lit[0];
  if (lit.length < 2 || lit[lit.length - 1] !== q) return null;
  const body = lit.slice(1, -1);
  if (q === '`') return { bytes: utf8(body.includes('\r') ? body.replaceAll('\r', '') : body), rune: -1 };
  let next = body.indexOf('\\');
  if (next < 0) {
    const first = body.codePointAt(0) ?? -1;
    return { bytes: utf8(body), rune: body.length === (first > 0xffff ? 2 : 1) ? first : -1 };
  }
  let bytes = '';
  let rune = -1;
  let done = 0;
  while (next >= 0) {
    bytes += utf8(body.slice(done, next));
    const c = body[next + 1] ?? '';
    const simple = escapes[c];
    let length = 2;
    if (simple !== undefined) {
      rune = simple;
      bytes += String.fromCharCode(simple);
    } else {
      const code = c === 'u' || c === 'U';
      length = c === 'x' ? 4 : c === 'u' ? 6 : c === 'U' ? 10 : 4;
      const octal = !code && c !== 'x';
      rune = digits(body, next + (octal ? 1 : 2), next + length, octal ? 8 : 16);
      if (rune < 0 || rune > (code ? 0x10ffff : 0xff) || (code && rune >= 0xd800 && rune < 0xe000)) return null;
      bytes += code ? utf8(String.fromCodePoint(rune)) : String.fromCharCode(rune);
    }
    done = next + length;
    next = body.indexOf('\\', done);
    if (done < body.length || length < body.length) rune = -1;
  }
  return { bytes: bytes + utf8(body.slice(done)), rune };
}

/** The number whose digits are s[from:to]; -1 if they are not. */
function digits(s: string, from: number, to: number, base: number): number {
  if (to > s.length) return -1;
  let n = 0;
  for (let i = from; i < to; i++) {
    const c = s.charCodeAt(i);
    const d = c <= 57 ? c - 48 : (c | 32) >= 97 ? (c | 32) - 87 : -1;
    if (d < 0 || d >= base) return -1;
    n = n * base + d;
  }
  return n;
}

export function boolVal(v: Value): boolean {
  return v.kind === 'bool' && v.v;
}

/** The bytes, one character each. */
export function stringVal(v: Value): string {
  return v.kind === 'string' ? v.v : '';
}

/** The value as an int64; exact says whether it is one. */
export function int64Val(v: Value): { value: bigint; exact: boolean } {
  if (v.kind !== 'int') return { value: 0n, exact: false };
  const value = BigInt.asIntN(64, v.v);
  return { value, exact: value === v.v };
}

export function uint64Val(v: Value): { value: bigint; exact: boolean } {
  if (v.kind !== 'int') return { value: 0n, exact: false };
  const value = BigInt.asUintN(64, v.v);
  return { value, exact: value === v.v };
}

function toDouble(v: Value, single: boolean): number {
  switch (v.kind) {
    case 'int':
      return big.ratToDouble(v.v, 1n, single);
    case 'rat':
      return big.ratToDouble(v.num, v.den, single);
    case 'float':
      return big.floatToDouble(v.f, single);
    default:
      return 0;
  }
}

/** The nearest float64, infinite if it is too large. */
export function float64Val(v: Value): number {
  return toDouble(v, false);
}

/** The nearest float32, infinite if it is too large. */
export function float32Val(v: Value): number {
  return toDouble(v, true);
}

/** Bits of an integer's magnitude. */
export function bitLen(v: Value): number {
  return v.kind === 'int' ? big.bitLength(v.v) : 0;
}

/** -1, 0 or 1; for complex numbers 0 exactly for zero; 1 for unknown values. */
export function sign(v: Value): number {
  switch (v.kind) {
    case 'int':
      return v.v < 0n ? -1 : v.v > 0n ? 1 : 0;
    case 'rat':
      return v.num < 0n ? -1 : v.num > 0n ? 1 : 0;
    case 'float':
      return v.f.mant < 0n ? -1 : v.f.mant > 0n ? 1 : 0;
    case 'complex':
      return sign(v.re) | sign(v.im);
    default:
      return 1;
  }
}

export function realPart(v: Value): Value {
  return v.kind === 'complex' ? v.re : isReal(v) ? v : unknown;
}

export function imagPart(v: Value): Value {
  return v.kind === 'complex' ? v.im : isReal(v) ? zeroInt : unknown;
}

/** v × i */
export function makeImag(v: Value): Value {
  return isReal(v) ? makeComplex(zeroInt, v) : unknown;
}

/** The value as an integer; unknown if it is none. */
export function toInt(v: Value): Value {
  switch (v.kind) {
    case 'int':
      return v;
    case 'rat':
      return v.den === 1n ? { kind: 'int', v: v.num } : unknown;
    case 'float': {
      if (Math.abs(big.exponent(v.f)) >= maxExp) return unknown;
      const n = big.toInteger(v.f);
      return n === null ? unknown : { kind: 'int', v: n };
    }
    case 'complex':
      return sign(v.im) === 0 ? toInt(v.re) : unknown;
    default:
      return unknown;
  }
}

/** The value as a fraction or float; unknown if it is no real number. */
export function toFloat(v: Value): Value {
  switch (v.kind) {
    case 'int':
      return makeRat(v.v, 1n);
    case 'rat':
    case 'float':
      return v;
    case 'complex':
      return sign(v.im) === 0 ? toFloat(v.re) : unknown;
    default:
      return unknown;
  }
}

export function toComplex(v: Value): Value {
  if (v.kind === 'complex') return v;
  return isReal(v) ? { kind: 'complex', re: v, im: zeroInt } : unknown;
}

/** op v. bits: width of an unsigned type for ^, 0 otherwise. */
export function unaryOp(op: Token, v: Value, bits: number): Value {
  switch (op) {
    case T.ADD:
      return v;
    case T.SUB:
      switch (v.kind) {
        case 'int':
          return { kind: 'int', v: -v.v };
        case 'rat':
          return makeRat(-v.num, v.den);
        case 'float':
          return { kind: 'float', f: big.neg(v.f) };
        case 'complex':
          return makeComplex(unaryOp(T.SUB, v.re, 0), unaryOp(T.SUB, v.im, 0));
        default:
          return unknown;
      }
    case T.XOR:
      if (v.kind !== 'int') return unknown;
      return { kind: 'int', v: bits > 0 ? BigInt.asUintN(bits, ~v.v) : ~v.v };
    case T.NOT:
      return v.kind === 'bool' ? makeBool(!v.v) : unknown;
    default:
      return unknown;
  }
}

function toBig(v: RealValue): BigFloat | null {
  switch (v.kind) {
    case 'int':
      return big.fromInt(v.v);
    case 'rat':
      return big.fromRat(v.num, v.den);
    case 'float':
      return v.f;
  }
}

function realOp(x: RealValue, op: Token, y: RealValue): RealValue | UnknownValue {
  if (x.kind === 'float' || y.kind === 'float') {
    const a = toBig(x);
    const b = toBig(y);
    if (!a || !b) return unknown;
    switch (op) {
      case T.ADD:
        return makeFloat(big.add(a, b));
      case T.SUB:
        return makeFloat(big.add(a, big.neg(b)));
      case T.MUL:
        return makeFloat(big.mul(a, b));
      case T.QUO:
        return b.mant === 0n ? unknown : makeFloat(big.quo(a, b));
      default:
        return unknown;
    }
  }
  const xn = x.kind === 'int' ? x.v : x.num;
  const xd = x.kind === 'int' ? 1n : x.den;
  const yn = y.kind === 'int' ? y.v : y.num;
  const yd = y.kind === 'int' ? 1n : y.den;
  switch (op) {
    case T.ADD:
      return makeRat(xn * yd + yn * xd, xd * yd);
    case T.SUB:
      return makeRat(xn * yd - yn * xd, xd * yd);
    case T.MUL:
      return makeRat(xn * yn, xd * yd);
    case T.QUO:
      return yn === 0n ? unknown : makeRat(xn * yd, xd * yn);
    default:
      return unknown;
  }
}

function intOp(x: bigint, op: Token, y: bigint): Value {
  switch (op) {
    case T.ADD:
      return { kind: 'int', v: x + y };
    case T.SUB:
      return { kind: 'int', v: x - y };
    case T.MUL:
      return { kind: 'int', v: x * y };
    case T.QUO:
      return y === 0n ? unknown : makeRat(x, y);
    case T.QUO_ASSIGN:
      return y === 0n ? unknown : { kind: 'int', v: x / y };
    case T.REM:
      return y === 0n ? unknown : { kind: 'int', v: x % y };
    case T.AND:
      return { kind: 'int', v: x & y };
    case T.OR:
      return { kind: 'int', v: x | y };
    case T.XOR:
      return { kind: 'int', v: x ^ y };
    case T.AND_NOT:
      return { kind: 'int', v: x & ~y };
    default:
      return unknown;
  }
}

function sum(op: Token, a: Value, b: Value): Value {
  return binaryOp(a, op, b);
}

function complexOp(x: ComplexValue, op: Token, y: ComplexValue): Value {
  const { re: a, im: b } = x;
  const { re: c, im: d } = y;
  const mul = (p: Value, q: Value): Value => binaryOp(p, T.MUL, q);
  switch (op) {
    case T.ADD:
    case T.SUB:
      return makeComplex(sum(op, a, c), sum(op, b, d));
    case T.MUL:
      return makeComplex(sum(T.SUB, mul(a, c), mul(b, d)), sum(T.ADD, mul(b, c), mul(a, d)));
    case T.QUO: {
      const s = sum(T.ADD, mul(c, c), mul(d, d));
      const re = binaryOp(sum(T.ADD, mul(a, c), mul(b, d)), T.QUO, s);
      const im = binaryOp(sum(T.SUB, mul(b, c), mul(a, d)), T.QUO, s);
      return makeComplex(re, im);
    }
    default:
      return unknown;
  }
}

/** x op y; QUO_ASSIGN is integer division. */
export function binaryOp(x: Value, op: Token, y: Value): Value {
  if (x.kind === 'int' && y.kind === 'int') return intOp(x.v, op, y.v);
  if (x.kind === 'bool' && y.kind === 'bool') {
    if (op === T.LAND) return makeBool(x.v && y.v);
    return op === T.LOR ? makeBool(x.v || y.v) : unknown;
  }
  if (x.kind === 'string' && y.kind === 'string') return op === T.ADD ? makeString(x.v + y.v) : unknown;
  if (isReal(x) && isReal(y)) return realOp(x, op, y);
  const a = toComplex(x);
  const b = toComplex(y);
  return a.kind === 'complex' && b.kind === 'complex' ? complexOp(a, op, b) : unknown;
}

/** x << n or x >> n for an integer. */
export function shift(x: Value, op: Token, n: number): Value {
  if (x.kind !== 'int') return unknown;
  return { kind: 'int', v: op === T.SHL ? x.v << BigInt(n) : x.v >> BigInt(n) };
}

function ordered(c: number, op: Token): boolean {
  switch (op) {
    case T.EQL:
      return c === 0;
    case T.NEQ:
      return c !== 0;
    case T.LSS:
      return c < 0;
    case T.LEQ:
      return c <= 0;
    case T.GTR:
      return c > 0;
    case T.GEQ:
      return c >= 0;
    default:
      return false;
  }
}

function compareReal(x: RealValue, y: RealValue): number {
  if (x.kind === 'float' || y.kind === 'float') {
    const a = toBig(x);
    const b = toBig(y);
    return a && b ? big.cmp(a, b) : 0;
  }
  const l = (x.kind === 'int' ? x.v : x.num) * (y.kind === 'int' ? 1n : y.den);
  const r = (y.kind === 'int' ? y.v : y.num) * (x.kind === 'int' ? 1n : x.den);
  return l < r ? -1 : l > r ? 1 : 0;
}

/** x op y for a comparison; false if one is unknown. */
export function compare(x: Value, op: Token, y: Value): boolean {
  if (isReal(x) && isReal(y)) return ordered(compareReal(x, y), op);
  if (x.kind === 'bool' && y.kind === 'bool') return ordered(x.v === y.v ? 0 : 1, op);
  if (x.kind === 'string' && y.kind === 'string') return ordered(x.v === y.v ? 0 : x.v < y.v ? -1 : 1, op);
  const a = toComplex(x);
  const b = toComplex(y);
  if (a.kind !== 'complex' || b.kind !== 'complex') return false;
  return ordered(compareReal(a.re, b.re) === 0 && compareReal(a.im, b.im) === 0 ? 0 : 1, op);
}

/** The value as messages show it: strings shortened, floats to six digits. */
export function valueString(v: Value): string {
  switch (v.kind) {
    case 'unknown':
      return 'unknown';
    case 'bool':
      return String(v.v);
    case 'string': {
      const maxLen = 72;
      const chars = [...quote(v.v)];
      return chars.length > maxLen ? `${chars.slice(0, maxLen - 3).join('')}...` : chars.join('');
    }
    case 'int':
      return v.v.toString();
    case 'rat':
    case 'float':
      return realString(v);
    case 'complex':
      return `(${valueString(v.re)} + ${valueString(v.im)}i)`;
  }
}

const log10of2 = 0.3010299956639812;

function realString(v: RatValue | FloatValue): string {
  const x = float64Val(v);
  const isZero = sign(v) === 0;
  if (isZero === (x === 0) && Number.isFinite(x)) {
    const s = formatG(x, 6);
    return toInt(v).kind !== 'int' && !s.includes('.') ? formatG(x, -1) : s;
  }
  // beyond float64: mantissa and decimal exponent by logarithm
  const f = toBig(v)!;
  const exp = big.exponent(f);
  let m = big.floatToDouble({ mant: f.mant, exp: f.exp - exp }, false);
  const d = exp * log10of2;
  let e = Math.trunc(d);
  m *= 10 ** (d - e);
  if (Math.abs(m) < 1 - 0.5e-6) {
    m *= 10;
    e--;
  } else if (Math.abs(m) >= 10) {
    m /= 10;
    e++;
  }
  return `${formatG(m, 6)}e${e < 0 ? '' : '+'}${e}`;
}

/** x with n significant digits; unlike toExponential, ties go to the even digit. */
function rounded(x: number, n: number): string {
  const s = x.toExponential(n - 1);
  const long = x.toExponential(60);
  const dot = long.indexOf('.');
  const rest = long.slice(dot + n, long.indexOf('e'));
  if (rest[0] !== '5' || !/^50*$/.test(rest)) return s;
  const kept = long[dot + n - 1]!;
  const even = Number(kept === '.' ? long[dot - 1] : kept) % 2 === 0;
  return even ? `${long.slice(0, n === 1 ? dot : dot + n)}${long.slice(long.indexOf('e'))}` : s;
}

/** x as Go's %.<prec>g prints it; prec -1: as few digits as tell it apart. */
function formatG(x: number, prec: number): string {
  if (x === 0) return '0';
  const [mant, exp] = (prec < 0 ? x.toExponential() : rounded(x, prec)).split('e') as [string, string];
  const neg = mant.startsWith('-') ? '-' : '';
  const digits = mant.replace(/[-.]/g, '').replace(/0+$/, '') || '0';
  const e = Number(exp);
  let limit = prec < 0 ? 6 : prec;
  if (prec >= 0 && limit > digits.length && digits.length >= e + 1) limit = digits.length;
  if (e < -4 || e >= limit) {
    const frac = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${neg}${digits[0]}${frac}e${e < 0 ? '-' : '+'}${Math.abs(e).toString().padStart(2, '0')}`;
  }
  if (e < 0) return `${neg}0.${'0'.repeat(-e - 1)}${digits}`;
  if (digits.length <= e + 1) return neg + digits + '0'.repeat(e + 1 - digits.length);
  return `${neg}${digits.slice(0, e + 1)}.${digits.slice(e + 1)}`;
}

/** The value in full. */
export function exactString(v: Value): string {
  switch (v.kind) {
    case 'string':
      return quote(v.v);
    case 'rat':
      return v.den === 1n ? v.num.toString() : `${v.num}/${v.den}`;
    case 'float':
      return `${v.f.mant}p${v.f.exp}`;
    case 'complex':
      return `(${exactString(v.re)} + ${exactString(v.im)}i)`;
    default:
      return valueString(v);
  }
}
