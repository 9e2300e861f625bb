// The compiler's view of the disk.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Files } from '../../load/files.ts';

export const diskFiles: Files = {
  read(path) {
    try {
      return readFileSync(path);
    } catch {
      return null;
    }
  },
  list(path) {
    try {
      return readdirSync(path, { withFileTypes: true }).map((e) => ({ name: e.name, dir: e.isDirectory() }));
    } catch {
      return null;
    }
  },
  has(path) {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  },
};
