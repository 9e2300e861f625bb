// Finds the Go 1.26 sources: GOROOT, what the go command says if it is of that version, or what Burrow has fetched before (gosrc.ts).

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The release that is fetched where there is none. */
export const release = 'go1.26.8';

/** Where fetched sources are kept in Burrow's cache folder. */
export function fetchedGoroot(cache: string): string {
  return join(cache, 'go', release);
}

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

/** The folder of the Go sources, or null if this machine has none of the right version. fetched: where Burrow keeps its own, or null. */
export function findGoroot(env: NodeJS.ProcessEnv, fetched: string | null): string | null {
  return installedGoroot(env) ?? (fetched && goVersion(fetched) ? fetched : null);
}

function installedGoroot(env: NodeJS.ProcessEnv): string | null {
  if (env.GOROOT && goVersion(env.GOROOT)) return env.GOROOT;
  for (const dir of (env.PATH ?? '').split(':')) {
    // …/go/bin/go lies in its GOROOT: no need to start it.
    if (dir.endsWith('/bin') && goVersion(dir.slice(0, -4))) return dir.slice(0, -4);
  }
  const { execFileSync } = process.getBuiltinModule('node:child_process');
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
