// From bytes to tokens.
//
// Assumes: the source does not change. Guarantees: one token a call of next(); semicolons are inserted where lines end; every line
// start and `//line` directive is recorded in the file. Errors do not stop it: a bad literal is still a literal.
// Source: Go specification, "Lexical elements"; the wording of messages is gc's.

import type { Pos } from './nodes.ts';
import type { SourceText } from './position.ts';
import { keywords, T, type Token } from './token.ts';

/** Gets errors and directives (comments `//go:…`), with positions. alone: nothing comes before the directive on its line. */
export interface ScanHandler {
  error(pos: Pos, msg: string): void;
  directive(pos: Pos, text: string, alone: boolean): void;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const c = (s: string): number => s.charCodeAt(0);
const NL = 10;
const ZERO = c('0');
const NINE = c('9');
const QUOTE = c('"');
const TICK = c('`');
const APOSTROPHE = c("'");
const BACKSLASH = c('\\');
const SLASH = c('/');
const STAR = c('*');
const EQUALS = c('=');
const DOT = c('.');
const UNDERSCORE = c('_');

/** 1 letter or _, 2 digit, by ASCII code */
const classes = new Uint8Array(128);
for (let i = 0; i < 26; i++) classes[65 + i] = classes[97 + i] = 1;
classes[UNDERSCORE] = 1;
for (let i = 0; i < 10; i++) classes[ZERO + i] = 2;

const letter = /^\p{L}/u;
const digit = /^\p{Nd}/u;

export class Scanner {
  private readonly src: Uint8Array;
  private readonly file: SourceText;
  private readonly handler: ScanHandler;
  /** the whole text, if it is ASCII: then tokens are cut out of it */
  private readonly text: string | null;
  /** offset of the next byte */
  private at = 0;
  /** a newline now becomes a semicolon */
  private nlsemi = false;

  tok: Token = T.EOF;
  /** position of the token */
  pos: Pos = 0;
  /** offset of the token's first byte, and just past its last */
  start = 0;
  end = 0;
  /** identifier, literal as written, or for SEMICOLON what stood for it: "semicolon", "newline", "EOF" */
  lit = '';
  /** the literal is malformed */
  bad = false;

  constructor(file: SourceText, src: Uint8Array, handler: ScanHandler) {
    this.file = file;
    this.src = src;
    this.handler = handler;
    let ascii = true;
    for (let i = 0; i < src.length; i++)
      if (src[i]! >= 0x80) {
        ascii = false;
        break;
      }
    this.text = ascii ? decoder.decode(src) : null;
    if (src[0] === 0xef && src[1] === 0xbb && src[2] === 0xbf) this.at = 3;
  }

  private error(offset: number, msg: string): void {
    this.handler.error(this.file.base + offset, msg);
  }

  private slice(from: number, to: number): string {
    return this.text ? this.text.slice(from, to) : decoder.decode(this.src.subarray(from, to));
  }

  /** The code point at an offset; reports bad bytes and steps over them. -1 at the end. */
  private rune(): number {
    const b = this.src[this.at];
    if (b === undefined) return -1;
    if (b !== 0 && b < 0x80) return b;
    return this.oddRune(b);
  }

  private oddRune(b: number): number {
    if (b === 0) {
      this.error(this.at, 'invalid NUL character');
      this.at++;
      return this.rune();
    }
    const n = runeLength(this.src, this.at);
    if (n === 0) {
      this.error(this.at, 'invalid UTF-8 encoding');
      this.at++;
      return this.rune();
    }
    const r = decodeRune(this.src, this.at, n);
    if (r === 0xfeff) {
      this.error(this.at, 'invalid BOM in the middle of the file');
      this.at += n;
      return this.rune();
    }
    return r;
  }

  /** Steps over the character at hand. */
  private skip(r: number): void {
    if (r < 0x80) this.at++;
    else this.at += r < 0x800 ? 2 : r < 0x10000 ? 3 : 4;
  }

  private newline(): void {
    this.at++;
    this.file.addLine(this.at);
  }

  next(): void {
    const src = this.src;
    const nlsemi = this.nlsemi;
    this.nlsemi = false;
    for (;;) {
      let b = src[this.at];
      while (b === 32 || b === 9 || b === 13 || (b === NL && !nlsemi)) {
        if (b === NL) this.newline();
        else this.at++;
        b = src[this.at];
      }
      this.start = this.at;
      this.pos = this.file.base + this.at;
      if (b === undefined) {
        this.end = this.at;
        if (nlsemi) this.semicolon('EOF');
        else this.tok = T.EOF;
        return;
      }
      if (b < 0x80 && classes[b] === 1) {
        this.identifier();
        return;
      }
      if (b >= 0x80 || b === 0) {
        const r = this.rune();
        this.start = this.at;
        this.pos = this.file.base + this.at;
        if (r < 0x80) continue;
        if (this.identChar(r, true)) {
          this.identifier();
          return;
        }
        continue;
      }
      if (classes[b] === 2) {
        this.number();
        return;
      }
      if (b === SLASH) {
        const d = src[this.at + 1];
        if (d === SLASH) {
          const end = this.lineEnd(this.at);
          this.comment(this.at, end);
          this.at = end;
          continue;
        }
        if (d === STAR) {
          if (this.blockComment() && nlsemi) {
            // a comment that spans lines is like a newline
            this.semicolon('newline');
            this.end = this.at;
            return;
          }
          continue;
        }
      }
      if (this.operator(b)) {
        this.end = this.at;
        return;
      }
    }
  }

  private semicolon(lit: string): void {
    this.tok = T.SEMICOLON;
    this.lit = lit;
  }

  private lineEnd(from: number): number {
    const i = this.src.indexOf(NL, from);
    return i < 0 ? this.src.length : i;
  }

  /** Looks at a line comment for a directive. */
  private comment(from: number, to: number): void {
    const src = this.src;
    const first = src[from + 2];
    if (first === c('g') && src[from + 3] === c('o') && src[from + 4] === c(':')) {
      this.handler.directive(
        this.file.base + from,
        this.slice(from, src[to - 1] === 13 ? to - 1 : to),
        this.alone(from),
      );
    } else if (first === c('l') && this.atLineStart(from) && this.slice(from + 2, from + 7) === 'line ') {
      // its line must be known before it can be counted from
      if (src[to] === NL) this.file.addLine(to + 1);
      this.lineDirective(from + 7, src[to - 1] === 13 ? to - 1 : to, to + 1);
    }
    this.checkBytes(from, to);
  }

  private alone(offset: number): boolean {
    let i = offset;
    while (i > 0 && (this.src[i - 1] === 32 || this.src[i - 1] === 9)) i--;
    return this.atLineStart(i);
  }

  private atLineStart(offset: number): boolean {
    return offset === 0 || this.src[offset - 1] === NL;
  }

  /** Reports bytes that may be nowhere in a source, in a stretch without newlines. */
  private checkBytes(from: number, to: number): void {
    if (this.text && this.src.indexOf(0, from) < 0) return;
    const at = this.at;
    for (this.at = from; this.at < to; ) {
      const r = this.rune();
      if (r < 0) break;
      this.skip(r);
    }
    this.at = at;
  }

  /** Steps over a comment; says whether it spans lines. */
  private blockComment(): boolean {
    const src = this.src;
    const from = this.at;
    let multiline = false;
    this.at += 2;
    for (;;) {
      const r = this.rune();
      if (r < 0) {
        this.error(from, 'comment not terminated');
        break;
      }
      if (r === STAR && src[this.at + 1] === SLASH) {
        this.at += 2;
        break;
      }
      if (r === NL) {
        multiline = true;
        this.newline();
      } else this.skip(r);
    }
    if (!multiline && this.slice(from + 2, from + 7) === 'line ') this.lineDirective(from + 7, this.at - 2, this.at);
    return multiline;
  }

  /** The text of a line directive is at from…to; it takes effect at `effect`. */
  private lineDirective(from: number, to: number, effect: number): void {
    const text = this.slice(from, to);
    const last = trailingNumber(text);
    if (!last) return;
    if (last.value < 0) {
      this.error(from + last.at, `invalid line number: ${text.slice(last.at)}`);
      return;
    }
    const before = trailingNumber(text.slice(0, last.at - 1));
    let line = last;
    let column = 0;
    let name = text.slice(0, last.at - 1);
    if (before && before.value >= 0) {
      line = before;
      column = last.value;
      name = text.slice(0, before.at - 1);
      if (column === 0 || column > 0xffffff) {
        this.error(from + last.at, `invalid column number: ${text.slice(last.at)}`);
        return;
      }
    }
    if (line.value === 0 || line.value > 0xffffff) {
      this.error(from + line.at, `invalid line number: ${text.slice(line.at)}`);
      return;
    }
    this.file.addLineDirective(effect, name, line.value, column);
  }

  private identifier(): void {
    const src = this.src;
    let i = this.at;
    while (i < src.length && src[i]! < 0x80 && classes[src[i]!]! !== 0) i++;
    this.at = i;
    if (i < src.length && src[i]! >= 0x80) {
      for (;;) {
        const r = this.rune();
        if (r < 0 || !this.identChar(r, this.at === this.start)) break;
        this.skip(r);
      }
    }
    this.end = this.at;
    const lit = this.slice(this.start, this.at);
    if (lit.length > 1) {
      const kw = keywords.get(lit);
      if (kw !== undefined) {
        this.tok = kw;
        this.nlsemi = kw === T.BREAK || kw === T.CONTINUE || kw === T.FALLTHROUGH || kw === T.RETURN;
        return;
      }
    }
    this.nlsemi = true;
    this.tok = T.IDENT;
    this.lit = lit;
  }

  /** Is r part of an identifier? Characters that look like one are, with an error. */
  private identChar(r: number, first: boolean): boolean {
    if (r < 0x80) return classes[r] !== 0;
    const s = String.fromCodePoint(r);
    if (letter.test(s)) return true;
    if (digit.test(s)) {
      if (first) this.error(this.at, `identifier cannot begin with digit ${runeName(r)}`);
    } else this.error(this.at, `invalid character ${runeName(r)} in identifier`);
    return true;
  }

  // Literals.

  private literal(kind: Token, ok: boolean): void {
    this.nlsemi = true;
    this.tok = kind;
    this.end = this.at;
    this.lit = this.slice(this.start, this.at);
    this.bad = !ok;
  }

  private number(): void {
    const src = this.src;
    let ok = true;
    let kind: Token = T.INT;
    let base = 10;
    let prefix = 0;
    let seen = 0;
    let invalid = -1;
    const fail = (offset: number, msg: string): void => {
      if (ok) this.error(offset, msg);
      ok = false;
    };
    /** Digits and separators; bit 0: a digit was there, bit 1: a separator was. */
    const digits = (max: number): number => {
      let got = 0;
      for (;;) {
        const b = src[this.at];
        if (b === undefined) return got;
        if (b === UNDERSCORE) got |= 2;
        else if (max === 16 ? isHex(b) : classes[b] === 2) {
          if (max <= 10 && b - ZERO >= max && invalid < 0) invalid = this.at;
          got |= 1;
        } else return got;
        this.at++;
      }
    };
    if (src[this.at] !== DOT) {
      if (src[this.at] === ZERO) {
        this.at++;
        switch (lower(src[this.at])) {
          case 'x':
            base = 16;
            prefix = 1;
            break;
          case 'o':
            base = 8;
            prefix = 2;
            break;
          case 'b':
            base = 2;
            prefix = 3;
            break;
          default:
            base = 8;
            seen = 1;
        }
        if (prefix) this.at++;
      }
      seen |= digits(base);
      if (src[this.at] === DOT && prefix >= 2) fail(this.at, `invalid radix point in ${baseName(base)} literal`);
    }
    if (src[this.at] === DOT) {
      this.at++;
      kind = T.FLOAT;
      seen |= digits(base);
    }
    if (!(seen & 1)) fail(this.at, `${baseName(base)} literal has no digits`);
    const e = lower(src[this.at]);
    if (e === 'e' || e === 'p') {
      const shown = `'${String.fromCharCode(src[this.at]!)}'`;
      if (e === 'e' && prefix) fail(this.at, `${shown} exponent requires decimal mantissa`);
      else if (e === 'p' && prefix !== 1) fail(this.at, `${shown} exponent requires hexadecimal mantissa`);
      this.at++;
      kind = T.FLOAT;
      if (src[this.at] === c('+') || src[this.at] === c('-')) this.at++;
      const keep = invalid;
      const exp = digits(11);
      invalid = keep;
      seen = exp | (seen & 2);
      if (!(exp & 1)) fail(this.at, 'exponent has no digits');
    } else if (prefix === 1 && kind === T.FLOAT) fail(this.at, "hexadecimal mantissa requires a 'p' exponent");
    if (src[this.at] === c('i')) {
      kind = T.IMAG;
      this.at++;
    }
    if (kind === T.INT && invalid >= 0)
      fail(invalid, `invalid digit '${String.fromCharCode(src[invalid]!)}' in ${baseName(base)} literal`);
    if (seen & 2 && ok) {
      const i = badSeparator(src, this.start, this.at, prefix);
      if (i >= 0) fail(i, "'_' must separate successive digits");
    }
    this.literal(kind, ok);
  }

  private runeLiteral(): void {
    let ok = true;
    const fail = (offset: number, msg: string): void => {
      if (ok) this.error(offset, msg);
      ok = false;
    };
    this.at++;
    for (let n = 0; ; n++) {
      const r = this.rune();
      if (r === APOSTROPHE) {
        if (n === 0) fail(this.at, "empty rune literal or unescaped '");
        else if (n !== 1) fail(this.start, 'more than one character in rune literal');
        this.at++;
        break;
      }
      if (r === BACKSLASH) {
        this.at++;
        if (!this.escape(APOSTROPHE)) ok = false;
        continue;
      }
      if (r === NL) {
        fail(this.at, 'newline in rune literal');
        break;
      }
      if (r < 0) {
        fail(this.start, 'rune literal not terminated');
        break;
      }
      this.skip(r);
    }
    this.literal(T.CHAR, ok);
  }

  private stringLiteral(): void {
    let ok = true;
    this.at++;
    for (;;) {
      const r = this.rune();
      if (r === QUOTE) {
        this.at++;
        break;
      }
      if (r === BACKSLASH) {
        this.at++;
        if (!this.escape(QUOTE)) ok = false;
        continue;
      }
      if (r === NL || r < 0) {
        if (r < 0) this.error(this.start, 'string not terminated');
        else this.error(this.at, 'newline in string');
        ok = false;
        break;
      }
      this.skip(r);
    }
    this.literal(T.STRING, ok);
  }

  private rawString(): void {
    let ok = true;
    this.at++;
    for (;;) {
      const r = this.rune();
      if (r === TICK) {
        this.at++;
        break;
      }
      if (r < 0) {
        this.error(this.start, 'string not terminated');
        ok = false;
        break;
      }
      if (r === NL) this.newline();
      else this.skip(r);
    }
    this.literal(T.STRING, ok);
  }

  /** Steps over what follows a backslash. */
  private escape(quote: number): boolean {
    const r = this.rune();
    // the caller reports the end of the file
    if (r < 0) return true;
    const ch = r < 0x80 ? String.fromCharCode(r) : '';
    if (r === quote || (ch !== '' && 'abfnrtv\\'.includes(ch))) {
      this.at++;
      return true;
    }
    let n: number;
    let base = 16;
    if (r >= ZERO && r <= ZERO + 7) {
      n = 3;
      base = 8;
    } else {
      n = ch === 'x' ? 2 : ch === 'u' ? 4 : ch === 'U' ? 8 : 0;
      if (n === 0) {
        this.error(this.at, 'unknown escape');
        return false;
      }
      this.at++;
    }
    const digitsWanted = n;
    let x = 0;
    for (; n > 0; n--) {
      const d = this.rune();
      if (d < 0) return true;
      const v = d < 0x80 && isHex(d) ? Number.parseInt(String.fromCharCode(d), 16) : 99;
      if (v >= base) {
        this.error(this.at, `invalid character ${quotedRune(d)} in ${baseName(base)} escape`);
        return false;
      }
      x = x * base + v;
      this.at++;
    }
    if (base === 8 && x > 255) {
      this.error(this.at, `octal escape value ${x} > 255`);
      return false;
    }
    if (digitsWanted >= 4 && (x > 0x10ffff || (x >= 0xd800 && x < 0xe000))) {
      this.error(this.at, `escape is invalid Unicode code point ${runeName(x)}`);
      return false;
    }
    return true;
  }

  // Operators.

  /** tok, or `assign` if an equals sign follows. */
  private maybeAssign(tok: Token, assign: Token): boolean {
    if (this.src[this.at] === EQUALS) {
      this.at++;
      this.tok = assign;
    } else this.tok = tok;
    return true;
  }

  private take(b: number): boolean {
    if (this.src[this.at] !== b) return false;
    this.at++;
    return true;
  }

  /** Scans the token that starts with b. False: it is not the start of any. */
  private operator(b: number): boolean {
    switch (b) {
      case NL:
        this.newline();
        this.semicolon('newline');
        return true;
      case QUOTE:
        this.stringLiteral();
        return true;
      case TICK:
        this.rawString();
        return true;
      case APOSTROPHE:
        this.runeLiteral();
        return true;
      case DOT: {
        const d = this.src[this.at + 1];
        if (d !== undefined && d >= ZERO && d <= NINE) {
          this.number();
          return true;
        }
        this.at++;
        if (d === DOT && this.src[this.at + 1] === DOT) {
          this.at += 2;
          this.tok = T.ELLIPSIS;
        } else this.tok = T.PERIOD;
        return true;
      }
      default:
        break;
    }
    this.at++;
    switch (String.fromCharCode(b)) {
      case '(':
        this.tok = T.LPAREN;
        return true;
      case ')':
        this.nlsemi = true;
        this.tok = T.RPAREN;
        return true;
      case '[':
        this.tok = T.LBRACK;
        return true;
      case ']':
        this.nlsemi = true;
        this.tok = T.RBRACK;
        return true;
      case '{':
        this.tok = T.LBRACE;
        return true;
      case '}':
        this.nlsemi = true;
        this.tok = T.RBRACE;
        return true;
      case ',':
        this.tok = T.COMMA;
        return true;
      case ';':
        this.semicolon('semicolon');
        return true;
      case ':':
        return this.maybeAssign(T.COLON, T.DEFINE);
      case '=':
        return this.maybeAssign(T.ASSIGN, T.EQL);
      case '!':
        return this.maybeAssign(T.NOT, T.NEQ);
      case '~':
        this.tok = T.TILDE;
        return true;
      case '+':
        if (this.take(b)) {
          this.nlsemi = true;
          this.tok = T.INC;
          return true;
        }
        return this.maybeAssign(T.ADD, T.ADD_ASSIGN);
      case '-':
        if (this.take(b)) {
          this.nlsemi = true;
          this.tok = T.DEC;
          return true;
        }
        return this.maybeAssign(T.SUB, T.SUB_ASSIGN);
      case '*':
        return this.maybeAssign(T.MUL, T.MUL_ASSIGN);
      case '/':
        return this.maybeAssign(T.QUO, T.QUO_ASSIGN);
      case '%':
        return this.maybeAssign(T.REM, T.REM_ASSIGN);
      case '^':
        return this.maybeAssign(T.XOR, T.XOR_ASSIGN);
      case '&':
        if (this.take(b)) {
          this.tok = T.LAND;
          return true;
        }
        if (this.take(c('^'))) return this.maybeAssign(T.AND_NOT, T.AND_NOT_ASSIGN);
        return this.maybeAssign(T.AND, T.AND_ASSIGN);
      case '|':
        if (this.take(b)) {
          this.tok = T.LOR;
          return true;
        }
        return this.maybeAssign(T.OR, T.OR_ASSIGN);
      case '<':
        if (this.take(b)) return this.maybeAssign(T.SHL, T.SHL_ASSIGN);
        if (this.take(c('-'))) {
          this.tok = T.ARROW;
          return true;
        }
        return this.maybeAssign(T.LSS, T.LEQ);
      case '>':
        if (this.take(b)) return this.maybeAssign(T.SHR, T.SHR_ASSIGN);
        return this.maybeAssign(T.GTR, T.GEQ);
      default:
        this.error(this.at - 1, `invalid character ${runeName(b)}`);
        return false;
    }
  }
}

function lower(b: number | undefined): string {
  return b === undefined ? '' : String.fromCharCode(b | 0x20);
}

function isHex(b: number): boolean {
  return (b >= ZERO && b <= NINE) || ((b | 0x20) >= 97 && (b | 0x20) <= 102);
}

function baseName(base: number): string {
  return base === 2 ? 'binary' : base === 8 ? 'octal' : base === 10 ? 'decimal' : 'hexadecimal';
}

/** U+0040 '@' */
function runeName(r: number): string {
  const hex = `U+${r.toString(16).toUpperCase().padStart(4, '0')}`;
  const printable =
    r >= 0x20 && r !== 0x7f && !(r >= 0x80 && r < 0xa0) && r <= 0x10ffff && !(r >= 0xd800 && r < 0xe000);
  return printable ? `${hex} '${String.fromCodePoint(r)}'` : hex;
}

function quotedRune(r: number): string {
  if (r === APOSTROPHE || r === BACKSLASH) return `'\\${String.fromCharCode(r)}'`;
  if (r === NL) return "'\\n'";
  return `'${String.fromCodePoint(r)}'`;
}

/** The number after the last colon, and where it starts; value -1 if that is no number, null if there is no colon. */
function trailingNumber(text: string): { at: number; value: number } | null {
  const i = text.lastIndexOf(':');
  if (i < 0) return null;
  const digits = text.slice(i + 1);
  return { at: i + 1, value: /^\d+$/.test(digits) ? Number(digits) : -1 };
}

/** Offset of the first separator that is not between digits, or -1. A prefix counts as a digit. */
function badSeparator(src: Uint8Array, from: number, to: number, prefix: number): number {
  let before = prefix ? 'd' : '.';
  for (let i = prefix ? from + 2 : from; i < to; i++) {
    const b = src[i]!;
    if (b === UNDERSCORE) {
      if (before !== 'd') return i;
      before = '_';
    } else if (classes[b] === 2 || (prefix === 1 && isHex(b))) before = 'd';
    else {
      if (before === '_') return i - 1;
      before = '.';
    }
  }
  return before === '_' ? to - 1 : -1;
}

/** Number of bytes of the valid multi-byte sequence at i; 0 if it is not valid. */
function runeLength(src: Uint8Array, i: number): number {
  const b = src[i]!;
  const n = b >= 0xf0 && b <= 0xf4 ? 4 : b >= 0xe0 && b < 0xf0 ? 3 : b >= 0xc2 && b < 0xe0 ? 2 : 0;
  for (let j = 1; j < n; j++) {
    const x = src[i + j];
    if (x === undefined || (x & 0xc0) !== 0x80) return 0;
  }
  if (n < 3) return n;
  const x = src[i + 1]!;
  if ((b === 0xe0 && x < 0xa0) || (b === 0xed && x >= 0xa0) || (b === 0xf0 && x < 0x90) || (b === 0xf4 && x >= 0x90))
    return 0;
  return n;
}

function decodeRune(src: Uint8Array, i: number, n: number): number {
  const b = src[i]!;
  const tail = (j: number): number => src[i + j]! & 0x3f;
  if (n === 2) return ((b & 0x1f) << 6) | tail(1);
  if (n === 3) return ((b & 0xf) << 12) | (tail(1) << 6) | tail(2);
  return ((b & 7) << 18) | (tail(1) << 12) | (tail(2) << 6) | tail(3);
}
