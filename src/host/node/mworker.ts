// Worker threads for Ms. It takes the engine some 50 ms to make one, so the first is best asked for before the program is there.

import { Worker } from 'node:worker_threads';
import { beside } from './beside.ts';

/** code: that of worker.ts, if the host is bundled; otherwise it is a module beside this one. The thread runs an M once it is sent its ProgramInput. */
export function newWorker(code?: string): Worker {
  return new Worker(code ?? beside(import.meta.filename, 'worker'), {
    eval: code !== undefined,
    resourceLimits: { stackSizeMb: 16, maxOldGenerationSizeMb: 4096 },
    // Descriptors belong to the program, not to the thread that opened them.
    trackUnmanagedFds: false,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
}

let spare: Worker | null = null;

/** Makes the first worker now. Until a program takes it, it keeps no process alive. */
export function makeAhead(code?: string): void {
  spare = newWorker(code);
  spare.unref();
}

/** No program will come. */
export function giveUp(): void {
  void spare?.terminate();
  spare = null;
}

/** The worker that was made ahead, or a new one. */
export function takeWorker(code?: string): Worker {
  const worker = spare ?? newWorker(code);
  spare = null;
  worker.ref();
  return worker;
}
