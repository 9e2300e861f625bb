// Help for the checker's tests: checks a source text and compares its errors with the comments in it.
//
// A comment `// ERROR text` wants an error on its line that contains the text; several texts are separated by ` && `.

import { parseFile } from '../syntax/parser.ts';
import { FileSet } from '../syntax/position.ts';
import { type CheckedPackage, checkPackage } from './api.ts';
import { ErrorList } from './errors.ts';
import type { Package } from './types.ts';
import { unsafePackage } from './universe.ts';

export interface Checked {
  readonly checked: CheckedPackage;
  readonly fset: FileSet;
  /** `line: message` in order of position */
  readonly errors: string[];
  /** as gc would print them */
  readonly lines: string[];
}

/** Checks sources as the files of one package. imports: packages it may import, by path. */
export function checkSource(
  src: string | string[],
  imports: { readonly [path: string]: Package } = {},
  goVersion = '',
  lazyBodies = false,
): Checked {
  const fset = new FileSet();
  const found: { pos: number; msg: string }[] = [];
  const report = (pos: number, msg: string): void => {
    found.push({ pos, msg });
  };
  const texts = typeof src === 'string' ? [src] : src;
  const files = texts.map((text, i) => {
    return parseFile(fset, i === 0 ? 'x.go' : `x${i}.go`, new TextEncoder().encode(text), report);
  });
  const importer = (path: string): Package | string => {
    if (path === 'unsafe') return unsafePackage;
    return imports[path] ?? `package ${path} is not in std`;
  };
  const checked = checkPackage({ fset, importer, goVersion, error: report, lazyBodies }, 'p', files);
  const list = new ErrorList(fset);
  for (const e of found) list.add(e.pos, e.msg);
  found.sort((a, b) => a.pos - b.pos);
  const errors = found.map((e) => `${fset.position(e.pos).line}: ${e.msg}`);
  return { checked, fset, errors, lines: list.lines() };
}

/** The differences between a source's errors and its ERROR comments. */
export function mismatches(src: string, goVersion = ''): string[] {
  const { errors } = checkSource(src, {}, goVersion);
  const left = [...errors];
  const problems: string[] = [];
  src.split('\n').forEach((text, i) => {
    const want = /\/\/ ERROR (.*)$/.exec(text);
    if (!want) return;
    for (const part of want[1]!.split(' && ')) {
      const j = left.findIndex((e) => e.startsWith(`${i + 1}: `) && e.includes(part.trim()));
      if (j < 0) problems.push(`line ${i + 1}: missing: ${part.trim()}`);
      else left.splice(j, 1);
    }
  });
  return problems.concat(left.map((e) => `unexpected: ${e}`));
}
