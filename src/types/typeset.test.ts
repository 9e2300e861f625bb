import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  float64,
  func,
  iface,
  int,
  method,
  Notes,
  named,
  otherPkg,
  string,
  struct,
  tilde,
  typeParam,
  union,
} from './handmade.ts';
import { implements_, verify } from './instantiate.ts';
import type { Cause } from './reporter.ts';
import { Chan, type Interface, Pointer, Slice, type Type } from './types.ts';
import { checkerTypeSet, termsString, typeParamIface, typeSet } from './typeset.ts';
import { byPath } from './typestring.ts';
import { commonUnder } from './under.ts';
import { emptyInterface, universeAny, universeComparable, universeError } from './universe.ts';

function terms(t: Interface): string {
  return termsString(typeSet(t).terms, byPath);
}

test('methods are gathered and sorted', () => {
  const t = iface(
    [method('b', func([], [])), method('Z', func([], []))],
    universeError,
    iface([method('a', func([], []), otherPkg)]),
  );
  assert.deepEqual(
    typeSet(t).methods.map((m) => m.name),
    ['Error', 'Z', 'a', 'b'],
  );
});

test('unions are joined, embedded elements intersected', () => {
  const myInt = named('MyInt', int);
  assert.equal(terms(emptyInterface), '𝓤');
  assert.equal(terms(iface([], union(int, string, int))), 'int | string');
  assert.equal(terms(iface([], union(int, myInt, tilde(int)))), '~int');
  assert.equal(terms(iface([], union(tilde(int), string), union(myInt, float64))), 'example.com/p.MyInt');
  assert.equal(terms(iface([], union(int), union(string))), '∅');
  assert.equal(terms(iface([], union(iface([], union(int, string)), float64))), 'int | string | float64');
  assert.equal(terms(iface([], union(universeAny, int))), '𝓤');
});

test('comparable leaves out what cannot be compared', () => {
  assert.equal(typeSet(iface([], universeComparable.type!)).comparable, true);
  const t = iface([], universeComparable.type!, union(int, new Slice(int)));
  assert.equal(terms(t), 'int');
  assert.equal(typeSet(t).comparable, false);
});

test('the same method twice is an error', () => {
  const notes = new Notes();
  const t = iface([method('M', func([], [])), method('M', func([], []))]);
  checkerTypeSet(notes, 0, t);
  assert.deepEqual(notes.messages, ['duplicate method M\nother declaration of method M']);
  const other = new Notes();
  checkerTypeSet(other, 0, iface([method('M', func([], []))], iface([method('M', func([int], []))])));
  assert.equal(other.messages.length, 1);
  const fine = new Notes();
  checkerTypeSet(fine, 0, iface([], iface([method('M', func([], []))]), iface([method('M', func([], []))])));
  assert.deepEqual(fine.messages, []);
});

test('constraints that are no interfaces are wrapped', () => {
  const p = typeParam('P', union(tilde(int), string));
  const t = typeParamIface(p);
  assert.equal(t.implicit, true);
  assert.equal(terms(t), '~int | string');
  assert.equal(p.bound, t);
});

test('what the types of a set have in common', () => {
  const common = (...list: Type[]): string => {
    const p = typeParam('P', iface([], union(...list)));
    const { u, err } = commonUnder(p, null, byPath);
    return u ? u.tag : err;
  };
  assert.equal(common(new Slice(int), named('S', new Slice(int))), 'Slice');
  assert.equal(common(int, string), 'int and string have different underlying types');
  assert.equal(common(new Chan('both', int), new Chan('recv', int)), 'Chan');
  assert.equal(
    common(new Chan('send', int), new Chan('recv', int)),
    'channels chan<- int and <-chan int have conflicting directions',
  );
  assert.equal(commonUnder(typeParam('P', universeAny), null, byPath).err, 'no specific type');
});

test('satisfying constraints, in the words of gc', () => {
  const why = (v: Type, t: Type): string => {
    const cause: Cause = { msg: '' };
    return implements_(new Notes(), v, t, true, cause) ? '' : cause.msg;
  };
  const myInt = named('MyInt', int);
  const number = named('Number', iface([], union(int, float64)));
  assert.equal(why(int, number), '');
  assert.equal(why(string, number), 'string does not satisfy example.com/p.Number (string missing in int | float64)');
  assert.equal(
    why(myInt, number),
    'example.com/p.MyInt does not satisfy example.com/p.Number (possibly missing ~ for int in example.com/p.Number)',
  );
  assert.equal(why(myInt, iface([], union(tilde(int)))), '');
  assert.equal(why(new Slice(int), universeComparable.type!), '[]int does not satisfy comparable');
  assert.equal(why(universeAny, universeComparable.type!), '');
  assert.equal(why(int, universeError), 'int does not satisfy error (missing method Error)');
  assert.equal(
    why(int, iface([], union(int), union(string))),
    'cannot satisfy interface{int; string} (empty type set)',
  );
  assert.equal(
    why(new Pointer(universeError), universeError),
    '*error does not satisfy error (type *error is pointer to interface, not interface)',
  );
});

test('constraints may mention other parameters', () => {
  const e = typeParam('E', universeAny, 0);
  const s = typeParam('S', union(tilde(new Slice(e))), 1);
  assert.equal(verify(new Notes(), [e, s], [int, named('Ints', new Slice(int))]), null);
  const r = verify(new Notes(), [e, s], [int, new Slice(string)]);
  assert.deepEqual(r, { index: 1, err: '[]string does not satisfy ~[]int ([]string missing in ~[]int)' });
  assert.equal(verify(new Notes(), [e], [struct()]), null);
});
