// How V8 is to compile programs.
//
// Guarantees: only affects how fast they run. Says nothing to engines it was not measured with.

import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8 inline more of small functions: by default a function may only grow to less than twice its size, so one that calls
 * itself never takes in a call, however small it is. Functions still stay below some 1200 bytes of wasm, and only hot calls are
 * inlined. Call it as late as possible, before the program runs but after Node has started: flags that differ from those of its
 * snapshot make Node compile its own JavaScript anew, which takes it 20 ms a thread.
 */
export function tuneEngine(): void {
  if (!process.versions.v8.startsWith('14.')) return;
  setFlagsFromString('--wasm-inlining-factor=8');
  setFlagsFromString('--wasm-inlining-budget=10000');
}
