// Which functions pass a format and arguments on to a printing function, and so are printing functions themselves.
//
// Assumes: packages come after those they import. Guarantees: pass.wrappers has the package's own afterwards. Methods of interfaces count only
// where they are known by name: who implements them is not looked at.
// Source: go vet's documentation of printf.

import type { AssignStmt, BlockStmt, CallExpr, Expr, ValueSpec } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import type { Func, Obj, Signature, Var } from '../types/types.ts';
import { Kind } from '../types/types.ts';
import { typeSet } from '../types/typeset.ts';
import { unalias } from '../types/under.ts';
import { Typ } from '../types/universe.ts';
import { callee, everywhere, fullName, type Pass, type PrintKind, typeOf, usedObject } from './pass.ts';
import { inspect } from './walk.ts';

const known = new Set([
  ...['Append', 'Fprint', 'Print', 'Sprint'].flatMap((f) => ['', 'f', 'ln'].map((end) => `fmt.${f}${end}`)),
  'fmt.Errorf',
  'runtime/trace.Logf',
  ...['Print', 'Fatal', 'Panic'].flatMap((f) =>
    ['', 'f', 'ln'].flatMap((end) => [`log.${f}${end}`, `(*log.Logger).${f}${end}`]),
  ),
  ...['Error', 'Fatal', 'Log', 'Skip'].flatMap((f) =>
    ['', 'f'].flatMap((end) => [`(*testing.common).${f}${end}`, `(testing.TB).${f}${end}`]),
  ),
]);

const originOf = (obj: Obj): Obj => (obj.tag === 'Func' || obj.tag === 'Var' ? obj.origin : obj);

/** How the function prints; null: not as far as is known. */
export function printKind(pass: Pass, obj: Obj): PrintKind | null {
  const name = fullName(obj);
  if (known.has(name)) {
    if (name === 'fmt.Errorf') return 'errorf';
    return name.endsWith('f') ? 'printf' : 'print';
  }
  return pass.wrappers.get(originOf(obj)) ?? null;
}

/** Whether the type is that of `args ...any`, a slice as functions see it. */
export function isAnySlice(v: Var): boolean {
  const t = v.type!;
  if (t.tag !== 'Slice') return false;
  const elem = unalias(t.elem);
  if (elem.tag !== 'Interface') return false;
  const set = typeSet(elem);
  return set.methods.length === 0 && set.terms === 'all' && !set.comparable;
}

interface Candidate {
  readonly obj: Obj;
  readonly body: BlockStmt;
  readonly format: Var | null;
  readonly args: Var;
  /** candidates that call this one, and how */
  readonly callers: { readonly from: Candidate; readonly call: CallExpr }[];
}

function candidate(obj: Obj, sig: Signature, body: BlockStmt): Candidate | null {
  if (!sig.variadic) return null;
  const args = sig.params.at(-1)!;
  if (!isAnySlice(args)) return null;
  const before = sig.params.at(-2) ?? null;
  return { obj, body, format: before?.type === Typ[Kind.String] ? before : null, args, callers: [] };
}

/** Finds the package's wrappers, and calls of them that leave "..." out. */
export function findWrappers(pass: Pass): void {
  const byObj = new Map<Obj, Candidate>();
  const add = (obj: Obj | null, sig: Signature, body: BlockStmt): void => {
    const c = obj && candidate(obj, sig, body);
    if (c) byObj.set(c.obj, c);
  };
  const literals = (s: AssignStmt | ValueSpec, to: readonly Expr[], values: readonly Expr[]): void => {
    if (s.kind === 'AssignStmt' && to.length !== values.length) return;
    for (const [i, x] of values.entries()) {
      if (x.kind !== 'FuncLit' || !to[i]) continue;
      const v = usedObject(to[i]);
      if (v?.tag === 'Var') add(v, typeOf(x) as Signature, x.body);
    }
  };
  everywhere(pass, (n) => {
    if (n.kind === 'FuncDecl' && n.body) {
      const fn = n.name.obj as Func | null;
      if (fn?.tag === 'Func') add(fn, fn.sig, n.body);
    } else if (n.kind === 'AssignStmt') literals(n, n.lhs, n.rhs);
    else if (n.kind === 'ValueSpec') literals(n, n.names, n.values);
  });
  for (const c of byObj.values()) scan(pass, c, byObj);
}

const means = (e: Expr | undefined, v: Var | null): boolean => v !== null && e?.kind === 'Ident' && e.obj === v;

/** Looks at the calls of a candidate's body, up to where it changes what it would pass on. */
function scan(pass: Pass, c: Candidate, byObj: ReadonlyMap<Obj, Candidate>): void {
  let changed = false;
  inspect(c.body, (n) => {
    if (changed) return false;
    if (n.kind === 'AssignStmt') changed = n.lhs.some((l) => means(l, c.format) || means(l, c.args));
    else if (n.kind === 'UnaryExpr') changed = n.op === T.AND && (means(n.x, c.format) || means(n.x, c.args));
    else if (n.kind === 'CallExpr' && means(n.args.at(-1), c.args)) {
      const to = callee(n);
      if (to) {
        byObj.get(to)?.callers.push({ from: c, call: n });
        const kind = printKind(pass, to);
        if (kind) propagate(pass, c, n, kind);
      }
    }
    return !changed;
  });
}

/** c calls a function of that kind: so it is one, if it passes all on, and so are those that call it. */
function propagate(pass: Pass, c: Candidate, call: CallExpr, kind: PrintKind): void {
  if (!forwards(pass, c, call, kind)) return;
  if (pass.wrappers.get(c.obj) === kind) return;
  pass.wrappers.set(c.obj, kind);
  for (const { from, call } of c.callers) propagate(pass, from, call, kind);
}

function forwards(pass: Pass, c: Candidate, call: CallExpr, kind: PrintKind): boolean {
  if (kind !== 'print' && (call.args.length < 2 || !means(call.args.at(-2), c.format))) return false;
  if (call.ellipsis) return true;
  const sig = typeOf(call.fun);
  if (sig?.tag === 'Signature' && call.args.length <= sig.params.length)
    pass.report(call.pos, `missing ... in args forwarded to ${kind}-like function`);
  return false;
}
