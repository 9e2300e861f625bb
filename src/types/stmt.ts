// Statements and function bodies.
//
// Guarantees: break and continue without a label get their target here, those with one in labels.ts; the clauses of a
// type switch get their variable.
// Source: Go specification, "Statements"; wording of gc 1.26.

import type {
  AssignStmt,
  BlockStmt,
  BranchStmt,
  CaseClause,
  CommClause,
  Expr,
  ForStmt,
  Node,
  ReturnStmt,
  SelectStmt,
  Stmt,
} from '../syntax/nodes.ts';
import { assignOp, T, tokenText } from '../syntax/token.ts';
import { assignment, assignVar, assignVars, initVars, shortVarDecl } from './assignments.ts';
import { type Checker, type DeclInfo, Env } from './checker.ts';
import type { Value } from './constant.ts';
import { declStmt } from './decl.ts';
import { ErrorDesc } from './errors.ts';
import { expr, rawExpr, use } from './expr.ts';
import { labels } from './labels.ts';
import { Operand } from './operand.ts';
import { binary, chanElem } from './operators.ts';
import { endPos, isReceive, unparen } from './positions.ts';
import { allBoolean, allNumeric } from './predicates.ts';
import { rangeStmt } from './range.ts';
import { isTerminating } from './return.ts';
import { switchStmt, typeSwitchStmt } from './switch.ts';
import { type Func, Mode, Scope, type Signature } from './types.ts';
import { objectString } from './typestring.ts';

/** What may be done where a statement stands: bits of Ctx. */
export type Context = number;
export const Ctx = { Fallthrough: 1, FinalCase: 2 } as const;

/** Checks the body of a declared function or method, once. */
export function checkFuncDecl(c: Checker, fn: Func): void {
  const d = fn.decl as DeclInfo | null;
  if (!d?.fdecl?.body || d.body !== 0) return;
  d.body = 1;
  const saved = c.env.version;
  c.env.version = d.version;
  funcBody(c, d, fn.sig, d.fdecl.body, null, 1);
  c.env.version = saved;
  d.body = 2;
}

/** Checks a body. decl: declaration that dependencies are recorded for; iota: its value in a literal in a constant. */
export function funcBody(
  c: Checker,
  decl: DeclInfo | null,
  sig: Signature,
  body: BlockStmt,
  iota: Value | null,
  level: number,
): void {
  const saved = c.env;
  const env = new Env(decl, sig.scope!, saved.version);
  env.iota = iota;
  env.sig = sig;
  env.level = level;
  env.locals = [];
  c.env = env;
  stmtList(c, 0, body.list);
  if (env.hasLabel) labels(c, body);
  if (sig.results.length > 0 && !isTerminating(env.panics, body, '')) c.error(body.rbrace, 'missing return');
  for (const v of env.locals) if (!v.used) c.softError(v.pos, `declared and not used: ${v.name}`);
  c.env = saved;
}

/** The statements without empty ones at the end. */
function trimmedLength(list: readonly Stmt[]): number {
  let n = list.length;
  while (n > 0 && list[n - 1]!.kind === 'EmptyStmt') n--;
  return n;
}

export function stmtList(c: Checker, ctx: Context, list: readonly Stmt[]): void {
  const n = trimmedLength(list);
  for (let i = 0; i < n; i++) stmt(c, i + 1 === n ? ctx : 0, list[i]!);
}

/** Runs f in a new scope for node. */
export function inScope(c: Checker, node: Node, comment: string, f: () => void): void {
  const outer = c.env.scope;
  c.env.scope = new Scope(outer, node.pos, endPos(node), comment);
  f();
  c.env.scope = outer;
}

function stmt(c: Checker, ctx: Context, s: Stmt): void {
  const top = c.delayedTop;
  stmtInternal(c, ctx, s);
  c.processDelayed(top);
}

/** The init or post statement of another, if any. */
export function simpleStmt(c: Checker, s: Stmt | null): void {
  if (s) stmt(c, 0, s);
}

/** Checks the statements of a block that `target` encloses for break, and continue if it is a loop. */
export function bodyOf(c: Checker, target: Stmt, loop: boolean, f: () => void): void {
  const env = c.env;
  const { breakTarget, continueTarget } = env;
  env.breakTarget = target;
  if (loop) env.continueTarget = target;
  f();
  env.breakTarget = breakTarget;
  env.continueTarget = continueTarget;
}

/** Checks a block, with its own scope. */
export function blockStmt(c: Checker, s: BlockStmt): void {
  const outer = c.env.scope;
  c.env.scope = new Scope(outer, s.pos, s.rbrace, 'block');
  stmtList(c, 0, s.list);
  c.env.scope = outer;
}

function stmtInternal(c: Checker, ctx: Context, s: Stmt): void {
  switch (s.kind) {
    case 'BadStmt':
    case 'EmptyStmt':
      break;
    case 'DeclStmt':
      declStmt(c, s.decl);
      break;
    case 'LabeledStmt':
      c.env.hasLabel = true;
      stmt(c, ctx, s.stmt);
      break;
    case 'ExprStmt':
      exprStmt(c, s.x);
      break;
    case 'SendStmt': {
      const ch = new Operand();
      const val = new Operand();
      expr(c, null, ch, s.chan);
      expr(c, null, val, s.value);
      if (ch.mode === Mode.Invalid || val.mode === Mode.Invalid) break;
      const elem = chanElem(c, s, ch, false);
      if (elem) assignment(c, val, elem, 'send');
      break;
    }
    case 'IncDecStmt': {
      const x = new Operand();
      expr(c, null, x, s.x);
      if (x.mode === Mode.Invalid) break;
      if (!allNumeric(x.typ)) {
        const text = c.exprstr(s.x);
        c.error(s.x, `invalid operation: ${text}${tokenText(s.tok)} (non-numeric type ${c.str(x.typ)})`);
        break;
      }
      assignVar(c, s.x, null, x, 'assignment');
      break;
    }
    case 'AssignStmt':
      assignStmt(c, s);
      break;
    case 'GoStmt':
      suspendedCall(c, 'go', s.call);
      break;
    case 'DeferStmt':
      suspendedCall(c, 'defer', s.call);
      break;
    case 'ReturnStmt':
      returnStmt(c, s);
      break;
    case 'BranchStmt':
      branchStmt(c, ctx, s);
      break;
    case 'BlockStmt':
      blockStmt(c, s);
      break;
    case 'IfStmt':
      inScope(c, s, 'if', () => {
        simpleStmt(c, s.init);
        condition(c, s.cond, 'if');
        stmt(c, 0, s.body);
        if (s.else) stmt(c, 0, s.else);
      });
      break;
    case 'SwitchStmt':
      inScope(c, s, 'switch', () => {
        simpleStmt(c, s.init);
        switchStmt(c, s);
      });
      break;
    case 'TypeSwitchStmt':
      inScope(c, s, 'switch', () => {
        simpleStmt(c, s.init);
        typeSwitchStmt(c, s);
      });
      break;
    case 'SelectStmt':
      selectStmt(c, s);
      break;
    case 'ForStmt':
      forStmt(c, s);
      break;
    case 'RangeStmt':
      rangeStmt(c, s);
      break;
  }
}

function condition(c: Checker, e: Expr, what: string): void {
  const x = new Operand();
  expr(c, null, x, e);
  if (x.mode !== Mode.Invalid && !allBoolean(x.typ)) c.error(e, `non-boolean condition in ${what} statement`);
}

function exprStmt(c: Checker, e: Expr): void {
  const x = new Operand();
  const kind = rawExpr(c, null, x, e, null, false);
  let msg: string;
  if (x.mode === Mode.Builtin) msg = 'must be called';
  else if (x.mode === Mode.TypExpr) msg = 'is not an expression';
  else {
    if (kind === 'statement') return;
    msg = 'is not used';
  }
  c.error(x, `${c.opstr(x)} ${msg}`);
}

function assignStmt(c: Checker, s: AssignStmt): void {
  if (s.tok === T.ASSIGN) {
    assignVars(c, s.lhs, s.rhs);
    return;
  }
  if (s.tok === T.DEFINE) {
    shortVarDecl(c, s.tokPos, s.lhs, s.rhs);
    return;
  }
  const op = assignOp(s.tok);
  if (s.lhs.length !== 1 || s.rhs.length !== 1) {
    c.error(s, `assignment operation ${tokenText(s.tok)} requires single-valued expressions`);
    return;
  }
  const x = new Operand();
  binary(c, x, null, s.lhs[0]!, s.rhs[0]!, op);
  assignVar(c, s.lhs[0]!, null, x, 'assignment');
}

function suspendedCall(c: Checker, keyword: string, call: Expr): void {
  if (call.kind !== 'CallExpr') {
    c.error(call, `expression in ${keyword} must be function call`);
    use(c, call);
    return;
  }
  const x = new Operand();
  const kind = rawExpr(c, null, x, call, null, false);
  if (kind === 'statement') return;
  const msg = kind === 'conversion' ? 'requires function call, not conversion' : 'discards result of';
  c.error(x, `${keyword} ${msg} ${c.opstr(x)}`);
}

function returnStmt(c: Checker, s: ReturnStmt): void {
  const res = c.env.sig!.results;
  if (s.results.length > 0 || res.length === 0 || res[0]!.name === '') {
    // a function without results: whatever is returned is too much
    if (res.length > 0 || s.results.length > 0) initVars(c, res, s.results, s);
    return;
  }
  for (const v of res) {
    const alt = c.lookup(v.name);
    if (!alt || alt === v) continue;
    const err = new ErrorDesc().add(s.pos, `result parameter ${v.name} not in scope at return`);
    err.add(alt.pos, `inner declaration of ${objectString(v, c.qualifier)}`);
    c.report(err);
  }
}

function branchStmt(c: Checker, ctx: Context, s: BranchStmt): void {
  const env = c.env;
  if (s.label) {
    env.hasLabel = true;
    return;
  }
  switch (s.tok) {
    case T.BREAK:
      s.target = env.breakTarget;
      if (!s.target) c.error(s, 'break is not in a loop, switch, or select');
      break;
    case T.CONTINUE:
      s.target = env.continueTarget;
      if (!s.target) c.error(s, 'continue is not in a loop');
      break;
    case T.FALLTHROUGH:
      if (ctx & Ctx.Fallthrough) break;
      if (env.breakTarget?.kind === 'TypeSwitchStmt') c.error(s, 'cannot fallthrough in type switch');
      else if (ctx & Ctx.FinalCase) c.error(s, 'cannot fallthrough final case in switch');
      else c.error(s, 'fallthrough statement out of place');
      break;
  }
}

function forStmt(c: Checker, s: ForStmt): void {
  inScope(c, s, 'for', () => {
    simpleStmt(c, s.init);
    if (s.cond) condition(c, s.cond, 'for');
    simpleStmt(c, s.post);
    // the parser has complained about a declaration there
    if (s.post?.kind === 'AssignStmt' && s.post.tok === T.DEFINE) use(c, ...s.post.lhs);
    bodyOf(c, s, true, () => stmt(c, 0, s.body));
  });
}

/** Reports the second default among clauses; isDefault tells them. */
export function multipleDefaults<C extends CaseClause | CommClause>(
  c: Checker,
  list: readonly C[],
  isDefault: (cc: C) => boolean,
): void {
  let first: C | null = null;
  for (const cc of list) {
    if (!isDefault(cc)) continue;
    if (first) c.error(cc, `multiple defaults (first at ${c.posstr(first.pos)})`);
    else first = cc;
  }
}

function selectStmt(c: Checker, s: SelectStmt): void {
  multipleDefaults(c, s.body, (cc) => cc.comm === null);
  bodyOf(c, s, false, () => {
    for (const clause of s.body) {
      const comm = clause.comm;
      if (comm && !validComm(comm)) {
        c.error(comm, 'select case must be send or receive (possibly with assignment)');
        continue;
      }
      inScope(c, clause, 'case', () => {
        simpleStmt(c, comm);
        stmtList(c, 0, clause.body);
      });
    }
  });
}

function validComm(s: Stmt): boolean {
  switch (s.kind) {
    case 'SendStmt':
      return true;
    case 'ExprStmt':
      return isReceive(unparen(s.x));
    case 'AssignStmt':
      return s.rhs.length === 1 && isReceive(unparen(s.rhs[0]!));
    default:
      return false;
  }
}
