// Pipes, which Burrow's host has.
package os

import "syscall"

// Pipe returns the two ends of a new pipe: what is written to w can be read from r.
func Pipe() (r *File, w *File, err error) {
	var p [2]int
	if err := syscall.Pipe(p[:]); err != nil {
		return nil, nil, NewSyscallError("pipe2", err)
	}
	return newFile(p[0], "|0", kindPipe, false), newFile(p[1], "|1", kindPipe, false), nil
}
