package maps

import (
	"unsafe"
)

// The hash functions that the types of these maps name, for keys that are not in memory.

//go:linkname hash64 runtime.hash64
func hash64(key uint64, seed uintptr) uintptr

//go:linkname memhash runtime.memhash
func memhash(p unsafe.Pointer, seed, n uintptr) uintptr

func hash32(key uint32, seed uintptr) uintptr {
	return hash64(uint64(key), seed)
}

func hashString(key string, seed uintptr) uintptr {
	return memhash(unsafe.Pointer(unsafe.StringData(key)), seed, uintptr(len(key)))
}
