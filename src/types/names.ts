// The names a piece of syntax mentions, found without checking it.
//
// Guarantees: every identifier that could refer to a package-level object, and every selected name, is reported at least
// once; declarations that hide one are not taken into account.

import type { Expr, Field, GenDecl, Stmt } from '../syntax/nodes.ts';

/** What is told about names. */
export interface NameSink {
  /** an identifier standing alone, or before a dot */
  ident(name: string): void;
  /** a name after a dot */
  selected(name: string): void;
}

export function namesInStmts(list: readonly Stmt[], sink: NameSink): void {
  for (const s of list) stmt(s, sink);
}

function stmt(s: Stmt | null, sink: NameSink): void {
  if (!s) return;
  switch (s.kind) {
    case 'DeclStmt':
      decl(s.decl, sink);
      break;
    case 'LabeledStmt':
      stmt(s.stmt, sink);
      break;
    case 'ExprStmt':
    case 'IncDecStmt':
      expr(s.x, sink);
      break;
    case 'SendStmt':
      expr(s.chan, sink);
      expr(s.value, sink);
      break;
    case 'AssignStmt':
      exprs(s.lhs, sink);
      exprs(s.rhs, sink);
      break;
    case 'GoStmt':
    case 'DeferStmt':
      expr(s.call, sink);
      break;
    case 'ReturnStmt':
      exprs(s.results, sink);
      break;
    case 'BlockStmt':
      namesInStmts(s.list, sink);
      break;
    case 'IfStmt':
      stmt(s.init, sink);
      expr(s.cond, sink);
      stmt(s.body, sink);
      stmt(s.else, sink);
      break;
    case 'SwitchStmt':
      stmt(s.init, sink);
      expr(s.tag, sink);
      for (const cc of s.body) {
        if (cc.list) exprs(cc.list, sink);
        namesInStmts(cc.body, sink);
      }
      break;
    case 'TypeSwitchStmt':
      stmt(s.init, sink);
      expr(s.x, sink);
      for (const cc of s.body) {
        if (cc.list) exprs(cc.list, sink);
        namesInStmts(cc.body, sink);
      }
      break;
    case 'SelectStmt':
      for (const cc of s.body) {
        stmt(cc.comm, sink);
        namesInStmts(cc.body, sink);
      }
      break;
    case 'ForStmt':
      stmt(s.init, sink);
      expr(s.cond, sink);
      stmt(s.post, sink);
      stmt(s.body, sink);
      break;
    case 'RangeStmt':
      expr(s.key, sink);
      expr(s.value, sink);
      expr(s.x, sink);
      stmt(s.body, sink);
      break;
  }
}

function decl(d: GenDecl, sink: NameSink): void {
  for (const s of d.specs) {
    if (s.kind === 'ImportSpec') continue;
    expr(s.type, sink);
    if (s.kind === 'ValueSpec') exprs(s.values, sink);
    else fields(s.tparams, sink);
  }
}

function fields(list: readonly Field[], sink: NameSink): void {
  for (const f of list) expr(f.type, sink);
}

function exprs(list: readonly Expr[], sink: NameSink): void {
  for (const e of list) expr(e, sink);
}

function expr(e: Expr | null, sink: NameSink): void {
  if (!e) return;
  switch (e.kind) {
    case 'Ident':
      sink.ident(e.name);
      break;
    case 'CompositeLit':
      expr(e.type, sink);
      exprs(e.elts, sink);
      break;
    case 'KeyValueExpr':
      expr(e.key, sink);
      expr(e.value, sink);
      break;
    case 'FuncLit':
      expr(e.type, sink);
      namesInStmts(e.body.list, sink);
      break;
    case 'ParenExpr':
    case 'StarExpr':
    case 'UnaryExpr':
      expr(e.x, sink);
      break;
    case 'SelectorExpr':
      expr(e.x, sink);
      sink.selected(e.sel.name);
      break;
    case 'IndexExpr':
      expr(e.x, sink);
      exprs(e.indices, sink);
      break;
    case 'SliceExpr':
      expr(e.x, sink);
      expr(e.low, sink);
      expr(e.high, sink);
      expr(e.max, sink);
      break;
    case 'TypeAssertExpr':
      expr(e.x, sink);
      expr(e.type, sink);
      break;
    case 'CallExpr':
      expr(e.fun, sink);
      exprs(e.args, sink);
      break;
    case 'BinaryExpr':
      expr(e.x, sink);
      expr(e.y, sink);
      break;
    case 'ArrayType':
      expr(e.len, sink);
      expr(e.elem, sink);
      break;
    case 'Ellipsis':
      expr(e.elt, sink);
      break;
    case 'StructType':
      fields(e.fields, sink);
      break;
    case 'FuncType':
      fields(e.tparams, sink);
      fields(e.params, sink);
      fields(e.results, sink);
      break;
    case 'InterfaceType':
      fields(e.methods, sink);
      break;
    case 'MapType':
      expr(e.key, sink);
      expr(e.value, sink);
      break;
    case 'ChanType':
      expr(e.value, sink);
      break;
  }
}
