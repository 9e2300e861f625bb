// Goroutines as Go code sees them: the g, its states, and the reasons it waits for.
//
// One M runs at present, and a function marked nosplit is never interrupted: that is what protects the structures of this package.
package runtime

import "unsafe"

// A g is laid out as class G in src/runtime/layout.ts.
type g struct {
	local      unsafe.Pointer
	_panic     *_panic
	goid       uint64
	parentGoid uint64
	startpc    uintptr
	stacklo    uint32
	stackhi    uint32
	fp         uint32 // innermost frame while it does not run
	status     uint32
	waitreason uint32 // not 0: it waits, or will at its next suspension
	flags      uint32
	waitsince  int64 // when a collection first found it waiting
	schedlink  uint32
	how        uint32
	param      unsafe.Pointer
}

const (
	_Grunnable = 1
	_Grunning  = 2
	_Gwaiting  = 4
	_Gdead     = 6
)

const gSystem = 1

const (
	waitReasonZero = iota
	waitReasonChanReceive
	waitReasonChanSend
	waitReasonChanReceiveNil
	waitReasonChanSendNil
	waitReasonSelect
	waitReasonSelectNoCases
	waitReasonSleep
	waitReasonSemacquire
	waitReasonMutex
	waitReasonRWMutexR
	waitReasonRWMutex
	waitReasonWaitGroup
	waitReasonCond
	waitReasonIO
	waitReasonCoroutine
	waitReasonSignal
)

var waitReasons = [...]string{
	waitReasonChanReceive:    "chan receive",
	waitReasonChanSend:       "chan send",
	waitReasonChanReceiveNil: "chan receive (nil chan)",
	waitReasonChanSendNil:    "chan send (nil chan)",
	waitReasonSelect:         "select",
	waitReasonSelectNoCases:  "select (no cases)",
	waitReasonSleep:          "sleep",
	waitReasonSemacquire:     "semacquire",
	waitReasonMutex:          "sync.Mutex.Lock",
	waitReasonRWMutexR:       "sync.RWMutex.RLock",
	waitReasonRWMutex:        "sync.RWMutex.Lock",
	waitReasonWaitGroup:      "sync.WaitGroup.Wait",
	waitReasonCond:           "sync.Cond.Wait",
	waitReasonIO:             "IO wait",
	waitReasonCoroutine:      "coroutine",
	waitReasonSignal:         "syscall",
}

//go:nosplit
func (gp *g) statusString() string {
	switch {
	case gp.status == _Grunning:
		return "running"
	case gp.status == _Gwaiting && gp.waitreason < uint32(len(waitReasons)):
		return waitReasons[gp.waitreason]
	}
	return "runnable"
}

//go:nosplit
func (gp *g) waitMinutes() int64 {
	if gp.status != _Gwaiting || gp.waitsince == 0 {
		return 0
	}
	return (nanotime() - gp.waitsince) / 60e9
}

//go:nosplit
func (gp *g) isSystem() bool { return gp.flags&gSystem != 0 }

//go:nosplit
func (gp *g) isDead() bool { return gp.status == _Gdead }

// outerfp is the frame a running goroutine was last resumed in, or the innermost one of a waiting goroutine.
//
//go:nosplit
func outerfp(gp *g) uintptr { return uintptr(gp.fp) }

//go:wasmimport burrow allgat
func rt_allgat(i int64) unsafe.Pointer

//go:nosplit
func allg(i int) *g { return (*g)(rt_allgat(int64(i))) }

// park says why the goroutine will wait from its next suspension on.
//
//go:nosplit
func park(gp *g, reason uint32) {
	gp.waitreason = reason
	gp.waitsince = 0
}

// A mutex guards a structure of the runtime; with one M there is nobody to keep out.
type mutex struct{ key uint32 }

//go:nosplit
func lock(*mutex) {}

//go:nosplit
func unlock(*mutex) {}

//go:nosplit
func acquirem() {}

//go:nosplit
func releasem() {}
