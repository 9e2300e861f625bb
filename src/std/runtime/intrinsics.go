// Functions the compiler writes itself (src/std/README.md).
package runtime

import "unsafe"

// getg returns the running goroutine.
func getg() *g

// mpark suspends the goroutine. It has said before what it waits for, if anything.
func mpark()

// throwpanic throws the exception of a panic that is on the goroutine's list.
func throwpanic()

// unreachable traps.
func unreachable()

func memmove(to, from unsafe.Pointer, n uintptr)

func memclrNoHeapPointers(p unsafe.Pointer, n uintptr)
