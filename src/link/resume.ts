// The table of resume points with their pointer and result maps, and the functions' stack objects (docs/ABI.md).
//
// Guarantees: equal maps are stored once.

import type { Local, Slot } from '../ir/ir.ts';
import { stmtResults } from '../ir/walk.ts';
import { Encoder } from '../wasm/encoder.ts';
import { headerBytes, type Plan } from '../wasm/plan.ts';

export const resumeEntrySize = 16;
const wide = 0x8000;

export class ResumeTable {
  private readonly entries = new Encoder(1 << 14);
  private readonly maps = new Encoder(1 << 14);
  private readonly known = new Map<string, number>();
  /** offsets in `maps` to be made addresses, by resume id: its map, and its function's stack objects (-1: none) */
  private readonly mapOf: number[] = [];
  private readonly objectsOf: number[] = [];

  get count(): number {
    return this.mapOf.length;
  }

  /** Adds a function's points, in order; they get the next ids. thunk: its place in the function table. */
  add(plan: Plan, thunk: number): void {
    const { fn } = plan;
    if (plan.frameSize / 8 > 0xffff) throw new Error(`${fn.name}: stack frame too large (${plan.frameSize} bytes)`);
    const objects = plan.objects.length > 0 ? this.map(objectWords(plan.objects)) : -1;
    for (const p of plan.points) {
      const ptrs = new Set<number>();
      const add = (l: Local): void => {
        const r = plan.regs[l.id];
        if (l.type === 'ptr' && r) ptrs.add(r.offset / 4);
      };
      for (const l of p.live) add(l);
      for (const w of p.words) ptrs.add((w.slot.offset + w.off) / 4);
      const words = [ptrs.size, ...[...ptrs].sort((a, b) => a - b)];
      const results: number[] = [];
      if (p.kind === 'stmt') {
        const s = fn.blocks[p.block]!.stmts[p.stmt]!;
        for (const l of stmtResults(s)) {
          const r = l ? plan.regs[l.id] : null;
          results.push(r ? (r.offset / 4) | (r.type === 'i64' || r.type === 'f64' ? wide : 0) : 0);
        }
      }
      words.push(results.length, ...results);
      // Bits 2 to 15 are the bytes / 4, which is the number of bytes where it stands.
      const catches = fn.catchLocal ? 1 : 0;
      const flags = catches | (p.kind === 'entry' ? 2 | plan.paramBytes : 0);
      if (p.kind === 'entry' && (plan.paramBytes & 3 || plan.paramBytes < headerBytes))
        throw new Error(`${fn.name}: parameters not in words`);
      this.entries.u32(thunk);
      this.entries.u32(0);
      this.entries.u32(0);
      this.entries.u16(plan.frameSize / 8);
      this.entries.u16(flags);
      this.mapOf.push(this.map(words));
      this.objectsOf.push(p.kind === 'entry' ? -1 : objects);
    }
  }

  private map(words: readonly number[]): number {
    const key = words.join();
    let at = this.known.get(key);
    if (at === undefined) {
      at = this.maps.pos;
      this.known.set(key, at);
      for (const w of words) this.maps.u16(w);
    }
    return at;
  }

  /** The table's bytes and behind them the maps', for a table at this address. */
  bytes(address: number): Uint8Array {
    const table = this.entries.done();
    const view = new DataView(table.buffer);
    const mapsAt = address + table.length;
    for (let i = 0; i < this.mapOf.length; i++) {
      const at = i * resumeEntrySize;
      view.setUint32(at + 8, mapsAt + this.mapOf[i]!, true);
      if (this.objectsOf[i]! >= 0) view.setUint32(at + 4, mapsAt + this.objectsOf[i]!, true);
    }
    const out = new Uint8Array(table.length + this.maps.pos);
    out.set(table);
    out.set(this.maps.done(), table.length);
    return out;
  }
}

function objectWords(objects: readonly Slot[]): number[] {
  const words = [objects.length];
  for (const s of objects) words.push(s.offset / 8, s.size / 8, s.ptrs.length, ...s.ptrs.map((off) => off / 8));
  return words;
}
