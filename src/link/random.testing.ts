// For tests: random IR programs, and an interpreter that says what they must do.
//
// Guarantees: programs end (each block takes from a fuel counter in memory); equal seeds give equal programs, so one can be
// interpreted and another copy compiled. Pointers are nil or point into the static object `data`.

import {
  type BinOp,
  type Block,
  bin,
  DataSym,
  type Expr,
  Func,
  f64,
  get,
  i32,
  i64,
  type Local,
  load,
  nil,
  type Scalar,
  type Stmt,
  un,
} from '../ir/ir.ts';

export interface RandomProgram {
  readonly funcs: Func[];
  readonly main: Func;
  readonly data: DataSym;
}

export class Random {
  private s: number;
  constructor(seed: number) {
    this.s = (seed * 2654435761 + 12345) >>> 0 || 1;
  }
  /** 0 <= n < limit */
  below(limit: number): number {
    this.s ^= this.s << 13;
    this.s >>>= 0;
    this.s ^= this.s >>> 17;
    this.s ^= this.s << 5;
    this.s >>>= 0;
    return this.s % limit;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

const dataSize = 256;
const fuelOffset = 248;

export function randomProgram(seed: number): RandomProgram {
  const r = new Random(seed);
  const data = new DataSym('data', dataSize, 16, new Uint8Array(dataSize));
  new DataView(data.bytes!.buffer).setUint32(fuelOffset, 60 + r.below(200), true);
  const scalars: Scalar[] = ['i32', 'i64', 'f64', 'ptr'];
  const funcs: Func[] = [];
  const count = 2 + r.below(4);
  for (let i = 0; i < count; i++) {
    const fn = new Func(`f${i}`);
    const np = r.below(4);
    for (let k = 0; k < np; k++) fn.params.push(fn.newLocal(r.pick(scalars), `p${k}`));
    fn.results = Array.from({ length: r.below(3) }, () => r.pick(scalars));
    funcs.push(fn);
  }
  for (const fn of funcs) fillBody(r, fn, funcs, data);
  const main = new Func('main');
  const b = main.newBlock();
  main.entry = b;
  for (let i = 0; i < 3; i++) {
    const fn = r.pick(funcs);
    const results = fn.results.map((t) => main.newLocal(t));
    // main catches nothing: functions that panic end the goroutine.
    b.stmts.push({ kind: 'call', fn, args: fn.params.map((p) => constant(r, p.type, data)), results, pos: 0 });
    for (const l of results) logLocal(b, l);
  }
  b.term = { kind: 'return', values: [] };
  return { funcs: [main, ...funcs], main, data };
}

function constant(r: Random, t: Scalar, data: DataSym): Expr {
  switch (t) {
    case 'i32':
      return i32(r.below(8) - 2);
    case 'i64':
      return i64(r.below(8) - 2);
    case 'f64':
    case 'f32':
      return f64(r.below(9) / 2);
    case 'ptr':
      return r.chance(20) ? nil : { kind: 'addr', sym: data, off: 8 * r.below(8) };
  }
}

function logLocal(b: Block, l: Local): void {
  if (l.type === 'ptr') return;
  b.stmts.push({ kind: 'callrt', name: 'log', args: [asI64(get(l), l.type)], results: [], pos: 0 });
}

function asI64(x: Expr, t: Scalar): Expr {
  return t === 'i32' ? un('i64.extend_i32_s', x) : t === 'f64' ? un('i64.trunc_sat_f64_s', x) : x;
}

function fillBody(r: Random, fn: Func, funcs: readonly Func[], data: DataSym): void {
  const vars: Local[] = [...fn.params];
  for (const t of ['i32', 'i64', 'f64', 'ptr'] as const) {
    for (let k = r.below(3) + (t === 'i64' ? 1 : 0); k > 0; k--) vars.push(fn.newLocal(t, `v${vars.length}`));
  }
  const of = (t: Scalar): Local[] => vars.filter((l) => l.type === t);
  const slots = r.chance(25) ? [fn.newSlot(16, [8], 'slot')] : [];
  const at = (off: number): Expr => ({ kind: 'addr', sym: data, off });

  const expr = (t: Scalar, depth: number): Expr => {
    const have = of(t);
    if (depth <= 0 || r.chance(30)) return have.length > 0 && r.chance(75) ? get(r.pick(have)) : constant(r, t, data);
    switch (t) {
      case 'i32':
        if (r.chance(15)) return un('i32.eqz', expr('i32', depth - 1));
        if (r.chance(15)) return un('i32.wrap_i64', expr('i64', depth - 1));
        if (r.chance(15)) return load('i32', at(8 * r.below(16)));
        if (r.chance(20))
          return bin(
            r.pick<BinOp>(['i64.lt_s', 'i64.ge_u', 'i64.eq', 'i64.ne', 'i64.le_s']),
            expr('i64', depth - 1),
            expr('i64', depth - 1),
          );
        if (slots.length > 0 && r.chance(20))
          return load('i32', { kind: 'slot', slot: slots[0]!, off: 0 }, r.pick([0, 4]));
        return bin(
          r.pick<BinOp>([
            'i32.add',
            'i32.sub',
            'i32.mul',
            'i32.and',
            'i32.or',
            'i32.xor',
            'i32.shl',
            'i32.shr_s',
            'i32.lt_s',
            'i32.eq',
            'i32.ne',
          ]),
          expr('i32', depth - 1),
          expr('i32', depth - 1),
        );
      case 'i64':
        if (r.chance(15)) return un(r.pick(['i64.extend_i32_s', 'i64.extend_i32_u']), expr('i32', depth - 1));
        if (r.chance(15)) return load(r.pick(['i64', 'u8as64', 'i16as64']), at(8 * r.below(16)));
        if (r.chance(15))
          return { kind: 'select', cond: expr('i32', depth - 1), x: expr('i64', depth - 1), y: expr('i64', depth - 1) };
        return bin(
          r.pick<BinOp>(['i64.add', 'i64.sub', 'i64.mul', 'i64.and', 'i64.xor', 'i64.shl', 'i64.shr_u']),
          expr('i64', depth - 1),
          expr('i64', depth - 1),
        );
      case 'f64':
      case 'f32':
        return bin(r.pick<BinOp>(['f64.add', 'f64.sub', 'f64.mul']), expr('f64', depth - 1), expr('f64', depth - 1));
      case 'ptr':
        if (slots.length > 0 && r.chance(30)) return load('ptr', { kind: 'slot', slot: slots[0]!, off: 0 }, 8);
        return have.length > 0 ? get(r.pick(have)) : constant(r, t, data);
    }
  };

  if (r.chance(30)) fn.catchLocal = fn.newLocal('i32', 'caught');
  const entry = fn.newBlock();
  fn.entry = entry;
  const blocks: Block[] = [];
  const n = 2 + r.below(9);
  for (let i = 0; i < n; i++) blocks.push(fn.newBlock());
  const out = fn.newBlock();
  // Every block first takes fuel.
  const bodies = blocks.map((b) => {
    const body = fn.newBlock();
    const left = fn.newLocal('i32');
    b.stmts.push({ kind: 'set', local: left, x: bin('i32.sub', load('i32', at(fuelOffset)), i32(1)) });
    b.stmts.push({ kind: 'store', mem: 'i32', addr: at(fuelOffset), off: 0, x: get(left), wb: false });
    b.term = { kind: 'if', cond: bin('i32.gt_s', get(left), i32(0)), then: body, else: out };
    return body;
  });
  out.term = { kind: 'return', values: fn.results.map((t) => expr(t, 1)) };

  const stmt = (): Stmt[] => {
    const c = r.below(100);
    if (c < 45 && vars.length > 0) {
      const l = r.pick(vars);
      return [{ kind: 'set', local: l, x: expr(l.type, 3) }];
    }
    if (c < 55) {
      const t = fn.newLocal('i64');
      return [
        { kind: 'set', local: t, x: expr('i64', 3) },
        { kind: 'callrt', name: 'log', args: [get(t)], results: [], pos: 0 },
      ];
    }
    if (c < 62)
      return [
        {
          kind: 'store',
          mem: r.pick(['i64', 'i32as64', 'i8as64']),
          addr: at(8 * r.below(16)),
          off: 0,
          x: expr('i64', 2),
          wb: false,
        },
      ];
    if (c < 66 && slots.length > 0) {
      const addr: Expr = { kind: 'slot', slot: slots[0]!, off: 0 };
      if (r.chance(50)) return [{ kind: 'store', mem: 'i32', addr, off: r.pick([0, 4]), x: expr('i32', 2), wb: false }];
      return [{ kind: 'store', mem: 'ptr', addr, off: 8, x: expr('ptr', 2), wb: false }];
    }
    if (c < 70) return [{ kind: 'callrt', name: 'preempt', args: [], results: [], pos: 0 }];
    if (c < 78) return [{ kind: 'suspend', pos: 0 }];
    if (c < 80)
      return [{ kind: 'callrt', name: 'twice', args: [expr('i64', 2)], results: [pickOr(of('i64'))], pos: 0 }];
    const callee = r.pick(funcs);
    const results = r.chance(10) ? [] : callee.results.map((t) => (r.chance(15) ? null : pickOr(of(t))));
    // One local must not take two results.
    const seen = new Set<Local>();
    const distinct = results.map((l) => {
      if (!l || seen.has(l)) return null;
      seen.add(l);
      return l;
    });
    return [{ kind: 'call', fn: callee, args: callee.params.map((p) => expr(p.type, 2)), results: distinct, pos: 0 }];
  };
  const pickOr = (list: readonly Local[]): Local | null => (list.length > 0 ? r.pick(list) : null);

  for (const b of bodies) {
    for (let k = r.below(5); k > 0; k--) b.stmts.push(...stmt());
    const c = r.below(100);
    const to = (): Block => r.pick(blocks);
    if (c < 25) b.term = { kind: 'jump', to: to() };
    else if (c < 70) b.term = { kind: 'if', cond: expr('i32', 3), then: to(), else: to() };
    else if (c < 80) b.term = { kind: 'switch', x: expr('i32', 2), targets: [to(), to(), to()], default: to() };
    else if (c < 84) b.term = { kind: 'throw', pos: 0 };
    else b.term = { kind: 'return', values: fn.results.map((t) => expr(t, 2)) };
  }
  const start = fn.newBlock();
  for (const slot of slots) {
    start.stmts.push({ kind: 'store', mem: 'i64', addr: { kind: 'slot', slot, off: 0 }, off: 0, x: i64(0), wb: false });
  }
  start.term = { kind: 'jump', to: blocks[0]! };
  if (fn.catchLocal) entry.term = { kind: 'if', cond: get(fn.catchLocal), then: blocks[n - 1]!, else: start };
  else entry.term = { kind: 'jump', to: start };
}

class Panic extends Error {}

type Value = number | bigint;

/** Runs a program; answers what it logs, and whether main returned. */
export function interpret(p: RandomProgram): { logged: bigint[]; returned: boolean } {
  const logged: bigint[] = [];
  const base = 1 << 16;
  const memory = new DataView(new ArrayBuffer(base + (1 << 20)));
  new Uint8Array(memory.buffer).set(p.data.bytes!, base);
  let stack = base + 4096;

  const call = (fn: Func, args: readonly Value[]): Value[] => {
    const values: Value[] = fn.locals.map((l) => (l.type === 'i64' ? 0n : 0));
    fn.params.forEach((l, i) => {
      values[l.id] = args[i]!;
    });
    const frame = stack;
    const slotAt = new Map(
      fn.slots.map((s) => {
        const at = stack;
        new Uint8Array(memory.buffer).fill(0, at, at + s.size);
        stack += (s.size + 7) & ~7;
        return [s, at];
      }),
    );
    const eval_ = (x: Expr): Value => {
      switch (x.kind) {
        case 'const':
          return x.value;
        case 'get':
          return values[x.local.id]!;
        case 'un':
          return unary(x.op, eval_(x.x));
        case 'bin':
          return binary(x.op, eval_(x.x), eval_(x.y));
        case 'load': {
          const a = ((eval_(x.addr) as number) >>> 0) + x.off;
          switch (x.mem) {
            case 'i32':
            case 'ptr':
              return memory.getInt32(a, true);
            case 'i64':
              return memory.getBigInt64(a, true);
            case 'u8as64':
              return BigInt(memory.getUint8(a));
            case 'i16as64':
              return BigInt(memory.getInt16(a, true));
            default:
              throw new Error(x.mem);
          }
        }
        case 'select': {
          const a = eval_(x.x);
          const b = eval_(x.y);
          return eval_(x.cond) !== 0 ? a : b;
        }
        case 'addr':
          return base + x.off;
        case 'slot':
          return slotAt.get(x.slot)! + x.off;
        default:
          throw new Error(x.kind);
      }
    };
    for (;;) {
      let inTerm = false;
      try {
        let b = fn.entry!;
        for (;;) {
          inTerm = false;
          for (const s of b.stmts) {
            switch (s.kind) {
              case 'set':
                values[s.local.id] = eval_(s.x);
                break;
              case 'store': {
                const a = (eval_(s.addr) as number) + s.off;
                const v = eval_(s.x);
                if (s.mem === 'i64') memory.setBigInt64(a, v as bigint, true);
                else if (s.mem === 'i32as64') memory.setInt32(a, Number(BigInt.asIntN(32, v as bigint)), true);
                else if (s.mem === 'i8as64') memory.setInt8(a, Number(BigInt.asIntN(8, v as bigint)));
                else memory.setInt32(a, v as number, true);
                break;
              }
              case 'callrt':
                if (s.name === 'log') logged.push(eval_(s.args[0]!) as bigint);
                else if (s.name === 'twice' && s.results[0])
                  values[s.results[0].id] = BigInt.asIntN(64, (eval_(s.args[0]!) as bigint) * 2n);
                break;
              case 'call': {
                const results = call(s.fn, s.args.map(eval_));
                s.results.forEach((l, i) => {
                  if (l) values[l.id] = results[i]!;
                });
                break;
              }
              case 'suspend':
              case 'vardef':
                break;
              default:
                throw new Error(s.kind);
            }
          }
          const t = b.term!;
          inTerm = true;
          if (t.kind === 'jump') b = t.to;
          else if (t.kind === 'if') b = eval_(t.cond) !== 0 ? t.then : t.else;
          else if (t.kind === 'switch') b = t.targets[(eval_(t.x) as number) >>> 0] ?? t.default;
          else if (t.kind === 'return') {
            stack = frame;
            return t.values.map(eval_);
          } else throw new Panic();
        }
      } catch (e) {
        if (!(e instanceof Panic) || !fn.catchLocal || inTerm) {
          stack = frame;
          throw e;
        }
        values[fn.catchLocal.id] = 1;
      }
    }
  };
  try {
    call(p.main, []);
    return { logged, returned: true };
  } catch (e) {
    if (!(e instanceof Panic)) throw e;
    return { logged, returned: false };
  }
}

function unary(op: string, v: Value): Value {
  switch (op) {
    case 'i32.eqz':
      return v === 0 ? 1 : 0;
    case 'i32.wrap_i64':
      return Number(BigInt.asIntN(32, v as bigint));
    case 'i64.extend_i32_s':
      return BigInt(v);
    case 'i64.extend_i32_u':
      return BigInt((v as number) >>> 0);
    case 'i64.trunc_sat_f64_s': {
      const f = v as number;
      if (Number.isNaN(f)) return 0n;
      if (f >= 2 ** 63) return 2n ** 63n - 1n;
      if (f < -(2 ** 63)) return -(2n ** 63n);
      return BigInt(Math.trunc(f));
    }
    default:
      throw new Error(op);
  }
}

function binary(op: string, a: Value, b: Value): Value {
  const name = op.slice(4);
  if (op.startsWith('f64')) {
    const x = a as number;
    const y = b as number;
    return name === 'add' ? x + y : name === 'sub' ? x - y : x * y;
  }
  if (op.startsWith('i32')) {
    const x = a as number;
    const y = b as number;
    const table: Record<string, () => number> = {
      add: () => (x + y) | 0,
      sub: () => (x - y) | 0,
      mul: () => Math.imul(x, y),
      and: () => x & y,
      or: () => x | y,
      xor: () => x ^ y,
      shl: () => x << y,
      shr_s: () => x >> y,
      lt_s: () => (x < y ? 1 : 0),
      gt_s: () => (x > y ? 1 : 0),
      eq: () => (x === y ? 1 : 0),
      ne: () => (x !== y ? 1 : 0),
    };
    return table[name]!();
  }
  const x = a as bigint;
  const y = b as bigint;
  const u = (v: bigint): bigint => BigInt.asUintN(64, v);
  const s = (v: bigint): bigint => BigInt.asIntN(64, v);
  const table: Record<string, () => Value> = {
    add: () => s(x + y),
    sub: () => s(x - y),
    mul: () => s(x * y),
    and: () => s(x & y),
    xor: () => s(x ^ y),
    shl: () => s(x << (y & 63n)),
    shr_u: () => s(u(x) >> (y & 63n)),
    lt_s: () => (x < y ? 1 : 0),
    le_s: () => (x <= y ? 1 : 0),
    ge_u: () => (u(x) >= u(y) ? 1 : 0),
    eq: () => (x === y ? 1 : 0),
    ne: () => (x !== y ? 1 : 0),
  };
  return table[name]!();
}
