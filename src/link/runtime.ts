// The runtime's part of a program: what of runtime.wasm stays, and its code with the indices of the new module.
//
// Assumes: a module as AssemblyScript writes it. Guarantees: only functions, globals and data that the roots reach stay; functions that its table holds stay
// with their indices, since its static data may name them.

import { Encoder } from '../wasm/encoder.ts';
import {
  codeStart,
  constValue,
  type FuncType,
  instruction,
  type Module,
  type OnRef,
  type Range,
  Reader,
} from './parse.ts';

/** The runtime was built from other sources than those of this program's package runtime. */
export class StaleRuntime extends Error {}

export interface KeptRuntime {
  readonly module: Module;
  /** old indices of imported functions, in order */
  readonly imports: number[];
  /** old indices (counted with the imports) of functions, in order */
  readonly funcs: number[];
  /** old indices of globals, in order */
  readonly globals: number[];
}

export function keepReachable(module: Module, roots: readonly string[]): KeptRuntime {
  if (module.tags > 0) throw new Error('the runtime must not have exception tags');
  const nimports = module.imports.length;
  const funcs = new Set<number>();
  const globals = new Set<number>();
  const work: Range[] = [];
  const addFunc = (i: number): void => {
    if (funcs.has(i)) return;
    funcs.add(i);
    if (i >= nimports) work.push(module.bodies[i - nimports]!);
  };
  const onRef: OnRef = (kind, index) => {
    if (kind === 'func') addFunc(index);
    else if (kind === 'global' && !globals.has(index)) {
      globals.add(index);
      scan(module, module.globals[index]!.init, onRef, false);
    } else if (kind === 'data') throw new Error('the runtime must not use passive data segments');
  };
  for (const name of roots) {
    const e = module.exports.find((x) => x.name === name);
    if (!e) throw new StaleRuntime(`the runtime does not export ${name}`);
    if (e.kind === 0) addFunc(e.index);
    else if (e.kind === 3) onRef('global', e.index, 0, 0);
  }
  if (module.start >= 0) addFunc(module.start);
  for (const e of module.elements) for (const f of e.funcs) addFunc(f);
  while (work.length > 0) scan(module, work.pop()!, onRef, true);
  const sorted = [...funcs].sort((a, b) => a - b);
  return {
    module,
    imports: sorted.filter((i) => i < nimports),
    funcs: sorted.filter((i) => i >= nimports),
    globals: [...globals].sort((a, b) => a - b),
  };
}

function scan(module: Module, range: Range, onRef: OnRef, isBody: boolean): void {
  const r = new Reader(module.bytes, isBody ? codeStart(module, range) : range.start);
  while (r.pos < range.end) instruction(r, onRef);
}

export interface NewIndices {
  func(old: number): number;
  type(old: number): number;
  global(old: number): number;
}

/** The bytes of a body or initialiser with its references renumbered. */
export function rewrite(module: Module, range: Range, isBody: boolean, to: NewIndices): Uint8Array {
  const out = new Encoder(range.end - range.start + 64);
  let copied = range.start;
  const onRef: OnRef = (kind, index, start, end) => {
    out.range(module.bytes, copied, start);
    out.uleb(
      kind === 'func'
        ? to.func(index)
        : kind === 'type'
          ? to.type(index)
          : kind === 'global'
            ? to.global(index)
            : index,
    );
    copied = end;
  };
  scan(module, range, onRef, isBody);
  out.range(module.bytes, copied, range.end);
  return out.done();
}

export function funcType(module: Module, func: number): FuncType {
  const nimports = module.imports.length;
  return module.types[func < nimports ? module.imports[func]!.type : module.funcs[func - nimports]!]!;
}

/** First address behind the runtime's static data: what it exports as `__heap_base` or `staticEnd`, and at least the end of its data. */
export function staticEnd(module: Module): number {
  let end = 0;
  for (const name of ['__heap_base', 'staticEnd']) {
    const e = module.exports.find((x) => x.name === name && x.kind === 3);
    if (e) end = Math.max(end, constValue(module, module.globals[e.index]!.init));
  }
  for (const d of module.data)
    if (d.offset) end = Math.max(end, constValue(module, d.offset) + d.bytes.end - d.bytes.start);
  return end;
}
