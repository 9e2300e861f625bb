// Initialisers that can be left out when nobody uses their variable.
//
// Guarantees: true only if evaluating the expression changes nothing outside what it makes, blocks on nothing and cannot
// panic, up to running out of memory. Functions are looked into, as far as they are simple: a function that writes through
// pointers it did not make, calls function values, loops without range, starts goroutines or defers counts as having effects.

import type { Expr, Stmt } from '../../syntax/nodes.ts';
import { T } from '../../syntax/token.ts';
import type { Initializer } from '../../types/api.ts';
import { type Func, Mode, type Obj, type Selection, SelKind, type TypeAndValue, type Var } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { intrinsicOf } from './intrinsics.ts';
import { declOfFunc } from './linkname.ts';
import type { ProgramBuilder } from './program.ts';

export function hasNoEffect(p: ProgramBuilder, init: Initializer): boolean {
  return new Effects(p).pure(init.rhs);
}

const verdicts = new WeakMap<Func, boolean>();

class Effects {
  private readonly p: ProgramBuilder;
  /** variables of the function looked at that hold memory it has made itself */
  private fresh = new Set<Var>();

  constructor(p: ProgramBuilder) {
    this.p = p;
  }

  pure(e: Expr): boolean {
    const tv = e.tv as TypeAndValue | null;
    if (tv && (tv.mode === Mode.Constant || tv.mode === Mode.TypExpr || tv.mode === Mode.Nil)) return true;
    switch (e.kind) {
      case 'Ident':
      case 'BasicLit':
      case 'FuncLit':
        return true;
      case 'ParenExpr':
        return this.pure(e.x);
      case 'CompositeLit':
        return e.elts.every(
          (x) =>
            this.pure(x.kind === 'KeyValueExpr' ? x.value : x) && (x.kind !== 'KeyValueExpr' || this.pureKey(e, x.key)),
        );
      case 'UnaryExpr':
        if (e.op === T.ARROW) return false;
        return this.pure(e.x);
      case 'BinaryExpr':
        if (e.op === T.QUO || e.op === T.REM || e.op === T.SHL || e.op === T.SHR) {
          const y = e.y.tv as TypeAndValue | null;
          if (y?.mode !== Mode.Constant) return false;
        }
        return this.pure(e.x) && this.pure(e.y) && !this.comparesInterfaces(e.op, e.x, e.y);
      case 'SelectorExpr': {
        const sel = e.selection as Selection | null;
        if (!sel) return true;
        if (sel.kind === SelKind.MethodExpr) return true;
        if (sel.kind !== SelKind.FieldVal) return false;
        return !sel.indirect && this.pure(e.x);
      }
      case 'IndexExpr': {
        // an instance of a generic function
        const x = e.x.tv as TypeAndValue | null;
        return x !== null && under(x.type).tag === 'Signature';
      }
      case 'CallExpr':
        return this.pureCall(e);
      default:
        return false;
    }
  }

  private pureKey(lit: Expr, key: Expr): boolean {
    const t = (lit.tv as TypeAndValue).type;
    const u = under(t);
    if (u.tag !== 'Map') return true;
    return under(u.key).tag !== 'Interface' && this.pure(key);
  }

  private comparesInterfaces(op: number, x: Expr, y: Expr): boolean {
    if (op !== T.EQL && op !== T.NEQ) return false;
    return [x, y].some((e) => {
      const tv = e.tv as TypeAndValue | null;
      return tv !== null && under(tv.type).tag === 'Interface' && tv.mode !== Mode.Nil;
    });
  }

  private pureCall(e: Expr & { kind: 'CallExpr' }): boolean {
    const tv = e.fun.tv as TypeAndValue | null;
    if (!tv) return false;
    if (!e.args.every((a) => this.pure(a))) return false;
    if (tv.mode === Mode.TypExpr) {
      // conversions of slices to arrays can panic
      const from = e.args[0]?.tv as TypeAndValue | null;
      return !(
        from &&
        under(from.type).tag === 'Slice' &&
        (under(tv.type).tag === 'Array' || under(tv.type).tag === 'Pointer')
      );
    }
    if (tv.mode === Mode.Builtin) {
      const name = builtinName(e.fun);
      if (name === 'make') return e.args.slice(1).every((a) => (a.tv as TypeAndValue).mode === Mode.Constant);
      return (
        name === 'new' ||
        name === 'len' ||
        name === 'cap' ||
        name === 'append' ||
        name === 'min' ||
        name === 'max' ||
        name === 'complex' ||
        name === 'real' ||
        name === 'imag'
      );
    }
    const fn = calleeOf(e.fun);
    return fn !== null && this.pureFunc(fn);
  }

  private pureFunc(fn: Func): boolean {
    const known = verdicts.get(fn.origin);
    if (known !== undefined) return known;
    verdicts.set(fn.origin, false);
    const r = this.compute(fn.origin);
    verdicts.set(fn.origin, r);
    return r;
  }

  private compute(fn: Func): boolean {
    if (intrinsicOf(fn)) return true;
    const def = this.p.links.definition(fn);
    if (!def) return false;
    const body = declOfFunc(def)?.body;
    if (!body) return false;
    this.p.checked.get(def.pkg!)!.checkFuncBody(def);
    const inner = new Effects(this.p);
    return body.list.every((s) => inner.pureStmt(s));
  }

  private pureStmt(s: Stmt): boolean {
    switch (s.kind) {
      case 'EmptyStmt':
        return true;
      case 'BlockStmt':
        return s.list.every((x) => this.pureStmt(x));
      case 'ExprStmt':
        return this.pure(s.x);
      case 'ReturnStmt':
        return s.results.every((x) => this.pure(x));
      case 'IfStmt':
        return (
          (!s.init || this.pureStmt(s.init)) &&
          this.pure(s.cond) &&
          this.pureStmt(s.body) &&
          (!s.else || this.pureStmt(s.else))
        );
      case 'DeclStmt':
        return s.decl.specs.every((spec) => {
          if (spec.kind !== 'ValueSpec') return true;
          if (!spec.values.every((x) => this.pure(x))) return false;
          spec.names.forEach((id, i) =>
            this.define(id, spec.values.length === spec.names.length ? spec.values[i]! : null),
          );
          return true;
        });
      case 'AssignStmt': {
        if (!s.rhs.every((x) => this.pure(x))) return false;
        if (s.tok === T.DEFINE) {
          s.lhs.forEach((x, i) => this.define(x, s.rhs.length === s.lhs.length ? s.rhs[i]! : null));
          return true;
        }
        if (s.tok !== T.ASSIGN && s.tok !== T.ADD_ASSIGN && s.tok !== T.SUB_ASSIGN && s.tok !== T.OR_ASSIGN)
          return false;
        return s.lhs.every((x) => this.ownPlace(x));
      }
      case 'IncDecStmt':
        return this.ownPlace(s.x);
      default:
        return false;
    }
  }

  /** Notes variables that point to memory made here and are never pointed elsewhere. */
  private define(lhs: Expr, rhs: Expr | null): void {
    if (lhs.kind !== 'Ident' || !rhs) return;
    const v = lhs.obj as Var | null;
    if (v && v.tag === 'Var' && !v.reassigned && !v.addrTaken && makesMemory(rhs)) this.fresh.add(v);
  }

  /** Is x a local variable, a part of one, or a part of memory made here? */
  private ownPlace(x: Expr): boolean {
    switch (x.kind) {
      case 'ParenExpr':
        return this.ownPlace(x.x);
      case 'Ident': {
        const v = x.obj as Obj | null;
        return x.name === '_' || (v !== null && v.tag === 'Var' && v.kind !== 'package');
      }
      case 'SelectorExpr': {
        const sel = x.selection as Selection | null;
        if (!sel || sel.kind !== SelKind.FieldVal) return false;
        if (!sel.indirect) return this.ownPlace(x.x);
        return x.x.kind === 'Ident' && sel.index.length === 1 && this.fresh.has(x.x.obj as Var);
      }
      default:
        return false;
    }
  }
}

function makesMemory(e: Expr): boolean {
  if (e.kind === 'UnaryExpr') return e.op === T.AND && e.x.kind === 'CompositeLit';
  return e.kind === 'CallExpr' && builtinName(e.fun) === 'new';
}

function builtinName(e: Expr): string {
  const obj = e.kind === 'Ident' ? (e.obj as Obj | null) : null;
  return obj?.tag === 'Builtin' ? obj.id : '';
}

/** The declared function that a call's operand names. */
export function calleeOf(e: Expr): Func | null {
  switch (e.kind) {
    case 'ParenExpr':
      return calleeOf(e.x);
    case 'IndexExpr':
      return calleeOf(e.x);
    case 'Ident': {
      const obj = e.obj as Obj | null;
      return obj?.tag === 'Func' ? obj : null;
    }
    case 'SelectorExpr': {
      if (e.selection) return null;
      const obj = e.sel.obj as Obj | null;
      return obj?.tag === 'Func' ? obj : null;
    }
    default:
      return null;
  }
}
