// What programs can ask about the toolchain they were made with.
package runtime

import "internal/goarch"
import "internal/goos"
import "unsafe"

// Compiler names the toolchain.
const Compiler = "gc"

// GOOS and GOARCH are the target.
const GOOS string = goos.GOOS
const GOARCH string = goarch.GOARCH

// Filled in by the compiler.
var (
	defaultGOROOT string
	buildVersion  string
	modinfo       string
)

// GOROOT returns the root of the Go tree the program was made from.
func GOROOT() string {
	if s := gogetenv("GOROOT"); s != "" {
		return s
	}
	return defaultGOROOT
}

// Version returns the release of the Go tree the program was made from.
func Version() string {
	return buildVersion
}

//go:linkname debug_modinfo runtime/debug.modinfo
func debug_modinfo() string {
	return modinfo
}

// KeepAlive marks x as reachable up to the call.
//
//go:noinline
func KeepAlive(x any) {}

// keepAlive is what the compiler calls for the pointers of values that are no interfaces.
//
//go:noinline
//go:nosplit
func keepAlive(p unsafe.Pointer) {}
