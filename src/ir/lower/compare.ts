// Comparison of values of one type.
//
// Guarantees: structs and arrays are compared in source order up to the first difference, so that a panic for
// uncomparable dynamic types comes only when it is reached; blank fields do not count.
// Source: Go specification, "Comparison operators".

import { T, type Token } from '../../syntax/token.ts';
import type { Type } from '../../types/types.ts';
import { typeSet } from '../../types/typeset.ts';
import { under } from '../../types/under.ts';
import { bin, type Expr, get, i32, i64, un } from '../ir.ts';
import type { Builder } from './builder.ts';
import { flatten, layoutOf } from './layout.ts';
import { isString, numKind, op } from './numeric.ts';
import { not } from './ops.ts';

/** One step of a comparison: an expression, or calls to be made only if all before it holds. */
type Step = Expr | (() => Expr);

/** x tok y for operands of type t. */
export function compare(b: Builder, tok: Token, t: Type, x: readonly Expr[], y: readonly Expr[]): Expr {
  if (tok === T.EQL) return equal(b, t, x, y);
  if (tok === T.NEQ) return not(equal(b, t, x, y));
  const name = tok === T.LSS ? 'lt' : tok === T.LEQ ? 'le' : tok === T.GTR ? 'gt' : 'ge';
  if (isString(t)) {
    const r = b.runtime('cmpstring', [...x, ...y])[0]!;
    return bin(op('i64', `${name}_s`), r, i64(0));
  }
  const k = numKind(t)!;
  return bin(op(k.scalar, k.class === 'float' ? name : k.signed ? `${name}_s` : `${name}_u`), x[0]!, y[0]!);
}

export function equal(b: Builder, t: Type, x: readonly Expr[], y: readonly Expr[]): Expr {
  const probe: Step[] = [];
  steps(b, t, x, y, probe);
  if (probe.every((s) => typeof s !== 'function')) return conjunction(probe as Expr[]);
  // values are used at different times
  const out: Step[] = [];
  steps(b, t, b.holdAll(x), b.holdAll(y), out);
  return runSteps(b, out);
}

function conjunction(xs: readonly Expr[]): Expr {
  if (xs.length === 0) return i32(1);
  return xs.reduce((a, c) => bin('i32.and', a, c));
}

function runSteps(b: Builder, all: readonly Step[]): Expr {
  if (!b.live) return i32(0);
  const r = b.temp('i32');
  const done = b.newBlock();
  b.set(r, i32(0));
  let cheap: Expr[] = [];
  for (let i = 0; i < all.length; i++) {
    const s = all[i]!;
    if (typeof s !== 'function') {
      cheap.push(s);
      continue;
    }
    if (cheap.length > 0) test(conjunction(cheap));
    cheap = [];
    const c = s();
    if (i === all.length - 1) {
      b.set(r, c);
      b.enter(done);
      return get(r);
    }
    test(c);
  }
  b.set(r, conjunction(cheap));
  b.enter(done);
  return get(r);

  function test(cond: Expr): void {
    const next = b.newBlock();
    b.branch(cond, next, done);
    b.enter(next);
  }
}

function steps(b: Builder, t: Type, x: readonly Expr[], y: readonly Expr[], out: Step[]): void {
  const u = under(t);
  const l = layoutOf(t);
  if (!l.parts) {
    out.push(() => memoryEqual(b, t, x[0]!, y[0]!));
    return;
  }
  switch (u.tag) {
    case 'Basic': {
      if (isString(u)) {
        stringSteps(b, x, y, out);
        return;
      }
      const k = numKind(u);
      if (!k) out.push(bin('i32.eq', x[0]!, y[0]!));
      else for (let i = 0; i < x.length; i++) out.push(bin(op(k.scalar, 'eq'), x[i]!, y[i]!));
      return;
    }
    case 'Interface': {
      out.push(bin('i32.eq', x[0]!, y[0]!));
      const fn = isEmptyInterface(u) ? 'efaceeq' : 'ifaceeq';
      out.push(() => b.runtime(fn, [x[0]!, x[1]!, y[1]!])[0]!);
      return;
    }
    case 'Struct': {
      let i = 0;
      for (const f of u.fields) {
        const n = flatten(f.type!).length;
        if (f.name !== '_') steps(b, f.type!, x.slice(i, i + n), y.slice(i, i + n), out);
        i += n;
      }
      return;
    }
    case 'Array':
      if (u.len > 0 && l.size > 0) steps(b, u.elem, x, y, out);
      return;
    default:
      out.push(bin('i32.eq', x[0]!, y[0]!));
  }
}

function stringSteps(b: Builder, x: readonly Expr[], y: readonly Expr[], out: Step[]): void {
  const [p, n] = x as [Expr, Expr];
  const [q, m] = y as [Expr, Expr];
  out.push(n.kind === 'const' && m.kind !== 'const' ? bin('i64.eq', m, n) : bin('i64.eq', n, m));
  const known = n.kind === 'const' ? n : m.kind === 'const' ? m : null;
  if (known && Number(known.value) === 0) return;
  if (known && Number(known.value) === 1) {
    out.push(() =>
      bin('i32.eq', { kind: 'load', mem: 'u8', addr: p, off: 0 }, { kind: 'load', mem: 'u8', addr: q, off: 0 }),
    );
    return;
  }
  out.push(() => b.runtime('memequal', [p, q, known ?? n])[0]!);
}

function memoryEqual(b: Builder, t: Type, x: Expr, y: Expr): Expr {
  const fn = b.ctx.eqFunc(t);
  if (fn) return b.call(fn, [x, y], ['i32'])[0]!;
  return b.runtime('memequal', [x, y, i64(layoutOf(t).size)])[0]!;
}

/** Is the value (of a pointer-like, slice or interface type) nil? */
export function isNil(x: readonly Expr[]): Expr {
  return un('i32.eqz', x[0]!);
}

export function isEmptyInterface(t: Type): boolean {
  const u = under(t);
  return u.tag === 'Interface' && typeSet(u).methods.length === 0;
}
