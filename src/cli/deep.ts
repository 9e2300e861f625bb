// Compiling in a thread with a large stack, for programs nested so deeply that the usual one does not suffice.
//
// The parser, the checker, lowering and the passes follow the nesting of the source by recursion. Threads with large stacks
// are slow to start, so this is done only after the first attempt ran out of stack.
// Guarantees: a program too deep even for this gets an error message.

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { diskFiles } from '../host/node/files.ts';
import { type CompileRequest, checkTarget, compile, type LinkRequest, type PackageErrors } from './compile.ts';

const stackSizeMb = 900;

interface Job {
  readonly req: Omit<CompileRequest, 'files'>;
  /** null: only check */
  readonly link: LinkRequest | null;
}

export interface Compiled {
  readonly wasm: Uint8Array | null;
  readonly errors: readonly PackageErrors[];
  readonly inputs: { readonly files: ReadonlyMap<string, Uint8Array>; readonly dirs: ReadonlySet<string> };
}

export function isStackOverflow(e: unknown): boolean {
  return e instanceof RangeError && e.message.startsWith('Maximum call stack');
}

/** Compiles, or only checks, and tries again with more stack if that is needed. */
export async function compileDeep(req: CompileRequest, link: LinkRequest | null): Promise<Compiled> {
  try {
    return perform({ req, link });
  } catch (e) {
    if (!isStackOverflow(e)) throw e;
  }
  const { files: _, ...rest } = req;
  const job: Job = { req: rest, link };
  const worker = new Worker(new URL(import.meta.url), {
    workerData: job,
    resourceLimits: { stackSizeMb, maxOldGenerationSizeMb: 8192 },
  });
  return new Promise((resolve, reject) => {
    worker.on('message', (m: Compiled | Error) => (m instanceof Error ? reject(m) : resolve(m)));
    worker.on('error', reject);
  });
}

function perform({ req, link }: Job): Compiled {
  const full = { ...req, files: diskFiles };
  if (!link) {
    const { errors, inputs } = checkTarget(full);
    return { wasm: null, errors, inputs };
  }
  const { wasm, errors, front } = compile(full, link);
  return { wasm, errors, inputs: front.inputs };
}

function performHere(job: Job): Compiled | Error {
  try {
    const { wasm, errors, inputs } = perform(job);
    return { wasm, errors, inputs: { files: inputs.files, dirs: inputs.dirs } };
  } catch (e) {
    if (!isStackOverflow(e)) return e as Error;
    const lines = ['burrow: statements or expressions are nested too deeply'];
    return { wasm: null, errors: [{ path: '', lines }], inputs: { files: new Map(), dirs: new Set() } };
  }
}

if (!isMainThread && parentPort) parentPort.postMessage(performHere(workerData as Job));
