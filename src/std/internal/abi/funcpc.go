// The "pc" of a function: its table index, which is the first word of its closure object.
package abi

import "unsafe"

// FuncPCABI0 returns the entry pc of the func value f.
func FuncPCABI0(f any) uintptr {
	return FuncPCABIInternal(f)
}

// FuncPCABIInternal is the same: there is one calling convention.
func FuncPCABIInternal(f any) uintptr {
	return *(*uintptr)((*EmptyInterface)(unsafe.Pointer(&f)).Data)
}

// EscapeNonString does nothing, but escape analysis has v escape if it has pointers other than those of strings.
func EscapeNonString[T any](v T) {}
