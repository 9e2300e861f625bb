// The system's own calls for sockets, pipes and processes, through Node's foreign function interface, and what of them differs between systems.
//
// Assumes: Linux on a 64-bit little-endian machine. Guarantees: libc() is null wherever the calls cannot be had; nothing is loaded before the
// first use. Threads share nothing: each has its own.
// Source: the Linux man pages; epoll_event is packed on x86-64 only.

import type { DynamicLibrary } from 'node:ffi';
import { wasiErrno } from './errno.ts';

const int = 'i32';
const ptr = 'pointer';
const size = 'u64';

const calls = {
  socket: { arguments: [int, int, int], return: int },
  socketpair: { arguments: [int, int, int, ptr], return: int },
  bind: { arguments: [int, ptr, int], return: int },
  connect: { arguments: [int, ptr, int], return: int },
  listen: { arguments: [int, int], return: int },
  accept4: { arguments: [int, ptr, ptr, int], return: int },
  getsockname: { arguments: [int, ptr, ptr], return: int },
  getpeername: { arguments: [int, ptr, ptr], return: int },
  getsockopt: { arguments: [int, int, int, ptr, ptr], return: int },
  setsockopt: { arguments: [int, int, int, ptr, int], return: int },
  shutdown: { arguments: [int, int], return: int },
  recv: { arguments: [int, ptr, size, int], return: int },
  send: { arguments: [int, ptr, size, int], return: int },
  recvfrom: { arguments: [int, ptr, size, int, ptr, ptr], return: int },
  sendto: { arguments: [int, ptr, size, int, ptr, int], return: int },
  recvmsg: { arguments: [int, ptr, int], return: int },
  sendmsg: { arguments: [int, ptr, int], return: int },
  lseek: { arguments: [int, 'i64', int], return: 'i64' },
  fcntl: { arguments: [int, int, int], return: int },
  close: { arguments: [int], return: int },
  epoll_create1: { arguments: [int], return: int },
  epoll_ctl: { arguments: [int, int, int, ptr], return: int },
  epoll_wait: { arguments: [int, ptr, int, int], return: int },
  eventfd: { arguments: [int, int], return: int },
  write: { arguments: [int, ptr, size], return: int },
  read: { arguments: [int, ptr, size], return: int },
  __errno_location: { arguments: [], return: ptr },
  pipe2: { arguments: [ptr, int], return: int },
  dup2: { arguments: [int, int], return: int },
  kill: { arguments: [int, int], return: int },
  wait4: { arguments: [int, ptr, int, ptr], return: int },
  waitid: { arguments: [int, int, ptr, int], return: int },
  utimensat: { arguments: [int, ptr, ptr, int], return: int },
  umask: { arguments: [int], return: int },
  posix_spawn: { arguments: [ptr, ptr, ptr, ptr, ptr, ptr], return: int },
  posix_spawn_file_actions_init: { arguments: [ptr], return: int },
  posix_spawn_file_actions_destroy: { arguments: [ptr], return: int },
  posix_spawn_file_actions_adddup2: { arguments: [ptr, int, int], return: int },
  posix_spawn_file_actions_addclose: { arguments: [ptr, int], return: int },
  posix_spawn_file_actions_addchdir_np: { arguments: [ptr, ptr], return: int },
  posix_spawnattr_init: { arguments: [ptr], return: int },
  posix_spawnattr_destroy: { arguments: [ptr], return: int },
  posix_spawnattr_setflags: { arguments: [ptr, int], return: int },
  posix_spawnattr_setpgroup: { arguments: [ptr, int], return: int },
  posix_spawnattr_setsigmask: { arguments: [ptr, ptr], return: int },
  posix_spawnattr_setsigdefault: { arguments: [ptr, ptr], return: int },
  syscall: { arguments: [size, size, size, size], return: int },
} as const;

type Calls = {
  readonly [K in keyof typeof calls]: (
    ...args: readonly (number | bigint)[]
  ) => (typeof calls)[K]['return'] extends 'i64' ? bigint : number;
};

export interface Libc {
  readonly calls: Calls;
  /** WASI's number of the error that the last call of this thread, which failed, left */
  errno(): number;
  /** address of memory that no one moves */
  address(memory: ArrayBuffer | SharedArrayBuffer): bigint;
  readonly epollEventSize: number;
  readonly epollDataAt: number;
}

let loaded: Libc | null | undefined;

export function libc(): Libc | null {
  loaded ??= load() ?? null;
  return loaded;
}

/** Whether lseek can be had, without loading anything. */
export const systemSeeks = (): boolean => foreign() !== null;

/** Half a millisecond goes into each function, and most programs need a few: they are made when they are first called. Throws if there is one that cannot be. */
function callsOf(lib: DynamicLibrary): Calls {
  const making: PropertyDescriptorMap = {};
  for (const [name, signature] of Object.entries(calls)) {
    lib.getSymbol(name);
    making[name] = {
      get(): unknown {
        const value = lib.getFunction(name, signature);
        Object.defineProperty(this, name, { value });
        return value;
      },
    };
  }
  return Object.create(Object.create(null, making));
}

function foreign() {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return null;
  return process.getBuiltinModule('node:ffi') ?? null;
}

function load(): Libc | null {
  const ffi = foreign();
  if (!ffi) return null;
  let functions: Calls;
  try {
    functions = callsOf(ffi.dlopen(null, {}).lib);
  } catch {
    return null;
  }
  const errnoAt = functions.__errno_location() as unknown as bigint;
  const packed = process.arch === 'x64';
  return {
    calls: functions,
    errno: () => wasiErrno(ffi.getInt32(errnoAt)),
    address: (memory) => ffi.getRawPointer(memory as ArrayBuffer),
    epollEventSize: packed ? 12 : 16,
    epollDataAt: packed ? 4 : 8,
  };
}
