// Processes that a program starts, and pipes to them: imports of module `sys`.
//
// The system's posix_spawn starts them, with the program's descriptors as it lists them and no others. The end of one is waited for by the poller,
// at a descriptor of the process.
// Assumes: signals are Linux's here. Guarantees: no call waits; a result below 0 is minus a WASI errno.
// Source: the Linux man pages.

import type { Descriptors } from './descriptors.ts';
import { errnos, wasiErrno } from './errno.ts';
import { type Libc, libc } from './libc.ts';
import type { HostMemory } from './memory.ts';
import type { SocketImports } from './sockets.ts';

const fdNonblock = 4;
const oCloexec = 0o2000000;
const fDupfdCloexec = 1030;
const wNohang = 1;
const wExited = 4;
const wNowait = 0x1000000;
const pPid = 1;
const sysPidfdOpen = 434n;
const spawnSetpgroup = 2;
const spawnSetsigdef = 4;
const spawnSetsigmask = 8;
const spawnSetsid = 128;
/** bits of a request's flags */
const setsid = 1;
const setpgid = 2;
/** descriptors of a process that is about to start are put above those it will have */
const aside = 256;
/** all signals that can be caught */
const catchable = 0x7fff_ffffn & ~(1n << 8n) & ~(1n << 18n);
const maxStrings = 1 << 20;

// offsets in a block of memory of our own
const offActions = 64;
const offAttr = 1024;
const offMask = 2048;
const offDefault = 2304;
const blockSize = 2560;

export function processes(mem: HostMemory, table: Descriptors, seeded: boolean): SocketImports {
  let c: Libc | null = null;
  let base = 0n;
  const block = new DataView(new ArrayBuffer(blockSize));
  let blockAt = 0n;
  /** 0, or why there are no processes. */
  const ready = (): number => {
    if (c) return 0;
    c = seeded ? null : libc();
    if (!c) return -errnos.ENOSYS!;
    base = c.address(mem.memory.buffer);
    blockAt = c.address(block.buffer);
    return 0;
  };
  const failed = (): number => -c!.errno();
  const add = (real: number, nonblock: boolean): number => {
    const flags = nonblock ? fdNonblock : 0;
    const fd = table.add({ fd: real, path: '', dir: false, append: false, seek: false, pipe: true, flags });
    if (fd < 0) c!.calls.close(real);
    return fd < 0 ? -errnos.EMFILE! : fd;
  };
  /** The system's addresses of the strings in a list of pointers that ends with nil. */
  const list = (p: number): ArrayBuffer => {
    const out: bigint[] = [];
    for (let q = p >>> 0; mem.u32(q) !== 0 && out.length < maxStrings; q += 8) out.push(base + BigInt(mem.u32(q)));
    out.push(0n);
    return new BigUint64Array(out).buffer;
  };

  const spawn = (request: number): number => {
    const { calls } = c!;
    const word = (off: number): number => mem.u32(request + off);
    const [path, dir, files, count, flags] = [word(0), word(8), word(32), word(40), word(44)];
    const [argv, envp] = [list(word(16)), list(word(24))];
    const actions = blockAt + BigInt(offActions);
    const attr = blockAt + BigInt(offAttr);
    const held: number[] = [];
    calls.posix_spawn_file_actions_init(actions);
    calls.posix_spawnattr_init(attr);
    try {
      for (let i = 0; i < count; i++) {
        const own = mem.view.getInt32((files >>> 0) + 4 * i, true);
        if (own < 0) {
          calls.posix_spawn_file_actions_addclose(actions, i);
          continue;
        }
        const real = table.get(own)?.fd ?? -1;
        if (real < 0) return -errnos.EBADF!;
        const high = calls.fcntl(real, fDupfdCloexec, aside);
        if (high < 0) return failed();
        held.push(high);
        calls.posix_spawn_file_actions_adddup2(actions, high, i);
      }
      if (dir !== 0) calls.posix_spawn_file_actions_addchdir_np(actions, base + BigInt(dir));
      block.setBigUint64(offMask, 0n, true);
      block.setBigUint64(offDefault, catchable, true);
      calls.posix_spawnattr_setsigmask(attr, blockAt + BigInt(offMask));
      calls.posix_spawnattr_setsigdefault(attr, blockAt + BigInt(offDefault));
      calls.posix_spawnattr_setpgroup(attr, mem.view.getInt32((request >>> 0) + 48, true));
      const how = (flags & setsid ? spawnSetsid : 0) | (flags & setpgid ? spawnSetpgroup : 0);
      calls.posix_spawnattr_setflags(attr, spawnSetsigdef | spawnSetsigmask | how);
      const e = calls.posix_spawn(blockAt, base + BigInt(path), actions, attr, c!.address(argv), c!.address(envp));
      return e === 0 ? block.getInt32(0, true) : -wasiErrno(e);
    } finally {
      for (const fd of held) calls.close(fd);
      calls.posix_spawn_file_actions_destroy(actions);
      calls.posix_spawnattr_destroy(attr);
    }
  };

  return {
    pipe(out: number): number {
      const no = ready();
      if (no !== 0) return no;
      if (c!.calls.pipe2(blockAt, oCloexec) < 0) return failed();
      const ends = [add(block.getInt32(0, true), false), add(block.getInt32(4, true), false)];
      const bad = ends.find((fd) => fd < 0);
      if (bad !== undefined) {
        for (const fd of ends) {
          const real = fd < 0 ? -1 : table.pollable(fd);
          if (real >= 0 && table.remove(fd)) c!.calls.close(real);
        }
        return bad;
      }
      mem.setU32(out, ends[0]!);
      mem.setU32(out + 4, ends[1]!);
      return 0;
    },
    /** Starts a process as the request says (type spawnRequest of package syscall); answers its number. */
    spawn: (request: number): number => ready() || spawn(request),
    /** 0: it is still running. */
    wait4(pid: number, status: number, options: number, rusage: number): number {
      const no = ready();
      if (no !== 0) return no;
      const memory = (p: number): bigint => (p === 0 ? 0n : base + BigInt(p >>> 0));
      const r = c!.calls.wait4(pid, memory(status), options | wNohang, memory(rusage));
      return r < 0 ? failed() : r;
    },
    /** 1 if the process, a child, has ended. */
    ended(pid: number): number {
      const no = ready();
      if (no !== 0) return no;
      block.setInt32(0, 0, true);
      if (c!.calls.waitid(pPid, pid, blockAt, wExited | wNohang | wNowait) < 0) return failed();
      return block.getInt32(0, true) !== 0 ? 1 : 0;
    },
    /** A descriptor at which something happens when the process ends. */
    pidfd(pid: number): number {
      const no = ready();
      if (no !== 0) return no;
      const real = c!.calls.syscall(sysPidfdOpen, BigInt(pid), 0n, 0n);
      return real < 0 ? failed() : add(real, true);
    },
    kill(pid: number, sig: number): number {
      const no = ready();
      if (no !== 0) return no;
      return c!.calls.kill(pid, sig) < 0 ? failed() : 0;
    },
    umask: (mask: number): number => ready() || c!.calls.umask(mask),
  } as unknown as SocketImports;
}
