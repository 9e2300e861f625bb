// What the runtime's own tests see of it. Those about the native runtime's interior are left out (overlay.json, test/std/packages.ts).
package runtime

import (
	"internal/goarch"
	"unsafe"
)

const PtrSize = goarch.PtrSize

const (
	Raceenabled       = false
	PreemptMSupported = false

	// how long what print writes of them can be
	Float64Bytes    = 24
	Float32Bytes    = 15
	Complex128Bytes = 2*Float64Bytes + 3
	Complex64Bytes  = 2*Float32Bytes + 3
)

var (
	Nanotime = nanotime

	Memmove              = func(to, from unsafe.Pointer, n uintptr) { memmove(to, from, n) }
	MemclrNoHeapPointers = func(p unsafe.Pointer, n uintptr) { memclrNoHeapPointers(p, n) }

	MemHash   = memhash
	MemHash32 = memhash32
	MemHash64 = memhash64
)

// UseAeshash says whether hashes of memory are the machine's own.
var UseAeshash = new(bool)

func MemclrBytes(b []byte) {
	memclrNoHeapPointers(unsafe.Pointer(unsafe.SliceData(b)), uintptr(len(b)))
}

func StringHash(s string, seed uintptr) uintptr { return strhash(unsafe.Pointer(&s), seed) }

func BytesHash(b []byte, seed uintptr) uintptr {
	return memhash(unsafe.Pointer(unsafe.SliceData(b)), seed, uintptr(len(b)))
}

func Int32Hash(i uint32, seed uintptr) uintptr { return memhash32(unsafe.Pointer(&i), seed) }

func Int64Hash(i uint64, seed uintptr) uintptr { return memhash64(unsafe.Pointer(&i), seed) }

func EfaceHash(i any, seed uintptr) uintptr { return nilinterhash(unsafe.Pointer(&i), seed) }

func IfaceHash(i interface{ F() }, seed uintptr) uintptr { return interhash(unsafe.Pointer(&i), seed) }

func ReadUnaligned64(p unsafe.Pointer) uint64 { return load64(p) }

var escapeNever bool
var escapeSink any

// Escape has x in the heap.
func Escape[T any](x T) T {
	if escapeNever {
		escapeSink = x
	}
	return x
}

func Fastrand() uint32          { return uint32(rand()) }
func Fastrand64() uint64        { return rand() }
func Fastrandn(n uint32) uint32 { return randn(n) }

func Envs() []string     { return envs }
func SetEnvs(e []string) { envs = e }

func Goid() uint64 { return getg().goid }

func FrameStartLine(f *Frame) int { return f.startLine }

func BlockUntilEmptyFinalizerQueue(timeout int64) bool { return blockUntilEmptyFinalizerQueue(timeout) }

func BlockUntilEmptyCleanupQueue(timeout int64) bool { return blockUntilEmptyFinalizerQueue(timeout) }

type Mutex = mutex

var (
	Lock   = lock
	Unlock = unlock
)

func Semacquire(addr *uint32) { semacquire1(addr, false, waitReasonSemacquire) }

func Semrelease1(addr *uint32, handoff bool, skipframes int) { semrelease1(addr, handoff) }

// LockOSCounts returns how often LockOSThread was called, by the program and by the runtime.
func LockOSCounts() (external, internal uint32) {
	if x := getg().own(); x != nil {
		external = uint32(x.locked)
	}
	return external, 0
}

// printed gathers what print writes meanwhile.
func printed(print func()) string {
	printlock()
	defer printunlock()
	printflush()
	sink := make([]byte, 0, 2048)
	printer.sink = sink
	print()
	printflush()
	sink, printer.sink = printer.sink, nil
	return string(sink)
}

// DumpPrint returns the output of print(v).
func DumpPrint[T any](v T) string {
	return printed(func() { print(v) })
}

func DumpPrintQuoted(s string) string {
	return printed(func() { print(quoted(s)) })
}

// DoubleCheckReadMemStats is for those who count twice.
var DoubleCheckReadMemStats = new(bool)

func SetTracebackEnv(level string) { setTraceback(level) }

func PanicForTesting(b []byte, i int) byte { return b[i] }

const CrashStackImplemented = false
