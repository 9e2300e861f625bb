// Copies and clears of memory that holds pointers: every one goes through here, so that here is where the collector
// is told. While marking stops the world it need not be told anything, and these are plain copies.
package runtime

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

//go:nosplit
func typedmemmove(typ *_type, dst, src unsafe.Pointer) {
	memmove(dst, src, typ.Size_)
}

// typedmemmoven copies n bytes of consecutive elements.
//
//go:nosplit
func typedmemmoven(et *_type, dst, src unsafe.Pointer, n uintptr) {
	memmove(dst, src, n)
}

//go:nosplit
func typedmemclr(typ *_type, p unsafe.Pointer) {
	memclrNoHeapPointers(p, typ.Size_)
}

//go:nosplit
func memclrHasPointers(p unsafe.Pointer, n uintptr) {
	memclrNoHeapPointers(p, n)
}

//go:nosplit
func typedslicecopy(et *_type, to unsafe.Pointer, toLen int, from unsafe.Pointer, fromLen int) int {
	n := min(toLen, fromLen)
	if n != 0 {
		typedmemmoven(et, to, from, uintptr(n)*et.Size_)
	}
	return n
}

//go:linkname reflect_typedmemmove reflect.typedmemmove
//go:nosplit
func reflect_typedmemmove(typ *_type, dst, src unsafe.Pointer) {
	typedmemmove(typ, dst, src)
}

//go:linkname reflectlite_typedmemmove internal/reflectlite.typedmemmove
//go:nosplit
func reflectlite_typedmemmove(typ *_type, dst, src unsafe.Pointer) {
	typedmemmove(typ, dst, src)
}

//go:linkname maps_typedmemmove internal/runtime/maps.typedmemmove
//go:nosplit
func maps_typedmemmove(typ *_type, dst, src unsafe.Pointer) {
	typedmemmove(typ, dst, src)
}

//go:linkname reflect_typedmemclr reflect.typedmemclr
//go:nosplit
func reflect_typedmemclr(typ *_type, p unsafe.Pointer) {
	typedmemclr(typ, p)
}

//go:linkname maps_typedmemclr internal/runtime/maps.typedmemclr
//go:nosplit
func maps_typedmemclr(typ *_type, p unsafe.Pointer) {
	typedmemclr(typ, p)
}

//go:linkname reflect_typedmemclrpartial reflect.typedmemclrpartial
//go:nosplit
func reflect_typedmemclrpartial(typ *_type, p unsafe.Pointer, off, size uintptr) {
	memclrNoHeapPointers(p, size)
}

//go:linkname reflect_typedarrayclear reflect.typedarrayclear
//go:nosplit
func reflect_typedarrayclear(typ *_type, p unsafe.Pointer, len int) {
	memclrNoHeapPointers(p, typ.Size_*uintptr(len))
}

//go:linkname reflect_typedslicecopy reflect.typedslicecopy
//go:nosplit
func reflect_typedslicecopy(et *_type, dst, src slice) int {
	return typedslicecopy(et, dst.array, dst.len, src.array, src.len)
}

//go:linkname reflect_memmove reflect.memmove
//go:nosplit
func reflect_memmove(to, from unsafe.Pointer, n uintptr) {
	memmove(to, from, n)
}

//go:linkname reflect_verifyNotInHeapPtr reflect.verifyNotInHeapPtr
//go:nosplit
func reflect_verifyNotInHeapPtr(p uintptr) bool {
	return true
}

//go:linkname reflect_unsafe_New reflect.unsafe_New
//go:nosplit
func reflect_unsafe_New(typ *_type) unsafe.Pointer {
	return newobject(typ)
}

//go:linkname reflectlite_unsafe_New internal/reflectlite.unsafe_New
//go:nosplit
func reflectlite_unsafe_New(typ *_type) unsafe.Pointer {
	return newobject(typ)
}

//go:linkname maps_newobject internal/runtime/maps.newobject
//go:nosplit
func maps_newobject(typ *_type) unsafe.Pointer {
	return newobject(typ)
}

//go:linkname reflect_unsafe_NewArray reflect.unsafe_NewArray
//go:nosplit
func reflect_unsafe_NewArray(typ *_type, n int) unsafe.Pointer {
	return newarray(typ, n)
}

//go:linkname maps_newarray internal/runtime/maps.newarray
//go:nosplit
func maps_newarray(typ *_type, n int) unsafe.Pointer {
	return newarray(typ, n)
}

//go:nosplit
func newobject(typ *_type) unsafe.Pointer {
	return mallocgc(typ.Size_, typ, true)
}

//go:nosplit
func newarray(typ *_type, n int) unsafe.Pointer {
	if n < 0 || typ.Size_ > 0 && uintptr(n) > maxAlloc/typ.Size_ {
		panic(plainError("runtime: allocation size out of range"))
	}
	return mallocgc(typ.Size_*uintptr(n), typ, true)
}

type (
	_type         = abi.Type
	nameOff       = abi.NameOff
	typeOff       = abi.TypeOff
	textOff       = abi.TextOff
	name          = abi.Name
	interfacetype = abi.InterfaceType
	maptype       = abi.MapType
	arraytype     = abi.ArrayType
	chantype      = abi.ChanType
	structtype    = abi.StructType
	itab          = abi.ITab
)

//go:linkname atomic_storePointer internal/runtime/atomic.storePointer
//go:nosplit
func atomic_storePointer(ptr *unsafe.Pointer, new unsafe.Pointer) {
	atomic.StorepNoWB(unsafe.Pointer(ptr), new)
}

//go:linkname atomic_casPointer internal/runtime/atomic.casPointer
//go:nosplit
func atomic_casPointer(ptr *unsafe.Pointer, old, new unsafe.Pointer) bool {
	return atomic.Casp1(ptr, old, new)
}
