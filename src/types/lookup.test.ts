import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  declare,
  field,
  func,
  iface,
  int,
  method,
  Notes,
  named,
  otherPkg,
  pkg,
  string,
  struct,
  typeParam,
} from './handmade.ts';
import { instance } from './instantiate.ts';
import { deref, derefStructPtr, hasAllMethods, lookupFieldOrMethod, methodSet } from './lookup.ts';
import { identical } from './predicates.ts';
import type { Cause } from './reporter.ts';
import { Pointer, Slice, type Type } from './types.ts';
import { byPath, typeString } from './typestring.ts';
import { universeAny, universeError } from './universe.ts';

/** `path of indices[ indirect]`, or why nothing was found. */
function look(t: Type, name: string, addressable = false, from = pkg): string {
  const f = lookupFieldOrMethod(t, addressable, from, name, false);
  if (f.obj) return `${f.obj.tag} ${f.index!.join('.')}${f.indirect ? ' indirect' : ''}`;
  return f.index ? 'ambiguous' : f.indirect ? 'pointer receiver' : 'nothing';
}

test('the shallowest wins, two of them are ambiguous', () => {
  const a = named('A', struct(field('X', int), field('Deep', int)));
  const b = named('B', struct(field('X', int), field('Y', int)));
  const c = named('C', struct(field('', a), field('', new Pointer(b)), field('Y', string)));
  assert.equal(look(c, 'Y'), 'Var 2');
  assert.equal(look(c, 'Deep'), 'Var 0.1');
  assert.equal(look(c, 'X'), 'ambiguous');
  assert.equal(look(new Pointer(c), 'Y'), 'Var 2 indirect');
  const d = named('D', struct(field('', c)));
  assert.equal(look(d, 'A'), 'Var 0.0');
  assert.equal(look(d, 'Z'), 'nothing');
  // the same type twice at one depth
  const e = named(
    'E',
    struct(field('', named('F', struct(field('', a)))), field('', named('G', struct(field('', a))))),
  );
  assert.equal(look(e, 'Deep'), 'ambiguous');
});

test('receivers', () => {
  const t = named('T', struct());
  declare(t, 'Val', func([], []));
  declare(t, 'Ptr', func([], []), true);
  assert.equal(look(t, 'Val'), 'Func 0');
  assert.equal(look(t, 'Ptr'), 'pointer receiver');
  assert.equal(look(t, 'Ptr', true), 'Func 1');
  assert.equal(look(new Pointer(t), 'Ptr'), 'Func 1 indirect');
  const outer = named('Outer', struct(field('', new Pointer(t))));
  assert.equal(look(outer, 'Ptr'), 'Func 0.1 indirect');
  // a defined pointer type has fields but no methods
  const s = named('S', struct(field('X', int)));
  declare(s, 'M', func([], []));
  const p = named('P', new Pointer(s));
  assert.equal(look(p, 'X'), 'Var 0 indirect');
  assert.equal(look(p, 'M'), 'nothing');
  assert.equal(look(new Pointer(universeError), 'Error'), 'nothing');
});

test('unexported names belong to a package', () => {
  const t = named('T', struct(field('x', int)));
  assert.equal(look(t, 'x'), 'Var 0');
  assert.equal(look(t, 'x', false, otherPkg), 'nothing');
  assert.equal(look(t, '_'), 'nothing');
});

test('recursive embedding ends', () => {
  const t = named('T', int);
  t.fromRHS = struct(field('', new Pointer(t)));
  t.underlying = null;
  assert.equal(look(t, 'nope'), 'nothing');
  assert.equal(methodSet(t).length, 0);
});

test('methods of instances have the type arguments', () => {
  const p = typeParam('P', universeAny);
  const list = named('List', struct(field('head', p)));
  list.tparams = [p];
  const r = typeParam('R', universeAny);
  const push = declare(list, 'Push', func([r], []), true);
  push.sig.rparams = [r];
  push.sig.recv!.type = new Pointer(instance(list, [r]));
  const ints = instance(list, [int]);
  const found = lookupFieldOrMethod(new Pointer(ints), false, pkg, 'Push', false).obj!;
  assert.equal(typeString(found.type!, byPath), 'func(int)');
  assert.equal(found.tag === 'Func' && found.origin === push, true);
  assert.equal(lookupFieldOrMethod(new Pointer(ints), false, pkg, 'Push', false).obj, found);
});

test('method sets are sorted, exported names first', () => {
  const t = named('T', struct(field('', universeError)));
  declare(t, 'b', func([], []));
  declare(t, 'Z', func([], []));
  declare(t, 'A', func([], []), true);
  const names = (u: Type): string[] => methodSet(u).map((s) => `${s.obj.name} ${s.index.join('.')}`);
  assert.deepEqual(names(t), ['Error 0.0', 'Z 1', 'b 0']);
  assert.deepEqual(names(new Pointer(t)), ['A 2', 'Error 0.0', 'Z 1', 'b 0']);
});

test('why a method is missing', () => {
  const why = (v: Type, t: Type): string => {
    const cause: Cause = { msg: '' };
    return hasAllMethods(new Notes(), v, t, true, identical, cause) ? '' : cause.msg;
  };
  const t = named('T', struct(field('Close', int)));
  declare(t, 'Read', func([int], []));
  declare(t, 'Write', func([], []), true);
  declare(t, 'flush', func([], []));
  const want = (name: string): Type => iface([method(name, func([], []))]);
  assert.equal(why(t, want('Seek')), '(missing method Seek)');
  assert.equal(why(t, want('Write')), '(method Write has pointer receiver)');
  assert.equal(why(new Pointer(t), want('Write')), '');
  assert.equal(why(t, want('Close')), '(example.com/p.T.Close is a field, not a method)');
  assert.equal(why(t, want('Read')), '(wrong type for method Read)\n\t\thave Read(int)\n\t\twant Read()');
  assert.equal(why(t, want('Flush')), '(missing method Flush)\n\t\thave flush()\n\t\twant Flush()');
});

test('dereferencing', () => {
  const s = named('S', struct());
  assert.deepEqual(deref(new Pointer(s)), [s, true]);
  assert.deepEqual(deref(s), [s, false]);
  assert.equal(derefStructPtr(named('P', new Pointer(s))), s);
  const notStruct = new Pointer(new Slice(int));
  assert.equal(derefStructPtr(notStruct), notStruct);
});
