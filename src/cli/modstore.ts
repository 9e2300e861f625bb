// The module store of this process: where it is, and what it says.

import { writeSync } from 'node:fs';
import { GoEnv } from '../host/node/goenv.ts';
import { ModuleStore } from '../host/node/modstore.ts';
import * as messages from './messages.ts';
import { moduleCacheDir } from './modsettings.ts';

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
