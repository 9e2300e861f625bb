// UTF-8, for range over strings and for conversions. The decoder accepts just what the Unicode standard's table 3-7
// ("well-formed UTF-8 byte sequences") lists; everything else is one byte of runeError.
package runtime

const (
	runeError = '\uFFFD'
	runeSelf  = 0x80
	maxRune   = '\U0010FFFF'
)

//go:nosplit
func countrunes(s string) int {
	n := 0
	for i := 0; i < len(s); n++ {
		if s[i] < runeSelf {
			i++
		} else {
			_, i = decoderune(s, i)
		}
	}
	return n
}

// decoderune returns the rune that starts at s[k] and the index of the next one.
//
//go:nosplit
func decoderune(s string, k int) (rune, int) {
	n := len(s) - k
	if n <= 0 {
		return runeError, k + 1
	}
	b0 := s[k]
	if b0 < runeSelf {
		return rune(b0), k + 1
	}
	if b0 < 0xC2 || b0 > 0xF4 || n < 2 {
		return runeError, k + 1
	}
	b1 := s[k+1]
	if b0 < 0xE0 {
		if b1&0xC0 != 0x80 {
			return runeError, k + 1
		}
		return rune(b0&0x1F)<<6 | rune(b1&0x3F), k + 2
	}
	lo, hi := byte(0x80), byte(0xBF)
	switch b0 {
	case 0xE0:
		lo = 0xA0
	case 0xED:
		hi = 0x9F
	case 0xF0:
		lo = 0x90
	case 0xF4:
		hi = 0x8F
	}
	if b1 < lo || hi < b1 || n < 3 || s[k+2]&0xC0 != 0x80 {
		return runeError, k + 1
	}
	if b0 < 0xF0 {
		return rune(b0&0x0F)<<12 | rune(b1&0x3F)<<6 | rune(s[k+2]&0x3F), k + 3
	}
	if n < 4 || s[k+3]&0xC0 != 0x80 {
		return runeError, k + 1
	}
	return rune(b0&0x07)<<18 | rune(b1&0x3F)<<12 | rune(s[k+2]&0x3F)<<6 | rune(s[k+3]&0x3F), k + 4
}

// runelen is the number of bytes encoderune writes.
//
//go:nosplit
func runelen(r rune) int {
	switch {
	case 0 <= r && r < runeSelf:
		return 1
	case 0 <= r && r < 0x800:
		return 2
	case 0x10000 <= r && r <= maxRune:
		return 4
	}
	return 3
}

// encoderune writes r, or runeError for what is no valid rune.
//
//go:nosplit
func encoderune(p []byte, r rune) int {
	n := runelen(r)
	switch n {
	case 1:
		p[0] = byte(r)
	case 2:
		p[0], p[1] = 0xC0|byte(r>>6), 0x80|byte(r)&0x3F
	case 3:
		if r < 0 || r > maxRune || 0xD800 <= r && r < 0xE000 {
			r = runeError
		}
		p[0], p[1], p[2] = 0xE0|byte(r>>12), 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F
	default:
		p[0], p[1], p[2], p[3] = 0xF0|byte(r>>18), 0x80|byte(r>>12)&0x3F, 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F
	}
	return n
}
