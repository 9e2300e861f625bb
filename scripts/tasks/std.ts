// `npm run std -- [package…] [-v] [--long] [--update] [--write] [-j N] [--log DIR]`: the standard library's own tests, by `burrow test -short`.
//
// Without packages: all that test/std/packages.ts chooses. -v names each failed test's state, --long leaves out -short, --update takes tests that
// pass out of the list of known failures, --write puts the rows of the named packages into docs/std.md (a run of all always does, as each ends),
// --log keeps each package's output.
//
// Guarantees: a package takes a bounded time. When a test kills its program or outlasts its time, the others still get their turn. The last line
// is `N passed, N failed, N skipped`; only tests that are not on the list count as failed, and the exit code is non-zero if there is one.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { goroot as sources } from '../../src/cli/goroot.ts';
import { readKnown, removeKnown } from '../../test/std/known.ts';
import { leftOut, leftOutTests, ownGo, testedPackages } from '../../test/std/packages.ts';
import { outcome, type Verdict } from '../../test/std/verdicts.ts';
import { buildRuntime } from '../build-runtime.mjs';
import { root } from '../root.ts';

/** seconds that a test program may run, and that all of a package's rounds may take with compiling */
const programTime = 240;
const packageTime = 900;
/** A program that dies is started again without the tests that have ended and those it died of, so many times. */
const rounds = 12;
/** holds a go command that is Burrow */
const goFolder = join(root, 'test', 'std', 'bin');
const docs = join(root, 'docs', 'std.md');

interface Options {
  readonly long: boolean;
  readonly log: string | null;
}

interface Result {
  readonly path: string;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly out: string;
}

function burrow(args: readonly string[], env: NodeJS.ProcessEnv, seconds: number): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(join(root, 'bin', 'burrow'), ['test', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
      detached: true,
    });
    let out = '';
    child.stdout.on('data', (d: Buffer) => {
      out += d;
    });
    child.stderr.on('data', (d: Buffer) => {
      out += d;
    });
    const timer = setTimeout(() => {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // it has just ended
      }
    }, seconds * 1000);
    const end = (): void => {
      clearTimeout(timer);
      resolve(out);
    };
    child.on('close', end);
    child.on('error', end);
  });
}

async function testPackage(path: string, options: Options): Promise<Result> {
  const verdicts = new Map<string, Verdict>();
  const begun = performance.now();
  const env = ownGo.has(path) ? { ...process.env, PATH: `${goFolder}${delimiter}${process.env.PATH}` } : process.env;
  let out = '';
  for (let round = 0; round < rounds; round++) {
    const left = packageTime - (performance.now() - begun) / 1000;
    if (left <= 0) break;
    const args = ['-v', `-timeout=${programTime}s`, ...(options.long ? [] : ['-short'])];
    const skip = [...(leftOutTests[path] ?? []), ...verdicts.keys()];
    if (skip.length > 0) args.push(`-skip=^(${skip.join('|')})$`);
    const text = await burrow([...args, path], env, left);
    out += text;
    const o = outcome(path, text);
    for (const [name, v] of o.verdicts) verdicts.set(name, v);
    if (!o.built) verdicts.set('(build)', 'failed');
    if (!o.died) break;
    if (o.verdicts.size === 0) {
      verdicts.set('(program)', 'failed');
      break;
    }
  }
  if (options.log) {
    mkdirSync(options.log, { recursive: true });
    writeFileSync(join(options.log, `${path.replaceAll('/', '_')}.log`), out);
  }
  return { path, verdicts, out };
}

const count = (r: Result, v: Verdict): number => [...r.verdicts.values()].filter((x) => x === v).length;

const row = (r: Result): string =>
  `| ${r.path} | ${count(r, 'passed')} | ${count(r, 'failed')} | ${count(r, 'skipped')} |`;

/** Renews the rows of the packages in the table; all: no others remain. */
function writeDocs(results: readonly Result[], all: boolean): void {
  const rows = new Map<string, string>();
  const rowOf = /^\| ([a-z0-9/]+) \| (\d+) \| (\d+) \| (\d+) \|$/;
  if (!all && existsSync(docs)) {
    for (const line of readFileSync(docs, 'utf8').split('\n')) {
      const m = rowOf.exec(line);
      if (m) rows.set(m[1]!, line);
    }
  }
  for (const r of results) rows.set(r.path, row(r));
  const lines = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  const sums = [2, 3, 4].map((i) => lines.reduce((n, line) => n + Number(rowOf.exec(line)![i]), 0));
  const percent = ((100 * sums[0]!) / Math.max(1, sums[0]! + sums[1]!)).toFixed(1);
  const text = `# The standard library's own tests

Written by \`npm run std\`, which runs \`burrow test -short\` over the packages of GOROOT that have tests. The failed ones, each with its reason, are in
\`test/std/known-failures*.txt\`. Tests and examples are counted, their subtests are not. A test that is skipped says itself that it makes no sense
on this platform, in short mode or without the native toolchain. A package without a row has not been run yet.

${sums[0]} passed, ${sums[1]} failed, ${sums[2]} skipped: ${percent} % of those that ran pass.

Left out (\`test/std/packages.ts\`):

${leftOut.map(([rule, why]) => `- \`${rule.source.replaceAll('\\/', '/').replaceAll('|', '\\|')}\`: ${why}`).join('\n')}
- single tests that judge what a native toolchain makes of a program, or need its tools: ${Object.entries(leftOutTests)
    .map(([path, tests]) => `${tests.join(', ')} of \`${path}\``)
    .join('; ')}
- tests of \`runtime\` that look into the native one: \`src/std/runtime/overlay.json\` has the files that are used, and what of them is not

Programs that the tests of ${[...ownGo].map((path) => `\`${path}\``).join(', ')} build are built by Burrow.

| package | passed | failed | skipped |
|---|---|---|---|
${lines.join('\n')}
`;
  writeFileSync(docs, text.replaceAll('\\|', '|'));
}

async function main(): Promise<void> {
  await buildRuntime();
  const args = process.argv.slice(2);
  const valued = ['-j', '--log'];
  const value = (flag: string): string | undefined => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined);
  const named = args.filter((a, i) => !a.startsWith('-') && !valued.includes(args[i - 1] ?? ''));
  const jobs = Number(value('-j') ?? 2);
  const options = { long: args.includes('--long'), log: value('--log') ?? null };
  const goroot = await sources();
  const queue = named.length > 0 ? [...named] : testedPackages(goroot);
  const known = readKnown();
  const results: Result[] = [];
  const writes = named.length === 0 || args.includes('--write');
  const mended = new Set<string>();
  let unexpected = 0;
  const judge = (r: Result): void => {
    results.push(r);
    if (writes) writeDocs([r], false);
    const listed = known.get(r.path) ?? new Set();
    const failures = [...r.verdicts].filter(([name, v]) => v === 'failed' && !listed.has(name)).map(([name]) => name);
    unexpected += failures.length;
    const state = failures.length > 0 ? 'FAIL' : 'ok  ';
    const figures = `${count(r, 'passed')} passed, ${count(r, 'failed')} failed, ${count(r, 'skipped')} skipped`;
    process.stdout.write(`${state} ${r.path}: ${figures}${failures.length > 0 ? `: ${failures.join(' ')}` : ''}\n`);
    if (failures.length > 0 && args.includes('-v'))
      process.stdout.write(`${r.out.replace(/^(?!.*FAIL).*--- PASS.*\n|^=== .*\n/gm, '')}\n`);
    for (const name of listed) {
      const v = r.verdicts.get(name);
      if (v === 'passed' || (name.startsWith('(') && !v)) mended.add(`${r.path} ${name}`);
    }
  };
  const work = async (): Promise<void> => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) judge(await testPackage(path, options));
  };
  await Promise.all(Array.from({ length: jobs }, work));
  if (named.length === 0) writeDocs(results, true);
  if (mended.size > 0 && args.includes('--update')) removeKnown(mended);
  else
    for (const m of mended) {
      unexpected++;
      process.stdout.write(`${m} passes: take it out of test/std/known-failures.txt (--update does)\n`);
    }
  const sum = (v: Verdict): number => results.reduce((n, r) => n + count(r, v), 0);
  process.stdout.write(`${sum('passed')} passed, ${unexpected} failed, ${sum('skipped')} skipped\n`);
  process.exitCode = unexpected ? 1 : 0;
}

try {
  await main();
} catch (e) {
  process.stderr.write(`std: ${(e as Error).message}\n`);
  process.exitCode = 1;
}
