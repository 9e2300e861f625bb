// Modules that threads and processes start with.

import { dirname, extname, join } from 'node:path';

/** The file of a module in the folder of `file`: a source like it, or, where the command is built (scripts/build-command.mjs), another of the build's. */
export function beside(file: string, name: string): string {
  return join(dirname(file), name + extname(file));
}
