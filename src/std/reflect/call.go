// Calling functions whose type is known only at run time.
//
// The compiler gives func types thunks that translate between their calling convention and a frame in memory (src/std/README.md,
// "Thunks of function types"). A func type made by FuncOf may have none; then all its values were made by this package too, and
// are called by their handlers.
package reflect

import (
	"internal/abi"
	"sync"
	"unsafe"
)

const tflagThunks abi.TFlag = 1 << 7

type funcThunks struct {
	call     func(code uintptr, ctxt, frame unsafe.Pointer)
	stub     uintptr
	noMethod uintptr
}

func funcThunksOf(t *funcType) *funcThunks {
	if t.TFlag&tflagThunks == 0 {
		return nil
	}
	return (*funcThunks)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Pointer(uintptr(unsafe.Pointer(t)) + 52)))))
}

// A frame holds a call's arguments, and from retOffset on its results, like the fields of a struct.
type frameLayout struct {
	typ       *abi.Type
	retOffset uintptr
}

var frameLayouts sync.Map // map[*funcType]*frameLayout

func frameLayoutOf(t *funcType) *frameLayout {
	if l, ok := frameLayouts.Load(t); ok {
		return l.(*frameLayout)
	}
	ptrs := new(bitVector)
	l := &frameLayout{typ: &abi.Type{Align_: 8, FieldAlign_: 8}}
	size := uintptr(0)
	place := func(ts []*abi.Type) {
		for _, t := range ts {
			size = align(size, uintptr(t.Align_))
			if t.Pointers() {
				addTypeBits(ptrs, size, t)
			}
			size += t.Size_
		}
		size = align(size, 8)
	}
	place(t.InSlice())
	l.retOffset = size
	place(t.OutSlice())
	l.typ.Size_ = size
	if ptrs.n > 0 {
		l.typ.PtrBytes = uintptr(ptrs.n) * 8
		l.typ.GCData = &ptrs.data[0]
	}
	frameLayouts.Store(t, l)
	return l
}

// frameWalk gives one value's address after the other.
type frameWalk struct {
	frame unsafe.Pointer
	off   uintptr
}

func (w *frameWalk) next(t *abi.Type) unsafe.Pointer {
	w.off = align(w.off, uintptr(t.Align_))
	p := add(w.frame, w.off, "within the frame")
	w.off += t.Size_
	return p
}

// A deferred call can be passed on by this package. Whoever does so names the frame of the function that now is the deferred
// one; nextInvoked stands for that of the next function that invoke or a thunk calls.
const nextInvoked = 1

//go:linkname panicforward runtime.panicforward
func panicforward(from, to uintptr)

// curfp and calleefp are written by the compiler.
func curfp() uintptr

func calleefp() uintptr

// invoke calls the code at a table index with its context and frame.
func invoke(t *funcType, code uintptr, ctxt, frame unsafe.Pointer) {
	if thunks := funcThunksOf(t); thunks != nil {
		thunks.call(code, ctxt, frame)
		return
	}
	panicforward(nextInvoked, calleefp())
	(*madeFunc)(ctxt).handler(ctxt, frame)
}

// methodTarget finds the code and the receiver word of v's method.
func methodTarget(op string, v Value, index int) (t *funcType, code uintptr, ctxt unsafe.Pointer) {
	_, t, fn := methodReceiver(op, v, index)
	storeRcvr(v, unsafe.Pointer(&ctxt))
	code = uintptr(uint32(*(*uintptr)(fn)))
	if code == noMethod {
		embeddedIfaceMethStub()
	}
	return t, code, ctxt
}

func (v Value) call(op string, in []Value) []Value {
	t := (*funcType)(unsafe.Pointer(v.typ()))
	var code uintptr
	var ctxt unsafe.Pointer
	if v.flag&flagMethod != 0 {
		t, code, ctxt = methodTarget(op, v, int(v.flag)>>flagMethodShift)
	} else {
		ctxt = v.ptr
		if v.flag&flagIndir != 0 {
			ctxt = *(*unsafe.Pointer)(v.ptr)
		}
		if ctxt == nil {
			panic("reflect.Value.Call: call of nil function")
		}
		code = *(*uintptr)(ctxt)
	}
	in = callArgs(t, op, in)

	layout := frameLayoutOf(t)
	frame := unsafe_New(layout.typ)
	w := frameWalk{frame, 0}
	for i, arg := range in {
		typ := t.In(i)
		arg.mustBeExported()
		arg = arg.assignTo("reflect.Value.Call", typ, nil)
		arg.storeAt(typ, w.next(typ))
	}
	if callGC {
		collectForTest()
	}
	invoke(t, code, ctxt, frame)
	if callGC {
		collectForTest()
	}
	if t.NumOut() == 0 {
		return nil
	}
	// The results stay in the frame; what they do not need is let go.
	typedmemclrpartial(layout.typ, frame, 0, layout.retOffset)
	ret := make([]Value, t.NumOut())
	w = frameWalk{frame, layout.retOffset}
	for i, typ := range t.OutSlice() {
		p := w.next(typ)
		if typ.Size_ == 0 {
			ret[i] = Zero(toRType(typ))
		} else {
			ret[i] = Value{typ, p, flagIndir | flag(typ.Kind())}
		}
	}
	return ret
}

// callArgs checks the arguments of a call, and puts those of a variadic parameter into a slice.
func callArgs(t *funcType, op string, in []Value) []Value {
	n, variadic := t.NumIn(), t.IsVariadic()
	spread := variadic && op != "CallSlice"
	if op == "CallSlice" {
		if !variadic {
			panic("reflect: CallSlice of non-variadic function")
		}
		if len(in) < n {
			panic("reflect: CallSlice with too few input arguments")
		}
		if len(in) > n {
			panic("reflect: CallSlice with too many input arguments")
		}
	} else {
		if spread {
			n--
		}
		if len(in) < n {
			panic("reflect: Call with too few input arguments")
		}
		if !spread && len(in) > n {
			panic("reflect: Call with too many input arguments")
		}
	}
	for _, arg := range in {
		if arg.Kind() == Invalid {
			panic("reflect: " + op + " using zero Value argument")
		}
	}
	for i, arg := range in[:n] {
		if want := t.In(i); !arg.Type().AssignableTo(toRType(want)) {
			panic("reflect: " + op + " using " + arg.Type().String() + " as type " + stringFor(want))
		}
	}
	if !spread {
		return in
	}
	rest := in[n:]
	slice := MakeSlice(toRType(t.In(n)), len(rest), len(rest))
	elem := slice.Type().Elem()
	for i, arg := range rest {
		if !arg.Type().AssignableTo(elem) {
			panic("reflect: cannot use " + arg.Type().String() + " as type " + elem.String() + " in " + op)
		}
		slice.Index(i).Set(arg)
	}
	args := make([]Value, n+1)
	copy(args, in[:n])
	args[n] = slice
	return args
}

// storeAt writes a value of type typ to memory.
func (v Value) storeAt(typ *abi.Type, p unsafe.Pointer) {
	if v.flag&flagIndir != 0 {
		typedmemmove(typ, p, v.ptr)
	} else {
		*(*unsafe.Pointer)(p) = v.ptr
	}
}
