// Profiles. That of goroutines is taken here; the others are recorded, when someone looks, by readers of the shared
// memory outside (src/inspect), so that a program that asks for its own finds them empty.
package runtime

import (
	"internal/profilerecord"
	"unsafe"
)

// MemProfileRate is the mean number of bytes between samples of allocations.
var MemProfileRate int = 512 * 1024

// SetBlockProfileRate says how many nanoseconds of blocking make a sample.
func SetBlockProfileRate(rate int) {}

// blockevent is called under this name by those who know that it exists; what blocks is not recorded inside of the program.
func blockevent(cycles int64, skip int) {}

var mutexProfileFraction int

// SetMutexProfileFraction says what part of contended locks makes a sample, and returns the previous value.
func SetMutexProfileFraction(rate int) int {
	old := mutexProfileFraction
	if rate >= 0 {
		mutexProfileFraction = rate
	}
	return old
}

// SetCPUProfileRate sets the number of samples a second.
func SetCPUProfileRate(hz int) {}

// CPUProfile is long deprecated: package runtime/pprof is what to use.
func CPUProfile() []byte {
	panic("CPUProfile no longer available")
}

// A StackRecord is a stack.
type StackRecord struct {
	Stack0 [32]uintptr // ends at the first 0
}

// Stack returns the part of the array that is used.
func (r *StackRecord) Stack() []uintptr {
	return untilZero(r.Stack0[:])
}

func untilZero(pcs []uintptr) []uintptr {
	for i, pc := range pcs {
		if pc == 0 {
			return pcs[:i]
		}
	}
	return pcs
}

// A MemProfileRecord counts what was allocated from one stack.
type MemProfileRecord struct {
	AllocBytes, FreeBytes     int64
	AllocObjects, FreeObjects int64
	Stack0                    [32]uintptr // ends at the first 0
}

func (r *MemProfileRecord) InUseBytes() int64   { return r.AllocBytes - r.FreeBytes }
func (r *MemProfileRecord) InUseObjects() int64 { return r.AllocObjects - r.FreeObjects }
func (r *MemProfileRecord) Stack() []uintptr    { return untilZero(r.Stack0[:]) }

// A BlockProfileRecord counts what blocked at one stack.
type BlockProfileRecord struct {
	Count  int64
	Cycles int64
	StackRecord
}

func MemProfile(p []MemProfileRecord, inuseZero bool) (n int, ok bool) { return 0, true }

func BlockProfile(p []BlockProfileRecord) (n int, ok bool) { return 0, true }

func MutexProfile(p []BlockProfileRecord) (n int, ok bool) { return 0, true }

func ThreadCreateProfile(p []StackRecord) (n int, ok bool) { return 0, true }

// GoroutineProfile returns the number of goroutines, and their stacks if they fit in p.
func GoroutineProfile(p []StackRecord) (n int, ok bool) { return goroutineProfile(p, nil, false) }

// goroutineProfile puts the labels of goroutines, too, into labels if that is not nil. leaked: only of those that leaked.
func goroutineProfile(p []StackRecord, labels []unsafe.Pointer, leaked bool) (n int, ok bool) {
	t := new(stackTrace)
	me := getg()
	stopTheWorld()
	for i := 0; ; i++ {
		gp := allg(i)
		if gp == nil {
			break
		}
		if gp.isDead() || gp.isSystem() || leaked && gp.flags&gLeaked == 0 {
			continue
		}
		if n < len(p) {
			if gp == me {
				t.running()
			} else {
				t.parked(gp)
			}
			clear(p[n].Stack0[:])
			t.callers(0, p[n].Stack0[:])
			if labels != nil {
				labels[n] = gp.labels()
			}
		}
		n++
	}
	startTheWorld()
	return n, n <= len(p)
}

//go:linkname pprof_goroutineProfileWithLabels
func pprof_goroutineProfileWithLabels(p []profilerecord.StackRecord, labels []unsafe.Pointer) (n int, ok bool) {
	return profileWithLabels(p, labels, false)
}

//go:linkname pprof_goroutineLeakProfileWithLabels
func pprof_goroutineLeakProfileWithLabels(p []profilerecord.StackRecord, labels []unsafe.Pointer) (n int, ok bool) {
	return profileWithLabels(p, labels, true)
}

func profileWithLabels(p []profilerecord.StackRecord, labels []unsafe.Pointer, leaked bool) (n int, ok bool) {
	records := make([]StackRecord, len(p))
	if n, ok = goroutineProfile(records, labels, leaked); ok {
		for i := range p[:n] {
			p[i].Stack = records[i].Stack()
		}
	}
	return
}

//go:linkname pprof_memProfileInternal
func pprof_memProfileInternal(p []profilerecord.MemProfileRecord, inuseZero bool) (n int, ok bool) {
	return 0, true
}

//go:linkname pprof_blockProfileInternal
func pprof_blockProfileInternal(p []profilerecord.BlockProfileRecord) (n int, ok bool) {
	return 0, true
}

//go:linkname pprof_mutexProfileInternal
func pprof_mutexProfileInternal(p []profilerecord.BlockProfileRecord) (n int, ok bool) {
	return 0, true
}

//go:linkname pprof_threadCreateInternal
func pprof_threadCreateInternal(p []profilerecord.StackRecord) (n int, ok bool) {
	return 0, true
}

//go:linkname pprof_cyclesPerSecond runtime/pprof.runtime_cyclesPerSecond
func pprof_cyclesPerSecond() int64 {
	return 1e9
}

//go:linkname pprof_fpunwindExpand
func pprof_fpunwindExpand(dst, src []uintptr) int {
	return copy(dst, src)
}

//go:linkname pprof_makeProfStack
func pprof_makeProfStack() []uintptr {
	return make([]uintptr, 128)
}

// The CPU profile is empty, and ends as soon as it is read: it has the record that says how often a second samples are taken.
//
//go:linkname pprof_readProfile runtime/pprof.readProfile
func pprof_readProfile() (data []uint64, tags []unsafe.Pointer, eof bool) {
	return []uint64{3, 0, 100}, make([]unsafe.Pointer, 1), true
}

//go:linkname pprof_goroutineleakcount runtime/pprof.runtime_goroutineleakcount
func pprof_goroutineleakcount() (n int) {
	for i := 0; ; i++ {
		gp := allg(i)
		if gp == nil {
			return n
		}
		if !gp.isDead() && gp.flags&gLeaked != 0 {
			n++
		}
	}
}

//go:linkname pprof_goroutineLeakGC runtime/pprof.runtime_goroutineLeakGC
func pprof_goroutineLeakGC() {
	rt_findleaks()
	GC()
}

//go:linkname pprof_setProfLabel runtime/pprof.runtime_setProfLabel
func pprof_setProfLabel(labels unsafe.Pointer) {
	getg().heritage().labels = labels
}

//go:linkname pprof_getProfLabel runtime/pprof.runtime_getProfLabel
func pprof_getProfLabel() unsafe.Pointer {
	return getg().labels()
}
