// A ticker beside an endless loop on one P: how late the latest tick came after the one before. The official port has no preemption.
//
//go:build !js

package main

import (
	"runtime"
	"time"
)

func main() {
	const ticks, every = 100, 10 * time.Millisecond
	runtime.GOMAXPROCS(1)
	go func() {
		for {
		}
	}()
	worst := time.Duration(0)
	t := time.NewTicker(every)
	last := time.Now()
	for range ticks {
		<-t.C
		now := time.Now()
		worst = max(worst, now.Sub(last)-every)
		last = now
	}
	println("us", worst.Microseconds(), "check", ticks)
}
