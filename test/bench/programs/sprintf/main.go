// fmt.Sprintf with the usual verbs.
package main

import (
	"fmt"
	"time"
)

type point struct{ X, Y int }

func work(n int) int {
	sum := 0
	for i := range n {
		sum += len(fmt.Sprintf("%d %s %08x %6.2f %v %q", i, "text", i, float64(i)/3, point{i, -i}, "a\tb"))
	}
	return sum
}

func main() {
	work(5000)
	start := time.Now()
	r := work(500000)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
