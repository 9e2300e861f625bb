package fuzzy

import "testing"

func FuzzA(f *testing.F) {
	f.Add(1, "x")
	f.Add("x", 1)
	f.Add(1)
	f.Add("x", "y")
	f.Fuzz(func(t *testing.T, a int, b string) { f.Log("x"); t.Errorf("%d", b) })
}
func FuzzB(f *testing.F)        { f.Fuzz(func(t *testing.B, a int, c chan int) {}) }
func FuzzC(f *testing.F)        { f.Fuzz(func() int { return 1 }) }
func Fuzzlow(f *testing.F)      {}
func Benchmarklow(b *testing.B) {}
func ExampleX()                 {}
func Example()                  {}
func ExampleT()                 {}
func ExampleT_m()               {}
func ExampleT_M_x()             {}
func ExampleT_M_X()             {}
func Example_x()                {}

type T struct{}

func (T) M() {}
