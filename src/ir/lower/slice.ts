// Slice expressions of strings, arrays and slices.
//
// Guarantees: the checks and their order are gc's, so are the panics; a result of capacity 0 (length 0 of strings) keeps
// the base pointer, so that no pointer ever points past its object.
// Source: Go specification, "Slice expressions".

import type { SliceExpr } from '../../syntax/nodes.ts';
import { under } from '../../types/under.ts';
import { bin, type Expr, i64 } from '../ir.ts';
import { access } from './access.ts';
import { addrExpr, type Builder } from './builder.ts';
import { expr } from './expr.ts';
import { type Index, indexValue, scaled } from './index.ts';
import { layoutOf } from './layout.ts';
import { isString } from './numeric.ts';
import type { FuncState } from './state.ts';

export function sliceExpr(f: FuncState, e: SliceExpr): Expr[] {
  const b = f.b;
  const u = f.underOf(e.x);
  let ptr: Expr;
  let len: Expr;
  let cap: Expr;
  let size = 1;
  let isSlice = false;
  if (u.tag === 'Slice') {
    const s = expr(f, e.x);
    ptr = b.hold(s[0]!, 'ptr');
    len = e.high ? i64(0) : b.hold(s[1]!);
    cap = b.hold(s[2]!);
    size = layoutOf(u.elem).size;
    isSlice = true;
  } else if (isString(u)) {
    const s = expr(f, e.x);
    ptr = b.hold(s[0]!, 'ptr');
    len = cap = b.hold(s[1]!);
  } else {
    let n: number;
    if (u.tag === 'Pointer') {
      const arr = under(u.elem);
      if (arr.tag !== 'Array') throw new Error('slice of a pointer');
      ptr = b.hold(expr(f, e.x)[0]!, 'ptr');
      b.pos = e.lbrack;
      b.nilCheck(ptr);
      size = layoutOf(arr.elem).size;
      n = arr.len;
    } else {
      if (u.tag !== 'Array') throw new Error(`slice of a ${u.tag}`);
      const a = access(f, e.x);
      if (a.kind !== 'mem') throw new Error(`slice of an array in locals at ${f.where(e.pos)}`);
      ptr = b.hold(addrExpr(a.addr), 'ptr');
      size = layoutOf(u.elem).size;
      n = u.len;
    }
    len = cap = i64(n);
  }
  const low = e.low ? indexValue(f, e.low) : null;
  const high = e.high ? indexValue(f, e.high) : null;
  const max = e.max ? indexValue(f, e.max) : null;
  b.pos = e.lbrack;
  let top: Expr = cap;
  if (max) {
    check(b, max, cap, isSlice ? 'goPanicSlice3Acap' : 'goPanicSlice3Alen');
    top = max.value;
  }
  let end: Expr = len;
  if (high) {
    check(b, high, top, max ? 'goPanicSlice3B' : isSlice ? 'goPanicSliceAcap' : 'goPanicSliceAlen');
    end = high.value;
  }
  if (low) check(b, low, end, max ? 'goPanicSlice3C' : 'goPanicSliceB');
  const from = low && !(low.value.kind === 'const' && Number(low.value.value) === 0) ? low.value : null;
  const newLen = from ? minus(end, from) : end;
  if (isString(u)) return [from ? advance(b, ptr, from, newLen, 1) : ptr, newLen];
  const newCap = from ? minus(top, from) : top;
  return [from ? advance(b, ptr, from, newCap, size) : ptr, newLen, newCap];
}

function check(b: Builder, i: Index, limit: Expr, name: string): void {
  if (i.value.kind === 'const' && Number(i.value.value) === 0) return;
  if (
    i.value.kind === 'const' &&
    limit.kind === 'const' &&
    BigInt.asUintN(64, BigInt(i.value.value)) <= BigInt(limit.value)
  )
    return;
  b.check('slice', bin('i64.gt_u', i.value, limit), i.signed ? name : `${name}U`, [i.value, limit]);
}

function minus(x: Expr, y: Expr): Expr {
  if (x.kind === 'const' && y.kind === 'const') return i64(BigInt(x.value) - BigInt(y.value));
  return bin('i64.sub', x, y);
}

/** ptr advanced by i elements, or ptr itself if nothing is left there. */
function advance(b: Builder, ptr: Expr, i: Expr, left: Expr, size: number): Expr {
  const moved = bin('i32.add', ptr, scaled(i, size));
  if (left.kind === 'const') return Number(left.value) === 0 ? ptr : moved;
  return b.hold({ kind: 'select', cond: bin('i64.ne', left, i64(0)), x: moved, y: ptr }, 'ptr');
}
