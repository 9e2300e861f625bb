// Operands that are (parts of) something: variables, fields, elements of arrays, what pointers point to.
//
// Guarantees: reading a part of a value in memory loads that part only. Nil and bounds checks are emitted when the access
// is made; the load itself happens where its value is used, as gc does it: after the calls in the same expression.

import type { Expr as Ast, Pos, SelectorExpr } from '../../syntax/nodes.ts';
import { endPos } from '../../types/positions.ts';
import { Mode, type Selection, SelKind, type Type, type TypeAndValue, type Var } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { type Expr, get, type Local } from '../ir.ts';
import { type Addr, addrExpr, heapAddr, shifted } from './builder.ts';
import { expr } from './expr.ts';
import { indexAccess } from './index.ts';
import { fieldOffset, fieldParts, layoutOf } from './layout.ts';
import type { FuncState } from './state.ts';

export type Access =
  /** in locals; assignable */
  | { readonly kind: 'reg'; readonly type: Type; readonly locals: readonly Local[] }
  /** in memory; own: only this function can change it */
  | { readonly kind: 'mem'; readonly type: Type; readonly addr: Addr; readonly own: boolean }
  /** the scalars of a value that is nowhere in particular */
  | { readonly kind: 'value'; readonly type: Type; readonly value: readonly Expr[] };

/** e as a place if it is one, and otherwise its value. */
export function access(f: FuncState, e: Ast): Access {
  switch (e.kind) {
    case 'ParenExpr':
      return access(f, e.x);
    case 'Ident': {
      const obj = e.obj as Var | null;
      if (obj && obj.tag === 'Var') return f.storage(obj);
      break;
    }
    case 'SelectorExpr': {
      const sel = e.selection as Selection | null;
      if (!sel) {
        const obj = e.sel.obj as Var | null;
        if (obj && obj.tag === 'Var') return f.storage(obj);
      } else if (sel.kind === SelKind.FieldVal) {
        const x = access(f, e.x);
        f.b.pos = dotPos(e);
        return walkFields(f, x, sel.index);
      }
      break;
    }
    case 'StarExpr':
      return deref(f, e);
    case 'IndexExpr': {
      const a = indexAccess(f, e);
      if (a) return a;
      break;
    }
    default:
      break;
  }
  const type = f.typeOf(e);
  const value = expr(f, e);
  if (layoutOf(type).parts) return { kind: 'value', type, value };
  return { kind: 'mem', type, addr: heapAddr(f.b.hold(value[0]!)), own: true };
}

/** Where gc says a selector's operand is dereferenced: at the dot, which is on the line the operand ends in. */
export function dotPos(e: SelectorExpr): Pos {
  return endPos(e.x);
}

function deref(f: FuncState, e: Ast & { kind: 'StarExpr' }): Access {
  const ptr = f.underOf(e.x);
  if (ptr.tag !== 'Pointer') throw new Error(`dereference of a ${ptr.tag}`);
  const value = stable(f, expr(f, e.x)[0]!);
  f.b.pos = e.pos;
  const p = f.b.nilCheck(value);
  return { kind: 'mem', type: ptr.elem, addr: heapAddr(p), own: false };
}

/** p as a pointer whose value does not change before it is used. */
function stable(f: FuncState, p: Expr): Expr {
  return f.b.hold(p, 'ptr');
}

/** Follows a path of fields, through embedded pointers. */
export function walkFields(f: FuncState, a: Access, index: readonly number[]): Access {
  for (const i of index) a = field(f, a, i);
  return a;
}

export function field(f: FuncState, a: Access, i: number): Access {
  let u = under(a.type);
  if (u.tag === 'Pointer') {
    const p = f.b.nilCheck(read(f, a)[0]!);
    a = { kind: 'mem', type: u.elem, addr: heapAddr(p), own: false };
    u = under(u.elem);
  }
  if (u.tag !== 'Struct') throw new Error(`field of a ${u.tag} in ${f.fn.name}`);
  const type = u.fields[i]!.type!;
  if (a.kind === 'mem') return { kind: 'mem', type, addr: shifted(a.addr, fieldOffset(u, i)), own: a.own };
  const { first, count } = fieldParts(u, i);
  if (a.kind === 'reg') return { kind: 'reg', type, locals: a.locals.slice(first, first + count) };
  return { kind: 'value', type, value: a.value.slice(first, first + count) };
}

/** The value of an access: its scalars, or the address of its memory. */
export function read(f: FuncState, a: Access): Expr[] {
  switch (a.kind) {
    case 'reg':
      return a.locals.map(get);
    case 'mem':
      return f.b.load(a.type, a.addr);
    case 'value':
      return [...a.value];
  }
}

/** The address of e, which is addressable or a composite literal's memory. */
export function addressOf(f: FuncState, e: Ast): Addr {
  const a = access(f, e);
  if (a.kind !== 'mem') throw new Error(`no address: ${e.kind} at ${f.where(e.pos)}`);
  return a.addr;
}

/** Address of a receiver for a method with pointer receiver, called on the variable e. */
export function addressValue(f: FuncState, e: Ast): Expr {
  return addrExpr(addressOf(f, e));
}

/** Is e a variable in memory of this function's own, so that a callee can read it in place? */
export function isAddressable(e: Ast): boolean {
  const tv = e.tv as TypeAndValue | null;
  return tv !== null && tv.mode === Mode.Variable;
}
