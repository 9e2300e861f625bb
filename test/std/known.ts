// The lists of known failures of the standard library's own tests, known-failures….txt: one test a line, `package TestName: reason`; lines that
// begin with # are comments. TestName is (build) where a package's tests do not build.
//
// They may only shrink: a test in one that passes makes the run fail, as one that fails and is in none does.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const files = readdirSync(import.meta.dirname)
  .filter((name) => /^known-failures.*\.txt$/.test(name))
  .map((name) => join(import.meta.dirname, name));
const line = /^([^#\s]+ [^\s:]+): .+$/;

/** Of each package, the tests that are known to fail. */
export function readKnown(): Map<string, Set<string>> {
  const known = new Map<string, Set<string>>();
  for (const l of files.flatMap((file) => readFileSync(file, 'utf8').split('\n'))) {
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
  for (const file of files) {
    const lines = readFileSync(file, 'utf8').split('\n');
    const left = lines.filter((l) => !tests.has(line.exec(l)?.[1] ?? ''));
    if (left.length < lines.length) writeFileSync(file, left.join('\n'));
  }
}
