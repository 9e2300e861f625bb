// Unbuffered round trips between two goroutines that keep a thread each; ns is for one round trip. The official port has one thread.
//
//go:build !js

package main

import (
	"runtime"
	"time"
)

func main() {
	const n = 100_000
	runtime.GOMAXPROCS(2)
	runtime.LockOSThread()
	ping, pong := make(chan int), make(chan int)
	go func() {
		runtime.LockOSThread()
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
