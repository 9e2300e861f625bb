// Deferred calls on the normal way out, and panics that are recovered.
package main

import "time"

//go:noinline
func deferred(p *int, n int) {
	defer func() { *p += n }()
	*p ^= n
}

//go:noinline
func recovered(n int) (r int) {
	defer func() {
		if recover() != nil {
			r = n
		}
	}()
	if n&1 == 0 {
		panic(n)
	}
	return -1
}

func work(n int) int {
	sum := 0
	for i := range n {
		deferred(&sum, i)
		if i%64 == 0 {
			sum += recovered(i / 64)
		}
	}
	return sum
}

func main() {
	work(100000)
	start := time.Now()
	r := work(20000000)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
