// encoding/json: a list of structs to text and back.
package main

import (
	"encoding/json"
	"time"
)

type item struct {
	ID    int               `json:"id"`
	Name  string            `json:"name"`
	Price float64           `json:"price,omitempty"`
	Tags  []string          `json:"tags"`
	Attrs map[string]string `json:"attrs"`
	Next  *item             `json:"next,omitempty"`
}

func work(n int) int {
	items := make([]item, 50)
	for i := range items {
		items[i] = item{
			ID: i, Name: "item \"quoted\"", Price: float64(i) * 1.25, Tags: []string{"red", "green"},
			Attrs: map[string]string{"size": "large", "shape": "round"}, Next: &item{ID: -i},
		}
	}
	sum := 0
	for range n {
		text, err := json.Marshal(items)
		if err != nil {
			panic(err)
		}
		var back []item
		if err := json.Unmarshal(text, &back); err != nil {
			panic(err)
		}
		sum += len(text) + back[49].ID + len(back[7].Attrs)
	}
	return sum
}

func main() {
	work(20)
	start := time.Now()
	r := work(2500)
	println("ns", time.Since(start).Nanoseconds(), "check", r)
}
