package old

import "fmt"

func F(s string, i int) { fmt.Printf(s); fmt.Printf("%q", i); fmt.Printf("%d", s) }
