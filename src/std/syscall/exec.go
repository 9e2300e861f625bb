// Processes: what the host starts, waits for and signals for the program. Signals have WASI's numbers for programs, and Linux's for the host.
package syscall

import "unsafe"

//go:wasmimport sys pipe
func sys_pipe(fds unsafe.Pointer) int32

//go:wasmimport sys spawn
func sys_spawn(request unsafe.Pointer) int32

//go:wasmimport sys wait4
func sys_wait4(pid int32, status unsafe.Pointer, options int32, rusage unsafe.Pointer) int32

//go:wasmimport sys ended
func sys_ended(pid int32) int32

//go:wasmimport sys pidfd
func sys_pidfd(pid int32) int32

//go:wasmimport sys kill
func sys_kill(pid, sig int32) int32

//go:wasmimport sys executable
func sys_executable(p unsafe.Pointer, n uint32) int32

//go:wasmimport sys setnonblock
func sys_setnonblock(fd, on int32) int32

// sleep is the runtime's.
func sleep(ns int64)

func (s Signal) linux() int32 {
	if s >= SIGCHLD {
		return int32(s) + 1
	}
	return int32(s)
}

func fromLinux(n uint32) Signal {
	if n > uint32(SIGCHLD) {
		return Signal(n - 1)
	}
	return Signal(n)
}

// The bits of a WaitStatus are Linux's: the signal, 0x7f if it has only stopped, 0x80 for a dumped core, and above them the exit code or the
// signal that stopped it.
const (
	stopped   = 0x7F
	core      = 0x80
	continued = 0xFFFF
)

func (w WaitStatus) Exited() bool    { return w&0x7F == 0 }
func (w WaitStatus) Stopped() bool   { return w&0xFF == stopped }
func (w WaitStatus) Continued() bool { return w == continued }
func (w WaitStatus) Signaled() bool  { return w&0x7F != stopped && w&0x7F != 0 }
func (w WaitStatus) CoreDump() bool  { return w.Signaled() && w&core != 0 }
func (w WaitStatus) TrapCause() int  { return -1 }

func (w WaitStatus) ExitStatus() int {
	if !w.Exited() {
		return -1
	}
	return int(w>>8) & 0xFF
}

func (w WaitStatus) Signal() Signal {
	if !w.Signaled() {
		return Signal(255)
	}
	return fromLinux(uint32(w & 0x7F))
}

func (w WaitStatus) StopSignal() Signal {
	if !w.Stopped() {
		return Signal(255)
	}
	return fromLinux(uint32(w>>8) & 0xFF)
}

// Rusage is what a process has used.
type Rusage struct {
	Utime, Stime                                                  Timeval
	Maxrss, Ixrss, Idrss, Isrss, Minflt, Majflt, Nswap            int64
	Inblock, Oublock, Msgsnd, Msgrcv, Nsignals, Nvcsw, Nivcsw int64
}

// Credential is who a process runs as.
type Credential struct {
	Uid         uint32
	Gid         uint32
	Groups      []uint32
	NoSetGroups bool
}

// SysProcAttr is how a process starts. Setsid, Setpgid and Pgid can be had here; whoever asks for something else gets ENOSYS.
type SysProcAttr struct {
	Chroot     string
	Credential *Credential
	Ptrace     bool
	Setsid     bool
	Setpgid    bool
	Setctty    bool
	Noctty     bool
	Ctty       int
	Foreground bool
	Pgid       int
	Pdeathsig  Signal
}

// A spawnRequest is laid out as spawn in src/host/node/processes.ts reads it.
type spawnRequest struct {
	path, dir  *byte
	argv, envp **byte
	files      *int32
	nfiles     uint32
	flags      uint32
	pgid       int32
}

const (
	spawnSetsid = 1 << iota
	spawnSetpgid
)

// cStrings ends each string with a NUL and their list with nil.
func cStrings(list []string) ([]*byte, error) {
	out := make([]*byte, len(list)+1)
	for i, s := range list {
		p, err := BytePtrFromString(s)
		if err != nil {
			return nil, err
		}
		out[i] = p
	}
	return out, nil
}

// SlicePtrFromStrings is cStrings under the name that it has elsewhere.
func SlicePtrFromStrings(ss []string) ([]*byte, error) { return cStrings(ss) }

// StartProcess starts a program whose descriptors are attr.Files.
func StartProcess(argv0 string, argv []string, attr *ProcAttr) (pid int, handle uintptr, err error) {
	if attr == nil {
		attr = new(ProcAttr)
	}
	var r spawnRequest
	if s := attr.Sys; s != nil {
		if s.Chroot != "" || s.Credential != nil || s.Ptrace || s.Setctty || s.Noctty || s.Foreground || s.Pdeathsig != 0 {
			return 0, 0, ENOSYS
		}
		if s.Setsid {
			r.flags |= spawnSetsid
		}
		if s.Setpgid {
			r.flags |= spawnSetpgid
			r.pgid = int32(s.Pgid)
		}
	}
	dir := attr.Dir
	if !isAbs(dir) {
		dir = joinPath(cwd, dir)
	}
	if r.path, err = BytePtrFromString(argv0); err != nil {
		return 0, 0, err
	}
	if r.dir, err = BytePtrFromString(dir); err != nil {
		return 0, 0, err
	}
	args, err := cStrings(argv)
	if err != nil {
		return 0, 0, err
	}
	env, err := cStrings(attr.Env)
	if err != nil {
		return 0, 0, err
	}
	r.argv, r.envp = &args[0], &env[0]
	files := make([]int32, len(attr.Files)+1)
	for i, fd := range attr.Files {
		files[i] = int32(fd)
	}
	r.files, r.nfiles = &files[0], uint32(len(attr.Files))
	pid, err = result(sys_spawn(unsafe.Pointer(&r)))
	if err != nil {
		return 0, 0, err
	}
	return pid, 0, nil
}

// WNOHANG and its like are Linux's.
const (
	WNOHANG    = 1
	WUNTRACED  = 2
	WCONTINUED = 8
)

// Wait4 waits for a child; package os does so at a descriptor before it calls this.
func Wait4(pid int, wstatus *WaitStatus, options int, rusage *Rusage) (wpid int, err error) {
	for pause := int64(1e5); ; pause = min(2*pause, 1e7) {
		wpid, err = result(sys_wait4(int32(pid), unsafe.Pointer(wstatus), int32(options), unsafe.Pointer(rusage)))
		if err != nil || wpid != 0 || options&WNOHANG != 0 {
			return wpid, err
		}
		sleep(pause)
	}
}

// ProcessEnded reports whether a child has ended, for package os.
func ProcessEnded(pid int) (bool, error) {
	r, err := result(sys_ended(int32(pid)))
	return r == 1, err
}

// OpenProcess returns a descriptor that can be read when the process ends, for package os.
func OpenProcess(pid int) (fd int, err error) { return result(sys_pidfd(int32(pid))) }

// Executable returns the file that starts this program, "" if there is none, for package os.
func Executable() string {
	buf := make([]byte, 4096)
	n := sys_executable(unsafe.Pointer(&buf[0]), uint32(len(buf)))
	return string(buf[:min(int(n), len(buf))])
}

func Kill(pid int, signum Signal) error { return done(sys_kill(int32(pid), signum.linux())) }

// Pipe2 is Pipe: its ends are never given to other programs unasked.
func Pipe2(p []int, flags int) error { return Pipe(p) }

func Pipe(p []int) error {
	if len(p) != 2 {
		return EINVAL
	}
	var fds [2]int32
	if err := done(sys_pipe(unsafe.Pointer(&fds))); err != nil {
		return err
	}
	p[0], p[1] = int(fds[0]), int(fds[1])
	return nil
}

func SetNonblock(fd int, nonblocking bool) error {
	flags, err := fd_fdstat_get_flags(fd)
	if err != nil {
		return err
	}
	on := int32(0)
	flags &^= FDFLAG_NONBLOCK
	if nonblocking {
		flags |= FDFLAG_NONBLOCK
		on = 1
	}
	if errno := fd_fdstat_set_flags(int32(fd), flags); errno != 0 {
		return errno
	}
	sys_setnonblock(int32(fd), on)
	return nil
}
