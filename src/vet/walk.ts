// Visiting all nodes of a tree in the order of the source, types and declared names too.
//
// Guarantees: a node is visited before its children, as go/ast.Inspect does.

import type { Node } from '../syntax/nodes.ts';

type Parts = { readonly [K in Node['kind']]: readonly Exclude<keyof Extract<Node, { kind: K }>, 'kind'>[] };

/** Which properties of a node hold its children, in the order of the source. */
const parts: Parts = {
  Ident: [],
  BasicLit: [],
  BadExpr: [],
  CompositeLit: ['type', 'elts'],
  KeyValueExpr: ['key', 'value'],
  FuncLit: ['type', 'body'],
  ParenExpr: ['x'],
  SelectorExpr: ['x', 'sel'],
  IndexExpr: ['x', 'indices'],
  SliceExpr: ['x', 'low', 'high', 'max'],
  TypeAssertExpr: ['x', 'type'],
  CallExpr: ['fun', 'args'],
  StarExpr: ['x'],
  UnaryExpr: ['x'],
  BinaryExpr: ['x', 'y'],
  ArrayType: ['len', 'elem'],
  Ellipsis: ['elt'],
  StructType: ['fields'],
  FuncType: ['tparams', 'params', 'results'],
  InterfaceType: ['methods'],
  MapType: ['key', 'value'],
  ChanType: ['value'],
  Field: ['names', 'type', 'tag'],
  BadStmt: [],
  DeclStmt: ['decl'],
  EmptyStmt: [],
  LabeledStmt: ['label', 'stmt'],
  ExprStmt: ['x'],
  SendStmt: ['chan', 'value'],
  IncDecStmt: ['x'],
  AssignStmt: ['lhs', 'rhs'],
  GoStmt: ['call'],
  DeferStmt: ['call'],
  ReturnStmt: ['results'],
  BranchStmt: ['label'],
  BlockStmt: ['list'],
  IfStmt: ['init', 'cond', 'body', 'else'],
  CaseClause: ['list', 'body'],
  SwitchStmt: ['init', 'tag', 'body'],
  TypeSwitchStmt: ['init', 'bind', 'x', 'body'],
  CommClause: ['comm', 'body'],
  SelectStmt: ['body'],
  ForStmt: ['init', 'cond', 'post', 'body'],
  RangeStmt: ['key', 'value', 'x', 'body'],
  ImportSpec: ['name', 'path'],
  ValueSpec: ['names', 'type', 'values'],
  TypeSpec: ['name', 'tparams', 'type'],
  GenDecl: ['specs'],
  FuncDecl: ['recv', 'name', 'type', 'body'],
  SourceFile: ['decls'],
};

/** Calls f for n and, unless it gives false, for what is within. */
export function inspect(n: Node, f: (n: Node) => boolean): void {
  if (!f(n)) return;
  for (const key of parts[n.kind] as readonly string[]) {
    const part = (n as unknown as { readonly [key: string]: Node | readonly Node[] | null })[key];
    if (Array.isArray(part)) for (const x of part as readonly Node[]) inspect(x, f);
    else if (part) inspect(part as Node, f);
  }
}
