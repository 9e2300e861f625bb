// Vendor folders: what vendor/modules.txt says, and whether that is what go.mod says.
//
// Source: `go help mod vendor`; "Go Modules Reference", vendoring; messages of the go command.

import type { Replacement, Version } from './gomod.ts';
import { versionName } from './modgraph.ts';
import { compareGo, compareVersions, isCanonical } from './semver.ts';

interface Meta {
  explicit: boolean;
  /** "1.21", or '' */
  go: string;
  replacement: Version | null;
}

export interface MainRequirements {
  readonly require: readonly Version[];
  /** with folders as modules.txt names them */
  readonly replace: readonly Replacement[];
}

const decoder = new TextDecoder();

export class Vendored {
  /** the module of each package */
  readonly packages = new Map<string, Version>();
  /** is it that of a workspace? */
  readonly workspace: boolean;
  /** modules that have packages, in the order of the file */
  readonly modules: Version[] = [];
  private readonly versions = new Map<string, string>();
  private readonly meta = new Map<string, Meta>();
  private readonly replaced: Version[] = [];

  constructor(src: Uint8Array | null) {
    const lines = src ? decoder.decode(src).split('\n') : [];
    this.workspace =
      /^## /.test(lines[0] ?? '') &&
      lines[0]!
        .slice(3)
        .split(';')
        .some((e) => e.trim() === 'workspace');
    let at: Version | null = null;
    for (const line of lines) {
      if (line.startsWith('# ')) at = this.moduleLine(line.split(/\s+/).filter((w) => w !== ''));
      else if (at) this.detail(at, line);
    }
  }

  private of(m: Version): Meta {
    const key = versionName(m);
    let meta = this.meta.get(key);
    if (!meta) {
      meta = { explicit: false, go: '', replacement: null };
      this.meta.set(key, meta);
    }
    return meta;
  }

  private moduleLine(f: readonly string[]): Version | null {
    if (f.length < 3) return null;
    const versioned = isCanonical(f[2]!);
    if (!versioned && f[2] !== '=>') return null;
    const m = { path: f[1]!, version: versioned ? f[2]! : '' };
    const rest = f.slice(versioned ? 3 : 2);
    if (rest[0] !== '=>' || rest.length < 2) return m;
    if (rest.length === 2 || (rest.length === 3 && isCanonical(rest[2]!))) {
      this.of(m).replacement = { path: rest[1]!, version: rest[2] ?? '' };
      this.replaced.push(m);
    }
    return m;
  }

  private detail(m: Version, line: string): void {
    if (line.startsWith('## ')) {
      for (const entry of line
        .slice(3)
        .split(';')
        .map((e) => e.trim())) {
        if (entry === 'explicit') this.of(m).explicit = true;
        else if (entry.startsWith('go ')) this.of(m).go = entry.slice(3);
      }
      return;
    }
    const words = line.split(/\s+/).filter((w) => w !== '');
    if (words.length !== 1) return;
    this.packages.set(words[0]!, m);
    const known = this.versions.get(m.path);
    if (known === undefined || compareVersions(known, m.version) < 0) {
      this.modules.push(m);
      this.versions.set(m.path, m.version);
    }
  }

  /** Language version of a module, "1.21"; '' if the file does not say. */
  goVersion(m: Version): string {
    return this.of(m).go;
  }

  version(path: string): string | undefined {
    return this.versions.get(path);
  }

  /** Where the file and the requirements differ, a line each. go: the main module's; source: name of the file with the replacements. */
  differences(mains: readonly MainRequirements[], go: string, source: string, inWorkspace: boolean): string[] {
    const old = !inWorkspace && compareGo(go, '1.14') < 0;
    const out: string[] = [];
    const differs = (m: Version, what: string): void => {
      out.push(`\n\t${versionName(m)}: ${what}`);
    };
    for (const r of mains.flatMap((m) => m.require)) {
      if (this.of(r).explicit) continue;
      const v = this.versions.get(r.path);
      if (!old) differs(r, 'is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt');
      else if (v !== undefined && v !== r.version)
        differs(r, `is explicitly required in go.mod, but vendor/modules.txt indicates ${r.path}@${v}`);
    }
    const replace = mains.flatMap((m) => m.replace);
    const seen = new Set<string>();
    for (const r of replace) {
      if (seen.has(versionName(r))) continue;
      seen.add(versionName(r));
      const here = this.of(r).replacement;
      const there = { path: r.newPath, version: r.newVersion };
      if (!here) {
        if (old && (r.version === '' || this.versions.get(r.path) !== r.version)) continue;
        differs(r, `is replaced in ${source}, but not marked as replaced in vendor/modules.txt`);
      } else if (versionName(here) !== versionName(there))
        differs(
          r,
          `is replaced by ${versionName(there)} in ${source}, but marked as replaced by ${versionName(here)} in vendor/modules.txt`,
        );
    }
    const required = new Set(mains.flatMap((m) => m.require.map(versionName)));
    for (const m of this.modules)
      if (this.of(m).explicit && !required.has(versionName(m)))
        differs(
          m,
          `is marked as explicit in vendor/modules.txt, but not explicitly required in ${inWorkspace ? 'a ' : ''}go.mod`,
        );
    for (const m of this.replaced)
      if (!replace.some((r) => r.path === m.path && (r.version === '' || r.version === m.version)))
        differs(
          m,
          `is marked as replaced in vendor/modules.txt, but not replaced in ${inWorkspace ? 'the workspace' : 'go.mod'}`,
        );
    return out;
  }
}
