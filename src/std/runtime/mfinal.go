// Finalizers and cleanups. The collector queues those of dead objects (src/runtime/specials.ts); runfinq runs them on a goroutine of its own.
package runtime

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

// A finalizer is the payload of a special: what to run when the object has died.
type finalizer struct {
	fn  unsafe.Pointer // a func value of type typ, for finalizers
	typ *abi.FuncType
	obj uintptr // hidden from the collector, which keeps a dying object itself
	of  *_type  // the object's pointer type
	run func()  // for cleanups
}

// SetFinalizer has finalizer(obj) run on a goroutine of the runtime's when obj is unreachable; nil takes it off.
func SetFinalizer(obj, finalizer_ any) {
	e := efaceOf(&obj)
	if e._type == nil {
		throw("runtime.SetFinalizer: first argument is nil")
	}
	if e._type.Kind_ != abi.Pointer {
		throw("runtime.SetFinalizer: first argument is " + typeString(e._type) + ", not pointer")
	}
	if e.data == nil {
		throw("nil elem type!")
	}
	p := e.data
	elem := (*abi.PtrType)(unsafe.Pointer(e._type)).Elem
	base := rt_findobject(p)
	if base == nil || elem.Size_ == 0 {
		return // static data: it never dies
	}
	if base != p && (elem.Pointers() || elem.Size_ >= 16) {
		throw("runtime.SetFinalizer: pointer not at beginning of allocated block")
	}
	f := efaceOf(&finalizer_)
	if f._type == nil {
		rt_removespecial(p, nil, specialFinalizer)
		return
	}
	if f._type.Kind_ != abi.Func {
		throw("runtime.SetFinalizer: second argument is " + typeString(f._type) + ", not a function")
	}
	ft := (*abi.FuncType)(unsafe.Pointer(f._type))
	if ft.IsVariadic() {
		throw("runtime.SetFinalizer: cannot pass " + typeString(e._type) + " to finalizer " + typeString(f._type) + " because dotdotdot")
	}
	if ft.InCount != 1 || !finalizerTakes(ft.InSlice()[0], e._type) {
		throw("runtime.SetFinalizer: cannot pass " + typeString(e._type) + " to finalizer " + typeString(f._type))
	}
	fin := unsafe.Pointer(&finalizer{fn: f.data, typ: ft, obj: uintptr(p), of: e._type})
	if rt_addspecial(p, fin, specialFinalizer) != fin {
		throw("runtime.SetFinalizer: finalizer already set")
	}
}

// finalizerTakes reports whether a value of pointer type t is assignable to in.
func finalizerTakes(in, t *_type) bool {
	switch {
	case in == t:
		return true
	case in.Kind_ == abi.Pointer:
		return (in.Uncommon() == nil || t.Uncommon() == nil) &&
			(*abi.PtrType)(unsafe.Pointer(in)).Elem == (*abi.PtrType)(unsafe.Pointer(t)).Elem
	case in.Kind_ == abi.Interface:
		inter := (*interfacetype)(unsafe.Pointer(in))
		return len(inter.Methods) == 0 || assertE2I2(inter, t) != nil
	}
	return false
}

// finRunning counts the goroutines in runfinq.
var finRunning atomic.Int32

// finpending reports whether there are finalizers or cleanups to run.
//
//go:wasmimport burrow finpending
func rt_finpending() bool

// blockUntilEmptyFinalizerQueue waits until all finalizers and cleanups of objects that have died have run, at most timeout nanoseconds.
func blockUntilEmptyFinalizerQueue(timeout int64) bool {
	start := nanotime()
	for rt_finpending() || finRunning.Load() != 0 {
		if nanotime()-start > timeout {
			return false
		}
		Gosched()
	}
	return true
}

//go:linkname sync_blockUntilEmptyCleanupQueue sync_test.runtime_blockUntilEmptyCleanupQueue
func sync_blockUntilEmptyCleanupQueue(timeout int64) bool {
	return blockUntilEmptyFinalizerQueue(timeout)
}

//go:linkname unique_blockUntilEmptyCleanupQueue unique.runtime_blockUntilEmptyCleanupQueue
func unique_blockUntilEmptyCleanupQueue(timeout int64) bool {
	return blockUntilEmptyFinalizerQueue(timeout)
}

// Finalizers and cleanups that have run.
var finalizersRun, cleanupsRun uint64

// runfinq runs the finalizers and cleanups of dead objects.
func runfinq() {
	finRunning.Add(1)
	defer finRunning.Add(-1)
	if n := rt_memstat(7); poolcleanup != nil && n != poolcleaned {
		cleanPools(n)
	}
	gp := getg()
	for {
		f := (*finalizer)(rt_nextfin())
		if f == nil {
			return
		}
		// Not before there is one: what every collection allocates would bring on the next.
		gp.extra().fin = f
		gp.flags |= gUserCode
		if f.run != nil {
			runCleanups()
			atomic.Xadd64(&cleanupsRun, 1)
		} else {
			runFinalizers()
			atomic.Xadd64(&finalizersRun, 1)
		}
		gp.flags &^= gUserCode
	}
}

// runCleanups and runFinalizers run what the goroutine has at hand. Traces show by them what a goroutine of the runtime's is at.
//
//go:noinline
func runCleanups() { getg().extra().fin.run() }

//go:noinline
func runFinalizers() { getg().extra().fin.call() }

// call runs a finalizer through its type's thunk, which takes parameter and results from and to a frame in memory.
func (f *finalizer) call() {
	const tflagThunks = 1 << 7
	if f.typ.TFlag&tflagThunks == 0 {
		throw("runtime: finalizer of a type made at run time")
	}
	size := uintptr(16)
	for _, t := range f.typ.OutSlice() {
		size = (size+uintptr(t.Align_)-1)&^(uintptr(t.Align_)-1) + t.Size_
	}
	frame := (*[2]unsafe.Pointer)(mallocgc(size, nil, true))
	obj := unsafe.Pointer(f.obj)
	frame[0] = obj
	if in := f.typ.InSlice()[0]; in.Kind_ == abi.Interface {
		inter := (*interfacetype)(unsafe.Pointer(in))
		if len(inter.Methods) == 0 {
			frame[0] = unsafe.Pointer(f.of)
		} else {
			frame[0] = unsafe.Pointer(assertE2I2(inter, f.of))
		}
		frame[1] = obj
	}
	thunks := *(*uint32)(unsafe.Pointer(uintptr(unsafe.Pointer(f.typ)) + 52))
	call := *(*func(code uintptr, ctxt, frame unsafe.Pointer))(unsafe.Pointer(uintptr(thunks)))
	call(*(*uintptr)(f.fn), f.fn, unsafe.Pointer(frame))
	KeepAlive(obj)
}

// A Cleanup is a handle on what AddCleanup has attached.
type Cleanup struct {
	ptr uintptr
	rec *finalizer
}

// Stop takes the cleanup off, unless it is running already.
func (c Cleanup) Stop() {
	if c.rec != nil {
		rt_removespecial(unsafe.Pointer(c.ptr), unsafe.Pointer(c.rec), specialCleanup)
	}
}

// checkCleanup panics if the cleanup's argument or its closure keeps the object of p.
func checkCleanup(p, arg, closure unsafe.Pointer) {
	if arg == p {
		panic("runtime.AddCleanup: ptr is equal to arg, cleanup will never run")
	}
	base := rt_findobject(p)
	if base == nil {
		return
	}
	// A block of the tiny allocator may hold both.
	tiny := rt_isPointerWord(base) == 0 && rt_findobject(add(base, 16)) != base
	if arg != nil && rt_findobject(arg) == base && !tiny {
		panic("runtime.AddCleanup: ptr is within arg, cleanup will never run")
	}
	start := rt_findobject(closure)
	for w := start; w != nil && rt_findobject(w) == start; w = add(w, 8) {
		if rt_isPointerWord(w) == 1 && rt_findobject(*(*unsafe.Pointer)(w)) == base {
			panic("runtime.AddCleanup: cleanup function closes over ptr, cleanup will never run")
		}
	}
}

// AddCleanup has cleanup(arg) run when *ptr is unreachable.
func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) Cleanup {
	p := unsafe.Pointer(ptr)
	if p == nil {
		panic("runtime.AddCleanup: ptr is nil")
	}
	kind := abi.TypeFor[S]().Kind()
	if kind != abi.Pointer && kind != abi.UnsafePointer {
		checkCleanup(p, nil, *(*unsafe.Pointer)(unsafe.Pointer(&cleanup)))
	} else {
		checkCleanup(p, *(*unsafe.Pointer)(unsafe.Pointer(&arg)), *(*unsafe.Pointer)(unsafe.Pointer(&cleanup)))
	}
	if rt_findobject(p) == nil {
		return Cleanup{}
	}
	rec := &finalizer{run: func() { cleanup(arg) }}
	rt_addspecial(p, unsafe.Pointer(rec), specialCleanup)
	return Cleanup{uintptr(p), rec}
}
