// What the system knows of a process and its files, and WASI does not: imports of module `sys`.
//
// Guarantees: a result below 0 is minus a WASI errno.

import * as fs from 'node:fs';
import { hostname } from 'node:os';
import type { Descriptors } from './descriptors.ts';
import { errnos } from './errno.ts';
import type { HostMemory } from './memory.ts';
import type { SocketImports } from './sockets.ts';
import { call, resolvePath } from './wasi.ts';

export function system(mem: HostMemory, table: Descriptors, executable: string): SocketImports {
  const at = (fd: number, p: number, n: number, f: (path: string) => void): number => {
    const path = resolvePath(mem, table, fd, p, n);
    if (path === null) return -errnos.EBADF!;
    return -call(() => {
      f(path);
      return 0;
    });
  };
  const on = (fd: number, f: (real: number) => void): number => {
    const o = table.get(fd);
    if (!o || o.fd < 0) return -errnos.EBADF!;
    return -call(() => {
      f(o.fd);
      return 0;
    });
  };
  /** Copies what fits; answers how long the text is. */
  const text = (s: string, p: number, n: number): number => {
    const b = Buffer.from(s);
    mem.u8.set(b.subarray(0, n), p >>> 0);
    return b.length;
  };
  const ids = [
    () => process.pid,
    () => process.ppid,
    () => process.getuid?.() ?? 0,
    () => process.geteuid?.() ?? 0,
    () => process.getgid?.() ?? 0,
    () => process.getegid?.() ?? 0,
  ];
  return {
    getid: (which: number) => ids[which]?.() ?? -errnos.EINVAL!,
    getgroups(p: number, max: number): number {
      const groups = process.getgroups?.() ?? [];
      groups.slice(0, max).forEach((g, i) => {
        mem.setU32(p + 4 * i, g);
      });
      return groups.length;
    },
    hostname: (p: number, n: number) => text(hostname(), p, n),
    executable: (p: number, n: number) => text(executable, p, n),
    mkdir: (fd: number, p: number, n: number, mode: number) => at(fd, p, n, (path) => fs.mkdirSync(path, mode)),
    chmod: (fd: number, p: number, n: number, mode: number) => at(fd, p, n, (path) => fs.chmodSync(path, mode)),
    fchmod: (fd: number, mode: number) => on(fd, (real) => fs.fchmodSync(real, mode)),
    chown: (fd: number, p: number, n: number, uid: number, gid: number, follow: number) =>
      at(fd, p, n, (path) => (follow ? fs.chownSync : fs.lchownSync)(path, uid, gid)),
    fchown: (fd: number, uid: number, gid: number) => on(fd, (real) => fs.fchownSync(real, uid, gid)),
    access: (fd: number, p: number, n: number, mode: number) => at(fd, p, n, (path) => fs.accessSync(path, mode)),
  } as unknown as SocketImports;
}
