// Sockets: the calls of Berkeley sockets, which Burrow's host makes for the program, with Linux's numbers.
//
// Sockets never wait here, whatever the program has set: packages poll and os wait for the poller, and Read and Write for the host.
package syscall

import (
	"runtime"
	"unsafe"
)

// The calls of the host. A result below 0 is minus an errno. An address is memory laid out as RawSockaddr…
//
//go:wasmimport sys socket
func sys_socket(domain, typ, proto int32) int32

//go:wasmimport sys socketpair
func sys_socketpair(domain, typ, proto int32, fds unsafe.Pointer) int32

//go:wasmimport sys bind
func sys_bind(fd int32, sa unsafe.Pointer, n uint32) int32

//go:wasmimport sys connect
func sys_connect(fd int32, sa unsafe.Pointer, n uint32) int32

//go:wasmimport sys listen
func sys_listen(fd, backlog int32) int32

//go:wasmimport sys accept
func sys_accept(fd int32, sa, n unsafe.Pointer, flags int32) int32

//go:wasmimport sys getsockname
func sys_getsockname(fd int32, sa, n unsafe.Pointer) int32

//go:wasmimport sys getpeername
func sys_getpeername(fd int32, sa, n unsafe.Pointer) int32

//go:wasmimport sys setsockopt
func sys_setsockopt(fd, level, opt int32, p unsafe.Pointer, n uint32) int32

//go:wasmimport sys getsockopt
func sys_getsockopt(fd, level, opt int32, p, n unsafe.Pointer) int32

//go:wasmimport sys shutdown
func sys_shutdown(fd, how int32) int32

//go:wasmimport sys dup
func sys_dup(fd int32) int32

//go:wasmimport sys recv
func sys_recv(fd int32, p unsafe.Pointer, n uint32) int32

//go:wasmimport sys send
func sys_send(fd int32, p unsafe.Pointer, n uint32) int32

//go:wasmimport sys recvfrom
func sys_recvfrom(fd int32, p unsafe.Pointer, n uint32, flags int32, sa, salen unsafe.Pointer) int32

//go:wasmimport sys sendto
func sys_sendto(fd int32, p unsafe.Pointer, n uint32, flags int32, sa unsafe.Pointer, salen uint32) int32

//go:wasmimport sys recvmsg
func sys_recvmsg(fd int32, p unsafe.Pointer, n uint32, oob unsafe.Pointer, oobn uint32, sa unsafe.Pointer, flags int32, out unsafe.Pointer) int32

//go:wasmimport sys sendmsg
func sys_sendmsg(fd int32, p unsafe.Pointer, n uint32, oob unsafe.Pointer, oobn uint32, sa unsafe.Pointer, salen uint32, flags int32) int32

// notHere is recv's and send's result for what is read and written like a file: whatever is no socket, and sockets that are to wait.
const notHere = -1000

// Errnos of Burrow's own.
const (
	enosockets Errno = 90
	eseeded    Errno = 91
)

const sizeofPtr = 8

const (
	SHUT_RD = iota
	SHUT_WR
	SHUT_RDWR
)

func result(r int32) (int, error) {
	if r < 0 {
		return -1, errnoErr(Errno(-r))
	}
	return int(r), nil
}

func done(r int32) error {
	_, err := result(r)
	return err
}

// start is where b's bytes begin; for an empty one, memory that is not looked at.
func start(b []byte) unsafe.Pointer {
	if len(b) == 0 {
		return unsafe.Pointer(&zeroByte)
	}
	return unsafe.Pointer(&b[0])
}

var zeroByte byte

// A Sockaddr is an address of one of the families below.
type Sockaddr interface {
	sockaddr() (raw RawSockaddrAny, n uint32, err error)
}

type SockaddrInet4 struct {
	Port int
	Addr [4]byte
}

type SockaddrInet6 struct {
	Port   int
	ZoneId uint32
	Addr   [16]byte
}

type SockaddrUnix struct {
	Name string
}

type SockaddrNetlink struct {
	Family uint16
	Pad    uint16
	Pid    uint32
	Groups uint32
}

type SockaddrLinklayer struct {
	Protocol uint16
	Ifindex  int
	Hatype   uint16
	Pkttype  uint8
	Halen    uint8
	Addr     [8]byte
}

// The same as the kernel has them.
type RawSockaddrInet4 struct {
	Family uint16
	Port   uint16
	Addr   [4]byte
	Zero   [8]uint8
}

type RawSockaddrInet6 struct {
	Family   uint16
	Port     uint16
	Flowinfo uint32
	Addr     [16]byte
	Scope_id uint32
}

type RawSockaddrUnix struct {
	Family uint16
	Path   [108]int8
}

type RawSockaddrLinklayer struct {
	Family   uint16
	Protocol uint16
	Ifindex  int32
	Hatype   uint16
	Pkttype  uint8
	Halen    uint8
	Addr     [8]uint8
}

type RawSockaddrNetlink struct {
	Family uint16
	Pad    uint16
	Pid    uint32
	Groups uint32
}

type RawSockaddr struct {
	Family uint16
	Data   [14]int8
}

type RawSockaddrAny struct {
	Addr RawSockaddr
	Pad  [96]int8
}

const (
	SizeofSockaddrInet4     = 0x10
	SizeofSockaddrInet6     = 0x1c
	SizeofSockaddrAny       = 0x70
	SizeofSockaddrUnix      = 0x6e
	SizeofSockaddrLinklayer = 0x14
	SizeofSockaddrNetlink   = 0xc
)

func swapped(port int) (uint16, error) {
	if port < 0 || port > 0xffff {
		return 0, EINVAL
	}
	return uint16(port)<<8 | uint16(port)>>8, nil
}

func (sa *SockaddrInet4) sockaddr() (raw RawSockaddrAny, n uint32, err error) {
	r := (*RawSockaddrInet4)(unsafe.Pointer(&raw))
	r.Family = AF_INET
	r.Port, err = swapped(sa.Port)
	r.Addr = sa.Addr
	return raw, SizeofSockaddrInet4, err
}

func (sa *SockaddrInet6) sockaddr() (raw RawSockaddrAny, n uint32, err error) {
	r := (*RawSockaddrInet6)(unsafe.Pointer(&raw))
	r.Family = AF_INET6
	r.Port, err = swapped(sa.Port)
	r.Scope_id = sa.ZoneId
	r.Addr = sa.Addr
	return raw, SizeofSockaddrInet6, err
}

// A name that begins with @ or NUL is abstract: its first byte is NUL, and its length counts.
func (sa *SockaddrUnix) sockaddr() (raw RawSockaddrAny, n uint32, err error) {
	r := (*RawSockaddrUnix)(unsafe.Pointer(&raw))
	name := sa.Name
	abstract := name != "" && (name[0] == '@' || name[0] == 0)
	if len(name) > len(r.Path) || len(name) == len(r.Path) && !abstract {
		return raw, 0, EINVAL
	}
	r.Family = AF_UNIX
	for i := range len(name) {
		r.Path[i] = int8(name[i])
	}
	n = 2
	if name != "" {
		n += uint32(len(name)) + 1
	}
	if abstract {
		r.Path[0] = 0
		n--
	}
	return raw, n, nil
}

func (sa *SockaddrNetlink) sockaddr() (raw RawSockaddrAny, n uint32, err error) {
	r := (*RawSockaddrNetlink)(unsafe.Pointer(&raw))
	*r = RawSockaddrNetlink{Family: AF_NETLINK, Pad: sa.Pad, Pid: sa.Pid, Groups: sa.Groups}
	return raw, SizeofSockaddrNetlink, nil
}

func (sa *SockaddrLinklayer) sockaddr() (raw RawSockaddrAny, n uint32, err error) {
	if sa.Ifindex < 0 || sa.Ifindex > 0x7fffffff {
		return raw, 0, EINVAL
	}
	r := (*RawSockaddrLinklayer)(unsafe.Pointer(&raw))
	*r = RawSockaddrLinklayer{AF_PACKET, sa.Protocol, int32(sa.Ifindex), sa.Hatype, sa.Pkttype, sa.Halen, sa.Addr}
	return raw, SizeofSockaddrLinklayer, nil
}

func (sa *SockaddrInet4) set(raw *RawSockaddrAny) {
	r := (*RawSockaddrInet4)(unsafe.Pointer(raw))
	sa.Port = int(r.Port>>8 | r.Port<<8)
	sa.Addr = r.Addr
}

func (sa *SockaddrInet6) set(raw *RawSockaddrAny) {
	r := (*RawSockaddrInet6)(unsafe.Pointer(raw))
	sa.Port = int(r.Port>>8 | r.Port<<8)
	sa.ZoneId = r.Scope_id
	sa.Addr = r.Addr
}

// anyToSockaddr makes a Sockaddr of the n bytes at raw, which the kernel has filled in.
func anyToSockaddr(raw *RawSockaddrAny, n uint32) (Sockaddr, error) {
	switch raw.Addr.Family {
	case AF_INET:
		sa := new(SockaddrInet4)
		sa.set(raw)
		return sa, nil
	case AF_INET6:
		sa := new(SockaddrInet6)
		sa.set(raw)
		return sa, nil
	case AF_NETLINK:
		r := (*RawSockaddrNetlink)(unsafe.Pointer(raw))
		return &SockaddrNetlink{r.Family, r.Pad, r.Pid, r.Groups}, nil
	case AF_PACKET:
		r := (*RawSockaddrLinklayer)(unsafe.Pointer(raw))
		return &SockaddrLinklayer{r.Protocol, int(r.Ifindex), r.Hatype, r.Pkttype, r.Halen, r.Addr}, nil
	case AF_UNIX:
		r := (*RawSockaddrUnix)(unsafe.Pointer(raw))
		name := unsafe.Slice((*byte)(unsafe.Pointer(&r.Path)), len(r.Path))
		if n <= 2 {
			return &SockaddrUnix{}, nil
		}
		if r.Path[0] == 0 {
			name[0] = '@'
			name = name[:min(int(n)-2, len(name))]
		} else {
			for i, b := range name {
				if b == 0 {
					name = name[:i]
					break
				}
			}
		}
		return &SockaddrUnix{string(name)}, nil
	}
	return nil, EAFNOSUPPORT
}

func Socket(domain, typ, proto int) (fd int, err error) {
	return result(sys_socket(int32(domain), int32(typ), int32(proto)))
}

func Socketpair(domain, typ, proto int) (fd [2]int, err error) {
	var fds [2]int32
	err = done(sys_socketpair(int32(domain), int32(typ), int32(proto), unsafe.Pointer(&fds)))
	if err == nil {
		fd = [2]int{int(fds[0]), int(fds[1])}
	}
	return
}

func Bind(fd int, sa Sockaddr) error {
	raw, n, err := sa.sockaddr()
	if err != nil {
		return err
	}
	return done(sys_bind(int32(fd), unsafe.Pointer(&raw), n))
}

func Connect(fd int, sa Sockaddr) error {
	raw, n, err := sa.sockaddr()
	if err != nil {
		return err
	}
	return done(sys_connect(int32(fd), unsafe.Pointer(&raw), n))
}

func Listen(fd int, backlog int) error {
	return done(sys_listen(int32(fd), int32(backlog)))
}

func Accept4(fd int, flags int) (nfd int, sa Sockaddr, err error) {
	var raw RawSockaddrAny
	n := uint32(SizeofSockaddrAny)
	nfd, err = result(sys_accept(int32(fd), unsafe.Pointer(&raw), unsafe.Pointer(&n), int32(flags)))
	if err != nil {
		return -1, nil, err
	}
	if sa, err = anyToSockaddr(&raw, n); err != nil {
		Close(nfd)
		return -1, nil, err
	}
	return nfd, sa, nil
}

func Accept(fd int) (nfd int, sa Sockaddr, err error) { return Accept4(fd, 0) }

func Getsockname(fd int) (Sockaddr, error) {
	var raw RawSockaddrAny
	n := uint32(SizeofSockaddrAny)
	if err := done(sys_getsockname(int32(fd), unsafe.Pointer(&raw), unsafe.Pointer(&n))); err != nil {
		return nil, err
	}
	return anyToSockaddr(&raw, n)
}

func Getpeername(fd int) (Sockaddr, error) {
	var raw RawSockaddrAny
	n := uint32(SizeofSockaddrAny)
	if err := done(sys_getpeername(int32(fd), unsafe.Pointer(&raw), unsafe.Pointer(&n))); err != nil {
		return nil, err
	}
	return anyToSockaddr(&raw, n)
}

func Shutdown(fd int, how int) error { return done(sys_shutdown(int32(fd), int32(how))) }

// StopIO has no use here: closing a descriptor of the poller ends what waits for it.
func StopIO(fd int) error { return nil }

// Dup makes another descriptor of a socket.
func Dup(fd int) (int, error) { return result(sys_dup(int32(fd))) }

func Read(fd int, b []byte) (int, error) {
	r := sys_recv(int32(fd), start(b), uint32(len(b)))
	if r != notHere {
		return result(r)
	}
	var n size
	v := iovec{buf: uintptr32(uintptr(start(b))), bufLen: size(len(b))}
	errno := fd_read(int32(fd), &v, 1, &n)
	runtime.KeepAlive(b)
	return int(n), errnoErr(errno)
}

func Write(fd int, b []byte) (int, error) {
	r := sys_send(int32(fd), start(b), uint32(len(b)))
	if r != notHere {
		return result(r)
	}
	var n size
	v := iovec{buf: uintptr32(uintptr(start(b))), bufLen: size(len(b))}
	errno := fd_write(int32(fd), &v, 1, &n)
	runtime.KeepAlive(b)
	return int(n), errnoErr(errno)
}

func recvfrom(fd int, p []byte, flags int, raw *RawSockaddrAny) (n int, salen uint32, err error) {
	salen = SizeofSockaddrAny
	n, err = result(sys_recvfrom(int32(fd), start(p), uint32(len(p)), int32(flags), unsafe.Pointer(raw), unsafe.Pointer(&salen)))
	return
}

func Recvfrom(fd int, p []byte, flags int) (n int, from Sockaddr, err error) {
	var raw RawSockaddrAny
	n, salen, err := recvfrom(fd, p, flags, &raw)
	if err == nil && raw.Addr.Family != AF_UNSPEC {
		from, err = anyToSockaddr(&raw, salen)
	}
	return
}

func recvfromInet4(fd int, p []byte, flags int, from *SockaddrInet4) (n int, err error) {
	var raw RawSockaddrAny
	n, _, err = recvfrom(fd, p, flags, &raw)
	if err == nil {
		from.set(&raw)
	}
	return
}

func recvfromInet6(fd int, p []byte, flags int, from *SockaddrInet6) (n int, err error) {
	var raw RawSockaddrAny
	n, _, err = recvfrom(fd, p, flags, &raw)
	if err == nil {
		from.set(&raw)
	}
	return
}

func Sendto(fd int, p []byte, flags int, to Sockaddr) error {
	if to == nil {
		return done(sys_sendto(int32(fd), start(p), uint32(len(p)), int32(flags), nil, 0))
	}
	raw, n, err := to.sockaddr()
	if err != nil {
		return err
	}
	return done(sys_sendto(int32(fd), start(p), uint32(len(p)), int32(flags), unsafe.Pointer(&raw), n))
}

func sendtoInet4(fd int, p []byte, flags int, to *SockaddrInet4) error { return Sendto(fd, p, flags, to) }

func sendtoInet6(fd int, p []byte, flags int, to *SockaddrInet6) error { return Sendto(fd, p, flags, to) }

// dummy is a byte to send or receive with control messages that come with no other data: they need some on a stream.
func dummy(fd int, p, oob []byte) (data []byte, isDummy bool) {
	if len(p) > 0 || len(oob) == 0 {
		return p, false
	}
	if t, err := GetsockoptInt(fd, SOL_SOCKET, SO_TYPE); err != nil || t == SOCK_DGRAM {
		return p, false
	}
	return make([]byte, 1), true
}

func recvmsg(fd int, p, oob []byte, flags int, raw *RawSockaddrAny) (n, oobn, recvflags int, salen uint32, err error) {
	data, _ := dummy(fd, p, oob)
	var out struct{ salen, oobn, flags uint32 }
	var sa [128]byte
	n, err = result(sys_recvmsg(int32(fd), start(data), uint32(len(data)), start(oob), uint32(len(oob)), unsafe.Pointer(&sa), int32(flags), unsafe.Pointer(&out)))
	if err != nil {
		return 0, 0, 0, 0, err
	}
	*raw = *(*RawSockaddrAny)(unsafe.Pointer(&sa))
	return n, int(out.oobn), int(out.flags), out.salen, nil
}

func Recvmsg(fd int, p, oob []byte, flags int) (n, oobn, recvflags int, from Sockaddr, err error) {
	var raw RawSockaddrAny
	n, oobn, recvflags, salen, err := recvmsg(fd, p, oob, flags, &raw)
	if err == nil && salen > 0 && raw.Addr.Family != AF_UNSPEC {
		from, err = anyToSockaddr(&raw, salen)
	}
	return
}

func recvmsgInet4(fd int, p, oob []byte, flags int, from *SockaddrInet4) (n, oobn int, recvflags int, err error) {
	var raw RawSockaddrAny
	n, oobn, recvflags, _, err = recvmsg(fd, p, oob, flags, &raw)
	if err == nil {
		from.set(&raw)
	}
	return
}

func recvmsgInet6(fd int, p, oob []byte, flags int, from *SockaddrInet6) (n, oobn int, recvflags int, err error) {
	var raw RawSockaddrAny
	n, oobn, recvflags, _, err = recvmsg(fd, p, oob, flags, &raw)
	if err == nil {
		from.set(&raw)
	}
	return
}

func Sendmsg(fd int, p, oob []byte, to Sockaddr, flags int) error {
	_, err := SendmsgN(fd, p, oob, to, flags)
	return err
}

func SendmsgN(fd int, p, oob []byte, to Sockaddr, flags int) (n int, err error) {
	var raw RawSockaddrAny
	var salen uint32
	if to != nil {
		if raw, salen, err = to.sockaddr(); err != nil {
			return 0, err
		}
	}
	data, isDummy := dummy(fd, p, oob)
	n, err = result(sys_sendmsg(int32(fd), start(data), uint32(len(data)), start(oob), uint32(len(oob)), unsafe.Pointer(&raw), salen, int32(flags)))
	if err != nil || isDummy {
		return 0, err
	}
	return n, nil
}

func sendmsgNInet4(fd int, p, oob []byte, to *SockaddrInet4, flags int) (n int, err error) {
	if to == nil {
		return SendmsgN(fd, p, oob, nil, flags)
	}
	return SendmsgN(fd, p, oob, to, flags)
}

func sendmsgNInet6(fd int, p, oob []byte, to *SockaddrInet6, flags int) (n int, err error) {
	if to == nil {
		return SendmsgN(fd, p, oob, nil, flags)
	}
	return SendmsgN(fd, p, oob, to, flags)
}
