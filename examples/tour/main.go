// A short tour: workers over channels, a select with a timer, a mutex, a recovered panic.
package main

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

type job struct{ n int }

type result struct {
	job
	worker, primes int
}

func countPrimes(n int) int {
	count := 0
	for i := 2; i < n; i++ {
		prime := true
		for d := 2; d*d <= i; d++ {
			if i%d == 0 {
				prime = false
				break
			}
		}
		if prime {
			count++
		}
	}
	return count
}

func safely(f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered: %v", r)
		}
	}()
	f()
	return nil
}

func main() {
	jobs := make(chan job)
	results := make(chan result)

	var wg sync.WaitGroup
	for w := range 3 {
		wg.Go(func() {
			for j := range jobs {
				results <- result{job: j, worker: w, primes: countPrimes(j.n)}
			}
		})
	}
	go func() {
		for i := 1; i <= 6; i++ {
			jobs <- job{n: i * 5000}
		}
		close(jobs)
		wg.Wait()
		close(results)
	}()

	var (
		mu     sync.Mutex
		totals = map[int]int{}
	)
	deadline := time.After(30 * time.Second)
collect:
	for {
		select {
		case r, ok := <-results:
			if !ok {
				break collect
			}
			mu.Lock()
			totals[r.n] = r.primes
			mu.Unlock()
		case <-deadline:
			fmt.Println("too slow")
			return
		}
	}
	for i := 1; i <= 6; i++ {
		fmt.Printf("primes below %6d: %5d\n", i*5000, totals[i*5000])
	}

	err := safely(func() {
		var m map[string]int
		m["x"] = 1
	})
	fmt.Println(err, "-", errors.Unwrap(err) == nil)
}
