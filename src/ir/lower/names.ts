// Names as Go prints them: linker symbols of functions (in traces) and the strings of types (package reflect).
//
// Assumes: types are instantiated. Guarantees: equal types have equal strings; different ones may share a string, as in Go.
// Source: observed output of gc 1.26 and package reflect.

import {
  type Func,
  Kind,
  type Package,
  type Signature,
  type Type,
  type TypeName,
  type Var,
} from '../../types/types.ts';
import { typeSet } from '../../types/typeset.ts';
import { unalias } from '../../types/under.ts';
import { localTypeArgs } from './env.ts';
import { localTypeNumber } from './localtypes.ts';

/** The package part of symbols: programs are called main, whatever their path. */
export function packagePath(pkg: Package): string {
  return pkg.name === 'main' && !pkg.underTest ? 'main' : pkg.path;
}

const prefixes = new WeakMap<Package, string>();

/** packagePath as it appears in symbols: dots of the last element and odd bytes are escaped. */
export function symbolPrefix(pkg: Package): string {
  let p = prefixes.get(pkg);
  if (p === undefined) {
    p = escapePath(packagePath(pkg));
    prefixes.set(pkg, p);
  }
  return p;
}

function escapePath(path: string): string {
  const slash = path.lastIndexOf('/');
  let out = '';
  for (const byte of new TextEncoder().encode(path)) {
    const c = String.fromCharCode(byte);
    const odd = byte <= 0x20 || byte >= 0x7f || c === '%' || c === '"' || (c === '.' && out.length > slash);
    out += odd ? `%${byte.toString(16).padStart(2, '0')}` : c;
  }
  return out;
}

/** Name of the type a method is declared on; '' for functions and methods of interfaces. */
export function receiverBase(fn: Func): TypeName | null {
  const recv = fn.origin.sig.recv;
  if (!recv) return null;
  let t = unalias(recv.type!);
  if (t.tag === 'Pointer') t = unalias(t.elem);
  return t.tag === 'Named' ? t.obj : null;
}

/** The linker symbol of a declared function or method: main.f, main.T.m, main.(*T).m, main.g[...]. */
export function funcSymbol(fn: Func): string {
  const decl = fn.origin;
  const prefix = decl.pkg ? `${symbolPrefix(decl.pkg)}.` : '';
  const base = receiverBase(decl);
  if (!base) return `${prefix}${decl.name}${decl.sig.tparams.length > 0 ? '[...]' : ''}`;
  const recv = `${base.name}${decl.sig.rparams.length > 0 ? '[...]' : ''}`;
  return decl.ptrRecv ? `${prefix}(*${recv}).${decl.name}` : `${prefix}${recv}.${decl.name}`;
}

/** The symbol as //go:linkname writes it: the plain import path, no type arguments. */
export function linkSymbol(fn: Func): string {
  const decl = fn.origin;
  const prefix = decl.pkg ? `${packagePath(decl.pkg)}.` : '';
  const base = receiverBase(decl);
  if (!base) return prefix + decl.name;
  return decl.ptrRecv ? `${prefix}(*${base.name}).${decl.name}` : `${prefix}${base.name}.${decl.name}`;
}

/** Type.String() of package reflect; with `paths`, packages appear with their import path and local types with numbers. */
export function typeString(t: Type, paths = false): string {
  t = unalias(t);
  switch (t.tag) {
    case 'Basic':
      if (t.kind === Kind.UnsafePointer) return 'unsafe.Pointer';
      return basicNames[t.kind] ?? t.name;
    case 'Named':
      return namedString(t, paths, true);
    case 'Pointer':
      return `*${typeString(t.elem, paths)}`;
    case 'Array':
      return `[${t.len}]${typeString(t.elem, paths)}`;
    case 'Slice':
      return `[]${typeString(t.elem, paths)}`;
    case 'Map':
      return `map[${typeString(t.key, paths)}]${typeString(t.elem, paths)}`;
    case 'Chan': {
      const elem = typeString(t.elem, paths);
      if (t.dir === 'recv') return `<-chan ${elem}`;
      if (t.dir === 'send') return `chan<- ${elem}`;
      const e = unalias(t.elem);
      return e.tag === 'Chan' && e.dir === 'recv' ? `chan (${elem})` : `chan ${elem}`;
    }
    case 'Signature':
      return `func${signatureString(t, paths)}`;
    case 'Struct': {
      if (t.fields.length === 0) return 'struct {}';
      const fields = t.fields.map((f, i) => {
        const tag = t.tags[i];
        const type = typeString(f.type!, paths);
        return `${f.embedded ? type : `${f.name} ${type}`}${tag ? ` ${quote(tag)}` : ''}`;
      });
      return `struct { ${fields.join('; ')} }`;
    }
    case 'Interface': {
      const methods = sortedMethods(typeSet(t).methods);
      if (methods.length === 0) return 'interface {}';
      const list = methods.map((m) => {
        const name = m.exported || !m.pkg ? m.name : `${qualifier(m.pkg, paths)}.${m.name}`;
        return name + signatureString(m.sig, paths);
      });
      return `interface { ${list.join('; ')} }`;
    }
    default:
      throw new Error(`no name for a ${t.tag}`);
  }
}

const basicNames: { readonly [k: number]: string } = { [Kind.Uint8]: 'uint8', [Kind.Int32]: 'int32' };

function qualifier(pkg: Package, paths: boolean): string {
  return paths ? packagePath(pkg) : pkg.name;
}

/** Name of a defined type with its type arguments, qualified or not. */
export function namedString(t: Type & { tag: 'Named' }, paths: boolean, qualified: boolean): string {
  const obj = t.obj;
  const prefix = qualified && obj.pkg ? `${qualifier(obj.pkg, paths)}.` : '';
  const number = paths ? localTypeNumber(t) : 0;
  const suffix = number > 0 ? `·${number}` : '';
  const outer = localTypeArgs(t);
  if (outer.length === 0 && t.targs.length === 0) return prefix + obj.name + suffix;
  const list = (ts: readonly Type[]): string => ts.map((a) => typeString(a, true)).join(',');
  const args =
    outer.length === 0 || t.targs.length === 0 ? list(outer) + list(t.targs) : `${list(outer)};${list(t.targs)}`;
  return `${prefix}${obj.name}[${args}]${suffix}`;
}

function signatureString(s: Signature, paths: boolean): string {
  const params = s.params.map((p, i) => {
    const pt = unalias(p.type!);
    if (s.variadic && i === s.params.length - 1 && pt.tag === 'Slice') return `...${typeString(pt.elem, paths)}`;
    return typeString(pt, paths);
  });
  const head = `(${params.join(', ')})`;
  if (s.results.length === 0) return head;
  if (s.results.length === 1) return `${head} ${typeString(s.results[0]!.type!, paths)}`;
  return `${head} (${s.results.map((r: Var) => typeString(r.type!, paths)).join(', ')})`;
}

/** The order of methods in descriptors and itabs: exported ones first, then by name, then by package. */
export function compareMethods(a: Func, b: Func): number {
  if (a.exported !== b.exported) return a.exported ? -1 : 1;
  if (a.name !== b.name) return compareBytes(a.name, b.name);
  if (a.exported) return 0;
  return compareBytes(a.pkg ? packagePath(a.pkg) : '', b.pkg ? packagePath(b.pkg) : '');
}

export function sortedMethods(ms: readonly Func[]): Func[] {
  return [...ms].sort(compareMethods);
}

const encoder = new TextEncoder();

/** Orders strings by their bytes in UTF-8. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (x < 0x80 && y < 0x80) return x - y;
    const p = encoder.encode(a.slice(i));
    const q = encoder.encode(b.slice(i));
    for (let j = 0; j < p.length && j < q.length; j++) if (p[j] !== q[j]) return p[j]! - q[j]!;
    return p.length - q.length;
  }
  return a.length - b.length;
}

/** A binary string (one char a byte) as a Go string literal. */
function quote(s: string): string {
  const bytes = Uint8Array.from(s, (c) => c.charCodeAt(0));
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    text = s;
  }
  let out = '"';
  for (const c of text) {
    const n = c.codePointAt(0)!;
    if (c === '"' || c === '\\') out += `\\${c}`;
    else if (c === '\n') out += '\\n';
    else if (c === '\t') out += '\\t';
    else if (c === '\r') out += '\\r';
    else if (n < 0x20 || n === 0x7f) out += `\\x${n.toString(16).padStart(2, '0')}`;
    else out += c;
  }
  return `${out}"`;
}

/** The bytes of a name in UTF-8, as a binary string. */
export function utf8(s: string): string {
  let ascii = true;
  for (let i = 0; i < s.length; i++)
    if (s.charCodeAt(i) >= 0x80) {
      ascii = false;
      break;
    }
  if (ascii) return s;
  let out = '';
  for (const b of encoder.encode(s)) out += String.fromCharCode(b);
  return out;
}

/** The bytes of a binary string. */
export function bytesOf(s: string): Uint8Array {
  const out = new Uint8Array(s.length);
  for (let i = 0; i < s.length; i++) out[i] = s.charCodeAt(i);
  return out;
}
