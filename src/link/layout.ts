// Gives static data its addresses and writes it out.
//
// Assumes: the runtime's own static data ends at `start`. Guarantees: symbols with contents come first, those that are zero behind them, each kind in the
// program's order; same input, same bytes. Parts that are zero take no room in the module.

import { DataSym, type Func, type Program } from '../ir/ir.ts';
import { Encoder } from '../wasm/encoder.ts';

const align = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Sets the symbols' addresses; answers the ends of those with contents and of all. */
export function placeData(data: readonly DataSym[], start: number): { filled: number; end: number } {
  let at = start;
  let filled = start;
  for (const zero of [false, true]) {
    for (const d of data) {
      if ((d.bytes === null && d.relocs.length === 0) !== zero) continue;
      at = align(at, d.align);
      d.addr = at;
      at += d.size;
    }
    if (!zero) filled = at;
  }
  return { filled, end: at };
}

/** A piece of memory with what stands there from the start. */
export interface Chunk {
  readonly addr: number;
  readonly bytes: Uint8Array;
}

/** Runs of zeroes from this length on are left out of the module. */
const gap = 32;

/** The contents of memory from `start` on as pieces without long runs of zeroes. */
export function chunks(memory: Uint8Array, start: number): Chunk[] {
  const out: Chunk[] = [];
  let i = 0;
  while (i < memory.length) {
    while (i < memory.length && memory[i] === 0) i++;
    if (i === memory.length) break;
    const first = i;
    let last = i;
    while (i < memory.length && i - last < gap) {
      if (memory[i] !== 0) last = i;
      i++;
    }
    out.push({ addr: start + first, bytes: memory.subarray(first, last + 1) });
    i = last + 1;
  }
  return out;
}

/** The bytes of the symbols in [start, end), references resolved. */
export function dataImage(
  data: readonly DataSym[],
  start: number,
  end: number,
  tableIndex: (fn: Func) => number,
): Uint8Array {
  const image = new Uint8Array(end - start);
  const view = new DataView(image.buffer);
  for (const d of data) {
    if (d.addr >= end) continue;
    if (d.bytes) image.set(d.bytes, d.addr - start);
    for (const r of d.relocs) {
      const value = r.target instanceof DataSym ? r.target.addr + r.add : tableIndex(r.target);
      view.setUint32(d.addr - start + r.off, value, true);
    }
  }
  return image;
}

/** Package variables that hold pointers, as (address, count) of words 8 bytes apart. */
export function rootsTable(program: Program): Uint8Array {
  const out = new Encoder();
  const words: number[] = [];
  for (const d of program.data) for (const off of d.ptrs) words.push(d.addr + off);
  words.sort((a, b) => a - b);
  for (let i = 0; i < words.length; ) {
    let n = 1;
    while (i + n < words.length && words[i + n] === words[i]! + 8 * n) n++;
    out.u32(words[i]!);
    out.u32(n);
    i += n;
  }
  return out.done();
}
