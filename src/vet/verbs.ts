// Format strings taken apart: %[2]*.3d and the like, with the arguments they take.
//
// Assumes: one character a byte. Guarantees: what is wrong is said as `go vet` says it.
// Source: the documentation of package fmt.

/** One directive. Arguments are numbered from 0 among those of the call, the format string among them. */
export interface Directive {
  readonly text: string;
  /** offset in the format string */
  readonly at: number;
  readonly flags: string;
  /** arguments that width and precision are taken from */
  readonly stars: readonly number[];
  /** some argument is named by its number */
  readonly indexed: boolean;
  /** the character, of one or more bytes */
  readonly verb: string;
  readonly arg: number;
}

export class Malformed extends Error {}

/** The directives of the format that is argument number `formatArg` of its call. Throws Malformed. */
export function directives(format: string, formatArg: number): Directive[] {
  const list: Directive[] = [];
  let next = formatArg + 1;
  for (let i = 0; i < format.length; ) {
    if (format[i] !== '%') {
      i++;
      continue;
    }
    const one = new Scan(format, i, formatArg + 1, next).directive();
    list.push(one);
    if (one.verb !== '%') next = one.arg + 1;
    i += one.text.length;
  }
  return list;
}

class Scan {
  private readonly format: string;
  private readonly start: number;
  private readonly first: number;
  private pos: number;
  private arg: number;
  private indexed = false;
  /** an index has been read that nothing has used yet */
  private pending = false;
  private readonly stars: number[] = [];

  constructor(format: string, start: number, first: number, arg: number) {
    this.format = format;
    this.start = start;
    this.pos = start + 1;
    this.first = first;
    this.arg = arg;
  }

  directive(): Directive {
    const { format } = this;
    const flags = this.take(/[#0+\- ]*/y);
    this.index();
    this.size();
    if (format[this.pos] === '.') {
      this.pos++;
      this.index();
      this.size();
    }
    if (!this.pending) this.index();
    if (this.pos === format.length)
      throw new Malformed(`format ${format.slice(this.start)} is missing verb at end of string`);
    const verb = this.take(/[\0-\x7f]|[\xc0-\xff][\x80-\xbf]*|./sy);
    return {
      text: format.slice(this.start, this.pos),
      at: this.start,
      flags,
      stars: this.stars,
      indexed: this.indexed,
      verb,
      arg: this.arg,
    };
  }

  private take(what: RegExp): string {
    what.lastIndex = this.pos;
    const found = what.exec(this.format)?.[0] ?? '';
    this.pos += found.length;
    return found;
  }

  /** [3] */
  private index(): void {
    const { format } = this;
    if (format[this.pos] !== '[') return;
    const close = format.indexOf(']', this.pos);
    if (close < 0) throw new Malformed(`format ${format.slice(this.start)} is missing closing ]`);
    const number = format.slice(this.pos + 1, close);
    const n = /^\d+$/.test(number) ? Number(number) : 0;
    if (n <= 0 || n > 0x7fffffff) throw new Malformed(`format has invalid argument index [${number}]`);
    this.pos = close + 1;
    this.arg = this.first + n - 1;
    this.pending = true;
    this.indexed = true;
  }

  /** A number, or * for an argument. */
  private size(): void {
    if (this.format[this.pos] !== '*') {
      this.take(/\d*/y);
      return;
    }
    this.pos++;
    this.pending = false;
    this.stars.push(this.arg++);
  }
}
