// Type descriptors: which types have one, and how much of it.
//
// A descriptor grows with what is asked of it. alloc: what the allocator needs (size, pointer bitmap). identity: what
// type switches and the functions of maps, channels and interfaces need (name, hash, elements). full: what a value in an
// interface can show through reflection: everything, with all types that can be reached from it.
// Guarantees: one descriptor a type; contents are written at the end (descwrite.ts), when levels no longer change.
// Source: internal/abi; cmd/link's deadcode (UsedInIface) for what is reachable through reflection.

import { methodSet } from '../../types/lookup.ts';
import { type Func, type MapT, Pointer, Slice, type Struct, type Type } from '../../types/types.ts';
import { typeKey } from '../../types/typestring.ts';
import { unalias, under } from '../../types/under.ts';
import type { DataSym, Func as IrFunc } from '../ir.ts';
import { DescWriter, maxMasked } from './descwrite.ts';
import { pointerBytes } from './layout.ts';
import { mapGroup } from './mapmemory.ts';
import { compareMethods, typeString } from './names.ts';
import type { ProgramBuilder } from './program.ts';

export const Level = { Alloc: 0, Identity: 1, Full: 2 } as const;
export type Level = (typeof Level)[keyof typeof Level];

/** A method in a concrete type's method set. */
export class MethodEntry {
  readonly fn: Func;
  readonly index: readonly number[];
  /** key of its name and type (rta.ts) */
  readonly key: string;
  /** its code in the convention of interface calls; null as long as nothing can call it */
  ifn: IrFunc | null = null;
  private listeners: ((f: IrFunc) => void)[] = [];

  constructor(fn: Func, index: readonly number[], key: string) {
    this.fn = fn;
    this.index = index;
    this.key = key;
  }

  onLive(f: (fn: IrFunc) => void): void {
    if (this.ifn) f(this.ifn);
    else this.listeners.push(f);
  }

  live(fn: IrFunc): void {
    if (this.ifn) return;
    this.ifn = fn;
    fn.addressTaken = true;
    for (const f of this.listeners) f(fn);
    this.listeners = [];
  }
}

export class Desc {
  readonly type: Type;
  readonly key: string;
  readonly sym: DataSym;
  readonly hash: number;
  level: Level = Level.Alloc;
  /** sorted as in descriptors; null below level full, and for interfaces */
  methods: MethodEntry[] | null = null;
  /** the maps code compares values of this type */
  needsEqual = false;
  /** functions for package reflect's calls (func types only) */
  thunks: DataSym | null = null;

  constructor(type: Type, key: string, sym: DataSym) {
    this.type = type;
    this.key = key;
    this.sym = sym;
    this.hash = hashString(key);
  }

  method(m: Func): MethodEntry | null {
    for (const e of this.methods ?? []) if (compareMethods(e.fn, m) === 0) return e;
    return null;
  }
}

export class TypeDescs {
  readonly p: ProgramBuilder;
  private readonly byType = new Map<Type, Desc>();
  private readonly byKey = new Map<string, Desc>();
  private readonly groups = new Map<Desc, Struct>();
  /** keys of methods that interface descriptors list */
  private readonly listed = new Set<string>();
  private showsMethods = false;
  /** package reflect counts methods */
  countsMethods = false;
  private pointersToo = false;
  private thunksToo = false;
  /** only of types that finalizers can have */
  private finalizerThunks = false;
  private linked = false;

  constructor(p: ProgramBuilder) {
    this.p = p;
    for (const f of ['reflect.(*rtype).ptrTo', 'reflect.ptrTo']) p.reach.whenReached(f, () => this.addPointers());
    p.reach.whenReached('reflect.funcThunksOf', () => this.addThunks());
    p.reach.whenReached('reflect.resolveReflectText', () => {
      this.addThunks();
      p.wrappers.addNoMethods();
    });
    p.reach.whenReached('runtime.SetFinalizer', () => this.addFinalizerThunks());
  }

  get all(): Iterable<Desc> {
    return this.byKey.values();
  }

  alloc(t: Type): DataSym {
    return this.desc(t).sym;
  }

  identity(t: Type): DataSym {
    const d = this.desc(t);
    if (d.level < Level.Identity) {
      d.level = Level.Identity;
      this.p.later(() => this.completeIdentity(d));
    }
    return d.sym;
  }

  full(t: Type): Desc {
    const d = this.desc(t);
    if (d.level === Level.Full) return d;
    if (d.level < Level.Identity) this.completeIdentity(d);
    d.level = Level.Full;
    this.collectMethods(d);
    this.p.later(() => this.completeFull(d));
    return d;
  }

  find(t: Type): Desc | undefined {
    return this.byKey.get(typeKey(t));
  }

  private desc(t: Type): Desc {
    let d = this.byType.get(t);
    if (d) return d;
    const key = typeKey(t);
    d = this.byKey.get(key);
    if (!d) {
      const type = unalias(t);
      d = new Desc(type, key, this.p.data(`type:${typeString(type)}`, 48, 8, null));
      this.byKey.set(key, d);
      const made = d;
      if (pointerBytes(type) > maxMasked) this.p.later(() => this.explain(made));
    }
    this.byType.set(t, d);
    return d;
  }

  /** The runtime makes the type's mask from those of its parts. */
  private explain(d: Desc): void {
    this.identity(d.type);
    const u = under(d.type);
    if (u.tag === 'Array') this.identity(u.elem);
    else if (u.tag === 'Struct') for (const f of u.fields) this.identity(f.type!);
  }

  private completeIdentity(d: Desc): void {
    const u = under(d.type);
    switch (u.tag) {
      case 'Map': {
        this.identity(u.key);
        this.identity(u.elem);
        const key = this.desc(u.key);
        key.needsEqual = true;
        this.p.algs.eqClosure(u.key);
        this.p.algs.hashClosure(u.key);
        this.alloc(this.group(d));
        return;
      }
      case 'Chan':
        this.identity(u.elem);
        return;
      case 'Interface':
        for (const m of this.p.itabs.methodsOf(u).methods) {
          this.listed.add(this.p.reach.key(m));
          if (this.showsMethods) this.full(m.sig);
          else this.identity(m.sig);
        }
        return;
      default:
        return;
    }
  }

  private completeFull(d: Desc): void {
    for (const c of children(d.type)) this.full(c);
    this.p.algs.eqClosure(d.type);
    if (this.pointersToo) this.addPointer(d);
    if (this.thunksToo || (this.finalizerThunks && isFinalizer(d.type))) this.addThunk(d);
    if (this.showsMethods) this.showMethodsOf(d);
  }

  private collectMethods(d: Desc): void {
    if (under(d.type).tag === 'Interface') return;
    const { reach, wrappers } = this.p;
    const entries: MethodEntry[] = [];
    for (const s of methodSet(d.type)) entries.push(new MethodEntry(s.obj, s.index, reach.key(s.obj)));
    entries.sort((a, b) => compareMethods(a.fn, b.fn));
    d.methods = entries;
    for (const e of entries) reach.whenLive(e.fn, () => e.ifn ?? e.live(wrappers.ifaceMethod(d.type, e.fn, e.index)));
  }

  // What reflection adds.

  /** Package reflect gives methods as such, with their types. */
  showMethods(): void {
    if (this.showsMethods) return;
    this.showsMethods = true;
    for (const d of [...this.byKey.values()]) this.showMethodsOf(d);
  }

  private showMethodsOf(d: Desc): void {
    const u = under(d.type);
    if (u.tag === 'Interface') {
      if (d.level >= Level.Identity) for (const m of this.p.itabs.methodsOf(u).methods) this.full(m.sig);
    } else if (d.level === Level.Full) for (const e of d.methods!) this.full(e.fn.sig);
  }

  /** Is a method to be in the table of its type? */
  tabled(e: MethodEntry): boolean {
    return e.ifn !== null || this.countsMethods || this.showsMethods || this.listed.has(e.key);
  }

  private addPointers(): void {
    if (this.pointersToo) return;
    this.pointersToo = true;
    for (const d of [...this.byKey.values()]) if (d.level === Level.Full) this.addPointer(d);
  }

  /** A pointer type that has methods cannot be made at run time. */
  private addPointer(d: Desc): void {
    const t = d.type;
    if (t.tag === 'Pointer' || under(t).tag === 'Interface') return;
    const p = new Pointer(t);
    if (methodSet(p).length > 0) this.full(p);
  }

  private addThunks(): void {
    this.thunksToo = true;
    for (const d of [...this.byKey.values()]) if (d.level === Level.Full) this.addThunk(d);
  }

  private addFinalizerThunks(): void {
    this.finalizerThunks = true;
    for (const d of [...this.byKey.values()]) if (d.level === Level.Full && isFinalizer(d.type)) this.addThunk(d);
  }

  private addThunk(d: Desc): void {
    const u = under(d.type);
    if (u.tag !== 'Signature' || d.thunks) return;
    if (d.type.tag === 'Signature') d.thunks = this.p.wrappers.reflectThunks(u);
    else {
      const plain = this.full(u);
      this.addThunk(plain);
      d.thunks = plain.thunks;
    }
  }

  /** Types that package reflect can find by their strings must be complete, if it can come to need them. Says whether
   * anything changed. */
  settle(): boolean {
    if (!this.linked) {
      if (!this.p.globals.isReached('runtime.typelinks')) return false;
      this.linked = true;
    }
    let changed = false;
    for (const d of [...this.byKey.values()]) {
      if (d.level !== Level.Identity || d.type.tag === 'Named' || d.type.tag === 'Basic' || d.type.tag === 'Interface')
        continue;
      if (parts(d.type).every((c) => this.desc(c).level === Level.Full)) {
        this.full(d.type);
        changed = true;
      }
    }
    return changed;
  }

  /** The type of a group of slots of a map: struct { ctrl uint64; slots [8]struct { key K; elem E } }. */
  group(d: Desc): Struct {
    let g = this.groups.get(d);
    if (!g) {
      g = mapGroup(under(d.type) as MapT);
      this.groups.set(d, g);
    }
    return g;
  }

  /** Writes all descriptors, and the lists of them the runtime wants. */
  finish(): void {
    const w = new DescWriter(this);
    for (const d of this.byKey.values()) w.write(d);
  }

  /** Descriptors that are found by their strings: of unnamed types that can be made at run time. */
  typelinks(): Desc[] {
    const kinds = new Set(['Pointer', 'Chan', 'Map', 'Signature', 'Slice', 'Array', 'Struct']);
    return [...this.byKey.values()].filter((d) => d.level === Level.Full && kinds.has(d.type.tag));
  }
}

/** Types that are reached from the descriptor of t. */
function children(t: Type): Type[] {
  const u = under(t);
  return u.tag === 'Array' ? [u.elem, new Slice(u.elem)] : parts(t);
}

/** Types that t is made of. */
function parts(t: Type): Type[] {
  const u = under(t);
  switch (u.tag) {
    case 'Pointer':
    case 'Slice':
    case 'Chan':
    case 'Array':
      return [u.elem];
    case 'Map':
      return [u.key, u.elem];
    case 'Struct':
      return u.fields.map((f) => f.type!);
    case 'Signature':
      return [...u.params, ...u.results].map((v) => v.type!);
    default:
      return [];
  }
}

/** Can a finalizer be of this type? */
function isFinalizer(t: Type): boolean {
  const u = under(t);
  if (u.tag !== 'Signature' || u.variadic || u.params.length !== 1) return false;
  const param = under(u.params[0]!.type!).tag;
  return param === 'Pointer' || param === 'Interface';
}

/** FNV-1a with a final mix. */
function hashString(s: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < s.length; i++) h = Math.imul(h ^ s.charCodeAt(i), 0x01000193);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}
