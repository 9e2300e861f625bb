// Type descriptors: their names, and the offsets in them, which are absolute addresses in this port.
package runtime

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

// typelinks holds the addresses of the descriptors of unnamed types, sorted by their strings; itablinks all itabs made
// at compile time. The compiler fills both in.
var (
	typelinks []int32
	itablinks []*itab
)

// nameAt is abi.Name.Name, but never suspends.
//
//go:nosplit
func nameAt(off nameOff) string {
	if off == 0 {
		return ""
	}
	p := unsafe.Pointer(uintptr(uint32(off)) + 1)
	n := 0
	for shift := 0; ; shift += 7 {
		b := *(*byte)(p)
		p = add(p, 1)
		n |= int(b&0x7F) << shift
		if b < 0x80 {
			return unsafe.String((*byte)(p), n)
		}
	}
}

func typeString(t *_type) string {
	s := nameAt(t.Str)
	if t.TFlag&abi.TFlagExtraStar != 0 {
		return s[1:]
	}
	return s
}

func typePkgPath(t *_type) string {
	if u := t.Uncommon(); u != nil {
		return nameAt(u.PkgPath)
	}
	switch t.Kind() {
	case abi.Struct:
		return (*structtype)(unsafe.Pointer(t)).PkgPath.Name()
	case abi.Interface:
		return (*interfacetype)(unsafe.Pointer(t)).PkgPath.Name()
	}
	return ""
}

// namePkgPath is the package of an unexported name where it is not that of its type: flag bit 2, and a name offset
// after name and tag.
//
//go:nosplit
func namePkgPath(off nameOff) string {
	p := unsafe.Pointer(uintptr(uint32(off)))
	if p == nil {
		return ""
	}
	flags := *(*byte)(p)
	if flags&(1<<2) == 0 {
		return ""
	}
	p = afterString(nameAt(off))
	if flags&(1<<1) != 0 {
		p = afterString(nameAt(nameOff(uintptr(p) - 1)))
	}
	at := nameOff(load32(p)) // unaligned
	return nameAt(at)
}

//go:nosplit
func afterString(s string) unsafe.Pointer {
	return add(unsafe.Pointer(unsafe.StringData(s)), uintptr(len(s)))
}

//go:nosplit
func resolveNameOff(_ unsafe.Pointer, off nameOff) name {
	return name{Bytes: (*byte)(unsafe.Pointer(uintptr(uint32(off))))}
}

//go:nosplit
func resolveTypeOff(_ unsafe.Pointer, off typeOff) *_type {
	return (*_type)(unsafe.Pointer(uintptr(uint32(off))))
}

//go:linkname reflect_resolveNameOff reflect.resolveNameOff
func reflect_resolveNameOff(_ unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(uintptr(uint32(off)))
}

//go:linkname reflect_resolveTypeOff reflect.resolveTypeOff
func reflect_resolveTypeOff(_ unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(uintptr(uint32(off)))
}

//go:linkname reflectlite_resolveNameOff internal/reflectlite.resolveNameOff
func reflectlite_resolveNameOff(_ unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(uintptr(uint32(off)))
}

//go:linkname reflectlite_resolveTypeOff internal/reflectlite.resolveTypeOff
func reflectlite_resolveTypeOff(_ unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(uintptr(uint32(off)))
}

// reflect_resolveTextOff gives a table index in the place of a code address.
//
//go:linkname reflect_resolveTextOff reflect.resolveTextOff
func reflect_resolveTextOff(_ unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(uintptr(uint32(off)))
}

// reflectOffs keeps alive what package reflect refers to by offset from types it made.
var reflectOffs unsafe.Pointer // *reflectOff

type reflectOff struct {
	next unsafe.Pointer
	ptr  unsafe.Pointer
}

//go:linkname reflect_addReflectOff reflect.addReflectOff
func reflect_addReflectOff(ptr unsafe.Pointer) int32 {
	n := &reflectOff{ptr: ptr}
	for {
		n.next = atomic.Loadp(unsafe.Pointer(&reflectOffs))
		if atomic.Casp1(&reflectOffs, n.next, unsafe.Pointer(n)) {
			return int32(uintptr(ptr))
		}
	}
}

// Addresses as offsets from a section that starts at 0.
//
//go:linkname reflect_typelinks reflect.typelinks
func reflect_typelinks() ([]unsafe.Pointer, [][]int32) {
	return []unsafe.Pointer{nil}, [][]int32{typelinks}
}

//go:linkname maps_typeString internal/runtime/maps.typeString
func maps_typeString(t *_type) string {
	return typeString(t)
}
