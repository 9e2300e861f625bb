// What the compiler's thread does: one job.

import { diskFiles } from '../host/node/files.ts';
import { describeInput, describeName, type Input } from './cache.ts';
import {
  type CompileRequest,
  checkTarget,
  compile,
  type Front,
  listPackages,
  type PackageErrors,
  type Stage,
} from './compile.ts';
import { addSums } from './gosumfile.ts';
import { FetchingSource } from './modsource.ts';
import { type Done, placeSize, stages, type ThreadData } from './thread.ts';

const encoder = new TextEncoder();

/** Throws what is wrong with the compiler, or RangeErrors where stack or memory do not suffice. */
export async function perform({ job, place }: ThreadData): Promise<Done> {
  const name = new Uint8Array(place.buffer, 8, placeSize - 8);
  const at = (stage: Stage, path: string): void => {
    const b = encoder.encode(path).subarray(0, name.length);
    place[0] = stages.indexOf(stage);
    place[1] = b.length;
    name.set(b);
  };
  const source = job.req.modCache === '' ? null : new FetchingSource(job.req.goroot);
  const req: CompileRequest = { ...job.req, files: diskFiles, source, at };
  const nothing = { wasm: null, inputs: [], text: '' };
  switch (job.kind) {
    case 'check': {
      const front = checkTarget(req);
      return { ...nothing, errors: [...front.errors, ...keepSums(front)] };
    }
    case 'list':
      return { ...nothing, errors: [], text: listPackages(req).join('\n') };
    case 'link': {
      const { wasm, errors, front } = compile(req, job.link);
      const unkept = keepSums(front);
      if (unkept.length > 0) return { ...nothing, errors: [...errors, ...unkept] };
      return { ...nothing, errors, wasm, inputs: wasm ? inputs(front) : [] };
    }
    case 'dump': {
      const front = checkTarget(req);
      if (front.errors.length > 0) return { ...nothing, errors: front.errors };
      const { dumped } = await import('./dump.ts');
      return { ...nothing, errors: [], text: dumped(job.stage, job.func, req, front, job.runtime) };
    }
  }
}

/** Enters what was fetched under -mod=mod, or for a workspace, into go.sum. */
function keepSums(front: Front): PackageErrors[] {
  const modules = front.loader?.modules;
  const file = modules?.sumFile();
  if (!modules || !file || (modules.mode !== 'mod' && !modules.mains.work)) return [];
  try {
    addSums(file, modules.newSums);
    return [];
  } catch (e) {
    return [{ path: '', lines: [`go: updating go.sum: ${(e as Error).message}`] }];
  }
}

function inputs(front: Front): Input[] {
  const list: Input[] = [];
  for (const [path, content] of front.inputs.files) list.push(describeInput(path, 'file', content));
  for (const path of front.inputs.dirs) list.push(describeInput(path, 'dir'));
  for (const [path, there] of front.inputs.names) list.push(describeName(path, there));
  return list;
}
