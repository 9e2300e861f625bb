// Package runtime/metrics' numbers.
//
// What the runtime does not have (an idle collector, a scavenger, C code) is 0, as it is in Go where that never happened. How many objects there were of each size is not
// counted: those two histograms are empty.
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

// sizeBuckets are the bounds of the size classes, and of what is larger.
var sizeBuckets []float64

func (s *metricSample) setSizes() {
	if sizeBuckets == nil {
		b := []float64{1}
		for size := 8; size <= 32768; size += max(8, size/8&^7) {
			b = append(b, float64(size+1))
		}
		sizeBuckets = append(b, inf(1))
	}
	clear(s.histogram(sizeBuckets).counts)
}

// A metricReader is what one call of Read has found out, once.
type metricReader struct {
	counted bool
	states  [_Gdead + 1]int64
}

func (r *metricReader) state(status int) int64 {
	if !r.counted {
		r.counted = true
		for i := 0; ; i++ {
			gp := allg(i)
			if gp == nil {
				break
			}
			if s := gp.status; s < _Gdead && !gp.isSystem() {
				r.states[s]++
			}
		}
	}
	return r.states[status]
}

var programStart = nanotime()

// cpuSeconds are of all Ps together.
func cpuSeconds() float64 {
	return float64(nanotime()-programStart) / 1e9 * float64(rt_getprocs())
}

func gcPauseSeconds() float64 {
	return float64(rt_memstat(8)) / 1e9 * float64(rt_getprocs())
}

func heapUnused() int64 {
	return max(rt_memstat(5)-rt_memstat(0)-rt_memstat(10), 0)
}

// heapOther is memory of the runtime's own, and what is left to keep the sum right.
func heapFree() int64 {
	return max(rt_memstat(2)-rt_memstat(0)-rt_memstat(10)-heapUnused(), 0)
}

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
		s.setFloat(max(cpuSeconds()-gcPauseSeconds(), 0))
	case "/cpu/classes/gc/mark/assist:cpu-seconds", "/cpu/classes/gc/mark/dedicated:cpu-seconds", "/cpu/classes/gc/mark/idle:cpu-seconds",
		"/cpu/classes/idle:cpu-seconds", "/cpu/classes/scavenge/assist:cpu-seconds", "/cpu/classes/scavenge/background:cpu-seconds",
		"/cpu/classes/scavenge/total:cpu-seconds":
		s.setFloat(0)
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
	case "/gc/heap/allocs-by-size:bytes", "/gc/heap/frees-by-size:bytes":
		s.setSizes()
	case "/gc/heap/allocs:bytes":
		s.setUint(rt_memstat(1))
	case "/gc/heap/allocs:objects":
		s.setUint(rt_memstat(3))
	case "/gc/heap/frees:bytes":
		s.setUint(max(rt_memstat(1)-rt_memstat(0), 0))
	case "/gc/heap/frees:objects":
		s.setUint(rt_memstat(4))
	case "/gc/heap/goal:bytes":
		s.setUint(rt_memstat(6))
	case "/gc/heap/live:bytes":
		s.setUint(rt_memstat(11))
	case "/gc/heap/objects:objects":
		s.setUint(max(rt_memstat(3)-rt_memstat(4), 0))
	case "/gc/pauses:seconds", "/sched/pauses/total/gc:seconds":
		s.setTimes(histTotalGC)
	case "/gc/scan/globals:bytes":
		s.setUint(rt_memstat(16))
	case "/gc/scan/heap:bytes", "/memory/classes/heap/objects:bytes":
		s.setUint(rt_memstat(0))
	case "/gc/scan/stack:bytes", "/memory/classes/heap/stacks:bytes":
		s.setUint(rt_memstat(10))
	case "/gc/scan/total:bytes":
		s.setUint(rt_memstat(16) + rt_memstat(0) + rt_memstat(10))
	case "/gc/stack/starting-size:bytes":
		s.setUint(256)
	case "/memory/classes/heap/free:bytes":
		s.setUint(heapFree())
	case "/memory/classes/heap/unused:bytes":
		s.setUint(heapUnused())
	case "/memory/classes/total:bytes":
		s.setUint(rt_memstat(0) + rt_memstat(10) + heapUnused() + heapFree())
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
