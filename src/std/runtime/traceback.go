// Stack traces: gathering the pcs of a goroutine, and printing them as Go does.
//
// A running goroutine's stack has two parts: the wasm frames of this M, which only the host can see, and beneath them the frames in
// memory from the one the scheduler resumed outwards (docs/ABI.md, "Suspending functions"). A goroutine that waits has only the latter.
package runtime

import (
	"internal/bytealg"
	"unsafe"
)

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
	t.n = int(hostcallers(unsafe.Pointer(&t.pcs), int32(len(t.pcs))))
	t.more = false
	if fp := outerfp(getg()); fp != 0 {
		if size := uintptr(load32(unsafe.Pointer(fp + 4))); size != 0 {
			t.frames(fp - size)
		}
	}
}

// parked records the stack of a goroutine that does not run.
func (t *stackTrace) parked(gp *g) {
	t.n, t.more = 0, false
	t.frames(outerfp(gp))
}

// callers writes the outside pcs of the logical frames of t, without the compiler's wrappers, after skipping some.
func (t *stackTrace) callers(skip int, pcs []uintptr) int {
	var buf [1024]byte
	n := 0
	for _, pc := range t.pcs[:t.n] {
		syms := symbolsOf(pc, buf[:])
		var sym symbol
		for i := 0; syms.next(&sym); i++ {
			switch {
			case sym.wrapper:
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
	sym, ok := symbolAt(pcs[0])
	return pcs[0], sym.file, sym.line, ok
}

// innerFrames counts the frames within the given function's: those of the tracer itself.
func (t *stackTrace) innerFrames(function string) int {
	var buf [1024]byte
	n := 0
	for _, pc := range t.pcs[:t.n] {
		syms := symbolsOf(pc, buf[:])
		var sym symbol
		for syms.next(&sym) {
			if sym.function == function {
				return n
			}
			if !sym.wrapper {
				n++
			}
		}
	}
	return 0
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

// printTrace prints the frames that a user wants to see. If the first ones belong to the throwing of a panic they are
// left out; further in, the call of gopanic is shown as panic.
func printTrace(t *stackTrace, gp *g) {
	first := true
	for _, pc := range t.pcs[:t.n] {
		syms := symbolsOf(pc, traceBuf[:])
		var sym symbol
		for syms.next(&sym) {
			name := sym.function
			if tracebackLevel < tracebackSystem {
				if sym.wrapper || hasPrefix(name, "runtime.") && !shownRuntime(name, first) {
					continue
				}
			}
			first = false
			if name == "runtime.gopanic" {
				name = "panic"
			}
			args := "(...)\n\t"
			if sym.noArgs {
				args = "()\n\t"
			}
			print(name, args, sym.file, ":", sym.line)
			if !sym.inlined && sym.offset != 0 {
				print(" +", hex(sym.offset))
			}
			print("\n")
		}
	}
	if t.more {
		print("...additional frames elided...\n")
	}
	printCreator(gp)
}

// traceBuf holds the host's answers while the print lock is held.
var traceBuf [2048]byte

func shownRuntime(name string, first bool) bool {
	const prefix = len("runtime.")
	if name == "runtime.gopanic" {
		return !first
	}
	return len(name) > prefix && 'A' <= name[prefix] && name[prefix] <= 'Z'
}

// printCreator tells where a goroutine comes from. A go statement's function is a wrapper or literal named after the
// function that has the statement, and made at its line.
func printCreator(gp *g) {
	if gp.parentGoid == 0 || gp.startpc == 0 {
		return
	}
	syms := symbolsOf(uint32(gp.startpc)|funcPC, traceBuf[:])
	var sym symbol
	if !syms.next(&sym) || hasPrefix(sym.function, "runtime.") {
		return
	}
	print("created by ", creatorOf(sym.function), " in goroutine ", gp.parentGoid, "\n\t", sym.file, ":", sym.startLine, "\n")
}

func creatorOf(function string) string {
	for _, suffix := range [...]string{".gowrap", ".func", "-fm"} {
		for i := len(function) - len(suffix); i > 0; i-- {
			if function[i:i+len(suffix)] == suffix && bytealg.IndexByteString(function[i+1:], '.') < 0 {
				return function[:i]
			}
		}
	}
	return function
}

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
func tracebackOthers(me *g) {
	t := new(stackTrace)
	forEachG(func(gp *g) {
		if gp == me || gp.isSystem() && tracebackLevel < tracebackSystem {
			return
		}
		t.parked(gp)
		print("\n")
		printGoroutineHeader(gp, gp.statusString())
		printTrace(t, gp)
	})
}

// Stack writes a trace of the calling goroutine, or of all with the world stopped, into buf.
func Stack(buf []byte, all bool) int {
	if len(buf) == 0 {
		return 0
	}
	gp := getg()
	t := new(stackTrace)
	t.running()
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
