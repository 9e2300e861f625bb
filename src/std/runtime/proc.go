// Goroutines' lives: main, go, Gosched, Goexit's end, coroutines.
package runtime

import "unsafe"

//go:wasmimport burrow newproc
func newproc(fn unsafe.Pointer)

//go:wasmimport burrow ready
func rt_ready(gp unsafe.Pointer)

//go:wasmimport burrow readyLast
func rt_readyLast(gp unsafe.Pointer)

//go:wasmimport burrow numgoroutine
func rt_numgoroutine() int64

//go:nosplit
func ready(gp *g) { rt_ready(unsafe.Pointer(gp)) }

func runtime_inits()
func main_inits()

//go:linkname main_main main.main
func main_main()

// mainGoexited tells the deadlock report that the main goroutine ended by Goexit.
var mainGoexited bool

// main is the first goroutine.
func main() {
	runtime_inits()
	main_inits()
	main_main()
	awaitPanics()
	exit(0)
}

// Gosched puts the goroutine behind all others that can run.
func Gosched() { mpark() }

// goexit1 is the end of a goroutine that Goexit has unwound; its frame returns after it.
func goexit1() {
	if getg().goid == 1 {
		mainGoexited = true
	}
}

// NumGoroutine counts the goroutines that exist.
func NumGoroutine() int { return int(rt_numgoroutine()) }

//go:wasmimport burrow getprocs
func rt_getprocs() int32

//go:wasmimport burrow setprocs
func rt_setprocs(n int32)

//go:wasmimport go config
func hostconfig(what int32) int64

// As src/runtime/layout.ts and sched.ts say.
const (
	maxProcs    = 256
	configProcs = 0
	configCPUs  = 2
)

// NumCPU is the number of processors goroutines can use.
func NumCPU() int { return int(hostconfig(configCPUs)) }

// GOMAXPROCS has at most n goroutines run at once, if n is at least 1, and returns how many it was before.
func GOMAXPROCS(n int) int {
	old := int(rt_getprocs())
	if n = min(n, maxProcs); n > 0 {
		for int(rt_getprocs()) != n {
			rt_setprocs(int32(n))
			mpark()
		}
	}
	return old
}

// SetDefaultGOMAXPROCS goes back to the number of processors, whatever the environment said.
func SetDefaultGOMAXPROCS() { GOMAXPROCS(NumCPU()) }

// stackoverflow runs on a goroutine of its own when another's stack cannot grow.
func stackoverflow() {
	gp := (*g)(getg().param)
	startDying()
	print("runtime: goroutine stack exceeds ", maxstack, "-byte limit\n")
	print("runtime: sp=", hex(gp.fp), " stack=[", hex(gp.stacklo), ", ", hex(gp.stackhi), "]\n")
	print("fatal error: stack overflow\n")
	if tracebackLevel != tracebackNone {
		print("\n")
		tracer.stack.parked(gp)
		printGoroutineHeader(gp, "running")
		printTrace(&tracer.stack, gp)
		freezeTheWorld()
		tracebackOthers(gp)
	}
	crash()
}

//go:wasmimport burrow stopTheWorld
func rt_stopTheWorld() bool

//go:wasmimport burrow startTheWorld
func rt_startTheWorld()

// stopTheWorld returns with all other Ps stopped; until startTheWorld the goroutine stays where it is.
func stopTheWorld() {
	for !rt_stopTheWorld() {
		mpark()
	}
	acquirem()
}

func startTheWorld() {
	rt_startTheWorld()
	releasem()
}

// freezeTheWorld stops the other Ps for good, as far as they stop within some milliseconds.
//
//go:nosplit
func freezeTheWorld() {
	acquirem()
	rt_freezeTheWorld()
}

//go:wasmimport burrow freezeTheWorld
func rt_freezeTheWorld()

// block is `select {}`.
func block() {
	park(getg(), waitReasonSelectNoCases)
	mpark()
}

// A coro is a goroutine that runs only while another waits in coroswitch: package iter's Pull.
type coro struct {
	gp   *g // the one that waits
	f    func(*coro)
	done bool
}

//go:linkname newcoro
func newcoro(f func(*coro)) *coro {
	c := &coro{f: f}
	start := func() {
		// Also when f ends by Goexit.
		defer coroexit(c)
		c.f(c)
	}
	c.gp = corostart(*(*unsafe.Pointer)(unsafe.Pointer(&start)))
	return c
}

//go:wasmimport burrow newwaiting
func rt_newwaiting(fn unsafe.Pointer, reason uint32) unsafe.Pointer

//go:nosplit
func corostart(fn unsafe.Pointer) *g {
	return (*g)(rt_newwaiting(fn, waitReasonCoroutine))
}

//go:nosplit
func coroexit(c *coro) {
	gp := c.gp
	c.gp = nil
	c.done = true
	ready(gp)
}

//go:nosplit
func coroswap(c *coro) {
	gp := getg()
	next := c.gp
	c.gp = gp
	park(gp, waitReasonCoroutine)
	ready(next)
}

//go:linkname coroswitch
func coroswitch(c *coro) {
	coroswap(c)
	mpark()
}

//go:linkname sync_procPin sync.runtime_procPin
//go:nosplit
func sync_procPin() int {
	acquirem()
	return int(getp().id)
}

//go:linkname sync_procUnpin sync.runtime_procUnpin
//go:nosplit
func sync_procUnpin() { releasem() }

//go:linkname sync_atomic_procPin sync/atomic.runtime_procPin
//go:nosplit
func sync_atomic_procPin() int { return sync_procPin() }

//go:linkname sync_atomic_procUnpin sync/atomic.runtime_procUnpin
//go:nosplit
func sync_atomic_procUnpin() { releasem() }

//go:linkname debug_setMaxStack runtime/debug.setMaxStack
func debug_setMaxStack(n int) int {
	old := maxstack
	maxstack = n
	rt_setmaxstack(int64(n))
	return old
}

//go:wasmimport burrow setmaxstack
func rt_setmaxstack(n int64)

var maxstack = 1000000000
