// Timers that send on channels: in a heap only while somebody waits for the channel, so that a timer nobody refers to any more is garbage.
// The others fire when somebody looks at the channel.
//
// GODEBUG=asynctimerchan=2 keeps them all in heaps, and what they have sent in the channel, as before Go 1.23.
package runtime

import "internal/runtime/atomic"

// asyncTimers is set by godebugChanged.
var asyncTimers atomic.Uint32

// start arms t, whose when is set and which is in no heap; t is locked, or nobody else knows it.
//
//go:nosplit
func (t *timer) start() {
	if t.ch != nil && t.waiters == 0 && asyncTimers.Load() == 0 {
		t.idle = true
	} else {
		t.add()
	}
}

// poll sends what an idle timer has had to send for some time.
func (t *timer) poll() {
	if delta := t.overdue(); delta >= 0 {
		t.f(t.arg, t.seq, delta)
	}
}

// overdue makes the calling goroutine the one that sends for t, if t is idle and due, and returns for how long it has been; otherwise -1.
//
//go:nosplit
func (t *timer) overdue() int64 {
	lock(&t.lock)
	delta := int64(-1)
	if t.idle {
		delta = max(t.now()-t.when, -1)
	}
	if delta >= 0 {
		if t.period > 0 {
			t.advance(delta)
		} else {
			t.idle = false
		}
		lock(&t.ch.lock)
		t.sender = getg()
		unlock(&t.ch.lock)
	}
	unlock(&t.lock)
	return delta
}

// advance sets the time of the next tick, delta after the last.
//
//go:nosplit
func (t *timer) advance(delta int64) {
	t.when += t.period * (1 + delta/t.period)
	if t.when < 0 {
		t.when = 1<<63 - 1
	}
}

// awaited counts a goroutine that waits for t's channel.
//
//go:nosplit
func (t *timer) awaited() {
	lock(&t.lock)
	t.waiters++
	if t.idle {
		t.idle = false
		t.add()
	}
	unlock(&t.lock)
}

// abandoned counts one that no longer does.
//
//go:nosplit
func (t *timer) abandoned() {
	lock(&t.lock)
	t.waiters--
	if t.waiters == 0 && t.ts != nil && asyncTimers.Load() == 0 {
		ts := t.ts
		lock(&ts.lock)
		if ts.remove(t) {
			t.idle = true
			ts.first()
		}
		unlock(&ts.lock)
	}
	unlock(&t.lock)
}

// pollTimers lets the timers behind a select's receives send.
func pollTimers(cases []scase) {
	for i := range cases {
		if c := cases[i].c; c != nil && c.timer != nil {
			c.timer.poll()
		}
	}
}

// awaitTimers counts a select among those that wait for these timers, or no longer.
//
//go:nosplit
func awaitTimers(cases []scase, waiting bool) {
	for i := range cases {
		c := cases[i].c
		if c == nil || c.timer == nil {
			continue
		}
		if waiting {
			c.timer.awaited()
		} else {
			c.timer.abandoned()
		}
	}
}
