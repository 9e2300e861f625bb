// Unbuffered round trips on one P; ps, picoseconds, is for one, in the fastest twentieth of them. bench.ts compares runs that write events with runs that do not.
package main

import (
	"runtime"
	"time"
)

func main() {
	runtime.GOMAXPROCS(1)
	const n, parts = 3_000_000, 20
	ping, pong := make(chan int), make(chan int)
	go func() {
		for v := range ping {
			pong <- v + 1
		}
		close(pong)
	}()
	sum := 0
	trip := func(n int) {
		for i := range n {
			ping <- i
			sum += <-pong
		}
	}
	trip(n / 10)
	best := time.Hour
	for range parts {
		start := time.Now()
		trip(n / parts)
		best = min(best, time.Since(start))
	}
	println("ps", 1000*best.Nanoseconds()/(n/parts), "check", sum)
}
