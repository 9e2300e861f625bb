// Execution traces. Burrow's are recorded from outside; the program itself can annotate, but not record.
package runtime

import _ "unsafe" // for linkname

// StartTrace would begin a trace.
func StartTrace() error {
	return plainError("tracing from inside the program is not supported")
}

// StopTrace ends what StartTrace began.
func StopTrace() {}

// ReadTrace returns the next part of the trace: there is none.
func ReadTrace() []byte { return nil }

//go:linkname trace_readTrace runtime/trace.runtime_readTrace
func trace_readTrace() []byte { return nil }

//go:linkname traceAdvance
func traceAdvance(stopTrace bool) {}

//go:linkname traceClockNow
func traceClockNow() uint64 { return uint64(nanotime()) }

//go:linkname trace_clockUnitsPerSecond runtime/trace.runtime_traceClockUnitsPerSecond
func trace_clockUnitsPerSecond() uint64 { return 1e9 }

//go:linkname trace_userTaskCreate runtime/trace.userTaskCreate
func trace_userTaskCreate(id, parentID uint64, taskType string) {}

//go:linkname trace_userTaskEnd runtime/trace.userTaskEnd
func trace_userTaskEnd(id uint64) {}

//go:linkname trace_userRegion runtime/trace.userRegion
func trace_userRegion(id, mode uint64, name string) {}

//go:linkname trace_userLog runtime/trace.userLog
func trace_userLog(id uint64, category, message string) {}
