// Waiting for processes: a goroutine that does holds neither a P nor an M.
package os

import (
	"internal/poll"
	"syscall"
)

// blockUntilWaitable waits until the process has ended, and reports whether it could.
func (p *Process) blockUntilWaitable() (bool, error) {
	if done, err := syscall.ProcessEnded(p.Pid); done || err != nil {
		return done, NewSyscallError("waitid", err)
	}
	sysfd, err := syscall.OpenProcess(p.Pid)
	if err != nil {
		return false, nil
	}
	fd := poll.FD{Sysfd: sysfd, IsStream: true}
	defer fd.Close()
	if fd.Init("file", true) != nil {
		return false, nil
	}
	var failed error
	err = fd.RawRead(func(uintptr) bool {
		var done bool
		done, failed = syscall.ProcessEnded(p.Pid)
		return done || failed != nil
	})
	if err == nil {
		err = failed
	}
	return err == nil, NewSyscallError("waitid", err)
}
