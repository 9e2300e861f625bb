// Parsing types, parameter lists and type parameter lists.
//
// Assumes: the class below parses expressions. Guarantees: `a, b T` is one Field with two names. A list that could be an
// array length or type parameters is told apart as the specification's grammar wants it.
// Source: Go specification, "Types", "Type parameter declarations"; wording as observed in gc 1.26.

import { BaseParser, tokenName } from './baseparser.ts';
import type {
  BlockStmt,
  Expr,
  Field,
  FuncType,
  Ident,
  IndexExpr,
  InterfaceType,
  Pos,
  StructType,
  TypeSpec,
} from './nodes.ts';
import { T, type Token } from './token.ts';

interface ListKind {
  readonly typeParams: boolean;
  /** the last type may be ...T */
  readonly dots: boolean;
}

/** An entry of a parameter list before it is known which names are types. */
interface Param {
  name: Ident | null;
  type: Expr | null;
}

export abstract class TypeParser extends BaseParser {
  protected abstract expr(): Expr;
  protected abstract unaryExpr(): Expr;
  /** an expression that starts with x */
  protected abstract exprFrom(x: Expr): Expr;
  protected abstract funcBody(): BlockStmt;

  protected type(): Expr {
    const t = this.typeOrNull();
    if (t) return t;
    const bad = this.badExpr();
    this.syntaxError('expected type');
    this.advance([T.COMMA, T.COLON, T.SEMICOLON, T.RPAREN, T.RBRACK, T.RBRACE]);
    return bad;
  }

  protected typeOrNull(): Expr | null {
    const pos = this.pos;
    switch (this.tok) {
      case T.MUL:
        this.next();
        return { kind: 'StarExpr', pos, tv: null, x: this.type() };
      case T.ARROW:
        this.next();
        this.want(T.CHAN);
        return { kind: 'ChanType', pos, tv: null, dir: 'recv', value: this.chanElem() };
      case T.FUNC:
        this.next();
        return this.funcType(pos, 'function type');
      case T.LBRACK:
        this.next();
        if (this.got(T.RBRACK)) return { kind: 'ArrayType', pos, tv: null, len: null, elem: this.type() };
        return this.arrayType(pos, null);
      case T.CHAN: {
        this.next();
        const dir = this.got(T.ARROW) ? 'send' : 'both';
        return { kind: 'ChanType', pos, tv: null, dir, value: this.chanElem() };
      }
      case T.MAP: {
        this.next();
        this.want(T.LBRACK);
        const key = this.type();
        this.want(T.RBRACK);
        return { kind: 'MapType', pos, tv: null, key, value: this.type() };
      }
      case T.STRUCT:
        return this.structType();
      case T.INTERFACE:
        return this.interfaceType();
      case T.IDENT:
        return this.qualifiedName(null);
      case T.LPAREN: {
        this.next();
        const x = this.type();
        const rparen = this.pos;
        this.want(T.RPAREN);
        return { kind: 'ParenExpr', pos, tv: null, x, rparen };
      }
      default:
        return null;
    }
  }

  /** After "[": the rest of an array type, whose length may have been read already. */
  protected arrayType(pos: Pos, len: Expr | null): Expr {
    if (!len) {
      const dots = this.pos;
      if (this.got(T.ELLIPSIS)) len = { kind: 'Ellipsis', pos: dots, tv: null, elt: null };
      else {
        this.xnest++;
        len = this.expr();
        this.xnest--;
      }
    }
    if (this.tok === T.COMMA) {
      this.syntaxError('unexpected comma; expected ]');
      this.next();
    }
    this.want(T.RBRACK);
    return { kind: 'ArrayType', pos, tv: null, len, elem: this.type() };
  }

  private chanElem(): Expr {
    const t = this.typeOrNull();
    if (t) return t;
    const bad = this.badExpr();
    this.syntaxError('missing channel element type');
    return bad;
  }

  protected qualifiedName(first: Ident | null): Expr {
    let x: Expr;
    if (first) x = first;
    else if (this.tok === T.IDENT) x = this.name();
    else {
      x = this.blank();
      this.syntaxError('expected name');
      this.advance([T.PERIOD, T.SEMICOLON, T.RBRACE]);
    }
    if (this.got(T.PERIOD)) x = { kind: 'SelectorExpr', pos: x.pos, tv: null, x, sel: this.name(), selection: null };
    return this.tok === T.LBRACK ? this.typeInstance(x) : x;
  }

  private typeInstance(x: Expr): Expr {
    const lbrack = this.pos;
    this.want(T.LBRACK);
    const node: IndexExpr = { kind: 'IndexExpr', pos: x.pos, tv: null, x, lbrack, indices: [], rbrack: 0 };
    if (this.tok === T.RBRACK) {
      this.syntaxError('expected type argument list');
      node.indices.push(this.badExpr());
    } else node.indices = this.typeList(true).list;
    node.rbrack = this.pos;
    this.want(T.RBRACK);
    return node;
  }

  /** Types separated by commas, of which the first may be an expression unless `strict`. */
  protected typeList(strict: boolean): { list: Expr[]; comma: boolean } {
    this.xnest++;
    const list = [strict ? this.type() : this.expr()];
    let comma = false;
    while (this.got(T.COMMA)) {
      comma = true;
      const t = this.typeOrNull();
      if (!t) break;
      list.push(t);
    }
    this.xnest--;
    return { list, comma };
  }

  // Functions.

  /** Type parameters, parameters and results. context: what must have no type parameters, '' if it may. */
  protected funcType(pos: Pos, context: string): FuncType {
    const node: FuncType = { kind: 'FuncType', pos, tv: null, tparams: [], params: [], results: [] };
    const start = this.pos;
    if (this.got(T.LBRACK)) {
      if (context) this.syntaxErrorAt(start, `${context} must have no type parameters`);
      if (this.tok === T.RBRACK) {
        this.syntaxError('empty type parameter list');
        this.next();
      } else {
        const list = this.paramList(T.RBRACK, { typeParams: true, dots: false });
        if (!context) node.tparams = list;
      }
    }
    this.want(T.LPAREN);
    node.params = this.paramList(T.RPAREN, { typeParams: false, dots: true });
    node.results = this.results();
    return node;
  }

  private results(): Field[] {
    if (this.got(T.LPAREN)) return this.paramList(T.RPAREN, { typeParams: false, dots: false });
    const pos = this.pos;
    const type = this.typeOrNull();
    return type ? [{ kind: 'Field', pos, names: [], type, tag: null }] : [];
  }

  /** A list up to `close`; what came before its first entry has been read. */
  protected paramList(close: Token, kind: ListKind, first: Param | null = null): Field[] {
    const list: Param[] = [];
    if (first?.type && this.tok === close) {
      this.next();
      return fieldsOf([first]);
    }
    const end = this.list('parameter list', T.COMMA, close, () => {
      const p = first?.type ? first : this.param(first?.name ?? null, close, kind.typeParams);
      first = null;
      if (p) list.push(p);
      return false;
    });
    if (list.length === 0) return [];
    this.nameParams(list, end, kind.typeParams);
    this.checkDots(list, kind.dots);
    return fieldsOf(list);
  }

  /** Decides which entries of one word are names and which are types. */
  private nameParams(list: Param[], end: Pos, typeParams: boolean): void {
    const named = list.filter((p) => p.name && p.type).length;
    if (named === list.length) return;
    if (named === 0 && !typeParams) {
      for (const p of list)
        if (p.name) {
          p.type = p.name;
          p.name = null;
        }
      return;
    }
    const typed = list.filter((p) => p.type).length;
    let type: Expr | null = null;
    let errPos = 0;
    for (let i = list.length - 1; i >= 0; i--) {
      const p = list[i]!;
      if (p.type) {
        type = p.type;
        if (!p.name) {
          errPos = leftmost(type);
          p.name = this.ident(errPos, '_');
        }
      } else if (type) p.type = type;
      else {
        errPos = p.name!.pos;
        p.type = { kind: 'BadExpr', pos: errPos, tv: null, to: errPos };
      }
    }
    if (errPos === 0) return;
    if (named === typed) this.syntaxErrorAt(end, typeParams ? 'missing type constraint' : 'missing parameter type');
    else if (!typeParams) this.syntaxErrorAt(errPos, 'missing parameter name');
    else
      this.syntaxErrorAt(errPos, `missing type parameter name${list.length === 1 ? ' or invalid array length' : ''}`);
  }

  private checkDots(list: Param[], allowed: boolean): void {
    let first = true;
    list.forEach((p, i) => {
      if (p.type?.kind !== 'Ellipsis' || !p.type.elt || (allowed && i === list.length - 1)) return;
      if (first) this.errorAt(p.type.pos, allowed ? 'can only use ... with final parameter' : 'invalid use of ...');
      first = false;
      p.type = p.type.elt;
    });
  }

  /** [name] [...]type, or in type parameter lists [name] constraint. */
  private param(name: Ident | null, close: Token, typeParams: boolean): Param | null {
    if (!name && typeParams && this.tok === T.TILDE) return { name: null, type: this.union(null) };
    const orType = (t: Expr): Expr => (typeParams && this.tok === T.OR ? this.union(t) : t);
    if (!name && this.tok === T.IDENT) name = this.name();
    if (name) {
      if (this.tok === T.LBRACK) {
        const t = this.arrayOrInstance(name);
        if (t.kind === 'IndexExpr') return { name: null, type: orType(t) };
        return { name, type: orType(t) };
      }
      if (this.tok === T.PERIOD) return { name: null, type: orType(this.qualifiedName(name)) };
      if (typeParams && this.tok === T.OR) return { name: null, type: this.union(name) };
    }
    const pos = this.pos;
    if (this.got(T.ELLIPSIS)) {
      const elt = this.typeOrNull();
      if (elt) return { name, type: { kind: 'Ellipsis', pos, tv: null, elt } };
      const bad = this.badExpr();
      this.syntaxError('... is missing type');
      return { name, type: bad };
    }
    if (typeParams && this.tok === T.TILDE) return { name, type: this.union(null) };
    const t = this.typeOrNull();
    const type = t && orType(t);
    if (name || type) return { name, type };
    this.syntaxError(`expected ${tokenName(close)}`);
    this.advance([T.COMMA, close]);
    return null;
  }

  /** After a name: [n]E is a type by itself; [A], [A, B] make an instance of the name. */
  private arrayOrInstance(name: Ident): Expr {
    const pos = this.pos;
    this.want(T.LBRACK);
    if (this.got(T.RBRACK)) return { kind: 'ArrayType', pos, tv: null, len: null, elem: this.type() };
    if (this.tok === T.ELLIPSIS) return this.arrayType(pos, null);
    const { list, comma } = this.typeList(false);
    const rbrack = this.pos;
    this.want(T.RBRACK);
    if (!comma) {
      const elem = this.typeOrNull();
      if (elem) return { kind: 'ArrayType', pos, tv: null, len: list[0]!, elem };
    }
    return { kind: 'IndexExpr', pos: name.pos, tv: null, x: name, lbrack: pos, indices: list, rbrack };
  }

  // Type declarations.

  /** At "[" behind the name of a type declaration: type parameters, or an array type. Gives the declared type. */
  protected typeParamsOrArray(spec: TypeSpec): Expr | null {
    const pos = this.pos;
    this.next();
    if (this.got(T.RBRACK)) return { kind: 'ArrayType', pos, tv: null, len: null, elem: this.type() };
    if (this.tok !== T.IDENT) return this.arrayType(pos, null);
    let x: Expr = this.name();
    if (this.tok !== T.LBRACK) {
      // an array length, or a type parameter and its constraint, which can look like an expression
      this.xnest++;
      x = this.exprFrom(x);
      this.xnest--;
    }
    const split = splitName(x, this.tok === T.COMMA);
    if (!split || (!split.type && this.tok === T.RBRACK)) return this.arrayType(pos, x);
    spec.tparams = this.paramList(T.RBRACK, { typeParams: true, dots: false }, split);
    spec.assign = this.tok === T.ASSIGN || this.tok === T.DEFINE ? this.pos : 0;
    this.gotAssign();
    return this.typeOrNull();
  }

  // Structs and interfaces.

  private structType(): StructType {
    const node: StructType = { kind: 'StructType', pos: this.pos, tv: null, fields: [], rbrace: 0 };
    this.want(T.STRUCT);
    this.want(T.LBRACE);
    node.rbrace = this.list('struct type', T.SEMICOLON, T.RBRACE, () => {
      this.fieldDecl(node.fields);
      return false;
    });
    return node;
  }

  private fieldDecl(fields: Field[]): void {
    const pos = this.pos;
    const add = (names: Ident[], type: Expr): void => {
      fields.push({ kind: 'Field', pos, names, type, tag: this.literal() });
    };
    switch (this.tok) {
      case T.IDENT: {
        const name = this.name();
        if (this.tok === T.PERIOD || this.isLiteral() || this.tok === T.SEMICOLON || this.tok === T.RBRACE) {
          add([], this.qualifiedName(name));
          return;
        }
        const names = this.nameList(name);
        if (names.length === 1 && this.tok === T.LBRACK) {
          const type = this.arrayOrInstance(name);
          add(type.kind === 'IndexExpr' ? [] : names, type);
        } else add(names, this.type());
        return;
      }
      case T.MUL: {
        this.next();
        const paren = this.tok === T.LPAREN;
        if (paren) {
          this.syntaxError('cannot parenthesize embedded type');
          this.next();
        }
        const x = this.qualifiedName(null);
        if (paren) this.got(T.RPAREN);
        add([], { kind: 'StarExpr', pos, tv: null, x });
        return;
      }
      case T.LPAREN: {
        this.syntaxError('cannot parenthesize embedded type');
        this.next();
        const star = this.pos;
        const type: Expr = this.got(T.MUL)
          ? { kind: 'StarExpr', pos: star, tv: null, x: this.qualifiedName(null) }
          : this.qualifiedName(null);
        this.got(T.RPAREN);
        add([], type);
        return;
      }
      default:
        this.syntaxError('expected field name or embedded type');
        this.advance([T.SEMICOLON, T.RBRACE]);
    }
  }

  private interfaceType(): InterfaceType {
    const node: InterfaceType = { kind: 'InterfaceType', pos: this.pos, tv: null, methods: [], rbrace: 0 };
    this.want(T.INTERFACE);
    this.want(T.LBRACE);
    node.rbrace = this.list('interface type', T.SEMICOLON, T.RBRACE, () => {
      const pos = this.pos;
      let f: Field | null = this.tok === T.IDENT ? this.methodDecl() : null;
      if (!f) f = { kind: 'Field', pos, names: [], type: this.union(null), tag: null };
      else if (f.names.length === 0) f.type = this.union(f.type);
      node.methods.push(f);
      return false;
    });
    return node;
  }

  /** A method, or an embedded type that begins with a name. */
  private methodDecl(): Field {
    const pos = this.pos;
    const name = this.name();
    const method = (): Field => {
      const type = this.funcType(this.pos, 'interface method');
      return { kind: 'Field', pos, names: [name], type, tag: null };
    };
    const embedded = (type: Expr): Field => ({ kind: 'Field', pos, names: [], type, tag: null });
    if (this.tok === T.LPAREN) return method();
    if (this.tok !== T.LBRACK) return embedded(this.qualifiedName(name));
    const lbrack = this.pos;
    this.next();
    if (this.tok === T.RBRACK) {
      const rbrack = this.pos;
      this.next();
      if (this.tok === T.LPAREN) {
        this.errorAt(rbrack, 'empty type parameter list');
        return method();
      }
      this.errorAt(rbrack, 'empty type argument list');
      return embedded(name);
    }
    // type arguments look like parameters without names
    const list = this.paramList(T.RBRACK, { typeParams: false, dots: false });
    const first = list[0];
    if (!first) return this.tok === T.LPAREN ? method() : embedded(name);
    if (first.names.length > 0) {
      const m = method();
      this.errorAt(lbrack, 'interface method must have no type parameters');
      return m;
    }
    const rbrack = this.pos - 1;
    return embedded({
      kind: 'IndexExpr',
      pos: name.pos,
      tv: null,
      x: name,
      lbrack,
      indices: list.map((f) => f.type),
      rbrack,
    });
  }

  /** term | term …, of which the first may have been read. */
  private union(first: Expr | null): Expr {
    let x = first ?? this.term();
    while (this.tok === T.OR) {
      const opPos = this.pos;
      this.next();
      x = { kind: 'BinaryExpr', pos: x.pos, tv: null, x, opPos, op: T.OR, y: this.term() };
    }
    return x;
  }

  private term(): Expr {
    const pos = this.pos;
    if (this.got(T.TILDE)) return { kind: 'UnaryExpr', pos, tv: null, op: T.TILDE, x: this.type() };
    const t = this.typeOrNull();
    if (t) return t;
    const bad = this.badExpr();
    this.syntaxError('expected ~ term or type');
    this.advance([T.OR, T.TILDE, T.SEMICOLON, T.RPAREN, T.RBRACK, T.RBRACE]);
    return bad;
  }
}

/** Entries that share a type become one field. */
function fieldsOf(list: readonly Param[]): Field[] {
  const out: Field[] = [];
  for (const p of list) {
    const last = out[out.length - 1];
    if (last && p.name && last.names.length > 0 && last.type === p.type) last.names.push(p.name);
    else
      out.push({
        kind: 'Field',
        pos: p.name ? p.name.pos : leftmost(p.type!),
        names: p.name ? [p.name] : [],
        type: p.type!,
        tag: null,
      });
  }
  return out;
}

/** x taken apart as a type parameter and its constraint. force: although the constraint may be an ordinary expression. */
function splitName(x: Expr, force: boolean): Param | null {
  switch (x.kind) {
    case 'Ident':
      return { name: x, type: null };
    case 'BinaryExpr':
      if (x.op === T.MUL && x.x.kind === 'Ident' && (force || isTypeElem(x.y))) {
        return { name: x.x, type: { kind: 'StarExpr', pos: x.opPos, tv: null, x: x.y } };
      }
      if (x.op === T.OR) {
        const left = splitName(x.x, force || isTypeElem(x.y));
        if (left?.type) return { name: left.name, type: { ...x, pos: left.type.pos, x: left.type } };
      }
      return null;
    case 'CallExpr': {
      const arg = x.args[0];
      if (x.fun.kind !== 'Ident' || x.args.length !== 1 || x.ellipsis || !(force || isTypeElem(arg!))) return null;
      return { name: x.fun, type: { kind: 'ParenExpr', pos: x.lparen, tv: null, x: arg!, rparen: x.rparen } };
    }
    default:
      return null;
  }
}

/** Can x be nothing but a type or a union of types? */
function isTypeElem(x: Expr): boolean {
  switch (x.kind) {
    case 'ArrayType':
    case 'StructType':
    case 'FuncType':
    case 'InterfaceType':
    case 'MapType':
    case 'ChanType':
      return true;
    case 'BinaryExpr':
      return isTypeElem(x.x) || isTypeElem(x.y);
    case 'UnaryExpr':
      return x.op === T.TILDE || isTypeElem(x.x);
    case 'StarExpr':
    case 'ParenExpr':
      return isTypeElem(x.x);
    default:
      return false;
  }
}

function leftmost(x: Expr): Pos {
  return x.pos;
}
