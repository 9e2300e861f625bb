// Functions around functions: method wrappers through embedding, and the thunks that adapt a function to the conventions of
// function values, itabs and package reflect.
//
// Guarantees: a wrapper has the name Go gives it, is hidden from traces, and hands a panic's argp on where the function it
// calls may recover (docs/ABI.md, "Panics"). A method that already has the convention asked for is given as it is.
// Source: Go specification, "Method values", "Selectors"; docs/ABI.md, "Calls"; src/std/README.md for reflect's thunks.

import type { Func, Interface, Pointer, Signature, Type } from '../../types/types.ts';
import { typeKey } from '../../types/typestring.ts';
import { unalias, under } from '../../types/under.ts';
import { type DataSym, type Expr, get, Func as IrFunc, i64, type Local, un } from '../ir.ts';
import { type Addr, addrExpr, Builder, heapAddr, shifted } from './builder.ts';
import { receiverArgs } from './callee.ts';
import { emitImport, intrinsicOf } from './intrinsics.ts';
import {
  type CallKind,
  fieldOffset,
  fieldParts,
  flatten,
  inMemory,
  isDirectIface,
  layoutOf,
  pointerOffsets,
  sigOf,
  varTypes,
} from './layout.ts';
import { declOfFunc, importOf } from './linkname.ts';
import { funcSymbol, symbolPrefix, typeString } from './names.ts';
import type { ProgramBuilder } from './program.ts';
import { mayRecover } from './recovers.ts';

/** A value on the way from a receiver to the method's own: in scalars, or in memory. */
interface Place {
  readonly type: Type;
  readonly value: readonly Expr[] | null;
  readonly addr: Addr | null;
}

/** A wrapper being written: its parameters as they are passed on. */
interface Frame {
  readonly b: Builder;
  /** closure object or data word */
  readonly context: Expr | null;
  readonly resultPointers: readonly Expr[];
  readonly params: readonly (readonly Expr[])[];
}

interface ReflectThunks {
  readonly sym: DataSym;
  readonly params: readonly Type[];
  readonly results: readonly Type[];
}

export class Wrappers {
  private readonly p: ProgramBuilder;
  private readonly made = new Map<string, IrFunc>();
  private readonly thunks = new Map<IrFunc, IrFunc>();
  private readonly reflect = new Map<string, ReflectThunks>();
  private noMethods = false;

  constructor(p: ProgramBuilder) {
    this.p = p;
  }

  /** Makes the function `key` once; its body is written later, so that wrappers can be recursive. */
  private once(
    key: string,
    name: string,
    kind: CallKind,
    params: readonly Type[],
    results: readonly Type[],
    pos: number,
    body: (f: Frame) => void,
  ): IrFunc {
    let fn = this.made.get(key);
    if (fn) return fn;
    const f = new IrFunc(name);
    fn = f;
    this.made.set(key, f);
    f.wrapper = true;
    f.pos = pos;
    f.results = sigOf(kind, params, results).results;
    this.p.addFunc(f);
    this.p.later(() => {
      const b = new Builder(this.p, f);
      b.pos = pos;
      const param = (type: 'ptr', name: string): Local => {
        const l = f.newLocal(type, name);
        f.params.push(l);
        return l;
      };
      const context = kind === 'context' ? get(param('ptr', '.this')) : null;
      const resultPointers = results.filter(inMemory).map(() => get(param('ptr', '.result')));
      const values = params.map((t) =>
        flatten(t).map((s) => {
          const l = f.newLocal(s);
          f.params.push(l);
          return get(l);
        }),
      );
      body({ b, context, resultPointers, params: values });
    });
    return f;
  }

  // Methods.

  methodFor(recv: Type, m: Func, index: readonly number[]): IrFunc {
    if (isOwn(recv, m, index)) return this.p.funcFor(m.origin, receiverArgs(recv));
    const sig = m.sig;
    const params = varTypes(sig.params);
    const results = varTypes(sig.results);
    const name = wrapperName(recv, m);
    return this.once(`w ${typeKey(recv)} ${methodId(m)}`, name, 'plain', [recv, ...params], results, m.pos, (f) => {
      this.callMethod(f, placeOf(recv, f.params[0]!), recv, m, index, f.params.slice(1));
    });
  }

  /** In the convention of itabs: the data word comes first. */
  ifaceMethod(t: Type, m: Func, index: readonly number[]): IrFunc {
    const sig = m.sig;
    const results = varTypes(sig.results);
    if (isDirectIface(t) && isOwn(t, m, index) && !results.some(inMemory))
      return this.p.funcFor(m.origin, receiverArgs(t));
    const name = wrapperName(t, m);
    return this.once(`i ${typeKey(t)} ${methodId(m)}`, name, 'context', varTypes(sig.params), results, m.pos, (f) => {
      const place: Place = isDirectIface(t)
        ? placeOf(t, [f.context!])
        : { type: t, value: null, addr: heapAddr(f.context!) };
      this.callMethod(f, place, t, m, index, f.params);
    });
  }

  /** Of the closure convention, with the receiver as first parameter. */
  methodExpr(recv: Type, m: Func, index: readonly number[]): IrFunc {
    if (isOwn(recv, m, index)) return this.funcThunk(m.origin, receiverArgs(recv));
    const sig = m.sig;
    return this.once(
      `e ${typeKey(recv)} ${methodId(m)}`,
      wrapperName(recv, m),
      'context',
      [recv, ...varTypes(sig.params)],
      varTypes(sig.results),
      m.pos,
      (f) => {
        this.callMethod(f, placeOf(recv, f.params[0]!), recv, m, index, f.params.slice(1));
      },
    );
  }

  /** What methodExpr has made for this method, whose code is in the program; null if the program has no such expression. */
  madeMethodExpr(recv: Type, m: Func, index: readonly number[]): IrFunc | null {
    const made = isOwn(recv, m, index)
      ? this.thunks.get(this.p.funcFor(m.origin, receiverArgs(recv)))
      : this.made.get(`e ${typeKey(recv)} ${methodId(m)}`);
    return made?.addressTaken ? made : null;
  }

  /** Of the closure convention; the receiver is in the closure object at offset 8. */
  boundMethod(recv: Type, m: Func, index: readonly number[]): IrFunc {
    const sig = m.sig;
    const off = Math.max(8, layoutOf(recv).align);
    return this.once(
      `b ${typeKey(recv)} ${methodId(m)}`,
      `${wrapperName(recv, m)}-fm`,
      'context',
      varTypes(sig.params),
      varTypes(sig.results),
      m.pos,
      (f) => {
        this.callMethod(f, { type: recv, value: null, addr: heapAddr(f.context!, off) }, recv, m, index, f.params);
      },
    );
  }

  /** Calls method m on the receiver at `place`, found through the fields `index`, and returns its results. */
  private callMethod(
    f: Frame,
    place: Place,
    recv: Type,
    m: Func,
    index: readonly number[],
    params: readonly (readonly Expr[])[],
  ): void {
    const { b } = f;
    const through = index.slice(0, -1);
    if (
      through.length === 0 &&
      unalias(recv).tag === 'Pointer' &&
      !isPtrMethod(m) &&
      under((unalias(recv) as Pointer).elem).tag !== 'Interface'
    ) {
      const p = valueAt(b, place)[0]!;
      b.when(un('i32.eqz', p), () => {
        b.runtime('panicwrap', []);
        b.unreachable();
      });
    }
    for (const i of through) place = fieldOf(b, place, i);
    const u = under(place.type);
    if (u.tag === 'Interface') {
      this.callInterface(f, place, u, m, params);
      return;
    }
    const target = this.p.funcFor(m.origin, receiverArgs(place.type));
    this.forward(f, m.origin);
    const args = [...f.resultPointers, ...receiverFor(b, place, m), ...params.flat()];
    b.ret(b.call(target, args));
  }

  private callInterface(f: Frame, place: Place, iface: Interface, m: Func, params: readonly (readonly Expr[])[]): void {
    const { b } = f;
    const [tab, data] = b.holdAll(valueAt(b, place)) as [Expr, Expr];
    b.nilCheck(tab);
    const off = this.p.itabMethod(iface, m.name, m);
    const sig = sigOf('context', varTypes(m.sig.params), varTypes(m.sig.results));
    this.forward(f, null);
    b.ret(b.callInd(sig, { kind: 'load', mem: 'i32', addr: tab, off }, [data, ...f.resultPointers, ...params.flat()]));
  }

  /** If a deferred call comes through here, the function called now is the one that may recover. */
  private forward(f: Frame, callee: Func | null): void {
    if (callee && !mayRecover(callee)) return;
    f.b.runtime('panicforward', [un('i64.extend_i32_u', { kind: 'fp' }), un('i64.extend_i32_u', { kind: 'calleefp' })]);
  }

  // Functions as values.

  /** fn in the closure convention. */
  funcThunk(fn: Func, targs: readonly Type[]): IrFunc {
    const target = this.p.funcFor(fn, targs);
    let thunk = this.thunks.get(target);
    if (thunk) return thunk;
    const sig = this.p.signatureOf(fn, targs);
    const params = varTypes(sig.params);
    if (sig.recv) params.unshift(sig.recv.type!);
    thunk = this.once(
      `f ${this.thunks.size}`,
      funcSymbol(fn),
      'context',
      params,
      varTypes(sig.results),
      fn.origin.pos,
      (f) => {
        this.forward(f, fn.origin);
        const args = [...f.resultPointers, ...f.params.flat()];
        const intrinsic = intrinsicOf(fn);
        const imp = importOf(fn.origin);
        if (intrinsic && !declOfFunc(fn)?.body) f.b.ret(intrinsic(f.b, args, targs, fn.origin.pos));
        else if (imp) f.b.ret(emitImport(f.b, imp, sigOf('plain', params, varTypes(sig.results)), args));
        else f.b.ret(f.b.call(target, args));
      },
    );
    this.thunks.set(target, thunk);
    return thunk;
  }

  // Package reflect's calls.

  /** The data of a func type's thunks: closure object of `call`, table indices of `stub` and `noMethod`. */
  reflectThunks(sig: Signature): DataSym {
    const params = varTypes(sig.params);
    const results = varTypes(sig.results);
    const shape = sigOf('context', params, results);
    // the code depends on the layout only
    const key = [...params.map(layoutKey), '>', ...results.map(layoutKey)].join(' ');
    const known = this.reflect.get(key);
    if (known) return known.sym;
    const call = this.reflectCall(params, results, shape.params.length);
    const stub = this.reflectStub(params, results);
    stub.addressTaken = true;
    const sym = this.p.data('reflect.thunks', 24, 8, null);
    sym.relocs.push(
      { off: 0, kind: 'addr', target: this.p.closureOf(call), add: 0 },
      { off: 8, kind: 'func', target: stub, add: 0 },
    );
    const made = { sym, params, results };
    this.reflect.set(key, made);
    if (this.noMethods) this.addNoMethod(made);
    return sym;
  }

  /** All thunks get `noMethod`: package reflect may make types with methods that it has no code for. */
  addNoMethods(): void {
    this.noMethods = true;
    for (const t of this.reflect.values()) this.addNoMethod(t);
  }

  private addNoMethod({ sym, params, results }: ReflectThunks): void {
    const shape = sigOf('context', params, results);
    const fn = this.once(
      `n ${shape.params.join(' ')} > ${shape.results.join(' ')}`,
      'reflect.embeddedIfaceMethStub',
      'context',
      params,
      results,
      0,
      ({ b }) => {
        b.runtime('panicnomethod', []);
        b.unreachable();
      },
    );
    fn.addressTaken = true;
    sym.relocs.push({ off: 16, kind: 'func', target: fn, add: 0 });
  }

  /** func(code uintptr, ctxt, frame unsafe.Pointer): calls code with the parameters found in the frame. */
  private reflectCall(params: readonly Type[], results: readonly Type[], id: number): IrFunc {
    const fn = new IrFunc(`reflect.call${id}`);
    fn.wrapper = true;
    const b = new Builder(this.p, fn);
    const [self, code, ctxt, frame] = [fn.newLocal('ptr'), fn.newLocal('i64'), fn.newLocal('ptr'), fn.newLocal('ptr')];
    fn.params = [self, code, ctxt, frame];
    const at = frameOffsets(params, results);
    const place = (i: number): Addr => heapAddr(get(frame), at.offsets[i]!);
    const args: Expr[] = [get(ctxt)];
    results.forEach((t, i) => {
      if (inMemory(t)) args.push(addrExpr(place(params.length + i)));
    });
    params.forEach((t, i) => args.push(...b.load(t, place(i))));
    // a deferred call that package reflect passes on (its panicForwarded)
    b.runtime('panicforward', [i64(1), un('i64.extend_i32_u', { kind: 'calleefp' })]);
    const rs = b.callInd(sigOf('context', params, results), un('i32.wrap_i64', get(code)), args);
    let r = 0;
    results.forEach((t, i) => {
      if (inMemory(t)) return;
      const n = flatten(t).length;
      b.store(t, place(params.length + i), rs.slice(r, r + n));
      r += n;
    });
    b.ret([]);
    this.p.addFunc(fn);
    return fn;
  }

  /** A function of the type itself that puts its parameters into a frame and calls the handler in its closure object. */
  private reflectStub(params: readonly Type[], results: readonly Type[]): IrFunc {
    return this.once(
      `s ${[...params.map(layoutKey), '>', ...results.map(layoutKey)].join(' ')}`,
      'reflect.makeFuncStub',
      'context',
      params,
      results,
      0,
      (f) => {
        const { b } = f;
        const at = frameOffsets(params, results);
        const ptrs: number[] = [];
        [...params, ...results].forEach((t, i) => {
          for (const o of pointerOffsets(t)) ptrs.push(at.offsets[i]! + o);
        });
        const slot = b.rawSlot(Math.max(8, at.size), ptrs, 'frame');
        const place = (i: number): Addr => ({ base: { kind: 'slot', slot, off: 0 }, off: at.offsets[i]!, heap: false });
        params.forEach((t, i) => b.store(t, place(i), f.params[i]!));
        const handler = b.hold({ kind: 'load', mem: 'ptr', addr: f.context!, off: 8 }, 'ptr');
        b.runtime('panicforward', [
          un('i64.extend_i32_u', { kind: 'fp' }),
          un('i64.extend_i32_u', { kind: 'calleefp' }),
        ]);
        b.callClosure({ params: ['ptr', 'ptr', 'ptr'], results: [] }, handler, [
          f.context!,
          { kind: 'slot', slot, off: 0 },
        ]);
        let memory = 0;
        const values: Expr[] = [];
        results.forEach((t, i) => {
          const from = place(params.length + i);
          if (inMemory(t)) b.copy(t, heapAddr(f.resultPointers[memory++]!), addrExpr(from));
          else values.push(...b.load(t, from));
        });
        b.ret(values);
      },
    );
  }
}

function layoutKey(t: Type): string {
  const l = layoutOf(t);
  return `${l.size}/${l.align}:${l.parts ? l.parts.map((x) => `${x.mem}@${x.off}`).join(',') : `m${pointerOffsets(t).join(',')}`}`;
}

/** Where values lie in a frame: each at its alignment, the results from a multiple of 8 on. */
function frameOffsets(params: readonly Type[], results: readonly Type[]): { offsets: number[]; size: number } {
  const offsets: number[] = [];
  let size = 0;
  for (const list of [params, results]) {
    for (const t of list) {
      const { align, size: n } = layoutOf(t);
      size = (size + align - 1) & -align;
      offsets.push(size);
      size += n;
    }
    size = (size + 7) & ~7;
  }
  return { offsets, size };
}

const isPtrMethod = (m: Func): boolean => m.origin.ptrRecv || m.ptrRecv;

/** Is m declared with exactly the receiver type t? */
function isOwn(t: Type, m: Func, index: readonly number[]): boolean {
  if (index.length !== 1 || under(t).tag === 'Interface') return false;
  return (unalias(t).tag === 'Pointer') === isPtrMethod(m);
}

function methodId(m: Func): string {
  return m.exported || !m.pkg ? m.name : `${m.pkg.path}.${m.name}`;
}

/** Name of the wrapper that makes m a method of recv. */
function wrapperName(recv: Type, m: Func): string {
  const t = unalias(recv);
  const base = t.tag === 'Pointer' ? unalias(t.elem) : t;
  if (base.tag !== 'Named') return `go.(${typeString(recv)}).${m.name}`;
  const prefix = base.obj.pkg ? `${symbolPrefix(base.obj.pkg)}.` : '';
  const name = `${base.obj.name}${base.targs.length > 0 ? '[...]' : ''}`;
  return t.tag === 'Pointer' ? `${prefix}(*${name}).${m.name}` : `${prefix}${name}.${m.name}`;
}

// Walking from a receiver to an embedded one.

function placeOf(type: Type, value: readonly Expr[]): Place {
  return inMemory(type) ? { type, value: null, addr: heapAddr(value[0]!) } : { type, value, addr: null };
}

function valueAt(b: Builder, p: Place): Expr[] {
  return p.value ? [...p.value] : b.load(p.type, p.addr!);
}

/** The memory a pointer in `p` points to. */
function derefed(b: Builder, p: Place, elem: Type): Place {
  return { type: elem, value: null, addr: heapAddr(b.nilCheck(valueAt(b, p)[0]!)) };
}

function fieldOf(b: Builder, p: Place, i: number): Place {
  let u = under(p.type);
  if (u.tag === 'Pointer') {
    p = derefed(b, p, u.elem);
    u = under(u.elem);
  }
  if (u.tag !== 'Struct') throw new Error(`field of a ${u.tag}`);
  const type = u.fields[i]!.type!;
  if (p.addr) return { type, value: null, addr: shifted(p.addr, fieldOffset(u, i)) };
  const { first, count } = fieldParts(u, i);
  return { type, value: p.value!.slice(first, first + count), addr: null };
}

/** The receiver parameter of m, of the value at p. */
function receiverFor(b: Builder, p: Place, m: Func): Expr[] {
  const isPtr = unalias(p.type).tag === 'Pointer';
  if (isPtrMethod(m)) {
    if (isPtr) return valueAt(b, p);
    if (!p.addr) throw new Error(`receiver of ${m.name} has no address`);
    return [addrExpr(p.addr)];
  }
  if (!isPtr) return valueAt(b, p);
  return valueAt(b, derefed(b, p, (unalias(p.type) as Pointer).elem));
}
