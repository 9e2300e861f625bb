// Terminating statements.
//
// Source: Go specification, "Terminating statements".

import type { CallExpr, CaseClause, CommClause, Stmt } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import { unparen } from './positions.ts';

/** Whether control cannot reach what follows s. label: the label of s, or ''. */
export function isTerminating(panics: ReadonlySet<CallExpr> | null, s: Stmt, label: string): boolean {
  switch (s.kind) {
    case 'LabeledStmt':
      return isTerminating(panics, s.stmt, s.label.name);
    case 'ExprStmt': {
      const call = unparen(s.x);
      return call.kind === 'CallExpr' && panics !== null && panics.has(call);
    }
    case 'ReturnStmt':
      return true;
    case 'BranchStmt':
      return s.tok === T.GOTO || s.tok === T.FALLTHROUGH;
    case 'BlockStmt':
      return terminates(panics, s.list);
    case 'IfStmt':
      return s.else !== null && isTerminating(panics, s.body, '') && isTerminating(panics, s.else, '');
    case 'SwitchStmt':
    case 'TypeSwitchStmt':
      return clausesTerminate(panics, s.body, label) && s.body.some((cc) => cc.list === null);
    case 'SelectStmt':
      return clausesTerminate(panics, s.body, label);
    case 'ForStmt':
      return s.cond === null && !hasBreak(s.body, label, true);
    default:
      return false;
  }
}

function terminates(panics: ReadonlySet<CallExpr> | null, list: readonly Stmt[]): boolean {
  for (let i = list.length - 1; i >= 0; i--) {
    if (list[i]!.kind !== 'EmptyStmt') return isTerminating(panics, list[i]!, '');
  }
  return false;
}

function clausesTerminate(
  panics: ReadonlySet<CallExpr> | null,
  body: readonly (CaseClause | CommClause)[],
  label: string,
): boolean {
  for (const cc of body) if (!terminates(panics, cc.body) || anyBreak(cc.body, label, true)) return false;
  return true;
}

function anyBreak(list: readonly Stmt[], label: string, implicit: boolean): boolean {
  for (const s of list) if (hasBreak(s, label, implicit)) return true;
  return false;
}

/** Whether s has a break out of the statement with that label; implicit: or one without label that leaves it. */
function hasBreak(s: Stmt, label: string, implicit: boolean): boolean {
  switch (s.kind) {
    case 'LabeledStmt':
      return hasBreak(s.stmt, label, implicit);
    case 'BranchStmt':
      return s.tok === T.BREAK && (s.label ? s.label.name === label : implicit);
    case 'BlockStmt':
      return anyBreak(s.list, label, implicit);
    case 'IfStmt':
      return hasBreak(s.body, label, implicit) || (s.else !== null && hasBreak(s.else, label, implicit));
    case 'SwitchStmt':
    case 'TypeSwitchStmt':
    case 'SelectStmt':
      return label !== '' && s.body.some((cc) => anyBreak(cc.body, label, false));
    case 'ForStmt':
    case 'RangeStmt':
      return label !== '' && hasBreak(s.body, label, false);
    default:
      return false;
  }
}
