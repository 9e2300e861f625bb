// Collecting the objects of a package: imports, package-level declarations, and methods with the types they belong to.
//
// Guarantees: objMap has every package-level object and method in source order; nothing has a type yet.
// Source: Go specification, "Declarations and scope", "Import declarations"; wording of gc 1.26.

import type {
  BasicLit,
  Expr,
  FuncDecl,
  GenDecl,
  Ident,
  ImportSpec,
  SourceFile,
  TypeSpec,
  ValueSpec,
} from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import { type Checker, DeclInfo } from './checker.ts';
import * as constant from './constant.ts';
import { directCycles } from './cycles.ts';
import { arity, ConstGroup, declare, objDecl } from './decl.ts';
import { ErrorDesc } from './errors.ts';
import { unparen } from './positions.ts';
import { invalidType, recordDef } from './record.ts';
import { unpackRecv } from './signature.ts';
import { Const, Func, type Obj, Package, PkgName, Scope, TypeName, Var } from './types.ts';
import { currentVersion, parseVersion, versionString } from './version.ts';

interface Method {
  readonly obj: Func;
  readonly ptr: boolean;
  readonly recv: Ident;
}

class Collector {
  readonly c: Checker;
  readonly methods: Method[] = [];
  readonly fileScopes: Scope[] = [];
  private readonly imported: Set<Package>;
  file: SourceFile;
  scope: Scope;
  version = 0;

  constructor(c: Checker, file: SourceFile) {
    this.c = c;
    this.imported = new Set(c.pkg.imports);
    this.file = file;
    this.scope = c.pkg.scope;
  }

  collect(file: SourceFile): void {
    const c = this.c;
    this.file = file;
    this.version = fileVersion(c, file);
    c.env.version = this.version;
    recordDef(file.name, null);
    this.scope = new Scope(c.pkg.scope, file.pos, file.end, 'file');
    this.fileScopes.push(this.scope);
    for (const d of file.decls) {
      if (d.kind === 'FuncDecl') this.funcDecl(d);
      else this.genDecl(d);
    }
  }

  private info(): DeclInfo {
    return new DeclInfo(this.scope, this.file, this.version);
  }

  private genDecl(d: GenDecl): void {
    const group = new ConstGroup();
    for (const spec of d.specs) {
      if (spec.kind === 'ImportSpec') this.importSpec(spec);
      else if (spec.kind === 'TypeSpec') this.typeSpec(spec);
      else if (d.tok === T.CONST) this.constSpec(spec, group);
      else this.varSpec(spec);
    }
  }

  private importSpec(s: ImportSpec): void {
    const c = this.c;
    if (s.path.bad) return;
    const path = importPath(s.path);
    if (typeof path !== 'string') {
      c.error(s.path, `invalid import path (${path.err})`);
      return;
    }
    const imp = importPackage(c, s.path, path);
    const name = s.name ? s.name.name : imp.name;
    if (s.name && path === 'C') {
      c.error(s.name, 'cannot rename import "C"');
      return;
    }
    if (name === 'init') {
      c.error(s, 'cannot import package as init - init must be a func');
      return;
    }
    if (!this.imported.has(imp)) {
      this.imported.add(imp);
      c.pkg.imports.push(imp);
    }
    const pkgName = new PkgName(s.pos, c.pkg, name, imp, invalidType);
    if (s.name) recordDef(s.name, pkgName);
    if (imp.fake && path !== 'unsafe') pkgName.used = true;
    c.imports.push(pkgName);
    if (name === '.') this.dotImport(s, imp, pkgName);
    else declare(c, this.scope, null, pkgName, 0);
  }

  private dotImport(s: ImportSpec, imp: Package, pkgName: PkgName): void {
    const c = this.c;
    c.dotImports ??= new Map();
    let names = c.dotImports.get(this.scope);
    if (!names) c.dotImports.set(this.scope, (names = new Map()));
    for (const [name, obj] of imp.scope.elems) {
      if (!obj.exported) continue;
      const alt = this.scope.lookup(name);
      if (alt) {
        const err = new ErrorDesc().add(s.name!.pos, `${name} redeclared in this block`);
        c.addAltDecl(err, alt);
        c.report(err);
      } else {
        this.scope.put(name, obj);
        names.set(name, pkgName);
      }
    }
  }

  private constSpec(s: ValueSpec, group: ConstGroup): void {
    const c = this.c;
    const from = group.next(s);
    const values: readonly Expr[] = from ? from.values : [];
    s.names.forEach((id, i) => {
      const obj = new Const(id.pos, c.pkg, id.name, null, constant.makeInt(s.iota));
      const d = this.info();
      d.vtyp = from ? from.type : null;
      d.init = values[i] ?? null;
      d.inherited = group.inherited;
      this.declarePkgObj(id, obj, d);
    });
    arity(c, s, values, true, group.inherited);
  }

  private varSpec(s: ValueSpec): void {
    const c = this.c;
    const lhs = s.names.map((id) => new Var(id.pos, c.pkg, id.name, null, 'package'));
    // one expression: all the variables depend on it
    const shared = s.values.length <= 1 ? this.info() : null;
    if (shared) {
      shared.lhs = lhs;
      shared.vtyp = s.type;
      shared.init = s.values[0] ?? null;
    }
    s.names.forEach((id, i) => {
      let d = shared;
      if (!d) {
        d = this.info();
        d.vtyp = s.type;
        d.init = s.values[i] ?? null;
      }
      this.declarePkgObj(id, lhs[i]!, d);
    });
    if (!s.type || s.values.length > 0) arity(c, s, s.values, false, false);
  }

  private typeSpec(s: TypeSpec): void {
    const d = this.info();
    d.tdecl = s;
    this.declarePkgObj(s.name, new TypeName(s.name.pos, this.c.pkg, s.name.name, null), d);
  }

  private declarePkgObj(id: Ident, obj: Obj, d: DeclInfo): void {
    const c = this.c;
    if (id.name === 'init') {
      c.error(id, 'cannot declare init - must be func');
      return;
    }
    if (id.name === 'main' && c.pkg.name === 'main') {
      c.error(id, 'cannot declare main - must be func');
      return;
    }
    declare(c, c.pkg.scope, id, obj, 0);
    c.objMap.set(obj, d);
    obj.order = c.objMap.size;
  }

  private funcDecl(s: FuncDecl): void {
    const c = this.c;
    const name = s.name.name;
    const obj = new Func(s.name.pos, c.pkg, name, null);
    const tparam0 = s.type.tparams[0];
    let hasTParamError = false;
    if (!s.recv) {
      if (name === 'init' || (name === 'main' && c.pkg.name === 'main')) {
        if (tparam0) {
          c.softError(tparam0, `func ${name} must have no type parameters`);
          hasTParamError = true;
        }
        if (s.type.params.length > 0 || s.type.results.length > 0) {
          c.softError(s.name, `func ${name} must have no arguments and no return values`);
        }
      }
      // init functions cannot be referred to
      if (name === 'init') {
        obj.parent = c.pkg.scope;
        recordDef(s.name, obj);
        if (!s.body) c.softError(obj.pos, 'func init must have a body');
      } else declare(c, c.pkg.scope, s.name, obj, 0);
    } else {
      const { ptr, base } = unpackRecv(s.recv.type);
      if (base.kind === 'Ident' && name !== '_') this.methods.push({ obj, ptr, recv: base });
      recordDef(s.name, obj);
    }
    if (tparam0 && !hasTParamError) c.verifyVersion(tparam0, 18, 'type parameter');
    const d = this.info();
    d.fdecl = s;
    obj.decl = d;
    c.objMap.set(obj, d);
    obj.order = c.objMap.size;
  }
}

/** Language version that holds in a file: that of the module, or the one its //go:build line asks for. */
export function fileVersion(c: Checker, file: SourceFile): number {
  const own = parseVersion(file.goVersion);
  if (!own) return parseVersion(c.conf.goVersion);
  if (own > currentVersion) c.error(file.name, `file requires newer Go version ${versionString(own)}`);
  return Math.max(own, 21);
}

/** Puts the files' objects into objMap and the scopes, and attaches methods to their types' names. */
export function collectObjects(c: Checker): void {
  const first = c.files[0];
  if (!first) return;
  const col = new Collector(c, first);
  for (const f of c.files) col.collect(f);

  for (const scope of col.fileScopes) {
    for (const [name, obj] of scope.elems) {
      const alt = c.pkg.scope.lookup(name);
      if (!alt) continue;
      const err = new ErrorDesc();
      if (obj.tag === 'PkgName') {
        err.add(alt.pos, `${alt.name} already declared through import of ${packageString(obj.imported)}`);
        c.addAltDecl(err, obj);
      } else {
        err.add(alt.pos, `${alt.name} already declared through dot-import of ${packageString(obj.pkg!)}`);
        c.addAltDecl(err, obj);
      }
      c.report(err);
    }
  }

  c.methods = new Map();
  for (const m of col.methods) {
    const base = resolveBase(c, m.ptr, m.recv);
    if (!base) continue;
    m.obj.ptrRecv = base.ptr;
    const list = c.methods.get(base.name);
    if (list) list.push(m.obj);
    else c.methods.set(base.name, [m.obj]);
  }
}

function packageString(p: Package): string {
  return `package ${p.name} (${JSON.stringify(p.path)})`;
}

/** The defined type a receiver's identifier stands for, through aliases, in this package. */
function resolveBase(c: Checker, ptr: boolean, id: Ident): { ptr: boolean; name: TypeName } | null {
  const seen = new Set<TypeName>();
  for (let name: Ident | null = id; name; ) {
    const obj = c.pkg.scope.lookup(name.name);
    if (obj?.tag !== 'TypeName' || seen.has(obj)) return null;
    const spec: TypeSpec | null | undefined = c.objMap.get(obj)?.tdecl;
    if (!spec) return null;
    if (!spec.assign) return { ptr, name: obj };
    if (spec.tparams.length > 0) return null;
    seen.add(obj);
    let e = unparen(spec.type);
    if (e.kind === 'StarExpr') {
      if (ptr) return null;
      ptr = true;
      e = unparen(e.x);
    }
    name = e.kind === 'Ident' ? e : null;
  }
  return null;
}

/** The path an import literal spells. */
function importPath(lit: BasicLit): string | { err: string } {
  const v = constant.makeFromLiteral(lit.value, T.STRING);
  if (v.kind !== 'string') return { err: 'invalid syntax' };
  const path = new TextDecoder().decode(Uint8Array.from(constant.stringVal(v), (ch) => ch.charCodeAt(0)));
  if (path === '') return { err: 'empty string' };
  for (const ch of path) {
    if ('!"#$%&\'()*,:;<=>?[\\]^{|}`\uFFFD'.includes(ch) || !/[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(ch)) {
      return { err: `invalid character ${runeName(ch)}` };
    }
  }
  return path;
}

function runeName(ch: string): string {
  const hex = ch.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(ch) ? `U+${hex} '${ch}'` : `U+${hex}`;
}

/** Why no package can have that path; '' if one may. */
function unsuitable(path: string): string {
  if (path === 'main') return 'cannot import "main"';
  if (path.startsWith('/')) return 'import path cannot be absolute path';
  if (path.startsWith('.')) return '';
  const canonical = cleanPath(path);
  return canonical === path
    ? ''
    : `non-canonical import path ${JSON.stringify(path)} (should be ${JSON.stringify(canonical)})`;
}

/** The shortest path that leads to the same place. */
function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const p of path.split('/')) {
    if (p === '..' && parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop();
    else if (p !== '' && p !== '.') parts.push(p);
  }
  return parts.join('/') || '.';
}

function importPackage(c: Checker, at: BasicLit, path: string): Package {
  const imp = unsuitable(path) || c.conf.importer(path);
  if (typeof imp !== 'string') return imp;
  c.error(at, `could not import ${path} (${imp})`);
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path;
  const fake = new Package(path, trimmed.slice(trimmed.lastIndexOf('/') + 1), c.pkg.scope.parent!);
  fake.fake = true;
  return fake;
}

/** Declares everything that was collected, types first. */
export function packageObjects(c: Checker): void {
  const aliases: TypeName[] = [];
  const others: Obj[] = [];
  const names: TypeName[] = [];
  for (const obj of c.objMap.keys()) if (obj.tag === 'TypeName') names.push(obj);
  directCycles(c, names);
  for (const obj of c.objMap.keys()) {
    if (obj.tag !== 'TypeName') others.push(obj);
    else if (c.objMap.get(obj)!.tdecl!.assign) aliases.push(obj);
    else objDecl(c, obj);
  }
  for (const obj of aliases) objDecl(c, obj);
  for (const obj of others) objDecl(c, obj);
  c.methods = null;
}

/** Reports imports nothing refers to. */
export function unusedImports(c: Checker): void {
  for (const p of c.imports) {
    if (p.used || p.name === '_') continue;
    const path = p.imported.path;
    const elem = path.slice(path.lastIndexOf('/') + 1);
    const quoted = JSON.stringify(path);
    if (p.name === '' || p.name === '.' || p.name === elem) c.softError(p, `${quoted} imported and not used`);
    else c.softError(p, `${quoted} imported as ${p.name} and not used`);
  }
}
