// Who the process is, and permissions and owners of files.
package syscall

import "unsafe"

//go:wasmimport sys getid
func sys_getid(which int32) int32

//go:wasmimport sys getgroups
func sys_getgroups(p unsafe.Pointer, max uint32) int32

//go:wasmimport sys hostname
func sys_hostname(p unsafe.Pointer, n uint32) int32

//go:wasmimport sys umask
func sys_umask(mask int32) int32

//go:wasmimport sys mkdir
func sys_mkdir(fd int32, path unsafe.Pointer, n, mode uint32) int32

//go:wasmimport sys chmod
func sys_chmod(fd int32, path unsafe.Pointer, n, mode uint32) int32

//go:wasmimport sys fchmod
func sys_fchmod(fd int32, mode uint32) int32

//go:wasmimport sys chown
func sys_chown(fd int32, path unsafe.Pointer, n uint32, uid, gid, follow int32) int32

//go:wasmimport sys fchown
func sys_fchown(fd, uid, gid int32) int32

//go:wasmimport sys access
func sys_access(fd int32, path unsafe.Pointer, n, mode uint32) int32

func Getpid() int  { return int(sys_getid(0)) }
func Getppid() int { return int(sys_getid(1)) }
func Getuid() int  { return int(sys_getid(2)) }
func Geteuid() int { return int(sys_getid(3)) }
func Getgid() int  { return int(sys_getid(4)) }
func Getegid() int { return int(sys_getid(5)) }

func Getgroups() ([]int, error) {
	var raw [1024]uint32
	n := min(int(sys_getgroups(unsafe.Pointer(&raw), uint32(len(raw)))), len(raw))
	groups := make([]int, n)
	for i := range groups {
		groups[i] = int(raw[i])
	}
	return groups, nil
}

// Sysctl knows kern.hostname, which package os asks for.
func Sysctl(key string) (string, error) {
	if key != "kern.hostname" {
		return "", ENOSYS
	}
	buf := make([]byte, 256)
	n := min(int(sys_hostname(unsafe.Pointer(&buf[0]), uint32(len(buf)))), len(buf))
	return string(buf[:n]), nil
}

// Umask sets the permissions that new files do not get.
func Umask(mask int) int { return int(max(sys_umask(int32(mask)), 0)) }

func Mkdir(path string, perm uint32) error {
	if path == "" {
		return EINVAL
	}
	fd, p, n := preparePath(path)
	return done(sys_mkdir(fd, unsafe.Pointer(p), n, perm))
}

func Chmod(path string, mode uint32) error {
	if path == "" {
		return ENOENT
	}
	fd, p, n := preparePath(path)
	return done(sys_chmod(fd, unsafe.Pointer(p), n, mode))
}

func Fchmod(fd int, mode uint32) error { return done(sys_fchmod(int32(fd), mode)) }

func chown(path string, uid, gid int, follow int32) error {
	if path == "" {
		return ENOENT
	}
	fd, p, n := preparePath(path)
	return done(sys_chown(fd, unsafe.Pointer(p), n, int32(uid), int32(gid), follow))
}

func Chown(path string, uid, gid int) error  { return chown(path, uid, gid, 1) }
func Lchown(path string, uid, gid int) error { return chown(path, uid, gid, 0) }
func Fchown(fd int, uid, gid int) error {
	return done(sys_fchown(int32(fd), int32(uid), int32(gid)))
}

// Access reports whether the process may read (4), write (2) or execute (1) a file.
func Access(path string, mode uint32) error {
	if path == "" {
		return ENOENT
	}
	fd, p, n := preparePath(path)
	return done(sys_access(fd, unsafe.Pointer(p), n, mode))
}

// rootFolder is what paths are relative to that the host is given without a folder: "/".
const rootFolder = -100

// preparePath makes a path absolute, and says so.
func preparePath(path string) (int32, *byte, size) {
	dir := "/"
	if !isAbs(path) {
		dir = cwd
	}
	path = joinPath(dir, path)
	return rootFolder, unsafe.StringData(path), size(len(path))
}

// permBit marks permissions in the upper half of path_open's inheriting rights, which nobody else uses.
const permBit = 1 << 16

// openat hands the permissions of a new file to the host, where WASI has no place for them.
func openat(dirFd int32, pathPtr *byte, pathLen size, openmode int, perm uint32) (int, error) {
	var oflags oflags
	for _, f := range [...]struct {
		mode int
		flag uint32
	}{{O_CREATE, OFLAG_CREATE}, {O_TRUNC, OFLAG_TRUNC}, {O_EXCL, OFLAG_EXCL}, {O_DIRECTORY, OFLAG_DIRECTORY}} {
		if openmode&f.mode != 0 {
			oflags |= f.flag
		}
	}
	r := fileRights
	switch openmode & (O_WRONLY | O_RDWR) {
	case O_RDONLY:
		r &^= writeRights
	case O_WRONLY:
		r &^= readRights
	}
	if openmode&O_DIRECTORY != 0 {
		if openmode&(O_WRONLY|O_RDWR) != 0 {
			return -1, EISDIR
		}
		r &= dirRights
	}
	var fdflags fdflags
	if openmode&O_APPEND != 0 {
		fdflags |= FDFLAG_APPEND
	}
	if openmode&O_SYNC != 0 {
		fdflags |= FDFLAG_SYNC
	}
	follow := lookupflags(LOOKUP_SYMLINK_FOLLOW)
	if openmode&O_NOFOLLOW != 0 {
		follow = 0
	}
	var fd int32
	errno := path_open(dirFd, follow, pathPtr, pathLen, oflags, r, fileRights|rights(perm&0o7777|permBit)<<32, fdflags, &fd)
	return int(fd), errnoErr(errno)
}

// The same relative to an open folder, for package internal/syscall/unix.

func Mkdirat(dirfd int, path string, mode uint32) error {
	if path == "" {
		return EINVAL
	}
	return done(sys_mkdir(int32(dirfd), unsafe.Pointer(unsafe.StringData(path)), uint32(len(path)), mode))
}

func Fchmodat(dirfd int, path string, mode uint32) error {
	return done(sys_chmod(int32(dirfd), unsafe.Pointer(unsafe.StringData(path)), uint32(len(path)), mode))
}

func Fchownat(dirfd int, path string, uid, gid int, follow bool) error {
	f := int32(0)
	if follow {
		f = 1
	}
	return done(sys_chown(int32(dirfd), unsafe.Pointer(unsafe.StringData(path)), uint32(len(path)), int32(uid), int32(gid), f))
}

func Fstatat(dirfd int, path string, st *Stat_t, follow bool) error {
	flags := lookupflags(0)
	if follow {
		flags = LOOKUP_SYMLINK_FOLLOW
	}
	errno := path_filestat_get(int32(dirfd), flags, unsafe.StringData(path), size(len(path)), unsafe.Pointer(st))
	if errno != 0 {
		return errno
	}
	setDefaultMode(st)
	return nil
}
