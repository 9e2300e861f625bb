// `npm start`: builds the runtime, compiles and runs the tour, and says what to try next.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildRuntime } from '../build-runtime.mjs';
import { root } from '../root.ts';

await buildRuntime();
const burrow = join(root, 'bin', 'burrow');
const { status } = spawnSync(burrow, ['run', join(root, 'examples', 'tour', 'main.go')], { stdio: 'inherit' });
if (status === 0) {
  process.stdout.write(
    'Next: bin/burrow run FILE.go            runs a program of yours\n' +
      '      bin/burrow build -o tour examples/tour/main.go && ./tour    makes an executable\n' +
      '      bin/burrow help                   lists the rest\n',
  );
}
process.exitCode = status ?? 1;
