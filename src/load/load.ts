// Finds and parses a package and all it imports.
//
// Guarantees: packages come in an order in which each follows those it imports; every package appears once; files are in the
// order of their names. Syntax errors go to `report` as they are found, everything else that is wrong becomes a LoadError.
// Source: behaviour and messages of the go command.

import { embedPatterns } from '../syntax/embedline.ts';
import type { ImportSpec, Pos, SourceFile } from '../syntax/nodes.ts';
import { parseFile } from '../syntax/parser.ts';
import type { FileSet } from '../syntax/position.ts';
import { type EmbeddedFile, embedFiles } from './embed.ts';
import { baseName, type Files, joinPath } from './files.ts';
import { type Located, Modules } from './modules.ts';
import { dropDecls, findOverlay, type Overlay } from './overlay.ts';
import { BuildTags } from './tags.ts';

export interface LoadConfig {
  readonly files: Files;
  readonly fset: FileSet;
  readonly goroot: string;
  /** folder of the overlays of standard packages */
  readonly overlays: string;
  /** the main module's go.mod; null outside of any module */
  readonly goMod: string | null;
  /** the module cache; '' if there is none */
  readonly modCache: string;
  /** build tags that hold besides the usual ones */
  readonly tags?: readonly string[];
  /** packages that are given by their files, by the path they are imported under */
  readonly local?: ReadonlyMap<string, readonly string[]>;
  /** import path of the folder that "./name" means among these */
  readonly localPrefix?: string;
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
}

/** A package that cannot be loaded. pos: of the import that asks for it, or 0. */
export interface LoadError {
  readonly pos: Pos;
  readonly msg: string;
}

export class Loader {
  /** in dependency order */
  readonly packages: LoadedPackage[] = [];
  readonly errors: LoadError[] = [];
  readonly modules: Modules;
  private readonly conf: LoadConfig;
  private readonly tags: BuildTags;
  private readonly byPath = new Map<string, LoadedPackage>();
  /** packages being loaded, with the file that imports the next one */
  private readonly stack: { path: string; file: string }[] = [];

  constructor(conf: LoadConfig) {
    this.conf = conf;
    this.tags = new BuildTags(conf.tags);
    this.modules = new Modules(conf.files, conf.goroot, conf.goMod, conf.modCache);
  }

  private fail(pos: Pos, msg: string): null {
    this.errors.push({ pos, msg });
    return null;
  }

  find(path: string): LoadedPackage | undefined {
    return this.byPath.get(path);
  }

  /** Loads the package of an import path. */
  load(path: string, pos: Pos = 0): LoadedPackage | null {
    const known = this.byPath.get(path);
    if (known) return known;
    const local = this.conf.local?.get(path);
    if (local) return this.loadFiles(path, local);
    const at = this.modules.locate(path);
    if (typeof at === 'string') return this.fail(pos, at);
    return this.loadDir(path, at, pos);
  }

  /** Loads the package in a folder; its import path is that in the main module, or `otherwise`. */
  loadFolder(dir: string, otherwise: string): LoadedPackage | null {
    const inStd = dir.startsWith(`${joinPath(this.conf.goroot, 'src')}/`)
      ? dir.slice(joinPath(this.conf.goroot, 'src').length + 1)
      : null;
    if (inStd) return this.load(inStd);
    const path = this.modules.pathOf(dir) ?? otherwise;
    return this.byPath.get(path) ?? this.loadDir(path, { dir, module: this.modules.main }, 0);
  }

  /** Loads files as one package. */
  loadFiles(path: string, names: readonly string[]): LoadedPackage | null {
    const files: SourceFile[] = [];
    this.conf.at?.(path);
    for (const name of names) {
      const src = this.conf.files.read(name);
      if (!src) return this.fail(0, `open ${name}: no such file or directory`);
      files.push(parseFile(this.conf.fset, name, src, this.conf.report));
    }
    const dir = names[0] ? joinPath(names[0], '..') : '/';
    const m = this.modules.main;
    const goVersion = m && (dir === m.dir || dir.startsWith(`${m.dir}/`)) ? m.goVersion : '';
    return this.finish(path, dir, files, goVersion, false);
  }

  private loadDir(path: string, at: Located, pos: Pos): LoadedPackage | null {
    const { conf } = this;
    const standard = at.module === null;
    conf.at?.(path);
    const overlay = standard ? findOverlay(conf.files, conf.overlays, path) : null;
    const entries = conf.files.list(at.dir);
    if (!entries && !overlay) return this.fail(pos, `package ${path}: cannot find ${at.dir}`);
    let anyGo = false;
    const chosen: { name: string; file: string; src: Uint8Array; own: boolean }[] = [];
    const add = (dir: string, name: string, own: boolean): void => {
      if (!name.endsWith('.go') || name.startsWith('_') || name.startsWith('.') || name.endsWith('_test.go')) return;
      anyGo = true;
      if (!this.tags.nameMatches(name)) return;
      const src = conf.files.read(joinPath(dir, name));
      if (src && this.tags.sourceMatches(src)) chosen.push({ name, file: joinPath(at.dir, name), src, own });
    };
    if (!overlay?.only)
      for (const e of entries ?? []) if (!e.dir && !replaced(overlay, e.name)) add(at.dir, e.name, false);
    if (overlay) for (const name of overlay.files) add(overlay.dir, name, true);
    chosen.sort((a, b) => (a.name < b.name ? -1 : 1));
    const files: SourceFile[] = [];
    for (const c of chosen) {
      const f = parseFile(conf.fset, c.file, c.src, conf.report);
      if (overlay && !c.own) dropDecls(f, overlay.dropDecls);
      if (!f.imports.some((i) => importPath(i) === 'C')) files.push(f);
    }
    if (files.length === 0) {
      const why = anyGo ? `build constraints exclude all Go files in ${at.dir}` : `no Go files in ${at.dir}`;
      return this.fail(pos, pos || anyGo ? `package ${path}: ${why}` : why);
    }
    const first = files[0]!;
    const other = files.find((f) => f.name.name !== first.name.name && f.name.name !== '_');
    if (other && first.name.name !== '_') {
      const name = (f: SourceFile): string => baseName(conf.fset.file(f.pos)?.name ?? '');
      const found = `found packages ${first.name.name} (${name(first)}) and ${other.name.name} (${name(other)}) in ${at.dir}`;
      return this.fail(pos, found);
    }
    return this.finish(path, at.dir, files, at.module?.goVersion ?? '', standard);
  }

  /** Loads what the files import, then enters the package. */
  private finish(
    path: string,
    dir: string,
    files: SourceFile[],
    goVersion: string,
    standard: boolean,
  ): LoadedPackage | null {
    const imports = new Map<string, string>();
    const entry = { path, file: '' };
    this.stack.push(entry);
    let ok = true;
    for (const f of files) {
      entry.file = baseName(this.conf.fset.file(f.pos)?.name ?? '');
      for (const spec of f.imports) if (!this.import(spec, path, standard, imports)) ok = false;
    }
    this.stack.pop();
    for (const f of files) if (f.imports.some((i) => importPath(i) === 'embed')) this.checkEmbeds(f, dir);
    if (!ok) return null;
    const pkg: LoadedPackage = { path, dir, files, imports, goVersion, standard };
    this.byPath.set(path, pkg);
    this.packages.push(pkg);
    return pkg;
  }

  private import(spec: ImportSpec, from: string, standard: boolean, imports: Map<string, string>): boolean {
    const written = importPath(spec);
    if (written === '' || written === 'unsafe' || imports.has(written)) return true;
    const path = this.resolve(written, from, standard);
    const cycle = this.stack.findIndex((s) => s.path === path);
    if (cycle >= 0) {
      this.fail(0, this.cycleText(cycle, path));
      return false;
    }
    const why = internalError(from, path);
    if (why) {
      this.fail(spec.path.pos, why);
      return false;
    }
    const pkg = this.load(path, spec.path.pos);
    if (!pkg) return false;
    if (pkg.files[0]!.name.name === 'main' && !this.conf.local?.has(path)) {
      this.fail(spec.path.pos, `import ${JSON.stringify(path)} is a program, not an importable package`);
      return false;
    }
    imports.set(written, path);
    return true;
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
  return overlay !== null && (overlay.files.includes(name) || overlay.drop.has(name));
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
