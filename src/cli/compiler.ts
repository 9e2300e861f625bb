// The compiler's thread, which thread.ts starts: does a job and sends back what came of it.

import { parentPort, workerData } from 'node:worker_threads';
import { keepCode } from './codecache.ts';
import type { Done, ThreadData } from './thread.ts';

keepCode();
const { perform } = await import('./job.ts');

let answer: Done | Error;
try {
  answer = await perform(workerData as ThreadData);
} catch (e) {
  answer = e as Error;
}
parentPort!.postMessage(answer);
