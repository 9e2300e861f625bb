// `burrow test`: what it prints and how it ends, as `go test` does.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { command, dir, env, file } from './workspace.testing.ts';

interface Result {
  out: string;
  err: string;
  code: number | null;
}

/** Runs `burrow test` in a folder of the workspace; times are all one. */
function burrowTest(folder: string, ...args: string[]): Result {
  mkdirSync(join(dir, folder), { recursive: true });
  const r = spawnSync(command, ['test', ...args], { cwd: join(dir, folder), encoding: 'utf8', timeout: 120_000, env });
  return { out: r.stdout.replace(/\d+\.\d+s/g, 'TIME'), err: r.stderr, code: r.status };
}

function module(folder: string, files: { readonly [name: string]: string }): void {
  file(`${folder}/go.mod`, `module example.com/${folder}\n\ngo 1.26\n`);
  for (const [name, text] of Object.entries(files)) file(`${folder}/${name}`, text);
}

module('mixed', {
  'm.go': 'package m\n\nfunc Add(a, b int) int { return a + b }\n',
  'm_test.go': `package m

import "testing"

func TestAdd(t *testing.T) {
	if Add(1, 2) != 3 {
		t.Fatal("bad")
	}
}

func TestSkip(t *testing.T) { t.Skip("later") }

func TestBad(t *testing.T) { t.Errorf("bad %d", 1) }

func Testing(t int) {}
`,
  'none/none.go': 'package none\n',
  'build/b.go': 'package build\n\nfunc F() int { return 1 }\n',
  'build/b_test.go': `package build

import "testing"

func TestF(t *testing.T) { var s string = F() }
`,
  'testdata/skipped.go': 'package skipped\n',
});

test('passing, failing and skipped tests of the current folder', () => {
  const bad = '--- FAIL: TestBad (TIME)\n    m_test.go:13: bad 1\nFAIL\n';
  assert.deepEqual(burrowTest('mixed'), {
    out: `${bad}exit status 1\nFAIL\texample.com/mixed\tTIME\n`,
    err: '',
    code: 1,
  });
  assert.deepEqual(burrowTest('mixed', '-run', 'Add'), {
    out: 'PASS\nok  \texample.com/mixed\tTIME\n',
    err: '',
    code: 0,
  });
  assert.equal(burrowTest('mixed', '.').out, `${bad}FAIL\texample.com/mixed\tTIME\nFAIL\n`);
});

test('flags of package testing, before and after the package', () => {
  const r = (...args: string[]): string => burrowTest('mixed', ...args).out;
  assert.equal(r('-skip=Bad', '.'), 'ok  \texample.com/mixed\tTIME\n');
  assert.equal(
    r('.', '-v', '-run', 'TestAdd|TestSkip', '-count=2'),
    `${'=== RUN   TestAdd\n--- PASS: TestAdd (TIME)\n=== RUN   TestSkip\n    m_test.go:11: later\n--- SKIP: TestSkip (TIME)\n'.repeat(2)}PASS\nok  \texample.com/mixed\tTIME\n`,
  );
  assert.equal(r('-list', 'Test[AB]', '.'), 'TestAdd\nTestBad\nok  \texample.com/mixed\tTIME\n');
  assert.equal(r('-run=Nope', '.'), 'ok  \texample.com/mixed\tTIME [no tests to run]\n');
  const bad = burrowTest('mixed', '-timeout=never', '.');
  assert.equal(bad.err.split('\n')[0], 'invalid value "never" for flag -timeout: parse error');
  assert.equal(bad.code, 2);
});

test('patterns, packages without tests and such that do not compile', () => {
  const r = burrowTest('mixed', '-run=Add', './...');
  assert.equal(
    r.out,
    'ok  \texample.com/mixed\tTIME\nFAIL\texample.com/mixed/build [build failed]\n?   \texample.com/mixed/none\t[no test files]\nFAIL\n',
  );
  assert.equal(
    r.err,
    '# example.com/mixed/build [example.com/mixed/build.test]\nbuild/b_test.go:5:32: declared and not used: s\nbuild/b_test.go:5:43: cannot use F() (value of type int) as string value in variable declaration\n',
  );
  assert.equal(r.code, 1);
  assert.equal(burrowTest('mixed', './none').code, 0);
});

module('outer', {
  'inner/inner.go': 'package inner\n\nimport "example.com/outer/used"\n\nvar hidden = used.One\n',
  'inner/export_test.go': 'package inner\n\nvar Hidden = hidden + 1\n',
  'inner/x_test.go': `package inner_test

import (
	"fmt"
	"os"
	"testing"

	"example.com/outer/inner"
	"example.com/outer/uses"
)

func TestMain(m *testing.M) {
	dir, _ := os.Getwd()
	fmt.Println("begin", dir[len(dir)-5:])
	m.Run()
}

func TestVariant(t *testing.T) {
	if inner.Hidden != 2 || uses.Twice() != inner.Double() {
		t.Fatal(inner.Hidden)
	}
}

func ExampleDouble() {
	fmt.Println(inner.Double())
	fmt.Println("// Output: no")
	// Output:
	// 2
	// // Output: no
}

func ExampleDouble_wrong() {
	fmt.Println("b")
	fmt.Println("a")
	// Unordered output: a
	// c
}

func ExampleDouble_silent() {
	panic("has no output comment")
}
`,
  'inner/double.go': 'package inner\n\nfunc Double() int { return hidden * 2 }\n',
  'used/used.go': 'package used\n\nconst One = 1\n',
  'uses/uses.go': 'package uses\n\nimport "example.com/outer/inner"\n\nfunc Twice() int { return inner.Double() }\n',
});

test('external test packages, TestMain and examples', () => {
  const r = burrowTest('outer', './inner');
  assert.equal(
    r.out,
    'begin inner\n--- FAIL: ExampleDouble_wrong (TIME)\ngot:\nb\na\n\nwant (unordered):\na\nc\n\nFAIL\nFAIL\texample.com/outer/inner\tTIME\nFAIL\n',
  );
  assert.equal(r.code, 1);
  assert.equal(
    burrowTest('outer', '-v', '-run=Variant|Double$', './inner').out,
    'begin inner\n=== RUN   TestVariant\n--- PASS: TestVariant (TIME)\n=== RUN   ExampleDouble\n--- PASS: ExampleDouble (TIME)\nPASS\nok  \texample.com/outer/inner\tTIME\n',
  );
});

test('a main package is tested without being started', () => {
  module('prog', {
    'main.go': 'package main\n\nfunc main() { println(answer()) }\n\nfunc answer() int { return 42 }\n',
    'main_test.go': `package main

import "testing"

func TestAnswer(t *testing.T) {
	main()
	if answer() != 42 {
		t.Fail()
	}
}
`,
  });
  assert.deepEqual(burrowTest('prog'), { out: '42\nPASS\nok  \texample.com/prog\tTIME\n', err: '', code: 0 });
});

test('what cannot be set up', () => {
  module('setup', {
    'sig/a_test.go': 'package sig\n\nimport "testing"\n\nfunc TestA(t *testing.B) {}\n',
    'gone/a_test.go': 'package gone\n\nimport (\n\t_ "example.com/setup/nowhere"\n\t_ "testing"\n)\n',
  });
  const sig = burrowTest('setup', './sig');
  assert.equal(sig.out, 'FAIL\texample.com/setup/sig [setup failed]\nFAIL\n');
  assert.equal(
    sig.err,
    `# example.com/setup/sig\n${dir}/setup/sig/a_test.go:5:1: wrong signature for TestA, must be: func TestA(t *testing.T)\n`,
  );
  const gone = burrowTest('setup', './gone');
  assert.equal(gone.out, 'FAIL\texample.com/setup/gone [setup failed]\nFAIL\n');
  assert.equal(
    gone.err,
    '# example.com/setup/gone\ngone/a_test.go:4:2: no required module provides package example.com/setup/nowhere; to add it:\n\tgo get example.com/setup/nowhere\n',
  );
  file('badmod/go.mod', 'module example.com/badmod\nfrob\n');
  file('badmod/a_test.go', 'package a\n');
  assert.deepEqual(burrowTest('badmod', '.'), {
    out: '',
    err: 'go: errors parsing go.mod:\ngo.mod:2: unknown directive: frob\n',
    code: 1,
  });
  assert.equal(
    burrowTest('setup', './nosuch/...').err,
    'go: warning: "./nosuch/..." matched no packages\nno packages to test\n',
  );
});

test('packages of the standard library by name', () => {
  assert.equal(burrowTest('.', 'container/list', 'maps').out, 'ok  \tcontainer/list\tTIME\nok  \tmaps\tTIME\n');
});

test('a reader that goes ends the command by SIGPIPE, without a word and with its folders gone', async () => {
  module('pipe', {
    'p_test.go':
      'package p\n\nimport (\n\t"testing"\n\t"time"\n)\n\nfunc TestP(t *testing.T) {\n\tfor range 1000 {\n\t\tprintln("on")\n\t\ttime.Sleep(time.Millisecond)\n\t}\n}\n',
  });
  const temp = join(dir, 'pipe', 'temp');
  mkdirSync(temp);
  const child = spawn(command, ['test', '-v', '.'], {
    cwd: join(dir, 'pipe'),
    env: { ...env, TMPDIR: temp },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (d: Buffer) => {
    err += d;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const signal = await new Promise((resolve) => child.on('close', (_, s) => resolve(s)));
  assert.deepEqual({ signal, err, left: readdirSync(temp) }, { signal: 'SIGPIPE', err: '', left: [] });
});
