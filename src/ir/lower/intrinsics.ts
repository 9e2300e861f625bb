// Functions whose calls become wasm instructions, and calls of imports.
//
// Assumes: operands are flattened as for a call. Guarantees: the same results as the Go bodies of these functions, where
// they have any; operands are evaluated once, in order.
// Source: src/std/README.md, "Functions it writes itself".

import type { Func } from '../../types/types.ts';
import { type BinOp, bin, type Expr, get, i32, i64, type Scalar, type Sig, type Stmt, type UnOp, un } from '../ir.ts';
import type { Builder } from './builder.ts';
import type { Intrinsic } from './context.ts';
import { linkSymbol, packagePath, receiverBase } from './names.ts';
import { toI32 } from './numeric.ts';

type Emit = (b: Builder, a: readonly Expr[]) => Expr[];

const table = new Map<string, Intrinsic>();

const def = (pkg: string, names: string, emit: Emit): void => {
  for (const n of names.split(' ')) table.set(`${pkg}.${n}`, emit);
};

// Floating point and bits.

const unary =
  (op: UnOp): Emit =>
  (_, a) => [un(op, a[0]!)];

def('math', 'Sqrt sqrt', unary('f64.sqrt'));
def('math', 'Floor floor archFloor', unary('f64.floor'));
def('math', 'Ceil ceil archCeil', unary('f64.ceil'));
def('math', 'Trunc trunc archTrunc', unary('f64.trunc'));
def('math', 'RoundToEven', unary('f64.nearest'));
def('math', 'Abs', unary('f64.abs'));
def('math', 'Copysign', (_, a) => [bin('f64.copysign', a[0]!, a[1]!)]);
def('math', 'Float64bits', unary('i64.reinterpret_f64'));
def('math', 'Float64frombits', unary('f64.reinterpret_i64'));
def('math', 'Float32bits', unary('i32.reinterpret_f32'));
def('math', 'Float32frombits', unary('f32.reinterpret_i32'));

const widen = (x: Expr): Expr => un('i64.extend_i32_u', x);

/** Leading zeros of an n-bit number in an i32. */
const clz32 =
  (bits: number): Emit =>
  (_, a) => [widen(bits === 32 ? un('i32.clz', a[0]!) : bin('i32.sub', un('i32.clz', a[0]!), i32(32 - bits)))];
const len32: Emit = (_, a) => [widen(bin('i32.sub', i32(32), un('i32.clz', a[0]!)))];
const ctz32 =
  (bits: number): Emit =>
  (_, a) => [widen(un('i32.ctz', bits === 32 ? a[0]! : bin('i32.or', a[0]!, i32(1 << bits))))];
const ones32: Emit = (_, a) => [widen(un('i32.popcnt', a[0]!))];
const len64: Emit = (_, a) => [bin('i64.sub', i64(64), un('i64.clz', a[0]!))];

for (const [pkg, suffix] of [
  ['math/bits', ''],
  ['math/bits', '64'],
  ['internal/runtime/sys', '64'],
] as const) {
  def(pkg, `LeadingZeros${suffix}`, unary('i64.clz'));
  def(pkg, `TrailingZeros${suffix}`, unary('i64.ctz'));
  def(pkg, `OnesCount${suffix}`, unary('i64.popcnt'));
  def(pkg, `Len${suffix}`, len64);
}
for (const pkg of ['math/bits', 'internal/runtime/sys'])
  for (const bits of [8, 16, 32]) {
    def(pkg, `LeadingZeros${bits}`, clz32(bits));
    def(pkg, `TrailingZeros${bits}`, ctz32(bits));
    def(pkg, `OnesCount${bits}`, ones32);
    def(pkg, `Len${bits}`, len32);
  }
def('math/bits', 'RotateLeft RotateLeft64', (_, a) => [bin('i64.rotl', a[0]!, a[1]!)]);
def('math/bits', 'RotateLeft32', (_, a) => [bin('i32.rotl', a[0]!, toI32(a[1]!))]);
def('crypto/internal/constanttime', 'boolToUint8', (_, a) => [a[0]!]);
def('internal/runtime/sys', 'Prefetch PrefetchStreamed', () => []);

// Atomics. Loads and stores of pointers are of their low half.

interface Width {
  readonly op: string;
  readonly load: string;
  readonly store: string;
  readonly rmw: (name: string) => string;
  readonly type: Scalar;
}

const w32: Width = {
  op: 'i32.atomic',
  load: 'i32.atomic.load',
  store: 'i32.atomic.store',
  rmw: (n) => `i32.atomic.rmw.${n}`,
  type: 'i32',
};
const w64: Width = {
  op: 'i64.atomic',
  load: 'i64.atomic.load',
  store: 'i64.atomic.store',
  rmw: (n) => `i64.atomic.rmw.${n}`,
  type: 'i64',
};
const w8: Width = {
  op: 'i32.atomic',
  load: 'i32.atomic.load8_u',
  store: 'i32.atomic.store8',
  rmw: (n) => `i32.atomic.rmw8.${n}_u`,
  type: 'i32',
};
const wptr: Width = { ...w32, type: 'ptr' };

function atomic(b: Builder, op: string, addr: Expr, args: readonly Expr[], result: Scalar | null): Expr[] {
  const r = result ? b.temp(result) : null;
  b.emit({ kind: 'atomic', op, addr, off: 0, args, result: r } satisfies Stmt);
  return r ? [get(r)] : [];
}

const load =
  (w: Width): Emit =>
  (b, a) =>
    atomic(b, w.load, b.nilCheck(a[0]!), [], w.type);
const store =
  (w: Width): Emit =>
  (b, a) =>
    atomic(b, w.store, b.nilCheck(a[0]!), [a[1]!], null);
const rmw =
  (w: Width, name: string): Emit =>
  (b, a) =>
    atomic(b, w.rmw(name), b.nilCheck(a[0]!), [a[1]!], w.type);
const rmwNoResult =
  (w: Width, name: string): Emit =>
  (b, a) => {
    atomic(b, w.rmw(name), b.nilCheck(a[0]!), [a[1]!], w.type);
    return [];
  };
/** The new value. */
const add =
  (w: Width): Emit =>
  (b, a) => {
    const p = b.nilCheck(a[0]!);
    const delta = b.hold(a[1]!);
    const old = atomic(b, w.rmw('add'), p, [delta], w.type)[0]!;
    return [bin(`${w.type}.add` as BinOp, old, delta)];
  };
const cas =
  (w: Width): Emit =>
  (b, a) => {
    const p = b.nilCheck(a[0]!);
    const expected = b.hold(a[1]!);
    const old = atomic(b, w.rmw('cmpxchg'), p, [expected, a[2]!], w.type)[0]!;
    return [bin(w === w64 ? 'i64.eq' : 'i32.eq', old, expected)];
  };

const ia = 'internal/runtime/atomic';
def(ia, 'Load LoadAcq Loadint32', load(w32));
def(ia, 'Load8', load(w8));
def(ia, 'Load64 LoadAcq64 Loadint64 Loaduint Loaduintptr LoadAcquintptr', load(w64));
def(ia, 'Loadp', load(wptr));
def(ia, 'Store StoreRel Storeint32', store(w32));
def(ia, 'Store8', store(w8));
def(ia, 'Store64 StoreRel64 Storeint64 Storeuintptr StoreReluintptr', store(w64));
def(ia, 'StorepNoWB', store(wptr));
def(ia, 'Xadd Xaddint32', add(w32));
def(ia, 'Xadd64 Xaddint64 Xadduintptr', add(w64));
def(ia, 'Xchg Xchgint32', rmw(w32, 'xchg'));
def(ia, 'Xchg8', rmw(w8, 'xchg'));
def(ia, 'Xchg64 Xchgint64 Xchguintptr', rmw(w64, 'xchg'));
def(ia, 'Cas CasRel Casint32', cas(w32));
def(ia, 'Cas64 Casint64 Casuintptr', cas(w64));
def(ia, 'Casp1', cas(wptr));
def(ia, 'And8', rmwNoResult(w8, 'and'));
def(ia, 'Or8', rmwNoResult(w8, 'or'));
def(ia, 'And', rmwNoResult(w32, 'and'));
def(ia, 'Or', rmwNoResult(w32, 'or'));
def(ia, 'And32', rmw(w32, 'and'));
def(ia, 'Or32', rmw(w32, 'or'));
def(ia, 'And64 Anduintptr', rmw(w64, 'and'));
def(ia, 'Or64 Oruintptr', rmw(w64, 'or'));

for (const [suffix, w] of [
  ['Int32', w32],
  ['Uint32', w32],
  ['Int64', w64],
  ['Uint64', w64],
  ['Uintptr', w64],
  ['Pointer', wptr],
] as const) {
  const sa = 'sync/atomic';
  def(sa, `Load${suffix}`, load(w));
  def(sa, `Store${suffix}`, store(w));
  def(sa, `Swap${suffix}`, rmw(w, 'xchg'));
  def(sa, `CompareAndSwap${suffix}`, cas(w));
  if (w === wptr) continue;
  def(sa, `Add${suffix}`, add(w));
  def(sa, `And${suffix}`, rmw(w, 'and'));
  def(sa, `Or${suffix}`, rmw(w, 'or'));
}

// The runtime's own.

def('runtime', 'mpark', (b) => {
  b.emit({ kind: 'suspend', pos: b.pos });
  return [];
});
def('runtime', 'throwpanic', (b) => {
  b.throw();
  return [];
});
def('runtime', 'unreachable', (b) => {
  b.unreachable();
  return [];
});
def('runtime', 'curfp', () => [widen({ kind: 'fp' })]);
def('runtime', 'calleefp', () => [widen({ kind: 'calleefp' })]);
def('reflect', 'curfp', () => [widen({ kind: 'fp' })]);
def('reflect', 'calleefp', () => [widen({ kind: 'calleefp' })]);
def('runtime', 'getg', (b) => b.callRt('getg', [], ['ptr']));
def('runtime', 'memmove', (b, a) => {
  b.emit({ kind: 'copy', dst: a[0]!, src: a[1]!, n: toI32(a[2]!), wb: null });
  return [];
});
def('runtime', 'memclrNoHeapPointers', (b, a) => {
  b.emit({ kind: 'fill', dst: a[0]!, byte: i32(0), n: toI32(a[1]!) });
  return [];
});

/** What stands for calls of fn, or null if they are calls. */
export function intrinsicOf(fn: Func): Intrinsic | null {
  const pkg = fn.origin.pkg;
  if (!pkg || !packagesWithIntrinsics.has(packagePath(pkg)) || receiverBase(fn)) return null;
  return table.get(linkSymbol(fn)) ?? null;
}

const packagesWithIntrinsics = new Set([...table.keys()].map((k) => k.slice(0, k.lastIndexOf('.'))));

/** Calls a function of the host, or of the AssemblyScript runtime if the module is "burrow". */
export function emitImport(b: Builder, imp: { module: string; name: string }, sig: Sig, args: readonly Expr[]): Expr[] {
  if (imp.module === 'burrow') return b.callRt(imp.name, args, sig.results);
  const rs = b.temps(sig.results);
  b.emit({ kind: 'callimport', module: imp.module, name: imp.name, sig, args, results: rs, pos: b.pos });
  return rs.map(get);
}
