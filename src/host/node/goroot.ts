// Finds the Go 1.26 sources on this machine: GOROOT, or what the go command says, if they are of that version.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const wanted = /^go1\.26(\.|rc|$)/m;

/** First line of a GOROOT's VERSION file, "go1.26.8"; null if there is none or it is another release's. */
export function goVersion(goroot: string): string | null {
  try {
    const version = readFileSync(join(goroot, 'VERSION'), 'utf8').split('\n')[0]!.trim();
    return wanted.test(version) ? version : null;
  } catch {
    return null;
  }
}

/** The folder of the Go sources, or null if this machine has none of the right version. */
export function findGoroot(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.GOROOT && goVersion(env.GOROOT)) return env.GOROOT;
  for (const dir of (env.PATH ?? '').split(':')) {
    // …/go/bin/go lies in its GOROOT: no need to start it.
    if (dir.endsWith('/bin') && goVersion(dir.slice(0, -4))) return dir.slice(0, -4);
  }
  try {
    const said = execFileSync('go', ['env', 'GOROOT'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return goVersion(said) ? said : null;
  } catch {
    return null;
  }
}
