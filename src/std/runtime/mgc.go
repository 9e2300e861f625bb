// The heap and its collector, as programs see them: GC, finalizers, cleanups, weak pointers, statistics.
package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

//go:wasmimport burrow mallocgc
func rt_mallocgc(size uint32, typ unsafe.Pointer, needzero bool) unsafe.Pointer

//go:wasmimport burrow gcstart
func rt_gcstart()

// findleaks has the next collection find leaked goroutines.
//
//go:wasmimport burrow findleaks
func rt_findleaks()

//go:wasmimport burrow setgcpercent
func rt_setgcpercent(n int32) int32

//go:wasmimport burrow setmemorylimit
func rt_setmemorylimit(n int64) int64

//go:wasmimport burrow setgcstress
func rt_setgcstress(on bool)

//go:wasmimport burrow memstat
func rt_memstat(i int32) int64

// addspecial returns the payload that is there then: another one if somebody was first, unless it is about a cleanup.
//
//go:wasmimport burrow addspecial
func rt_addspecial(p, payload unsafe.Pointer, kind int32) unsafe.Pointer

//go:wasmimport burrow findspecial
func rt_findspecial(p unsafe.Pointer, kind int32) unsafe.Pointer

//go:wasmimport burrow removespecial
func rt_removespecial(p, payload unsafe.Pointer, kind int32) bool

//go:wasmimport burrow setgchook
func rt_setgchook()

//go:wasmimport burrow nextfin
func rt_nextfin() unsafe.Pointer

//go:wasmimport burrow findobject
func rt_findobject(p unsafe.Pointer) unsafe.Pointer

const (
	specialFinalizer = 1
	specialCleanup   = 2
	specialWeak      = 3
	specialBubble    = 4
)

func init() {
	for s := gogetenv("GODEBUG"); s != ""; {
		item := s
		s = ""
		for i := range item {
			if item[i] == ',' {
				item, s = item[:i], item[i+1:]
				break
			}
		}
		if item == "gcstress=1" {
			rt_setgcstress(true)
		}
	}
	if s := gogetenv("GOGC"); s == "off" {
		rt_setgcpercent(-1)
	} else if n, ok := parseCount(s); ok && n < 1<<31 {
		rt_setgcpercent(int32(n))
	}
	if s := gogetenv("GOMEMLIMIT"); s != "" && s != "off" {
		n, ok := parseBytes(s)
		if !ok {
			print("GOMEMLIMIT=", s, "\n")
			throw("malformed GOMEMLIMIT; see `go doc runtime/debug.SetMemoryLimit`")
		}
		rt_setmemorylimit(n)
	}
}

// mallocgc allocates size bytes for values of typ (nil: no pointers).
func mallocgc(size uintptr, typ *_type, needzero bool) unsafe.Pointer {
	if size >= 1<<32-1<<16 {
		print("fatal error: runtime: out of memory\n")
		exit(2)
	}
	return rt_mallocgc(uint32(size), unsafe.Pointer(typ), needzero)
}

// forcedCycles counts calls of GC.
var forcedCycles uint64

// GC runs a collection and waits for it. Pools are emptied before, so that what was in them is found dead.
func GC() {
	n := rt_memstat(7)
	atomic.Xadd64(&forcedCycles, 1)
	if poolcleanup != nil {
		cleanPools(n + 1)
	}
	for rt_memstat(7) == n {
		rt_gcstart()
		mpark()
	}
}

//go:linkname debug_freeOSMemory runtime/debug.freeOSMemory
func debug_freeOSMemory() { GC() }

//go:linkname debug_setGCPercent runtime/debug.setGCPercent
func debug_setGCPercent(n int32) int32 { return rt_setgcpercent(n) }

//go:linkname debug_setMemoryLimit runtime/debug.setMemoryLimit
func debug_setMemoryLimit(n int64) int64 { return rt_setmemorylimit(n) }

//go:linkname debug_readGCStats runtime/debug.readGCStats
func debug_readGCStats(p *[]uint64) {
	s := (*p)[:0]
	n := uint64(rt_memstat(7))
	kept := min(n, uint64(len(gcpauses())))
	for i := range kept {
		s = append(s, gcpauses()[(n-1-i)%256].ns)
	}
	for i := range kept {
		s = append(s, gcpauses()[(n-1-i)%256].end)
	}
	*p = append(s, uint64(rt_memstat(25)), n, uint64(rt_memstat(8)))
}

// A MemStats records statistics about the heap.
type MemStats struct {
	Alloc, TotalAlloc, Sys, Lookups, Mallocs, Frees                    uint64
	HeapAlloc, HeapSys, HeapIdle, HeapInuse, HeapReleased, HeapObjects uint64
	StackInuse, StackSys, MSpanInuse, MSpanSys, MCacheInuse, MCacheSys uint64
	BuckHashSys, GCSys, OtherSys, NextGC, LastGC, PauseTotalNs         uint64
	PauseNs, PauseEnd                                                  [256]uint64
	NumGC, NumForcedGC                                                 uint32
	GCCPUFraction                                                      float64
	EnableGC, DebugGC                                                  bool
	BySize                                                             [61]struct {
		Size           uint32
		Mallocs, Frees uint64
	}
}

// ReadMemStats fills m.
func ReadMemStats(m *MemStats) {
	stat := func(i int32) uint64 { return uint64(rt_memstat(i)) }
	*m = MemStats{EnableGC: true}
	m.StackInuse, m.StackSys = stat(10), stat(10)
	m.HeapAlloc, m.Alloc = stat(0), stat(0)
	m.TotalAlloc, m.Sys = stat(1), stat(2)
	m.Mallocs, m.Frees = stat(3), stat(4)
	m.HeapObjects = m.Mallocs - m.Frees
	// Stacks and the runtime's records lie in pages like the heap's, but are not the heap's.
	m.HeapInuse, m.HeapIdle = stat(21), uint64(heapFree())
	m.HeapSys, m.GCSys = m.HeapInuse+m.HeapIdle, uint64(heapOther())
	m.NextGC, m.NumGC, m.PauseTotalNs = stat(6), uint32(stat(7)), stat(8)
	m.LastGC, m.NumForcedGC = stat(25), uint32(min(stat(7), atomic.Load64(&forcedCycles)))
	for i, p := range gcpauses() {
		m.PauseNs[i], m.PauseEnd[i] = p.ns, p.end
	}
	m.NumForcedGC = uint32(min(stat(7), atomic.Load64(&forcedCycles)))
	for i := range m.BySize {
		s, c := &m.BySize[i], int32(i)
		s.Size = uint32(rt_sizestat(sizeOf, c))
		if c > 0 {
			s.Mallocs, s.Frees = uint64(rt_sizestat(sizeAllocs, c)), uint64(rt_sizestat(sizeFrees, c))
		}
	}
}

// gcpauses holds how long the last collections stopped the program, and when they ended: the n-th since the start at n % 256.
func gcpauses() *[256]struct{ ns, end uint64 } {
	return (*[256]struct{ ns, end uint64 })(unsafe.Pointer(uintptr(rt_memstat(26))))
}

// heapObjectsCanMove is for packages outside that keep addresses as numbers.
//
//go:linkname heapObjectsCanMove
func heapObjectsCanMove() bool { return false }

// A weak handle is a word that holds the address until the object dies; it is the payload of the object's special. It fills a block, as one that shared the
// object's would keep that alive.
//
//go:linkname weak_make weak.runtime_registerWeakPointer
func weak_make(p unsafe.Pointer) unsafe.Pointer {
	if p == nil {
		return nil
	}
	if rt_findobject(p) == nil {
		return immortalHandle(p)
	}
	if h := rt_findspecial(p, specialWeak); h != nil {
		return h
	}
	h := new([2]uintptr)
	h[0] = uintptr(p)
	return rt_addspecial(p, unsafe.Pointer(h), specialWeak)
}

// An immortal is the handle of static data.
type immortal struct {
	addr uintptr
	next unsafe.Pointer // *immortal
}

var immortals [256]unsafe.Pointer

func immortalHandle(p unsafe.Pointer) unsafe.Pointer {
	list := &immortals[uintptr(p)>>3%uintptr(len(immortals))]
	var fresh *immortal
	for {
		head := atomic.Loadp(unsafe.Pointer(list))
		for h := (*immortal)(head); h != nil; h = (*immortal)(h.next) {
			if h.addr == uintptr(p) {
				return unsafe.Pointer(h)
			}
		}
		if fresh == nil {
			fresh = &immortal{addr: uintptr(p)}
		}
		fresh.next = head
		if atomic.Casp1(list, head, unsafe.Pointer(fresh)) {
			return unsafe.Pointer(fresh)
		}
	}
}

//go:linkname weak_get weak.runtime_makeStrongFromWeak
func weak_get(h unsafe.Pointer) unsafe.Pointer {
	if h == nil {
		return nil
	}
	return unsafe.Pointer(*(*uintptr)(h))
}

//go:linkname sync_registerPoolCleanup sync.runtime_registerPoolCleanup
func sync_registerPoolCleanup(f func()) {
	poolcleanup = f
	rt_setgchook()
}

// poolcleanup empties package sync's pools once for each collection; poolcleaned is the number of the last one it ran for.
var (
	poolcleanup func()
	poolcleaned int64
)

// cleanPools empties the pools for the n-th collection.
func cleanPools(n int64) {
	stopTheWorld()
	if n > poolcleaned {
		poolcleaned = n
		poolcleanup()
	}
	startTheWorld()
}
