// Map insertions, lookups that hit and miss, deletions; integer and string keys.
package main

import (
	"strconv"
	"time"
)

func work(n int) int {
	ints := map[int]int{}
	words := map[string]int{}
	keys := make([]string, n)
	for i := range keys {
		keys[i] = "key" + strconv.Itoa(i)
	}
	sum := 0
	for round := range 10 {
		for i := range n {
			ints[i*7] += round
			words[keys[i]] += i
		}
		for i := range 8 * n {
			sum += ints[i]
		}
		for i := 0; i < n; i += 3 {
			delete(ints, i*7)
			sum += words[keys[i]]
		}
	}
	return sum + len(ints)
}

func main() {
	work(1000)
	start := time.Now()
	r := work(50000)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
