// Writes the custom section `burrow.lines`: which function and line a program counter, a resume id or a table index belongs to.
//
// Guarantees: src/inspect/lines.ts reads it back. Numbers are unsigned LEB128; positions within a function are deltas.
//
//   version 2 · number of files, their names · number of functions, each:
//     name · file · first line · flags (1: wrapper, 2: no parameters) · bytes between the previous function's body and this one's · size of body
//     · table index + 1, or 0 · number of resume points (ids count on from function to function, in order) · size of the rest:
//     · number of inlined calls, each: name · file · first line · parent + 1 (0: the function itself) · line of the call in the parent
//     · number of marks, each: code offset since the last mark · position
//     · for each resume point: position
//   position: (zigzag of the line's difference to the last position's) * 2, + 1 if inlined call + 1 and file follow because they differ from the last

import type { Func } from '../ir/ir.ts';
import type { Pos } from '../syntax/nodes.ts';
import type { FileSet } from '../syntax/position.ts';
import type { Mark } from '../wasm/context.ts';
import { Encoder } from '../wasm/encoder.ts';

/** Function literals: their first parameter is the closure. */
const closure = /\.func\d+(\.\d+)*$/;

export interface FuncLines {
  readonly fn: Func;
  readonly marks: readonly Mark[];
  readonly points: readonly Pos[];
  /** index in the function table, or -1 */
  readonly tableIndex: number;
  /** module offset and size of the body */
  bodyStart: number;
  bodySize: number;
}

export class LineWriter {
  private readonly fset: FileSet;
  private readonly fileName: (name: string) => string;
  private readonly files = new Map<string, number>();
  private readonly out = new Encoder(1 << 16);
  /** what a function's entry says beyond its head */
  private readonly rest = new Encoder(1 << 12);
  private line = 0;
  private file = 0;
  private node = 0;

  constructor(fset: FileSet, fileName: (name: string) => string) {
    this.fset = fset;
    this.fileName = fileName;
  }

  write(funcs: readonly FuncLines[]): Uint8Array {
    let end = 0;
    const { out } = this;
    for (const f of funcs) {
      const start = this.place(f.fn.pos);
      out.name(f.fn.name);
      out.uleb(start.file);
      out.uleb(start.line);
      const noParams = f.fn.params.length === (closure.test(f.fn.name) ? 1 : 0);
      out.uleb((f.fn.wrapper ? 1 : 0) | (noParams ? 2 : 0));
      out.uleb(f.bodyStart - end);
      out.uleb(f.bodySize);
      out.uleb(f.tableIndex + 1);
      end = f.bodyStart + f.bodySize;
      this.details(f, start);
      out.uleb(f.points.length);
      out.uleb(this.rest.pos);
      out.range(this.rest.buf, 0, this.rest.pos);
    }
    const head = new Encoder(1024);
    head.uleb(2);
    head.uleb(this.files.size);
    // as gc names a file that a line directive leaves out
    for (const name of this.files.keys()) head.name(name === '' ? '??' : this.fileName(name));
    head.uleb(funcs.length);
    const all = new Encoder(head.pos + out.pos);
    all.range(head.buf, 0, head.pos);
    all.range(out.buf, 0, out.pos);
    return all.done();
  }

  /** Fills `rest`. */
  private details(f: FuncLines, start: { file: number; line: number }): void {
    const out = this.rest;
    out.pos = 0;
    out.uleb(f.fn.inlined.length);
    for (const i of f.fn.inlined) {
      const at = this.place(i.pos);
      out.name(i.name);
      out.uleb(at.file);
      out.uleb(at.line);
      const call = f.fn.positions[-1 - i.call];
      out.uleb(call ? call.inlined + 1 : 0);
      out.uleb(this.place(call ? call.pos : i.call).line);
    }
    this.line = start.line;
    this.file = start.file;
    this.node = 0;
    out.uleb(f.marks.length);
    let at = 0;
    for (const m of f.marks) {
      out.uleb(m.offset - at);
      at = m.offset;
      this.position(f.fn, m.pos);
    }
    for (const p of f.points) this.position(f.fn, p);
  }

  private place(pos: Pos): { file: number; line: number } {
    const p = this.fset.position(pos);
    let file = this.files.get(p.filename);
    if (file === undefined) {
      file = this.files.size;
      this.files.set(p.filename, file);
    }
    return { file, line: p.line };
  }

  private position(fn: Func, pos: Pos): void {
    let node = 0;
    if (pos < 0) {
      const at = fn.positions[-1 - pos]!;
      node = at.inlined + 1;
      pos = at.pos;
    }
    // What has no position of its own keeps the last one.
    const { file, line } = pos > 0 ? this.place(pos) : { file: this.file, line: this.line };
    const d = line - this.line;
    const moved = node !== this.node || file !== this.file;
    this.rest.uleb((d < 0 ? -2 * d - 1 : 2 * d) * 2 + (moved ? 1 : 0));
    if (moved) {
      this.rest.uleb(node);
      this.rest.uleb(file);
    }
    this.line = line;
    this.file = file;
    this.node = node;
  }
}
