// select: a first pass over the cases in random order for one that can go on, then a second that queues on all of them.
package runtime

import "unsafe"

type scase struct {
	c    *hchan
	elem unsafe.Pointer
}

// A selection is one execution of a blocking select: the sudog that ended it.
type selection struct{ fired *sudog }

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

//go:nosplit
func selectPass2(cases []scase, order []uint16, nsends int, sgs []sudog, sel *selection) {
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
			c.recvq.enqueue(sg)
		}
	}
	park(gp, waitReasonSelect)
}

//go:nosplit
func selectPass3(cases []scase, nsends int, sgs []sudog, sel *selection) int {
	chosen := -1
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
	return chosen
}

// selectgo runs a select with the sends' cases first; it returns the chosen case (-1: default) and whether a value was received.
func selectgo(cas0 *scase, order0 *uint16, pc0 *uintptr, nsends, nrecvs int, block bool) (int, bool) {
	n := nsends + nrecvs
	cases := unsafe.Slice(cas0, n)
	order := unsafe.Slice(order0, n)
	shuffle(order)
	chosen, r := selectPass1(cases, order, nsends)
	received := r == done
	if chosen < 0 {
		if !block {
			return -1, false
		}
		sgs := make([]sudog, n)
		sel := new(selection)
		selectPass2(cases, order, nsends, sgs, sel)
		mpark()
		chosen = selectPass3(cases, nsends, sgs, sel)
		received = sel.fired.success
		if chosen < nsends && !received {
			r = closedChan
		}
	}
	if chosen < nsends && r == closedChan {
		panic(plainError("send on closed channel"))
	}
	return chosen, received
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
