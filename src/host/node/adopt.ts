// What a descriptor of the system is that the program did not open itself: it was started with it, or got it in a message.

import { fstatSync, readlinkSync, type Stats } from 'node:fs';
import type { NewFile } from './descriptors.ts';
import { libc, systemSeeks } from './libc.ts';

const fGetfl = 3;
const oAppend = 0o2000;
const oNonblock = 0o4000;
const fdAppend = 1;
const fdNonblock = 4;

/** null: it is not open. */
export function adopted(real: number): NewFile | null {
  let st: Stats;
  try {
    st = fstatSync(real);
  } catch {
    return null;
  }
  const how = libc()?.calls.fcntl(real, fGetfl, 0) ?? 0;
  const append = (how & oAppend) !== 0;
  return {
    fd: real,
    path: st.isDirectory() ? readlinkSync(`/proc/self/fd/${real}`) : '',
    dir: st.isDirectory(),
    append,
    seek: st.isFile() && !systemSeeks(),
    socket: st.isSocket(),
    pipe: st.isFIFO(),
    flags: (append ? fdAppend : 0) | (how & oNonblock ? fdNonblock : 0),
  };
}

/** Those of a list `3,4` that are open: the file that starts a program has found them (src/cli/inherit.ts). */
export function inherited(list: string): NewFile[] {
  return list.split(',').flatMap((n) => (n === '' ? [] : (adopted(Number(n)) ?? [])));
}
