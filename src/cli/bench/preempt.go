// Twice as many goroutines as Ps, none of which ever waits, for as long as the argument says.
package main

import (
	"os"
	"runtime"
	"time"
)

func main() {
	d, err := time.ParseDuration(os.Args[1])
	if err != nil {
		panic(err)
	}
	for range 2 * runtime.GOMAXPROCS(0) {
		go func() {
			for {
			}
		}()
	}
	time.Sleep(d)
}
