// The process of a program that launcher.ts has made a file of: arguments are the program's module, its descriptors, that file and the program's arguments.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { makeAhead } from '../host/node/mworker.ts';

const [module, descriptors, file, ...args] = process.argv.slice(2);

async function start(): Promise<void> {
  const [{ endProcess, environment, run }, { inherited }] = await Promise.all([
    import('../host/node/run.ts'),
    import('../host/node/adopt.ts'),
  ]);
  endProcess(
    await run(readFileSync(module!), {
      args: [file!, ...args],
      env: environment(),
      executable: resolve(file!),
      inherited: inherited(descriptors!),
    }),
  );
}

makeAhead();
void start();
