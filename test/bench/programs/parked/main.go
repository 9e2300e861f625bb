// What a goroutine that waits for a channel costs: growth of the process's resident memory, all included, for a hundred thousand and for a million of them.
package main

import (
	"os"
	"strconv"
	"strings"
	"sync"
)

// resident is the process's resident memory in bytes.
func resident() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		panic(err)
	}
	return kib << 10
}

func main() {
	var begun, ended sync.WaitGroup
	end := make(chan int)
	before, total := 0, 0
	// After these no engine compiles any more what the others run: that memory is not theirs.
	closed := make(chan int)
	close(closed)
	for range 20_000 {
		for range 100 {
			begun.Add(1)
			ended.Add(1)
			go func() {
				begun.Done()
				<-closed
				ended.Done()
			}()
		}
		ended.Wait()
	}
	// The first ones start the threads.
	for _, n := range []int{5_000, 100_000, 1_000_000} {
		for ; total < n; total++ {
			begun.Add(1)
			ended.Add(1)
			go func() {
				begun.Done()
				<-end
				ended.Done()
			}()
		}
		begun.Wait()
		if before == 0 {
			before, total = resident(), 0
			continue
		}
		println("row", n, "bytes", (resident()-before)/n, "check", n)
	}
	close(end)
	ended.Wait()
}
