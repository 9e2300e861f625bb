// Package initialisation: variables in the checker's order, then init functions, packages after those they import.
//
// Guarantees: an initialiser that can run at compile time becomes static data (staticinit.ts); one whose variable nobody
// uses, and which can have no effect, is left out (effects.ts). All others run in the order the specification gives.
// Source: Go specification, "Package initialization", "Program initialization".

import { embedPatterns } from '../../syntax/embedline.ts';
import type { Expr, FuncLit, ValueSpec } from '../../syntax/nodes.ts';
import type { CheckedPackage, Initializer } from '../../types/api.ts';
import type { Package, Var } from '../../types/types.ts';
import { parseVersion } from '../../types/version.ts';
import { type DataSym, Func as IrFunc } from '../ir.ts';
import { Builder } from './builder.ts';
import { hasNoEffect } from './effects.ts';
import { embedInto } from './embed.ts';
import { initFunc, initVars } from './func.ts';
import { compareBytes, packagePath, symbolPrefix } from './names.ts';
import type { ProgramBuilder } from './program.ts';
import type { FuncState } from './state.ts';
import { initialiseStatically } from './staticinit.ts';
import { exprChildren } from './walk.ts';

interface Entry {
  readonly init: Initializer;
  state: 'unused' | 'static' | 'dynamic';
  code: IrFunc | null;
}

interface PackageInit {
  readonly checked: CheckedPackage;
  readonly entries: Entry[];
  /** number of first entries that are known to have no effect */
  quiet: number;
  literals: ReadonlyMap<FuncLit, string> | null;
  /** compiled init functions */
  readonly functions: IrFunc[];
}

export class Inits {
  /** runs the inits of package runtime and of all it imports */
  readonly runtimeInits = initCaller('runtime.runtime_inits');
  /** runs all others */
  readonly mainInits = initCaller('runtime.main_inits');
  private readonly p: ProgramBuilder;
  private readonly packages = new Map<Package, PackageInit>();
  private readonly entries = new Map<Var, { entry: Entry; checked: CheckedPackage }>();
  private readonly embeds = new Map<Var, string[]>();
  /** those of them whose contents are in the program */
  private readonly embedded = new Set<Var>();
  private readonly states = new Map<Package, FuncState>();
  private started = false;

  constructor(p: ProgramBuilder) {
    this.p = p;
    for (const checked of p.input.packages) {
      const info: PackageInit = { checked, entries: [], quiet: 0, literals: null, functions: [] };
      this.packages.set(checked.pkg, info);
      for (const init of checked.initOrder) {
        const entry: Entry = { init, state: 'unused', code: null };
        info.entries.push(entry);
        for (const v of init.lhs) this.entries.set(v, { entry, checked });
      }
      this.findEmbeds(checked);
    }
  }

  private findEmbeds(checked: CheckedPackage): void {
    for (const file of checked.files) {
      if (!file.imports.some((i) => i.path.value.slice(1, -1) === 'embed')) continue;
      for (const d of file.decls) {
        if (d.kind !== 'GenDecl') continue;
        for (const s of d.specs) if (s.kind === 'ValueSpec') this.findEmbed(s);
      }
    }
  }

  private findEmbed(s: ValueSpec): void {
    const patterns = embedPatterns(s.directives);
    const v = s.names[0]?.obj as Var | null;
    if (patterns && v && v.tag === 'Var')
      this.embeds.set(
        v,
        patterns.map((p) => p.text),
      );
  }

  /** A variable's storage is in the program now. */
  reached(v: Var): void {
    const patterns = this.embeds.get(v);
    if (patterns && !this.embedded.has(v)) {
      this.embedded.add(v);
      this.p.later(() => embedInto(this.p, v, this.p.globals.storage(v), patterns));
    }
    const e = this.entries.get(v);
    if (e) this.activate(e.entry, e.checked);
  }

  /** State in which function literals of package variables are lowered. */
  stateOf(pkg: Package): FuncState {
    const known = this.states.get(pkg);
    if (known) return known;
    const f: FuncState = initFunc(this.p, new IrFunc(`${symbolPrefix(pkg)}.init`), parseVersion(pkg.goVersion));
    f.literalNames = this.literalNames(this.packages.get(pkg)!);
    this.states.set(pkg, f);
    return f;
  }

  /** The static data a variable starts with, if it still has that value when `user` is initialised; else null. */
  firstValue(v: Var, user: Var): DataSym | null {
    const from = this.entries.get(v);
    const to = this.entries.get(user);
    if (!to || this.embeds.has(v)) return null;
    const info = this.packages.get(to.checked.pkg)!;
    const end = info.entries.indexOf(to.entry);
    for (; info.quiet < end && hasNoEffect(this.p, info.entries[info.quiet]!.init); info.quiet++);
    if (info.quiet < end) return null;
    if (!from) return this.p.globals.storage(v);
    if (from.entry.state === 'unused') {
      from.entry.state = initialiseStatically(this.p, from.entry.init) ? 'static' : 'unused';
    }
    return from.entry.state === 'static' ? this.p.globals.storage(v) : null;
  }

  /** All literals of a package's initialisers count as literals of one function, in the order of initialisation. */
  private literalNames(info: PackageInit): ReadonlyMap<FuncLit, string> {
    if (info.literals) return info.literals;
    const names = new Map<FuncLit, string>();
    const prefix = `${symbolPrefix(info.checked.pkg)}.init.func`;
    const visit = (e: Expr): void => {
      if (e.kind === 'FuncLit') names.set(e, `${prefix}${names.size + 1}`);
      else exprChildren(e, visit);
    };
    for (const e of info.entries) visit(e.init.rhs);
    info.literals = names;
    return names;
  }

  private activate(e: Entry, checked: CheckedPackage): void {
    if (e.state !== 'unused') return;
    e.state = 'dynamic';
    this.p.later(() => this.p.inPackage(checked.pkg, () => this.lower(e, checked)));
  }

  private lower(e: Entry, checked: CheckedPackage): void {
    if (initialiseStatically(this.p, e.init)) {
      e.state = 'static';
      return;
    }
    const fn = new IrFunc(`${symbolPrefix(checked.pkg)}.init`);
    fn.pos = e.init.lhs[0]?.pos ?? e.init.rhs.pos;
    fn.noinline = true;
    e.code = fn;
    this.p.addFunc(fn);
    const f = initFunc(this.p, fn, parseVersion(checked.pkg.goVersion));
    f.literalNames = this.literalNames(this.packages.get(checked.pkg)!);
    initVars(f, [...e.init.lhs], e.init.rhs);
    f.b.ret([]);
  }

  /** Once all else is lowered: what runs because of its effects. Says whether there is anything new to lower. */
  settle(): boolean {
    if (this.started) return false;
    this.started = true;
    for (const info of this.packages.values()) {
      for (const e of info.entries)
        if (e.state === 'unused' && !hasNoEffect(this.p, e.init)) this.activate(e, info.checked);
      for (const fn of info.checked.inits) {
        const code = this.p.funcFor(fn, []);
        info.functions.push(code);
      }
    }
    return true;
  }

  /** Writes the functions that run the initialisers. */
  finish(): void {
    const runtime = this.reachable(this.p.input.packages.find((c) => c.pkg.path === 'runtime')!.pkg);
    const first = new Builder(this.p, this.runtimeInits);
    const rest = new Builder(this.p, this.mainInits);
    for (const info of this.inOrder()) {
      const b = runtime.has(info.checked.pkg) ? first : rest;
      for (const e of info.entries) if (e.code) b.call(e.code, []);
      for (const f of info.functions) b.call(f, []);
    }
    first.ret([]);
    rest.ret([]);
    this.p.addFunc(this.runtimeInits);
    this.p.addFunc(this.mainInits);
  }

  private reachable(pkg: Package, found = new Set<Package>()): Set<Package> {
    if (found.has(pkg)) return found;
    found.add(pkg);
    for (const i of pkg.imports) this.reachable(i, found);
    return found;
  }

  /** Sorted by import path; the next is always the first one whose imports are all done. */
  private inOrder(): PackageInit[] {
    const waiting = [...this.packages.values()].sort((a, b) =>
      compareBytes(packagePath(a.checked.pkg), packagePath(b.checked.pkg)),
    );
    const done = new Set<Package>();
    const out: PackageInit[] = [];
    while (waiting.length > 0) {
      const i = waiting.findIndex((w) => w.checked.pkg.imports.every((x) => done.has(x) || !this.packages.has(x)));
      const next = waiting.splice(Math.max(i, 0), 1)[0]!;
      done.add(next.checked.pkg);
      out.push(next);
    }
    return out;
  }
}

function initCaller(name: string): IrFunc {
  const f = new IrFunc(name);
  f.wrapper = true;
  f.noinline = true;
  return f;
}
