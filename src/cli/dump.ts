// What a stage of the compiler makes of a package, or of one of its functions, as text.

import { printFunc } from '../ir/print.ts';
import { dumpWasm } from '../link/disasm.ts';
import { emitProgram } from '../link/program.ts';
import { goExportNames } from '../runtime/goexports.ts';
import { dumpSyntax } from '../syntax/dump.ts';
import { dumpFunc, dumpTypes } from '../types/dump.ts';
import { buildProgram, type CompileRequest, type Front } from './compile.ts';

/** func: null for all of them. '' if there is nothing to show. */
export function dumped(
  dump: string,
  func: string | null,
  req: CompileRequest,
  front: Front,
  runtime: Uint8Array,
): string {
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
  const linked = emitProgram(program, runtime, { fset: front.fset, goExports: goExportNames });
  const names = new Set([...linked.funcIndex.keys()].map((f) => f.name).filter(wanted));
  return [...names].map((n) => `${dumpWasm(linked, n)}\n`).join('');
}
