// What few goroutines ever have: profile labels, the state of crypto's FIPS 140 mode, a finalizer to run. It is made when first set.
//
// A goroutine begins with that of the one that started it (makeG in src/runtime/proc.ts) and so has its labels and bypass. What is another's, or may have become
// another's, too, is not written to: the goroutine makes its own.
package runtime

import "unsafe"

type gextra struct {
	goid          uint64         // whose it is
	labels        unsafe.Pointer // this and
	fipsBypass    bool           // this are inherited
	fipsIndicator uint8
	locked        uint32     // calls of LockOSThread not yet undone
	fin           *finalizer // what a goroutine in runfinq runs
}

// own is gp's extra if it has one of its own, otherwise nil.
func (gp *g) own() *gextra {
	if x := (*gextra)(gp.local); x != nil && x.goid == gp.goid {
		return x
	}
	return nil
}

// extra is for writing what is not inherited.
func (gp *g) extra() *gextra {
	x := gp.own()
	if x == nil {
		x = gp.copyExtra()
	}
	return x
}

// heritage is for writing what is inherited.
func (gp *g) heritage() *gextra {
	x := gp.own()
	if x == nil || gp.flags&gLent != 0 {
		x = gp.copyExtra()
	}
	return x
}

func (gp *g) copyExtra() *gextra {
	x := &gextra{goid: gp.goid}
	if old := gp.own(); old != nil {
		*x = *old
	} else if old := (*gextra)(gp.local); old != nil {
		x.labels, x.fipsBypass = old.labels, old.fipsBypass
	}
	gp.local = unsafe.Pointer(x)
	gp.flags &^= gLent
	return x
}

//go:nosplit
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
	getg().heritage().fipsBypass = true
}

//go:linkname fips_unsetBypass crypto/fips140.unsetBypass
func fips_unsetBypass() {
	getg().heritage().fipsBypass = false
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
