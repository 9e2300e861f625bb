// The list of known failures, known-failures.txt: one program a line, `path: reason`; lines that begin with # are comments.
//
// It may only shrink: a program in it that passes makes the run fail, as one that fails and is not in it does.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, 'known-failures.txt');

export function readKnown(): Map<string, string> {
  const known = new Map<string, string>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const m = /^([^#:]+): (.+)$/.exec(line);
    if (m) known.set(m[1]!, m[2]!);
  }
  return known;
}

/** Takes lines out. */
export function removeKnown(paths: ReadonlySet<string>): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, lines.filter((l) => !paths.has(l.split(':', 1)[0]!)).join('\n'));
}
