// regexp: matching with and without groups, replacing.
package main

import (
	"regexp"
	"strings"
	"time"
)

var (
	address = regexp.MustCompile(`([a-z0-9._]+)@([a-z0-9-]+\.)+[a-z]{2,}`)
	number  = regexp.MustCompile(`\b\d{3}-\d{4}\b`)
	word    = regexp.MustCompile(`(?i)needle|haystack`)
)

func work(n int) int {
	text := strings.Repeat("Write to jane.doe@mail.example.org or call 555-0199; no Needle here. ", 20)
	sum := 0
	for range n {
		for _, m := range address.FindAllStringSubmatchIndex(text, -1) {
			sum += m[1] - m[0]
		}
		sum += len(number.ReplaceAllString(text, "<number>"))
		sum += len(word.FindAllString(text, -1))
	}
	return sum
}

func main() {
	work(10)
	start := time.Now()
	r := work(3000)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
