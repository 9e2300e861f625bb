// Package synctest is the part of testing/synctest that the rest of the library asks. There are no bubbles yet, and
// since every answer is a constant, nothing is left of the questions.
package synctest

// Run would run f in a bubble of its own.
func Run(f func()) {
	panic("testing/synctest is not supported")
}

// Wait would wait until all other goroutines of the bubble do.
func Wait() {
	panic("goroutine is not in a bubble")
}

// IsInBubble reports whether the calling goroutine is in a bubble.
func IsInBubble() bool { return false }

// An Association says which bubble something belongs to.
type Association int

const (
	Unbubbled Association = iota
	CurrentBubble
	OtherBubble
)

// Associate would make p belong to the current bubble.
func Associate[T any](p *T) Association { return Unbubbled }

// Disassociate undoes Associate.
func Disassociate[T any](p *T) {}

// IsAssociated reports whether p belongs to the current bubble.
func IsAssociated[T any](p *T) bool { return false }

// A Bubble is one to come back to.
type Bubble struct{}

// Acquire returns the current bubble, or nil.
func Acquire() *Bubble { return nil }

// Release gives up b.
func (b *Bubble) Release() {}

// Run runs f in b.
func (b *Bubble) Run(f func()) { f() }
