// tests: names of tests, benchmarks, fuzz tests and examples that do not run or do not say what they are examples of, and fuzz targets
// whose parameters cannot be had.
//
// Source: `go tool vet help tests`, the documentation of package testing; the findings' words and places are go vet's.

import type { CallExpr, Expr, Field, FuncDecl } from '../syntax/nodes.ts';
import { lookupFieldOrMethod } from '../types/lookup.ts';
import { identical } from '../types/predicates.ts';
import { Kind, type Obj, Slice, type Type, type Var } from '../types/types.ts';
import { byPath, typeString } from '../types/typestring.ts';
import { under } from '../types/under.ts';
import { Typ, universeByte } from '../types/universe.ts';
import { isNamed, type Pass, typeOf } from './pass.ts';
import { inspect } from './walk.ts';

export function tests(pass: Pass): void {
  for (const file of pass.files) {
    if (!pass.fset.file(file.pos)?.name.endsWith('_test.go')) continue;
    for (const d of file.decls) {
      if (d.kind !== 'FuncDecl' || d.recv) continue;
      const { name } = d.name;
      if (name.startsWith('Example')) exampleName(pass, d);
      for (const prefix of ['Test', 'Benchmark', 'Fuzz']) if (name.startsWith(prefix)) testName(pass, d, prefix);
      if (name.startsWith('Fuzz')) fuzz(pass, d);
    }
  }
}

const startsLower = (s: string): boolean => /^\p{Ll}/u.test(s);

function testName(pass: Pass, d: FuncDecl, prefix: string): void {
  const { params, results, tparams } = d.type;
  const only = params[0];
  if (results.length > 0 || params.length !== 1 || only!.names.length > 1) return;
  if (only!.type.kind !== 'StarExpr') return;
  const t = only!.type.x;
  const type = t.kind === 'SelectorExpr' ? t.sel.name : t.kind === 'Ident' ? t.name : '';
  if (type !== prefix[0]) return;
  const { name } = d.name;
  if (tparams.length > 0)
    pass.report(
      d.name.pos + name.length,
      `${name} has type parameters: it will not be run by go test as a ${prefix}XXX function`,
    );
  if (startsLower(name.slice(prefix.length)))
    pass.report(d.name.pos, `${name} has malformed name: first letter after '${prefix}' must not be lowercase`);
}

function exampleName(pass: Pass, d: FuncDecl): void {
  const { name } = d.name;
  if (d.type.params.length > 0) pass.report(d.pos, `${name} should be niladic`);
  if (d.type.results.length > 0) pass.report(d.pos, `${name} should return nothing`);
  if (d.type.tparams.length > 0) pass.report(d.pos, `${name} should not have type params`);
  if (name === 'Example') return;
  const rest = name.slice('Example'.length);
  const [ident = '', member, ...suffix] = rest.split('_');
  const objs = lookup(pass, ident);
  if (ident !== '' && objs.length === 0) {
    pass.report(d.pos, `${name} refers to unknown identifier: ${ident}`);
    return;
  }
  if (member === undefined) return;
  if (ident === '') {
    const residual = rest.replace(/^_/, '');
    if (!startsLower(residual)) pass.report(d.pos, `${name} has malformed example suffix: ${residual}`);
    return;
  }
  if (!startsLower(member)) {
    const found = objs.some((o) => o.type && lookupFieldOrMethod(o.type, true, o.pkg, member, false).obj);
    if (!found) pass.report(d.pos, `${name} refers to unknown field or method: ${ident}.${member}`);
  }
  const last = suffix.join('_');
  if (suffix.length > 0 && !startsLower(last)) pass.report(d.pos, `${name} has malformed example suffix: ${last}`);
}

/** What the name means in the package, or in one that it imports. */
function lookup(pass: Pass, name: string): Obj[] {
  const own = pass.pkg.scope.lookup(name);
  if (own) return [own];
  return pass.pkg.imports.flatMap((p) => p.scope.lookup(name) ?? []);
}

const fuzzable: readonly Type[] = [
  Typ[Kind.String]!,
  Typ[Kind.Bool]!,
  Typ[Kind.Float32]!,
  Typ[Kind.Float64]!,
  Typ[Kind.Int]!,
  Typ[Kind.Int8]!,
  Typ[Kind.Int16]!,
  Typ[Kind.Int32]!,
  Typ[Kind.Int64]!,
  Typ[Kind.Uint]!,
  Typ[Kind.Uint8]!,
  Typ[Kind.Uint16]!,
  Typ[Kind.Uint32]!,
  Typ[Kind.Uint64]!,
  new Slice(universeByte),
];

const show = (t: Type): string => typeString(t, byPath);

const isTesting = (t: Type | null, name: string): boolean => t?.tag === 'Pointer' && isNamed(t.elem, 'testing', name);

/** Whether it is a call of a method of *testing.F, of the given name. */
function onF(call: CallExpr, name?: string): boolean {
  const { fun } = call;
  return fun.kind === 'SelectorExpr' && isTesting(typeOf(fun.x), 'F') && (name === undefined || fun.sel.name === name);
}

function fuzz(pass: Pass, d: FuncDecl): void {
  let params: readonly Var[] | null = null;
  inspect(d, (n) => {
    if (n.kind !== 'CallExpr' || !onF(n, 'Fuzz') || n.args.length !== 1) return true;
    const target = n.args[0]!;
    const t = typeOf(target);
    if (!t) return true;
    const sig = under(t);
    if (sig.tag !== 'Signature') {
      pass.report(target.pos, 'argument to Fuzz must be a function');
      return false;
    }
    if (sig.results.length > 0) pass.report(target.pos, 'fuzz target must not return any value');
    if (sig.params.length === 0) {
      pass.report(target.pos, 'fuzz target must have 1 or more argument');
      return false;
    }
    if (fuzzParams(pass, sig.params, target)) params ??= sig.params;
    inspect(target, (x) => {
      if (x.kind === 'CallExpr' && onF(x) && !onF(x, 'Name') && !onF(x, 'Failed'))
        pass.report(x.pos, 'fuzz target must not call any *F methods');
      return true;
    });
    return false;
  });
  if (params) addCalls(pass, d, params);
}

function fuzzParams(pass: Pass, params: readonly Var[], target: Expr): boolean {
  const fields: Field[] =
    target.kind === 'FuncLit'
      ? target.type.params.flatMap((f) => Array.from({ length: Math.max(f.names.length, 1) }, () => f))
      : [];
  let at = target.pos;
  let ok = true;
  if (!isTesting(params[0]!.type, 'T')) {
    at = fields[0]?.type.pos ?? at;
    pass.report(at, 'the first parameter of a fuzz target must be *testing.T');
    ok = false;
  }
  for (const [i, p] of params.entries()) {
    if (i === 0 || fuzzable.some((t) => identical(t, p.type!))) continue;
    at = fields[i]?.type.pos ?? at;
    pass.report(at, `fuzzing arguments can only have the following types: ${fuzzable.map(show).join(', ')}`);
    ok = false;
  }
  return ok;
}

function addCalls(pass: Pass, d: FuncDecl, params: readonly Var[]): void {
  const add = 'in call to (*testing.F).Add';
  inspect(d, (n) => {
    if (n.kind !== 'CallExpr' || !onF(n, 'Add')) return true;
    const want = params.slice(1).map((p) => p.type!);
    if (n.args.length !== want.length) {
      pass.report(n.pos, `wrong number of values ${add}: ${n.args.length}, fuzz target expects ${want.length}`);
      return true;
    }
    const got = n.args.map((a) => typeOf(a)!);
    const wrong = got.flatMap((t, i) => (identical(t, want[i]!) ? [] : [i]));
    if (wrong.length === 1) {
      const i = wrong[0]!;
      pass.report(n.args[i]!.pos, `mismatched type ${add}: ${show(got[i]!)}, fuzz target expects ${show(want[i]!)}`);
    } else if (wrong.length > 1) {
      const list = (l: readonly Type[]): string => `[${l.map(show).join(' ')}]`;
      pass.report(n.pos, `mismatched types ${add}: ${list(got)}, fuzz target expects ${list(want)}`);
    }
    return true;
  });
}
