// Maps are internal/runtime/maps; this is what the compiler, package reflect and package maps call. The functions
// without a body are pushed here from internal/runtime/maps.
package runtime

import (
	"internal/runtime/maps"
	"unsafe"
)

//go:linkname maps_errNilAssign internal/runtime/maps.errNilAssign
var maps_errNilAssign error = plainError("assignment to entry in nil map")

func mapaccess1(t *maptype, m *maps.Map, key unsafe.Pointer) unsafe.Pointer
func mapaccess2(t *maptype, m *maps.Map, key unsafe.Pointer) (unsafe.Pointer, bool)
func mapassign(t *maptype, m *maps.Map, key unsafe.Pointer) unsafe.Pointer

func mapaccess1_fast32(t *maptype, m *maps.Map, key uint32) unsafe.Pointer
func mapaccess2_fast32(t *maptype, m *maps.Map, key uint32) (unsafe.Pointer, bool)
func mapassign_fast32(t *maptype, m *maps.Map, key uint32) unsafe.Pointer
func mapassign_fast32ptr(t *maptype, m *maps.Map, key unsafe.Pointer) unsafe.Pointer
func mapdelete_fast32(t *maptype, m *maps.Map, key uint32)

func mapaccess1_fast64(t *maptype, m *maps.Map, key uint64) unsafe.Pointer
func mapaccess2_fast64(t *maptype, m *maps.Map, key uint64) (unsafe.Pointer, bool)
func mapassign_fast64(t *maptype, m *maps.Map, key uint64) unsafe.Pointer
func mapassign_fast64ptr(t *maptype, m *maps.Map, key unsafe.Pointer) unsafe.Pointer
func mapdelete_fast64(t *maptype, m *maps.Map, key uint64)

func mapaccess1_faststr(t *maptype, m *maps.Map, key string) unsafe.Pointer
func mapaccess2_faststr(t *maptype, m *maps.Map, key string) (unsafe.Pointer, bool)
func mapassign_faststr(t *maptype, m *maps.Map, key string) unsafe.Pointer
func mapdelete_faststr(t *maptype, m *maps.Map, key string)

func makemap_small() *maps.Map {
	return maps.NewEmptyMap()
}

func makemap(t *maptype, hint int, m *maps.Map) *maps.Map {
	return maps.NewMap(t, uintptr(max(hint, 0)), m, maxAlloc)
}

func makemap64(t *maptype, hint int64, m *maps.Map) *maps.Map {
	return makemap(t, int(hint), m)
}

// The fat variants are for elements larger than zeroVal: the caller brings its own zero value.
func mapaccess1_fat(t *maptype, m *maps.Map, key, zero unsafe.Pointer) unsafe.Pointer {
	e, _ := mapaccess2_fat(t, m, key, zero)
	return e
}

func mapaccess2_fat(t *maptype, m *maps.Map, key, zero unsafe.Pointer) (unsafe.Pointer, bool) {
	e, ok := mapaccess2(t, m, key)
	if !ok {
		return zero, false
	}
	return e, true
}

func mapdelete(t *maptype, m *maps.Map, key unsafe.Pointer) {
	m.Delete(t, key)
}

func mapclear(t *maptype, m *maps.Map) {
	m.Clear(t)
}

func mapIterStart(t *maptype, m *maps.Map, it *maps.Iter) {
	it.Init(t, m)
	it.Next()
}

func mapIterNext(it *maps.Iter) {
	it.Next()
}

func maplen(m *maps.Map) int {
	if m == nil {
		return 0
	}
	return int(m.Used())
}

//go:linkname mapclone maps.clone
func mapclone(m any) any {
	e := efaceOf(&m)
	e.data = unsafe.Pointer((*maps.Map)(e.data).Clone((*maptype)(unsafe.Pointer(e._type))))
	return m
}

//go:linkname reflect_makemap reflect.makemap
func reflect_makemap(t *maptype, cap int) *maps.Map {
	if t.Key.Equal == nil {
		throw("runtime.reflect_makemap: unsupported map key type")
	}
	return makemap(t, cap, nil)
}

//go:linkname reflect_mapaccess reflect.mapaccess
func reflect_mapaccess(t *maptype, m *maps.Map, key unsafe.Pointer) unsafe.Pointer {
	elem, ok := mapaccess2(t, m, key)
	if !ok {
		return nil
	}
	return elem
}

//go:linkname reflect_mapaccess_faststr reflect.mapaccess_faststr
func reflect_mapaccess_faststr(t *maptype, m *maps.Map, key string) unsafe.Pointer {
	elem, ok := mapaccess2_faststr(t, m, key)
	if !ok {
		return nil
	}
	return elem
}

//go:linkname reflect_mapassign0 reflect.mapassign0
func reflect_mapassign0(t *maptype, m *maps.Map, key, elem unsafe.Pointer) {
	typedmemmove(t.Elem, mapassign(t, m, key), elem)
}

//go:linkname reflect_mapassign_faststr0 reflect.mapassign_faststr0
func reflect_mapassign_faststr0(t *maptype, m *maps.Map, key string, elem unsafe.Pointer) {
	typedmemmove(t.Elem, mapassign_faststr(t, m, key), elem)
}

//go:linkname reflect_mapdelete reflect.mapdelete
func reflect_mapdelete(t *maptype, m *maps.Map, key unsafe.Pointer) {
	mapdelete(t, m, key)
}

//go:linkname reflect_mapdelete_faststr reflect.mapdelete_faststr
func reflect_mapdelete_faststr(t *maptype, m *maps.Map, key string) {
	mapdelete_faststr(t, m, key)
}

//go:linkname reflect_mapclear reflect.mapclear
func reflect_mapclear(t *maptype, m *maps.Map) {
	mapclear(t, m)
}

//go:linkname reflect_maplen reflect.maplen
func reflect_maplen(m *maps.Map) int {
	return maplen(m)
}

//go:linkname reflectlite_maplen internal/reflectlite.maplen
func reflectlite_maplen(m *maps.Map) int {
	return maplen(m)
}

//go:linkname maps_rand internal/runtime/maps.rand
func maps_rand() uint64 {
	return rand()
}

//go:linkname maps_fatal internal/runtime/maps.fatal
func maps_fatal(s string) {
	fatal(s)
}
