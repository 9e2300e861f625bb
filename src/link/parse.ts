// Reads a WebAssembly module into its parts. Used for the runtime, and by the disassembler.
//
// Assumes: a valid module with at most one table and one memory, as AssemblyScript writes. Guarantees: function bodies and initialisers stay byte ranges of the input.
// Source: WebAssembly core specification, chapter 5.

import { type Op, opCoded } from '../wasm/opcodes.ts';

export class Reader {
  readonly b: Uint8Array;
  pos: number;
  constructor(b: Uint8Array, pos = 0) {
    this.b = b;
    this.pos = pos;
  }
  u8(): number {
    const v = this.b[this.pos++];
    if (v === undefined) throw new Error('wasm module ends early');
    return v;
  }
  uleb(): number {
    let v = 0;
    let scale = 1;
    for (;;) {
      const c = this.u8();
      v += (c & 0x7f) * scale;
      if (c < 0x80) return v;
      scale *= 0x80;
    }
  }
  sleb(): number {
    let v = 0;
    let shift = 0;
    for (;;) {
      const c = this.u8();
      v |= (c & 0x7f) << shift;
      shift += 7;
      if (c < 0x80) return shift < 32 && c & 0x40 ? v | (-1 << shift) : v;
    }
  }
  sleb64(): bigint {
    let v = 0n;
    let shift = 0n;
    for (;;) {
      const c = this.u8();
      v |= BigInt(c & 0x7f) << shift;
      shift += 7n;
      if (c < 0x80) return BigInt.asIntN(64, c & 0x40 ? v | (-1n << shift) : v);
    }
  }
  name(): string {
    const n = this.uleb();
    const s = utf8.decode(this.b.subarray(this.pos, this.pos + n));
    this.pos += n;
    return s;
  }
}

const utf8 = new TextDecoder();

export interface FuncType {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface ImportedFunc {
  readonly module: string;
  readonly name: string;
  readonly type: number;
}

export interface GlobalDef {
  readonly type: number;
  readonly mutable: boolean;
  /** initialiser, with its end opcode */
  readonly init: Range;
}

export interface Export {
  readonly name: string;
  /** 0 function, 1 table, 2 memory, 3 global, 4 tag */
  readonly kind: number;
  readonly index: number;
}

export interface ElementSegment {
  readonly offset: Range;
  readonly funcs: readonly number[];
}

export interface DataSegment {
  /** null for passive segments */
  readonly offset: Range | null;
  readonly bytes: Range;
}

export interface Module {
  readonly bytes: Uint8Array;
  readonly types: FuncType[];
  readonly imports: ImportedFunc[];
  /** type of each function that is not imported */
  readonly funcs: number[];
  /** smallest size of the table, 0 if there is none */
  tableSize: number;
  readonly globals: GlobalDef[];
  readonly exports: Export[];
  /** -1 if there is none */
  start: number;
  readonly elements: ElementSegment[];
  /** with the locals, without the size */
  readonly bodies: Range[];
  readonly data: DataSegment[];
  /** number of exception tags */
  tags: number;
}

export function parseModule(bytes: Uint8Array): Module {
  const m: Module = {
    bytes,
    types: [],
    imports: [],
    funcs: [],
    tableSize: 0,
    globals: [],
    exports: [],
    start: -1,
    elements: [],
    bodies: [],
    data: [],
    tags: 0,
  };
  const r = new Reader(bytes, 8);
  if (bytes[0] !== 0 || bytes[1] !== 0x61 || bytes[2] !== 0x73 || bytes[3] !== 0x6d)
    throw new Error('not a wasm module');
  while (r.pos < bytes.length) {
    const id = r.u8();
    const size = r.uleb();
    const end = r.pos + size;
    section(m, r, id);
    r.pos = end;
  }
  return m;
}

function section(m: Module, r: Reader, id: number): void {
  if (id === 0 || id === 12) return;
  if (id === 8) {
    m.start = r.uleb();
    return;
  }
  const n = r.uleb();
  for (let i = 0; i < n; i++) {
    switch (id) {
      case 1: {
        if (r.u8() !== 0x60) throw new Error('only function types are understood');
        const params: number[] = [];
        for (let k = r.uleb(); k > 0; k--) params.push(r.u8());
        const results: number[] = [];
        for (let k = r.uleb(); k > 0; k--) results.push(r.u8());
        m.types.push({ params, results });
        break;
      }
      case 2: {
        const module = r.name();
        const name = r.name();
        const kind = r.u8();
        if (kind === 0) m.imports.push({ module, name, type: r.uleb() });
        else if (kind === 1) {
          r.u8();
          m.tableSize = limits(r);
        } else if (kind === 2) limits(r);
        else throw new Error(`import ${module}.${name}: only functions, the table and the memory can be imported`);
        break;
      }
      case 3:
        m.funcs.push(r.uleb());
        break;
      case 4:
        r.u8();
        m.tableSize = limits(r);
        break;
      case 5:
        limits(r);
        break;
      case 6: {
        const type = r.u8();
        const mutable = r.u8() === 1;
        m.globals.push({ type, mutable, init: constExpr(r) });
        break;
      }
      case 7: {
        const name = r.name();
        m.exports.push({ name, kind: r.u8(), index: r.uleb() });
        break;
      }
      case 9: {
        const flags = r.uleb();
        if (flags !== 0) throw new Error('only active element segments of function indices are understood');
        const offset = constExpr(r);
        const funcs: number[] = [];
        for (let k = r.uleb(); k > 0; k--) funcs.push(r.uleb());
        m.elements.push({ offset, funcs });
        break;
      }
      case 10: {
        const size = r.uleb();
        m.bodies.push({ start: r.pos, end: r.pos + size });
        r.pos += size;
        break;
      }
      case 11: {
        const flags = r.uleb();
        if (flags === 2) r.uleb();
        const offset = flags === 1 ? null : constExpr(r);
        const size = r.uleb();
        m.data.push({ offset, bytes: { start: r.pos, end: r.pos + size } });
        r.pos += size;
        break;
      }
      case 13:
        r.u8();
        r.uleb();
        m.tags++;
        break;
      default:
        throw new Error(`unknown section ${id}`);
    }
  }
}

function limits(r: Reader): number {
  const flags = r.u8();
  const min = r.uleb();
  if (flags & 1) r.uleb();
  return min;
}

function constExpr(r: Reader): Range {
  const start = r.pos;
  while (instruction(r).code !== 0x0b);
  return { start, end: r.pos };
}

/** Value of an i32 initialiser: a constant, or a global with such an initialiser. */
export function constValue(m: Module, range: Range): number {
  const r = new Reader(m.bytes, range.start);
  const op = r.u8();
  if (op === 0x41) return r.sleb();
  if (op === 0x23) return constValue(m, m.globals[r.uleb()]!.init);
  throw new Error('initialiser is not a constant');
}

/** Position of the first instruction of a body, behind its local declarations. */
export function codeStart(m: Module, body: Range): number {
  const r = new Reader(m.bytes, body.start);
  for (let n = r.uleb(); n > 0; n--) {
    r.uleb();
    r.u8();
  }
  return r.pos;
}

/** What an instruction's immediates refer to, besides numbers. */
export type RefKind = 'func' | 'type' | 'global' | 'data' | 'tag';

/** Called for each reference, with the range of bytes its LEB128 takes. */
export type OnRef = (kind: RefKind, index: number, start: number, end: number) => void;

/** Reads one instruction with its immediates. */
export function instruction(r: Reader, onRef?: OnRef): Op {
  const at = r.pos;
  let code = r.u8();
  let prefix = 0;
  if (code >= 0xfb && code <= 0xfe) {
    prefix = code;
    code = r.uleb();
  }
  const op = opCoded(prefix, code);
  if (!op) throw new Error(`unknown instruction 0x${prefix.toString(16)} 0x${code.toString(16)} at ${at}`);
  const ref = (kind: RefKind): void => {
    const start = r.pos;
    const index = r.uleb();
    onRef?.(kind, index, start, r.pos);
  };
  switch (op.imm) {
    case '':
      break;
    case 'block':
      blockType(r, onRef);
      break;
    case 'label':
    case 'local':
    case 'tbl':
    case 'elem':
      r.uleb();
      break;
    case 'tag':
      ref('tag');
      break;
    case 'table':
      for (let n = r.uleb(); n >= 0; n--) r.uleb();
      break;
    case 'func':
      ref('func');
      break;
    case 'callind':
      ref('type');
      r.uleb();
      break;
    case 'global':
      ref('global');
      break;
    case 'mem':
      r.uleb();
      r.uleb();
      break;
    case 'memidx':
    case 'zero':
    case 'lane':
    case 'reftype':
      r.u8();
      break;
    case 'i32':
      r.sleb();
      break;
    case 'i64':
      r.sleb64();
      break;
    case 'f32':
      r.pos += 4;
      break;
    case 'f64':
      r.pos += 8;
      break;
    case 'v128':
      r.pos += 16;
      break;
    case 'select':
      for (let n = r.uleb(); n > 0; n--) r.u8();
      break;
    case 'trytable':
      blockType(r, onRef);
      for (let n = r.uleb(); n > 0; n--) {
        const kind = r.u8();
        if (kind < 2) ref('tag');
        r.uleb();
      }
      break;
    case 'data':
      ref('data');
      break;
    case 'datamem':
      ref('data');
      r.u8();
      break;
    case 'elemtbl':
    case 'tbltbl':
      r.uleb();
      r.uleb();
      break;
    case 'memmem':
      r.u8();
      r.u8();
      break;
    case 'memlane':
      r.uleb();
      r.uleb();
      r.u8();
      break;
  }
  return op;
}

function blockType(r: Reader, onRef?: OnRef): void {
  const first = r.b[r.pos]!;
  if (first >= 0x40 && first < 0x80) {
    r.pos++;
    return;
  }
  const start = r.pos;
  const index = r.uleb();
  onRef?.('type', index, start, r.pos);
}
