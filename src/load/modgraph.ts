// The graph of module requirements, and the version of each module that minimal version selection picks.
//
// Guarantees: of a main module from Go 1.17 on, the graph is pruned: the requirements of what it requires are read no further than
// those modules' own go.mod files say. Each go.mod file is read once, nearer ones before farther ones.
// Source: "Go Modules Reference", minimal version selection and module graph pruning.

import type { Version } from './gomod.ts';
import { compareGo, compareVersions } from './semver.ts';

/** What the graph needs of a go.mod file. */
export interface Requirements {
  readonly require: readonly Version[];
  /** the Go version it wants, "1.21", or '' */
  readonly go: string;
  /** is the module's graph pruned where others require it? */
  readonly pruned: boolean;
}

export interface GraphRoots {
  /** the main module, or those of a workspace, with what they require */
  readonly mains: readonly { readonly path: string; readonly requirements: Requirements }[];
  readonly workspace: boolean;
  /** reads a go.mod file, or says why it cannot be had */
  readonly read: (m: Version) => Requirements | string;
  /** told of modules before they are read */
  readonly expect: (ms: readonly Version[]) => void;
}

export const versionName = (m: Version): string => (m.version ? `${m.path}@${m.version}` : m.path);

export class ModuleGraph {
  /** what each module requires */
  private readonly edges = new Map<string, readonly string[]>();
  private readonly mains: readonly string[];
  /** why the graph is not whole, '' if it is */
  readonly error: string = '';
  private readonly chosen = new Map<string, string>();

  constructor(roots: GraphRoots) {
    this.mains = roots.mains.map((m) => m.path);
    for (const { path } of roots.mains) this.chosen.set(path, '');
    for (const { path, requirements } of roots.mains) this.enter({ path, version: '' }, requirements, true);
    const mains = new Set(roots.mains.map((m) => m.path));
    const seen = new Set<string>();
    const read = new Map<string, Requirements | string>();
    // whether all that these require is to be read, too
    let level: { m: Version; whole: boolean; from: readonly Version[] }[] = [];
    const next: typeof level = [];
    const enqueue = (m: Version, whole: boolean, from: readonly Version[]): void => {
      const key = `${versionName(m)} ${whole}`;
      if (mains.has(m.path) || seen.has(key)) return;
      seen.add(key);
      next.push({ m, whole, from });
    };
    for (const { requirements } of roots.mains)
      for (const r of requirements.require) enqueue(r, !requirements.pruned, []);
    while (next.length > 0) {
      level = next.splice(0);
      roots.expect(level.map((l) => l.m));
      for (const { m, whole, from } of level) {
        const name = versionName(m);
        let q = read.get(name);
        if (q === undefined) {
          q = roots.read(m);
          read.set(name, q);
          if (typeof q !== 'string') this.enter(m, q, false);
        }
        if (typeof q === 'string') {
          this.error ||= from.length > 0 ? `${[...from].map(versionName).join(' requires\n\t')} requires\n\t${q}` : q;
          continue;
        }
        if (whole || !q.pruned) for (const r of q.require) enqueue(r, whole || !q.pruned, [...from, m]);
      }
    }
  }

  private enter(from: Version, { require, go }: Requirements, main: boolean): void {
    const to = require.map(versionName);
    if (main) to.sort();
    // a Go version that is a requirement like others
    const strict = compareGo(go, '1.21') >= 0;
    if (go !== '' && (main || strict)) to.push(`go@${go}`);
    if (strict) this.edges.set(`go@${go}`, [`toolchain@go${go}`]);
    this.edges.set(versionName(from), to);
    for (const r of require) {
      const v = this.chosen.get(r.path);
      // nothing is newer than a main module
      if (v === undefined || (v !== '' && compareVersions(v, r.version) < 0)) this.chosen.set(r.path, r.version);
    }
  }

  /** The version in use; '' for a main module. */
  selected(path: string): string | undefined {
    return this.chosen.get(path);
  }

  /** What requires what, from the main modules on, as names with versions. */
  *allEdges(): Generator<readonly [from: string, to: string]> {
    const seen = new Set(this.mains);
    for (const from of seen)
      for (const to of this.edges.get(from) ?? []) {
        yield [from, to];
        seen.add(to);
      }
  }

  /** All modules in use, the main ones first, then by their paths. */
  buildList(): Version[] {
    const list = [...this.chosen].map(([path, version]) => ({ path, version }));
    const main = (m: Version): number => (m.version === '' ? 0 : 1);
    return list.sort((a, b) => main(a) - main(b) || (a.path < b.path ? -1 : 1));
  }
}
