// Unbuffered round trips on one P; ns is the processor time of one, which other work on the machine does not change much. bench.ts compares runs that write events with
// runs that do not.
package main

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// cpu is the processor time of the thread, in nanoseconds.
func cpu() int {
	b, err := os.ReadFile("/proc/thread-self/schedstat")
	if err != nil {
		panic(err)
	}
	n, _ := strconv.Atoi(strings.Fields(string(b))[0])
	return n
}

func main() {
	runtime.GOMAXPROCS(1)
	const n = 3_000_000
	ping, pong := make(chan int), make(chan int)
	go func() {
		for v := range ping {
			pong <- v + 1
		}
		close(pong)
	}()
	sum := 0
	trip := func(n int) {
		for i := range n {
			ping <- i
			sum += <-pong
		}
	}
	trip(n / 10)
	a := cpu()
	trip(n)
	println("ns", (cpu()-a)/n, "check", sum)
}
