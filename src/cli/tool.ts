// The command `tool compile -dump=STAGE FILE [-func NAME]`: what each stage makes of a program.
//
// Stages: syntax (the tree), types (declarations, or the expressions of a function), ir, wasm. NAME is a function or method of the
// main package; without it, all of them are shown.

import { printFunc } from '../ir/print.ts';
import { dumpWasm } from '../link/disasm.ts';
import { emitProgram } from '../link/program.ts';
import { goExportNames } from '../runtime/goexports.ts';
import { dumpSyntax } from '../syntax/dump.ts';
import { dumpFunc, dumpTypes } from '../types/dump.ts';
import { Failure, failure, request, runtimeWasm, splitTarget } from './commands.ts';
import { buildProgram, type CompileRequest, checkTarget, type Front } from './compile.ts';
import { parseFlags, UsageError } from './flags.ts';

const stages = ['syntax', 'types', 'ir', 'wasm'];

export async function tool(args: readonly string[]): Promise<number> {
  if (args[0] !== 'compile') throw new UsageError(`no such tool "${args[0] ?? ''}"; there is compile`);
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
  if (!stages.includes(dump)) throw new UsageError(`-dump=${dump}: want one of ${stages.join(', ')}`);
  if (files.length === 0) throw new UsageError('no Go files listed');
  const { target } = splitTarget(files);
  const req = await request(target, false);
  const front = checkTarget(req);
  if (front.errors.length > 0) throw failure(front.errors);
  const func = values.get('func') ?? null;
  const text = dumped(dump, func, req, front);
  if (text.trim() === '')
    throw new Failure(
      `burrow: ${func === null ? 'nothing to show' : `no function ${func} in the package, or nothing calls it, or it is inlined everywhere`}\n`,
    );
  process.stdout.write(text);
  return 0;
}

function dumped(dump: string, func: string | null, req: CompileRequest, front: Front): string {
  const main = front.main!;
  if (dump === 'syntax')
    return front
      .loader!.find(main.pkg.path)!
      .files.map((f) => dumpSyntax(f, front.fset, func))
      .join('');
  if (dump === 'types') return func === null ? dumpTypes(main) : dumpFunc(main, front.fset, func);
  const { program } = buildProgram(req, front, goExportNames);
  const prefix = `${main.pkg.name}.`;
  const wanted = (name: string) => (func === null ? name.startsWith(prefix) : name === func || name === prefix + func);
  if (dump === 'ir')
    return program.funcs
      .filter((f) => wanted(f.name))
      .map((f) => `${printFunc(f)}\n`)
      .join('');
  const linked = emitProgram(program, runtimeWasm(), { fset: front.fset, goExports: goExportNames });
  const names = new Set([...linked.funcIndex.keys()].map((f) => f.name).filter(wanted));
  return [...names].map((n) => `${dumpWasm(linked, n)}\n`).join('');
}
