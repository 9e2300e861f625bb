// Static itabs: the method tables of concrete types in interfaces.
//
// Layout (internal/abi.ITab): Inter at 0, Type at 8, Hash at 16, Fun from 24, 8 bytes each, in the order of the
// interface's sorted methods. Guarantees: an entry is the method's table index, or 0 if nothing can call it.

import type { Func, Interface, Type } from '../../types/types.ts';
import { typeSet } from '../../types/typeset.ts';
import { typeKey } from '../../types/typestring.ts';
import { under } from '../../types/under.ts';
import type { DataSym, Reloc } from '../ir.ts';
import { sortedMethods, typeString } from './names.ts';
import type { ProgramBuilder } from './program.ts';

const funOffset = 24;

interface MethodList {
  readonly methods: readonly Func[];
  readonly offsets: ReadonlyMap<string, number>;
}

export class Itabs {
  readonly all: DataSym[] = [];
  private readonly p: ProgramBuilder;
  private readonly made = new Map<string, DataSym>();
  private readonly lists = new WeakMap<Interface, MethodList>();

  constructor(p: ProgramBuilder) {
    this.p = p;
  }

  /** The methods of an interface in their order in itabs and descriptors. */
  methodsOf(iface: Interface): MethodList {
    let l = this.lists.get(iface);
    if (!l) {
      const methods = sortedMethods(typeSet(iface).methods);
      l = { methods, offsets: new Map(methods.map((m, i) => [methodName(m), funOffset + 8 * i])) };
      this.lists.set(iface, l);
    }
    return l;
  }

  methodOffset(iface: Interface, name: string, m: Func): number {
    const { methods, offsets } = this.methodsOf(iface);
    const off = offsets.get(methodName(m));
    if (off === undefined) throw new Error(`interface has no method ${name}`);
    this.p.reach.call(methods[(off - funOffset) / 8]!);
    return off;
  }

  itab(iface: Type, t: Type): DataSym {
    const key = `${typeKey(iface)},${typeKey(t)}`;
    let sym = this.made.get(key);
    if (!sym) {
      sym = this.make(iface, t);
      this.made.set(key, sym);
    }
    return sym;
  }

  private make(iface: Type, t: Type): DataSym {
    const p = this.p;
    const { methods } = this.methodsOf(under(iface) as Interface);
    const size = funOffset + 8 * methods.length;
    const bytes = new Uint8Array(size);
    const sym = p.data(`go:itab.${typeString(t)},${typeString(iface)}`, size, 8, bytes);
    this.all.push(sym);
    const full = p.types.full(t);
    sym.relocs.push(
      { off: 0, kind: 'addr', target: p.types.identity(iface), add: 0 },
      { off: 8, kind: 'addr', target: full.sym, add: 0 },
    );
    new DataView(bytes.buffer).setUint32(16, full.hash, true);
    for (const [i, m] of methods.entries()) {
      const entry = full.method(m);
      if (!entry) throw new Error(`${typeString(t)} has no method ${m.name}`);
      entry.onLive((fn) =>
        sym.relocs.push({ off: funOffset + 8 * i, kind: 'func', target: fn, add: 0 } satisfies Reloc),
      );
    }
    return sym;
  }
}

function methodName(m: Func): string {
  return m.exported || !m.pkg ? m.name : `${m.pkg.path}.${m.name}`;
}
