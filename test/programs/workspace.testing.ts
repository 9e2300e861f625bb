// A folder of one test file's own, and the burrow command run in it with a cache of its own.
//
// Guarantees: the runtime is built before the file's tests, and the folder is gone after them. No run outlasts two minutes or
// prints a JavaScript stack trace.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before } from 'node:test';
import { buildRuntime } from '../../scripts/build-runtime.mjs';

export const root: string = join(import.meta.dirname, '..', '..');
export const command: string = join(root, 'bin', 'burrow');
export const dir: string = mkdtempSync(join(tmpdir(), 'burrow-test-'));
export const env: NodeJS.ProcessEnv = { ...process.env, BURROW_CACHE: join(dir, 'cache'), LC_ALL: 'C' };

before(() => buildRuntime());
after(() => rmSync(dir, { recursive: true, force: true }));

/** Writes a file, and returns its name. */
export function file(name: string, source: string | Uint8Array): string {
  mkdirSync(dirname(join(dir, name)), { recursive: true });
  writeFileSync(join(dir, name), source);
  return name;
}

export interface Result {
  out: string;
  err: string;
  code: number | null;
  signal: NodeJS.Signals | null;
}

export function burrow(args: readonly string[], input: string | Uint8Array = '', more: NodeJS.ProcessEnv = {}): Result {
  const r = spawnSync(command, args, {
    cwd: dir,
    input,
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 64 << 20,
    env: { ...env, ...more },
  });
  assert.doesNotMatch(r.stderr, /\n {4}at |file:\/\//, 'no JavaScript stack trace');
  return { out: r.stdout, err: r.stderr, code: r.status, signal: r.signal };
}

/** Runs a program given by its text. */
export function run(source: string): Result {
  return burrow(['run', file('prog.go', source)]);
}
