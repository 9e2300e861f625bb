package unix

import "syscall"

// Eaccess reports whether the process may do with the file what the mode says.
func Eaccess(path string, mode uint32) error { return syscall.Access(path, mode) }
