// The poller of package internal/poll. The host tells the scheduler (src/runtime/netpoll.ts) which descriptors something has happened at; a
// goroutine that waits for one is in its pollDesc.
//
// rg and wg, for reading and writing, go from 0 to pdWait to the g that waits; an event makes each of these pdReady, which the next wait takes. A deadline
// or a close ends a wait without making it ready. pollDescs are never freed: events name them by address, and fdseq tells those of a descriptor
// closed meanwhile.
package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

// netpollopen has the host report what happens at a descriptor, with an address and a number, netpollclose no longer. Results are 0 or minus an
// errno: EPERM of what is no socket, as Linux says of disk files; package os reads and writes these directly.
//
//go:wasmimport go netpollopen
func netpollopen(fd int32, pd unsafe.Pointer, tag uint32) int32

//go:wasmimport go netpollclose
func netpollclose(fd int32) int32

//go:wasmimport burrow netpollAdjustWaiters
func rt_netpollAdjustWaiters(delta int32)

// The results of package poll's calls.
const (
	pollNoError = iota
	pollErrClosing
	pollErrTimeout
	pollErrNotPollable
)

const (
	pdNil   uintptr = 0
	pdReady uintptr = 1
	pdWait  uintptr = 2
)

// The bits of info, which are read without the lock.
const (
	pollClosing = 1 << iota
	pollEventErr
	pollExpiredRead
	pollExpiredWrite
)

// A pollDesc begins as class PollDesc in src/runtime/netpoll.ts does.
type pollDesc struct {
	rg      uintptr
	wg      uintptr
	fdseq   uint32
	info    uint32
	lock    mutex // of what follows, and of changes of info but pollEventErr
	fd      int32
	read    pollDeadline
	write   pollDeadline
	link    *pollDesc // in pollCache.free
	allLink *pollDesc
}

// A pollDeadline is when waits of one kind end: 0 never, below 0 it has passed.
type pollDeadline struct {
	at    int64
	timer *timer
}

var pollCache struct {
	lock mutex
	free *pollDesc
	all  *pollDesc
}

//go:nosplit
func pollCacheGet() *pollDesc {
	c := &pollCache
	lock(&c.lock)
	pd := c.free
	if pd != nil {
		c.free = pd.link
	} else {
		pd = new(pollDesc)
		pd.allLink = c.all
		c.all = pd
	}
	unlock(&c.lock)
	return pd
}

//go:nosplit
func pollCachePut(pd *pollDesc) {
	atomic.Xadd(&pd.fdseq, 1)
	lock(&pollCache.lock)
	pd.link = pollCache.free
	pollCache.free = pd
	unlock(&pollCache.lock)
}

// The host makes its poller when the first socket needs it.
//
//go:linkname poll_runtime_pollServerInit internal/poll.runtime_pollServerInit
func poll_runtime_pollServerInit() {}

//go:linkname poll_runtime_isPollServerDescriptor internal/poll.runtime_isPollServerDescriptor
func poll_runtime_isPollServerDescriptor(fd uintptr) bool {
	return false
}

//go:linkname poll_runtime_pollOpen internal/poll.runtime_pollOpen
func poll_runtime_pollOpen(fd uintptr) (uintptr, int) {
	pd := pollCacheGet()
	pd.fd = int32(fd)
	pd.read.at, pd.write.at = 0, 0
	atomic.Store(&pd.info, 0)
	atomic.Storeuintptr(&pd.rg, pdNil)
	atomic.Storeuintptr(&pd.wg, pdNil)
	if e := netpollopen(pd.fd, unsafe.Pointer(pd), pd.fdseq); e < 0 {
		pollCachePut(pd)
		return 0, int(-e)
	}
	return uintptr(unsafe.Pointer(pd)), 0
}

//go:linkname poll_runtime_pollClose internal/poll.runtime_pollClose
func poll_runtime_pollClose(ctx uintptr) {
	pd := (*pollDesc)(unsafe.Pointer(ctx))
	if atomic.Load(&pd.info)&pollClosing == 0 {
		throw("runtime: close polldesc w/o unblock")
	}
	if atomic.Loaduintptr(&pd.rg) > pdWait || atomic.Loaduintptr(&pd.wg) > pdWait {
		throw("runtime: blocked goroutine on closing polldesc")
	}
	netpollclose(pd.fd)
	pollCachePut(pd)
}

// side is what there is of a pollDesc for reading ('r') or writing.
//
//go:nosplit
func (pd *pollDesc) side(mode int) (gpp *uintptr, d *pollDeadline, expired uint32) {
	if mode == 'r' {
		return &pd.rg, &pd.read, pollExpiredRead
	}
	return &pd.wg, &pd.write, pollExpiredWrite
}

//go:nosplit
func netpollcheckerr(pd *pollDesc, mode int) int {
	info := atomic.Load(&pd.info)
	_, _, expired := pd.side(mode)
	switch {
	case info&pollClosing != 0:
		return pollErrClosing
	case info&expired != 0:
		return pollErrTimeout
	case mode == 'r' && info&pollEventErr != 0:
		return pollErrNotPollable
	}
	return pollNoError
}

//go:linkname poll_runtime_pollReset internal/poll.runtime_pollReset
func poll_runtime_pollReset(ctx uintptr, mode int) int {
	pd := (*pollDesc)(unsafe.Pointer(ctx))
	err := netpollcheckerr(pd, mode)
	if err == pollNoError {
		gpp, _, _ := pd.side(mode)
		atomic.Storeuintptr(gpp, pdNil)
	}
	return err
}

//go:linkname poll_runtime_pollWait internal/poll.runtime_pollWait
func poll_runtime_pollWait(ctx uintptr, mode int) int {
	pd := (*pollDesc)(unsafe.Pointer(ctx))
	err := netpollcheckerr(pd, mode)
	for err == pollNoError && !netpollblock(pd, mode, false) {
		err = netpollcheckerr(pd, mode)
	}
	return err
}

//go:linkname poll_runtime_pollWaitCanceled internal/poll.runtime_pollWaitCanceled
func poll_runtime_pollWaitCanceled(ctx uintptr, mode int) {
	pd := (*pollDesc)(unsafe.Pointer(ctx))
	for !netpollblock(pd, mode, true) {
	}
}

// netpollblock waits until the descriptor is ready, and reports whether it is; otherwise a deadline or a close has ended the wait. With waitio it waits
// even if one of these has happened already.
func netpollblock(pd *pollDesc, mode int, waitio bool) bool {
	ready, waits := netpollprepare(pd, mode, waitio)
	if ready {
		return true
	}
	if waits {
		mpark()
	}
	gpp, _, _ := pd.side(mode)
	return atomic.Xchguintptr(gpp, pdNil) == pdReady
}

//go:nosplit
func netpollprepare(pd *pollDesc, mode int, waitio bool) (ready, waits bool) {
	gpp, _, _ := pd.side(mode)
	for {
		if atomic.Casuintptr(gpp, pdReady, pdNil) {
			return true, false
		}
		if atomic.Casuintptr(gpp, pdNil, pdWait) {
			break
		}
		if v := atomic.Loaduintptr(gpp); v != pdReady && v != pdNil {
			throw("runtime: double wait")
		}
	}
	if !waitio && netpollcheckerr(pd, mode) != pollNoError {
		return false, false
	}
	gp := getg()
	park(gp, waitReasonIO)
	rt_netpollAdjustWaiters(1)
	if atomic.Casuintptr(gpp, pdWait, uintptr(unsafe.Pointer(gp))) {
		return false, true
	}
	rt_netpollAdjustWaiters(-1)
	gp.park = 0
	gp.waitreason = waitReasonZero
	return false, false
}

// netpollunblock ends a wait for which the descriptor is not ready, and returns who waited, to be readied.
//
//go:nosplit
func netpollunblock(gpp *uintptr) *g {
	for {
		old := atomic.Loaduintptr(gpp)
		if old == pdReady || old == pdNil {
			return nil
		}
		if !atomic.Casuintptr(gpp, old, pdNil) {
			continue
		}
		if old == pdWait {
			return nil
		}
		rt_netpollAdjustWaiters(-1)
		return (*g)(unsafe.Pointer(old))
	}
}

//go:linkname poll_runtime_pollUnblock internal/poll.runtime_pollUnblock
//go:nosplit
func poll_runtime_pollUnblock(ctx uintptr) {
	pd := (*pollDesc)(unsafe.Pointer(ctx))
	lock(&pd.lock)
	if atomic.Load(&pd.info)&pollClosing != 0 {
		throw("runtime: unblock on closing polldesc")
	}
	atomic.Or(&pd.info, pollClosing)
	rg := netpollunblock(&pd.rg)
	wg := netpollunblock(&pd.wg)
	pd.read.stop()
	pd.write.stop()
	unlock(&pd.lock)
	if rg != nil {
		ready(rg)
	}
	if wg != nil {
		ready(wg)
	}
}

//go:linkname poll_runtime_pollSetDeadline internal/poll.runtime_pollSetDeadline
func poll_runtime_pollSetDeadline(ctx uintptr, d int64, mode int) {
	pd := (*pollDesc)(unsafe.Pointer(ctx))
	if d > 0 {
		if d += nanotime(); d <= 0 {
			d = 1<<63 - 1
		}
	}
	if mode == 'r' || mode == 'r'+'w' {
		pd.setDeadline(d, 'r', netpollReadDeadline)
	}
	if mode == 'w' || mode == 'r'+'w' {
		pd.setDeadline(d, 'w', netpollWriteDeadline)
	}
}

//go:nosplit
func (pd *pollDesc) setDeadline(at int64, mode int, f func(any, uintptr, int64)) {
	gpp, d, expired := pd.side(mode)
	lock(&pd.lock)
	if atomic.Load(&pd.info)&pollClosing != 0 {
		unlock(&pd.lock)
		return
	}
	if d.timer == nil {
		d.timer = &timer{f: f, arg: pd}
	}
	d.at = at
	var gp *g
	if at < 0 {
		atomic.Or(&pd.info, expired)
		gp = netpollunblock(gpp)
	} else {
		atomic.And(&pd.info, ^expired)
	}
	if at > 0 {
		resetTimer(d.timer, at, 0)
	} else {
		d.stop()
	}
	unlock(&pd.lock)
	if gp != nil {
		ready(gp)
	}
}

//go:nosplit
func (d *pollDeadline) stop() {
	if d.timer != nil {
		stopTimer(d.timer)
	}
}

func netpollReadDeadline(arg any, _ uintptr, _ int64) { arg.(*pollDesc).expire('r') }

func netpollWriteDeadline(arg any, _ uintptr, _ int64) { arg.(*pollDesc).expire('w') }

// expire ends waits at the deadline, if that has not been moved since the timer that says so was set.
//
//go:nosplit
func (pd *pollDesc) expire(mode int) {
	gpp, d, expired := pd.side(mode)
	lock(&pd.lock)
	if d.at <= 0 || nanotime() < d.at || atomic.Load(&pd.info)&pollClosing != 0 {
		unlock(&pd.lock)
		return
	}
	d.at = -1
	atomic.Or(&pd.info, expired)
	gp := netpollunblock(gpp)
	unlock(&pd.lock)
	if gp != nil {
		ready(gp)
	}
}
