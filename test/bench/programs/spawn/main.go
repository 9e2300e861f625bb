// A million goroutines started and joined; ns is for one.
package main

import (
	"sync"
	"time"
)

func round(n int) int {
	var wg sync.WaitGroup
	results := make([]int, n)
	wg.Add(n)
	for i := range n {
		go func() {
			results[i] = i & 7
			wg.Done()
		}()
	}
	wg.Wait()
	sum := 0
	for _, r := range results {
		sum += r
	}
	return sum
}

func main() {
	const n = 1_000_000
	round(n / 10)
	start := time.Now()
	r := round(n)
	println("ns", time.Since(start).Nanoseconds()/n, "check", r)
}
