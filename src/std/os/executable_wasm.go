package os

import (
	"errors"
	"runtime"
	"syscall"
)

// executable is the file that starts the program, where the host knows of one.
func executable() (string, error) {
	if path := syscall.Executable(); path != "" {
		return path, nil
	}
	return "", errors.New("Executable not implemented for " + runtime.GOOS)
}
