// print and println.
//
// Source: Go specification, "Bootstrapping"; the runtime's print functions are those gc calls.

import { Kind, type Named, type Type } from '../../types/types.ts';
import { unalias, under } from '../../types/under.ts';
import type { Expr } from '../ir.ts';
import type { Builder } from './builder.ts';
import { isEmptyInterface } from './compare.ts';
import { numKind, toI64 } from './numeric.ts';

export function printValues(
  b: Builder,
  types: readonly Type[],
  values: readonly (readonly Expr[])[],
  line: boolean,
): void {
  b.runtime('printlock', []);
  values.forEach((v, i) => {
    if (line && i > 0) b.runtime('printsp', []);
    printValue(b, types[i]!, v);
  });
  if (line) b.runtime('printnl', []);
  b.runtime('printunlock', []);
}

function printValue(b: Builder, t: Type, v: readonly Expr[]): void {
  const u = under(t);
  switch (u.tag) {
    case 'Basic': {
      const k = numKind(u);
      if (!k) {
        const name =
          u.kind === Kind.Bool || u.kind === Kind.UntypedBool
            ? 'printbool'
            : u.kind === Kind.UnsafePointer
              ? 'printpointer'
              : 'printstring';
        b.runtime(special(t) === 'quoted' ? 'printquoted' : name, v);
      } else if (k.class === 'complex') b.runtime(k.bits === 32 ? 'printcomplex64' : 'printcomplex128', v);
      else if (k.class === 'float') b.runtime(k.bits === 32 ? 'printfloat32' : 'printfloat64', v);
      else if (special(t) === 'hex') b.runtime('printhex', [toI64(k, v[0]!)]);
      else b.runtime(k.signed ? 'printint' : 'printuint', [toI64(k, v[0]!)]);
      return;
    }
    case 'Interface':
      b.runtime(isEmptyInterface(t) ? 'printeface' : 'printiface', v);
      return;
    case 'Slice':
      b.runtime('printslice', v);
      return;
    default:
      b.runtime('printpointer', v);
  }
}

/** Types of package runtime that print in their own way. */
function special(t: Type): string {
  const n = unalias(t);
  return n.tag === 'Named' && (n as Named).obj.pkg?.path === 'runtime' ? n.obj.name : '';
}
