// Modules for the loader, which cannot wait but by stopping its thread: what is not in the cache is fetched by another one.
//
// Guarantees: a thread that dies is noticed, and becomes an error. Without anything to fetch no thread is started.

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { beside } from '../host/node/beside.ts';
import type { Version } from '../load/gomod.ts';
import { ModError } from '../load/gomodsyntax.ts';
import { goModOf } from '../load/gosum.ts';
import type { GoModFile, ModuleFolder, ModuleSource, Unavailable } from '../load/source.ts';
import { moduleStore } from './modstore.ts';

export type Question =
  | { readonly kind: 'goMod' | 'folder'; readonly m: Version; readonly sums: readonly string[] }
  | {
      readonly kind: 'goMods';
      readonly ms: readonly Version[];
      readonly sums: { readonly [module: string]: readonly string[] };
    };

export type Answer =
  | { readonly value: GoModFile | ModuleFolder | Unavailable | null }
  | { readonly fault: { readonly message: string; readonly plain: boolean } };

export interface WorkerSetup {
  readonly goroot: string;
  /** answers given; signs of life */
  readonly state: Int32Array;
}

/** so many seconds without a sign of life are a death */
const patience = 30;

export class FetchingSource implements ModuleSource {
  private readonly goroot: string;
  private readonly store: ReturnType<typeof moduleStore>;
  private readonly state = new Int32Array(new SharedArrayBuffer(8));
  private port: MessagePort | null = null;

  constructor(goroot: string) {
    this.goroot = goroot;
    this.store = moduleStore(goroot);
  }

  goMod(m: Version, sums: readonly string[]): GoModFile | Unavailable {
    return this.store.cachedGoMod(m, sums) ?? (this.ask({ kind: 'goMod', m, sums }) as GoModFile | Unavailable);
  }

  folder(m: Version, sums: readonly string[]): ModuleFolder | Unavailable {
    return this.store.cachedFolder(m, sums) ?? (this.ask({ kind: 'folder', m, sums }) as ModuleFolder | Unavailable);
  }

  expect(ms: readonly Version[], sums: (m: Version) => readonly string[]): void {
    const missing = ms.filter((m) => !this.store.cache.has(m, 'mod'));
    if (missing.length < 2) return;
    const all = Object.fromEntries(missing.map((m) => [`${m.path}@${m.version}`, sums(goModOf(m))]));
    this.ask({ kind: 'goMods', ms: missing, sums: all });
  }

  private start(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(beside(import.meta.filename, 'modworker'), {
      workerData: { port: port2, state: this.state, goroot: this.goroot } satisfies WorkerSetup & { port: MessagePort },
      transferList: [port2],
    });
    // it ends with the process
    worker.unref();
    port1.unref();
    return port1;
  }

  private ask(q: Question): GoModFile | ModuleFolder | Unavailable | null {
    this.port ??= this.start();
    const given = Atomics.load(this.state, 0);
    this.port.postMessage(q);
    let sign = Atomics.load(this.state, 1);
    for (let silent = 0; Atomics.load(this.state, 0) === given; ) {
      Atomics.wait(this.state, 0, given, 1000);
      const now = Atomics.load(this.state, 1);
      silent = now === sign ? silent + 1 : 0;
      sign = now;
      if (silent > patience) throw new ModError('', [], 'the thread that fetches modules has died');
    }
    const a = receiveMessageOnPort(this.port)!.message as Answer;
    if ('fault' in a) throw new ModError('', [], a.fault.message, a.fault.plain);
    return a.value;
  }
}
