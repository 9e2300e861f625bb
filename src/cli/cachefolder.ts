// A folder of files that can be made again.
//
// Guarantees: files are written beside their place and renamed into it, so a reader sees a whole file or none; each begins with a
// hash of the rest, and one that does not fit is treated as absent. The folder is kept under a size by removing the oldest used.

import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as messages from './messages.ts';

const magic = 'burrow1\n';
const headerSize = magic.length + 64 + 1;
/** Its message is for the user. */
export class CacheError extends Error {}

/** Where the cache is: BURROW_CACHE ("off" for none), or burrow/ in the user's cache folder as os.UserCacheDir has it. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.BURROW_CACHE === 'off') return null;
  if (env.BURROW_CACHE) return env.BURROW_CACHE;
  if (process.platform === 'win32') return join(env.LocalAppData ?? join(homedir(), 'AppData', 'Local'), 'burrow');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'burrow');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'burrow');
}

/** Makes a folder and those above it. Node's own way never ends below a folder such as /proc, where nothing can be made. */
export function makeDir(dir: string): void {
  try {
    mkdirSync(dir);
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(dir).isDirectory()) return;
    if (code !== 'ENOENT' || statSync(dirname(dir), { throwIfNoEntry: false })) throw e;
    makeDir(dirname(dir));
    mkdirSync(dir);
  }
}

export const hashOf = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

export class CacheFolder {
  private readonly dir: string;
  private readonly limit: number;

  /** limit: bytes the files may take together before the least recently used go */
  constructor(dir: string, limit: number) {
    this.dir = dir;
    this.limit = limit;
  }

  read(name: string): Uint8Array | null {
    let data: Buffer;
    try {
      data = readFileSync(join(this.dir, name));
    } catch {
      return null;
    }
    const header = data.subarray(0, headerSize).toString('latin1');
    const payload = data.subarray(headerSize);
    if (header !== `${magic}${hashOf(payload)}\n`) return null;
    return payload;
  }

  /** Throws CacheError if the folder cannot be written. */
  write(name: string, payload: Uint8Array): void {
    const path = join(this.dir, name);
    const temp = `${path}.${process.pid}.tmp`;
    try {
      makeDir(this.dir);
      const fd = openSync(temp, 'w');
      try {
        writeSync(fd, `${magic}${hashOf(payload)}\n`);
        for (let n = 0; n < payload.length; ) n += writeSync(fd, payload, n);
      } finally {
        closeSync(fd);
      }
      renameSync(temp, path);
    } catch (err) {
      try {
        rmSync(temp, { force: true });
      } catch {
        // then it was never there
      }
      throw new CacheError(messages.cacheNotWritten(this.dir, (err as Error).message));
    }
  }

  touch(name: string): void {
    const now = new Date();
    try {
      utimesSync(join(this.dir, name), now, now);
    } catch {
      // A cache that cannot be written can still be read; the time only orders removal.
    }
  }

  trim(): void {
    const files = readdirSync(this.dir).flatMap((name) => {
      try {
        const st = statSync(join(this.dir, name));
        return [{ name, size: st.size, used: st.mtimeMs }];
      } catch {
        return [];
      }
    });
    let total = files.reduce((sum, f) => sum + f.size, 0);
    for (const f of files.sort((a, b) => a.used - b.used)) {
      if (total <= this.limit) break;
      rmSync(join(this.dir, f.name), { force: true });
      total -= f.size;
    }
  }
}
