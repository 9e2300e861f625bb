// Structs through buffered channels, from several goroutines to one, with a select.
package main

import (
	"sync"
	"time"
)

type event struct {
	id, kind int
	name     string
	at       [3]float64
}

func work(n int) int {
	events := make(chan event, 64)
	results := make(chan *event, 16)
	var wg sync.WaitGroup
	for p := range 4 {
		wg.Go(func() {
			for i := range n {
				events <- event{id: i, kind: p, name: "event", at: [3]float64{float64(i), 1, 2}}
			}
		})
	}
	wg.Go(func() {
		for i := range n {
			results <- &event{id: i}
		}
	})
	sum := 0
	for range 5 * n {
		select {
		case e := <-events:
			sum += e.id + e.kind + len(e.name) + int(e.at[2])
		case e := <-results:
			sum += e.id
		}
	}
	wg.Wait()
	return sum
}

func main() {
	work(1000)
	start := time.Now()
	r := work(200000)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
