// Strings: concatenation and the conversions between strings, byte slices, rune slices and integers. The compiler
// calls these under gc's names. The buffers are optional stack space for results that do not escape.
package runtime

import (
	"internal/bytealg"
	"unsafe"
)

type tmpBuf [32]byte

func concatstring2(buf *tmpBuf, a, b string) string {
	if len(a) == 0 && (buf == nil || len(b) == 0) {
		return b
	}
	if len(b) == 0 && buf == nil {
		return a
	}
	s, p := rawstringtmp(buf, len(a)+len(b))
	memmove(p, unsafe.Pointer(unsafe.StringData(a)), uintptr(len(a)))
	memmove(add(p, uintptr(len(a))), unsafe.Pointer(unsafe.StringData(b)), uintptr(len(b)))
	return s
}

func concatstring3(buf *tmpBuf, a, b, c string) string {
	switch {
	case len(c) == 0:
		return concatstring2(buf, a, b)
	case len(b) == 0:
		return concatstring2(buf, a, c)
	case len(a) == 0:
		return concatstring2(buf, b, c)
	}
	s, p := rawstringtmp(buf, len(a)+len(b)+len(c))
	memmove(p, unsafe.Pointer(unsafe.StringData(a)), uintptr(len(a)))
	p = add(p, uintptr(len(a)))
	memmove(p, unsafe.Pointer(unsafe.StringData(b)), uintptr(len(b)))
	memmove(add(p, uintptr(len(b))), unsafe.Pointer(unsafe.StringData(c)), uintptr(len(c)))
	return s
}

func concatstring4(buf *tmpBuf, a, b, c, d string) string {
	parts := [4]string{a, b, c, d}
	return concatstrings(buf, parts[:])
}

func concatstring5(buf *tmpBuf, a, b, c, d, e string) string {
	parts := [5]string{a, b, c, d, e}
	return concatstrings(buf, parts[:])
}

func concatstrings(buf *tmpBuf, parts []string) string {
	total, filled, last := 0, 0, 0
	for i := range parts {
		if n := len(parts[i]); n != 0 {
			if total += n; total < n {
				throw("string concatenation too long")
			}
			filled++
			last = i
		}
	}
	if filled == 0 {
		return ""
	}
	if filled == 1 && buf == nil {
		return parts[last]
	}
	s, p := rawstringtmp(buf, total)
	joinInto(p, parts)
	return s
}

func joinInto(p unsafe.Pointer, parts []string) {
	for i := range parts {
		n := uintptr(len(parts[i]))
		memmove(p, unsafe.Pointer(unsafe.StringData(parts[i])), n)
		p = add(p, n)
	}
}

func concatbyte2(buf *tmpBuf, a, b string) []byte {
	parts := [2]string{a, b}
	return concatbytes(buf, parts[:])
}

func concatbyte3(buf *tmpBuf, a, b, c string) []byte {
	parts := [3]string{a, b, c}
	return concatbytes(buf, parts[:])
}

func concatbyte4(buf *tmpBuf, a, b, c, d string) []byte {
	parts := [4]string{a, b, c, d}
	return concatbytes(buf, parts[:])
}

func concatbyte5(buf *tmpBuf, a, b, c, d, e string) []byte {
	parts := [5]string{a, b, c, d, e}
	return concatbytes(buf, parts[:])
}

func concatbytes(buf *tmpBuf, parts []string) []byte {
	total := 0
	for i := range parts {
		n := len(parts[i])
		if total += n; total < n {
			throw("string concatenation too long")
		}
	}
	if total == 0 {
		return []byte{}
	}
	b := tmpOrRawBytes(buf, total)
	joinInto(unsafe.Pointer(unsafe.SliceData(b)), parts)
	return b
}

// rawstringtmp gives a string of n bytes, and the address to write them at.
func rawstringtmp(buf *tmpBuf, n int) (string, unsafe.Pointer) {
	p := unsafe.Pointer(buf)
	if buf == nil || n > len(buf) {
		p = mallocgc(uintptr(n), nil, false)
	}
	return unsafe.String((*byte)(p), n), p
}

func rawstring(n int) (string, []byte) {
	p := (*byte)(mallocgc(uintptr(n), nil, false))
	return unsafe.String(p, n), unsafe.Slice(p, n)
}

// rawbyteslice gives a slice whose n bytes are unset and whose spare capacity is zero.
func rawbyteslice(n int) []byte {
	capmem := roundupsize(uintptr(n), true)
	p := mallocgc(capmem, nil, false)
	memclrNoHeapPointers(add(p, uintptr(n)), capmem-uintptr(n))
	return unsafe.Slice((*byte)(p), int(capmem))[:n]
}

func tmpOrRawBytes(buf *tmpBuf, n int) []byte {
	if buf == nil || n > len(buf) {
		return rawbyteslice(n)
	}
	*buf = tmpBuf{}
	return buf[:n]
}

func slicebytetostring(buf *tmpBuf, ptr *byte, n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return unsafe.String((*byte)(unsafe.Pointer(&staticuint64s[*ptr])), 1)
	}
	s, p := rawstringtmp(buf, n)
	memmove(p, unsafe.Pointer(ptr), uintptr(n))
	return s
}

// slicebytetostringtmp makes a string that shares the bytes: only for uses during which they do not change.
func slicebytetostringtmp(ptr *byte, n int) string {
	return unsafe.String(ptr, n)
}

func stringtoslicebyte(buf *tmpBuf, s string) []byte {
	b := tmpOrRawBytes(buf, len(s))
	memmove(unsafe.Pointer(unsafe.SliceData(b)), unsafe.Pointer(unsafe.StringData(s)), uintptr(len(s)))
	return b
}

func stringtoslicerune(buf *[32]rune, s string) []rune {
	n := countrunes(s)
	var a []rune
	if buf != nil && n <= len(buf) {
		*buf = [32]rune{}
		a = buf[:n]
	} else {
		if uintptr(n) > maxAlloc/4 {
			throw("out of memory")
		}
		capmem := roundupsize(uintptr(n)*4, true)
		p := mallocgc(capmem, nil, false)
		memclrNoHeapPointers(add(p, uintptr(n)*4), capmem-uintptr(n)*4)
		a = unsafe.Slice((*rune)(p), int(capmem/4))[:n]
	}
	i := 0
	for _, r := range s {
		a[i] = r
		i++
	}
	return a
}

func slicerunetostring(buf *tmpBuf, a []rune) string {
	n := 0
	for _, r := range a {
		n += runelen(r)
	}
	if n == 0 {
		return ""
	}
	s, p := rawstringtmp(buf, n)
	b := unsafe.Slice((*byte)(p), n)
	i := 0
	for _, r := range a {
		i += encoderune(b[i:], r)
	}
	return s
}

func intstring(buf *[4]byte, v int64) string {
	r := rune(v)
	if int64(r) != v {
		r = runeError
	}
	if 0 <= r && r < runeSelf {
		return unsafe.String((*byte)(unsafe.Pointer(&staticuint64s[r])), 1)
	}
	if buf == nil {
		buf = (*[4]byte)(mallocgc(4, nil, false))
	}
	n := encoderune(buf[:], r)
	return unsafe.String(&buf[0], n)
}

// cmpstring orders strings bytewise; the compiler calls it for < and its kin.
//
//go:nosplit
func cmpstring(a, b string) int {
	return bytealg.CompareString(a, b)
}

// findnull is the length of a zero-terminated string.
func findnull(p *byte) int {
	n := 0
	for *(*byte)(add(unsafe.Pointer(p), uintptr(n))) != 0 {
		n++
	}
	return n
}

func gostringnocopy(p *byte) string {
	return unsafe.String(p, findnull(p))
}

func hasPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && s[:len(prefix)] == prefix
}

func hasSuffix(s, suffix string) bool {
	return len(s) >= len(suffix) && s[len(s)-len(suffix):] == suffix
}
