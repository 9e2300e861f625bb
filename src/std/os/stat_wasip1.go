// File information from WASI's filestat. Burrow's host puts the permission bits, which WASI does not have, into its padding.
package os

import (
	"internal/filepathlite"
	"syscall"
	"time"
)

func fillFileStatFromSys(fs *fileStat, name string) {
	fs.name = filepathlite.Base(name)
	fs.size = int64(fs.sys.Size)
	fs.modTime = time.Unix(0, int64(fs.sys.Mtime))
	bits := fs.sys.Mode
	fs.mode = FileMode(bits & 0o777)
	for _, b := range [...]struct {
		bit  int
		mode FileMode
	}{{0o4000, ModeSetuid}, {0o2000, ModeSetgid}, {0o1000, ModeSticky}} {
		if bits&b.bit != 0 {
			fs.mode |= b.mode
		}
	}
	switch fs.sys.Filetype {
	case syscall.FILETYPE_BLOCK_DEVICE:
		fs.mode |= ModeDevice
	case syscall.FILETYPE_CHARACTER_DEVICE:
		fs.mode |= ModeDevice | ModeCharDevice
	case syscall.FILETYPE_DIRECTORY:
		fs.mode |= ModeDir
	case syscall.FILETYPE_SOCKET_DGRAM, syscall.FILETYPE_SOCKET_STREAM:
		fs.mode |= ModeSocket
	case syscall.FILETYPE_SYMBOLIC_LINK:
		fs.mode |= ModeSymlink
	default:
		if bits&syscall.S_IFMT == syscall.S_IFIFO {
			fs.mode |= ModeNamedPipe
		}
	}
}

// For tests of package os.
func atime(fi FileInfo) time.Time {
	return time.Unix(0, int64(fi.Sys().(*syscall.Stat_t).Atime))
}
