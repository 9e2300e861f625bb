// Numbers of types declared inside functions, which tell types of one name apart in the names of type arguments.
//
// Guarantees: a package's local types are numbered from 1 in source order, as gc does; aliases do not count.

import type { Pos, SourceFile, Stmt } from '../../syntax/nodes.ts';
import type { Named, Package } from '../../types/types.ts';
import { exprChildren, stmtChildren, type Visitor } from './walk.ts';

const sources = new WeakMap<Package, readonly SourceFile[]>();
const numbers = new WeakMap<Package, ReadonlyMap<Pos, number>>();

/** Makes the local types of a package known. */
export function addPackage(pkg: Package, files: readonly SourceFile[]): void {
  sources.set(pkg, files);
}

/** The number of a local type, 0 for any other. */
export function localTypeNumber(t: Named): number {
  const { pkg, parent, pos } = t.orig.obj;
  if (!pkg || !parent || parent === pkg.scope) return 0;
  let known = numbers.get(pkg);
  if (!known) {
    known = count(sources.get(pkg) ?? []);
    numbers.set(pkg, known);
  }
  return known.get(pos) ?? 0;
}

function count(files: readonly SourceFile[]): ReadonlyMap<Pos, number> {
  const out = new Map<Pos, number>();
  const v: Visitor = {
    expr(e) {
      if (e.kind === 'FuncLit') v.stmt(e.body);
      else exprChildren(e, v.expr);
    },
    stmt(s: Stmt) {
      if (s.kind === 'DeclStmt') {
        for (const d of s.decl.specs) if (d.kind === 'TypeSpec' && d.assign === 0) out.set(d.name.pos, out.size + 1);
      }
      stmtChildren(s, v);
    },
  };
  for (const f of files) for (const d of f.decls) if (d.kind === 'FuncDecl' && d.body) v.stmt(d.body);
  return out;
}
