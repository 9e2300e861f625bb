// Programs that fail in several goroutines at once: one of them says why, whole, and ends the program; the others do not keep it from that.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { burrow, dir, file } from './workspace.testing.ts';

const atOnce = `package main

import (
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
)

type failure struct{ n int }

func (f failure) Error() string {
	s := ""
	for i := range 20 {
		s += fmt.Sprint(i)
	}
	return fmt.Sprint("failure ", s[:2], f.n)
}

func fail(kind string, i int, m map[int]int) {
	switch kind {
	case "panic":
		panic(failure{i})
	case "nil":
		var p *int
		*p = 1
	case "nested":
		defer func() { panic(fmt.Sprint(recover(), " again")) }()
		panic(failure{i})
	case "map":
		for k := 0; ; k++ {
			m[k%100] = i
		}
	case "all":
		fail([]string{"panic", "map", "nested"}[i%3], i, m)
	}
}

func main() {
	m := map[int]int{}
	var ready atomic.Int32
	const n = 20
	for i := range n {
		go func() {
			for ready.Add(1); ready.Load() < n; {
				runtime.Gosched()
			}
			fail(os.Args[1], i, m)
		}()
	}
	select {}
}
`;

const expected: { readonly [kind: string]: RegExp } = {
  panic: /^panic: failure 01\d+\n\ngoroutine \d+ \[running\]:\nmain\.fail\(/,
  nil: /^panic: runtime error: invalid memory address or nil pointer dereference\n\[signal SIGSEGV: .*\]\n\ngoroutine \d+ \[running\]:\nmain\.fail\(/,
  nested:
    /^panic: failure 01\d+ \[recovered\]\n\tpanic: failure 01\d+ again\n\ngoroutine \d+ \[running\]:\nmain\.fail\.func1\(/,
  map: /^fatal error: concurrent map writes\n\ngoroutine \d+ \[running\]:\n/,
  all: /^(panic: failure|fatal error: concurrent map writes\n)/,
};

for (const [kind, message] of Object.entries(expected))
  test(`of goroutines that fail at once one reports: ${kind}`, () => {
    const prog = file('atonce.go', atOnce);
    // Where every safepoint collects, the report does not wait for those that also want to make one.
    for (const procs of ['2', '4', '8'])
      for (const debug of kind === 'map' ? [''] : ['', 'gcstress=1']) {
        const r = burrow(['run', prog, kind], '', { GOMAXPROCS: procs, GODEBUG: debug });
        assert.match(r.err, message);
        assert.equal(r.err.match(/^(panic|fatal error): /gm)?.length, 1, r.err);
        assert.match(r.err, /^created by main\.main in goroutine 1\n\t.*atonce\.go:\d+/m);
        assert.equal(r.code, 2);
      }
  });

test('the main goroutine does not end the program before one that panics has said so', () => {
  const prog = file(
    'last.go',
    `package main

import "sync"

func main() {
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		defer func() { recover() }()
		panic("recovered")
	}()
	go func() {
		defer wg.Done()
		panic("not recovered")
	}()
	wg.Wait()
}
`,
  );
  for (const procs of ['1', '2', '4']) {
    const r = burrow(['run', prog], '', { GOMAXPROCS: procs });
    assert.match(r.err, /^panic: not recovered\n\ngoroutine \d+ \[running\]:\n/);
    assert.equal(r.code, 2);
  }
});

test('a fatal error in a deferred call names the panics it runs for, and a second output gets what a dying program says', () => {
  file(
    'under/main.go',
    `package main

import (
	"os"
	"runtime/debug"
	"sync"
)

type name string

func main() {
	f, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	println(debug.SetCrashOutput(f, debug.CrashOptions{}) == nil)
	f.Close()
	var mu sync.Mutex
	defer mu.Unlock()
	defer func() { panic(name("b\\nc")) }()
	defer func() { panic(recover()) }()
	panic(12)
}
`,
  );
  const out = join(dir, 'under', 'crash');
  const r = burrow(['run', join(dir, 'under', 'main.go'), out]);
  assert.equal(r.code, 2);
  const said =
    /^panic: 12 \[recovered, repanicked\]\n\tpanic: main\.name\("b\n\tc"\)\n\tfatal error: sync: unlock of unlocked mutex\n\ngoroutine 1 /;
  assert.match(r.err.replace(/^true\n/, ''), said);
  const kept = readFileSync(out, 'utf8');
  assert.match(kept, said);
  assert.equal(r.err, `true\n${kept}exit status 2\n`);
});
