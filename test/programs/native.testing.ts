// `burrow test` beside `go test`: both run in a folder of the workspace, and what differs by nature is made equal.
//
// Without a native toolchain there is nothing to compare with, and `native` says so.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { command, dir, env, file } from './workspace.testing.ts';

export const native: boolean =
  spawnSync('go', ['version'], { encoding: 'utf8' }).stdout?.startsWith('go version') ?? false;

export interface TestOutcome {
  out: string;
  err: string;
  code: number | null;
}

/** A module example.com/FOLDER with these files. */
export function goModule(folder: string, files: { readonly [name: string]: string }): void {
  file(`${folder}/go.mod`, `module example.com/${folder}\n\ngo 1.26\n`);
  for (const [name, text] of Object.entries(files)) file(`${folder}/${name}`, text);
}

/** Times become T; a test's result in JSON has no others. */
export function timeless(text: string): string {
  return text
    .replace(/"Time":"[^"]*",/g, '')
    .replace(/"Elapsed":[\d.]+/g, '"Elapsed":T')
    .replace(/\d+\.\d+s/g, 'T');
}

function outcome(program: string, folder: string, args: readonly string[], more: NodeJS.ProcessEnv): TestOutcome {
  mkdirSync(join(dir, folder), { recursive: true });
  const r = spawnSync(program, ['test', ...args], {
    cwd: join(dir, folder),
    encoding: 'utf8',
    timeout: 240_000,
    env: { ...env, GOTOOLCHAIN: 'local', GOFLAGS: '', ...more },
  });
  assert.doesNotMatch(r.stderr, /\n {4}at |file:\/\//, 'no JavaScript stack trace');
  return { out: timeless(r.stdout), err: r.stderr, code: r.status };
}

export function burrowTest(folder: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): TestOutcome {
  return outcome(command, folder, args, more);
}

export function goTest(folder: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): TestOutcome {
  return outcome('go', folder, args, more);
}

/** Both print the same and end the same. */
export function same(folder: string, ...args: string[]): TestOutcome {
  const ours = burrowTest(folder, args);
  assert.deepEqual(ours, goTest(folder, args), `test ${args.join(' ')}`);
  return ours;
}
