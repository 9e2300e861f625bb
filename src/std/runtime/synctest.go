// Bubbles of testing/synctest: goroutines with a clock of their own, which moves when all of them are durably blocked.
//
// The goroutine that calls Run is the bubble's root: it runs the bubble's timers. src/runtime/bubble.ts counts, as goroutines start, wait,
// are woken and end, and wakes the root, or who is in Wait, when there is nobody else to run.
package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

// A synctestBubble begins as class Bubble in src/runtime/bubble.ts does.
type synctestBubble struct {
	mu      mutex
	total   int32 // goroutines, the root included
	running int32 // those that are not durably blocked
	active  int32 // other reasons not to let the clock go on
	done    bool  // the one that Run started has ended
	now     int64
	next    int64 // when the first timer is due; 0: there is none
	root    *g
	waiter  *g // in Wait
	main    *g // that Run started

	waiting bool
	id      uint64
	timers  timers
}

// midnight, January 1, 2000, UTC
const synctestBaseTime = 946684800000000000

var bubbleGen atomic.Uint64

//go:wasmimport burrow bubbleactive
func rt_bubbleactive(b unsafe.Pointer, n int32)

//go:linkname synctest_run internal/synctest.Run
func synctest_run(f func()) {
	if asyncTimers.Load() != 0 {
		panic("synctest.Run not supported with asynctimerchan!=0")
	}
	gp := getg()
	if gp.bubble != nil {
		panic("synctest.Run called from within a synctest bubble")
	}
	b := &synctestBubble{id: bubbleGen.Add(1), total: 1, running: 1, active: 1, now: synctestBaseTime, root: gp}
	b.timers.bubble = b
	gp.bubble = b
	defer leaveBubble()
	b.main = (*g)(rt_newwaiting(*(*unsafe.Pointer)(unsafe.Pointer(&f)), waitReasonCoroutine))
	ready(b.main)
	for {
		b.timers.run(b.now)
		b.idle(gp)
		mpark()
		if !b.advance() {
			break
		}
	}
	if b.total == 1 {
		return
	}
	reason := "deadlock: all goroutines in bubble are blocked"
	if b.done {
		reason = "deadlock: main bubble goroutine has exited but blocked goroutines remain"
	}
	panic(synctestDeadlockError{reason, b})
}

func leaveBubble() { getg().bubble = nil }

// idle lets the root be woken from its next suspension on.
//
//go:nosplit
func (b *synctestBubble) idle(gp *g) {
	lock(&b.mu)
	b.active--
	park(gp, waitReasonSynctestRun)
	unlock(&b.mu)
}

// advance sets the clock to the first timer, if there is one and the bubble's main goroutine has not ended. The caller holds the bubble active.
//
//go:nosplit
func (b *synctestBubble) advance() bool {
	lock(&b.mu)
	more := b.next != 0 && !b.done
	if more {
		b.now = max(b.now, b.next)
	}
	unlock(&b.mu)
	return more
}

type synctestDeadlockError struct {
	reason string
	bubble *synctestBubble
}

func (e synctestDeadlockError) Error() string { return e.reason }

//go:linkname synctest_wait internal/synctest.Wait
func synctest_wait() {
	gp := getg()
	b := gp.bubble
	if b == nil {
		panic("goroutine is not in a bubble")
	}
	if !b.enterWait(gp) {
		panic("wait already in progress")
	}
	mpark()
	b.leaveWait()
}

//go:nosplit
func (b *synctestBubble) enterWait(gp *g) bool {
	lock(&b.mu)
	ok := !b.waiting
	if ok {
		b.waiting, b.waiter = true, gp
		park(gp, waitReasonSynctestWait)
	}
	unlock(&b.mu)
	return ok
}

//go:nosplit
func (b *synctestBubble) leaveWait() {
	lock(&b.mu)
	b.active--
	b.waiting, b.waiter = false, nil
	unlock(&b.mu)
}

//go:linkname synctest_isInBubble internal/synctest.IsInBubble
func synctest_isInBubble() bool { return getg().bubble != nil }

//go:linkname synctest_acquire internal/synctest.acquire
func synctest_acquire() any {
	b := getg().bubble
	if b == nil {
		return nil
	}
	rt_bubbleactive(unsafe.Pointer(b), 1)
	return b
}

//go:linkname synctest_release internal/synctest.release
func synctest_release(bubble any) { rt_bubbleactive(unsafe.Pointer(bubble.(*synctestBubble)), -1) }

//go:linkname synctest_inBubble internal/synctest.inBubble
func synctest_inBubble(bubble any, f func()) {
	gp := getg()
	if gp.bubble != nil {
		panic("goroutine is already bubbled")
	}
	gp.bubble = bubble.(*synctestBubble)
	defer leaveBubble()
	f()
}

// Association of internal/synctest.
const (
	bubbleAssocUnbubbled = iota
	bubbleAssocCurrentBubble
	bubbleAssocOtherBubble
)

// A bubbleSpecial is the payload of an object's special.
type bubbleSpecial struct {
	dead     uint64 // cleared by the collector
	bubbleid uint64
}

var assocLock mutex

// bubbleAssoc tells which bubble p is associated with; if with none, with add's from now on. Variables have no specials.
//
//go:nosplit
func bubbleAssoc(p unsafe.Pointer, id uint64, add *bubbleSpecial) int {
	lock(&assocLock)
	s := (*bubbleSpecial)(rt_findspecial(p, specialBubble))
	assoc := bubbleAssocUnbubbled
	switch {
	case s == nil && add != nil && rt_findobject(p) != nil:
		rt_addspecial(p, unsafe.Pointer(add), specialBubble)
		assoc = bubbleAssocCurrentBubble
	case s == nil:
	case s.bubbleid == id:
		assoc = bubbleAssocCurrentBubble
	default:
		assoc = bubbleAssocOtherBubble
	}
	unlock(&assocLock)
	return assoc
}

//go:linkname synctest_associate internal/synctest.associate
func synctest_associate(p unsafe.Pointer) int {
	id := getg().bubble.id
	return bubbleAssoc(p, id, &bubbleSpecial{bubbleid: id})
}

//go:linkname synctest_disassociate internal/synctest.disassociate
func synctest_disassociate(p unsafe.Pointer) { rt_removespecial(p, nil, specialBubble) }

//go:linkname synctest_isAssociated internal/synctest.isAssociated
func synctest_isAssociated(p unsafe.Pointer) bool {
	return bubbleAssoc(p, getg().bubble.id, nil) == bubbleAssocCurrentBubble
}

// reached is called for each operation on a channel that was made in a bubble.
func (c *hchan) reached(what string) {
	if getg().bubble != c.bubble {
		fatal(what + " synctest channel from outside bubble")
	}
}

// sendBubbled sends on a channel that was made in a bubble.
//
//go:noinline
func sendBubbled(c *hchan, p unsafe.Pointer) outcome {
	c.reached("send on")
	r := c.sendOrPark(p)
	if r == wouldBlock {
		mpark()
		r = woken()
	}
	return r
}

//go:nosplit
func (c *hchan) sendOrPark(p unsafe.Pointer) outcome {
	lock(&c.lock)
	r := trysend(c, p)
	if r == wouldBlock {
		c.wait(&c.sendq, p, waitReasonSynctestChanSend)
		return r
	}
	unlock(&c.lock)
	return r
}

// reachCases is that for the channels of a select, and returns why the select would wait.
func reachCases(cases []scase) uint32 {
	reason := uint32(waitReasonSelect)
	durable := getg().bubble != nil
	for i := range cases {
		c := cases[i].c
		if c == nil {
			continue
		}
		if c.bubble == nil {
			durable = false
		} else {
			c.reached("select on")
		}
	}
	if durable {
		reason = waitReasonSynctestSelect
	}
	return reason
}
