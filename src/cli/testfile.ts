// The files that test programs are kept in, with -c, -o, or a flag that asks for a profile.
//
// Source: `go help test`.

import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from './failure.ts';
import type { TestCommand } from './testflags.ts';

/** Name of a package's test program. */
export function programName(path: string): string {
  const parts = path.split('/');
  const last = parts.length > 1 && /^v([2-9]|[1-9]\d+)$/.test(parts.at(-1)!) ? parts.at(-2)! : parts.at(-1)!;
  return `${last}.test`;
}

/** Several programs go to a folder, each under a name of its own. */
export function checkOutput(command: TestCommand, packages: readonly string[]): void {
  const { output } = command;
  if (packages.length < 2 || (!command.compileOnly && !output) || output === '/dev/null') return;
  if (output && !output.endsWith('/') && !statSync(output, { throwIfNoEntry: false })?.isDirectory())
    throw new Failure('with multiple packages, -o must refer to a directory or /dev/null\n');
  const byName = Map.groupBy(packages, programName);
  let text = '';
  for (const [name, paths] of byName)
    if (paths.length > 1) text += `cannot write test binary ${name} for multiple packages:\n${paths.join('\n')}\n\n`;
  if (text) throw new Failure(text.slice(0, -1));
}

/** The file a program is kept in, or null. */
export function programFile(command: TestCommand, path: string): string | null {
  const { output } = command;
  if ((!command.compileOnly && !output && !command.profile) || output === '/dev/null') return null;
  if (!output) return resolve(programName(path));
  const folder = output.endsWith('/') || statSync(output, { throwIfNoEntry: false })?.isDirectory();
  return folder ? join(resolve(output), programName(path)) : resolve(output);
}
