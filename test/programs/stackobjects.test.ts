// What a goroutine's stack objects keep alive: no less than code can reach, and no more than it still uses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { burrow, file } from './workspace.testing.ts';

const program = `package main

import "runtime"

type big struct {
	p    *[64]int
	pad  [9]int
	next *big
}

var died [16]bool

func fresh(n int) *[64]int {
	p := new([64]int)
	p[63] = n
	runtime.AddCleanup(p, func(n int) { died[n] = true }, n)
	return p
}

// collect collects until what is dead has had its cleanup run, or long enough.
func collect(n int) bool {
	for i := 0; i < 20 && !died[n]; i++ {
		runtime.GC()
		runtime.Gosched()
	}
	return died[n]
}

//go:noinline
func read(b *big) int { return b.p[63] }

//go:noinline
func write(b *big, n int) { b.p = fresh(n) }

//go:noinline
func make2(n int) (b big) {
	b.p = fresh(n)
	return b
}

//go:noinline
func grow(n int) int {
	var a [40]int
	if n > 0 {
		a[n%40] = grow(n - 1)
	}
	return a[n%40] + n
}

//go:noinline
func walk(b *big) (n int) {
	runtime.GC()
	grow(200)
	for ; b != nil; b = b.next {
		n += b.p[63]
	}
	return n
}

func expect(what string, got, want bool) {
	if got != want {
		println(what, got)
	}
}

// What is not read again dies, and is not read again where it is only overwritten.
func dead() {
	a := big{p: fresh(0)}
	read(&a)
	expect("after its last use", collect(0), true)
	var b big
	write(&b, 1)
	read(&b)
	b.p = fresh(2)
	expect("overwritten", collect(1), true)
	expect("still read", collect(2), false)
	read(&b)
	expect("at the end", collect(2), true)
}

// What is received into dies while the next value is waited for, and while the loop does something else.
func received() {
	c := make(chan big)
	go func() {
		c <- big{p: fresh(3)}
		expect("in the loop", collect(3), true)
		c <- big{p: fresh(4)}
		expect("while it waits", collect(4), true)
		close(c)
	}()
	for b := range c {
		read(&b)
		runtime.Gosched()
	}
}

// Objects that only other objects lead to, while the stack moves.
func linked() {
	a := big{p: fresh(5)}
	b := big{p: fresh(6), next: &a}
	c := big{p: fresh(7), next: &b}
	c.next.next.pad[0] = 1
	expect("sum", walk(&c) == 18, true)
	m := make2(8)
	f := func() int {
		runtime.GC()
		return grow(300) - grow(300) + m.p[63] + b.p[63]
	}
	expect("closure", f() == 14, true)
	expect("no longer linked", collect(7), true)
}

// What a deferred call reads lives as long as the function; so does what a panic finds.
func deferred() {
	b := big{p: fresh(9)}
	x := big{p: fresh(10)}
	defer func() {
		recover()
		expect("deferred", collect(9), false)
		read(&b)
	}()
	read(&x)
	expect("not deferred", collect(10), true)
	var none *big
	read(none)
}

// A value on its way is in the frame of its sender, whom nobody else knows.
func sent() {
	c := make(chan big)
	go func() { c <- make2(11) }()
	runtime.Gosched()
	expect("sent", collect(11), false)
	b := <-c
	expect("received", read(&b) == 11, true)
	d := make(chan *big, 1)
	go func() {
		select {
		case c <- make2(12):
		case <-d:
		}
	}()
	runtime.Gosched()
	expect("selected", collect(12), false)
	b = <-c
	expect("received", read(&b) == 12, true)
}

func main() {
	dead()
	received()
	linked()
	deferred()
	sent()
	println("done")
}
`;

for (const stress of ['', 'gcstress=1'])
  test(`stack objects keep what is still used${stress && `, under ${stress}`}`, () => {
    const r = burrow(['run', file('prog.go', program)], '', { GODEBUG: stress });
    assert.deepEqual([r.err, r.code], ['done\n', 0]);
  });
