// Has the compiler work in a thread of its own, whose memory ends before the machine's does.
//
// A thread that runs out of memory ends alone; running out of it here would end the whole process with the engine's own report.
// The thread also has a large stack, because the parser, the checker, lowering and the passes follow the nesting of the source by
// recursion. Guarantees: too little memory or stack, and a thread that ends early, become an Exhausted, which says where.

import { Worker } from 'node:worker_threads';
import { beside } from '../host/node/beside.ts';
import type { Input } from './cache.ts';
import type { CompileRequest, LinkRequest, PackageErrors, Stage } from './compile.ts';

export type Job = { readonly req: Omit<CompileRequest, 'files' | 'at' | 'source'> } & (
  | { readonly kind: 'check' }
  | { readonly kind: 'list' }
  | { readonly kind: 'link'; readonly link: LinkRequest }
  | { readonly kind: 'dump'; readonly stage: string; readonly func: string | null; readonly runtime: Uint8Array }
);

export interface Done {
  readonly errors: readonly PackageErrors[];
  /** of kind 'link': null if there are errors */
  readonly wasm: Uint8Array | null;
  /** of kind 'link': what the program was made of */
  readonly inputs: readonly Input[];
  /** of kind 'dump'; of kind 'list': import paths, one a line */
  readonly text: string;
}

/** What the thread is busy with: its stage and package, written by it and read when it is gone. */
export const placeSize = 4096;
export interface ThreadData {
  readonly job: Job;
  readonly place: Int32Array;
}

export const stages: readonly Stage[] = ['load', 'check', 'lower', 'link'];

/** The compiler had to give up. */
export class Exhausted extends Error {
  readonly what: 'memory' | 'stack';
  readonly stage: Stage;
  readonly path: string;
  /** MB of memory there were */
  readonly limit: number;

  constructor(what: 'memory' | 'stack', stage: Stage, path: string, limit: number) {
    super(`out of ${what}`);
    this.what = what;
    this.stage = stage;
    this.path = path;
    this.limit = limit;
  }
}

const stackSizeMb = 900;
/** limit: MB of memory. Throws Exhausted, or the error of a mistake in the compiler. */
export async function compileApart(job: Job, limit: number): Promise<Done> {
  const place = new Int32Array(new SharedArrayBuffer(placeSize));
  const worker = new Worker(beside(import.meta.filename, 'compiler'), {
    workerData: { job, place } satisfies ThreadData,
    resourceLimits: { stackSizeMb, maxOldGenerationSizeMb: limit },
  });
  const exhausted = (what: 'memory' | 'stack'): Exhausted => {
    const path = new Uint8Array(place.buffer, 8, place[1]).slice();
    return new Exhausted(what, stages[place[0]!]!, new TextDecoder().decode(path), limit);
  };
  const isMemory = (e: Error): boolean =>
    (e as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY' ||
    (e instanceof RangeError && e.message === 'Array buffer allocation failed');
  const isStack = (e: Error): boolean => e instanceof RangeError && e.message.startsWith('Maximum call stack');
  return new Promise((resolve, reject) => {
    const fail = (e: Error): void => reject(isMemory(e) ? exhausted('memory') : isStack(e) ? exhausted('stack') : e);
    worker.on('message', (m: Done | Error) => (m instanceof Error ? fail(m) : resolve(m)));
    worker.on('error', fail);
    worker.on('exit', (code) => reject(new Error(`the compiler's thread ended (exit ${code})`)));
  });
}
