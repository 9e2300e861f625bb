// `npm run modules [-- module… ] [-short] [-keep]`: real modules' own tests, by Burrow and by native Go, compared test by test.
//
// Modules are fetched by version through the configured proxy into a folder of the task's own. Each difference must be in
// test/modules/known-differences.txt with its reason; the tables are those of docs/modules.md.
// Guarantees: the last line is `N passed, N failed`, where tests that end alike in both, or differ as is known, passed. Tests are the same
// that have the same name but for addresses and times in it.

import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildRuntime } from '../build-runtime.mjs';
import { root } from '../root.ts';

const modules = [
  'github.com/google/uuid@v1.6.0',
  'github.com/stretchr/testify@v1.12.1',
  'github.com/spf13/cobra@v1.10.2',
  'github.com/gorilla/mux@v1.8.1',
  'golang.org/x/sync@v0.25.0',
  'golang.org/x/text@v0.44.0',
  'go.uber.org/zap@v1.28.0',
  'gopkg.in/yaml.v3@v3.0.1',
  'github.com/prometheus/client_golang@v1.25.0',
];

/** milliseconds a command may print nothing */
const limit = 1_800_000;
const burrow = join(root, 'bin', 'burrow');

type Outcome = 'pass' | 'fail' | 'skip';

interface Package {
  /** of the package as a whole; null if it has none, since it was not built */
  end: Outcome | null;
  readonly tests: Map<string, Outcome>;
}

interface Event {
  readonly Action: string;
  readonly Package?: string;
  readonly Test?: string;
}

const env: NodeJS.ProcessEnv = { ...process.env, GOFLAGS: '', GOWORK: 'off', GOTOOLCHAIN: 'local', LC_ALL: 'C' };

function fetched(module: string, folder: string): string {
  const run = (args: readonly string[], cwd: string): string => {
    const r = spawnSync(burrow, args, { cwd, env, encoding: 'utf8', timeout: limit });
    if (r.status !== 0) throw new Error(`burrow ${args.join(' ')}: ${r.stderr || r.stdout}`);
    return r.stdout;
  };
  const { Dir } = JSON.parse(run(['mod', 'download', '-json', module], folder)) as { Dir: string };
  const dir = join(folder, basename(module.replace(/@.*/, '')));
  cpSync(Dir, dir, { recursive: true });
  spawnSync('chmod', ['-R', 'u+w', dir]);
  if (!existsSync(join(dir, 'go.sum'))) run(['mod', 'download', 'all'], dir);
  return dir;
}

/** What names of tests hold of the run: addresses, and the time of day as %#v shows it. */
const ofTheRun = [
  { pattern: /\b0x[0-9a-f]+/g, is: '0x?' },
  { pattern: /time\.Date\([^)]*\)/g, is: 'time.Date(?)' },
];

/** A name that is the same in each run; of tests whose names are then the same, each but the first has a number. */
function stableName(test: string, tests: ReadonlyMap<string, Outcome>): string {
  const name = ofTheRun.reduce((s, { pattern, is }) => s.replace(pattern, is), test);
  if (name === test || !tests.has(name)) return name;
  let n = 2;
  while (tests.has(`${name}, ${n}`)) n++;
  return `${name}, ${n}`;
}

/** Runs a command in a group of its own, which ends when it has printed nothing for too long: a large module takes as long as the machine needs for it. */
function linesOf(command: string, args: readonly string[], dir: string, line: (text: string) => void): Promise<void> {
  const child = spawn(command, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  const end = (): void => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // it has ended
    }
  };
  process.on('exit', end);
  const silent = setTimeout(() => {
    process.stdout.write(`${command}: stopped, as it had printed nothing for ${limit / 60_000} minutes\n`);
    end();
  }, limit);
  createInterface(child.stdout).on('line', (text) => {
    silent.refresh();
    line(text);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(silent);
      process.off('exit', end);
      resolve();
    });
  });
}

/** The outcomes of `COMMAND test`, package by package. */
async function results(command: string, dir: string, flags: readonly string[]): Promise<Map<string, Package>> {
  const found = new Map<string, Package>();
  await linesOf(command, ['test', '-json', '-count=1', ...flags, './...'], dir, (line) => {
    if (!line.startsWith('{')) return;
    const e = JSON.parse(line) as Event;
    if (e.Package === undefined || !['pass', 'fail', 'skip'].includes(e.Action)) return;
    const p = found.get(e.Package) ?? { end: null, tests: new Map() };
    found.set(e.Package, p);
    if (e.Test === undefined) p.end = e.Action as Outcome;
    else p.tests.set(stableName(e.Test, p.tests), e.Action as Outcome);
  });
  return found;
}

/** Lines `package test: reason`; a test may end in "*". */
function readKnown(): { name: string; reason: string }[] {
  const text = readFileSync(join(root, 'test', 'modules', 'known-differences.txt'), 'utf8');
  return text
    .split('\n')
    .filter((l) => l !== '' && !l.startsWith('#'))
    .map((l) => {
      const at = l.indexOf(': ');
      return { name: l.slice(0, at), reason: l.slice(at + 2) };
    });
}

const known = readKnown();
const isKnown = (name: string): boolean =>
  known.some((k) => k.name === name || (k.name.endsWith('*') && name.startsWith(k.name.slice(0, -1))));

const tally = (p: Package | undefined): string => {
  if (!p) return '—';
  if (p.tests.size === 0) return p.end === 'fail' ? 'not built' : 'no tests';
  const n = (o: Outcome): number => [...p.tests.values()].filter((x) => x === o).length;
  return `${n('pass')} / ${n('fail')} / ${n('skip')}`;
};

async function main(): Promise<void> {
  await buildRuntime();
  const args = process.argv.slice(2);
  const flags = args.includes('-short') ? ['-short'] : [];
  const named = args.filter((a) => !a.startsWith('-'));
  const folder = mkdtempSync(join(tmpdir(), 'burrow-modules-'));
  let passed = 0;
  let failed = 0;
  try {
    for (const module of modules) {
      if (named.length > 0 && !named.some((n) => module.includes(n))) continue;
      const dir = fetched(module, folder);
      const native = await results('go', dir, flags);
      const own = await results(burrow, dir, flags);
      process.stdout.write(
        `\n### ${module.replace('@', ' ')}\n\n| package | go | burrow | differences |\n|---|---|---|---|\n`,
      );
      const differences: string[] = [];
      for (const path of [...new Set([...native.keys(), ...own.keys()])].sort()) {
        const [a, b] = [native.get(path), own.get(path)];
        let n = 0;
        const compare = (name: string, x: Outcome | null | undefined, y: Outcome | null | undefined): void => {
          if (x === y) {
            passed++;
            return;
          }
          n++;
          if (isKnown(name)) passed++;
          else failed++;
          differences.push(`${isKnown(name) ? '' : 'NEW '}${name}: ${x ?? 'nothing'}, ${y ?? 'nothing'}`);
        };
        const tests = new Set([...(a?.tests.keys() ?? []), ...(b?.tests.keys() ?? [])]);
        for (const t of tests) compare(`${path} ${t}`, a?.tests.get(t), b?.tests.get(t));
        if (tests.size === 0) compare(path, a?.end, b?.end);
        process.stdout.write(`| ${path} | ${tally(a)} | ${tally(b)} | ${n || ''} |\n`);
      }
      if (differences.length > 0) process.stdout.write(`\n${differences.join('\n')}\n`);
    }
  } finally {
    if (args.includes('-keep')) process.stdout.write(`${folder}\n`);
    else rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

await main();
