// Runs a program: its worker, the memory they share, and the clock that has long-running goroutines give way.
//
// Guarantees: resolves with how the program ended; a worker that dies otherwise is a fatal error, never a hang.

import { Worker } from 'node:worker_threads';
import type { Ending, ProgramInput } from './program.ts';
import { die, type SignalRequest, Signals } from './signals.ts';

/** Go's time slice. */
const sliceMs = 10;
const offSchedtick = 4624;
const offWake = 4640;
const offSigpending = 4644;

export interface RunOptions {
  /** args[0] is the program's name */
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** the code of the worker, if the host is bundled; otherwise it is a module beside this one */
  readonly worker?: string;
}

export async function run(wasm: Uint8Array, options: RunOptions): Promise<Ending> {
  let module: WebAssembly.Module;
  let memory: WebAssembly.Memory;
  try {
    module = new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
    const min = 1024;
    memory = new WebAssembly.Memory({ initial: min, maximum: 65536, shared: true });
  } catch (e) {
    return { fatal: `the program cannot be loaded: ${(e as Error).message}` };
  }
  const control = new Int32Array(new SharedArrayBuffer(16));
  const input: ProgramInput = { module, memory, control, args: options.args, env: options.env };
  const worker = new Worker(options.worker ?? new URL('./worker.ts', import.meta.url), {
    workerData: input,
    eval: options.worker !== undefined,
    resourceLimits: { stackSizeMb: 16, maxOldGenerationSizeMb: 4096 },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  let tick = -1;
  let words = new Int32Array(memory.buffer);
  const current = (): Int32Array => {
    if (words.buffer !== memory.buffer) words = new Int32Array(memory.buffer);
    return words;
  };
  const preempt = setInterval(() => {
    const m = Atomics.load(control, 0);
    if (m === 0) return;
    const words = current();
    const now = Atomics.load(words, (m + offSchedtick) >> 2);
    if (now === tick) Atomics.store(words, m >> 2, 0);
    tick = now;
  }, sliceMs);
  const signals = new Signals(control, (sig) => {
    const m = Atomics.load(control, 0);
    const words = current();
    Atomics.or(words, (m + offSigpending) >> 2, 1 << sig);
    Atomics.add(words, (m + offWake) >> 2, 1);
    Atomics.store(words, m >> 2, 0);
    Atomics.notify(words, (m + offWake) >> 2);
  });
  return new Promise((resolve) => {
    let ended = false;
    const end = (e: Ending): void => {
      if (ended) return;
      ended = true;
      clearInterval(preempt);
      signals.close();
      void worker.terminate();
      resolve(e);
    };
    worker.on('message', (e: Ending | SignalRequest) => ('sig' in e ? signals.handle(e) : end(e)));
    worker.on('error', (e: Error) => end({ fatal: `worker: ${e.message}` }));
    worker.on('exit', (code) =>
      end({ fatal: `an M's worker thread ended (exit ${code}) while the program was running` }),
    );
  });
}

/** This process's environment, for a program that starts in its current folder. */
export function environment(): string[] {
  return Object.entries({ ...process.env, PWD: process.cwd() }).map(([k, v]) => `${k}=${v}`);
}

/** Ends this process as the program ended. */
export function endProcess(e: Ending): void {
  if ('fatal' in e) {
    process.stderr.write(`fatal error: ${e.fatal.trimEnd()}\n`);
    process.exit(2);
  }
  if ('signal' in e) die(e.signal);
  else process.exit(e.code);
}
