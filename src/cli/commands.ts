// The commands build and vet.
//
// Guarantees: a mistake in the package is printed as the go command prints it, with exit code 1.

import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { diskFiles } from '../host/node/files.ts';
import { makeDir } from './cachedir.ts';
import type { Target } from './compile.ts';
import { Failure, failure, NotMain } from './failure.ts';
import { parseFlags } from './flags.ts';
import * as messages from './messages.ts';
import { buildFlags, useBuildFlags } from './modsettings.ts';
import { compileJob, program, request } from './program.ts';
import { splitTarget } from './target.ts';

export async function build(args: readonly string[]): Promise<number> {
  const { values, rest } = parseFlags({ o: 'string', ...buildFlags }, args);
  useBuildFlags(values);
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
  const { values, rest } = parseFlags({ e: 'bool', ...buildFlags }, args);
  useBuildFlags(values);
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
