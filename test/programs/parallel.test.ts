// Goroutines on several Ms, and what shows them: GOMAXPROCS, preemption, host calls, locked goroutines, runs from a seed, schedtrace, events.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { burrow, command, dir, env, file, root } from './workspace.testing.ts';

const stress = join(root, 'test', 'stress', 'main.go');

for (const procs of ['1', '2', '4', '8'])
  test(`no message is lost, GOMAXPROCS=${procs}`, () => {
    const r = burrow(['run', stress, '1m', '500', '12'], '', { GOMAXPROCS: procs });
    assert.match(r.out, /^rounds 12 messages \d+ goroutines 1\n$/, r.err);
    assert.equal(r.code, 0);
  });

test('nor under gcstress', () => {
  const r = burrow(['run', stress, '1m', '100', '4'], '', { GOMAXPROCS: '4', GODEBUG: 'gcstress=1' });
  assert.match(r.out, /^rounds 4 messages \d+ goroutines 1\n$/, r.err);
});

const two = `package main

import (
	"fmt"
	"runtime"
	"sync"
)

func sum(n int) (s int) {
	for i := range n {
		s += i
	}
	return
}

func main() {
	fmt.Println(runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			sum(300_000_000)
		}()
	}
	wg.Wait()
	fmt.Println(runtime.GOMAXPROCS(3), runtime.GOMAXPROCS(1), runtime.GOMAXPROCS(0))
}
`;

test('two Ms run Go code, and GOMAXPROCS changes while they do', () => {
  const r = burrow(['run', '-events=events.txt', file('two.go', two)], '', { GOMAXPROCS: '2' });
  assert.equal(r.err, '');
  assert.equal(r.out, '2\n2 3 1\n');
  const ms = new Set<string>();
  for (const line of readFileSync(join(dir, 'events.txt'), 'utf8').split('\n')) {
    const [, , m, kind] = line.split(' ');
    if (kind === 'start') ms.add(m!);
  }
  assert.ok(ms.size >= 2, `goroutines were started on ${[...ms].join(', ')}`);
});

const seeded = `package main

import (
	"fmt"
	"math/rand"
	"sync"
	"time"
)

func main() {
	var wg sync.WaitGroup
	c := make(chan string)
	for i := range 5 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for k := range 3 {
				time.Sleep(time.Duration(rand.Intn(3)) * time.Hour)
				c <- fmt.Sprint(i, ":", k)
			}
		}()
	}
	go func() { wg.Wait(); close(c) }()
	for s := range c {
		fmt.Print(s, " ")
	}
	fmt.Println(time.Now().UTC())
}
`;

test('a seed decides everything, and hours of sleep take no time', () => {
  const prog = file('seeded.go', seeded);
  const once = (seed: number) => {
    const r = burrow(['run', `-seed=${seed}`, '-events=log.txt', prog]);
    assert.equal(r.code, 0, r.err);
    return r.out + readFileSync(join(dir, 'log.txt'), 'utf8');
  };
  const first = once(1);
  for (let i = 0; i < 3; i++) assert.equal(once(1), first);
  assert.notEqual(once(2), first);
});

test('an event log that cannot be written, and a seed of nothing', () => {
  const prog = file('seeded.go', seeded);
  const log = burrow(['run', '-events=no/such/log.txt', prog]);
  assert.match(log.err, /^burrow: cannot write the event log: ENOENT/);
  assert.equal(log.code, 1);
  const zero = burrow(['run', '-seed=0', prog]);
  assert.equal(zero.err, 'burrow: -seed must not be 0\n');
  assert.equal(zero.code, 1);
});

test('schedtrace and scheddetail are Go’s', () => {
  const prog = file('two.go', two);
  const brief = burrow(['run', prog], '', { GOMAXPROCS: '2', GODEBUG: 'schedtrace=20' });
  const lines = brief.err.trimEnd().split('\n');
  assert.ok(lines.length >= 2);
  for (const l of lines)
    assert.match(
      l,
      /^SCHED \d+ms: gomaxprocs=[123] idleprocs=\d+ threads=\d+ spinningthreads=\d+ needspinning=\d+ idlethreads=\d+ runqueue=\d+ \[ \d+( \d+)* \] schedticks=\[ (\d+ )+\]$/,
    );
  const long = burrow(['run', prog], '', { GOMAXPROCS: '2', GODEBUG: 'schedtrace=50,scheddetail=1' });
  assert.match(long.err, /^SCHED \d+ms: .* gcwaiting=false nmidlelocked=0 stopwait=0 sysmonwait=(true|false)$/m);
  assert.match(
    long.err,
    /^ {2}P1: status=\d schedtick=\d+ syscalltick=\d+ m=(\d+|nil) runqsize=\d+ gfreecnt=\d+ timerslen=\d+$/m,
  );
  assert.match(long.err, /^ {2}M0: p=(\d+|nil) curg=(\d+|nil) mallocing=0 .* lockedg=nil$/m);
  assert.match(long.err, /^ {2}G1: status=\d\(sync.WaitGroup.Wait\) m=nil lockedm=nil$/m);
});

test('a goroutine that waits for standard input does not stop the others', async () => {
  const prog = file(
    'input.go',
    `package main

import (
	"bufio"
	"fmt"
	"os"
	"time"
)

func main() {
	go func() {
		for i := range 3 {
			time.Sleep(time.Millisecond)
			fmt.Println("tick", i)
		}
	}()
	s := bufio.NewScanner(os.Stdin)
	for s.Scan() {
		fmt.Println("line", s.Text())
	}
}
`,
  );
  const child = spawn(command, ['run', prog], { cwd: dir, env: { ...env, GOMAXPROCS: '1' } });
  let out = '';
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.stdout.on('data', (b: Buffer) => {
    out += b;
    if (out === 'tick 0\ntick 1\ntick 2\n') child.stdin.end('after\n');
  });
  assert.equal(await ended, 0);
  assert.equal(out, 'tick 0\ntick 1\ntick 2\nline after\n');
});

test('goroutines locked to their threads', () => {
  const prog = file(
    'locked.go',
    `package main

import (
	"fmt"
	"runtime"
	"sync"
)

func main() {
	c := make(chan int)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			runtime.LockOSThread()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for k := range 200 {
				c <- k
			}
			runtime.UnlockOSThread()
		}()
	}
	go func() { wg.Wait(); close(c) }()
	sum := 0
	for v := range c {
		sum += v
	}
	fmt.Println(sum)
	runtime.LockOSThread()
	<-c
	var none chan int
	<-none
}
`,
  );
  for (const procs of ['1', '2', '4']) {
    const r = burrow(['run', prog], '', { GOMAXPROCS: procs });
    assert.equal(r.out, '79600\n', r.err);
    assert.match(r.err, /^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 /);
    assert.equal(r.code, 2);
  }
});

const clocks = `package main

import (
	"fmt"
	"runtime"
	"time"
)

func main() {
	there, back := make(chan time.Time), make(chan time.Time)
	go func() {
		runtime.LockOSThread()
		for t := range there {
			_ = t
			back <- time.Now().Round(0)
		}
	}()
	runtime.LockOSThread()
	backwards, fine := 0, 0
	last := time.Now().Round(0)
	for range 500 {
		there <- last
		for _, t := range []time.Time{<-back, time.Now().Round(0)} {
			if t.Before(last) {
				backwards++
			}
			if t.Nanosecond()%1000 != 0 {
				fine++
			}
			last = t
		}
	}
	fmt.Println(backwards, fine > 0)
}
`;

test('the time of day is the same on all threads, to the nanosecond', () => {
  const r = burrow(['run', file('clocks.go', clocks)], '', { GOMAXPROCS: '2' });
  assert.equal(r.err, '');
  assert.equal(r.out, '0 true\n');
});

const opens = `package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
)

var sink [64][]byte

func main() {
	debug.SetGCPercent(1)
	os.WriteFile("opened-again-and-again-1", nil, 0o666)
	stop := make(chan bool)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				sink[i*16+n%16] = make([]byte, 16+16*(n%8))
				if n%100 == 0 {
					runtime.GC()
				}
			}
		}()
	}
	for range 40000 {
		f, err := os.Open("./opened-again-and-again-" + strconv.Itoa(1))
		if err != nil {
			fmt.Println(err)
			break
		}
		f.Close()
	}
	close(stop)
	wg.Wait()
}
`;

test('what a host call was given is not collected before it is done', () => {
  const r = burrow(['run', file('opens.go', opens)], '', { GOMAXPROCS: '4' });
  assert.equal(r.err, '');
  assert.equal(r.out, '');
});

const folders = `package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
)

func main() {
	for d := range 8 {
		dir := fmt.Sprintf("folder%d", d)
		os.Mkdir(dir, 0o777)
		for i := range 40 {
			os.WriteFile(fmt.Sprintf("%s/of%d-%s%d", dir, d, strings.Repeat("x", 200), i), nil, 0o666)
		}
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range 100 {
				d := (g + n) % 8
				f, err := os.Open(fmt.Sprintf("folder%d", d))
				if err != nil {
					fmt.Println(err)
					return
				}
				seen := 0
				for {
					names, err := f.Readdirnames(3)
					if err != nil {
						break
					}
					for _, name := range names {
						seen++
						if !strings.HasPrefix(name, fmt.Sprintf("of%d-", d)) {
							fmt.Println("of another folder:", d, name[:4])
							return
						}
					}
					runtime.Gosched()
				}
				f.Close()
				if seen != 40 {
					fmt.Println("seen", seen)
				}
			}
		}()
	}
	wg.Wait()
}
`;

test('a folder is read on whatever thread its reader is', () => {
  const r = burrow(['run', file('folders.go', folders)], '', { GOMAXPROCS: '4' });
  assert.equal(r.err, '');
  assert.equal(r.out, '');
});
