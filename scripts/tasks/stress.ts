// `npm run stress [-- DURATION [GCDURATION]]`: the stress program at GOMAXPROCS=4, then under gcstress. 5m and 1m unless told.
// `npm run stress -- rounds [N [PROCS…]]`: the tests of sync, sync/atomic (-short: its hammers take minutes), context and time, and the programs of Go's own test folder
// that are about channels, each compiled once and run N times (20) with each GOMAXPROCS (1 2 4 8), two at a time.
//
// Guarantees: a round that hangs costs its time limit only and is told from one that fails; the last line is `N passed, N failed`.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { goroot as sources } from '../../src/cli/goroot.ts';
import { parseRecipe } from '../../test/conformance/recipe.ts';
import { buildRuntime } from '../build-runtime.mjs';
import { root } from '../root.ts';

const burrow = join(root, 'bin', 'burrow');
/** milliseconds that a round may take */
const limit = 15 * 60_000;
/** rounds at once */
const jobs = 2;

/** Something that is run again and again. */
interface Subject {
  /** the row of the table it counts for */
  readonly row: string;
  readonly command: readonly string[];
  readonly cwd: string;
  /** what it must print, null if that may be anything */
  readonly output: string | null;
}

interface Tally {
  passed: number;
  failed: number;
  hung: number;
}

function build(args: readonly string[], file: string): void {
  const { status, stdout, stderr } = spawnSync(burrow, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} does not compile:\n${stdout}${stderr}`);
}

/** The tests of packages, as binaries in dir. */
function packages(goroot: string, dir: string): Subject[] {
  return ['sync', 'sync/atomic', 'context', 'time'].map((path) => {
    const binary = join(dir, `${path.replace('/', '-')}.test`);
    build(['test', '-c', '-o', binary, path], path);
    // A test of sync/atomic stores 64-bit numbers as pointers, and waits for ever for the goroutines that find less.
    const flags = path === 'sync/atomic' ? ['-test.short', '-test.skip=TestHammerStoreLoad'] : [];
    return { row: path, command: [binary, ...flags], cwd: join(goroot, 'src', path), output: null };
  });
}

/** The programs about channels of Go's test folder, as binaries in dir. */
function channels(goroot: string, dir: string): Subject[] {
  const tests = join(goroot, 'test');
  const all = ['chan', 'ken', '.'].flatMap((folder) =>
    readdirSync(join(tests, folder))
      .filter((f) => f.endsWith('.go') && (folder === 'chan' || f.startsWith('chan')))
      .sort()
      .map((f) => join(tests, folder, f)),
  );
  return all.flatMap((file) => {
    const { action, args } = parseRecipe(readFileSync(file, 'utf8'));
    if (action !== 'run' || args.length > 0) return [];
    const binary = join(dir, `${basename(dirname(file))}-${basename(file, '.go')}`);
    build(['build', '-o', binary, file], file);
    const out = file.replace(/\.go$/, '.out');
    const output = existsSync(out) ? readFileSync(out, 'utf8') : '';
    return [{ row: "Go's test folder", command: [binary], cwd: dirname(file), output }];
  });
}

function round(s: Subject, procs: string, t: Tally): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(s.command[0]!, s.command.slice(1), {
      cwd: s.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limit,
      killSignal: 'SIGQUIT',
      env: { ...process.env, GOMAXPROCS: procs },
    });
    let out = '';
    const add = (d: Buffer): void => {
      out += d;
    };
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    child.on('close', (status, signal) => {
      if (status === 0 && (s.output === null || out === s.output)) t.passed++;
      else {
        if (signal !== null || /SIGQUIT: quit|test timed out/.test(out)) t.hung++;
        else t.failed++;
        process.stdout.write(`GOMAXPROCS=${procs} ${s.command.join(' ')}\n${out}\n`);
      }
      resolve();
    });
  });
}

/** Returns how many rounds passed and how many did not. */
async function rounds(n: number, all: readonly string[]): Promise<[number, number]> {
  const dir = mkdtempSync(join(tmpdir(), 'burrow-rounds-'));
  try {
    const goroot = await sources();
    const subjects = [...packages(goroot, dir), ...channels(goroot, dir)];
    const tallies = new Map<string, Tally>();
    const queue: (() => Promise<void>)[] = [];
    for (let i = 0; i < n; i++) {
      for (const procs of all) {
        for (const s of subjects) {
          const key = `| ${s.row} | ${procs} |`;
          const t = tallies.get(key) ?? { passed: 0, failed: 0, hung: 0 };
          tallies.set(key, t);
          queue.push(() => round(s, procs, t));
        }
      }
      queue.push(async () => {
        process.stderr.write(`round ${i + 1} of ${n}\n`);
      });
    }
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) await next();
    };
    await Promise.all(Array.from({ length: jobs }, work));
    const rows = [...tallies].sort(([a], [b]) => (a < b ? -1 : 1));
    process.stdout.write('| what | GOMAXPROCS | passed | failed | hung |\n|---|---|---|---|---|\n');
    for (const [key, t] of rows) process.stdout.write(`${key} ${t.passed} | ${t.failed} | ${t.hung} |\n`);
    const sum = (of: (t: Tally) => number): number => rows.reduce((s, [, t]) => s + of(t), 0);
    return [sum((t) => t.passed), sum((t) => t.failed + t.hung)];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function long(duration: string, goroutines: string, debug: string): boolean {
  const program = join(root, 'test', 'stress', 'main.go');
  const env = { ...process.env, GOMAXPROCS: '4', GODEBUG: debug };
  return spawnSync(burrow, ['run', program, duration, goroutines], { stdio: 'inherit', env }).status === 0;
}

await buildRuntime();
const args = process.argv.slice(2);
let passed = 0;
let failed = 0;
if (args[0] === 'rounds') {
  const [, n = '20', ...procs] = args;
  [passed, failed] = await rounds(Number(n), procs.length > 0 ? procs : ['1', '2', '4', '8']);
} else {
  const [first = '5m', second = '1m'] = args;
  for (const ok of [long(first, '10000', ''), long(second, '1000', 'gcstress=1')]) {
    if (ok) passed++;
    else failed++;
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
