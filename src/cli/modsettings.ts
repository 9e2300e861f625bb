// What the command line and the environment say about modules.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GoEnv } from '../host/node/goenv.ts';
import type { ModSettings } from '../load/mainmodules.ts';
import { cacheDir } from './cachedir.ts';

/** The module cache: Go's, or one of Burrow's own where there is none. */
export function moduleCacheDir(goroot: string): string {
  return new GoEnv(process.env, goroot).moduleCache(join(cacheDir() ?? join(tmpdir(), 'burrow'), 'mod'));
}

/** Flags about modules that the commands have in common. */
export const moduleFlags = { mod: 'string', modfile: 'string', modcacherw: 'bool' } as const;

let given: ReadonlyMap<string, string> = new Map();

/** From now on these flags of the command line count. */
export function useModuleFlags(values: ReadonlyMap<string, string>): void {
  given = values;
}

export function moduleSettings(): ModSettings {
  const env = new GoEnv(process.env);
  return {
    mod: given.get('mod') ?? env.flags('mod').at(-1) ?? '',
    modFile: given.get('modfile') ?? env.flags('modfile').at(-1) ?? '',
    work: env.get('GOWORK'),
  };
}
