// Keeps the engine's code of Burrow's own modules, so that it need not be read and compiled every time.

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cacheDir, makeDir } from './cachefolder.ts';

/** Applies to the modules that this thread imports from here on. */
export function keepCode(): void {
  const dir = cacheDir();
  if (!dir) return;
  try {
    makeDir(dir);
    enableCompileCache(join(dir, 'node'));
  } catch {
    // Commands that need the cache say so.
  }
}
