// The cache of test results: what a program printed that passed, for as long as nothing it looked at has changed.
//
// Two steps, as the program says only while it runs what it looks at. A file named after the program and its arguments holds the log of
// the run before: the files it opened and looked for, the variables it read. A second, named after the first and the state of all
// those now, holds what it printed. Guarantees: a program whose arguments are not all known to make no difference, or that read a file
// written within the last two seconds, is not kept; files outside the package's module are not looked at; a damaged entry is no entry.
// Source: `go help test`, on caching; package internal/testlog.

import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { CacheFolder, hashOf } from './cachefolder.ts';
import { compilerIdentity } from './self.ts';
import { makeTemp, removeTemp } from './tempfolder.ts';

const limit = 64 * 1024 * 1024;
const logHeader = '# test log\n';
/** The times of files are too coarse to tell two writes in a row apart. */
const tooNewMs = 2000;

const cacheable = new Set(
  ['benchtime', 'cpu', 'list', 'parallel', 'run', 'short', 'skip', 'timeout', 'failfast', 'v', 'fullpath'].map(
    (name) => `-test.${name}`,
  ),
);
/** Those that make no difference to what is printed. */
const harmless = new Set(['-test.coverprofile', '-test.outputdir']);

export interface TestIdentity {
  readonly wasm: Uint8Array;
  readonly args: readonly string[];
  /** folder it runs in */
  readonly dir: string;
  /** folder of its module */
  readonly root: string;
}

export interface TestResult {
  readonly text: string;
  /** what -coverprofile had it write; null without */
  readonly profile: string | null;
}

export class TestCache {
  private readonly folder: CacheFolder;

  constructor(dir: string) {
    this.folder = new CacheFolder(join(dir, 'tests'), limit);
  }

  /** Null if the arguments forbid it. */
  entry(test: TestIdentity): TestEntry | null {
    const args: string[] = [];
    for (const arg of test.args) {
      const name = arg.slice(0, arg.indexOf('='));
      if (harmless.has(name)) continue;
      if (!cacheable.has(name)) return null;
      args.push(arg);
    }
    const id = hashOf(JSON.stringify([compilerIdentity(), hashOf(test.wasm), args, test.dir]));
    return new TestEntry(this.folder, id, test);
  }
}

class TestEntry {
  private readonly folder: CacheFolder;
  private readonly id: string;
  private readonly test: TestIdentity;
  private temp = '';

  constructor(folder: CacheFolder, id: string, test: TestIdentity) {
    this.folder = folder;
    this.id = id;
    this.test = test;
  }

  /** Where the program is to write its log. */
  get log(): string {
    this.temp ||= makeTemp('burrow-testlog');
    return join(this.temp, 'testlog.txt');
  }

  /** What the program printed when nothing was different. */
  lookup(profile: boolean): TestResult | null {
    const log = this.folder.read(`l-${this.id}`);
    const state = log && this.state(Buffer.from(log).toString());
    if (!state) return null;
    const name = `o-${hashOf(this.id + state)}`;
    const bytes = this.folder.read(name);
    if (!bytes) return null;
    const kept = JSON.parse(Buffer.from(bytes).toString()) as TestResult;
    const last = /^((?:.*\n)?ok {2}\t[^\t\n]+\t)[\d.]+s([^\n]*\n)$/s.exec(kept.text);
    if (!last || (profile && kept.profile === null)) return null;
    this.folder.touch(`l-${this.id}`);
    this.folder.touch(name);
    return { ...kept, text: `${last[1]}(cached)${last[2]}` };
  }

  store(result: TestResult): void {
    let log: string;
    try {
      log = readFileSync(this.log, 'utf8');
    } catch {
      // the program ended without writing it
      return;
    }
    const state = this.state(log);
    if (!state) return;
    this.folder.write(`l-${this.id}`, Buffer.from(log));
    this.folder.write(`o-${hashOf(this.id + state)}`, Buffer.from(JSON.stringify(result)));
    this.folder.trim();
  }

  close(): void {
    if (this.temp) removeTemp(this.temp);
  }

  /** Names what the log lists as it is now; null if that cannot be relied on. */
  private state(log: string): string | null {
    if (!log.startsWith(logHeader) || !log.endsWith('\n')) return null;
    const parts = [`GODEBUG ${process.env.GODEBUG ?? ''}`];
    let { dir } = this.test;
    for (const line of log.slice(logHeader.length).split('\n')) {
      if (line === '') continue;
      const space = line.indexOf(' ');
      const op = line.slice(0, space);
      const name = line.slice(space + 1);
      const path = isAbsolute(name) ? name : join(dir, name);
      const inside = !relative(this.test.root, path).startsWith('..');
      if (op === 'getenv') parts.push(`env ${name} ${Object.hasOwn(process.env, name) ? `=${process.env[name]}` : ''}`);
      else if (op === 'chdir') {
        dir = name;
        parts.push(`chdir ${name} ${looks(name)}`);
      } else if (op === 'stat') {
        if (inside) parts.push(`stat ${path} ${looks(path)}`);
      } else if (op === 'open') {
        const content = inside ? opens(path) : '';
        if (content === null) return null;
        if (inside) parts.push(`open ${path} ${content}`);
      } else return null;
    }
    return hashOf(parts.join('\n'));
  }
}

const describe = (st: Stats): string => `${st.size} ${st.mode} ${st.mtimeMs}`;

function attempt(f: () => string): string {
  try {
    return f();
  } catch (e) {
    return (e as NodeJS.ErrnoException).code ?? 'error';
  }
}

function looks(path: string): string {
  return `${attempt(() => describe(statSync(path)))} ${attempt(() => describe(lstatSync(path)))}`;
}

/** Null if the file may still be changing. */
function opens(path: string): string | null {
  const st = statSync(path, { throwIfNoEntry: false });
  if (st?.isFile() && Date.now() - st.mtimeMs < tooNewMs) return null;
  return attempt(() => {
    const s = statSync(path);
    if (!s.isDirectory()) return describe(s);
    const names = readdirSync(path).sort();
    return `${describe(s)} ${names.map((n) => `${n} ${attempt(() => describe(lstatSync(join(path, n))))}`).join(' ')}`;
  });
}
