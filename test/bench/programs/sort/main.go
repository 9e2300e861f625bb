// Sorting the same numbers with sort.Slice, sort.Ints and slices.SortFunc.
package main

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

func work(n int) int {
	xs := make([]int, n)
	seed := uint32(1)
	for i := range xs {
		seed = seed*1664525 + 1013904223
		xs[i] = int(seed >> 4)
	}
	a, b := slices.Clone(xs), slices.Clone(xs)
	sort.Slice(a, func(i, j int) bool { return a[i] < a[j] })
	slices.SortFunc(b, func(x, y int) int { return cmp.Compare(y, x) })
	sort.Ints(xs)
	sum := 0
	for i := range xs {
		sum += (a[i] ^ xs[i]) + i*(b[i]&0xff)
	}
	return sum
}

func main() {
	work(10000)
	start := time.Now()
	r := work(1000000)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
