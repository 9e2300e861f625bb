import assert from 'node:assert/strict';
import { test } from 'node:test';
import { field, func, int, named, pkg, string, struct } from './handmade.ts';
import { alignof, offsetof, offsetsof, sizeof } from './sizes.ts';
import { ArrayT, Chan, type Kind as K, Kind, MapT, Package, Pointer, Slice, Struct, type Type } from './types.ts';
import { Typ, universe, universeAny, universeError } from './universe.ts';

const basic = (k: K): Type => Typ[k]!;
const bool = basic(Kind.Bool);
const int16 = basic(Kind.Int16);
const int32 = basic(Kind.Int32);

test('sizes and alignments of the kinds of types', () => {
  const rows: [Type, number, number][] = [
    [bool, 1, 1],
    [int16, 2, 2],
    [int32, 4, 4],
    [int, 8, 8],
    [basic(Kind.Uintptr), 8, 8],
    [basic(Kind.Float32), 4, 4],
    [basic(Kind.Complex64), 8, 4],
    [basic(Kind.Complex128), 16, 8],
    [string, 16, 8],
    [basic(Kind.UnsafePointer), 8, 8],
    [new Slice(bool), 24, 8],
    [universeAny, 16, 8],
    [universeError, 16, 8],
    [new Pointer(int), 8, 8],
    [new MapT(int, int), 8, 8],
    [new Chan('both', int), 8, 8],
    [func([], []), 8, 8],
    [new ArrayT(int16, 5), 10, 2],
    [new ArrayT(int, 0), 0, 8],
    [struct(), 0, 1],
    [named('N', int16), 2, 2],
  ];
  for (const [t, size, align] of rows) assert.deepEqual([sizeof(t), alignof(t)], [size, align]);
});

test('structs are padded', () => {
  const s = struct(field('a', bool), field('b', int), field('c', int16), field('d', bool), field('e', int32));
  assert.deepEqual(offsetsof(s), [0, 8, 16, 18, 20]);
  assert.equal(sizeof(s), 24);
  assert.equal(sizeof(struct(field('a', int32), field('b', bool))), 8);
});

test('an empty last field has an address of its own', () => {
  assert.equal(sizeof(struct(field('a', int32), field('z', struct()))), 8);
  assert.equal(sizeof(struct(field('z', struct()), field('a', int32))), 4);
  assert.equal(sizeof(struct(field('z', struct()))), 0);
  assert.equal(sizeof(struct(field('a', bool), field('z', new ArrayT(int, 0)))), 16);
});

test('offsets along a path of fields', () => {
  const inner = named('Inner', struct(field('x', int32), field('y', string)));
  const outer = struct(field('a', bool), field('', inner));
  assert.equal(offsetof(outer, [1, 1]), 16);
  assert.equal(offsetof(outer, [0]), 0);
});

test('what is too large is said to be', () => {
  assert.equal(sizeof(new ArrayT(int, 2 ** 50)), -1);
  assert.equal(sizeof(new ArrayT(new ArrayT(int, 2 ** 40), 2 ** 40)), -1);
  assert.equal(sizeof(struct(field('a', new ArrayT(int, 2 ** 60)))), -1);
});

test('align64 of package sync/atomic', () => {
  const atomic = new Package('sync/atomic', 'atomic', universe);
  assert.equal(alignof(named('align64', new Struct([]), atomic)), 8);
  assert.equal(alignof(named('align64', new Struct([]), pkg)), 1);
});
