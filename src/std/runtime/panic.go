// panic, recover and Goexit.
//
// A panic is a record on the goroutine's list, for which functions then return to their callers as if they suspended. A function with deferred
// calls is told, and runs them in its own frame, telling this file before and after each (docs/ABI.md, "Panics"). The frame
// pointer the deferred call gets, argp, is what recover is recognised by. While a deferred call runs for a panic its argp
// stays set; so when a newer panic is recovered by a frame, the older ones of that frame or of
// frames inside it, which the newer one has left for good, are those with argp at or above its own.
//
// Recording a panic never suspends: index checks and the like sit in functions that have no frame to suspend in.
package runtime

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

// A _panic is a panic or a Goexit under way. It begins as class Panic in src/runtime/panic.ts does. The runtime adjusts argp and fp when the
// stack moves.
type _panic struct {
	argp       uintptr // frame pointer of the deferred call that runs; 0: none
	arg        any
	link       *_panic        // the panic during whose deferred calls this one began
	fp         uintptr        // the frame whose deferred calls run; the panic has left all inside it
	pcs        unsafe.Pointer // npcs program counters, from the panic's to that frame's
	npcs       uint32
	cap        uint32
	more       bool // there were more
	recovered  bool
	goexit     bool
	repanicked bool // the next panic on the list of panics is of the same value
	fault      bool // a nil dereference
}

//go:wasmimport burrow panicframes
func rt_panicframes(gp *g, fp uint32)

//go:nosplit
func gopanic(e any) {
	if e == nil {
		if panicnil.on {
			atomic.Xadd64(&panicnil.used, 1)
		} else {
			e = new(PanicNilError)
		}
	}
	gp := getg()
	gp._panic = &_panic{arg: e, fault: isFault(e), link: gp._panic}
	runningPanics.Add(1)
	throwpanic()
}

// runningPanics counts panics that may yet end the program.
var runningPanics atomic.Int32

// dropPanics sets the goroutine's panics, of which those before to are over.
//
//go:nosplit
func dropPanics(gp *g, to *_panic) {
	for p := gp._panic; p != to; p = p.link {
		if !p.goexit {
			runningPanics.Add(-1)
		}
	}
	gp._panic = to
}

// isRunning reports whether a deferred call runs because of p.
//
//go:nosplit
func (p *_panic) isRunning() bool {
	return p != nil && p.argp != 0
}

// Goexit ends the calling goroutine after running its deferred calls. If the main goroutine ends so, the others go on.
func Goexit() {
	gp := getg()
	gp._panic = &_panic{goexit: true, link: gp._panic}
	throwpanic()
}

// panicstart is called on entry to the code that runs a frame's deferred calls for a panic.
//
//go:nosplit
func panicstart(fp uintptr) {
	rt_panicframes(getg(), uint32(fp))
}

// panicargp is called before every such deferred call with the frame pointer it will get.
//
//go:nosplit
func panicargp(fp uintptr) {
	getg()._panic.argp = fp
}

// panicforward is called by a wrapper in the place of a deferred function: the function it calls is the deferred one.
//
//go:nosplit
func panicforward(fp, calleefp uintptr) {
	if p := getg()._panic; p != nil && p.argp == fp {
		p.argp = calleefp
	}
}

// panicrecovered is called after it returned. 1: the frame returns to its caller; 0: the panic goes on. A Goexit does so
// even if a panic that had replaced it was recovered.
//
//go:nosplit
func panicrecovered() int {
	gp := getg()
	p := gp._panic
	argp := p.argp
	p.argp = 0
	if !p.recovered {
		return 0
	}
	for p = p.link; p != nil && p.argp >= argp; p = p.link {
		if p.goexit {
			p.argp = 0
			dropPanics(gp, p)
			return 0
		}
	}
	dropPanics(gp, p)
	return 1
}

// gorecover is recover() in the function with frame pointer fp.
//
//go:nosplit
func gorecover(fp uintptr) any {
	p := getg()._panic
	if p == nil || p.argp != fp || p.goexit || p.recovered {
		return nil
	}
	p.recovered = true
	return p.arg
}

// startdying reports whether this M is the one to end the program with a message: 1. For 0 another is, for 2 it has failed at that.
//
//go:wasmimport burrow startdying
func rt_startdying() int32

//go:wasmimport burrow isdying
func rt_isdying() bool

// awaitend returns never.
//
//go:wasmimport burrow awaitend
func rt_awaitend()

// startDying returns for the one goroutine that ends the program with a message. It stays on its M from then on, even if the world is to stop.
func startDying() {
	if !mayDie() {
		park(getg(), waitReasonPanicWait)
		mpark()
	}
}

//go:nosplit
func mayDie() bool {
	switch rt_startdying() {
	case 0:
		return false
	case 2:
		const text = "panic during panic\n"
		hostwrite(2, unsafe.Pointer(unsafe.StringData(text)), int32(len(text)))
		exit(3)
	}
	acquirem()
	return true
}

// awaitPanics lets goroutines that panic end the program before the main one does.
func awaitPanics() {
	for i := 0; i < 1000 && runningPanics.Load() != 0; i++ {
		Gosched()
	}
	if rt_isdying() {
		park(getg(), waitReasonPanicWait)
		mpark()
	}
}

// fatalpanic is the first frame of a goroutine whose last frame a panic has left.
func fatalpanic() {
	gp := getg()
	p := gp._panic
	if p.goexit {
		dropPanics(gp, nil)
		goexit1()
		return
	}
	dead, _ := p.arg.(synctestDeadlockError)
	preprintpanics(p)
	startDying()
	printpanics(p)
	trace := new(stackTrace)
	trace.panicked(p)
	if p.fault {
		print("[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=", hex(trace.pcs[0]), "]\n")
	}
	if tracebackLevel != tracebackNone {
		print("\n")
		printGoroutineHeader(gp, "running")
		printTrace(trace, gp)
		if tracebackLevel >= tracebackAll {
			freezeTheWorld()
			tracebackOthers(gp)
		} else if dead.bubble != nil {
			freezeTheWorld()
			tracebackWhere(gp, dead.bubble)
		}
	}
	crash()
}

// crash ends a program that has said why.
//
//go:nosplit
func crash() {
	if tracebackLevel == tracebackCrash {
		exit(-sigABRT)
	}
	exit(2)
}

// preprintpanics calls the Error and String methods of the panics' values, while user code can still run.
func preprintpanics(p *_panic) {
	defer func() {
		const text = "panic while printing panic value"
		switch r := recover().(type) {
		case nil:
		case string:
			throw(text + ": " + r)
		default:
			throw(text + ": type " + typeString(efaceOf(&r)._type))
		}
	}()
	for ; p != nil; p = p.link {
		if markRepanicked(p) {
			continue
		}
		switch v := p.arg.(type) {
		case error:
			p.arg = v.Error()
		case stringer:
			p.arg = v.String()
		}
	}
}

// markRepanicked notes on the panic before p that p is of the very same value.
func markRepanicked(p *_panic) bool {
	if p.link == nil {
		return false
	}
	a, b := efaceOf(&p.arg), efaceOf(&p.link.arg)
	if a._type != b._type || a.data != b.data {
		return false
	}
	p.link.repanicked = true
	return true
}

// printpanics prints the oldest panic first.
func printpanics(p *_panic) {
	if p.link != nil {
		printpanics(p.link)
		if p.link.repanicked {
			return
		}
		if !p.link.goexit {
			print("\t")
		}
	}
	if p.goexit {
		return
	}
	print("panic: ")
	printpanicval(p.arg)
	switch {
	case p.recovered && p.repanicked:
		print(" [recovered, repanicked]")
	case p.recovered:
		print(" [recovered]")
	}
	print("\n")
}

// throw ends the program for a fault of the runtime, fatal for one of the program that it cannot recover from. They run to the
// end without suspending, so that functions which may have to call them need not be able to.
//
//go:linkname throw
//go:nosplit
func throw(s string) {
	fatal(s)
}

// abort ends the program where a signal would natively.
//
//go:nosplit
func abort() {
	throw("runtime.abort")
}

// printunderway prints the panics for which deferred calls run, as printpanics does.
//
//go:nosplit
func printunderway(p *_panic) {
	n := 0
	for q := p; q != nil; q = q.link {
		markRepanicked(q)
		n++
	}
	for first := true; n > 0; n-- {
		q := p
		for range n - 1 {
			q = q.link
		}
		if q.goexit || q.link != nil && q.link.repanicked {
			continue
		}
		if !first {
			print("\t")
		}
		first = false
		print("panic: ")
		printrawval(*efaceOf(&q.arg))
		if q.recovered {
			print(" [recovered")
			if q.repanicked {
				print(", repanicked")
			}
			print("]")
		}
		print("\n")
	}
}

//go:linkname fatal
//go:nosplit
func fatal(s string) {
	if !mayDie() {
		rt_awaitend()
	}
	if p := getg()._panic; p != nil {
		printunderway(p)
		print("\t")
	}
	print("fatal error: ")
	printindented(s)
	print("\n")
	if tracebackLevel != tracebackNone {
		gp := getg()
		tracer.stack.running()
		print("\n")
		printGoroutineHeader(gp, "running")
		printTrace(&tracer.stack, gp)
		freezeTheWorld()
		tracebackOthers(gp)
	}
	crash()
}

// panicgonil is called by a go statement whose function is nil.
func panicgonil() {
	fatal("go of nil func value")
}

// deadlock is run on a goroutine of its own when no other can ever run again.
func deadlock() {
	startDying()
	if mainGoexited {
		print("fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n")
	} else {
		print("fatal error: all goroutines are asleep - deadlock!\n")
	}
	if tracebackLevel != tracebackNone {
		tracebackOthers(getg())
	}
	crash()
}

var (
	shiftError    error = errorString("negative shift amount")
	divideError   error = errorString("integer divide by zero")
	overflowError error = errorString("integer overflow")
)

const memoryError = errorString("invalid memory address or nil pointer dereference")

//go:nosplit
func panicshift() {
	gopanic(shiftError)
}

//go:linkname panicdivide
//go:nosplit
func panicdivide() {
	gopanic(divideError)
}

//go:nosplit
func panicoverflow() {
	gopanic(overflowError)
}

// sigpanic is what the compiler calls where natively a signal comes.
//
//go:nosplit
func sigpanic() {
	panicmem()
}

//go:nosplit
func panicmem() {
	gopanic(memoryError)
}

//go:nosplit
func panicmemAddr(addr uintptr) {
	gopanic(errorAddressString{"invalid memory address or nil pointer dereference", addr})
}

//go:nosplit
func isFault(e any) bool {
	switch e := e.(type) {
	case errorString:
		return e == memoryError
	case errorAddressString:
		return true
	}
	return false
}

//go:nosplit
func panicbounds(x int64, y int, signed bool, code abi.BoundsErrorCode) {
	gopanic(boundsError{x, y, signed, code})
}

//go:nosplit
func goPanicIndex(x int, y int) { panicbounds(int64(x), y, true, abi.BoundsIndex) }

//go:nosplit
func goPanicIndexU(x uint, y int) { panicbounds(int64(x), y, false, abi.BoundsIndex) }

//go:nosplit
func goPanicSliceAlen(x int, y int) { panicbounds(int64(x), y, true, abi.BoundsSliceAlen) }

//go:nosplit
func goPanicSliceAlenU(x uint, y int) { panicbounds(int64(x), y, false, abi.BoundsSliceAlen) }

//go:nosplit
func goPanicSliceAcap(x int, y int) { panicbounds(int64(x), y, true, abi.BoundsSliceAcap) }

//go:nosplit
func goPanicSliceAcapU(x uint, y int) { panicbounds(int64(x), y, false, abi.BoundsSliceAcap) }

//go:nosplit
func goPanicSliceB(x int, y int) { panicbounds(int64(x), y, true, abi.BoundsSliceB) }

//go:nosplit
func goPanicSliceBU(x uint, y int) { panicbounds(int64(x), y, false, abi.BoundsSliceB) }

//go:nosplit
func goPanicSlice3Alen(x int, y int) { panicbounds(int64(x), y, true, abi.BoundsSlice3Alen) }

//go:nosplit
func goPanicSlice3AlenU(x uint, y int) { panicbounds(int64(x), y, false, abi.BoundsSlice3Alen) }

//go:nosplit
func goPanicSlice3Acap(x int, y int) { panicbounds(int64(x), y, true, abi.BoundsSlice3Acap) }

//go:nosplit
func goPanicSlice3AcapU(x uint, y int) { panicbounds(int64(x), y, false, abi.BoundsSlice3Acap) }

//go:nosplit
func goPanicSlice3B(x int, y int) { panicbounds(int64(x), y, true, abi.BoundsSlice3B) }

//go:nosplit
func goPanicSlice3BU(x uint, y int) { panicbounds(int64(x), y, false, abi.BoundsSlice3B) }

//go:nosplit
func goPanicSlice3C(x int, y int) { panicbounds(int64(x), y, true, abi.BoundsSlice3C) }

//go:nosplit
func goPanicSlice3CU(x uint, y int) { panicbounds(int64(x), y, false, abi.BoundsSlice3C) }

//go:nosplit
func goPanicSliceConvert(x int, y int) { panicbounds(int64(x), y, true, abi.BoundsConvert) }

var (
	rangeDoneError         error = errorString("range function continued iteration after function for loop body returned false")
	rangePanicError        error = errorString("range function continued iteration after loop body panic")
	rangeExhaustedError    error = errorString("range function continued iteration after whole loop exit")
	rangeMissingPanicError error = errorString("range function recovered a loop body panic and did not resume panicking")
)

// panicrangestate is called when an iterator misuses the body of a range loop.
func panicrangestate(state int) {
	switch abi.RF_State(state) {
	case abi.RF_DONE:
		panic(rangeDoneError)
	case abi.RF_PANIC:
		panic(rangePanicError)
	case abi.RF_EXHAUSTED:
		panic(rangeExhaustedError)
	case abi.RF_MISSING_PANIC:
		panic(rangeMissingPanicError)
	}
	throw("unexpected state passed to panicrangestate")
}

// panicwrap is called by the method (*T).M made for a method T.M, when the pointer is nil.
func panicwrap() {
	t := new(stackTrace)
	t.running()
	s := new(symbolizer)
	for _, pc := range t.pcs[:t.n] {
		s.at(pc)
		for s.next() {
			if pkg, typ, method, ok := splitPtrMethod(s.function); ok && pkg != "runtime" {
				panic(plainError("value method " + pkg + "." + typ + "." + method + " called using nil *" + typ + " pointer"))
			}
		}
	}
	panicmem()
}

// splitPtrMethod takes pkg.(*T).M apart.
func splitPtrMethod(name string) (pkg, typ, method string, ok bool) {
	for i := 0; i+3 < len(name); i++ {
		if name[i:i+3] == ".(*" {
			for j := i + 3; j+1 < len(name); j++ {
				if name[j:j+2] == ")." {
					return name[:i], name[i+3 : j], name[j+2:], true
				}
			}
		}
	}
	return "", "", "", false
}
