// What the collector knows of the words of an object, for the tests of package reflect.
package runtime

import (
	"internal/abi"
	"unsafe"
)

//go:wasmimport burrow isPointerWord
func rt_isPointerWord(p unsafe.Pointer) int32

// gcbits has a byte for each word of the heap object that x points to, 1 for those that the collector follows; it ends with the last of
// these. It is empty for other pointers.
//
//go:linkname gcbits reflect.gcbits
func gcbits(x any) []byte {
	e := efaceOf(&x)
	if e._type.Kind() != abi.Pointer {
		throw("gcbits: no pointer")
	}
	var mask []byte
	n := 0
	base := rt_findobject(e.data)
	for p := base; base != nil && rt_findobject(p) == base; p = add(p, 8) {
		is := rt_isPointerWord(p)
		mask = append(mask, byte(is))
		if is != 0 {
			n = len(mask)
		}
	}
	return mask[:n]
}
