// Finds and parses a package and all it imports.
//
// Guarantees: packages come in an order in which each follows those it imports; every package appears once; files are in the
// order of their names. Syntax errors go to `report` as they are found, everything else that is wrong becomes a LoadError.
// Source: behaviour and messages of the go command.

import { embedPatterns } from '../syntax/embedline.ts';
import type { ImportSpec, Pos, SourceFile } from '../syntax/nodes.ts';
import { parseFile } from '../syntax/parser.ts';
import type { FileSet } from '../syntax/position.ts';
import { type CoverMode, PackageCover } from './cover.ts';
import { type EmbeddedFile, embedFiles } from './embed.ts';
import { baseName, type Files, joinPath } from './files.ts';
import { forbidden, type HeaderError, headerError } from './header.ts';
import { defaultSettings, type ModSettings } from './mainmodules.ts';
import { type Importer, type Located, type Module, Modules } from './modules.ts';
import { dropDecls, findOverlay, type Overlay } from './overlay.ts';
import type { ModuleSource } from './source.ts';
import { BuildTags } from './tags.ts';
import { collectTests, noTests, type TestFuncs } from './testfuncs.ts';
import { type TestCover, testMain } from './testmain.ts';

export interface LoadConfig {
  readonly files: Files;
  readonly fset: FileSet;
  readonly goroot: string;
  /** folder of the overlays of standard packages */
  readonly overlays: string;
  /** a folder in the main module, or in the workspace */
  readonly dir: string;
  readonly settings?: ModSettings;
  /** where other modules come from; null if there are none */
  readonly source?: ModuleSource | null;
  /** build tags that hold besides the usual ones */
  readonly tags?: readonly string[];
  /** packages whose blocks count how often they run */
  readonly cover?: { readonly mode: CoverMode; readonly packages: ReadonlySet<string>; readonly where: string };
  /** packages that are given by their files, by the path they are imported under */
  readonly local?: ReadonlyMap<string, readonly string[]>;
  /** import path of the folder that "./name" means among these */
  readonly localPrefix?: string;
  /** files are compiled as gc does, without what the go command looks at before */
  readonly alone?: boolean;
  readonly report: (pos: Pos, msg: string) => void;
  /** told of each package before its files are read */
  readonly at?: (path: string) => void;
}

export interface LoadedPackage {
  readonly path: string;
  readonly dir: string;
  readonly files: SourceFile[];
  /** what its files import, as written and as found */
  readonly imports: ReadonlyMap<string, string>;
  /** language version of its module, '' for the newest */
  readonly goVersion: string;
  readonly standard: boolean;
  /** files that were left out because they import "C" */
  readonly cgo: readonly string[];
}

/** A package that cannot be loaded. */
export interface LoadError {
  /** of the import that asks for it, or 0 */
  readonly pos: Pos;
  readonly msg: string;
  /** of a package that is nowhere */
  readonly path?: string;
  /** packages that import each other, from the root on, where the message shows them */
  readonly stack?: readonly string[];
  /** a file whose beginning is malformed */
  readonly file?: { readonly name: string; readonly error: HeaderError };
  /** the package that was asked for has tests only */
  readonly onlyTests?: true;
  /** a file that imports "C", without which nothing is left of the package */
  readonly cgo?: string;
}

/** A file that is part of a package. */
interface Chosen {
  readonly name: string;
  readonly file: string;
  readonly src: Uint8Array;
  /** it is of the package's overlay */
  readonly own: boolean;
}

interface UnderTest {
  readonly path: string;
  /** what its own test files declare; null if it has none */
  inner: TestFuncs | null;
  outer: TestFuncs | null;
  readonly outerFiles: SourceFile[];
}

export class Loader {
  /** in dependency order */
  readonly packages: LoadedPackage[] = [];
  readonly errors: LoadError[] = [];
  readonly modules: Modules;
  /** packages that count, by path */
  readonly covers = new Map<string, PackageCover>();
  private readonly conf: LoadConfig;
  private readonly tags: BuildTags;
  private readonly byPath = new Map<string, LoadedPackage>();
  /** the package under test, of which the test files are loaded too; everything that imports it gets it with them */
  private underTest: UnderTest | null = null;
  /** what is loaded now was not written by anyone */
  private generated = false;
  /** folders of the standard library that files named one by one are in, by the path of their package */
  private readonly filesInStd = new Map<string, string>();
  /** packages being loaded, with the file that imports the next one */
  private readonly stack: { path: string; file: string }[] = [];

  constructor(conf: LoadConfig) {
    this.conf = conf;
    this.tags = new BuildTags(conf.tags);
    const { files, goroot, dir, settings = defaultSettings, source = null } = conf;
    this.modules = new Modules({ files, goroot, dir, settings, source });
  }

  private fail(pos: Pos, msg: string, stack?: readonly string[]): null {
    this.errors.push({ pos, msg, ...(stack && { stack }) });
    return null;
  }

  /** The files whose //go:debug lines count for the program: those of the main package, or of the package under test. */
  debugFiles(): readonly SourceFile[] {
    const t = this.underTest;
    const main = this.byPath.get(t ? t.path : (this.packages.at(-1)?.path ?? ''));
    return [...(main?.files ?? []), ...(t?.outerFiles ?? [])];
  }

  find(path: string): LoadedPackage | undefined {
    return this.byPath.get(path);
  }

  /** Loads the package of an import path. */
  load(path: string, pos: Pos = 0, importer: Importer | null = null): LoadedPackage | null {
    const known = this.byPath.get(path);
    if (known) return known;
    const local = this.conf.local?.get(path);
    if (local) return this.loadFiles(path, local);
    const at = this.modules.locate(path, importer);
    if (typeof at === 'string') {
      // what is said of the importing package has no place
      const ofImporter = importer && at.startsWith(`package ${importer.path} `);
      this.errors.push({ pos: ofImporter ? 0 : pos, msg: at, path });
      return null;
    }
    return this.loadDir(path, at, pos);
  }

  /** Loads the package in a folder; its import path is that in the main module, or `otherwise`. */
  loadFolder(dir: string, otherwise: string): LoadedPackage | null {
    const inStd = this.modules.standardPath(dir);
    if (inStd) return this.load(inStd);
    const path = this.modules.pathOf(dir) ?? otherwise;
    return this.byPath.get(path) ?? this.loadDir(path, { dir, module: this.modules.moduleOf(dir) }, 0);
  }

  /** From now on the package of that path is loaded with its test files. Must come before anything is loaded. */
  setUnderTest(path: string): void {
    this.underTest = { path, inner: null, outer: null, outerFiles: [] };
  }

  /** Loads the package under test and its external tests; the result is the program that runs them, or null if there are none. */
  loadTests(): LoadedPackage | 'no test files' | null {
    const t = this.underTest!;
    const own = this.load(t.path);
    if (this.errors.length > 0 || (!own && !t.outer)) return null;
    if (!t.inner && !t.outer) return 'no test files';
    const at = this.modules.locate(t.path) as Located;
    const version = at.module?.goVersion ?? '';
    if (t.outer && !this.finish(`${t.path}_test`, at.dir, t.outerFiles, version, at.module)) return null;
    this.coverOthers();
    const { path, inner, outer } = t;
    const text = testMain({ path, module: at.module?.path ?? '', inner, outer, cover: this.coverTable(t) });
    this.generated = true;
    return this.finish('main', at.dir, [this.generate(at.dir, text, '_testmain.go')], '', 'none');
  }

  private coverTable(t: UnderTest): TestCover | null {
    const { cover } = this.conf;
    if (!cover) return null;
    const packages = [...this.covers].map(([path, c]) => ({
      path,
      units: c.units,
      linked: this.byPath.has(path) && (path === t.path || this.byPath.get(path)!.files[0]!.name.name !== 'main'),
    }));
    return { mode: cover.mode, where: cover.where, packages };
  }

  /** Notes what a test file declares. Says whether it is of the package itself; otherwise it is of the external one. */
  private enterTests(t: UnderTest, f: SourceFile, src: Uint8Array): boolean {
    const external = f.name.name.endsWith('_test');
    if (external) {
      t.outer ??= noTests();
      t.outerFiles.push(f);
    } else t.inner ??= noTests();
    const funcs = external ? t.outer! : t.inner!;
    const base = this.conf.fset.file(f.pos)!.base;
    collectTests(f, src, base, funcs, (pos, msg) => {
      const { filename, line, column } = this.conf.fset.position(pos);
      this.fail(0, `${filename}:${line}:${column}: ${msg}`);
    });
    if (t.inner?.main && t.outer?.main && funcs.main) this.fail(f.pos, 'multiple definitions of TestMain');
    return !external;
  }

  /** External tests may import what the package itself may, and files named one by one what others in their folder may. */
  private visibleAs(from: string): string {
    const t = this.underTest;
    return t && from === `${t.path}_test` ? t.path : (this.filesInStd.get(from) ?? from);
  }

  /** Loads files as one package. */
  loadFiles(path: string, names: readonly string[]): LoadedPackage | null {
    const files: SourceFile[] = [];
    this.conf.at?.(path);
    for (const name of names) {
      const src = this.conf.files.read(name);
      if (!src) return this.fail(0, `open ${name}: no such file or directory`);
      if (this.malformed(name, src)) return null;
      files.push(parseFile(this.conf.fset, name, src, this.conf.report));
    }
    const dir = names[0] ? joinPath(names[0], '..') : '/';
    if (!this.conf.alone && this.twoPackages(files, dir, 0)) return null;
    const m = this.modules.moduleOf(dir);
    const inStd = this.modules.standardPath(dir);
    if (inStd) this.filesInStd.set(path, inStd);
    return this.finish(path, dir, files, m?.goVersion ?? '', m ?? 'none');
  }

  private loadDir(path: string, at: Located, pos: Pos): LoadedPackage | null {
    const { conf } = this;
    const standard = at.module === null;
    conf.at?.(path);
    const overlay = standard ? findOverlay(conf.files, conf.overlays, path) : null;
    const tested = this.underTest?.path === path ? this.underTest : null;
    const found = this.choose(at.dir, overlay, tested !== null);
    if (!found) return this.fail(pos, `package ${path}: cannot find ${at.dir}`);
    const { chosen, anyGo, anyTest } = found;
    const cover = this.newCover(path);
    const files: SourceFile[] = [];
    const cgo: string[] = [];
    for (const c of chosen) {
      if (!standard && this.malformed(c.file, c.src)) return null;
      const f = parseFile(conf.fset, c.file, c.src, conf.report);
      if (overlay && !c.own) dropDecls(f, overlay.dropDecls);
      if (f.imports.some((i) => importPath(i) === 'C')) {
        cgo.push(c.name);
        continue;
      }
      const test = tested && c.name.endsWith('_test.go') ? tested : null;
      if (!test) cover?.instrument(f, c.src);
      if (!test || this.enterTests(test, f, c.src)) files.push(f);
    }
    if (cover && cover.units.length > 0) files.push(this.generate(at.dir, cover.source(files[0]!.name.name)));
    if (files.length === 0 && tested?.outer) return null;
    if (files.length === 0) {
      if (anyGo) {
        const msg = `build constraints exclude all Go files in ${at.dir}`;
        this.errors.push({ pos: 0, msg, stack: this.importers(path), ...(cgo[0] && { cgo: cgo[0] }) });
        return null;
      }
      if (anyTest) {
        this.errors.push({
          pos: 0,
          msg: `${path}: no non-test Go files in ${at.dir}`,
          ...(this.stack.length === 0 && { onlyTests: true }),
        });
        return null;
      }
      return this.fail(pos, `${pos ? `package ${path}: ` : ''}no Go files in ${at.dir}`);
    }
    if (this.twoPackages(files, at.dir, pos)) return null;
    return this.finish(path, at.dir, files, at.module?.goVersion ?? '', at.module, cgo);
  }

  /** The files of a package, in the order of their names; null if there is no such folder. */
  private choose(
    folder: string,
    overlay: Overlay | null,
    tests: boolean,
  ): { chosen: Chosen[]; anyGo: boolean; anyTest: boolean } | null {
    const { conf } = this;
    const entries = conf.files.list(folder);
    if (!entries && !overlay) return null;
    const theirs = overlay?.system ? this.tags.on(overlay.system) : this.tags;
    let anyGo = false;
    let anyTest = false;
    const chosen: Chosen[] = [];
    const add = (dir: string, name: string, own: boolean): void => {
      if (!name.endsWith('.go') || name.startsWith('_') || name.startsWith('.')) return;
      if (name.endsWith('_test.go') && !tests) {
        anyTest = true;
        return;
      }
      anyGo = true;
      const tags = own ? this.tags : theirs;
      const taken = !own && overlay?.take.has(name);
      if (!taken && !tags.nameMatches(name)) return;
      const src = conf.files.read(joinPath(dir, name));
      if (src && (taken || tags.sourceMatches(src))) chosen.push({ name, file: joinPath(folder, name), src, own });
    };
    for (const e of entries ?? []) if (!e.dir && !replaced(overlay, e.name)) add(folder, e.name, false);
    if (overlay) for (const name of overlay.files) add(overlay.dir, name, true);
    chosen.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { chosen, anyGo, anyTest };
  }

  private newCover(path: string): PackageCover | null {
    const { cover } = this.conf;
    if (!cover?.packages.has(path)) return null;
    const c = new PackageCover(path, cover.mode, this.conf.fset);
    this.covers.set(path, c);
    return c;
  }

  /** Finds the blocks of packages that count but are not in the program. */
  private coverOthers(): void {
    for (const path of this.conf.cover?.packages ?? []) {
      if (this.covers.has(path)) continue;
      const at = this.modules.locate(path);
      const found = typeof at === 'string' ? null : this.choose(at.dir, null, false);
      const cover = found && this.newCover(path);
      for (const c of found?.chosen ?? [])
        if (!c.name.endsWith('_test.go'))
          cover?.instrument(
            parseFile(this.conf.fset, c.file, c.src, () => {}),
            c.src,
          );
    }
  }

  /** Parses a file that nobody wrote. */
  private generate(dir: string, text: string, name = '_cover.go'): SourceFile {
    return parseFile(this.conf.fset, joinPath(dir, name), new TextEncoder().encode(text), this.conf.report);
  }

  /** Reports a file whose beginning is malformed. */
  private malformed(name: string, src: Uint8Array): boolean {
    if (this.conf.alone) return false;
    const error = headerError(name, src);
    if (!error) return false;
    this.errors.push({ pos: 0, msg: error.msg, file: { name, error } });
    return true;
  }

  private twoPackages(files: readonly SourceFile[], dir: string, pos: Pos): boolean {
    const first = files[0]!;
    const other = files.find((f) => f.name.name !== first.name.name && f.name.name !== '_');
    if (!other || first.name.name === '_') return false;
    const name = (f: SourceFile): string => `${f.name.name} (${baseName(this.conf.fset.file(f.pos)?.name ?? '')})`;
    this.fail(pos, `found packages ${name(first)} and ${name(other)} in ${dir}`);
    return true;
  }

  /** The package and those that led to it. */
  private importers(path: string): string[] {
    return [...this.stack.map((s) => s.path), path];
  }

  /** Loads what the files import, then enters the package. module: null for the standard library. */
  private finish(
    path: string,
    dir: string,
    files: SourceFile[],
    goVersion: string,
    module: Module | 'none' | null,
    cgo: readonly string[] = [],
  ): LoadedPackage | null {
    const standard = module === null;
    const self = { path: this.visibleAs(path), module: module === 'none' ? null : module };
    const imports = new Map<string, string>();
    const entry = { path, file: '' };
    this.stack.push(entry);
    const wanted = this.importsOf(files);
    let ok = true;
    // of errors that are the package's own, the go command shows the first, after those of its imports
    let own: LoadError | null = null;
    for (const { written, spec, file } of wanted) {
      entry.file = file;
      const importer = { ...self, test: file.endsWith('_test.go') };
      const e = this.import(written, spec, path, standard, importer, imports);
      if (e === null) continue;
      ok = false;
      if (e !== 'reported') own ??= e;
    }
    if (own) this.errors.push(own);
    this.stack.pop();
    if (!this.conf.alone)
      for (const f of files) if (f.imports.some((i) => importPath(i) === 'embed')) this.checkEmbeds(f, dir);
    if (!ok) return null;
    const pkg: LoadedPackage = { path, dir, files, imports, goVersion, standard, cgo };
    this.byPath.set(path, pkg);
    this.packages.push(pkg);
    return pkg;
  }

  /** What files import, in the order of the paths, as the go command goes through it. */
  private importsOf(files: readonly SourceFile[]): { written: string; spec: ImportSpec; file: string }[] {
    const first = new Map<string, { written: string; spec: ImportSpec; file: string }>();
    for (const f of files) {
      const file = baseName(this.conf.fset.file(f.pos)?.name ?? '');
      for (const spec of f.imports) {
        const written = importPath(spec);
        if (written === '' || written === 'unsafe' || first.has(written)) continue;
        // the type checker's to report, when nobody has before
        if (this.conf.alone && (written.startsWith('/') || forbidden.test(written))) continue;
        first.set(written, { written, spec, file });
      }
    }
    return [...first.values()].sort((a, b) => (a.written < b.written ? -1 : 1));
  }

  /** null: imported. An error that is not reported yet is one of the package that imports. */
  private import(
    written: string,
    spec: ImportSpec,
    from: string,
    standard: boolean,
    importer: Importer,
    imports: Map<string, string>,
  ): LoadError | 'reported' | null {
    const path = this.resolve(written, from, standard);
    const cycle = this.stack.findIndex((s) => s.path === path);
    if (cycle >= 0) {
      this.fail(0, this.cycleText(cycle, path));
      return 'reported';
    }
    const pkg = this.load(path, spec.pos, importer);
    if (!pkg) return 'reported';
    const why = this.generated ? '' : internalError(this.visibleAs(from), path);
    if (why) return { pos: spec.pos, msg: why, stack: this.stack.map((s) => s.path) };
    if (pkg.files[0]!.name.name === 'main' && !this.conf.local?.has(path) && path !== this.underTest?.path)
      return { pos: spec.pos, msg: `import ${JSON.stringify(path)} is a program, not an importable package` };
    imports.set(written, path);
    return null;
  }

  /** Standard packages have their own copies of packages of other modules. */
  private resolve(written: string, from: string, standard: boolean): string {
    if (standard || from.startsWith('vendor/')) {
      const vendored = `vendor/${written}`;
      if (written.split('/', 1)[0]!.includes('.') && this.modules.isStandard(vendored)) return vendored;
    }
    if (this.conf.localPrefix && written.startsWith('./')) return `${this.conf.localPrefix}/${written.slice(2)}`;
    return written;
  }

  private cycleText(start: number, path: string): string {
    const lines = [`package ${this.stack[0]!.path}`];
    for (let i = 0; i < this.stack.length; i++) {
      const next = this.stack[i + 1]?.path ?? path;
      lines.push(`\timports ${next} from ${this.stack[i]!.file}`);
    }
    return start >= 0 ? `${lines.join('\n')}: import cycle not allowed` : lines.join('\n');
  }

  /** Reports patterns that name nothing. */
  private checkEmbeds(file: SourceFile, dir: string): void {
    for (const d of file.decls) {
      if (d.kind !== 'GenDecl') continue;
      for (const s of d.specs) {
        if (s.kind !== 'ValueSpec') continue;
        for (const p of embedPatterns(s.directives) ?? []) {
          const found = embedFiles(this.conf.files, dir, [p.text]);
          if (typeof found !== 'string') continue;
          this.fail(p.pos, found);
          return;
        }
      }
    }
  }

  /** The files named by //go:embed patterns in a package, or why there are none. */
  embed(pkg: LoadedPackage, patterns: readonly string[]): EmbeddedFile[] | string {
    return embedFiles(this.conf.files, pkg.dir, patterns);
  }
}

function replaced(overlay: Overlay | null, name: string): boolean {
  if (overlay === null) return false;
  return overlay.files.includes(name) || overlay.drop.has(name) || (overlay.only && !overlay.tests.has(name));
}

/** The path an import names; '' if the literal is malformed. */
export function importPath(spec: ImportSpec): string {
  const v = spec.path.value;
  if (spec.path.bad) return '';
  return v.startsWith('`') || !v.includes('\\') ? v.slice(1, -1) : '';
}

/** Why `from` may not import an internal package, or ''. */
function internalError(from: string, path: string): string {
  const parts = path.split('/');
  const i = parts.lastIndexOf('internal');
  if (i < 0) return '';
  const parent = parts.slice(0, i).join('/');
  const inStd = !parts[0]!.includes('.');
  const base = from.startsWith('vendor/') && inStd ? '' : from;
  if (parent === '' ? isStandardPath(from) : base === parent || base.startsWith(`${parent}/`)) return '';
  if (inStd && parent.startsWith('vendor/')) return '';
  return `use of internal package ${path} not allowed`;
}

/** A path of the standard library, going by its form. */
function isStandardPath(path: string): boolean {
  const first = path.split('/', 1)[0]!;
  return !first.includes('.') && path !== 'command-line-arguments' && first !== 'main';
}
