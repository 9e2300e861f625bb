// Runs a program: the workers of its Ms and the memory they share, watched by this thread.
//
// Guarantees: resolves with how the program ended; a worker that dies otherwise is a fatal error, never a hang.

import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { SchedEvent } from '../../inspect/events.ts';
import { Descriptors, type NewFile } from './descriptors.ts';
import { type Ending, Exit } from './ending.ts';
import { takeWorker } from './mworker.ts';
import { endPolling } from './polling.ts';
import type { ProgramInput } from './program.ts';
import { die, type SignalRequest, Signals } from './signals.ts';
import { Watch } from './watch.ts';
import { writeAll } from './write.ts';

export interface RunOptions {
  /** args[0] is the program's name */
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** for os.Executable: the file that starts the program */
  readonly executable?: string;
  /** what the program was started with beside the standard streams */
  readonly inherited?: readonly NewFile[];
  /** the code of the worker, if the host is bundled; otherwise it is a module beside this one */
  readonly worker?: string;
  /** makes the run reproducible: one P, and time and choices from the seed */
  readonly seed?: bigint;
  /** is given the scheduler's events, some at a time, the last ones before run() resolves */
  readonly events?: (events: readonly SchedEvent[]) => void;
}

/** How the program ended, and whether a thread of it may still be in a call of the system. */
export type Ended = Ending & { readonly blocked?: boolean };

/** Memory to start with, in pages of 64 KiB: more than that of small programs, but so little that V8 does not collect its own garbage for it (from 64 MiB on, in each thread). */
const firstPages = 512;

const notLoaded = (e: unknown): Ended => ({ fatal: `the program cannot be loaded: ${(e as Error).message}` });

/** Reads a program. If that cannot be done, this is how it ended. */
export function load(wasm: Uint8Array): WebAssembly.Module | Ended {
  try {
    return new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
  } catch (e) {
    return notLoaded(e);
  }
}

export async function run(wasm: Uint8Array | WebAssembly.Module, options: RunOptions): Promise<Ended> {
  const module = wasm instanceof WebAssembly.Module ? wasm : load(wasm);
  if (!(module instanceof WebAssembly.Module)) return module;
  let memory: WebAssembly.Memory;
  try {
    memory = new WebAssembly.Memory({ initial: firstPages, maximum: 65536, shared: true });
  } catch (e) {
    return notLoaded(e);
  }
  const control = new Int32Array(new SharedArrayBuffer(32));
  const cpus = availableParallelism();
  const input: ProgramInput = {
    module,
    memory,
    control,
    files: Descriptors.create(options.inherited ?? []),
    args: options.args,
    env: options.env,
    executable: options.executable ?? '',
    procs: gomaxprocs(options.env) ?? cpus,
    cpus,
    epoch: BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n - process.hrtime.bigint(),
    seed: options.seed ?? 0n,
    events: options.events ? (options.seed ? 2 : 1) : 0,
    m: 0,
  };
  return new Promise((resolve) => {
    let ended = false;
    const workers: Worker[] = [];
    const watch = new Watch(input, (m) => start({ ...input, m }), options.events);
    const signals = new Signals(
      control,
      (sig) => watch.signalled(sig),
      (sig) => watch.dieOf(sig, end),
    );
    const end = (e: Ending): void => {
      if (ended) return;
      ended = true;
      const blocked = watch.inHostCall();
      watch.stop();
      signals.close();
      endPolling(control);
      for (const w of workers) void w.terminate();
      resolve({ ...e, blocked });
    };
    const start = (data: ProgramInput): void => {
      if (ended) return;
      const worker = takeWorker(options.worker);
      workers.push(worker);
      worker.postMessage(data);
      worker.on('message', (e: Ending | SignalRequest) => ('sig' in e ? signals.handle(e) : end(e)));
      worker.on('error', (e: Error) => end({ fatal: `worker: ${e.message}` }));
      worker.on('exit', (code) =>
        end({ fatal: `an M's worker thread ended (exit ${code}) while the program was running` }),
      );
    };
    start(input);
    watch
      .start()
      .catch((e: unknown) => end(e instanceof Exit ? e.ending : { fatal: `sysmon: ${(e as Error).message}` }));
  });
}

/** GOMAXPROCS of the environment, if it is a positive number. */
function gomaxprocs(env: readonly string[]): number | undefined {
  const n = Number(env.findLast((e) => e.startsWith('GOMAXPROCS='))?.slice('GOMAXPROCS='.length));
  return Number.isInteger(n) && n > 0 ? Math.min(n, 256) : undefined;
}

/** This process's environment, for a program that starts in its current folder. */
export function environment(): string[] {
  return Object.entries({ ...process.env, PWD: process.cwd() }).map(([k, v]) => `${k}=${v}`);
}

/** Ends this process as the program ended. */
export function endProcess(e: Ended): void {
  if ('signal' in e) {
    die(e.signal);
    return;
  }
  if ('fatal' in e) writeAll(2, Buffer.from(`fatal error: ${e.fatal.trimEnd()}\n`));
  const code = 'fatal' in e ? 2 : e.code;
  // Node's exit waits for its threads, and one that reads a terminal cannot be told to stop: another program in this one's place ends them all.
  if (e.blocked) {
    try {
      process.execve?.('/bin/sh', ['sh', '-c', `exit ${code & 0xff}`], {});
    } catch {
      // without a shell, it takes until the call returns
    }
  }
  process.exit(code);
}
