// The command `tool compile -dump=STAGE FILE [-func NAME]`: what each stage makes of a program.
//
// Stages: syntax (the tree), types (declarations, or the expressions of a function), ir, wasm. NAME is a function or method of the
// main package; without it, all of them are shown.

import { Failure, failure } from './failure.ts';
import { parseFlags, UsageError } from './flags.ts';
import * as messages from './messages.ts';
import { compileJob, request, runtimeWasm } from './program.ts';
import { splitTarget } from './target.ts';

const stages = ['syntax', 'types', 'ir', 'wasm'];

export async function tool(args: readonly string[]): Promise<number> {
  if (args[0] !== 'compile') throw new UsageError(messages.noSuchTool(args[0] ?? ''));
  const flags = { dump: 'string', func: 'string' } as const;
  // Flags may stand behind the files, too.
  const values = new Map<string, string>();
  const files: string[] = [];
  for (let rest = args.slice(1); rest.length > 0; ) {
    const parsed = parseFlags(flags, rest);
    for (const [k, v] of parsed.values) values.set(k, v);
    files.push(...parsed.rest.slice(0, 1));
    rest = parsed.rest.slice(1);
  }
  const dump = values.get('dump') ?? '';
  if (!stages.includes(dump)) throw new UsageError(messages.noSuchStage(dump, stages.join(', ')));
  if (files.length === 0) throw new UsageError(messages.noFiles());
  const { target } = splitTarget(files);
  const func = values.get('func') ?? null;
  const { errors, text } = await compileJob({
    kind: 'dump',
    req: await request(target, false),
    stage: dump,
    func,
    runtime: runtimeWasm(),
  });
  if (errors.length > 0) throw failure(errors);
  if (text.trim() === '') throw new Failure(func === null ? messages.nothingToShow() : messages.noSuchFunction(func));
  process.stdout.write(text);
  return 0;
}
