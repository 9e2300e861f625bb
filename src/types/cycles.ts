// Types that contain themselves.
//
// Three searches: directCycles follows names in declarations before anything is checked; finiteSize watches for values of
// a type whose declaration is still going on; validType looks, when a declaration is done, for a type that is stored in
// itself, through instantiations as well.
// Source: Go specification, "Struct types", "Array types" (a type may not contain itself).

import type { Checker } from './checker.ts';
import { cycleError, firstInSrc } from './decl.ts';
import { identical } from './predicates.ts';
import { invalidType } from './record.ts';
import type { Named, Type, TypeName } from './types.ts';
import { unalias } from './under.ts';

/** Reports `type A B; type B A` and the like, and makes one of them invalid. */
export function directCycles(c: Checker, names: readonly TypeName[]): void {
  const done = new Set<TypeName>();
  for (const first of names) {
    const path: TypeName[] = [];
    for (let t: TypeName | null = first; t && !done.has(t); ) {
      const start = path.indexOf(t);
      if (start >= 0) {
        t.type = invalidType;
        const cycle = path.slice(start);
        cycleError(c, cycle, firstInSrc(cycle));
        break;
      }
      path.push(t);
      const rhs = c.objMap.get(t)!.tdecl!.type;
      if (rhs.kind !== 'Ident') break;
      const next = c.pkg.scope.lookup(rhs.name);
      t = next?.tag === 'TypeName' && c.objMap.has(next) ? next : null;
    }
    for (const t of path) done.add(t);
  }
}

/** Whether values of t have a finite size, as far as is known; reports a cycle that says otherwise. */
export function finiteSize(c: Checker, t: Type): boolean {
  if (t.tag === 'Basic' || t.tag === 'Pointer' || t.tag === 'Slice') return true;
  t = unalias(t);
  switch (t.tag) {
    case 'Named': {
      if (t.finite) return t.finite === 1;
      const i = c.objPathIdx.get(t.obj);
      if (i !== undefined) {
        const cycle = c.objPath.slice(i);
        cycleError(c, cycle, firstInSrc(cycle));
        return false;
      }
      const rhs = t.fromRHS;
      if (!rhs) return true;
      c.push(t.obj);
      const ok = finiteSize(c, rhs);
      c.pop();
      t.finite = ok ? 1 : 2;
      return ok;
    }
    case 'Array':
      return finiteSize(c, t.elem);
    case 'Struct':
      for (const f of t.fields) if (!finiteSize(c, f.type!)) return false;
      return true;
    default:
      return true;
  }
}

/** Reports t if its memory contains a t. */
export function validType(c: Checker, t: Named): void {
  valid(c, t, [], []);
}

/**
 * nest: the types whose memory t is being put into, outermost first; path: the same with those left while following type
 * arguments, for the message.
 */
function valid(c: Checker, t: Type, nest: readonly Named[], path: readonly Named[]): boolean {
  t = unalias(t);
  switch (t.tag) {
    case 'Array':
      return valid(c, t.elem, nest, path);
    case 'Struct':
      for (const f of t.fields) if (f.type && !valid(c, f.type, nest, path)) return false;
      return true;
    case 'Union':
      for (const term of t.terms) if (!valid(c, term.type, nest, path)) return false;
      return true;
    case 'Interface':
      for (const e of t.embeddeds) if (!valid(c, e, nest, path)) return false;
      return true;
    case 'Named': {
      // a type of another package was found valid with it, but its arguments may come from here
      const plain = t.targs.length === 0 && t.tparams.length === 0;
      if (plain && (t.obj.pkg !== c.pkg || c.validTypes.has(t))) return true;
      for (const e of nest) {
        if (e !== t && !identical(e, t)) continue;
        t.orig.fromRHS = invalidType;
        t.orig.underlying = invalidType;
        t.underlying = invalidType;
        const start = path.findIndex((p) => p === t || identical(p, t));
        cycleError(
          c,
          path.slice(start).map((p) => p.obj),
          0,
        );
        return false;
      }
      const rhs = t.orig.fromRHS;
      if (rhs && !valid(c, rhs, [...nest, t], [...path, t])) return false;
      if (plain) c.validTypes.add(t);
      return true;
    }
    case 'TypeParam': {
      // it stands for the argument of the innermost type, which was written outside of that type
      const inst = nest[nest.length - 1];
      if (!inst) return true;
      const i = inst.orig.tparams.indexOf(t);
      const targ = i >= 0 ? inst.targs[i] : undefined;
      return !targ || valid(c, targ, nest.slice(0, -1), path);
    }
    default:
      return true;
  }
}
