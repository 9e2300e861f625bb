// The numbers in GOGC and GOMEMLIMIT.
package runtime

// parseCount reads decimal digits; false if there is none, another character, or too many.
func parseCount(s string) (n int64, ok bool) {
	if s == "" {
		return 0, false
	}
	for i := range len(s) {
		d := int64(s[i]) - '0'
		if d < 0 || d > 9 || n > (1<<63-1-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}

// parseBytes reads digits with an optional unit: B, KiB, MiB, GiB or TiB.
func parseBytes(s string) (n int64, ok bool) {
	shift := 0
	if k := len(s) - 1; k >= 0 && s[k] == 'B' {
		s = s[:k]
		if k > 2 && s[k-1] == 'i' {
			switch s[k-2] {
			case 'K':
				shift = 10
			case 'M':
				shift = 20
			case 'G':
				shift = 30
			case 'T':
				shift = 40
			default:
				return 0, false
			}
			s = s[:k-2]
		}
	}
	n, ok = parseCount(s)
	if n > (1<<63-1)>>shift {
		return 0, false
	}
	return n << shift, ok
}
