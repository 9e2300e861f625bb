// What the loader asks of the place that modules come from.
//
// Assumes: an answer may take as long as a download; the loader waits for it. Guarantees: what is answered has one of the hashes that
// were given or, where there were none, was checked by whatever else the place trusts. Otherwise, a ModError is thrown.

import type { Version } from './gomod.ts';

/** What could not be had, with its reason, as the go command says it. */
export interface Unavailable {
  readonly error: string;
}

export interface GoModFile {
  readonly data: Uint8Array;
  readonly sum: string;
}

export interface ModuleFolder {
  readonly dir: string;
  readonly sum: string;
}

export interface ModuleSource {
  /** The go.mod file of a module. sums: hashes that go.sum has for it. */
  goMod(m: Version, sums: readonly string[]): GoModFile | Unavailable;
  /** The folder that holds a module's files. sums: hashes that go.sum has for them. */
  folder(m: Version, sums: readonly string[]): ModuleFolder | Unavailable;
  /** The go.mod files of these modules will be asked for. sums: what go.sum has for a version. */
  expect(ms: readonly Version[], sums: (m: Version) => readonly string[]): void;
}

export function unavailable(x: object): x is Unavailable {
  return 'error' in x;
}
