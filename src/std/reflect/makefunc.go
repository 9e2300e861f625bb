// Functions made at run time: those of MakeFunc, method values and methods as functions.
package reflect

import (
	"internal/abi"
	"runtime"
	"unsafe"
)

// A madeFunc is the beginning of their closure objects. The stub at code, or whoever calls in its place, hands the closure object and
// the frame of the call to handler.
type madeFunc struct {
	code    uintptr
	handler func(self, frame unsafe.Pointer)
}

func newMadeFunc(t *funcType, handler func(self, frame unsafe.Pointer)) madeFunc {
	f := madeFunc{abi.FuncPCABIInternal(uncallable), handler}
	if thunks := funcThunksOf(t); thunks != nil {
		f.code = thunks.stub
	}
	return f
}

// uncallable stands for code of func types that no code of the program mentions.
func uncallable() {
	panic("reflect: call of a function of a type made by FuncOf, other than by reflect")
}

type makeFuncImpl struct {
	madeFunc
	ftyp *funcType
	fn   func([]Value) []Value
}

// MakeFunc returns a function of the given type that calls fn with its arguments as Values and returns what fn returns.
func MakeFunc(typ Type, fn func(args []Value) (results []Value)) Value {
	if typ.Kind() != Func {
		panic("reflect: call of MakeFunc with non-Func type")
	}
	t := typ.common()
	ftyp := (*funcType)(unsafe.Pointer(t))
	impl := &makeFuncImpl{newMadeFunc(ftyp, callReflect), ftyp, fn}
	return Value{t, unsafe.Pointer(impl), flag(Func)}
}

// callReflect is the handler of MakeFunc's functions.
func callReflect(self, frame unsafe.Pointer) {
	if callGC {
		collectForTest()
	}
	impl := (*makeFuncImpl)(self)
	t := impl.ftyp
	w := frameWalk{frame, 0}
	in := make([]Value, 0, t.NumIn())
	for _, typ := range t.InSlice() {
		p := w.next(typ)
		v := Value{typ, nil, flag(typ.Kind())}
		switch {
		case typ.Size_ == 0:
			v = Zero(toRType(typ))
		case typ.IsDirectIface():
			v.ptr = *(*unsafe.Pointer)(p)
		default:
			v.ptr = unsafe_New(typ)
			typedmemmove(typ, v.ptr, p)
			v.flag |= flagIndir
		}
		in = append(in, v)
	}
	panicforward(curfp(), calleefp())
	out := impl.fn(in)
	if len(out) != t.NumOut() {
		panic("reflect: wrong return count from function created by MakeFunc")
	}
	w.off = align(w.off, 8)
	for i, typ := range t.OutSlice() {
		v := out[i]
		if v.typ() == nil {
			panic("reflect: function created by MakeFunc using " + funcName(impl.fn) + " returned zero Value")
		}
		if v.flag&flagRO != 0 {
			panic("reflect: function created by MakeFunc using " + funcName(impl.fn) + " returned value obtained from unexported field")
		}
		p := w.next(typ)
		if typ.Size_ != 0 {
			v = v.assignTo("reflect.MakeFunc", typ, nil)
			v.storeAt(typ, p)
		}
	}
}

type methodValue struct {
	madeFunc
	method int
	rcvr   Value
}

// Method returns a Value that stands for v's i'th method with v as its receiver.
func (v Value) Method(i int) Value {
	t := v.typ()
	if t == nil {
		panic(&ValueError{"reflect.Value.Method", Invalid})
	}
	if v.flag&flagMethod != 0 || uint(i) >= uint(toRType(t).NumMethod()) {
		panic("reflect: Method index out of range")
	}
	if t.Kind() == abi.Interface && v.IsNil() {
		panic("reflect: Method on nil interface value")
	}
	newMethodValue = methodValueOf
	return Value{t, v.ptr, v.flag.ro() | v.flag&flagIndir | flag(Func) | flagMethod | flag(i)<<flagMethodShift}
}

// newMethodValue is set by Method, without which there is nothing to use it on: so programs that do not call Method
// need neither it nor the thunks.
var newMethodValue func(op string, v Value) Value

// makeMethodValue turns a Value of Method's into one of an ordinary function.
func makeMethodValue(op string, v Value) Value {
	if v.flag&flagMethod == 0 {
		panic("reflect: internal error: invalid use of makeMethodValue")
	}
	return newMethodValue(op, v)
}

func methodValueOf(op string, v Value) Value {
	rcvr := Value{v.typ(), v.ptr, v.flag&(flagRO|flagAddr|flagIndir) | flag(v.typ().Kind())}
	ftyp := (*funcType)(unsafe.Pointer(v.Type().(*rtype)))
	fv := &methodValue{newMadeFunc(ftyp, callMethod), int(v.flag) >> flagMethodShift, rcvr}
	methodReceiver(op, fv.rcvr, fv.method) // panics now, not when called, if there is no such method
	return Value{ftyp.Common(), unsafe.Pointer(fv), v.flag&flagRO | flag(Func)}
}

// callMethod is the handler of method values: a method's frame has no receiver, so it is the same one.
func callMethod(self, frame unsafe.Pointer) {
	fv := (*methodValue)(self)
	t, code, ctxt := methodTarget("call", fv.rcvr, fv.method)
	panicforward(curfp(), nextInvoked)
	invoke(t, code, ctxt, frame)
}

// methodValueCallCodePtr is the pc that all method values have in common.
func methodValueCallCodePtr() uintptr {
	return abi.FuncPCABIInternal(uncallable)
}

// Method returns the i'th exported method, as a function that takes the receiver first.
func (t *rtype) Method(i int) (m Method) {
	if t.Kind() == Interface {
		return (*interfaceType)(unsafe.Pointer(t)).Method(i)
	}
	methods := t.exportedMethods()
	if i < 0 || i >= len(methods) {
		panic("reflect: Method index out of range")
	}
	ft := (*funcType)(unsafe.Pointer(t.typeOff(methods[i].Mtyp)))
	in := append(make([]Type, 0, 1+ft.NumIn()), t)
	for _, arg := range ft.InSlice() {
		in = append(in, toRType(arg))
	}
	out := make([]Type, 0, ft.NumOut())
	for _, res := range ft.OutSlice() {
		out = append(out, toRType(res))
	}
	mt := FuncOf(in, out, ft.IsVariadic())
	name := t.nameOff(methods[i].Name).Name()
	if code := methods[i].Tfn; code != methods[i].Ifn && funcThunksOf((*funcType)(unsafe.Pointer(mt.common()))) != nil {
		// The program has the method as a function.
		fn := &madeFunc{code: uintptr(uint32(code))}
		return Method{Name: name, Type: mt, Func: Value{mt.common(), unsafe.Pointer(fn), flag(Func)}, Index: i}
	}
	fn := MakeFunc(mt, func(args []Value) []Value {
		method := args[0].Method(i)
		panicforward(curfp(), nextInvoked)
		if ft.IsVariadic() {
			return method.CallSlice(args[1:])
		}
		return method.Call(args[1:])
	})
	return Method{Name: name, Type: mt, Func: fn, Index: i}
}

// collectForTest runs at the places where package reflect's own tests want a collection.
func collectForTest() {
	runtime.GC()
}

// noMethod is what StructOf's types have in the place of code for the methods of embedded interfaces. The runtime's itabs then get the thunk of
// the method's type that panics.
const noMethod = 1<<32 - 1

func resolveReflectText(ptr unsafe.Pointer) aTextOff {
	if uintptr(ptr) == abi.FuncPCABIInternal(embeddedIfaceMethStub) {
		return -1
	}
	return aTextOff(addReflectOff(ptr))
}
