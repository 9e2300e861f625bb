// WASI's error numbers by the names they have in POSIX and in Node.
//
// Source: the WASI preview 1 witx documents.

import { constants } from 'node:os';

const names = (
  '- E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF EBADMSG EBUSY ECANCELED ECHILD ECONNABORTED ECONNREFUSED ' +
  'ECONNRESET EDEADLK EDESTADDRREQ EDOM EDQUOT EEXIST EFAULT EFBIG EHOSTUNREACH EIDRM EILSEQ EINPROGRESS EINTR EINVAL EIO EISCONN EISDIR ' +
  'ELOOP EMFILE EMLINK EMSGSIZE EMULTIHOP ENAMETOOLONG ENETDOWN ENETRESET ENETUNREACH ENFILE ENOBUFS ENODEV ENOENT ENOEXEC ENOLCK ' +
  'ENOLINK ENOMEM ENOMSG ENOPROTOOPT ENOSPC ENOSYS ENOTCONN ENOTDIR ENOTEMPTY ENOTRECOVERABLE ENOTSOCK ENOTSUP ENOTTY ENXIO EOVERFLOW ' +
  'EOWNERDEAD EPERM EPIPE EPROTO EPROTONOSUPPORT EPROTOTYPE ERANGE EROFS ESPIPE ESRCH ESTALE ETIMEDOUT ETXTBSY EXDEV'
).split(' ');

/** WASI's number of an error's name; undefined for what WASI does not have. */
export const errnos: { readonly [code: string]: number } = Object.fromEntries(names.map((n, i) => [n, i]));

const byNative = new Map<number, number>();
for (const [name, native] of Object.entries(constants.errno)) {
  const wasi = errnos[name === 'EOPNOTSUPP' ? 'ENOTSUP' : name === 'EWOULDBLOCK' ? 'EAGAIN' : name];
  if (wasi !== undefined) byNative.set(native, wasi);
}

/** WASI's number for one of this system; EIO for what WASI does not have. */
export function wasiErrno(native: number): number {
  return byNative.get(native) ?? errnos.EIO!;
}
/** This system's number for one of WASI's; 0 for what it does not have. */
export function nativeErrno(wasi: number): number {
  for (const [native, w] of byNative) if (w === wasi) return native;
  return 0;
}
