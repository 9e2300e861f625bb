// Where messages point: start, operator and end positions of tree nodes as cmd/compile counts them.
//
// Assumes: nodes as the parser builds them. Guarantees: startPos(n) is the column gc prints for an error at n. That is
// the leftmost token of n, except that a slice expression starts at its bracket.
// Source: observed behaviour of gc 1.26.

import type { Expr, Field, Node, Pos } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';

/** The position a message about n is printed at. */
export function startPos(n: Node): Pos {
  for (;;) {
    switch (n.kind) {
      case 'CompositeLit':
        if (!n.type) return n.lbrace;
        n = n.type;
        continue;
      case 'KeyValueExpr':
        n = n.key;
        continue;
      case 'SelectorExpr':
      case 'IndexExpr':
      case 'TypeAssertExpr':
      case 'BinaryExpr':
        n = n.x;
        continue;
      case 'CallExpr':
        n = n.fun;
        continue;
      case 'SliceExpr':
        return n.lbrack;
      case 'SendStmt':
        n = n.chan;
        continue;
      case 'AssignStmt':
        if (n.lhs.length === 0) return n.pos;
        n = n.lhs[0]!;
        continue;
      case 'IncDecStmt':
        n = n.x;
        continue;
      case 'FuncType':
        // gc counts from what follows "func"
        return n.pos + 4;
      case 'FuncDecl':
        return n.recv ? n.pos + 5 : n.name.pos;
      case 'ExprStmt':
        return opPos(n.x);
      case 'SourceFile':
        return n.packagePos;
      default:
        return n.pos;
    }
  }
}

/** The position of the token that makes n what it is: the operator, the bracket, the dot. */
export function opPos(n: Node): Pos {
  switch (n.kind) {
    case 'BinaryExpr':
      return n.opPos;
    case 'CallExpr':
      return n.lparen;
    case 'IndexExpr':
    case 'SliceExpr':
      return n.lbrack;
    case 'SelectorExpr':
      return n.sel.pos - 1;
    case 'TypeAssertExpr':
      return n.lparen - 1;
    case 'CompositeLit':
      return n.lbrace;
    case 'SendStmt':
      return n.arrow;
    case 'AssignStmt':
    case 'IncDecStmt':
      return n.tokPos;
    default:
      return n.pos;
  }
}

/** Just past the last token of e, or near it: good enough to end a scope. */
export function endPos(e: Node): Pos {
  switch (e.kind) {
    case 'Ident':
      return e.pos + e.name.length;
    case 'BasicLit':
      return e.pos + e.value.length;
    case 'CompositeLit':
      return e.rbrace;
    case 'KeyValueExpr':
      return endPos(e.value);
    case 'FuncLit':
      return e.body.rbrace;
    case 'ParenExpr':
    case 'CallExpr':
      return e.rparen;
    case 'TypeAssertExpr':
      return e.rparen;
    case 'SelectorExpr':
      return endPos(e.sel);
    case 'IndexExpr':
    case 'SliceExpr':
      return e.rbrack;
    case 'StarExpr':
    case 'UnaryExpr':
      return endPos(e.x);
    case 'BinaryExpr':
      return endPos(e.y);
    case 'ArrayType':
      return endPos(e.elem);
    case 'MapType':
    case 'ChanType':
      return endPos(e.value);
    case 'StructType':
    case 'InterfaceType':
    case 'BlockStmt':
      return e.rbrace;
    case 'FuncType':
      return endOfFields(e.results) || endOfFields(e.params) || e.pos;
    case 'FuncDecl':
      return e.body ? e.body.rbrace : endPos(e.type);
    case 'ValueSpec': {
      const last = e.values[e.values.length - 1] ?? e.type ?? e.names[e.names.length - 1];
      return last ? endPos(last) : e.pos;
    }
    default:
      return e.pos;
  }
}

function endOfFields(list: readonly Field[]): Pos {
  const last = list[list.length - 1];
  return last ? endPos(last.type) : 0;
}

/** e without enclosing parentheses. */
export function unparen(e: Expr): Expr {
  while (e.kind === 'ParenExpr') e = e.x;
  return e;
}

/** The operand of a dereference or pointer type, or null. */
export function starOperand(e: Expr): Expr | null {
  return e.kind === 'StarExpr' ? e.x : null;
}

/** Whether e is a receive operation. */
export function isReceive(e: Expr): boolean {
  return e.kind === 'UnaryExpr' && e.op === T.ARROW;
}
