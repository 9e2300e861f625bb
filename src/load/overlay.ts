// Overlays: folders named after import paths that replace parts of standard packages (src/std/README.md).

import type { Decl, Expr, SourceFile, Spec } from '../syntax/nodes.ts';
import { type Files, joinPath } from './files.ts';

export interface Overlay {
  readonly dir: string;
  /** nothing of the package's own sources is used, but for `tests` */
  readonly only: boolean;
  /** the test files that are used of a package of which nothing else is */
  readonly tests: ReadonlySet<string>;
  readonly drop: ReadonlySet<string>;
  readonly dropDecls: ReadonlySet<string>;
  /** these files of the package's sources are used whatever their build constraints say */
  readonly take: ReadonlySet<string>;
  /** the operating system that the package's own files are chosen for, '' for the usual one */
  readonly system: string;
  /** names of the overlay's Go files */
  readonly files: readonly string[];
}

const decoder = new TextDecoder();

export function findOverlay(files: Files, root: string, path: string): Overlay | null {
  const dir = joinPath(root, path);
  const entries = files.list(dir);
  if (!entries) return null;
  const names = entries.filter((e) => !e.dir && e.name.endsWith('.go')).map((e) => e.name);
  const src = entries.some((e) => e.name === 'overlay.json') ? files.read(joinPath(dir, 'overlay.json')) : null;
  if (names.length === 0 && !src) return null;
  const config = src
    ? (JSON.parse(decoder.decode(src)) as {
        only?: boolean;
        tests?: string[];
        drop?: string[];
        dropDecls?: string[];
        take?: string[];
        system?: string;
      })
    : {};
  return {
    dir,
    only: config.only ?? false,
    tests: new Set(config.tests),
    drop: new Set(config.drop),
    dropDecls: new Set(config.dropDecls),
    take: new Set(config.take),
    system: config.system ?? '',
    files: names,
  };
}

/** Takes the named declarations, and what //go:linkname says of them, out of a file. */
export function dropDecls(file: SourceFile, names: ReadonlySet<string>): void {
  if (names.size === 0) return;
  file.directives = file.directives.filter(
    (d) => d.name !== 'go:linkname' || !names.has(d.args.trim().split(/\s/, 1)[0]!),
  );
  const out: Decl[] = [];
  for (const d of file.decls) {
    if (d.kind === 'FuncDecl') {
      if (!names.has(d.recv ? `${typeName(d.recv.type)}.${d.name.name}` : d.name.name)) out.push(d);
      continue;
    }
    d.specs = d.specs.filter((s) => keepSpec(s, names));
    if (d.specs.length > 0) out.push(d);
  }
  file.decls = out;
}

function keepSpec(s: Spec, names: ReadonlySet<string>): boolean {
  switch (s.kind) {
    case 'ImportSpec':
      return true;
    case 'TypeSpec':
      return !names.has(s.name.name);
    case 'ValueSpec':
      return !s.names.some((n) => names.has(n.name));
  }
}

function typeName(t: Expr): string {
  switch (t.kind) {
    case 'Ident':
      return t.name;
    case 'StarExpr':
    case 'ParenExpr':
    case 'IndexExpr':
      return typeName(t.x);
    default:
      return '';
  }
}
