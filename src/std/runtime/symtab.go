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
)

//go:wasmimport go symbolize
func hostsymbolize(pc uint32, buf unsafe.Pointer, size int32) int32

//go:wasmimport go callers
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

// A symbol is one line of the host's answer for a pc; see symbols.next.
type symbol struct {
	function, file  string
	line, startLine int
	offset          int
	wrapper         bool // made by the compiler, not shown
	inlined         bool // into the next
	noArgs          bool
}

// symbols iterates over the functions at a pc, from the innermost inlined one out.
type symbols struct {
	text string
}

// symbolsOf asks the host. The text is in buf, or in memory of its own if it does not fit.
func symbolsOf(pc uint32, buf []byte) symbols {
	n := int(hostsymbolize(pc, unsafe.Pointer(unsafe.SliceData(buf)), int32(len(buf))))
	if n > len(buf) {
		buf = make([]byte, n)
		hostsymbolize(pc, unsafe.Pointer(unsafe.SliceData(buf)), int32(n))
	}
	return symbols{unsafe.String(unsafe.SliceData(buf), n)}
}

// next parses `function \t file \t line \t startLine \t flags \t offset \n`.
func (s *symbols) next(sym *symbol) bool {
	if len(s.text) == 0 {
		return false
	}
	sym.function = s.field('\t')
	sym.file = s.field('\t')
	sym.line = parseDecimal(s.field('\t'))
	sym.startLine = parseDecimal(s.field('\t'))
	sym.wrapper, sym.inlined, sym.noArgs = false, false, false
	flags := s.field('\t')
	for i := 0; i < len(flags); i++ {
		switch flags[i] {
		case 'w':
			sym.wrapper = true
		case 'i':
			sym.inlined = true
		case 'n':
			sym.noArgs = true
		}
	}
	sym.offset = parseDecimal(s.field('\n'))
	return true
}

func (s *symbols) field(end byte) string {
	for i := 0; i < len(s.text); i++ {
		if s.text[i] == end {
			f := s.text[:i]
			s.text = s.text[i+1:]
			return f
		}
	}
	f := s.text
	s.text = ""
	return f
}

func parseDecimal(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// clone gives the symbol strings of its own.
func (sym *symbol) clone() symbol {
	c := *sym
	c.function = string([]byte(sym.function))
	c.file = string([]byte(sym.file))
	return c
}

// symbolAt returns what an outside pc stands for.
func symbolAt(pc uintptr) (symbol, bool) {
	var buf [1024]byte
	in, inlined := splitPC(pc)
	syms := symbolsOf(in, buf[:])
	var sym symbol
	for {
		if !syms.next(&sym) {
			return symbol{}, false
		}
		if inlined == 0 {
			return sym.clone(), true
		}
		inlined--
	}
}

// A Func describes a function of the running program.
type Func struct {
	sym symbol
	pc  uintptr
}

// FuncForPC returns the function that contains pc, or nil. Of functions inlined at pc it is the innermost.
func FuncForPC(pc uintptr) *Func {
	if pc == 0 {
		return nil
	}
	sym, ok := symbolAt(pc)
	if !ok {
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
	sym, ok := symbolAt(pc)
	if !ok {
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
		sym, ok := symbolAt(pc)
		if !ok {
			continue
		}
		frame := Frame{PC: pc, Function: sym.function, File: sym.file, Line: sym.line, Entry: pc, startLine: sym.startLine}
		if pc >= 1<<32 {
			frame.PC = pc - 1
		}
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
