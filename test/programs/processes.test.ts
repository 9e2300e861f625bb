// Processes that programs start, and what they do with files and pipes. The expected output is that of the native toolchain.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './workspace.testing.ts';

test('commands: output, exit codes, signals, folders, environment, further descriptors', () => {
  const r = run(`package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

func main() {
	out, err := exec.Command("echo", "hello", "world").Output()
	fmt.Printf("%q %v\\n", out, err)
	out, err = exec.Command("sh", "-c", "echo err >&2; exit 3").CombinedOutput()
	fmt.Printf("%q %v\\n", out, err)
	var ee *exec.ExitError
	fmt.Println(errors.As(err, &ee), ee.ExitCode())
	_, err = exec.Command("nosuchprogram").Output()
	fmt.Println(err)
	_, err = exec.Command("/nosuchdir/x").Output()
	fmt.Println(err)
	c := exec.Command("cat")
	c.Stdin = strings.NewReader("from stdin")
	var b bytes.Buffer
	c.Stdout = &b
	fmt.Println(c.Run(), b.String())
	c = exec.Command("sleep", "100")
	fmt.Println(c.Start())
	t := time.Now()
	time.AfterFunc(50*time.Millisecond, func() { c.Process.Kill() })
	fmt.Println(c.Wait(), time.Since(t) < 5*time.Second)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	err = exec.CommandContext(ctx, "sleep", "100").Run()
	fmt.Println(err, ctx.Err())
	c = exec.Command("pwd")
	c.Dir = "/usr"
	o, err := c.Output()
	fmt.Printf("%s%v\\n", o, err)
	c = exec.Command("sh", "-c", "echo $FOO; cat <&3")
	c.Env = []string{"FOO=bar", "PATH=" + os.Getenv("PATH")}
	r, w, _ := os.Pipe()
	go func() { io.WriteString(w, "extra"); w.Close() }()
	c.ExtraFiles = []*os.File{r}
	o, err = c.Output()
	fmt.Printf("%s %v\\n", o, err)
	c = exec.Command("sh", "-c", "kill -TERM $$")
	err = c.Run()
	fmt.Println(err, c.ProcessState.Sys().(syscall.WaitStatus).Signal() == syscall.SIGTERM)
	p, err := os.StartProcess("/bin/true", []string{"true"}, &os.ProcAttr{})
	st, err2 := p.Wait()
	fmt.Println(err, err2, st, st.Success(), st.Pid() == p.Pid)
	fmt.Println(p.Kill(), os.Getpid() > 5)
	cm := exec.Command("sh", "-c", "for i in 1 2 3; do echo line $i; sleep 0.02; done")
	so, _ := cm.StdoutPipe()
	cm.Start()
	d, _ := io.ReadAll(so)
	fmt.Printf("%q %v\\n", d, cm.Wait())
	h, err := os.Hostname()
	fmt.Println(h != "", err)
}
`);
  assert.equal(r.err, '');
  assert.equal(
    r.out,
    `"hello world\\n" <nil>
"err\\n" exit status 3
true 3
exec: "nosuchprogram": executable file not found in $PATH
fork/exec /nosuchdir/x: no such file or directory
<nil> from stdin
<nil>
signal: killed true
signal: killed context deadline exceeded
/usr
<nil>
bar
extra <nil>
signal: terminated true
<nil> <nil> exit status 0 true true
os: process already finished true
"line 1\\nline 2\\nline 3\\n" <nil>
true <nil>
`,
  );
});

test('a program starts itself', () => {
  const r = run(`package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Println("child", os.Args[1:], os.Getppid() > 1)
		os.Exit(4)
	}
	e, err := os.Executable()
	fmt.Println(e != "", err)
	for _, p := range []string{e, os.Args[0]} {
		out, err := exec.Command(p, "a", "b").Output()
		fmt.Printf("%s %v\\n", out, err)
	}
}
`);
  assert.equal(r.err, '');
  assert.equal(r.out, 'true <nil>\n' + 'child [a b] true\n exit status 4\n'.repeat(2));
});

test('a program that is given descriptors above 2 finds them; files have one position for all', () => {
  const r = run(`package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"syscall"
)

func child() {
	three, four := os.NewFile(3, "three"), os.NewFile(4, "four")
	b, err := io.ReadAll(three)
	fmt.Printf("%q %v\\n", b, err)
	at, err := four.Seek(0, io.SeekCurrent)
	fmt.Println(at, err)
	fmt.Fprintln(four, "child")
	l, err := net.FileListener(os.NewFile(5, "five"))
	fmt.Println(err)
	c, err := l.Accept()
	fmt.Println(err)
	fmt.Fprintln(c, "hello")
	c.Close()
	_, err = os.NewFile(100, "hundred").Stat()
	fmt.Println(err)
	_, err = three.Seek(0, io.SeekStart)
	fmt.Println(err)
}

func main() {
	if len(os.Args) > 1 {
		child()
		return
	}
	exe, _ := os.Executable()
	r, w, _ := os.Pipe()
	f, _ := os.CreateTemp("", "x")
	defer os.Remove(f.Name())
	fmt.Fprintln(f, "header")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	fmt.Println(err)
	lf, _ := l.(*net.TCPListener).File()
	cmd := exec.Command(exe, "child")
	cmd.ExtraFiles = []*os.File{r, f, lf}
	cmd.Stdout = os.Stdout
	cmd.Stderr = os.Stderr
	fmt.Println(cmd.Start())
	fmt.Fprint(w, "through a pipe")
	w.Close()
	c, _ := net.Dial("tcp", l.Addr().String())
	b, _ := io.ReadAll(c)
	fmt.Println(cmd.Wait())
	fmt.Printf("%s", b)
	fmt.Fprintln(f, "parent")
	echo := exec.Command("echo", "other")
	echo.Stdout = f
	fmt.Println(echo.Run())
	fmt.Fprintln(f, "end")
	b, _ = os.ReadFile(f.Name())
	fmt.Printf("%s", b)
	d, err := syscall.Dup(int(f.Fd()))
	f.Seek(7, io.SeekStart)
	b, err2 := io.ReadAll(os.NewFile(uintptr(d), "dup"))
	fmt.Println(len(b), err, err2)
}
`);
  assert.equal(r.err, '');
  assert.equal(
    r.out,
    `<nil>
<nil>
"through a pipe" <nil>
7 <nil>
<nil>
<nil>
stat hundred: bad file descriptor
seek three: illegal seek
<nil>
hello
<nil>
header
child
parent
other
end
23 <nil> <nil>
`,
  );
});

test('the end of a process is not missed while somebody sleeps', () => {
  const r = run(`package main

import (
	"fmt"
	"os/exec"
	"time"
)

func main() {
	for i := range 50 {
		t := time.Now()
		cmd := exec.Command("/bin/true")
		done := make(chan error)
		go func() { done <- cmd.Run() }()
		select {
		case err := <-done:
			if err != nil {
				fmt.Println(err)
			}
		case <-time.After(3 * time.Second):
			fmt.Println(i, "hang", cmd.Process.Pid)
			return
		}
		if i%10 == 0 {
			fmt.Println(i, time.Since(t) < time.Second)
		}
	}
}
`);
  assert.equal(r.err, '');
  assert.doesNotMatch(r.out, /hang/);
});

test('modes, times, folders kept open, pipes with deadlines', () => {
  const r = run(`package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	d, _ := os.MkdirTemp("", "x")
	defer os.RemoveAll(d)
	f := filepath.Join(d, "f")
	fmt.Println(os.WriteFile(f, []byte("hi"), 0o640))
	st, _ := os.Stat(f)
	fmt.Println(st.Mode())
	fmt.Println(os.Chmod(f, 0o4711))
	st, _ = os.Stat(f)
	fmt.Println(st.Mode())
	t := time.Unix(1234567890, 123456789)
	fmt.Println(os.Chtimes(f, t, t))
	st, _ = os.Stat(f)
	fmt.Println(st.ModTime().Equal(t))
	fmt.Println(os.Mkdir(filepath.Join(d, "sub"), 0o711))
	st, _ = os.Stat(filepath.Join(d, "sub"))
	fmt.Println(st.Mode())
	r, err := os.OpenRoot(d)
	fmt.Println(err)
	fmt.Println(r.Mkdir("q", 0o700), r.Chmod("q", 0o755))
	st, err = r.Stat("q")
	fmt.Println(st.Mode(), err)
	fmt.Println(os.Symlink("/etc/passwd", filepath.Join(d, "l")))
	_, err = r.Open("l")
	fmt.Println(err)
	fmt.Println(os.Rename(d, d+"y"))
	b, err := r.ReadFile("f")
	fmt.Println(string(b), err)
	fmt.Println(r.Close())
	es, err := os.ReadDir(d + "y")
	for _, e := range es {
		i, _ := e.Info()
		fmt.Println(e.Name(), i.Mode())
	}
	fmt.Println(os.RemoveAll(d + "y"))
	rr, w, err := os.Pipe()
	st, _ = rr.Stat()
	fmt.Println(st.Mode(), err)
	rr.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, err = rr.Read(make([]byte, 1))
	fmt.Println(err)
	w.Write([]byte("abc"))
	rr.SetReadDeadline(time.Time{})
	bb := make([]byte, 10)
	n, err := rr.Read(bb)
	fmt.Println(n, err, w.Close(), rr.Close())
}
`);
  assert.equal(r.err, '');
  assert.equal(
    r.out.replaceAll(/\/tmp\S*/g, 'DIR'),
    `<nil>
-rw-r-----
<nil>
-rwx--x--x
<nil>
true
<nil>
drwx--x--x
<nil>
<nil> <nil>
drwxr-xr-x <nil>
<nil>
openat l: path escapes from parent
<nil>
hi <nil>
<nil>
f -rwx--x--x
l Lrwxrwxrwx
q drwxr-xr-x
sub drwx--x--x
<nil>
prw------- <nil>
read |0: i/o timeout
3 <nil> <nil> <nil>
`,
  );
});
