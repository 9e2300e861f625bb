// `burrow test -cover` and -coverprofile, compared with `go test`.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { burrowTest, goModule, goTest, native } from './native.testing.ts';
import { dir } from './workspace.testing.ts';

goModule('covered', {
  'a/a.go': `package a

import "example.com/covered/b"

type T[K comparable] struct{ k K }

func (t *T[K]) M(x int) (r int) {
	defer func() { r++ }()
	if x > 0 {
		return 1
	} else if x < -1 { // comment else
		return 2
	} else {
		/* empty */
	}
	switch {
	case x == 0:
	case x == 1:
		x++
		fallthrough
	default:
		x--
	}
loop:
	for i := 0; i < 3; i++ {
		for range 2 {
			if i == 1 {
				continue loop
			}
		}
	}
	select {}
}

func F(c chan int) int {
	var f func(int) (string, error)
	_ = f
	select {
	case v := <-c:
		return v
	default:
	}
	goto end
end:
	x := b.G(1)
	{
		x++
	}
	var i any = x
	switch i := i.(type) {
	case int:
		return i
	case string, error:
		panic("x")
	}
	type L func() (int)
	func() { x++ }()
	return x
}

var lit = func() int {
	if len("a") == 1 {
		return 1
	}
	return 2
}

var _, _ = lit(), 2

func Empty() {}

func _() { println() }

func Long(s []int) (n int) { for _, v := range s { n += v }; return }
`,
  'a/a_test.go': `package a

import "testing"

func TestF(t *testing.T) {
	F(make(chan int))
	F(nil)
	Long([]int{1, 2, 3})
	t.Log(testing.CoverMode())
}
func TestM(t *testing.T) { new(T[int]).M(4); new(T[int]).M(-4) }
`,
  'b/b.go': 'package b\n\nfunc G(x int) int {\n\tif x == 2 {\n\t\treturn 3\n\t}\n\treturn x\n}\n',
  'b/b_test.go': `package b_test

import (
	"testing"

	"example.com/covered/b"
)

func TestG(t *testing.T) { b.G(2) }
`,
  'c/c.go': 'package c\n\nimport "example.com/covered/b"\n\nfunc H(x int) int {\n\treturn b.G(x)\n}\n',
  'd/d.go': 'package d\n\nconst X = 1\n',
  'e/e.go': 'package e\n\nconst X = 1\n',
  'e/e_test.go': 'package e\n\nimport "testing"\n\nfunc TestE(t *testing.T) {}\n',
  'cmd/m.go': 'package main\n\nimport "example.com/covered/c"\n\nfunc main() {\n\tc.H(1)\n}\n',
  'cmd/m_test.go': 'package main\n\nimport "testing"\n\nfunc TestM(t *testing.T) { main() }\n',
});

const profile = (name: string): string[] => readFileSync(join(dir, 'covered', name), 'utf8').split('\n');

/** Both print the same and write the same profile, but for the order of packages, which go leaves open. */
function same(...args: string[]): void {
  const uncached = (text: string): string => text.replaceAll('(cached)', 'T');
  const ours = burrowTest('covered', ['-coverprofile=ours', ...args]);
  const theirs = goTest('covered', ['-coverprofile=theirs', ...args]);
  assert.equal(uncached(ours.out), uncached(theirs.out));
  assert.deepEqual([ours.err, ours.code], [theirs.err, theirs.code]);
  assert.equal(profile('ours')[0], profile('theirs')[0]);
  assert.deepEqual(profile('ours').sort(), profile('theirs').sort());
}

test('blocks, their positions and counts', () => {
  const run = (): string => burrowTest('covered', ['-coverprofile=p', '-covermode=count', './b', './c', './d']).out;
  const said = (time: string): string =>
    `ok  \texample.com/covered/b\t${time}\tcoverage: 66.7% of statements\n\texample.com/covered/c\t\tcoverage: 0.0% of statements\n?   \texample.com/covered/d\t[no test files]\n`;
  const want = [
    'mode: count',
    'example.com/covered/b/b.go:3.19,4.12 1 1',
    'example.com/covered/b/b.go:4.12,6.3 1 1',
    'example.com/covered/b/b.go:7.2,7.10 1 0',
    'example.com/covered/c/c.go:5.19,7.2 1 0',
    '',
  ];
  assert.equal(run(), said('T'));
  assert.deepEqual(profile('p'), want);
  assert.equal(run(), said('(cached)'));
  assert.deepEqual(profile('p'), want, 'a kept result has its profile');
  const nowhere = burrowTest('covered', ['-coverprofile=no/such', './b']);
  assert.equal(nowhere.err, `open ${join(dir, 'covered/no/such')}: no such file or directory\n`);
  assert.equal(nowhere.code, 1);
});

test('every kind of block', { skip: !native }, () => {
  same('-v', '-covermode=atomic', './a', './e');
  const func = spawnSync('go', ['tool', 'cover', '-func=ours'], { cwd: join(dir, 'covered'), encoding: 'utf8' });
  assert.match(func.stdout, /a\.go:\d+:\t+F\t+[\d.]+%\n/);
});

test('packages other than the one under test', { skip: !native }, () => {
  same('-coverpkg=./...,nosuch', './b', './c', './cmd');
});

test('a package of the standard library', { skip: !native }, () => same('text/tabwriter'));
