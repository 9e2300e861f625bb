// Strings: concatenation and the conversions between strings, byte slices, rune slices and integers. The compiler
// calls these under gc's names. The buffers are optional stack space for results that do not escape.
// None of this suspends, so that callers which do nothing else that could need no frames.
package runtime

import (
	"internal/bytealg"
	"unsafe"
)

type tmpBuf [32]byte

// put writes s at p and returns where it ends.
//
//go:nosplit
func put(p unsafe.Pointer, s string) unsafe.Pointer {
	memmove(p, unsafe.Pointer(unsafe.StringData(s)), uintptr(len(s)))
	return add(p, uintptr(len(s)))
}

// canReturn reports whether s, all there is to concatenate, can be the result: not if it is in this goroutine's stack and the result may outlive that.
//
//go:nosplit
func canReturn(buf *tmpBuf, s string) bool {
	if buf != nil || len(s) == 0 {
		return true
	}
	gp := getg()
	p := uint32(uintptr(unsafe.Pointer(unsafe.StringData(s))))
	return p < gp.stacklo || p >= gp.stackhi
}

//go:nosplit
func concatstring2(buf *tmpBuf, a, b string) string {
	if len(a) == 0 && canReturn(buf, b) {
		return b
	}
	if len(b) == 0 && canReturn(buf, a) {
		return a
	}
	s, p := rawstringtmp(buf, len(a)+len(b))
	put(put(p, a), b)
	return s
}

//go:nosplit
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
	put(put(put(p, a), b), c)
	return s
}

//go:nosplit
func concatstring4(buf *tmpBuf, a, b, c, d string) string {
	if len(c)+len(d) == 0 {
		return concatstring2(buf, a, b)
	}
	if len(a)+len(b) == 0 {
		return concatstring2(buf, c, d)
	}
	s, p := rawstringtmp(buf, len(a)+len(b)+len(c)+len(d))
	put(put(put(put(p, a), b), c), d)
	return s
}

//go:nosplit
func concatstring5(buf *tmpBuf, a, b, c, d, e string) string {
	if len(e) == 0 {
		return concatstring4(buf, a, b, c, d)
	}
	if len(a) == 0 {
		return concatstring4(buf, b, c, d, e)
	}
	s, p := rawstringtmp(buf, len(a)+len(b)+len(c)+len(d)+len(e))
	put(put(put(put(put(p, a), b), c), d), e)
	return s
}

//go:nosplit
func concatstrings(buf *tmpBuf, parts []string) string {
	total, filled, last := 0, 0, 0
	for i := range parts {
		if n := len(parts[i]); n != 0 {
			total += n
			filled++
			last = i
		}
	}
	if filled == 0 {
		return ""
	}
	if filled == 1 && canReturn(buf, parts[last]) {
		return parts[last]
	}
	s, p := rawstringtmp(buf, total)
	for i := range parts {
		p = put(p, parts[i])
	}
	return s
}

//go:nosplit
func concatbyte2(buf *tmpBuf, a, b string) []byte {
	s := tmpOrRawBytes(buf, len(a)+len(b))
	put(put(unsafe.Pointer(unsafe.SliceData(s)), a), b)
	return s
}

//go:nosplit
func concatbyte3(buf *tmpBuf, a, b, c string) []byte {
	s := tmpOrRawBytes(buf, len(a)+len(b)+len(c))
	put(put(put(unsafe.Pointer(unsafe.SliceData(s)), a), b), c)
	return s
}

//go:nosplit
func concatbyte4(buf *tmpBuf, a, b, c, d string) []byte {
	s := tmpOrRawBytes(buf, len(a)+len(b)+len(c)+len(d))
	put(put(put(put(unsafe.Pointer(unsafe.SliceData(s)), a), b), c), d)
	return s
}

//go:nosplit
func concatbyte5(buf *tmpBuf, a, b, c, d, e string) []byte {
	s := tmpOrRawBytes(buf, len(a)+len(b)+len(c)+len(d)+len(e))
	put(put(put(put(put(unsafe.Pointer(unsafe.SliceData(s)), a), b), c), d), e)
	return s
}

//go:nosplit
func concatbytes(buf *tmpBuf, parts []string) []byte {
	total := 0
	for i := range parts {
		total += len(parts[i])
	}
	s := tmpOrRawBytes(buf, total)
	p := unsafe.Pointer(unsafe.SliceData(s))
	for i := range parts {
		p = put(p, parts[i])
	}
	return s
}

// rawstringtmp gives a string of n bytes, and the address to write them at.
//
//go:nosplit
func rawstringtmp(buf *tmpBuf, n int) (string, unsafe.Pointer) {
	p := unsafe.Pointer(buf)
	if buf == nil || n > len(buf) {
		p = mallocgc(uintptr(n), nil, false)
	}
	return unsafe.String((*byte)(p), n), p
}

//go:nosplit
func rawstring(n int) (string, []byte) {
	p := (*byte)(mallocgc(uintptr(n), nil, false))
	return unsafe.String(p, n), unsafe.Slice(p, n)
}

// rawbyteslice gives a slice whose n bytes are unset and whose spare capacity is zero.
//
//go:nosplit
func rawbyteslice(n int) []byte {
	capmem := roundupsize(uintptr(n), true)
	p := mallocgc(capmem, nil, false)
	memclrNoHeapPointers(add(p, uintptr(n)), capmem-uintptr(n))
	return unsafe.Slice((*byte)(p), int(capmem))[:n]
}

//go:nosplit
func tmpOrRawBytes(buf *tmpBuf, n int) []byte {
	if buf == nil || n > len(buf) {
		return rawbyteslice(n)
	}
	*buf = tmpBuf{}
	return buf[:n]
}

//go:nosplit
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
//
//go:nosplit
func slicebytetostringtmp(ptr *byte, n int) string {
	return unsafe.String(ptr, n)
}

//go:nosplit
func stringtoslicebyte(buf *tmpBuf, s string) []byte {
	b := tmpOrRawBytes(buf, len(s))
	memmove(unsafe.Pointer(unsafe.SliceData(b)), unsafe.Pointer(unsafe.StringData(s)), uintptr(len(s)))
	return b
}

//go:nosplit
func stringtoslicerune(buf *[32]rune, s string) []rune {
	n := countrunes(s)
	var a []rune
	if buf != nil && n <= len(buf) {
		*buf = [32]rune{}
		a = buf[:n]
	} else {
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

//go:nosplit
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

//go:nosplit
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
//
//go:nosplit
func findnull(p *byte) int {
	n := 0
	for *(*byte)(add(unsafe.Pointer(p), uintptr(n))) != 0 {
		n++
	}
	return n
}

//go:nosplit
func gostringnocopy(p *byte) string {
	return unsafe.String(p, findnull(p))
}

//go:nosplit
func hasPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && s[:len(prefix)] == prefix
}

//go:nosplit
func hasSuffix(s, suffix string) bool {
	return len(s) >= len(suffix) && s[len(s)-len(suffix):] == suffix
}
