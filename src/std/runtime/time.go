// Timers: a 4-ary heap by time. The scheduler is told the earliest one, and starts timerproc on a goroutine of its own when it is due.
//
// A timer that sends on a channel behaves as since Go 1.23: after Stop or Reset no value of before is received, and len and cap of its
// channel are 0.
package runtime

import "unsafe"

//go:wasmimport burrow timerwake
func rt_timerwake(when int64)

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
	index  int    // in the heap, from 1; 0: not there
}

var timers []*timer

//go:nosplit
func timerSet(i int, t *timer) {
	timers[i] = t
	t.index = i + 1
}

//go:nosplit
func timerUp(i int) {
	t := timers[i]
	for i > 0 {
		p := (i - 1) / 4
		if timers[p].when <= t.when {
			break
		}
		timerSet(i, timers[p])
		i = p
	}
	timerSet(i, t)
}

//go:nosplit
func timerDown(i int) {
	t := timers[i]
	n := len(timers)
	for {
		first := 4*i + 1
		if first >= n {
			break
		}
		least := first
		for k := first + 1; k < first+4 && k < n; k++ {
			if timers[k].when < timers[least].when {
				least = k
			}
		}
		if timers[least].when >= t.when {
			break
		}
		timerSet(i, timers[least])
		i = least
	}
	timerSet(i, t)
}

//go:nosplit
func timersWake() {
	if len(timers) == 0 {
		rt_timerwake(0)
		return
	}
	when := timers[0].when
	if when <= 0 {
		when = 1
	}
	rt_timerwake(when)
}

// timerAdd puts t, whose when is set, into the heap. There is room.
//
//go:nosplit
func timerAdd(t *timer) {
	timers = timers[:len(timers)+1]
	timers[len(timers)-1] = t
	timerUp(len(timers) - 1)
	timersWake()
}

func timersRoom() {
	if len(timers) == cap(timers) {
		more := make([]*timer, len(timers), 2*cap(timers)+16)
		copy(more, timers)
		timers = more
	}
}

//go:nosplit
func timerRemove(t *timer) bool {
	i := t.index - 1
	if i < 0 {
		return false
	}
	t.index = 0
	n := len(timers) - 1
	last := timers[n]
	timers[n] = nil
	timers = timers[:n]
	if i < n {
		timerSet(i, last)
		timerDown(i)
		timerUp(last.index - 1)
	}
	timersWake()
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
	timerAdd(t)
	park(gp, waitReasonSleep)
}

//go:linkname timeSleep time.Sleep
func timeSleep(ns int64) {
	if ns <= 0 {
		return
	}
	t := new(timer)
	timersRoom()
	timerSleep(t, ns)
	mpark()
}

// timerDue takes the first timer if it is due; one with a period goes back at once.
//
//go:nosplit
func timerDue(now int64) (t *timer, delta int64) {
	if len(timers) == 0 || timers[0].when > now {
		return nil, 0
	}
	t = timers[0]
	delta = now - t.when
	if t.period > 0 {
		t.when += t.period * (1 + delta/t.period)
		if t.when < 0 {
			t.when = 1<<63 - 1
		}
		timerDown(0)
	} else {
		timerRemove(t)
	}
	if t.gp != nil {
		rt_readyLast(unsafe.Pointer(t.gp))
	}
	return t, delta
}

// timerproc runs what is due.
func timerproc() {
	now := nanotime()
	for {
		t, delta := timerDue(now)
		if t == nil {
			break
		}
		if t.gp == nil {
			t.f(t.arg, t.seq, delta)
		}
	}
	timersWake()
}

//go:linkname newTimer time.newTimer
func newTimer(when, period int64, f func(any, uintptr, int64), arg any, c *hchan) *timer {
	t := &timer{period: period, f: f, arg: arg, ch: c, init: true}
	if c != nil {
		c.timer = t
	}
	timersRoom()
	t.when = when
	timerAdd(t)
	return t
}

// timerDrain drops a value nobody has received.
//
//go:nosplit
func timerDrain(t *timer) bool {
	if t.ch == nil || t.ch.qcount == 0 {
		return false
	}
	tryrecv(t.ch, nil)
	return true
}

//go:linkname stopTimer time.stopTimer
func stopTimer(t *timer) bool {
	pending := timerRemove(t)
	return timerDrain(t) || pending
}

//go:linkname resetTimer time.resetTimer
func resetTimer(t *timer, when, period int64) bool {
	pending := stopTimer(t)
	timersRoom()
	t.when, t.period = when, period
	timerAdd(t)
	return pending
}

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
