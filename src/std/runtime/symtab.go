// Program counters and what they stand for.
//
// Inside, a pc is 32 bits wide, of one of the three kinds of docs/ABI.md. Outside, in a uintptr, a function's entry is its
// table index (which is also what the code word of a func value holds), and a call site is returnPC's number: so that
// pc-1, which users subtract from return addresses, is the same site, and so that each of the calls that were inlined
// at one site has a number of its own.
package runtime

import "unsafe"

const (
	framePC = 0x80000000 // | resume id
	funcPC  = 0x40000000 // | table index
	innerPC = 0x20000000 // without the function itself: only the calls inlined there
)

//go:wasmimport go symbolize
//go:noescape
func hostsymbolize(pc uint32, buf unsafe.Pointer, size int32) int32

//go:wasmimport go callers
//go:noescape
func hostcallers(buf unsafe.Pointer, max int32) int32

//go:nosplit
func returnPC(pc uint32, inlined int) uintptr {
	return uintptr(inlined)<<48 | 1<<40 | uintptr(pc)<<1 | 1
}

//go:nosplit
func splitPC(pc uintptr) (uint32, int) {
	if pc < 1<<32 {
		return uint32(pc) | funcPC, 0
	}
	return uint32(pc >> 1), int(pc >> 48)
}

// A symbol is one line of the host's answer for a pc; see symbolizer.next.
type symbol struct {
	function, file  string
	line, startLine int
	offset          int
	wrapper         bool // made by the compiler, not shown
	inlined         bool // into the next
	noArgs          bool
}

// A symbolizer iterates over the functions at a pc, from the innermost inlined one out. None of it suspends, nor needs
// a frame for variables: the printing of a trace must be possible anywhere.
type symbolizer struct {
	symbol
	text  string
	inner bool // innerPC
	buf   [2048]byte
}

// at asks the host about a pc. The answer is in buf, or in memory of its own if it does not fit.
//
//go:nosplit
func (s *symbolizer) at(pc uint32) {
	s.inner = pc&innerPC != 0
	pc &^= innerPC
	p := unsafe.Pointer(&s.buf)
	n := hostsymbolize(pc, p, int32(len(s.buf)))
	if int(n) > len(s.buf) {
		p = mallocgc(uintptr(n), nil, false)
		hostsymbolize(pc, p, n)
	}
	s.text = unsafe.String((*byte)(p), int(n))
}

// next parses `function \t file \t line \t startLine \t flags \t offset \n`.
//
//go:nosplit
func (s *symbolizer) next() bool {
	if len(s.text) == 0 {
		return false
	}
	s.function = s.field('\t')
	s.file = s.field('\t')
	s.line = parseDecimal(s.field('\t'))
	s.startLine = parseDecimal(s.field('\t'))
	s.wrapper, s.inlined, s.noArgs = false, false, false
	flags := s.field('\t')
	for i := 0; i < len(flags); i++ {
		switch flags[i] {
		case 'w':
			s.wrapper = true
		case 'i':
			s.inlined = true
		case 'n':
			s.noArgs = true
		}
	}
	s.offset = parseDecimal(s.field('\n'))
	return s.inlined || !s.inner
}

// outermost is where the function begins that a pc is in, by its name and line.
//
//go:nosplit
func (s *symbolizer) outermost(pc uint32) string {
	s.at(pc)
	for s.next() {
	}
	return s.function
}

//go:nosplit
func (s *symbolizer) field(end byte) string {
	text := s.text
	for i := 0; i < len(text); i++ {
		if text[i] == end {
			s.text = text[i+1:]
			return text[:i]
		}
	}
	s.text = ""
	return text
}

//go:nosplit
func parseDecimal(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// A Func describes a function of the running program.
type Func struct {
	sym *symbol
	pc  uintptr
}

// FuncForPC returns the function that contains pc, or nil. Of functions inlined at pc it is the innermost.
func FuncForPC(pc uintptr) *Func {
	if pc == 0 {
		return nil
	}
	sym := symbolAt(pc)
	if sym == nil {
		return nil
	}
	return &Func{sym, pc}
}

// Name returns the function's name with its package path.
func (f *Func) Name() string {
	if f == nil {
		return ""
	}
	return f.sym.function
}

// Entry returns the pc of the function's beginning.
func (f *Func) Entry() uintptr {
	return f.pc
}

// FileLine returns the place in the source of the code at pc.
func (f *Func) FileLine(pc uintptr) (file string, line int) {
	sym := symbolAt(pc)
	if sym == nil {
		return "?", 0
	}
	return sym.file, sym.line
}

// Frames translates pcs as returned by Callers.
type Frames struct {
	callers []uintptr
}

// A Frame is one of the calls on a stack.
type Frame struct {
	PC       uintptr
	Func     *Func // nil for functions that were inlined
	Function string
	File     string
	Line     int
	Entry    uintptr

	startLine int
}

// CallersFrames prepares the translation of callers, without copying them.
func CallersFrames(callers []uintptr) *Frames {
	return &Frames{callers}
}

// Next returns the next frame, and whether there are more.
func (f *Frames) Next() (Frame, bool) {
	for len(f.callers) > 0 {
		pc := f.callers[0]
		f.callers = f.callers[1:]
		sym := symbolAt(pc)
		if sym == nil {
			continue
		}
		frame := Frame{PC: pc, Function: sym.function, File: sym.file, Line: sym.line, startLine: sym.startLine}
		if pc >= 1<<32 {
			frame.PC = pc - 1
		}
		frame.Entry = frame.PC - uintptr(sym.offset)
		if !sym.inlined {
			frame.Func = &Func{sym, pc}
		}
		return frame, len(f.callers) > 0
	}
	return Frame{}, false
}

//go:linkname runtime_FrameStartLine runtime/pprof.runtime_FrameStartLine
func runtime_FrameStartLine(f *Frame) int {
	return f.startLine
}

//go:linkname runtime_FrameSymbolName runtime/pprof.runtime_FrameSymbolName
func runtime_FrameSymbolName(f *Frame) string {
	return f.Function
}

//go:linkname runtime_expandFinalInlineFrame runtime/pprof.runtime_expandFinalInlineFrame
func runtime_expandFinalInlineFrame(stk []uintptr) []uintptr {
	return stk
}
