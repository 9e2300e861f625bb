// Timers: a 4-ary heap by time for each P. The scheduler knows the earliest one of each; whoever finds it due starts timerproc for that heap on a
// goroutine of its own.
//
// Locks, in this order: timer.lock guards which heap the timer belongs to, or that it is idle; timers.lock the heap and the timers' when, period and
// index in it;
// hchan.lock which of the goroutines that run timers may send on a timer's channel.
//
// A timer that sends on a channel behaves as since Go 1.23: after Stop or Reset no value of before is received, and len and cap of its
// channel are 0.
package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

// wakepoller has an M that sleeps until the first timer look again: there is an earlier one.
//
//go:wasmimport burrow wakePoller
func rt_wakepoller(when int64)

type timer struct {
	c      unsafe.Pointer // time.Timer.C
	init   bool
	when   int64
	period int64
	f      func(arg any, seq uintptr, delta int64)
	arg    any
	seq    uintptr
	gp     *g     // a sleeping goroutine, instead of f
	ch     *hchan // the channel f sends on
	sender *g     // the goroutine that has taken the timer off, to send for it, unless the timer was stopped or set anew since
	index  int    // in the heap, from 1; 0: not there
	ts     *timers
	lock   mutex

	waiters int  // goroutines that wait for ch
	idle    bool // armed, but in no heap (timechan.go)
}

type timers struct {
	lock mutex
	heap []*timer
	p    *p
}

// mine is the heap of the caller's P.
//
//go:nosplit
func mine() *timers {
	pp := getp()
	if pp.timers == nil {
		pp.timers = &timers{p: pp}
	}
	return pp.timers
}

//go:nosplit
func (ts *timers) set(i int, t *timer) {
	ts.heap[i] = t
	t.index = i + 1
}

//go:nosplit
func (ts *timers) up(i int) {
	t := ts.heap[i]
	for i > 0 {
		p := (i - 1) / 4
		if ts.heap[p].when <= t.when {
			break
		}
		ts.set(i, ts.heap[p])
		i = p
	}
	ts.set(i, t)
}

//go:nosplit
func (ts *timers) down(i int) {
	t := ts.heap[i]
	n := len(ts.heap)
	for {
		first := 4*i + 1
		if first >= n {
			break
		}
		least := first
		for k := first + 1; k < first+4 && k < n; k++ {
			if ts.heap[k].when < ts.heap[least].when {
				least = k
			}
		}
		if ts.heap[least].when >= t.when {
			break
		}
		ts.set(i, ts.heap[least])
		i = least
	}
	ts.set(i, t)
}

// first tells the scheduler when the first one is due, and returns that.
//
//go:nosplit
func (ts *timers) first() int64 {
	when := int64(0)
	if len(ts.heap) > 0 {
		when = max(ts.heap[0].when, 1)
	}
	atomic.Storeint64(&ts.p.timer0, when)
	return when
}

// add puts t, whose when is set, into the heap of the caller's P. t is locked, or nobody else knows it.
//
//go:nosplit
func (t *timer) add() {
	ts := mine()
	t.ts = ts
	lock(&ts.lock)
	if len(ts.heap) == cap(ts.heap) {
		more := make([]*timer, len(ts.heap), 2*cap(ts.heap)+16)
		copy(more, ts.heap)
		ts.heap = more
	}
	ts.heap = ts.heap[:len(ts.heap)+1]
	ts.heap[len(ts.heap)-1] = t
	ts.up(len(ts.heap) - 1)
	when := ts.first()
	foremost := t.index == 1
	unlock(&ts.lock)
	if foremost {
		rt_wakepoller(when)
	}
}

// remove takes t out of its heap, which is locked; it reports whether it was there.
//
//go:nosplit
func (ts *timers) remove(t *timer) bool {
	i := t.index - 1
	if i < 0 {
		return false
	}
	t.index = 0
	n := len(ts.heap) - 1
	last := ts.heap[n]
	ts.heap[n] = nil
	ts.heap = ts.heap[:n]
	if i < n {
		ts.set(i, last)
		ts.down(i)
		ts.up(last.index - 1)
	}
	return true
}

//go:nosplit
func timerSleep(t *timer, ns int64) {
	gp := getg()
	t.gp = gp
	t.when = nanotime() + ns
	if t.when < 0 {
		t.when = 1<<63 - 1
	}
	park(gp, waitReasonSleep)
	t.add()
}

//go:linkname timeSleep time.Sleep
func timeSleep(ns int64) {
	if ns <= 0 {
		return
	}
	t := new(timer)
	timerSleep(t, ns)
	mpark()
}

//go:linkname syscall_sleep syscall.sleep
func syscall_sleep(ns int64) { timeSleep(ns) }

// due takes the first timer if it is due; one with a period goes back at once.
//
//go:nosplit
func (ts *timers) due(now int64) (t *timer, delta int64) {
	lock(&ts.lock)
	if len(ts.heap) == 0 || ts.heap[0].when > now {
		when := ts.first()
		unlock(&ts.lock)
		if when != 0 && ts.p != getp() {
			// While these timers were taken nobody who went to sleep knew of them.
			rt_wakepoller(when)
		}
		return nil, 0
	}
	t = ts.heap[0]
	delta = now - t.when
	if t.period > 0 {
		t.advance(delta)
		ts.down(0)
	} else {
		ts.remove(t)
	}
	if t.ch != nil {
		lock(&t.ch.lock)
		t.sender = getg()
		unlock(&t.ch.lock)
	}
	gp := t.gp
	unlock(&ts.lock)
	if gp != nil {
		rt_readyLast(unsafe.Pointer(gp))
	}
	return t, delta
}

// timerproc runs what is due of one heap.
func timerproc() {
	ts := (*timers)(getg().param)
	now := nanotime()
	for {
		t, delta := ts.due(now)
		if t == nil {
			return
		}
		if t.gp == nil {
			t.f(t.arg, t.seq, delta)
		}
	}
}

// sends reports whether the calling goroutine may send on the timer's channel, which is locked; it may once.
//
//go:nosplit
func (t *timer) sends() bool {
	if t.sender != getg() {
		return false
	}
	t.sender = nil
	return true
}

//go:linkname newTimer time.newTimer
func newTimer(when, period int64, f func(any, uintptr, int64), arg any, c *hchan) *timer {
	t := &timer{period: period, f: f, arg: arg, ch: c, init: true}
	if c != nil {
		c.timer = t
	}
	t.when = when
	t.start()
	return t
}

// drain drops a value that nobody has received, or that is about to be sent.
//
//go:nosplit
func (t *timer) drain() bool {
	c := t.ch
	if c == nil || asyncTimers.Load() != 0 {
		return false
	}
	lock(&c.lock)
	undelivered := t.sender != nil || c.qcount > 0
	t.sender = nil
	if c.qcount > 0 {
		tryrecv(c, nil)
	}
	unlock(&c.lock)
	return undelivered
}

// stop takes t off; t is locked.
//
//go:nosplit
func (t *timer) stop() bool {
	pending := t.idle
	t.idle = false
	if ts := t.ts; ts != nil {
		lock(&ts.lock)
		if ts.remove(t) {
			pending = true
			ts.first()
		}
		unlock(&ts.lock)
	}
	return t.drain() || pending
}

//go:linkname stopTimer time.stopTimer
//go:nosplit
func stopTimer(t *timer) bool {
	lock(&t.lock)
	pending := t.stop()
	unlock(&t.lock)
	return pending
}

//go:linkname resetTimer time.resetTimer
//go:nosplit
func resetTimer(t *timer, when, period int64) bool {
	lock(&t.lock)
	pending := t.stop()
	t.when, t.period = when, period
	t.start()
	unlock(&t.lock)
	return pending
}

// haveHighResSleep is true, as everywhere but on Windows; package time's tests ask.
var haveHighResSleep = true

//go:linkname syscall_now syscall.now
func syscall_now() (sec int64, nsec int32) { return walltime() }

//go:linkname time_now time.now
func time_now() (sec int64, nsec int32, mono int64) {
	sec, nsec = walltime()
	return sec, nsec, nanotime()
}

//go:linkname time_runtimeNano time.runtimeNano
func time_runtimeNano() int64 { return nanotime() }

//go:linkname time_runtimeNow time.runtimeNow
func time_runtimeNow() (sec int64, nsec int32, mono int64) { return time_now() }

//go:linkname time_runtimeIsBubbled time.runtimeIsBubbled
func time_runtimeIsBubbled() bool { return false }
