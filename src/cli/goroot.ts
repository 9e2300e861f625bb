// The Go sources for a command: found, or fetched once into the cache.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchedGoroot, findGoroot } from '../host/node/goroot.ts';
import { cacheDir, makeDir } from './cache.ts';

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
  let begun = '';
  const say = (text: string): void => {
    if (terminal) process.stderr.write(`${text}\x1b[K`);
    else {
      // one line for each thing fetched
      const what = text.slice(1).replace(/: \d+( of \d+)? MB$/, '');
      if (what !== begun) process.stderr.write(`${what}\n`);
      begun = what;
    }
  };
  try {
    makeDir(sourceCache());
    return await fetchGoroot({ cache: sourceCache(), env: process.env, say });
  } catch (e) {
    const { code, message } = e as NodeJS.ErrnoException;
    if (!(e instanceof FetchError) && code === undefined) throw e;
    throw new NoSources(
      `no Go 1.26 sources found, and none could be fetched:\n\t${message.replaceAll('\n', '\n\t')}\nSet GOROOT to a Go 1.26 tree, put its go command on PATH, install one (https://go.dev/dl), or set GOPROXY to a module proxy that can be reached.`,
    );
  } finally {
    if (terminal) process.stderr.write('\r\x1b[K');
  }
}
