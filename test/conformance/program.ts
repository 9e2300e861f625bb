// Runs one program, program.wasm [args…], as `burrow run` does.

import { readFileSync } from 'node:fs';
import { endProcess, environment, run } from '../../src/host/node/run.ts';

const [file, ...args] = process.argv.slice(2);
endProcess(await run(readFileSync(file!), { args: ['a.out', ...args], env: environment() }));
