// Unbuffered round trips between two goroutines; ns is for one round trip, in the fastest twentieth of them: other
// work on the machine can only add.
package main

import "time"

func main() {
	const n, parts = 1_000_000, 20
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
	close(ping)
	println("ns", best.Nanoseconds()/(n/parts), "check", sum)
}
