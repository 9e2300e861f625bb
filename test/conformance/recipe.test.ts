// The headers of Go's test programs as recipes, and the rule for what is left out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboutNativeToolchain, parseRecipe } from './recipe.ts';

test('takes the action from the first line that is no constraint', () => {
  const r = parseRecipe('//go:build !js && gc\n// +build !js\n\n// run fast "two words"\n\npackage main\n');
  assert.equal(r.action, 'run');
  assert.deepEqual(r.args, ['fast', 'two words']);
  assert.equal(r.constraint, '!js && gc');
  assert.equal(r.wantError, false);
});

test('wants errors of the errorcheck actions unless told otherwise', () => {
  for (const action of ['errorcheck', 'errorcheckdir', 'errorcheckoutput', 'errorcheckwithauto'])
    assert.equal(parseRecipe(`// ${action}\npackage p\n`).wantError, true, action);
  assert.equal(parseRecipe('// errorcheck -0\npackage p\n').wantError, false);
  assert.equal(parseRecipe('// compile -1\npackage p\n').wantError, true);
});

test('keeps the flags of the compiler apart from those of the test', () => {
  const r = parseRecipe('// rundir -s -lang=go1.17 -gomodversion 1.21 -godebug a=1 -t 10 -d=panic x\npackage p\n');
  assert.deepEqual(r.flags, ['-lang=go1.17', '-d=panic']);
  assert.equal(r.singleFilePackages, true);
  assert.equal(r.goVersion, '1.21');
  assert.deepEqual(r.env, { GODEBUG: 'a=1' });
  assert.deepEqual(r.args, ['x']);
});

test('leaves out what is about the native toolchain, and nothing else', () => {
  const left = (source: string): string | null => aboutNativeToolchain(parseRecipe(source), source);
  assert.equal(left('// asmcheck\npackage p\n'), 'checks native assembly');
  assert.equal(left('// errorcheck -0 -m\npackage p\n'), 'native compiler flags');
  assert.equal(left('// errorcheck -0 -d=nil\npackage p\n'), 'native compiler debug flags');
  assert.equal(left('// run\npackage main\nimport "C"\n'), 'needs cgo');
  assert.equal(left('// run\npackage main\nimport (\n\t"os/exec"\n)\n'), 'runs the go command or native programs');
  assert.equal(left('// errorcheck -d=panic\npackage p\n'), null);
  assert.equal(left('// run\npackage main\nimport "runtime"\n'), null);
});
