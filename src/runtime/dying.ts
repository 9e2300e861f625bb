// Who says why a program ends that fails.
//
// Guarantees: of all Ms that would end the program with a message exactly one gets to, and whatever the others do or hold, they do not keep it from that for more
// than some milliseconds. Assumes: it stays on its M, asks for no lock between goroutines, and ends the program.

import { hostexit, hostwrite } from "./layout";
import { m } from "./m";
import { field, Sched } from "./sched";

/** what one that cannot let go of its locks gives the one that speaks, before it ends the program itself */
const patienceNs: i64 = 1_000_000_000;

@inline function word(): usize {
  return field(offsetof<Sched>("dyingm"));
}

/** 1: this M is the one. 0: another is. 2: this one is, and failed at it. */
export function startdying(): i32 {
  const was = atomic.cmpxchg<u32>(word(), 0, m as u32);
  return was == 0 ? 1 : was == (m as u32) ? 2 : 0;
}

/** Whether some M is at it. */
export function isdying(): i32 {
  return atomic.load<u32>(word()) != 0 ? 1 : 0;
}

/** Sleeps until the program has ended. */
export function awaitend(): void {
  while (true) atomic.wait<i32>(field(offsetof<Sched>("frozen")), 0, -1);
}

/** Prints and ends the process with exit code 2. msg is static data. The caller may hold locks of the runtime, so it does not wait for ever. */
export function fatal(msg: string): void {
  if (startdying() == 0) atomic.wait<i32>(field(offsetof<Sched>("frozen")), 0, patienceNs);
  else print(msg);
  hostexit(2);
}

/** fatal with a number before the message. */
export function fatalNumber(before: string, n: u32, msg: string): void {
  if (startdying() == 0) atomic.wait<i32>(field(offsetof<Sched>("frozen")), 0, patienceNs);
  else {
    print(before);
    printNumber(n);
    print(msg);
  }
  hostexit(2);
}

const text: usize = memory.data(512);

function print(msg: string): void {
  const n = min(msg.length, 512);
  for (let i = 0; i < n; i++) store<u8>(text + i, msg.charCodeAt(i) as u8);
  hostwrite(2, text, n);
}

function printNumber(n: u32): void {
  let at = text + 16;
  do {
    store<u8>(--at, (48 + (n % 10)) as u8);
    n /= 10;
  } while (n != 0);
  hostwrite(2, at, (text + 16 - at) as i32);
}
