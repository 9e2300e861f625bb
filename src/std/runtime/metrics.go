// Package runtime/metrics' numbers.
//
// What the runtime does not have (an idle collector, a scavenger, C code) is 0, as it is in Go where that never happened.
package runtime

import (
	"internal/godebugs"
	"internal/runtime/atomic"
	"unsafe"
)

//go:wasmimport burrow timehist
func rt_timehist(h, i int32) int64

//go:wasmimport burrow mutexwait
func rt_mutexwait() int64

//go:wasmimport burrow startSampling
func rt_startSampling()

// metrics_init is called before a program that can ask for metrics begins: some are only then counted.
//
//go:linkname metrics_init runtime/metrics.runtime_startSampling
func metrics_init() { rt_startSampling() }

// A metricSample is laid out as package runtime/metrics' Sample.
type metricSample struct {
	name    string
	kind    int
	scalar  uint64
	pointer unsafe.Pointer
}

const (
	metricBad = iota
	metricUint64
	metricFloat64
	metricHistogram
)

// A metricHistogram is laid out as its Float64Histogram.
type float64Histogram struct {
	counts  []uint64
	buckets []float64
}

func (s *metricSample) setUint(n int64) { s.kind, s.scalar = metricUint64, uint64(n) }

func (s *metricSample) setFloat(f float64) {
	s.kind, s.scalar = metricFloat64, *(*uint64)(unsafe.Pointer(&f))
}

// timeBuckets are the bounds of the histograms in src/runtime/timehist.ts, in seconds.
var timeBuckets []float64

const (
	timeMinBits = 9
	timeMaxBits = 48
	timeCounts  = (timeMaxBits-timeMinBits+1)*4 + 2
)

func inf(sign float64) float64 {
	zero := 0.0
	return sign / zero
}

func makeTimeBuckets() []float64 {
	b := make([]float64, 0, timeCounts+1)
	b = append(b, inf(-1))
	for i := range 4 {
		b = append(b, float64(i<<(timeMinBits-2))/1e9)
	}
	for bits := timeMinBits; bits < timeMaxBits; bits++ {
		for i := range 4 {
			b = append(b, float64((4+i)<<(bits-2))/1e9)
		}
	}
	return append(b, float64(1<<timeMaxBits)/1e9, inf(1))
}

// histogram returns the sample's histogram with n counts, its own if it has one already.
func (s *metricSample) histogram(buckets []float64) *float64Histogram {
	h := (*float64Histogram)(s.pointer)
	if s.kind != metricHistogram || h == nil {
		h = new(float64Histogram)
		s.kind, s.pointer = metricHistogram, unsafe.Pointer(h)
	}
	if n := len(buckets) - 1; len(h.counts) != n {
		h.counts = make([]uint64, n)
	}
	h.buckets = buckets
	return h
}

func (s *metricSample) setTimes(hist int32) {
	if timeBuckets == nil {
		timeBuckets = makeTimeBuckets()
	}
	h := s.histogram(timeBuckets)
	for i := range h.counts {
		h.counts[i] = uint64(rt_timehist(hist, int32(i)))
	}
}

// sizestat is the size of a size class, or what it has counted of one (sizeAllocs, sizeFrees). Class 0 are the objects larger than the others.
//
//go:wasmimport burrow sizestat
func rt_sizestat(what, class int32) int64

const (
	sizeOf = iota
	sizeAllocs
	sizeFrees
	numSizeClasses = 68
)

// sizeBuckets are the bounds of the size classes, and of what is larger.
var sizeBuckets []float64

func (s *metricSample) setSizes(counts *[numSizeClasses]int64) {
	if sizeBuckets == nil {
		b := []float64{1}
		for c := int32(1); c < numSizeClasses; c++ {
			b = append(b, float64(rt_sizestat(sizeOf, c)+1))
		}
		sizeBuckets = append(b, inf(1))
	}
	h := s.histogram(sizeBuckets)
	for c := 1; c < numSizeClasses; c++ {
		h.counts[c-1] = uint64(counts[c])
	}
	h.counts[numSizeClasses-1] = uint64(counts[0])
}

// A metricReader is what one call of Read has found out, once.
type metricReader struct {
	counted bool
	states  [_Gdead + 1]int64

	sized                       bool
	allocs, frees               [numSizeClasses]int64 // by size class
	allocCount, freeCount, tiny int64
	allocBytes, freeBytes       int64
	// what memory is used for
	objects, unused, stacks, unusedPages, records int64
}

// heap is r with what it says of the heap, all of the same moment: while it is found out nothing is allocated here, nor collected.
func (r *metricReader) heap() *metricReader {
	if r.sized {
		return r
	}
	r.sized = true
	acquirem()
	for c := range r.allocs {
		r.allocs[c], r.frees[c] = rt_sizestat(sizeAllocs, int32(c)), rt_sizestat(sizeFrees, int32(c))
		r.allocCount += r.allocs[c]
		r.freeCount += r.frees[c]
	}
	r.tiny, r.allocBytes, r.freeBytes = rt_memstat(19), rt_memstat(1), rt_memstat(20)
	r.objects = r.allocBytes - r.freeBytes
	r.stacks, r.unused, r.unusedPages, r.records = rt_memstat(10), heapUnused(), heapFree(), heapOther()
	releasem()
	return r
}

func (r *metricReader) state(status int) int64 {
	if !r.counted {
		r.counted = true
		for i := 0; ; i++ {
			gp := allg(i)
			if gp == nil {
				break
			}
			if s := gp.status; s < _Gdead && gp.flags&gSystem == 0 {
				r.states[s]++
			}
		}
	}
	return r.states[status]
}

// cpuSeconds are of all Ps together: since the start, in collections (for which all stand still), and without work.
func cpuSeconds() float64     { return float64(rt_memstat(24)) / 1e9 }
func gcPauseSeconds() float64 { return float64(rt_memstat(22)) / 1e9 }
func idleSeconds() float64    { return float64(rt_memstat(23)) / 1e9 }

// heapUnused is the room in the spans of objects, heapFree memory for any use, and heapOther what the runtime has for records of its own.
func heapUnused() int64 { return max(rt_memstat(21)-rt_memstat(0), 0) }
func heapFree() int64   { return rt_memstat(2) - rt_memstat(5) }
func heapOther() int64  { return max(rt_memstat(5)-rt_memstat(21)-rt_memstat(10), 0) }

const (
	histLatencies = iota
	histStopGC
	histStopOther
	histTotalGC
	histTotalOther
)

// metricNames has those of package runtime's own; setMetric sets each.
var metricNames = [...]string{
	"/cgo/go-to-c-calls:calls",
	"/cpu/classes/gc/mark/assist:cpu-seconds",
	"/cpu/classes/gc/mark/dedicated:cpu-seconds",
	"/cpu/classes/gc/mark/idle:cpu-seconds",
	"/cpu/classes/gc/pause:cpu-seconds",
	"/cpu/classes/gc/total:cpu-seconds",
	"/cpu/classes/idle:cpu-seconds",
	"/cpu/classes/scavenge/assist:cpu-seconds",
	"/cpu/classes/scavenge/background:cpu-seconds",
	"/cpu/classes/scavenge/total:cpu-seconds",
	"/cpu/classes/total:cpu-seconds",
	"/cpu/classes/user:cpu-seconds",
	"/gc/cleanups/executed:cleanups",
	"/gc/cleanups/queued:cleanups",
	"/gc/cycles/automatic:gc-cycles",
	"/gc/cycles/forced:gc-cycles",
	"/gc/cycles/total:gc-cycles",
	"/gc/finalizers/executed:finalizers",
	"/gc/finalizers/queued:finalizers",
	"/gc/gogc:percent",
	"/gc/gomemlimit:bytes",
	"/gc/heap/allocs-by-size:bytes",
	"/gc/heap/allocs:bytes",
	"/gc/heap/allocs:objects",
	"/gc/heap/frees-by-size:bytes",
	"/gc/heap/frees:bytes",
	"/gc/heap/frees:objects",
	"/gc/heap/goal:bytes",
	"/gc/heap/live:bytes",
	"/gc/heap/objects:objects",
	"/gc/heap/tiny/allocs:objects",
	"/gc/limiter/last-enabled:gc-cycle",
	"/gc/pauses:seconds",
	"/gc/scan/globals:bytes",
	"/gc/scan/heap:bytes",
	"/gc/scan/stack:bytes",
	"/gc/scan/total:bytes",
	"/gc/stack/starting-size:bytes",
	"/memory/classes/heap/free:bytes",
	"/memory/classes/heap/objects:bytes",
	"/memory/classes/heap/released:bytes",
	"/memory/classes/heap/stacks:bytes",
	"/memory/classes/heap/unused:bytes",
	"/memory/classes/metadata/mcache/free:bytes",
	"/memory/classes/metadata/mcache/inuse:bytes",
	"/memory/classes/metadata/mspan/free:bytes",
	"/memory/classes/metadata/mspan/inuse:bytes",
	"/memory/classes/metadata/other:bytes",
	"/memory/classes/os-stacks:bytes",
	"/memory/classes/other:bytes",
	"/memory/classes/profiling/buckets:bytes",
	"/memory/classes/total:bytes",
	"/sched/gomaxprocs:threads",
	"/sched/goroutines-created:goroutines",
	"/sched/goroutines/not-in-go:goroutines",
	"/sched/goroutines/runnable:goroutines",
	"/sched/goroutines/running:goroutines",
	"/sched/goroutines/waiting:goroutines",
	"/sched/goroutines:goroutines",
	"/sched/latencies:seconds",
	"/sched/pauses/stopping/gc:seconds",
	"/sched/pauses/stopping/other:seconds",
	"/sched/pauses/total/gc:seconds",
	"/sched/pauses/total/other:seconds",
	"/sched/threads/total:threads",
	"/sync/mutex/wait/total:seconds",
}

func (r *metricReader) set(s *metricSample) {
	switch s.name {
	case "/cpu/classes/gc/pause:cpu-seconds", "/cpu/classes/gc/total:cpu-seconds":
		s.setFloat(gcPauseSeconds())
	case "/cpu/classes/total:cpu-seconds":
		s.setFloat(cpuSeconds())
	case "/cpu/classes/user:cpu-seconds":
		s.setFloat(max(cpuSeconds()-gcPauseSeconds()-idleSeconds(), 0))
	case "/cpu/classes/gc/mark/assist:cpu-seconds", "/cpu/classes/gc/mark/dedicated:cpu-seconds", "/cpu/classes/gc/mark/idle:cpu-seconds",
		"/cpu/classes/scavenge/assist:cpu-seconds", "/cpu/classes/scavenge/background:cpu-seconds", "/cpu/classes/scavenge/total:cpu-seconds":
		s.setFloat(0)
	case "/cpu/classes/idle:cpu-seconds":
		s.setFloat(idleSeconds())
	case "/gc/cleanups/executed:cleanups":
		s.setUint(int64(atomic.Load64(&cleanupsRun)))
	case "/gc/cleanups/queued:cleanups":
		s.setUint(rt_memstat(15))
	case "/gc/cycles/automatic:gc-cycles":
		s.setUint(max(rt_memstat(7)-int64(atomic.Load64(&forcedCycles)), 0))
	case "/gc/cycles/forced:gc-cycles":
		s.setUint(min(rt_memstat(7), int64(atomic.Load64(&forcedCycles))))
	case "/gc/cycles/total:gc-cycles":
		s.setUint(rt_memstat(7))
	case "/gc/finalizers/executed:finalizers":
		s.setUint(int64(atomic.Load64(&finalizersRun)))
	case "/gc/finalizers/queued:finalizers":
		s.setUint(rt_memstat(14))
	case "/gc/gogc:percent":
		s.setUint(rt_memstat(12))
	case "/gc/gomemlimit:bytes":
		s.setUint(rt_memstat(13))
	case "/gc/heap/allocs-by-size:bytes":
		s.setSizes(&r.heap().allocs)
	case "/gc/heap/frees-by-size:bytes":
		s.setSizes(&r.heap().frees)
	case "/gc/heap/allocs:bytes":
		s.setUint(r.heap().allocBytes)
	case "/gc/heap/allocs:objects":
		s.setUint(r.heap().allocCount)
	case "/gc/heap/frees:bytes":
		s.setUint(r.heap().freeBytes)
	case "/gc/heap/frees:objects":
		s.setUint(r.heap().freeCount)
	case "/gc/heap/tiny/allocs:objects":
		s.setUint(r.heap().tiny)
	case "/gc/heap/goal:bytes":
		s.setUint(rt_memstat(6))
	case "/gc/heap/live:bytes":
		s.setUint(rt_memstat(11))
	case "/gc/heap/objects:objects":
		h := r.heap()
		s.setUint(h.allocCount - h.freeCount)
	case "/gc/pauses:seconds", "/sched/pauses/total/gc:seconds":
		s.setTimes(histTotalGC)
	case "/gc/scan/globals:bytes":
		s.setUint(rt_memstat(16))
	case "/gc/scan/heap:bytes", "/memory/classes/heap/objects:bytes":
		s.setUint(r.heap().objects)
	case "/gc/scan/stack:bytes", "/memory/classes/heap/stacks:bytes":
		s.setUint(r.heap().stacks)
	case "/gc/scan/total:bytes":
		h := r.heap()
		s.setUint(rt_memstat(16) + h.objects + h.stacks)
	case "/gc/stack/starting-size:bytes":
		s.setUint(256)
	case "/memory/classes/heap/free:bytes":
		s.setUint(r.heap().unusedPages)
	case "/memory/classes/heap/unused:bytes":
		s.setUint(r.heap().unused)
	case "/memory/classes/metadata/other:bytes":
		s.setUint(r.heap().records)
	case "/memory/classes/total:bytes":
		h := r.heap()
		s.setUint(h.objects + h.unused + h.stacks + h.unusedPages + h.records)
	case "/sched/gomaxprocs:threads":
		s.setUint(int64(rt_getprocs()))
	case "/sched/goroutines-created:goroutines":
		s.setUint(rt_memstat(18))
	case "/sched/goroutines/not-in-go:goroutines":
		s.setUint(r.state(_Gsyscall))
	case "/sched/goroutines/runnable:goroutines":
		s.setUint(r.state(_Grunnable))
	case "/sched/goroutines/running:goroutines":
		s.setUint(r.state(_Grunning))
	case "/sched/goroutines/waiting:goroutines":
		s.setUint(r.state(_Gwaiting))
	case "/sched/goroutines:goroutines":
		s.setUint(rt_numgoroutine())
	case "/sched/latencies:seconds":
		s.setTimes(histLatencies)
	case "/sched/pauses/stopping/gc:seconds":
		s.setTimes(histStopGC)
	case "/sched/pauses/stopping/other:seconds":
		s.setTimes(histStopOther)
	case "/sched/pauses/total/other:seconds":
		s.setTimes(histTotalOther)
	case "/sched/threads/total:threads":
		s.setUint(rt_memstat(17))
	case "/sync/mutex/wait/total:seconds":
		s.setFloat(float64(rt_mutexwait()) / 1e9)
	default:
		s.setOther()
	}
}

// setOther sets what never happens here, and the counts of settings in GODEBUG.
func (s *metricSample) setOther() {
	for _, name := range metricNames {
		if name == s.name {
			s.setUint(0)
			return
		}
	}
	if !isGodebugMetric(s.name) {
		s.kind = metricBad
		return
	}
	s.setUint(0)
	if s.name == godebugPrefix+"panicnil"+godebugSuffix {
		s.setUint(int64(atomic.Load64(&panicnil.used)))
	}
	for m := (*metric)(atomic.Loadp(unsafe.Pointer(&metrics))); m != nil; m = (*metric)(m.next) {
		if m.name == s.name {
			s.setUint(int64(m.read()))
			return
		}
	}
}

const (
	godebugPrefix = "/godebug/non-default-behavior/"
	godebugSuffix = ":events"
)

func isGodebugMetric(name string) bool {
	for _, info := range godebugs.All {
		if !info.Opaque && name == godebugPrefix+info.Name+godebugSuffix {
			return true
		}
	}
	return false
}

//go:linkname metrics_read runtime/metrics.runtime_readMetrics
func metrics_read(p unsafe.Pointer, length, capacity int) {
	r := new(metricReader)
	for i := range length {
		r.set((*metricSample)(add(p, uintptr(i)*unsafe.Sizeof(metricSample{}))))
	}
}

//go:linkname metrics_names runtime/metrics_test.runtime_readMetricNames
func metrics_names() []string {
	list := append([]string{}, metricNames[:]...)
	for _, info := range godebugs.All {
		if !info.Opaque {
			list = append(list, godebugPrefix+info.Name+godebugSuffix)
		}
	}
	return list
}
