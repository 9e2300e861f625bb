// Functions the compiler writes itself (src/std/README.md).
package runtime

import "unsafe"

// getg returns the running goroutine.
func getg() *g

// mpark suspends the goroutine. It has said before what it waits for, if anything.
func mpark()

// throwpanic leaves the function for the panic that is first on the goroutine's list.
func throwpanic()

// curfp is the frame pointer of the function that calls it.
func curfp() uintptr

// unreachable traps.
func unreachable()

func memmove(to, from unsafe.Pointer, n uintptr)

func memclrNoHeapPointers(p unsafe.Pointer, n uintptr)
