// The module store of this process: its cache, its settings and what it says.

import { writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GoEnv } from '../host/node/goenv.ts';
import { ModuleStore } from '../host/node/modstore.ts';
import type { ModSettings } from '../load/mainmodules.ts';
import { cacheDir } from './cachefolder.ts';
import * as messages from './messages.ts';

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

/** What the command line and the environment say about modules. */
export function moduleSettings(): ModSettings {
  const env = new GoEnv(process.env);
  return {
    mod: given.get('mod') ?? env.flags('mod').at(-1) ?? '',
    modFile: given.get('modfile') ?? env.flags('modfile').at(-1) ?? '',
    work: env.get('GOWORK'),
  };
}

/** quiet: nothing is said of what is fetched. asking: told of each address. */
export function moduleStore(goroot: string, quiet = false, asking?: (url: string) => void): ModuleStore {
  return new ModuleStore({
    env: new GoEnv(process.env, goroot),
    root: moduleCacheDir(goroot),
    texts: { noVersionControl: messages.noVersionControl, cacheUnwritable: messages.moduleCacheUnwritable },
    downloading: (m) => {
      // not through the stream, which belongs to a thread that may be waiting
      if (!quiet) writeSync(2, `go: downloading ${m.path} ${m.version}\n`);
    },
    ...(asking && { asking }),
  });
}
