// Where the text of a node ends: the position just past its last byte, as go/ast's End has it.
//
// Assumes: the node is as the parser made it, without errors; src is its file, whose first byte has position base.

import type { CaseClause, CommClause, Expr, Field, FuncType, GenDecl, Pos, Spec, Stmt } from './nodes.ts';
import { tokenText } from './token.ts';

const encoder = new TextEncoder();
/** Length in UTF-8. */
const bytes = (s: string): number => encoder.encode(s).length;

export class Ends {
  private readonly src: Uint8Array;
  private readonly base: Pos;

  constructor(src: Uint8Array, base: Pos) {
    this.src = src;
    this.base = base;
  }

  stmt(s: Stmt): Pos {
    switch (s.kind) {
      case 'BadStmt':
        return s.to;
      case 'DeclStmt':
        return this.decl(s.decl);
      case 'EmptyStmt':
        return s.implicit ? s.pos : s.pos + 1;
      case 'LabeledStmt':
        return this.stmt(s.stmt);
      case 'ExprStmt':
        return this.expr(s.x);
      case 'SendStmt':
        return this.expr(s.value);
      case 'IncDecStmt':
        return s.tokPos + 2;
      case 'AssignStmt':
        return this.expr(s.rhs.at(-1)!);
      case 'GoStmt':
      case 'DeferStmt':
        return this.expr(s.call);
      case 'ReturnStmt':
        return s.results.length > 0 ? this.expr(s.results.at(-1)!) : s.pos + 'return'.length;
      case 'BranchStmt':
        return s.label ? this.expr(s.label) : s.pos + tokenText(s.tok).length;
      case 'IfStmt':
        return s.else ? this.stmt(s.else) : s.body.rbrace + 1;
      case 'ForStmt':
      case 'RangeStmt':
        return s.body.rbrace + 1;
      case 'BlockStmt':
      case 'SwitchStmt':
      case 'TypeSwitchStmt':
      case 'SelectStmt':
        return s.rbrace + 1;
    }
  }

  clause(c: CaseClause | CommClause): Pos {
    return c.body.length > 0 ? this.stmt(c.body.at(-1)!) : c.colon + 1;
  }

  decl(d: GenDecl): Pos {
    return d.lparen ? d.rparen + 1 : this.spec(d.specs.at(-1)!);
  }

  private spec(s: Spec): Pos {
    switch (s.kind) {
      case 'ImportSpec':
        return this.expr(s.path);
      case 'TypeSpec':
        return this.expr(s.type);
      case 'ValueSpec':
        return this.expr(s.values.at(-1) ?? s.type ?? s.names.at(-1)!);
    }
  }

  expr(x: Expr): Pos {
    switch (x.kind) {
      case 'Ident':
        return x.pos + bytes(x.name);
      case 'BasicLit':
        return x.pos + bytes(x.value);
      case 'CompositeLit':
      case 'StructType':
      case 'InterfaceType':
        return x.rbrace + 1;
      case 'FuncLit':
        return x.body.rbrace + 1;
      case 'ParenExpr':
      case 'CallExpr':
      case 'TypeAssertExpr':
        return x.rparen + 1;
      case 'IndexExpr':
      case 'SliceExpr':
        return x.rbrack + 1;
      case 'SelectorExpr':
        return this.expr(x.sel);
      case 'KeyValueExpr':
      case 'MapType':
      case 'ChanType':
        return this.expr(x.value);
      case 'StarExpr':
      case 'UnaryExpr':
        return this.expr(x.x);
      case 'BinaryExpr':
        return this.expr(x.y);
      case 'ArrayType':
        return this.expr(x.elem);
      case 'Ellipsis':
        return x.elt ? this.expr(x.elt) : x.pos + 3;
      case 'FuncType':
        return this.funcType(x);
      case 'BadExpr':
        return x.to;
    }
  }

  /** Parentheses of parameters and results have no positions of their own. */
  private funcType(t: FuncType): Pos {
    const last = (fields: readonly Field[]): Pos => this.expr(fields.at(-1)!.type);
    const open = t.params.length > 0 ? last(t.params) : this.find(t.pos, '(') + 1;
    const params = this.find(open, ')') + 1;
    if (t.results.length === 0) return params;
    const end = last(t.results);
    const close = this.skip(end);
    return this.src[close - this.base] === 0x29 ? close + 1 : end;
  }

  /** The first place from pos on where the text stands outside of comments. */
  find(pos: Pos, text: string): Pos {
    const { src, base } = this;
    for (let i = pos - base; i < src.length; i = Math.max(i + 1, this.comment(i))) {
      if (this.comment(i) > i) continue;
      let n = 0;
      while (n < text.length && src[i + n] === text.charCodeAt(n)) n++;
      if (n === text.length) return i + base;
    }
    throw new Error(`no ${text} in the source`);
  }

  /** The end of the comment that begins at the offset, or the offset. */
  private comment(i: number): number {
    const { src } = this;
    if (src[i] !== 0x2f || (src[i + 1] !== 0x2f && src[i + 1] !== 0x2a)) return i;
    const line = src[i + 1] === 0x2f;
    let k = i + 2;
    while (k < src.length && (line ? src[k] !== 0x0a : src[k] !== 0x2a || src[k + 1] !== 0x2f)) k++;
    return line ? k : k + 2;
  }

  /** Past white space, commas and comments. */
  private skip(pos: Pos): Pos {
    let i = pos - this.base;
    while (i < this.src.length) {
      const past = this.comment(i);
      if (past > i) i = past;
      else if (' \t\r\n,'.includes(String.fromCharCode(this.src[i]!))) i++;
      else break;
    }
    return i + this.base;
  }
}
