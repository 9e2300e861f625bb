// Equality and hash functions of types.
//
// Guarantees: hash functions agree with runtime.typehash, equality with the language's ==; blank fields do not count.
// A type whose values are equal exactly if their bytes are is "memory" and needs no function of its own.
// Source: Go specification, "Comparison operators"; the kinds are those of cmd/compile (types.AlgKind).

import { type ArrayT, Kind, type Struct, type Type } from '../../types/types.ts';
import { typeSet } from '../../types/typeset.ts';
import { typeKey } from '../../types/typestring.ts';
import { under } from '../../types/under.ts';
import { bin, type DataSym, type Expr, get, Func as IrFunc, i32, i64 } from '../ir.ts';
import { Builder, heapAddr } from './builder.ts';
import { equal } from './compare.ts';
import { fieldOffset, layoutOf } from './layout.ts';
import { typeString } from './names.ts';
import type { ProgramBuilder } from './program.ts';

export type Alg = 'none' | 'memory' | 'string' | 'iface' | 'eface' | 'f32' | 'f64' | 'c64' | 'c128' | 'special';

const algs = new WeakMap<Type, Alg>();

export function algOf(t: Type): Alg {
  let a = algs.get(t);
  if (!a) {
    a = computeAlg(under(t));
    algs.set(t, a);
  }
  return a;
}

function computeAlg(u: Type): Alg {
  switch (u.tag) {
    case 'Basic':
      switch (u.kind) {
        case Kind.String:
          return 'string';
        case Kind.Float32:
          return 'f32';
        case Kind.Float64:
          return 'f64';
        case Kind.Complex64:
          return 'c64';
        case Kind.Complex128:
          return 'c128';
        default:
          return 'memory';
      }
    case 'Pointer':
    case 'Chan':
      return 'memory';
    case 'Interface':
      return typeSet(u).methods.length === 0 ? 'eface' : 'iface';
    case 'Array': {
      const a = algOf(u.elem);
      if (a === 'none' || a === 'memory' || u.len === 1) return a;
      return u.len === 0 ? 'memory' : 'special';
    }
    case 'Struct':
      return structAlg(u);
    default:
      return 'none';
  }
}

function structAlg(u: Struct): Alg {
  if (u.fields.some((f) => algOf(f.type!) === 'none')) return 'none';
  const first = u.fields[0];
  if (!first) return 'memory';
  if (u.fields.length === 1 && first.name !== '_') return algOf(first.type!);
  let end = 0;
  for (let i = 0; i < u.fields.length; i++) {
    const f = u.fields[i]!;
    if (f.name === '_' || algOf(f.type!) !== 'memory' || fieldOffset(u, i) !== end) return 'special';
    end += layoutOf(f.type!).size;
  }
  return end === layoutOf(u).size ? 'memory' : 'special';
}

const runtimeEqual: { readonly [a in Alg]?: string } = {
  string: 'strequal',
  iface: 'interequal',
  eface: 'nilinterequal',
  f32: 'f32equal',
  f64: 'f64equal',
  c64: 'c64equal',
  c128: 'c128equal',
};

const runtimeHash: { readonly [a in Alg]?: string } = {
  string: 'strhash',
  iface: 'interhash',
  eface: 'nilinterhash',
  f32: 'f32hash',
  f64: 'f64hash',
  c64: 'c64hash',
  c128: 'c128hash',
};

/** Sizes for which the runtime has functions of their own. */
const sized: { readonly [size: number]: string } = { 0: '0', 1: '8', 2: '16', 4: '32', 8: '64', 16: '128' };

export class Algs {
  private readonly p: ProgramBuilder;
  private readonly eqs = new Map<string, IrFunc>();
  private readonly hashes = new Map<string, IrFunc>();
  private readonly eqClosures = new Map<string, DataSym>();
  private readonly hashClosures = new Map<string, DataSym>();

  constructor(p: ProgramBuilder) {
    this.p = p;
  }

  isMemory(t: Type): boolean {
    return algOf(t) === 'memory';
  }

  /** (p, q ptr) -> i32; null for memory. */
  eqFunc(t: Type): IrFunc | null {
    const a = algOf(t);
    if (a === 'memory') return null;
    const name = runtimeEqual[a];
    return name ? this.p.runtime(name) : this.ownEq(t);
  }

  private ownEq(t: Type): IrFunc {
    const key = typeKey(t);
    let f = this.eqs.get(key);
    if (!f) {
      const fn = new IrFunc(`type:.eq.${typeString(t)}`);
      fn.wrapper = true;
      fn.results = ['i32'];
      this.eqs.set(key, fn);
      this.p.addFunc(fn);
      this.p.later(() => this.writeEq(fn, t));
      f = fn;
    }
    return f;
  }

  private writeEq(fn: IrFunc, t: Type): void {
    const b = new Builder(this.p, fn);
    const p = fn.newLocal('ptr', 'p');
    const q = fn.newLocal('ptr', 'q');
    fn.params = [p, q];
    const u = under(t);
    if (u.tag === 'Array') {
      const size = layoutOf(u.elem).size;
      loop(
        b,
        u,
        (off) => {
          const x = bin('i32.add', get(p), off);
          const y = bin('i32.add', get(q), off);
          this.compareAt(b, u.elem, b.hold(x, 'ptr'), b.hold(y, 'ptr'), 0);
        },
        size,
      );
    } else if (u.tag === 'Struct') {
      for (let i = 0; i < u.fields.length; ) {
        const run = memoryRun(u, i);
        if (run.next > i + 1 && run.size > 16) {
          this.compareMemory(b, get(p), get(q), fieldOffset(u, i), run.size);
          i = run.next;
          continue;
        }
        const f = u.fields[i]!;
        if (f.name !== '_') this.compareAt(b, f.type!, get(p), get(q), fieldOffset(u, i));
        i++;
      }
    } else this.compareAt(b, t, get(p), get(q), 0);
    b.ret([i32(1)]);
  }

  /** Returns 0 unless the values of type t at p+off and q+off are equal. */
  private compareAt(b: Builder, t: Type, p: Expr, q: Expr, off: number): void {
    const x = b.load(t, heapAddr(p, off));
    const y = b.load(t, heapAddr(q, off));
    returnUnless(b, equal(b, t, x, y));
  }

  private compareMemory(b: Builder, p: Expr, q: Expr, off: number, size: number): void {
    const at = (x: Expr): Expr => (off === 0 ? x : bin('i32.add', x, i32(off)));
    returnUnless(b, b.runtime('memequal', [at(p), at(q), i64(size)])[0]!);
  }

  /** Closure object of a func(p, q unsafe.Pointer) bool; null if values of t cannot be compared. */
  eqClosure(t: Type): DataSym | null {
    const a = algOf(t);
    if (a === 'none') return null;
    const size = layoutOf(t).size;
    const std = a === 'memory' ? sized[size] : runtimeEqual[a];
    const key = std ?? (a === 'memory' ? `mem${size}` : typeKey(t));
    let sym = this.eqClosures.get(key);
    if (!sym) {
      const target = std ? this.p.runtime(a === 'memory' ? `memequal${std}` : std) : null;
      const thunk = new IrFunc(`type:.eqfunc.${std ?? (a === 'memory' ? size : typeString(t))}`);
      const b = this.closure(thunk, ['ptr', 'ptr'], 'i32');
      const [p, q] = thunk.params.slice(1).map(get) as [Expr, Expr];
      if (target) b.ret(b.call(target, [p, q], ['i32']));
      else if (a === 'memory') b.ret(b.runtime('memequal', [p, q, i64(size)]));
      else b.ret(b.call(this.ownEq(t), [p, q], ['i32']));
      sym = this.p.closureOf(thunk);
      this.eqClosures.set(key, sym);
    }
    return sym;
  }

  /** Closure object of a func(p unsafe.Pointer, h uintptr) uintptr. */
  hashClosure(t: Type): DataSym {
    const a = algOf(t);
    const size = layoutOf(t).size;
    const std = a === 'memory' ? sized[size] : runtimeHash[a];
    const key = std ?? (a === 'memory' ? `mem${size}` : typeKey(t));
    let sym = this.hashClosures.get(key);
    if (!sym) {
      const thunk = new IrFunc(`type:.hashfunc.${std ?? (a === 'memory' ? size : typeString(t))}`);
      const b = this.closure(thunk, ['ptr', 'i64'], 'i64');
      const [p, h] = thunk.params.slice(1).map(get) as [Expr, Expr];
      b.ret([this.hash(b, t, p, h)]);
      sym = this.p.closureOf(thunk);
      this.hashClosures.set(key, sym);
    }
    return sym;
  }

  private closure(fn: IrFunc, params: readonly ('ptr' | 'i64')[], result: 'i32' | 'i64'): Builder {
    fn.wrapper = true;
    fn.results = [result];
    const b = new Builder(this.p, fn);
    fn.params = [fn.newLocal('ptr', '.closure'), ...params.map((s) => fn.newLocal(s))];
    this.p.addFunc(fn);
    return b;
  }

  /** The hash of the value of type t at p, started from h. */
  private hash(b: Builder, t: Type, p: Expr, h: Expr): Expr {
    const a = algOf(t);
    if (a === 'memory') {
      const size = layoutOf(t).size;
      const std = sized[size];
      return (std ? b.runtime(`memhash${std}`, [p, h]) : b.runtime('memhash', [p, h, i64(size)]))[0]!;
    }
    const name = runtimeHash[a];
    if (name) return b.runtime(name, [p, h])[0]!;
    return b.call(this.ownHash(t), [p, h], ['i64'])[0]!;
  }

  private ownHash(t: Type): IrFunc {
    const key = typeKey(t);
    let f = this.hashes.get(key);
    if (!f) {
      const fn = new IrFunc(`type:.hash.${typeString(t)}`);
      fn.wrapper = true;
      fn.results = ['i64'];
      this.hashes.set(key, fn);
      this.p.addFunc(fn);
      this.p.later(() => this.writeHash(fn, t));
      f = fn;
    }
    return f;
  }

  private writeHash(fn: IrFunc, t: Type): void {
    const b = new Builder(this.p, fn);
    const p = fn.newLocal('ptr', 'p');
    const h = fn.newLocal('i64', 'h');
    fn.params = [p, h];
    const u = under(t);
    if (u.tag === 'Array') {
      loop(
        b,
        u,
        (off) => b.set(h, this.hash(b, u.elem, b.hold(bin('i32.add', get(p), off), 'ptr'), get(h))),
        layoutOf(u.elem).size,
      );
    } else if (u.tag === 'Struct') {
      u.fields.forEach((f, i) => {
        if (f.name === '_') return;
        const off = fieldOffset(u, i);
        const at: Expr = off === 0 ? get(p) : bin('i32.add', get(p), i32(off));
        b.set(h, this.hash(b, f.type!, at, get(h)));
      });
    }
    b.ret([get(h)]);
  }
}

function returnUnless(b: Builder, cond: Expr): void {
  if (cond.kind === 'const' && Number(cond.value) !== 0) return;
  const yes = b.newBlock();
  const no = b.newBlock();
  b.branch(cond, yes, no);
  b.enter(no);
  b.ret([i32(0)]);
  b.enter(yes);
}

/** for off := 0; off < len*size; off += size { body(off) } */
function loop(b: Builder, a: ArrayT, body: (off: Expr) => void, size: number): void {
  const off = b.temp('i32');
  b.set(off, i32(0));
  const head = b.newBlock();
  const done = b.newBlock();
  b.enter(head);
  body(get(off));
  b.set(off, bin('i32.add', get(off), i32(size)));
  b.branch(bin('i32.lt_u', get(off), i32(size * a.len)), head, done);
  b.enter(done);
}

/** The longest run of fields from i on that lie next to each other and are memory. */
function memoryRun(u: Struct, i: number): { size: number; next: number } {
  const start = fieldOffset(u, i);
  let end = start;
  let next = i;
  while (next < u.fields.length) {
    const f = u.fields[next]!;
    if (f.name === '_' || algOf(f.type!) !== 'memory' || fieldOffset(u, next) !== end) break;
    end += layoutOf(f.type!).size;
    next++;
  }
  return { size: end - start, next };
}

/** A map must store the key again when it assigns to a key it has: equal keys can look different. */
export function needsKeyUpdate(t: Type): boolean {
  const u = under(t);
  switch (u.tag) {
    case 'Array':
      return needsKeyUpdate(u.elem);
    case 'Struct':
      return u.fields.some((f) => needsKeyUpdate(f.type!));
    default:
      return algOf(u) !== 'memory';
  }
}

export function hashMightPanic(t: Type): boolean {
  const u = under(t);
  switch (u.tag) {
    case 'Interface':
      return true;
    case 'Array':
      return hashMightPanic(u.elem);
    case 'Struct':
      return u.fields.some((f) => hashMightPanic(f.type!));
    default:
      return false;
  }
}
