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

	bubble *synctestBubble // whose clock it goes by
	tie    uint32          // decides which of a bubble's timers comes first that are due at the same time
}

// A heap of timers is a P's or a bubble's.
type timers struct {
	lock   mutex
	heap   []*timer
	p      *p
	bubble *synctestBubble
}

//go:nosplit
func (t *timer) now() int64 {
	if t.bubble != nil {
		return t.bubble.now
	}
	return nanotime()
}

//go:nosplit
func (t *timer) before(u *timer) bool {
	return t.when < u.when || (t.when == u.when && t.tie < u.tie)
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
		if !t.before(ts.heap[p]) {
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
			if ts.heap[k].before(ts.heap[least]) {
				least = k
			}
		}
		if !ts.heap[least].before(t) {
			break
		}
		ts.set(i, ts.heap[least])
		i = least
	}
	ts.set(i, t)
}

// first tells the scheduler, or the bubble, when the first one is due, and returns that.
//
//go:nosplit
func (ts *timers) first() int64 {
	when := int64(0)
	if len(ts.heap) > 0 {
		when = max(ts.heap[0].when, 1)
	}
	if ts.bubble != nil {
		ts.bubble.next = when
	} else {
		atomic.Storeint64(&ts.p.timer0, when)
	}
	return when
}

// add puts t, whose when is set, into the heap of its bubble or the caller's P. t is locked, or nobody else knows it.
//
//go:nosplit
func (t *timer) add() {
	var ts *timers
	if t.bubble != nil {
		ts = &t.bubble.timers
		t.tie = uint32(rt_rand64())
	} else {
		ts = mine()
	}
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
	if foremost && t.bubble == nil {
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
	t.bubble = gp.bubble
	t.when = t.now() + ns
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
		if when != 0 && ts.bubble == nil && ts.p != getp() {
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
func timerproc() { (*timers)(getg().param).run(nanotime()) }

func (ts *timers) run(now int64) {
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
	t := &timer{period: period, f: f, arg: arg, ch: c, init: true, bubble: getg().bubble}
	if c != nil {
		c.timer = t
		c.flags |= chanTimed
	}
	t.when = when
	if t.atOnce() {
		t.f(t.arg, t.seq, 0)
	} else {
		t.start()
	}
	return t
}

// atOnce reports whether a timer whose time has come runs without waiting for its bubble's root, which only runs when all others wait.
//
//go:nosplit
func (t *timer) atOnce() bool { return t.bubble != nil && t.ch == nil && t.when <= t.bubble.now }

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
func stopTimer(t *timer) bool {
	if t.bubble != nil && getg().bubble == nil {
		fatal("stop of synctest timer from outside bubble")
	}
	return t.disarm()
}

//go:nosplit
func (t *timer) disarm() bool {
	lock(&t.lock)
	pending := t.stop()
	unlock(&t.lock)
	return pending
}

//go:linkname resetTimer time.resetTimer
func resetTimer(t *timer, when, period int64) bool {
	if t.bubble != nil && getg().bubble == nil {
		fatal("reset of synctest timer from outside bubble")
	}
	pending, due := t.rearm(when, period)
	if due {
		t.f(t.arg, t.seq, 0)
	}
	return pending
}

//go:nosplit
func (t *timer) rearm(when, period int64) (pending, due bool) {
	lock(&t.lock)
	pending = t.stop()
	t.when, t.period = when, period
	if due = t.atOnce(); !due {
		t.start()
	}
	unlock(&t.lock)
	return
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
func time_runtimeNano() int64 {
	if b := getg().bubble; b != nil {
		return b.now
	}
	return nanotime()
}

//go:linkname time_runtimeNow time.runtimeNow
func time_runtimeNow() (sec int64, nsec int32, mono int64) {
	if b := getg().bubble; b != nil {
		return b.now / 1e9, int32(b.now % 1e9), 0
	}
	return time_now()
}

//go:linkname time_runtimeIsBubbled time.runtimeIsBubbled
func time_runtimeIsBubbled() bool { return getg().bubble != nil }
