// What fcntl can be asked here: a descriptor's flags, and for another one of a socket.
package unix

import "syscall"

func Fcntl(fd int, cmd int, arg int) (int, error) {
	switch cmd {
	case syscall.F_GETFL:
		flags, err := fd_fdstat_get_flags(fd)
		return int(flags), err
	case syscall.F_DUPFD_CLOEXEC:
		return syscall.Dup(fd)
	case syscall.F_GETFD:
		_, err := fd_fdstat_get_flags(fd)
		return syscall.FD_CLOEXEC, err
	}
	return 0, syscall.ENOSYS
}
