import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSource, mismatches } from './checktest.ts';

function check(name: string, src: string, goVersion = ''): void {
  test(name, () => {
    assert.deepEqual(mismatches(src, goVersion), []);
  });
}

check(
  'undefined and unused names',
  `package p
import "unsafe" // ERROR "unsafe" imported and not used
func f() {
	x := 1 // ERROR declared and not used: x
	y = 2 // ERROR undefined: y
	var z int // ERROR declared and not used: z
	z = 3
	_ = nope() // ERROR undefined: nope
L: // ERROR label L defined and not used
	for {
	}
}
`,
);

check(
  'assignments',
  `package p
func two() (int, string) { return 1, "" }
func f() {
	var s string = 1 // ERROR cannot use 1 (untyped int constant) as string value in variable declaration
	var i int = "x" // ERROR cannot use "x" (untyped string constant) as int value in variable declaration
	a, b := 1 // ERROR assignment mismatch: 2 variables but 1 value
	c := two() // ERROR assignment mismatch: 1 variable but two returns 2 values
	var u8 uint8 = 256 // ERROR cannot use 256 (untyped int constant) as uint8 value in variable declaration (overflows)
	i = 1.5 // ERROR cannot use 1.5 (untyped float constant) as int value in assignment (truncated)
	_, _, _, _, _, _ = s, i, a, b, c, u8
	var m map[string]struct{ x int }
	m["a"].x = 1 // ERROR cannot assign to struct field m["a"].x in map
	"a"[0] = 'b' // ERROR cannot assign to "a"[0] (neither addressable nor a map index expression)
	i := 2 // ERROR no new variables on left side of :=
	nil := nil // ERROR use of untyped nil in assignment
	_ = nil
}
`,
);

check(
  'calls and returns',
  `package p
func g(a int, b string) {}
func v(a int, rest ...string) int { return 0 }
func f() (int, error) {
	g(1) // ERROR not enough arguments in call to g
	g(1, "", 2) // ERROR too many arguments in call to g
	g("", 1) // ERROR cannot use "" (untyped string constant) as int value in argument to g && cannot use 1 (untyped int constant) as string value in argument to g
	v(1, 2) // ERROR cannot use 2 (untyped int constant) as string value in argument to v
	v(1, []string{}...)
	x := g(1, "") // ERROR g(1, "") (no value) used as value
	_ = x
	len() // ERROR not enough arguments for len() (expected 1, found 0)
	1() // ERROR invalid operation: cannot call 1 (untyped int constant): untyped int is not a function
	if true {
		return 1 // ERROR not enough return values
	}
	return 1, nil, 2 // ERROR too many return values
}
func h() int {
	for {
		break
	}
} // ERROR missing return
`,
);

check(
  'operators',
  `package p
type T struct{ f func() }
func f(a int, b string, c []int, t T, e interface{ M() }) {
	_ = a + b // ERROR invalid operation: a + b (mismatched types int and string)
	_ = c == c // ERROR invalid operation: c == c (slice can only be compared to nil)
	_ = t == t // ERROR invalid operation: t == t (struct containing func() cannot be compared)
	_ = -b // ERROR invalid operation: operator - not defined on b (variable of type string)
	_ = a / 0 // ERROR invalid operation: division by zero
	_ = 1 << -1 // ERROR invalid operation: negative shift count -1 (untyped int constant)
	_ = 1.5 << a // ERROR invalid operation: shifted operand 1.5 (untyped float constant) must be integer
	_ = !a // ERROR invalid operation: operator ! not defined on a (variable of type int)
	_ = &1 // ERROR invalid operation: cannot take address of 1 (untyped int constant)
	_ = *a // ERROR invalid operation: cannot indirect a (variable of type int)
	_ = a.x // ERROR a.x undefined (type int has no field or method x)
	_ = e.(T) // ERROR impossible type assertion: e.(T)
	_ = a.(int) // ERROR invalid operation: a (variable of type int) is not an interface
	a + 1 // ERROR a + 1 (value of type int) is not used
	if a { // ERROR non-boolean condition in if statement
	}
	const big = 1 << 600 // ERROR constant shift overflow
	var _ int8 = 127 + 1 // ERROR cannot use 127 + 1 (untyped int constant 128) as int8 value in variable declaration (overflows)
	var _ = int8(200) // ERROR constant 200 overflows int8
}
`,
);

check(
  'declarations',
  `package p
type A struct{ b B } // ERROR invalid recursive type A
type B struct{ a A }
type C C // ERROR invalid recursive type: C refers to itself
var x = y // ERROR initialization cycle for x
var y = z()
func z() int { return x }
const k = k // ERROR initialization cycle: k refers to itself
func dup() {}
func dup() {} // ERROR dup redeclared in this block
type S struct{ m int }
func (S) m() {} // ERROR field and method with the same name m
func (S) n() {}
func (S) n() {} // ERROR method S.n already declared at x.go:13:10
func (int) o() {} // ERROR cannot define new methods on non-local type int
type I interface { I2 } // ERROR invalid recursive type I
type I2 interface { I }
func init() int { return 1 } // ERROR func init must have no arguments and no return values
type D struct { a, a int } // ERROR a redeclared
type E [n]int // ERROR undefined array length n or missing type constraint
`,
);

check(
  'statements',
  `package p
func f(i int, e any, ch chan<- int) {
	switch i {
	case 1:
	case 2, 1: // ERROR duplicate case 1 (constant of type int) in expression switch
	case "a": // ERROR cannot convert "a" (untyped string constant) to type int
	}
	switch x := e.(type) { // ERROR x declared and not used
	case int:
	case int: // ERROR duplicate case int in type switch
	}
	switch i.(type) { // ERROR i (variable of type int) is not an interface
	}
	break // ERROR break is not in a loop, switch, or select
	continue // ERROR continue is not in a loop
	fallthrough // ERROR fallthrough statement out of place
	goto M // ERROR label M not defined
	goto L // ERROR goto L jumps over declaration of y at x.go:19:4
	y := 1
L:
	_ = y
	<-ch // ERROR invalid operation: cannot receive from send-only channel chan<- int ch (variable of type chan<- int)
	ch <- "a" // ERROR cannot use "a" (untyped string constant) as int value in send
	for range ch { // ERROR cannot range over ch (variable of type chan<- int): receive from send-only channel chan<- int
	}
	for a, b := range 10 { // ERROR range over 10 (untyped int constant) permits only one iteration variable
		_, _ = a, b
	}
	defer f // ERROR expression in defer must be function call
	go int(i) // ERROR go requires function call, not conversion
	for i := range func(yield func(int) bool) {} {
		_ = i
	}
}
`,
);

check(
  'composite literals',
  `package p
type P struct{ x, y int }
var (
	_ = P{1} // ERROR too few values in struct literal of type P
	_ = P{1, 2, 3} // ERROR too many values in struct literal of type P
	_ = P{x: 1, x: 2} // ERROR duplicate field name x in struct literal
	_ = P{z: 1} // ERROR unknown field z in struct literal of type P
	_ = P{X: 1} // ERROR unknown field X in struct literal of type P, but does have x
	_ = P{x: 1, 2} // ERROR mixture of field:value and value elements in struct literal
	_ = [2]int{1, 2, 3} // ERROR index 2 is out of bounds (>= 2)
	_ = []int{0: 1, 0: 2} // ERROR duplicate index 0 in array or slice literal
	_ = map[string]int{"a": 1, "a": 2} // ERROR duplicate key "a" in map literal
	_ = map[string]int{1} // ERROR missing key in map literal
	_ = int{1} // ERROR invalid composite literal type int
	_ = [...]P{{1, 2}, {3, 4}}
	_ = map[P]*P{{1, 2}: {3, 4}}
	_ [3]int = [...]int{2: 1}
)
`,
);

check(
  'generics',
  `package p
type Number interface{ ~int | ~float64 }
func Sum[T Number](s ...T) (t T) { for _, x := range s { t += x }; return }
func Map[A, B any](s []A, f func(A) B) []B { return nil }
type List[T any] struct{ next *List[T]; val T }
func (l *List[T]) Push(v T) *List[T] { return &List[T]{l, v} }
var (
	_ = Sum(1, 2)
	_ = Sum("a") // ERROR string does not satisfy Number (string missing in ~int | ~float64)
	_ = Sum[int, int](1) // ERROR got 2 type arguments but want 1
	_ = Map([]int{1}, func(int) string { return "" })[0] + "x"
	_ = Map([]int{1}, nil) // ERROR in call to Map, cannot infer B
	_ List // ERROR cannot use generic type List[T any] without instantiation
	_ List[int, int] // ERROR too many type arguments for type List: have 2, want 1
	_ = (&List[int]{}).Push("") // ERROR cannot use "" (untyped string constant) as int value in argument to (&List[int]{}).Push
	_ Number // ERROR cannot use type Number outside a type constraint: interface contains type constraints
	_ func(int) int = id
	_ = id // ERROR cannot use generic function id without instantiation
)
func id[T any](x T) T { return x }
func cmp[T any](a, b T) bool { return a == b } // ERROR invalid operation: a == b (incomparable types in type set)
`,
);

test('instantiation cycle', () => {
  const { errors } = checkSource(`package p
func f[T any]() { f[*T]() }
`);
  assert.equal(errors.length, 1);
  assert.match(errors[0]!, /instantiation cycle:\n\tx.go:2:21: T instantiated as \*T/);
});

check(
  'language versions',
  `package p
func g[T any](x T) {} // ERROR type parameter requires go1.18 or later (-lang was set to go1.17; check go.mod) && predeclared any requires go1.18 or later
var _ = 0b101
func f(s []int) {
	_ = (*[1]int)(s)
	_ = [1]int(s) // ERROR conversion of slice to array requires go1.20 or later
	for range 10 { // ERROR cannot range over 10 (untyped int constant): requires go1.22 or later
	}
	_ = min(1, 2) // ERROR built-in min requires go1.21 or later
}
`,
  'go1.17',
);

test('ten errors and no more', () => {
  const body = Array.from({ length: 12 }, (_, i) => `var _ = u${i}`).join('\n');
  const { lines } = checkSource(`package p\n${body}\n`);
  assert.equal(lines.length, 11);
  assert.equal(lines[0], 'x.go:2:9: undefined: u0');
  assert.equal(lines[10], 'x.go:11:9: too many errors');
});
