// Writing to a descriptor, whether or not it blocks.

import { writeSync } from 'node:fs';

/** Writes all of data, waiting where the descriptor would block. */
export function writeAll(fd: number, data: Uint8Array): void {
  for (let n = 0; n < data.length; ) {
    try {
      n += writeSync(fd, data, n);
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== 'EAGAIN') throw e;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
