// Types and objects as text: for messages, and as keys.
//
// Guarantees: typeString prints what gc's messages print. typeKey is equal for two complete types exactly when they are
// identical; keys are kept, so asking again is cheap.
// Source: observed output of gc 1.26; Go specification, "Type identity".

import { quote } from './quote.ts';
import {
  type Func,
  type Interface,
  isExportedName,
  type Named,
  type Obj,
  type Package,
  type Signature,
  type Struct,
  type Tuple,
  type Type,
  type TypeName,
  type TypeParam,
  type Var,
} from './types.ts';
import { typeSet } from './typeset.ts';
import { unalias, under } from './under.ts';
import { emptyInterface, universe, universeAny, universeComparable, unsafePackage } from './universe.ts';

/** How a package is named; '' leaves it out. */
export type Qualifier = (pkg: Package) => string;

/** Package paths in full. */
export const byPath: Qualifier = (pkg) => pkg.path;

class Writer {
  private s = '';
  private readonly qf: Qualifier;
  private readonly seen = new Set<Type>();
  readonly paramNames: boolean;
  /** say of the first unexported field which package it is from */
  private pkgInfo: boolean;

  constructor(qf: Qualifier, paramNames: boolean, pkgInfo: boolean) {
    this.qf = qf;
    this.paramNames = paramNames;
    this.pkgInfo = pkgInfo;
  }

  get text(): string {
    return this.s;
  }

  add(s: string): void {
    this.s += s;
  }

  typ(t: Type | null): void {
    if (!t) {
      this.s += '<nil>';
      return;
    }
    if (t.tag === 'Basic') {
      const named = isExportedName(t.name) ? unsafePackage.scope.lookup(t.name) : undefined;
      if (named?.tag === 'TypeName') this.typeName(named);
      else this.s += t.name;
      return;
    }
    if (this.seen.has(t)) {
      this.s += `<cycle to ${goName(t)}>`;
      return;
    }
    this.seen.add(t);
    this.composite(t);
    this.seen.delete(t);
  }

  private composite(t: Type): void {
    switch (t.tag) {
      case 'Array':
        this.s += `[${t.len}]`;
        this.typ(t.elem);
        break;
      case 'Slice':
        this.s += '[]';
        this.typ(t.elem);
        break;
      case 'Pointer':
        this.s += '*';
        this.typ(t.elem);
        break;
      case 'Map':
        this.s += 'map[';
        this.typ(t.key);
        this.s += ']';
        this.typ(t.elem);
        break;
      case 'Chan': {
        const parens = t.dir === 'both' && t.elem.tag === 'Chan' && t.elem.dir === 'recv';
        this.s += t.dir === 'both' ? 'chan ' : t.dir === 'send' ? 'chan<- ' : '<-chan ';
        if (parens) this.s += '(';
        this.typ(t.elem);
        if (parens) this.s += ')';
        break;
      }
      case 'Struct':
        this.struct(t);
        break;
      case 'Tuple':
        this.vars(t.vars, false);
        break;
      case 'Signature':
        this.s += 'func';
        this.signature(t);
        break;
      case 'Union':
        t.terms.forEach((term, i) => {
          if (i > 0) this.s += ' | ';
          if (term.tilde) this.s += '~';
          this.typ(term.type);
        });
        break;
      case 'Interface':
        this.iface(t);
        break;
      case 'Named':
      case 'Alias':
        this.typeName(t.obj);
        if (t.targs.length > 0) this.list(t.targs);
        else if (t.tparams.length > 0) this.tparams(t.tparams);
        break;
      case 'TypeParam':
        this.s += t.obj.name;
        if (universe.lookup(t.obj.name)) this.s += ` /* with ${t.obj.name} declared at ${posText(t.obj)} */`;
        break;
    }
  }

  private struct(t: Struct): void {
    this.s += 'struct{';
    t.fields.forEach((f, i) => {
      if (i > 0) this.s += '; ';
      const annotate = this.pkgInfo && !f.exported;
      if (annotate) this.pkgInfo = false;
      if (!f.embedded) this.s += `${f.name} `;
      this.typ(f.type);
      if (annotate) this.s += ` /* package ${f.pkg?.path} */ `;
      const tag = t.tags[i];
      if (tag) this.s += ` ${quote(tag)}`;
    });
    this.s += '}';
  }

  private iface(t: Interface): void {
    if (t === universeAny) {
      this.s += 'any';
      return;
    }
    if (t === under(universeComparable.type!)) {
      this.s += 'interface{comparable}';
      return;
    }
    if (t.implicit) {
      if (t.methods.length === 0 && t.embeddeds.length === 1) {
        this.typ(t.embeddeds[0]!);
        return;
      }
      this.s += '/* implicit */ ';
    }
    this.s += 'interface{';
    let first = true;
    for (const m of t.methods) {
      if (!first) this.s += '; ';
      first = false;
      this.s += m.name;
      if (m.type) this.signature(m.sig);
    }
    for (const e of t.embeddeds) {
      if (!first) this.s += '; ';
      first = false;
      this.typ(e);
    }
    this.s += '}';
  }

  private list(list: readonly Type[]): void {
    this.s += '[';
    list.forEach((t, i) => {
      if (i > 0) this.s += ', ';
      this.typ(t);
    });
    this.s += ']';
  }

  tparams(list: readonly TypeParam[]): void {
    this.s += '[';
    list.forEach((p, i) => {
      const prev = list[i - 1];
      if (prev) {
        if (prev.bound !== p.bound) {
          this.s += ' ';
          this.typ(prev.bound);
        }
        this.s += ', ';
      }
      this.typ(p);
    });
    this.s += ' ';
    this.typ(list[list.length - 1]!.bound);
    this.s += ']';
  }

  private typeName(obj: TypeName): void {
    this.s += packagePrefix(obj.pkg, this.qf) + obj.name;
  }

  private vars(list: readonly Var[], variadic: boolean): void {
    this.s += '(';
    list.forEach((v, i) => {
      if (i > 0) this.s += ', ';
      if (v.name !== '' && this.paramNames) this.s += `${v.name} `;
      if (!variadic || i < list.length - 1) this.typ(v.type);
      else if (v.type?.tag === 'Slice') {
        this.s += '...';
        this.typ(v.type.elem);
      } else {
        this.typ(v.type);
        this.s += '...';
      }
    });
    this.s += ')';
  }

  signature(sig: Signature): void {
    if (sig.tparams.length > 0) this.tparams(sig.tparams);
    this.vars(sig.params, sig.variadic);
    const { results } = sig;
    if (results.length === 0) return;
    this.s += ' ';
    if (results.length === 1 && (results[0]!.name === '' || !this.paramNames)) this.typ(results[0]!.type);
    else this.vars(results, false);
  }
}

function goName(t: Type): string {
  return t.tag;
}

let posText: (obj: TypeName) => string = () => '?';

/** Sets how the position of an object is written in a type string. */
export function setPosText(f: (obj: TypeName) => string): void {
  posText = f;
}

function packagePrefix(pkg: Package | null, qf: Qualifier): string {
  const s = pkg ? qf(pkg) : '';
  return s ? `${s}.` : '';
}

/** The type as messages show it. */
export function typeString(t: Type, qf: Qualifier): string {
  const w = new Writer(qf, true, false);
  w.typ(t);
  return w.text;
}

/** Name and signature of a method; pkgInfo: packages in full, to tell apart what looks the same. */
export function funcString(f: Func, qf: Qualifier, pkgInfo: boolean): string {
  const w = new Writer(pkgInfo ? byPath : qf, false, pkgInfo);
  w.add(f.name);
  w.signature(f.sig);
  return w.text;
}

/** The object as messages show it: `var x int`. */
export function objectString(obj: Obj, qf: Qualifier): string {
  const qualified = (): string => {
    const top = obj.pkg !== null && obj.pkg.scope.lookup(obj.name) === obj;
    return (top ? packagePrefix(obj.pkg, qf) : '') + obj.name;
  };
  const typed = (what: string): string => `${what} ${qualified()}${obj.type ? ` ${typeString(obj.type, qf)}` : ''}`;
  switch (obj.tag) {
    case 'PkgName': {
      const { path } = obj.imported;
      return path && path !== obj.name ? `package ${obj.name} ("${path}")` : `package ${obj.name}`;
    }
    case 'Const':
      return typed('const');
    case 'Var':
      return typed(obj.kind === 'field' ? 'field' : 'var');
    case 'TypeName':
      return typeObjectString(obj, qualified(), qf);
    case 'Func': {
      const w = new Writer(qf, true, false);
      w.add('func ');
      const recv = obj.type ? obj.sig.recv : null;
      if (recv) {
        w.add('(');
        if (recv.type?.tag === 'Interface') w.add('interface');
        else w.typ(recv.type);
        w.add(').');
      } else w.add(packagePrefix(obj.pkg, qf));
      w.add(obj.name);
      if (obj.type) w.signature(obj.sig);
      return w.text;
    }
    case 'Label':
      return `label ${obj.name}`;
    case 'Builtin':
      return `builtin ${qualified()}`;
    case 'Nil':
      return 'nil';
  }
}

function typeObjectString(obj: TypeName, name: string, qf: Qualifier): string {
  const t = obj.type;
  if (!t) return `type ${name}`;
  const w = new Writer(qf, true, false);
  w.add(t.tag === 'TypeParam' ? `type parameter ${name}` : `type ${name}`);
  switch (t.tag) {
    case 'Basic':
      break;
    case 'TypeParam':
      w.add(' ');
      w.typ(t.bound);
      break;
    case 'Alias':
      if (t.tparams.length > 0 && t.targs.length === 0) w.tparams(t.tparams);
      w.add(' = ');
      w.typ(t.rhs === universeAny ? emptyInterface : t.rhs);
      break;
    default:
      if (t.tag === 'Named' && t.tparams.length > 0 && t.targs.length === 0) w.tparams(t.tparams);
      w.add(' ');
      w.typ(under(t));
  }
  return w.text;
}

// Keys.

const keys = new WeakMap<Type, string>();
const ids = new WeakMap<Named, number>();
let lastId = 0;

function namedId(t: Named): number {
  let id = ids.get(t);
  if (id === undefined) {
    id = ++lastId;
    ids.set(t, id);
  }
  return id;
}

/** A string that identical types share and others do not. */
export function typeKey(t: Type): string {
  return new Keyer().key(t);
}

class Keyer {
  /** interfaces being written, which a method may lead back to */
  private readonly stack: Interface[] = [];
  /** type parameters of signatures being written */
  private readonly bound: TypeParam[] = [];
  /** something is still being declared */
  private pending = false;

  key(t0: Type): string {
    const t = t0.tag === 'Alias' ? unalias(t0) : t0;
    if (t.tag === 'Basic') return t.kind.toString(36);
    // a kept key does not know of the type parameters being written
    const known = this.bound.length === 0 ? keys.get(t) : undefined;
    if (known !== undefined) return known;
    const k = this.make(t);
    // what depends on its surroundings is not kept
    if (this.stack.length === 0 && this.bound.length === 0 && !this.pending) keys.set(t, k);
    return k;
  }

  private make(t: Type): string {
    switch (t.tag) {
      case 'Basic':
        return t.kind.toString(36);
      case 'Named': {
        const id = `N${namedId(t.orig)}`;
        return t.targs.length > 0 ? `${id}[${t.targs.map((a) => this.key(a)).join(',')}]` : id;
      }
      case 'TypeParam': {
        const i = this.bound.indexOf(t);
        return i >= 0 ? `$${i}` : `P${t.id}`;
      }
      case 'Array':
        return `[${t.len}]${this.key(t.elem)}`;
      case 'Slice':
        return `[]${this.key(t.elem)}`;
      case 'Pointer':
        return `*${this.key(t.elem)}`;
      case 'Map':
        return `M[${this.key(t.key)}]${this.key(t.elem)}`;
      case 'Chan':
        return `C${t.dir[0]}${this.key(t.elem)}`;
      case 'Tuple':
        return this.vars(t);
      case 'Struct':
        return this.struct(t);
      case 'Signature':
        return this.signature(t);
      case 'Union':
        return `U(${t.terms.map((x) => (x.tilde ? '~' : '') + this.key(x.type)).join('|')})`;
      case 'Interface':
        return this.iface(t);
      case 'Alias':
        return this.key(unalias(t));
    }
  }

  private vars(t: Tuple): string {
    return `(${t.vars.map((v) => this.key(v.type!)).join(',')})`;
  }

  private list(vars: readonly Var[]): string {
    let s = '(';
    for (let i = 0; i < vars.length; i++) s += (i > 0 ? ',' : '') + this.key(vars[i]!.type!);
    return `${s})`;
  }

  private struct(t: Struct): string {
    let s = 'S{';
    t.fields.forEach((f, i) => {
      const tag = t.tags[i];
      s += `${idOf(f)}${f.embedded ? '!' : ' '}${this.key(f.type!)}${tag ? JSON.stringify(tag) : ''};`;
    });
    return `${s}}`;
  }

  private signature(t: Signature): string {
    const n = this.bound.length;
    this.bound.push(...t.tparams);
    const bounds = t.tparams.map((p) => this.key(p.bound)).join(',');
    const s = `F${bounds ? `[${bounds}]` : ''}${this.list(t.params)}${t.variadic ? '.' : ''}${this.list(t.results)}`;
    this.bound.length = n;
    return s;
  }

  private iface(t: Interface): string {
    const i = this.stack.indexOf(t);
    if (i >= 0) return `^${this.stack.length - i}`;
    this.stack.push(t);
    const tset = typeSet(t);
    if (!t.tset) this.pending = true;
    let s = tset.comparable ? 'I!{' : 'I{';
    for (const m of tset.methods) s += `${idOf(m)}${this.signature(m.sig)};`;
    if (tset.terms !== 'all') {
      s += tset.terms
        .map((x) => (x.tilde ? '~' : '') + this.key(x.type))
        .sort()
        .join('|');
      if (tset.terms.length === 0) s += '0';
    }
    this.stack.pop();
    return `${s}}`;
  }
}

function idOf(o: Var | Func): string {
  return o.exported ? o.name : `${o.pkg ? o.pkg.path : '_'}.${o.name}`;
}
