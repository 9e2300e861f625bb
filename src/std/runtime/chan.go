// Channels: a ring buffer and two queues of waiting goroutines, with direct hand-over between sender and receiver.
//
// Invariants, while the channel's lock is free: a channel with waiting receivers has an empty buffer; one with waiting senders a full one. A goroutine in a queue has its
// waitreason set; whoever takes its sudog out of the queue has moved the value already and makes it ready.
package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

type hchan struct {
	qcount   uint
	dataqsiz uint
	buf      unsafe.Pointer
	elem     *_type
	elemsize uintptr
	flags    uint8  // chanClosed…; under lock, but for those that never change
	timer    *timer // the timer that sends here; chanTimed
	lock     mutex
	sendx    uint
	recvx    uint
	recvq    waitq
	sendq    waitq
	bubble   *synctestBubble // it was made in; chanBubbled
}

// What a channel is that is not as most are: one look tells.
const (
	chanClosed = 1 << iota
	chanTimed
	chanBubbled
)

// A sudog is a goroutine in a queue. A goroutine that waits in one place has its own (g.sudog, whose g and sel never change); a select has one for each
// of its cases.
type sudog struct {
	g          *g
	next, prev *sudog
	elem       unsafe.Pointer // what is sent, or where it goes
	c          *hchan
	sel        *selection // the select it belongs to
	success    bool       // a value was moved, rather than the channel closed
	ticket     uint32
	addr       *uint32 // the semaphore or condition
}

type waitq struct{ first, last *sudog }

//go:nosplit
//go:nocheckptr
func (q *waitq) enqueue(sg *sudog) {
	sg.next = nil
	sg.prev = q.last
	if q.last == nil {
		q.first = sg
	} else {
		q.last.next = sg
	}
	q.last = sg
}

//go:nosplit
//go:nocheckptr
func (q *waitq) remove(sg *sudog) {
	if sg.prev == nil {
		if q.first != sg {
			return
		}
		q.first = sg.next
	} else {
		sg.prev.next = sg.next
	}
	if sg.next == nil {
		q.last = sg.prev
	} else {
		sg.next.prev = sg.prev
	}
	sg.next, sg.prev = nil, nil
}

// dequeue takes the first goroutine whose select, if it is in one, is still open.
//
//go:nosplit
//go:nocheckptr
func (q *waitq) dequeue() *sudog {
	sg := q.first
	if sg == nil {
		return nil
	}
	q.pop(sg)
	if sg.sel != nil {
		return q.dequeueSelect(sg)
	}
	return sg
}

// pop takes the first one out.
//
//go:nosplit
//go:nocheckptr
func (q *waitq) pop(sg *sudog) {
	next := sg.next
	q.first = next
	if next == nil {
		q.last = nil
	} else {
		next.prev, sg.next = nil, nil
	}
}

// dequeueSelect goes on after sg, the case of a select, has been taken out.
//
//go:nosplit
//go:nocheckptr
//go:noinline
func (q *waitq) dequeueSelect(sg *sudog) *sudog {
	for sg.sel != nil {
		if atomic.Cas(&sg.sel.done, 0, 1) {
			sg.sel.fired = sg
			return sg
		}
		sg = q.first
		if sg == nil {
			return nil
		}
		q.pop(sg)
	}
	return sg
}

const maxChanBytes = 1 << 31

func makechan(t *chantype, size int) *hchan {
	elem := t.Elem
	if elem.Size_ >= 1<<16 {
		throw("makechan: invalid channel element type")
	}
	if size < 0 || elem.Size_ > 0 && uintptr(size) > maxChanBytes/elem.Size_ {
		panic(plainError("makechan: size out of range"))
	}
	c := &hchan{dataqsiz: uint(size), elem: elem, elemsize: elem.Size_}
	if b := getg().bubble; b != nil {
		c.bubble = b
		c.flags = chanBubbled
	}
	if size > 0 && elem.Size_ > 0 {
		c.buf = mallocgc(uintptr(size)*elem.Size_, elem, true)
	}
	return c
}

func makechan64(t *chantype, size int64) *hchan { return makechan(t, int(size)) }

//go:nosplit
//go:nocheckptr
func (c *hchan) slot(i uint) unsafe.Pointer {
	return unsafe.Pointer(uintptr(c.buf) + uintptr(i)*c.elemsize)
}

//go:nosplit
//go:nocheckptr
func (c *hchan) move(to, from unsafe.Pointer) {
	if to == nil {
		return
	}
	switch c.elemsize {
	case 0:
	case 8:
		// what most channels carry; the engine's block copy is slow to start
		*(*uint64)(to) = *(*uint64)(from)
	default:
		memmove(to, from, c.elemsize)
	}
}

//go:nosplit
//go:nocheckptr
func (c *hchan) clear(p unsafe.Pointer) {
	if p == nil {
		return
	}
	switch c.elemsize {
	case 0:
	case 8:
		*(*uint64)(p) = 0
	default:
		memclrNoHeapPointers(p, c.elemsize)
	}
}

type outcome int

const (
	done outcome = iota
	wouldBlock
	closedChan
	timed // a timer sends on the channel: see recvTimed
)

// trysend sends if it can be done at once. The channel is locked.
//
//go:nosplit
//go:nocheckptr
func trysend(c *hchan, p unsafe.Pointer) outcome {
	if c.flags&chanClosed != 0 {
		return closedChan
	}
	if c.timer != nil && !c.timer.sends() {
		return done
	}
	if sg := c.recvq.dequeue(); sg != nil {
		c.handOver(sg, sg.elem, p)
		return done
	}
	if c.qcount < c.dataqsiz {
		c.put(p)
		return done
	}
	return wouldBlock
}

// put adds to the buffer, where there is room.
//
//go:nosplit
//go:nocheckptr
func (c *hchan) put(p unsafe.Pointer) {
	c.move(c.slot(c.sendx), p)
	if c.sendx++; c.sendx == c.dataqsiz {
		c.sendx = 0
	}
	c.qcount++
}

// tryrecv receives if it can be done at once; from a closed channel it gives zero. The channel is locked.
//
//go:nosplit
//go:nocheckptr
func tryrecv(c *hchan, p unsafe.Pointer) outcome {
	if c.qcount > 0 {
		from := c.slot(c.recvx)
		c.move(p, from)
		c.clear(from)
		if c.recvx++; c.recvx == c.dataqsiz {
			c.recvx = 0
		}
		c.qcount--
		if sg := c.sendq.dequeue(); sg != nil {
			c.put(sg.elem)
			sg.success = true
			ready(sg.g)
		}
		return done
	}
	if c.flags&chanClosed != 0 {
		c.clear(p)
		return closedChan
	}
	if sg := c.sendq.dequeue(); sg != nil {
		c.handOver(sg, p, sg.elem)
		return done
	}
	return wouldBlock
}

// wait enters the queue with the goroutine's own sudog; the caller must suspend next, and the channel is unlocked after that.
//
//go:nosplit
//go:nocheckptr
func (c *hchan) wait(q *waitq, p unsafe.Pointer, reason uint32) {
	parkunlock(c.enqueue(q, p), &c.lock, reason)
}

//go:nosplit
//go:nocheckptr
func (c *hchan) enqueue(q *waitq, p unsafe.Pointer) *g {
	gp := getg()
	sg := &gp.sudog
	sg.elem, sg.c = p, c
	q.enqueue(sg)
	return gp
}

// woken is how the wait of the goroutine's own sudog ended.
//
//go:nosplit
//go:nocheckptr
func woken() outcome {
	if getg().sudog.success {
		return done
	}
	return closedChan
}

// send sends, or enters the queue of those that wait to: then the caller must suspend.
//
//go:nosplit
//go:nocheckptr
//go:noinline
func send(c *hchan, p unsafe.Pointer) outcome {
	if c == nil {
		park(getg(), waitReasonChanSendNil)
		return wouldBlock
	}
	lock(&c.lock)
	if c.flags != 0 {
		return c.sendUnusual(p)
	}
	if sg := c.recvq.dequeue(); sg != nil {
		c.handOver(sg, sg.elem, p)
		unlock(&c.lock)
		return done
	}
	if c.qcount < c.dataqsiz {
		c.put(p)
		unlock(&c.lock)
		return done
	}
	c.wait(&c.sendq, p, waitReasonChanSend)
	return wouldBlock
}

// sendUnusual is what remains of send where the channel has flags. It unlocks the channel.
//
//go:nosplit
//go:nocheckptr
//go:noinline
func (c *hchan) sendUnusual(p unsafe.Pointer) outcome {
	r := timed
	if c.flags&chanBubbled == 0 {
		r = trysend(c, p)
		if r == wouldBlock {
			c.wait(&c.sendq, p, waitReasonChanSend)
			return r
		}
	}
	unlock(&c.lock)
	return r
}

// handOver ends the wait of one that was taken out of a queue, moving the value from one goroutine to the other.
//
//go:nosplit
//go:nocheckptr
func (c *hchan) handOver(sg *sudog, to, from unsafe.Pointer) {
	c.move(to, from)
	sg.success = true
	ready(sg.g)
}

//go:nosplit
//go:nocheckptr
func recv(c *hchan, p unsafe.Pointer) outcome {
	if c == nil {
		park(getg(), waitReasonChanReceiveNil)
		return wouldBlock
	}
	lock(&c.lock)
	if c.flags != 0 {
		return c.recvUnusual(p)
	}
	if c.qcount > 0 {
		return c.recvBuffered(p)
	}
	if sg := c.sendq.dequeue(); sg != nil {
		c.handOver(sg, p, sg.elem)
		unlock(&c.lock)
		return done
	}
	c.wait(&c.recvq, p, waitReasonChanReceive)
	return wouldBlock
}

// recvUnusual is what remains of recv where the channel has flags. It unlocks the channel.
//
//go:nosplit
//go:nocheckptr
//go:noinline
func (c *hchan) recvUnusual(p unsafe.Pointer) outcome {
	if c.flags&(chanTimed|chanBubbled) == 0 {
		return c.recvBuffered(p)
	}
	unlock(&c.lock)
	return timed
}

// recvBuffered is what remains of recv where there is something, or will not be anything. It unlocks the channel.
//
//go:nosplit
//go:nocheckptr
//go:noinline
func (c *hchan) recvBuffered(p unsafe.Pointer) outcome {
	r := tryrecv(c, p)
	unlock(&c.lock)
	return r
}

func sendOnClosed() { panic(plainError("send on closed channel")) }

// chansend1 is c <- *p. This and the next two are small enough to be inlined, so that a goroutine that waits has no frame for them.
func chansend1(c *hchan, p unsafe.Pointer) {
	r := send(c, p)
	if r == done {
		return
	}
	if r == wouldBlock {
		mpark()
		r = woken()
	} else if r == timed {
		r = sendBubbled(c, p)
	}
	if r == closedChan {
		sendOnClosed()
	}
}

// chanrecv1 is *p = <-c; p may be nil.
func chanrecv1(c *hchan, p unsafe.Pointer) {
	r := recv(c, p)
	if r == done {
		return
	}
	if r == wouldBlock {
		mpark()
	} else if r == timed {
		recvTimed(c, p)
	}
}

func chanrecv2(c *hchan, p unsafe.Pointer) bool {
	r := recv(c, p)
	if r == wouldBlock {
		mpark()
		r = woken()
	} else if r == timed {
		r = recvTimed(c, p)
	}
	return r == done
}

// recvTimed receives from a channel that a timer sends on, or that was made in a bubble.
func recvTimed(c *hchan, p unsafe.Pointer) outcome {
	if c.bubble != nil {
		c.reached("receive on")
	}
	t := c.timer
	if t != nil {
		t.poll()
	}
	r := c.recvOrPark(p)
	if r == wouldBlock {
		if t != nil {
			t.awaited()
		}
		mpark()
		if t != nil {
			t.abandoned()
		}
		r = woken()
	}
	return r
}

// recvOrPark receives, or enters the queue; then the caller must suspend, and may take other locks before that.
//
//go:nosplit
func (c *hchan) recvOrPark(p unsafe.Pointer) outcome {
	lock(&c.lock)
	r := tryrecv(c, p)
	if r == wouldBlock {
		reason := uint32(waitReasonChanReceive)
		if c.bubble != nil {
			reason = waitReasonSynctestChanReceive
		}
		park(c.enqueue(&c.recvq, p), reason)
	}
	unlock(&c.lock)
	return r
}

func closechan(c *hchan) {
	if c == nil {
		panic(plainError("close of nil channel"))
	}
	if c.bubble != nil {
		c.reached("close of")
	}
	if !closeAll(c) {
		panic(plainError("close of closed channel"))
	}
}

// closeAll reports whether the channel was open.
//
//go:nosplit
func closeAll(c *hchan) bool {
	lock(&c.lock)
	if c.flags&chanClosed != 0 {
		unlock(&c.lock)
		return false
	}
	c.flags |= chanClosed
	for {
		sg := c.recvq.dequeue()
		if sg == nil {
			break
		}
		c.clear(sg.elem)
		sg.success = false
		rt_readyLast(unsafe.Pointer(sg.g))
	}
	for {
		sg := c.sendq.dequeue()
		if sg == nil {
			break
		}
		sg.success = false
		rt_readyLast(unsafe.Pointer(sg.g))
	}
	unlock(&c.lock)
	return true
}

//go:nosplit
func chanlen(c *hchan) int {
	if c == nil || (c.timer != nil && asyncTimers.Load() == 0) {
		return 0
	}
	return int(c.qcount)
}

//go:nosplit
func chancap(c *hchan) int {
	if c == nil || (c.timer != nil && asyncTimers.Load() == 0) {
		return 0
	}
	return int(c.dataqsiz)
}

//go:nosplit
func (c *hchan) sendNow(p unsafe.Pointer) outcome {
	lock(&c.lock)
	r := trysend(c, p)
	unlock(&c.lock)
	return r
}

//go:nosplit
func (c *hchan) recvNow(p unsafe.Pointer) outcome {
	lock(&c.lock)
	r := tryrecv(c, p)
	unlock(&c.lock)
	return r
}

func selectnbsend(c *hchan, p unsafe.Pointer) bool {
	if c == nil {
		return false
	}
	if c.bubble != nil {
		c.reached("send on")
	}
	r := c.sendNow(p)
	if r == closedChan {
		panic(plainError("send on closed channel"))
	}
	return r == done
}

func selectnbrecv(p unsafe.Pointer, c *hchan) (selected, received bool) {
	if c == nil {
		return false, false
	}
	if c.bubble != nil {
		c.reached("receive on")
	}
	if c.timer != nil {
		c.timer.poll()
	}
	r := c.recvNow(p)
	return r != wouldBlock, r == done
}

//go:linkname reflect_chancap reflect.chancap
func reflect_chancap(c *hchan) int { return chancap(c) }

//go:linkname reflect_chanlen reflect.chanlen
func reflect_chanlen(c *hchan) int { return chanlen(c) }

//go:linkname reflectlite_chanlen internal/reflectlite.chanlen
func reflectlite_chanlen(c *hchan) int { return chanlen(c) }

//go:linkname reflect_chanclose reflect.chanclose
func reflect_chanclose(c *hchan) { closechan(c) }

//go:linkname reflect_makechan reflect.makechan
func reflect_makechan(t *chantype, n int) *hchan { return makechan(t, n) }

//go:linkname reflect_chanrecv reflect.chanrecv
func reflect_chanrecv(c *hchan, nb bool, p unsafe.Pointer) (selected, received bool) {
	if nb {
		return selectnbrecv(p, c)
	}
	return true, chanrecv2(c, p)
}

//go:linkname reflect_chansend reflect.chansend0
func reflect_chansend(c *hchan, p unsafe.Pointer, nb bool) bool {
	if nb {
		return selectnbsend(c, p)
	}
	chansend1(c, p)
	return true
}
