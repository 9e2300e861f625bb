// Statements, but for those that have a file of their own.
//
// Guarantees: code that cannot be reached is not written, unless it holds a label.
// Source: Go specification, "Statements".

import type { BlockStmt, BranchStmt, ForStmt, IfStmt, LabeledStmt, Stmt } from '../../syntax/nodes.ts';
import { T } from '../../syntax/token.ts';
import * as constant from '../../types/constant.ts';
import type { TypeAndValue, Var } from '../../types/types.ts';
import type { Block } from '../ir.ts';
import { assignStmt, discard, incDecStmt, varDecl } from './assign.ts';
import { recvDiscard, sendStmt } from './chan.ts';
import { deferStmt, goStmt } from './defer.ts';
import { condJump, unparen } from './expr.ts';
import { rangeStmt } from './range.ts';
import { leaveTo } from './rangefunc.ts';
import { returnStmt } from './return.ts';
import { hasLabel } from './scan.ts';
import { selectStmt } from './select.ts';
import type { BranchTarget, FuncState } from './state.ts';
import { switchStmt, typeSwitchStmt } from './switch.ts';

export function block(f: FuncState, s: BlockStmt): void {
  stmts(f, s.list);
}

export function stmts(f: FuncState, list: readonly Stmt[]): void {
  for (const s of list) stmt(f, s);
}

export function stmt(f: FuncState, s: Stmt): void {
  const b = f.b;
  if (!b.live && !hasLabel(s)) return;
  const mark = b.mark();
  b.pos = s.pos;
  lower(f, s);
  b.release(mark);
}

function lower(f: FuncState, s: Stmt): void {
  switch (s.kind) {
    case 'EmptyStmt':
    case 'BadStmt':
      return;
    case 'DeclStmt':
      for (const spec of s.decl.specs)
        if (s.decl.tok === T.VAR && spec.kind === 'ValueSpec') varDecl(f, spec.names, spec.values);
      return;
    case 'LabeledStmt':
      f.b.enter(labelBlock(f, s));
      stmt(f, s.stmt);
      return;
    case 'ExprStmt': {
      const x = unparen(s.x);
      if (x.kind === 'UnaryExpr' && x.op === T.ARROW) recvDiscard(f, x);
      else discard(f, x);
      return;
    }
    case 'SendStmt':
      sendStmt(f, s);
      return;
    case 'IncDecStmt':
      incDecStmt(f, s);
      return;
    case 'AssignStmt':
      assignStmt(f, s);
      return;
    case 'GoStmt':
      goStmt(f, s);
      return;
    case 'DeferStmt':
      deferStmt(f, s);
      return;
    case 'ReturnStmt':
      returnStmt(f, s);
      return;
    case 'BranchStmt':
      branchStmt(f, s);
      return;
    case 'BlockStmt':
      block(f, s);
      return;
    case 'IfStmt':
      ifStmt(f, s);
      return;
    case 'SwitchStmt':
      switchStmt(f, s);
      return;
    case 'TypeSwitchStmt':
      typeSwitchStmt(f, s);
      return;
    case 'SelectStmt':
      selectStmt(f, s);
      return;
    case 'ForStmt':
      forStmt(f, s);
      return;
    case 'RangeStmt':
      rangeStmt(f, s);
      return;
  }
}

export function labelBlock(f: FuncState, s: LabeledStmt): Block {
  let block = f.labels.get(s);
  if (!block) {
    block = f.b.newBlock();
    f.labels.set(s, block);
  }
  return block;
}

/** Lowers a statement that break and continue can leave. */
export function withTarget(f: FuncState, s: Stmt, target: BranchTarget, body: () => void): void {
  f.targets.set(s, target);
  body();
  f.targets.delete(s);
}

function branchStmt(f: FuncState, s: BranchStmt): void {
  switch (s.tok) {
    case T.FALLTHROUGH:
      // the clause's end goes there (switch.ts)
      return;
    case T.GOTO: {
      const target = s.target as LabeledStmt;
      if (f.ownsLabel(target)) f.b.jump(labelBlock(f, target));
      else leaveTo(f, { kind: 'goto', stmt: target });
      return;
    }
    default: {
      const target = s.target!;
      const t = f.targets.get(target);
      if (!t) {
        leaveTo(f, { kind: s.tok === T.BREAK ? 'break' : 'continue', stmt: target });
        return;
      }
      f.b.jump(s.tok === T.BREAK ? t.brk : t.cont!);
    }
  }
}

function ifStmt(f: FuncState, s: IfStmt): void {
  const b = f.b;
  if (s.init) stmt(f, s.init);
  const tv = s.cond.tv as TypeAndValue;
  if (tv.value) {
    const truth = constant.boolVal(tv.value);
    const dead = truth ? s.else : s.body;
    if (!dead || !hasLabel(dead)) {
      if (truth) block(f, s.body);
      else if (s.else) stmt(f, s.else);
      return;
    }
  }
  const yes = b.newBlock();
  const after = b.newBlock();
  const no = s.else ? b.newBlock() : after;
  condJump(f, s.cond, yes, no);
  b.resume(yes);
  block(f, s.body);
  b.jump(after);
  if (s.else) {
    b.resume(no);
    stmt(f, s.else);
    b.jump(after);
  }
  b.resume(after);
}

function forStmt(f: FuncState, s: ForStmt): void {
  const b = f.b;
  const own = s.init && s.init.kind === 'AssignStmt' && s.init.tok === T.DEFINE ? s.init.lhs : [];
  if (s.init) stmt(f, s.init);
  const head = b.newBlock();
  const body = b.newBlock();
  const after = b.newBlock();
  const vars = f.perIterationVars
    ? own.flatMap((e) => (e.kind === 'Ident' && e.isDef && e.name !== '_' ? [e.obj as unknown as Var] : []))
    : [];
  const post = s.post || vars.length > 0 ? b.newBlock() : head;
  b.enter(head);
  const mark = b.mark();
  if (s.cond) condJump(f, s.cond, body, after);
  else b.jump(body);
  b.release(mark);
  b.resume(body);
  withTarget(f, s, { brk: after, cont: post }, () => block(f, s.body));
  if (post !== head) {
    b.resume(post);
    b.pos = s.pos;
    for (const v of vars) f.renew(v);
    if (s.post) stmt(f, s.post);
  }
  b.jump(head);
  b.resume(after);
}
