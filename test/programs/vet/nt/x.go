package nt

import "fmt"

func F() { fmt.Printf("%d", "x") }
