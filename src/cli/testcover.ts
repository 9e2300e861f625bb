// Coverage of several packages' tests: which packages count their blocks, and the profile that all of them go to.
//
// Source: `go help testflag`, `go help build`; observed output of go test -cover.

import { appendFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Target } from './compile.ts';
import { Failure } from './failure.ts';
import { findPackages, type Places } from './patterns.ts';
import { compileJob, request } from './program.ts';
import type { TestCommand } from './testflags.ts';

export interface Coverage {
  /** what is counted when this package is tested */
  readonly of: (path: string) => NonNullable<Target['cover']>;
  /** null if none is written */
  readonly profile: CoverProfile | null;
}

/** Throws Failure if the profile cannot be written. */
export async function coverage(
  command: TestCommand,
  places: Places,
  tested: readonly string[],
): Promise<Coverage | null> {
  const { cover } = command;
  if (!cover) return null;
  const profile =
    cover.profile && !command.compileOnly
      ? new CoverProfile(resolve(command.outputDir, cover.profile), cover.mode)
      : null;
  if (!cover.packages) return { profile, of: (path) => ({ mode: cover.mode, packages: [path], where: '' }) };
  const parts = new Set<string>();
  for (const test of tested) for (const path of await partsOf(test)) if (canCount(path, cover.mode)) parts.add(path);
  const chosen = new Set<string>();
  for (const pattern of cover.packages) {
    const matching = findPackages(places, [pattern]).packages.filter((path) => parts.has(path));
    for (const path of matching) chosen.add(path);
    if (matching.length === 0)
      process.stderr.write(`warning: no packages being tested depend on matches for pattern ${pattern}\n`);
  }
  const packages = [...chosen].sort();
  const where = ` in ${cover.packages.join(', ')}`;
  return { profile, of: () => ({ mode: cover.mode, packages, where }) };
}

/** The runtime is not Go's own, and counting may need package sync/atomic. */
function canCount(path: string, mode: string): boolean {
  if (path === 'runtime' || path === 'main' || path.endsWith('_test')) return false;
  return mode !== 'atomic' || (path !== 'sync/atomic' && path !== 'internal/runtime/atomic');
}

async function partsOf(test: string): Promise<readonly string[]> {
  const done = await compileJob({ kind: 'list', req: await request({ test }, false) });
  return done.text.split('\n');
}

export class CoverProfile {
  private readonly file: string;
  private readonly header: string;

  constructor(file: string, mode: string) {
    this.file = file;
    this.header = `mode: ${mode}\n`;
    this.write(() => writeFileSync(file, this.header));
  }

  /** Adds what a test program has written. */
  add(text: string): void {
    if (!text.startsWith(this.header)) return;
    this.addLines(text.slice(this.header.length));
  }

  addLines(text: string): void {
    this.write(() => appendFileSync(this.file, text));
  }

  private write(f: () => void): void {
    try {
      f();
    } catch (e) {
      const { code } = e as NodeJS.ErrnoException;
      const why =
        code === 'ENOENT'
          ? 'no such file or directory'
          : code === 'EACCES'
            ? 'permission denied'
            : (e as Error).message;
      throw new Failure(`open ${this.file}: ${why}\n`);
    }
  }
}

/** The line of a package without tests whose blocks would be counted. */
export function unrunLine(path: string, unrun: readonly string[]): string {
  const statements = unrun.some((line) => !/ 0 0$/.test(line));
  return `\t${path}\t\tcoverage: ${statements ? '0.0% of statements' : '[no statements]'}\n`;
}
