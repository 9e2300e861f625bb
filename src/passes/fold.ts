// Arithmetic on constants, and rewriting of operands to cheaper ones.
//
// Assumes: an expression whose parts are folded already. Guarantees: the same value for every value of its locals; operators that trap are not folded.

import { type BinOp, bin, type Expr, f32, f64, i32, i64, un } from '../ir/ir.ts';
import { isComparison, mapExpr } from '../ir/walk.ts';

/** The whole tree, folded. */
export function fold(x: Expr): Expr {
  return mapExpr(x, foldTop);
}

const isConst = (x: Expr): x is Expr & { kind: 'const' } => x.kind === 'const';

/** Folds the top of an expression. */
export function foldTop(x: Expr): Expr {
  switch (x.kind) {
    case 'un':
      return foldUn(x);
    case 'bin':
      return foldBin(x);
    case 'load': {
      const a = x.addr;
      if (a.kind === 'bin' && a.op === 'i32.add' && isConst(a.y) && (a.y.value as number) >= 0) {
        return { kind: 'load', mem: x.mem, addr: a.x, off: x.off + (a.y.value as number) };
      }
      return x;
    }
    case 'select':
      if (isConst(x.cond)) return x.cond.value ? x.x : x.y;
      return x;
    default:
      return x;
  }
}

function foldUn(x: Expr & { kind: 'un' }): Expr {
  const a = x.x;
  if (isConst(a)) {
    const v = a.value;
    switch (x.op) {
      case 'i32.eqz':
      case 'i64.eqz':
        return i32(v === 0 || v === 0n ? 1 : 0);
      case 'i32.wrap_i64':
        return i32(Number(BigInt.asIntN(32, v as bigint)));
      case 'i64.extend_i32_s':
        return i64(v as number);
      case 'i64.extend_i32_u':
        return i64((v as number) >>> 0);
      case 'i32.extend8_s':
        return i32(((v as number) << 24) >> 24);
      case 'i32.extend16_s':
        return i32(((v as number) << 16) >> 16);
      case 'i64.extend8_s':
        return i64(BigInt.asIntN(8, v as bigint));
      case 'i64.extend16_s':
        return i64(BigInt.asIntN(16, v as bigint));
      case 'i64.extend32_s':
        return i64(BigInt.asIntN(32, v as bigint));
      case 'f64.convert_i32_s':
        return f64(v as number);
      case 'f64.convert_i64_s':
        return f64(Number(v));
      case 'f32.convert_i32_s':
        return f32(Math.fround(v as number));
      case 'f64.promote_f32':
        return Number.isNaN(v) ? x : f64(v as number);
      default:
        return x;
    }
  }
  if (x.op === 'i32.eqz') {
    if (a.kind === 'addr' || a.kind === 'slot' || a.kind === 'fp' || a.kind === 'calleefp') return i32(0);
    if (a.kind === 'bin') {
      const inverse = inverseOf(a.op);
      if (inverse) return { kind: 'bin', op: inverse, x: a.x, y: a.y };
    }
  } else if (x.op === 'i32.wrap_i64') {
    if (a.kind === 'un' && (a.op === 'i64.extend_i32_s' || a.op === 'i64.extend_i32_u')) return a.x;
    // The low half of a sum, product, … is that of the halves.
    if (a.kind === 'bin' && isConst(a.y)) {
      const op = narrow.get(a.op);
      if (op) return foldTop(bin(op, foldTop(un('i32.wrap_i64', a.x)), foldTop(un('i32.wrap_i64', a.y))));
    }
    if (a.kind === 'load') {
      if (a.mem === 'i64' || a.mem === 'i32as64' || a.mem === 'u32as64')
        return { kind: 'load', mem: 'i32', addr: a.addr, off: a.off };
      if (a.mem === 'u8as64') return { kind: 'load', mem: 'u8', addr: a.addr, off: a.off };
      if (a.mem === 'i8as64') return { kind: 'load', mem: 'i8', addr: a.addr, off: a.off };
      if (a.mem === 'u16as64') return { kind: 'load', mem: 'u16', addr: a.addr, off: a.off };
      if (a.mem === 'i16as64') return { kind: 'load', mem: 'i16', addr: a.addr, off: a.off };
    }
  } else if (x.op === 'i64.extend_i32_u' && a.kind === 'load') {
    if (a.mem === 'u8') return { kind: 'load', mem: 'u8as64', addr: a.addr, off: a.off };
    if (a.mem === 'u16') return { kind: 'load', mem: 'u16as64', addr: a.addr, off: a.off };
    if (a.mem === 'i32' || a.mem === 'ptr') return { kind: 'load', mem: 'u32as64', addr: a.addr, off: a.off };
  } else if (x.op === 'i64.extend_i32_s' && a.kind === 'load' && a.mem === 'i32') {
    return { kind: 'load', mem: 'i32as64', addr: a.addr, off: a.off };
  }
  return x;
}

const narrow = new Map<BinOp, BinOp>([
  ['i64.add', 'i32.add'],
  ['i64.sub', 'i32.sub'],
  ['i64.mul', 'i32.mul'],
  ['i64.and', 'i32.and'],
  ['i64.or', 'i32.or'],
  ['i64.xor', 'i32.xor'],
]);

const inverses = new Map<string, string>();
for (const [a, b] of [
  ['eq', 'ne'],
  ['lt_s', 'ge_s'],
  ['lt_u', 'ge_u'],
  ['gt_s', 'le_s'],
  ['gt_u', 'le_u'],
] as const) {
  inverses.set(a, b);
  inverses.set(b, a);
}

/** The comparison that holds just when this one does not; null where NaN makes that wrong, and for other operators. */
export function inverseOf(op: BinOp): BinOp | null {
  const t = op.slice(0, 4);
  const name = inverses.get(op.slice(4));
  if (!name || (t.charAt(0) === 'f' && name !== 'eq' && name !== 'ne')) return null;
  return (t + name) as BinOp;
}

function foldBin(x: Expr & { kind: 'bin' }): Expr {
  let a = x.x;
  let b = x.y;
  const { op } = x;
  const t = op.slice(0, 3);
  const name = op.slice(4);
  if (t === 'f32' || t === 'f64') {
    if (isConst(a) && isConst(b) && isComparison(op))
      return i32(compareFloat(name, a.value as number, b.value as number) ? 1 : 0);
    return x;
  }
  if (isConst(a) && isConst(b)) {
    const v =
      t === 'i32'
        ? fold32(name, a.value as number, b.value as number)
        : fold64(name, a.value as bigint, b.value as bigint);
    if (v !== null) return v;
    return x;
  }
  // Constants to the right.
  if (isConst(a) && commutes.has(name)) {
    const c = a;
    a = b;
    b = c;
    x = { kind: 'bin', op, x: a, y: b };
  }
  if (name === 'add' && a.kind === 'addr' && isConst(b) && (b.value as number) >= 0 && t === 'i32') {
    return { kind: 'addr', sym: a.sym, off: a.off + (b.value as number) };
  }
  if (
    name === 'add' &&
    a.kind === 'slot' &&
    isConst(b) &&
    (b.value as number) >= 0 &&
    a.off + (b.value as number) <= a.slot.size
  ) {
    return { kind: 'slot', slot: a.slot, off: a.off + (b.value as number) };
  }
  if (!isConst(b)) return x;
  const v = b.value;
  const zero = v === 0 || v === 0n;
  const one = v === 1 || v === 1n;
  switch (name) {
    case 'sub':
      if (zero) return a;
      // One form for both, so that chains meet.
      if (t === 'i32') return foldTop(bin('i32.add', a, i32(-(v as number))));
      return foldTop(bin('i64.add', a, i64(-(v as bigint))));
    case 'add':
      if (zero) return a;
      if (a.kind === 'bin' && a.op === op && isConst(a.y)) {
        return foldTop({ kind: 'bin', op, x: a.x, y: foldTop({ kind: 'bin', op, x: a.y, y: b }) });
      }
      return x;
    case 'or':
    case 'xor':
    case 'shl':
    case 'shr_s':
    case 'shr_u':
    case 'rotl':
    case 'rotr':
      return zero ? a : x;
    case 'mul':
      if (one) return a;
      if (zero) return b;
      return powerOfTwo(x, b);
    case 'div_u':
      if (one) return a;
      return x;
    case 'div_s':
      return one ? a : x;
    case 'and':
      if (zero) return b;
      if (v === -1 || v === -1n) return a;
      // A byte is below 256 already.
      if (a.kind === 'load' && ((a.mem === 'u8' && (v as number) === 255) || (a.mem === 'u8as64' && v === 255n)))
        return a;
      if (a.kind === 'bin' && a.op === op && isConst(a.y)) {
        return foldTop({ kind: 'bin', op, x: a.x, y: foldTop({ kind: 'bin', op, x: a.y, y: b }) });
      }
      return x;
    case 'eq':
      if (zero) return foldTop(un(t === 'i32' ? 'i32.eqz' : 'i64.eqz', a));
      return x;
    case 'ne':
      // A truth value compared with 0 is itself.
      if (zero && t === 'i32' && isBool(a)) return a;
      return x;
    case 'ge_u':
      return zero ? i32(1) : x;
    case 'lt_u':
      return zero ? i32(0) : x;
    default:
      return x;
  }
}

function powerOfTwo(x: Expr & { kind: 'bin' }, b: Expr & { kind: 'const' }): Expr {
  if (x.op === 'i32.mul') {
    const v = b.value as number;
    if (v > 0 && (v & (v - 1)) === 0) return bin('i32.shl', x.x, i32(31 - Math.clz32(v)));
  } else {
    const v = b.value as bigint;
    if (v > 0n && (v & (v - 1n)) === 0n) return bin('i64.shl', x.x, i64(v.toString(2).length - 1));
  }
  return x;
}

/** The expression is 0 or 1. */
export function isBool(x: Expr): boolean {
  return (x.kind === 'bin' && isComparison(x.op)) || (x.kind === 'un' && (x.op === 'i32.eqz' || x.op === 'i64.eqz'));
}

const commutes = new Set(['add', 'mul', 'and', 'or', 'xor', 'eq', 'ne']);

function compareFloat(name: string, a: number, b: number): boolean {
  switch (name) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'lt':
      return a < b;
    case 'gt':
      return a > b;
    case 'le':
      return a <= b;
    default:
      return a >= b;
  }
}

function fold32(name: string, a: number, b: number): Expr | null {
  switch (name) {
    case 'add':
      return i32(a + b);
    case 'sub':
      return i32(a - b);
    case 'mul':
      return i32(Math.imul(a, b));
    case 'and':
      return i32(a & b);
    case 'or':
      return i32(a | b);
    case 'xor':
      return i32(a ^ b);
    case 'shl':
      return i32(a << b);
    case 'shr_s':
      return i32(a >> b);
    case 'shr_u':
      return i32(a >>> b);
    case 'eq':
      return i32(a === b ? 1 : 0);
    case 'ne':
      return i32(a !== b ? 1 : 0);
    case 'lt_s':
      return i32(a < b ? 1 : 0);
    case 'gt_s':
      return i32(a > b ? 1 : 0);
    case 'le_s':
      return i32(a <= b ? 1 : 0);
    case 'ge_s':
      return i32(a >= b ? 1 : 0);
    case 'lt_u':
      return i32(a >>> 0 < b >>> 0 ? 1 : 0);
    case 'gt_u':
      return i32(a >>> 0 > b >>> 0 ? 1 : 0);
    case 'le_u':
      return i32(a >>> 0 <= b >>> 0 ? 1 : 0);
    case 'ge_u':
      return i32(a >>> 0 >= b >>> 0 ? 1 : 0);
    case 'div_u':
      return b !== 0 ? i32(Math.floor((a >>> 0) / (b >>> 0))) : null;
    case 'rem_u':
      return b !== 0 ? i32((a >>> 0) % (b >>> 0)) : null;
    case 'div_s':
      return b !== 0 && b !== -1 ? i32(a / b) : null;
    case 'rem_s':
      return b !== 0 ? i32(a % b) : null;
    default:
      return null;
  }
}

function fold64(name: string, a: bigint, b: bigint): Expr | null {
  const u = (v: bigint): bigint => BigInt.asUintN(64, v);
  switch (name) {
    case 'add':
      return i64(a + b);
    case 'sub':
      return i64(a - b);
    case 'mul':
      return i64(a * b);
    case 'and':
      return i64(a & b);
    case 'or':
      return i64(a | b);
    case 'xor':
      return i64(a ^ b);
    case 'shl':
      return i64(a << (b & 63n));
    case 'shr_s':
      return i64(a >> (b & 63n));
    case 'shr_u':
      return i64(u(a) >> (b & 63n));
    case 'eq':
      return i32(a === b ? 1 : 0);
    case 'ne':
      return i32(a !== b ? 1 : 0);
    case 'lt_s':
      return i32(a < b ? 1 : 0);
    case 'gt_s':
      return i32(a > b ? 1 : 0);
    case 'le_s':
      return i32(a <= b ? 1 : 0);
    case 'ge_s':
      return i32(a >= b ? 1 : 0);
    case 'lt_u':
      return i32(u(a) < u(b) ? 1 : 0);
    case 'gt_u':
      return i32(u(a) > u(b) ? 1 : 0);
    case 'le_u':
      return i32(u(a) <= u(b) ? 1 : 0);
    case 'ge_u':
      return i32(u(a) >= u(b) ? 1 : 0);
    case 'div_u':
      return b !== 0n ? i64(u(a) / u(b)) : null;
    case 'rem_u':
      return b !== 0n ? i64(u(a) % u(b)) : null;
    case 'div_s':
      return b !== 0n && b !== -1n ? i64(a / b) : null;
    case 'rem_s':
      return b !== 0n ? i64(a % b) : null;
    default:
      return null;
  }
}

/** A condition as a branch needs it: only whether it is 0 matters. */
export function foldCond(x: Expr): Expr {
  let c = fold(x);
  for (;;) {
    if (c.kind === 'bin' && c.op === 'i32.ne' && isConst(c.y) && c.y.value === 0) c = c.x;
    else if (c.kind === 'un' && c.op === 'i32.eqz' && c.x.kind === 'un' && c.x.op === 'i32.eqz') c = c.x.x;
    else if (c.kind === 'bin' && c.op === 'i32.and' && isConst(c.y) && c.y.value === 1 && isBool(c.x)) c = c.x;
    else return c;
  }
}
