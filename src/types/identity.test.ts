import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  field,
  float64,
  func,
  iface,
  int,
  method,
  named,
  otherPkg,
  pkg,
  string,
  struct,
  tilde,
  typeParam,
  union,
} from './handmade.ts';
import { instance } from './instantiate.ts';
import { comparable, comparableType, hasNil, identical, identicalIgnoreTags } from './predicates.ts';
import { substType } from './subst.ts';
import { Alias, ArrayT, Chan, Kind, MapT, Named, Pointer, Slice, Struct, type Type, TypeName } from './types.ts';
import { byPath, typeKey } from './typestring.ts';
import { under } from './under.ts';
import { emptyInterface, Typ, universeAny, universeByte, universeError } from './universe.ts';

/** Types no two of which are identical; each is made anew by a call. */
function distinct(): Type[] {
  const tagged = new Struct([field('X', int)], ['json:"x"']);
  const variadic = func([new Slice(int)], [], true);
  return [
    int,
    string,
    Typ[Kind.Uint8]!,
    new Slice(int),
    new ArrayT(int, 3),
    new ArrayT(int, 4),
    new Pointer(int),
    new MapT(string, int),
    new MapT(int, string),
    new Chan('both', int),
    new Chan('send', int),
    new Chan('recv', int),
    struct(),
    struct(field('X', int)),
    tagged,
    struct(field('x', int)),
    struct(field('x', int, otherPkg)),
    struct(field('X', int), field('Y', int)),
    func([], []),
    func([int], []),
    func([], [int]),
    variadic,
    func([new Slice(int)], []),
    iface([]),
    iface([method('M', func([], []))]),
    iface([method('m', func([], []))]),
    iface([method('m', func([], []), otherPkg)]),
    iface([method('M', func([int], []))]),
    iface([], union(int, tilde(string))),
    iface([], union(int, string)),
  ];
}

test('identity and keys agree', () => {
  const a = distinct();
  const b = distinct();
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      assert.equal(identical(x, y), i === j, `${i} ${j}`);
      assert.equal(typeKey(x) === typeKey(y), i === j, `${typeKey(x)} ${typeKey(y)}`);
    });
  });
});

test('names: defined types differ, aliases do not', () => {
  const t = named('T', int);
  assert.equal(identical(t, int), false);
  assert.equal(identical(t, named('T', int)), false);
  assert.notEqual(typeKey(t), typeKey(named('T', int)));
  const obj = new TypeName(0, pkg, 'A', null);
  const alias = new Alias(obj, null, []);
  alias.rhs = t;
  assert.equal(identical(alias, t), true);
  assert.equal(typeKey(new Slice(alias)), typeKey(new Slice(t)));
  assert.equal(identical(universeByte, Typ[Kind.Uint8]!), true);
  assert.equal(identical(universeAny, emptyInterface), true);
  assert.equal(typeKey(universeAny), typeKey(emptyInterface));
});

test('the order of methods, terms and embedding does not matter', () => {
  const m = (): ReturnType<typeof method> => method('M', func([], [int]));
  const n = (): ReturnType<typeof method> => method('N', func([], []));
  const x = iface([m(), n()]);
  const y = iface([n()], iface([m()]));
  assert.equal(identical(x, y), true);
  assert.equal(typeKey(x), typeKey(y));
  const u = iface([], union(int, string, tilde(int)));
  const v = iface([], union(tilde(int), string));
  assert.equal(identical(u, v), true);
  assert.equal(typeKey(u), typeKey(v));
});

test('tags may be ignored', () => {
  const plain = struct(field('X', int));
  const tagged = new Struct([field('X', int)], ['a']);
  assert.equal(identical(plain, tagged), false);
  assert.equal(identicalIgnoreTags(plain, tagged), true);
  assert.equal(identicalIgnoreTags(new Pointer(plain), new Pointer(tagged)), true);
});

test('generic signatures are identical up to the names of type parameters', () => {
  const generic = (name: string, bound: Type): Type => {
    const p = typeParam(name, bound);
    const sig = func([new Slice(p)], [p]);
    sig.tparams = [p];
    // a key asked for before must not leak the parameter's own number
    typeKey(new Slice(p));
    return sig;
  };
  const x = generic('P', universeAny);
  const y = generic('Q', universeAny);
  const z = generic('Q', iface([], union(int, string)));
  assert.equal(identical(x, y), true);
  assert.equal(typeKey(x), typeKey(y));
  assert.equal(identical(x, z), false);
  assert.notEqual(typeKey(x), typeKey(z));
});

test('recursive types have keys', () => {
  const list = named('List', int);
  list.fromRHS = struct(field('next', new Pointer(list)));
  list.underlying = null;
  assert.equal(typeKey(under(list)), typeKey(struct(field('next', new Pointer(list)))));
  const node = iface([]);
  node.methods.push(method('Next', func([], [node])));
  assert.equal(typeof typeKey(node), 'string');
});

test('instances are shared', () => {
  const p = typeParam('P', universeAny);
  const list = named('List', int);
  list.tparams = [p];
  list.fromRHS = struct(field('head', p), field('next', new Pointer(instance(list, [p]))));
  const a = instance(list, [new Slice(int)]);
  assert.equal(a, instance(list, [new Slice(int)]));
  assert.notEqual(a, instance(list, [new Slice(string)]));
  const u = under(a) as Struct;
  assert.equal(identical(u.fields[0]!.type!, new Slice(int)), true);
  assert.equal((u.fields[1]!.type as Pointer).elem, a);
  const q = typeParam('Q', universeAny);
  assert.equal(substType(instance(list, [q]), new Map([[q, new Slice(int)]])), a);
  assert.equal(a instanceof Named, true);
});

test('comparable', () => {
  assert.equal(comparable(struct(field('X', int), field('e', universeError))), true);
  assert.equal(comparable(new Slice(int)), false);
  assert.equal(
    comparableType(struct(field('s', new Slice(int))), true, byPath),
    'struct containing []int cannot be compared',
  );
  assert.equal(comparableType(new ArrayT(func([], []), 1), true, byPath), '[1]func() cannot be compared');
  assert.equal(comparableType(universeError, false, byPath), 'incomparable types in type set');
  assert.equal(comparable(typeParam('P', universeAny)), false);
  assert.equal(comparable(typeParam('P', iface([], union(int, float64)))), true);
});

test('nil', () => {
  assert.equal(hasNil(new Pointer(int)), true);
  assert.equal(hasNil(named('F', func([], []))), true);
  assert.equal(hasNil(struct()), false);
  assert.equal(hasNil(typeParam('P', universeAny)), false);
  assert.equal(hasNil(typeParam('P', iface([], union(new Slice(int), new Pointer(int))))), true);
});
