// Linux's numbers of what sockets have: families, types, protocols, options, flags.
package syscall

const (
	AF_UNSPEC  = 0
	AF_UNIX    = 1
	AF_LOCAL   = AF_UNIX
	AF_INET    = 2
	AF_INET6   = 10
	AF_NETLINK = 16
	AF_PACKET  = 17
)

const (
	SOCK_STREAM    = 1
	SOCK_DGRAM     = 2
	SOCK_RAW       = 3
	SOCK_SEQPACKET = 5
	SOCK_NONBLOCK  = 0o4000
	SOCK_CLOEXEC   = 0o2000000
)

const (
	IPPROTO_IP     = 0
	IPPROTO_ICMP   = 1
	IPPROTO_IPV4   = 4 // as WASI has it; Linux calls it IPIP
	IPPROTO_TCP    = 6
	IPPROTO_UDP    = 17
	IPPROTO_IPV6   = 41
	IPPROTO_ICMPV6 = 58
	IPPROTO_RAW    = 255
)

const SOMAXCONN = 128

const (
	SOL_SOCKET      = 1
	SO_REUSEADDR    = 2
	SO_TYPE         = 3
	SO_ERROR        = 4
	SO_DONTROUTE    = 5
	SO_BROADCAST    = 6
	SO_SNDBUF       = 7
	SO_RCVBUF       = 8
	SO_KEEPALIVE    = 9
	SO_OOBINLINE    = 10
	SO_PRIORITY     = 12
	SO_LINGER       = 13
	SO_REUSEPORT    = 15
	SO_PASSCRED     = 16
	SO_PEERCRED     = 17
	SO_RCVLOWAT     = 18
	SO_SNDLOWAT     = 19
	SO_RCVTIMEO     = 20
	SO_SNDTIMEO     = 21
	SO_BINDTODEVICE = 25
	SO_TIMESTAMP    = 29
	SO_ACCEPTCONN   = 30
	SO_MARK         = 36
	SO_PROTOCOL     = 38
	SO_DOMAIN       = 39
)

const (
	TCP_NODELAY       = 1
	TCP_MAXSEG        = 2
	TCP_CORK          = 3
	TCP_KEEPIDLE      = 4
	TCP_KEEPINTVL     = 5
	TCP_KEEPCNT       = 6
	TCP_SYNCNT        = 7
	TCP_LINGER2       = 8
	TCP_DEFER_ACCEPT  = 9
	TCP_WINDOW_CLAMP  = 10
	TCP_INFO          = 11
	TCP_QUICKACK      = 12
	TCP_CONGESTION    = 13
	IP_TOS            = 1
	IP_TTL            = 2
	IP_HDRINCL        = 3
	IP_OPTIONS        = 4
	IP_PKTINFO        = 8
	IP_MTU_DISCOVER   = 10
	IP_RECVERR        = 11
	IP_RECVTTL        = 12
	IP_RECVTOS        = 13
	IP_MTU            = 14
	IP_FREEBIND       = 15
	IP_MULTICAST_IF   = 32
	IP_MULTICAST_TTL  = 33
	IP_MULTICAST_LOOP = 34
	IP_ADD_MEMBERSHIP = 35

	IP_DROP_MEMBERSHIP = 36

	IPV6_CHECKSUM       = 7
	IPV6_UNICAST_HOPS   = 16
	IPV6_MULTICAST_IF   = 17
	IPV6_MULTICAST_HOPS = 18
	IPV6_MULTICAST_LOOP = 19
	IPV6_JOIN_GROUP     = 20
	IPV6_LEAVE_GROUP    = 21
	IPV6_MTU            = 24
	IPV6_V6ONLY         = 26
	IPV6_RECVPKTINFO    = 49
	IPV6_PKTINFO        = 50
	IPV6_RECVHOPLIMIT   = 51
	IPV6_HOPLIMIT       = 52
	IPV6_RECVTCLASS     = 66
	IPV6_TCLASS         = 67
)

const (
	MSG_OOB          = 0x1
	MSG_PEEK         = 0x2
	MSG_DONTROUTE    = 0x4
	MSG_CTRUNC       = 0x8
	MSG_TRUNC        = 0x20
	MSG_DONTWAIT     = 0x40
	MSG_EOR          = 0x80
	MSG_WAITALL      = 0x100
	MSG_ERRQUEUE     = 0x2000
	MSG_NOSIGNAL     = 0x4000
	MSG_MORE         = 0x8000
	MSG_CMSG_CLOEXEC = 0x40000000
)

const (
	SCM_RIGHTS      = 1
	SCM_CREDENTIALS = 2
)

// What package poll and its like ask for a descriptor by.
const (
	FD_CLOEXEC      = 1
	F_DUPFD_CLOEXEC = 1030
	SYS_FCNTL       = 500 // not a call of this system
)
