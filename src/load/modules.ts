// From import paths to folders: the standard library, the main module, the modules it requires.
//
// Assumes: required modules that are not replaced by a folder are in a vendor folder or in the module cache already; nothing is
// fetched. Guarantees: the longest module path that is a prefix decides.
// Source: "Go Modules Reference", resolving a package to a module.

import { dirName, type Files, joinPath } from './files.ts';
import { type GoMod, isLocalPath, parseGoMod } from './gomod.ts';
import { ModError } from './gomodsyntax.ts';

/** A module whose packages can be imported. */
export interface Module {
  readonly path: string;
  readonly dir: string;
  /** language version "go1.21"; '' for the newest */
  readonly goVersion: string;
  /** why nothing can be imported from it */
  readonly broken?: string;
}

export interface Located {
  readonly dir: string;
  /** null for the standard library */
  readonly module: Module | null;
}

/** The go.mod of the folder or of one above it. */
export function findGoMod(files: Files, dir: string): string | null {
  for (let d = dir; ; d = dirName(d)) {
    const entries = files.list(d);
    if (entries?.some((e) => e.name === 'go.mod' && !e.dir)) return joinPath(d, 'go.mod');
    if (d === '/') return null;
  }
}

/** An upper-case letter is an exclamation mark and its lower-case form, in names of the module cache. */
function escapeModule(path: string): string {
  return path.replace(/[A-Z]/g, (u) => `!${u.toLowerCase()}`);
}

export class Modules {
  readonly main: Module | null = null;
  private readonly files: Files;
  private readonly goroot: string;
  private readonly modCache: string;
  private readonly modules: Module[] = [];

  /** goMod: path of the main module's file, null outside of any module. modCache: '' if there is none. */
  constructor(files: Files, goroot: string, goMod: string | null, modCache: string) {
    this.files = files;
    this.goroot = goroot;
    this.modCache = modCache;
    if (!goMod) return;
    const src = files.read(goMod);
    if (!src) return;
    const mod = parseGoMod(goMod, src, true);
    if (mod.module === '')
      throw new ModError(
        goMod,
        [],
        'missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod',
      );
    checkReplacements(goMod, mod);
    this.main = { path: mod.module, dir: dirName(goMod), goVersion: version(mod) };
    this.modules.push(this.main);
    this.addRequired(mod, this.main.dir);
    this.modules.sort((a, b) => b.path.length - a.path.length);
  }

  private addRequired(main: GoMod, mainDir: string): void {
    const vendor = this.files.list(joinPath(mainDir, 'vendor')) !== null;
    const seen = new Set([main.module]);
    const queue = [...main.require];
    for (const r of main.replace) if (!main.require.has(r.path)) queue.push([r.path, r.version]);
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [path, ver] = next;
      if (seen.has(path)) continue;
      seen.add(path);
      const r = main.replace.find((x) => x.path === path && (x.version === '' || x.version === ver));
      let dir: string;
      if (r && isLocalPath(r.newPath))
        dir = r.newPath.startsWith('/') ? joinPath(r.newPath) : joinPath(mainDir, r.newPath);
      else if (vendor) dir = joinPath(mainDir, 'vendor', path);
      else if (this.modCache)
        dir = joinPath(this.modCache, `${escapeModule(r ? r.newPath : path)}@${r ? r.newVersion : ver}`);
      else continue;
      const src = this.files.read(joinPath(dir, 'go.mod'));
      if (!src && this.files.list(dir) === null) continue;
      let mod: GoMod | null = null;
      let broken = '';
      try {
        if (src) mod = parseGoMod(joinPath(dir, 'go.mod'), src, false);
      } catch (e) {
        if (!(e instanceof ModError)) throw e;
        const name = r ? r.newPath : path;
        broken = `module ${name}: parsing ${r ? joinPath(name, 'go.mod') : e.file}: ${e.lines(e.file).join('\n')}`;
      }
      this.modules.push({ path, dir, goVersion: mod ? version(mod) : '', ...(broken && { broken }) });
      if (mod) queue.push(...mod.require);
    }
  }

  isStandard(path: string): boolean {
    return this.hasGoFiles(joinPath(this.goroot, 'src', path));
  }

  /** The import path of a folder of the standard library, or null. */
  standardPath(dir: string): string | null {
    const src = joinPath(this.goroot, 'src');
    return dir.startsWith(`${src}/`) ? dir.slice(src.length + 1) : null;
  }

  private hasGoFiles(dir: string): boolean {
    return this.files.list(dir)?.some((e) => !e.dir && e.name.endsWith('.go')) ?? false;
  }

  /** The folder of a package, or why there is none. */
  locate(path: string): Located | string {
    const first = path.split('/', 1)[0]!;
    if (/^\.\.?(\/|$)/.test(path))
      return `"${path}" is relative, but relative import paths are not supported in module mode`;
    if (path.startsWith('/')) return `"${path}" is not a package path; see 'go help packages'`;
    const std = joinPath(this.goroot, 'src', path);
    if (!first.includes('.') && this.hasGoFiles(std)) return { dir: std, module: null };
    for (const m of this.modules) {
      if (path !== m.path && !path.startsWith(`${m.path}/`)) continue;
      if (m.broken) return m.broken;
      const dir = joinPath(m.dir, path.slice(m.path.length));
      if (this.hasGoFiles(dir)) return { dir, module: m };
    }
    if (!first.includes('.')) return `package ${path} is not in std (${std})`;
    if (!this.main)
      return `no required module provides package ${path}: go.mod file not found in current directory or any parent directory; see 'go help modules'`;
    return `no required module provides package ${path}; to add it:\n\tgo get ${path}`;
  }

  /** The import path of a folder, if it is in the main module. */
  pathOf(dir: string): string | null {
    const m = this.main;
    if (!m) return null;
    if (dir === m.dir) return m.path;
    return dir.startsWith(`${m.dir}/`) ? `${m.path}/${dir.slice(m.dir.length + 1)}` : null;
  }
}

/** The same module may be replaced once for each of its versions. */
function checkReplacements(file: string, mod: GoMod): void {
  const known = new Map<string, string>();
  for (const r of mod.replace) {
    const what = r.version ? `${r.path}@${r.version}` : r.path;
    const by = r.newVersion ? `${r.newPath}@${r.newVersion}` : r.newPath;
    const before = known.get(what);
    if (before !== undefined && before !== by)
      throw new ModError(file, [], `conflicting replacements for ${what}:\n\t${before}\n\t${by}`);
    known.set(what, by);
  }
}

function version(mod: GoMod): string {
  // a module without a go line speaks Go 1.16
  return mod.go ? `go${mod.go}` : 'go1.16';
}
