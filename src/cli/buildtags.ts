// Build tags: those of -tags, on the command line or in GOFLAGS, and the experiments that GOEXPERIMENT asks for.
//
// Source: `go help buildconstraint`, `go help environment`, internal/goexperiment.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GoEnv } from '../host/node/goenv.ts';
import { Failure } from './failure.ts';
import { buildFlag } from './modsettings.ts';

/** Throws Failure if there is no such experiment. */
export function buildTags(goroot: string): string[] {
  const env = new GoEnv(process.env, goroot);
  return [...buildFlag(env, 'tags').split(/[ ,]+/).filter(Boolean), ...experiments(env.get('GOEXPERIMENT'), goroot)];
}

/** `no` before an experiment's name turns it off. */
function experiments(list: string, goroot: string): string[] {
  const names = list.split(',').filter((name) => name !== '' && name !== 'none');
  for (const name of names) {
    const file = `exp_${name.replace(/^no/, '')}_on.go`;
    if (!existsSync(join(goroot, 'src', 'internal', 'goexperiment', file)))
      throw new Failure(`go: unknown GOEXPERIMENT ${name.replace(/^no/, '')}\n`, 2);
  }
  return names.map((name) => `goexperiment.${name}`);
}
