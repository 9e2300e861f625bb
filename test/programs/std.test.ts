// What tests of the standard library ask of the runtime and few programs do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './workspace.testing.ts';

test('Goexit in an iterator reaches the one who pulls', () => {
  const r = run(`package main

import (
	"iter"
	"runtime"
)

func main() {
	done := make(chan bool)
	go func() {
		defer close(done)
		next, _ := iter.Pull(func(yield func(int) bool) { runtime.Goexit() })
		next()
		println("not here")
	}()
	<-done
	println("end")
}
`);
  assert.equal(r.err, 'end\n');
  assert.equal(r.code, 0);
});

test('slices of nothing have any length', () => {
  const r = run(`package main

func length(n int) (got int) {
	defer func() {
		if e := recover(); e != nil {
			println(e.(error).Error())
		}
	}()
	return len(make([]struct{}, n))
}

func main() {
	println(length(1<<63-1) == 1<<63-1)
	n := -1
	length(n)
}
`);
  assert.equal(r.err, 'true\nruntime error: makeslice: len out of range\n');
});
