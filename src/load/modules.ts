// From import paths to folders: the standard library, the main modules, the modules these require, vendor folders.
//
// Assumes: the source has every module, or says why not. Guarantees: a package that two modules provide is an error; the requirements of
// other modules are read only when the main module's own do not suffice, and modules are fetched only when a package may be in them. What
// makes everything else pointless (a hash that is not go.sum's, a vendor folder that contradicts go.mod) is thrown as a ModError.
// Source: "Go Modules Reference", resolving a package to a module; messages of the go command.

import { dirName, type Files, hasFile, joinPath } from './files.ts';
import { type GoMod, parseGoMod, type Version } from './gomod.ts';
import { ModError } from './gomodsyntax.ts';
import { GoSum, goModOf } from './gosum.ts';
import { defaultSettings, type MainModule, MainModules, type ModSettings } from './mainmodules.ts';
import { ModuleGraph, type Requirements, versionName } from './modgraph.ts';
import { compareGo, compareVersions } from './semver.ts';
import { type ModuleSource, unavailable } from './source.ts';
import { Vendored } from './vendor.ts';

/** A module whose packages can be imported. */
export interface Module {
  readonly path: string;
  /** '' for a main module */
  readonly version: string;
  readonly dir: string;
  /** language version "go1.21" */
  readonly goVersion: string;
}

export interface Located {
  readonly dir: string;
  /** null for the standard library */
  readonly module: Module | null;
}

/** The package that imports another one. */
export interface Importer {
  readonly path: string;
  readonly module: Module | null;
  readonly test: boolean;
}

export interface ModulesConfig {
  readonly files: Files;
  readonly goroot: string;
  /** a folder in the module, or in the workspace */
  readonly dir: string;
  readonly settings?: ModSettings;
  /** null if there is nothing but the main modules and folders */
  readonly source?: ModuleSource | null;
}

/** A module's files and its go.mod. */
interface Fetched {
  readonly dir: string;
  readonly local: boolean;
}

/** Why something is not there. */
interface Absent {
  readonly error: string;
  /** it is that go.sum has no line for it */
  readonly noSum?: true;
}

const prefixes = function* (path: string): Generator<string> {
  for (let p = path; ; p = p.slice(0, p.lastIndexOf('/'))) {
    yield p;
    if (!p.includes('/')) return;
  }
};

export class Modules {
  /** of the folder that was given, or the first one; null outside of any module */
  readonly main: Module | null = null;
  readonly mains: MainModules;
  /** -mod in effect */
  readonly mode: 'readonly' | 'mod' | 'vendor' = 'readonly';
  readonly sums = new GoSum();
  /** lines that are missing in go.sum, of what was fetched nonetheless */
  readonly newSums = new Map<string, string>();
  private readonly conf: ModulesConfig;
  private readonly mainOf = new Map<MainModule, Module>();
  /** why a vendor folder decides, or does not */
  private readonly reason: string = '';
  private readonly vendored: Vendored | null = null;
  private readonly vendorDir: string = '';
  /** versions that go.mod asks for */
  private readonly roots = new Map<string, string>();
  private wholeGraph: ModuleGraph | null = null;
  private readonly located = new Map<string, Located>();
  private readonly fetched = new Map<string, Fetched | Absent>();
  private readonly goMods = new Map<string, GoMod | Absent>();

  constructor(conf: ModulesConfig) {
    this.conf = conf;
    const settings = conf.settings ?? defaultSettings;
    this.mains = new MainModules(conf.files, conf.dir, settings);
    for (const m of this.mains.list)
      this.mainOf.set(m, { path: m.path, version: '', dir: m.dir, goVersion: languageOf(m.mod) });
    const first = this.mains.containing(conf.dir) ?? this.mains.list[0];
    if (!first) return;
    this.main = this.mainOf.get(first)!;
    this.checkGo();
    this.readSums();
    this.vendorDir = joinPath(this.mains.workFile ? dirName(this.mains.workFile) : first.dir, 'vendor');
    [this.mode, this.reason] = this.chooseMode(settings.mod);
    for (const m of this.mains.list) {
      this.roots.set(m.path, '');
      if (this.mains.work) continue;
      for (const r of this.requirementsOf(m.mod).require) {
        const v = this.roots.get(r.path);
        if (v === undefined || (v !== '' && compareVersions(v, r.version) < 0)) this.roots.set(r.path, r.version);
      }
    }
    if (this.mode === 'vendor') {
      this.vendored = new Vendored(conf.files.read(joinPath(this.vendorDir, 'modules.txt')));
      this.checkVendored(this.vendored);
    }
  }

  /** Does a module, or the workspace, want a newer Go than the sources are? */
  private checkGo(): void {
    const { work, workFile, list } = this.mains;
    const wants = work ? [[workFile!, work.go]] : list.map((m) => [m.file, m.mod.go]);
    for (const [file, go] of wants) {
      const why = this.tooNew(go!);
      if (why) throw new ModError(file!, [], `${why}; GOTOOLCHAIN=local)`);
    }
  }

  /** What is said of a module that wants a newer Go, '' if the Go there is will do. The parenthesis is left open. */
  private tooNew(go: string): string {
    const { files, goroot } = this.conf;
    const text = files.read(joinPath(goroot, 'VERSION'));
    const running = (text ? new TextDecoder().decode(text).split('\n', 1)[0]! : '').replace(/^go/, '');
    if (running === '' || go === '' || compareGo(go, running) <= 0) return '';
    return `requires go >= ${go} (running go ${running}`;
  }

  /** The file that new sums go into, null outside of any module. */
  sumFile(): string | null {
    const { workFile, list } = this.mains;
    return workFile ? `${workFile}.sum` : (list[0]?.file.replace(/(\.mod)?$/, '.sum') ?? null);
  }

  private readSums(): void {
    const files = this.mains.list.map((m) => m.file.replace(/(\.mod)?$/, '.sum'));
    if (this.mains.workFile) files.push(`${this.mains.workFile}.sum`);
    for (const f of files) {
      const src = this.conf.files.read(f);
      if (src) this.sums.add(f, src);
    }
  }

  private chooseMode(asked: string): [Modules['mode'], string] {
    const { work } = this.mains;
    if (asked !== '') {
      if (asked !== 'readonly' && asked !== 'mod' && asked !== 'vendor')
        throw new ModError('', [], `-mod=${asked} not supported (can be '', 'mod', 'readonly', or 'vendor')`);
      if (work && asked === 'mod')
        throw new ModError(
          '',
          [],
          `-mod may only be set to readonly or vendor when in workspace mode, but it is set to "mod"\n\tRemove the -mod flag to use the default readonly value, \n\tor set GOWORK=off to disable workspace mode.`,
        );
      return [asked, ''];
    }
    if (!this.conf.files.list(this.vendorDir)) return ['readonly', ''];
    const source = work ? 'go.work' : 'go.mod';
    const go = work ? work.go : this.mains.list[0]!.mod.go;
    if (go === '') return ['readonly', `Go version in ${source} is unspecified, so vendor directory was not used.`];
    if (compareGo(go, '1.14') < 0)
      return ['readonly', `Go version in ${source} is ${go}, so vendor directory was not used.`];
    const { workspace } = new Vendored(this.conf.files.read(joinPath(this.vendorDir, 'modules.txt')));
    if (workspace && !work) return ['readonly', 'Outside workspace mode, but vendor directory is for a workspace.'];
    if (!workspace && work) return ['readonly', 'In workspace mode, but vendor directory is not for a workspace'];
    return ['vendor', `Go version in ${source} is at least 1.14 and vendor directory exists.`];
  }

  private checkVendored(vendored: Vendored): void {
    const { list, work, workFile } = this.mains;
    const mains = list.map((m) => ({ require: m.mod.require, replace: m.mod.replace }));
    if (work) mains.push({ require: [], replace: work.replace });
    const found = vendored.differences(mains, list[0]!.mod.go, work ? 'go.work' : 'go.mod', work !== null);
    if (found.length === 0) return;
    throw new ModError(
      workFile ?? list[0]!.file,
      [],
      `inconsistent vendoring in ${dirName(this.vendorDir)}:${found.join('')}\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n\tTo sync the vendor directory, run:\n\t\tgo ${work ? 'work' : 'mod'} vendor`,
    );
  }

  isStandard(path: string): boolean {
    return this.hasGoFiles(joinPath(this.conf.goroot, 'src', path));
  }

  /** The import path of a folder of the standard library, or null. */
  standardPath(dir: string): string | null {
    const src = joinPath(this.conf.goroot, 'src');
    return dir.startsWith(`${src}/`) ? dir.slice(src.length + 1) : null;
  }

  private hasGoFiles(dir: string): boolean {
    return this.conf.files.list(dir)?.some((e) => !e.dir && e.name.endsWith('.go')) ?? false;
  }

  /** The folder of a package, or why there is none. */
  locate(path: string, importer: Importer | null = null): Located | string {
    const known = this.located.get(path);
    if (known) return known;
    const found = this.find(path, importer);
    if (typeof found !== 'string') this.located.set(path, found);
    return found;
  }

  private find(path: string, importer: Importer | null): Located | string {
    const first = path.split('/', 1)[0]!;
    if (path.includes('@')) return `import path ${JSON.stringify(path)} should not have @version`;
    if (/^\.\.?(\/|$)/.test(path))
      return `"${path}" is relative, but relative import paths are not supported in module mode`;
    if (path.startsWith('/')) return `"${path}" is not a package path; see 'go help packages'`;
    const std = joinPath(this.conf.goroot, 'src', path);
    if (!first.includes('.') && this.hasGoFiles(std)) return { dir: std, module: null };
    if (this.vendored) return this.findVendored(path, std, this.vendored);
    const whole = this.main !== null && !this.pruned() && !this.mains.work;
    let candidates = whole ? null : this.candidates(path, (p) => this.roots.get(p), importer);
    if (candidates === null && this.main) {
      const graph = this.graph();
      if (graph.error && whole) throw new ModError('', [], graph.error);
      if (graph.error) return graph.error;
      candidates = this.candidates(path, (p) => graph.selected(p), importer);
      if (whole && candidates && typeof candidates !== 'string') {
        const { path: module, version } = candidates.module!;
        if (!this.roots.has(module) && importer && this.mode !== 'mod' && this.isMain(importer.module))
          return `package ${importer.path} imports ${path} from implicitly required module; to add missing requirements, run:\n\tgo get ${module}@${version}`;
      }
      // what is imported must be required by go.mod itself, where that is meant to be whole
      if (candidates && typeof candidates !== 'string' && this.pruned() && !this.mains.work) this.needsUpdate();
    }
    return candidates ?? this.missing(path, std, importer);
  }

  private isMain(m: Module | null): boolean {
    return m !== null && [...this.mainOf.values()].includes(m);
  }

  /** go.mod does not say what it should. */
  private needsUpdate(): void {
    if (this.mode === 'mod') return;
    const asked = this.conf.settings?.mod ? `, disabled by -mod=${this.mode}` : '';
    throw new ModError('', [], `updates to go.mod needed${asked}; to update it:\n\tgo mod tidy`);
  }

  /** Does go.mod name all modules whose packages are in use? */
  pruned(): boolean {
    const go = this.mains.list[0]?.mod.go ?? '';
    return go !== '' && compareGo(go, '1.17') >= 0;
  }

  /** The package, of all modules that may hold it; null if none does. */
  private candidates(
    path: string,
    selected: (module: string) => string | undefined,
    importer: Importer | null,
  ): Located | string | null {
    const found: Located[] = [];
    const noSums: string[] = [];
    for (const prefix of prefixes(path)) {
      const version = selected(prefix);
      if (version === undefined) continue;
      const m = { path: prefix, version };
      const at = this.fetch(m);
      if ('error' in at) {
        if (!at.noSum) return at.error;
        noSums.push(prefix);
        continue;
      }
      const dir = this.dirInModule(path, prefix, at);
      if (dir !== null) found.push({ dir, module: { ...m, dir: at.dir, goVersion: '' } });
    }
    if (found.length > 1) {
      const lines = found
        .reverse()
        .map(({ dir, module: m }) => `\n\t${m!.path}${m!.version && ` ${m!.version}`} (${dir})`);
      return `ambiguous import: found package ${path} in multiple modules:${lines.join('')}`;
    }
    if (noSums.length > 0) return this.missingSum(path, found.length > 0, noSums.reverse(), importer);
    if (found.length === 0) return null;
    const { dir, module } = found[0]!;
    const main = [...this.mainOf.values()].find((m) => m.path === module!.path && module!.version === '');
    if (main) return { dir, module: main };
    const mod = this.goMod(module!);
    if ('error' in mod) return mod.error;
    this.checkRoots(mod);
    return { dir, module: { ...module!, goVersion: languageOf(mod) } };
  }

  /** A module that is used may not want more of another than go.mod gives it. */
  private checkRoots(mod: GoMod): void {
    if (!this.pruned() || this.mains.work) return;
    for (const r of this.requirementsOf(mod).require) {
      const v = this.roots.get(r.path);
      if (v !== undefined && v !== '' && compareVersions(v, r.version) < 0) this.needsUpdate();
    }
  }

  private missingSum(path: string, found: boolean, modules: readonly string[], importer: Importer | null): string {
    const by = importer ? ` (imported by ${importer.path})` : '';
    const what = found
      ? `needed to verify package ${path}${by} is provided by exactly one module`
      : `for module providing package ${path}${by}`;
    const version = importer?.module?.version ? `@${importer.module.version}` : '';
    const command = importer
      ? `go get${importer.test ? ' -t' : ''} ${importer.path}${version}`
      : `go mod download ${modules.join(' ')}`;
    return `missing go.sum entry ${what}; to add:\n\t${command}`;
  }

  private findVendored(path: string, std: string, vendored: Vendored): Located | string {
    const found: Located[] = [];
    for (const m of this.mains.list) {
      const dir = this.dirInModule(path, m.path, { dir: m.dir, local: true });
      if (dir !== null) found.push({ dir, module: this.mainOf.get(m)! });
    }
    const dir = joinPath(this.vendorDir, path);
    const m = vendored.packages.get(path);
    const listed = m !== undefined || compareGo(this.mains.work?.go || this.mains.list[0]!.mod.go, '1.23') < 0;
    if (listed && this.hasGoFiles(dir)) {
      const go = m ? vendored.goVersion(m) : '';
      const module = {
        path: m?.path ?? path,
        version: m?.version ?? '',
        dir: this.vendorDir,
        goVersion: `go${go || '1.16'}`,
      };
      found.push({ dir, module });
    }
    if (found.length > 1)
      return `ambiguous import: found package ${path} in multiple directories:${found.map((f) => `\n\t${f.dir}`).join('')}`;
    return found[0] ?? this.missing(path, std, null);
  }

  /** The folder of a package in a module that is there, null if it has none. */
  private dirInModule(path: string, module: string, at: Fetched): string | null {
    if (path !== module && !path.startsWith(`${module}/`)) return null;
    const dir = joinPath(at.dir, path.slice(module.length));
    // a folder below may be a module of its own; in the cache, such are left out
    if (at.local)
      for (let d = dir; d.length > at.dir.length; d = dirName(d))
        if (hasFile(this.conf.files, joinPath(d, 'go.mod'))) return null;
    return this.hasGoFiles(dir) ? dir : null;
  }

  private missing(path: string, std: string, importer: Importer | null): string {
    if (!path.split('/', 1)[0]!.includes('.')) {
      const replaced = this.mode === 'readonly' ? this.replacedOnly(path) : null;
      return replaced ?? `package ${path} is not in std (${std})`;
    }
    if (!this.main)
      return `no required module provides package ${path}: go.mod file not found in current directory or any parent directory; see 'go help modules'`;
    const asked = this.conf.settings?.mod ?? '';
    if (this.mode === 'mod') return `cannot find module providing package ${path}`;
    const replaced = this.mode === 'readonly' ? this.replacedOnly(path) : null;
    if (replaced) return replaced;
    if (asked !== '')
      return `cannot find module providing package ${path}: import lookup disabled by -mod=${this.mode}`;
    if (this.reason !== '')
      return `cannot find module providing package ${path}: import lookup disabled by -mod=${this.mode}\n\t(${this.reason})`;
    const from = importer?.module;
    const away = from && from.version === '' && from !== this.main ? `\tcd ${from.dir}\n` : '';
    return `no required module provides package ${path}; to add it:\n${away}\tgo get ${path}`;
  }

  /** A module that replaces another but is not required may have the package. */
  private replacedOnly(path: string): string | null {
    for (const prefix of prefixes(path)) {
      const newest = this.mains.highestReplaced.get(prefix);
      if (newest === undefined || this.roots.has(prefix)) continue;
      const version = newest || `${/\/(v\d+)$/.exec(prefix)?.[1] ?? 'v0'}.0.0-00010101000000-000000000000`;
      const at = this.fetch({ path: prefix, version });
      if ('error' in at) return at.noSum ? `missing go.sum entry for module providing package ${path}` : at.error;
      if (this.dirInModule(path, prefix, at) === null) continue;
      const arg = newest ? `${prefix}@${newest}` : prefix;
      return `module ${prefix} provides package ${path} and is replaced but not required; to add it:\n\tgo get ${arg}`;
    }
    return null;
  }

  private mustHaveSums(): boolean {
    return this.main !== null && this.mode === 'readonly' && !this.mains.work;
  }

  /** The folder of a module in use, or of what replaces it. */
  fetch(m: Version): Fetched | Absent {
    const name = versionName(m);
    const known = this.fetched.get(name);
    if (known) return known;
    const got = this.fetchNew(m);
    this.fetched.set(name, got);
    return got;
  }

  private fetchNew(m: Version): Fetched | Absent {
    if (m.version === '') {
      const main = this.mains.list.find((x) => x.path === m.path);
      if (main) return { dir: main.dir, local: true };
    }
    const r = this.mains.replacement(m);
    if (r?.dir) {
      if (this.conf.files.list(r.dir)) return { dir: r.dir, local: true };
      return { error: `${versionName(m)}: replacement directory ${r.path} does not exist` };
    }
    const actual = r ?? m;
    const sums = this.sums.of(actual);
    if (this.mustHaveSums() && !this.sums.has(actual))
      return { error: `${versionName(actual)}: missing go.sum entry`, noSum: true };
    if (!this.conf.source) return { error: `${versionName(actual)}: module lookup disabled` };
    const got = this.conf.source.folder(actual, sums);
    if (unavailable(got)) return got;
    this.note(actual, sums, got.sum);
    return { dir: got.dir, local: false };
  }

  private note(m: Version, sums: readonly string[], sum: string): void {
    if (!sums.includes(sum)) this.newSums.set(`${m.path} ${m.version}`, sum);
  }

  /** The go.mod of a module in use, or of what replaces it. */
  private goMod(m: Version): GoMod | Absent {
    const name = versionName(m);
    let mod = this.goMods.get(name);
    if (!mod) {
      mod = this.readGoMod(m);
      this.goMods.set(name, mod);
    }
    return mod;
  }

  private readGoMod(m: Version): GoMod | Absent {
    const r = this.mains.replacement(m);
    const actual = r ?? m;
    const name = versionName(actual);
    let file = 'go.mod';
    let data: Uint8Array;
    if (r?.dir) {
      file = joinPath(r.dir, 'go.mod');
      const src = this.conf.files.read(file);
      if (!src)
        return {
          error: `module ${name}: reading ${joinPath(r.path, 'go.mod')}: open ${file}: no such file or directory`,
        };
      data = src;
    } else {
      const key = goModOf(actual);
      if (this.mustHaveSums() && !this.sums.has(key))
        return {
          error: `${name}: missing go.sum entry for go.mod file; to add it:\n\tgo mod download ${m.path}`,
          noSum: true,
        };
      if (!this.conf.source) return { error: `${name}: module lookup disabled` };
      const got = this.conf.source.goMod(actual, this.sums.of(key));
      if (unavailable(got)) return got;
      this.note(key, this.sums.of(key), got.sum);
      data = got.data;
    }
    let mod: GoMod;
    try {
      mod = parseGoMod(file, data, false);
    } catch (e) {
      if (!(e instanceof ModError)) throw e;
      const shown = r?.dir ? joinPath(r.path, 'go.mod') : 'go.mod';
      return { error: `${r?.dir ? 'module ' : ''}${name}: parsing ${shown}: ${e.lines(file).join('\n')}` };
    }
    if (!r?.dir) {
      if (mod.module === '') return { error: `${name}: parsing go.mod: missing module line` };
      if (mod.module !== m.path && mod.module !== actual.path)
        return {
          error: `${name}: parsing go.mod:\n\tmodule declares its path as: ${mod.module}\n\t        but was required as: ${m.path}`,
        };
    }
    const why = this.tooNew(mod.go);
    return why ? { error: `module ${name} ${why})` } : mod;
  }

  /** What a module requires, without what a main module excludes. */
  private requirementsOf(mod: GoMod): Requirements {
    return {
      require: mod.require.filter((r) => !this.mains.excluded(r)),
      go: mod.go,
      pruned: mod.go !== '' && compareGo(mod.go, '1.17') >= 0,
    };
  }

  /** The graph of all requirements; its error says why it is not whole. Throws a ModError if it contradicts go.mod. */
  graph(): ModuleGraph {
    if (this.wholeGraph) return this.wholeGraph;
    const g = new ModuleGraph({
      mains: this.mains.list.map((m) => ({ path: m.path, requirements: this.requirementsOf(m.mod) })),
      workspace: this.mains.work !== null,
      read: (m) => {
        const mod = this.goMod(m);
        return 'error' in mod ? mod.error : this.requirementsOf(mod);
      },
      expect: (ms) => {
        if (!this.conf.source) return;
        const wanted = ms
          .map((m) => this.mains.replacement(m) ?? { ...m, dir: '' })
          .filter((m) => !m.dir && (!this.mustHaveSums() || this.sums.has(goModOf(m))));
        this.conf.source.expect(
          wanted.map(({ path, version }) => ({ path, version })),
          (m) => this.sums.of(m),
        );
      },
    });
    this.wholeGraph = g;
    if (!g.error && !this.mains.work)
      for (const [path, version] of this.roots) if (version !== '' && g.selected(path) !== version) this.needsUpdate();
    return g;
  }

  /** The import path of a folder, if it is in a main module. */
  pathOf(dir: string): string | null {
    const m = this.mains.containing(dir);
    if (!m) return null;
    return dir === m.dir ? m.path : `${m.path}${dir.slice(m.dir === '/' ? 0 : m.dir.length)}`;
  }

  /** The main module whose folder, or a folder below it, that is. */
  moduleOf(dir: string): Module | null {
    const m = this.mains.containing(dir);
    return m && this.mainOf.get(m)!;
  }
}

function languageOf(mod: GoMod): string {
  // a module without a go line speaks Go 1.16
  return mod.go ? `go${mod.go}` : 'go1.16';
}
