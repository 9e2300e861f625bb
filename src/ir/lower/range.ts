// For statements with a range clause, but for those over functions (rangefunc.ts).
//
// Guarantees: the range expression is evaluated once, an array with its elements only if they are used; the variables are
// new in each iteration from Go 1.22 on.
// Source: Go specification, "For statements with range clause".

import type { Expr as Ast, RangeStmt } from '../../syntax/nodes.ts';
import { T } from '../../syntax/token.ts';
import { Kind, Mode, type Type, type TypeAndValue, type Var } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { Typ } from '../../types/universe.ts';
import { type Block, bin, type Expr, get, i32, i64, type Local, nil, un } from '../ir.ts';
import { isBlank, storeTo, target } from './assign.ts';
import { type Addr, addrExpr, heapAddr } from './builder.ts';
import { assignConv } from './convert.ts';
import { expr, exprCopy, exprFrozen, unparen } from './expr.ts';
import { elementAddr } from './index.ts';
import { inMemory, layoutOf } from './layout.ts';
import { isString, numKind, op } from './numeric.ts';
import { rangeFunc } from './rangefunc.ts';
import type { FuncState } from './state.ts';
import { block, withTarget } from './stmt.ts';
import { storageOf } from './storage.ts';

const int: Type = Typ[Kind.Int]!;
const rune: Type = Typ[Kind.Int32]!;

/** Size of an iterator over a map, and its pointers: internal/runtime/maps.Iter. */
const mapIter = { size: 96, ptrs: [0, 8, 16, 24, 72, 80] };

export function rangeStmt(f: FuncState, s: RangeStmt): void {
  const u = f.underOf(s.x);
  switch (u.tag) {
    case 'Signature':
      rangeFunc(f, s, u);
      return;
    case 'Map':
      rangeMap(f, s, u.key, u.elem);
      return;
    case 'Chan':
      rangeChan(f, s, u.elem);
      return;
    case 'Slice': {
      const v = exprFrozen(f, convertedString(f, s.x) ?? s.x);
      rangeElements(f, s, u.elem, heapAddr(v[0]!), v[1]!);
      return;
    }
    case 'Array':
      rangeArray(f, s, u.elem, u.len);
      return;
    case 'Pointer': {
      const a = under(u.elem);
      if (a.tag !== 'Array') break;
      const p = exprFrozen(f, s.x)[0]!;
      if (wanted(s.value)) {
        f.b.pos = s.x.pos;
        if (a.len > 0) f.b.nilCheck(p);
      }
      rangeElements(f, s, a.elem, heapAddr(p), i64(a.len));
      return;
    }
    default:
      if (isString(u)) rangeString(f, s);
      else rangeInt(f, s);
      return;
  }
  throw new Error(`range over a ${u.tag}`);
}

/** s of []byte(s): a loop over it needs no copy, as nobody else sees that. */
function convertedString(f: FuncState, x: Ast): Ast | null {
  const e = unparen(x);
  if (e.kind !== 'CallExpr' || (e.fun.tv as TypeAndValue).mode !== Mode.TypExpr) return null;
  const u = f.underOf(e);
  const elem = u.tag === 'Slice' ? under(u.elem) : null;
  const arg = e.args[0]!;
  return elem?.tag === 'Basic' && elem.kind === Kind.Uint8 && isString(f.underOf(arg)) ? arg : null;
}

const wanted = (e: Ast | null): e is Ast => e !== null && !isBlank(e);

/** What an iteration gives to the key or value variable. */
export interface Bound {
  readonly type: Type;
  readonly value: () => Expr[];
}

/** Gives the iteration's key and value to the variables or places of the clause. */
export function bind(f: FuncState, s: RangeStmt, key: Bound | null, value: Bound | null): void {
  const b = f.b;
  const pairs: [Ast, Bound][] = [];
  if (key && wanted(s.key)) pairs.push([s.key, key]);
  if (value && wanted(s.value)) pairs.push([s.value, value]);
  if (s.tok === T.DEFINE) {
    for (const [e, x] of pairs) {
      const v = (e as { obj: unknown }).obj as Var;
      const known = f.vars.get(v);
      const converted = assignConv(f, x.value(), x.type, f.typeOfVar(v));
      b.pos = e.pos;
      if (!f.perIterationVars && known) f.write(known, converted);
      else f.declare(v, converted);
    }
    return;
  }
  const targets = pairs.map(([e]) => target(f, e, pairs.length > 1));
  pairs.forEach(([, x], i) => {
    storeTo(f, targets[i]!, assignConv(f, x.value(), x.type, targets[i]!.type!));
  });
}

/** Variables shared by all iterations are made before the loop. */
function declareShared(f: FuncState, s: RangeStmt): void {
  if (f.perIterationVars || s.tok !== T.DEFINE) return;
  for (const e of [s.key, s.value]) if (wanted(e)) f.declare((e as { obj: unknown }).obj as Var, null);
}

/** A loop: `head` decides, `body` begins each iteration, `step` goes before the next. */
function loop(
  f: FuncState,
  s: RangeStmt,
  head: (body: Block, after: Block) => void,
  begin: () => void,
  step: () => void,
): void {
  const b = f.b;
  declareShared(f, s);
  const top = b.newBlock();
  const body = b.newBlock();
  const next = b.newBlock();
  const after = b.newBlock();
  b.enter(top);
  head(body, after);
  b.resume(body);
  begin();
  withTarget(f, s, { brk: after, cont: next }, () => block(f, s.body));
  b.resume(next);
  b.pos = s.pos;
  step();
  b.jump(top);
  b.resume(after);
}

/** The local to count in: the key variable itself if nobody can tell. */
function counter(f: FuncState, s: RangeStmt, type: Type, scalar: 'i32' | 'i64'): { local: Local; isKey: boolean } {
  const e = s.key;
  if (wanted(e) && s.tok === T.DEFINE) {
    const v = (e as { obj: unknown }).obj as Var;
    if (!v.reassigned && f.typeOfVar(v) === type && storageOf(f, v, type) === 'reg') {
      const local = f.b.temp(scalar, v.name);
      f.vars.set(v, { kind: 'reg', type, locals: [local] });
      return { local, isKey: true };
    }
  }
  return { local: f.b.temp(scalar), isKey: false };
}

const intKey = (c: Local): Bound => ({ type: int, value: () => [get(c)] });

function rangeInt(f: FuncState, s: RangeStmt): void {
  const b = f.b;
  const type = f.typeOf(s.x);
  const k = numKind(type)!;
  const n = exprFrozen(f, s.x)[0]!;
  const c = counter(f, s, type, k.scalar as 'i32' | 'i64');
  const zero = k.scalar === 'i64' ? i64(0) : i32(0);
  b.set(c.local, zero);
  loop(
    f,
    s,
    (body, after) => b.branch(bin(op(k.scalar, k.signed ? 'lt_s' : 'lt_u'), get(c.local), n), body, after),
    () => {
      if (!c.isKey) bind(f, s, { type, value: () => [get(c.local)] }, null);
    },
    () => b.set(c.local, bin(op(k.scalar, 'add'), get(c.local), k.scalar === 'i64' ? i64(1) : i32(1))),
  );
}

function rangeElements(f: FuncState, s: RangeStmt, elem: Type, base: Addr, n: Expr): void {
  const b = f.b;
  const c = counter(f, s, int, 'i64');
  b.set(c.local, i64(0));
  loop(
    f,
    s,
    (body, after) => b.branch(bin('i64.lt_s', get(c.local), n), body, after),
    () => {
      bind(f, s, c.isKey ? null : intKey(c.local), {
        type: elem,
        value: () => b.load(elem, elementAddr(base, get(c.local), layoutOf(elem).size)),
      });
    },
    () => b.set(c.local, bin('i64.add', get(c.local), i64(1))),
  );
}

function rangeArray(f: FuncState, s: RangeStmt, elem: Type, len: number): void {
  const b = f.b;
  const t = f.typeOf(s.x);
  if (!wanted(s.value)) {
    expr(f, s.x);
    rangeElements(f, s, elem, heapAddr(nil), i64(len));
    return;
  }
  if (inMemory(t)) {
    const p = exprCopy(f, s.x, t)[0]!;
    rangeElements(f, s, elem, heapAddr(p), i64(len));
    return;
  }
  const v = b.freezeAll(expr(f, s.x));
  const c = counter(f, s, int, 'i64');
  b.set(c.local, i64(0));
  loop(
    f,
    s,
    (body, after) => b.branch(bin('i64.lt_s', get(c.local), i64(len)), body, after),
    () => {
      bind(f, s, c.isKey ? null : intKey(c.local), { type: elem, value: () => (v.length === 0 ? b.zero(elem) : v) });
    },
    () => b.set(c.local, bin('i64.add', get(c.local), i64(1))),
  );
}

function rangeString(f: FuncState, s: RangeStmt): void {
  const b = f.b;
  const str = exprFrozen(f, s.x);
  const c = counter(f, s, int, 'i64');
  const next = b.temp('i64');
  const r = b.temp('i32');
  b.set(c.local, i64(0));
  loop(
    f,
    s,
    (body, after) => b.branch(bin('i64.lt_s', get(c.local), str[1]!), body, after),
    () => {
      b.set(r, b.loadScalar('u8', elementAddr(heapAddr(str[0]!), get(c.local), 1)));
      b.either(
        bin('i32.lt_u', get(r), i32(0x80)),
        () => b.set(next, bin('i64.add', get(c.local), i64(1))),
        () => {
          const d = b.runtime('decoderune', [...str, get(c.local)]);
          b.set(r, d[0]!);
          b.set(next, d[1]!);
        },
      );
      bind(f, s, c.isKey ? null : intKey(c.local), { type: rune, value: () => [get(r)] });
    },
    () => b.set(c.local, get(next)),
  );
}

function rangeMap(f: FuncState, s: RangeStmt, key: Type, elem: Type): void {
  const b = f.b;
  const m = expr(f, s.x)[0]!;
  const it = b.rawTempSlot(mapIter.size, mapIter.ptrs);
  b.emit({ kind: 'fill', dst: addrExpr(it), byte: i32(0), n: i32(mapIter.size) });
  b.pos = s.pos;
  b.runtime('mapIterStart', [{ kind: 'addr', sym: f.ctx.typeDesc(f.typeOf(s.x)), off: 0 }, m, addrExpr(it)]);
  loop(
    f,
    s,
    (body, after) => b.branch(un('i32.eqz', b.loadScalar('ptr', it)), after, body),
    () => {
      const k = b.temp('ptr');
      const v = b.temp('ptr');
      b.set(k, b.loadScalar('ptr', it));
      if (wanted(s.value)) b.set(v, b.loadScalar('ptr', it, 8));
      bind(
        f,
        s,
        { type: key, value: () => b.load(key, heapAddr(get(k))) },
        { type: elem, value: () => b.load(elem, heapAddr(get(v))) },
      );
    },
    () => b.runtime('mapIterNext', [addrExpr(it)]),
  );
}

function rangeChan(f: FuncState, s: RangeStmt, elem: Type): void {
  const b = f.b;
  const c = exprFrozen(f, s.x)[0]!;
  const slot = b.tempSlot(elem);
  loop(
    f,
    s,
    (body, after) => {
      b.pos = s.x.pos;
      if (slot.base.kind === 'slot') b.vardef(slot.base.slot);
      const ok = b.runtime('chanrecv2', [c, wanted(s.key) ? addrExpr(slot) : nil])[0]!;
      b.branch(ok, body, after);
    },
    () => bind(f, s, { type: elem, value: () => b.load(elem, slot) }, null),
    () => {},
  );
}
