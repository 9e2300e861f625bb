// The stages in a row: load, check, lower, passes, emission and linking.
//
// Assumes: all of the outside world is in the request (files, folders, the runtime's code). Guarantees: either errors, package by
// package in the order the packages were checked, or a program; nothing is thrown for mistakes in the source.

import type { Program } from '../ir/ir.ts';
import { type Lowered, lowerProgram } from '../ir/lower/lower.ts';
import { emitProgram, SizeError } from '../link/program.ts';
import { StaleRuntime } from '../link/runtime.ts';
import { type CoverMode, unrunProfile } from '../load/cover.ts';
import { type Files, joinPath, RecordingFiles } from '../load/files.ts';
import { defaultGodebug } from '../load/godebug.ts';
import { ModError } from '../load/gomodsyntax.ts';
import { type LoadError, type LoadedPackage, Loader } from '../load/load.ts';
import type { ModSettings } from '../load/mainmodules.ts';
import type { ModuleSource } from '../load/source.ts';
import { FileSet } from '../syntax/position.ts';
import { type CheckedPackage, checkPackage } from '../types/api.ts';
import { ErrorList } from '../types/errors.ts';
import type { Package } from '../types/types.ts';
import { unsafePackage } from '../types/universe.ts';
import { Vetting } from '../vet/vet.ts';
import { needsAssembly, needsCgo, needsPlugins, staleRuntime, tooLarge } from './messages.ts';

export interface Target {
  /** Go files that make the package, or */
  readonly files?: readonly string[];
  /** its folder, or */
  readonly dir?: string;
  /** its import path */
  readonly path?: string;
  /** import path of a package whose tests make the program */
  readonly test?: string;
  /** whose blocks are counted in it; where: what the report adds to the percentage */
  readonly cover?: { readonly mode: CoverMode; readonly packages: readonly string[]; readonly where: string };
}

export type Stage = 'load' | 'check' | 'lower' | 'link';

export interface CompileRequest {
  readonly files: Files;
  /** current folder, which messages name files relative to */
  readonly cwd: string;
  readonly goroot: string;
  /** folder of the overlays of standard packages */
  readonly overlays: string;
  /** the module cache; '' for none */
  readonly modCache: string;
  readonly settings?: ModSettings;
  /** where modules come from that are not here; null if there are none */
  readonly source?: ModuleSource | null;
  readonly target: Target;
  readonly tags?: readonly string[];
  /** packages given by their files, by import path */
  readonly local?: ReadonlyMap<string, readonly string[]>;
  /** import path of the folder that "./name" means among these */
  readonly localPrefix?: string;
  /** no limit on the number of errors reported */
  readonly allErrors?: boolean;
  /** files are compiled as gc does, without what the go command looks at before */
  readonly alone?: boolean;
  /** packages other than main are not even compiled */
  readonly program?: boolean;
  /** functions without bodies are mistakes: no assembly defines them */
  readonly complete?: boolean;
  /** the package to compile counts as one of the standard library */
  readonly standard?: boolean;
  /** language version of files outside of a module, "go1.21" */
  readonly lang?: string;
  /** analyses that the package to compile, and its tests, are given once they are checked */
  readonly vet?: readonly string[];
  /** told which stage works on which package, before it does */
  readonly at?: (stage: Stage, path: string) => void;
}

export interface LinkRequest {
  /** runtime.wasm */
  readonly runtime: Uint8Array;
  /** functions of package runtime that the AssemblyScript runtime starts, in its order */
  readonly goExports: readonly string[];
  /** runtime exports that stay although neither the program nor the usual host calls them */
  readonly keep?: readonly string[];
  readonly names?: boolean;
  readonly verify?: boolean;
  /** for runtime/debug.ReadBuildInfo; '' if there is none */
  readonly modinfo?: string;
}

/** What is wrong with one package, in lines as gc prints them. */
export interface PackageErrors {
  readonly path: string;
  readonly lines: readonly string[];
  /** the package it is about, if that is another one, which could not be found */
  readonly about?: string;
  /** findings of a vetting of the package, which compiles, or of it with its tests */
  readonly vetted?: 'alone' | 'with tests';
  /** of a package without tests whose blocks would be counted: lines of a profile */
  readonly unrun?: readonly string[];
  /** the package is in order, but is no program or not a whole one */
  readonly link?: 'not main' | 'only tests' | 'no main function' | 'undefined symbols' | 'no test files' | 'not loaded';
}

export interface Front {
  readonly fset: FileSet;
  readonly packages: readonly CheckedPackage[];
  readonly main: CheckedPackage | null;
  readonly errors: readonly PackageErrors[];
  /** what the result depends on */
  readonly inputs: Pick<RecordingFiles, 'files' | 'dirs' | 'names'>;
  readonly loader: Loader | null;
  /** errors in bodies that were checked only when they were lowered */
  readonly lateErrors: () => readonly PackageErrors[];
}

/** Milliseconds each stage took. */
export type Timings = Map<string, number>;

interface Syntax {
  readonly pos: number;
  readonly msg: string;
}

/** Loads and checks the target and all it imports. */
export function checkTarget(req: CompileRequest, time: Timings = new Map()): Front {
  const files = new RecordingFiles(req.files);
  const fset = new FileSet();
  const start = performance.now();
  const syntax: Syntax[] = [];
  const dir = folderOf(req);
  const failed = (errors: PackageErrors[]): Front => ({
    fset,
    packages: [],
    main: null,
    errors,
    inputs: files,
    loader: null,
    lateErrors: () => [],
  });
  const loader = tryModules(req.cwd, () => newLoader(req, files, fset, (pos, msg) => syntax.push({ pos, msg })));
  if (Array.isArray(loader)) return failed([{ path: '', lines: loader }]);
  if (req.target.test !== undefined) loader.setUnderTest(req.target.test);
  const loaded = tryModules(req.cwd, () => {
    loader.load('runtime');
    return loadTarget(loader, req.target);
  });
  if (Array.isArray(loaded)) return failed([{ path: '', lines: loaded }]);
  const root = loaded === 'no test files' ? loader.find(req.target.test!)! : loaded;
  time.set('load', performance.now() - start);
  if (loader.errors.length > 0 && !(req.alone && syntax.length > 0)) {
    const lines = loader.errors.map((e) => loadErrorText(e, fset, req.cwd));
    const onlyTests = loader.errors.every((e) => e.onlyTests);
    if (onlyTests && req.program) return failed([notMain(loader.modules.pathOf(dir) ?? 'command-line-arguments')]);
    if (req.target.test) {
      const about = loader.errors[0]!.path;
      return failed([
        { path: req.target.test, lines: [...new Set(lines)], link: 'not loaded', ...(about && { about }) },
      ]);
    }
    return failed([{ path: '', lines: [...new Set(lines)], ...(onlyTests && { link: 'only tests' }) }]);
  }
  if (req.program && root && root.files[0]!.name.name !== 'main') return failed([notMain(root.path)]);
  const checkStart = performance.now();
  const checked = new CheckRun(req, fset, loader, root).run(syntax);
  if (checked.errors.length === 0 && root) checked.vet(loaded !== 'no test files');
  time.set('check', performance.now() - checkStart);
  if (loaded === 'no test files' && checked.errors.length === 0) {
    const units = loader.covers.get(req.target.test!)?.units ?? [];
    const unrun = units.length > 0 && { unrun: unrunProfile(units) };
    return failed([{ path: req.target.test!, lines: [], link: 'no test files', ...unrun }]);
  }
  const mainPackage = root ? (checked.byPath.get(root.path) ?? null) : null;
  return {
    fset,
    packages: [...checked.byPath.values()],
    main: mainPackage,
    errors: checked.errors,
    inputs: files,
    loader,
    lateErrors: () => checked.lateErrors(),
  };
}

function folderOf({ target, cwd }: CompileRequest): string {
  return target.dir ?? (target.files?.[0] ? joinPath(target.files[0], '..') : cwd);
}

/** Throws ModError. */
function newLoader(
  req: CompileRequest,
  files: Files,
  fset: FileSet,
  report: (pos: number, msg: string) => void,
): Loader {
  const { cover } = req.target;
  return new Loader({
    files,
    fset,
    goroot: req.goroot,
    overlays: req.overlays,
    dir: folderOf(req),
    ...(req.settings && { settings: req.settings }),
    ...(req.source && { source: req.source }),
    ...(req.tags && { tags: req.tags }),
    ...(req.local && { local: req.local }),
    ...(req.localPrefix && { localPrefix: req.localPrefix }),
    ...(req.alone && { alone: true }),
    ...(req.at && { at: (path) => req.at!('load', path) }),
    ...(cover && { cover: { ...cover, packages: new Set(cover.packages) } }),
    report,
  });
}

/** Import paths of what the program is made of, without those that cannot be loaded. */
export function listPackages(req: CompileRequest): string[] {
  const found = tryModules(req.cwd, () => {
    const loader = newLoader(req, req.files, new FileSet(), () => {});
    if (req.target.test !== undefined) loader.setUnderTest(req.target.test);
    loadTarget(loader, req.target);
    return loader;
  });
  return Array.isArray(found) ? [] : found.packages.map((p) => p.path);
}

/** What comes of it, or lines that say what is wrong with the modules. */
function tryModules<T>(cwd: string, f: () => T): T | string[] {
  try {
    return f();
  } catch (e) {
    if (e instanceof ModError) return modErrorLines(e, cwd);
    throw e;
  }
}

function loadTarget(loader: Loader, t: Target): LoadedPackage | 'no test files' | null {
  if (t.test !== undefined) return loader.loadTests();
  if (t.files) return loader.loadFiles('command-line-arguments', t.files);
  if (t.dir) return loader.loadFolder(t.dir, 'command-line-arguments');
  return loader.load(t.path!);
}

class CheckRun {
  readonly byPath = new Map<string, CheckedPackage>();
  readonly errors: PackageErrors[] = [];
  /** packages with syntax errors */
  private readonly unparsed = new Set<string>();
  /** packages without errors so far, of which some bodies are not checked */
  private readonly open: { path: string; list: ErrorList }[] = [];
  private readonly req: CompileRequest;
  private readonly fset: FileSet;
  private readonly loader: Loader;
  private readonly root: LoadedPackage | null;

  constructor(req: CompileRequest, fset: FileSet, loader: Loader, root: LoadedPackage | null) {
    this.req = req;
    this.fset = fset;
    this.loader = loader;
    this.root = root;
  }

  run(syntax: readonly Syntax[]): this {
    const lists = this.syntaxErrors(syntax);
    const bad = new Set<string>();
    for (const p of this.loader.packages) {
      const list = lists.get(p.path);
      if (list) lists.delete(p.path);
      if ([...p.imports.values()].some((i) => bad.has(i))) bad.add(p.path);
      else if (!this.check(p, list ?? this.list())) bad.add(p.path);
    }
    // files of packages that could not be loaded
    for (const [path, list] of lists) this.report(path, list);
    return this;
  }

  /** Has the package to compile, and its tests, looked at for what is hardly meant; packages without errors only. */
  vet(withTests: boolean): void {
    const { vet, target } = this.req;
    if (!vet || vet.length === 0) return;
    const vetted = withTests ? 'with tests' : 'alone';
    const vetting = new Vetting(this.fset, vet);
    const paths = target.test === undefined ? [this.root!.path] : [target.test, `${target.test}_test`];
    for (const p of this.loader.packages) {
      const checked = this.byPath.get(p.path);
      if (p.standard || !checked) continue;
      if (!paths.includes(p.path)) {
        vetting.dependency(checked);
        continue;
      }
      const lines = vetting.findings(checked).map(({ pos, msg }) => {
        const { filename, line, column } = this.fset.position(pos);
        return relative(`${filename}:${line}:${column}: `, this.req.cwd) + msg;
      });
      if (lines.length > 0) this.errors.push({ path: p.path, lines: [...new Set(lines)], vetted });
    }
  }

  lateErrors(): readonly PackageErrors[] {
    return this.open
      .filter((o) => o.list.count > 0)
      .map((o) => ({ path: o.path, lines: o.list.lines().map((l) => relative(l, this.req.cwd)) }));
  }

  private list(): ErrorList {
    return new ErrorList(this.fset, this.req.allErrors ? 0 : 10);
  }

  private report(path: string, list: ErrorList): void {
    const lines = list.lines().map((l) => relative(l, this.req.cwd));
    // what is undefined may be there
    const cgo = this.loader.find(path)?.cgo[0];
    if (cgo) lines.push(`package ${path}: ${needsCgo(cgo)}`);
    this.errors.push({ path, lines });
  }

  /** Syntax errors by the package of their file. */
  private syntaxErrors(syntax: readonly Syntax[]): Map<string, ErrorList> {
    const lists = new Map<string, ErrorList>();
    if (syntax.length === 0) return lists;
    const owner = new Map<number, string>();
    for (const p of this.loader.packages) for (const f of p.files) owner.set(f.pos, p.path);
    for (const s of syntax) {
      const path = owner.get(this.fset.file(s.pos)?.base ?? 0) ?? this.root?.path ?? '';
      let l = lists.get(path);
      if (!l) {
        l = this.list();
        lists.set(path, l);
      }
      l.add(s.pos, s.msg);
      if (s.msg.startsWith('syntax error')) this.unparsed.add(path);
    }
    return lists;
  }

  /** Checks a package unless it has syntax errors; malformed literals do not count as such. */
  private check(p: LoadedPackage, list: ErrorList): boolean {
    if (this.unparsed.has(p.path)) {
      this.report(p.path, list);
      return false;
    }
    const lazy = p.standard && p !== this.root;
    const assembly = !p.standard && (this.req.files.list(p.dir)?.some((e) => e.name.endsWith('.s')) ?? false);
    const why = (msg: string): string =>
      assembly && msg === 'missing function body' ? `${msg}: ${needsAssembly(p.path)}` : msg;
    this.req.at?.('check', p.path);
    const checked = checkPackage(
      {
        fset: this.fset,
        importer: (written) => this.imported(p, written),
        goVersion: p.goVersion || (p.standard ? '' : (this.req.lang ?? '')),
        error: (pos, msg) => list.add(pos, why(msg)),
        lazyBodies: lazy,
        ...((this.req.alone ? this.req.complete && p === this.root : !p.standard) && { complete: true }),
        standard: p.standard || (this.req.standard === true && p === this.root),
      },
      p.path,
      p.files,
    );
    checked.pkg.underTest = p.path === this.req.target.test;
    this.byPath.set(p.path, checked);
    if (list.count === 0) {
      if (lazy) this.open.push({ path: p.path, list });
      return true;
    }
    this.report(p.path, list);
    return false;
  }

  private imported(p: LoadedPackage, written: string): Package | string {
    if (written === 'unsafe') return unsafePackage;
    const path = p.imports.get(written) ?? written;
    return this.byPath.get(path)?.pkg ?? `package ${written} is not in std`;
  }
}

/** The release of the Go tree, "go1.26.1"; '' if it does not say. */
function goVersion(files: Files, goroot: string): string {
  const text = files.read(joinPath(goroot, 'VERSION'));
  return text ? new TextDecoder().decode(text).split('\n', 1)[0]! : '';
}

/** Makes a program of what was checked without errors. */
export function buildProgram(
  req: CompileRequest,
  front: Front,
  goExports: readonly string[],
  time: Timings = new Map(),
): Lowered {
  const start = performance.now();
  req.at?.('lower', front.main!.pkg.path);
  const byPackage = new Map<Package, LoadedPackage>();
  for (const c of front.packages) {
    const p = front.loader!.find(c.pkg.path);
    if (p) byPackage.set(c.pkg, p);
  }
  const lowered = lowerProgram(
    {
      fset: front.fset,
      packages: front.packages,
      main: front.main!,
      embed: (pkg, patterns) => {
        const found = front.loader!.embed(byPackage.get(pkg)!, patterns);
        return typeof found === 'string' ? [] : found;
      },
      settings: new Map([
        ['runtime.defaultGOROOT', req.goroot],
        ['runtime.buildVersion', goVersion(req.files, req.goroot)],
        [
          'runtime.godebugDefault',
          defaultGodebug(req.files, req.goroot, front.loader!.modules, front.loader!.debugFiles()),
        ],
        ['testing.testBinary', req.target.test === undefined ? '' : '1'],
      ]),
    },
    goExports,
  );
  time.set('lower', performance.now() - start);
  return lowered;
}

/** A program as a wasm module, or what is wrong. */
export function compile(
  req: CompileRequest,
  link: LinkRequest,
  time: Timings = new Map(),
): { wasm: Uint8Array | null; front: Front; errors: readonly PackageErrors[] } {
  const front = checkTarget(req, time);
  if (front.errors.length > 0 || !front.main) return { wasm: null, front, errors: front.errors };
  const { path, name } = front.main.pkg;
  if (name !== 'main') return { wasm: null, front, errors: [notMain(path)] };
  if (front.main.pkg.scope.lookup('main')?.tag !== 'Func') {
    return {
      wasm: null,
      front,
      errors: [
        {
          path,
          lines: ['runtime.main_main·f: function main is undeclared in the main package'],
          link: 'no main function',
        },
      ],
    };
  }
  let built: ReturnType<typeof buildProgram>;
  try {
    built = buildProgram(req, front, link.goExports, time);
  } catch (e) {
    // code with errors cannot be lowered
    const late = front.lateErrors();
    if (late.length > 0) return { wasm: null, front, errors: late };
    throw e;
  }
  const late = front.lateErrors();
  if (late.length > 0) return { wasm: null, front, errors: late };
  const { program, undefinedReferences } = built;
  if (built.errors.length > 0) {
    const lines = built.errors.map((e) => {
      const { filename, line, column } = front.fset.position(e.pos);
      return relative(`${filename}:${line}:${column}: ${e.msg}`, req.cwd);
    });
    return { wasm: null, front, errors: [{ path, lines }] };
  }
  if (program.funcs.some((f) => f.name === 'plugin.Open') && !front.loader!.find(path)?.standard)
    return { wasm: null, front, errors: [{ path, lines: [`package plugin: ${needsPlugins()}`] }] };
  if (undefinedReferences.length > 0) {
    const linked = req.target.test === undefined ? path : `${req.target.test}.test`;
    return { wasm: null, front, errors: [{ path: linked, lines: undefinedReferences, link: 'undefined symbols' }] };
  }
  const start = performance.now();
  req.at?.('link', path);
  const emitted = emit(program, link, front);
  time.set('link', performance.now() - start);
  return 'wasm' in emitted
    ? { wasm: emitted.wasm, front, errors: [] }
    : { wasm: null, front, errors: [{ path, lines: [emitted.why] }] };
}

function emit(program: Program, link: LinkRequest, front: Front): { wasm: Uint8Array } | { why: string } {
  const options = {
    fset: front.fset,
    goExports: link.goExports,
    ...(link.keep && { keep: link.keep }),
    ...(link.names !== undefined && { names: link.names }),
    ...(link.verify !== undefined && { verify: link.verify }),
  };
  try {
    return emitProgram(program, link.runtime, options);
  } catch (e) {
    if (e instanceof SizeError) return { why: tooLarge(e.bytes) };
    if (e instanceof StaleRuntime) return { why: staleRuntime() };
    throw e;
  }
}

/** Names of files in the current folder begin with "./" and those of files below and beside it are relative to it, as the go command prints them. */
function relative(line: string, cwd: string): string {
  const prefix = cwd.endsWith('/') ? cwd : `${cwd}/`;
  let out = '';
  let from = 0;
  for (let at = line.indexOf(prefix); at >= 0; at = line.indexOf(prefix, from)) {
    const begins = at === 0 || '\t( '.includes(line[at - 1]!);
    const rest = at + prefix.length;
    const below = /^[^:\s]*\//.test(line.slice(rest));
    out += line.slice(from, at) + (begins ? (below ? '' : './') : prefix);
    from = rest;
  }
  out += line.slice(from);
  return out.replace(
    /(^|[\t (])(\/[^\s:()]+)(?=:\d)/g,
    (_, before: string, path: string) => before + shortPath(path, cwd),
  );
}

const notMain = (path: string): PackageErrors => ({
  path: '',
  lines: [`package ${path} is not a main package`],
  link: 'not main',
});

/** What is wrong with modules, as the go command prints it. */
export function modErrorLines(e: ModError, cwd: string): string[] {
  const name = shortPath(e.file, cwd);
  if (e.faults.length > 0) return [`go: errors parsing ${name}:`, ...e.lines(name)];
  if (e.plain) return [e.message];
  if (e.message.startsWith('missing module declaration')) return [`go: error reading ${name}: ${e.message}`];
  if (e.message.startsWith('requires go')) return [`go: ${name} ${e.message}`];
  const ofWork = /^(cannot load )?module \/|^(error load|read)ing go\.work/.test(e.message);
  const paths = /((?:^|\n|module |open ))(\/[^\s:]+)/g;
  const text = ofWork ? e.message.replace(paths, (_, before, path) => before + shortPath(path, cwd)) : e.message;
  return [`go: ${text}`];
}

/** A load error as the go command prints it. */
function loadErrorText(e: LoadError, fset: FileSet, cwd: string): string {
  if (e.file) {
    const { name, error } = e.file;
    return `${error.absolute ? name : shortPath(name, cwd)}:${error.line}:${error.column}: ${error.msg}`;
  }
  const at = e.pos ? fset.position(e.pos) : null;
  const place = at ? `${shortPath(at.filename, cwd)}:${at.line}:${at.column}: ` : '';
  const stack = e.stack ? `package ${e.stack.join('\n\timports ')}${at ? '\n\t' : ': '}` : '';
  return stack + place + e.msg + (e.cgo ? `: ${needsCgo(e.cgo)}` : '');
}

/** The path relative to the current folder, if that is shorter. */
function shortPath(path: string, cwd: string): string {
  if (path === cwd) return '.';
  const to = path.split('/');
  const from = cwd === '/' ? [''] : cwd.split('/');
  let common = 0;
  while (common < from.length && common < to.length - 1 && from[common] === to[common]) common++;
  const short = '../'.repeat(from.length - common) + to.slice(common).join('/');
  return short.length < path.length ? short : path;
}
