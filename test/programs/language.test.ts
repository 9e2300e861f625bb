// Programs about corners of the language that only show in a whole program: lines, names, panics, sizes.
//
// The expected texts are what Go's own tools print for the same programs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './workspace.testing.ts';

test('a nil dereference is on the line of the dot, a store on that of the assignment', () => {
  const r = run(`package main

import "runtime"

type T struct {
	a int
	n *T
}

type V struct{}

func (V) M() {}

func try(f func()) {
	defer func() {
		recover()
		for i := 1; ; i++ {
			pc, _, line, ok := runtime.Caller(i)
			if !ok {
				return
			}
			if name := runtime.FuncForPC(pc).Name(); len(name) > 14 && name[:14] == "main.main.func" {
				println(line)
			}
		}
	}()
	f()
}

func main() {
	x := &T{}
	try(func() {
		y := x.
			n.
			a
		println(y)
	})
	try(func() {
		var v *V
		v.
			M()
	})
	try(func() {
		y := *x.
			n
		println(y.a)
	})
	try(func() {
		x.
			n.
			a = 2
	})
}
`);
  assert.equal(r.err, '34\n40\n44\n51\n');
});

test('go of a nil function is fatal, with arguments a panic of the new goroutine', () => {
  const direct = run('package main\n\nfunc main() {\n\tvar f func()\n\tdefer func() { recover() }()\n\tgo f()\n}\n');
  assert.equal(direct.code, 2);
  assert.match(
    direct.err,
    /^fatal error: go of nil func value\n\ngoroutine 1 \[running\]:\nmain\.main\(\)\n\t.*prog\.go:6 /,
  );
  const wrapped = run('package main\n\nfunc main() {\n\tvar f func(int)\n\tgo f(1)\n\tselect {}\n}\n');
  assert.equal(wrapped.code, 2);
  assert.match(wrapped.err, /^panic: runtime error: invalid memory address or nil pointer dereference\n/);
  assert.match(wrapped.err, /created by main\.main in goroutine 1\n/);
});

test('function literals of package variables are numbered in the order of initialisation', () => {
  const r = run(`package main

import "runtime"

func who() string {
	pc, _, _, _ := runtime.Caller(1)
	return runtime.FuncForPC(pc).Name()
}

//go:noinline
func keep(f func() string) func() string { return f }

var unused = func() string { return who() }
var b = func() string { return a() + " " + who() }
var a = func() string { return who() }
var c = keep(func() string { return keep(func() string { return who() })() })
var d = []func() string{func() string { return who() }, func() string { return who() }}

func init() { println(keep(func() string { return who() })()) }

func init() { println(keep(func() string { return who() })()) }

func main() {
	println(a(), b(), c(), d[0](), d[1]())
}
`);
  assert.equal(
    r.err,
    'main.init.0.func1\nmain.init.1.func1\n' +
      'main.init.func2 main.init.func2 main.init.func3 main.init.func4.1 main.init.func5 main.init.func6\n',
  );
});

test('fields beyond the address space can only be reached through nil', () => {
  const r = run(`package main

type T struct {
	a [1 << 32]byte
	b int
	c [3]int
}

func try(f func()) {
	defer func() { println(recover().(error).Error()) }()
	f()
}

func main() {
	var p *T
	i := 2
	try(func() { p.b = 2 })
	try(func() { println(p.c[i], p.b) })
}
`);
  const nil = 'runtime error: invalid memory address or nil pointer dereference\n';
  assert.equal(r.err, nil + nil);
});

test('one frame of the runtime lies between a panic and the deferred call', () => {
  const r = run(`package main

import "runtime"

func main() {
	defer func() {
		recover()
		_, _, line, _ := runtime.Caller(2)
		println(line)
	}()
	panic("x")
}
`);
  assert.equal(r.err, '11\n');
});

test('what does not fit into memory is refused', () => {
  const global = run('package main\n\nvar x [1 << 33]byte\n\nfunc main() {\n\tx[5] = 1\n\tprintln(x[6])\n}\n');
  assert.equal(
    global.err,
    '# command-line-arguments\n./prog.go:3:5: main.x: symbol too large (8589934592 bytes > 2000000000 bytes)\n',
  );
  const sum = run('package main\n\nvar a, b, c [1_900_000_000]byte\n\nfunc main() { a[1], b[2], c[3] = 1, 2, 3 }\n');
  assert.match(
    sum.err,
    /^# command-line-arguments\nthe program's variables take \d+ bytes, more than fit into memory\n$/,
  );
  const heap = run('package main\n\nfunc main() {\n\tp := new([1 << 33]byte)\n\tprintln(p[5])\n}\n');
  assert.match(heap.err, /^fatal error: runtime: out of memory\n/);
});

test('deep nesting compiles', () => {
  const n = 3000;
  const ifs = `${'if x > 0 {\n'.repeat(n)}println(x)\n${'}\n'.repeat(n)}`;
  const sum = `${'('.repeat(n)}x${' + x)'.repeat(n)}`;
  const r = run(`package main\n\nfunc main() {\n\tx := len("a")\n${ifs}\tprintln(${sum})\n}\n`);
  assert.equal(r.err, `1\n${n + 1}\n`);
});

test('values in interfaces that stay in their function are in its frame', () => {
  const r = run(`package main

import "runtime"

type S struct{ a, b int }
type Big struct {
	v [20]int
	p *int
}

//go:noinline
func first(x any) int {
	switch v := x.(type) {
	case S:
		return v.a
	case Big:
		return v.v[1] + *v.p
	}
	return -1
}

//go:noinline
func deep(n int) int {
	var pad [32]int
	pad[n%32] = n
	if n == 0 {
		return 0
	}
	return deep(n-1) + pad[n%32]
}

// x outlives the iteration its value is made in
func previous(n int) (r int) {
	var prev any
	for i := range n {
		var cur any = S{i, i}
		if prev != nil {
			r = r*10 + prev.(S).a
		}
		prev = cur
	}
	return r
}

// the frame moves while x is in use
func moved(n int) int {
	p := &n
	var x any = Big{[20]int{1: n}, p}
	deep(5000)
	return first(x)
}

func main() {
	var before, after runtime.MemStats
	sum := 0
	runtime.ReadMemStats(&before)
	for i := range 100 {
		sum += first(S{i, 1})
	}
	runtime.ReadMemStats(&after)
	println(sum, after.Mallocs-before.Mallocs < 20)
	println(previous(5), moved(7))
	c := make(chan int)
	go func() { c <- moved(8) }()
	println(<-c)
}
`);
  assert.equal(r.err, '4950 true\n123 14\n16\n');
});

test('recover in the body of a loop over a function recovers nothing, as with gc', () => {
  const r = run(`package main

func seq(yield func(int) bool) { yield(1) }

func main() {
	defer func() {
		for range seq {
			println(recover() == nil)
		}
		println(recover().(string))
	}()
	panic("x")
}
`);
  assert.equal(r.err, 'true\nx\n');
});

test('the place a lone select case receives into is evaluated after the channel', () => {
  const r = run(`package main

var trace string

func c() chan int { trace += "c"; ch := make(chan int, 1); ch <- 7; return ch }
func p(x *int) *int { trace += "p"; return x }

func main() {
	var x int
	var ok bool
	select {
	case *p(&x) = <-c():
	}
	select {
	case *p(&x), ok = <-c():
	}
	println(trace, x, ok)
}
`);
  assert.equal(r.err, 'cpcp 7 true\n');
});

test('results named _ are zero after a bare return; parentheses round a blank change nothing', () => {
  const r = run(`package main

type pair struct{ a, b int }

func one() (_ int)            { return }
func two() (_ [3]int, _ pair) { return }

const tenth = 0.1

func main() {
	(_) = 7
	arr, p := two()
	var u uint64 = 3
	println(one(), arr[1], p.b, float64(u)*tenth > 0.2)
}
`);
  assert.equal(r.err, '0 0 0 true\n');
});

test('comparisons in constant time', () => {
  const r = run(`package main

import "crypto/subtle"

func main() {
	println(subtle.ConstantTimeByteEq(3, 3), subtle.ConstantTimeEq(3, 4), subtle.ConstantTimeLessOrEq(3, 4))
	println(subtle.ConstantTimeCompare([]byte("ab"), []byte("ab")), subtle.ConstantTimeCompare([]byte("ab"), []byte("ac")))
}
`);
  assert.equal(r.err, '1 0 1\n1 0\n');
});

test('a deferred call sees the frames that a panic has left, whichever way it left them', () => {
  const r = run(`package main

import (
	"os"
	"runtime"
	"strings"
)

//go:noinline
func leaf(a []int, i int) int { return a[i] }

//go:noinline
func leafer(a []int, i int) int { return leaf(a, i) + 1 }

//go:noinline
func loop(f func(), n int) {
	for i := 0; i < n; i++ {
		f()
	}
}

type method struct{ a []int }

func (m method) at(i int) int { return m.a[i] }

type ater interface{ at(int) int }

func trace(what string) {
	pcs := make([]uintptr, 50)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	out := what
	for {
		f, more := frames.Next()
		if name, ok := strings.CutPrefix(f.Function, "main."); ok {
			out += " " + name
		} else if f.Function == "runtime.gopanic" || f.Function == "runtime.Goexit" {
			out += " " + f.Function
		}
		if !more {
			break
		}
	}
	println(out)
}

func try(f func()) {
	defer func() {
		trace("recovering")
		recover()
	}()
	f()
}

func second() {
	defer func() { trace("both") }()
	defer func() { leafer(nil, len(os.Args)) }()
	panic("first")
}

func again() {
	defer func() { panic(recover()) }()
	leafer(nil, 1)
}

func deep(n int) {
	if n == 0 {
		panic("deep")
	}
	defer func() {
		if n == 2 {
			trace("passing")
		}
	}()
	deep(n - 1)
}

func main() {
	try(func() { panic(1) })
	try(func() { leafer(nil, 1) })
	try(func() { loop(func() { leafer(nil, 1) }, 2) })
	try(func() { ater(method{}).at(2) })
	try(second)
	try(again)
	try(func() { deep(3) })
	done := make(chan bool)
	go func() {
		defer close(done)
		defer func() { trace("leaving") }()
		runtime.Goexit()
	}()
	<-done
	defer func() {
		x := []int{1}
		x[len(os.Args)+1] = 1
	}()
	leafer([]int{1}, len(os.Args))
}
`);
  const [traces, report] = r.err.split('panic: ', 2);
  assert.deepEqual(traces!.trimEnd().split('\n'), [
    'recovering try.func1 runtime.gopanic main.func1 try main',
    'recovering try.func1 runtime.gopanic leaf leafer main.func2 try main',
    'recovering try.func1 runtime.gopanic leaf leafer main.func3.1 loop main.func3 try main',
    'recovering try.func1 runtime.gopanic method.at main.func4 try main',
    'both second.func1 runtime.gopanic leaf leafer second.func2 runtime.gopanic second try main',
    'recovering try.func1 runtime.gopanic leaf leafer second.func2 runtime.gopanic second try main',
    'recovering try.func1 runtime.gopanic again.func1 runtime.gopanic leaf leafer again try main',
    'passing deep.func1 runtime.gopanic deep deep deep deep main.func5 try main',
    'recovering try.func1 runtime.gopanic deep deep deep deep main.func5 try main',
    'leaving main.func6.1 runtime.Goexit main.func6',
  ]);
  assert.match(report!, /^runtime error: index out of range \[1\] with length 1\n/);
  const functions = r.err
    .slice(r.err.indexOf('[running]'))
    .split('\n')
    .filter((l) => /^(main\.|panic\()/.test(l));
  assert.deepEqual(
    functions.map((l) => l.replace(/\(.*/, '')),
    ['main.main.func7', 'panic', 'main.leaf', 'main.leafer', 'main.main'],
  );
  assert.equal(r.code, 2);
});

test('the outermost frame of a goroutine is runtime.goexit', () => {
  const r = run(`package main

import "runtime"

func last() string {
	var pcs [32]uintptr
	n := runtime.Callers(0, pcs[:])
	return runtime.FuncForPC(pcs[n-1]).Name()
}

func main() {
	println(last())
	c := make(chan string)
	go func() { c <- last() }()
	println(<-c)
}
`);
  assert.equal(r.err, 'runtime.goexit\nruntime.goexit\n');
});

test('runtime.Callers knows of as many frames as are asked for', () => {
  const r = run(`package main

import "runtime"

var pcs [5000]uintptr

//go:noinline
func deep(n, room int) int {
	if n > 1 {
		return deep(n-1, room) + 0*n
	}
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:room])])
	count := 0
	for {
		f, more := frames.Next()
		if f.Function == "main.deep" {
			count++
		}
		if !more {
			println(count, f.Function)
			return 0
		}
	}
}

func main() {
	deep(3, 5000)
	deep(129, 5000)
	deep(4000, 5000)
	deep(4000, 1000)
	defer func() {
		recover()
		deep(700, 5000)
	}()
	panic(0)
}
`);
  assert.equal(
    r.err,
    '3 runtime.goexit\n129 runtime.goexit\n4000 runtime.goexit\n1000 main.deep\n700 runtime.goexit\n',
  );
});

test('the collector follows pointers in types too large for a mask, and types of any size compile', () => {
  const r = run(`package main

import "runtime"

type big struct {
	x    float64
	y    [20000]*int
	z    []string
	none [20000]int
}

var sink any

//go:noinline
func fill(b *[3]big) {
	for i := range b {
		for j := range b[i].y {
			n := i*20000 + j
			b[i].y[j] = &n
		}
		b[i].z = []string{string(rune('a' + i))}
	}
}

func main() {
	if sink != nil {
		sink = new([1 << 42]*byte)
		sink = new(struct {
			x float64
			y [1 << 40]*byte
			z []string
		})
	}
	b := new([3]big)
	fill(b)
	for range 3 {
		runtime.GC()
		for i := range 100000 {
			n := -i
			sink = &n
		}
	}
	for i := range b {
		for j, p := range b[i].y {
			if *p != i*20000+j {
				panic("lost")
			}
		}
		println(b[i].z[0])
	}
}
`);
  assert.equal(r.err, 'a\nb\nc\n');
});

test('a deferred call is on the line where the function ends', () => {
  const r = run(`package main

import "runtime"

func line() {
	_, _, line, _ := runtime.Caller(1)
	println(line)
}

func f[T any]() {
	defer line()

}

func main() {
	f[int]()
	defer func() {
		recover()
		for i := 1; i < 4; i++ {
			pc, _, _, _ := runtime.Caller(i)
			println(runtime.FuncForPC(pc).Name())
		}
	}()
	var p *int
	*p = 1
}
`);
  assert.equal(r.err, '13\nruntime.gopanic\nruntime.panicmem\nruntime.sigpanic\n');
});

test('a loop over []byte(s) sees the string as it was, and makes no copy', () => {
  const r = run(`package main

import "runtime"

type S string

func main() {
	s := "h\u00e9y"
	for i, c := range []byte(s) {
		s = "x"
		print(i, " ", c, " ")
	}
	for range []byte(S("ab")) {
		print("-")
	}
	println()
	long := string(make([]byte, 1<<20))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for range 10 {
		for _, c := range []byte(long) {
			n += int(c)
		}
	}
	runtime.ReadMemStats(&after)
	println(n, after.TotalAlloc-before.TotalAlloc < 1<<20)
}
`);
  assert.equal(r.err, '0 104 1 195 2 169 3 121 --\n0 true\n');
});
