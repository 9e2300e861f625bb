// Goroutines as Go code sees them: the g, its states, and the reasons it waits for.
//
// A function marked nosplit is never interrupted, so whoever holds a mutex stays in such functions until it has let go of it. What belongs to a
// P may be touched by them without one.
package runtime

import "unsafe"

// A g is laid out as class G in src/runtime/layout.ts.
type g struct {
	goid       uint64
	parentGoid uint64
	startpc    uintptr
	stacklo    uint32
	stackhi    uint32
	fp         uint32 // innermost frame while it does not run
	status     uint32
	waitreason uint32 // not 0: it waits, or will at its next suspension
	flags      uint32
	schedlink  uint32
	park       uint32 // parkNot…
	m          uint32
	lockedm    uint32
	waitlock   uint32 // address of a mutex
	hostcall   uint32
	bubble     *synctestBubble
	waitsince  int64 // when a collection first found it waiting, or its host call began
	local      unsafe.Pointer
	_panic     *_panic
	param      unsafe.Pointer
	readyAt    int64
	_          uint64 // the sudog begins a cache line
	sudog      sudog
}

// A p begins as class P in src/runtime/layout.ts does.
type p struct {
	timers *timers
	timer0 int64
	id     uint32
}

// An mx begins as class MX there does.
type mx struct {
	guard    uint32
	locks    uint32 // not 0: the goroutine is not to give way, and does not
	preempt  uint32
	wake     uint32
	lockedg  uint32
	unusual  uint32
	spilling uint32 // it suspends only to have its frames in memory
}

// mfield is a number of an M, as src/runtime/inspect.ts has them: 0 is its id.
//
//go:wasmimport burrow mfield
func rt_mfield(m uint32, f int32) int64

//go:wasmimport burrow getp
func rt_getp() unsafe.Pointer

//go:wasmimport burrow getmx
func rt_getmx() unsafe.Pointer

//go:nosplit
func getp() *p { return (*p)(rt_getp()) }

//go:nosplit
func getmx() *mx { return (*mx)(rt_getmx()) }

const (
	_Grunnable = 1
	_Grunning  = 2
	_Gsyscall  = 3
	_Gwaiting  = 4
	_Gdead     = 6
)

// Bits of flags, gflag… there.
const (
	gSystem      = 1
	gInterrupted = 2
	gUserCode    = 4  // of a system goroutine: it runs a finalizer or a cleanup
	gLent        = 8  // others may have its local
	gLeaked      = 16 // nobody can ready it: since the last collection that looked for such
)

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
	waitReasonSynctestRun
	waitReasonSynctestWait
	waitReasonSynctestChanReceive
	waitReasonSynctestChanSend
	waitReasonSynctestSelect
	waitReasonSynctestWaitGroup
	waitReasonPanicWait
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

	waitReasonSynctestRun:         "synctest.Run",
	waitReasonSynctestWait:        "synctest.Wait",
	waitReasonSynctestChanReceive: "chan receive (durable)",
	waitReasonSynctestChanSend:    "chan send (durable)",
	waitReasonSynctestSelect:      "select (durable)",
	waitReasonSynctestWaitGroup:   "sync.WaitGroup.Wait (durable)",

	waitReasonPanicWait: "panicwait",
}

//go:nosplit
func (gp *g) statusString() string {
	switch {
	case gp.status == _Grunning, gp.flags&gInterrupted != 0:
		return "running"
	case gp.status == _Gsyscall:
		return "syscall"
	case gp.status == _Gwaiting && gp.waitreason < uint32(len(waitReasons)):
		return waitReasons[gp.waitreason]
	}
	return "runnable"
}

//go:nosplit
func (gp *g) waitMinutes() int64 {
	if gp.status != _Gwaiting && gp.status != _Gsyscall || gp.waitsince == 0 {
		return 0
	}
	return (nanotime() - gp.waitsince) / 60e9
}

// isSystem reports whether gp is none of the program's: one that runs a finalizer is, as long as it does.
//
//go:nosplit
func (gp *g) isSystem() bool { return gp.flags&(gSystem|gUserCode) == gSystem }

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

const (
	parking       = 1
	parkingLocked = 4
)

// park says that the goroutine will wait from its next suspension on, and why. Once whoever is to make it ready can find it, that may
// happen before it has suspended.
//
//go:nosplit
//go:nocheckptr
func park(gp *g, reason uint32) {
	gp.park = parking
	gp.waitreason = reason
	gp.waitsince = 0
}

// parkunlock is park for a goroutine that holds one lock: that is let go of once the goroutine has suspended, so nobody who finds it through what the lock
// guards has to wait for that. The very next thing it does must be to suspend.
//
//go:nosplit
//go:nocheckptr
func parkunlock(gp *g, l *mutex, reason uint32) {
	gp.waitlock = uint32(uintptr(unsafe.Pointer(l)))
	gp.park = parkingLocked
	gp.waitreason = reason
	gp.waitsince = 0
}

// A mutex guards a structure of the runtime. While there is one P it costs a look at a flag.
type mutex struct{ key uint32 }

//go:wasmimport burrow lock2
func rt_lock(l unsafe.Pointer)

//go:wasmimport burrow unlock2
func rt_unlock(l unsafe.Pointer)

//go:nosplit
func lock(l *mutex) { rt_lock(unsafe.Pointer(l)) }

//go:nosplit
func unlock(l *mutex) { rt_unlock(unsafe.Pointer(l)) }

// acquirem keeps the goroutine on its M and P, whoever asks it to stop, until releasem.
//
//go:nosplit
func acquirem() { getmx().locks++ }

//go:nosplit
func releasem() {
	x := getmx()
	x.locks--
	if x.locks == 0 {
		rt_unpinned()
	}
}

// unpinned has the goroutine stop at its next safepoint if it was asked to meanwhile.
//
//go:wasmimport burrow unpinned
func rt_unpinned()
