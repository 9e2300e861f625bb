// Range-over-func loops: the loop's body becomes a function that the iterator calls.
//
// Assumes: the checker counts the body as a function (Var.level). Guarantees: break, continue, goto and return leave the
// body by returning false (continue: true) after saying in the loop's control record where to go on; the loop's state
// catches iterators that call the body after the loop has ended, or go on after a panic in it.
// Source: Go specification, "For statements with range clause"; internal/abi's constants for the loop's state.

import type { Expr as Ast, LabeledStmt, RangeStmt, Stmt } from '../../syntax/nodes.ts';
import { Kind, type Signature, Struct, type Type, Var } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { Typ } from '../../types/universe.ts';
import { bin, type Expr, get, Func as IrFunc, i32, i64 } from '../ir.ts';
import type { Addr } from './builder.ts';
import { capture } from './closure.ts';
import { expr } from './expr.ts';
import { flatten, sigOf, varTypes } from './layout.ts';
import { bind } from './range.ts';
import { returnNamed } from './return.ts';
import { closingPos, freeVars } from './scan.ts';
import type { FuncState } from './state.ts';
import { block, labelBlock } from './stmt.ts';

/** A way out of a loop's body. */
export interface Exit {
  readonly kind: 'break' | 'continue' | 'goto' | 'return';
  readonly stmt: Stmt | null;
}

/** What the state of a loop's body function knows of the loop. */
export interface RangeFuncBody {
  readonly loop: RangeStmt;
  /** the control record {state, exit, frame} */
  readonly control: Var;
  /** ways out to places outside of the loop; the code of one is its index + 1 */
  readonly exits: Exit[];
  contains(s: LabeledStmt): boolean;
}

const loopDone = 0;
const loopReady = 1;
const loopPanic = 2;
const loopExhausted = 3;
const loopMissingPanic = 4;

const int = Typ[Kind.Int]!;
const controlType = new Struct(['state', 'exit'].map((name) => new Var(0, null, name, int, 'field')));

function controlAddr(f: FuncState, control: Var): Addr {
  const s = f.storage(control);
  if (s.kind !== 'mem') throw new Error('loop control in locals');
  return s.addr;
}

const setState = (f: FuncState, control: Var, state: number): void =>
  f.b.storeScalar('i64', controlAddr(f, control), 0, i64(state));

/** A variable of the compiler's own, shared with the functions made of loop bodies. */
export function sharedVar(f: FuncState, name: string, type: Type): Var {
  const v = new Var(0, null, name, type, 'local');
  v.level = f.level;
  v.captured = true;
  v.reassigned = true;
  return v;
}

export function rangeFunc(f: FuncState, s: RangeStmt, sig: Signature): void {
  const b = f.b;
  const home = f.home;
  const fn = b.freeze(expr(f, s.x)[0]!);
  const control = sharedVar(f, '.loop', controlType);
  f.declare(control, null);
  setState(f, control, loopReady);

  const ir = new IrFunc(f.wrapperName('-range'));
  ir.pos = s.pos;
  const level = f.level + 1;
  const assigned = s.key && !isDefined(s.key) ? [s.key] : [];
  if (s.value && !isDefined(s.value)) assigned.push(s.value);
  const captured = new Set<Var>(freeVars(s.body, level, assigned));
  captured.add(control);
  for (let g: FuncState = f; g.rangeBody; g = g.parent!) captured.add(g.rangeBody.control);
  for (const v of home.resultVars) captured.add(v);
  if (home.defers?.list) captured.add(home.defers.list);
  const exits: Exit[] = [];
  const yieldSig = under(sig.params[0]!.type!) as Signature;
  const body = capture(f, ir, [...captured], null, (inner) => {
    inner.rangeBody = { loop: s, control, exits, contains: (l) => l.pos >= s.body.pos && l.pos < s.body.rbrace };
    lowerBody(inner, s, yieldSig);
  });

  b.pos = s.x.pos;
  const c = b.nilCheck(fn);
  b.callClosure(sigOf('context', varTypes(sig.params), []), c, [body]);
  const state = b.loadScalar('i64', controlAddr(f, control));
  b.check('other', bin('i64.eq', state, i64(loopPanic)), 'panicrangestate', [i64(loopMissingPanic)]);
  setState(f, control, loopExhausted);
  if (exits.length === 0) return;
  const code = b.hold(b.loadScalar('i64', controlAddr(f, control), 8));
  exits.forEach((x, i) => {
    b.when(bin('i64.eq', code, i64(i + 1)), () => takeExit(f, x));
  });
}

const isDefined = (e: Ast): boolean => e.kind === 'Ident' && (e.isDef || e.name === '_');

/** The function of the loop's body: state check, variables, statements. */
function lowerBody(f: FuncState, s: RangeStmt, sig: Signature): void {
  const b = f.b;
  const { control } = f.rangeBody!;
  f.fn.results = ['i32'];
  const types = varTypes(sig.params);
  const params = types.map((t) => flatten(t).map((x) => f.fn.newLocal(x)));
  f.fn.params.push(...params.flat());
  b.pos = s.pos;
  const state = b.hold(b.loadScalar('i64', controlAddr(f, control)));
  b.check('other', bin('i64.ne', state, i64(loopReady)), 'panicrangestate', [state]);
  setState(f, control, loopPanic);
  const bound = (i: number): { type: Type; value: () => Expr[] } | null =>
    types[i] ? { type: types[i], value: () => params[i]!.map(get) } : null;
  bind(f, s, bound(0), bound(1));
  block(f, s.body);
  b.pos = closingPos(s.body);
  if (b.live) leaveTo(f, { kind: 'continue', stmt: s });
  b.finish();
}

/** Leaves the body of a range-over-func loop. */
export function leaveTo(f: FuncState, x: Exit): void {
  const b = f.b;
  const body = f.rangeBody;
  if (!body) throw new Error(`${x.kind} out of ${f.fn.name}`);
  if (x.stmt === body.loop && x.kind === 'continue') {
    setState(f, body.control, loopReady);
    b.ret([i32(1)]);
    return;
  }
  setState(f, body.control, loopDone);
  if (!(x.stmt === body.loop && x.kind === 'break')) {
    let i = body.exits.findIndex((y) => y.kind === x.kind && y.stmt === x.stmt);
    if (i < 0) i = body.exits.push(x) - 1;
    b.storeScalar('i64', controlAddr(f, body.control), 8, i64(i + 1));
  }
  b.ret([i32(0)]);
}

/** Goes where a loop's body said, in the function the loop is in. */
function takeExit(f: FuncState, x: Exit): void {
  switch (x.kind) {
    case 'return':
      if (f.rangeBody) leaveTo(f, x);
      else returnNamed(f);
      return;
    case 'goto':
      if (f.ownsLabel(x.stmt as LabeledStmt)) f.b.jump(labelBlock(f, x.stmt as LabeledStmt));
      else leaveTo(f, x);
      return;
    default: {
      const t = f.targets.get(x.stmt!);
      if (t) f.b.jump(x.kind === 'break' ? t.brk : t.cont!);
      else leaveTo(f, x);
    }
  }
}
