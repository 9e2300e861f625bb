// Semaphores under package sync, and the lists of its condition variables.
//
// A goroutine that waits on *addr is in one of 251 buckets' queues. semrelease raises *addr, then wakes the first that waits there; the woken
// one tries again, unless it was handed the count directly (ticket). Counts change only with the bucket locked.
package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

const semaBuckets = 251

type semaRoot struct {
	lock mutex
	waitq
}

var semtable [semaBuckets]semaRoot

//go:nosplit
func semabucket(addr *uint32) *semaRoot {
	return &semtable[(uintptr(unsafe.Pointer(addr))>>3)%semaBuckets]
}

//go:nosplit
func cansemacquire(addr *uint32) bool {
	if *addr > 0 {
		*addr--
		return true
	}
	return false
}

//go:nosplit
func semtryacquire(addr *uint32) bool {
	root := semabucket(addr)
	lock(&root.lock)
	ok := cansemacquire(addr)
	unlock(&root.lock)
	return ok
}

// semaqueue enters the queue unless the count is there after all.
//
//go:nosplit
func semaqueue(addr *uint32, lifo bool, reason uint32) bool {
	gp := getg()
	sg := &gp.sudog
	sg.addr, sg.ticket = addr, 0
	q := semabucket(addr)
	lock(&q.lock)
	if cansemacquire(addr) {
		unlock(&q.lock)
		return false
	}
	if lifo && q.first != nil {
		sg.prev, sg.next = nil, q.first
		q.first.prev = sg
		q.first = sg
	} else {
		q.enqueue(sg)
	}
	parkunlock(gp, &q.lock, reason)
	return true
}

func semacquire1(addr *uint32, lifo bool, reason uint32) {
	if semtryacquire(addr) {
		return
	}
	for semaqueue(addr, lifo, reason) {
		mpark()
		if getg().sudog.ticket != 0 {
			break
		}
	}
}

//go:nosplit
func semwake(addr *uint32, handoff bool) bool {
	q := semabucket(addr)
	lock(&q.lock)
	*addr++
	for sg := q.first; sg != nil; sg = sg.next {
		if sg.addr != addr {
			continue
		}
		q.remove(sg)
		if handoff && cansemacquire(addr) {
			sg.ticket = 1
		}
		handed := sg.ticket != 0
		ready(sg.g)
		unlock(&q.lock)
		return handed
	}
	unlock(&q.lock)
	return false
}

func semrelease1(addr *uint32, handoff bool) {
	if semwake(addr, handoff) {
		mpark()
	}
}

//go:linkname poll_Semacquire internal/poll.runtime_Semacquire
func poll_Semacquire(addr *uint32) { semacquire1(addr, false, waitReasonSemacquire) }

//go:linkname poll_Semrelease internal/poll.runtime_Semrelease
func poll_Semrelease(addr *uint32) { semrelease1(addr, false) }

//go:linkname isync_SemacquireMutex internal/sync.runtime_SemacquireMutex
func isync_SemacquireMutex(addr *uint32, lifo bool, skip int) {
	semacquire1(addr, lifo, waitReasonMutex)
}

//go:linkname isync_Semrelease internal/sync.runtime_Semrelease
func isync_Semrelease(addr *uint32, handoff bool, skip int) { semrelease1(addr, handoff) }

//go:linkname isync_canSpin internal/sync.runtime_canSpin
//go:nosplit
func isync_canSpin(i int) bool { return rt_canspin(int32(i)) }

// canspin reports whether the holder of a lock may be running on another M, and nothing else waits to run here.
//
//go:wasmimport burrow canspin
func rt_canspin(i int32) bool

//go:linkname isync_doSpin internal/sync.runtime_doSpin
//go:nosplit
func isync_doSpin() { rt_procyield(30) }

//go:wasmimport burrow procyield
func rt_procyield(n int32)

//go:linkname sync_Semacquire sync.runtime_Semacquire
func sync_Semacquire(addr *uint32) { semacquire1(addr, false, waitReasonSemacquire) }

//go:linkname sync_SemacquireRWMutexR sync.runtime_SemacquireRWMutexR
func sync_SemacquireRWMutexR(addr *uint32, lifo bool, skip int) {
	semacquire1(addr, lifo, waitReasonRWMutexR)
}

//go:linkname sync_SemacquireRWMutex sync.runtime_SemacquireRWMutex
func sync_SemacquireRWMutex(addr *uint32, lifo bool, skip int) {
	semacquire1(addr, lifo, waitReasonRWMutex)
}

//go:linkname sync_SemacquireWaitGroup sync.runtime_SemacquireWaitGroup
func sync_SemacquireWaitGroup(addr *uint32, synctestDurable bool) {
	if synctestDurable {
		semacquire1(addr, false, waitReasonSynctestWaitGroup)
		return
	}
	semacquire1(addr, false, waitReasonWaitGroup)
}

//go:linkname sync_Semrelease sync.runtime_Semrelease
func sync_Semrelease(addr *uint32, handoff bool, skip int) { semrelease1(addr, handoff) }

// A notifyList is laid out as in package sync.
type notifyList struct {
	wait, notify uint32
	lock         mutex
	_            uint32
	head, tail   *sudog
}

//go:linkname sync_notifyListCheck sync.runtime_notifyListCheck
func sync_notifyListCheck(size uintptr) {
	if size != unsafe.Sizeof(notifyList{}) {
		throw("bad notifyList size")
	}
}

//go:linkname notifyListAdd sync.runtime_notifyListAdd
//go:nosplit
func notifyListAdd(l *notifyList) uint32 {
	return atomic.Xadd(&l.wait, 1) - 1
}

// notifyListQueue enters the queue unless t was notified already.
//
//go:nosplit
func notifyListQueue(l *notifyList, t uint32) bool {
	lock(&l.lock)
	if int32(t-l.notify) < 0 {
		unlock(&l.lock)
		return false
	}
	gp := getg()
	sg := &gp.sudog
	sg.ticket, sg.next, sg.addr = t, nil, &l.wait
	if l.tail == nil {
		l.head = sg
	} else {
		l.tail.next = sg
	}
	l.tail = sg
	parkunlock(gp, &l.lock, waitReasonCond)
	return true
}

//go:linkname notifyListWait sync.runtime_notifyListWait
func notifyListWait(l *notifyList, t uint32) {
	if notifyListQueue(l, t) {
		mpark()
	}
}

//go:linkname notifyListNotifyAll sync.runtime_notifyListNotifyAll
//go:nosplit
func notifyListNotifyAll(l *notifyList) {
	lock(&l.lock)
	sg := l.head
	l.head, l.tail = nil, nil
	atomic.Store(&l.notify, atomic.Load(&l.wait))
	unlock(&l.lock)
	for sg != nil {
		next := sg.next
		sg.next = nil
		checkwaker(sg.g)
		rt_readyLast(unsafe.Pointer(sg.g))
		sg = next
	}
}

//go:linkname notifyListNotifyOne sync.runtime_notifyListNotifyOne
//go:nosplit
func notifyListNotifyOne(l *notifyList) {
	if atomic.Load(&l.wait) == atomic.Load(&l.notify) {
		return
	}
	lock(&l.lock)
	t := l.notify
	if t == atomic.Load(&l.wait) {
		unlock(&l.lock)
		return
	}
	atomic.Store(&l.notify, t+1)
	var prev *sudog
	for sg := l.head; sg != nil; prev, sg = sg, sg.next {
		if sg.ticket != t {
			continue
		}
		if prev == nil {
			l.head = sg.next
		} else {
			prev.next = sg.next
		}
		if l.tail == sg {
			l.tail = prev
		}
		sg.next = nil
		checkwaker(sg.g)
		ready(sg.g)
		break
	}
	unlock(&l.lock)
}

// checkwaker ends the program if a goroutine of a bubble would be woken from outside of it.
//
//go:nosplit
func checkwaker(gp *g) {
	if gp.bubble != nil && gp.bubble != getg().bubble {
		print("semaphore wake of synctest goroutine ", gp.goid, " from outside bubble\n")
		fatal("semaphore wake of synctest goroutine from outside bubble")
	}
}
