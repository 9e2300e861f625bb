// Runs a test program in its package's folder and gathers what it prints.
//
// The program has a process of its own (launcher.ts), because the current folder belongs to a process. A shell joins its two
// streams into one, so that lines stay in order.
// Guarantees: a program that outlasts its own timeout by a minute, or a tenth of it, is stopped: first asked to say where it is, then killed.

import { spawn } from 'node:child_process';
import { writeLauncher } from './launcher.ts';
import { makeTemp, removeTemp } from './tempfolder.ts';

export interface TestRun {
  readonly wasm: Uint8Array;
  /** name of the program */
  readonly name: string;
  readonly dir: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** nanoseconds; 0 for none */
  readonly timeout: number;
  /** told of output as it comes */
  readonly output: (chunk: Buffer) => void;
}

export interface TestEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  /** how long it took */
  readonly seconds: number;
  readonly killed: 'SIGQUIT' | 'SIGKILL' | null;
  /** nanoseconds after which it would be, or was, killed */
  readonly limit: number;
}

const longestTimer = 2 ** 31 - 1;

export async function runTest(run: TestRun): Promise<TestEnd> {
  const temp = makeTemp('burrow-test');
  const program = writeLauncher(temp, run.name, run.wasm);
  const start = performance.now();
  const child = spawn('/bin/sh', ['-c', 'exec "$@" 2>&1', 'sh', program, ...run.args], {
    cwd: run.dir,
    env: run.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (d: Buffer) => {
    chunks.push(d);
    run.output(d);
  });
  let killed: TestEnd['killed'] = null;
  const timers: NodeJS.Timeout[] = [];
  const delay = Math.max(5e9, run.timeout / 10);
  const limit = run.timeout + Math.max(60e9, delay);
  if (run.timeout > 0 && (limit + delay) / 1e6 < longestTimer) {
    const stop = (sig: 'SIGQUIT' | 'SIGKILL'): void => {
      killed = sig;
      child.kill(sig);
    };
    timers.push(setTimeout(stop, limit / 1e6, 'SIGQUIT'), setTimeout(stop, (limit + delay) / 1e6, 'SIGKILL'));
  }
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) =>
        resolve({
          code,
          signal,
          out: Buffer.concat(chunks).toString(),
          seconds: (performance.now() - start) / 1000,
          killed,
          limit,
        }),
      );
    });
  } finally {
    for (const t of timers) clearTimeout(t);
    removeTemp(temp);
  }
}
