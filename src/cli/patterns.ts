// From package patterns to packages: import paths, folders, and both with "..." in them.
//
// Guarantees: the packages of one pattern come in the order of their paths, each package once; patterns skip folders named
// testdata, those that begin with "." or "_", those of other modules, and those without a Go file for this platform.
// Source: `go help packages`.

import { dirName, type Files, joinPath } from '../load/files.ts';
import { Modules } from '../load/modules.ts';
import { BuildTags } from '../load/tags.ts';
import { moduleSettings } from './modsettings.ts';
import { FetchingSource } from './modsource.ts';

export interface Found {
  /** import paths */
  readonly packages: readonly string[];
  readonly warnings: readonly string[];
  /** patterns that mean no package, with the reason */
  readonly errors: readonly { readonly path: string; readonly msg: string }[];
}

export interface Places {
  readonly files: Files;
  readonly cwd: string;
  readonly goroot: string;
  readonly modCache: string;
  readonly tags?: readonly string[];
}

export function findPackages(places: Places, patterns: readonly string[]): Found & { readonly modules: Modules } {
  const { files, cwd, goroot, modCache } = places;
  const source = modCache === '' ? null : new FetchingSource(goroot);
  const modules = new Modules({ files, goroot, dir: cwd, settings: moduleSettings(), source });
  const packages = new Set<string>();
  const warnings: string[] = [];
  const errors: { path: string; msg: string }[] = [];
  const tags = new BuildTags(places.tags);
  const walk = (dir: string, path: string, match: RegExp, top: boolean): number => {
    const entries = files.list(dir);
    if (!entries) return 0;
    if (!top && entries.some((e) => e.name === 'go.mod')) return 0;
    let n = 0;
    if (path !== '' && match.test(path) && hasSources(files, tags, dir)) {
      packages.add(path);
      n++;
    }
    for (const e of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const skip = !e.dir || e.name === 'testdata' || e.name.startsWith('.') || e.name.startsWith('_');
      if (skip || (e.name === 'vendor' && (top || modules.main))) continue;
      n += walk(joinPath(dir, e.name), path === '' ? e.name : `${path}/${e.name}`, match, false);
    }
    return n;
  };
  for (const pattern of patterns) {
    const local = /^\.\.?($|\/)|^\//.test(pattern);
    if (!pattern.includes('...') && pattern !== 'std') {
      const path = local ? pathOf(modules, joinPath(pattern.startsWith('/') ? '/' : cwd, pattern)) : pattern;
      if (path === null) {
        const msg = modules.main
          ? `directory ${pattern} outside main module or its selected dependencies`
          : "go.mod file not found in current directory or any parent directory; see 'go help modules'";
        errors.push({ path: pattern, msg });
      } else packages.add(path);
      continue;
    }
    let n = 0;
    if (local) {
      const dir = joinPath(pattern.startsWith('/') ? '/' : cwd, pattern.slice(0, pattern.indexOf('...')));
      const at = pattern[pattern.indexOf('...') - 1] === '/' ? dir : dirName(dir);
      const path = pathOf(modules, at) ?? (at === joinPath(goroot, 'src') ? '' : null);
      if (path === null) {
        const msg = modules.main
          ? `pattern ${pattern}: directory prefix ${pattern.slice(0, pattern.indexOf('...')).replace(/\/$/, '')} does not contain main module or its selected dependencies`
          : `pattern ${pattern}: directory prefix ${pattern.slice(0, pattern.indexOf('...')).replace(/\/$/, '')} does not contain main module or its selected dependencies`;
        errors.push({ path: '', msg });
        continue;
      }
      const rest = joinPath(pattern.startsWith('/') ? '/' : cwd, pattern.replaceAll('...', '\0'));
      const wanted = rest.slice(at === '/' ? 1 : at.length + 1).replaceAll('\0', '...');
      n = walk(at, path, matcher(path === '' ? wanted : `${path}/${wanted}`), true);
    } else {
      const match = matcher(pattern === 'std' ? '...' : pattern);
      n = walk(joinPath(goroot, 'src'), '', pattern === 'std' ? /^(?!cmd(\/|$))/ : match, true);
      if (pattern !== 'std') for (const m of modules.mains.list) n += walk(m.dir, m.path, match, true);
    }
    if (n === 0) warnings.push(`"${pattern}" matched no packages`);
  }
  return { packages: [...packages], warnings, errors, modules };
}

function pathOf(modules: Modules, dir: string): string | null {
  return modules.standardPath(dir) ?? modules.pathOf(dir);
}

function hasSources(files: Files, tags: BuildTags, dir: string): boolean {
  return files.list(dir)!.some((e) => {
    if (e.dir || !e.name.endsWith('.go') || /^[_.]/.test(e.name) || !tags.nameMatches(e.name)) return false;
    const src = files.read(joinPath(dir, e.name));
    return src !== null && tags.sourceMatches(src);
  });
}

/** "a/..." also means "a". */
function matcher(pattern: string): RegExp {
  const text = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\\.\\.\\.', '.*');
  return new RegExp(`^${text.endsWith('/.*') ? `${text.slice(0, -3)}(/.*)?` : text}$`, 'su');
}
