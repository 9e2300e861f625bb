// How much memory the compiler may use.

import { totalmem } from 'node:os';

/** With less, the engine cannot even start. */
const leastMb = 32;

/** Megabytes: BURROW_MEMORY, or three quarters of what the machine or the container has. null: BURROW_MEMORY is no number. */
export function memoryLimit(env: NodeJS.ProcessEnv = process.env): number | null {
  const set = env.BURROW_MEMORY ?? '';
  if (set !== '') return /^\d{1,9}$/.test(set) ? Math.max(leastMb, Number(set)) : null;
  const allowed = process.constrainedMemory();
  const bytes = allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
  return Math.max(leastMb, Math.floor((bytes * 3) / 4 / 2 ** 20));
}
