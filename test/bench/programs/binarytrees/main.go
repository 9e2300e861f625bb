// Allocation and collection of many small objects.
package main

import "time"

type tree struct{ left, right *tree }

func build(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{build(depth - 1), build(depth - 1)}
}

func (t *tree) count() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.count() + t.right.count()
}

func work(max int) int {
	long := build(max)
	total := build(max + 1).count()
	for d := 4; d <= max; d += 4 {
		for range 1 << (max - d + 4) {
			total += build(d).count()
		}
	}
	return total + long.count()
}

func main() {
	work(10)
	start := time.Now()
	r := work(17)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
