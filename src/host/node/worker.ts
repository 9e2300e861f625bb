// The worker thread an M runs in: instantiates the program over the shared memory and runs the scheduler.
//
// Guarantees: whatever ends the program becomes one message to the parent: its exit code, or the text of a fatal error.

import { parentPort } from 'node:worker_threads';
import { type ProgramInput, runProgram } from './program.ts';

parentPort!.once('message', (input: ProgramInput) => parentPort!.postMessage(runProgram(input)));
