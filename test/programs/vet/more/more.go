package more

import (
	"fmt"
	"os"
	"time"
	"unsafe"

	"example.com/vet/lib"
)

type S struct {
	a int
	b string
}
type P *int
type Str string
type Stringer struct{ x int }

func (Stringer) String() string { return "" }

type PStringer struct{ x int }

func (*PStringer) String() string { return "" }

type inner struct{ s Stringer }
type Rec []Rec
type F func()
type Fmt struct{}

func (Fmt) Format(s fmt.State, verb rune) {}

var local = func(format string, args ...any) { fmt.Printf(format, args...) }

func missing(format string, args ...any) { fmt.Printf(format, args) }

func g(l *lib.Log, err error, i int, u8 byte, r rune, f64 float64, b []byte, m map[string]int, ch chan int, p unsafe.Pointer, d time.Duration) {
	l.Infof("%d", "x")
	l.Info("%d", 1)
	lib.Wrapf("%w %s", err, 1)
	lib.Wrap(err, "%d", "s")
	lib.Indirect("%t", 1)
	lib.Not("%t", 1)
	local("%t", 1)
	fmt.Printf("é\t%d \u00e9 %s", "a", 1)
	fmt.Printf(`raw	%d
  %s`, 1, 2)
	fmt.Printf("a"+"%d", "x")
	const c = "%s\n"
	fmt.Printf(c, 1)
	fmt.Printf("%s %s %s", u8, b, r)
	fmt.Printf("%d %x %X %s", b, b, "x", m)
	fmt.Printf("%d", m)
	fmt.Printf("%d %p", ch, ch)
	fmt.Printf("%s", p)
	fmt.Printf("%s %d", d, d)
	fmt.Printf("%d", S{})
	fmt.Printf("%s", &S{1, "x"})
	fmt.Printf("%s %v", Stringer{}, Stringer{})
	fmt.Printf("%s", PStringer{})
	fmt.Printf("%s", &PStringer{})
	fmt.Printf("%s", inner{})
	fmt.Printf("%d", Rec{})
	fmt.Printf("%s", F(nil))
	fmt.Printf("%z %q", Fmt{}, Fmt{})
	fmt.Printf("%.2f %5d", i, f64)
	fmt.Printf("%t %c %U", i, f64, "x")
	fmt.Printf("%s", nil)
	fmt.Printf("%v %T", nil, g)
	fmt.Printf("%[2]d %[1]s", 1, "x")
	fmt.Printf("%[1]d", 1, 2)
	fmt.Printf("%[2]*[1]d", 1, 2)
	fmt.Printf("%-*.*f|", 1, "p", 2.0)
	fmt.Printf("%[", 1)
	fmt.Printf("%+s %+q", "x", "y")
	fmt.Printf("% d %0d %#x", 1, 2, 3)
	fmt.Printf("%d%%", 1)
	fmt.Printf("%d %!", 1)
	fmt.Printf("%日", 1)
	fmt.Printf("%s", i+1*2)
	fmt.Printf("%s", struct{ x, y int }{1, 2})
	fmt.Printf("%s", []int{1, 2, i})
	fmt.Printf("%s", m["x"])
	fmt.Printf("%s", -i)
	fmt.Printf("%s", (i))
	fmt.Printf("%s", len(b[1:i+2]))
	fmt.Printf("%s", int(f64*2+1))
	fmt.Printf("%s", f64*float64(i)+1 > 2 && i == 3)
	fmt.Sprint("%20x", "%2f", i)
	fmt.Println("100%", "%")
	fmt.Println("x %v")
	fmt.Fprintln(os.Stderr, "a\n")
	fmt.Fprint(os.Stderr, "%s")
	fmt.Println()
	fmt.Print(g, F(nil))
	fmt.Errorf("%w %w", err, i)
	fmt.Errorf("no")
	fmt.Printf("%d", i, i)
	fmt.Printf("%v", []any{1}...)
	fmt.Printf("%v %v", 1)
	fmt.Printf("%d", append([]any{}, 1)...)
	_ = time.Now
	fmt.Appendf(nil, "%d", "x")
	fmt.Sprintf(err.Error())
	_, _ = string(i)+string(u8)+string(r), Str(i)
	if err != nil && err != nil || i == 0 || (i == 0) {
	}
	if g == nil || fmt.Println != nil {
	}
}
