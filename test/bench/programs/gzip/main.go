// compress/gzip: a text compressed and expanded again.
package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"strconv"
	"time"
)

func work(n int) int {
	var text []byte
	for i := range 20000 {
		text = append(text, "line "...)
		text = strconv.AppendInt(text, int64(i*i%1009), 10)
		text = append(text, ": some words that come again\n"...)
	}
	sum := 0
	for range n {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		w.Write(text)
		w.Close()
		sum += packed.Len()
		r, err := gzip.NewReader(&packed)
		if err != nil {
			panic(err)
		}
		back, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(back, text) {
			panic("not the same text")
		}
		sum += len(back)
	}
	return sum
}

func main() {
	work(1)
	start := time.Now()
	r := work(60)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
