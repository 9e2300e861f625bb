// select: a first pass over the cases in random order for one that can go on, then a second that queues on all of them.
package runtime

import "unsafe"

type scase struct {
	c    *hchan
	elem unsafe.Pointer
}

// A selection is one execution of a blocking select: whether it has ended, and the sudog that ended it. Of several channels' lockers only
// the one that sets done may fire it.
type selection struct {
	done  uint32
	fired *sudog
}

// sellock locks all channels of the cases, in the order of their addresses; sorted is that order, or nil if they are few.
//
//go:nosplit
func sellock(cases []scase, sorted []uint16) {
	var last *hchan
	if sorted != nil {
		for _, i := range sorted {
			if c := cases[i].c; c != last {
				lock(&c.lock)
				last = c
			}
		}
		return
	}
	for {
		if last = nextLocked(cases, last); last == nil {
			return
		}
		lock(&last.lock)
	}
}

//go:nosplit
func selunlock(cases []scase, sorted []uint16) {
	var last *hchan
	if sorted != nil {
		for _, i := range sorted {
			if c := cases[i].c; c != last {
				unlock(&c.lock)
				last = c
			}
		}
		return
	}
	for {
		if last = nextLocked(cases, last); last == nil {
			return
		}
		unlock(&last.lock)
	}
}

// nextLocked is the channel with the least address above last's.
//
//go:nosplit
func nextLocked(cases []scase, last *hchan) *hchan {
	least := ^uintptr(0)
	for i := range cases {
		if a := uintptr(unsafe.Pointer(cases[i].c)); a > uintptr(unsafe.Pointer(last)) && a < least {
			least = a
		}
	}
	if least == ^uintptr(0) {
		return nil
	}
	return (*hchan)(unsafe.Pointer(least))
}

const fewCases = 12

// lockorder sorts the cases with channels by their addresses, if there are many (heapsort).
func lockorder(cases []scase) []uint16 {
	if len(cases) <= fewCases {
		return nil
	}
	o := make([]uint16, 0, len(cases))
	for i := range cases {
		if cases[i].c != nil {
			o = append(o, uint16(i))
		}
	}
	key := func(i int) uintptr { return uintptr(unsafe.Pointer(cases[o[i]].c)) }
	down := func(i, n int) {
		for {
			k := 2*i + 1
			if k >= n {
				return
			}
			if k+1 < n && key(k+1) > key(k) {
				k++
			}
			if key(i) >= key(k) {
				return
			}
			o[i], o[k] = o[k], o[i]
			i = k
		}
	}
	for i := len(o)/2 - 1; i >= 0; i-- {
		down(i, len(o))
	}
	for n := len(o) - 1; n > 0; n-- {
		o[0], o[n] = o[n], o[0]
		down(0, n)
	}
	return o
}

const maxCases = 1 << 16

// shuffle fills order with a random permutation.
//
//go:nosplit
func shuffle(order []uint16) {
	for i := range order {
		j := int(rt_rand64()>>33) % (i + 1)
		order[i] = order[j]
		order[j] = uint16(i)
	}
}

// selectPass1 looks for a case that can go on, with all channels locked.
//
//go:nosplit
func selectPass1(cases []scase, order []uint16, nsends int) (int, outcome) {
	for _, i := range order {
		c := cases[i].c
		if c == nil {
			continue
		}
		var r outcome
		if int(i) < nsends {
			r = trysend(c, cases[i].elem)
		} else {
			r = tryrecv(c, cases[i].elem)
		}
		if r != wouldBlock {
			return int(i), r
		}
	}
	return -1, wouldBlock
}

// selectOnce locks the channels and goes on with a case that can, or queues on all if there is room for that (sgs): then the caller must suspend.
//
//go:nosplit
func selectOnce(cases []scase, order, sorted []uint16, nsends int, sgs []sudog, sel *selection, reason uint32) (int, outcome) {
	sellock(cases, sorted)
	chosen, r := selectPass1(cases, order, nsends)
	if chosen < 0 && sel != nil {
		selectPass2(cases, order, nsends, sgs, sel, reason)
	}
	selunlock(cases, sorted)
	return chosen, r
}

//go:nosplit
func selectPass2(cases []scase, order []uint16, nsends int, sgs []sudog, sel *selection, reason uint32) {
	gp := getg()
	for _, i := range order {
		c := cases[i].c
		if c == nil {
			continue
		}
		sg := &sgs[i]
		sg.g, sg.elem, sg.c, sg.sel = gp, cases[i].elem, c, sel
		if int(i) < nsends {
			c.sendq.enqueue(sg)
		} else {
			// Nobody reads what is there from the time before, but the collector would.
			if c.elem.PtrBytes != 0 {
				c.clear(sg.elem)
			}
			c.recvq.enqueue(sg)
		}
	}
	// For the collector (src/runtime/mgcleak.ts).
	gp.sudog.next, gp.sudog.ticket = &sgs[0], uint32(len(sgs))
	park(gp, reason)
}

// selectPass3 leaves the queues again.
//
//go:nosplit
func selectPass3(cases []scase, sorted []uint16, nsends int, sgs []sudog, sel *selection) int {
	chosen := -1
	sellock(cases, sorted)
	for i := range cases {
		sg := &sgs[i]
		if sg == sel.fired {
			chosen = i
		} else if sg.c == nil {
			continue
		} else if i < nsends {
			sg.c.sendq.remove(sg)
		} else {
			sg.c.recvq.remove(sg)
		}
	}
	selunlock(cases, sorted)
	return chosen
}

// selectgo runs a select with the sends' cases first; it returns the chosen case (-1: default) and whether a value was received.
func selectgo(cas0 *scase, order0 *uint16, pc0 *uintptr, nsends, nrecvs int, block bool) (int, bool) {
	n := nsends + nrecvs
	cases := unsafe.Slice(cas0, n)
	order := unsafe.Slice(order0, n)
	shuffle(order)
	sorted := lockorder(cases)
	reason := reachCases(cases)
	pollTimers(cases)
	chosen, r := selectOnce(cases, order, sorted, nsends, nil, nil, reason)
	received := r == done
	if chosen < 0 {
		if !block {
			return -1, false
		}
		sgs := make([]sudog, n)
		sel := new(selection)
		if chosen, r = selectOnce(cases, order, sorted, nsends, sgs, sel, reason); chosen < 0 {
			awaitTimers(cases, true)
			mpark()
			awaitTimers(cases, false)
			chosen = selectPass3(cases, sorted, nsends, sgs, sel)
			received = sel.fired.success
			if chosen < nsends && !received {
				r = closedChan
			}
		} else {
			received = r == done
		}
	}
	if chosen < nsends && r == closedChan {
		panic(plainError("send on closed channel"))
	}
	return chosen, received && chosen >= nsends
}

// runtimeSelect is package reflect's case.
type runtimeSelect struct {
	dir int // 1 send, 2 receive, 3 default
	typ unsafe.Pointer
	ch  *hchan
	val unsafe.Pointer
}

//go:linkname reflect_rselect reflect.rselect
func reflect_rselect(cases []runtimeSelect) (int, bool) {
	if len(cases) == 0 {
		block()
	}
	list := make([]scase, len(cases))
	from := make([]int, len(cases))
	deflt, nsends, nrecvs := -1, 0, 0
	for i, rc := range cases {
		switch rc.dir {
		case 1:
			list[nsends] = scase{rc.ch, rc.val}
			from[nsends] = i
			nsends++
		case 2:
			nrecvs++
			list[len(cases)-nrecvs] = scase{rc.ch, rc.val}
			from[len(cases)-nrecvs] = i
		default:
			deflt = i
		}
	}
	if nsends+nrecvs == 0 {
		return deflt, false
	}
	if nsends+nrecvs < len(cases) {
		copy(list[nsends:], list[len(cases)-nrecvs:])
		copy(from[nsends:], from[len(cases)-nrecvs:])
	}
	order := make([]uint16, nsends+nrecvs)
	chosen, ok := selectgo(&list[0], &order[0], nil, nsends, nrecvs, deflt < 0)
	if chosen < 0 {
		return deflt, ok
	}
	return from[chosen], ok
}
