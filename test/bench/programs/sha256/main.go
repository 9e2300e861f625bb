// crypto/sha256 and hash/crc32 over a megabyte.
package main

import (
	"crypto/sha256"
	"hash/crc32"
	"time"
)

func work(n int) int {
	data := make([]byte, 1<<20)
	for i := range data {
		data[i] = byte(i * 7)
	}
	sum := 0
	for range n {
		h := sha256.Sum256(data)
		copy(data, h[:])
		sum += int(h[0]) + int(crc32.ChecksumIEEE(data)&0xff)
	}
	return sum
}

func main() {
	work(1)
	start := time.Now()
	r := work(120)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
