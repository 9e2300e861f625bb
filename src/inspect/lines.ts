// Reads the custom section `burrow.lines` (format: src/link/lines.ts): what function, file and line a program counter means.
//
// Assumes: nothing about the module but the section. Guarantees: functions are found by binary search; a function's name and positions
// are decoded when first asked for, as programs have thousands of functions and few are ever asked about.

export interface Frame {
  /** the Go symbol: main.(*T).f, main.main.func1 */
  func: string;
  file: string;
  line: number;
  /** of the function's declaration, 0 if unknown */
  startLine: number;
  /** a wrapper or thunk, which traces leave out */
  wrapper: boolean;
  /** the function has no parameters */
  noArgs: boolean;
  /** its body stands in that of the next frame */
  inlined: boolean;
  /** pc minus the function's first byte; 0 for inlined frames and where unknown */
  offset: number;
}

interface Place {
  node: number;
  file: number;
  line: number;
}

interface FuncEntry {
  /** offset of the name in the section */
  name: number;
  file: number;
  line: number;
  flags: number;
  start: number;
  size: number;
  tableIndex: number;
  firstId: number;
  points: number;
  /** offset of the rest, which `details` has decoded */
  at: number;
  details: Details | null;
}

interface Details {
  inlined: { name: string; file: number; line: number; parent: number; callLine: number }[];
  offsets: number[];
  marks: Place[];
  points: Place[];
}

const text = new TextDecoder();

export class Lines {
  private readonly b: Uint8Array;
  private pos = 0;
  /** offsets of their names */
  private readonly files: number[] = [];
  private readonly funcs: FuncEntry[] = [];
  private readonly byTable = new Map<number, FuncEntry>();

  constructor(section: Uint8Array) {
    this.b = section;
    if (this.uleb() !== 2) throw new Error('burrow.lines: unknown version');
    for (let n = this.uleb(); n > 0; n--) this.files.push(this.skipName());
    let end = 0;
    let id = 0;
    for (let n = this.uleb(); n > 0; n--) {
      const f: FuncEntry = {
        name: this.skipName(),
        file: this.uleb(),
        line: this.uleb(),
        flags: this.uleb(),
        start: end + this.uleb(),
        size: this.uleb(),
        tableIndex: this.uleb() - 1,
        firstId: id,
        points: this.uleb(),
        at: 0,
        details: null,
      };
      const rest = this.uleb();
      f.at = this.pos;
      this.pos += rest;
      end = f.start + f.size;
      id += f.points;
      this.funcs.push(f);
      if (f.tableIndex >= 0) this.byTable.set(f.tableIndex, f);
    }
  }

  /** The logical frames a pc stands for, innermost first; empty if it is none of the program's. */
  resolve(pc: number): Frame[] {
    pc >>>= 0;
    const kind = pc >>> 30;
    const value = pc & 0x3fffffff;
    if (kind === 1) {
      const f = this.byTable.get(value);
      return f ? [this.frame(f, { node: 0, file: f.file, line: f.line }, 0)] : [];
    }
    if (kind >= 2) {
      const f = this.find((g) => g.firstId, value);
      if (!f || value >= f.firstId + f.points) return [];
      return this.chain(f, this.details(f).points[value - f.firstId]!, 0);
    }
    const f = this.find((g) => g.start, value);
    if (!f || value >= f.start + f.size) return [];
    const d = this.details(f);
    let lo = 0;
    let hi = d.offsets.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (d.offsets[mid]! <= value - f.start) lo = mid + 1;
      else hi = mid;
    }
    const place = lo > 0 ? d.marks[lo - 1]! : { node: 0, file: f.file, line: f.line };
    return this.chain(f, place, value - f.start);
  }

  private find(key: (f: FuncEntry) => number, value: number): FuncEntry | null {
    let lo = 0;
    let hi = this.funcs.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (key(this.funcs[mid]!) <= value) lo = mid + 1;
      else hi = mid;
    }
    return lo > 0 ? this.funcs[lo - 1]! : null;
  }

  private frame(f: FuncEntry, p: Place, offset: number): Frame {
    return {
      func: this.nameAt(f.name),
      file: this.fileName(p.file),
      line: p.line,
      startLine: f.line,
      wrapper: (f.flags & 1) !== 0,
      noArgs: (f.flags & 2) !== 0,
      inlined: false,
      offset,
    };
  }

  private chain(f: FuncEntry, p: Place, offset: number): Frame[] {
    const out: Frame[] = [];
    const { inlined } = this.details(f);
    let { node, file, line } = p;
    while (node > 0) {
      const i = inlined[node - 1]!;
      out.push({
        func: i.name,
        file: this.fileName(file),
        line,
        startLine: i.line,
        wrapper: false,
        noArgs: false,
        inlined: true,
        offset: 0,
      });
      node = i.parent;
      line = i.callLine;
      file = node > 0 ? inlined[node - 1]!.file : f.file;
    }
    out.push(this.frame(f, { node: 0, file, line }, offset));
    return out;
  }

  private details(f: FuncEntry): Details {
    if (!f.details) {
      this.pos = f.at;
      f.details = this.decode(f);
    }
    return f.details;
  }

  private decode(f: FuncEntry): Details {
    const d: Details = { inlined: [], offsets: [], marks: [], points: [] };
    for (let n = this.uleb(); n > 0; n--) {
      d.inlined.push({
        name: this.name(),
        file: this.uleb(),
        line: this.uleb(),
        parent: this.uleb(),
        callLine: this.uleb(),
      });
    }
    const last: Place = { node: 0, file: f.file, line: f.line };
    let offset = 0;
    for (let n = this.uleb(); n > 0; n--) {
      offset += this.uleb();
      d.offsets.push(offset);
      d.marks.push(this.place(last));
    }
    for (let n = f.points; n > 0; n--) d.points.push(this.place(last));
    return d;
  }

  private place(last: Place): Place {
    const v = this.uleb();
    const z = v >>> 1;
    last.line += z & 1 ? -((z + 1) >>> 1) : z >>> 1;
    if (v & 1) {
      last.node = this.uleb();
      last.file = this.uleb();
    }
    return { node: last.node, file: last.file, line: last.line };
  }

  private uleb(): number {
    let v = 0;
    let scale = 1;
    for (;;) {
      const c = this.b[this.pos++]!;
      v += (c & 0x7f) * scale;
      if (c < 0x80) return v;
      scale *= 0x80;
    }
  }

  /** The offset of the name that is passed over. */
  private skipName(): number {
    const at = this.pos;
    const n = this.uleb();
    this.pos += n;
    return at;
  }

  private nameAt(at: number): string {
    this.pos = at;
    return this.name();
  }

  private fileName(i: number): string {
    const at = this.files[i];
    return at === undefined ? '' : this.nameAt(at);
  }

  private name(): string {
    const n = this.uleb();
    const s = text.decode(this.b.subarray(this.pos, this.pos + n));
    this.pos += n;
    return s;
  }
}
