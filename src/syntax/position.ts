// Positions: one number space for all files of a compilation.
//
// Assumes: a file's bytes do not change after addFile. Guarantees: a Pos resolves to its file by binary search, and
// to line and column (both from 1, columns in bytes) by a second; `//line` directives shift what `position` reports.
// Source: go/token; cmd/compile's rules for line directives.

import type { Pos } from './nodes.ts';

export interface Position {
  filename: string;
  /** from 1; 0 if there is no position */
  line: number;
  /** in bytes, from 1; 0 if unknown (after a //line directive without a column) */
  column: number;
}

interface LineDirective {
  /** offset from which it holds */
  offset: number;
  filename: string;
  line: number;
  column: number;
  /** the physical line the directive's effect starts on */
  physical: number;
}

export class SourceText {
  readonly name: string;
  readonly base: Pos;
  readonly size: number;
  /** offsets of the first byte of each line */
  readonly lines: number[] = [0];
  readonly directives: LineDirective[] = [];

  constructor(name: string, base: Pos, size: number) {
    this.name = name;
    this.base = base;
    this.size = size;
  }

  /** Records that a line starts at `offset`; called by the scanner in rising order. */
  addLine(offset: number): void {
    if (offset > this.lines[this.lines.length - 1]!) this.lines.push(offset);
  }

  /**
   * Records a `//line filename:line:column` directive that takes effect at `offset`. column 0: none given. With a column, no file name
   * stands for that of the directive before.
   */
  addLineDirective(offset: number, filename: string, line: number, column: number): void {
    if (filename === '' && column !== 0) filename = this.directives.at(-1)?.filename ?? this.name;
    this.directives.push({ offset, filename, line, column, physical: this.lineAt(offset) });
  }

  /** 1-based physical line of a byte offset. */
  lineAt(offset: number): number {
    return upperBound(this.lines, offset);
  }

  position(pos: Pos, physical = false): Position {
    const offset = pos - this.base;
    const line = this.lineAt(offset);
    const column = offset - this.lines[line - 1]! + 1;
    if (!physical) {
      for (let i = this.directives.length - 1; i >= 0; i--) {
        const d = this.directives[i]!;
        if (d.offset > offset) continue;
        if (d.filename === '' && d.line === 0) break;
        const l = d.line + (line - d.physical);
        const c = d.column === 0 ? 0 : line === d.physical ? d.column + (offset - d.offset) : column;
        return { filename: d.filename, line: l, column: c };
      }
    }
    return { filename: this.name, line, column };
  }
}

export class FileSet {
  private readonly files: SourceText[] = [];
  private readonly bases: number[] = [];
  private next = 1;

  /** Reserves positions for a file of `size` bytes. `name` is what messages print. */
  addFile(name: string, size: number): SourceText {
    const file = new SourceText(name, this.next, size);
    this.files.push(file);
    this.bases.push(this.next);
    this.next += size + 1;
    return file;
  }

  file(pos: Pos): SourceText | null {
    if (pos <= 0) return null;
    return this.files[upperBound(this.bases, pos) - 1] ?? null;
  }

  position(pos: Pos, physical = false): Position {
    const file = this.file(pos);
    return file ? file.position(pos, physical) : { filename: '', line: 0, column: 0 };
  }
}

/** Number of elements of the ascending `a` that are <= x. */
function upperBound(a: readonly number[], x: number): number {
  let lo = 0;
  let hi = a.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (a[mid]! <= x) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}
