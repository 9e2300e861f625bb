// Options of sockets.
package syscall

import "unsafe"

type Linger struct {
	Onoff  int32
	Linger int32
}

type IPMreq struct {
	Multiaddr [4]byte
	Interface [4]byte
}

type IPMreqn struct {
	Multiaddr [4]byte
	Address   [4]byte
	Ifindex   int32
}

type IPv6Mreq struct {
	Multiaddr [16]byte
	Interface uint32
}

type IPv6MTUInfo struct {
	Addr RawSockaddrInet6
	Mtu  uint32
}

type ICMPv6Filter struct {
	Data [8]uint32
}

type Ucred struct {
	Pid int32
	Uid uint32
	Gid uint32
}

type Inet4Pktinfo struct {
	Ifindex  int32
	Spec_dst [4]byte
	Addr     [4]byte
}

type Inet6Pktinfo struct {
	Addr    [16]byte
	Ifindex uint32
}

type Cmsghdr struct {
	Len   uint64
	Level int32
	Type  int32
}

// SetLen says how long the message with its header is.
func (h *Cmsghdr) SetLen(length int) { h.Len = uint64(length) }

const (
	SizeofLinger       = 0x8
	SizeofIPMreq       = 0x8
	SizeofIPMreqn      = 0xc
	SizeofIPv6Mreq     = 0x14
	SizeofIPv6MTUInfo  = 0x20
	SizeofICMPv6Filter = 0x20
	SizeofUcred        = 0xc
	SizeofCmsghdr      = 0x10
	SizeofInet4Pktinfo = 0xc
	SizeofInet6Pktinfo = 0x14
)

func setsockopt[T any](fd, level, opt int, value *T) error {
	return done(sys_setsockopt(int32(fd), int32(level), int32(opt), unsafe.Pointer(value), uint32(unsafe.Sizeof(*value))))
}

func getsockopt[T any](fd, level, opt int) (*T, error) {
	value := new(T)
	n := uint32(unsafe.Sizeof(*value))
	err := done(sys_getsockopt(int32(fd), int32(level), int32(opt), unsafe.Pointer(value), unsafe.Pointer(&n)))
	return value, err
}

func SetsockoptByte(fd, level, opt int, value byte) error { return setsockopt(fd, level, opt, &value) }

func SetsockoptInt(fd, level, opt int, value int) error {
	v := int32(value)
	return setsockopt(fd, level, opt, &v)
}

func SetsockoptInet4Addr(fd, level, opt int, value [4]byte) error {
	return setsockopt(fd, level, opt, &value)
}

func SetsockoptTimeval(fd, level, opt int, tv *Timeval) error { return setsockopt(fd, level, opt, tv) }

func SetsockoptLinger(fd, level, opt int, l *Linger) error { return setsockopt(fd, level, opt, l) }

func SetsockoptIPMreq(fd, level, opt int, mreq *IPMreq) error { return setsockopt(fd, level, opt, mreq) }

func SetsockoptIPMreqn(fd, level, opt int, mreq *IPMreqn) error {
	return setsockopt(fd, level, opt, mreq)
}

func SetsockoptIPv6Mreq(fd, level, opt int, mreq *IPv6Mreq) error {
	return setsockopt(fd, level, opt, mreq)
}

func SetsockoptICMPv6Filter(fd, level, opt int, filter *ICMPv6Filter) error {
	return setsockopt(fd, level, opt, filter)
}

func SetsockoptString(fd, level, opt int, s string) error {
	b := []byte(s)
	return done(sys_setsockopt(int32(fd), int32(level), int32(opt), start(b), uint32(len(b))))
}

func BindToDevice(fd int, device string) error {
	return SetsockoptString(fd, SOL_SOCKET, SO_BINDTODEVICE, device)
}

func GetsockoptInt(fd, level, opt int) (value int, err error) {
	v, err := getsockopt[int32](fd, level, opt)
	return int(*v), err
}

func GetsockoptInet4Addr(fd, level, opt int) (value [4]byte, err error) {
	v, err := getsockopt[[4]byte](fd, level, opt)
	return *v, err
}

func GetsockoptIPMreq(fd, level, opt int) (*IPMreq, error) { return getsockopt[IPMreq](fd, level, opt) }

func GetsockoptIPMreqn(fd, level, opt int) (*IPMreqn, error) {
	return getsockopt[IPMreqn](fd, level, opt)
}

func GetsockoptIPv6Mreq(fd, level, opt int) (*IPv6Mreq, error) {
	return getsockopt[IPv6Mreq](fd, level, opt)
}

func GetsockoptIPv6MTUInfo(fd, level, opt int) (*IPv6MTUInfo, error) {
	return getsockopt[IPv6MTUInfo](fd, level, opt)
}

func GetsockoptICMPv6Filter(fd, level, opt int) (*ICMPv6Filter, error) {
	return getsockopt[ICMPv6Filter](fd, level, opt)
}

func GetsockoptUcred(fd, level, opt int) (*Ucred, error) { return getsockopt[Ucred](fd, level, opt) }
