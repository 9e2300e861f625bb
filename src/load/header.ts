// What is wrong with the beginning of a file, its package clause and imports, as the go command says before it compiles.
//
// Guarantees: null for files that compilation can judge better. The messages are go/parser's, of which the first is enough.

import { SourceText } from '../syntax/position.ts';
import { Scanner } from '../syntax/scanner.ts';
import { T, tokenText } from '../syntax/token.ts';

export interface HeaderError {
  readonly line: number;
  readonly column: number;
  readonly msg: string;
  /** the file is named by its whole path */
  readonly absolute: boolean;
}

export function headerError(name: string, src: Uint8Array): HeaderError | null {
  const h = new Header(name, src);
  h.read();
  return h.first;
}

const tick = 96;
/** in import paths */
export const forbidden = /[!"#$%&'()*,:;<=>?[\\\]^`{|}\ufffd\p{C}\p{Z}]/u;
const literals: readonly number[] = [T.IDENT, T.INT, T.FLOAT, T.IMAG, T.CHAR, T.STRING];

class Header {
  first: HeaderError | null = null;
  private readonly text: SourceText;
  private readonly scan: Scanner;
  private readonly src: Uint8Array;
  /** a malformed token, which stops everything */
  private broken = false;

  constructor(name: string, src: Uint8Array) {
    this.src = src;
    this.text = new SourceText(name, 0, src.length);
    this.scan = new Scanner(this.text, src, { error: (pos, msg) => this.scanError(pos, msg), directive: () => {} });
  }

  read(): void {
    this.next();
    this.expect(T.PACKAGE, 'package');
    this.expect(T.IDENT, 'IDENT');
    // what stands behind a whole clause is left to the compilation
    if (this.scan.tok === T.SEMICOLON) this.next();
    while (!this.done() && this.scan.tok === T.IMPORT) this.imports();
  }

  private done(): boolean {
    return this.broken || this.first !== null;
  }

  private next(): void {
    this.scan.next();
  }

  private scanError(pos: number, msg: string): void {
    if (this.broken) return;
    this.broken = true;
    const kind = /^(?:newline in )?(string|rune literal|comment)\b/.exec(msg)?.[1];
    if (kind === 'comment') this.error(pos, msg);
    else if (kind) {
      const raw = this.src[this.scan.start] === tick ? 'raw ' : '';
      this.error(this.scan.start, `${raw}${kind.replace(/string$/, 'string literal')} not terminated`);
    } else if (msg.startsWith('invalid character')) this.error(pos, msg.replace('invalid', 'illegal'));
  }

  private error(pos: number, msg: string, absolute = false): void {
    const { lines } = this.text;
    // a newline at the very end begins no line
    const last = lines[lines.length - 1] === this.src.length && lines.length > 1 ? lines.length - 1 : lines.length;
    let line = last;
    while (line > 1 && lines[line - 1]! > pos) line--;
    this.first ??= { line, column: pos - lines[line - 1]! + 1, msg, absolute };
  }

  private found(): string {
    const { tok, lit } = this.scan;
    if (literals.includes(tok)) return lit;
    if (tok === T.EOF) return "'EOF'";
    if (tok === T.SEMICOLON && lit !== 'semicolon') return lit === 'newline' ? 'newline' : "'EOF'";
    return `'${tokenText(tok)}'`;
  }

  private expect(tok: number, what: string): void {
    if (this.scan.tok !== tok && !this.broken) this.error(this.scan.start, `expected '${what}', found ${this.found()}`);
    this.next();
  }

  private imports(): void {
    this.next();
    if (this.scan.tok !== T.LPAREN) {
      this.spec();
      if (this.scan.tok === T.SEMICOLON) this.next();
      return;
    }
    this.next();
    while (!this.done() && this.scan.tok !== T.RPAREN && this.scan.tok !== T.EOF) {
      this.spec();
      if (this.scan.tok === T.SEMICOLON) this.next();
      else if (this.scan.tok !== T.RPAREN) this.error(this.scan.start, `expected ';', found ${this.found()}`);
    }
    this.expect(T.RPAREN, ')');
    if (this.scan.tok === T.SEMICOLON) this.next();
  }

  private spec(): void {
    const { scan } = this;
    if (scan.tok === T.IDENT || scan.tok === T.PERIOD) this.next();
    if (this.broken) return;
    if (scan.tok !== T.STRING)
      this.error(scan.start, literals.includes(scan.tok) ? 'import path must be a string' : 'missing import path');
    else if (!scan.bad) {
      const path = unquoted(scan.lit);
      if (path === '' || (path !== null && forbidden.test(path)))
        this.error(scan.start, `invalid import path: ${path}`, true);
    }
    this.next();
  }
}

/** null for literals with escapes that only Go has. */
function unquoted(lit: string): string | null {
  if (!lit.includes('\\') || lit.startsWith('`')) return lit.slice(1, -1);
  try {
    return JSON.parse(lit) as string;
  } catch {
    return null;
  }
}
