// What a running program shows of its goroutines: to a signal, to itself, and as it dies.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { Preemptions } from '../../src/cli/bench.ts';
import type { SchedEvent } from '../../src/inspect/events.ts';
import { burrow, command, dir, env, file, run } from './workspace.testing.ts';

const goroutines = file(
  'goroutines.go',
  `package main

import (
	"os"
	"runtime"
	"sync"
	"time"
)

func spin() {
	for {
	}
}

func locked(mu *sync.Mutex) {
	runtime.LockOSThread()
	mu.Lock()
}

func read() {
	var b [1]byte
	os.Stdin.Read(b[:])
}

func main() {
	var mu sync.Mutex
	mu.Lock()
	c := make(chan int)
	go func() { c <- 1 }()
	go locked(&mu)
	go func() { time.Sleep(time.Hour) }()
	go read()
	time.Sleep(20 * time.Millisecond)
	if len(os.Args) > 1 {
		go spin()
		go spin()
		go spin()
	}
	time.AfterFunc(20*time.Millisecond, func() { println("up") })
	<-c
	<-c
}
`,
);

/** Sends the signal when the program says that it is up; its standard input stays open. */
async function signalled(sig: NodeJS.Signals, more: NodeJS.ProcessEnv, args: string[]) {
  const p = spawn(command, ['run', goroutines, ...args], { cwd: dir, env: { ...env, ...more } });
  let err = '';
  let sent = false;
  p.stderr.on('data', (d) => {
    err += d;
    if (!sent && err.startsWith('up\n')) {
      sent = true;
      p.kill(sig);
    }
  });
  return new Promise<{ err: string; code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    p.on('close', (code, signal) => {
      p.stdin.destroy();
      resolve({ err, code, signal });
    }),
  );
}

/** id [state] of each goroutine in a report. */
function states(report: string): Map<number, string> {
  const found = report.matchAll(/^goroutine (\d+) gp=0x[0-9a-f]+ m=(?:nil|\d+ mp=0x[0-9a-f]+) \[(.*)\]:$/gm);
  return new Map([...found].map((m) => [Number(m[1]), m[2]!]));
}

test('SIGQUIT shows every goroutine, also where all Ms are blocked', async () => {
  for (const procs of ['1', '4']) {
    const r = await signalled('SIGQUIT', { GOMAXPROCS: procs }, []);
    assert.match(r.err, /^up\nSIGQUIT: quit\nPC=0x[0-9a-f]+ m=0 sigcode=0\n\ngoroutine 0 \[idle\]:\n\ngoroutine 1 gp=/);
    const all = states(r.err);
    assert.equal(all.get(1), 'chan receive');
    assert.deepEqual([...all.values()].sort(), [
      'chan receive',
      'sleep',
      'sync.Mutex.Lock, locked to thread',
      'syscall',
    ]);
    assert.match(
      r.err,
      /\nmain\.locked\(\.\.\.\)\n\t\S+goroutines\.go:17\n(?:.*\n)*?created by main\.main in goroutine 1\n\t\S+goroutines\.go:30\n/,
    );
    assert.match(r.err, /\nexit status 2\n$/);
    assert.equal(r.code, 2);
  }
});

test('and where all Ps are busy', async () => {
  for (const procs of ['1', '2']) {
    const r = await signalled('SIGQUIT', { GOMAXPROCS: procs }, ['busy']);
    assert.match(
      r.err,
      /^up\nSIGQUIT: quit\nPC=0x[0-9a-f]+ m=0 sigcode=0\n\ngoroutine \d+ (?:gp=0x[0-9a-f]+ m=nil \[running\]|\[idle\]):\n/,
    );
    const busy = [...states(r.err).values()].filter((s) => s === 'running' || s === 'runnable').length;
    assert.ok(busy >= 3, r.err);
    assert.equal(r.code, 2);
  }
});

test('GOTRACEBACK says how much', async () => {
  const none = await signalled('SIGQUIT', { GOTRACEBACK: 'none' }, []);
  assert.match(none.err, /^up\nSIGQUIT: quit\nPC=(?:.*\n)*goroutine 1 gp=0x/);
  const crash = await signalled('SIGABRT', { GOTRACEBACK: 'crash' }, []);
  assert.match(crash.err, /^up\nSIGABRT: abort\nPC=/);
  assert.equal(crash.signal, 'SIGABRT');
  const prog = file('panics.go', 'package main\n\nfunc main() {\n\tgo func() { select {} }()\n\tpanic("x")\n}\n');
  const err = (level: string) => burrow(['run', prog], '', { GOTRACEBACK: level, GOMAXPROCS: '1' }).err;
  for (const level of ['none', '0', 'no such level']) assert.equal(err(level), 'panic: x\nexit status 2\n');
  for (const level of ['single', ''])
    assert.match(err(level), /^panic: x\n\ngoroutine 1 \[running\]:\nmain\.main\(\)\n\t\S+:5[^\n]*\nexit status 2\n$/);
  for (const level of ['all', '1'])
    assert.match(
      err(level),
      /\ngoroutine 2 \[runnable\]:\nmain\.main\.func1\(\)\n\t\S+:4\ncreated by main\.main in goroutine 1\n/,
    );
  for (const level of ['system', '2', '3'])
    assert.match(err(level), /\ngoroutine 1 gp=0x[0-9a-f]+ m=0 mp=0x[0-9a-f]+ \[running\]:\n(?:.*\n)*runtime\.main\(/);
});

test('a program ends while a goroutine of it reads', async () => {
  const prog = file(
    'reads.go',
    'package main\n\nimport (\n\t"os"\n\t"time"\n)\n\nfunc main() {\n\tgo os.Stdin.Read(make([]byte, 1))\n\ttime.Sleep(20 * time.Millisecond)\n\tos.Exit(3)\n}\n',
  );
  const p = spawn(command, ['run', prog], { cwd: dir, env });
  assert.equal(await new Promise((resolve) => p.on('exit', resolve)), 3);
  p.stdin.destroy();
});

test('preemption latency is counted from the wish to another goroutine’s start', () => {
  const seen = new Preemptions();
  const e = (time: number, p: number, kind: SchedEvent['kind'], goid: number, arg = 0): SchedEvent => ({
    time,
    p,
    m: p,
    kind,
    goid,
    arg,
  });
  seen.add([
    e(100_000, 0, 'preempt', 1, 20_000),
    e(100_000, 1, 'preempt', 2, 500),
    e(100_500, 0, 'start', 3),
    // gives way by itself
    e(101_000, 0, 'preempt', 3),
    e(101_500, 0, 'start', 1),
  ]);
  // the same one goes on
  seen.add([e(102_000, 1, 'start', 2), e(103_000, 1, 'preempt', 2, 1000), e(103_500, 1, 'start', 4)]);
  assert.deepEqual(seen.ns, [20_500, 1500]);
  assert.deepEqual(seen.latency(2), { procs: 2, preemptions: 2, mean: 11, p99: 20.5 });
});

test('goroutines that nobody can ready are found', () => {
  const r = burrow(
    [
      'run',
      '-tags=goexperiment.goroutineleakprofile',
      file(
        'leaks.go',
        `package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"runtime/pprof"
	"sync"
	"time"
)

var global = make(chan int)

func leak() {
	go func() { <-make(chan int) }()
	go func() { c := make(chan int, 1); c <- 1; c <- 1 }()
	go func() { var none chan int; <-none }()
	go func() { m := new(sync.Mutex); m.Lock(); m.Lock() }()
	go func() { var m sync.RWMutex; m.RLock(); m.Lock() }()
	go func() { select {} }()
	go func() {
		select {
		case <-make(chan int):
		case make(chan int) <- 1:
		}
	}()
	go func() { var w sync.WaitGroup; w.Add(1); w.Wait() }()
	go func() { var m sync.Mutex; c := sync.NewCond(&m); m.Lock(); c.Wait() }()
	// each for the other
	a, b := make(chan int), make(chan int)
	go func() { <-a; b <- 1 }()
	go func() { <-b; a <- 1 }()
}

func wait() (ended func()) {
	go func() { <-global }()
	go func() {
		select {
		case <-time.After(time.Hour):
		case <-make(chan int):
		}
	}()
	var w sync.WaitGroup
	// in a row, each for the one before
	c := make(chan int)
	last := c
	for range 5 {
		next := make(chan int)
		w.Add(1)
		go func(from chan int) { next <- <-from; w.Done() }(last)
		last = next
	}
	w.Add(1)
	go func() { fmt.Println("through", <-last); w.Done() }()
	return func() { c <- 7; w.Wait() }
}

func main() {
	leak()
	ended := wait()
	time.Sleep(10 * time.Millisecond)
	p := pprof.Lookup("goroutineleak")
	for range 2 {
		var out bytes.Buffer
		p.WriteTo(&out, 1)
		fmt.Println(regexp.MustCompile("main\\\\.wait").Match(out.Bytes()), len(regexp.MustCompile("(?m)^1 @").FindAll(out.Bytes(), -1)), p.Count())
	}
	var dump bytes.Buffer
	pprof.Lookup("goroutine").WriteTo(&dump, 2)
	for _, m := range regexp.MustCompile(" \\\\[(.*) \\\\(leaked\\\\)\\\\]").FindAllSubmatch(dump.Bytes(), -1) {
		fmt.Println(string(m[1]))
	}
	ended()
	os.Exit(3)
}
`,
      ),
    ],
    '',
  );
  assert.equal(r.err, 'exit status 3\n');
  assert.equal(
    r.out,
    `false 11 11
false 11 11
chan receive
chan send
chan receive (nil chan)
sync.Mutex.Lock
sync.RWMutex.Lock
select (no cases)
select
sync.WaitGroup.Wait
sync.Cond.Wait
chan receive
chan receive
through 7
`,
  );
});

test('runtime/metrics knows goroutines, their waits, pauses and memory', () => {
  const r = run(`package main

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"time"
)

func main() {
	runtime.GOMAXPROCS(3)
	c := make(chan int)
	for range 50 {
		go func() { <-c }()
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	mu.Lock()
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.Lock()
			defer mu.Unlock()
		}()
	}
	time.Sleep(20 * time.Millisecond)
	mu.Unlock()
	wg.Wait()
	runtime.GC()
	runtime.GC()
	runtime.Stack(make([]byte, 100), true)
	time.Sleep(time.Millisecond)
	samples := []metrics.Sample{}
	for _, d := range metrics.All() {
		samples = append(samples, metrics.Sample{Name: d.Name})
	}
	metrics.Read(samples)
	u := map[string]uint64{}
	h := map[string]uint64{}
	sum := uint64(0)
	for _, s := range samples {
		switch s.Value.Kind() {
		case metrics.KindUint64:
			u[s.Name] = s.Value.Uint64()
			if strings.HasPrefix(s.Name, "/memory/classes/") && s.Name != "/memory/classes/total:bytes" {
				sum += s.Value.Uint64()
			}
		case metrics.KindFloat64Histogram:
			for _, n := range s.Value.Float64Histogram().Counts {
				h[s.Name] += n
			}
		case metrics.KindFloat64:
			if s.Name == "/sync/mutex/wait/total:seconds" {
				fmt.Println("mutex wait", s.Value.Float64() > 0.02 && s.Value.Float64() < 60)
			}
		}
	}
	fmt.Println(u["/sched/gomaxprocs:threads"], u["/sched/goroutines:goroutines"], u["/sched/goroutines/running:goroutines"], u["/sched/goroutines/waiting:goroutines"])
	fmt.Println(u["/sched/goroutines-created:goroutines"], u["/sched/threads/total:threads"] >= 2)
	fmt.Println(u["/gc/cycles/forced:gc-cycles"], h["/sched/pauses/total/gc:seconds"] >= 2, h["/sched/pauses/stopping/other:seconds"] >= 1)
	fmt.Println(h["/sched/latencies:seconds"] > 0, sum == u["/memory/classes/total:bytes"])
}
`);
  assert.equal(r.err, '');
  assert.equal(r.out, 'mutex wait true\n3 51 1 50\n55 true\n2 true true\ntrue true\n');
});

test('MemStats and runtime/metrics agree on the heap, to which stacks do not belong', () => {
  const r = run(`package main

import (
	"fmt"
	"runtime"
	"runtime/metrics"
)

func main() {
	c := make(chan int)
	for range 2000 {
		go func() { <-c }()
	}
	runtime.Gosched()
	s := []metrics.Sample{}
	for _, name := range []string{"objects", "unused", "stacks", "free", "released"} {
		s = append(s, metrics.Sample{Name: "/memory/classes/heap/" + name + ":bytes"})
	}
	var m runtime.MemStats
	metrics.Read(s)
	runtime.ReadMemStats(&m)
	v := func(i int) uint64 { return s[i].Value.Uint64() }
	near := func(a, b uint64) bool { return a*20 > b*19 && b*20 > a*19 }
	fmt.Println(near(m.HeapInuse, v(0)+v(1)), near(m.StackInuse, v(2)), near(m.HeapIdle, v(3)+v(4)), near(m.HeapSys, v(0)+v(1)+v(3)+v(4)))
	fmt.Println(m.HeapSys == m.HeapInuse+m.HeapIdle, m.Sys >= m.HeapSys+m.StackSys, m.StackInuse > 100_000)
}
`);
  assert.equal(r.err, '');
  assert.equal(r.out, 'true true true true\ntrue true true\n');
});

test('runtime/metrics and MemStats count each object once, by its size, and the time Ps have nothing to do', () => {
  const prog = file(
    'counted.go',
    `package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"time"
)

type (
	s48  struct{ p *int; a [5]int }
	s56  struct{ p *int; a [6]int }
	s320 [320]byte
)

var (
	a []*s48
	b []*s56
	c []*s320
	d [][]byte
	t []*bool
)

const n = 5000

func alloc() {
	for range n {
		a = append(a, new(s48))
		b = append(b, new(s56))
		c = append(c, new(s320))
		t = append(t, new(bool))
	}
	for range 10 {
		d = append(d, make([]byte, 100_000))
	}
}

var names = []string{
	"/gc/heap/allocs-by-size:bytes", "/gc/heap/frees-by-size:bytes", "/gc/heap/allocs:objects", "/gc/heap/frees:objects", "/gc/heap/tiny/allocs:objects",
	"/gc/heap/allocs:bytes", "/gc/heap/frees:bytes", "/memory/classes/heap/objects:bytes", "/gc/heap/objects:objects",
	"/cpu/classes/idle:cpu-seconds", "/cpu/classes/total:cpu-seconds", "/cpu/classes/user:cpu-seconds",
}

type snapshot struct {
	sizes [2]*metrics.Float64Histogram
	u     map[string]uint64
	f     map[string]float64
}

func look() snapshot {
	var s []metrics.Sample
	for _, name := range names {
		s = append(s, metrics.Sample{Name: name})
	}
	metrics.Read(s)
	r := snapshot{u: map[string]uint64{}, f: map[string]float64{}}
	r.sizes[0], r.sizes[1] = s[0].Value.Float64Histogram(), s[1].Value.Float64Histogram()
	for _, s := range s[2:] {
		if s.Value.Kind() == metrics.KindUint64 {
			r.u[s.Name] = s.Value.Uint64()
		} else {
			r.f[s.Name] = s.Value.Float64()
		}
	}
	return r
}

func (s snapshot) of(h int, size float64) uint64 {
	for i, n := range s.sizes[h].Counts {
		if s.sizes[h].Buckets[i] <= size && size < s.sizes[h].Buckets[i+1] {
			return n
		}
	}
	return 0
}

// about: the runtime and fmt allocate a little, too
func about(what string, n, of uint64) {
	if n < of || n > of+of/10+100 {
		fmt.Println(what, n, "instead of", of)
	}
}

func sum(s snapshot, h int) (n uint64) {
	for _, k := range s.sizes[h].Counts {
		n += k
	}
	return
}

func main() {
	var m1, m2 runtime.MemStats
	runtime.GC()
	before := look()
	runtime.ReadMemStats(&m1)
	alloc()
	runtime.ReadMemStats(&m2)
	after := look()
	about("48", after.of(0, 48)-before.of(0, 48), n)
	about("64", after.of(0, 56)-before.of(0, 56), n)
	about("320", after.of(0, 320)-before.of(0, 320), n)
	about("large", after.of(0, 100_000)-before.of(0, 100_000), 10)
	about("tiny", after.u[names[4]]-before.u[names[4]], n*15/16-100)
	about("bytes", after.u[names[5]]-before.u[names[5]], 3_700_000)
	about("Mallocs", m2.Mallocs-m1.Mallocs, 4*n+10)
	for _, s := range m2.BySize {
		if s.Size == 320 {
			about("BySize", s.Mallocs, n)
		}
	}
	if sum(after, 0) != after.u[names[2]] || sum(after, 1) != after.u[names[3]] {
		fmt.Println("the sizes' sums are", sum(after, 0), sum(after, 1), "of", after.u)
	}
	a, b, c, d, t = nil, nil, nil, nil, nil
	runtime.GC()
	freed := look()
	about("freed 48", freed.of(1, 48)-after.of(1, 48), n)
	about("freed 320", freed.of(1, 320)-after.of(1, 320), n)
	about("freed large", freed.of(1, 100_000)-after.of(1, 100_000), 10)
	if freed.u[names[5]]-freed.u[names[6]] != freed.u[names[7]] || freed.u[names[2]]-freed.u[names[3]] != freed.u[names[8]] {
		fmt.Println("allocated without freed is not what there is:", freed.u)
	}
	runtime.GC()
	runtime.ReadMemStats(&m2)
	if m2.HeapAlloc > 1<<20 || m2.Frees > m2.Mallocs || m2.NumForcedGC != 3 {
		fmt.Println(m2.HeapAlloc, m2.Frees, m2.Mallocs, m2.NumForcedGC)
	}
	idle := look().f
	time.Sleep(300 * time.Millisecond)
	now := look().f
	procs := float64(runtime.GOMAXPROCS(0))
	if d := now[names[9]] - idle[names[9]]; d < 0.9*0.3*procs {
		fmt.Println("idle for", d)
	}
	for _, f := range []map[string]float64{idle, now} {
		if gc := f[names[10]] - f[names[9]] - f[names[11]]; gc < 0 || gc > f[names[10]] {
			fmt.Println("of", f[names[10]], "idle", f[names[9]], "user", f[names[11]])
		}
	}
	fmt.Fprintln(os.Stdout, "counted")
}
`,
  );
  for (const procs of ['1', '3']) {
    const r = burrow(['run', prog], '', { GOMAXPROCS: procs });
    assert.equal(r.err, '');
    assert.equal(r.out, 'counted\n');
  }
});
