// From checked packages to a program in IR.
//
// Assumes: the packages have no errors. Guarantees: the program holds what its entry function and the functions the runtime
// calls by name reach, and nothing else, but for data that only dead code mentions.

import type { DataSym, Program } from '../ir.ts';
import { compareBytes, typeString } from './names.ts';
import { type LowerError, ProgramBuilder, type ProgramInput } from './program.ts';
import type { Desc } from './typedesc.ts';
import { undefinedReferences } from './undefined.ts';

export interface Lowered {
  readonly program: Program;
  /** what the linker says of functions that have no body anywhere */
  readonly undefinedReferences: readonly string[];
  readonly errors: readonly LowerError[];
}

/** exports: names of functions of package runtime that the AssemblyScript runtime calls; those that exist are included. */
export function lowerProgram(input: ProgramInput, exports: readonly string[]): Lowered {
  const p = new ProgramBuilder(input);
  const entry = p.runtime('main');
  const named = new Map([['main', entry]]);
  for (const name of exports) if (name !== 'main' && p.hasRuntime(name)) named.set(name, p.runtime(name));
  p.run();
  p.inits.finish();
  p.types.finish();
  fillVariables(p);
  for (const f of named.values()) f.addressTaken = true;
  const program: Program = { funcs: p.funcs, data: p.dataSyms, entry, exports: named };
  return {
    program,
    undefinedReferences: undefinedReferences(program, p.undefinedSymbols),
    errors: p.errors,
  };
}

/** Variables whose values only the compiler knows. */
function fillVariables(p: ProgramBuilder): void {
  const links = p.globals.find('runtime.typelinks');
  if (links) {
    const list: Desc[] = p.types.typelinks();
    const names = new Map(list.map((d) => [d, typeString(d.type)]));
    list.sort((a, b) => compareBytes(names.get(a)!, names.get(b)!));
    setSlice(
      p,
      links,
      list.map((d) => d.sym),
      4,
    );
  }
  const itabs = p.globals.find('runtime.itablinks');
  if (itabs) setSlice(p, itabs, p.itabs.all, 8);
  for (const [name, value] of p.input.settings) {
    const sym = p.globals.find(name);
    if (!sym || value === '') continue;
    sym.bytes = new Uint8Array(16);
    sym.relocs.length = 0;
    new DataView(sym.bytes.buffer).setBigUint64(8, BigInt(value.length), true);
    sym.relocs.push({ off: 0, kind: 'addr', target: p.stringData(value), add: 0 });
  }
}

/** Makes a slice variable hold the addresses of `list`, `width` bytes each. */
function setSlice(p: ProgramBuilder, sym: DataSym, list: readonly DataSym[], width: number): void {
  sym.bytes = new Uint8Array(24);
  const view = new DataView(sym.bytes.buffer);
  view.setBigUint64(8, BigInt(list.length), true);
  view.setBigUint64(16, BigInt(list.length), true);
  if (list.length === 0) return;
  const array = p.data(`${sym.name}.array`, width * list.length, 8, new Uint8Array(width * list.length));
  list.forEach((target, i) => array.relocs.push({ off: width * i, kind: 'addr', target, add: 0 }));
  sym.relocs.push({ off: 0, kind: 'addr', target: array, add: 0 });
}
