// The functions that other ports write in assembly, eight bytes at a time. Memory is little-endian and may be read unaligned.
package bytealg

import (
	"internal/runtime/sys"
	"unsafe"
)

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

//go:nosplit
func load64(p unsafe.Pointer, i int) uint64 {
	return *(*uint64)(unsafe.Pointer(uintptr(p) + uintptr(i)))
}

//go:nosplit
func load8(p unsafe.Pointer, i int) byte {
	return *(*byte)(unsafe.Pointer(uintptr(p) + uintptr(i)))
}

// IndexByte returns the index of the first c in b, or -1.
//
//go:nosplit
func IndexByte(b []byte, c byte) int {
	return indexByte(unsafe.Pointer(unsafe.SliceData(b)), len(b), c)
}

// IndexByteString returns the index of the first c in s, or -1.
//
//go:nosplit
func IndexByteString(s string, c byte) int {
	return indexByte(unsafe.Pointer(unsafe.StringData(s)), len(s), c)
}

// indexByte looks for the lowest zero byte of word^pattern. Borrows make higher bytes unreliable, but not the lowest.
//
//go:nosplit
func indexByte(p unsafe.Pointer, n int, c byte) int {
	pattern := uint64(c) * lowBits
	i := 0
	for ; i+8 <= n; i += 8 {
		x := load64(p, i) ^ pattern
		if zero := (x - lowBits) &^ x & highBits; zero != 0 {
			return i + sys.TrailingZeros64(zero)>>3
		}
	}
	for ; i < n; i++ {
		if load8(p, i) == c {
			return i
		}
	}
	return -1
}

// Count returns the number of c in b.
//
//go:nosplit
func Count(b []byte, c byte) int {
	return count(unsafe.Pointer(unsafe.SliceData(b)), len(b), c)
}

// CountString returns the number of c in s.
//
//go:nosplit
func CountString(s string, c byte) int {
	return count(unsafe.Pointer(unsafe.StringData(s)), len(s), c)
}

// count counts the zero bytes of word^pattern: those to whose low seven bits adding 127 does not carry into the eighth, and whose
// eighth is not set either.
//
//go:nosplit
func count(p unsafe.Pointer, n int, c byte) int {
	pattern := uint64(c) * lowBits
	total, i := 0, 0
	for ; i+8 <= n; i += 8 {
		x := load64(p, i) ^ pattern
		total += sys.OnesCount64(^((x&^highBits + ^uint64(highBits)) | x) & highBits)
	}
	for ; i < n; i++ {
		if load8(p, i) == c {
			total++
		}
	}
	return total
}

// Compare orders a and b bytewise: -1, 0 or 1.
//
//go:nosplit
func Compare(a, b []byte) int {
	return compare(unsafe.Pointer(unsafe.SliceData(a)), len(a), unsafe.Pointer(unsafe.SliceData(b)), len(b))
}

// CompareString orders a and b bytewise: -1, 0 or 1.
//
//go:nosplit
func CompareString(a, b string) int {
	return compare(unsafe.Pointer(unsafe.StringData(a)), len(a), unsafe.Pointer(unsafe.StringData(b)), len(b))
}

//go:nosplit
func compare(p unsafe.Pointer, m int, q unsafe.Pointer, n int) int {
	common := min(m, n)
	i := 0
	if p == q {
		i = common
	}
	for ; i+8 <= common; i += 8 {
		x, y := load64(p, i), load64(q, i)
		if x != y {
			shift := uint(sys.TrailingZeros64(x^y)) &^ 7
			if byte(x>>shift) < byte(y>>shift) {
				return -1
			}
			return 1
		}
	}
	for ; i < common; i++ {
		x, y := load8(p, i), load8(q, i)
		if x != y {
			if x < y {
				return -1
			}
			return 1
		}
	}
	switch {
	case m < n:
		return -1
	case m > n:
		return 1
	}
	return 0
}
