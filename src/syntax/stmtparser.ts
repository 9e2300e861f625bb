// Parsing statements.
//
// Guarantees: a switch on x.(type) is a TypeSwitchStmt, a range clause makes a RangeStmt; nothing else is checked here that the
// grammar does not say.
// Source: Go specification, "Statements"; wording and recovery as observed in gc 1.26.

import { ExprParser } from './exprparser.ts';
import { exprListString, exprString } from './exprstring.ts';
import type {
  AssignStmt,
  BlockStmt,
  CaseClause,
  CommClause,
  Expr,
  GenDecl,
  Ident,
  IfStmt,
  Pos,
  RangeStmt,
  Stmt,
} from './nodes.ts';
import { T, type Token, tokenText } from './token.ts';

interface Header {
  init: Stmt | null;
  cond: Expr | null;
  post: Stmt | null;
  /** condition that is a statement, as in a type switch */
  stmt: Stmt | null;
  range: RangeStmt | null;
}

export abstract class StmtParser extends ExprParser {
  protected abstract genDecl(): GenDecl;

  /** A block; context says what it must follow, '' if { is the current token. */
  protected block(context: string): BlockStmt {
    const node: BlockStmt = { kind: 'BlockStmt', pos: this.pos, list: [], rbrace: 0 };
    if (!this.got(T.LBRACE)) {
      this.syntaxError(`expected { after ${context}`);
      this.advance([T.IDENT, T.RBRACE]);
      node.rbrace = this.pos;
      if (this.got(T.RBRACE)) return node;
    }
    node.list = this.stmtList();
    node.rbrace = this.pos;
    this.want(T.RBRACE);
    return node;
  }

  private stmtList(): Stmt[] {
    const list: Stmt[] = [];
    while (this.tok !== T.EOF && this.tok !== T.RBRACE && this.tok !== T.CASE && this.tok !== T.DEFAULT) {
      const s = this.stmtOrNull();
      this.dropDirectives();
      if (!s) break;
      list.push(s);
      if (!this.got(T.SEMICOLON) && this.tok !== T.RBRACE) {
        this.syntaxError('at end of statement');
        this.advance([T.SEMICOLON, T.RBRACE, T.CASE, T.DEFAULT]);
        this.got(T.SEMICOLON);
      }
    }
    return list;
  }

  private stmtOrNull(): Stmt | null {
    const pos = this.pos;
    if (this.tok !== T.VAR && this.tok !== T.CONST && this.tok !== T.TYPE) this.dropDirectives();
    switch (this.tok) {
      case T.IDENT: {
        const lhs = this.exprList();
        const label = lhs[0]!;
        if (lhs.length === 1 && label.kind === 'Ident' && this.tok === T.COLON) return this.labeled(label);
        return this.simpleFrom(lhs, false);
      }
      case T.VAR:
      case T.CONST:
      case T.TYPE:
        return { kind: 'DeclStmt', pos, decl: this.genDecl() };
      case T.LBRACE:
        return this.block('');
      case T.FOR:
        return this.forStmt();
      case T.SWITCH:
        return this.switchStmt();
      case T.SELECT:
        return this.selectStmt();
      case T.IF:
        return this.ifStmt();
      case T.FALLTHROUGH:
        this.next();
        return { kind: 'BranchStmt', pos, tok: T.FALLTHROUGH, label: null, target: null };
      case T.BREAK:
      case T.CONTINUE: {
        const tok = this.tok;
        this.next();
        const label = this.tok === T.IDENT ? this.name() : null;
        return { kind: 'BranchStmt', pos, tok, label, target: null };
      }
      case T.GOTO:
        this.next();
        return { kind: 'BranchStmt', pos, tok: T.GOTO, label: this.name(), target: null };
      case T.GO:
      case T.DEFER:
        return this.callStmt();
      case T.RETURN: {
        this.next();
        const results = this.tok !== T.SEMICOLON && this.tok !== T.RBRACE ? this.exprList() : [];
        return { kind: 'ReturnStmt', pos, results };
      }
      case T.SEMICOLON:
        return { kind: 'EmptyStmt', pos, implicit: this.lit !== 'semicolon' };
      case T.FUNC:
      case T.LPAREN:
      case T.LBRACK:
      case T.STRUCT:
      case T.MAP:
      case T.CHAN:
      case T.INTERFACE:
      case T.ARROW:
      case T.ADD:
      case T.SUB:
      case T.MUL:
      case T.AND:
      case T.XOR:
      case T.NOT:
        return this.simpleFrom(this.exprList(), false);
      default:
        return this.isLiteral() ? this.simpleFrom(this.exprList(), false) : null;
    }
  }

  private labeled(label: Ident): Stmt | null {
    const colon = this.pos;
    this.want(T.COLON);
    if (this.tok === T.RBRACE) {
      const empty: Stmt = { kind: 'EmptyStmt', pos: this.pos, implicit: true };
      return { kind: 'LabeledStmt', pos: label.pos, label, colon, stmt: empty };
    }
    const stmt = this.stmtOrNull();
    if (stmt) return { kind: 'LabeledStmt', pos: label.pos, label, colon, stmt };
    this.syntaxErrorAt(colon, 'missing statement after label');
    return null;
  }

  // Simple statements.

  private simple(rangeOk: boolean): Stmt {
    if (rangeOk && this.tok === T.RANGE) return this.rangeClause([], T.ILLEGAL, 0);
    return this.simpleFrom(this.exprList(), rangeOk);
  }

  /** The statement that begins with the expressions lhs. */
  private simpleFrom(lhs: Expr[], rangeOk: boolean): Stmt {
    const x = lhs[0]!;
    const tokPos = this.pos;
    const tok = this.tok;
    if (tok === T.ASSIGN || tok === T.DEFINE) {
      this.next();
      if (rangeOk && this.tok === T.RANGE) return this.rangeClause(lhs, tok, tokPos);
      return { kind: 'AssignStmt', pos: x.pos, lhs, tokPos, tok, rhs: this.exprList() };
    }
    if (lhs.length > 1) {
      this.syntaxError('expected := or = or comma');
      this.advance([T.SEMICOLON, T.RBRACE]);
      return { kind: 'ExprStmt', pos: x.pos, x };
    }
    if (tok >= T.ADD_ASSIGN && tok <= T.AND_NOT_ASSIGN) {
      this.next();
      return { kind: 'AssignStmt', pos: x.pos, lhs, tokPos, tok, rhs: [this.expr()] };
    }
    if (tok === T.INC || tok === T.DEC) {
      this.next();
      return { kind: 'IncDecStmt', pos: x.pos, x, tokPos, tok };
    }
    if (tok === T.ARROW) {
      this.next();
      return { kind: 'SendStmt', pos: x.pos, chan: x, arrow: tokPos, value: this.expr() };
    }
    return { kind: 'ExprStmt', pos: x.pos, x };
  }

  /** At "range"; the loop around it fills in position and body. */
  private rangeClause(lhs: Expr[], tok: Token, tokPos: Pos): RangeStmt {
    this.next();
    return {
      kind: 'RangeStmt',
      pos: 0,
      key: lhs[0] ?? null,
      value: lhs[1] ?? null,
      extra: lhs[2] ?? null,
      tokPos,
      tok,
      x: this.expr(),
      body: { kind: 'BlockStmt', pos: 0, list: [], rbrace: 0 },
    };
  }

  private callStmt(): Stmt {
    const pos = this.pos;
    const tok = this.tok;
    this.next();
    let call = this.primary(null);
    if (call.kind === 'ParenExpr') {
      this.errorAt(call.pos, `expression in ${tokenText(tok)} must not be parenthesized`);
      while (call.kind === 'ParenExpr') call = call.x;
    }
    return { kind: tok === T.GO ? 'GoStmt' : 'DeferStmt', pos, call };
  }

  // Statements with headers.

  private header(keyword: Token): Header {
    const h: Header = { init: null, cond: null, post: null, stmt: null, range: null };
    this.next();
    if (this.tok === T.LBRACE) {
      if (keyword === T.IF) {
        this.syntaxError('missing condition in if statement');
        h.cond = this.badExpr();
      }
      return h;
    }
    const outer = this.xnest;
    this.xnest = -1;
    this.headerParts(h, keyword);
    this.xnest = outer;
    return h;
  }

  private headerParts(h: Header, keyword: Token): void {
    if (this.tok !== T.SEMICOLON) {
      if (this.got(T.VAR)) this.syntaxError(`var declaration not allowed in ${tokenText(keyword)} initializer`);
      h.init = this.simple(keyword === T.FOR);
      if (h.init.kind === 'RangeStmt') {
        h.range = h.init;
        h.init = null;
        return;
      }
    }
    let semi = 0;
    let semiText = '';
    if (this.tok === T.LBRACE) {
      h.stmt = h.init;
      h.init = null;
    } else {
      if (this.tok === T.SEMICOLON) {
        semi = this.pos;
        semiText = this.lit;
        this.next();
      } else {
        // asking for { makes the better message
        this.want(T.LBRACE);
        if (this.tok !== T.LBRACE) this.advance([T.LBRACE, T.RBRACE]);
      }
      if (keyword === T.FOR) {
        if (!this.forParts(h)) return;
      } else if (this.tok !== T.LBRACE) h.stmt = this.simple(false);
    }
    this.condition(h, keyword, semi, semiText);
  }

  /** Condition and post statement of a for loop. False: there is no more to look at. */
  private forParts(h: Header): boolean {
    if (this.tok !== T.SEMICOLON) {
      if (this.tok === T.LBRACE) {
        this.syntaxError('expected for loop condition');
        return false;
      }
      h.stmt = this.simple(false);
    }
    this.want(T.SEMICOLON);
    if (this.tok !== T.LBRACE) {
      h.post = this.simple(false);
      if (h.post.kind === 'AssignStmt' && h.post.tok === T.DEFINE) {
        this.syntaxErrorAt(h.post.tokPos, 'cannot declare in post statement of for loop');
      }
    }
    return true;
  }

  private condition(h: Header, keyword: Token, semi: Pos, semiText: string): void {
    const s = h.stmt;
    if (!s) {
      if (keyword === T.IF && semi) {
        if (semiText !== 'semicolon') this.syntaxErrorAt(semi, `unexpected ${semiText}, expected { after if clause`);
        else this.syntaxErrorAt(semi, 'missing condition in if statement');
        h.cond = { kind: 'BadExpr', pos: semi, tv: null, to: semi };
      }
      return;
    }
    if (s.kind === 'ExprStmt') {
      h.cond = s.x;
      return;
    }
    if (keyword === T.SWITCH && typeGuard(s)) return;
    this.syntaxErrorAt(stmtPos(s), `cannot use ${stmtText(s)} as value`);
    if (keyword === T.IF) h.cond = { kind: 'BadExpr', pos: s.pos, tv: null, to: s.pos };
  }

  private ifStmt(): IfStmt {
    const pos = this.pos;
    const h = this.header(T.IF);
    const body = this.block('if clause');
    const node: IfStmt = {
      kind: 'IfStmt',
      pos,
      init: h.init,
      cond: h.cond ?? { kind: 'BadExpr', pos, tv: null, to: pos },
      body,
      else: null,
    };
    if (this.got(T.ELSE)) {
      if (this.tok === T.IF) node.else = this.ifStmt();
      else if (this.tok === T.LBRACE) node.else = this.block('');
      else {
        this.syntaxError('else must be followed by if or statement block');
        this.advance([T.IDENT, T.RBRACE]);
      }
    }
    return node;
  }

  private forStmt(): Stmt {
    const pos = this.pos;
    const h = this.header(T.FOR);
    const body = this.block('for clause');
    if (h.range) {
      h.range.pos = pos;
      h.range.body = body;
      return h.range;
    }
    return { kind: 'ForStmt', pos, init: h.init, cond: h.cond, post: h.post, body };
  }

  private switchStmt(): Stmt {
    const pos = this.pos;
    const h = this.header(T.SWITCH);
    const lbrace = this.pos;
    if (!this.got(T.LBRACE)) {
      this.syntaxError('missing { after switch clause');
      this.advance([T.CASE, T.DEFAULT, T.RBRACE]);
    }
    const body: CaseClause[] = [];
    while (this.tok !== T.EOF && this.tok !== T.RBRACE) body.push(this.caseClause());
    const rbrace = this.pos;
    this.want(T.RBRACE);
    const guard = h.stmt && typeGuard(h.stmt);
    if (guard) return { kind: 'TypeSwitchStmt', pos, init: h.init, bind: guard.bind, x: guard.x, body, lbrace, rbrace };
    return { kind: 'SwitchStmt', pos, init: h.init, tag: h.cond, body, lbrace, rbrace };
  }

  private caseClause(): CaseClause {
    const node: CaseClause = { kind: 'CaseClause', pos: this.pos, list: null, colon: 0, body: [], obj: null };
    if (this.got(T.CASE)) node.list = this.exprList();
    else if (!this.got(T.DEFAULT)) this.noClause();
    node.colon = this.pos;
    this.want(T.COLON);
    node.body = this.stmtList();
    return node;
  }

  private noClause(): void {
    this.syntaxError('expected case or default or }');
    this.advance([T.COLON, T.CASE, T.DEFAULT, T.RBRACE]);
  }

  private selectStmt(): Stmt {
    const pos = this.pos;
    this.next();
    const lbrace = this.pos;
    if (!this.got(T.LBRACE)) {
      this.syntaxError('missing { after select clause');
      this.advance([T.CASE, T.DEFAULT, T.RBRACE]);
    }
    const body: CommClause[] = [];
    while (this.tok !== T.EOF && this.tok !== T.RBRACE) {
      const node: CommClause = { kind: 'CommClause', pos: this.pos, comm: null, colon: 0, body: [] };
      if (this.got(T.CASE)) node.comm = this.simple(false);
      else if (!this.got(T.DEFAULT)) this.noClause();
      node.colon = this.pos;
      this.want(T.COLON);
      node.body = this.stmtList();
      body.push(node);
    }
    const rbrace = this.pos;
    this.want(T.RBRACE);
    return { kind: 'SelectStmt', pos, body, lbrace, rbrace };
  }
}

/** x.(type) or v := x.(type) as the operand of a switch. */
function typeGuard(s: Stmt): { bind: Ident | null; x: Expr } | null {
  if (s.kind === 'ExprStmt') return s.x.kind === 'TypeAssertExpr' && !s.x.type ? { bind: null, x: s.x.x } : null;
  if (s.kind !== 'AssignStmt' || s.tok !== T.DEFINE || s.lhs.length !== 1 || s.rhs.length !== 1) return null;
  const bind = s.lhs[0]!;
  const x = s.rhs[0]!;
  return bind.kind === 'Ident' && x.kind === 'TypeAssertExpr' && !x.type ? { bind, x: x.x } : null;
}

function stmtPos(s: Stmt): Pos {
  return s.kind === 'AssignStmt' || s.kind === 'IncDecStmt' ? s.tokPos : s.kind === 'SendStmt' ? s.arrow : s.pos;
}

/** A statement that stands where a value should. */
function stmtText(s: Stmt): string {
  switch (s.kind) {
    case 'AssignStmt':
      return assignText(s);
    case 'IncDecStmt':
      return exprString(s.x) + tokenText(s.tok);
    case 'SendStmt':
      return `${exprString(s.chan)} <- ${exprString(s.value)}`;
    default:
      return 'statement';
  }
}

function assignText(s: AssignStmt): string {
  if (s.tok !== T.ASSIGN) return `${exprListString(s.lhs)} ${tokenText(s.tok)} ${exprListString(s.rhs)}`;
  return `assignment ${emphasized(s.lhs)} = ${emphasized(s.rhs)}`;
}

/** Binary expressions in parentheses, so that the = stands out. */
function emphasized(list: readonly Expr[]): string {
  const x = list[0]!;
  return list.length === 1 && x.kind === 'BinaryExpr' ? `(${exprString(x)})` : exprListString(list);
}
