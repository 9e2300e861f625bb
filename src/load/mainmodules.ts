// The modules a command works in: the main module, or those of a workspace, and what their files say about other modules.
//
// Source: "Go Modules Reference", go.mod files and workspaces; messages of the go command.

import { dirName, type Files, hasFile, joinPath } from './files.ts';
import {
  type GoMod,
  type GoWork,
  isLocalPath,
  parseGoMod,
  parseGoWork,
  type Replacement,
  type Version,
} from './gomod.ts';
import { ModError } from './gomodsyntax.ts';
import { versionName } from './modgraph.ts';
import { compareGo, compareVersions } from './semver.ts';

/** What of the command line and the environment is about modules. */
export interface ModSettings {
  /** -mod, '' if it is not given */
  readonly mod: string;
  /** -modfile: another file instead of go.mod, '' for none */
  readonly modFile: string;
  /** GOWORK: 'off', a file, or '' to look for one */
  readonly work: string;
}

export const defaultSettings: ModSettings = { mod: '', modFile: '', work: '' };

export interface MainModule {
  readonly path: string;
  readonly dir: string;
  /** go.mod, or what stands for it */
  readonly file: string;
  readonly mod: GoMod;
}

/** What a module is replaced by. */
export interface Substitute {
  readonly path: string;
  /** '' for a folder */
  readonly version: string;
  /** the folder, '' for a module */
  readonly dir: string;
}

/** The file of that name in the folder or in one above it. */
export function findAbove(files: Files, dir: string, name: string): string | null {
  for (let d = dir; ; d = dirName(d)) {
    if (hasFile(files, joinPath(d, name))) return joinPath(d, name);
    if (d === '/') return null;
  }
}

/** The go.mod of the folder or of one above it. */
export function findGoMod(files: Files, dir: string): string | null {
  return findAbove(files, dir, 'go.mod');
}

/** A path of a go.work file or of a replacement, seen from a folder. */
const from = (dir: string, path: string): string => (path.startsWith('/') ? joinPath(path) : joinPath(dir, path));

export class MainModules {
  readonly list: MainModule[] = [];
  /** the workspace's file, null if there is no workspace */
  readonly workFile: string | null;
  readonly work: GoWork | null = null;
  /** of modules that are replaced: the newest version that is, '' if it is all of them */
  readonly highestReplaced = new Map<string, string>();
  private readonly files: Files;
  private readonly replacements = new Map<string, Substitute>();

  /** dir: a folder in the module, or in the workspace. */
  constructor(files: Files, dir: string, settings: ModSettings) {
    this.files = files;
    this.workFile = this.findWork(dir, settings.work);
    if (this.workFile) this.work = this.readWork(this.workFile);
    else {
      const file = findGoMod(files, dir);
      if (file) this.list.push(this.readMain(file, settings.modFile));
    }
    this.enterReplacements();
  }

  private findWork(dir: string, work: string): string | null {
    if (work === 'off') return null;
    if (work === '') return findAbove(this.files, dir, 'go.work');
    if (!work.startsWith('/')) throw new ModError('', [], 'invalid GOWORK: not an absolute path');
    return work;
  }

  private readMain(file: string, modFile: string): MainModule {
    const name = modFile === '' ? file : from(dirName(file), modFile);
    const src = this.files.read(name);
    if (!src) throw new ModError(name, [], `open ${name}: no such file or directory`);
    const mod = parseGoMod(name, src, true);
    if (mod.module === '')
      throw new ModError(
        name,
        [],
        'missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod',
      );
    checkReplacements(name, mod.replace);
    return { path: mod.module, dir: dirName(file), file: name, mod };
  }

  private readWork(file: string): GoWork {
    const src = this.files.read(file);
    if (!src) throw new ModError(file, [], `reading go.work: open ${file}: no such file or directory`);
    const work = parseGoWork(file, src);
    const seen = new Set<string>();
    for (const { path, line } of work.use) {
      const dir = from(dirName(file), path);
      if (seen.has(dir))
        throw new ModError(
          file,
          [],
          `error loading go.work:\n${file}:${line}: path ${dir} appears multiple times in workspace`,
        );
      seen.add(dir);
    }
    if (seen.size === 0)
      throw new ModError(file, [], "no modules were found in the current workspace; see 'go help work'");
    checkReplacements(file, work.replace);
    const paths = new Set<string>();
    const wrong: string[] = [];
    for (const dir of seen) {
      const modFile = joinPath(dir, 'go.mod');
      if (!hasFile(this.files, modFile)) {
        wrong.push(`cannot load module ${dir} listed in go.work file: open ${modFile}: no such file or directory`);
        continue;
      }
      const main = this.readMain(modFile, '');
      const want = main.mod.go || '1.16';
      const have = work.go || '1.18';
      if (compareGo(want, have) > 0 && compareGo(want, '1.21') >= 0) {
        const verb = work.go ? 'lists' : 'implicitly requires';
        wrong.push(
          `module ${dir} listed in go.work file requires go >= ${want}, but go.work ${verb} go ${have}; to update it:\n\tgo work use`,
        );
        continue;
      }
      if (paths.has(main.path)) throw new ModError(file, [], `module ${main.path} appears multiple times in workspace`);
      paths.add(main.path);
      this.list.push(main);
    }
    if (wrong.length > 0) throw new ModError(file, [], wrong.join('\ngo: '));
    return work;
  }

  private enterReplacements(): void {
    const overridden = new Set<string>();
    const enter = (r: Replacement, dir: string, name: string): Substitute => {
      const local = isLocalPath(r.newPath) && r.newVersion === '';
      const s = { path: name, version: r.newVersion, dir: local ? from(dir, r.newPath) : '' };
      this.replacements.set(versionName(r), s);
      const v = this.highestReplaced.get(r.path);
      if (v === undefined || compareVersions(r.version, v) > 0) this.highestReplaced.set(r.path, r.version);
      return s;
    };
    if (this.work)
      for (const r of this.work.replace) {
        overridden.add(r.path);
        if (r.version === '' && this.list.some((m) => m.path === r.path))
          throw new ModError(
            this.workFile!,
            [],
            `workspace module ${r.path} is replaced at all versions in the go.work file. To fix, remove the replacement from the go.work file or specify the version at which to replace the module.`,
          );
        enter(r, dirName(this.workFile!), r.newPath);
      }
    for (const m of this.list)
      for (const r of m.mod.replace) {
        if (overridden.has(r.path)) continue;
        const before = this.replacements.get(versionName(r));
        // in a workspace, the same folder may have several names
        const name = this.work && isLocalPath(r.newPath) ? from(m.dir, r.newPath) : r.newPath;
        if (before && (before.path !== name || before.version !== r.newVersion))
          throw new ModError(
            m.file,
            [],
            `conflicting replacements for ${versionName(r)}:\n\t${versionName(before)}\n\t${versionName({ path: name, version: r.newVersion })}\nuse "go work edit -replace ${versionName(r)}=[override]" to resolve`,
          );
        enter(r, m.dir, name);
      }
  }

  /** What stands for that version, null if it is not replaced. */
  replacement(m: Version): Substitute | null {
    return this.replacements.get(versionName(m)) ?? this.replacements.get(m.path) ?? null;
  }

  excluded(m: Version): boolean {
    return this.list.some((main) => main.mod.exclude.has(versionName(m)));
  }

  /** The one whose folder, or a folder below it, that is. */
  containing(dir: string): MainModule | null {
    let best: MainModule | null = null;
    for (const m of this.list)
      if (
        (dir === m.dir || dir.startsWith(m.dir === '/' ? '/' : `${m.dir}/`)) &&
        (best?.dir.length ?? -1) < m.dir.length
      )
        best = m;
    return best;
  }
}

/** The same module may be replaced once for each of its versions. */
function checkReplacements(file: string, replace: readonly Replacement[]): void {
  const known = new Map<string, string>();
  for (const r of replace) {
    const what = versionName(r);
    const by = versionName({ path: r.newPath, version: r.newVersion });
    const before = known.get(what);
    if (before !== undefined && before !== by)
      throw new ModError(file, [], `conflicting replacements for ${what}:\n\t${before}\n\t${by}`);
    known.set(what, by);
  }
}
