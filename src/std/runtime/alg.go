// Equality and hashing of values known only by type, and of memory. The compiler's own functions for a type call those
// of its parts. Hashes are 32 bits wide, as internal/runtime/maps wants them on wasm, and start from the map's seed.
//
// memhash is of the multiply-rotate family (as xxHash64, Y. Collet): wasm has a fast 64-bit multiplication, but none
// with a 128-bit result.
package runtime

import (
	"internal/abi"
	"unsafe"
)

const (
	hashMul0 = 0x9E3779B97F4A7C15
	hashMul1 = 0xD6E8FEB86659FD93
	hashMul2 = 0xC2B2AE3D27D4EB4F
)

//go:nosplit
func load64(p unsafe.Pointer) uint64 { return *(*uint64)(p) }

//go:nosplit
func load32(p unsafe.Pointer) uint64 { return uint64(*(*uint32)(p)) }

//go:nosplit
func hashFinish(x uint64) uintptr {
	x ^= x >> 32
	x *= hashMul1
	x ^= x >> 32
	return uintptr(uint32(x))
}

//go:nosplit
func hashRound(acc, word uint64) uint64 {
	acc ^= word * hashMul2
	return (acc<<29 | acc>>35) * hashMul0
}

//go:nosplit
func memhash0(p unsafe.Pointer, h uintptr) uintptr {
	return h
}

// hash64 hashes a number of up to 64 bits.
//
//go:nosplit
func hash64(x uint64, h uintptr) uintptr {
	return hashFinish((uint64(h) ^ x) * hashMul0)
}

//go:nosplit
func memhash8(p unsafe.Pointer, h uintptr) uintptr {
	return hash64(uint64(*(*uint8)(p)), h)
}

//go:nosplit
func memhash16(p unsafe.Pointer, h uintptr) uintptr {
	return hash64(uint64(*(*uint16)(p)), h)
}

//go:nosplit
func memhash32(p unsafe.Pointer, h uintptr) uintptr {
	return hash64(load32(p), h)
}

//go:nosplit
func memhash64(p unsafe.Pointer, h uintptr) uintptr {
	return hash64(load64(p), h)
}

//go:nosplit
func memhash128(p unsafe.Pointer, h uintptr) uintptr {
	return hashFinish(hashRound(hashRound(uint64(h), load64(p)), load64(add(p, 8))))
}

//go:nosplit
func memhash(p unsafe.Pointer, h, n uintptr) uintptr {
	acc := uint64(h) ^ uint64(n)*hashMul1
	if n < 9 {
		var word uint64
		switch {
		case n >= 4:
			word = load32(p) | load32(add(p, n-4))<<32
		case n > 0:
			word = uint64(*(*uint8)(p)) | uint64(*(*uint8)(add(p, n>>1)))<<8 | uint64(*(*uint8)(add(p, n-1)))<<16
		}
		return hashFinish(hashRound(acc, word))
	}
	end := add(p, n-8)
	for uintptr(p) < uintptr(end) {
		acc = hashRound(acc, load64(p))
		p = add(p, 8)
	}
	return hashFinish(hashRound(acc, load64(end)))
}

//go:nosplit
func strhash(p unsafe.Pointer, h uintptr) uintptr {
	s := *(*string)(p)
	return memhash(unsafe.Pointer(unsafe.StringData(s)), h, uintptr(len(s)))
}

// Equal floats hash alike: +0 and -0 do; a NaN equals nothing, so anything goes, and varying it spreads them.
//
//go:nosplit
func f32hash(p unsafe.Pointer, h uintptr) uintptr {
	switch f := *(*float32)(p); {
	case f == 0:
		return hashFinish(uint64(h) * hashMul0)
	case f != f:
		return hashFinish(uint64(h) ^ rand())
	}
	return memhash32(p, h)
}

//go:nosplit
func f64hash(p unsafe.Pointer, h uintptr) uintptr {
	switch f := *(*float64)(p); {
	case f == 0:
		return hashFinish(uint64(h) * hashMul0)
	case f != f:
		return hashFinish(uint64(h) ^ rand())
	}
	return memhash64(p, h)
}

//go:nosplit
func c64hash(p unsafe.Pointer, h uintptr) uintptr {
	return f32hash(add(p, 4), f32hash(p, h))
}

//go:nosplit
func c128hash(p unsafe.Pointer, h uintptr) uintptr {
	return f64hash(add(p, 8), f64hash(p, h))
}

func interhash(p unsafe.Pointer, h uintptr) uintptr {
	i := (*iface)(p)
	if i.tab == nil {
		return h
	}
	return dynamichash(i.tab.Type, &i.data, h)
}

func nilinterhash(p unsafe.Pointer, h uintptr) uintptr {
	e := (*eface)(p)
	if e._type == nil {
		return h
	}
	return dynamichash(e._type, &e.data, h)
}

func dynamichash(t *_type, data *unsafe.Pointer, h uintptr) uintptr {
	if t.Equal == nil {
		panic(errorString("hash of unhashable type " + typeString(t)))
	}
	p := *data
	if t.IsDirectIface() {
		p = unsafe.Pointer(data)
	}
	return hashFinish(uint64(typehash(t, p, h^0x9E3779B9)) * hashMul0)
}

// typehash serves types of interface values, and maps made by package reflect.
func typehash(t *_type, p unsafe.Pointer, h uintptr) uintptr {
	if t.TFlag&abi.TFlagRegularMemory != 0 {
		switch t.Size_ {
		case 0:
			return h
		case 1:
			return memhash8(p, h)
		case 2:
			return memhash16(p, h)
		case 4:
			return memhash32(p, h)
		case 8:
			return memhash64(p, h)
		case 16:
			return memhash128(p, h)
		}
		return memhash(p, h, t.Size_)
	}
	switch t.Kind() {
	case abi.Float32:
		return f32hash(p, h)
	case abi.Float64:
		return f64hash(p, h)
	case abi.Complex64:
		return c64hash(p, h)
	case abi.Complex128:
		return c128hash(p, h)
	case abi.String:
		return strhash(p, h)
	case abi.Interface:
		if len((*interfacetype)(unsafe.Pointer(t)).Methods) == 0 {
			return nilinterhash(p, h)
		}
		return interhash(p, h)
	case abi.Array:
		a := (*arraytype)(unsafe.Pointer(t))
		for i := uintptr(0); i < a.Len; i++ {
			h = typehash(a.Elem, add(p, i*a.Elem.Size_), h)
		}
		return h
	case abi.Struct:
		fields := (*structtype)(unsafe.Pointer(t)).Fields
		for i := range fields {
			if f := &fields[i]; !f.Name.IsBlank() {
				h = typehash(f.Typ, add(p, f.Offset), h)
			}
		}
		return h
	}
	panic(errorString("hash of unhashable type " + typeString(t)))
}

//go:linkname reflect_typehash reflect.typehash
func reflect_typehash(t *_type, p unsafe.Pointer, h uintptr) uintptr {
	return typehash(t, p, h)
}

//go:nosplit
func memequal(p, q unsafe.Pointer, n uintptr) bool {
	if p == q {
		return true
	}
	if n < 8 {
		switch {
		case n >= 4:
			return load32(p) == load32(q) && load32(add(p, n-4)) == load32(add(q, n-4))
		case n >= 2:
			return *(*uint16)(p) == *(*uint16)(q) && *(*uint8)(add(p, n-1)) == *(*uint8)(add(q, n-1))
		}
		return n == 0 || *(*uint8)(p) == *(*uint8)(q)
	}
	last := n - 8
	for i := uintptr(0); i < last; i += 8 {
		if load64(add(p, i)) != load64(add(q, i)) {
			return false
		}
	}
	return load64(add(p, last)) == load64(add(q, last))
}

//go:nosplit
func memequal0(p, q unsafe.Pointer) bool { return true }

//go:nosplit
func memequal8(p, q unsafe.Pointer) bool { return *(*int8)(p) == *(*int8)(q) }

//go:nosplit
func memequal16(p, q unsafe.Pointer) bool { return *(*int16)(p) == *(*int16)(q) }

//go:nosplit
func memequal32(p, q unsafe.Pointer) bool { return *(*int32)(p) == *(*int32)(q) }

//go:nosplit
func memequal64(p, q unsafe.Pointer) bool { return *(*int64)(p) == *(*int64)(q) }

//go:nosplit
func memequal128(p, q unsafe.Pointer) bool {
	return load64(p) == load64(q) && load64(add(p, 8)) == load64(add(q, 8))
}

//go:nosplit
func f32equal(p, q unsafe.Pointer) bool { return *(*float32)(p) == *(*float32)(q) }

//go:nosplit
func f64equal(p, q unsafe.Pointer) bool { return *(*float64)(p) == *(*float64)(q) }

//go:nosplit
func c64equal(p, q unsafe.Pointer) bool { return *(*complex64)(p) == *(*complex64)(q) }

//go:nosplit
func c128equal(p, q unsafe.Pointer) bool { return *(*complex128)(p) == *(*complex128)(q) }

//go:nosplit
func strequal(p, q unsafe.Pointer) bool {
	s, t := *(*string)(p), *(*string)(q)
	return len(s) == len(t) && memequal(unsafe.Pointer(unsafe.StringData(s)), unsafe.Pointer(unsafe.StringData(t)), uintptr(len(s)))
}

func interequal(p, q unsafe.Pointer) bool {
	x, y := (*iface)(p), (*iface)(q)
	return x.tab == y.tab && ifaceeq(x.tab, x.data, y.data)
}

func nilinterequal(p, q unsafe.Pointer) bool {
	x, y := (*eface)(p), (*eface)(q)
	return x._type == y._type && efaceeq(x._type, x.data, y.data)
}

// ifaceeq compares the data words of two interface values with the same itab.
func ifaceeq(tab *itab, x, y unsafe.Pointer) bool {
	return tab == nil || efaceeq(tab.Type, x, y)
}

func efaceeq(t *_type, x, y unsafe.Pointer) bool {
	if t == nil {
		return true
	}
	if t.Equal == nil {
		panic(errorString("comparing uncomparable type " + typeString(t)))
	}
	if t.IsDirectIface() {
		return x == y
	}
	return t.Equal(x, y)
}
