// Sockets of the system for a program: the imports of module `sys`, and the poller of module `go`.
//
// Assumes: addresses, options and control messages in the program's memory are laid out as Linux lays them out. Every socket is
// non-blocking for the system, whatever the program asked for. Guarantees: no call waits but netpoll; a result below 0 is minus a WASI errno; descriptors
// in control messages are the program's. Where there are no sockets every call fails with the errno that says so.

import { closeSync } from 'node:fs';
import { adopted } from './adopt.ts';
import type { Descriptors } from './descriptors.ts';
import { errnos, wasiErrno } from './errno.ts';
import { type Libc, libc } from './libc.ts';
import type { HostMemory } from './memory.ts';
import { endWord, pollWord, wakeWord } from './polling.ts';

/** Errnos of our own, behind WASI's; package syscall has their texts. */
const noSockets = -90;
const seededRun = -91;
const ebadf = -errnos.EBADF!;
const emfile = -errnos.EMFILE!;
const enotsock = -errnos.ENOTSOCK!;
const eagain = -errnos.EAGAIN!;
const eperm = -errnos.EPERM!;
/** read or write it as what is no socket, or blocks, is read and written */
const notHere = -1000;

const fdNonblock = 4;
const sockNonblock = 0o4000;
const sockCloexec = 0o2000000;
const msgNosignal = 0x4000;
const msgDontwait = 0x40;
const fDupfdCloexec = 1030;
/** 0 to 2 are the host's own, whatever the program has there */
const lowestOwn = 3;
const fGetfl = 3;
const fSetfl = 4;
const msgCmsgCloexec = 0x40000000;
const solSocket = 1;
const soError = 4;
const scmRights = 1;
const afUnspec = 0;

const epollIn = 1;
const epollOut = 4;
const epollErr = 8;
const epollHup = 16;
const epollRdhup = 0x2000;
const epollEt = 1 << 31;
const epollAdd = 1;
const epollDel = 2;
/** what a wait reports at most */
const maxEvents = 128;

const offIov = 64;
const offName = 96;
const offControl = 256;
const controlMax = 16384;

export type SocketImports = { [name: string]: (...args: never[]) => number };

/** The imports of module `sys`, and the poller's of module `go`. */
export function sockets(
  mem: HostMemory,
  table: Descriptors,
  control: Int32Array,
  seeded: boolean,
): { readonly sys: SocketImports; readonly poller: SocketImports } {
  let c: Libc | null = null;
  let base = 0n;
  let scratch = new DataView(new ArrayBuffer(0));
  let scratchAt = 0n;

  /** 0, or why there are no sockets. */
  const ready = (): number => {
    if (c) return 0;
    if (seeded) return seededRun;
    c = libc();
    if (!c) return noSockets;
    base = c.address(mem.memory.buffer);
    const own = new ArrayBuffer(offControl + controlMax);
    scratch = new DataView(own);
    scratchAt = c.address(own);
    return 0;
  };
  const at = (p: number): bigint => base + BigInt(p >>> 0);
  const orNull = (p: number): bigint => (p === 0 ? 0n : at(p));
  /** Runs f with the system's calls and the socket, or pipe, behind the program's descriptor. */
  const on = (fd: number, f: (calls: Libc['calls'], real: number) => number): number => {
    const real = table.pollable(fd);
    if (real < 0) return real === -1 ? ebadf : enotsock;
    const no = ready();
    if (no !== 0) return no;
    const r = f(c!.calls, real);
    return r < 0 ? -c!.errno() : r;
  };
  const add = (real: number, nonblock: boolean, pipe = false): number => {
    const flags = nonblock ? fdNonblock : 0;
    const fd = table.add({ fd: real, path: '', dir: false, append: false, seek: false, socket: !pipe, pipe, flags });
    if (fd >= 0) return fd;
    c!.calls.close(real);
    return emfile;
  };
  const drop = (fd: number): void => {
    const real = table.socket(fd);
    if (table.remove(fd)) c!.calls.close(real);
  };
  const kind = (type: number): number => type | sockNonblock | sockCloexec;

  /** Fits the header of a message to what lies in the program's memory; the name is to be received or sent at offName. */
  const header = (p: number, n: number, nameLen: number, controlAt: bigint, controlLen: number): bigint => {
    scratch.setBigUint64(0, nameLen === 0 ? 0n : scratchAt + BigInt(offName), true);
    scratch.setUint32(8, nameLen, true);
    scratch.setBigUint64(16, scratchAt + BigInt(offIov), true);
    scratch.setBigUint64(24, 1n, true);
    scratch.setBigUint64(32, controlLen === 0 ? 0n : controlAt, true);
    scratch.setBigUint64(40, BigInt(controlLen), true);
    scratch.setInt32(48, 0, true);
    scratch.setBigUint64(offIov, at(p), true);
    scratch.setBigUint64(offIov + 8, BigInt(n >>> 0), true);
    return scratchAt;
  };
  /** Calls change with each descriptor in the control messages at [start, end) of the view; stops where that returns below 0. */
  const eachRight = (view: DataView, start: number, end: number, change: (fd: number) => number): number => {
    for (let p = start; p + 16 <= end; ) {
      const len = Number(view.getBigUint64(p, true));
      if (len < 16 || p + len > end) break;
      if (view.getInt32(p + 8, true) === solSocket && view.getInt32(p + 12, true) === scmRights) {
        for (let q = p + 16; q + 4 <= p + len; q += 4) {
          const fd = change(view.getInt32(q, true));
          if (fd < 0) return fd;
          view.setInt32(q, fd, true);
        }
      }
      p += (len + 7) & ~7;
    }
    return 0;
  };
  const received = (real: number, flags?: number): number => {
    const f = adopted(real);
    const fd = f ? table.add({ ...f, flags: flags ?? f.flags }) : -1;
    if (fd < 0) closeSync(real);
    return fd < 0 ? emfile : fd;
  };

  const sys = {
    socket(domain: number, type: number, proto: number): number {
      const no = ready();
      if (no !== 0) return no;
      const real = c!.calls.socket(domain, kind(type), proto);
      return real < 0 ? -c!.errno() : add(real, (type & sockNonblock) !== 0);
    },
    socketpair(domain: number, type: number, proto: number, out: number): number {
      const no = ready();
      if (no !== 0) return no;
      if (c!.calls.socketpair(domain, kind(type), proto, scratchAt) < 0) return -c!.errno();
      const nonblock = (type & sockNonblock) !== 0;
      const [a, b] = [add(scratch.getInt32(0, true), nonblock), add(scratch.getInt32(4, true), nonblock)];
      if (a < 0 || b < 0) {
        for (const fd of [a, b]) if (fd >= 0) drop(fd);
        return emfile;
      }
      mem.setU32(out, a);
      mem.setU32(out + 4, b);
      return 0;
    },
    bind: (fd: number, sa: number, n: number): number => on(fd, (calls, real) => calls.bind(real, at(sa), n)),
    connect: (fd: number, sa: number, n: number): number => on(fd, (calls, real) => calls.connect(real, at(sa), n)),
    listen: (fd: number, n: number): number => on(fd, (calls, real) => calls.listen(real, n)),
    /** Sets whether calls at a pipe wait, for the system too, as its other end may be another program's. A socket's never do. */
    setnonblock: (fd: number, on_: number): number =>
      on(fd, (calls, real) => {
        if (!table.isPipe(fd) && on_ === 0) return 0;
        const flags = calls.fcntl(real, fGetfl, 0);
        return calls.fcntl(real, fSetfl, on_ !== 0 ? flags | sockNonblock : flags & ~sockNonblock);
      }),
    shutdown: (fd: number, how: number): number => on(fd, (calls, real) => calls.shutdown(real, how)),
    accept: (fd: number, sa: number, n: number, flags: number): number =>
      on(fd, (calls, real) => {
        const got = calls.accept4(real, at(sa), at(n), sockNonblock | sockCloexec);
        return got < 0 ? got : add(got, (flags & sockNonblock) !== 0);
      }),
    getsockname: (fd: number, sa: number, n: number): number =>
      on(fd, (calls, real) => calls.getsockname(real, at(sa), at(n))),
    getpeername: (fd: number, sa: number, n: number): number =>
      on(fd, (calls, real) => calls.getpeername(real, at(sa), at(n))),
    setsockopt: (fd: number, level: number, opt: number, p: number, n: number): number =>
      on(fd, (calls, real) => calls.setsockopt(real, level, opt, at(p), n)),
    getsockopt: (fd: number, level: number, opt: number, p: number, n: number): number =>
      on(fd, (calls, real) => {
        const r = calls.getsockopt(real, level, opt, at(p), at(n));
        if (r === 0 && level === solSocket && opt === soError && mem.u32(p) !== 0) mem.setU32(p, wasiErrno(mem.u32(p)));
        return r;
      }),
    dup(fd: number): number {
      const o = table.get(fd);
      if (!o || o.fd < 0) return ebadf;
      const no = ready();
      if (no !== 0) return no;
      const got = c!.calls.fcntl(o.fd, fDupfdCloexec, lowestOwn);
      return got < 0 ? -c!.errno() : received(got, o.flags);
    },
    recv(fd: number, p: number, n: number): number {
      const real = table.pollable(fd);
      if (real < 0 || ready() !== 0) return notHere;
      const pipe = table.isPipe(fd);
      if (pipe && !(table.flagsOf(fd) & fdNonblock)) return notHere;
      const r = pipe ? c!.calls.read(real, at(p), BigInt(n)) : c!.calls.recv(real, at(p), BigInt(n), msgDontwait);
      if (r >= 0) return r;
      const e = -c!.errno();
      return e === eagain && !(table.flagsOf(fd) & fdNonblock) ? notHere : e;
    },
    send(fd: number, p: number, n: number): number {
      const real = table.pollable(fd);
      if (real < 0 || ready() !== 0) return notHere;
      const pipe = table.isPipe(fd);
      if (pipe && !(table.flagsOf(fd) & fdNonblock)) return notHere;
      const r = pipe
        ? c!.calls.write(real, at(p), BigInt(n))
        : c!.calls.send(real, at(p), BigInt(n), msgDontwait | msgNosignal);
      if (r >= 0) return r;
      const e = -c!.errno();
      return e === eagain && !(table.flagsOf(fd) & fdNonblock) ? notHere : e;
    },
    recvfrom: (fd: number, p: number, n: number, flags: number, sa: number, len: number): number =>
      on(fd, (calls, real) => calls.recvfrom(real, at(p), BigInt(n), flags, orNull(sa), orNull(len))),
    sendto: (fd: number, p: number, n: number, flags: number, sa: number, len: number): number =>
      on(fd, (calls, real) => calls.sendto(real, at(p), BigInt(n), flags | msgNosignal, orNull(sa), len)),
    recvmsg: (
      fd: number,
      p: number,
      n: number,
      oob: number,
      oobn: number,
      sa: number,
      flags: number,
      out: number,
    ): number =>
      on(fd, (calls, real) => {
        scratch.setUint16(offName, afUnspec, true);
        const r = calls.recvmsg(real, header(p, n, 128, at(oob), oobn), flags | msgCmsgCloexec);
        if (r < 0) return r;
        const nameLen = Math.min(scratch.getUint32(8, true), 128);
        mem.u8.set(new Uint8Array(scratch.buffer, offName, nameLen), sa >>> 0);
        const used = Number(scratch.getBigUint64(40, true));
        mem.setU32(out, nameLen);
        mem.setU32(out + 4, used);
        mem.setU32(out + 8, scratch.getUint32(48, true) & ~msgCmsgCloexec);
        eachRight(mem.view, oob >>> 0, (oob >>> 0) + used, received);
        return r;
      }),
    sendmsg(
      fd: number,
      p: number,
      n: number,
      oob: number,
      oobn: number,
      sa: number,
      len: number,
      flags: number,
    ): number {
      if (oobn > controlMax || len > 128) return -errnos.EMSGSIZE!;
      let wrong = 0;
      const r = on(fd, (calls, real) => {
        const bytes = new Uint8Array(scratch.buffer);
        bytes.set(mem.copy(sa, len), offName);
        bytes.set(mem.copy(oob, oobn), offControl);
        wrong = eachRight(scratch, offControl, offControl + oobn, (own) => table.get(own)?.fd ?? ebadf);
        if (wrong !== 0) return 0;
        return calls.sendmsg(real, header(p, n, len, scratchAt + BigInt(offControl), oobn), flags | msgNosignal);
      });
      return wrong !== 0 ? wrong : r;
    },
  };

  let events = new DataView(new ArrayBuffer(0));
  let eventsAt = 0n;

  /** Makes the poller if it is not there yet; false if it cannot be. */
  const open = (calls: Libc['calls']): boolean => {
    if (Atomics.load(control, pollWord) > 0) return true;
    const epfd = calls.epoll_create1(sockCloexec);
    if (epfd < 0) return false;
    const wake = calls.eventfd(0, sockNonblock | sockCloexec);
    if (wake < 0) return false;
    scratch.setInt32(0, epollIn, true);
    scratch.setBigUint64(c!.epollDataAt, 0n, true);
    if (calls.epoll_ctl(epfd, epollAdd, wake, scratchAt) < 0) return false;
    if (Atomics.compareExchange(control, wakeWord, 0, wake + 1) === 0) Atomics.store(control, pollWord, epfd + 1);
    else {
      // Another M has been quicker.
      calls.close(epfd);
      calls.close(wake);
      while (Atomics.load(control, pollWord) === 0);
    }
    return true;
  };

  const poller = {
    /** Has what happens at the descriptor, from now on, reported with the two words. */
    netpollopen(fd: number, pd: number, tag: number): number {
      if (table.pollable(fd) === -2) return eperm;
      return on(fd, (calls, real) => {
        if (!open(calls)) return -1;
        scratch.setInt32(0, epollIn | epollOut | epollRdhup | epollEt, true);
        scratch.setUint32(c!.epollDataAt, pd, true);
        scratch.setUint32(c!.epollDataAt + 4, tag, true);
        return calls.epoll_ctl(Atomics.load(control, pollWord) - 1, epollAdd, real, scratchAt);
      });
    },
    netpollclose: (fd: number): number =>
      on(fd, (calls, real) => calls.epoll_ctl(Atomics.load(control, pollWord) - 1, epollDel, real, scratchAt)),
    /** Waits ns (-1: for ever) for something to happen; three words for each thing: those of netpollopen, and 1 read, 2 write, 4 error in a sum. */
    netpoll(out: number, max: number, ns: bigint): number {
      const epfd = Atomics.load(control, pollWord) - 1;
      if (epfd < 0 || ready() !== 0) return 0;
      const { calls, epollEventSize, epollDataAt } = c!;
      if (eventsAt === 0n) {
        const own = new ArrayBuffer(maxEvents * epollEventSize);
        events = new DataView(own);
        eventsAt = c!.address(own);
      }
      const ms = ns < 0n ? -1 : Math.min(Math.ceil(Number(ns) / 1e6), 1e9);
      // Once the run is over it waits where the end of the thread is noticed.
      if (ns !== 0n) Atomics.wait(control, endWord, 1);
      const n = calls.epoll_wait(epfd, eventsAt, Math.min(max, maxEvents), ms);
      let kept = 0;
      for (let i = 0; i < n; i++) {
        const e = i * epollEventSize;
        const pd = events.getUint32(e + epollDataAt, true);
        if (pd === 0) {
          // Of those who only look it stays for the one that waits.
          if (ns !== 0n) calls.read(Atomics.load(control, wakeWord) - 1, scratchAt, 8n);
          continue;
        }
        const what = events.getUint32(e, true);
        let mode = 0;
        if (what & (epollIn | epollRdhup | epollHup | epollErr)) mode |= 1;
        if (what & (epollOut | epollHup | epollErr)) mode |= 2;
        if (what === epollErr) mode |= 4;
        const to = (out >>> 0) + 12 * kept++;
        mem.setU32(to, pd);
        mem.setU32(to + 4, events.getUint32(e + epollDataAt + 4, true));
        mem.setU32(to + 8, mode);
      }
      return kept;
    },
    /** Ends a wait in netpoll, now or the next. */
    netpollbreak(): number {
      const wake = Atomics.load(control, wakeWord) - 1;
      if (wake < 0 || ready() !== 0) return 0;
      scratch.setBigUint64(0, 1n, true);
      return c!.calls.write(wake, scratchAt, 8n);
    },
  };
  return { sys: sys as unknown as SocketImports, poller: poller as unknown as SocketImports };
}
