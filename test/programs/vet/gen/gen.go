package gen

import "fmt"

type Num interface{ ~int | ~float64 }
type Any[T any] struct{ x T }

func (a *Any[T]) Logf(format string, args ...any) { fmt.Printf(format, args...) }

func f[T any, N Num, S ~string, I int64 | int8](t T, n N, s S, i I, a *Any[T]) {
	fmt.Printf("%d %d %s %d", t, n, s, i)
	fmt.Printf("%d", n)
	fmt.Printf("%s", s)
	fmt.Printf("%s", i)
	fmt.Printf("%v", t)
	a.Logf("%d", "x")
	new(Any[int]).Logf("%d", "x")
	_ = string(i)
}
