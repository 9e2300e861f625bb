// Package variables whose initial value is known at compile time: constants, composite literals of such values, addresses,
// functions, interfaces holding them, and calls of functions that only return such a value.
//
// Guarantees: nothing is made part of the program unless the whole initialiser is static. Memory that programs can change is
// writable data with its pointers listed as roots. A variable's value is copied only while nothing that could have
// changed it has run.
// Source: cmd/compile's package staticinit for what is worth doing.

import type { CompositeLit, Expr } from '../../syntax/nodes.ts';
import { T } from '../../syntax/token.ts';
import type { Initializer } from '../../types/api.ts';
import { identical } from '../../types/predicates.ts';
import {
  type Func,
  type Instance,
  Kind,
  Mode,
  type Obj,
  type Selection,
  SelKind,
  type Type,
  type TypeAndValue,
  type Var,
} from '../../types/types.ts';
import { under } from '../../types/under.ts';
import type { DataSym, Expr as Ir, Func as IrFunc } from '../ir.ts';
import { closureObject } from './closure.ts';
import { isEmptyInterface } from './compare.ts';
import { eachElement, literalLen } from './composite.ts';
import { constExpr, intValue } from './constants.ts';
import { calleeOf } from './effects.ts';
import { fieldOffset, isDirectIface, layoutOf, pointerOffsets } from './layout.ts';
import { declOfFunc } from './linkname.ts';
import type { ProgramBuilder } from './program.ts';

/** Gives the variable its value in static data, if that can be done. */
export function initialiseStatically(p: ProgramBuilder, init: Initializer): boolean {
  const v = init.lhs[0];
  if (init.lhs.length !== 1 || !v) return false;
  const image = new Image(layoutOf(v.type!).size);
  const writer = new StaticWriter(p, v);
  if (!writer.value(image, 0, v.type!, init.rhs, noParams)) return false;
  if (v.name !== '_') image.commit(p, p.globals.storage(v));
  return true;
}

type Target = (p: ProgramBuilder) => { sym: DataSym; add: number } | IrFunc;

/** A piece of memory under construction. Its references become real when it is committed. */
class Image {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly refs: { readonly off: number; readonly target: Target }[] = [];
  private sym: DataSym | null = null;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  ref(off: number, target: Target): void {
    this.refs.push({ off, target });
  }

  commit(p: ProgramBuilder, sym: DataSym): void {
    this.sym = sym;
    if (this.bytes.some((x) => x !== 0)) sym.bytes = this.bytes;
    for (const r of this.refs) {
      const t = r.target(p);
      if ('sym' in t) sym.relocs.push({ off: r.off, kind: 'addr', target: t.sym, add: t.add });
      else sym.relocs.push({ off: r.off, kind: 'func', target: t, add: 0 });
    }
    if (sym.relocs.length > 0 && !sym.bytes) sym.bytes = this.bytes;
  }

  /** Its data, made when first asked for. ptrs: offsets of pointers the program may change. */
  data(p: ProgramBuilder, name: string, align: number, ptrs: readonly number[]): DataSym {
    if (!this.sym) {
      const sym = p.data(name, Math.max(1, this.bytes.length), align, null);
      sym.ptrs = ptrs;
      this.commit(p, sym);
      return sym;
    }
    return this.sym;
  }
}

/** Arguments of the call whose function's result is being evaluated. */
type Params = ReadonlyMap<Var, Expr>;
const noParams: Params = new Map();

class StaticWriter {
  private readonly p: ProgramBuilder;
  private readonly owner: Var;
  private readonly name: string;
  private depth = 0;

  constructor(p: ProgramBuilder, owner: Var) {
    this.p = p;
    this.owner = owner;
    this.name = `${p.links.varSymbol(owner)}..stmp`;
  }

  /** Writes the value of e, as one of type t, to memory at off. False: it is not known now. */
  value(m: Image, off: number, t: Type, e: Expr, params: Params): boolean {
    const tv = e.tv as TypeAndValue | null;
    if (e.kind === 'ParenExpr') return this.value(m, off, t, e.x, params);
    if (e.kind === 'Ident' && params.size > 0) {
      const arg = params.get(e.obj as Var);
      if (arg) return this.converted(m, off, t, (e.obj as Var).type!, arg, noParams);
    }
    if (!tv) return false;
    if (tv.mode === Mode.Nil) return true;
    if (under(t).tag === 'Interface' && under(tv.type).tag !== 'Interface')
      return this.iface(m, off, t, tv.type, e, params);
    if (tv.mode === Mode.Constant && tv.value) return this.scalars(m, off, t, constExpr(this.p, t, tv.value));
    switch (e.kind) {
      case 'Ident':
        return this.named(m, off, e.obj as Obj | null, e.inst as Instance | null);
      case 'SelectorExpr': {
        const sel = e.selection as Selection | null;
        if (!sel) return this.named(m, off, e.sel.obj as Obj | null, e.sel.inst as Instance | null);
        if (sel.kind !== SelKind.MethodExpr) return false;
        m.ref(off, (p) => ({ sym: p.methodExprValue(sel.recv, sel.obj as Func, sel.index), add: 0 }));
        return true;
      }
      case 'IndexExpr': {
        const g = e.x.kind === 'Ident' ? e.x : e.x.kind === 'SelectorExpr' && !e.x.selection ? e.x.sel : null;
        const fn = g?.obj as Obj | null | undefined;
        return fn?.tag === 'Func' && this.named(m, off, fn, g!.inst as Instance | null);
      }
      case 'FuncLit': {
        // a literal in another function's body is not at package level
        if (this.depth > 0) return false;
        const pkg = this.owner.pkg!;
        m.ref(off, (p) => {
          const c = closureObject(p.inits.stateOf(pkg), e).ptr;
          if (c.kind !== 'addr') throw new Error('closure of a package variable captures variables');
          return { sym: c.sym, add: c.off };
        });
        return true;
      }
      case 'CompositeLit':
        return this.composite(m, off, tv.type, e, params);
      case 'UnaryExpr':
        return e.op === T.AND && this.address(m, off, e.x, params);
      case 'SliceExpr':
        return this.slice(m, off, e);
      case 'CallExpr':
        return this.call(m, off, t, e, params);
      default:
        return false;
    }
  }

  /** As value, by way of another type. */
  private converted(m: Image, off: number, t: Type, by: Type, e: Expr, params: Params): boolean {
    const ti = under(t).tag === 'Interface';
    const bi = under(by).tag === 'Interface';
    if (ti && !bi) return this.iface(m, off, t, by, e, params);
    if (bi && ti && !identical(under(t), under(by))) return false;
    return this.value(m, off, t, e, params);
  }

  private scalars(m: Image, off: number, t: Type, xs: readonly Ir[]): boolean {
    const parts = layoutOf(t).parts;
    if (!parts) return false;
    xs.forEach((x, i) => {
      const at = off + parts[i]!.off;
      if (x.kind === 'addr') m.ref(at, () => ({ sym: x.sym, add: x.off }));
      else if (x.kind === 'const') putScalar(m.view, at, parts[i]!.mem, x.value);
    });
    return true;
  }

  /** A function, or a variable of this package that still has its first value. */
  private named(m: Image, off: number, obj: Obj | null, inst: Instance | null): boolean {
    if (!obj) return false;
    if (obj.tag === 'Func') {
      const targs = inst ? inst.targs : [];
      m.ref(off, (p) => ({ sym: p.funcValue(obj.origin, targs), add: 0 }));
      return true;
    }
    if (obj.tag !== 'Var' || obj.kind !== 'package' || obj.pkg !== this.owner.pkg) return false;
    const from = this.p.inits.firstValue(obj, this.owner);
    if (!from) return false;
    const { size } = layoutOf(obj.type!);
    if (from.bytes) m.bytes.set(from.bytes.subarray(0, size), off);
    for (const r of from.relocs)
      m.ref(off + r.off, () => ('params' in r.target ? r.target : { sym: r.target as DataSym, add: r.add }));
    return true;
  }

  private composite(m: Image, off: number, t: Type, e: CompositeLit, params: Params): boolean {
    const u = under(t);
    switch (u.tag) {
      case 'Struct':
      case 'Array': {
        let ok = true;
        eachElement(e, u, (x, i, elem) => {
          if (!ok) return;
          const blank = u.tag === 'Struct' && u.fields[i]!.name === '_';
          const at = u.tag === 'Struct' ? fieldOffset(u, i) : i * layoutOf(elem).size;
          // what a blank field is given is evaluated, but not kept
          ok = blank
            ? this.value(new Image(layoutOf(elem).size), 0, elem, x, params)
            : this.value(m, off + at, elem, x, params);
        });
        return ok;
      }
      case 'Slice': {
        const n = literalLen(e);
        const { size, align } = layoutOf(u.elem);
        const backing = new Image(n * size);
        let ok = true;
        eachElement(e, u, (x, i, elem) => {
          if (ok) ok = this.value(backing, i * size, elem, x, params);
        });
        if (!ok) return false;
        m.view.setBigUint64(off + 8, BigInt(n), true);
        m.view.setBigUint64(off + 16, BigInt(n), true);
        const inner = pointerOffsets(u.elem);
        const ptrs: number[] = [];
        for (let i = 0; i < n && inner.length > 0; i++) for (const o of inner) ptrs.push(i * size + o);
        m.ref(off, (p) => ({ sym: backing.data(p, this.name, align, ptrs), add: 0 }));
        return true;
      }
      case 'Pointer':
        return this.pointerTo(m, off, u.elem, e, params);
      default:
        return false;
    }
  }

  /** Address of new memory holding the literal. */
  private pointerTo(m: Image, off: number, elem: Type, e: CompositeLit, params: Params): boolean {
    const { size, align } = layoutOf(elem);
    if (size === 0) return false;
    const target = new Image(size);
    if (!this.composite(target, 0, elem, e, params)) return false;
    m.ref(off, (p) => ({ sym: target.data(p, this.name, align, pointerOffsets(elem)), add: 0 }));
    return true;
  }

  private address(m: Image, off: number, x: Expr, params: Params): boolean {
    while (x.kind === 'ParenExpr') x = x.x;
    if (x.kind === 'CompositeLit') return this.pointerTo(m, off, (x.tv as TypeAndValue).type, x, params);
    const place = this.place(x);
    if (!place) return false;
    m.ref(off, (p) => ({ sym: p.global(place.v), add: place.off }));
    return true;
  }

  /** A package variable, or a part of one, as variable and offset. */
  private place(x: Expr): { v: Var; off: number } | null {
    switch (x.kind) {
      case 'ParenExpr':
        return this.place(x.x);
      case 'Ident':
      case 'SelectorExpr': {
        const sel = x.kind === 'SelectorExpr' ? (x.selection as Selection | null) : null;
        if (!sel) {
          const obj = (x.kind === 'Ident' ? x.obj : x.sel.obj) as Obj | null;
          return obj?.tag === 'Var' && obj.kind === 'package' ? { v: obj, off: 0 } : null;
        }
        if (sel.kind !== SelKind.FieldVal || sel.indirect || x.kind !== 'SelectorExpr') return null;
        const base = this.place(x.x);
        if (!base) return null;
        let t = sel.recv;
        let off = base.off;
        for (const i of sel.index) {
          const u = under(t);
          if (u.tag !== 'Struct') return null;
          off += fieldOffset(u, i);
          t = u.fields[i]!.type!;
        }
        return { v: base.v, off };
      }
      case 'IndexExpr': {
        const u = under((x.x.tv as TypeAndValue).type);
        const index = x.indices[0]!.tv as TypeAndValue;
        if (u.tag !== 'Array' || index.mode !== Mode.Constant || !index.value) return null;
        const base = this.place(x.x);
        return base && { v: base.v, off: base.off + Number(intValue(index.value, true)) * layoutOf(u.elem).size };
      }
      default:
        return null;
    }
  }

  /** array[:] of a package variable */
  private slice(m: Image, off: number, e: Expr & { kind: 'SliceExpr' }): boolean {
    const u = under((e.x.tv as TypeAndValue).type);
    if (u.tag !== 'Array' || e.low || e.high || e.max || u.len === 0) return false;
    const place = this.place(e.x);
    if (!place) return false;
    m.view.setBigUint64(off + 8, BigInt(u.len), true);
    m.view.setBigUint64(off + 16, BigInt(u.len), true);
    m.ref(off, (p) => ({ sym: p.global(place.v), add: place.off }));
    return true;
  }

  /** The value of concrete type `from` in an interface of type t. */
  private iface(m: Image, off: number, t: Type, from: Type, e: Expr, params: Params): boolean {
    const u = under(from);
    if (u.tag === 'Basic' && u.kind === Kind.UntypedNil) return true;
    if (isDirectIface(from)) {
      if (!this.value(m, off + 8, from, e, params)) return false;
    } else {
      const { size, align } = layoutOf(from);
      const copy = new Image(Math.max(8, size));
      if (!this.value(copy, 0, from, e, params)) return false;
      m.ref(off + 8, (p) => ({ sym: copy.data(p, this.name, align, []), add: 0 }));
    }
    m.ref(off, (p) => {
      p.usedInInterface(from);
      return { sym: isEmptyInterface(t) ? p.typeDesc(from) : p.itab(t, from), add: 0 };
    });
    return true;
  }

  private call(m: Image, off: number, t: Type, e: Expr & { kind: 'CallExpr' }, params: Params): boolean {
    const fun = e.fun.tv as TypeAndValue | null;
    if (!fun) return false;
    if (fun.mode === Mode.TypExpr) return this.conversion(m, off, t, fun.type, e.args[0]!, params);
    if (fun.mode === Mode.Builtin) return false;
    return this.inlined(m, off, t, e, params);
  }

  private conversion(m: Image, off: number, t: Type, to: Type, x: Expr, params: Params): boolean {
    const from = (x.tv as TypeAndValue | null)?.type;
    if (!from) return false;
    const u = under(to);
    const tv = x.tv as TypeAndValue;
    if (u.tag === 'Slice' && tv.mode === Mode.Constant && tv.value) return this.byteSlice(m, off, u, x);
    if (
      u.tag !== 'Interface' &&
      tv.mode !== Mode.Nil &&
      !identical(u, under(from)) &&
      !(u.tag === 'Pointer' && under(from).tag === 'Pointer')
    )
      return false;
    return this.converted(m, off, t, to, x, params);
  }

  /** []byte("constant") */
  private byteSlice(m: Image, off: number, u: Type & { tag: 'Slice' }, x: Expr): boolean {
    const elem = under(u.elem);
    if (elem.tag !== 'Basic' || elem.kind !== Kind.Uint8) return false;
    const chars = constExpr(this.p, (x.tv as TypeAndValue).type, (x.tv as TypeAndValue).value!);
    const len = chars[1];
    const base = chars[0];
    if (!len || len.kind !== 'const' || !base || base.kind !== 'addr') return false;
    const bytes = base.sym.bytes!.slice(0, Number(len.value));
    m.view.setBigUint64(off + 8, BigInt(bytes.length), true);
    m.view.setBigUint64(off + 16, BigInt(bytes.length), true);
    m.ref(off, (p) => ({ sym: p.data(this.name, bytes.length, 1, bytes), add: 0 }));
    return true;
  }

  /** A call of a function that consists of returning an expression. */
  private inlined(m: Image, off: number, t: Type, e: Expr & { kind: 'CallExpr' }, params: Params): boolean {
    const fn = calleeOf(e.fun);
    if (!fn || this.depth > 4 || params.size > 0 || fn.sig.recv || fn.sig.tparams.length > 0 || fn.sig.variadic)
      return false;
    const body = declOfFunc(fn)?.body;
    if (!body || body.list.length !== 1) return false;
    const ret = body.list[0]!;
    if (ret.kind !== 'ReturnStmt' || ret.results.length !== 1 || e.args.length !== fn.sig.params.length) return false;
    const args = new Map<Var, Expr>();
    for (let i = 0; i < e.args.length; i++) {
      const tv = e.args[i]!.tv as TypeAndValue | null;
      if (tv?.mode !== Mode.Constant) return false;
      args.set(fn.sig.params[i]!, e.args[i]!);
    }
    this.p.checked.get(fn.pkg!)!.checkFuncBody(fn);
    this.depth++;
    const ok = this.converted(m, off, t, fn.sig.results[0]!.type!, ret.results[0]!, args);
    this.depth--;
    return ok;
  }
}

function putScalar(view: DataView, off: number, mem: string, value: number | bigint): void {
  switch (mem) {
    case 'i8':
    case 'u8':
      view.setUint8(off, Number(value) & 0xff);
      return;
    case 'i16':
    case 'u16':
      view.setUint16(off, Number(value) & 0xffff, true);
      return;
    case 'i32':
      view.setInt32(off, Number(value), true);
      return;
    case 'i64':
      view.setBigInt64(off, BigInt(value), true);
      return;
    case 'f32':
      view.setFloat32(off, Number(value), true);
      return;
    case 'f64':
      view.setFloat64(off, Number(value), true);
      return;
    default:
      // a nil pointer
      return;
  }
}
