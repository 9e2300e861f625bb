// Multiplication of matrices: slices of slices of float64, and one slice of int32.
package main

import "time"

func floats(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		for j := range m[i] {
			m[i][j] = float64(i*j%7) + 0.5
		}
	}
	return m
}

//go:noinline
func mulFloats(a, b, c [][]float64) {
	for i := range a {
		for j := range b[0] {
			sum := 0.0
			for k := range b {
				sum += a[i][k] * b[k][j]
			}
			c[i][j] = sum
		}
	}
}

//go:noinline
func mulInts(a, b, c []int32, n int) {
	for i := 0; i < n; i++ {
		for k := 0; k < n; k++ {
			x := a[i*n+k]
			for j := 0; j < n; j++ {
				c[i*n+j] += x * b[k*n+j]
			}
		}
	}
}

func work(rounds, n int) int {
	a, b, c := floats(n), floats(n), floats(n)
	x, y, z := make([]int32, n*n), make([]int32, n*n), make([]int32, n*n)
	for i := range x {
		x[i], y[i] = int32(i%13), int32(i%17)
	}
	for range rounds {
		mulFloats(a, b, c)
		mulInts(x, y, z, n)
	}
	return int(c[n/2][n/3]) + int(z[n])
}

func main() {
	work(1, 200)
	start := time.Now()
	r := work(12, 300)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
