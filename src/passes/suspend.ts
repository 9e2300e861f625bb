// Decides which functions may suspend (DESIGN D6, docs/ABI.md "Suspending functions"), and which of the others a panic may leave.
//
// Assumes: blocks are in reverse postorder (passes/flow.ts), so a loop shows as an edge to a lower or equal id.
// Guarantees: fn.suspends is set for the least set of functions that contains every function with a reason of its own
// (a `suspend` statement, an indirect call, a loop, stack slots, catching, use of the frame pointer, a recursive cycle) and every
// caller of such a function. `nosuspend` takes away the reasons that only exist for preemption and stack growth.
// fn.throws is set for those that do not suspend, but have a check, a throw, or a call to a function that throws.

import type { Expr, Func, Program } from '../ir/ir.ts';
import { stmtOperands, termOperands, walkExpr } from '../ir/walk.ts';
import { components } from './components.ts';
import { termTargets } from './flow.ts';

export type Reason =
  | 'catch'
  | 'suspend'
  | 'indirect call'
  | 'loop'
  | 'stack slot'
  | 'frame pointer'
  | 'recursion'
  | 'call';

export interface Why {
  readonly reason: Reason;
  /** the callee, for 'call' */
  readonly callee: Func | null;
}

/** Colours all functions; the answer names each one's reason. */
export function colourSuspending(program: Program): Map<Func, Why> {
  const funcs = program.funcs;
  const index = new Map<Func, number>();
  for (let i = 0; i < funcs.length; i++) index.set(funcs[i]!, i);
  const why = new Map<Func, Why>();
  const callees: number[][] = [];
  const called: number[][] = [];
  for (const fn of funcs) {
    fn.suspends = false;
    fn.throws = fn.blocks.some((b) => b.term!.kind === 'throw');
    const calls: number[] = [];
    const checks: number[] = [];
    const reason = scan(fn, index, calls, checks);
    if (reason) mark(fn, reason, null, why);
    called.push(calls);
    callees.push([...calls, ...checks]);
  }

  // What a check calls does not come back to the function: it calls none of the program's.
  for (const comp of components(called)) {
    if (comp.length === 1 && !called[comp[0]!]!.includes(comp[0]!)) continue;
    for (const f of comp) {
      const fn = funcs[f]!;
      if (!fn.suspends && !fn.nosuspend) mark(fn, 'recursion', null, why);
    }
  }
  // Components come callees first, so one pass over them settles the colours.
  for (const comp of components(callees)) settle(comp, funcs, callees, why);
  for (const fn of funcs) if (fn.suspends) fn.throws = false;
  return why;
}

function mark(fn: Func, reason: Reason, callee: Func | null, why: Map<Func, Why>): void {
  fn.suspends = true;
  why.set(fn, { reason, callee });
}

function settle(
  comp: readonly number[],
  funcs: readonly Func[],
  callees: readonly number[][],
  why: Map<Func, Why>,
): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (const f of comp) {
      const fn = funcs[f]!;
      if (fn.suspends) continue;
      for (const c of callees[f]!) {
        const callee = funcs[c]!;
        if (callee.throws && !fn.throws) {
          fn.throws = true;
          changed = true;
        }
        if (!callee.suspends) continue;
        mark(fn, 'call', callee, why);
        changed = true;
        break;
      }
    }
  }
}

/** The function's own reason, if any; its callees are added to `calls` and `checks`. */
function scan(fn: Func, index: ReadonlyMap<Func, number>, calls: number[], checks: number[]): Reason | null {
  let reason: Reason | null = fn.catchLocal ? 'catch' : fn.slots.length > 0 ? 'stack slot' : null;
  const seen = new Set<number>();
  const visit = (x: Expr): void => {
    if (x.kind === 'fp' || x.kind === 'calleefp') reason ??= 'frame pointer';
  };
  const operand = (x: Expr): void => walkExpr(x, visit);
  for (const b of fn.blocks) {
    for (const s of b.stmts) {
      stmtOperands(s, operand);
      if (s.kind === 'suspend') reason = 'suspend';
      else if (s.kind === 'callind') reason ??= 'indirect call';
      else if (s.kind === 'call' || s.kind === 'check') {
        const i = index.get(s.fn);
        if (i === undefined) throw new Error(`${fn.name} calls ${s.fn.name}, which is not in the program`);
        const key = s.kind === 'call' ? i : -1 - i;
        if (!seen.has(key)) {
          seen.add(key);
          (s.kind === 'call' ? calls : checks).push(i);
        }
      }
    }
    const t = b.term!;
    termOperands(t, operand);
    if (!fn.nosuspend && !reason) for (const to of termTargets(t)) if (to.id <= b.id) reason = 'loop';
  }
  return reason;
}

/** "a (call) → b (loop)": how a function came to suspend. */
export function explain(fn: Func, why: ReadonlyMap<Func, Why>): string {
  const parts: string[] = [];
  const seen = new Set<Func>();
  for (let f: Func | null = fn; f && !seen.has(f); ) {
    seen.add(f);
    const w = why.get(f);
    parts.push(`${f.name} (${w?.reason ?? 'does not suspend'})`);
    f = w?.callee ?? null;
  }
  return parts.join(' → ');
}
