// `npm test`: type check, lint, build the runtime and the command, then every *.test.ts under src and test, with the Go sources found or fetched.
//
// Guarantees: the last line printed is `N passed, N failed`, and the exit code is non-zero if anything failed.

import { globSync } from 'node:fs';
import { run as runTests } from 'node:test';
import { spec } from 'node:test/reporters';
import { goroot } from '../../src/cli/goroot.ts';
import { buildCommand } from '../build-command.mjs';
import { buildRuntime } from '../build-runtime.mjs';
import { check } from '../check.ts';
import { root } from '../root.ts';

let passed = 0;
let failed = 0;
const count = (ok: boolean) => (ok ? passed++ : failed++);

for (const step of check()) count(step);
await buildRuntime();
await buildCommand();
// Tests have caches of their own: they would all fetch the sources.
process.env.GOROOT = await goroot();

const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root })
  .filter((f) => !f.startsWith('src/runtime/node_modules'))
  .map((f) => `${root}/${f}`)
  .sort();
const stream = runTests({ files, concurrency: 2, timeout: 300_000, cwd: root });
stream.on('test:pass', (e) => {
  if (e.details.type !== 'suite') count(true);
});
stream.on('test:fail', (e) => {
  if (e.details.type !== 'suite') count(false);
});
stream.compose(spec()).pipe(process.stdout);
stream.on('end', () => {
  process.exitCode = failed ? 1 : 0;
  setImmediate(() => process.stdout.write(`\n${passed} passed, ${failed} failed\n`));
});
