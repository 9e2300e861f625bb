// Eight goroutines that want one sync.Mutex, on two Ps; ns is for one Lock and Unlock.
package main

import (
	"runtime"
	"sync"
	"time"
)

func main() {
	const goroutines, n = 8, 250_000
	runtime.GOMAXPROCS(2)
	var mu sync.Mutex
	sum := 0
	round := func(n int) {
		var wg sync.WaitGroup
		for range goroutines {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range n {
					mu.Lock()
					sum++
					mu.Unlock()
				}
			}()
		}
		wg.Wait()
	}
	round(n / 10)
	start := time.Now()
	round(n)
	println("ns", time.Since(start).Nanoseconds()/(goroutines*n), "check", sum)
}
