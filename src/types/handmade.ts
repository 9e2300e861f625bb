// Types made by hand, for the tests of the algorithms on types.

import type { ErrorDesc } from './errors.ts';
import type { Reporter } from './reporter.ts';
import {
  Func,
  Interface,
  Kind,
  Named,
  Package,
  Pointer,
  Signature,
  Struct,
  type Term,
  type Type,
  TypeName,
  TypeParam,
  Union,
  Var,
} from './types.ts';
import { byPath } from './typestring.ts';
import { Typ, universe } from './universe.ts';

export const int = Typ[Kind.Int]!;
export const string = Typ[Kind.String]!;
export const float64 = Typ[Kind.Float64]!;

export const pkg = new Package('example.com/p', 'p', universe);
export const otherPkg = new Package('example.com/q', 'q', universe);

/** A field; without name it is embedded, under the name of its type. */
export function field(name: string, t: Type, from = pkg): Var {
  if (name !== '') return new Var(0, from, name, t, 'field');
  const base = t.tag === 'Pointer' ? t.elem : t;
  return new Var(0, from, base.tag === 'Named' ? base.obj.name : '?', t, 'field', true);
}

export function struct(...fields: Var[]): Struct {
  return new Struct(fields);
}

export function func(params: Type[], results: Type[], variadic = false): Signature {
  return new Signature(
    params.map((t) => new Var(0, pkg, '', t, 'param')),
    results.map((t) => new Var(0, pkg, '', t, 'result')),
    variadic,
  );
}

/** The method `name` of a type that is given later. */
export function method(name: string, sig: Signature, from = pkg): Func {
  return new Func(0, from, name, sig);
}

export function iface(methods: Func[], ...embeddeds: Type[]): Interface {
  const t = new Interface(methods, embeddeds);
  for (const m of methods) m.sig.recv = new Var(0, pkg, '', t, 'recv');
  return t;
}

export function union(...terms: (Term | Type)[]): Union {
  return new Union(terms.map((t) => ('tilde' in t ? t : { tilde: false, type: t })));
}

export function tilde(type: Type): Term {
  return { tilde: true, type };
}

export function named(name: string, underlying: Type, from = pkg): Named {
  const obj = new TypeName(0, from, name, null);
  const t = new Named(obj, null, []);
  obj.type = t;
  t.fromRHS = underlying;
  return t;
}

/** Declares a method on t, or on *t. */
export function declare(t: Named, name: string, sig: Signature, ptrRecv = false, from = pkg): Func {
  const m = new Func(0, from, name, sig);
  m.ptrRecv = ptrRecv;
  sig.recv = new Var(0, from, '', ptrRecv ? new Pointer(t) : t, 'recv');
  t.methods.push(m);
  return m;
}

export function typeParam(name: string, bound: Type, index = 0): TypeParam {
  const obj = new TypeName(0, pkg, name, null);
  const p = new TypeParam(obj, bound);
  p.index = index;
  obj.type = p;
  return p;
}

/** A reporter that keeps what it is told. */
export class Notes implements Reporter {
  readonly pkg = pkg;
  readonly qualifier = byPath;
  readonly messages: string[] = [];
  error(_at: number, msg: string): void {
    this.messages.push(msg);
  }
  report(err: ErrorDesc): void {
    this.messages.push(err.lines.map((l) => l.msg).join('\n'));
  }
  later(run: () => void): void {
    run();
  }
  allowVersion(): boolean {
    return true;
  }
  verifyVersion(): boolean {
    return true;
  }
  posstr(): string {
    return 'p.go:1:1';
  }
}
