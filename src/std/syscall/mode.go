package syscall

import "unsafe"

// setDefaultMode finds the permission bits where Burrow's host puts them: in the padding after Filetype. Other hosts leave it zero,
// and then the owner may do anything.
func setDefaultMode(st *Stat_t) {
	st.Mode = int(*(*uint16)(unsafe.Add(unsafe.Pointer(st), unsafe.Offsetof(st.Filetype)+2)))
	if st.Mode == 0 {
		st.Mode = 0o600
		if st.Filetype == FILETYPE_DIRECTORY {
			st.Mode = 0o700
		}
	}
}
