// Calls of the host that may block: reads, writes, opening of pipes, waiting.
//
// A goroutine that makes one writes what it wants into a request in its frame, sets g.hostcall to that and suspends: so all of it is in memory
// while it waits, for collections and for traces. Then the M, which has left its P behind in Psyscall, makes the call. When it comes back it takes
// the P again if nobody has taken that away, or another idle one, or puts the goroutine up for others and sleeps.
// Source: Go's entersyscall, exitsyscall and their rules.

import { G, Grunnable, Grunning, Gsyscall, hostnanotime, P, Prunning, Psyscall } from "./layout";
import { mm, mx, pp } from "./m";
import { casStatus, exitHostcallSlow, stopWithoutP } from "./park";
import { noteUnusual, sched, sysmonWaits, wakeSysmon } from "./sched";
import { evSyscallEnter, evSyscallExit, traceEvent } from "./trace";

@external("wasi_snapshot_preview1", "fd_read") declare function fd_read(fd: i32, iovs: i32, n: i32, out: i32): i32;
@external("wasi_snapshot_preview1", "fd_write") declare function fd_write(fd: i32, iovs: i32, n: i32, out: i32): i32;
@external("wasi_snapshot_preview1", "fd_pread") declare function fd_pread(fd: i32, iovs: i32, n: i32, at: i64, out: i32): i32;
@external("wasi_snapshot_preview1", "fd_pwrite") declare function fd_pwrite(fd: i32, iovs: i32, n: i32, at: i64, out: i32): i32;
@external("wasi_snapshot_preview1", "path_open") declare function path_open(
  fd: i32, lookup: i32, path: i32, n: i32, oflags: i32, rights: i64, inherit: i64, fdflags: i32, out: i32,
): i32;
@external("wasi_snapshot_preview1", "fd_sync") declare function fd_sync(fd: i32): i32;
@external("wasi_snapshot_preview1", "fd_readdir") declare function fd_readdir(fd: i32, buf: i32, n: i32, cookie: i64, out: i32): i32;

/** A request: which call, its arguments as 64-bit words, and where its result goes. type hostcall in src/std/runtime/hostcall.go mirrors it. */
@unmanaged
class Hostcall {
  fn: u32;
  result: i32;
}
@inline function arg(r: usize, i: usize): i32 {
  return load<i32>(r + 8 + 8 * i);
}
@inline function arg64(r: usize, i: usize): i64 {
  return load<i64>(r + 8 + 8 * i);
}

function perform(r: usize): i32 {
  switch (load<u32>(r)) {
    case 0: return fd_read(arg(r, 0), arg(r, 1), arg(r, 2), arg(r, 3));
    case 1: return fd_write(arg(r, 0), arg(r, 1), arg(r, 2), arg(r, 3));
    case 2: return fd_pread(arg(r, 0), arg(r, 1), arg(r, 2), arg64(r, 3), arg(r, 4));
    case 3: return fd_pwrite(arg(r, 0), arg(r, 1), arg(r, 2), arg64(r, 3), arg(r, 4));
    case 4: return path_open(arg(r, 0), arg(r, 1), arg(r, 2), arg(r, 3), arg(r, 4), arg64(r, 5), arg64(r, 6), arg(r, 7), arg(r, 8));
    case 5: return fd_sync(arg(r, 0));
    case 6: return fd_readdir(arg(r, 0), arg(r, 1), arg(r, 2), arg64(r, 3), arg(r, 4));
    default: return 52;
  }
}

/** Makes the call that the goroutine, which has suspended, asked for. True if this M has a P and goes on with the goroutine. */
export function beginHostcall(gp: G): bool {
  const r = gp.hostcall as usize;
  gp.hostcall = 0;
  const x = mx();
  if (sched.seeded != 0 || x.locks != 0) {
    store<i32>(r, perform(r), offsetof<Hostcall>("result"));
    return true;
  }
  // entersyscall
  if (sched.tracing) traceEvent(evSyscallEnter, gp.goid, load<u32>(r));
  const p = pp();
  gp.status = Gsyscall;
  gp.waitsince = hostnanotime();
  p.syscalltick++;
  x.oldp = changetype<usize>(p) as u32;
  x.p = 0;
  x.inhost = 1;
  p.m = 0;
  atomic.store<u32>(changetype<usize>(p) + offsetof<P>("status"), Psyscall);
  if (sysmonWaits()) wakeSysmon();
  store<i32>(r, perform(r), offsetof<Hostcall>("result"));
  // exitsyscall
  x.inhost = 0;
  gp.waitsince = 0;
  if (casStatus(p, Psyscall, Prunning)) {
    noteUnusual(x);
    x.p = changetype<usize>(p) as u32;
    p.m = changetype<usize>(mm()) as u32;
    gp.status = Grunning;
    if (sched.tracing) traceEvent(evSyscallExit, gp.goid, 0);
    return true;
  }
  mm().curg = 0;
  gp.status = Grunnable;
  gp.m = 0;
  if (exitHostcallSlow(gp)) {
    mm().curg = changetype<usize>(gp) as u32;
    gp.m = changetype<usize>(mm()) as u32;
    gp.status = Grunning;
    if (sched.tracing) traceEvent(evSyscallExit, gp.goid, 0);
    return true;
  }
  stopWithoutP();
  return false;
}
