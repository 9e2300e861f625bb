// The bytes of type descriptors, as package internal/abi declares them.
//
// Assumes: no descriptor changes any more. Offsets are those of the Go declarations on a 64-bit machine. NameOff and
// TypeOff are addresses, TextOff is a table index (src/std/README.md).

import { isExportedName, Kind, type Package, Pointer, Slice, type Type } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { unsafePackage } from '../../types/universe.ts';
import type { DataSym, Func as IrFunc } from '../ir.ts';
import { hashMightPanic, needsKeyUpdate } from './algs.ts';
import { fieldOffset, isDirectIface, layoutOf, pointerBytes, pointerOffsets } from './layout.ts';
import { maxMapElemBytes, maxMapKeyBytes } from './mapmemory.ts';
import { packagePath, typeString, utf8 } from './names.ts';
import { type Desc, Level, type MethodEntry, type TypeDescs } from './typedesc.ts';

const TFlag = {
  Uncommon: 1,
  ExtraStar: 2,
  Named: 4,
  RegularMemory: 8,
  MaskOnDemand: 16,
  DirectIface: 32,
  Thunks: 128,
} as const;

/** Masks for more bytes of a value are made by the runtime, when the first such value is allocated. */
export const maxMasked: number = 2048 * 64;

const AbiKind = {
  Array: 17,
  Chan: 18,
  Func: 19,
  Interface: 20,
  Map: 21,
  Pointer: 22,
  Slice: 23,
  String: 24,
  Struct: 25,
  UnsafePointer: 26,
} as const;

const commonSize = 48;
const uncommonSize = 16;
const methodSize = 16;

/** Static data under construction. */
class Image {
  readonly sym: DataSym;
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(sym: DataSym, size: number) {
    this.sym = sym;
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
    sym.bytes = this.bytes;
    sym.size = size;
  }

  u8(off: number, v: number): void {
    this.bytes[off] = v;
  }

  u16(off: number, v: number): void {
    this.view.setUint16(off, v, true);
  }

  u32(off: number, v: number): void {
    this.view.setUint32(off, v, true);
  }

  u64(off: number, v: number): void {
    this.view.setBigUint64(off, BigInt(v), true);
  }

  addr(off: number, target: DataSym | null, add = 0): void {
    if (target) this.sym.relocs.push({ off, kind: 'addr', target, add });
  }

  func(off: number, target: IrFunc): void {
    this.sym.relocs.push({ off, kind: 'func', target, add: 0 });
  }
}

export class DescWriter {
  private readonly types: TypeDescs;
  private readonly names = new Map<string, DataSym>();
  private readonly masks = new Map<string, DataSym>();

  constructor(types: TypeDescs) {
    this.types = types;
  }

  write(d: Desc): void {
    const u = under(d.type);
    const named = d.type.tag === 'Named' || d.type.tag === 'Basic';
    const methods = (d.methods ?? []).filter((e) => this.types.tabled(e));
    const extra = d.level >= Level.Identity && (named || methods.length > 0);
    const fixed = fixedSize(u);
    const varOff = fixed + (extra ? uncommonSize : 0);
    const varSize = d.level >= Level.Identity ? this.variableSize(u) : 0;
    const image = new Image(d.sym, varOff + varSize + methods.length * methodSize);
    this.common(image, d, u, named, extra);
    if (d.level >= Level.Identity) this.special(image, d, u, varOff);
    if (extra) this.uncommon(image, d, fixed, uncommonSize + varSize, methods);
  }

  private common(image: Image, d: Desc, u: Type, named: boolean, extra: boolean): void {
    const { p } = this.types;
    const l = layoutOf(d.type);
    const ptrBytes = pointerBytes(d.type);
    let flags = 0;
    if (extra) flags |= TFlag.Uncommon;
    if (named) flags |= TFlag.Named;
    if (p.algs.isMemory(d.type)) flags |= TFlag.RegularMemory;
    if (isDirectIface(d.type)) flags |= TFlag.DirectIface;
    if (d.thunks) flags |= TFlag.Thunks;
    image.u64(0, l.size);
    image.u64(8, ptrBytes);
    image.u32(16, d.hash);
    image.u8(21, l.align);
    image.u8(22, l.align);
    image.u8(23, kindOf(u));
    if (d.level === Level.Full || d.needsEqual) image.addr(24, p.algs.eqClosure(d.type));
    if (ptrBytes > maxMasked) {
      flags |= TFlag.MaskOnDemand;
      image.addr(32, p.data('runtime.gcmask', 8, 8, null));
    } else if (ptrBytes > 0) image.addr(32, this.mask(pointerOffsets(d.type), ptrBytes));
    if (d.level >= Level.Identity) {
      let s = typeString(d.type);
      if (!s.startsWith('*')) {
        s = `*${s}`;
        flags |= TFlag.ExtraStar;
      }
      const base = d.type.tag === 'Pointer' ? d.type.elem : d.type;
      image.addr(40, this.name(s, '', base.tag === 'Named' && isExportedName(base.obj.name), false, null));
    }
    if (d.level === Level.Full) {
      const ptr = this.types.find(new Pointer(d.type));
      if (ptr && ptr.level === Level.Full) image.addr(44, ptr.sym);
    }
    image.u8(20, flags);
  }

  private elem(image: Image, off: number, t: Type): void {
    const d = this.types.find(t);
    if (d && d.level >= Level.Identity) image.addr(off, d.sym);
  }

  private variableSize(u: Type): number {
    switch (u.tag) {
      case 'Signature':
        return 8 * (u.params.length + u.results.length);
      case 'Interface':
        return 8 * this.types.p.itabs.methodsOf(u).methods.length;
      case 'Struct':
        return 24 * u.fields.length;
      default:
        return 0;
    }
  }

  private special(image: Image, d: Desc, u: Type, varOff: number): void {
    switch (u.tag) {
      case 'Array':
        this.elem(image, 48, u.elem);
        this.elem(image, 56, new Slice(u.elem));
        image.u64(64, u.len);
        return;
      case 'Pointer':
      case 'Slice':
        this.elem(image, 48, u.elem);
        return;
      case 'Chan':
        this.elem(image, 48, u.elem);
        image.u64(56, u.dir === 'both' ? 3 : u.dir === 'send' ? 2 : 1);
        return;
      case 'Signature': {
        image.u16(48, u.params.length);
        image.u16(50, u.results.length | (u.variadic ? 0x8000 : 0));
        image.addr(52, d.thunks);
        [...u.params, ...u.results].forEach((v, i) => this.elem(image, varOff + 8 * i, v.type!));
        return;
      }
      case 'Interface': {
        const pkg = d.type.tag === 'Named' ? d.type.obj.pkg : null;
        const { methods } = this.types.p.itabs.methodsOf(u);
        if (pkg) image.addr(48, this.packageName(pkg));
        image.addr(56, image.sym, varOff);
        image.u64(64, methods.length);
        image.u64(72, methods.length);
        methods.forEach((m, i) => {
          const other = !m.exported && m.pkg && m.pkg !== pkg ? m.pkg : null;
          image.addr(varOff + 8 * i, this.name(m.name, '', m.exported, false, other));
          this.elem(image, varOff + 8 * i + 4, m.sig);
        });
        return;
      }
      case 'Struct': {
        const pkg = u.fields.find((f) => !f.exported)?.pkg ?? null;
        if (pkg) image.addr(48, this.packageName(pkg));
        image.addr(56, image.sym, varOff);
        image.u64(64, u.fields.length);
        image.u64(72, u.fields.length);
        u.fields.forEach((f, i) => {
          const at = varOff + 24 * i;
          image.addr(at, this.name(f.name, u.tags[i] ?? '', f.exported, f.embedded, null));
          this.elem(image, at + 8, f.type!);
          image.u64(at + 16, fieldOffset(u, i));
        });
        return;
      }
      case 'Map':
        this.map(image, d, u);
        return;
      default:
        return;
    }
  }

  private map(image: Image, d: Desc, u: Type & { tag: 'Map' }): void {
    const { p } = this.types;
    const group = this.types.group(d);
    const slots = group.fields[1]!.type as Type & { tag: 'Array' };
    const slot = slots.elem;
    this.elem(image, 48, u.key);
    this.elem(image, 56, u.elem);
    image.addr(64, this.types.alloc(group));
    image.addr(72, p.algs.hashClosure(u.key));
    image.u64(80, layoutOf(group).size);
    image.u64(88, layoutOf(slot).size);
    image.u64(96, fieldOffset(slot, 1));
    let flags = 0;
    if (needsKeyUpdate(u.key)) flags |= 1;
    if (hashMightPanic(u.key)) flags |= 2;
    if (layoutOf(u.key).size > maxMapKeyBytes) flags |= 4;
    if (layoutOf(u.elem).size > maxMapElemBytes) flags |= 8;
    image.u32(104, flags);
  }

  private uncommon(image: Image, d: Desc, off: number, moff: number, methods: readonly MethodEntry[]): void {
    const pkg = packageOf(d.type);
    if (pkg) image.addr(off, this.packageName(pkg));
    image.u16(off + 4, methods.length);
    image.u16(off + 6, methods.filter((e) => e.fn.exported).length);
    image.u32(off + 8, moff);
    methods.forEach((e, i) => {
      const at = off + moff + methodSize * i;
      const other = !e.fn.exported && e.fn.pkg && e.fn.pkg !== pkg ? e.fn.pkg : null;
      image.addr(at, this.name(e.fn.name, '', e.fn.exported, false, other));
      this.elem(image, at + 4, e.fn.sig);
      if (!e.ifn) return;
      image.func(at + 8, e.ifn);
      image.func(at + 12, this.types.p.wrappers.madeMethodExpr(d.type, e.fn, e.index) ?? e.ifn);
    });
  }

  // Names and bitmaps, shared.

  private packageName(pkg: Package): DataSym {
    return this.name(packagePath(pkg), '', false, false, null);
  }

  /** An abi.Name: flags, length and bytes of the name, the same of the tag, address of the package's name. */
  private name(name: string, tag: string, exported: boolean, embedded: boolean, pkg: Package | null): DataSym {
    const flags = (exported ? 1 : 0) | (tag ? 2 : 0) | (pkg ? 4 : 0) | (embedded ? 8 : 0);
    const key = `${flags} ${name} ${tag} ${pkg ? packagePath(pkg) : ''}`;
    let sym = this.names.get(key);
    if (sym) return sym;
    const out: number[] = [flags];
    for (const s of tag ? [utf8(name), tag] : [utf8(name)]) {
      for (let n = s.length; ; n >>>= 7) {
        if (n < 0x80) {
          out.push(n);
          break;
        }
        out.push((n & 0x7f) | 0x80);
      }
      for (let i = 0; i < s.length; i++) out.push(s.charCodeAt(i));
    }
    const at = out.length;
    if (pkg) out.push(0, 0, 0, 0);
    sym = this.types.p.data(`type:.namedata.${name}`, out.length, 1, Uint8Array.from(out));
    if (pkg) sym.relocs.push({ off: at, kind: 'addr', target: this.packageName(pkg), add: 0 });
    this.names.set(key, sym);
    return sym;
  }

  private mask(ptrs: readonly number[], ptrBytes: number): DataSym {
    const bytes = new Uint8Array((Math.ceil(ptrBytes / 64) + 7) & ~7);
    for (const off of ptrs) bytes[off >>> 6]! |= 1 << ((off >>> 3) & 7);
    const key = bytes.join();
    let sym = this.masks.get(key);
    if (!sym) {
      sym = this.types.p.data('runtime.gcbits', bytes.length, 8, bytes);
      this.masks.set(key, sym);
    }
    return sym;
  }
}

function fixedSize(u: Type): number {
  switch (u.tag) {
    case 'Array':
      return 72;
    case 'Chan':
      return 64;
    case 'Interface':
    case 'Struct':
      return 80;
    case 'Map':
      return 112;
    case 'Pointer':
    case 'Slice':
    case 'Signature':
      return 56;
    default:
      return commonSize;
  }
}

function kindOf(u: Type): number {
  switch (u.tag) {
    case 'Basic':
      if (u.kind === Kind.String) return AbiKind.String;
      return u.kind === Kind.UnsafePointer ? AbiKind.UnsafePointer : u.kind;
    case 'Signature':
      return AbiKind.Func;
    case 'Array':
    case 'Chan':
    case 'Interface':
    case 'Map':
    case 'Pointer':
    case 'Slice':
    case 'Struct':
      return AbiKind[u.tag];
    default:
      throw new Error(`no kind for a ${u.tag}`);
  }
}

/** The package a type's unexported methods are of, as far as descriptors say. */
function packageOf(t: Type): Package | null {
  if (t.tag === 'Named') return t.obj.pkg;
  if (t.tag === 'Basic') return t.kind === Kind.UnsafePointer ? unsafePackage : null;
  if ((t.tag === 'Pointer' || t.tag === 'Slice' || t.tag === 'Array' || t.tag === 'Chan') && t.elem.tag === 'Named')
    return t.elem.obj.pkg;
  return null;
}
