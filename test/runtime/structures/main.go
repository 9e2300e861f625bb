// The structures of package runtime that are written in Go, each driven by several goroutines on several Ms, with a seed: queues of waiting goroutines, selects, channels,
// semaphores, condition variables' lists, timers. What is put in is taken out exactly once, links and order hold whenever the lock is held, and nobody sleeps for ever.
//
// Arguments: which, and the seed. It prints ok, or what is wrong and where.
package main

import (
	"fmt"
	"math/rand"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

const workers = 4

var seed int64

func check(ok bool, format string, args ...any) {
	if !ok {
		fmt.Printf(format+"\n", args...)
		os.Exit(1)
	}
}

// each runs f on so many goroutines at once, with a source of chance for each.
func each(n int, f func(i int, r *rand.Rand)) {
	var wg sync.WaitGroup
	var ready atomic.Int32
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for ready.Add(1); int(ready.Load()) < n; {
				runtime.Gosched()
			}
			f(i, rand.New(rand.NewSource(seed*1000+int64(i))))
		}()
	}
	wg.Wait()
}

// Laid out as in src/std/runtime: chan.go, select.go, sema.go, time.go, runtime2.go.
type (
	mutex struct{ key uint32 }
	waitq struct{ first, last *sudog }
	sudog struct {
		g          unsafe.Pointer
		next, prev *sudog
		elem       unsafe.Pointer
		c          *hchan
		sel        *selection
		success    bool
		ticket     uint32
		addr       *uint32
	}
	selection struct {
		done  uint32
		fired *sudog
	}
	hchan struct {
		qcount, dataqsiz uint
		buf, elem        unsafe.Pointer
		elemsize         uintptr
		closed           bool
		timer            *timer
		lock             mutex
		sendx, recvx     uint
		recvq, sendq     waitq
	}
	semaRoot struct {
		lock mutex
		waitq
	}
	notifyList struct {
		wait, notify uint32
		lock         mutex
		_            uint32
		head, tail   *sudog
	}
	timer struct {
		c            unsafe.Pointer
		init         bool
		when, period int64
		f            func(any, uintptr, int64)
		arg          any
		seq          uintptr
		gp           unsafe.Pointer
		ch           *hchan
		sender       unsafe.Pointer
		index        int
		ts           *timers
	}
	timers struct {
		lock mutex
		heap []*timer
		p    *p
	}
	p struct {
		timers *timers
		timer0 int64
	}
)

//go:linkname lock runtime.lock
//go:noescape
func lock(l *mutex)

//go:linkname unlock runtime.unlock
//go:noescape
func unlock(l *mutex)

//go:linkname acquirem runtime.acquirem
func acquirem()

//go:linkname releasem runtime.releasem
func releasem()

//go:linkname enqueue runtime.(*waitq).enqueue
func enqueue(q *waitq, sg *sudog)

//go:linkname remove runtime.(*waitq).remove
func remove(q *waitq, sg *sudog)

//go:linkname dequeue runtime.(*waitq).dequeue
func dequeue(q *waitq) *sudog

// A queue of sudogs that stand for nobody; ticket is their place in the order.
type queue struct {
	lock   mutex
	q      waitq
	n      int
	ticket uint32
}

// with calls f with the lock, on one M: whoever holds a lock of the runtime is not interrupted.
func (q *queue) with(f func()) {
	acquirem()
	lock(&q.lock)
	f()
	unlock(&q.lock)
	releasem()
}

// intact reports what is wrong with the queue; the lock is held.
func (q *queue) intact() string {
	n := 0
	var prev *sudog
	for sg := q.q.first; sg != nil; prev, sg = sg, sg.next {
		if sg.prev != prev {
			return "a link back is wrong"
		}
		if prev != nil && sg.ticket <= prev.ticket {
			return "out of order"
		}
		if n++; n > q.n {
			return "longer than what was put there"
		}
	}
	if q.q.last != prev {
		return "the last one is not the last one"
	}
	if n != q.n {
		return "shorter than what was put there"
	}
	return ""
}

func queues() {
	const mine = 40
	var q queue
	var where [workers][mine]atomic.Int32 // 1: in the queue
	all := make([]sudog, workers*mine)
	var put, taken atomic.Int64
	each(workers, func(w int, r *rand.Rand) {
		for range 30000 {
			wrong := ""
			k := r.Intn(mine)
			sg := &all[w*mine+k]
			what := r.Intn(3)
			q.with(func() {
				in := where[w][k].Load() == 1
				switch {
				case what < 2 && !in:
					q.ticket++
					sg.ticket = q.ticket
					where[w][k].Store(1)
					enqueue(&q.q, sg)
					q.n++
					put.Add(1)
				case what == 0 && in:
					remove(&q.q, sg)
					where[w][k].Store(0)
					q.n--
					taken.Add(1)
				case what == 2:
					first := q.q.first
					got := dequeue(&q.q)
					if got != first {
						wrong = "not the first one was taken"
					}
					if got != nil {
						i := (uintptr(unsafe.Pointer(got)) - uintptr(unsafe.Pointer(&all[0]))) / unsafe.Sizeof(all[0])
						if where[i/mine][i%mine].Swap(0) != 1 {
							wrong = "taken twice"
						}
						q.n--
						taken.Add(1)
					}
				}
				if wrong == "" && r.Intn(50) == 0 {
					wrong = q.intact()
				}
			})
			check(wrong == "", "queue: %s", wrong)
		}
	})
	for {
		var sg *sudog
		q.with(func() { sg = dequeue(&q.q) })
		if sg == nil {
			break
		}
		taken.Add(1)
	}
	check(put.Load() == taken.Load(), "queue: %d put, %d taken", put.Load(), taken.Load())
}

// selects has two of the workers queue sudogs of one selection in two queues, and the others take from one queue each: one of the two comes out.
func selects() {
	var qs [2]queue
	const rounds = 20000
	type pair struct {
		sel selection
		sg  [2]sudog
		won atomic.Int32
	}
	pairs := make([]pair, 2*rounds)
	var left atomic.Int64
	left.Store(int64(len(pairs)))
	take := func(i int) bool {
		var sg *sudog
		qs[i].with(func() { sg = dequeue(&qs[i].q) })
		if sg == nil {
			return false
		}
		pr := (*pair)(unsafe.Pointer(sg.sel))
		check(pr.won.Add(1) == 1, "select: both of its cases came to pass")
		check(sg == &pr.sg[i] && pr.sel.fired == sg, "select: the case that fired is not the one that came to pass")
		left.Add(-1)
		return true
	}
	each(workers, func(w int, r *rand.Rand) {
		if w >= 2 {
			for left.Load() > 0 {
				if !take(w-2) && r.Intn(4) == 0 {
					runtime.Gosched()
				}
			}
			return
		}
		for i := range rounds {
			pr := &pairs[w*rounds+i]
			for k := range pr.sg {
				pr.sg[k].sel = &pr.sel
			}
			acquirem()
			lock(&qs[0].lock)
			lock(&qs[1].lock)
			enqueue(&qs[0].q, &pr.sg[0])
			enqueue(&qs[1].q, &pr.sg[1])
			unlock(&qs[1].lock)
			unlock(&qs[0].lock)
			releasem()
			if r.Intn(3) == 0 {
				take(r.Intn(2))
			}
		}
	})
	for i := range qs {
		qs[i].with(func() {
			for sg := qs[i].q.first; sg != nil; sg = sg.next {
				if sg.sel.done == 0 {
					left.Add(1)
				}
			}
		})
	}
	check(left.Load() == 0, "select: %d of them are still open", left.Load())
}

// channels sends numbers by plain sends and selects, and receives them in all ways there are, until the channels are closed.
func channels() {
	r := rand.New(rand.NewSource(seed))
	for round := range 40 {
		cs := [2]chan int{make(chan int, r.Intn(4)), make(chan int, r.Intn(3)*r.Intn(3))}
		const count = 400
		senders := 1 + r.Intn(5)
		seen := make([]atomic.Int32, senders*count)
		var sending, receiving sync.WaitGroup
		for s := range senders {
			sending.Add(1)
			go func() {
				defer sending.Done()
				for v := s * count; v < (s+1)*count; v++ {
					if k := (v + round) % 3; k < 2 {
						cs[k] <- v
						continue
					}
					select {
					case cs[0] <- v:
					case cs[1] <- v:
					}
				}
			}()
		}
		receive := func(f func(got func(from, v int))) {
			receiving.Add(1)
			go func() {
				defer receiving.Done()
				last := [2]map[int]int{{}, {}}
				f(func(from, v int) {
					check(seen[v].Add(1) == 1, "channel: %d was received twice", v)
					// What one goroutine sends on a channel, one that receives gets in order.
					was, any := last[from][v/count]
					check(!any || was < v, "channel: %d after %d", v, was)
					last[from][v/count] = v
				})
			}()
		}
		for k := range cs {
			receive(func(got func(from, v int)) {
				for v := range cs[k] {
					got(k, v)
				}
			})
		}
		for range round % 4 {
			receive(func(got func(from, v int)) {
				open := cs
				for open[0] != nil || open[1] != nil {
					v, ok, from := 0, false, 0
					select {
					case v, ok = <-open[0]:
					case v, ok = <-open[1]:
						from = 1
					}
					if !ok {
						open[from] = nil
						continue
					}
					got(from, v)
					select {
					case v, ok = <-open[1-from]:
						if ok {
							got(1-from, v)
						}
					default:
					}
				}
			})
		}
		sending.Wait()
		close(cs[0])
		close(cs[1])
		receiving.Wait()
		for v := range seen {
			check(seen[v].Load() == 1, "channel: %d was received %d times", v, seen[v].Load())
		}
		for _, c := range cs {
			h := *(**hchan)(unsafe.Pointer(&c))
			check(h.recvq == waitq{} && h.sendq == waitq{} && h.qcount == 0 && h.lock.key == 0 && h.closed, "channel: not empty in the end: %+v", *h)
		}
	}
}

// closes closes channels that many wait for, in receives, sends and selects: each is woken once, by the right case.
func closes() {
	for round := range 200 {
		c, never := make(chan int), make(chan int)
		var ended sync.WaitGroup
		var waiting, panics atomic.Int32
		const n = 20
		wait := func(i int) {
			defer ended.Done()
			defer func() {
				if recover() != nil {
					panics.Add(1)
				}
			}()
			waiting.Add(1)
			if round%2 == 0 {
				v, ok := 0, true
				if i%2 == 0 {
					v, ok = <-c
				} else {
					select {
					case v, ok = <-c:
					case v = <-never:
					}
				}
				check(v == 0 && !ok, "close: received %d, %v", v, ok)
				return
			}
			if i%2 == 0 {
				c <- i
			} else {
				select {
				case c <- i:
				case never <- i:
				}
			}
			check(false, "close: sent on a closed channel")
		}
		for i := range n {
			ended.Add(1)
			go wait(i)
		}
		// Some wait already, and some come when the channel is closed.
		for waiting.Load() < int32(round%(n+1)) {
			runtime.Gosched()
		}
		close(c)
		ended.Wait()
		check(panics.Load() == int32(round%2*n), "close: %d of %d panicked", panics.Load(), n)
		for _, c := range []chan int{c, never} {
			h := *(**hchan)(unsafe.Pointer(&c))
			for _, q := range []waitq{h.recvq, h.sendq} {
				check(q == waitq{}, "close: somebody waits still")
			}
		}
	}
}

//go:linkname semacquire sync.runtime_SemacquireRWMutex
func semacquire(addr *uint32, lifo bool, skip int)

//go:linkname semrelease sync.runtime_Semrelease
func semrelease(addr *uint32, handoff bool, skip int)

//go:linkname semtable runtime.semtable
var semtable [251]semaRoot

// semaphores has goroutines share the permits of semaphores whose waiters are in one queue.
func semaphores() {
	var words [251*2 + 1]struct {
		sema uint32
		_    uint32
	}
	// These lie 251 words apart.
	semas := []*uint32{&words[0].sema, &words[251].sema, &words[502].sema}
	const permits = 2
	var inside, most, through [3]atomic.Int32
	for _, s := range semas {
		atomic.StoreUint32(s, permits)
	}
	each(24, func(w int, r *rand.Rand) {
		for range 1500 {
			k := r.Intn(len(semas))
			semacquire(semas[k], r.Intn(4) == 0, 0)
			n := inside[k].Add(1)
			check(n <= permits, "semaphore: %d of %d are inside", n, permits)
			if n > most[k].Load() {
				most[k].Store(n)
			}
			for range r.Intn(3) {
				runtime.Gosched()
			}
			inside[k].Add(-1)
			through[k].Add(1)
			semrelease(semas[k], r.Intn(3) == 0, 0)
		}
	})
	for k, s := range semas {
		check(atomic.LoadUint32(s) == permits, "semaphore: %d permits in the end", *s)
		check(most[k].Load() == permits, "semaphore: never more than %d of %d were inside", most[k].Load(), permits)
	}
	for i := range semtable {
		check(semtable[i].waitq == waitq{} && semtable[i].lock.key == 0, "semaphore: bucket %d is not empty in the end", i)
	}
}

//go:linkname notifyListAdd sync.runtime_notifyListAdd
func notifyListAdd(l *notifyList) uint32

//go:linkname notifyListWait sync.runtime_notifyListWait
func notifyListWait(l *notifyList, t uint32)

//go:linkname notifyListNotifyOne sync.runtime_notifyListNotifyOne
func notifyListNotifyOne(l *notifyList)

//go:linkname notifyListNotifyAll sync.runtime_notifyListNotifyAll
func notifyListNotifyAll(l *notifyList)

// notifies has goroutines wait for a list, and others notify one or all: none wakes before its turn, and all wake in the end.
func notifies() {
	var l notifyList
	const waits = 4000
	var left atomic.Int32
	left.Store(2 * waits)
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r := rand.New(rand.NewSource(seed))
			var ended sync.WaitGroup
			for range waits {
				t := notifyListAdd(&l)
				wait := func() {
					notifyListWait(&l, t)
					check(int32(t-atomic.LoadUint32(&l.notify)) < 0, "notify list: %d woke before its turn", t)
					left.Add(-1)
				}
				if r.Intn(2) == 0 {
					wait()
					continue
				}
				ended.Add(1)
				go func() {
					defer ended.Done()
					wait()
				}()
			}
			ended.Wait()
		}()
	}
	each(2, func(w int, r *rand.Rand) {
		for left.Load() > 0 {
			if r.Intn(20) == 0 {
				notifyListNotifyAll(&l)
			} else {
				notifyListNotifyOne(&l)
			}
			if r.Intn(4) == 0 {
				runtime.Gosched()
			}
		}
	})
	wg.Wait()
	check(l.head == nil && l.tail == nil && l.wait == l.notify && l.wait == 2*waits, "notify list: in the end %+v", l)
}

//go:linkname mine runtime.mine
func mine() *timers

// heapIntact reports what is wrong with the heap of timers of the P this runs on.
func heapIntact() string {
	acquirem()
	ts := mine()
	lock(&ts.lock)
	wrong := ""
	for i, t := range ts.heap {
		if t.index != i+1 || t.ts != ts {
			wrong = "one is not where it says"
		}
		if i > 0 && ts.heap[(i-1)/4].when > t.when {
			wrong = "out of order"
		}
	}
	// Whoever finds the first one due sets 0, and says when the next one is after all that are due have been taken off. In between, one that is set may have said it, too: the
	// scheduler then looks early. It must not look late.
	if t0 := atomic.LoadInt64(&ts.p.timer0); len(ts.heap) != 0 && t0 > max(ts.heap[0].when, 1) {
		wrong = "the scheduler waits for a later one than the first"
	}
	unlock(&ts.lock)
	releasem()
	return wrong
}

// clocks has goroutines set, stop and set again the same timers, which are in the heaps of all Ps: what was set either ran or was stopped, once.
func clocks() {
	const count = 64
	var set, ran, stopped atomic.Int64
	var all [count]*time.Timer
	for i := range all {
		set.Add(1)
		all[i] = time.AfterFunc(time.Duration(i)*10*time.Microsecond, func() { ran.Add(1) })
	}
	each(workers, func(w int, r *rand.Rand) {
		for range 4000 {
			t := all[r.Intn(count)]
			switch r.Intn(4) {
			case 0:
				if t.Stop() {
					stopped.Add(1)
				}
			case 1, 2:
				set.Add(1)
				if t.Reset(time.Duration(r.Intn(400)) * time.Microsecond) {
					stopped.Add(1)
				}
			case 3:
				// One of its own, which only lives for this.
				c := time.NewTimer(time.Duration(r.Intn(60)) * time.Microsecond)
				if r.Intn(2) == 0 {
					<-c.C
				} else if c.Stop(); len(c.C) != 0 {
					check(false, "timer: stopped, and has sent")
				}
			}
			if r.Intn(20) == 0 {
				wrong := heapIntact()
				check(wrong == "", "timers: %s", wrong)
				time.Sleep(time.Duration(r.Intn(50)) * time.Microsecond)
			}
		}
	})
	for _, t := range all {
		if t.Stop() {
			stopped.Add(1)
		}
	}
	for ran.Load()+stopped.Load() < set.Load() {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(5 * time.Millisecond)
	check(ran.Load()+stopped.Load() == set.Load(), "timers: %d were set, %d ran, %d were stopped", set.Load(), ran.Load(), stopped.Load())
	check(ran.Load() > 0 && stopped.Load() > 0, "timers: %d ran, %d were stopped", ran.Load(), stopped.Load())
}

func main() {
	seed, _ = strconv.ParseInt(os.Args[2], 10, 64)
	f := map[string]func(){
		"queues": queues, "selects": selects, "channels": channels, "closes": closes, "semaphores": semaphores, "notifies": notifies, "timers": clocks,
	}[os.Args[1]]
	f()
	fmt.Println("ok")
}
