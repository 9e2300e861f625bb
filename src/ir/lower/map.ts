// Maps: reading, and the variants of the runtime's functions for common key types.
//
// Source: Go specification, "Index expressions"; the choice of variant is gc's (the map implementation is Go's own).

import type { Expr as Ast, IndexExpr } from '../../syntax/nodes.ts';
import type { MapT, Type } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { type Expr, i32, i64, nil, un } from '../ir.ts';
import type { Access } from './access.ts';
import { type Addr, type Builder, heapAddr, zeroMemory } from './builder.ts';
import { brieflyUsed, expr, exprAs } from './expr.ts';
import { layoutOf } from './layout.ts';
import { emptyGroup, groupSlots, mapGroup, mapHeader } from './mapmemory.ts';
import { isString } from './numeric.ts';
import type { FuncState } from './state.ts';

type Variant = '' | '_fast32' | '_fast64' | '_fast64ptr' | '_faststr';

/** Elements larger than this are stored indirectly, and the fast variants do not know them. */
const maxFastElem = 128;
/** Size of the zero value that lookups of absent keys may point to. */
const maxZeroElem = 1024;

function variant(t: MapT): Variant {
  if (layoutOf(t.elem).size > maxFastElem) return '';
  if (isString(t.key)) return '_faststr';
  const key = layoutOf(t.key);
  if (key.parts?.length !== 1) return '';
  const p = key.parts[0]!;
  if (p.mem === 'i32' && key.size === 4) return '_fast32';
  if (p.mem === 'i64' && key.size === 8) return '_fast64';
  if (p.mem === 'ptr' && key.size === 8) return '_fast64ptr';
  return '';
}

function keyArgs(b: Builder, t: MapT, v: Variant, key: readonly Expr[], forAssign: boolean): Expr[] {
  if (v === '') return [layoutOf(t.key).parts ? b.toMemory(t.key, key) : key[0]!];
  if (v === '_fast64ptr' && !forAssign) return [un('i64.extend_i32_u', key[0]!)];
  return [...key];
}

const readVariant = (v: Variant): string => (v === '_fast64ptr' ? '_fast64' : v);

const desc = (b: Builder, t: Type): Expr => ({ kind: 'addr', sym: b.ctx.typeDesc(t), off: 0 });

export function mapType(f: FuncState, m: Ast): { type: Type; u: MapT } {
  const type = f.typeOf(m);
  const u = under(type);
  if (u.tag !== 'Map') throw new Error('no map');
  return { type, u };
}

/** m[k] as a value (of small elements, as it is now) or as memory to be read. */
export function mapRead(f: FuncState, e: IndexExpr): Access {
  const { type, u } = mapType(f, e.x);
  const m = expr(f, e.x)[0]!;
  const key = lookupKey(f, e, u);
  f.b.pos = e.lbrack;
  const p = lookup(f.b, type, u, m, key);
  const addr = heapAddr(p);
  if (layoutOf(u.elem).parts) return { kind: 'value', type: u.elem, value: f.b.holdAll(f.b.load(u.elem, addr)) };
  return { kind: 'mem', type: u.elem, addr, own: false };
}

/** A key that is looked for but not kept. */
function lookupKey(f: FuncState, e: IndexExpr, u: MapT): Expr[] {
  const k = e.indices[0]!;
  return isString(u.key) && isString(f.typeOf(k)) ? brieflyUsed(f, k) : exprAs(f, k, u.key);
}

/** Address of the element for key in m, or of a zero value. */
export function lookup(b: Builder, type: Type, u: MapT, m: Expr, key: readonly Expr[]): Expr {
  const v = variant(u);
  const args = [desc(b, type), m, ...keyArgs(b, u, v, key, false)];
  const { size } = layoutOf(u.elem);
  if (size > maxZeroElem)
    return b.runtime('mapaccess1_fat', [...args, { kind: 'addr', sym: zeroMemory(b.ctx, size), off: 0 }])[0]!;
  return b.runtime(`mapaccess1${readVariant(v)}`, args)[0]!;
}

/** v, ok := m[k]: the value (scalars as they are now, or the address of memory to be read at once) and ok. */
export function mapReadOk(f: FuncState, e: IndexExpr, wanted: boolean): { value: Expr[]; ok: Expr } {
  const { type, u } = mapType(f, e.x);
  const m = expr(f, e.x)[0]!;
  const key = lookupKey(f, e, u);
  const b = f.b;
  b.pos = e.lbrack;
  const v = variant(u);
  const args = [desc(b, type), m, ...keyArgs(b, u, v, key, false)];
  const { size } = layoutOf(u.elem);
  const [p, ok] = (
    size > maxZeroElem
      ? b.runtime('mapaccess2_fat', [...args, { kind: 'addr', sym: zeroMemory(b.ctx, size), off: 0 }])
      : b.runtime(`mapaccess2${readVariant(v)}`, args)
  ) as [Expr, Expr];
  if (!wanted) return { value: [], ok };
  const value = b.load(u.elem, heapAddr(p));
  return { value: layoutOf(u.elem).parts ? b.holdAll(value) : value, ok };
}

/** Address of the element for key in m, made if there is none. */
export function mapAssign(b: Builder, type: Type, m: Expr, key: readonly Expr[]): Expr {
  const u = under(type) as MapT;
  const v = variant(u);
  return b.runtime(`mapassign${v}`, [desc(b, type), m, ...keyArgs(b, u, v, key, true)])[0]!;
}

export function mapDelete(b: Builder, type: Type, m: Expr, key: readonly Expr[]): void {
  const u = under(type) as MapT;
  const v = variant(u);
  b.runtime(`mapdelete${readVariant(v)}`, [desc(b, type), m, ...keyArgs(b, u, v, key, false)]);
}

/** len(m) */
export function mapLen(b: Builder, m: Expr): Expr {
  // internal/runtime/maps.Map begins with the number of entries
  const p = b.hold(m, 'ptr');
  const n = b.temp('i64');
  b.set(n, i64(0));
  b.when(p, () => b.set(n, { kind: 'load', mem: 'i64', addr: p, off: 0 }));
  return { kind: 'get', local: n };
}

/** make(map[K]V, hint), by expression e. A small map that does not outlive the frame is in it, with its only group. */
export function makeMap(f: FuncState, e: Ast, type: Type, hint: Expr | null): Expr {
  const { b } = f;
  const small = !hint || (hint.kind === 'const' && Number(hint.value) <= groupSlots);
  if (!small) return b.runtime('makemap', [desc(b, type), hint, nil])[0]!;
  if (f.analysis?.sitePlace(e) !== 'frame') return b.runtime('makemap_small', [])[0]!;
  const group = b.newSlot(mapGroup(under(type) as MapT), '');
  const header = b.rawSlot(mapHeader.size, [mapHeader.dirPtr], '');
  for (const slot of [group, header]) {
    b.vardef(slot);
    b.emit({ kind: 'fill', dst: { kind: 'slot', slot, off: 0 }, byte: i32(0), n: i32(slot.size) });
  }
  const at: Addr = { base: { kind: 'slot', slot: header, off: 0 }, off: 0, heap: false };
  b.storeScalar('i64', { base: { kind: 'slot', slot: group, off: 0 }, off: 0, heap: false }, 0, i64(emptyGroup));
  b.storeScalar('ptr', at, mapHeader.dirPtr, { kind: 'slot', slot: group, off: 0 });
  b.storeScalar('i64', at, mapHeader.seed, b.runtime('rand', [])[0]!);
  return at.base;
}
