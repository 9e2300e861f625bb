// Goroutines started and joined; ns is for one. hundred: a hundred at a time, in the fastest twentieth of ten thousand times, as other work on the machine can only
// add. million: all at once, so that most of it is memory that is touched.
package main

import (
	"sync"
	"time"
)

func round(results []int) int {
	var wg sync.WaitGroup
	wg.Add(len(results))
	for i := range results {
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
	const n, group, parts = 1_000_000, 100, 20
	results := make([]int, n)
	best := time.Hour
	check := 0
	for range parts {
		start := time.Now()
		for range n / group / parts {
			check += round(results[:group])
		}
		best = min(best, time.Since(start))
	}
	println("row hundred ns", best.Nanoseconds()/(n/parts), "check", check)
	round(results[:n/10])
	start := time.Now()
	check = round(results)
	println("row million ns", time.Since(start).Nanoseconds()/n, "check", check)
}
