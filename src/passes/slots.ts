// Puts stack objects into locals.
//
// Assumes: addresses of stack objects have been forwarded to where they are used (simplify.ts). Guarantees: a stack object that is only loaded from, stored to, cleared and
// copied, at constant offsets, in pieces that do not overlap, is gone; each piece is a local. Where it was read before it was written it is zero.
// Source: "scalar replacement of aggregates" (S. Muchnick, Advanced Compiler Design and Implementation, 12.2).

import {
  type Expr,
  type Func,
  get,
  i32,
  i64,
  type Local,
  load,
  type MemType,
  type Scalar,
  type Slot,
  type Stmt,
  un,
} from '../ir/ir.ts';
import { exprType, mapExpr, mapStmt, mapTerm, memType, stmtOperands, termOperands } from '../ir/walk.ts';

/** Objects of more pieces stay. */
const maxPieces = 16;

interface Piece {
  size: number;
  type: Scalar;
  /** bytes of the narrowest store: only loads may be of a part, its beginning */
  stored: number;
  local: Local | null;
}

/** What is known of an object while it may go; by offset. */
type Pieces = Map<number, Piece>;

interface Range {
  readonly slot: Slot;
  readonly off: number;
  readonly n: number;
}

/** Answers whether any object went. */
export function promoteSlots(fn: Func): boolean {
  if (fn.slots.length === 0) return false;
  const objects = new Map<Slot, Pieces>(fn.slots.map((s) => [s, new Map()]));
  const ranges: { readonly to: Range | null; readonly from: Range | null; readonly clears: boolean }[] = [];
  const stays = (s: Slot): void => {
    objects.delete(s);
  };
  const access = (slot: Slot, off: number, mem: MemType, store: boolean): void => {
    const pieces = objects.get(slot);
    if (!pieces) return;
    const size = sizeOf(mem);
    let p = pieces.get(off);
    if (!p) {
      p = { size, type: stored(mem), stored: 8, local: null };
      pieces.set(off, p);
    } else if (size > p.size || mem === 'ptr') {
      p.size = size;
      p.type = stored(mem);
    }
    if (store) p.stored = Math.min(p.stored, size);
    if (off + size > slot.size || pieces.size > maxPieces) stays(slot);
  };
  const look = (x: Expr): void => {
    switch (x.kind) {
      case 'slot':
        stays(x.slot);
        break;
      case 'load':
        if (x.addr.kind === 'slot') access(x.addr.slot, x.addr.off + x.off, x.mem, false);
        else look(x.addr);
        break;
      case 'un':
        look(x.x);
        break;
      case 'bin':
        look(x.x);
        look(x.y);
        break;
      case 'select':
        look(x.x);
        look(x.y);
        look(x.cond);
        break;
    }
  };
  const range = (x: Expr, n: Expr): Range | null => {
    if (x.kind !== 'slot' || n.kind !== 'const') {
      look(x);
      return null;
    }
    return { slot: x.slot, off: x.off, n: n.value as number };
  };
  for (const b of fn.blocks) {
    for (const s of b.stmts) {
      if (s.kind === 'store' && s.addr.kind === 'slot') {
        access(s.addr.slot, s.addr.off + s.off, s.mem, true);
        look(s.x);
      } else if (s.kind === 'fill' && s.byte.kind === 'const' && s.byte.value === 0) {
        ranges.push({ to: range(s.dst, s.n), from: null, clears: true });
        look(s.n);
      } else if (s.kind === 'copy') {
        const to = range(s.dst, s.n);
        const from = range(s.src, s.n);
        if ((to && !from && !steady(s.src)) || (from && !to && !steady(s.dst)))
          for (const r of [to, from]) if (r) stays(r.slot);
        ranges.push({ to, from, clears: false });
        look(s.n);
      } else stmtOperands(s, look);
    }
    termOperands(b.term!, look);
  }

  for (const [slot, pieces] of objects) for (const p of pieces.values()) if (p.stored < p.size) stays(slot);

  // Copies must meet whole pieces, and need one for every byte; what one object gets the other side of a copy gets, too.
  for (let changed = true; changed; ) {
    changed = false;
    for (const { to, from, clears } of ranges) {
      for (const r of [to, from]) {
        const pieces = r && objects.get(r.slot);
        if (!r || !pieces) continue;
        if (!disjoint(r.slot, pieces, r) || (!clears && !fillGaps(r, pieces))) {
          stays(r.slot);
          changed = true;
        }
      }
      if (!to || !from) continue;
      const a = objects.get(to.slot);
      const b = objects.get(from.slot);
      if (!a || !b) continue;
      if (to.slot === from.slot || !sameShape(to, a, from, b)) {
        stays(to.slot);
        stays(from.slot);
        changed = true;
      }
    }
    for (const [slot, pieces] of objects) {
      if (pieces.size <= maxPieces && disjoint(slot, pieces, null)) continue;
      stays(slot);
      changed = true;
    }
  }
  if (objects.size === 0) return false;
  for (const pieces of objects.values()) for (const p of pieces.values()) p.local = fn.newLocal(p.type);
  rewrite(fn, objects);
  const left = fn.slots.filter((s) => !objects.has(s));
  fn.slots.splice(0, fn.slots.length, ...left);
  return true;
}

/** The pieces do not overlap each other, nor an edge of the range. */
function disjoint(slot: Slot, pieces: Pieces, r: Range | null): boolean {
  const order = [...pieces].sort((a, b) => a[0] - b[0]);
  let end = 0;
  for (const [off, p] of order) {
    if (off < end || off + p.size > slot.size) return false;
    end = off + p.size;
    if (!r) continue;
    const inside = off >= r.off && end <= r.off + r.n;
    const outside = end <= r.off || off >= r.off + r.n;
    if (!inside && !outside) return false;
  }
  return true;
}

/** Adds pieces for the bytes of a range that have none. */
function fillGaps(r: Range, pieces: Pieces): boolean {
  for (let off = r.off; off < r.off + r.n; ) {
    const known = pieces.get(off);
    if (known) {
      off += known.size;
      continue;
    }
    let size = off % 8 === 0 ? 8 : off % 4 === 0 ? 4 : off % 2 === 0 ? 2 : 1;
    const free = (n: number): boolean => {
      if (off + n > r.off + r.n) return false;
      for (let i = 1; i < n; i++) if (pieces.has(off + i)) return false;
      return true;
    };
    while (!free(size)) size >>= 1;
    if (pieces.size === maxPieces) return false;
    pieces.set(off, {
      size,
      stored: size,
      type: r.slot.ptrs.includes(off) ? 'ptr' : size === 8 ? 'i64' : 'i32',
      local: null,
    });
    off += size;
  }
  return true;
}

function sameShape(to: Range, a: Pieces, from: Range, b: Pieces): boolean {
  for (const [r, p, q, d] of [
    [to, a, b, from.off - to.off],
    [from, b, a, to.off - from.off],
  ] as const) {
    for (const [off, x] of p) {
      if (off < r.off || off >= r.off + r.n) continue;
      if (q.get(off + d)?.size !== x.size) return false;
    }
  }
  return true;
}

function rewrite(fn: Func, objects: ReadonlyMap<Slot, Pieces>): void {
  const replace = (x: Expr): Expr => {
    if (x.kind !== 'load' || x.addr.kind !== 'slot') return x;
    const p = objects.get(x.addr.slot)?.get(x.addr.off + x.off);
    return p ? loaded(get(p.local!), x.mem) : x;
  };
  const operand = (x: Expr): Expr => mapExpr(x, replace);
  for (const b of fn.blocks) {
    const out: Stmt[] = [];
    for (const old of b.stmts) {
      const s = mapStmt(old, operand);
      if (s.kind === 'store' && s.addr.kind === 'slot') {
        const p = objects.get(s.addr.slot)?.get(s.addr.off + s.off);
        if (p) out.push({ kind: 'set', local: p.local!, x: converted(s.x, p.type) });
        else out.push(s);
      } else if (s.kind === 'fill' && s.dst.kind === 'slot' && objects.has(s.dst.slot)) {
        for (const [, p] of within(objects, s.dst, s.n)) out.push({ kind: 'set', local: p.local!, x: zeroOf(p.type) });
      } else if (s.kind === 'copy' && copies(out, objects, s)) {
        // written
      } else if (s.kind !== 'vardef' || !objects.has(s.slot)) out.push(s);
    }
    b.stmts = out;
    b.term = mapTerm(b.term!, operand);
  }
}

function within(objects: ReadonlyMap<Slot, Pieces>, x: Expr & { kind: 'slot' }, n: Expr): [number, Piece][] {
  const end = x.off + ((n as Expr & { kind: 'const' }).value as number);
  return [...objects.get(x.slot)!].filter(([off]) => off >= x.off && off < end).sort((a, b) => a[0] - b[0]);
}

function copies(out: Stmt[], objects: ReadonlyMap<Slot, Pieces>, s: Stmt & { kind: 'copy' }): boolean {
  const { dst, src, n } = s;
  if (dst.kind === 'slot' && objects.has(dst.slot)) {
    for (const [off, p] of within(objects, dst, n)) {
      const q = src.kind === 'slot' ? objects.get(src.slot)?.get(off - dst.off + src.off) : undefined;
      const x = q ? get(q.local!) : load(memOf(p), src, off - dst.off);
      out.push({ kind: 'set', local: p.local!, x: converted(x, p.type) });
    }
    return true;
  }
  if (src.kind !== 'slot' || !objects.has(src.slot)) return false;
  for (const [off, p] of within(objects, src, n))
    out.push({
      kind: 'store',
      mem: memOf(p),
      addr: dst,
      off: off - src.off,
      x: get(p.local!),
      wb: s.wb !== null && p.type === 'ptr',
    });
  return true;
}

/** Its value does not change while it is used several times. */
function steady(x: Expr): boolean {
  return (
    x.kind === 'get' ||
    x.kind === 'addr' ||
    x.kind === 'slot' ||
    (x.kind === 'bin' && steady(x.x) && x.y.kind === 'const')
  );
}

function sizeOf(mem: MemType): number {
  switch (mem) {
    case 'i8':
    case 'u8':
    case 'i8as64':
    case 'u8as64':
      return 1;
    case 'i16':
    case 'u16':
    case 'i16as64':
    case 'u16as64':
      return 2;
    case 'i32':
    case 'f32':
    case 'i32as64':
    case 'u32as64':
      return 4;
    default:
      return 8;
  }
}

/** Type of the local that keeps what has this type in memory. */
function stored(mem: MemType): Scalar {
  return sizeOf(mem) < 8 && mem !== 'f32' ? 'i32' : memType(mem);
}

function memOf(p: Piece): MemType {
  return p.type === 'i32' ? (p.size === 1 ? 'u8' : p.size === 2 ? 'u16' : 'i32') : p.type;
}

function zeroOf(t: Scalar): Expr {
  return { kind: 'const', type: t, value: t === 'i64' ? 0n : 0 };
}

/** The same bits as another type; of a wider one, the lower half. */
function converted(x: Expr, to: Scalar): Expr {
  const from = exprType(x);
  if (from === to) return x;
  if (from === 'f64') return converted(un('i64.reinterpret_f64', x), to);
  if (from === 'f32') return converted(un('i32.reinterpret_f32', x), to);
  if (to === 'f64') return un('f64.reinterpret_i64', converted(x, 'i64'));
  if (to === 'f32') return un('f32.reinterpret_i32', converted(x, 'i32'));
  if (to === 'i64') return un('i64.extend_i32_u', x);
  return from === 'i64' ? un('i32.wrap_i64', x) : x;
}

/** What a load of this type from the piece gives. */
function loaded(x: Expr, mem: MemType): Expr {
  const low = converted(x, 'i32');
  switch (mem) {
    case 'u8':
      return { kind: 'bin', op: 'i32.and', x: low, y: i32(255) };
    case 'u16':
      return { kind: 'bin', op: 'i32.and', x: low, y: i32(0xffff) };
    case 'i8':
      return un('i32.extend8_s', low);
    case 'i16':
      return un('i32.extend16_s', low);
    case 'u8as64':
      return { kind: 'bin', op: 'i64.and', x: un('i64.extend_i32_u', low), y: i64(255) };
    case 'u16as64':
      return { kind: 'bin', op: 'i64.and', x: un('i64.extend_i32_u', low), y: i64(0xffff) };
    case 'i8as64':
      return un('i64.extend8_s', un('i64.extend_i32_u', low));
    case 'i16as64':
      return un('i64.extend16_s', un('i64.extend_i32_u', low));
    case 'i32as64':
      return un('i64.extend_i32_s', low);
    case 'u32as64':
      return un('i64.extend_i32_u', low);
    default:
      return converted(x, memType(mem));
  }
}
