// What few goroutines ever have: profile labels, the state of crypto's FIPS 140 mode, a finalizer to run. It is made when first set.
package runtime

import "unsafe"

type gextra struct {
	labels        unsafe.Pointer
	fipsIndicator uint8
	fipsBypass    bool
	locked        uint32     // calls of LockOSThread not yet undone
	fin           *finalizer // what a goroutine in runfinq runs
}

func (gp *g) extra() *gextra {
	x := (*gextra)(gp.local)
	if x == nil {
		x = new(gextra)
		gp.local = unsafe.Pointer(x)
	}
	return x
}

func (gp *g) labels() unsafe.Pointer {
	if x := (*gextra)(gp.local); x != nil {
		return x.labels
	}
	return nil
}

//go:linkname fips_getIndicator crypto/internal/fips140.getIndicator
func fips_getIndicator() uint8 {
	return getg().extra().fipsIndicator
}

//go:linkname fips_setIndicator crypto/internal/fips140.setIndicator
func fips_setIndicator(indicator uint8) {
	getg().extra().fipsIndicator = indicator
}

//go:linkname fips_setBypass crypto/fips140.setBypass
func fips_setBypass() {
	getg().extra().fipsBypass = true
}

//go:linkname fips_unsetBypass crypto/fips140.unsetBypass
func fips_unsetBypass() {
	getg().extra().fipsBypass = false
}

//go:linkname fips_isBypassed crypto/fips140.isBypassed
func fips_isBypassed() bool {
	x := (*gextra)(getg().local)
	return x != nil && x.fipsBypass
}

// Data-independent timing is a mode of arm64.
//
//go:linkname dit_setEnabled crypto/subtle.setDITEnabled
func dit_setEnabled() bool { return false }

//go:linkname dit_setDisabled crypto/subtle.setDITDisabled
func dit_setDisabled() {}
