// What the runtime shares with the compiler and with package runtime in Go: docs/ABI.md as code.
//
// Assumes: one instance of the module an M, all over one memory. Wasm globals are therefore per M; whatever all Ms share
// lies in memory, in the structures below. One M runs at present; nothing here is touched from outside while it runs,
// except m.stackguard, which the host lowers to ask for preemption.

@external("go", "exit") export declare function hostexit(code: i32): void;
@external("go", "write") export declare function hostwrite(fd: i32, p: usize, n: i32): void;
@external("go", "nanotime") export declare function hostnanotime(): i64;
@external("go", "sigenable") export declare function hostsigenable(sig: i32, how: i32): void;
@external("go", "random") export declare function hostrandom(p: usize, n: i32): void;

/** An M: the prefix is fixed by docs/ABI.md. */
@unmanaged
export class M {
  stackguard: u32;
  /** 1 while a frame is resumed, 2 if it is to throw */
  resuming: u32;
  curg: u32;
  /** innermost frame of the goroutine that has just suspended */
  fp: u32;
}
export const offMorebuf: usize = 528;
/** counts goroutine switches; the host reads it to see a goroutine that runs too long */
export const offSchedtick: usize = 4624;
/** what stackguard is set to when a resumed frame runs on */
export const offGuard: usize = 4632;
/** the host adds 1 and notifies to wake an M that waits for something to run */
export const offWake: usize = 4640;
/** bits of signals the host has caught: it sets them, sigrecv clears them */
export const offSigpending: usize = 4644;
export const mSize: usize = 4736;

/** A goroutine. The first five fields are Go's to read and write; type g in src/std/runtime/runtime2.go mirrors all. */
@unmanaged
export class G {
  local: u64;
  panic: u64;
  goid: u64;
  parentGoid: u64;
  startpc: u64;
  stacklo: u32;
  stackhi: u32;
  /** innermost frame while it does not run */
  fp: u32;
  status: u32;
  /** not 0: at its next suspension it waits until ready() */
  waitreason: u32;
  /** bit 0: a system goroutine */
  flags: u32;
  waitsince: i64;
  schedlink: u32;
  /** how to resume: 1, or 2 to throw */
  how: u32;
  /** kept alive for the goroutine */
  param: u64;
}
export const gSize: usize = 128;

export const Gidle: u32 = 0;
export const Grunnable: u32 = 1;
export const Grunning: u32 = 2;
export const Gwaiting: u32 = 4;
export const Gdead: u32 = 6;

// linkinfo words, kept by rt_init.
export let heapStart: usize = 0;
export let resumeTab: usize = 0;
export let rootsTab: usize = 0;
export let rootsLen: u32 = 0;
export let entryClosure: usize = 0;
export let goExports: usize = 0;

export function readLinkinfo(info: usize): void {
  heapStart = load<u32>(info);
  resumeTab = load<u32>(info, 4);
  rootsTab = load<u32>(info, 12);
  rootsLen = load<u32>(info, 16);
  entryClosure = load<u32>(info, 20);
  goExports = load<u32>(info, 24);
}

/** Frame size in bytes of a resume id. */
@inline export function frameSize(id: u32): usize {
  return (load<u16>(resumeTab + 16 * <usize>id, 12) as usize) << 3;
}
/** Bit 0 catches; bits 2… bytes / 4 of header and parameters. */
@inline export function frameFlags(id: u32): u32 {
  return load<u16>(resumeTab + 16 * <usize>id, 14);
}
@inline export function frameMap(id: u32): usize {
  return load<u32>(resumeTab + 16 * <usize>id, 8);
}

/** Prints and ends the process with exit code 2. msg is static data. */
export function fatal(msg: string): void {
  const n = msg.length;
  const buf = memory.data(512);
  for (let i = 0; i < n && i < 500; i++) store<u8>(buf + i, msg.charCodeAt(i) as u8);
  hostwrite(2, buf, n);
  hostexit(2);
}
