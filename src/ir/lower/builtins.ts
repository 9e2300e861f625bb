// Calls of the predeclared functions and of those of package unsafe.
//
// append and copy are in append.ts, print in print.ts.
// Source: Go specification, "Built-in functions", "Package unsafe".

import type { Expr as Ast, CallExpr, SelectorExpr } from '../../syntax/nodes.ts';
import { T } from '../../syntax/token.ts';
import { alignof } from '../../types/sizes.ts';
import {
  type Builtin,
  Kind,
  Mode,
  type Obj,
  type Selection,
  type Slice,
  type Type,
  type TypeAndValue,
} from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { emptyInterface, Typ } from '../../types/universe.ts';
import { bin, type Expr, i32, i64, un } from '../ir.ts';
import { appendCall, copyValues } from './append.ts';
import { type Builder, pointee } from './builder.ts';
import { type Operand, type Prepared, tupleArgs } from './callee.ts';
import { compare } from './compare.ts';
import { assignConv } from './convert.ts';
import { expr, exprAs, exprCopy, unparen } from './expr.ts';
import { indexValue, scaled } from './index.ts';
import { fieldOffset, hasPointers, inMemory, layoutOf } from './layout.ts';
import { makeMap, mapDelete, mapLen } from './map.ts';
import { isString, numKind, op, toI32 } from './numeric.ts';
import { printValues } from './print.ts';
import type { FuncState } from './state.ts';
import { allocate, allocateArray, leavesHeap } from './storage.ts';

/** The builtin that e's function is. */
export function builtinOf(e: CallExpr): Builtin {
  const fun = unparen(e.fun);
  const id = fun.kind === 'SelectorExpr' ? fun.sel : fun;
  if (id.kind !== 'Ident') throw new Error('no builtin');
  return id.obj as Obj as Builtin;
}

export function builtin(f: FuncState, e: CallExpr): Expr[][] {
  const b = f.b;
  const { id } = builtinOf(e);
  const [x, y] = e.args as [Ast, Ast];
  switch (id) {
    case 'append':
      return [appendCall(f, e)];
    case 'cap':
    case 'len':
      return [[length(f, x, id === 'len')]];
    case 'make':
      return [make(f, e)];
    case 'new':
      return [[newCall(f, e)]];
    case 'min':
    case 'max':
      return [minMax(f, e, id === 'min')];
    case 'complex': {
      const t = f.typeOf(e);
      const part = Typ[numKind(t)!.bits === 32 ? Kind.Float32 : Kind.Float64]!;
      const parts = tupleArgs(f, e)?.map((o) => o.value) ?? [exprAs(f, x, part), exprAs(f, y, part)];
      return [[parts[0]![0]!, parts[1]![0]!]];
    }
    case 'real':
      return [[expr(f, x)[0]!]];
    case 'imag':
      return [[expr(f, x)[1]!]];
    case 'Add': {
      const p = expr(f, x)[0]!;
      const n = indexValue(f, y).value;
      return [[b.hold(bin('i32.add', p, toI32(n)), 'ptr')]];
    }
    case 'Slice':
      return [unsafeSlice(f, e)];
    case 'SliceData':
      return [[expr(f, x)[0]!]];
    case 'String':
      return [unsafeString(f, e)];
    case 'StringData':
      return [[expr(f, x)[0]!]];
    case 'Sizeof':
      return [[i64(layoutOf(f.typeOf(x)).size)]];
    case 'Alignof':
      return [[i64(alignof(f.typeOf(x)))]];
    case 'Offsetof':
      return [[i64(offsetOf(f, unparen(x) as SelectorExpr))]];
    default: {
      const p = prepareBuiltin(f, e);
      b.pos = e.lparen;
      return p.invoke(
        b,
        p.operands.map((o) => o.value),
        null,
      );
    }
  }
}

/** The builtins that can stand in go and defer statements: operands now, effect later. */
export function prepareBuiltin(f: FuncState, e: CallExpr): Prepared {
  const { id } = builtinOf(e);
  const int = Typ[Kind.Int]!;
  const any = emptyInterface;
  const prepared = (
    operands: readonly Operand[],
    results: readonly Type[],
    invoke: (b: Builder, ops: readonly (readonly Expr[])[]) => Expr[][],
  ): Prepared => ({
    pos: e.lparen,
    operands,
    results,
    noDst: true,
    closure: null,
    callee: 'builtin',
    invoke,
  });
  const args = (): Operand[] =>
    tupleArgs(f, e) ?? e.args.map((x) => ({ type: f.typeOf(x), value: exprCopyIfMemory(f, x) }));
  switch (id) {
    case 'close': {
      return prepared(args(), [], (b, ops) => {
        b.runtime('closechan', ops[0]!);
        return [];
      });
    }
    case 'panic': {
      const value = exprAs(f, e.args[0]!, any);
      return prepared([{ type: any, value }], [], (b, ops) => {
        b.runtime('gopanic', ops[0]!);
        b.unreachable();
        return [];
      });
    }
    case 'recover':
      // deferred itself, it counts as called by the function with the defer statement; one on a list cannot tell (no frame is at 0)
      return prepared([], [any], (b) => [
        b.runtime('gorecover', [b === f.b ? un('i64.extend_i32_u', { kind: 'fp' }) : i64(0)]),
      ]);
    case 'print':
    case 'println': {
      const operands = args();
      const types = operands.map((o) => o.type);
      return prepared(operands, [], (b, ops) => {
        printValues(b, types, ops, id === 'println');
        return [];
      });
    }
    case 'delete': {
      const tuple = tupleArgs(f, e);
      const mt = tuple ? tuple[0]!.type : f.typeOf(e.args[0]!);
      const u = under(mt);
      if (u.tag !== 'Map') throw new Error('delete from no map');
      const m = tuple ? tuple[0]!.value : expr(f, e.args[0]!);
      const key = tuple
        ? assignConv(f, tuple[1]!.value, tuple[1]!.type, u.key)
        : inMemory(u.key)
          ? exprCopy(f, e.args[1]!, u.key)
          : exprAs(f, e.args[1]!, u.key);
      return prepared(
        [
          { type: mt, value: m },
          { type: u.key, value: key },
        ],
        [],
        (b, ops) => {
          mapDelete(b, mt, ops[0]![0]!, ops[1]!);
          return [];
        },
      );
    }
    case 'clear': {
      const t = f.typeOf(e.args[0]!);
      return prepared(args(), [], (b, ops) => {
        clear(b, t, ops[0]!);
        return [];
      });
    }
    case 'copy': {
      const operands = args();
      const { elem } = under(operands[0]!.type) as Slice;
      return prepared(operands, [int], (b, ops) => [[copyValues(b, elem, ops[0]!, ops[1]!)]]);
    }
    default: {
      // its value is thrown away
      const values = builtin(f, e);
      return prepared([], [], () => values);
    }
  }
}

function exprCopyIfMemory(f: FuncState, x: Ast): Expr[] {
  const t = f.typeOf(x);
  return inMemory(t) ? exprCopy(f, x, t) : expr(f, x);
}

function clear(b: Builder, t: Type, x: readonly Expr[]): void {
  const u = under(t);
  if (u.tag === 'Map') {
    b.runtime('mapclear', [{ kind: 'addr', sym: b.ctx.typeDesc(t), off: 0 }, x[0]!]);
    return;
  }
  const { elem } = u as Slice;
  const { size } = layoutOf(elem);
  if (size === 0) return;
  const n = scaled(x[1]!, size);
  if (hasPointers(elem)) b.runtime('memclrHasPointers', [x[0]!, un('i64.extend_i32_u', n)]);
  else b.emit({ kind: 'fill', dst: x[0]!, byte: i32(0), n });
}

function length(f: FuncState, x: Ast, len: boolean): Expr {
  const u = f.underOf(x);
  const b = f.b;
  if (isString(u)) return expr(f, x)[1]!;
  switch (u.tag) {
    case 'Slice':
      return expr(f, x)[len ? 1 : 2]!;
    case 'Map':
      return mapLen(b, expr(f, x)[0]!);
    case 'Chan':
      return b.runtime(len ? 'chanlen' : 'chancap', expr(f, x))[0]!;
    case 'Array':
      expr(f, x);
      return i64(u.len);
    case 'Pointer': {
      expr(f, x);
      const a = under(u.elem);
      if (a.tag === 'Array') return i64(a.len);
      break;
    }
    default:
      break;
  }
  throw new Error(`length of a ${u.tag}`);
}

function newCall(f: FuncState, e: CallExpr): Expr {
  const b = f.b;
  const x = e.args[0]!;
  const elem = (f.underOf(e) as { elem: Type }).elem;
  b.pos = e.lparen;
  const tv = x.tv as TypeAndValue;
  if (tv.mode === Mode.TypExpr) return allocate(f, e, elem);
  // new(expr): the value comes before the memory
  const value = inMemory(elem) ? exprCopy(f, x, elem) : b.holdAll(exprAs(f, x, elem));
  b.pos = e.lparen;
  const p = allocate(f, e, elem);
  b.store(elem, pointee(p), value);
  return p;
}

/** Largest slice made of constant size without asking the runtime to check it. */
const maxDirectMake = 64 << 10;

function make(f: FuncState, e: CallExpr): Expr[] {
  const b = f.b;
  const t = f.typeOf(e);
  const u = under(t);
  const size = (x: Ast): Expr => indexValue(f, x).value;
  switch (u.tag) {
    case 'Slice': {
      const len = size(e.args[1]!);
      const cap = e.args[2] ? size(e.args[2]) : len;
      b.pos = e.lparen;
      const n = layoutOf(u.elem).size;
      if (len.kind === 'const' && cap.kind === 'const' && Number(cap.value) * n <= maxDirectMake)
        return [allocateArray(f, e, u.elem, Number(cap.value)), len, cap];
      if (cap.kind === 'const' && leavesHeap(f, e)) {
        const n = b.hold(len);
        b.check('other', bin('i64.lt_s', n, i64(0)), 'panicmakeslicelen');
        b.check('other', bin('i64.gt_s', n, cap), 'panicmakeslicecap');
        return [b.hold(allocateArray(f, e, u.elem, Number(cap.value)), 'ptr'), n, cap];
      }
      const p = b.runtime('makeslice', [{ kind: 'addr', sym: f.ctx.allocDesc(u.elem), off: 0 }, len, cap])[0]!;
      return [p, len, cap];
    }
    case 'Map': {
      const hint = e.args[1] ? size(e.args[1]) : null;
      b.pos = e.lparen;
      return [makeMap(f, e, t, hint)];
    }
    case 'Chan': {
      const n = e.args[1] ? size(e.args[1]) : i64(0);
      b.pos = e.lparen;
      return b.runtime('makechan', [{ kind: 'addr', sym: f.ctx.typeDesc(t), off: 0 }, n]);
    }
    default:
      throw new Error(`make of a ${u.tag}`);
  }
}

function minMax(f: FuncState, e: CallExpr, min: boolean): Expr[] {
  const b = f.b;
  const t = f.typeOf(e);
  const values = tupleArgs(f, e)?.map((o) => [...o.value]) ?? e.args.map((x) => exprAs(f, x, t));
  b.pos = e.lparen;
  return values.reduce((p, q) => {
    const k = numKind(t);
    if (k?.class === 'float') return [bin(op(k.scalar, min ? 'min' : 'max'), p[0]!, q[0]!)];
    const x = b.holdAll(p);
    const y = b.holdAll(q);
    const c = b.hold(compare(b, T.LSS, t, min ? y : x, min ? x : y), 'i32');
    return x.map((part, i) => ({ kind: 'select', cond: c, x: y[i]!, y: part }));
  });
}

function unsafeSlice(f: FuncState, e: CallExpr): Expr[] {
  const b = f.b;
  const p = b.hold(expr(f, e.args[0]!)[0]!, 'ptr');
  const n = indexValue(f, e.args[1]!).value;
  const { elem } = f.underOf(e) as Slice;
  const { size } = layoutOf(elem);
  b.pos = e.lparen;
  unsafeChecks(b, p, n, size, 'panicunsafeslicelen', 'panicunsafeslicenilptr');
  return [p, n, n];
}

function unsafeString(f: FuncState, e: CallExpr): Expr[] {
  const b = f.b;
  const p = b.hold(expr(f, e.args[0]!)[0]!, 'ptr');
  const n = indexValue(f, e.args[1]!).value;
  b.pos = e.lparen;
  unsafeChecks(b, p, n, 1, 'panicunsafestringlen', 'panicunsafestringnilptr');
  return [p, n];
}

function unsafeChecks(b: Builder, p: Expr, n: Expr, size: number, len: string, nilptr: string): void {
  const max = size === 0 ? (1n << 63n) - 1n : BigInt(Math.floor(0xffff_ffff / size));
  b.check('other', bin('i64.gt_u', n, i64(max)), len);
  b.check('other', bin('i32.and', un('i32.eqz', p), bin('i64.ne', n, i64(0))), nilptr);
  const bytes = size === 1 ? n : bin('i64.mul', n, i64(size));
  b.check('other', bin('i64.gt_u', bytes, bin('i64.sub', i64(1n << 32n), un('i64.extend_i32_u', p))), len);
}

/** Offset of the field x.f, when it depends on type arguments. */
function offsetOf(f: FuncState, x: SelectorExpr): number {
  const sel = x.selection as Selection;
  let t = f.env.subst(sel.recv);
  let off = 0;
  for (const i of sel.index) {
    const u = under(t);
    const s = u.tag === 'Pointer' ? under(u.elem) : u;
    if (s.tag !== 'Struct') throw new Error('offset of no field');
    off += fieldOffset(s, i);
    t = s.fields[i]!.type!;
  }
  return off;
}
