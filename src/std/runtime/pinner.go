package runtime

// A Pinner keeps objects where they are. The collector moves none, so that it only has to keep them.
type Pinner struct {
	pinned []any
}

// Pin keeps the object that pointer points to until Unpin.
func (p *Pinner) Pin(pointer any) {
	p.pinned = append(p.pinned, pointer)
}

// Unpin lets go of all pinned objects.
func (p *Pinner) Unpin() {
	p.pinned = nil
}
