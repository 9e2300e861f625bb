// Unbuffered round trips between two goroutines on one P; ns is for one round trip.
package main

import (
	"runtime"
	"time"
)

func main() {
	runtime.GOMAXPROCS(1)
	const n = 1_000_000
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
	start := time.Now()
	trip(n)
	d := time.Since(start).Nanoseconds()
	close(ping)
	println("ns", d/n, "check", sum)
}
