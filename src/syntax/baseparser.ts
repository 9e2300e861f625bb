// What all of the parser uses: the current token, errors and recovery, names and lists.
//
// Guarantees: advance() makes progress when nothing is to be found. Errors after the first one at the end of the file are dropped.
// Source: wording and recovery as observed in gc 1.26.

import type { BadExpr, BasicLit, Directive, Ident, Pos } from './nodes.ts';
import type { SourceText } from './position.ts';
import { allowed, misplaced, type Place } from './pragmas.ts';
import { type ScanHandler, Scanner } from './scanner.ts';
import { T, type Token, tokenText } from './token.ts';

/** Tokens that begin a statement: inside a function, recovery stops there. */
const statementStarts: ReadonlySet<Token> = new Set([
  T.BREAK,
  T.CONST,
  T.CONTINUE,
  T.DEFER,
  T.FALLTHROUGH,
  T.FOR,
  T.GO,
  T.GOTO,
  T.IF,
  T.RETURN,
  T.SELECT,
  T.SWITCH,
  T.TYPE,
  T.VAR,
]);

export class BaseParser {
  protected readonly file: SourceText;
  private readonly scanner: Scanner;
  private readonly report: (pos: Pos, msg: string) => void;
  /** all //go: comments of the file */
  protected readonly directives: Directive[] = [];
  /** those since the last declaration or statement began */
  private pending: Directive[] = [];
  protected readonly misplaced: Directive[] = [];
  protected errors = 0;
  /** depth of functions being parsed */
  protected fnest = 0;
  /** depth of brackets in an expression; negative in the header of a control statement, where { begins its block */
  protected xnest = 0;
  protected tok: Token = T.EOF;
  protected pos: Pos = 0;

  constructor(file: SourceText, src: Uint8Array, report: (pos: Pos, msg: string) => void) {
    this.file = file;
    this.report = report;
    const handler: ScanHandler = {
      error: (pos, msg) => this.errorAt(pos, msg),
      directive: (pos, text, alone) => this.addDirective(pos, text, alone),
    };
    this.scanner = new Scanner(file, src, handler);
  }

  private addDirective(pos: Pos, text: string, alone: boolean): void {
    if (!alone) {
      this.report(pos + 2, 'misplaced compiler directive');
      return;
    }
    const body = text.slice(2);
    const blank = /[ \t]/.exec(body);
    const name = blank ? body.slice(0, blank.index) : body;
    const d: Directive = { pos, name, args: blank ? body.slice(blank.index + 1) : '' };
    this.directives.push(d);
    this.pending.push(d);
  }

  protected takeDirectives(place: Place): Directive[] {
    const taken = this.pending;
    if (taken.length === 0) return [];
    this.pending = [];
    for (const d of taken) if (!allowed(d, place)) this.misplaced.push(d);
    return taken;
  }

  /** At the end of what takes no directives. */
  protected dropDirectives(): void {
    if (this.pending.length === 0) return;
    for (const d of this.pending) {
      const why = misplaced(d);
      if (why) this.report(d.pos + 2, why);
    }
    this.pending = [];
  }

  // Tokens.

  protected next(): void {
    this.scanner.next();
    this.tok = this.scanner.tok;
    this.pos = this.scanner.pos;
  }

  /** Text of the current identifier, literal or semicolon. */
  protected get lit(): string {
    return this.scanner.lit;
  }

  protected got(tok: Token): boolean {
    if (this.tok !== tok) return false;
    this.next();
    return true;
  }

  protected want(tok: Token): void {
    if (this.got(tok)) return;
    this.syntaxError(`expected ${tokenName(tok)}`);
    this.advance([]);
  }

  /** As got(ASSIGN), but takes := for it, with an error. */
  protected gotAssign(): boolean {
    if (this.tok === T.DEFINE) this.syntaxError('expected =');
    else if (this.tok !== T.ASSIGN) return false;
    this.next();
    return true;
  }

  // Errors.

  protected errorAt(pos: Pos, msg: string): void {
    this.errors++;
    this.report(pos, msg);
  }

  protected error(msg: string): void {
    this.errorAt(this.pos, msg);
  }

  protected syntaxError(msg: string): void {
    this.syntaxErrorAt(this.pos, msg);
  }

  /** A message that begins with "in", "at", "after" or "expected" is put behind what was found instead. */
  protected syntaxErrorAt(pos: Pos, msg: string): void {
    if (this.tok === T.EOF && this.errors > 0) return;
    if (msg.startsWith('in ') || msg.startsWith('at ') || msg.startsWith('after ')) msg = ` ${msg}`;
    else if (msg.startsWith('expected ')) msg = `, ${msg}`;
    else {
      this.errorAt(pos, `syntax error: ${msg}`);
      return;
    }
    this.errorAt(pos, `syntax error: unexpected ${this.found()}${msg}`);
  }

  /** The current token as messages show it. */
  private found(): string {
    switch (this.tok) {
      case T.IDENT:
        return `name ${this.lit}`;
      case T.SEMICOLON:
        return this.lit;
      case T.INT:
      case T.FLOAT:
      case T.IMAG:
      case T.CHAR:
      case T.STRING:
        return `literal ${this.lit}`;
      case T.EOF:
        return 'EOF';
      default:
        return tokenName(this.tok);
    }
  }

  /** Skips tokens up to one of `follow`, or inside a function to the start of a statement. With none given, skips one. */
  protected advance(follow: readonly Token[]): void {
    if (follow.length === 0) {
      if (this.tok !== T.EOF) this.next();
      return;
    }
    while (this.tok !== T.EOF && !follow.includes(this.tok) && !(this.fnest > 0 && statementStarts.has(this.tok)))
      this.next();
  }

  // Lists.

  /**
   * Elements separated by `sep`, which may also come last, up to `close`; f parses one, and says whether it must be the last.
   * Gives the position of the closing token.
   */
  protected list(context: string, sep: Token, close: Token, f: () => boolean): Pos {
    let done = false;
    while (this.tok !== T.EOF && this.tok !== close && !done) {
      done = f();
      if (!this.got(sep) && this.tok !== close) {
        this.syntaxError(`in ${context}; possibly missing ${tokenName(sep)} or ${tokenName(close)}`);
        this.advance([T.RPAREN, T.RBRACK, T.RBRACE]);
        if (this.tok !== close) return this.pos;
      }
    }
    const pos = this.pos;
    this.want(close);
    return pos;
  }

  // Nodes used everywhere.

  protected ident(pos: Pos, name: string): Ident {
    return { kind: 'Ident', pos, tv: null, name, obj: null, isDef: false, inst: null };
  }

  protected blank(): Ident {
    return this.ident(this.pos, '_');
  }

  protected badExpr(): BadExpr {
    return { kind: 'BadExpr', pos: this.pos, tv: null, to: this.pos };
  }

  protected name(): Ident {
    if (this.tok === T.IDENT) {
      const n = this.ident(this.pos, this.lit);
      this.next();
      return n;
    }
    const n = this.blank();
    this.syntaxError('expected name');
    this.advance([]);
    return n;
  }

  protected nameList(first: Ident): Ident[] {
    const list = [first];
    while (this.got(T.COMMA)) list.push(this.name());
    return list;
  }

  protected literal(): BasicLit | null {
    switch (this.tok) {
      case T.INT:
      case T.FLOAT:
      case T.IMAG:
      case T.CHAR:
      case T.STRING: {
        const l: BasicLit = {
          kind: 'BasicLit',
          pos: this.pos,
          tv: null,
          lit: this.tok,
          value: this.lit,
          bad: this.scanner.bad,
        };
        this.next();
        return l;
      }
      default:
        return null;
    }
  }

  protected isLiteral(): boolean {
    return this.tok >= T.INT && this.tok <= T.STRING;
  }
}

/** A token's name in messages. */
export function tokenName(tok: Token): string {
  if (tok === T.COMMA) return 'comma';
  if (tok === T.SEMICOLON) return 'semicolon or newline';
  if (tok === T.IDENT) return 'name';
  const text = tokenText(tok);
  return tok >= T.BREAK && tok <= T.VAR ? `keyword ${text}` : text;
}
