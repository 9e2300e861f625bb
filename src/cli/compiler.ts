// The compiler's thread, which thread.ts starts: does a job and sends back what came of it.

import { parentPort, workerData } from 'node:worker_threads';
import { keepCode } from './codecache.ts';
import type { Done, ThreadData } from './thread.ts';

keepCode();
void import('./job.ts')
  .then(({ perform }) => perform(workerData as ThreadData))
  .catch((e: unknown) => e as Error)
  .then((answer: Done | Error) => parentPort!.postMessage(answer));
