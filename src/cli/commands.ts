// The commands run, build and vet, and what tool.ts shares with them.
//
// The stages are imported when they are first needed: a program from the cache starts without them.
//
// Guarantees: a mistake in the program is printed as the go command prints it, with exit code 1; `run` ends as the program ends.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { diskFiles } from '../host/node/files.ts';
import { goVersion } from '../host/node/goroot.ts';
import { endProcess, environment, type RunOptions, run as runProgram } from '../host/node/run.ts';
import { goExportNames } from '../runtime/goexports.ts';
import { ProgramCache } from './cache.ts';
import { cacheDir, makeDir } from './cachefolder.ts';
import type { PackageErrors, Target } from './compile.ts';
import { parseFlags } from './flags.ts';
import { goroot, NoSources } from './goroot.ts';
import { memoryLimit } from './memory.ts';
import * as messages from './messages.ts';
import { moduleCacheDir, moduleFlags, moduleSettings, useModuleFlags } from './modstore.ts';
import { makeTemp, removeTemp } from './tempfolder.ts';
import type { Done, Job } from './thread.ts';

/** Ends the command with exit code 1 after the message, which is printed as it is. */
export class Failure extends Error {}

/** The package is in order but not one to run. */
class NotMain extends Failure {}

const root = resolve(import.meta.dirname, '..', '..');

/** Splits what follows the flags into the package and the program's arguments, as `go run` does. */
export function splitTarget(args: readonly string[]): { target: Target; name: string; rest: readonly string[] } {
  const files: string[] = [];
  while (files.length < args.length && args[files.length]!.endsWith('.go')) files.push(args[files.length]!);
  if (files.length > 0) {
    for (const f of files)
      if (!statSync(f, { throwIfNoEntry: false })) throw new Failure(`stat ${f}: no such file or directory\n`);
    const dirs = [...new Set(files.map((f) => dirname(f)))];
    if (dirs.length > 1)
      throw new Failure(`named files must all be in one directory; have ${dirs[0]} and ${dirs[1]}\n`);
    return {
      target: { files: files.map((f) => resolve(f)) },
      name: basename(files[0]!, '.go'),
      rest: args.slice(files.length),
    };
  }
  const first = args[0];
  if (first === undefined) return { target: { dir: process.cwd() }, name: basename(process.cwd()), rest: [] };
  const local = first === '.' || first === '..' || /^(\.\.?)?\//.test(first);
  if (local && !statSync(first, { throwIfNoEntry: false })?.isDirectory())
    throw new Failure(`stat ${resolve(first)}: directory not found\n`);
  if (first.startsWith('-')) throw new Failure(`malformed import path "${first}": leading dash\n`);
  return {
    target: local ? { dir: resolve(first) } : { path: first },
    name: basename(resolve(first)),
    rest: args.slice(1),
  };
}

export async function request(target: Target, allErrors: boolean): Promise<Job['req']> {
  const goroot = await sources();
  return {
    cwd: process.cwd(),
    goroot,
    overlays: join(root, 'src', 'std'),
    modCache: moduleCacheDir(goroot),
    settings: moduleSettings(),
    target,
    allErrors,
  };
}

/** The Go sources. Throws Failure if there are none. */
export async function sources(): Promise<string> {
  try {
    return await goroot();
  } catch (e) {
    if (e instanceof NoSources) throw new Failure(e.message);
    throw e;
  }
}

export function runtimeWasm(): Uint8Array {
  try {
    return readFileSync(join(root, 'build', 'runtime.wasm'));
  } catch {
    throw new Failure(messages.noRuntime());
  }
}

export function failure(errors: readonly PackageErrors[]): Failure {
  let text = '';
  for (const e of errors) text += `${e.path ? `# ${e.path}\n` : ''}${e.lines.join('\n')}\n`;
  return errors.some((e) => e.link === 'not main') ? new NotMain(text) : new Failure(text);
}

let identity = '';

/** Names the compiler as it is: its sources' names, sizes and times, and the runtime it links. */
export function compilerIdentity(): string {
  if (identity) return identity;
  const h = createHash('sha256');
  const walk = (dir: string): void => {
    for (const e of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(dir, e.name);
      if (e.isDirectory()) walk(path);
      else {
        const st = statSync(path);
        h.update(`${path}\0${st.size}\0${st.mtimeMs}\n`);
      }
    }
  };
  walk(join(root, 'src'));
  const built = statSync(join(root, 'build', 'runtime.wasm'), { throwIfNoEntry: false });
  h.update(`${built?.size}\0${built?.mtimeMs}`);
  identity = h.digest('hex');
  return identity;
}

/** Throws Failure if memory or stack do not suffice. */
export async function compileJob(job: Job): Promise<Done> {
  const limit = memoryLimit();
  if (limit === null) throw new Failure(messages.badMemory(process.env.BURROW_MEMORY!));
  const { compileApart, Exhausted } = await import('./thread.ts');
  try {
    return await compileApart(job, limit);
  } catch (e) {
    if (!(e instanceof Exhausted)) throw e;
    const text =
      e.what === 'memory' ? messages.outOfMemory(e.stage, e.path, e.limit) : messages.tooDeep(e.stage, e.path);
    throw new Failure(text);
  }
}

/** Compiles, or takes the program from the cache. Throws Failure with the errors. */
async function program(target: Target, run: boolean): Promise<Uint8Array> {
  const made = await makeProgram(target, run);
  if (!made.wasm) throw failure(made.errors);
  return made.wasm;
}

/** Compiles, or takes the program from the cache. run: only a main package will do. */
export async function makeProgram(
  target: Target,
  run: boolean,
  tags: readonly string[] = [],
  vet: readonly string[] = [],
): Promise<Pick<Done, 'wasm' | 'errors'>> {
  const req = { ...(await request(target, false)), program: run, tags, vet };
  const dir = cacheDir();
  const cache = dir ? new ProgramCache(dir) : null;
  const key = JSON.stringify([
    compilerIdentity(),
    req.cwd,
    req.target,
    req.goroot,
    goVersion(req.goroot),
    tags,
    vet,
    req.settings,
  ]);
  const known = cache?.lookup(key);
  if (known) return { wasm: known, errors: [] };
  const link = { runtime: runtimeWasm(), goExports: goExportNames };
  const { wasm, inputs, errors } = await compileJob({ kind: 'link', req, link });
  if (wasm) cache?.store(key, inputs, wasm);
  return { wasm, errors };
}

export async function run(args: readonly string[]): Promise<number> {
  const { values, rest } = parseFlags({ seed: 'int', events: 'string', ...moduleFlags }, args);
  useModuleFlags(values);
  if (rest.length === 0 || rest[0]!.startsWith('-')) throw new Failure('go: no go files listed\n');
  for (const f of rest) {
    if (!f.endsWith('.go')) break;
    if (f.endsWith('_test.go')) throw new Failure(`go: cannot run *_test.go files (${f})\n`);
  }
  const { target, name, rest: programArgs } = splitTarget(rest);
  const wasm = await program(target, true);
  const options: { -readonly [K in keyof RunOptions]: RunOptions[K] } = {
    args: [name, ...programArgs],
    env: environment(),
  };
  const seed = values.get('seed');
  if (seed !== undefined) {
    options.seed = BigInt.asIntN(64, BigInt(seed));
    if (options.seed === 0n) throw new Failure('burrow: -seed must not be 0\n');
  }
  const file = values.get('events');
  const log = file ? new (await import('./events.ts')).EventLog(file) : null;
  if (log) options.events = (events) => log.add(events);
  const temp = await launcherFor(wasm, name, options);
  const ending = await runProgram(wasm, options);
  if (temp) removeTemp(temp);
  log?.close();
  if ('code' in ending && ending.code !== 0) process.stderr.write(`exit status ${ending.code}\n`);
  endProcess(ending);
  return 0;
}

/** Makes a program that may start itself a file, in a folder of its own; null: it needs none. */
async function launcherFor(
  wasm: Uint8Array,
  name: string,
  options: { args: readonly string[]; executable?: string },
): Promise<string | null> {
  const { startsPrograms, writeLauncher } = await import('./launcher.ts');
  if (!startsPrograms(wasm)) return null;
  const temp = makeTemp('burrow-run');
  options.executable = writeLauncher(temp, name, wasm);
  options.args = [options.executable, ...options.args.slice(1)];
  return temp;
}

export async function build(args: readonly string[]): Promise<number> {
  const { values, rest } = parseFlags({ o: 'string', ...moduleFlags }, args);
  useModuleFlags(values);
  const { target, name } = splitTarget(rest);
  let wasm: Uint8Array;
  try {
    wasm = await program(target, false);
  } catch (e) {
    // a package that is no program is only checked
    if (e instanceof NotMain) return 0;
    throw e;
  }
  const out = outputName(values.get('o') ?? '', target.files ? name : await packageName(target));
  const { writeExecutable } = await import('./bundle.ts');
  try {
    await writeExecutable(out, wasm);
  } catch (e) {
    throw new Failure(messages.cannotWrite(out, (e as Error).message));
  }
  return 0;
}

/** Where the executable goes: into a folder, if that is what -o names. */
function outputName(o: string, usual: string): string {
  if (o === '') return usual;
  if (!o.endsWith('/') && !statSync(o, { throwIfNoEntry: false })?.isDirectory()) return o;
  try {
    makeDir(resolve(o));
  } catch (e) {
    throw new Failure(messages.cannotWrite(o, (e as Error).message));
  }
  return join(o, usual);
}

/** The last element of a package's import path that is no major version. */
async function packageName(target: Target): Promise<string> {
  const [{ parseGoMod }, { findGoMod }] = await Promise.all([
    import('../load/gomod.ts'),
    import('../load/mainmodules.ts'),
  ]);
  let path = target.path ?? target.dir!;
  const goMod = target.dir && findGoMod(diskFiles, target.dir);
  if (goMod) path = join(parseGoMod(goMod, readFileSync(goMod), true).module, relative(dirname(goMod), target.dir!));
  const parts = path.split('/');
  return parts.length > 1 && /^v([2-9]|[1-9]\d+)$/.test(parts.at(-1)!) ? parts.at(-2)! : parts.at(-1)!;
}

export async function vet(args: readonly string[]): Promise<number> {
  const { values, rest } = parseFlags({ e: 'bool', ...moduleFlags }, args);
  useModuleFlags(values);
  const { target } = splitTarget(rest);
  const { allAnalyses } = await import('../vet/vet.ts');
  const req = { ...(await request(target, values.get('e') === 'true')), vet: allAnalyses };
  const { errors } = await compileJob({ kind: 'check', req });
  if (errors.length > 0 && errors.every((e) => e.vetted)) {
    const lines = errors.flatMap((e) => e.lines.map((l) => l.replace(/^\.\//, '')));
    throw new Failure(lines.map((l) => `${l}\n`).join(''));
  }
  if (errors.length > 0 && !errors.every((e) => e.link === 'only tests')) throw failure(errors);
  return 0;
}
