// The command test: makes a program of each package's tests, runs it in the package's folder and says how it went.
//
// Guarantees: lines, streams and exit codes are those of `go test`. As many packages are built and tested at once as there are
// processors (-p), but they begin, and what they print comes, in the order they were asked for. Without packages on the command line, it
// tests the one of the current folder and shows all its output as it comes; otherwise the output of packages that pass is shown only with -v.
// Source: `go help test`; observed output of the go command.

import { availableParallelism } from 'node:os';
import { diskFiles } from '../host/node/files.ts';
import { ModError } from '../load/gomodsyntax.ts';
import { cacheDir } from './cachedir.ts';
import { Failure } from './failure.ts';
import * as messages from './messages.ts';
import { useBuildFlags } from './modsettings.ts';
import { findPackages, type Places } from './patterns.ts';
import { request } from './program.ts';
import { TestCache } from './testcache.ts';
import { coverage } from './testcover.ts';
import { checkOutput } from './testfile.ts';
import { parseTestCommand } from './testflags.ts';
import { type PackageTest, type TestSession, testPackage } from './testpackage.ts';

export async function test(args: readonly string[]): Promise<number> {
  const command = parseTestCommand(args, process.cwd());
  if (command.fuzz) throw new Failure(messages.noFuzzing());
  const here = command.patterns.length === 0;
  if (command.tags !== undefined) useBuildFlags(new Map([['tags', command.tags]]));
  const { cwd, goroot, modCache, tags } = await request({}, false);
  const places = { files: diskFiles, cwd, goroot, modCache, tags };
  const found = await search(places, here ? ['.'] : command.patterns);
  for (const w of found.warnings) process.stderr.write(`go: warning: ${w}\n`);
  if (found.errors.length > 0 && (here || found.packages.length === 0)) {
    const text = found.errors.map((e) => `go: ${e.msg}\n`).join('');
    throw new Failure(text);
  }
  if (found.packages.length === 0) {
    process.stderr.write('no packages to test\n');
    return 1;
  }
  if (command.profile && found.packages.length > 1)
    throw new Failure(`cannot use -${command.profile} flag with multiple packages\n`);
  checkOutput(command, found.packages);
  const cover = await coverage(command, places, found.packages);
  const cache = cacheDir();
  const session: TestSession = {
    command,
    here,
    goroot,
    modules: found.modules,
    only: found.packages.length === 1,
    cache: cache && !here ? new TestCache(cache) : null,
    shown: new Set(),
    cover,
  };
  let failed = found.errors.length > 0;
  for (const e of found.errors) process.stdout.write(`FAIL\t${e.path} [setup failed]\n`);
  if (!(await testAll(session, found.packages))) failed = true;
  if (failed && !here && !command.json && !command.compileOnly) process.stdout.write('FAIL\n');
  return failed ? 1 : 0;
}

async function search(places: Places, patterns: readonly string[]): Promise<ReturnType<typeof findPackages>> {
  try {
    return findPackages(places, patterns);
  } catch (e) {
    if (!(e instanceof ModError)) throw e;
    const { modErrorLines } = await import('./compile.ts');
    throw new Failure(`${modErrorLines(e, places.cwd).join('\n')}\n`);
  }
}

/** Says whether all passed. */
async function testAll(session: TestSession, paths: readonly string[]): Promise<boolean> {
  const { command } = session;
  const slots = command.parallel || availableParallelism();
  const queue = [...paths];
  let passed = true;
  let stop = false;
  let printed: Promise<void> = Promise.resolve();
  let began: Promise<void> = Promise.resolve();
  let failure: unknown = null;
  const work = async (): Promise<void> => {
    for (let path = queue.shift(); path !== undefined && failure === null; path = queue.shift()) {
      const turn = began;
      const before = printed;
      let beginNext = (): void => {};
      let printNext = (): void => {};
      began = new Promise((done) => {
        beginNext = done;
      });
      printed = new Promise((done) => {
        printNext = done;
      });
      const one: PackageTest = {
        path,
        // Benchmarks disturb each other.
        turn: () => (command.bench ? Promise.all([turn, before]).then(() => {}) : turn),
        begun: beginNext,
        cancelled: () => stop || failure !== null,
      };
      try {
        const { ok, print, failFast } = await testPackage(session, one);
        if (!ok) passed = false;
        if (failFast && command.failFast) stop = true;
        await before;
        print();
      } catch (e) {
        failure ??= e;
      } finally {
        beginNext();
        printNext();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(slots, paths.length) }, work));
  if (failure !== null) throw failure;
  return passed;
}
