// `burrow test` with several packages, as events, and from the cache, compared with `go test`.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { burrowTest, goModule, goTest, native, same } from './native.testing.ts';
import { burrow, dir } from './workspace.testing.ts';

goModule('events', {
  'm.go': 'package m\n\nfunc Add(a, b int) int { return a + b }\n',
  'm_test.go': `package m

import (
	"fmt"
	"os"
	"testing"
)

func TestAdd(t *testing.T) {
	fmt.Print("no newline <&>")
	t.Attr("key", "value one")
}

func TestSkip(t *testing.T) { t.Skip("later") }

func TestBad(t *testing.T) { t.Errorf("bad %d", 1) }

func TestSub(t *testing.T) {
	for _, n := range []string{"a", "b b"} {
		t.Run(n, func(t *testing.T) {
			t.Parallel()
			t.Log("in", n)
			fmt.Fprintln(os.Stderr, "err \\xff\\xe4\\xb8 x")
		})
	}
}

func BenchmarkAdd(b *testing.B) {
	for b.Loop() {
		Add(1, 2)
	}
}

func FuzzAdd(f *testing.F) {
	f.Add(1, 2)
	f.Fuzz(func(t *testing.T, a, b int) {
		if Add(a, b) != a+b {
			t.Error("no")
		}
	})
}

func ExampleAdd() {
	fmt.Println(Add(1, 2))
	// Output: 3
}
`,
  'none/none.go': 'package none\n',
  'build/b.go': 'package build\n\nfunc F() int { return 1 }\n',
  'build/b_test.go': 'package build\n\nimport "testing"\n\nfunc TestF(t *testing.T) { var s string = F() }\n',
  'gone/a_test.go': 'package gone\n\nimport (\n\t_ "example.com/events/nowhere"\n\t_ "testing"\n)\n',
  'sub/sub_test.go': `package sub

import (
	"os"
	"testing"
)

func TestReads(t *testing.T) {
	b, err := os.ReadFile("testdata/x")
	t.Log(string(b), err, os.Getenv("SUBJECT"))
}
`,
  'sub/testdata/x': 'one',
});
const old = (name: string, seconds: number): void => {
  const then = new Date(Date.now() - seconds * 1000);
  utimesSync(join(dir, name), then, then);
};
old('events/sub/testdata/x', 100);

test('events of tests, subtests, examples and packages', { skip: !native }, () => {
  same('events', '-json', '-cpu=1', '.');
  for (const p of ['./build', './none', './gone']) same('events', '-json', p);
});

test('packages come in order, what does not compile is said once', { skip: !native }, () => {
  const args = ['-run=Add|Reads', '.', './build', './none', './sub'];
  const ours = burrowTest('events', args);
  assert.deepEqual(ours, goTest('events', args));
  assert.equal(ours.code, 1);
});

test('-failfast, -shuffle, -count, -fullpath and arguments of the program', { skip: !native }, () => {
  same('events', '-v', '-shuffle=3', '-failfast', '-cpu=1', '.');
  same('events', '-run=Bad', '-count=2', '-shuffle=off', '-vet=off', '.', '-args', '-test.v');
});

test('results are kept until something the program looked at changes', () => {
  const run = (subject = 'a', ...more: string[]): string =>
    burrowTest('events', ['-v', ...more, './sub'], { SUBJECT: subject })
      .out.split('\n')
      .slice(1)
      .join('\n');
  const fresh = (text: string, subject: string, last = 'T'): string =>
    `    sub_test.go:10: ${text} <nil> ${subject}\n--- PASS: TestReads (T)\nPASS\nok  \texample.com/events/sub\t${last}\n`;
  assert.equal(run(), fresh('one', 'a'));
  assert.equal(run(), fresh('one', 'a', '(cached)'));
  assert.equal(run('b'), fresh('one', 'b'), 'a variable');
  assert.equal(run('a'), fresh('one', 'a', '(cached)'), 'the result of before');
  assert.equal(run('a', '-count=1'), fresh('one', 'a'), '-count');
  writeFileSync(join(dir, 'events/sub/testdata/x'), 'two');
  assert.equal(run(), fresh('two', 'a'), 'a file');
  assert.equal(run(), fresh('two', 'a'), 'a file that may still change');
  old('events/sub/testdata/x', 50);
  assert.equal(run(), fresh('two', 'a'));
  assert.equal(run(), fresh('two', 'a', '(cached)'));
  const kept = join(dir, 'cache', 'tests');
  for (const name of readdirSync(kept)) {
    const bytes = readFileSync(join(kept, name));
    bytes[bytes.length - 3]! ^= 1;
    writeFileSync(join(kept, name), bytes);
  }
  assert.equal(run(), fresh('two', 'a'), 'damaged');
  assert.equal(run(), fresh('two', 'a', '(cached)'), 'made again');
});

test('failures are not kept', () => {
  const bad = (): string => burrowTest('events', ['-run=Bad', '.']).out;
  assert.equal(bad(), bad());
  assert.doesNotMatch(bad(), /cached/);
});

test('-c writes the program', () => {
  const at = (name: string): string => join(dir, 'events', name);
  assert.deepEqual(burrowTest('events', ['-c', './sub']), { out: '', err: '', code: 0 });
  assert.ok(existsSync(at('sub.test')));
  rmSync(at('sub.test'));
  assert.deepEqual(burrowTest('events', ['-c', '-o', 'bin/', './sub', './none']), {
    out: '?   \texample.com/events/none\t[no test files]\n',
    err: '',
    code: 0,
  });
  assert.ok(existsSync(at('bin/sub.test')));
  const clash = burrowTest('events', ['-c', '-o', 'bin/x', './sub', './none']);
  assert.equal(clash.err, 'with multiple packages, -o must refer to a directory or /dev/null\n');
  assert.equal(burrow(['test', '-fuzz=X']).code, 1);
});
