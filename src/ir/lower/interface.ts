// Interface values: putting a value into one, changing the interface, and taking it out again (type assertions).
//
// Guarantees: a data word holds pointer-shaped values themselves and the address of an immutable copy of all others.
// The type word of a nil itab reads as nil: address 8 is never written (docs/ABI.md).
// Source: Go specification, "Type assertions"; R. Cox, "Go Data Structures: Interfaces".

import type { Expr as Ast } from '../../syntax/nodes.ts';
import { identical } from '../../types/predicates.ts';
import type { Type } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { bin, type Expr, get, i32, nil, un } from '../ir.ts';
import { type Addr, addrExpr, heapAddr } from './builder.ts';
import { isEmptyInterface } from './compare.ts';
import { putScalars } from './composite.ts';
import type { ProgramContext } from './context.ts';
import { hasPointers, inMemory, isDirectIface, layoutOf } from './layout.ts';
import type { FuncState } from './state.ts';
import { boxIn } from './storage.ts';

/** The type word of an interface value of type `iface`: the dynamic type's descriptor, or nil. */
export function typeWord(iface: Type, tab: Expr): Expr {
  return isEmptyInterface(iface) ? tab : { kind: 'load', mem: 'ptr', addr: tab, off: 8 };
}

/** The concrete value, that of e, as an interface of type `to`. */
export function toInterface(f: FuncState, value: readonly Expr[], from: Type, to: Type, e: Ast | null): Expr[] {
  const ctx = f.ctx;
  ctx.usedInInterface(from);
  const tab: Expr = { kind: 'addr', sym: isEmptyInterface(to) ? ctx.typeDesc(from) : ctx.itab(to, from), off: 0 };
  return [tab, dataWord(f, value, from, e)];
}

function dataWord(f: FuncState, value: readonly Expr[], t: Type, e: Ast | null): Expr {
  const b = f.b;
  if (isDirectIface(t)) return value[0]!;
  const l = layoutOf(t);
  if (l.size === 0) return { kind: 'addr', sym: f.ctx.zerobase(), off: 0 };
  const fixed = staticCopy(f.ctx, t, value);
  if (fixed) return fixed;
  const place = (e && f.analysis?.boxPlace(e)) ?? 'heap';
  if (place === 'heap' || l.size === 1) return heapBox(f, value, t);
  const held = l.parts ? b.holdAll(value) : value;
  return boxIn(f, place, t, held, () => heapBox(f, held, t));
}

function heapBox(f: FuncState, value: readonly Expr[], t: Type): Expr {
  const { b } = f;
  const l = layoutOf(t);
  if (l.parts && l.parts.length === 1) {
    const x = value[0]!;
    switch (l.parts[0]!.mem) {
      case 'u8':
      case 'i8': {
        const table: Expr = { kind: 'addr', sym: byteTable(f.ctx), off: 0 };
        const index = l.parts[0]!.mem === 'u8' ? x : bin('i32.and', x, i32(255));
        const p = b.temp('ptr');
        b.set(p, bin('i32.add', table, bin('i32.shl', index, i32(3))));
        return get(p);
      }
      case 'u16':
        return b.runtime('convT16', [x])[0]!;
      case 'i16':
        return b.runtime('convT16', [bin('i32.and', x, i32(0xffff))])[0]!;
      case 'i32':
        return b.runtime('convT32', [x])[0]!;
      case 'i64':
        return b.runtime('convT64', [x])[0]!;
      default:
        break;
    }
  } else if (under(t).tag === 'Basic' && l.scalars[0] === 'ptr') return b.runtime('convTstring', value)[0]!;
  else if (under(t).tag === 'Slice') return b.runtime('convTslice', value)[0]!;
  const held = l.parts ? b.holdAll(value) : value;
  const p = b.newObject(t);
  b.store(t, { base: p, off: 0, heap: l.parts === null || hasPointers(t) }, held);
  return p;
}

const byteTables = new WeakMap<ProgramContext, ReturnType<ProgramContext['data']>>();

/** The 256 values of a byte, 8 bytes each, that interfaces of one-byte types point to. */
function byteTable(ctx: ProgramContext): ReturnType<ProgramContext['data']> {
  let sym = byteTables.get(ctx);
  if (!sym) {
    const bytes = new Uint8Array(256 * 8);
    for (let i = 0; i < 256; i++) bytes[8 * i] = i;
    sym = ctx.data('runtime.bytes', bytes.length, 8, bytes);
    byteTables.set(ctx, sym);
  }
  return sym;
}

const constCopies = new WeakMap<ProgramContext, Map<string, Expr>>();

/** Read-only memory holding a value whose scalars are all constants; null if they are not. */
export function staticCopy(ctx: ProgramContext, t: Type, value: readonly Expr[]): Expr | null {
  const l = layoutOf(t);
  if (!l.parts) return null;
  for (const x of value) if (x.kind !== 'const' && x.kind !== 'addr') return null;
  let copies = constCopies.get(ctx);
  if (!copies) {
    copies = new Map();
    constCopies.set(ctx, copies);
  }
  let key = `${l.size}`;
  value.forEach((x, i) => {
    const { off, mem } = l.parts![i]!;
    if (x.kind === 'addr') key += `:${off}@${x.sym.name}+${x.off}`;
    else if (x.kind === 'const') key += `:${off}${mem}${Object.is(x.value, -0) ? '-0' : x.value}`;
  });
  let known = copies.get(key);
  if (!known) {
    const bytes = new Uint8Array(Math.max(8, (l.size + 7) & ~7));
    const sym = ctx.data(`const.${copies.size}`, bytes.length, 8, bytes);
    putScalars(t, value, sym, bytes, 0);
    known = { kind: 'addr', sym, off: 0 };
    copies.set(key, known);
  }
  return known;
}

/** An interface value as one of another interface type that it implements. */
export function convertInterface(f: FuncState, value: readonly Expr[], from: Type, to: Type): Expr[] {
  if (identical(from, to)) return [...value];
  const b = f.b;
  if (isEmptyInterface(to)) {
    if (isEmptyInterface(from)) return [...value];
    return [typeWord(from, b.hold(value[0]!, 'ptr')), value[1]!];
  }
  const data = b.hold(value[1]!, 'ptr');
  const typ = b.hold(typeWord(from, b.hold(value[0]!, 'ptr')), 'ptr');
  const tab = b.temp('ptr');
  b.set(tab, nil);
  f.ctx.typeDesc(to);
  b.when(typ, () => b.set(tab, b.runtime('assertE2I', [descriptor(f, to), typ])[0]!));
  return [get(tab), data];
}

const descriptor = (f: FuncState, t: Type): Expr => ({ kind: 'addr', sym: f.ctx.typeDesc(t), off: 0 });

/** Is the dynamic type of an interface of type `from` exactly the concrete type t? */
export function isType(f: FuncState, from: Type, tab: Expr, t: Type): Expr {
  return bin('i32.eq', typeWord(from, tab), descriptor(f, t));
}

/** The concrete value of type t in a data word. */
export function fromDataWord(f: FuncState, t: Type, data: Expr): Expr[] {
  if (isDirectIface(t)) return [data];
  const l = layoutOf(t);
  if (l.size === 0) return f.b.zero(t);
  return f.b.load(t, heapAddr(f.b.hold(data, 'ptr')));
}

/** x.(to), which panics if x does not hold that type. */
export function assertType(f: FuncState, value: readonly Expr[], from: Type, to: Type): Expr[] {
  const b = f.b;
  const tab = b.hold(value[0]!, 'ptr');
  const data = b.hold(value[1]!, 'ptr');
  if (under(to).tag !== 'Interface') {
    const panic = isEmptyInterface(from) ? 'panicdottypeE' : 'panicdottypeI';
    const wrong = un('i32.eqz', isType(f, from, tab, to));
    b.check(
      'other',
      wrong.kind === 'un' && wrong.x.kind === 'bin' ? bin('i32.ne', wrong.x.x, wrong.x.y) : wrong,
      panic,
      [tab, descriptor(f, to), descriptor(f, from)],
    );
    return fromDataWord(f, to, data);
  }
  const typ = b.hold(typeWord(from, tab), 'ptr');
  if (isEmptyInterface(to)) {
    b.check('other', un('i32.eqz', typ), 'panicnildottype', [descriptor(f, to)]);
    return [typ, data];
  }
  return [b.runtime('assertE2I', [descriptor(f, to), typ])[0]!, data];
}

/** v, ok := x.(to): the value (in locals or temporary memory, zero if not ok) and ok. */
export function assertTypeOk(
  f: FuncState,
  value: readonly Expr[],
  from: Type,
  to: Type,
  wanted = true,
): { value: Expr[]; ok: Expr } {
  const b = f.b;
  const tab = b.hold(value[0]!, 'ptr');
  const data = b.hold(value[1]!, 'ptr');
  if (under(to).tag === 'Interface') {
    const typ = b.hold(typeWord(from, tab), 'ptr');
    if (isEmptyInterface(to)) {
      const d: Expr = { kind: 'select', cond: typ, x: data, y: nil };
      return { value: [typ, b.hold(d, 'ptr')], ok: bin('i32.ne', typ, nil) };
    }
    const itab = b.temp('ptr');
    b.set(itab, nil);
    b.when(typ, () => b.set(itab, b.runtime('assertE2I2', [descriptor(f, to), typ])[0]!));
    const d: Expr = { kind: 'select', cond: get(itab), x: data, y: nil };
    return { value: [get(itab), b.hold(d, 'ptr')], ok: bin('i32.ne', get(itab), nil) };
  }
  const ok = b.hold(isType(f, from, tab, to), 'i32');
  if (!wanted) return { value: [], ok };
  if (isDirectIface(to)) return { value: [b.hold({ kind: 'select', cond: ok, x: data, y: nil }, 'ptr')], ok };
  if (inMemory(to)) {
    const slot: Addr = b.tempSlot(to);
    b.either(
      ok,
      () => b.copy(to, slot, data),
      () => b.clear(to, slot),
    );
    return { value: [addrExpr(slot)], ok };
  }
  const out = b.temps(layoutOf(to).scalars);
  b.setAll(out, b.zero(to));
  b.when(ok, () => b.setAll(out, fromDataWord(f, to, data)));
  return { value: out.map(get), ok };
}
