// The host, as package runtime sees it: the imports of the module `go`, and WASI's arguments, environment and polling.
package runtime

import "unsafe"

//go:wasmimport go write
//go:noescape
func hostwrite(fd int32, p unsafe.Pointer, n int32)

//go:wasmimport go exit
func hostexit(code int32)

//go:wasmimport go nanotime
func hostnanotime() int64

// nanotime is the host's clock, or that of a reproducible run.
//
//go:wasmimport burrow nanotime
func rt_nanotime() int64

//go:wasmimport go walltime
//go:noescape
func hostwalltime(sec, nsec unsafe.Pointer)

//go:wasmimport wasi_snapshot_preview1 args_sizes_get
//go:noescape
func args_sizes_get(argc, argvBufLen unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 args_get
//go:noescape
func args_get(argv, argvBuf unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 environ_sizes_get
//go:noescape
func environ_sizes_get(environCount, environBufLen unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 environ_get
//go:noescape
func environ_get(environ, environBuf unsafe.Pointer) uint32

//go:nosplit
func exit(code int32) {
	hostexit(code)
	unreachable()
}

//go:linkname nanotime
//go:nosplit
func nanotime() int64 {
	return rt_nanotime()
}

// seeded reports whether time and chance come from a seed.
//
//go:wasmimport burrow seeded
func rt_seeded() bool

// epoch is when reproducible runs begin, in seconds since 1970: midnight before 1 January 2026, UTC.
const epoch = 1767225600

func walltime() (sec int64, nsec int32) {
	if rt_seeded() {
		ns := nanotime()
		return epoch + ns/1e9, int32(ns % 1e9)
	}
	hostwalltime(unsafe.Pointer(&sec), unsafe.Pointer(&nsec))
	return
}

func write(fd uintptr, p unsafe.Pointer, n int32) int32 {
	hostwrite(int32(fd), p, n)
	return n
}
