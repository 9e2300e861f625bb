// What the command knows of itself: where it lies, and which it is.
//
// It runs from its sources or from what scripts/build-command.mjs makes of them; a build's modules lie in one folder, named after what is in them.

import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** The checkout: put in place of this name by a build. */
declare const burrowRoot: string;

/** Absolute path of the folder that has src, build and package.json. */
export const root = typeof burrowRoot === 'string' ? burrowRoot : resolve(import.meta.dirname, '..', '..');

/** The folder of the build that runs; null: the sources run. */
export const buildDir = typeof burrowRoot === 'string' ? import.meta.dirname : null;

let identity = '';

/** Says which compiler this is: its code, the Go files it puts in place of others, and the runtime it links. One line. */
export function compilerIdentity(): string {
  if (identity) return identity;
  const parts: (string | number | undefined)[] = [buildDir ? basename(buildDir) : 'sources'];
  const walk = (dir: string): void => {
    for (const e of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(dir, e.name);
      if (e.isDirectory()) {
        parts.push(e.name);
        walk(path);
      } else {
        const st = statSync(path);
        parts.push(e.name, st.size, st.mtimeMs);
      }
    }
  };
  walk(join(root, 'src', ...(buildDir ? ['std'] : [])));
  const runtime = statSync(join(root, 'build', 'runtime.wasm'), { throwIfNoEntry: false });
  parts.push(runtime?.size, runtime?.mtimeMs);
  identity = parts.join(' ');
  return identity;
}
