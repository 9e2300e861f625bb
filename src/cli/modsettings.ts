// What the command line and the environment say about modules, and the flags that the commands have in common.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GoEnv } from '../host/node/goenv.ts';
import type { ModSettings } from '../load/mainmodules.ts';
import { cacheDir } from './cachedir.ts';

/** The module cache: Go's, or one of Burrow's own where there is none. */
export function moduleCacheDir(goroot: string): string {
  return new GoEnv(process.env, goroot).moduleCache(join(cacheDir() ?? join(tmpdir(), 'burrow'), 'mod'));
}

/** Flags that the commands have in common (`go help build`). */
export const buildFlags = { mod: 'string', modfile: 'string', modcacherw: 'bool', tags: 'string' } as const;

let given: ReadonlyMap<string, string> = new Map();

/** From now on these flags of the command line count. */
export function useBuildFlags(values: ReadonlyMap<string, string>): void {
  given = values;
}

/** What the command line says, or else GOFLAGS; '' if neither does. */
export function buildFlag(env: GoEnv, name: keyof typeof buildFlags): string {
  return given.get(name) ?? env.flags(name).at(-1) ?? '';
}

export function moduleSettings(): ModSettings {
  const env = new GoEnv(process.env);
  return {
    mod: buildFlag(env, 'mod'),
    modFile: buildFlag(env, 'modfile'),
    work: env.get('GOWORK'),
  };
}
