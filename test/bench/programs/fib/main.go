// Recursive calls and nothing else.
package main

import "time"

//go:noinline
func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func main() {
	fib(32)
	start := time.Now()
	r := fib(40)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
