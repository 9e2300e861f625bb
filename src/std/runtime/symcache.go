// What the pcs of stacks stand for, kept: the host is asked once about each, as loggers ask about the same ones for ever.
//
// Guarantees: entries never change, so that they are read without a lock; there are at most maxSymbolized, then all are forgotten.
package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

type symbolized struct {
	next    unsafe.Pointer // *symbolized, in the same bucket
	pc      uint32         // an inside one, of any kind
	symbols []symbol       // from the innermost inlined function out
}

const (
	symbolBits    = 9
	maxSymbolized = 8192
)

var symbolCache struct {
	buckets [1 << symbolBits]unsafe.Pointer // *symbolized; changed by compare-and-swap
	n       uint32
}

// symbolsAt returns the functions at an inside pc.
func symbolsAt(pc uint32) []symbol {
	// D. Knuth, The Art of Computer Programming, volume 3, 6.4: multiplicative hashing
	bucket := &symbolCache.buckets[pc*2654435769>>(32-symbolBits)]
	for e := (*symbolized)(atomic.Loadp(unsafe.Pointer(bucket))); e != nil; e = (*symbolized)(e.next) {
		if e.pc == pc {
			return e.symbols
		}
	}
	e := &symbolized{pc: pc}
	s := new(symbolizer)
	s.at(pc)
	for s.next() {
		sym := s.symbol
		sym.function = string([]byte(sym.function))
		sym.file = string([]byte(sym.file))
		e.symbols = append(e.symbols, sym)
	}
	if atomic.Xadd(&symbolCache.n, 1) > maxSymbolized {
		atomic.Store(&symbolCache.n, 0)
		for i := range symbolCache.buckets {
			b := &symbolCache.buckets[i]
			for !atomic.Casp1(b, atomic.Loadp(unsafe.Pointer(b)), nil) {
			}
		}
	}
	for {
		e.next = atomic.Loadp(unsafe.Pointer(bucket))
		if atomic.Casp1(bucket, e.next, unsafe.Pointer(e)) {
			return e.symbols
		}
	}
}

// symbolAt returns what an outside pc stands for, or nil.
func symbolAt(pc uintptr) *symbol {
	in, inlined := splitPC(pc)
	if symbols := symbolsAt(in); inlined < len(symbols) {
		return &symbols[inlined]
	}
	return nil
}

// spareTrace is a stackTrace that nobody uses, or nil.
var spareTrace unsafe.Pointer

func takeTrace() *stackTrace {
	if t := atomic.Loadp(unsafe.Pointer(&spareTrace)); t != nil && atomic.Casp1(&spareTrace, t, nil) {
		return (*stackTrace)(t)
	}
	return new(stackTrace)
}

func (t *stackTrace) drop() {
	t.pcs = nil
	atomic.Casp1(&spareTrace, nil, unsafe.Pointer(t))
}
