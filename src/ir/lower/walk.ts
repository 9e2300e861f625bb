// Visiting the children of a syntax node that are evaluated: expressions and statements, not types.
//
// Guarantees: children come in source order. Constant expressions have none that are evaluated.

import type { Expr, Stmt } from '../../syntax/nodes.ts';
import { Mode, type TypeAndValue } from '../../types/types.ts';

/** Calls f for each direct child of e that is evaluated. A function literal has none: its body runs elsewhere. */
export function exprChildren(e: Expr, f: (x: Expr) => void): void {
  const tv = e.tv as TypeAndValue | null;
  if (tv && (tv.mode === Mode.TypExpr || tv.mode === Mode.Builtin || (tv.mode === Mode.Constant && tv.value))) return;
  switch (e.kind) {
    case 'CompositeLit':
      for (const x of e.elts) f(x);
      return;
    case 'KeyValueExpr':
      f(e.key);
      f(e.value);
      return;
    case 'ParenExpr':
    case 'StarExpr':
    case 'UnaryExpr':
    case 'TypeAssertExpr':
    case 'SelectorExpr':
      f(e.x);
      return;
    case 'IndexExpr':
      f(e.x);
      for (const x of e.indices) f(x);
      return;
    case 'SliceExpr':
      f(e.x);
      if (e.low) f(e.low);
      if (e.high) f(e.high);
      if (e.max) f(e.max);
      return;
    case 'CallExpr':
      f(e.fun);
      for (const x of e.args) f(x);
      return;
    case 'BinaryExpr':
      f(e.x);
      f(e.y);
      return;
    default:
      return;
  }
}

export interface Visitor {
  expr(e: Expr): void;
  stmt(s: Stmt): void;
}

/** Calls v for each direct child of s. Case and communication clauses count as part of their statement. */
export function stmtChildren(s: Stmt, v: Visitor): void {
  switch (s.kind) {
    case 'DeclStmt':
      for (const spec of s.decl.specs)
        if (spec.kind === 'ValueSpec') {
          for (const id of spec.names) v.expr(id);
          for (const x of spec.values) v.expr(x);
        }
      return;
    case 'LabeledStmt':
      v.stmt(s.stmt);
      return;
    case 'ExprStmt':
      v.expr(s.x);
      return;
    case 'SendStmt':
      v.expr(s.chan);
      v.expr(s.value);
      return;
    case 'IncDecStmt':
      v.expr(s.x);
      return;
    case 'AssignStmt':
      for (const x of s.lhs) v.expr(x);
      for (const x of s.rhs) v.expr(x);
      return;
    case 'GoStmt':
    case 'DeferStmt':
      v.expr(s.call);
      return;
    case 'ReturnStmt':
      for (const x of s.results) v.expr(x);
      return;
    case 'BlockStmt':
      for (const x of s.list) v.stmt(x);
      return;
    case 'IfStmt':
      if (s.init) v.stmt(s.init);
      v.expr(s.cond);
      v.stmt(s.body);
      if (s.else) v.stmt(s.else);
      return;
    case 'SwitchStmt':
      if (s.init) v.stmt(s.init);
      if (s.tag) v.expr(s.tag);
      for (const c of s.body) {
        for (const x of c.list ?? []) v.expr(x);
        for (const x of c.body) v.stmt(x);
      }
      return;
    case 'TypeSwitchStmt':
      if (s.init) v.stmt(s.init);
      v.expr(s.x);
      for (const c of s.body) for (const x of c.body) v.stmt(x);
      return;
    case 'SelectStmt':
      for (const c of s.body) {
        if (c.comm) v.stmt(c.comm);
        for (const x of c.body) v.stmt(x);
      }
      return;
    case 'ForStmt':
      if (s.init) v.stmt(s.init);
      if (s.cond) v.expr(s.cond);
      if (s.post) v.stmt(s.post);
      v.stmt(s.body);
      return;
    case 'RangeStmt':
      v.expr(s.x);
      if (s.key) v.expr(s.key);
      if (s.value) v.expr(s.value);
      v.stmt(s.body);
      return;
    default:
      return;
  }
}
