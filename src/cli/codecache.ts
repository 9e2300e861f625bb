// Keeps the engine's code of Burrow's own modules, so that it need not be read and compiled every time.

import { constants, enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cacheDir, makeDir } from './cachedir.ts';
import { buildDir } from './self.ts';

/** Applies to the modules that this thread imports from here on. */
export function keepCode(): void {
  const { ENABLED, ALREADY_ENABLED } = constants.compileCacheStatus;
  const kept = (dir: string): boolean => {
    const { status } = enableCompileCache(dir);
    return status === ENABLED || status === ALREADY_ENABLED;
  };
  if (buildDir && kept(join(buildDir, 'code'))) return;
  const dir = cacheDir();
  if (!dir) return;
  try {
    makeDir(dir);
    kept(join(dir, 'node'));
  } catch {
    // Commands that need the cache say so.
  }
}
