// Where what can be made again is kept.

import { mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

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
