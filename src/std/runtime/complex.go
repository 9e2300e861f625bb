// Division of complex numbers: R. L. Smith's algorithm 116 (CACM 5(8), 1962), then the corrections for infinities and zeros
// of C99's annex G.5.1.
package runtime

//go:nosplit
func complex128div(n, m complex128) complex128 {
	a, b, c, d := real(n), imag(n), real(m), imag(m)
	var re, im float64
	if fabs(c) >= fabs(d) {
		r := d / c
		den := c + r*d
		re, im = (a+b*r)/den, (b-a*r)/den
	} else {
		r := c / d
		den := d + r*c
		re, im = (a*r+b)/den, (b*r-a)/den
	}
	if re == re || im == im {
		return complex(re, im)
	}
	switch {
	case c == 0 && d == 0 && (a == a || b == b):
		inf := infWithSign(c)
		re, im = inf*a, inf*b
	case (isInf(a) || isInf(b)) && isFinite(c) && isFinite(d):
		a, b = boxInf(a), boxInf(b)
		inf := infWithSign(0)
		re, im = inf*(a*c+b*d), inf*(b*c-a*d)
	case (isInf(c) || isInf(d)) && isFinite(a) && isFinite(b):
		c, d = boxInf(c), boxInf(d)
		re, im = 0*(a*c+b*d), 0*(b*c-a*d)
	}
	return complex(re, im)
}

//go:nosplit
func fabs(f float64) float64 {
	if f < 0 {
		return -f
	}
	return f
}

//go:nosplit
func isFinite(f float64) bool {
	return f-f == 0
}

//go:nosplit
func isInf(f float64) bool {
	return f == f && f-f != 0
}

//go:nosplit
func infWithSign(f float64) float64 {
	huge := 1e308
	if negative(f) {
		huge = -huge
	}
	return huge * 10
}

// negative sees the sign of zeros too.
//
//go:nosplit
func negative(f float64) bool {
	return f < 0 || f == 0 && 1/f < 0
}

// boxInf turns an infinity into 1 and anything else into 0, keeping the sign.
//
//go:nosplit
func boxInf(f float64) float64 {
	box := 0.0
	if isInf(f) {
		box = 1
	}
	if negative(f) {
		return -box
	}
	return box
}
