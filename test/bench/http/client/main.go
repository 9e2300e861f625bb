// The load of the HTTP load test: so many requests over so many connections, each with one request at a time. Prints a line
// `requests N errors N ns N before N after N`: the server's goroutines before the load and once its connections are gone.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	addr := flag.String("addr", "", "the server's `address`, of this machine")
	conns := flag.Int("c", 200, "connections")
	total := flag.Int64("n", 100_000, "requests")
	limit := flag.Duration("limit", 2*time.Minute, "give up after")
	flag.Parse()
	host, _, err := net.SplitHostPort(*addr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		fmt.Fprintln(os.Stderr, "client: -addr must be a loopback address")
		os.Exit(2)
	}
	deadline := time.Now().Add(*limit)
	before, _ := state(*addr)

	var next, errors atomic.Int64
	var shown sync.Once
	fail := func(err error) {
		errors.Add(1)
		shown.Do(func() { fmt.Fprintln(os.Stderr, "client:", err) })
	}
	start := time.Now()
	var wg sync.WaitGroup
	for range *conns {
		wg.Go(func() {
			c, err := net.Dial("tcp", *addr)
			if err != nil {
				fail(err)
				return
			}
			defer c.Close()
			c.SetDeadline(deadline)
			r := bufio.NewReader(c)
			for i := next.Add(1); i <= *total; i = next.Add(1) {
				if err := request(c, r, i); err != nil {
					fail(err)
					return
				}
			}
		})
	}
	wg.Wait()
	ns := time.Since(start).Nanoseconds()

	after, open := state(*addr)
	for open > 1 && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
		after, open = state(*addr)
	}
	fmt.Printf("requests %d errors %d ns %d before %d after %d\n", *total, errors.Load(), ns, before, after)
	http.Get("http://" + *addr + "/quit")
}

// request sends the i-th request and checks the answer.
func request(c net.Conn, r *bufio.Reader, i int64) error {
	if _, err := fmt.Fprintf(c, "GET /hello?name=%d HTTP/1.1\r\nHost: burrow\r\n\r\n", i); err != nil {
		return err
	}
	length := -1
	for first := true; ; first = false {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		if first && line != "HTTP/1.1 200 OK\r\n" {
			return fmt.Errorf("request %d: %q", i, line)
		}
		if line == "\r\n" {
			break
		}
		if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			fmt.Sscan(v, &length)
		}
	}
	body := make([]byte, max(length, 0))
	if _, err := io.ReadFull(r, body); err != nil {
		return err
	}
	if want := fmt.Sprintf("hello %d\n", i); string(body) != want {
		return fmt.Errorf("request %d: %q instead of %q", i, body, want)
	}
	return nil
}

// state asks the server for its goroutines and open connections, over a connection that ends with the answer.
func state(addr string) (goroutines, open int) {
	req, _ := http.NewRequest("GET", "http://"+addr+"/state", nil)
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		os.Exit(1)
	}
	defer resp.Body.Close()
	var served int
	fmt.Fscan(resp.Body, &goroutines, &open, &served)
	return
}
