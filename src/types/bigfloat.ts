// Binary floating-point numbers of 512 bits, and the rounding of exact numbers to float64 and float32.
//
// Guarantees: every operation rounds to nearest, ties to even. Numbers out of the exponent range become null (infinite)
// or zero, and nothing takes time in proportion to an exponent.
// Source: the precision gc gives untyped constants.

/** mant × 2^exp; |mant| has at most 512 bits. */
export interface BigFloat {
  readonly mant: bigint;
  readonly exp: number;
}

const precision = 512;
const maxExp = 2 ** 31;

export const zero: BigFloat = { mant: 0n, exp: 0 };

export function bitLength(n: bigint): number {
  if (n < 0n) n = -n;
  if (n < 0x1_0000_0000n) return n === 0n ? 0 : 32 - Math.clz32(Number(n));
  const hex = n.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0]!, 16)));
}

/** m × 2^e rounded to `bits` bits; sticky: the true value is a little further from zero. */
function round(m: bigint, e: number, sticky: boolean, bits: number): BigFloat | null {
  if (m === 0n) return zero;
  const neg = m < 0n;
  let a = neg ? -m : m;
  const drop = bitLength(a) - bits;
  if (drop > 0) {
    const d = BigInt(drop);
    const rest = a & ((1n << d) - 1n);
    const half = 1n << (d - 1n);
    a >>= d;
    if (rest > half || (rest === half && (sticky || (a & 1n) === 1n))) a += 1n;
    e += drop;
  }
  const top = e + bitLength(a);
  if (top > maxExp) return null;
  if (top < -maxExp) return zero;
  // without trailing zeros, so that equal numbers look equal
  if ((a & 0xffffn) === 0n) {
    let n = 0;
    let b = a;
    while ((b & 0xffff_ffffn) === 0n) {
      b >>= 32n;
      n += 32;
    }
    while ((b & 1n) === 0n) {
      b >>= 1n;
      n++;
    }
    a = b;
    e += n;
  }
  return { mant: neg ? -a : a, exp: e };
}

export function fromInt(n: bigint): BigFloat {
  return round(n, 0, false, precision) ?? zero;
}

/** num / den */
export function fromRat(num: bigint, den: bigint): BigFloat | null {
  return quotient(num, 0, den, 0);
}

function quotient(xm: bigint, xe: number, ym: bigint, ye: number): BigFloat | null {
  const neg = xm < 0n !== ym < 0n;
  const n = xm < 0n ? -xm : xm;
  const d = ym < 0n ? -ym : ym;
  const shift = Math.max(0, precision + 2 - (bitLength(n) - bitLength(d)));
  const scaled = n << BigInt(shift);
  const q = scaled / d;
  return round(neg ? -q : q, xe - ye - shift, q * d !== scaled, precision);
}

export function add(x: BigFloat, y: BigFloat): BigFloat | null {
  if (x.mant === 0n) return y;
  if (y.mant === 0n) return x;
  if (x.exp < y.exp) [x, y] = [y, x];
  const diff = x.exp - y.exp;
  // y is too small to be seen
  if (diff > 2 * precision + bitLength(y.mant)) return x;
  return round((x.mant << BigInt(diff)) + y.mant, y.exp, false, precision);
}

export function neg(x: BigFloat): BigFloat {
  return { mant: -x.mant, exp: x.exp };
}

export function mul(x: BigFloat, y: BigFloat): BigFloat | null {
  return round(x.mant * y.mant, x.exp + y.exp, false, precision);
}

export function quo(x: BigFloat, y: BigFloat): BigFloat | null {
  return quotient(x.mant, x.exp, y.mant, y.exp);
}

export function cmp(x: BigFloat, y: BigFloat): number {
  const sx = x.mant < 0n ? -1 : x.mant > 0n ? 1 : 0;
  const sy = y.mant < 0n ? -1 : y.mant > 0n ? 1 : 0;
  if (sx !== sy || sx === 0) return sx - sy;
  const d = x.exp + bitLength(x.mant) - (y.exp + bitLength(y.mant));
  if (d !== 0) return d > 0 ? sx : -sx;
  const e = Math.min(x.exp, y.exp);
  const a = x.mant << BigInt(x.exp - e);
  const b = y.mant << BigInt(y.exp - e);
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Position of the leading bit: 2^(e-1) <= |x| < 2^e. */
export function exponent(x: BigFloat): number {
  return x.mant === 0n ? 0 : x.exp + bitLength(x.mant);
}

/** digits × 10^e10 × 2^e2, correct to the last bits of the precision. */
export function fromDecimal(digits: bigint, e10: number, e2: number): BigFloat | null {
  if (digits === 0n) return zero;
  if (Math.abs(e10) > 700_000_000) return e10 > 0 ? null : zero;
  if (Math.abs(e10) <= 6000) {
    const p = 10n ** BigInt(Math.abs(e10));
    const f = e10 >= 0 ? round(digits * p, 0, false, precision) : quotient(digits, 0, p, 0);
    return f ? round(f.mant, f.exp + e2, false, precision) : null;
  }
  // 10^n by squaring, with bits to spare
  const bits = precision + 96;
  let pow: BigFloat | null = { mant: 1n, exp: 0 };
  let sq: BigFloat | null = { mant: 10n, exp: 0 };
  for (let n = Math.abs(e10); n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) pow = pow && sq ? round(pow.mant * sq.mant, pow.exp + sq.exp, false, bits) : null;
    if (n > 1) sq = sq ? round(sq.mant * sq.mant, sq.exp * 2, false, bits) : null;
  }
  if (!pow) return e10 > 0 ? null : zero;
  if (e10 > 0) return round(digits * pow.mant, pow.exp + e2, false, precision);
  const q = quotient(digits, 0, pow.mant, pow.exp);
  return q ? round(q.mant, q.exp + e2, false, precision) : null;
}

/** x as an integer, though its last few bits may be off from rounding; null if it is none. */
export function toInteger(x: BigFloat): bigint | null {
  const whole = (m: bigint, e: number): bigint | null => {
    if (e >= 0) return m << BigInt(e);
    const d = BigInt(-e);
    return (m & ((1n << d) - 1n)) === 0n ? m >> d : null;
  };
  const exact = whole(x.mant, x.exp);
  if (exact !== null) return exact;
  // the last bits may be off from rounding
  const slack = 4;
  const drop = bitLength(x.mant) - (precision - slack);
  if (drop <= 0) return null;
  const d = BigInt(drop);
  const down = x.mant >> d;
  return whole(down, x.exp + drop) ?? whole(down + 1n, x.exp + drop);
}

/** m × 2^e (sticky: a little more) as a double of `bits` bits whose smallest unit is 2^emin. */
function toDouble(m: bigint, e: number, sticky: boolean, bits: number, emin: number): number {
  if (m === 0n) return 0;
  const neg = m < 0n;
  let a = neg ? -m : m;
  const len = bitLength(a);
  if (e + len > 1100) return neg ? -Infinity : Infinity;
  const target = Math.max(e + len - bits, emin);
  const shift = target - e;
  if (shift > len + 2) return neg ? -0 : 0;
  let unit = e;
  if (shift > 0) {
    const d = BigInt(shift);
    const rest = a & ((1n << d) - 1n);
    const half = 1n << (d - 1n);
    a >>= d;
    if (rest > half || (rest === half && (sticky || (a & 1n) === 1n))) a += 1n;
    unit = target;
  }
  // exact, as a has few enough bits; in two steps, as 2^unit may be out of range
  let f = Number(a);
  for (; unit < -1000; unit += 500) f *= 2 ** -500;
  for (; unit > 900; unit -= 500) f *= 2 ** 500;
  f *= 2 ** unit;
  if (bits === 24 && f >= 2 ** 128) f = Infinity;
  return neg ? -f : f;
}

export function ratToDouble(num: bigint, den: bigint, single: boolean): number {
  const n = num < 0n ? -num : num;
  const shift = Math.max(0, 80 - (bitLength(n) - bitLength(den)));
  const scaled = n << BigInt(shift);
  const q = scaled / den;
  const f = toDouble(q, -shift, q * den !== scaled, single ? 24 : 53, single ? -149 : -1074);
  return num < 0n ? -f : f;
}

export function floatToDouble(x: BigFloat, single: boolean): number {
  return toDouble(x.mant, x.exp, false, single ? 24 : 53, single ? -149 : -1074);
}

/** A finite double as mant × 2^exp, exactly. */
export function fromDouble(f: number): { mant: bigint; exp: number } {
  if (f === 0) return { mant: 0n, exp: 0 };
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, f);
  const hi = view.getUint32(0);
  const lo = view.getUint32(4);
  const biased = (hi >>> 20) & 0x7ff;
  let m = (BigInt(hi & 0xfffff) << 32n) | BigInt(lo);
  if (biased !== 0) m |= 1n << 52n;
  const exp = (biased === 0 ? 1 : biased) - 1075;
  return { mant: f < 0 ? -m : m, exp };
}
