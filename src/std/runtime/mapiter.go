// Iterating over maps for packages that do so by the runtime's own names, as many serializers have since before package reflect offered it.
package runtime

import (
	"internal/runtime/maps"
	"unsafe"
)

// A linkedIter is what such a package has room for. Its first three fields are the ones that are read there; all of them must stay where they are.
type linkedIter struct {
	key, elem unsafe.Pointer // nil: there are no more
	typ       *maptype
	iter      *maps.Iter
}

func (it *linkedIter) next() {
	it.iter.Next()
	it.key, it.elem = it.iter.Key(), it.iter.Elem()
}

//go:linkname mapiterinit
func mapiterinit(t *maptype, m *maps.Map, it *linkedIter) {
	it.typ, it.iter = t, new(maps.Iter)
	it.iter.Init(t, m)
	it.next()
}

//go:linkname mapiternext
func mapiternext(it *linkedIter) { it.next() }

//go:linkname reflect_mapiterinit reflect.mapiterinit
func reflect_mapiterinit(t *maptype, m *maps.Map, it *linkedIter) { mapiterinit(t, m, it) }

//go:linkname reflect_mapiternext reflect.mapiternext
func reflect_mapiternext(it *linkedIter) { it.next() }
