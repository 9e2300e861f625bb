// Text built piece by piece: strings.Builder, append, strconv, concatenation, []byte to string and back.
package main

import (
	"strconv"
	"strings"
	"time"
)

func work(n int) int {
	sum := 0
	for i := range n {
		var b strings.Builder
		for j := range 20 {
			b.WriteString("field")
			b.WriteByte('=')
			b.WriteString(strconv.Itoa(i * j))
			b.WriteRune('é')
		}
		s := b.String()
		var line []byte
		for _, part := range strings.Split(s, "=") {
			line = append(line, part...)
			line = append(line, ',')
			line = strconv.AppendFloat(line, float64(len(part))/4, 'g', -1, 64)
		}
		t := "<" + string(line) + ">" + s[:10]
		sum += len(strings.ToUpper(t)) + len(strings.TrimRight(t, "0123456789"))
	}
	return sum
}

func main() {
	work(1000)
	start := time.Now()
	r := work(60000)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
