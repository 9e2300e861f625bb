// WASI preview 1, as far as Go's wasip1 port uses it, over Node's file functions.
//
// Assumes: calls block the worker; other workers of the program share its descriptors. Guarantees: every failure is a WASI errno. No folder
// is preopened: our package syscall says that a path is relative to "/" by a number that is no descriptor (rootFolder).
// Source: the WASI preview 1 witx documents.

import * as fs from 'node:fs';
import { type Descriptors, type Open, rootFolder } from './descriptors.ts';
import { errnos } from './errno.ts';
import { libc, systemSeeks } from './libc.ts';
import type { HostMemory } from './memory.ts';
import { writeAll } from './write.ts';

const ebadf = 8;
const einval = 28;
const emfile = 33;
const enosys = 52;
const espipe = 70;

const enum_filetype = { unknown: 0, block: 1, char: 2, dir: 3, file: 4, socket: 6, symlink: 7 };

function fileType(st: fs.BigIntStats | fs.Dirent): number {
  if (st.isFile()) return enum_filetype.file;
  if (st.isDirectory()) return enum_filetype.dir;
  if (st.isSymbolicLink()) return enum_filetype.symlink;
  if (st.isCharacterDevice()) return enum_filetype.char;
  if (st.isBlockDevice()) return enum_filetype.block;
  if (st.isSocket()) return enum_filetype.socket;
  return enum_filetype.unknown;
}

export interface Process {
  readonly args: readonly string[];
  readonly env: readonly string[];
  random(n: number): Uint8Array;
  /** nanoseconds since 1970 */
  wallclock(): bigint;
  /** ends the program */
  exit(code: number): never;
  /** standard output or error is a closed pipe */
  brokenPipe(): never;
}

/** Runs f; what it throws becomes an errno. */
export function call(f: () => number | undefined): number {
  try {
    return f() ?? 0;
  } catch (e) {
    if (e instanceof SystemError) return e.errno;
    const code = (e as NodeJS.ErrnoException).code;
    if (code === undefined) throw e;
    return errnos[code] ?? errnos.EIO!;
  }
}

/** The path that stands at p, relative to a folder's descriptor; null if it is none. */
export function resolvePath(mem: HostMemory, table: Descriptors, fd: number, p: number, n: number): string | null {
  const rel = mem.text(p, n);
  if (fd === rootFolder) return rel.startsWith('/') ? rel : `/${rel}`;
  const d = table.get(fd);
  if (!d?.dir) return null;
  if (rel.startsWith('/')) return rel;
  return `${folder(d)}/${rel}`;
}

/** The path of an open folder: where the system can say so, of what was opened, although it may have another name by now. */
function folder(d: Open): string {
  if (d.fd >= 0 && process.platform === 'linux') return `/proc/self/fd/${d.fd}`;
  return d.path === '/' ? '' : d.path;
}

/** Closes a standard stream for others: Node needs something in its place. */
function letGo(fd: number): void {
  const c = libc();
  if (!c) return;
  const nothing = fs.openSync('/dev/null', 'r+');
  c.calls.dup2(nothing, fd);
  fs.closeSync(nothing);
}

const atFdcwd = -100;
const atSymlinkNofollow = 0x100;
const utimeNow = 0x3fffffffn;
const utimeOmit = 0x3ffffffen;

/** Sets times to the nanosecond; false: this system's calls cannot be had. */
function setTimes(path: string, atim: bigint, mtim: bigint, set: number, follow: boolean): boolean {
  const c = libc();
  if (!c) return false;
  const times = new BigInt64Array(4);
  const put = (i: number, bit: number, nowBit: number, v: bigint): void => {
    const ns = BigInt.asIntN(64, v);
    const rest = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
    times[i] = (ns - rest) / 1_000_000_000n;
    times[i + 1] = set & nowBit ? utimeNow : set & bit ? rest : utimeOmit;
  };
  put(0, 1, 2, atim);
  put(2, 4, 8, mtim);
  const name = new TextEncoder().encode(`${path}\0`);
  const flags = follow ? 0 : atSymlinkNofollow;
  if (c.calls.utimensat(atFdcwd, c.address(name.buffer), c.address(times.buffer), flags) < 0)
    throw new SystemError(c.errno());
  return true;
}

/** Carries a WASI errno to call(). */
class SystemError extends Error {
  readonly errno: number;
  constructor(errno: number) {
    super(`errno ${errno}`);
    this.errno = errno;
  }
}

/** The imports of module wasi_snapshot_preview1. */
export function wasi(
  mem: HostMemory,
  table: Descriptors,
  proc: Process,
): { [name: string]: (...args: never[]) => number } {
  /** what this M has read of a folder, while it goes on reading there */
  let listing: { readonly opening: bigint; readonly entries: fs.Dirent[] } | null = null;

  const strings = (list: readonly string[]) => list.map((s) => Buffer.from(`${s}\0`));
  const args = strings(proc.args);
  const env = strings(proc.env);
  const sizes = (list: readonly Buffer[], count: number, size: number): number => {
    mem.setU32(count, list.length);
    mem.setU32(
      size,
      list.reduce((n, b) => n + b.length, 0),
    );
    return 0;
  };
  const put = (list: readonly Buffer[], ptrs: number, buf: number): number => {
    list.forEach((b, i) => {
      mem.setU32(ptrs + 4 * i, buf);
      mem.u8.set(b, buf >>> 0);
      buf += b.length;
    });
    return 0;
  };

  const open = (fd: number): Open | undefined => table.get(fd);
  const pathAt = (fd: number, p: number, n: number): string | null => resolvePath(mem, table, fd, p, n);
  const filestat = (st: fs.BigIntStats, buf: number): void => {
    mem.setU64(buf, st.dev);
    mem.setU64(buf + 8, st.ino);
    // the padding after the type tells overlays of package syscall the mode
    mem.setU64(buf + 16, BigInt(fileType(st)) | ((st.mode & 0xffffn) << 16n));
    mem.setU64(buf + 24, st.nlink);
    mem.setU64(buf + 32, st.size);
    mem.setU64(buf + 40, st.atimeNs);
    mem.setU64(buf + 48, st.mtimeNs);
    mem.setU64(buf + 56, st.ctimeNs);
  };
  const iovecs = (iovs: number, n: number): [number, number][] =>
    Array.from({ length: n }, (_, i) => [mem.u32(iovs + 8 * i), mem.u32(iovs + 8 * i + 4)]);

  const read = (o: Open, iovs: number, n: number, at: bigint | null): number => {
    let total = 0;
    for (const [p, len] of iovecs(iovs, n)) {
      if (len === 0) continue;
      const buf = new Uint8Array(len);
      let got = 0;
      for (;;) {
        try {
          got = fs.readSync(o.fd, buf, 0, len, at === null ? null : at + BigInt(total));
          break;
        } catch (e) {
          const code = (e as NodeJS.ErrnoException).code;
          if (code === 'EOF') break;
          if (code !== 'EAGAIN') throw e;
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
        }
      }
      mem.u8.set(buf.subarray(0, got), p);
      total += got;
      if (got < len) break;
    }
    return total;
  };
  const write = (fd: number, o: Open, iovs: number, n: number, at: bigint | null): number => {
    let total = 0;
    for (const [p, len] of iovecs(iovs, n)) {
      const data = mem.copy(p, len);
      if (at === null) {
        try {
          writeAll(o.fd, data);
        } catch (e) {
          if ((e as NodeJS.ErrnoException).code === 'EPIPE' && (fd === 1 || fd === 2)) proc.brokenPipe();
          throw e;
        }
      } else for (let k = 0; k < len; ) k += fs.writeSync(o.fd, data, k, len - k, Number(at) + total + k);
      total += len;
    }
    return total;
  };
  const times = (st: fs.BigIntStats, atim: bigint, mtim: bigint, flags: number): [number, number] => {
    const now = Date.now() / 1000;
    const pick = (set: number, nowBit: number, v: bigint, old: bigint) =>
      flags & nowBit ? now : flags & set ? Number(v) / 1e9 : Number(old) / 1e9;
    return [pick(1, 2, atim, st.atimeNs), pick(4, 8, mtim, st.mtimeNs)];
  };

  const systemSeek = (real: number, off: bigint, whence: number, out: number): number => {
    const c = libc();
    if (!c) return espipe;
    const at = c.calls.lseek(real, off, whence);
    if (at < 0n) return c.errno();
    mem.setU64(out, at);
    return 0;
  };

  const functions = {
    args_sizes_get: (c: number, n: number) => sizes(args, c, n),
    args_get: (p: number, b: number) => put(args, p, b),
    environ_sizes_get: (c: number, n: number) => sizes(env, c, n),
    environ_get: (p: number, b: number) => put(env, p, b),
    clock_time_get(id: number, _precision: bigint, out: number) {
      mem.setU64(out, id === 0 ? proc.wallclock() : process.hrtime.bigint());
      return 0;
    },
    clock_res_get(_id: number, out: number) {
      mem.setU64(out, 1000n);
      return 0;
    },
    random_get(p: number, n: number) {
      mem.u8.set(proc.random(n), p >>> 0);
      return 0;
    },
    proc_exit: (code: number) => proc.exit(code),
    sched_yield: () => 0,
    poll_oneoff(inp: number, out: number, n: number, nevents: number) {
      let wait = -1n;
      for (let i = 0; i < n; i++) {
        const s = (inp >>> 0) + 48 * i;
        mem.u8.copyWithin((out >>> 0) + 32 * i, s, s + 8);
        mem.view.setUint32((out >>> 0) + 32 * i + 8, mem.u8[s + 8]! << 16, true);
        if (mem.u8[s + 8] === 0) {
          const t = mem.view.getBigUint64(s + 24, true);
          if (wait < 0n || t < wait) wait = t;
        } else wait = 0n;
      }
      if (wait > 0n) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(wait) / 1e6);
      mem.setU32(nevents, n);
      return 0;
    },
    fd_prestat_get: () => ebadf,
    fd_prestat_dir_name: () => ebadf,
    fd_fdstat_get(fd: number, out: number) {
      const o = open(fd);
      if (!o) return ebadf;
      return call(() => {
        const type = o.dir ? enum_filetype.dir : fileType(fs.fstatSync(o.fd, { bigint: true }));
        mem.u8.fill(0, out >>> 0, (out >>> 0) + 24);
        mem.u8[out >>> 0] = type;
        mem.view.setUint16((out >>> 0) + 2, o.flags, true);
        mem.setU64(out + 8, 0xffff_ffffn);
        mem.setU64(out + 16, 0xffff_ffffn);
        return 0;
      });
    },
    fd_fdstat_set_flags(fd: number, flags: number) {
      const o = open(fd);
      if (!o) return ebadf;
      o.flags = flags;
      return 0;
    },
    fd_close(fd: number) {
      const o = open(fd);
      if (!o) return ebadf;
      const real = o.fd;
      if (!table.remove(fd)) return ebadf;
      return call(() => {
        if (real > 2) fs.closeSync(real);
        else letGo(real);
        return 0;
      });
    },
    fd_read(fd: number, iovs: number, n: number, out: number) {
      const o = open(fd);
      if (!o) return ebadf;
      if (o.dir) return 31;
      return call(() =>
        o.locked(() => {
          const pos = o.pos;
          const got = read(o, iovs, n, pos);
          if (pos !== null) o.pos = pos + BigInt(got);
          mem.setU32(out, got);
          return 0;
        }),
      );
    },
    fd_pread(fd: number, iovs: number, n: number, at: bigint, out: number) {
      const o = open(fd);
      if (!o || o.dir) return ebadf;
      return call(() => {
        mem.setU32(out, read(o, iovs, n, at));
        return 0;
      });
    },
    fd_write(fd: number, iovs: number, n: number, out: number) {
      const o = open(fd);
      if (!o || o.dir) return ebadf;
      return call(() =>
        o.locked(() => {
          const pos = o.pos;
          const put = write(fd, o, iovs, n, o.append ? null : pos);
          if (pos !== null) o.pos = o.append ? fs.fstatSync(o.fd, { bigint: true }).size : pos + BigInt(put);
          mem.setU32(out, put);
          return 0;
        }),
      );
    },
    fd_pwrite(fd: number, iovs: number, n: number, at: bigint, out: number) {
      const o = open(fd);
      if (!o || o.dir) return ebadf;
      return call(() => {
        mem.setU32(out, write(fd, o, iovs, n, at));
        return 0;
      });
    },
    fd_seek(fd: number, off: bigint, whence: number, out: number) {
      const o = open(fd);
      if (!o) return ebadf;
      if (o.dir) return 0;
      if (o.pos === null) return systemSeek(o.fd, off, whence, out);
      return call(() =>
        o.locked(() => {
          const from = whence === 0 ? 0n : whence === 1 ? o.pos! : fs.fstatSync(o.fd, { bigint: true }).size;
          if (from + off < 0n) return einval;
          o.pos = from + off;
          mem.setU64(out, from + off);
          return 0;
        }),
      );
    },
    fd_filestat_get(fd: number, out: number) {
      const o = open(fd);
      if (!o) return ebadf;
      return call(() => {
        filestat(
          o.dir && o.fd < 0 ? fs.statSync(o.path, { bigint: true }) : fs.fstatSync(o.fd, { bigint: true }),
          out >>> 0,
        );
        return 0;
      });
    },
    fd_filestat_set_size(fd: number, size: bigint) {
      const o = open(fd);
      if (!o || o.dir) return ebadf;
      return call(() => {
        fs.ftruncateSync(o.fd, Number(size));
        return 0;
      });
    },
    fd_sync(fd: number) {
      const o = open(fd);
      if (!o) return ebadf;
      return call(() => {
        if (!o.dir) fs.fsyncSync(o.fd);
        return 0;
      });
    },
    fd_readdir(fd: number, buf: number, size: number, cookie: bigint, out: number) {
      const o = open(fd);
      if (!o?.dir) return ebadf;
      return call(() => {
        const { opening } = o;
        if (listing?.opening !== opening || cookie === 0n)
          listing = { opening, entries: fs.readdirSync(folder(o) || '/', { withFileTypes: true }) };
        const { entries } = listing;
        let used = 0;
        for (let i = Number(cookie); i < entries.length && used < size; i++) {
          const e = entries[i]!;
          const name = Buffer.from(e.name);
          const rec = new Uint8Array(24 + name.length);
          const v = new DataView(rec.buffer);
          v.setBigUint64(0, BigInt(i + 1), true);
          v.setUint32(16, name.length, true);
          rec[20] = fileType(e);
          rec.set(name, 24);
          const part = rec.subarray(0, Math.min(rec.length, size - used));
          mem.u8.set(part, (buf >>> 0) + used);
          used += part.length;
        }
        mem.setU32(out, used);
        return 0;
      });
    },
    path_open(
      fd: number,
      lookup: number,
      p: number,
      n: number,
      oflags: number,
      rights: bigint,
      inherit: bigint,
      fdflags: number,
      out: number,
    ) {
      const path = pathAt(fd, p, n);
      if (path === null) return ebadf;
      return call(() => {
        const c = fs.constants;
        const canRead = (rights & 2n) !== 0n;
        const canWrite = (rights & 64n) !== 0n;
        let flags = canWrite ? (canRead ? c.O_RDWR : c.O_WRONLY) : c.O_RDONLY;
        if (oflags & 1) flags |= c.O_CREAT;
        if (oflags & 2) flags |= c.O_DIRECTORY;
        if (oflags & 4) flags |= c.O_EXCL;
        if (oflags & 8) flags |= c.O_TRUNC;
        if (fdflags & 1) flags |= c.O_APPEND;
        if (!(lookup & 1)) flags |= c.O_NOFOLLOW;
        // above the rights an overlay of package syscall puts the permissions of a new file, and a bit that says so
        const perm = inherit >> 48n ? Number((inherit >> 32n) & 0xfffn) : 0o666;
        const real = fs.openSync(path, flags, perm);
        const st = fs.fstatSync(real, { bigint: true });
        const dir = st.isDirectory();
        const seek = st.isFile() && !systemSeeks();
        const got = table.add({ fd: real, path, dir, append: (fdflags & 1) !== 0, seek, flags: fdflags });
        if (got < 0) {
          fs.closeSync(real);
          return emfile;
        }
        mem.setU32(out, got);
        return 0;
      });
    },
    path_filestat_get(fd: number, flags: number, p: number, n: number, out: number) {
      const path = pathAt(fd, p, n);
      if (path === null) return ebadf;
      return call(() => {
        filestat(flags & 1 ? fs.statSync(path, { bigint: true }) : fs.lstatSync(path, { bigint: true }), out >>> 0);
        return 0;
      });
    },
    path_filestat_set_times(fd: number, flags: number, p: number, n: number, atim: bigint, mtim: bigint, set: number) {
      const path = pathAt(fd, p, n);
      if (path === null) return ebadf;
      return call(() => {
        if (setTimes(path, atim, mtim, set, (flags & 1) !== 0)) return 0;
        const [a, m] = times(fs.statSync(path, { bigint: true }), atim, mtim, set);
        fs.utimesSync(path, a, m);
        return 0;
      });
    },
    path_create_directory(fd: number, p: number, n: number) {
      const path = pathAt(fd, p, n);
      if (path === null) return ebadf;
      return call(() => {
        fs.mkdirSync(path);
        return 0;
      });
    },
    path_remove_directory(fd: number, p: number, n: number) {
      const path = pathAt(fd, p, n);
      if (path === null) return ebadf;
      return call(() => {
        fs.rmdirSync(path);
        return 0;
      });
    },
    path_unlink_file(fd: number, p: number, n: number) {
      const path = pathAt(fd, p, n);
      if (path === null) return ebadf;
      return call(() => {
        if (fs.lstatSync(path).isDirectory()) return 31;
        fs.unlinkSync(path);
        return 0;
      });
    },
    path_rename(fd: number, p: number, n: number, toFd: number, q: number, k: number) {
      const from = pathAt(fd, p, n);
      const to = pathAt(toFd, q, k);
      if (from === null || to === null) return ebadf;
      return call(() => {
        fs.renameSync(from, to);
        return 0;
      });
    },
    path_link(fd: number, _flags: number, p: number, n: number, toFd: number, q: number, k: number) {
      const from = pathAt(fd, p, n);
      const to = pathAt(toFd, q, k);
      if (from === null || to === null) return ebadf;
      return call(() => {
        fs.linkSync(from, to);
        return 0;
      });
    },
    path_symlink(p: number, n: number, fd: number, q: number, k: number) {
      const to = pathAt(fd, q, k);
      if (to === null) return ebadf;
      return call(() => {
        fs.symlinkSync(mem.text(p, n), to);
        return 0;
      });
    },
    path_readlink(fd: number, p: number, n: number, buf: number, size: number, out: number) {
      const path = pathAt(fd, p, n);
      if (path === null) return ebadf;
      return call(() => {
        const target = Buffer.from(fs.readlinkSync(path)).subarray(0, size);
        mem.u8.set(target, buf >>> 0);
        mem.setU32(out, target.length);
        return 0;
      });
    },
    sock_accept: () => enosys,
    sock_shutdown: () => enosys,
  };
  return functions as unknown as { [name: string]: (...args: never[]) => number };
}
