// Calls through interfaces of several dynamic types, type switches and assertions.
package main

import "time"

type shape interface{ area() int }
type square struct{ a int }
type rect struct{ a, b int }
type disc struct{ r int }

func (s square) area() int { return s.a * s.a }
func (r *rect) area() int  { return r.a * r.b }
func (d disc) area() int   { return 3 * d.r * d.r }

func work(rounds int) int {
	shapes := make([]shape, 0, 999)
	for i := range 333 {
		shapes = append(shapes, square{i}, &rect{i, i + 1}, disc{i})
	}
	sum := 0
	for range rounds {
		for _, s := range shapes {
			sum += s.area()
			switch s := s.(type) {
			case square:
				sum -= s.a
			case *rect:
				sum ^= s.b
			}
		}
	}
	return sum
}

func main() {
	work(100)
	start := time.Now()
	r := work(100000)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
