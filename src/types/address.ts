// Which variables of a function need a place in memory, and which change: the flags lowering reads off a Var.
//
// Source: Go specification, "Address operators", "Calls", "Slice expressions".

import type { Expr } from '../syntax/nodes.ts';
import type { Selection, TypeAndValue, Var } from './types.ts';
import { under } from './under.ts';

/** The variable whose memory e is (a part of); null if e is memory reached through a pointer, or not a variable. */
export function rootVar(e: Expr): Var | null {
  for (;;) {
    switch (e.kind) {
      case 'ParenExpr':
        e = e.x;
        continue;
      case 'Ident': {
        const obj = e.obj as { tag?: string } | null;
        return obj?.tag === 'Var' ? (obj as Var) : null;
      }
      case 'SelectorExpr': {
        const sel = e.selection as Selection | null;
        if (!sel) {
          const obj = e.sel.obj as { tag?: string } | null;
          return obj?.tag === 'Var' ? (obj as Var) : null;
        }
        if (sel.indirect || under(sel.recv).tag === 'Pointer') return null;
        e = e.x;
        continue;
      }
      case 'IndexExpr': {
        const tv = e.x.tv as TypeAndValue | null;
        if (!tv || under(tv.type).tag !== 'Array') return null;
        e = e.x;
        continue;
      }
      default:
        return null;
    }
  }
}

/** Notes that the address of e, which has been checked, is taken. */
export function markAddrTaken(e: Expr): void {
  const v = rootVar(e);
  if (v) v.addrTaken = true;
}

/** Notes that e, which has been checked, is assigned to. */
export function markReassigned(e: Expr): void {
  const v = rootVar(e);
  if (v) v.reassigned = true;
}
