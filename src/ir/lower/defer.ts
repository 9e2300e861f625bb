// Defer and go statements.
//
// A function's deferred calls run in the function itself, behind its return: up to eight that cannot repeat each have a
// bit and keep their operands in locals ("open-coded"); all others make a list of closures. A panic starts the function
// again at its entry, which goes to the same code in panicking mode.
// Guarantees: operands are evaluated when the statement runs; each call runs once.
// Source: Go specification, "Defer statements", "Handling panics"; docs/ABI.md, "Panics".

import type { CallExpr, DeferStmt, GoStmt } from '../../syntax/nodes.ts';
import { Mode, Struct, type Type, type TypeAndValue, Var } from '../../types/types.ts';
import { type Block, bin, type Expr, get, i32, i64, type Local, nil, un } from '../ir.ts';
import { addrExpr, heapAddr } from './builder.ts';
import { prepareBuiltin } from './builtins.ts';
import { type Prepared, prepare } from './callee.ts';
import { callClosure, closureType } from './closure.ts';
import { expr, unparen } from './expr.ts';
import { flatten, inMemory, sigOf } from './layout.ts';
import { sharedVar } from './rangefunc.ts';
import { returnResults } from './return.ts';
import type { BodyScan } from './scan.ts';
import type { FuncState } from './state.ts';

const maxOpenDefers = 8;

interface Site {
  readonly bit: number;
  readonly run: () => void;
}

export interface DeferState {
  /** the list's head, if deferred calls are on a list */
  readonly list: Var | null;
  readonly bits: Local | null;
  readonly sites: Site[];
  /** where a panic leads */
  readonly handler: Block;
}

/** A deferred call on a list. */
const recordType = new Struct([
  new Var(0, null, 'Link', closureType, 'field'),
  new Var(0, null, 'Fn', closureType, 'field'),
]);

/** Prepares a function for the deferred calls in its body. Goes on in the block where the body begins. */
export function beginDefers(f: FuncState, scan: BodyScan): void {
  if (scan.defers === 0) return;
  const b = f.b;
  const caught = f.fn.newLocal('i32', '.caught');
  f.fn.catchLocal = caught;
  const handler = b.newBlock();
  const start = b.newBlock();
  b.branch(get(caught), handler, start);
  b.enter(start);
  f.exit = b.newBlock();
  if (!scan.repeatedDefer && scan.defers <= maxOpenDefers) {
    const bits = b.temp('i32', '.defers');
    b.set(bits, i32(0));
    f.defers = { list: null, bits, sites: [], handler };
    return;
  }
  const list = scan.deferInRangeFunc
    ? sharedVar(f, '.defers', closureType)
    : new Var(0, null, '.defers', closureType, 'local');
  list.level = f.level;
  f.defers = { list, bits: null, sites: [], handler };
  f.declare(list, [nil]);
}

export function deferStmt(f: FuncState, s: DeferStmt): void {
  const b = f.b;
  const e = unparen(s.call) as CallExpr;
  const p = prepared(f, e);
  if (!p) return;
  b.pos = s.pos;
  if (p.callee === 'interface') b.nilCheck(p.operands[0]!.value[0]!);
  const { defers } = f.home;
  if (!defers) throw new Error(`defer in ${f.fn.name} was not expected`);
  if (defers.list) {
    const head = f.storage(defers.list);
    const fn = b.hold(callClosure(f, p, '.deferwrap'), 'ptr');
    const record = b.newObject(recordType);
    b.storeScalar('ptr', heapAddr(record), 0, f.read(head)[0]!);
    b.storeScalar('ptr', heapAddr(record), 8, fn);
    f.write(head, [record]);
    return;
  }
  const bit = 1 << defers.sites.length;
  const kept = p.operands.map((o) => keep(f, o.type, o.value));
  const bits = defers.bits!;
  b.set(bits, bin('i32.or', get(bits), i32(bit)));
  const run = (): void => {
    b.pos = f.endPos;
    p.invoke(b, kept, null);
  };
  defers.sites.push({ bit, run });
}

/** Keeps an operand until the function ends. */
function keep(f: FuncState, type: Type, value: readonly Expr[]): readonly Expr[] {
  const b = f.b;
  if (inMemory(type)) {
    const slot = b.newSlot(type, '.deferred');
    const addr = { base: { kind: 'slot', slot, off: 0 } as const, off: 0, heap: false };
    b.copy(type, addr, value[0]!);
    return [addrExpr(addr)];
  }
  if (value.every((x) => x.kind === 'const' || x.kind === 'addr')) return value;
  const locals = b.temps(flatten(type), '.deferred');
  b.setAll(locals, value);
  return locals.map(get);
}

function prepared(f: FuncState, e: CallExpr): Prepared | null {
  const tv = e.fun.tv as TypeAndValue;
  if (tv.mode === Mode.Builtin) return prepareBuiltin(f, e);
  if (tv.mode === Mode.TypExpr) {
    expr(f, e);
    return null;
  }
  return prepare(f, e);
}

/** The code behind the body: runs the deferred calls, then returns or goes on panicking. */
export function endDefers(f: FuncState): void {
  const { defers, exit } = f;
  if (!defers || !exit) return;
  const b = f.b;
  b.pos = f.endPos;
  const panicking = b.temp('i32', '.panicking');
  const run = b.newBlock();
  b.enter(exit);
  b.set(panicking, i32(0));
  b.jump(run);
  b.enter(defers.handler);
  b.set(f.fn.catchLocal!, i32(0));
  b.runtime('panicstart', [frame('fp')]);
  b.set(panicking, i32(1));
  b.jump(run);
  b.enter(run);
  if (defers.list) runList(f, defers, panicking);
  else for (const site of defers.sites.toReversed()) runSite(f, defers, site, panicking);
  const rethrow = b.newBlock();
  const done = b.newBlock();
  b.branch(get(panicking), rethrow, done);
  b.enter(rethrow);
  b.throw();
  b.enter(done);
  returnResults(f);
}

const frame = (kind: 'fp' | 'calleefp'): Expr => un('i64.extend_i32_u', { kind });

function runSite(f: FuncState, defers: DeferState, site: Site, panicking: Local): void {
  const b = f.b;
  const bits = defers.bits!;
  b.when(bin('i32.and', get(bits), i32(site.bit)), () => {
    b.set(bits, bin('i32.and', get(bits), i32(~site.bit)));
    guarded(f, defers, panicking, site.run);
  });
}

function runList(f: FuncState, defers: DeferState, panicking: Local): void {
  const b = f.b;
  const head = f.storage(defers.list!);
  const top = b.newBlock();
  const body = b.newBlock();
  const after = b.newBlock();
  b.enter(top);
  const record = b.temp('ptr');
  b.set(record, f.read(head)[0]!);
  b.branch(get(record), body, after);
  b.enter(body);
  f.write(head, [b.loadScalar('ptr', heapAddr(get(record)))]);
  guarded(f, defers, panicking, () => {
    const fn = b.temp('ptr');
    b.set(fn, b.loadScalar('ptr', heapAddr(get(record)), 8));
    b.callClosure(sigOf('context', [], []), b.nilCheck(get(fn)), []);
  });
  b.jump(top);
  b.enter(after);
}

/** A deferred call, and what has to be told the runtime about it while panicking. */
function guarded(f: FuncState, defers: DeferState, panicking: Local, run: () => void): void {
  const b = f.b;
  b.when(get(panicking), () => b.runtime('panicargp', [frame('calleefp')]));
  run();
  b.when(get(panicking), () => {
    const r = b.hold(b.runtime('panicrecovered', [])[0]!);
    // 1: recovered, the function goes on as if it returned; 2: recovered, but a Goexit goes on
    const next = b.newBlock();
    b.branch(bin('i64.eq', r, i64(2)), defers.handler, next);
    b.enter(next);
    b.set(panicking, un('i64.eqz', r));
  });
}

export function goStmt(f: FuncState, s: GoStmt): void {
  const b = f.b;
  const p = prepared(f, unparen(s.call) as CallExpr);
  if (!p) return;
  b.pos = s.pos;
  if (p.callee === 'interface') b.nilCheck(p.operands[0]!.value[0]!);
  // with operands, a wrapper calls it, and panics in the new goroutine
  if (p.callee === 'closure' && p.closure) b.check('other', un('i32.eqz', p.closure), 'panicgonil');
  const fn = callClosure(f, p, '.gowrap');
  b.callRt('newproc', [fn], []);
}
