// How many objects a program allocates: as many as with gc, which may put what inlined functions return in the frame of their caller.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './workspace.testing.ts';

const head = `package main

import (
	"errors"
	"fmt"
	"math/big"
	"testing"
)

type T struct {
	p    *int
	q    []int
	next *T
}

func New(p *int) *T     { return &T{p: p} }
func Pair(p *int) *T    { return &T{next: New(p), q: []int{1, 2, 3}} }
func Var(x int) *int    { y := x; return &y }
func Slice(n int) []int { return []int{n, n + 1} }
func Box(n int) any     { return n }
func Key(s string) string { return "k:" + s }
func Maybe(b bool) *T {
	if b {
		return &T{q: make([]int, 4)}
	}
	return nil
}

//go:noinline
func deep(n int, t *T) int {
	var pad [40]int
	pad[n%40] = n
	if n == 0 {
		return *t.next.p + t.q[2]
	}
	return deep(n-1, t) + pad[(n+1)%40]
}

//go:noinline
func length(s string) int { return len(s) }

//go:noinline
func fill(m map[int]*int, n int, x *int) int {
	for i := range n {
		m[i] = x
	}
	return len(m)
}

var (
	sink  *T
	text  string
	bytes = []byte("hello")
)

func count(name string, f func()) { println(name, int(testing.AllocsPerRun(20, f))) }

func check(ok bool) {
	if !ok {
		panic("wrong")
	}
}

func main() {
	x := 7
`;

test('what inlined functions return can be in the frame of their caller', () => {
  const r = run(`${head}
	count("new", func() { check(*New(&x).p == 7) })
	count("pair", func() { t := Pair(&x); check(t.q[2] == 3 && *t.next.p == 7) })
	count("var", func() { check(*Var(3) == 3) })
	count("slice", func() { check(Slice(3)[1] == 4) })
	count("box", func() { check(Box(1000).(int) == 1000) })
	count("maybe", func() { check(len(Maybe(true).q) == 4 && Maybe(false) == nil) })
	count("length unknown", func() { n := x; check(len(make([]int, n, 10)) == 7) })
	count("kept", func() { sink = Pair(&x) })
	count("half kept", func() { sink = Pair(&x).next })
	count("list", func() {
		var all *T
		for i := 0; i < 3; i++ {
			t := New(&x)
			t.next = all
			all = t
		}
	})
	count("stack that moves", func() { check(deep(500, Pair(&x)) == 10) })
	count("dynamic type known", func() { check(errors.New("x").Error() == "x") })
	b := big.NewInt(3)
	count("big", func() { b.Add(b, big.NewInt(9)) })
	var kept []*T
	for i := range 3 {
		kept = append(kept, New(Var(i)))
	}
	for _, t := range kept {
		fmt.Print(*t.p, " ")
	}
}
`);
  assert.equal(
    r.err,
    'new 0\npair 0\nvar 0\nslice 0\nbox 0\nmaybe 0\nlength unknown 0\nkept 3\nhalf kept 2\nlist 3\nstack that moves 0\ndynamic type known 0\nbig 0\n',
  );
  assert.equal(r.out, '0 1 2 ');
});

test('strings that do not escape are made in the frame, and copied where they do', () => {
  const r = run(`${head}
	_, _ = errors.New, big.NewInt
	text = "hello"
	count("bytes", func() { b := []byte("longer than the thirty-two bytes of a buffer"); b[0]++; check(cap(b) == 44) })
	count("string", func() { check(length(string(bytes)) == 5) })
	count("kept", func() { text = string(bytes) })
	count("concatenation", func() { check(length(text+"x"+text) == 11) })
	count("returned", func() { check(length(Key(text)) == 7) })
	count("bytes inside", func() { check(length("<"+string(bytes)+">") == 7) })
	count("runes", func() { check([]rune(text)[1] == 'e') })
	var all string
	for i := range 4 {
		s := fmt.Sprint(i) + "," + string(bytes[i])
		all = all + s
	}
	println(all)
	var keys []string
	for i := range 3 {
		keys = append(keys, Key(string(bytes[:i+1])))
	}
	println(keys[0], keys[1], keys[2])
	_ = x
}
`);
  assert.equal(
    r.err,
    'bytes 0\nstring 0\nkept 1\nconcatenation 0\nreturned 0\nbytes inside 0\nrunes 0\n0,h1,e2,l3,l\nk:h k:he k:hel\n',
  );
});

test('small maps that do not escape are in the frame until they grow', () => {
  const r = run(`${head}
	_, _ = errors.New, big.NewInt
	count("small", func() { check(fill(make(map[int]*int), 8, &x) == 8 && fill(make(map[int]*int, 3), 1, &x) == 1) })
	count("literal", func() { m := map[string]int{"a": 1, text: 2}; check(m["a"]+m[text] == 3) })
	count("over and over", func() {
		for i := range 5 {
			m := map[[2]int]string{{i, i}: "x"}
			check(len(m) == 1 && m[[2]int{i, i}] == "x")
		}
	})
	kept := map[int]map[int]int{}
	count("kept", func() { kept[1] = map[int]int{2: 3} })
	m := make(map[int]*int)
	check(fill(m, 100, &x) == 100)
	for i, p := range m {
		check(i < 100 && *p == 7)
	}
	fmt.Print(kept, len(m))
}
`);
  assert.equal(r.err, 'small 0\nliteral 0\nover and over 0\nkept 2\n');
  assert.equal(r.out, 'map[1:map[2:3]] 100');
});

test('what is hashed by its address does not move with the stack; strings need not be copied for it', () => {
  const r = run(`package main

import (
	"hash/maphash"
	"testing"
)

//go:noinline
func grow(n int) int {
	var pad [50]int
	if n > 0 {
		pad[n%50] = grow(n - 1)
	}
	return pad[n%50]
}

func main() {
	seed := maphash.MakeSeed()
	var x int
	p := &x
	before := maphash.Comparable(seed, p)
	grow(500)
	println(before == maphash.Comparable(seed, p))
	b := []byte("twenty-one bytes long")
	println(int(testing.AllocsPerRun(20, func() { maphash.Comparable(seed, string(b)) })))
}
`);
  assert.equal(r.err, 'true\n0\n');
});
