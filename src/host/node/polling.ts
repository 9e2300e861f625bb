// The words of a run's control memory that its threads share about the poller (sockets.ts), and how polling ends.

import { writeSync } from 'node:fs';

/** The poller's descriptor, and that of the event that wakes it, each plus 1. */
export const pollWord = 2;
export const wakeWord = 3;
/** … and whether the run is over. */
export const endWord = 4;

/** The M that waits in netpoll comes back, and none waits there any more: their threads are about to end, and in the system they would not notice. */
export function endPolling(control: Int32Array): void {
  Atomics.store(control, endWord, 1);
  const wake = Atomics.load(control, wakeWord) - 1;
  if (wake >= 0) writeSync(wake, new Uint8Array(new BigUint64Array([1n]).buffer));
}
