// The command list: import paths of packages, or with -m what modules are in use.
//
// Source: `go help list`; observed output of the go command.

import { diskFiles } from '../host/node/files.ts';
import { Failure } from './failure.ts';
import { parseFlags } from './flags.ts';
import { attempt, listModules } from './mod.ts';
import { buildFlags, useBuildFlags } from './modsettings.ts';
import { findPackages } from './patterns.ts';
import { request } from './program.ts';

export async function list(args: readonly string[]): Promise<number> {
  const { values, rest } = parseFlags({ m: 'bool', ...buildFlags }, args);
  useBuildFlags(values);
  if (values.get('m') === 'true') return listModules(rest);
  const { cwd, goroot, modCache, tags } = await request({}, false);
  const found = attempt(() =>
    findPackages({ files: diskFiles, cwd, goroot, modCache, tags }, rest.length === 0 ? ['.'] : rest),
  );
  for (const w of found.warnings) process.stderr.write(`go: warning: ${w}\n`);
  let failed = false;
  for (const e of found.errors) {
    process.stderr.write(`${e.path ? `${e.path}: ` : ''}${e.msg}\n`);
    failed = true;
  }
  for (const path of found.packages) {
    const at = attempt(() => found.modules.locate(path));
    if (typeof at !== 'string') process.stdout.write(`${path}\n`);
    else throw new Failure(`${at}\n`);
  }
  return failed ? 1 : 0;
}
