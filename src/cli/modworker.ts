// The thread that fetches modules while the loader waits, which modsource.ts starts.
//
// Guarantees: each question gets one answer; a counter that both share rises with each, and another one goes on rising as long as
// the thread lives.

import { type MessagePort, workerData } from 'node:worker_threads';
import { ModError } from '../load/gomodsyntax.ts';
import type { Answer, Question, WorkerSetup } from './modsource.ts';
import { moduleStore } from './modstore.ts';

const { port, state, goroot } = workerData as WorkerSetup & { port: MessagePort };
const store = moduleStore(goroot);
const beat = 500;

setInterval(() => Atomics.add(state, 1, 1), beat);

async function answer(q: Question): Promise<Answer> {
  try {
    switch (q.kind) {
      case 'goMod':
        return { value: await store.goMod(q.m, q.sums) };
      case 'folder':
        return { value: await store.folder(q.m, q.sums) };
      case 'goMods':
        await Promise.all(q.ms.map((m) => store.goMod(m, q.sums[`${m.path}@${m.version}`] ?? [])));
        return { value: null };
    }
  } catch (e) {
    if (e instanceof ModError) return { fault: { message: e.message, plain: e.plain } };
    return { value: { error: (e as Error).message } };
  }
}

port.on('message', async (q: Question) => {
  port.postMessage(await answer(q));
  Atomics.add(state, 0, 1);
  Atomics.notify(state, 0);
});
