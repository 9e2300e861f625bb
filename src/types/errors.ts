// Errors: how one is put together, and how gc lists those of a compilation.
//
// An ErrorDesc is a message with continuation lines. ErrorList takes the errors of all files of one compilation and
// gives the lines gc prints: sorted by position within a file, equal ones on a line only once, and no more than ten.
// Source: observed behaviour of cmd/compile 1.26.

import type { Pos } from '../syntax/nodes.ts';
import type { FileSet, Position } from '../syntax/position.ts';

/** A message; lines after the first say more, each perhaps with a position of its own. */
export class ErrorDesc {
  readonly lines: { pos: Pos; msg: string }[] = [];
  soft = false;
  add(pos: Pos, msg: string): this {
    this.lines.push({ pos, msg });
    return this;
  }
  get empty(): boolean {
    return this.lines.length === 0;
  }
  get pos(): Pos {
    return this.lines.length > 0 ? this.lines[0]!.pos : 0;
  }
  /** The whole text without the leading position. */
  text(fset: FileSet): string {
    let s = '';
    for (let i = 0; i < this.lines.length; i++) {
      const line = this.lines[i]!;
      if (i > 0) s += line.pos ? `\n\t${posString(fset, line.pos)}: ` : '\n\t';
      s += line.msg;
    }
    return s;
  }
}

/** A position inside a message: file:line:col, with the physical one behind it where a //line directive moved it. */
export function posString(fset: FileSet, pos: Pos): string {
  if (!pos) return '<unknown position>';
  const rel = format(fset.position(pos));
  const abs = format(fset.position(pos, true));
  return rel === abs ? rel : `${rel}[${abs}]`;
}

function format(p: Position): string {
  return p.column > 0 ? `${p.filename}:${p.line}:${p.column}` : `${p.filename}:${p.line}`;
}

/** Columns from here on are not printed before a message. */
const maxColumn = 255;

interface Entry {
  /** files come in the order of their first errors */
  readonly file: number;
  readonly pos: Pos;
  readonly text: string;
}

/** The errors of one compilation in gc's order and number. */
export class ErrorList {
  private readonly fset: FileSet;
  private readonly limit: number;
  private readonly entries: Entry[] = [];
  private readonly files = new Map<string, number>();
  private lastSyntax = '';
  private lastOther = '';
  private lastMsg = '';
  private overflow = '';

  /** limit 0: no limit. */
  constructor(fset: FileSet, limit = 10) {
    this.fset = fset;
    this.limit = limit;
  }

  get count(): number {
    return this.entries.length;
  }

  /** Whether the limit is reached; later errors are dropped. */
  get full(): boolean {
    return this.overflow !== '';
  }

  add(pos: Pos, msg: string): void {
    if (this.full) return;
    const p = this.fset.position(pos);
    const line = `${p.filename}:${p.line}`;
    if (msg.startsWith('syntax error')) {
      if (this.lastSyntax === line) return;
      this.lastSyntax = line;
    } else {
      if (this.lastOther === line && this.lastMsg === msg) return;
      this.lastOther = line;
      this.lastMsg = msg;
    }
    this.entries.push({ file: this.fileOrder(pos, p), pos, text: pos ? `${prefix(p)}: ${msg}` : msg });
    if (this.limit > 0 && this.entries.length >= this.limit) this.overflow = `${prefix(p)}: too many errors`;
  }

  private fileOrder(pos: Pos, p: Position): number {
    if (!pos) return -1;
    // what //line directives rename counts as another file
    const key = `${this.fset.file(pos)?.base} ${p.filename}`;
    let n = this.files.get(key);
    if (n === undefined) {
      n = this.files.size;
      this.files.set(key, n);
    }
    return n;
  }

  /** The lines to print. */
  lines(): string[] {
    const sorted = this.entries.map((e, i) => ({ e, i }));
    sorted.sort((a, b) => a.e.file - b.e.file || a.e.pos - b.e.pos || a.i - b.i);
    const out: string[] = [];
    let last = '';
    for (const { e } of sorted) {
      if (e.text !== last) out.push(e.text);
      last = e.text;
    }
    if (this.overflow) out.push(this.overflow);
    return out;
  }
}

function prefix(p: Position): string {
  return p.column > 0 && p.column < maxColumn ? `${p.filename}:${p.line}:${p.column}` : `${p.filename}:${p.line}`;
}
