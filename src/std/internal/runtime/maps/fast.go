// Maps with integer, pointer and string keys: lookups and assignments that need no growth.
//
// Other ports call the hash function that the map's type names. Here a call through a func value may suspend, so the caller
// needs a frame to suspend in; these call the hash function by name and never suspend. What needs room is left to Map.PutSlot.
package maps

import (
	"internal/abi"
	"unsafe"
)

type fastKey interface {
	uint32 | uint64 | unsafe.Pointer | string
}

// find returns the address of key's element, or nil.
//
//go:nosplit
func find[K fastKey](typ *abi.MapType, m *Map, key K, hash uintptr) unsafe.Pointer {
	if m.dirLen == 0 {
		return findInGroup(typ, groupReference{m.dirPtr}, key, hash)
	}
	t := m.directoryAt(m.directoryIndex(hash))
	for seq := makeProbeSeq(h1(hash), t.groups.lengthMask); ; seq = seq.next() {
		g := t.groups.group(typ, seq.offset)
		if p := findInGroup(typ, g, key, hash); p != nil {
			return p
		}
		if g.ctrls().matchEmpty() != 0 {
			return nil
		}
	}
}

//go:nosplit
func findInGroup[K fastKey](typ *abi.MapType, g groupReference, key K, hash uintptr) unsafe.Pointer {
	for match := g.ctrls().matchH2(h2(hash)); match != 0; match = match.removeFirst() {
		p := g.key(typ, match.first())
		if *(*K)(p) == key {
			return unsafe.Add(p, typ.ElemOff)
		}
	}
	return nil
}

// place returns the address of key's element, which it adds if that takes no more than filling an empty slot; else nil.
//
//go:nosplit
func place[K fastKey](typ *abi.MapType, m *Map, key K, hash uintptr) unsafe.Pointer {
	if m.dirPtr == nil {
		return nil
	}
	if m.dirLen == 0 {
		g := groupReference{m.dirPtr}
		p := findInGroup(typ, g, key, hash)
		if p == nil {
			if m.used == abi.MapGroupSlots {
				return nil
			}
			p = fill(typ, g, hash)
			m.used++
		}
		return setKey(typ, p, key)
	}
	t := m.directoryAt(m.directoryIndex(hash))
	for seq := makeProbeSeq(h1(hash), t.groups.lengthMask); ; seq = seq.next() {
		g := t.groups.group(typ, seq.offset)
		if p := findInGroup(typ, g, key, hash); p != nil {
			return setKey(typ, p, key)
		}
		free := g.ctrls().matchEmptyOrDeleted()
		if free == 0 {
			continue
		}
		// A deleted slot is to be used again, but only once it is clear that the key is not further on.
		if free != g.ctrls().matchEmpty() || t.growthLeft == 0 {
			return nil
		}
		t.growthLeft--
		t.used++
		m.used++
		return setKey(typ, fill(typ, g, hash), key)
	}
}

// fill takes the first free slot of a group and returns where its element goes.
//
//go:nosplit
func fill(typ *abi.MapType, g groupReference, hash uintptr) unsafe.Pointer {
	i := g.ctrls().matchEmptyOrDeleted().first()
	g.ctrls().set(i, ctrl(h2(hash)))
	return g.elem(typ, i)
}

// setKey writes the key that belongs to an element, even one equal to it: of equal strings the newer one is kept.
//
//go:nosplit
func setKey[K fastKey](typ *abi.MapType, elem unsafe.Pointer, key K) unsafe.Pointer {
	*(*K)(unsafe.Add(elem, -typ.ElemOff)) = key
	return elem
}

//go:nosplit
func access[K fastKey](typ *abi.MapType, m *Map, key K, hash uintptr) (unsafe.Pointer, bool) {
	if p := find(typ, m, key, hash); p != nil {
		return p, true
	}
	return unsafe.Pointer(&zeroVal[0]), false
}

// assign is place, between the marks by which other goroutines that write at the same time are noticed.
func assign[K fastKey](typ *abi.MapType, m *Map, key K, hash uintptr) unsafe.Pointer {
	m.writing ^= 1
	p := place(typ, m, key, hash)
	if m.writing == 0 {
		fatal("concurrent map writes")
	}
	m.writing ^= 1
	if p == nil {
		p = putSlot(typ, m, key)
	}
	return p
}

// putSlot has the key in memory: as a function of its own, so that only growth pays for that.
//
//go:noinline
func putSlot[K fastKey](typ *abi.MapType, m *Map, key K) unsafe.Pointer {
	return m.PutSlot(typ, abi.NoEscape(unsafe.Pointer(&key)))
}

// readable reports whether there is anything to look for in m.
func readable(m *Map) bool {
	if m == nil || m.used == 0 {
		return false
	}
	if m.writing != 0 {
		fatal("concurrent map read and map write")
	}
	return true
}

func checkWritable(m *Map) {
	if m == nil {
		panic(errNilAssign)
	}
	if m.writing != 0 {
		fatal("concurrent map writes")
	}
}

//go:linkname runtime_mapaccess1_fast32 runtime.mapaccess1_fast32
func runtime_mapaccess1_fast32(typ *abi.MapType, m *Map, key uint32) unsafe.Pointer {
	p, _ := runtime_mapaccess2_fast32(typ, m, key)
	return p
}

//go:linkname runtime_mapaccess2_fast32 runtime.mapaccess2_fast32
func runtime_mapaccess2_fast32(typ *abi.MapType, m *Map, key uint32) (unsafe.Pointer, bool) {
	if !readable(m) {
		return unsafe.Pointer(&zeroVal[0]), false
	}
	return access(typ, m, key, hash32(key, m.seed))
}

//go:linkname runtime_mapassign_fast32 runtime.mapassign_fast32
func runtime_mapassign_fast32(typ *abi.MapType, m *Map, key uint32) unsafe.Pointer {
	checkWritable(m)
	return assign(typ, m, key, hash32(key, m.seed))
}

//go:linkname runtime_mapaccess1_fast64 runtime.mapaccess1_fast64
func runtime_mapaccess1_fast64(typ *abi.MapType, m *Map, key uint64) unsafe.Pointer {
	p, _ := runtime_mapaccess2_fast64(typ, m, key)
	return p
}

//go:linkname runtime_mapaccess2_fast64 runtime.mapaccess2_fast64
func runtime_mapaccess2_fast64(typ *abi.MapType, m *Map, key uint64) (unsafe.Pointer, bool) {
	if !readable(m) {
		return unsafe.Pointer(&zeroVal[0]), false
	}
	return access(typ, m, key, hash64(key, m.seed))
}

//go:linkname runtime_mapassign_fast64 runtime.mapassign_fast64
func runtime_mapassign_fast64(typ *abi.MapType, m *Map, key uint64) unsafe.Pointer {
	checkWritable(m)
	return assign(typ, m, key, hash64(key, m.seed))
}

//go:linkname runtime_mapassign_fast64ptr runtime.mapassign_fast64ptr
func runtime_mapassign_fast64ptr(typ *abi.MapType, m *Map, key unsafe.Pointer) unsafe.Pointer {
	checkWritable(m)
	return assign(typ, m, key, hash64(uint64(uintptr(key)), m.seed))
}

//go:linkname runtime_mapaccess1_faststr runtime.mapaccess1_faststr
func runtime_mapaccess1_faststr(typ *abi.MapType, m *Map, key string) unsafe.Pointer {
	p, _ := runtime_mapaccess2_faststr(typ, m, key)
	return p
}

//go:linkname runtime_mapaccess2_faststr runtime.mapaccess2_faststr
func runtime_mapaccess2_faststr(typ *abi.MapType, m *Map, key string) (unsafe.Pointer, bool) {
	if !readable(m) {
		return unsafe.Pointer(&zeroVal[0]), false
	}
	return access(typ, m, key, hashString(key, m.seed))
}

//go:linkname runtime_mapassign_faststr runtime.mapassign_faststr
func runtime_mapassign_faststr(typ *abi.MapType, m *Map, key string) unsafe.Pointer {
	checkWritable(m)
	return assign(typ, m, key, hashString(key, m.seed))
}
