// Anonymous interfaces that refer to themselves, which gc refuses.
//
// Source: go.dev/issue/56103.

import type { Checker } from './checker.ts';
import type { Interface, Type } from './types.ts';
import { typeSet } from './typeset.ts';
import { unalias } from './under.ts';

class Finder {
  private readonly cyclic = new Map<Interface, boolean>();

  hasCycle(t: Interface): boolean {
    return typeSet(t).methods.some((m) => this.visit(m.type!));
  }

  private visit(t0: Type): boolean {
    const t = unalias(t0);
    switch (t.tag) {
      case 'Pointer':
      case 'Array':
      case 'Chan':
      case 'Slice':
        return this.visit(t.elem);
      case 'Map':
        return this.visit(t.key) || this.visit(t.elem);
      case 'Struct':
        return t.fields.some((f) => this.visit(f.type!));
      case 'Signature':
        return t.params.some((v) => this.visit(v.type!)) || t.results.some((v) => this.visit(v.type!));
      case 'Interface': {
        if (t.methods.length === 0 && t.embeddeds.length === 0) return false;
        const known = this.cyclic.get(t);
        if (known !== undefined) return known;
        this.cyclic.set(t, true);
        if (this.hasCycle(t)) return true;
        this.cyclic.set(t, false);
        return false;
      }
      default:
        return false;
    }
  }

  /** One report per cycle. */
  forget(): void {
    for (const t of this.cyclic.keys()) this.cyclic.set(t, false);
  }
}

/** Reports interface types in the package's source that refer to themselves without a name. */
export function anonymousInterfaceCycles(c: Checker): void {
  const finder = new Finder();
  c.interfaces.sort((a, b) => a.pos - b.pos);
  let inside = 0;
  for (const { pos, end, type } of c.interfaces) {
    // those in others are looked at with them
    if (pos < inside) continue;
    inside = end;
    if (!finder.hasCycle(type)) continue;
    c.error(pos, 'invalid recursive type: anonymous interface refers to itself (see https://go.dev/issue/56103)');
    finder.forget();
  }
}
