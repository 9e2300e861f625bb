// Random numbers for maps, hashes, scheduling and math/rand's top-level functions. They come from the runtime, which
// draws them from the host, or from the one seed of a reproducible run.
package runtime

import _ "unsafe" // for linkname

//go:wasmimport burrow rand64
func rt_rand64() uint64

//go:linkname rand
//go:nosplit
func rand() uint64 {
	return rt_rand64()
}

//go:nosplit
func rand32() uint32 {
	return uint32(rt_rand64() >> 32)
}

//go:linkname cheaprand
//go:nosplit
func cheaprand() uint32 {
	return uint32(rt_rand64() >> 32)
}

// These were functions of package runtime that packages outside of the standard library have come to call.

//go:linkname fastrand
//go:nosplit
func fastrand() uint32 { return uint32(rand()) }

//go:linkname fastrand64
//go:nosplit
func fastrand64() uint64 { return rand() }

//go:linkname fastrandn
//go:nosplit
func fastrandn(n uint32) uint32 { return randn(n) }

// randn is uniform enough below n (D. Lemire, "Fast random integer generation in an interval", 2019, without the rejection).
//
//go:linkname randn
//go:nosplit
func randn(n uint32) uint32 {
	return uint32(uint64(rand32()) * uint64(n) >> 32)
}

//go:linkname cheaprandn
//go:nosplit
func cheaprandn(n uint32) uint32 {
	return randn(n)
}
