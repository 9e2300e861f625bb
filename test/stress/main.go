// Ten thousand goroutines over channels, mutexes, timers, select, panics and recovers: every message is accounted for at the end of each round.
// Arguments: how long (5s), how many goroutines (10000), and how many rounds at most (0: no limit).
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	d := 5 * time.Second
	n := 10000
	if len(os.Args) > 1 {
		d, _ = time.ParseDuration(os.Args[1])
	}
	if len(os.Args) > 2 {
		fmt.Sscan(os.Args[2], &n)
	}
	most := 0
	if len(os.Args) > 3 {
		fmt.Sscan(os.Args[3], &most)
	}
	end := time.Now().Add(d)
	rounds := 0
	var total int64
	for (most == 0 || rounds < most) && time.Now().Before(end) {
		total += round(n, rounds)
		rounds++
	}
	fmt.Println("rounds", rounds, "messages", total, "goroutines", runtime.NumGoroutine())
}

func round(n, seed int) int64 {
	var sent, got, recovered, timed atomic.Int64
	chans := make([]chan int, 16)
	for i := range chans {
		chans[i] = make(chan int, i%4)
	}
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	counter := 0
	var wg sync.WaitGroup
	done := make(chan struct{})
	var readers sync.WaitGroup
	for i := 0; i < 8; i++ {
		readers.Add(1)
		go func() {
			defer readers.Done()
			for {
				select {
				case v := <-chans[i]:
					got.Add(int64(v))
				case v := <-chans[i+8]:
					got.Add(int64(v))
				case <-done:
					return
				}
			}
		}()
	}
	for i := 0; i < n; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			switch (i + seed) % 5 {
			case 0:
				chans[i%16] <- i
				sent.Add(int64(i))
			case 1:
				select {
				case chans[i%16] <- i:
				case chans[(i+3)%16] <- i:
				}
				sent.Add(int64(i))
			case 2:
				mu.Lock()
				counter++
				if counter%64 == 0 {
					cond.Broadcast()
				}
				mu.Unlock()
				func() {
					defer func() {
						if recover() != nil {
							recovered.Add(1)
						}
					}()
					chans[i%16] <- i
					sent.Add(int64(i))
					panic(i)
				}()
			case 3:
				t := time.NewTimer(time.Duration(i%7) * 100 * time.Microsecond)
				select {
				case <-t.C:
					timed.Add(1)
				case chans[i%16] <- i:
					sent.Add(int64(i))
					t.Stop()
				}
			case 4:
				time.Sleep(time.Duration(i%5) * 50 * time.Microsecond)
				s := make([]byte, 1+i%2000)
				s[len(s)-1] = byte(i)
				chans[i%16] <- int(s[len(s)-1])
				sent.Add(int64(byte(i)))
			}
		}()
	}
	wg.Wait()
	// What is left in buffers:
	for _, c := range chans {
		for len(c) > 0 {
			runtime.Gosched()
		}
	}
	close(done)
	readers.Wait()
	if sent.Load() != got.Load() {
		panic(fmt.Sprint("sent ", sent.Load(), " got ", got.Load()))
	}
	want := 0
	for i := 0; i < n; i++ {
		if (i+seed)%5 == 2 {
			want++
		}
	}
	if counter != want || recovered.Load() != int64(want) {
		panic(fmt.Sprint("counter ", counter, " recovered ", recovered.Load(), " want ", want))
	}
	return sent.Load()
}
