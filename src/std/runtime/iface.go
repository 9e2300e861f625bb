// Interfaces: itabs made at run time, type assertions and switches, and conversions of values to the data word.
//
// Itabs are found in a table of 512 chains that only ever grow at their heads by compare-and-swap, so finding needs no
// lock, and there is one itab for an interface and a type. A node without an itab says that the type lacks a method.
package runtime

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

type iface struct {
	tab  *itab
	data unsafe.Pointer
}

type eface struct {
	_type *_type
	data  unsafe.Pointer
}

func efaceOf(p *any) *eface {
	return (*eface)(unsafe.Pointer(p))
}

type itabNode struct {
	next  *itabNode
	inter *interfacetype
	typ   *_type
	tab   *itab
}

var (
	itabTable      [512]*itabNode
	itabsPublished atomic.Bool
)

//go:nosplit
func itabBucket(inter *interfacetype, typ *_type) *unsafe.Pointer {
	h := inter.Type.Hash ^ typ.Hash
	return (*unsafe.Pointer)(unsafe.Pointer(&itabTable[(h^h>>9)%uint32(len(itabTable))]))
}

// itabFind walks a chain from n up to, but without, end.
//
//go:nosplit
func itabFind(n, end *itabNode, inter *interfacetype, typ *_type) *itabNode {
	for ; n != end; n = n.next {
		if n.inter == inter && n.typ == typ {
			return n
		}
	}
	return nil
}

// itabAdd returns the node that ends up in the table: n, or one that was there before it.
//
//go:nosplit
func itabAdd(n *itabNode) *itabNode {
	bucket := itabBucket(n.inter, n.typ)
	var seen *itabNode
	for {
		head := (*itabNode)(atomic.Loadp(unsafe.Pointer(bucket)))
		if old := itabFind(head, seen, n.inter, n.typ); old != nil {
			return old
		}
		seen = head
		n.next = head
		if atomic.Casp1(bucket, unsafe.Pointer(head), unsafe.Pointer(n)) {
			return n
		}
	}
}

// publishItabs enters the compiler's itabs, before the first lookup fails. Doing it twice is harmless.
//
//go:nosplit
func publishItabs() {
	nodes := make([]itabNode, len(itablinks))
	for i, tab := range itablinks {
		n := &nodes[i]
		n.inter, n.typ, n.tab = tab.Inter, tab.Type, tab
		itabAdd(n)
	}
	itabsPublished.Store(true)
}

// getitab returns nil if typ does not implement inter.
//
//go:nosplit
func getitab(inter *interfacetype, typ *_type) *itab {
	if n := itabFind((*itabNode)(atomic.Loadp(unsafe.Pointer(itabBucket(inter, typ)))), nil, inter, typ); n != nil {
		return n.tab
	}
	if !itabsPublished.Load() {
		publishItabs()
		return getitab(inter, typ)
	}
	tab, _ := buildItab(inter, typ)
	return itabAdd(&itabNode{inter: inter, typ: typ, tab: tab}).tab
}

// buildItab looks up the methods of inter, in one walk as both lists are sorted by name. If one is missing, it returns
// its name. An itab's methods are table indices; bit 32 tells that of a method that nothing can call, 0, from no method.
//
//go:nosplit
func buildItab(inter *interfacetype, typ *_type) (*itab, string) {
	wanted := inter.Methods
	uncommon := typ.Uncommon()
	if uncommon == nil {
		return nil, nameAt(wanted[0].Name)
	}
	tab := (*itab)(mallocgc(unsafe.Sizeof(itab{})+uintptr(len(wanted)-1)*ptrSize, nil, true))
	tab.Inter, tab.Type, tab.Hash = inter, typ, typ.Hash
	fun := unsafe.Slice(&tab.Fun[0], len(wanted))
	methods := uncommon.Methods()
	j := 0
	for i := range wanted {
		for {
			if j == len(methods) {
				return nil, nameAt(wanted[i].Name)
			}
			m := &methods[j]
			j++
			if implementsMethod(&wanted[i], inter, m, uncommon) {
				fun[i] = uintptr(methodCode(m)) | 1<<32
				break
			}
		}
	}
	return tab, ""
}

// methodCode is the table index of a method in itabs. A method that a type made by reflect.StructOf has from an embedded interface has none of its own
// (noMethod there), and the one of its type that panics.
//
//go:nosplit
func methodCode(m *abi.Method) uint32 {
	const noMethod = -1
	if m.Ifn != noMethod {
		return uint32(m.Ifn)
	}
	thunks := *(*uint32)(unsafe.Pointer(uintptr(uint32(m.Mtyp)) + 52))
	return *(*uint32)(unsafe.Pointer(uintptr(thunks) + 16))
}

// panicnomethod is what that calls.
func panicnomethod() {
	panic("reflect: StructOf does not support methods of embedded interfaces")
}

//go:nosplit
func implementsMethod(want *abi.Imethod, inter *interfacetype, m *abi.Method, uncommon *abi.UncommonType) bool {
	if want.Typ != m.Mtyp || want.Name != m.Name && nameAt(want.Name) != nameAt(m.Name) {
		return false
	}
	return resolveNameOff(nil, m.Name).IsExported() || samePackage(want, inter, m, uncommon)
}

// samePackage compares the packages of two unexported names: the name's own, or else that of its type.
//
//go:nosplit
func samePackage(want *abi.Imethod, inter *interfacetype, m *abi.Method, uncommon *abi.UncommonType) bool {
	wpkg, mpkg := namePkgPath(want.Name), namePkgPath(m.Name)
	if wpkg == "" && inter.PkgPath.Bytes != nil {
		wpkg = nameAt(nameOff(uintptr(unsafe.Pointer(inter.PkgPath.Bytes))))
	}
	if mpkg == "" {
		mpkg = nameAt(uncommon.PkgPath)
	}
	return wpkg == mpkg
}

// assertE2I is x.(I) for a value of type typ.
//
//go:nosplit
func assertE2I(inter *interfacetype, typ *_type) *itab {
	if typ == nil {
		panic(&TypeAssertionError{nil, nil, &inter.Type, ""})
	}
	tab := getitab(inter, typ)
	if tab == nil {
		_, missing := buildItab(inter, typ)
		panic(&TypeAssertionError{nil, typ, &inter.Type, missing})
	}
	return tab
}

//go:nosplit
func assertE2I2(inter *interfacetype, typ *_type) *itab {
	if typ == nil {
		return nil
	}
	return getitab(inter, typ)
}

//go:nosplit
func typeAssert(s *abi.TypeAssert, typ *_type) *itab {
	if s.CanFail {
		return assertE2I2(s.Inter, typ)
	}
	return assertE2I(s.Inter, typ)
}

// interfaceSwitch finds the first interface that typ implements; the number of cases stands for none.
//
//go:nosplit
func interfaceSwitch(s *abi.InterfaceSwitch, typ *_type) (int, *itab) {
	cases := unsafe.Slice(&s.Cases[0], s.NCases)
	for i, inter := range cases {
		if tab := getitab(inter, typ); tab != nil {
			return i, tab
		}
	}
	return len(cases), nil
}

//go:nosplit
func panicdottypeE(have, want, iface *_type) {
	panic(&TypeAssertionError{iface, have, want, ""})
}

//go:nosplit
func panicdottypeI(have *itab, want, iface *_type) {
	var t *_type
	if have != nil {
		t = have.Type
	}
	panicdottypeE(t, want, iface)
}

//go:nosplit
func panicnildottype(want *_type) {
	panic(&TypeAssertionError{nil, nil, want, ""})
}

//go:linkname reflect_ifaceE2I reflect.ifaceE2I
func reflect_ifaceE2I(inter *interfacetype, e eface, dst *iface) {
	*dst = iface{assertE2I(inter, e._type), e.data}
}

//go:linkname reflectlite_ifaceE2I internal/reflectlite.ifaceE2I
func reflectlite_ifaceE2I(inter *interfacetype, e eface, dst *iface) {
	*dst = iface{assertE2I(inter, e._type), e.data}
}

// staticuint64s holds the numbers below 256, so that small integers in interfaces need no memory of their own.
var staticuint64s [256]uint64

func init() {
	for i := range staticuint64s {
		staticuint64s[i] = uint64(i)
	}
}

//go:linkname getStaticuint64s
func getStaticuint64s() *[256]uint64 {
	return &staticuint64s
}

// zeroVal is what lookups of absent map keys, and interfaces of zero values, may point to.
//
//go:linkname zeroVal
var zeroVal [abi.ZeroValSize]byte

//go:nosplit
func convT(t *_type, v unsafe.Pointer) unsafe.Pointer {
	x := mallocgc(t.Size_, t, true)
	typedmemmove(t, x, v)
	return x
}

//go:nosplit
func convTnoptr(t *_type, v unsafe.Pointer) unsafe.Pointer {
	x := mallocgc(t.Size_, nil, false)
	memmove(x, v, t.Size_)
	return x
}

//go:nosplit
func convT16(v uint16) unsafe.Pointer {
	if v < uint16(len(staticuint64s)) {
		return unsafe.Pointer(&staticuint64s[v])
	}
	x := mallocgc(2, nil, false)
	*(*uint16)(x) = v
	return x
}

//go:nosplit
func convT32(v uint32) unsafe.Pointer {
	if v < uint32(len(staticuint64s)) {
		return unsafe.Pointer(&staticuint64s[v])
	}
	x := mallocgc(4, nil, false)
	*(*uint32)(x) = v
	return x
}

//go:nosplit
func convT64(v uint64) unsafe.Pointer {
	if v < uint64(len(staticuint64s)) {
		return unsafe.Pointer(&staticuint64s[v])
	}
	x := mallocgc(8, nil, false)
	*(*uint64)(x) = v
	return x
}

//go:nosplit
func convTstring(v string) unsafe.Pointer {
	if v == "" {
		return unsafe.Pointer(&zeroVal[0])
	}
	x := new(string)
	*x = v
	return unsafe.Pointer(x)
}

//go:nosplit
func convTslice(v []byte) unsafe.Pointer {
	if v == nil {
		return unsafe.Pointer(&zeroVal[0])
	}
	x := new([]byte)
	*x = v
	return unsafe.Pointer(x)
}
