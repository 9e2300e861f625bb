// Programs for the commands: from the cache, or compiled.
//
// The compiler is imported when it is first needed: a program from the cache starts without it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goVersion } from '../host/node/goroot.ts';
import { goExportNames } from '../runtime/goexports.ts';
import { buildTags } from './buildtags.ts';
import { ProgramCache } from './cache.ts';
import { cacheDir } from './cachedir.ts';
import type { Target } from './compile.ts';
import { Failure, failure } from './failure.ts';
import { goroot, NoSources } from './goroot.ts';
import { memoryLimit } from './memory.ts';
import * as messages from './messages.ts';
import { moduleCacheDir, moduleSettings } from './modsettings.ts';
import { compilerIdentity, root } from './self.ts';
import type { Done, Job } from './thread.ts';

export async function request(target: Target, allErrors: boolean): Promise<Job['req']> {
  const goroot = await sources();
  return {
    cwd: process.cwd(),
    goroot,
    overlays: join(root, 'src', 'std'),
    modCache: moduleCacheDir(goroot),
    settings: moduleSettings(),
    tags: buildTags(goroot),
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
export async function program(target: Target, run: boolean): Promise<Uint8Array> {
  const made = await makeProgram(target, run);
  if (!made.wasm) throw failure(made.errors);
  return made.wasm;
}

/** Compiles, or takes the program from the cache. run: only a main package will do. */
export async function makeProgram(
  target: Target,
  run: boolean,
  vet: readonly string[] = [],
): Promise<Pick<Done, 'wasm' | 'errors'>> {
  const req = { ...(await request(target, false)), program: run, vet };
  const dir = cacheDir();
  const cache = dir ? new ProgramCache(dir) : null;
  const command = JSON.stringify([root, req.cwd, req.target, req.goroot, req.tags, vet, req.settings]);
  const means = `${compilerIdentity()} ${goVersion(req.goroot)}`;
  const known = cache?.lookup(command, means);
  if (known) return { wasm: known, errors: [] };
  const link = { runtime: runtimeWasm(), goExports: goExportNames };
  const { wasm, inputs, errors } = await compileJob({ kind: 'link', req, link });
  if (wasm) cache?.store(command, means, inputs, wasm);
  return { wasm, errors };
}
