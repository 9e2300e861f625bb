package vet

import (
	"errors"
	"fmt"
	"log"
	"os"
	"sync/atomic"
)

type T struct{ x int }

func (t *T) String() string { return fmt.Sprintf("%v", t) }

func wrapf(format string, args ...any) { log.Printf(format, args...) }

type E struct{}

func (E) Error() string { return "" }

func f(n int64, s string, e error) {
	fmt.Printf("%d\n", s)
	fmt.Printf("%s %s\n", s)
	fmt.Printf("%z\n", s)
	fmt.Printf("a", s)
	fmt.Printf(s)
	fmt.Println("%d", n)
	fmt.Println("x\n")
	wrapf("%t", n)
	wrapf("%d %d", 1, 2, 3)
	fmt.Print(os.Stdout, "x")
	fmt.Printf("%*d", "x", 3)
	fmt.Printf("%[3]d", 3)
	fmt.Printf("%[x]d", 3)
	fmt.Printf("%", 3)
	fmt.Printf("%w", e)
	_ = fmt.Errorf("%w %d", e, e)
	fmt.Printf("%s", f)
	fmt.Printf("%-q", 'x')
	fmt.Printf("%q", n)
	fmt.Printf("%s", E{})
	fmt.Printf("%d", []string{"x"})
	fmt.Printf("%d", struct{ a string }{"x"})
	fmt.Printf("%s", &n)
	fmt.Printf("%#d", n)
	fmt.Println(f)
	var x int32
	x = atomic.AddInt32(&x, 1)
	if n == 1 && n == 2 || n != 1 || n != 2 {
	}
	if s == "" || s == "" {
	}
	if f == nil {
	}
	_ = string(n)
	var ee E
	errors.As(e, ee)
	errors.As(e, &e)
	var r interface{ Read() }
	_ = r.(interface{ Read(int) })
}
