// `npm run stress [-- DURATION [GCDURATION]]`: the stress program at GOMAXPROCS=4, then under gcstress. 5m and 1m unless told.
// `npm run stress -- rounds [N [PROCS…]]`: the tests of sync, sync/atomic, context and time, and Go's own test/chan, N rounds (20) with each GOMAXPROCS (1 2 4 8).
//
// Guarantees: a round that hangs costs its time limit only and is told from one that fails; the last line is `N passed, N failed`.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildRuntime } from '../build-runtime.mjs';
import { root } from '../root.ts';

const burrow = join(root, 'bin', 'burrow');
/** A round may take so long. */
const limit = 15 * 60_000;

interface Tally {
  passed: number;
  failed: number;
  hung: number;
}

function count(t: Tally, command: readonly string[], procs: string): void {
  const { status, signal, stdout, stderr } = spawnSync(command[0]!, command.slice(1), {
    cwd: root,
    encoding: 'utf8',
    timeout: limit,
    killSignal: 'SIGQUIT',
    maxBuffer: 256 << 20,
    env: { ...process.env, GOMAXPROCS: procs },
  });
  const hangs = signal !== null || /SIGQUIT: quit|test timed out/.test(stdout + stderr);
  if (status === 0) t.passed++;
  else {
    if (hangs) t.hung++;
    else t.failed++;
    process.stdout.write(`GOMAXPROCS=${procs} ${command.slice(1).join(' ')}\n${stdout}${stderr}\n`);
  }
}

/** Returns how many rounds passed and how many did not. */
function rounds(n: number, all: readonly string[]): [number, number] {
  const subjects: readonly (readonly [string, readonly string[]])[] = [
    // A test of sync/atomic stores 64-bit numbers as pointers, and waits for ever for the goroutines that find less.
    ...['sync', 'sync/atomic', 'context', 'time'].map(
      (p) => [p, [burrow, 'test', '-count=1', '-skip=TestHammerStoreLoad', p]] as const,
    ),
    ['test/chan', [process.execPath, join(root, 'scripts', 'tasks', 'conformance.ts'), 'chan']],
  ];
  const sum: Tally = { passed: 0, failed: 0, hung: 0 };
  const rows: string[] = [];
  for (const [name, command] of subjects)
    for (const procs of all) {
      const t: Tally = { passed: 0, failed: 0, hung: 0 };
      for (let i = 0; i < n; i++) count(t, command, procs);
      rows.push(`| ${name} | ${procs} | ${t.passed} | ${t.failed} | ${t.hung} |`);
      process.stderr.write(`${rows.at(-1)}\n`);
      sum.passed += t.passed;
      sum.failed += t.failed;
      sum.hung += t.hung;
    }
  process.stdout.write(`| what | GOMAXPROCS | passed | failed | hung |\n|---|---|---|---|---|\n${rows.join('\n')}\n`);
  return [sum.passed, sum.failed + sum.hung];
}

function long(duration: string, goroutines: string, debug: string): boolean {
  const program = join(root, 'test', 'stress', 'main.go');
  const env = { ...process.env, GOMAXPROCS: '4', GODEBUG: debug };
  return spawnSync(burrow, ['run', program, duration, goroutines], { stdio: 'inherit', env }).status === 0;
}

await buildRuntime();
const args = process.argv.slice(2);
let passed = 0;
let failed = 0;
if (args[0] === 'rounds') {
  const [, n = '20', ...procs] = args;
  [passed, failed] = rounds(Number(n), procs.length > 0 ? procs : ['1', '2', '4', '8']);
} else {
  const [first = '5m', second = '1m'] = args;
  for (const ok of [long(first, '10000', ''), long(second, '1000', 'gcstress=1')]) {
    if (ok) passed++;
    else failed++;
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
