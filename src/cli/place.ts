// Where in Burrow's sources an error comes from, for reports of its own mistakes.

import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { buildDir } from './self.ts';

const frame = /\(?(?:file:\/\/)?([^\s(]*\/([^\s/]+)):(\d+):(\d+)\)?$/m;

/** "src/FILE:LINE:COLUMN" of the first of Burrow's functions in the trace; null if there is none. */
export function placeOf(stack: string): string | null {
  if (!buildDir) return /\/(src\/[^\s)]+)/.exec(stack)?.[1] ?? null;
  const at = stack
    .split('\n')
    .map((l) => frame.exec(l))
    .find((m) => m?.[1]?.startsWith(`${buildDir}/`));
  if (!at) return null;
  try {
    const map = new SourceMap(JSON.parse(readFileSync(`${at[1]}.map`, 'utf8')));
    const entry = map.findEntry(Number(at[3]) - 1, Number(at[4]) - 1);
    if (!('originalSource' in entry)) return null;
    const file = /(?:^|\/)(src\/.*)$/.exec(entry.originalSource)?.[1];
    return file ? `${file}:${entry.originalLine + 1}:${entry.originalColumn + 1}` : null;
  } catch {
    return null;
  }
}
