// Vetting: analyses that find what compiles but is hardly meant.
//
// Guarantees: findings come analysis by analysis, in the order of their names, and within each as the source has them, in the words of go vet.
// Not there: buildtag and directive, which look at comments; the order of examples' output comments, for the same reason; and in printf, interface
// methods that pass on what they are given to whoever implements them.

import type { Pos } from '../syntax/nodes.ts';
import type { FileSet } from '../syntax/position.ts';
import type { CheckedPackage } from '../types/api.ts';
import type { Obj } from '../types/types.ts';
import type { Finding, Pass, PrintKind } from './pass.ts';
import { printf } from './printf.ts';
import { atomic, bool, errorsas, ifaceassert, nilfunc, stringintconv } from './small.ts';
import { tests } from './tests.ts';
import { findWrappers } from './wrappers.ts';

const analyses = { atomic, bool, errorsas, ifaceassert, nilfunc, printf, stringintconv, tests } as const;

export type Analysis = keyof typeof analyses;

export const allAnalyses = Object.keys(analyses) as readonly Analysis[];

/** Findings about packages; their dependencies are to be looked at first. */
export class Vetting {
  private readonly fset: FileSet;
  private readonly names: ReadonlySet<string>;
  private readonly wrappers = new Map<Obj, PrintKind>();

  constructor(fset: FileSet, names: readonly string[]) {
    this.fset = fset;
    this.names = new Set(names);
  }

  private pass(p: CheckedPackage, report: (pos: Pos, msg: string) => void): Pass {
    return { fset: this.fset, pkg: p.pkg, files: p.files, wrappers: this.wrappers, report };
  }

  /** Of a package that others are built upon: what its functions do with what they are given. */
  dependency(p: CheckedPackage): void {
    if (this.names.has('printf')) findWrappers(this.pass(p, () => {}));
  }

  findings(p: CheckedPackage): Finding[] {
    const found: Finding[] = [];
    for (const name of allAnalyses)
      if (this.names.has(name)) analyses[name](this.pass(p, (pos, msg) => found.push({ pos, msg })));
    return found;
  }
}
