// Sockets: TCP, UDP, Unix, deadlines, errors, and what the scheduler makes of goroutines that wait for the network. All of it on the loopback.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../bench/http/load.ts';
import { burrow, file, run } from './workspace.testing.ts';

const linux = process.platform === 'linux' ? false : 'sockets are only there on Linux';

test('streams and datagrams', { skip: linux }, () => {
  const r = run(`package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"
)

func stream(network, addr string) {
	l, err := net.Listen(network, addr)
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				io.Copy(c, c)
				c.Close()
			}()
		}
	}()
	c, err := net.Dial(network, l.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	sent := make([]byte, 3<<20)
	for i := range sent {
		sent[i] = byte(i * i)
	}
	go func() {
		c.Write(sent)
		c.(interface{ CloseWrite() error }).CloseWrite()
	}()
	got, err := io.ReadAll(c)
	fmt.Println(network, string(got) == string(sent), err)
	c.Close()
	l.Close()
}

func packets(network, addr, from string) {
	a, err := net.ListenPacket(network, addr)
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := net.ListenPacket(network, from)
	if err != nil {
		fmt.Println(err)
		return
	}
	b.WriteTo([]byte("ping"), a.LocalAddr())
	buf := make([]byte, 100)
	n, peer, err := a.ReadFrom(buf)
	fmt.Println(network, string(buf[:n]), peer.String() == b.LocalAddr().String(), err)
	a.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
	_, _, err = a.ReadFrom(buf)
	fmt.Println(err.(net.Error).Timeout())
	a.Close()
	b.Close()
}

func main() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	at := func(name string) string { return filepath.Join(dir, name) }
	stream("tcp", "127.0.0.1:0")
	stream("unix", at("s"))
	packets("udp", "127.0.0.1:0", "127.0.0.1:0")
	packets("unixgram", at("a"), at("b"))
	left, _ := os.ReadDir(dir)
	fmt.Println(len(left))
}
`);
  assert.equal(
    r.out,
    'tcp true <nil>\nunix true <nil>\nudp ping true <nil>\ntrue\nunixgram ping true <nil>\ntrue\n2\n',
  );
});

test('errors are worded as natively', { skip: linux }, () => {
  const r = run(`package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

func main() {
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	addr := l.Addr().String()
	say := func(err error) { fmt.Println(strings.ReplaceAll(err.Error(), addr, "ADDR")) }
	_, err := net.Listen("tcp", addr)
	say(err)
	c, _ := net.Dial("tcp", addr)
	local := c.LocalAddr().String()
	c.SetReadDeadline(time.Now().Add(-time.Second))
	_, err = c.Read(make([]byte, 1))
	fmt.Println(strings.ReplaceAll(err.Error(), local, "LOCAL") == "read tcp LOCAL->"+addr+": i/o timeout", errors.Is(err, os.ErrDeadlineExceeded))
	c.Close()
	_, err = c.Write([]byte("x"))
	fmt.Println(errors.Is(err, net.ErrClosed))
	go func() {
		time.Sleep(time.Millisecond)
		l.Close()
	}()
	l.Accept()
	_, err = l.Accept()
	say(err)
	_, err = net.Dial("tcp", addr)
	say(err)
	fmt.Println(errors.Is(err, syscall.ECONNREFUSED))
	_, err = net.Dial("unix", "/nonexistent/socket")
	say(err)
	_, err = net.Dial("tcp", "127.0.0.1:bad")
	say(err)
}
`);
  assert.equal(
    r.out,
    `listen tcp ADDR: bind: address already in use
true true
true
accept tcp ADDR: use of closed network connection
dial tcp ADDR: connect: connection refused
true
dial unix /nonexistent/socket: connect: no such file or directory
dial tcp: lookup tcp/bad: unknown port
`,
  );
});

test('a goroutine that waits for the network costs no M, and ends with the program', { skip: linux }, () => {
  const r = run(`package main

import (
	"fmt"
	"net"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"
)

func main() {
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	go func() {
		for {
			c, _ := l.Accept()
			go c.Read(make([]byte, 1))
		}
	}()
	for range 100 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			panic(err)
		}
		go c.Read(make([]byte, 1))
	}
	time.Sleep(50 * time.Millisecond)
	fmt.Println(runtime.NumGoroutine(), pprof.Lookup("threadcreate").Count() < 20)
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	fmt.Println(strings.Count(string(buf), "[IO wait]:"))
}
`);
  assert.equal(r.out, '202 true\n201\n');
});

test('who waits for the network is not deadlocked, who waits for nothing is', { skip: linux }, () => {
  const prog = file(
    'dead/main.go',
    `package main

import (
	"fmt"
	"net"
	"runtime"
	"time"
)

func main() {
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	done := make(chan bool)
	go func() {
		runtime.LockOSThread()
		l.Accept()
		close(done)
	}()
	time.AfterFunc(30*time.Millisecond, func() { net.Dial("tcp", l.Addr().String()) })
	<-done
	fmt.Println("accepted")
	l.Close()
	select {}
}
`,
  );
  const r = burrow(['run', prog]);
  assert.equal(r.out, 'accepted\n');
  assert.match(r.err, /^fatal error: all goroutines are asleep - deadlock!/);
  assert.equal(r.code, 2);
});

test('a run from a seed has no sockets and says so', { skip: linux }, () => {
  const prog = file(
    'seeded/main.go',
    `package main

import (
	"fmt"
	"net"
)

func main() {
	_, err := net.Listen("tcp", "127.0.0.1:0")
	fmt.Println(err)
}
`,
  );
  const r = burrow(['run', '-seed=1', prog]);
  assert.equal(r.out, 'listen tcp 127.0.0.1:0: socket: sockets cannot be had in a run from a seed\n');
});

test('an HTTP server under load makes no errors and leaks no goroutine', { skip: linux }, async () => {
  const burrows = (await load(1, false, ['-n', '4000', '-c', '50']))[0]!;
  assert.equal(burrows.errors, 0);
  assert.ok(burrows.after <= burrows.before, `${burrows.after} goroutines after ${burrows.before}`);
});
