// Slices: make, the growth of append (capacities are Go's to the element), copies, and unsafe.Slice's checks.
package runtime

import (
	"internal/goarch"
	"internal/runtime/gc"
	"internal/runtime/math"
	"internal/runtime/sys"
	"unsafe"
)

type slice struct {
	array unsafe.Pointer
	len   int
	cap   int
}

// maxAlloc is the size of the address space.
const maxAlloc = 1 << 32

// zerobase is where pointers to objects of size 0 point.
var zerobase uintptr

//go:nosplit
func panicmakeslicelen() {
	panic(errorString("makeslice: len out of range"))
}

//go:nosplit
func panicmakeslicecap() {
	panic(errorString("makeslice: cap out of range"))
}

//go:nosplit
func makeslice(et *_type, len, cap int) unsafe.Pointer {
	if uint(len) > uint(cap) || cap < 0 || et.Size_ != 0 && (uint(cap) >= maxAlloc || uintptr(cap)*et.Size_ > maxAlloc || et.Size_ > maxAlloc && cap != 0) {
		makesliceFail(et, len)
	}
	return mallocgc(uintptr(cap)*et.Size_, et, true)
}

// makesliceFail blames the capacity only if the length would have done.
//
//go:nosplit
func makesliceFail(et *_type, len int) {
	size, overflow := math.MulUintptr(et.Size_, uintptr(len))
	if overflow || size > maxAlloc || len < 0 {
		panicmakeslicelen()
	}
	panicmakeslicecap()
}

//go:nosplit
func makeslice64(et *_type, len, cap int64) unsafe.Pointer {
	return makeslice(et, int(len), int(cap))
}

// makeslicecopy is make([]T, tolen) followed by a copy of fromlen elements.
//
//go:nosplit
func makeslicecopy(et *_type, tolen, fromlen int, from unsafe.Pointer) unsafe.Pointer {
	to := makeslice(et, tolen, tolen)
	n := uintptr(min(tolen, fromlen)) * et.Size_
	if et.Pointers() {
		typedmemmoven(et, to, from, n)
	} else {
		memmove(to, from, n)
	}
	return to
}

// growslice makes room for num more elements; newLen counts them already. The new elements are unset if they have no pointers.
//
//go:nosplit
func growslice(oldPtr unsafe.Pointer, newLen, oldCap, num int, et *_type) slice {
	if newLen < 0 {
		panic(errorString("growslice: len out of range"))
	}
	size := et.Size_
	if size == 0 {
		return slice{unsafe.Pointer(&zerobase), newLen, newLen}
	}
	noscan := !et.Pointers()
	newcap := uintptr(nextslicecap(newLen, oldCap))
	var capmem uintptr
	switch {
	case size == 1:
		if newcap > maxAlloc {
			panic(errorString("growslice: len out of range"))
		}
		capmem = roundupsize(newcap, noscan)
		newcap = capmem
	case size&(size-1) == 0:
		shift := uintptr(sys.TrailingZeros64(uint64(size))) & 63
		if newcap > maxAlloc>>shift {
			panic(errorString("growslice: len out of range"))
		}
		capmem = roundupsize(newcap<<shift, noscan)
		newcap = capmem >> shift
		capmem = newcap << shift
	default:
		mem, overflow := math.MulUintptr(size, newcap)
		if overflow || mem > maxAlloc {
			panic(errorString("growslice: len out of range"))
		}
		capmem = roundupsize(mem, noscan)
		newcap = capmem / size
		capmem = newcap * size
	}
	if capmem > maxAlloc {
		panic(errorString("growslice: len out of range"))
	}
	oldmem := uintptr(newLen-num) * size
	var p unsafe.Pointer
	if noscan {
		p = mallocgc(capmem, nil, false)
		newmem := uintptr(newLen) * size
		memclrNoHeapPointers(add(p, newmem), capmem-newmem)
		memmove(p, oldPtr, oldmem)
	} else {
		p = mallocgc(capmem, et, true)
		typedmemmoven(et, p, oldPtr, oldmem)
	}
	return slice{p, newLen, int(newcap)}
}

// The variants for which gc has found more out about the old backing array.
//
//go:nosplit
func growsliceNoAlias(oldPtr unsafe.Pointer, newLen, oldCap, num int, et *_type) slice {
	return growslice(oldPtr, newLen, oldCap, num, et)
}

// nextslicecap doubles small slices, and moves smoothly to a quarter more for large ones.
//
//go:nosplit
func nextslicecap(newLen, oldCap int) int {
	if newLen > oldCap+oldCap {
		return newLen
	}
	const small = 256
	if oldCap < small {
		return oldCap + oldCap
	}
	newcap := oldCap
	for uint(newcap) < uint(newLen) || newcap == oldCap {
		newcap += (newcap + 3*small) >> 2
	}
	if newcap <= 0 {
		return newLen
	}
	return newcap
}

// roundupsize is the size of the block that Go's allocator gives for an object of this size. Objects with pointers above
// 512 bytes lose 8 of them to the header with their type.
//
//go:nosplit
func roundupsize(size uintptr, noscan bool) uintptr {
	if size > gc.MaxSmallSize-gc.MallocHeaderSize {
		return (size + gc.PageSize - 1) &^ (gc.PageSize - 1)
	}
	header := uintptr(0)
	if !noscan && size > gc.MinSizeForMallocHeader {
		header = gc.MallocHeaderSize
	}
	size += header
	var class uint8
	if size <= gc.SmallSizeMax-8 {
		class = gc.SizeToSizeClass8[(size+gc.SmallSizeDiv-1)/gc.SmallSizeDiv]
	} else {
		class = gc.SizeToSizeClass128[(size-gc.SmallSizeMax+gc.LargeSizeDiv-1)/gc.LargeSizeDiv]
	}
	return uintptr(gc.SizeClassToSize[class]) - header
}

// slicecopy is copy() for elements without pointers.
//
//go:nosplit
func slicecopy(to unsafe.Pointer, toLen int, from unsafe.Pointer, fromLen int, width uintptr) int {
	n := min(toLen, fromLen)
	if n != 0 {
		memmove(to, from, uintptr(n)*width)
	}
	return n
}

//go:linkname reflect_growslice reflect.growslice
//go:nosplit
func reflect_growslice(et *_type, old slice, num int) slice {
	spare := old.cap - old.len
	grown := growslice(old.array, old.cap+num-spare, old.cap, num-spare, et)
	if !et.Pointers() {
		from := uintptr(old.cap) * et.Size_
		memclrNoHeapPointers(add(grown.array, from), uintptr(grown.len)*et.Size_-from)
	}
	grown.len = old.len
	return grown
}

//go:linkname bytealg_MakeNoZero internal/bytealg.MakeNoZero
//go:nosplit
func bytealg_MakeNoZero(n int) []byte {
	if uintptr(n) > maxAlloc {
		panicmakeslicelen()
	}
	capmem := roundupsize(uintptr(n), true)
	return unsafe.Slice((*byte)(mallocgc(capmem, nil, false)), int(capmem))[:n]
}

//go:nosplit
func panicunsafeslicelen() {
	panic(errorString("unsafe.Slice: len out of range"))
}

//go:nosplit
func panicunsafeslicenilptr() {
	panic(errorString("unsafe.Slice: ptr is nil and len is not zero"))
}

//go:nosplit
func panicunsafestringlen() {
	panic(errorString("unsafe.String: len out of range"))
}

//go:nosplit
func panicunsafestringnilptr() {
	panic(errorString("unsafe.String: ptr is nil and len is not zero"))
}

//go:nosplit
func unsafestring(ptr unsafe.Pointer, len int) {
	if len < 0 {
		panicunsafestringlen()
	}
	if ptr == nil {
		if len > 0 {
			panicunsafestringnilptr()
		}
	} else if uintptr(len) > maxAlloc-uintptr(ptr) {
		panicunsafestringlen()
	}
}

//go:nosplit
func unsafestring64(ptr unsafe.Pointer, len int64) {
	unsafestring(ptr, int(len))
}

//go:nosplit
func unsafeslice(et *_type, ptr unsafe.Pointer, len int) {
	if len < 0 {
		panicunsafeslicelen()
	}
	if ptr == nil {
		if len > 0 {
			panicunsafeslicenilptr()
		}
		return
	}
	size, overflow := math.MulUintptr(et.Size_, uintptr(len))
	if overflow || size > maxAlloc-uintptr(ptr) {
		panicunsafeslicelen()
	}
}

//go:nosplit
func unsafeslice64(et *_type, ptr unsafe.Pointer, len int64) {
	unsafeslice(et, ptr, int(len))
}

//go:linkname reflect_unsafeslice reflect.unsafeslice
//go:nosplit
func reflect_unsafeslice(et *_type, ptr unsafe.Pointer, len int) {
	unsafeslice(et, ptr, len)
}

//go:nosplit
func add(p unsafe.Pointer, n uintptr) unsafe.Pointer {
	return unsafe.Pointer(uintptr(p) + n)
}

const ptrSize = goarch.PtrSize
