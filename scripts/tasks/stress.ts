// `npm run stress [-- DURATION [GCDURATION]]`: the stress program at GOMAXPROCS=4, then under gcstress. 5m and 1m unless told.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildRuntime } from '../build-runtime.mjs';

await buildRuntime();
const root = join(import.meta.dirname, '..', '..');
const [long = '5m', short = '1m'] = process.argv.slice(2);
let failed = 0;
for (const [duration, goroutines, debug] of [
  [long, '10000', ''],
  [short, '1000', 'gcstress=1'],
] as const) {
  const { status } = spawnSync(
    join(root, 'bin', 'burrow'),
    ['run', join(root, 'test', 'stress', 'main.go'), duration, goroutines],
    { stdio: 'inherit', env: { ...process.env, GOMAXPROCS: '4', GODEBUG: debug } },
  );
  if (status !== 0) failed++;
}
console.log(`${2 - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
