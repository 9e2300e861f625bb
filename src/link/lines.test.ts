// burrow.lines: offsets as the engine reports them in stack traces, resume ids and table indices lead to the right lines.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lines } from '../inspect/lines.ts';
import { type Block, bin, DataSym, type Expr, type Func, get, i64 } from '../ir/ir.ts';
import { FileSet } from '../syntax/position.ts';
import { dumpWasm } from './disasm.ts';
import { call, callrt, func, log, Machine } from './machine.testing.ts';
import { parseModule, Reader } from './parse.ts';

function section(wasm: Uint8Array): Uint8Array {
  const r = new Reader(wasm, 8);
  while (r.pos < wasm.length) {
    const id = r.u8();
    const size = r.uleb();
    const end = r.pos + size;
    if (id === 0 && r.name() === 'burrow.lines') return wasm.subarray(r.pos, end);
    r.pos = end;
  }
  throw new Error('no section');
}

test('program counters, resume ids and table indices become lines', () => {
  const fset = new FileSet();
  const file = fset.addFile('a.go', 100);
  for (let line = 1; line < 10; line++) file.addLine(line * 10);
  const at = (line: number): number => file.base + (line - 1) * 10 + 3;
  const inner = func('main.inner', ['i64'], ['i64'], (_, b, x) => {
    b.stmts.push({ kind: 'suspend', pos: at(9) });
    log(b, get(x!));
    (b.stmts[1] as { pos: number }).pos = at(8);
    b.term = { kind: 'return', values: [get(x!)] };
  });
  inner.pos = at(7);
  inner.noinline = true;
  inner.addressTaken = true;
  const sym = new DataSym('value', 8, 8, null);
  const main = func('main.main', [], [], (fn: Func, b: Block) => {
    const r = fn.newLocal('i64');
    call(b, inner, [i64(1)], [r], at(3));
    callrt(b, 'twice', [get(r)], [null]);
    // Only functions that are values are in the table.
    const addr: Expr = { kind: 'addr', sym, off: 0 };
    b.stmts.push({ kind: 'store', mem: 'i32', addr, off: 0, x: { kind: 'funcidx', fn: inner }, wb: false });
    call(b, inner, [bin('i64.add', get(r), i64(1))], [], at(5));
    b.term = { kind: 'return', values: [] };
  });
  main.pos = at(2);
  const m = new Machine([main, inner], main, { data: [sym], fset, fileName: (s) => `/x/${s}` });
  const lines = new Lines(section(m.linked.wasm));
  const seen: string[] = [];
  m.onLog = () => {
    const pcs = [...new Error().stack!.matchAll(/wasm-function\[\d+\]:0x([0-9a-f]+)/g)].map((x) =>
      Number.parseInt(x[1]!, 16),
    );
    seen.push(
      pcs
        .flatMap((pc) => lines.resolve(pc))
        .filter((f) => !f.wrapper)
        .map((f) => `${f.func} ${f.file}:${f.line} +${f.offset > 0}`)
        .join(),
    );
  };
  const parked: string[] = [];
  m.run({
    onSuspend: (fps) => {
      parked.push(
        fps
          .flatMap((fp) => lines.resolve(0x80000000 | m.u32(fp)))
          .filter((f) => !f.wrapper)
          .map((f) => `${f.func}:${f.line}`)
          .join(),
      );
    },
  });
  // Resumed in inner: main is in memory, so only inner is on the machine stack.
  assert.deepEqual(seen, ['main.inner /x/a.go:8 +true', 'main.inner /x/a.go:8 +true']);
  assert.deepEqual(parked, ['main.inner:9,main.main:3', 'main.inner:9,main.main:5']);
  const byTable = parseModule(m.linked.wasm).elements[0]!.funcs.indexOf(m.linked.funcIndex.get(inner)!) + 1;
  assert.deepEqual(
    lines.resolve(0x40000000 | byTable).map((f) => [f.func, f.line, f.startLine]),
    [['main.inner', 7, 7]],
  );
  assert.deepEqual(lines.resolve(3), []);
});

test('calls that are running have their own line each', () => {
  const fset = new FileSet();
  const file = fset.addFile('a.go', 1000);
  for (let line = 1; line < 100; line++) file.addLine(line * 10);
  const at = (line: number): number => file.base + (line - 1) * 10;
  const leaf = func('main.leaf', [], [], (_, b) => {
    b.term = { kind: 'return', values: [] };
    callrt(b, 'log', [i64(1)]);
    (b.stmts[0] as { pos: number }).pos = at(50);
  });
  const main = func('main.main', [], [], (_, b) => {
    for (const line of [20, 12, 90]) call(b, leaf, [], [], at(line));
    b.term = { kind: 'return', values: [] };
  });
  leaf.noinline = true;
  main.noinline = true;
  const m = new Machine([main, leaf], main, { fset });
  const lines = new Lines(section(m.linked.wasm));
  const seen: string[] = [];
  m.onLog = () => {
    const pcs = [...new Error().stack!.matchAll(/wasm-function\[\d+\]:0x([0-9a-f]+)/g)].map((x) =>
      Number.parseInt(x[1]!, 16),
    );
    seen.push(
      pcs
        .flatMap((pc) => lines.resolve(pc))
        .filter((f) => !f.wrapper)
        .map((f) => `${f.func}:${f.line}`)
        .join(),
    );
  };
  m.run();
  assert.deepEqual(
    seen,
    [20, 12, 90].map((l) => `main.leaf:50,main.main:${l}`),
  );
  assert.match(dumpWasm(m.linked, 'main.main'), /call main\.leaf/);
});
