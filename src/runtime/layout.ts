// What the runtime shares with the compiler and with package runtime in Go: docs/ABI.md as code.
//
// Assumes: one instance of the module an M, all over one memory. Wasm globals are therefore per M; whatever Ms share lies in memory, in the
// structures below. Every field says who may touch it: "owner" is the M itself, or the M that has the P, or whoever has taken the g out of the place
// it was in; "lock" is sched.lock; "atomic" means from anywhere, with atomic operations.

@external("go", "exit") export declare function hostexit(code: i32): void;
@external("go", "write") export declare function hostwrite(fd: i32, p: usize, n: i32): void;
@external("go", "nanotime") export declare function hostnanotime(): i64;
@external("go", "walltime") export declare function hostwalltime(sec: usize, nsec: usize): void;
@external("go", "sigenable") export declare function hostsigenable(sig: i32, how: i32): void;
@external("go", "random") export declare function hostrandom(p: usize, n: i32): void;
/** 0: GOMAXPROCS at the start; 1: the seed of a reproducible run, 0 if it is none; 2: processors of the machine */
@external("go", "config") export declare function hostconfig(what: i32): i64;

/** An M: the prefix is fixed by docs/ABI.md. */
@unmanaged
export class M {
  /** owner; others lower it to 0 to have the goroutine stop at its next safepoint */
  stackguard: u32;
  /** 1 while a frame is resumed, 2 if it is to start again for a panic */
  resuming: u32;
  curg: u32;
  /** innermost frame of the goroutine that has just suspended */
  fp: u32;
}
export const offMorebuf: usize = 528;
/** not 0: functions are left for the panic that is on the goroutine */
export const offPanicking: usize = 4624;
/** the number of program counters that left no frame, then these */
export const offSites: usize = 4628;

/** The rest of an M, behind morebuf. */
@unmanaged
export class MX {
  /** what stackguard is set to when a resumed frame runs on; owner */
  guard: u32;
  /** not 0: the goroutine on it keeps it, whatever it is asked; owner (Go code counts it up and down) */
  locks: u32;
  // The next two pairs are read as one word each: all 0 is the rule.
  /** the goroutine is to give way; set by others, cleared by the owner when it schedules */
  preempt: u32;
  /** another P is wanted, which only this M, the only one to run Go code, can have begin (sched.ts, multi); set under lock, cleared by the owner */
  wake: u32;
  /** the goroutine that is locked to it; owner of that goroutine */
  lockedg: u32;
  /** sched.unusual, as it was when the goroutine on it began to run or the M got its P; all bits without a P; owner, but for unusualClock */
  unusual: u32;
  /** the goroutine suspends only to have its frames in memory, and goes on at once; owner */
  spilling: u32;
  /** the P it has, or 0; owner */
  p: u32;
  /** the P it will have when it wakes; whoever took the M off sched.midle */
  nextp: u32;
  /** note it sleeps on */
  park: u32;
  id: u32;
  /** looks for work, without a P's queue having any; owner, counted in sched.nmspinning */
  spinning: u32;
  /** in sched.midle or sched.newm; lock */
  schedlink: u32;
  /** in sched.allm; never changes */
  alllink: u32;
  /** in sched.midle: may be taken from there; lock */
  idle: u32;
  /** the P it had when it began a host call; owner */
  oldp: u32;
  /** it runs a goroutine in a host call, for those who look in; owner */
  inhost: u32;
  /** of rand64; owner */
  seed: u64;
  /** nanotime at which preempt was set, while someone traces; whoever set it */
  preemptAt: i64;
}
export const offX: usize = 4880;
export const mSize: usize = 4992;

/** preempt and wake: not 0 if others want something of this M. */
@inline export function asked(x: MX): u64 {
  return load<u64>(changetype<usize>(x), offsetof<MX>("preempt"));
}
/** lockedg and unusual: not 0 if its next goroutine needs a closer look. */
@inline export function special(x: MX): u64 {
  return load<u64>(changetype<usize>(x), offsetof<MX>("lockedg"));
}

/**
 * A goroutine; type g in src/std/runtime/runtime2.go mirrors it. The first 64 bytes are all that is needed to make, run and end one that does nothing else: they
 * go from the cache of one processor to another's and back.
 */
@unmanaged
export class G {
  goid: u64;
  parentGoid: u64;
  startpc: u64;
  stacklo: u32;
  stackhi: u32;
  /** innermost frame while it does not run */
  fp: u32;
  status: u32;
  /** why it waits */
  waitreason: u32;
  /** bits of gflag… */
  flags: u32;
  schedlink: u32;
  /** parkNot…; atomic */
  park: u32;
  /** the M it runs on, or 0 */
  m: u32;
  /** the M it is locked to, or 0 */
  lockedm: u32;
  /** with parkingLocked: let go of once it has suspended. Of the size that Go writes it in: a load of more than was stored waits until that is in the cache */
  waitlock: u32;
  /** the only bit others set: it is to be in a host call at its next suspension */
  hostcall: u32;
  /** the bubble it is in (bubble.ts), or 0; owner */
  bubble: u64;
  waitsince: i64;
  /** Go's to read and write, as the next */
  local: u64;
  panic: u64;
  /** kept alive for the goroutine */
  param: u64;
  /** nanotime at which it was made runnable; negative, at which it began to wait for a mutex; 0: neither is measured (timehist.ts) */
  readyAt: i64;
}
/** Its own sudog lies behind these fields (type sudog in src/std/runtime/chan.go); what it sends or where it receives, and the channel, are at these offsets. */
export const offSudog: usize = 128;
export const offSudogElem: usize = offSudog + 24;
export const sudogC: usize = 32;
export const offSudogC: usize = offSudog + sudogC;
/** the semaphore or condition it waits for; in a select, where the channels' sudogs begin and how many they are */
export const offSudogAddr: usize = offSudog + 56;
export const offSudogNext: usize = offSudog + 8;
export const offSudogTicket: usize = offSudog + 52;
export const sudogSize: usize = 64;
/** bits of the waitreasons of goroutines whose sudog has these two */
export const chanReasons: u32 = (1 << 1) | (1 << 2) | (1 << 19) | (1 << 20);
/** … and of those that receive */
export const recvReasons: u32 = (1 << 1) | (1 << 19);
/** in a channel (type hchan there): bytes of an element */
export const offElemsize: usize = 32;
/** a multiple of the cache line, which gs begin at */
export const gSize: usize = 192;

export const gflagSystem: u32 = 1;
/** it ran when a signal came that ends the program */
export const gflagInterrupted: u32 = 2;
/** others may have its local */
export const gflagLent: u32 = 8;
/** nobody can ready it any more (mgcleak.ts); collector */
export const gflagLeaked: u32 = 16;
/** … while that is looked for: it is no such */
export const gflagReached: u32 = 32;

/** It runs on. */
export const parkNot: u32 = 0;
/** It has said that it will wait, and will have suspended shortly. */
export const parking: u32 = 1;
/** It says that it will wait, holding waitlock, and suspends at once; nobody finds it before that is free. */
export const parkingLocked: u32 = 4;
/** It has suspended, and whoever readies it may run it. */
export const parked: u32 = 2;
/** It was readied while it was suspending. */
export const parkWoken: u32 = 3;

export const Gidle: u32 = 0;
export const Grunnable: u32 = 1;
export const Grunning: u32 = 2;
export const Gsyscall: u32 = 3;
export const Gwaiting: u32 = 4;
export const Gdead: u32 = 6;

export const Pidle: u32 = 0;
export const Prunning: u32 = 1;
export const Psyscall: u32 = 2;
export const Pgcstop: u32 = 3;
export const Pdead: u32 = 4;

export const runqSize: u32 = 256;
export const numClasses: u32 = 68;
export const numSpanClasses: u32 = 2 * numClasses;
export const stackOrders: u32 = 5;

/** A P: the right to run Go code, and what only its owner may touch. type p in runtime2.go mirrors the beginning. */
@unmanaged
export class P {
  /** Go's heap of timers; made once; its own lock */
  timers: u64;
  /** when the first of them is due, 0: there is none; atomic */
  timer0: i64;
  id: u32;
  /** Pidle…; idle ↔ running under lock, running ↔ syscall atomic */
  status: u32;
  m: u32;
  /** in sched.pidle; lock */
  link: u32;
  /** ring of runnable gs: the owner puts at tail, anybody takes at head; atomic */
  runqhead: u32;
  runqtail: u32;
  /** runs before the ring, in the time slice of the one that readied it; atomic */
  runnext: u32;
  /** goroutines started with a time slice of their own; owner, others read */
  schedtick: u32;
  /** host calls begun; owner, others read */
  syscalltick: u32;
  /** what sysmon saw last, and when; sysmon */
  sysmonSchedtick: u32;
  sysmonSyscalltick: u32;
  live: i32;
  sysmonSchedwhen: i64;
  sysmonSyscallwhen: i64;
  /** switches through runnext in a row; owner */
  runnextTicks: u32;
  /** dead gs with small stacks; owner */
  gFree: u32;
  gFreeN: u32;
  tinyOffset: u32;
  tiny: usize;
  /** since they were last added to those of all; owner. Those of the other objects are at offMallocs */
  tinyAllocs: u32;
  /** safepoints that do not collect under gcstress */
  stressSkip: u32;
  /** event ring, 0 if nobody traces; and the number of words written there that readers may see; owner, atomic */
  ring: u32;
  ringpos: u32;
  /** … and read; the reader, atomic */
  ringread: u32;
  /** goroutines run; owner, others read */
  switches: u32;
  /** address of the next word in the ring, and how many were written before its first; owner */
  ringat: u32;
  ringlap: u32;
  /** of sampleReady; owner */
  readyTick: u32;
  /** the g that is to run next, if the ring does not have yet that it was readied, at the time of the last event; owner */
  unsaid: u32;
  /** time of the last event; owner */
  ringtime: i64;
  /** the number of the last goroutine made here, and up to where they are this P's; owner */
  goid: u64;
  goidEnd: u64;
  /** the time at which it became idle, 0: that is not counted; lock */
  idleSince: i64;
}
/** behind the fields: the ring, mcache, free stacks by order and their numbers, and how many objects of each size class were allocated since that was last handed in */
export const offRunq: usize = 192;
export const offMcache: usize = offRunq + (runqSize as usize) * 4;
export const offStacks: usize = offMcache + (numSpanClasses as usize) * 4;
export const offMallocs: usize = offStacks + (stackOrders as usize) * 8;
export const pSize: usize = offMallocs + (numClasses as usize) * 4;

// linkinfo words, kept by rt_init and rt_mstart.
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
/** The stack objects of its function that pointers may lead to, or 0. */
@inline export function frameObjects(id: u32): usize {
  return load<u32>(resumeTab + 16 * <usize>id, 4);
}
