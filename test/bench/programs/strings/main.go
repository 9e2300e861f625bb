// Searching, splitting, replacing and building strings and bytes.
package main

import (
	"bytes"
	"strings"
	"time"
)

func work(rounds int) int {
	text := strings.Repeat("the quick brown fox jumps over the lazy dog; ", 2000) + "needle#"
	data := []byte(text)
	sum := 0
	for range rounds {
		sum += strings.Index(text, "needle") + bytes.IndexByte(data, '#') + strings.Count(text, "o")
		for _, w := range strings.Fields(text) {
			sum += len(w)
		}
		sum += len(strings.ReplaceAll(text, "fox", "wolf"))
		var b strings.Builder
		for i := range len(data) {
			b.WriteByte(data[i])
		}
		if b.String() == text && bytes.Equal(data, []byte(text)) {
			sum++
		}
	}
	return sum
}

func main() {
	work(10)
	start := time.Now()
	r := work(300)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
