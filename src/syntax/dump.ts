// The printer behind -dump=syntax: a file's tree, one node a line.
//
// Guarantees: children are indented below their node, with the property they hang on; positions are line:column. What later stages leave in the tree
// (types, objects) is not shown.

import type { FuncDecl, SourceFile } from './nodes.ts';
import type { FileSet } from './position.ts';
import { tokenText } from './token.ts';

/** Properties that are not the tree's own. */
const hidden = new Set(['kind', 'pos', 'tv', 'obj', 'selection', 'inst', 'target', 'imports']);

interface Shape {
  readonly kind: string;
  readonly pos?: number;
  readonly [property: string]: unknown;
}
const isNode = (v: unknown): v is Shape =>
  typeof v === 'object' && v !== null && 'kind' in v && typeof v.kind === 'string';

/** The tree of a file, or of its functions and methods of that name (null: the whole file). */
export function dumpSyntax(file: SourceFile, fset: FileSet, func: string | null): string {
  const out: string[] = [];
  const line = (depth: number, label: string, n: Shape): void => {
    const plain: string[] = [];
    for (const [key, v] of Object.entries(n)) {
      if (hidden.has(key) || v === null || v === false || v === '' || typeof v === 'object') continue;
      // Numbers are tokens or further positions.
      if (v === true) plain.push(key);
      else if (typeof v === 'string') plain.push(`${key}=${JSON.stringify(v)}`);
      else if (typeof v === 'number' && (key === 'tok' || key === 'op')) plain.push(`${key}=${tokenText(v)}`);
    }
    const p = n.pos ? fset.position(n.pos) : null;
    const at = p ? `  @${p.line}:${p.column}` : '';
    out.push(`${'  '.repeat(depth)}${label}${[n.kind, ...plain].join(' ')}${at}`);
    for (const [key, v] of Object.entries(n)) {
      if (hidden.has(key)) continue;
      if (Array.isArray(v)) list(depth + 1, key, v);
      else if (isNode(v)) line(depth + 1, `${key}: `, v);
    }
  };
  const list = (depth: number, key: string, nodes: readonly unknown[]): void => {
    nodes.forEach((v, i) => {
      if (Array.isArray(v)) list(depth, `${key}[${i}]`, v);
      else if (isNode(v)) line(depth, `${key}[${i}]: `, v);
    });
  };
  if (func === null) line(0, '', file as unknown as Shape);
  else
    for (const d of file.decls)
      if (d.kind === 'FuncDecl' && (d as FuncDecl).name.name === func) line(0, '', d as unknown as Shape);
  return out.length > 0 ? `${out.join('\n')}\n` : '';
}
