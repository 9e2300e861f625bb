// Stack traces: gathering the pcs of a goroutine, and printing them as Go does.
//
// A running goroutine's stack has two parts: the wasm frames of this M, which only the host can see, and beneath them the frames in
// memory from the one the scheduler resumed outwards (docs/ABI.md, "Suspending functions"). A goroutine that waits has only the latter.
package runtime

import "unsafe"

// A stackTrace is the beginning of a stack, innermost pc first.
type stackTrace struct {
	n    int
	more bool // there were more frames than pcs has room for
	pcs  [128]uint32
}

// frames appends the pcs of the frames in memory, from the one at fp outwards.
//
//go:nosplit
func (t *stackTrace) frames(fp uintptr) {
	for fp != 0 {
		if t.n == len(t.pcs) {
			t.more = true
			return
		}
		t.pcs[t.n] = framePC | uint32(load32(unsafe.Pointer(fp)))
		t.n++
		size := uintptr(load32(unsafe.Pointer(fp + 4)))
		if size == 0 {
			return
		}
		fp -= size
	}
}

// running records the stack of the goroutine that runs this.
//
//go:nosplit
func (t *stackTrace) running() {
	gp := getg()
	t.n = int(hostcallers(unsafe.Pointer(&t.pcs), int32(len(t.pcs))))
	t.more = false
	t.frames(callerfp(outerfp(gp)))
	if p := gp._panic; p.isRunning() {
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

// splice puts back the frames that a panic has left, between the deferred call that runs for it now and the frame it is
// deferred in: the stacks of now and of the panic end with the same frames outside that one.
//
//go:nosplit
func (t *stackTrace) splice(p *_panic) {
	raw, whole := p.machine(), p.stack()
	common := 0
	for common < t.n && common < raw.n && t.pcs[t.n-1-common] == raw.pcs[raw.n-1-common] {
		common++
	}
	n := max(t.n-common-1, 0)
	for i := 0; i < whole.n; i++ {
		if n == len(t.pcs) {
			t.more = true
			break
		}
		t.pcs[n] = whole.pcs[i]
		n++
	}
	t.n = n
}

// machine is the stack that a panic began on, as it was: the host's part, and beneath it the frames in memory. The host does not keep
// its part for ever, so that what is asked for late may be missing.
//
//go:nosplit
func (p *_panic) machine() *stackTrace {
	t := new(stackTrace)
	if p.raw != nil {
		*t = *p.raw
	} else {
		t.n = max(int(hostcaptured(p.capture, unsafe.Pointer(&t.pcs), int32(len(t.pcs)))), 0)
	}
	if f := p.frames; f != nil {
		n := min(f.n, len(t.pcs)-t.n)
		memmove(add(unsafe.Pointer(&t.pcs), uintptr(t.n)*4), unsafe.Pointer(&f.pcs), uintptr(n)*4)
		t.n += n
	}
	return t
}

// stack is the stack of a panic, with the frames that panics before it had left.
//
//go:nosplit
func (p *_panic) stack() *stackTrace {
	if p.trace == nil {
		p.trace = p.machine()
		if p.nested {
			p.trace.splice(p.link)
		}
	}
	return p.trace
}

// parked records the stack of a goroutine that does not run.
//
//go:nosplit
func (t *stackTrace) parked(gp *g) {
	t.n, t.more = 0, false
	t.frames(outerfp(gp))
}

// callers writes the outside pcs of the logical frames of t, without the compiler's wrappers, after skipping some.
func (t *stackTrace) callers(skip int, pcs []uintptr) int {
	s := new(symbolizer)
	n := 0
	for _, pc := range t.pcs[:t.n] {
		s.at(pc)
		for i := 0; s.next(); i++ {
			switch {
			case s.wrapper:
			case skip > 0:
				skip--
			case n == len(pcs):
				return n
			default:
				pcs[n] = returnPC(pc, i)
				n++
			}
		}
	}
	return n
}

// Callers fills pc with the call sites on the calling goroutine's stack. To skip 0 frames means to begin with Callers.
func Callers(skip int, pc []uintptr) int {
	if len(pc) == 0 {
		return 0
	}
	t := new(stackTrace)
	t.running()
	return t.callers(skip+t.innerFrames("runtime.Callers"), pc)
}

// Caller tells about a call on the calling goroutine's stack; 0 is that of Caller itself.
func Caller(skip int) (pc uintptr, file string, line int, ok bool) {
	t := new(stackTrace)
	t.running()
	var pcs [1]uintptr
	if t.callers(skip+1+t.innerFrames("runtime.Caller"), pcs[:]) == 0 {
		return
	}
	sym := symbolAt(pcs[0])
	return pcs[0], sym.file, sym.line, true
}

// innerFrames counts the frames within the given function's: those of the tracer itself.
func (t *stackTrace) innerFrames(function string) int {
	s := new(symbolizer)
	n := 0
	for _, pc := range t.pcs[:t.n] {
		s.at(pc)
		for s.next() {
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
	s := new(symbolizer)
	for i, pc := range t.pcs[:t.n] {
		s.at(pc)
		for s.next() {
			if s.function == function {
				copy(t.pcs[:], t.pcs[i+1:t.n])
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
)

var (
	tracebackLevel    = tracebackSingle
	tracebackLevelEnv = tracebackSingle
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
	case "system", "crash", "wer", "2":
		l = tracebackSystem
	default:
		l = tracebackAll
	}
	tracebackLevel = max(l, tracebackLevelEnv)
}

// tracer is the state of a trace being printed: by the one that holds the print lock, or ends the program.
var tracer struct {
	symbolizer
	stack stackTrace
}

// printTrace prints the frames that a user wants to see. If the first ones belong to the throwing of a panic they are
// left out; further in, the call of gopanic is shown as panic.
//
//go:nosplit
func printTrace(t *stackTrace, gp *g) {
	s := &tracer.symbolizer
	first := true
	for i := 0; i < t.n; i++ {
		s.at(t.pcs[i])
		for s.next() {
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
	if name == "runtime.gopanic" {
		return !first
	}
	return len(name) > prefix && 'A' <= name[prefix] && name[prefix] <= 'Z'
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

// creatorOf takes the last .gowrap1 or .func1 off a name.
//
//go:nosplit
func creatorOf(function string) string {
	for i := len(function) - 1; i > 0; i-- {
		if function[i] == '.' {
			if last := function[i:]; hasPrefix(last, ".gowrap") || hasPrefix(last, ".func") {
				return function[:i]
			}
			break
		}
	}
	return function
}

//go:nosplit
func printGoroutineHeader(gp *g, status string) {
	print("goroutine ", gp.goid, " [", status)
	if status != "running" {
		if minutes := gp.waitMinutes(); minutes >= 1 {
			print(", ", minutes, " minutes")
		}
	}
	print("]:\n")
}

// tracebackOthers prints the goroutines other than me.
//
//go:nosplit
func tracebackOthers(me *g) {
	for i := 0; ; i++ {
		gp := allg(i)
		if gp == nil {
			return
		}
		if gp == me || gp.isDead() || gp.isSystem() && tracebackLevel < tracebackSystem {
			continue
		}
		tracer.stack.parked(gp)
		print("\n")
		printGoroutineHeader(gp, gp.statusString())
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
	t.running()
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
