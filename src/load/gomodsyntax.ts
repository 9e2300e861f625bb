// The form of go.mod and go.work files: lines of words, and blocks of such lines, with their places.
//
// Guarantees: a file that has not this form gives one ModError, with the place where reading stopped.
// Source: "Go Modules Reference", lexical elements and grammar of go.mod files.

export interface ModPlace {
  readonly line: number;
  /** in characters, from 1 */
  readonly column: number;
}

export interface ModLine extends ModPlace {
  /** what the line is about, its first word or that of its block */
  readonly verb: string;
  /** as written, with their quotes */
  readonly args: readonly string[];
  readonly inBlock: boolean;
}

export interface ModBlock extends ModPlace {
  /** of the line that begins it */
  readonly words: readonly string[];
}

export interface ModFault extends ModPlace {
  readonly msg: string;
}

/** What is wrong with a go.mod file. */
export class ModError extends Error {
  readonly file: string;
  /** empty: it is something about the file or the module as a whole, the message */
  readonly faults: readonly ModFault[];
  /** the message is printed as it is */
  readonly plain: boolean;

  constructor(file: string, faults: readonly ModFault[], whole = '', plain = false) {
    super(whole);
    this.file = file;
    this.faults = faults;
    this.plain = plain;
  }

  /** One line for each fault. name: what the file is to be called. */
  lines(name: string): string[] {
    return this.faults.map((f) => `${name}:${f.line}${f.column > 1 ? `:${f.column}` : ''}: ${f.msg}`);
  }
}

export interface ModSyntax {
  readonly lines: readonly ModLine[];
  readonly blocks: readonly ModBlock[];
}

type Kind = 'end' | 'newline' | 'word' | '(' | ')';

class Lexer {
  kind: Kind = 'newline';
  text = '';
  /** of the token */
  start: ModPlace = { line: 1, column: 1 };
  private readonly file: string;
  private readonly src: readonly string[];
  private at = 0;
  private line = 1;
  private column = 1;

  constructor(file: string, src: Uint8Array) {
    this.file = file;
    this.src = [...new TextDecoder().decode(src)];
  }

  fail(msg: string, place: ModPlace = { line: this.line, column: this.column }): never {
    throw new ModError(this.file, [{ ...place, msg }]);
  }

  private take(): string {
    const c = this.src[this.at++]!;
    if (c === '\n') {
      this.line++;
      this.column = 1;
    } else this.column++;
    return c;
  }

  private isComment(): boolean {
    const slash = this.src[this.at] === '/' ? this.src[this.at + 1] : '';
    if (slash === '*') this.fail('mod files must use // comments (not /* */ comments)');
    return slash === '/';
  }

  /** A comment counts as the end of its line. */
  next(): void {
    const { src } = this;
    while (src[this.at] === ' ' || src[this.at] === '\t' || src[this.at] === '\r') this.take();
    this.start = { line: this.line, column: this.column };
    this.text = '';
    if (this.at >= src.length) {
      this.kind = 'end';
      return;
    }
    if (this.isComment()) {
      while (this.at < src.length && this.take() !== '\n');
      this.kind = 'newline';
      return;
    }
    const c = src[this.at]!;
    if (c === '\n') {
      this.take();
      this.kind = 'newline';
    } else if ('()[]{},'.includes(c)) {
      this.text = this.take();
      this.kind = c === '(' || c === ')' ? c : 'word';
    } else {
      this.kind = 'word';
      if (c === '"' || c === '`') this.quoted(c);
      else this.word();
    }
  }

  private quoted(quote: string): void {
    const from = this.at;
    const ended = (): void => {
      if (this.at >= this.src.length) this.fail('unexpected EOF in string', this.start);
    };
    this.take();
    for (;;) {
      ended();
      if (this.src[this.at] === '\n') this.fail('unexpected newline in string');
      const c = this.take();
      if (c === quote) break;
      if (c === '\\' && quote === '"') {
        ended();
        this.take();
      }
    }
    this.text = this.src.slice(from, this.at).join('');
  }

  private word(): void {
    const from = this.at;
    while (this.at < this.src.length && /[^\p{C}\p{Z}()[\]{},]/u.test(this.src[this.at]!) && !this.isComment())
      this.take();
    this.text = this.src.slice(from, this.at).join('');
    if (this.text !== '') return;
    const code = this.src[this.at]!.codePointAt(0)!;
    const shown = code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
    this.fail(`unexpected input character '${shown}'`);
  }
}

export function parseModSyntax(file: string, src: Uint8Array): ModSyntax {
  const lex = new Lexer(file, src);
  const lines: ModLine[] = [];
  const blocks: ModBlock[] = [];
  const ends = (): boolean => lex.kind === 'newline' || lex.kind === 'end';
  for (lex.next(); lex.kind !== 'end'; ) {
    if (lex.kind === 'newline') {
      lex.next();
      continue;
    }
    const place = lex.start;
    const words: string[] = [];
    let block = false;
    while (!block && !ends()) {
      // a parenthesis begins a block only at the end of the line
      const open = lex.kind === '(' && words.length > 0;
      words.push(lex.text);
      lex.next();
      if (!open) continue;
      if (ends()) block = true;
      else if (lex.kind === ')') {
        words.push(lex.text);
        lex.next();
        if (ends()) {
          blocks.push({ ...place, words: words.splice(0).slice(0, -2) });
        }
      }
    }
    if (!block) {
      if (words.length > 0) lines.push({ ...place, verb: words[0]!, args: words.slice(1), inBlock: false });
      continue;
    }
    words.pop();
    const b = { ...place, words };
    blocks.push(b);
    parseBlock(lex, file, b, lines);
  }
  return { lines, blocks };
}

function parseBlock(lex: Lexer, file: string, block: ModBlock, lines: ModLine[]): void {
  const ends = (): boolean => lex.kind === 'newline' || lex.kind === 'end';
  for (;;) {
    if (lex.kind === 'newline') {
      lex.next();
      continue;
    }
    if (lex.kind === 'end')
      lex.fail(`syntax error (unterminated block started at ${file}:${block.line}:${block.column})`);
    if (lex.kind === ')') {
      lex.next();
      if (!ends()) lex.fail('syntax error (expected newline after closing paren)');
      return;
    }
    const place = lex.start;
    const args: string[] = [];
    for (; !ends(); lex.next()) args.push(lex.text);
    lines.push({ ...place, verb: block.words[0]!, args, inBlock: true });
  }
}
