// The end of the program, and package runtime/debug's switches.
package runtime

import (
	"internal/runtime/atomic"
	"internal/runtime/exithook"
	"unsafe"
)

func init() {
	crashFD.Store(noFD)
	exithook.Gosched = Gosched
	exithook.Goid = func() uint64 { return getg().goid }
	exithook.Throw = throw
}

//go:linkname os_beforeExit os.runtime_beforeExit
func os_beforeExit(code int) {
	exithook.Run(code)
}

// crashFD is a descriptor that what a dying program says is written to, too; all ones: there is none.
var crashFD atomic.Uintptr

const noFD = ^uintptr(0)

//go:linkname setCrashFD
func setCrashFD(fd uintptr) uintptr { return crashFD.Swap(fd) }

// A nil dereference is a panic, and nothing else faults.
//
//go:linkname debug_setPanicOnFault runtime/debug.setPanicOnFault
func debug_setPanicOnFault(on bool) (old bool) {
	return true
}

//go:wasmimport burrow setmaxmcount
func rt_setmaxmcount(n int32) int32

//go:linkname debug_setMaxThreads runtime/debug.setMaxThreads
func debug_setMaxThreads(n int) int {
	return int(rt_setmaxmcount(int32(min(n, 1<<31-1))))
}

//go:linkname debug_WriteHeapDump runtime/debug.WriteHeapDump
func debug_WriteHeapDump(fd uintptr) {
	const text = "go1.7 heap dump\n"
	write(fd, unsafe.Pointer(unsafe.StringData(text)), int32(len(text)))
}

// NumCgoCall returns the number of calls to C.
func NumCgoCall() int64 { return 0 }

// SetCgoTraceback is about stacks of C.
func SetCgoTraceback(version int, traceback, context, symbolizer unsafe.Pointer) {}

// Breakpoint does nothing where there is no debugger to stop in.
func Breakpoint() {}

// LockOSThread keeps the goroutine on its M, which runs no other, until as many calls of UnlockOSThread.
func LockOSThread() {
	x := getg().extra()
	x.locked++
	if x.locked == 1 {
		rt_lockm(true)
	}
}

func UnlockOSThread() {
	x := getg().extra()
	if x.locked == 0 {
		return
	}
	x.locked--
	if x.locked == 0 {
		rt_lockm(false)
	}
}

//go:wasmimport burrow lockm
func rt_lockm(on bool)
