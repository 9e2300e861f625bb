// Package testing/synctest: bubbles of goroutines with a clock of their own, compared with native Go, and Go's own tests of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { burrowTest, goModule, goTest, native } from './native.testing.ts';

goModule('bubbles', {
  's_test.go': `package bubbles

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var wg sync.WaitGroup
		ticks := 0
		wg.Go(func() {
			tick := time.NewTicker(10 * time.Minute)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					ticks++
				case <-ctx.Done():
					return
				}
			}
		})
		wg.Wait()
		synctest.Wait()
		t.Log(start.UTC(), time.Since(start), ctx.Err(), ticks >= 5)
	})
}

func TestBad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		t.Cleanup(func() { t.Log("cleaned up") })
		time.Sleep(time.Second)
		t.Error("bad")
	})
}

func TestOutside(t *testing.T) {
	defer func() { t.Log(recover()) }()
	synctest.Wait()
}

func TestDeadlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		go func() { time.Sleep(time.Second); var mu sync.Cond; mu.L = new(sync.Mutex); mu.L.Lock(); mu.Wait() }()
		<-make(chan int)
	})
}
`,
});

/** What is printed up to the first stack, and the headers of the stacks. */
function shown(text: string): string[] {
  const numberless = text.replace(/goroutine \d+/g, 'goroutine N');
  const first = numberless.indexOf('\ngoroutine N');
  return [
    first < 0 ? numberless : numberless.slice(0, first),
    ...(numberless.match(/^goroutine .*:$|^created by .*$|^FAIL.*$/gm) ?? []),
  ];
}

test('virtual time, failures and deadlocks', { skip: !native }, () => {
  const ours = burrowTest('bubbles', ['-v', '.']);
  const theirs = goTest('bubbles', ['-v', '.']);
  assert.deepEqual(shown(ours.out), shown(theirs.out));
  assert.deepEqual([ours.err, ours.code], [theirs.err, theirs.code]);
  assert.match(ours.out, /2000-01-01 00:00:00 \+0000 UTC 1h0m0s context deadline exceeded true/);
});

test("Go's own tests", () => {
  const { out, code } = burrowTest('.', ['testing/synctest', 'internal/synctest']);
  assert.equal(out, 'ok  \ttesting/synctest\tT\nok  \tinternal/synctest\tT\n');
  assert.equal(code, 0);
});
