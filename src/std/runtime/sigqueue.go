// Signals, for package os/signal. The host catches those that the program has asked for and hands them to the runtime, where one
// goroutine waits for them.
package runtime

import "internal/runtime/atomic"
import _ "unsafe" // for linkname

// sigrecv takes a signal that has arrived; -1: the goroutine is now in line for one and must park.
//
//go:wasmimport burrow sigrecv
func rt_sigrecv() int32

// sigenable has the host deliver a signal (1), act by default (0) or ignore it (2).
//
//go:wasmimport burrow sigenable
func rt_sigenable(sig uint32, how int32)

const (
	sigDefault = iota
	sigDeliver
	sigIgnore
)

// sigIgnored has a bit for every signal that is ignored.
var sigIgnored [2]uint32

//go:linkname signal_recv os/signal.signal_recv
func signal_recv() uint32 {
	for {
		if sig := rt_sigrecv(); sig >= 0 {
			return uint32(sig)
		}
		park(getg(), waitReasonSignal)
		mpark()
	}
}

//go:linkname signal_enable os/signal.signal_enable
func signal_enable(sig uint32) {
	setSignal(sig, sigDeliver)
}

//go:linkname signal_disable os/signal.signal_disable
func signal_disable(sig uint32) {
	setSignal(sig, sigDefault)
}

//go:linkname signal_ignore os/signal.signal_ignore
func signal_ignore(sig uint32) {
	setSignal(sig, sigIgnore)
}

func setSignal(sig uint32, how int32) {
	if sig >= 64 {
		return
	}
	if how == sigIgnore {
		atomic.Or(&sigIgnored[sig/32], 1<<(sig%32))
	} else {
		atomic.And(&sigIgnored[sig/32], ^(1 << (sig % 32)))
	}
	rt_sigenable(sig, how)
}

//go:linkname signal_ignored os/signal.signal_ignored
func signal_ignored(sig uint32) bool {
	return sig < 64 && atomic.Load(&sigIgnored[sig/32])&(1<<(sig%32)) != 0
}

// Every signal that was there has been received by the time the host's call returns.
//
//go:linkname signalWaitUntilIdle os/signal.signalWaitUntilIdle
func signalWaitUntilIdle() {}

const sigABRT = 6 // WASI's number

// dyingOf is the signal that dieOfSignal is about.
//
//go:wasmimport burrow dyingOf
func rt_dyingOf() int32

// dieOfSignal runs on a goroutine of its own when a signal has come that ends the program. Before that it shows all goroutines, first one that
// ran when the signal came, as if that had interrupted it.
func dieOfSignal() {
	startDying()
	freezeTheWorld()
	var gp *g
	for i := 0; gp == nil; i++ {
		if gp = allg(i); gp == nil {
			break
		}
		if gp.flags&gInterrupted == 0 || gp.isDead() {
			gp = nil
		}
	}
	pc := uint32(0)
	if gp != nil {
		tracer.stack.parked(gp)
		pc = tracer.stack.pcs[0]
	}
	if rt_dyingOf() == sigABRT {
		print("SIGABRT: abort\n")
	} else {
		print("SIGQUIT: quit\n")
	}
	print("PC=", hex(pc), " m=0 sigcode=0\n\n")
	// Whatever GOTRACEBACK says, as in Go.
	tracebackLevel = max(tracebackLevel, tracebackSystem)
	if gp != nil {
		printGoroutineHeader(gp, "running")
		printTrace(&tracer.stack, gp)
	} else {
		print("goroutine 0 [idle]:\n")
	}
	tracebackOthers(gp)
	print("\n")
	crash()
}
