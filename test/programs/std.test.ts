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

test('packages that iterate over maps by the runtime’s names can', () => {
  const r = run(`package main

import (
	"fmt"
	"sort"
	"unsafe"
)

type iter struct {
	key, elem, typ unsafe.Pointer
	rest           [9]uintptr
}

//go:linkname mapiterinit reflect.mapiterinit
func mapiterinit(t, m unsafe.Pointer, it *iter)

//go:linkname mapiternext reflect.mapiternext
func mapiternext(it *iter)

//go:linkname rmapiterinit runtime.mapiterinit
func rmapiterinit(t, m unsafe.Pointer, it *iter)

//go:linkname rmapiternext runtime.mapiternext
func rmapiternext(it *iter)

func all(m map[string]int, first func(t, m unsafe.Pointer, it *iter), next func(it *iter)) {
	var a any = m
	e := *(*[2]unsafe.Pointer)(unsafe.Pointer(&a))
	var it iter
	var keys []string
	for first(e[0], e[1], &it); it.key != nil; next(&it) {
		keys = append(keys, fmt.Sprint(*(*string)(it.key), *(*int)(it.elem)))
	}
	sort.Strings(keys)
	fmt.Println(len(keys), keys[:min(len(keys), 3)], it.typ == e[0])
}

func main() {
	m := map[string]int{}
	for i := range 100 {
		m[fmt.Sprint("k", i)] = i
	}
	all(m, mapiterinit, mapiternext)
	all(m, rmapiterinit, rmapiternext)
	all(nil, mapiterinit, mapiternext)
}
`);
  const line = '100 [k00 k1010 k11] true\n';
  assert.equal(r.out, `${line}${line}0 [] true\n`);
});
