// Host calls that can block: those of package syscall that read, write, open, or wait. The goroutine asks its M for the call and suspends; the M
// makes it with its P free for others (src/runtime/syscall.ts), so that what the request points to may be collected meanwhile unless it is kept alive.
package runtime

import "unsafe"

// A hostcall is laid out as class Hostcall in src/runtime/syscall.ts. It lies in the frame of the goroutine that asks.
type hostcall struct {
	fn     uint32
	result uint32
	args   [9]uint64
}

// The numbers of fn.
const (
	callRead = iota
	callWrite
	callPread
	callPwrite
	callOpen
	callSync
	callReaddir
)

//go:nosplit
func (c *hostcall) begin() {
	getg().hostcall = uint32(uintptr(unsafe.Pointer(c)))
}

//go:nosplit
func word(p unsafe.Pointer) uint64 { return uint64(uintptr(p)) }

//go:linkname syscall_fd_read syscall.fd_read
func syscall_fd_read(fd int32, iovs unsafe.Pointer, iovsLen uint32, nread unsafe.Pointer) uint32 {
	c := hostcall{fn: callRead, args: [9]uint64{uint64(fd), word(iovs), uint64(iovsLen), word(nread)}}
	c.begin()
	mpark()
	KeepAlive(iovs)
	KeepAlive(nread)
	return c.result
}

//go:linkname syscall_fd_write syscall.fd_write
func syscall_fd_write(fd int32, iovs unsafe.Pointer, iovsLen uint32, nwritten unsafe.Pointer) uint32 {
	c := hostcall{fn: callWrite, args: [9]uint64{uint64(fd), word(iovs), uint64(iovsLen), word(nwritten)}}
	c.begin()
	mpark()
	KeepAlive(iovs)
	KeepAlive(nwritten)
	return c.result
}

//go:linkname syscall_fd_pread syscall.fd_pread
func syscall_fd_pread(fd int32, iovs unsafe.Pointer, iovsLen uint32, offset uint64, nread unsafe.Pointer) uint32 {
	c := hostcall{fn: callPread, args: [9]uint64{uint64(fd), word(iovs), uint64(iovsLen), offset, word(nread)}}
	c.begin()
	mpark()
	KeepAlive(iovs)
	KeepAlive(nread)
	return c.result
}

//go:linkname syscall_fd_pwrite syscall.fd_pwrite
func syscall_fd_pwrite(fd int32, iovs unsafe.Pointer, iovsLen uint32, offset uint64, nwritten unsafe.Pointer) uint32 {
	c := hostcall{fn: callPwrite, args: [9]uint64{uint64(fd), word(iovs), uint64(iovsLen), offset, word(nwritten)}}
	c.begin()
	mpark()
	KeepAlive(iovs)
	KeepAlive(nwritten)
	return c.result
}

//go:linkname syscall_path_open syscall.path_open
func syscall_path_open(fd int32, lookup uint32, path unsafe.Pointer, pathLen uint32, oflags uint32, rights, inheriting uint64, flags uint32, out unsafe.Pointer) uint32 {
	c := hostcall{fn: callOpen, args: [9]uint64{
		uint64(fd), uint64(lookup), word(path), uint64(pathLen), uint64(oflags), rights, inheriting, uint64(flags), word(out),
	}}
	c.begin()
	mpark()
	KeepAlive(path)
	KeepAlive(out)
	return c.result
}

//go:linkname syscall_fd_sync syscall.fd_sync
func syscall_fd_sync(fd int32) uint32 {
	c := hostcall{fn: callSync, args: [9]uint64{uint64(fd)}}
	c.begin()
	mpark()
	return c.result
}

//go:linkname syscall_fd_readdir syscall.fd_readdir
func syscall_fd_readdir(fd int32, buf unsafe.Pointer, bufLen uint32, cookie uint64, nwritten unsafe.Pointer) uint32 {
	c := hostcall{fn: callReaddir, args: [9]uint64{uint64(fd), word(buf), uint64(bufLen), cookie, word(nwritten)}}
	c.begin()
	mpark()
	KeepAlive(buf)
	KeepAlive(nwritten)
	return c.result
}
