import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorDesc } from './errors.ts';
import {
  declare,
  float64,
  func,
  iface,
  int,
  method,
  Notes,
  named,
  string,
  struct,
  tilde,
  typeParam,
  union,
} from './handmade.ts';
import { type Argument, infer, renameTParams } from './infer.ts';
import { instance } from './instantiate.ts';
import { Chan, Kind, MapT, Mode, Pointer, type Signature, Slice, type Type, type TypeParam, Var } from './types.ts';
import { byPath, typeString } from './typestring.ts';
import { Typ, universeAny } from './universe.ts';

const untypedInt = Typ[Kind.UntypedInt]!;
const untypedFloat = Typ[Kind.UntypedFloat]!;
const untypedString = Typ[Kind.UntypedString]!;
const nil = Typ[Kind.UntypedNil]!;

/** The inferred types, or the message. */
function inferred(
  tparams: TypeParam[],
  params: Type[],
  args: Type[],
  given: (Type | null)[] = [],
  reverse = false,
): string {
  const err = new ErrorDesc();
  const operands = args.map((typ): Argument => ({ mode: Mode.Value, expr: null, typ, isNil: typ === nil }));
  const vars = params.map((t) => new Var(0, null, '', t, 'param'));
  const types = infer(new Notes(), 0, tparams, given, vars, operands, reverse, err);
  if (!types) return err.lines.map((l) => l.msg).join('\n');
  return types.map((t) => typeString(t, byPath)).join(' ');
}

function param(name: string, bound: Type = universeAny): TypeParam {
  return typeParam(name, bound);
}

test('typed arguments', () => {
  const p = param('P');
  const q = param('Q');
  assert.equal(inferred([p], [p], [int]), 'int');
  assert.equal(inferred([p, q], [new MapT(p, new Slice(q))], [new MapT(string, new Slice(int))]), 'string int');
  assert.equal(inferred([p], [new Slice(p)], [named('S', new Slice(int))]), 'int');
  assert.equal(inferred([p], [func([p], [p])], [func([int], [int])]), 'int');
  assert.equal(inferred([p], [p, p], [int, int]), 'int');
  assert.equal(inferred([p, q], [q], [int], [string]), 'string int');
});

test('untyped arguments take the largest default type', () => {
  const p = param('P');
  assert.equal(inferred([p], [p], [untypedInt]), 'int');
  assert.equal(inferred([p], [p, p], [untypedInt, untypedFloat]), 'float64');
  assert.equal(inferred([p], [p, p], [float64, untypedInt]), 'float64');
  assert.equal(
    inferred([p], [p, p], [untypedInt, untypedString]),
    'mismatched types untyped int and untyped string (cannot infer P)',
  );
  assert.equal(inferred([p], [p], [nil]), 'cannot infer P (declared at p.go:1:1)');
});

test('core types of constraints', () => {
  const e = param('E');
  const s = param('S', iface([], union(tilde(new Slice(e)))));
  assert.equal(inferred([s, e], [s], [named('Ints', new Slice(int))]), 'example.com/p.Ints int');
  const t = param('T');
  const pt = param('PT', iface([method('Set', func([string], []))], union(new Pointer(t))));
  assert.equal(inferred([t, pt], [], [], [named0()]), 'example.com/p.Box *example.com/p.Box');
  const single = param('X', iface([], union(int)));
  assert.equal(inferred([single], [], []), 'int');
});

function named0(): Type {
  const box = named('Box', struct());
  declare(box, 'Set', func([string], []), true);
  return box;
}

test('methods of constraints', () => {
  const t = param('T');
  const p = param('P', iface([method('Get', func([], [t]))]));
  const box = named('Box', struct());
  declare(box, 'Get', func([], [string]));
  assert.equal(inferred([p, t], [p], [box]), 'example.com/p.Box string');
  assert.equal(inferred([p, t], [p], [int]), 'P (type int) does not satisfy interface{Get() T} (missing method Get)');
});

test('named types and directed channels win', () => {
  const p = param('P');
  const ints = named('Ints', new Slice(int));
  assert.equal(inferred([p], [p, p], [new Slice(int), ints]), 'example.com/p.Ints');
  assert.equal(inferred([p], [p, p], [ints, new Slice(int)]), 'example.com/p.Ints');
  assert.equal(inferred([p], [p, p], [new Chan('both', int), new Chan('recv', int)]), '<-chan int');
});

test('generic function arguments', () => {
  const p = param('P');
  const q = param('Q');
  // f(g) with f func[P](func(P) P, P) and g func[Q](Q) Q: both take part, g's parameter renamed
  const g = func([q], [q]);
  g.tparams = [q];
  const renamed = renameTParams(g.tparams, g);
  const all = [p, ...renamed.tparams];
  assert.equal(inferred(all, [func([p], [p]), p], [renamed.type, int]), 'int int');
});

test('instances', () => {
  const e = typeParam('E', universeAny);
  const list = named('List', struct());
  list.tparams = [e];
  const p = param('P');
  assert.equal(inferred([p], [instance(list, [p])], [instance(list, [string])]), 'string');
  assert.equal(
    inferred([p], [instance(list, [p])], [new Slice(int)]),
    'type []int of  does not match example.com/p.List[P] (cannot infer P)',
  );
});

test('failures', () => {
  const p = param('P');
  const q = param('Q');
  assert.equal(inferred([p, q], [p], [int]), 'cannot infer Q (declared at p.go:1:1)');
  assert.equal(inferred([p], [p, p], [int, string]), 'type string of  does not match inferred type int for P');
  assert.equal(
    inferred([p], [p, p], [int, string], [], true),
    'inferred type int for P does not match type string of ',
  );
  assert.equal(inferred([p], [new Slice(p)], [int]), 'type int of  does not match []P (cannot infer P)');
  // a parameter that would contain itself
  const cyclic = param('C');
  cyclic.bound = iface([], union(new Pointer(cyclic)));
  assert.equal(inferred([cyclic], [], []), 'cannot infer C (declared at p.go:1:1)');
});

test('renaming keeps bounds in step', () => {
  const e = param('E');
  const s = param('S', iface([], union(new Slice(e))));
  const sig = func([s], [e]);
  const r = renameTParams([s, e], sig);
  assert.notEqual(r.tparams[0], s);
  assert.equal((r.type as Signature).params[0]!.type, r.tparams[0]);
  assert.equal((r.type as Signature).results[0]!.type, r.tparams[1]);
  assert.equal(inferred(r.tparams, [r.tparams[0]!], [new Slice(int)]), '[]int int');
});
