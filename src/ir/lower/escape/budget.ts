// Which functions gc would inline: only what such a function makes can be in its caller's frame.
//
// Assumes: the body is checked. Guarantees: an answer per declaration, the same for all its instances. It is an estimate: gc counts
// the nodes of its own tree, in which some of ours are several and some none.
// Source: cmd/compile/internal/inline (Go's compiler): the budget of 80, and what a call, a panic and a closure cost.

import type { CallExpr, Expr, Stmt } from '../../../syntax/nodes.ts';
import { T } from '../../../syntax/token.ts';
import { declOf } from '../../../types/api.ts';
import { boolVal } from '../../../types/constant.ts';
import { type Func, Mode, type Obj, type Selection, SelKind, type TypeAndValue } from '../../../types/types.ts';
import { under } from '../../../types/under.ts';
import type { ProgramContext } from '../context.ts';
import { genericFunc, unparen } from '../expr.ts';
import { exprChildren } from '../walk.ts';

const budget = 80;
const callCost = 57;
/** more than any function may have */
const never = 1e6;
/** Chains of calls longer than this count as calls. */
const maxDepth = 20;

const costs = new WeakMap<Func, number>();
let depth = 0;

/** Would gc inline calls of fn? The runtime, which its other half calls, too, is left as it is written. */
export function inlinable(ctx: ProgramContext, fn: Func): boolean {
  return !/^(internal\/)?runtime(\/|$)/.test(fn.pkg?.path ?? '') && costOf(ctx, fn.origin) <= budget;
}

function costOf(ctx: ProgramContext, fn: Func): number {
  const known = costs.get(fn);
  if (known !== undefined) return known;
  const decl = declOf(fn)?.fdecl;
  if (!decl?.body || depth >= maxDepth) return never;
  if (decl.directives.some((d) => d.name === 'go:noinline')) return never;
  // a function that calls itself is not inlined into itself
  costs.set(fn, never);
  ctx.checkBody(fn);
  depth++;
  const c = new Cost(ctx);
  c.stmts(decl.body.list);
  depth--;
  costs.set(fn, c.sum);
  return c.sum;
}

class Cost {
  sum = 0;
  private readonly ctx: ProgramContext;

  constructor(ctx: ProgramContext) {
    this.ctx = ctx;
  }

  stmts(list: readonly Stmt[]): void {
    for (const s of list) this.stmt(s);
  }

  private exprs(list: readonly (Expr | null)[]): void {
    for (const e of list) if (e) this.expr(e);
  }

  private stmt(s: Stmt | null): void {
    if (!s || this.sum > budget) return;
    switch (s.kind) {
      case 'GoStmt':
      case 'DeferStmt':
      case 'SelectStmt':
        this.sum = never;
        return;
      case 'BlockStmt':
        this.stmts(s.list);
        return;
      case 'ExprStmt':
        this.expr(s.x);
        return;
      case 'DeclStmt':
        for (const spec of s.decl.specs)
          if (spec.kind === 'ValueSpec' && s.decl.tok === T.VAR) {
            this.sum += 2 * spec.names.length;
            this.exprs([...spec.names, ...spec.values]);
          }
        return;
      case 'IfStmt': {
        const value = (s.cond.tv as TypeAndValue).value;
        this.stmt(s.init);
        if (!value) {
          this.sum++;
          this.expr(s.cond);
        }
        if (!value || boolVal(value)) this.stmts(s.body.list);
        if (!value || !boolVal(value)) this.stmt(s.else);
        return;
      }
      case 'AssignStmt':
        this.sum += s.tok === T.DEFINE ? 1 + s.lhs.length : 1;
        this.exprs([...s.lhs, ...s.rhs]);
        return;
      case 'IncDecStmt':
        this.sum += 2;
        this.expr(s.x);
        return;
      case 'ReturnStmt':
        this.sum++;
        this.exprs(s.results);
        return;
      case 'ForStmt':
        this.sum++;
        this.stmt(s.init);
        this.exprs([s.cond]);
        this.stmt(s.post);
        this.stmts(s.body.list);
        return;
      case 'RangeStmt':
        this.sum++;
        this.exprs([s.key, s.value, s.x]);
        if (under((s.x.tv as TypeAndValue).type).tag === 'Signature') this.sum += callCost;
        else this.stmts(s.body.list);
        return;
      case 'SwitchStmt':
        this.sum++;
        this.stmt(s.init);
        this.exprs([s.tag]);
        for (const c of s.body) {
          this.sum++;
          this.exprs(c.list ?? []);
          this.stmts(c.body);
        }
        return;
      case 'TypeSwitchStmt':
        this.sum += 2;
        this.stmt(s.init);
        this.expr(s.x);
        for (const c of s.body) {
          this.sum += 1 + (c.list?.length ?? 0);
          this.stmts(c.body);
        }
        return;
      case 'LabeledStmt':
        this.sum++;
        this.stmt(s.stmt);
        return;
      case 'SendStmt':
        this.sum++;
        this.exprs([s.chan, s.value]);
        return;
      default:
        this.sum++;
    }
  }

  private expr(e: Expr): void {
    if (this.sum > budget) return;
    const tv = e.tv as TypeAndValue | null;
    if (tv?.value || tv?.mode === Mode.TypExpr) {
      this.sum += tv.value ? 1 : 0;
      return;
    }
    switch (e.kind) {
      case 'ParenExpr':
        this.expr(e.x);
        return;
      case 'FuncLit':
        this.sum++;
        return;
      case 'SelectorExpr':
        this.sum++;
        if (e.selection) this.expr(e.x);
        return;
      case 'KeyValueExpr':
        this.sum++;
        this.expr(e.value);
        return;
      case 'CompositeLit':
        this.sum++;
        this.exprs(e.elts);
        return;
      case 'CallExpr':
        this.call(e);
        return;
      default:
        this.sum++;
        exprChildren(e, (x) => this.expr(x));
    }
  }

  private call(e: CallExpr): void {
    const tv = e.fun.tv as TypeAndValue;
    this.exprs(e.args);
    if (tv.mode === Mode.TypExpr) return;
    this.sum++;
    if (tv.mode === Mode.Builtin) {
      const name = (unparen(e.fun) as { name?: string }).name;
      if (name === 'recover') this.sum = never;
      else if (name === 'panic') this.sum++;
      return;
    }
    const fun = unparen(e.fun);
    const fn = calledFunc(fun);
    if (fun.kind === 'SelectorExpr' && fun.selection) this.expr(fun.x);
    if (fn && this.ctx.intrinsic(fn)) return;
    const cost = fn ? costOf(this.ctx, fn) : never;
    this.sum += cost <= budget ? cost : callCost;
  }
}

function calledFunc(fun: Expr): Func | null {
  let obj: Obj | null = null;
  if (fun.kind === 'Ident') obj = fun.obj as Obj | null;
  else if (fun.kind === 'IndexExpr') obj = genericFunc(fun.x)?.fn ?? null;
  else if (fun.kind === 'SelectorExpr') {
    const sel = fun.selection as Selection | null;
    if (!sel) obj = fun.sel.obj as Obj | null;
    else if (sel.kind === SelKind.MethodVal && under(sel.recv).tag !== 'Interface') obj = sel.obj as Obj;
  }
  return obj?.tag === 'Func' ? obj.origin : null;
}
