// The list of known failures of the standard library's own tests, known-failures.txt: one test a line, `package TestName: reason`; lines that
// begin with # are comments. TestName is (build) where a package's tests do not build.
//
// It may only shrink: a test in it that passes makes the run fail, as one that fails and is not in it does.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, 'known-failures.txt');
const line = /^([^#\s]+ [^\s:]+): .+$/;

/** Of each package, the tests that are known to fail. */
export function readKnown(): Map<string, Set<string>> {
  const known = new Map<string, Set<string>>();
  if (!existsSync(file)) return known;
  for (const l of readFileSync(file, 'utf8').split('\n')) {
    const [path, name] = (line.exec(l)?.[1] ?? '').split(' ');
    if (!path || !name) continue;
    const tests = known.get(path);
    if (tests) tests.add(name);
    else known.set(path, new Set([name]));
  }
  return known;
}

/** Takes lines out, each named as `package TestName`. */
export function removeKnown(tests: ReadonlySet<string>): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, lines.filter((l) => !tests.has(line.exec(l)?.[1] ?? '')).join('\n'));
}
