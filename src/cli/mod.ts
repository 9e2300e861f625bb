// The commands mod download, mod graph and mod verify, and what list -m says.
//
// Guarantees: what go's commands of these names print, and their exit codes; go.sum gets the lines that they would add.
// Source: `go help mod`, `go help list`; observed output of the go command.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskFiles } from '../host/node/files.ts';
import type { ModuleStore } from '../host/node/modstore.ts';
import { hash1, zipHash } from '../host/node/modzip.ts';
import type { Version } from '../load/gomod.ts';
import { ModError } from '../load/gomodsyntax.ts';
import { goModOf } from '../load/gosum.ts';
import { versionName } from '../load/modgraph.ts';
import { Modules } from '../load/modules.ts';
import { compareVersions, isCanonical, isPrerelease, isPseudo } from '../load/semver.ts';
import { unavailable } from '../load/source.ts';
import { modErrorLines } from './compile.ts';
import { Failure } from './failure.ts';
import { parseFlags, UsageError } from './flags.ts';
import { addSums } from './gosumfile.ts';
import * as messages from './messages.ts';
import { moduleSettings } from './modsettings.ts';
import { FetchingSource } from './modsource.ts';
import { moduleStore } from './modstore.ts';
import { sources } from './program.ts';

/** modules fetched at once */
const parallel = 8;

export async function mod(args: readonly string[]): Promise<number> {
  const [sub, ...rest] = args;
  switch (sub) {
    case 'download':
      return modDownload(rest);
    case 'graph':
      return modGraph(rest);
    case 'verify':
      return modVerify(rest);
    default:
      throw new UsageError(messages.noSuchSubcommand('mod', sub ?? '', 'download, graph, verify'));
  }
}

/** The modules of the current folder, where go.sum need not be whole. Throws Failure with what is wrong. */
async function hereModules(mode: string): Promise<{ goroot: string; modules: Modules }> {
  const goroot = await sources();
  const settings = { ...moduleSettings(), mod: mode };
  const modules = attempt(
    () => new Modules({ files: diskFiles, goroot, dir: process.cwd(), settings, source: new FetchingSource(goroot) }),
  );
  return { goroot, modules };
}

export function attempt<T>(f: () => T): T {
  try {
    return f();
  } catch (e) {
    if (e instanceof ModError) throw new Failure(`${modErrorLines(e, process.cwd()).join('\n')}\n`);
    throw e;
  }
}

function mustHaveMain(modules: Modules): void {
  if (!modules.main)
    throw new Failure(
      "go: go.mod file not found in current directory or any parent directory; see 'go help modules'\n",
    );
}

/** The whole graph. Throws Failure if it cannot be read. */
export function wholeGraph(modules: Modules): ReturnType<Modules['graph']> {
  const graph = attempt(() => modules.graph());
  if (graph.error) throw new Failure(`go: ${graph.error}\n`);
  return graph;
}

function keepSums(modules: Modules, keep: (line: string) => boolean): void {
  const file = modules.sumFile();
  if (!file) return;
  const lines = new Map([...modules.newSums].filter(([line]) => keep(line)));
  try {
    addSums(file, lines);
  } catch (e) {
    throw new Failure(`go: updating go.sum: ${(e as Error).message}\n`);
  }
}

async function modGraph(args: readonly string[]): Promise<number> {
  const { rest } = parseFlags({ go: 'string', x: 'bool' }, args);
  if (rest.length > 0) throw new Failure("go: 'go mod graph' accepts no arguments\n");
  const { modules } = await hereModules('mod');
  mustHaveMain(modules);
  for (const [from, to] of wholeGraph(modules).allEdges()) process.stdout.write(`${from} ${to}\n`);
  return 0;
}

interface Download {
  readonly Path: string;
  Version: string;
  Query?: string;
  Error?: string;
  Info?: string;
  GoMod?: string;
  Zip?: string;
  Dir?: string;
  Sum?: string;
  GoModSum?: string;
}

async function modDownload(args: readonly string[]): Promise<number> {
  const { values, rest } = parseFlags({ x: 'bool', json: 'bool', reuse: 'string', modcacherw: 'bool' }, args);
  const { goroot, modules } = await hereModules('mod');
  const asking = values.get('x') === 'true' ? (url: string) => void process.stderr.write(`# get ${url}\n`) : undefined;
  const store = moduleStore(goroot, true, asking);
  const wanted = rest.length > 0 ? rest : modules.main ? defaultDownloads(modules) : null;
  if (wanted === null) throw new Failure("go: no modules specified (see 'go help mod download')\n");
  if (wanted.length === 0) {
    process.stderr.write('go: no module dependencies to download\n');
    return 0;
  }
  const list: Download[] = [];
  let failed = false;
  for (const arg of wanted) {
    const found = await downloadsOf(arg, modules, store);
    if (typeof found === 'string') {
      process.stderr.write(`go: ${found}\n`);
      failed = true;
    } else list.push(...found);
  }
  if (rest.length === 0) keepSums(modules, (line) => line.endsWith('/go.mod'));
  // lines of go.mod files that were read on the way
  const read = new Set(modules.newSums.keys());
  const queue = list.filter((d) => d.Error === undefined);
  const work = async (): Promise<void> => {
    for (let d = queue.shift(); d; d = queue.shift()) await downloadOne(d, modules, store);
  };
  await Promise.all(Array.from({ length: parallel }, work));
  for (const d of list) {
    if (values.get('json') === 'true') process.stdout.write(`${JSON.stringify(d, null, '\t')}\n`);
    else if (d.Error !== undefined) process.stderr.write(`go: ${d.Error}\n`);
    failed ||= d.Error !== undefined;
  }
  if (rest.length > 0 && modules.main) {
    const graph = wholeGraph(modules);
    const used = new Set(graph.buildList().map((m) => versionName(modules.mains.replacement(m) ?? m)));
    keepSums(modules, (line) => read.has(line) || used.has(line.replace(' ', '@').replace(/\/go\.mod$/, '')));
  }
  return failed ? 1 : 0;
}

/** What is downloaded if nothing is named: what go.mod requires, if it is whole, or else all that is in use. */
function defaultDownloads(modules: Modules): string[] {
  const { list, work } = modules.mains;
  const main = list[0]!;
  const graph = wholeGraph(modules);
  if (work || !modules.pruned()) return graph.buildList().length > list.length ? ['all'] : [];
  return [...new Set(main.mod.require.map((r) => r.path))].sort();
}

/** The versions that an argument names, or why there are none. */
async function downloadsOf(arg: string, modules: Modules, store: ModuleStore): Promise<Download[] | string> {
  const actual = (m: Version): Download[] => {
    const r = modules.mains.replacement(m);
    if (r?.dir || m.version === '') return [];
    return [{ Path: r?.path ?? m.path, Version: r?.version ?? m.version }];
  };
  const at = arg.indexOf('@');
  if (at < 0) {
    if (!modules.main)
      return `cannot match ${JSON.stringify(arg)} without -versions or an explicit version: go.mod file not found in current directory or any parent directory; see 'go help modules'`;
    const list = wholeGraph(modules).buildList();
    if (arg === 'all') return list.flatMap(actual);
    const m = list.find((x) => x.path === arg);
    if (!m) return `module ${arg}: not a known dependency`;
    if (m.version === '') process.stderr.write(`go: skipping download of ${arg} that resolves to the main module\n`);
    return actual(m);
  }
  const path = arg.slice(0, at);
  const query = arg.slice(at + 1);
  const version = await resolveQuery(path, query, modules, store);
  if (typeof version !== 'string') return [{ Path: path, Version: query, Error: version.error }];
  return [{ Path: path, Version: version, ...(version !== query && { Query: query }) }];
}

/** The version that a query stands for. */
async function resolveQuery(
  path: string,
  query: string,
  modules: Modules,
  store: ModuleStore,
): Promise<string | { error: string }> {
  if (isCanonical(query)) return query;
  const current =
    modules.main && (query === 'upgrade' || query === 'patch') ? (modules.graph().selected(path) ?? '') : '';
  const wants = matcherOf(query, current);
  if (!wants) return store.resolve(path, query);
  const listed = await store.versions(path);
  if (unavailable(listed)) return listed;
  const known = listed.filter((v) => isCanonical(v) && !isPseudo(v)).sort(compareVersions);
  const fitting = known.filter(wants.fits);
  const stable = fitting.filter((v) => !isPrerelease(v));
  const from = stable.length > 0 ? stable : fitting;
  const found = wants.oldest ? from[0] : from.at(-1);
  if (found !== undefined) return query === 'upgrade' && compareVersions(current, found) > 0 ? current : found;
  if (known.length === 0 && (query === 'latest' || query === 'upgrade')) return store.resolve(path, 'latest');
  return { error: `${path}@${query}: no matching versions for query ${JSON.stringify(query)}` };
}

/** What versions a query takes; null if it is a name that only the module's repository knows. */
function matcherOf(query: string, current: string): { fits: (v: string) => boolean; oldest: boolean } | null {
  if (query === 'latest' || query === 'upgrade') return { fits: () => true, oldest: false };
  if (query === 'patch') {
    const minor = current.split('.').slice(0, 2).join('.');
    return { fits: (v) => current === '' || v.startsWith(`${minor}.`), oldest: false };
  }
  const prefix = /^v\d+(\.\d+)?$/.test(query) ? `${query}.` : null;
  if (prefix) return { fits: (v) => v.startsWith(prefix), oldest: false };
  const m = /^(<=?|>=?)(v\S+)$/.exec(query);
  if (!m || !isCanonical(m[2]!)) return null;
  const bound = m[2]!;
  const below = m[1]!.startsWith('<');
  const inclusive = m[1]!.endsWith('=');
  return {
    fits: (v) => {
      const c = compareVersions(v, bound);
      return c === 0 ? inclusive : c < 0 === below;
    },
    oldest: !below,
  };
}

async function downloadOne(d: Download, modules: Modules, store: ModuleStore): Promise<void> {
  const m = { path: d.Path, version: d.Version };
  try {
    const info = await store.info(m);
    if (unavailable(info)) {
      d.Error = info.error;
      return;
    }
    d.Info = info.file;
    const sums = modules.sums.of(goModOf(m));
    const file = await store.goMod(m, sums);
    if (unavailable(file)) {
      d.Error = file.error;
      return;
    }
    d.GoMod = store.cache.file(m, 'mod');
    const known = modules.sums.of(m);
    const folder = await store.folder(m, known);
    if (unavailable(folder)) {
      d.Error = folder.error;
      return;
    }
    d.Zip = store.cache.file(m, 'zip');
    d.Dir = folder.dir;
    d.Sum = folder.sum;
    d.GoModSum = file.sum;
    if (!sums.includes(file.sum)) modules.newSums.set(`${m.path} ${m.version}/go.mod`, file.sum);
    if (!known.includes(folder.sum)) modules.newSums.set(`${m.path} ${m.version}`, folder.sum);
  } catch (e) {
    if (e instanceof ModError) throw new Failure(`${modErrorLines(e, process.cwd()).join('\n')}\n`);
    throw e;
  }
}

async function modVerify(args: readonly string[]): Promise<number> {
  const { rest } = parseFlags({}, args);
  if (rest.length > 0) throw new Failure('go: verify takes no arguments\n');
  const { goroot, modules } = await hereModules('mod');
  mustHaveMain(modules);
  const store = moduleStore(goroot, true);
  let ok = true;
  for (const m of wholeGraph(modules).buildList()) {
    const r = modules.mains.replacement(m);
    if (m.version === '' || r?.dir) continue;
    for (const line of verifyOne(r ?? m, store)) {
      ok = false;
      process.stderr.write(`${m.path} ${m.version}: ${line}\n`);
    }
  }
  if (!ok) return 1;
  process.stdout.write('all modules verified\n');
  return 0;
}

/** What is wrong with a module in the cache. */
function* verifyOne(m: Version, store: ModuleStore): Generator<string> {
  const zip = store.cache.file(m, 'zip');
  const dir = store.cache.dir(m);
  const have = existsSync(zip);
  const sum = store.cache.zipSum(m);
  if (sum === null) {
    if (have || existsSync(dir)) yield `missing ziphash: open ${zip}hash: no such file or directory`;
    return;
  }
  if (have) {
    let found = '';
    try {
      found = zipHash(readFileSync(zip));
    } catch (e) {
      yield (e as Error).message;
    }
    if (found !== '' && found !== sum) yield `zip has been modified (${zip})`;
  }
  if (existsSync(dir) && dirHash(dir, `${m.path}@${m.version}`) !== sum) yield `dir has been modified (${dir})`;
}

function dirHash(dir: string, prefix: string): string {
  const files: { name: string; sum: Buffer }[] = [];
  const walk = (path: string, name: string): void => {
    for (const e of readdirSync(path, { withFileTypes: true })) {
      const [p, n] = [join(path, e.name), `${name}/${e.name}`];
      if (e.isDirectory()) walk(p, n);
      else files.push({ name: n, sum: createHash('sha256').update(readFileSync(p)).digest() });
    }
  };
  walk(dir, prefix);
  return hash1(files);
}

/** Lines of `list -m`. */
export async function listModules(args: readonly string[]): Promise<number> {
  const { modules } = await hereModules(moduleSettings().mod);
  if (!modules.main)
    throw new Failure(
      args.length === 0
        ? "go: go.mod file not found in current directory or any parent directory; see 'go help modules'\n"
        : `go: cannot match ${JSON.stringify(args[0])}: go.mod file not found in current directory or any parent directory; see 'go help modules'\n`,
    );
  const line = (m: Version): string => {
    const r = modules.mains.replacement(m);
    const by = r && m.version !== '' ? ` => ${r.path}${r.version && ` ${r.version}`}` : '';
    return `${m.path}${m.version && ` ${m.version}`}${by}\n`;
  };
  const mains = modules.mains.list.map((m) => ({ path: m.path, version: '' }));
  if (args.length === 0) {
    for (const m of mains) process.stdout.write(line(m));
    return 0;
  }
  if (modules.mode === 'vendor')
    throw new Failure(
      `go: can't compute '${args[0]}' using the vendor directory\n\t(Use -mod=mod or -mod=readonly to bypass.)\n`,
    );
  const list = wholeGraph(modules).buildList();
  let failed = false;
  for (const arg of args) {
    const wanted = arg === 'all' ? list : list.filter((m) => m.path === arg || matches(arg, m.path));
    for (const m of wanted) process.stdout.write(line(m));
    if (wanted.length > 0) continue;
    if (arg.includes('...'))
      process.stderr.write(`go: warning: pattern ${JSON.stringify(arg)} matched no module dependencies\n`);
    else {
      process.stderr.write(`go: module ${arg}: not a known dependency\n`);
      failed = true;
    }
  }
  return failed ? 1 : 0;
}

function matches(pattern: string, path: string): boolean {
  if (!pattern.includes('...')) return false;
  const text = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\\.\\.\\.', '.*');
  return new RegExp(`^${text.endsWith('/.*') ? `${text.slice(0, -3)}(/.*)?` : text}$`, 's').test(path);
}
