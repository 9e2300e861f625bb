// Semaphores under package sync, and the lists of its condition variables.
//
// A goroutine that waits on *addr is in one of 251 buckets' queues. semrelease raises *addr, then wakes the first that waits there; the woken
// one tries again, unless it was handed the count directly (ticket).
package runtime

import "unsafe"

const semaBuckets = 251

var semtable [semaBuckets]waitq

//go:nosplit
func semabucket(addr *uint32) *waitq {
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
func semaqueue(sg *sudog, addr *uint32, lifo bool, reason uint32) {
	gp := getg()
	sg.g, sg.addr, sg.ticket = gp, addr, 0
	q := semabucket(addr)
	if lifo && q.first != nil {
		sg.prev, sg.next = nil, q.first
		q.first.prev = sg
		q.first = sg
	} else {
		q.enqueue(sg)
	}
	park(gp, reason)
}

func semacquire1(addr *uint32, lifo bool, reason uint32) {
	if cansemacquire(addr) {
		return
	}
	sg := acquireSudog()
	for {
		semaqueue(sg, addr, lifo, reason)
		mpark()
		if sg.ticket != 0 || cansemacquire(addr) {
			releaseSudog(sg)
			return
		}
	}
}

//go:nosplit
func semwake(addr *uint32, handoff bool) bool {
	*addr++
	q := semabucket(addr)
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
		return handed
	}
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
func isync_SemacquireMutex(addr *uint32, lifo bool, skip int) { semacquire1(addr, lifo, waitReasonMutex) }

//go:linkname isync_Semrelease internal/sync.runtime_Semrelease
func isync_Semrelease(addr *uint32, handoff bool, skip int) { semrelease1(addr, handoff) }

//go:linkname isync_canSpin internal/sync.runtime_canSpin
func isync_canSpin(i int) bool { return false }

//go:linkname isync_doSpin internal/sync.runtime_doSpin
func isync_doSpin() {}

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
	semacquire1(addr, false, waitReasonWaitGroup)
}

//go:linkname sync_Semrelease sync.runtime_Semrelease
func sync_Semrelease(addr *uint32, handoff bool, skip int) { semrelease1(addr, handoff) }

// A notifyList is laid out as in package sync.
type notifyList struct {
	wait, notify uint32
	lock         uintptr
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
	l.wait++
	return l.wait - 1
}

//go:nosplit
func notifyListQueue(l *notifyList, t uint32) *sudog {
	if int32(t-l.notify) < 0 {
		return nil
	}
	gp := getg()
	sg := acquireSudog()
	sg.g, sg.ticket = gp, t
	if l.tail == nil {
		l.head = sg
	} else {
		l.tail.next = sg
	}
	l.tail = sg
	park(gp, waitReasonCond)
	return sg
}

//go:linkname notifyListWait sync.runtime_notifyListWait
func notifyListWait(l *notifyList, t uint32) {
	if sg := notifyListQueue(l, t); sg != nil {
		mpark()
		releaseSudog(sg)
	}
}

//go:linkname notifyListNotifyAll sync.runtime_notifyListNotifyAll
//go:nosplit
func notifyListNotifyAll(l *notifyList) {
	sg := l.head
	l.head, l.tail = nil, nil
	l.notify = l.wait
	for sg != nil {
		next := sg.next
		sg.next = nil
		rt_readyLast(unsafe.Pointer(sg.g))
		sg = next
	}
}

//go:linkname notifyListNotifyOne sync.runtime_notifyListNotifyOne
//go:nosplit
func notifyListNotifyOne(l *notifyList) {
	if l.wait == l.notify {
		return
	}
	t := l.notify
	l.notify++
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
		ready(sg.g)
		return
	}
}
