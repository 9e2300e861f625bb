// Analyses of an expression or a statement at a time: atomic, bool, errorsas, ifaceassert, nilfunc and stringintconv.
//
// Source: `go tool vet help` of each; the findings' words and places are go vet's.

import type { BinaryExpr, Expr } from '../syntax/nodes.ts';
import { T, tokenText } from '../syntax/token.ts';
import { missingMethod } from '../types/lookup.ts';
import { identical, isInterface } from '../types/predicates.ts';
import { type Builtin, Is, Kind, Mode, type Type, type TypeAndValue, type TypeName } from '../types/types.ts';
import { termsOf, typeSet } from '../types/typeset.ts';
import { byPath, typeString } from '../types/typestring.ts';
import { unalias, under } from '../types/under.ts';
import { universeError } from '../types/universe.ts';
import { format } from './format.ts';
import { callee, everywhere, fullName, isConstant, isError, type Pass, typeOf, unparen, usedObject } from './pass.ts';
import { inspect } from './walk.ts';

/** x = atomic.AddInt32(&x, 1) */
export function atomic(pass: Pass): void {
  const adds = new Set(['Int32', 'Int64', 'Uint32', 'Uint64', 'Uintptr'].map((t) => `sync/atomic.Add${t}`));
  everywhere(pass, (n) => {
    if (n.kind !== 'AssignStmt' || n.lhs.length !== n.rhs.length || (n.lhs.length === 1 && n.tok === T.DEFINE)) return;
    for (const [i, right] of n.rhs.entries()) {
      if (right.kind !== 'CallExpr' || right.args.length !== 2) continue;
      const to = callee(right);
      if (!to || !adds.has(fullName(to))) continue;
      const left = n.lhs[i]!;
      const arg = right.args[0]!;
      const same =
        arg.kind === 'UnaryExpr' && arg.op === T.AND
          ? format(left) === format(arg.x)
          : left.kind === 'StarExpr' && format(left.x) === format(arg);
      if (same) pass.report(left.pos, 'direct assignment to atomic value');
    }
  });
}

/** a || a; x != 1 || x != 2 */
export function bool(pass: Pass): void {
  const seen = new Set<Expr>();
  everywhere(pass, (n) => {
    if (n.kind !== 'BinaryExpr' || seen.has(n) || (n.op !== T.LOR && n.op !== T.LAND)) return;
    const operands: Expr[] = [];
    split(n, n.op, operands, seen);
    let set: Expr[] = [];
    for (const x of operands) {
      if (!hasEffects(x)) {
        set.push(x);
        continue;
      }
      checkOperands(pass, n, set);
      set = [];
    }
    checkOperands(pass, n, set);
  });
}

/** The operands of a chain of one operator, the last one first. */
function split(e: Expr, op: number, out: Expr[], seen: Set<Expr>): void {
  e = unparen(e);
  while (e.kind === 'BinaryExpr' && e.op === op) {
    seen.add(e);
    split(e.y, op, out, seen);
    e = unparen(e.x);
  }
  out.push(e);
}

const pure = new Set(
  'cap complex imag len make max min new real Add Alignof Offsetof Sizeof Slice SliceData String StringData'.split(' '),
);

function hasEffects(e: Expr): boolean {
  let found = false;
  inspect(e, (n) => {
    if (n.kind === 'UnaryExpr' && n.op === T.ARROW) found = true;
    else if (n.kind === 'CallExpr' && (n.fun.tv as TypeAndValue | null)?.mode !== Mode.TypExpr) {
      const fn = usedObject(n.fun);
      if (fn?.tag !== 'Builtin' || !pure.has((fn as Builtin).id)) found = true;
    }
    return !found && n.kind !== 'FuncLit';
  });
  return found;
}

function checkOperands(pass: Pass, chain: BinaryExpr, operands: readonly Expr[]): void {
  const name = chain.op === T.LOR ? 'or' : 'and';
  const op = tokenText(chain.op);
  const texts = new Set<string>();
  for (const x of operands) {
    const s = format(x);
    if (texts.has(s)) pass.report(x.pos, `redundant ${name}: ${s} ${op} ${s}`);
    else texts.add(s);
  }
  // Of two different constants, x is always unequal to one, and never equal to both.
  const compared = new Map<string, string>();
  for (const x of operands) {
    if (x.kind !== 'BinaryExpr' || x.op !== (chain.op === T.LOR ? T.NEQ : T.EQL)) continue;
    const other = isConstant(x.y) ? x.x : isConstant(x.x) ? x.y : null;
    if (!other) continue;
    const [s, key] = [format(x), format(other)];
    const before = compared.get(key);
    if (before === undefined) compared.set(key, s);
    else if (before !== s) pass.report(x.pos, `suspect ${name}: ${s} ${op} ${before}`);
  }
}

/** errors.As with a second argument that is no pointer to an error or interface. */
export function errorsas(pass: Pass): void {
  if (pass.pkg.path === 'errors' || pass.pkg.path === 'errors_test') return;
  const must =
    'second argument to errors.As must be a non-nil pointer to either a type that implements error, or to any interface type';
  everywhere(pass, (n) => {
    if (n.kind !== 'CallExpr' || n.args.length < 2) return;
    const to = callee(n);
    if (!to || fullName(to) !== 'errors.As') return;
    const t = typeOf(n.args[1]!);
    if (!t) return;
    const u = under(t);
    if (u.tag === 'Interface' && typeSet(u).methods.length === 0) return;
    if (u.tag !== 'Pointer') pass.report(n.pos, must);
    else if (identical(u.elem, universeError)) pass.report(n.pos, 'second argument to errors.As should not be *error');
    else if (!isInterface(u.elem) && !isError(u.elem)) pass.report(n.pos, must);
  });
}

/** Assertions to interfaces with a method of another type under the same name. */
export function ifaceassert(pass: Pass): void {
  everywhere(pass, (n) => {
    const targets =
      n.kind === 'TypeAssertExpr' && n.type
        ? [n.type]
        : n.kind === 'TypeSwitchStmt'
          ? n.body.flatMap((c) => c.list ?? [])
          : [];
    if (targets.length === 0) return;
    const x = (n as { readonly x: Expr }).x;
    const from = typeOf(n.kind === 'TypeSwitchStmt' && x.kind === 'TypeAssertExpr' ? x.x : x);
    for (const target of targets) {
      const to = typeOf(target);
      if (!from || !to || under(from).tag !== 'Interface' || under(to).tag !== 'Interface') continue;
      if (dependsOnParameters(from) || dependsOnParameters(to)) continue;
      const f = missingMethod(null, from, to, false, identical, null);
      if (!f) continue;
      const both = `${typeString(from, byPath)} and ${typeString(to, byPath)}`;
      pass.report(
        target.pos,
        `impossible type assertion: no type can implement both ${both} (conflicting types for ${f.name} method)`,
      );
    }
  });
}

function dependsOnParameters(t: Type): boolean {
  const u = under(t);
  if (unalias(t).tag === 'TypeParam' || u.tag !== 'Interface') return true;
  return typeSet(u).methods.some((m) => mentionsParameter(m.sig));
}

function mentionsParameter(t: Type): boolean {
  let found = false;
  const look = (x: Type): void => {
    const a = unalias(x);
    switch (a.tag) {
      case 'TypeParam':
        found = true;
        return;
      case 'Named':
        a.targs.forEach(look);
        return;
      case 'Pointer':
      case 'Slice':
      case 'Array':
      case 'Chan':
        look(a.elem);
        return;
      case 'Map':
        look(a.key);
        look(a.elem);
        return;
      case 'Signature':
        for (const v of [...a.params, ...a.results]) look(v.type!);
        return;
      default:
    }
  };
  look(t);
  return found;
}

/** f == nil */
export function nilfunc(pass: Pass): void {
  everywhere(pass, (n) => {
    if (n.kind !== 'BinaryExpr' || (n.op !== T.EQL && n.op !== T.NEQ)) return;
    const isNil = (e: Expr): boolean => (e.tv as TypeAndValue | null)?.mode === Mode.Nil;
    const other = isNil(n.x) ? n.y : isNil(n.y) ? n.x : null;
    const obj = other && usedObject(other);
    if (obj?.tag !== 'Func') return;
    const op = tokenText(n.op);
    pass.report(n.pos, `comparison of function ${obj.name} ${op} nil is always ${n.op === T.NEQ}`);
  });
}

/** string(x) of a number */
export function stringintconv(pass: Pass): void {
  everywhere(pass, (n) => {
    if (n.kind !== 'CallExpr' || n.args.length !== 1) return;
    const name = n.fun.kind === 'Ident' || n.fun.kind === 'SelectorExpr' ? usedObject(n.fun) : null;
    const from = typeOf(n.args[0]!);
    if (name?.tag !== 'TypeName' || !from) return;
    const to = (name as TypeName).type!;
    const string = choices(to).find((t) => basicKind(t) === Kind.String);
    const integer = choices(from).find((t) => {
      const u = under(t);
      return u.tag === 'Basic' && u.info & Is.Integer && !characters.has(u.kind);
    });
    if (!string || !integer) return;
    const target = describe(string, to, name.name);
    const source = describe(integer, from, typeName(from));
    if (!target || !source) return;
    const msg = `conversion from ${source} to ${target} yields a string of one rune, not a string of digits`;
    pass.report(n.pos, msg);
  });
}

const characters = new Set<number>([Kind.Uint8, Kind.Int32, Kind.UntypedRune]);

function basicKind(t: Type): number {
  const u = under(t);
  return u.tag === 'Basic' ? u.kind : -1;
}

/** The types that a type parameter stands for; others for themselves. */
function choices(t: Type): readonly Type[] {
  const p = unalias(t);
  if (p.tag !== 'TypeParam') return [t];
  const list: Type[] = [];
  termsOf(p, (term) => {
    if (term) list.push(term.type);
    return true;
  });
  return list;
}

function typeName(t: Type): string {
  if (t.tag === 'Basic') return t.name;
  return t.tag === 'Named' || t.tag === 'Alias' || t.tag === 'TypeParam' ? t.obj.name : '';
}

/** A type, what it is underneath, and the type parameter it is one of. */
function describe(t: Type, whole: Type, wholeName: string): string {
  const name = t === whole ? wholeName : typeName(t);
  if (!name) return '';
  const more: string[] = [];
  const underneath = typeName(under(t));
  if (underneath && underneath !== name) more.push(underneath);
  if (t !== whole && wholeName && wholeName !== name) more.push(`in ${wholeName}`);
  return more.length > 0 ? `${name} (${more.join(', ')})` : name;
}
