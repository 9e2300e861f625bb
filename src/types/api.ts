// The checker's front door.
//
// checkPackage checks the declarations of a package, and the bodies of its functions unless they are to be checked when
// asked for (lazyBodies). The results are on the tree (record.ts) and in what is returned.

import type { SourceFile } from '../syntax/nodes.ts';
import { Checker, type Config, type DeclInfo, Env } from './checker.ts';
import { objDecl } from './decl.ts';
import { checkDirectives } from './directives.ts';
import { anonymousInterfaceCycles } from './ifacecycle.ts';
import { type Initializer, initOrder } from './initorder.ts';
import { setFuncDeclarer } from './lookup.ts';
import { MonoGraph } from './mono.ts';
import { collectObjects, packageObjects, unusedImports } from './resolver.ts';
import { checkFuncDecl } from './stmt.ts';
import { type Func, type Obj, Package } from './types.ts';
import { setPosText } from './typestring.ts';
import { universe } from './universe.ts';
import { currentVersion, parseVersion, versionString } from './version.ts';

export type { Config, DeclInfo, Initializer };

/** A checked package. */
export interface CheckedPackage {
  readonly pkg: Package;
  readonly files: readonly SourceFile[];
  /** package variables' initialisations, in order */
  readonly initOrder: readonly Initializer[];
  /** package-level objects and methods with their declarations, in source order */
  readonly decls: ReadonlyMap<Obj, DeclInfo>;
  /** functions named init, in order of files and positions */
  readonly inits: readonly Func[];
  /** Checks the body of a function or method declared in this package, if that has not been done. */
  readonly checkFuncBody: (fn: Func) => void;
  readonly hasErrors: () => boolean;
}

/** The declaration of a function or method; of an instance, that of the generic one. */
export function declOf(fn: Func): DeclInfo | null {
  return fn.origin.decl as DeclInfo | null;
}

/** Whether variables of for loops are new in each iteration, in a declaration of that file version (0: newest). */
export function perIterationLoopVars(version: number): boolean {
  return version === 0 || version >= 22;
}

/** Checks the files as the package with that import path. */
export function checkPackage(conf: Config, path: string, files: readonly SourceFile[]): CheckedPackage {
  const name = files.find((f) => f.name.name !== '_')?.name.name ?? '';
  const pkg = new Package(path, name, universe);
  pkg.goVersion = conf.goVersion;
  const c = new Checker(conf, pkg, new MonoGraph(), new Env(null, pkg.scope, 0));
  initFiles(c, files);
  const declarer = (f: Func): void => {
    if (f.type === null && c.objMap.has(f)) objDecl(c, f);
  };
  collectObjects(c);
  // after collectObjects, which may have had other packages checked
  useFor(c, declarer);
  packageObjects(c);
  c.processDelayed(0);
  const order = initOrder(c);
  if (!conf.lazyBodies) {
    unusedImports(c);
    if (!c.hasErrors) c.mono.check(c);
    if (!c.hasErrors) anonymousInterfaceCycles(c);
    if (!c.hasErrors) checkDirectives(c);
  }
  pkg.complete = true;

  const inits: Func[] = [];
  for (const [obj, d] of c.objMap) {
    if (obj.tag === 'Func' && obj.name === 'init' && d.fdecl && !d.fdecl.recv) inits.push(obj);
  }
  return {
    pkg,
    files: c.files,
    initOrder: order,
    decls: c.objMap,
    inits,
    checkFuncBody: (fn) => {
      useFor(c, declarer);
      c.env = new Env(null, pkg.scope, 0);
      checkFuncDecl(c, fn.origin);
      c.processDelayed(0);
    },
    hasErrors: () => c.hasErrors,
  };
}

/** Lets the types core know whose package is being checked. */
function useFor(c: Checker, declarer: (f: Func) => void): void {
  setFuncDeclarer(declarer);
  setPosText((obj) => c.posstr(obj.pos));
}

/** Takes the files that belong to the package, and reports the others. */
function initFiles(c: Checker, files: readonly SourceFile[]): void {
  let known = '';
  for (const f of files) {
    const name = f.name.name;
    if (known === '') {
      if (name !== '_') known = name;
      else c.error(f.name, 'invalid package name _');
    } else if (name !== known) {
      c.error(f.pos, `package ${name}; expected package ${known}`);
      continue;
    }
    c.files.push(f);
  }
  const v = parseVersion(c.conf.goVersion);
  if (v > currentVersion && files[0]) {
    const built = versionString(currentVersion);
    c.error(files[0], `package requires newer Go version ${versionString(v)} (application built with ${built})`);
  }
}
