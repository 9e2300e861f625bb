// The Go sources for a command: found, or fetched once into the cache.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchedGoroot, findGoroot } from '../host/node/goroot.ts';
import type { Origin } from '../host/node/gosrc.ts';
import { cacheDir, makeDir } from './cachedir.ts';
import * as messages from './messages.ts';

/** Fetched sources stay even where compiled programs are not cached. */
function sourceCache(): string {
  return cacheDir() ?? join(tmpdir(), 'burrow');
}

/** The sources in effect, or null if there are none yet. */
export function knownGoroot(): string | null {
  return findGoroot(process.env, fetchedGoroot(sourceCache()));
}

export class NoSources extends Error {}

/** The sources; fetches them if need be. Throws NoSources. */
export async function goroot(): Promise<string> {
  const known = knownGoroot();
  if (known) return known;
  const { fetchGoroot, FetchError } = await import('../host/node/gosrc.ts');
  const terminal = process.stderr.isTTY;
  let begun: Origin | null = null;
  const say = (from: Origin, mb: number, total: number): void => {
    if (terminal) process.stderr.write(`\r${messages.fetching(from, mb, total)}\x1b[K`);
    else if (from !== begun) process.stderr.write(`${messages.fetching(from, 0, 0)}\n`);
    begun = from;
  };
  try {
    makeDir(sourceCache());
    return await fetchGoroot({ cache: sourceCache(), env: process.env, say });
  } catch (e) {
    const { code, message } = e as NodeJS.ErrnoException;
    if (!(e instanceof FetchError) && code === undefined) throw e;
    throw new NoSources(messages.noSources(message));
  } finally {
    if (terminal) process.stderr.write('\r\x1b[K');
  }
}
