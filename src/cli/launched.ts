// The process of a program that launcher.ts has made a file of: arguments are the program's module, its descriptors, that file and the program's arguments.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { inherited } from '../host/node/adopt.ts';
import { endProcess, environment, run } from '../host/node/run.ts';

const [module, descriptors, file, ...args] = process.argv.slice(2);
endProcess(
  await run(readFileSync(module!), {
    args: [file!, ...args],
    env: environment(),
    executable: resolve(file!),
    inherited: inherited(descriptors!),
  }),
);
