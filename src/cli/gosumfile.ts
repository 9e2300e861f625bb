// Adds lines to a go.sum file.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { compareVersions } from '../load/semver.ts';

/** lines: "path version" to hash. The file is replaced as a whole. */
export function addSums(file: string, lines: ReadonlyMap<string, string>): void {
  if (lines.size === 0) return;
  let before = '';
  try {
    before = readFileSync(file, 'utf8');
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== 'ENOENT') throw e;
  }
  const all = new Set(before.split('\n').filter((l) => l.trim() !== ''));
  for (const [m, sum] of lines) all.add(`${m} ${sum}`);
  const rows = [...all].map((line) => {
    const [path = '', version = ''] = line.split(' ');
    const slash = version.indexOf('/');
    return {
      line,
      path,
      version: slash < 0 ? version : version.slice(0, slash),
      file: slash < 0 ? '' : version.slice(slash),
    };
  });
  rows.sort(
    (a, b) =>
      order(a.path, b.path) || compareVersions(a.version, b.version) || order(a.file, b.file) || order(a.line, b.line),
  );
  const text = rows.map((r) => `${r.line}\n`).join('');
  if (text === before) return;
  const temp = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temp, text);
    renameSync(temp, file);
  } catch (e) {
    rmSync(temp, { force: true });
    throw e;
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
