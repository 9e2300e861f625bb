// A file that starts a program: what os.Args[0] and os.Executable name where nothing has been built for good, so that programs can start themselves.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beside } from '../host/node/beside.ts';
import { nodeFlags } from '../host/node/nodeflags.ts';
import { findInherited } from './inherit.ts';

const quoted = (s: string): string => `'${s.replaceAll("'", "'\\''")}'`;

/** Writes the program into a folder that lasts as long as the program may be started; answers the file's path. */
export function writeLauncher(dir: string, name: string, wasm: Uint8Array): string {
  mkdirSync(join(dir, 'exe'), { recursive: true });
  const module = join(dir, 'program.wasm');
  writeFileSync(module, wasm);
  const words = [process.execPath, ...nodeFlags, beside(import.meta.filename, 'launched'), module];
  const file = join(dir, 'exe', name);
  writeFileSync(file, `#!/bin/sh\n${findInherited}\nexec ${words.map(quoted).join(' ')} "$f" "$0" "$@"\n`, {
    mode: 0o755,
  });
  return file;
}
