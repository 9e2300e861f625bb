// Storage of package variables.
//
// Assumes: package variables have no type parameters. Guarantees: variables of one linker symbol share one piece of static
// data; asking for a variable's storage makes its initialisation part of the program.

import type { Var } from '../../types/types.ts';
import type { DataSym } from '../ir.ts';
import { layoutOf, pointerOffsets } from './layout.ts';
import type { ProgramBuilder } from './program.ts';

/** cmd/internal/obj's limit */
const maxSymbolSize = 2_000_000_000;

export class Globals {
  private readonly p: ProgramBuilder;
  private readonly byVar = new Map<Var, DataSym>();
  private readonly bySymbol = new Map<string, DataSym>();

  constructor(p: ProgramBuilder) {
    this.p = p;
  }

  storage(v: Var): DataSym {
    let sym = this.byVar.get(v);
    if (sym) return sym;
    const name = this.p.links.varSymbol(v);
    if (layoutOf(v.type!).size === 0) {
      sym = this.p.zerobase();
      this.byVar.set(v, sym);
      this.p.inits.reached(v);
      return sym;
    }
    sym = this.bySymbol.get(name);
    if (!sym) {
      const { size } = layoutOf(v.type!);
      if (size > maxSymbolSize) {
        this.p.errors.push({
          pos: v.pos,
          msg: `${name}: symbol too large (${size} bytes > ${maxSymbolSize} bytes)`,
        });
        sym = this.p.zerobase();
        this.byVar.set(v, sym);
        return sym;
      }
      sym = this.p.data(name, layoutOf(v.type!).size, Math.max(1, layoutOf(v.type!).align), null);
      sym.ptrs = pointerOffsets(v.type!);
      this.bySymbol.set(name, sym);
      for (const w of this.p.links.variables(name)) {
        this.byVar.set(w, sym);
        this.p.inits.reached(w);
      }
    }
    this.byVar.set(v, sym);
    this.p.inits.reached(v);
    return sym;
  }

  isReached(symbol: string): boolean {
    return this.bySymbol.has(symbol);
  }

  /** The storage of a variable that is in the program, by symbol. */
  find(symbol: string): DataSym | undefined {
    return this.bySymbol.get(symbol);
  }
}
