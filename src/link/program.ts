// Makes the module of a program: lowered functions and runtime.wasm become one.
//
// Assumes: IR as src/ir/verify.ts accepts it. Guarantees: the module is valid, and the same input gives the same bytes. Function indices: host imports, the runtime's
// functions, the program's, adapters and thunks, `__init_data`. Memory: the runtime's static data, the program's data,
// zeroed variables, the linker's tables, heap (docs/ABI.md "Tables the linker writes").

import { DataSym, Func, get, load, type Program, type Sig } from '../ir/ir.ts';
import { verifyProgram } from '../ir/verify.ts';
import { runPasses } from '../passes/index.ts';
import { explain } from '../passes/suspend.ts';
import type { Pos } from '../syntax/nodes.ts';
import type { FileSet } from '../syntax/position.ts';
import type { ModuleContext, Site } from '../wasm/context.ts';
import { type Code, emitFunc } from '../wasm/emit.ts';
import { Encoder, ulebSize } from '../wasm/encoder.ts';
import { type Fast, fastVersion } from '../wasm/fast.ts';
import { TYPE } from '../wasm/opcodes.ts';
import { plan, type ResumePoint, type WasmType } from '../wasm/plan.ts';
import { siteBytes } from '../wasm/stmt.ts';
import { hostExports } from './hostexports.ts';
import { type Chunk, chunks, dataImage, placeData, rootsTable } from './layout.ts';
import { type FuncLines, LineWriter } from './lines.ts';
import { constValue, parseModule } from './parse.ts';
import { reach } from './reach.ts';
import { ResumeTable } from './resume.ts';
import { funcType, keepReachable, type NewIndices, rewrite, staticEnd } from './runtime.ts';
import { adapter, deliver, initData, raise, site, siteAt, slowPath, thunk } from './thunks.ts';

export interface LinkOptions {
  readonly fset: FileSet;
  /** what a file is called in traces; the FileSet's name by default */
  readonly fileName?: (name: string) => string;
  /** names of Program.exports in the order of the table at linkinfo word 6 */
  readonly goExports?: readonly string[];
  /** runtime exports that stay besides those of hostexports.ts */
  readonly keep?: readonly string[];
  /** write the name section, for debuggers and profilers */
  readonly names?: boolean;
  readonly flags?: number;
  /** check the IR before and after the passes */
  readonly verify?: boolean;
}

export interface Linked {
  readonly wasm: Uint8Array;
  /** index in the module of each program function */
  readonly funcIndex: ReadonlyMap<Func, number>;
  readonly heapStart: number;
  readonly resumePoints: number;
}

export class LinkError extends Error {}
/** The program is correct but does not fit into memory. */
export class SizeError extends LinkError {
  readonly bytes: number;

  constructor(bytes: number) {
    super(`the program's variables take ${bytes} bytes`);
    this.bytes = bytes;
  }
}

const memoryPages = 65536;
/** what the host itself provides, though package runtime has functions of these names too */
const hostImports: ReadonlySet<string> = new Set([
  'write',
  'exit',
  'nanotime',
  'walltime',
  'random',
  'callers',
  'symbolize',
]);
const linkinfoWords = 8;

interface Body {
  readonly bytes: Uint8Array;
  readonly lines: FuncLines | null;
  readonly unlikely: readonly number[];
  readonly sites: readonly Site[];
}

export function emitProgram(program: Program, runtimeWasm: Uint8Array, options: LinkOptions): Linked {
  return new Linker(program, runtimeWasm, options).link();
}

const wasm = (ts: readonly string[]): WasmType[] => ts.map((t) => (t === 'ptr' ? 'i32' : t) as WasmType);

class Linker {
  private readonly program: Program;
  private readonly options: LinkOptions;
  private readonly rt: ReturnType<typeof parseModule>;
  private readonly types = new Map<string, number>();
  private readonly typeList: { params: readonly WasmType[]; results: readonly WasmType[] }[] = [];

  constructor(program: Program, runtimeWasm: Uint8Array, options: LinkOptions) {
    this.program = program;
    this.options = options;
    this.rt = parseModule(runtimeWasm);
  }

  private type(params: readonly string[], results: readonly string[]): number {
    const p = wasm(params);
    const r = wasm(results);
    const key = `${p.join()}:${r.join()}`;
    let i = this.types.get(key);
    if (i === undefined) {
      i = this.typeList.length;
      this.types.set(key, i);
      this.typeList.push({ params: p, results: r });
    }
    return i;
  }

  /** A function of the table's form that calls `fn`, which takes nothing, and a closure object for it. */
  private closure(fn: Func, funcs: Func[]): DataSym {
    let code = fn;
    if (fn.params.length === 0) {
      code = new Func(`${fn.name}.goexport`);
      code.wrapper = true;
      code.pos = fn.pos;
      code.params.push(code.newLocal('ptr', 'closure'));
      code.entry = code.newBlock();
      code.entry.stmts.push({ kind: 'call', fn, args: [], results: [], pos: fn.pos });
      code.entry.term = { kind: 'return', values: [] };
      funcs.push(code);
    }
    code.addressTaken = true;
    const sym = new DataSym(`${fn.name}·f`, 8, 8, null);
    sym.relocs.push({ off: 0, kind: 'func', target: code, add: 0 });
    return sym;
  }

  /** The outermost function of every goroutine, resume id 0: calls the closure it is started with. */
  private gostart(): Func {
    const fn = new Func('runtime.gostart');
    fn.wrapper = true;
    const closure = fn.newLocal('ptr', 'closure');
    fn.params.push(closure);
    fn.entry = fn.newBlock();
    fn.entry.stmts.push({
      kind: 'callind',
      sig: { params: ['ptr'], results: [] },
      target: load('i32', get(closure)),
      args: [get(closure)],
      results: [],
      pos: 0,
    });
    fn.entry.term = { kind: 'return', values: [] };
    return fn;
  }

  link(): Linked {
    const { options, rt } = this;
    const gostart = this.gostart();
    const added: Func[] = [gostart];
    const entry = this.closure(this.program.entry, added);
    const goExports = (options.goExports ?? [...this.program.exports.keys()]).map((name) => {
      const fn = this.program.exports.get(name);
      if (!fn) throw new LinkError(`the program has no function ${name}, which the runtime needs`);
      return this.closure(fn, added);
    });
    const closures = [entry, ...goExports];

    // Go functions the runtime imports.
    const byName = new Map<string, Func>();
    for (const fn of this.program.funcs) byName.set(fn.name, fn);
    const goImport = (name: string): Func | undefined =>
      hostImports.has(name) ? undefined : (this.program.exports.get(name) ?? byName.get(`runtime.${name}`));

    const whole: Program = {
      funcs: [...added, ...this.program.funcs],
      data: [...closures, ...this.program.data],
      entry: this.program.entry,
      exports: this.program.exports,
    };
    const roots = [...added];
    for (const i of rt.imports) {
      const fn = i.module === 'go' ? goImport(i.name) : undefined;
      if (fn) roots.push(fn);
    }
    // Twice: passes may take the last use of something away.
    const first = reach(whole, roots, closures);
    const needed: Program = { ...whole, funcs: first.funcs, data: first.data };
    if (options.verify) verified(needed, 'lowering');
    const passed = runPasses(needed);
    if (options.verify) verified(needed, 'the passes');
    const reached = reach(needed, roots, closures);
    const { funcs } = reached;

    // The runtime.
    const keep = new Set(['resumed', 'm', ...(options.keep ?? []), ...reached.runtime]);
    for (const name of hostExports) if (rt.exports.some((e) => e.name === name)) keep.add(name);
    const kept = keepReachable(rt, [...keep]);
    const exportOf = (name: string, kind: number): number =>
      rt.exports.find((e) => e.name === name && e.kind === kind)!.index;

    // Imports.
    const imports: { module: string; name: string; type: number }[] = [];
    const importIndex = new Map<string, number>();
    const addImport = (module: string, name: string, params: readonly string[], results: readonly string[]): number => {
      const type = this.type(params, results);
      const key = `${module}\0${name}`;
      const known = importIndex.get(key);
      if (known !== undefined) {
        if (imports[known]!.type !== type)
          throw new LinkError(`import ${module}.${name} is declared with different types`);
        return known;
      }
      importIndex.set(key, imports.length);
      imports.push({ module, name, type });
      return imports.length - 1;
    };
    const newFunc = new Map<number, number>();
    const resolved: [number, Func][] = [];
    for (const old of kept.imports) {
      const { module, name } = rt.imports[old]!;
      const fn = module === 'go' ? goImport(name) : undefined;
      if (fn) {
        resolved.push([old, fn]);
        continue;
      }
      const t = funcType(rt, old);
      newFunc.set(old, addImport(module, name, t.params.map(typeName), t.results.map(typeName)));
    }
    for (const fn of funcs) {
      for (const b of fn.blocks) {
        for (const s of b.stmts) if (s.kind === 'callimport') addImport(s.module, s.name, s.sig.params, s.sig.results);
      }
    }

    // Function indices.
    let next = imports.length;
    for (const old of kept.funcs) newFunc.set(old, next++);
    const funcIndex = new Map<Func, number>();
    for (const fn of funcs) funcIndex.set(fn, next++);
    // Functions written twice have a second index for the version that is resumed.
    const fast = new Map<Func, Fast>();
    const quick = new Set<Func>();
    const resumedIndex = new Map<Func, number>();
    for (const fn of funcs) {
      const f = fastVersion(fn, passed.shapes.get(fn)!.flow);
      if (!f) continue;
      fast.set(fn, f);
      if (f.early.length > 0) quick.add(fn);
      resumedIndex.set(fn, next++);
    }
    for (const [old, fn] of resolved) {
      if (fn.suspends)
        throw new LinkError(`${fn.name} is called by the runtime and must not suspend: ${explain(fn, passed.why)}`);
      if (fn.throws) throw new LinkError(`${fn.name} is called by the runtime and must not panic`);
      const t = funcType(rt, old);
      const want = `${t.params.map(typeName).join()}:${t.results.map(typeName).join()}`;
      const have = `${wasm(fn.params.map((l) => l.type)).join()}:${wasm(fn.results).join()}`;
      if (want !== have) throw new LinkError(`${fn.name} has type (${have}), but the runtime calls it as (${want})`);
      newFunc.set(old, funcIndex.get(fn)!);
    }
    const funcAt = (old: number): number => {
      const i = newFunc.get(old);
      if (i === undefined) throw new LinkError(`runtime function ${old} was dropped`);
      return i;
    };

    // The function table: the runtime's part, then the program's functions, then thunks.
    const tableStart = Math.max(1, rt.tableSize);
    const table: number[] = [];
    const tableIndex = new Map<Func, number>();
    /** suspending functions' thunks, in the table */
    const thunkAt = new Map<Func, number>();
    /** functions whose thunk or adapter is written, in the order of the indices of these */
    const written: Func[] = [];
    const addToTable = (index: number): number => {
      table.push(index);
      return tableStart + table.length - 1;
    };
    const tableOnly = new Set<Func>();
    const goCalled = new Set(resolved.map(([, fn]) => fn));
    for (const fn of funcs) {
      if (fn.suspends) {
        if (reached.valued.has(fn)) tableIndex.set(fn, addToTable(funcIndex.get(fn)!));
        thunkAt.set(fn, addToTable(next++));
        written.push(fn);
      } else if (reached.valued.has(fn)) {
        if (!reached.called.has(fn) && !goCalled.has(fn)) {
          tableOnly.add(fn);
          tableIndex.set(fn, addToTable(funcIndex.get(fn)!));
        } else {
          tableIndex.set(fn, addToTable(next++));
          written.push(fn);
        }
      }
    }
    const indirect = (sig: Sig): number => this.type([...sig.params, 'i32'], [...sig.results, 'i32']);
    const sigOf = (fn: Func): Sig => ({ params: fn.params.map((l) => l.type), results: fn.results });
    const deliverIndex = next++;
    const slowIndex = next++;
    const siteIndex = next++;
    const siteAtIndex = next++;
    const raiseIndex = next++;
    const initIndex = next++;

    // Data addresses. The tables follow the program's data, so that their sizes need not be known now.
    const dataStart = Math.ceil(Math.max(staticEnd(rt), 1024) / 16) * 16;
    const placed = placeData(reached.data, dataStart);
    const dataEnd = Math.ceil(placed.end / 16) * 16;
    if (dataEnd > 0xf0000000) throw new SizeError(dataEnd);
    const linkinfo = dataEnd;
    const exportsTable = linkinfo + linkinfoWords * 4;
    const resumeAt = Math.ceil((exportsTable + goExports.length * 8) / 16) * 16;

    // Globals: the runtime's, then ours.
    const newGlobal = new Map<number, number>();
    kept.globals.forEach((old, i) => {
      newGlobal.set(old, i);
    });
    const mGlobal = newGlobal.get(exportOf('m', 3))!;

    const ctx: ModuleContext = {
      funcIndex: (fn) => {
        const i = funcIndex.get(fn);
        if (i === undefined) throw new LinkError(`${fn.name} is called but not part of the program`);
        return i;
      },
      tableIndex: (fn) => {
        const i = tableIndex.get(fn);
        if (i === undefined) throw new LinkError(`${fn.name} is used as a value but not marked so`);
        return i;
      },
      typeIndex: (params, results) => this.type(params, results),
      indirectType: indirect,
      runtimeIndex: (name) => funcAt(exportOf(name, 0)),
      runtimeResults: (name) => funcType(rt, exportOf(name, 0)).results.length,
      importIndex: (module, name) => importIndex.get(`${module}\0${name}`)!,
      mGlobal,
      slowPath: slowIndex,
      site: siteIndex,
      siteAt: siteAtIndex,
      raise: raiseIndex,
    };

    // Code.
    const bodies: Body[] = [];
    const funcTypes: number[] = [];
    const to: NewIndices = {
      func: funcAt,
      type: (old) => {
        const t = rt.types[old]!;
        return this.type(t.params.map(typeName), t.results.map(typeName));
      },
      global: (old) => newGlobal.get(old)!,
    };
    const plainBody = (type: number, bytes: Uint8Array): void => {
      funcTypes.push(type);
      bodies.push({ bytes, lines: null, unlikely: [], sites: [] });
    };
    for (const old of kept.funcs) {
      const t = funcType(rt, old);
      plainBody(
        this.type(t.params.map(typeName), t.results.map(typeName)),
        rewrite(rt, rt.bodies[old - rt.imports.length]!, true, to),
      );
    }
    const resume = new ResumeTable();
    const resumable: { type: number; body: Body }[] = [];
    for (const fn of funcs) {
      const asTable = tableOnly.has(fn);
      const { flow, live } = passed.shapes.get(fn)!;
      const p = plan(fn, flow, live, quick, asTable);
      const firstId = resume.count;
      const sig = sigOf(fn);
      const type =
        fn.suspends || asTable
          ? indirect(sig)
          : this.type(sig.params, fn.throws ? [...sig.results, 'i32'] : sig.results);
      const body = (code: Code, points: readonly ResumePoint[], at: number): Body => ({
        bytes: code.body,
        unlikely: code.unlikely,
        sites: code.sites,
        lines: {
          fn,
          marks: code.marks,
          points: points.map((q): Pos => q.pos),
          tableIndex: at,
          bodyStart: 0,
          bodySize: code.body.length,
        },
      });
      if (fn.suspends) resume.add(p, thunkAt.get(fn)!);
      const own = fast.get(fn) ?? null;
      funcTypes.push(type);
      bodies.push(body(emitFunc(p, ctx, firstId, own), p.points, tableIndex.get(fn) ?? -1));
      if (own) resumable.push({ type, body: body(emitFunc(p, ctx, firstId, null), [], -1) });
    }
    for (const r of resumable) {
      funcTypes.push(r.type);
      bodies.push(r.body);
    }
    const thunkType = this.type(['i32'], ['i32']);
    for (const fn of written) {
      const sig = sigOf(fn);
      const params = wasm(sig.params);
      const index = resumedIndex.get(fn) ?? funcIndex.get(fn)!;
      if (fn.suspends) plainBody(thunkType, thunk(params, wasm(sig.results), index, mGlobal, deliverIndex));
      else plainBody(indirect(sig), adapter(params, index, fn.throws, siteAtIndex));
    }
    plainBody(this.type(['i32'], []), deliver(mGlobal, resumeAt));
    plainBody(this.type(['i32'], ['i32']), slowPath(mGlobal, funcAt(exportOf('resumed', 0))));
    plainBody(this.type(['i32'], []), site(mGlobal));
    plainBody(this.type(['i32', 'i32'], []), siteAt(mGlobal, siteIndex));
    plainBody(this.type([], []), raise(mGlobal));

    // The linker's tables.
    const resumeBytes = resume.bytes(resumeAt);
    const rootsAt = Math.ceil((resumeAt + resumeBytes.length) / 16) * 16;
    const roots8 = rootsTable({ ...whole, data: reached.data });
    const heapStart = Math.ceil((rootsAt + roots8.length) / 16) * 16;
    const tables = new Uint8Array(heapStart - linkinfo);
    const view = new DataView(tables.buffer);
    const word = (addr: number, v: number): void => view.setUint32(addr - linkinfo, v, true);
    [
      heapStart,
      resumeAt,
      resume.count,
      rootsAt,
      roots8.length / 8,
      entry.addr,
      exportsTable,
      options.flags ?? 0,
    ].forEach((v, i) => {
      word(linkinfo + 4 * i, v);
    });
    goExports.forEach((c, i) => {
      word(exportsTable + 8 * i, c.addr);
    });
    tables.set(resumeBytes, resumeAt - linkinfo);
    tables.set(roots8, rootsAt - linkinfo);
    const pieces: Chunk[] = [];
    for (const d of rt.data) {
      if (!d.offset) throw new LinkError('the runtime has passive data');
      pieces.push(...chunks(rt.bytes.subarray(d.bytes.start, d.bytes.end), constValue(rt, d.offset)));
    }
    pieces.push(...chunks(dataImage(reached.data, dataStart, placed.filled, ctx.tableIndex), dataStart));
    pieces.push(...chunks(tables, linkinfo));
    plainBody(this.type([], []), initData(pieces, heapStart));

    // Exports.
    const exports: { name: string; kind: number; index: number }[] = [];
    for (const e of rt.exports) {
      if (
        !keep.has(e.name) ||
        (reached.runtime.has(e.name) && !hostExports.includes(e.name) && !options.keep?.includes(e.name))
      )
        continue;
      if (e.kind === 0) exports.push({ name: e.name, kind: 0, index: funcAt(e.index) });
      else if (e.kind === 3) exports.push({ name: e.name, kind: 3, index: newGlobal.get(e.index)! });
    }
    exports.push({ name: '__init_data', kind: 0, index: initIndex });
    exports.push({ name: 'linkinfo', kind: 3, index: kept.globals.length });

    const wasmBytes = this.write({
      imports,
      funcTypes,
      tableStart,
      table,
      tableSize: tableStart + table.length,
      globals: kept.globals.map((old) => ({
        ...rt.globals[old]!,
        bytes: rewrite(rt, rt.globals[old]!.init, false, to),
      })),
      linkinfo,
      exports,
      start: rt.start >= 0 ? funcAt(rt.start) : -1,
      elements: rt.elements.map((e) => ({ offset: constValue(rt, e.offset), funcs: e.funcs.map(funcAt) })),
      bodies,
      pieces,
      names: options.names ? this.names(funcIndex) : null,
    });
    return { wasm: wasmBytes, funcIndex, heapStart, resumePoints: resume.count };
  }

  private names(funcIndex: ReadonlyMap<Func, number>): [number, string][] {
    return [...funcIndex].map(([fn, i]) => [i, fn.name]);
  }

  private write(m: {
    imports: readonly { module: string; name: string; type: number }[];
    funcTypes: readonly number[];
    tableStart: number;
    table: readonly number[];
    tableSize: number;
    globals: readonly { type: number; mutable: boolean; bytes: Uint8Array }[];
    linkinfo: number;
    exports: readonly { name: string; kind: number; index: number }[];
    start: number;
    elements: readonly { offset: number; funcs: readonly number[] }[];
    bodies: readonly Body[];
    pieces: readonly Chunk[];
    names: readonly [number, string][] | null;
  }): Uint8Array {
    let size = 4096;
    for (const b of m.bodies) size += b.bytes.length + 4;
    for (const p of m.pieces) size += p.bytes.length;
    const out = new Encoder(size);
    out.bytes(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    const section = (id: number, f: (e: Encoder) => void): void => {
      const e = new Encoder(1024);
      f(e);
      out.u8(id);
      out.uleb(e.pos);
      out.range(e.buf, 0, e.pos);
    };
    section(1, (e) => {
      e.uleb(this.typeList.length);
      for (const t of this.typeList) {
        e.u8(TYPE.func);
        for (const list of [t.params, t.results]) {
          e.uleb(list.length);
          for (const x of list) e.u8(TYPE[x]);
        }
      }
    });
    section(2, (e) => {
      e.uleb(m.imports.length + 1);
      for (const i of m.imports) {
        e.name(i.module);
        e.name(i.name);
        e.u8(0);
        e.uleb(i.type);
      }
      e.name('env');
      e.name('memory');
      e.u8(2);
      e.u8(3); // shared, with a maximum
      e.uleb(1);
      e.uleb(memoryPages);
    });
    section(3, (e) => {
      e.uleb(m.funcTypes.length);
      for (const t of m.funcTypes) e.uleb(t);
    });
    section(4, (e) => {
      e.uleb(1);
      e.u8(TYPE.funcref);
      e.u8(1);
      e.uleb(m.tableSize);
      e.uleb(m.tableSize);
    });
    section(6, (e) => {
      e.uleb(m.globals.length + 1);
      for (const g of m.globals) {
        e.u8(g.type);
        e.u8(g.mutable ? 1 : 0);
        e.bytes(g.bytes);
      }
      e.u8(TYPE.i32);
      e.u8(0);
      e.u8(0x41);
      e.sleb(m.linkinfo);
      e.u8(0x0b);
    });
    section(7, (e) => {
      e.uleb(m.exports.length);
      for (const x of m.exports) {
        e.name(x.name);
        e.u8(x.kind);
        e.uleb(x.index);
      }
    });
    if (m.start >= 0) section(8, (e) => e.uleb(m.start));
    section(9, (e) => {
      const segments = [...m.elements, { offset: m.tableStart, funcs: m.table }].filter((s) => s.funcs.length > 0);
      e.uleb(segments.length);
      for (const s of segments) {
        e.u8(0);
        e.u8(0x41);
        e.sleb(s.offset);
        e.u8(0x0b);
        e.uleb(s.funcs.length);
        for (const f of s.funcs) e.uleb(f);
      }
    });
    section(12, (e) => e.uleb(1));

    // Branch hints must come before the code.
    section(0, (e) => {
      e.name('metadata.code.branch_hint');
      let functions = 0;
      for (const b of m.bodies) if (b.unlikely.length > 0) functions++;
      e.uleb(functions);
      m.bodies.forEach((b, i) => {
        if (b.unlikely.length === 0) return;
        e.uleb(m.imports.length + i);
        e.uleb(b.unlikely.length);
        for (const at of b.unlikely) {
          e.uleb(at);
          e.u8(1);
          e.u8(0);
        }
      });
    });

    // Code, written without a copy, since its offsets are program counters.
    let codeSize = ulebSize(m.bodies.length);
    for (const b of m.bodies) codeSize += ulebSize(b.bytes.length) + b.bytes.length;
    out.u8(10);
    out.uleb(codeSize);
    out.uleb(m.bodies.length);
    const lines: FuncLines[] = [];
    for (const b of m.bodies) {
      out.uleb(b.bytes.length);
      if (b.lines) {
        b.lines.bodyStart = out.pos;
        lines.push(b.lines);
      }
      const start = out.pos;
      out.bytes(b.bytes);
      for (const s of b.sites) putSite(out.buf, start + s.at, start + s.call);
    }
    section(11, (e) => {
      e.uleb(1);
      e.u8(1);
      let n = 0;
      for (const p of m.pieces) n += p.bytes.length;
      e.uleb(n);
      for (const p of m.pieces) e.bytes(p.bytes);
    });
    section(0, (e) => {
      e.name('burrow.lines');
      e.bytes(new LineWriter(this.options.fset, this.options.fileName ?? ((s) => s)).write(lines));
    });
    const names = m.names;
    if (names) {
      section(0, (e) => {
        e.name('name');
        const list = new Encoder(1024);
        list.uleb(names.length);
        for (const [i, name] of names) {
          list.uleb(i);
          list.name(name);
        }
        e.u8(1);
        e.uleb(list.pos);
        e.range(list.buf, 0, list.pos);
      });
    }
    return out.done();
  }
}

/** Writes a program counter where a function was emitted with room for it. */
function putSite(buf: Uint8Array, at: number, pc: number): void {
  if (pc >= 1 << (7 * siteBytes - 1)) throw new LinkError('the program has too much code');
  for (let i = 0; i < siteBytes; i++) buf[at + i] = ((pc >>> (7 * i)) & 0x7f) | (i + 1 < siteBytes ? 0x80 : 0);
}

function verified(program: Program, after: string): void {
  const complaints = verifyProgram(program);
  if (complaints.length > 0) throw new LinkError(`bad IR after ${after}:\n${complaints.slice(0, 50).join('\n')}`);
}

function typeName(code: number): WasmType {
  switch (code) {
    case 0x7f:
      return 'i32';
    case 0x7e:
      return 'i64';
    case 0x7d:
      return 'f32';
    case 0x7c:
      return 'f64';
    default:
      throw new LinkError(`type ${code} in a function type of the runtime`);
  }
}
