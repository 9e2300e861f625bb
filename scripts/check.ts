// The static checks: TypeScript's and Biome's.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './root.ts';

/** Runs each check with its output shown; yields whether it passed. */
export function* check(): Generator<boolean> {
  const bin = (name: string) => join(root, 'node_modules', '.bin', name);
  for (const [name, args] of [
    ['tsc', ['-p', root]],
    ['biome', ['check', '--error-on-warnings', root]],
  ] as const) {
    process.stdout.write(`${name} ${args[0]}\n`);
    yield spawnSync(bin(name), args, { cwd: root, stdio: 'inherit' }).status === 0;
  }
}
