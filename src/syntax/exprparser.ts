// Parsing expressions.
//
// Guarantees: parentheses stay in the tree. In the header of a control statement (xnest < 0) a { after a name begins the
// statement's block and no literal.
// Source: Go specification, "Expressions"; wording as observed in gc 1.26.

import { exprString } from './exprstring.ts';
import type { CompositeLit, Expr, IndexExpr, Pos, SliceExpr } from './nodes.ts';
import { precedence, T } from './token.ts';
import { TypeParser } from './typeparser.ts';

export abstract class ExprParser extends TypeParser {
  protected expr(): Expr {
    return this.binary(this.unaryExpr(), 0);
  }

  protected exprFrom(x: Expr): Expr {
    return this.binary(this.primary(x), 0);
  }

  protected exprList(): Expr[] {
    const list = [this.expr()];
    while (this.got(T.COMMA)) list.push(this.expr());
    return list;
  }

  private binary(x: Expr, prec: number): Expr {
    for (;;) {
      const op = this.tok;
      const p = precedence(op);
      if (p <= prec) return x;
      const opPos = this.pos;
      this.next();
      const y = this.binary(this.unaryExpr(), p);
      x = { kind: 'BinaryExpr', pos: x.pos, tv: null, x, opPos, op, y };
    }
  }

  protected unaryExpr(): Expr {
    const pos = this.pos;
    const op = this.tok;
    switch (op) {
      case T.MUL:
        this.next();
        return { kind: 'StarExpr', pos, tv: null, x: this.unaryExpr() };
      case T.ADD:
      case T.SUB:
      case T.NOT:
      case T.XOR:
      case T.TILDE:
      case T.AND:
        this.next();
        return { kind: 'UnaryExpr', pos, tv: null, op, x: this.unaryExpr() };
      case T.ARROW: {
        this.next();
        const x = this.unaryExpr();
        if (x.kind === 'ChanType') return this.receiveChan(pos, x);
        return { kind: 'UnaryExpr', pos, tv: null, op, x };
      }
      default:
        return this.primary(null);
    }
  }

  /** <- in front of a channel type is part of the type: <-(chan T) is (<-chan T), <-(chan<- T) is (<-chan (<-T)). */
  private receiveChan(pos: Pos, x: Expr & { kind: 'ChanType' }): Expr {
    let t: Expr = x;
    let dir: 'both' | 'send' | 'recv' = 'send';
    while (dir === 'send') {
      if (t.kind !== 'ChanType') break;
      dir = t.dir;
      if (dir === 'recv') this.syntaxError('unexpected <-, expected chan');
      t.dir = 'recv';
      t = t.value;
    }
    if (dir === 'send') this.syntaxError(`unexpected ${exprString(t)}, expected chan`);
    x.pos = pos;
    return x;
  }

  private operand(): Expr {
    const pos = this.pos;
    switch (this.tok) {
      case T.IDENT:
        return this.name();
      case T.LPAREN: {
        this.next();
        this.xnest++;
        const x = this.expr();
        this.xnest--;
        const rparen = this.pos;
        this.want(T.RPAREN);
        return { kind: 'ParenExpr', pos, tv: null, x, rparen };
      }
      case T.FUNC: {
        this.next();
        const type = this.funcType(pos, 'function type');
        if (this.tok !== T.LBRACE) return type;
        this.xnest++;
        const body = this.funcBody();
        this.xnest--;
        return { kind: 'FuncLit', pos, tv: null, type, body };
      }
      case T.LBRACK:
      case T.CHAN:
      case T.MAP:
      case T.STRUCT:
      case T.INTERFACE:
        return this.type();
      default: {
        const lit = this.literal();
        if (lit) return lit;
        const bad = this.badExpr();
        this.syntaxError('expected expression');
        this.advance([T.RPAREN, T.RBRACK, T.RBRACE]);
        return bad;
      }
    }
  }

  /** An operand, perhaps read already, with all that follows it: selectors, indices, calls, literals' braces. */
  protected primary(x: Expr | null): Expr {
    x ??= this.operand();
    for (;;) {
      switch (this.tok) {
        case T.PERIOD:
          x = this.selector(x);
          break;
        case T.LBRACK:
          x = this.indexOrSlice(x);
          break;
        case T.LPAREN:
          x = this.call(x);
          break;
        case T.LBRACE: {
          let t = x;
          while (t.kind === 'ParenExpr') t = t.x;
          if (!this.mayBeLiteralType(t)) return x;
          if (t !== x) this.syntaxError('cannot parenthesize type in composite literal');
          const lit = this.literalValue();
          lit.type = x;
          lit.pos = x.pos;
          x = lit;
          break;
        }
        default:
          return x;
      }
    }
  }

  private mayBeLiteralType(t: Expr): boolean {
    switch (t.kind) {
      case 'Ident':
      case 'SelectorExpr':
        return this.xnest >= 0;
      case 'IndexExpr':
        return this.xnest >= 0 && !isValue(t);
      case 'ArrayType':
      case 'StructType':
      case 'MapType':
        return true;
      default:
        return false;
    }
  }

  private selector(x: Expr): Expr {
    this.next();
    if (this.tok === T.IDENT)
      return { kind: 'SelectorExpr', pos: x.pos, tv: null, x, sel: this.name(), selection: null };
    if (this.tok === T.LPAREN) {
      const lparen = this.pos;
      this.next();
      const type = this.got(T.TYPE) ? null : this.type();
      const rparen = this.pos;
      this.want(T.RPAREN);
      return { kind: 'TypeAssertExpr', pos: x.pos, tv: null, x, type, lparen, rparen };
    }
    this.syntaxError('expected name or (');
    this.advance([T.SEMICOLON, T.RPAREN]);
    return x;
  }

  private indexOrSlice(x: Expr): Expr {
    const lbrack = this.pos;
    this.next();
    let first: Expr | null = null;
    if (this.tok !== T.COLON) {
      let list: Expr[];
      let comma = false;
      if (this.tok === T.RBRACK) {
        this.syntaxError('expected operand');
        list = [this.badExpr()];
      } else ({ list, comma } = this.typeList(false));
      if (comma || this.tok === T.RBRACK) {
        const node: IndexExpr = { kind: 'IndexExpr', pos: x.pos, tv: null, x, lbrack, indices: list, rbrack: this.pos };
        this.want(T.RBRACK);
        return node;
      }
      first = list[0]!;
    }
    if (!this.got(T.COLON)) {
      this.syntaxError('expected comma, : or ]');
      this.advance([T.COMMA, T.COLON, T.RBRACK]);
    }
    const node: SliceExpr = {
      kind: 'SliceExpr',
      pos: x.pos,
      tv: null,
      x,
      lbrack,
      low: first,
      high: null,
      max: null,
      slice3: false,
      rbrack: 0,
    };
    this.xnest++;
    if (this.tok !== T.COLON && this.tok !== T.RBRACK) node.high = this.expr();
    if (this.tok === T.COLON) {
      node.slice3 = true;
      if (!node.high) {
        this.error('middle index required in 3-index slice');
        node.high = this.badExpr();
      }
      this.next();
      if (this.tok !== T.RBRACK) node.max = this.expr();
      else {
        this.error('final index required in 3-index slice');
        node.max = this.badExpr();
      }
    }
    this.xnest--;
    node.rbrack = this.pos;
    this.want(T.RBRACK);
    return node;
  }

  private call(fun: Expr): Expr {
    const lparen = this.pos;
    this.next();
    const args: Expr[] = [];
    let ellipsis = 0;
    this.xnest++;
    const rparen = this.list('argument list', T.COMMA, T.RPAREN, () => {
      args.push(this.expr());
      const pos = this.pos;
      if (!this.got(T.ELLIPSIS)) return false;
      ellipsis = pos;
      return true;
    });
    this.xnest--;
    return { kind: 'CallExpr', pos: fun.pos, tv: null, fun, lparen, args, ellipsis, rparen };
  }

  /** { element, … } */
  private literalValue(): CompositeLit {
    const node: CompositeLit = {
      kind: 'CompositeLit',
      pos: this.pos,
      tv: null,
      type: null,
      lbrace: this.pos,
      elts: [],
      rbrace: 0,
    };
    this.xnest++;
    this.want(T.LBRACE);
    node.rbrace = this.list('composite literal', T.COMMA, T.RBRACE, () => {
      const x = this.element();
      if (this.tok === T.COLON) {
        const colon = this.pos;
        this.next();
        node.elts.push({ kind: 'KeyValueExpr', pos: x.pos, tv: null, key: x, colon, value: this.element() });
      } else node.elts.push(x);
      return false;
    });
    this.xnest--;
    return node;
  }

  private element(): Expr {
    return this.tok === T.LBRACE ? this.literalValue() : this.expr();
  }
}

/** Can x be nothing but a value, by its form? */
function isValue(x: Expr): boolean {
  switch (x.kind) {
    case 'BasicLit':
    case 'CompositeLit':
    case 'FuncLit':
    case 'SliceExpr':
    case 'TypeAssertExpr':
    case 'CallExpr':
    case 'UnaryExpr':
    case 'BinaryExpr':
      return true;
    case 'ParenExpr':
      return isValue(x.x);
    case 'IndexExpr':
      return isValue(x.x) || x.indices.some(isValue);
    default:
      return false;
  }
}
