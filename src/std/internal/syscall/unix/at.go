// Calls relative to an open folder that WASI does not have, or not whole.
package unix

import "syscall"

func Fstatat(dirfd int, path string, stat *syscall.Stat_t, flags int) error {
	return syscall.Fstatat(dirfd, path, stat, flags&AT_SYMLINK_NOFOLLOW == 0)
}

func Mkdirat(dirfd int, path string, mode uint32) error { return syscall.Mkdirat(dirfd, path, mode) }

// Fchmodat refuses to change a link itself, as Linux does.
func Fchmodat(dirfd int, path string, mode uint32, flags int) error {
	if flags&AT_SYMLINK_NOFOLLOW != 0 {
		var st syscall.Stat_t
		if err := Fstatat(dirfd, path, &st, flags); err != nil {
			return err
		}
		if st.Filetype == syscall.FILETYPE_SYMBOLIC_LINK {
			return syscall.ENOTSUP
		}
	}
	return syscall.Fchmodat(dirfd, path, mode)
}

func Fchownat(dirfd int, path string, uid, gid int, flags int) error {
	return syscall.Fchownat(dirfd, path, uid, gid, flags&AT_SYMLINK_NOFOLLOW == 0)
}
