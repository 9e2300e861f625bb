// What a command's arguments name: a package, by its files, its folder or its import path.

import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Target } from './compile.ts';
import { Failure } from './failure.ts';

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
