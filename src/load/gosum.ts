// go.sum files: the hashes of modules and of their go.mod files.
//
// Source: "Go Modules Reference", go.sum files.

import type { Version } from './gomod.ts';
import { ModError } from './gomodsyntax.ts';

const decoder = new TextDecoder();

/** the version that a go.mod file's hash is filed under */
export const goModOf = (m: Version): Version => ({ path: m.path, version: `${m.version}/go.mod` });

export class GoSum {
  private readonly sums = new Map<string, string[]>();

  /** Throws a ModError if a line is malformed. */
  add(file: string, src: Uint8Array): void {
    let n = 0;
    for (const line of decoder.decode(src).split('\n')) {
      n++;
      const f = line.split(/\s+/).filter((w) => w !== '');
      if (f.length === 0) continue;
      if (f.length !== 3)
        throw new ModError(file, [], `malformed go.sum:\n${file}:${n}: wrong number of fields ${f.length}`, true);
      // the hash of a go.mod file that was not there, from before Go 1.11
      if (f[2] === 'h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=') continue;
      const key = `${f[0]} ${f[1]}`;
      const known = this.sums.get(key);
      if (!known) this.sums.set(key, [f[2]!]);
      else if (!known.includes(f[2]!)) known.push(f[2]!);
    }
  }

  of(m: Version): readonly string[] {
    return this.sums.get(`${m.path} ${m.version}`) ?? [];
  }

  has(m: Version): boolean {
    return this.of(m).some((h) => h.startsWith('h1:'));
  }
}
