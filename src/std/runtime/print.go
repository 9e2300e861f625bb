// The print statements. Output is gathered while the lock is held and leaves in one write, so that lines of several
// threads do not mix. The holder is not preempted; all of this but the printing of floats never suspends, so that
// even a runtime function that must not may say why it gives up.
package runtime

import (
	"internal/runtime/atomic"
	"internal/strconv"
	"unsafe"
)

var printer struct {
	lock  uint32
	owner uintptr // the goroutine that holds lock
	depth int
	n     int
	buf   [1024]byte
	sink  []byte // where runtime.Stack wants the output; what does not fit is lost
}

//go:nosplit
func printlock() {
	gp := uintptr(unsafe.Pointer(getg()))
	if atomic.Loaduintptr(&printer.owner) == gp {
		printer.depth++
		return
	}
	acquirem()
	for !atomic.Cas(&printer.lock, 0, 1) {
	}
	atomic.Storeuintptr(&printer.owner, gp)
	printer.depth = 1
}

//go:nosplit
func printunlock() {
	if printer.depth--; printer.depth > 0 {
		return
	}
	printflush()
	atomic.Storeuintptr(&printer.owner, 0)
	atomic.Store(&printer.lock, 0)
	releasem()
}

//go:nosplit
func printflush() {
	if n := printer.n; n != 0 {
		printer.n = 0
		printout(unsafe.Pointer(&printer.buf), n)
	}
}

//go:nosplit
func printout(p unsafe.Pointer, n int) {
	if printer.sink == nil {
		hostwrite(2, p, int32(n))
		if fd := crashFD.Load(); fd != noFD && fd != 0 && rt_isdying() {
			hostwrite(int32(fd), p, int32(n))
		}
		return
	}
	used := len(printer.sink)
	n = min(n, cap(printer.sink)-used)
	memmove(add(unsafe.Pointer(unsafe.SliceData(printer.sink)), uintptr(used)), p, uintptr(n))
	printer.sink = printer.sink[:used+n]
}

// gwrite is only called with the lock held.
//
//go:nosplit
func gwrite(p unsafe.Pointer, n int) {
	if n > len(printer.buf)-printer.n {
		printflush()
	}
	if n > len(printer.buf) {
		printout(p, n)
		return
	}
	memmove(add(unsafe.Pointer(&printer.buf), uintptr(printer.n)), p, uintptr(n))
	printer.n += n
}

//go:nosplit
func printstring(s string) {
	gwrite(unsafe.Pointer(unsafe.StringData(s)), len(s))
}

//go:nosplit
func printbytes(b []byte) {
	gwrite(unsafe.Pointer(unsafe.SliceData(b)), len(b))
}

//go:nosplit
func printsp() {
	printstring(" ")
}

//go:nosplit
func printnl() {
	printstring("\n")
}

//go:nosplit
func printbool(v bool) {
	if v {
		printstring("true")
	} else {
		printstring("false")
	}
}

//go:nosplit
func printint(v int64) {
	printdecimal(v, true)
}

//go:nosplit
func printuint(v uint64) {
	printdecimal(int64(v), false)
}

// Numbers are made in the buffer itself: a variable here would need a stack slot, and with it a frame.
//
//go:nosplit
func printdecimal(v int64, signed bool) {
	room := (*[20]byte)(printroom(20))
	digits := formatInt(room, v, signed)
	memmove(unsafe.Pointer(room), unsafe.Pointer(unsafe.SliceData(digits)), uintptr(len(digits)))
	printer.n += len(digits)
}

//go:nosplit
func printroom(n int) unsafe.Pointer {
	if n > len(printer.buf)-printer.n {
		printflush()
	}
	return add(unsafe.Pointer(&printer.buf), uintptr(printer.n))
}

// hex prints in base 16.
type hex uint64

//go:nosplit
func printhex(v uint64) {
	printstring("0x")
	printhexdigits(v, 1)
}

//go:nosplit
func printhexdigits(v uint64, digits int) {
	for digits < 16 && v>>(4*uint(digits)) != 0 {
		digits++
	}
	p := printroom(digits)
	for i := digits - 1; i >= 0; i-- {
		*(*byte)(add(p, uintptr(i))) = "0123456789abcdef"[v&15]
		v >>= 4
	}
	printer.n += digits
}

//go:nosplit
func printpointer(p unsafe.Pointer) {
	printhex(uint64(uintptr(p)))
}

//go:nosplit
func printuintptr(p uintptr) {
	printhex(uint64(p))
}

func printfloat64(v float64) {
	var buf [24]byte
	printbytes(strconv.AppendFloat(buf[:0], v, 'g', -1, 64))
}

func printfloat32(v float32) {
	var buf [24]byte
	printbytes(strconv.AppendFloat(buf[:0], float64(v), 'g', -1, 32))
}

func printcomplex128(c complex128) {
	var buf [64]byte
	printbytes(strconv.AppendComplex(buf[:0], c, 'g', -1, 128))
}

func printcomplex64(c complex64) {
	var buf [64]byte
	printbytes(strconv.AppendComplex(buf[:0], complex128(c), 'g', -1, 64))
}

//go:nosplit
func printslice(s []byte) {
	printstring("[")
	printint(int64(len(s)))
	printstring("/")
	printint(int64(cap(s)))
	printstring("]")
	printpointer(unsafe.Pointer(unsafe.SliceData(s)))
}

//go:nosplit
func printeface(e eface) {
	printpair(unsafe.Pointer(e._type), e.data)
}

//go:nosplit
func printiface(i iface) {
	printpair(unsafe.Pointer(i.tab), i.data)
}

//go:nosplit
func printpair(p, q unsafe.Pointer) {
	printstring("(")
	printpointer(p)
	printstring(",")
	printpointer(q)
	printstring(")")
}

// quoted prints with escapes for what is not printable ASCII.
type quoted string

//go:nosplit
func printquoted(s string) {
	printstring(`"`)
	for _, r := range s {
		switch {
		case r == '\n':
			printstring(`\n`)
		case r == '\r':
			printstring(`\r`)
		case r == '\t':
			printstring(`\t`)
		case r == '\\':
			printstring(`\\`)
		case r == '"':
			printstring(`\"`)
		case ' ' <= r && r <= '~':
			*(*byte)(printroom(1)) = byte(r)
			printer.n++
		case r < 127:
			printstring(`\x`)
			printhexdigits(uint64(r), 2)
		case r < 0x10000:
			printstring(`\u`)
			printhexdigits(uint64(r), 4)
		default:
			printstring(`\U`)
			printhexdigits(uint64(r), 8)
		}
	}
	printstring(`"`)
}
