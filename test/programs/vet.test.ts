// Vetting: what `burrow test` says of a package before its tests, and `burrow vet`, beside the go command. The packages are in vet/.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { burrowTest, goModule, goTest, native, same } from './native.testing.ts';
import { command, dir, env, file } from './workspace.testing.ts';

cpSync(join(import.meta.dirname, 'vet'), join(dir, 'vet'), { recursive: true });
file('vetold/go.mod', 'module example.com/vetold\n\ngo 1.20\n');
cpSync(join(dir, 'vet', 'old', 'x.go'), join(dir, 'vetold', 'x.go'));

/** what is there: without buildtags and directive */
const analyses = '-vet=atomic,bool,errorsas,ifaceassert,nilfunc,printf,stringintconv,tests';
const skip = !native;

/** What is said of each package, in the order of their names: the go command looks at several at once. */
const byPackage = (err: string): string[] => err.split(/^(?=# [^[])/m).sort();

test('what is found, in packages with tests, external ones, and none', { skip }, () => {
  const ours = burrowTest('vet', [analyses, './...']);
  const theirs = goTest('vet', [analyses, './...']);
  assert.deepEqual(byPackage(ours.err), byPackage(theirs.err));
  assert.equal(ours.out, theirs.out);
  assert.equal(ours.code, theirs.code);
  assert.match(ours.err, /a\.go:22:14: fmt\.Printf format %d has arg s of wrong type string/);
});

test('older language versions, and events', { skip }, () => {
  same('vetold', analyses, '-json', '.');
});

test('-vet chooses analyses, or none', () => {
  goModule('vetlist', {
    'x.go': 'package x\n\nimport "fmt"\n\nfunc F(a bool) bool { fmt.Printf("%d", a); return a || a }\n',
    'x_test.go': 'package x\n\nimport "testing"\n\nfunc TestF(t *testing.T) {}\n',
  });
  const head = '# example.com/vetlist\n# [example.com/vetlist]\n';
  const redundant = './x.go:5:51: redundant or: a || a\n';
  const wrong = './x.go:5:35: fmt.Printf format %d has arg a of wrong type bool\n';
  for (const [flag, err] of [
    ['-vet=', head + redundant + wrong],
    ['-vet=nilfunc,printf', head + wrong],
    ['-vet=off', ''],
  ] as const) {
    const r = burrowTest('vetlist', [flag, '.']);
    assert.equal(r.err, err, flag);
    assert.equal(r.code, err ? 1 : 0);
    assert.match(r.out, err ? /^FAIL\texample.com\/vetlist \[build failed\]\nFAIL\n$/ : /^ok /);
    if (native) assert.equal(goTest('vetlist', [flag, '.']).err, err, `go test ${flag}`);
  }
});

test('burrow vet', () => {
  const vet = (args: readonly string[]) =>
    spawnSync(command, ['vet', ...args], { cwd: join(dir, 'vet'), encoding: 'utf8', env });
  const r = vet(['./nt']);
  assert.equal(r.stderr, 'nt/x.go:5:24: fmt.Printf format %d has arg "x" of wrong type string\n');
  assert.equal(r.status, 1);
  const fine = vet(['./xt']);
  assert.deepEqual([fine.stderr, fine.status], ['', 0]);
});
