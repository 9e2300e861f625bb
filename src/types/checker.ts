// The checker's state: one Checker a package, and the environment of the declaration or body it is in.
//
// Assumes: imported packages are complete. Guarantees: every error goes through report(); work that needs complete types
// goes through later() and is done at the end of the statement or declaration that asked for it.
// Source: Go specification; organised like go/types, so that its documentation applies.

import type { CallExpr, Directive, Expr, FuncDecl, Node, Pos, SourceFile, Stmt, TypeSpec } from '../syntax/nodes.ts';
import type { FileSet } from '../syntax/position.ts';
import type { Value } from './constant.ts';
import { ErrorDesc, posString } from './errors.ts';
import { exprString } from './exprstring.ts';
import type { MonoGraph } from './mono.ts';
import { Operand, operandString } from './operand.ts';
import { startPos } from './positions.ts';
import {
  type ArrayT,
  type Chan,
  type Func,
  type Interface,
  type Named,
  type Obj,
  ObjectBase,
  type Package,
  type PkgName,
  type Scope,
  type Signature,
  type Type,
  type TypeName,
  type Var,
} from './types.ts';
import { typeString } from './typestring.ts';
import { versionString } from './version.ts';

export interface Config {
  readonly fset: FileSet;
  /** the package of that import path, or why there is none */
  readonly importer: (path: string) => Package | string;
  /** language version of the module, "go1.21"; '' for the newest */
  readonly goVersion: string;
  readonly error: (pos: Pos, msg: string, soft: boolean) => void;
  /** check function bodies only when asked (checkFuncBody) */
  readonly lazyBodies: boolean;
  /** every function must have a body or a //go:linkname: the package has no assembly */
  readonly complete?: boolean;
  /** the package is one of the standard library, which may use directives that others may not */
  readonly standard?: boolean;
}

/** A declaration at package level, or of a method. */
export class DeclInfo {
  /** scope of the file it is in */
  readonly file: Scope;
  readonly source: SourceFile;
  /** language version of that file */
  readonly version: number;
  /** variables of `var a, b = f()` */
  lhs: Var[] | null = null;
  vtyp: Expr | null = null;
  init: Expr | null = null;
  /** the initialiser is that of an earlier constant */
  inherited = false;
  tdecl: TypeSpec | null = null;
  fdecl: FuncDecl | null = null;
  /** package-level objects the initialiser or body refers to */
  deps: Set<Obj> | null = null;
  /** body: 0 not checked, 1 being checked, 2 checked */
  body: 0 | 1 | 2 = 0;
  constructor(file: Scope, source: SourceFile, version: number) {
    this.file = file;
    this.source = source;
    this.version = version;
  }
}

/** What holds while one declaration or body is checked. */
export class Env {
  /** declaration that dependencies are recorded for */
  decl: DeclInfo | null;
  scope: Scope;
  version: number;
  iota: Value | null = null;
  /** where errors in an inherited constant initialiser are reported */
  errpos: Pos = 0;
  inTParamList = false;
  sig: Signature | null = null;
  /** calls of the predeclared panic, for the termination analysis */
  panics: Set<CallExpr> | null = null;
  hasLabel = false;
  hasCallOrRecv = false;
  /** see Var.level */
  level = 0;
  /** variables declared in the body, for the unused check */
  locals: Var[] | null = null;
  breakTarget: Stmt | null = null;
  continueTarget: Stmt | null = null;
  constructor(decl: DeclInfo | null, scope: Scope, version: number) {
    this.decl = decl;
    this.scope = scope;
    this.version = version;
  }
}

interface Action {
  readonly version: number;
  readonly run: () => void;
}

/** Whatever a message can point at. */
export type At = Pos | Operand | Node | ObjectBase;

export class Checker {
  readonly conf: Config;
  readonly fset: FileSet;
  readonly pkg: Package;
  readonly files: SourceFile[] = [];
  /** package-level objects and methods, in source order */
  readonly objMap = new Map<Obj, DeclInfo>();
  /** methods not yet attached to their base type */
  methods: Map<TypeName, Func[]> | null = null;
  imports: PkgName[] = [];
  /** package a name of a file scope was dot-imported through */
  dotImports: Map<Scope, Map<string, PkgName>> | null = null;
  readonly objPath: Obj[] = [];
  readonly objPathIdx = new Map<Obj, number>();
  /** types without type parameters that are known not to contain themselves */
  readonly validTypes = new Set<Named>();
  /** a constant or variable was met in its own declaration */
  valueCycle = false;
  /** interface types with methods or embedded elements */
  readonly interfaces: { readonly pos: Pos; readonly end: Pos; readonly type: Interface }[] = [];
  readonly chans: { readonly pos: Pos; readonly type: Chan }[] = [];
  readonly bigArrays: { readonly pos: Pos; readonly type: ArrayT }[] = [];
  /** go:embed directives in functions */
  readonly localEmbeds: Directive[] = [];
  readonly mono: MonoGraph;
  env: Env;
  hasErrors = false;
  private readonly delayed: Action[] = [];
  private names: Map<string, Set<string>> | null = null;

  constructor(conf: Config, pkg: Package, mono: MonoGraph, env: Env) {
    this.conf = conf;
    this.fset = conf.fset;
    this.pkg = pkg;
    this.mono = mono;
    this.env = env;
  }

  // Errors.

  pos(at: At): Pos {
    if (typeof at === 'number') return at;
    if (at instanceof Operand) return at.expr ? startPos(at.expr) : 0;
    if (at instanceof ObjectBase) return at.pos;
    return startPos(at);
  }

  error(at: At, msg: string): void {
    this.report(new ErrorDesc().add(this.pos(at), msg));
  }

  /** An error that does not keep the program from being understood. */
  softError(at: At, msg: string): void {
    const err = new ErrorDesc().add(this.pos(at), msg);
    err.soft = true;
    this.report(err);
  }

  versionError(at: At, version: number, what: string): void {
    this.error(at, `${what} requires ${versionString(version)} or later`);
  }

  report(err: ErrorDesc): void {
    const first = err.lines[0]!;
    if (this.hasErrors && (first.msg.indexOf('invalid operand') > 0 || first.msg.indexOf('invalid type') > 0)) return;
    const pos = this.env.errpos || first.pos;
    let msg = err.text(this.fset);
    if (/requires go[0-9]+\.[0-9]+ or later/.test(msg)) msg += this.versionHint(pos);
    this.hasErrors = true;
    this.conf.error(pos, msg, err.soft);
  }

  private versionHint(pos: Pos): string {
    const file = this.files.find((f) => f.pos <= pos && pos <= f.end);
    if (file?.goVersion) return ` (file declares //go:build ${file.goVersion})`;
    return ` (-lang was set to ${this.conf.goVersion}; check go.mod)`;
  }

  /** Adds "other declaration of x" where the position of x is known. */
  addAltDecl(err: ErrorDesc, obj: ObjectBase): void {
    if (obj.pos) err.add(obj.pos, `other declaration of ${obj.name}`);
  }

  // Versions.

  allowVersion(want: number): boolean {
    return this.env.version === 0 || this.env.version >= want;
  }

  /** Reports `what` if the language version is older than `want`. */
  verifyVersion(at: At, want: number, what: string): boolean {
    if (this.allowVersion(want)) return true;
    this.versionError(at, want, what);
    return false;
  }

  // Text.

  str(t: Type): string {
    return typeString(t, this.qualifier);
  }

  opstr(x: Operand): string {
    return operandString(this, x);
  }

  exprstr(e: Expr): string {
    return exprString(e);
  }

  posstr(pos: Pos): string {
    return posString(this.fset, pos);
  }

  /** How messages name a package: not at all if it is this one, by its path if another one has the same name. */
  readonly qualifier = (pkg: Package): string => {
    if (pkg === this.pkg) return '';
    if (!this.names) {
      this.names = new Map();
      this.markImports(this.pkg, new Set());
    }
    const paths = this.names.get(pkg.name);
    return paths && paths.size > 1 ? JSON.stringify(pkg.path) : pkg.name;
  };

  private markImports(pkg: Package, seen: Set<Package>): void {
    if (seen.has(pkg)) return;
    seen.add(pkg);
    const paths = this.names!.get(pkg.name);
    if (paths) paths.add(pkg.path);
    else this.names!.set(pkg.name, new Set([pkg.path]));
    for (const imp of pkg.imports) this.markImports(imp, seen);
  }

  // Work for later.

  /** Runs `run` when the current statement or declaration is done. */
  later(run: () => void): void {
    this.delayed.push({ version: this.env.version, run });
  }

  get delayedTop(): number {
    return this.delayed.length;
  }

  /** Runs what later() was given since delayedTop was `top`. */
  processDelayed(top: number): void {
    if (this.delayed.length <= top) return;
    const env = this.env;
    const saved = env.version;
    for (let i = top; i < this.delayed.length; i++) {
      const a = this.delayed[i]!;
      env.version = a.version;
      a.run();
    }
    this.delayed.length = top;
    env.version = saved;
  }

  // The path of declarations being checked.

  push(obj: Obj): void {
    this.objPathIdx.set(obj, this.objPath.length);
    this.objPath.push(obj);
  }

  pop(): void {
    this.objPathIdx.delete(this.objPath.pop()!);
  }

  // Scopes.

  lookup(name: string): Obj | null {
    for (let s: Scope | null = this.env.scope; s; s = s.parent) {
      const obj = s.elems.get(name);
      if (obj) return obj;
    }
    return null;
  }

  /** Notes that the declaration being checked needs `to` initialised. */
  addDeclDep(to: Obj): void {
    const from = this.env.decl;
    if (!from || to.pkg !== this.pkg || !this.objMap.has(to)) return;
    if (from.deps) from.deps.add(to);
    else from.deps = new Set([to]);
  }
}
