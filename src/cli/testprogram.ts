// The process of one test program, which testrun.ts starts: arguments are the program's file, its name and its arguments.

import { readFileSync } from 'node:fs';
import { endProcess, environment, run } from '../host/node/run.ts';

const [file, name, ...args] = process.argv.slice(2);
endProcess(await run(readFileSync(file!), { args: [name!, ...args], env: environment() }));
