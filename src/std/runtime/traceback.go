// Stack traces: gathering the pcs of a goroutine, and printing them as Go does.
//
// A running goroutine's stack has two parts: the wasm frames of this M, which only the host can see, and beneath them the frames in
// memory from the one the scheduler resumed outwards (docs/ABI.md, "Suspending functions"). A goroutine that waits has only the latter.
package runtime

import (
	"internal/runtime/pprof/label"
	"unsafe"
)

// A stackTrace is the beginning of a stack, innermost pc first.
type stackTrace struct {
	n    int
	more bool     // there were more frames than pcs has room for
	pcs  []uint32 // few, but for long traces
	few  [128]uint32
}

//go:nosplit
func (t *stackTrace) reset() {
	if t.pcs == nil {
		t.pcs = t.few[:]
	}
	t.n, t.more = 0, false
}

//go:nosplit
func (t *stackTrace) at(i int) unsafe.Pointer {
	return add(unsafe.Pointer(unsafe.SliceData(t.pcs)), uintptr(i)*4)
}

// frames appends the pcs of the frames in memory, from the one at fp outwards. In the place of a frame whose deferred calls run for p, or
// for a panic p began in, come the frames that the panic has left.
//
//go:nosplit
func (t *stackTrace) frames(fp uintptr, p *_panic) {
	for fp != 0 {
		for p != nil && (p.argp == 0 || p.fp > fp) {
			p = p.link
		}
		if p != nil && p.fp == fp {
			t.append(p)
		} else if t.n == len(t.pcs) {
			t.more = true
		} else {
			t.pcs[t.n] = framePC | uint32(load32(unsafe.Pointer(fp)))
			t.n++
		}
		if t.more {
			return
		}
		fp = callerfp(fp)
	}
}

// append appends the frames that a panic has left.
//
//go:nosplit
func (t *stackTrace) append(p *_panic) {
	n := min(int(p.npcs), len(t.pcs)-t.n)
	memmove(t.at(t.n), p.pcs, uintptr(n)*4)
	t.n += n
	t.more = t.more || p.more || n < int(p.npcs)
}

// panicked is the stack that a panic nobody recovered began on.
//
//go:nosplit
func (t *stackTrace) panicked(p *_panic) {
	t.reset()
	t.append(p)
}

// current records the stack of the goroutine that runs this, or more than the given number of its frames. It has the goroutine's frames written to
// memory, where they are seen for less than the host's look at them costs.
func (t *stackTrace) current(frames int) {
	getmx().spilling = 1
	mpark()
	t.reset()
	t.frames(callerfp(curfp()), getg()._panic)
	for t.n == len(t.pcs) && t.n <= frames {
		t.pcs = make([]uint32, 4*len(t.pcs))
		t.reset()
		t.frames(callerfp(curfp()), getg()._panic)
	}
}

// running is current for those who cannot suspend. Where deferred calls run for a panic, the innermost frame of the function that the panic
// reached is taken to be the one.
//
//go:nosplit
func (t *stackTrace) running() {
	gp := getg()
	t.reset()
	t.n = int(hostcallers(t.at(0), int32(len(t.pcs))))
	t.frames(callerfp(outerfp(gp)), nil)
	if p := gp._panic; p.isRunning() && p.npcs > 0 {
		t.splice(p)
	}
}

// callerfp is the frame in memory next to fp, outwards; 0 if there is none.
//
//go:nosplit
func callerfp(fp uintptr) uintptr {
	if fp == 0 {
		return 0
	}
	size := uintptr(load32(unsafe.Pointer(fp + 4)))
	if size == 0 {
		return 0
	}
	return fp - size
}

// splice puts back the frames that a panic has left.
//
//go:nosplit
func (t *stackTrace) splice(p *_panic) {
	reached := splicer.outermost(uint32(load32(add(p.pcs, uintptr(p.npcs-1)*4))))
	for i := range t.n {
		if tracer.outermost(t.pcs[i]) != reached {
			continue
		}
		after := min(i+int(p.npcs), len(t.pcs))
		rest := min(t.n-i-1, len(t.pcs)-after)
		memmove(t.at(after), t.at(i+1), uintptr(rest)*4)
		t.n = i
		t.append(p)
		t.n += rest
		return
	}
}

// parked records the stack of a goroutine that does not run.
//
//go:nosplit
func (t *stackTrace) parked(gp *g) {
	t.reset()
	t.frames(outerfp(gp), gp._panic)
}

// callers writes the outside pcs of the logical frames of t, without the compiler's wrappers, after skipping some.
func (t *stackTrace) callers(skip int, pcs []uintptr) int {
	n := 0
	for _, pc := range t.pcs[:t.n] {
		for i, s := range symbolsAt(pc) {
			switch {
			case s.wrapper:
			case skip > 0:
				skip--
			default:
				pcs[n] = returnPC(pc, i)
				if n++; n == len(pcs) {
					return n // the next is not looked at: nobody may ever ask about it
				}
			}
		}
	}
	if !t.more && skip == 0 && n < len(pcs) {
		end := goexit
		pcs[n] = **(**uintptr)(unsafe.Pointer(&end))
		n++
	}
	return n
}

// goexit is what the outermost frame of a goroutine is said to be, as in Go; nothing calls it.
//
//go:noinline
func goexit() {}

// Callers fills pc with the call sites on the calling goroutine's stack. To skip 0 frames means to begin with Callers.
func Callers(skip int, pc []uintptr) int {
	if len(pc) == 0 {
		return 0
	}
	t := takeTrace()
	// Some of the frames are not shown.
	t.current(2 * (skip + len(pc)))
	n := t.callers(skip+t.innerFrames("runtime.Callers"), pc)
	t.drop()
	return n
}

// Caller tells about a call on the calling goroutine's stack; 0 is that of Caller itself.
func Caller(skip int) (pc uintptr, file string, line int, ok bool) {
	t := takeTrace()
	t.current(2 * skip)
	var pcs [1]uintptr
	n := t.callers(skip+1+t.innerFrames("runtime.Caller"), pcs[:])
	t.drop()
	if n == 0 {
		return
	}
	sym := symbolAt(pcs[0])
	return pcs[0], sym.file, sym.line, true
}

// innerFrames counts the frames within the given function's: those of the tracer itself.
func (t *stackTrace) innerFrames(function string) int {
	n := 0
	for _, pc := range t.pcs[:t.n] {
		for _, s := range symbolsAt(pc) {
			if s.function == function {
				return n
			}
			if !s.wrapper {
				n++
			}
		}
	}
	return 0
}

// dropThrough leaves out the innermost frames up to that of a function that is never inlined.
func (t *stackTrace) dropThrough(function string) {
	for i, pc := range t.pcs[:t.n] {
		for _, s := range symbolsAt(pc) {
			if s.function == function {
				copy(t.pcs, t.pcs[i+1:t.n])
				t.n -= i + 1
				return
			}
		}
	}
}

// Gotraceback levels. GOTRACEBACK chooses; debug.SetTraceback can raise.
const (
	tracebackNone = iota
	tracebackSingle
	tracebackAll
	tracebackSystem
	tracebackCrash
)

var (
	tracebackLevel    = tracebackSingle
	tracebackLevelEnv = tracebackNone
)

//go:linkname setTraceback runtime/debug.SetTraceback
func setTraceback(level string) {
	l := tracebackSingle
	switch level {
	case "none", "0":
		l = tracebackNone
	case "single", "":
	case "all", "1":
		l = tracebackAll
	case "system":
		l = tracebackSystem
	case "crash":
		l = tracebackCrash
	default:
		// As Go has it: a number is a level, and other words are none.
		l = tracebackNone
		if n, ok := parseCount(level); ok && n > 0 {
			l = tracebackSystem
		}
	}
	tracebackLevel = max(l, tracebackLevelEnv)
}

// tracer is the state of a trace being printed: by the one that holds the print lock, or ends the program.
var tracer struct {
	symbolizer
	stack stackTrace
}

var splicer symbolizer

// printTrace prints the frames that a user wants to see. If the first ones belong to the throwing of a panic they are
// left out; further in, the call of gopanic is shown as panic.
//
//go:nosplit
func printTrace(t *stackTrace, gp *g) {
	s := &tracer.symbolizer
	first := true
	if t.n == 1 && t.pcs[0] == framePC && gp.startpc != 0 {
		t.pcs[0] = funcPC | uint32(gp.startpc) // it has not begun
	}
	for i := 0; i < t.n; i++ {
		s.at(t.pcs[i])
		for s.next() {
			if s.line == 0 {
				continue // made by the linker
			}
			name := s.function
			if tracebackLevel < tracebackSystem {
				if s.wrapper || hasPrefix(name, "internal/runtime/") || hasPrefix(name, "runtime.") && !shownRuntime(name, first) {
					continue
				}
			}
			first = false
			if name == "runtime.gopanic" {
				name = "panic"
			}
			args := "(...)\n\t"
			if s.noArgs {
				args = "()\n\t"
			}
			print(name, args, s.file, ":", s.line)
			if !s.inlined && s.offset != 0 {
				print(" +", hex(s.offset))
			}
			print("\n")
		}
	}
	if t.more {
		print("...additional frames elided...\n")
	}
	printCreator(gp)
}

//go:nosplit
func shownRuntime(name string, first bool) bool {
	const prefix = len("runtime.")
	switch name {
	case "runtime.gopanic":
		return !first
	case "runtime.runFinalizers", "runtime.runCleanups":
		return true
	}
	at := prefix
	if hasPrefix(name, "runtime.(*") {
		at += len("(*")
	}
	return at < len(name) && 'A' <= name[at] && name[at] <= 'Z'
}

// printCreator tells where a goroutine comes from. A go statement's function is a wrapper or literal named after the
// function that has the statement, and made at its line.
//
//go:nosplit
func printCreator(gp *g) {
	if gp.parentGoid == 0 || gp.startpc == 0 {
		return
	}
	s := &tracer.symbolizer
	s.at(uint32(gp.startpc) | funcPC)
	if s.next() && !hasPrefix(s.function, "runtime.") {
		print("created by ", creatorOf(s.function), " in goroutine ", gp.parentGoid, "\n\t", s.file, ":", s.startLine, "\n")
	}
}

// creatorOf takes the last .gowrap1 or .func1 off a name, or the .1 of a function in a function literal.
//
//go:nosplit
func creatorOf(function string) string {
	for i := len(function) - 1; i > 0; i-- {
		if function[i] == '.' {
			if last := function[i+1:]; hasPrefix(last, "gowrap") || hasPrefix(last, "func") || last != "" && '0' <= last[0] && last[0] <= '9' {
				return function[:i]
			}
			break
		}
	}
	return function
}

//go:nosplit
func printGoroutineHeader(gp *g, status string) {
	print("goroutine ", gp.goid)
	if tracebackLevel >= tracebackSystem {
		print(" gp=", unsafe.Pointer(gp))
		if gp.m != 0 {
			print(" m=", rt_mfield(gp.m, 0), " mp=", hex(gp.m))
		} else {
			print(" m=nil")
		}
	}
	print(" [", status)
	if gp.flags&gLeaked != 0 && gp.status == _Gwaiting {
		print(" (leaked)")
	}
	if gp.bubble != nil && gp.status == _Gwaiting && waitsDurably(gp.waitreason) {
		print(" (durable)")
	}
	if minutes := gp.waitMinutes(); minutes >= 1 {
		print(", ", minutes, " minutes")
	}
	if gp.lockedm != 0 {
		print(", locked to thread")
	}
	if gp.bubble != nil {
		print(", synctest bubble ", gp.bubble.id)
	}
	printLabels(gp)
	print("]:\n")
}

// printLabels shows profile labels if GODEBUG=tracebacklabels=1.
//
//go:nosplit
func printLabels(gp *g) {
	set := (*label.Set)(gp.labels())
	if set == nil || len(set.List) == 0 || !tracebackLabels {
		return
	}
	sep := " labels:{"
	for _, l := range set.List {
		print(sep, quoted(l.Key), ": ", quoted(l.Value))
		sep = ", "
	}
	print("}")
}

// waitsDurably is durable in src/runtime/bubble.ts, for reasons without a form of their own in bubbles.
//
//go:nosplit
func waitsDurably(reason uint32) bool {
	switch reason {
	case waitReasonChanReceiveNil, waitReasonChanSendNil, waitReasonSelectNoCases, waitReasonSleep, waitReasonCond, waitReasonCoroutine:
		return true
	}
	return false
}

// tracebackOthers prints the goroutines other than me and the one that calls it.
//
//go:nosplit
func tracebackOthers(me *g) { tracebackWhere(me, nil) }

// tracebackWhere prints those of one bubble only, if that is not nil.
//
//go:nosplit
func tracebackWhere(me *g, only *synctestBubble) {
	for i := 0; ; i++ {
		gp := allg(i)
		if gp == nil {
			return
		}
		if only != nil && gp.bubble != only || gp == me || gp == getg() || gp.isDead() || gp.isSystem() && tracebackLevel < tracebackSystem {
			continue
		}
		print("\n")
		printGoroutineHeader(gp, gp.statusString())
		if gp.status == _Grunning {
			print("\tgoroutine running on other thread; stack unavailable\n")
			printCreator(gp)
			continue
		}
		tracer.stack.parked(gp)
		printTrace(&tracer.stack, gp)
	}
}

// Stack writes a trace of the calling goroutine, or of all with the world stopped, into buf.
//
//go:noinline
func Stack(buf []byte, all bool) int {
	if len(buf) == 0 {
		return 0
	}
	gp := getg()
	t := new(stackTrace)
	t.current(0)
	t.dropThrough("runtime.Stack")
	if all {
		stopTheWorld()
	}
	printlock()
	printflush()
	printer.sink = buf[:0]
	printGoroutineHeader(gp, "running")
	level := tracebackLevel
	tracebackLevel = tracebackSingle
	printTrace(t, gp)
	if all {
		tracebackOthers(gp)
	}
	tracebackLevel = level
	printflush()
	n := len(printer.sink)
	printer.sink = nil
	printunlock()
	if all {
		startTheWorld()
	}
	return n
}
