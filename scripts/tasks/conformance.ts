// `npm run conformance -- [folder | program…] [--gcstress] [--update] [-j N] [-v]`: programs of Go's test folder, read in place.
//
// Folders: chan, ken, interface, typeparam, fixedbugs, …, "." for the top level, or "types" for the test data of Go's type checkers; all of
// them by default. --gcstress runs a tenth of the
// programs that run, chosen by hash, with a collection at every safepoint, and counts those that fail then. --update takes programs that pass
// out of the list of known failures.
//
// Guarantees: one program's crash or endless loop costs that program only; the last line is `N passed, N failed`, where only unexpected
// failures count, and the exit code is non-zero if there is one.

import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { goroot as sources } from '../../src/cli/goroot.ts';
import type { Case, Verdict } from '../../test/conformance/judge.ts';
import { readKnown, removeKnown } from '../../test/conformance/known.ts';
import { isTypesTest, typesTests } from '../../test/conformance/types.ts';
import { buildRuntime } from '../build-runtime.mjs';
import { root } from '../root.ts';

/** A case may take so long, with all its compiling and running. */
const caseTimeout = 240_000;
const tenth = 10;

const folders = [
  'chan',
  'ken',
  'interface',
  'typeparam',
  'typeparam/mdempsky',
  '.',
  'fixedbugs',
  'syntax',
  'dwarf',
  'abi',
  'internal/runtime/sys',
  'stress',
  'simd',
  'types',
];

function programs(goroot: string, wanted: readonly string[]): string[] {
  const tests = join(goroot, 'test');
  const all: string[] = [];
  for (const w of wanted) {
    if (w === 'types') {
      all.push(...typesTests(goroot));
      continue;
    }
    if (w.endsWith('.go') || isTypesTest(w)) {
      all.push(w);
      continue;
    }
    let names: string[] = [];
    try {
      names = readdirSync(join(tests, w)).filter((f) => f.endsWith('.go'));
    } catch {
      if (!folders.includes(w)) throw new Error(`${w}: no such folder of Go's tests`);
    }
    for (const f of names.sort()) all.push(w === '.' ? f : `${w}/${f}`);
  }
  return all;
}

class Pool {
  private readonly queue: string[];
  private readonly make: (path: string) => Case;
  private readonly done: (path: string, v: Verdict) => void;

  constructor(queue: string[], make: (path: string) => Case, done: (path: string, v: Verdict) => void) {
    this.queue = queue;
    this.make = make;
    this.done = done;
  }

  async run(workers: number): Promise<void> {
    await Promise.all(Array.from({ length: workers }, () => this.work()));
  }

  private spawn(): ChildProcess {
    return fork(join(root, 'test', 'conformance', 'worker.ts'), {
      execArgv: ['--stack-size=4000', '--max-old-space-size=4096', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
  }

  private async work(): Promise<void> {
    let child: ChildProcess | null = null;
    for (let path = this.queue.shift(); path !== undefined; path = this.queue.shift()) {
      child ??= this.spawn();
      const v: Verdict | null = await this.one(child, this.make(path));
      if (!v) {
        child.kill('SIGKILL');
        child = null;
      }
      this.done(path, v ?? { kind: 'fail', action: 'run', why: 'the compiler crashed or took too long' });
    }
    child?.kill();
  }

  private one(child: ChildProcess, c: Case): Promise<Verdict | null> {
    return new Promise((resolve) => {
      const finish = (v: Verdict | null): void => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(v);
      };
      const timer = setTimeout(() => finish(null), caseTimeout);
      child.once('message', (v) => finish(v as Verdict));
      child.once('exit', () => finish(null));
      child.once('error', () => finish(null));
      child.send(c);
    });
  }
}

interface Tally {
  passed: number;
  known: number;
  unexpected: number;
}

async function main(): Promise<void> {
  await buildRuntime();
  const args = process.argv.slice(2);
  const gcstress = args.includes('--gcstress');
  const verbose = args.includes('-v');
  const jobs = args.includes('-j') ? Number(args[args.indexOf('-j') + 1]) : 2;
  const named = args.filter((a, i) => !a.startsWith('-') && args[i - 1] !== '-j');
  const goroot = await sources();
  const tests = join(goroot, 'test');
  const known = readKnown();
  let paths = programs(goroot, named.length > 0 ? named : folders);
  if (paths.length === 0)
    throw new Error(`${tests} holds none of these programs: set GOROOT to a whole Go tree, as go.dev/dl has it`);
  if (gcstress) {
    const chosen = (p: string) => createHash('sha256').update(p).digest()[0]! % tenth === 0;
    paths = paths.filter((p) => !known.has(p) && (paths.length < tenth || chosen(p)));
  }
  const tallies = new Map<string, Tally>();
  const left = new Map<string, number>();
  const mended = new Set<string>();
  let unexpected = 0;
  let passed = 0;
  const done = (path: string, v: Verdict): void => {
    if (v.kind === 'left') {
      left.set(v.why, (left.get(v.why) ?? 0) + 1);
      return;
    }
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
    const key = `${folder} | ${v.action}`;
    const t = tallies.get(key) ?? { passed: 0, known: 0, unexpected: 0 };
    tallies.set(key, t);
    if (v.kind === 'pass') {
      t.passed++;
      passed++;
      if (verbose) process.stdout.write(`ok   ${path}\n`);
      if (known.has(path)) mended.add(path);
    } else if (known.has(path) && !gcstress) t.known++;
    else {
      t.unexpected++;
      unexpected++;
      process.stdout.write(`FAIL ${path}: ${v.why.replaceAll('\n', '\n     ')}\n`);
    }
  };
  await new Pool(paths, (path) => ({ tests, path, goroot, gcstress }), done).run(jobs);

  process.stdout.write(
    '\n| folder | recipe | tried | passed | % | known failures | unexpected |\n|---|---|---|---|---|---|---|\n',
  );
  for (const [key, t] of [...tallies].sort()) {
    const tried = t.passed + t.known + t.unexpected;
    const percent = ((100 * t.passed) / tried).toFixed(1);
    process.stdout.write(`| ${key} | ${tried} | ${t.passed} | ${percent} | ${t.known} | ${t.unexpected} |\n`);
  }
  for (const [why, n] of left) process.stdout.write(`left out: ${n}, ${why}\n`);
  if (mended.size > 0 && args.includes('--update')) removeKnown(mended);
  else
    for (const p of mended) {
      unexpected++;
      process.stdout.write(`${p} passes: take it out of test/conformance/known-failures.txt (--update does)\n`);
    }
  process.stdout.write(`${passed} passed, ${unexpected} failed\n`);
  process.exitCode = unexpected ? 1 : 0;
}

try {
  await main();
} catch (e) {
  process.stderr.write(`conformance: ${(e as Error).message}\n`);
  process.exitCode = 1;
}
