// The scheduler's events: every kind of them in the log of a run, and a log that depends on the seed alone.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeProgram } from '../../src/cli/program.ts';
import { run } from '../../src/host/node/run.ts';
import { eventLine } from '../../src/inspect/events.ts';
import { command, dir, env, file } from './workspace.testing.ts';

const everything = `package main

import (
	"os"
	"runtime"
	"sync"
	"time"
)

func spin(stop chan bool) {
	for {
		select {
		case <-stop:
			return
		default:
		}
	}
}

func main() {
	// blocks and wakes
	c := make(chan int)
	go func() {
		for i := range 100 {
			c <- i
		}
		close(c)
	}()
	for range c {
	}
	// reads what is long in coming, so that the P is handed off
	go os.Stdin.Read(make([]byte, 1))
	if _, err := os.ReadFile("/dev/null"); err != nil {
		panic(err)
	}
	// more that run than there are Ps
	stop := make(chan bool)
	var wg sync.WaitGroup
	for range 6 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			spin(stop)
		}()
	}
	time.Sleep(150 * time.Millisecond)
	runtime.GC()
	close(stop)
	wg.Wait()
	// more on one P's queue than it can do at once
	for range 300 {
		for range 20 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for t := time.Now(); time.Since(t) < 50*time.Microsecond; {
				}
			}()
		}
		wg.Wait()
	}
}
`;

test('every kind of event is in the log, with P and M, and no P’s time goes backwards', async () => {
  const args = ['run', '-events=all.txt', file('everything.go', everything)];
  const child = spawn(command, args, { cwd: dir, env: { ...env, GOMAXPROCS: '2' } });
  assert.equal(await new Promise((resolve) => child.on('exit', resolve)), 0);
  child.stdin.destroy();
  const seen = new Map<string, number>();
  const last = new Map<string, bigint>();
  let lost = 0;
  for (const line of readFileSync(join(dir, 'all.txt'), 'utf8').trimEnd().split('\n')) {
    const m = /^(\d+) (P\d+) (M\d+) ([a-z]+) (\d+) (\d+)$/.exec(line);
    assert.ok(m, line);
    const [, time, p, , kind, , arg] = m;
    seen.set(kind!, (seen.get(kind!) ?? 0) + 1);
    if (kind === 'lost') lost += Number(arg);
    assert.ok(BigInt(time!) >= (last.get(p!) ?? 0n), line);
    last.set(p!, BigInt(time!));
  }
  assert.equal(lost, 0, 'the reader was overtaken');
  for (const kind of [
    ...['create', 'start', 'block', 'unblock', 'preempt', 'end', 'steal', 'handoff', 'syscallenter', 'syscallexit'],
    ...['procstart', 'procstop', 'stwstart', 'stwdone'],
  ])
    assert.ok((seen.get(kind) ?? 0) > 0, `${kind} is missing: ${JSON.stringify([...seen])}`);
});

const handing = `package main

import (
	"os"
	"runtime"
	"time"
)

func main() {
	runtime.GOMAXPROCS(1)
	limit, err := time.ParseDuration(os.Args[1])
	if err != nil {
		panic(err)
	}
	var there, back [3]chan int
	for k := range there {
		there[k], back[k] = make(chan int), make(chan int)
		go func() {
			for v := range there[k] {
				if v%1000 == 0 {
					runtime.Gosched()
				}
				back[k] <- v + 1
			}
			close(back[k])
		}()
	}
	for start, i := time.Now(), 0; time.Since(start) < limit; {
		for range 100 {
			i++
			there[i%3] <- i
			<-back[i%3]
		}
	}
	for k := range there {
		close(there[k])
		<-back[k]
	}
}
`;

test('what the log says of goroutines that hand over to each other can be', () => {
  const program = file('handing.go', handing);
  const follows: { readonly [kind: string]: readonly string[] } = {
    start: ['create', 'unblock', 'preempt', 'syscallenter', 'syscallexit'],
    unblock: ['block'],
    block: ['start', 'syscallexit'],
    preempt: ['start', 'syscallexit'],
    end: ['start', 'syscallexit'],
  };
  let together = 0;
  // They are written as one once sysmon has a thread, which on a busy machine takes its time.
  for (let seconds = 1; together === 0 && seconds < 60; seconds *= 3) {
    const r = spawnSync(command, ['run', '-events=handing.txt', program, `${seconds}s`], { cwd: dir, env });
    assert.equal(r.status, 0, String(r.stderr));
    /** what each goroutine is, as far as it is known */
    let states = new Map<string, string>();
    let last = '';
    for (const line of readFileSync(join(dir, 'handing.txt'), 'utf8').trimEnd().split('\n')) {
      const [time, , , kind, goid, arg] = line.split(' ') as [string, string, string, string, string, string];
      if (kind === 'lost') states = new Map();
      const before = states.get(goid);
      if (before !== undefined && follows[kind]) assert.ok(follows[kind].includes(before), `${line} after ${before}`);
      if (kind === 'unblock') assert.match(states.get(arg) ?? 'start', /^(start|syscallexit)$/, `${line}: who runs?`);
      if (kind === 'unblock') assert.notEqual(arg, '0', line);
      states.set(goid, kind);
      if (kind === 'start' && last === `${time} block`) together++;
      last = `${time} ${kind}`;
    }
  }
  assert.ok(together > 0, 'no switch was written as one');
});

const chances = `package main

import (
	"fmt"
	"hash/fnv"
	"os"
	"sync"
	"time"
)

func main() {
	h := fnv.New32()
	var mu sync.Mutex
	note := func(args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(h, args...)
	}
	m := map[int]string{}
	for i := range 50 {
		m[i] = fmt.Sprint(i)
	}
	a, b := make(chan int), make(chan int, 3)
	done := make(chan bool)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() {
				if r := recover(); r != nil {
					note("recovered", r)
				}
			}()
			for k := range m {
				select {
				case a <- k:
				case b <- k + 100:
				case <-time.After(time.Duration(k) * time.Hour):
					note("late", i, k)
				}
				if k == 17+i {
					var none map[int]int
					none[k] = i
				}
			}
		}()
	}
	go func() { wg.Wait(); close(done) }()
	t := time.NewTicker(time.Minute)
	for {
		select {
		case v := <-a:
			note("a", v)
			time.Sleep(time.Duration(v) * time.Second)
		case v := <-b:
			note("b", v)
		case now := <-t.C:
			note(now.UTC())
		case <-done:
			os.Exit(int(h.Sum32()) & 0x7f)
		}
	}
}
`;

test('twenty runs with one seed are one, a run with another is another, and hours of sleep take no time', async () => {
  const { wasm } = await makeProgram({ files: [join(dir, file('chances.go', chances))] }, true);
  const log = async (seed: bigint): Promise<string> => {
    const h = createHash('sha256');
    let n = 0;
    const ending = await run(wasm!, {
      args: ['chances'],
      env: [],
      seed,
      events: (events) => {
        n += events.length;
        for (const e of events) h.update(eventLine(e));
      },
    });
    assert.ok('code' in ending, JSON.stringify(ending));
    return `${ending.code} ${n} ${h.digest('hex')}`;
  };
  const first = await log(5n);
  assert.match(first, /^\d+ \d{3,} /);
  for (let i = 1; i < 20; i++) assert.equal(await log(5n), first);
  assert.notEqual(await log(6n), first);
});
