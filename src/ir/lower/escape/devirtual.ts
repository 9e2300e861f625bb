// Interface values of which the dynamic type is known: what a method called on them does is known, too.
//
// Guarantees: the answer holds wherever the expression is evaluated, unless it is nil there. Only functions that gc would inline
// tell the type of their results, as only then gc knows it.
// Source: cmd/compile/internal/devirtualize (Go's compiler).

import type { Expr, ReturnStmt } from '../../../syntax/nodes.ts';
import { lookupFieldOrMethod } from '../../../types/lookup.ts';
import { type Func, Mode, type Obj, type Type, type TypeAndValue, type Var } from '../../../types/types.ts';
import { under } from '../../../types/under.ts';
import { unparen } from '../expr.ts';
import type { Analysis } from './analyse.ts';
import { knownCallee } from './calls.ts';

/** Chains of variables and calls longer than this are not followed. */
const maxSteps = 8;

/** The dynamic type of e, or null. index: which of its values. */
export function dynamicType(a: Analysis, e: Expr, index = 0, steps = 0): Type | null {
  const x = unparen(e);
  const tv = x.tv as TypeAndValue | null;
  if (steps > maxSteps || !tv || tv.mode === Mode.Nil || tv.mode === Mode.TypExpr) return null;
  const t = a.typeOf(x);
  if (t.tag !== 'Tuple' && under(t).tag !== 'Interface') return t;
  switch (x.kind) {
    case 'Ident': {
      const v = x.obj as Obj | null;
      if (v?.tag !== 'Var' || v.reassigned || v.addrTaken) return null;
      const init = a.initialisers.get(v);
      return init ? dynamicType(a, init.value, init.index, steps + 1) : null;
    }
    case 'TypeAssertExpr':
      return x.type && index === 0 ? dynamicType(a, x.x, 0, steps + 1) : null;
    case 'CallExpr': {
      const fun = x.fun.tv as TypeAndValue;
      if (fun.mode === Mode.TypExpr) return dynamicType(a, x.args[0]!, 0, steps + 1);
      if (fun.mode === Mode.Builtin) return null;
      const known = knownCallee(a, unparen(x.fun), steps + 1);
      return (known && a.summaryOf(known.fn, known.targs)?.dynamic[index]) ?? null;
    }
    default:
      return null;
  }
}

/** The method of t that a call of the interface method m reaches. */
export function implementation(t: Type, m: Func): Func | null {
  const found = lookupFieldOrMethod(t, true, m.pkg, m.name, false);
  const ok = found.obj?.tag === 'Func' && found.index?.length === 1 && under(t).tag !== 'Interface';
  return ok ? (found.obj as Func) : null;
}

/** The dynamic types of the results of a function with this only return statement. */
export function dynamicResults(a: Analysis, s: ReturnStmt, n: number): (Type | null)[] {
  if (s.results.length !== n) return [];
  return s.results.map((e) => dynamicType(a, e));
}

/** What variables that never change were given. */
export type Initialisers = Map<Var, { readonly value: Expr; readonly index: number }>;
