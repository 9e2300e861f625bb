// A folder of files that can be made again.
//
// Guarantees: files are written beside their place and renamed into it, so a reader sees a whole file or none; each begins with the length of the
// rest and a number made of bytes from all over it, and one that does not fit, as after a crash of the machine, is treated as absent. The folder is kept
// under a size by removing the oldest used.

import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeDir } from './cachedir.ts';
import * as messages from './messages.ts';

const magic = 'burrow2\n';
const headerSize = magic.length + 24;
/** Its message is for the user. */
export class CacheError extends Error {}

// The module is loaded by whoever needs it first: that takes 10 ms.
export const hashOf = (data: Uint8Array | string): string =>
  process.getBuiltinModule('node:crypto').hash('sha256', data);

/** A step of a hash of 32-bit words that must be fast and no more. Source: Y. Collet, xxHash, its rounds. */
function mix(h: number, word: number): number {
  const x = (h + Math.imul(word, 0x85ebca77)) | 0;
  return Math.imul((x << 13) | (x >>> 19), 0x9e3779b1);
}

/** Name of the file that belongs to a text. Others may have the same, so the file must say which text it belongs to. */
export function nameOf(kind: string, text: string): string {
  let a = 1;
  let b = 2;
  for (let i = 0; i < text.length; i++) {
    a = mix(a, text.charCodeAt(i));
    b = mix(b, a);
  }
  return `${kind}-${hex(a)}${hex(b)}`;
}

const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');

/** Distance of the bytes that are looked at: one in each page of memory or disk, never at the same place of it. */
const stride = 4093;

function header(payload: Uint8Array): string {
  let h = payload.length;
  for (let i = payload.length - 1; i >= 0; i -= stride) h = mix(h, payload[i]!);
  return `${magic}${payload.length.toString(16).padStart(14, '0')} ${hex(h)}\n`;
}

export class CacheFolder {
  private readonly dir: string;
  private readonly limit: number;

  /** limit: bytes the files may take together before the least recently used go */
  constructor(dir: string, limit: number) {
    this.dir = dir;
    this.limit = limit;
  }

  read(name: string): Uint8Array | null {
    let data: Buffer;
    try {
      data = readFileSync(join(this.dir, name));
    } catch {
      return null;
    }
    const payload = data.subarray(headerSize);
    return data.toString('latin1', 0, headerSize) === header(payload) ? payload : null;
  }

  /** Throws CacheError if the folder cannot be written. */
  write(name: string, payload: Uint8Array): void {
    const path = join(this.dir, name);
    const temp = `${path}.${process.pid}.tmp`;
    try {
      makeDir(this.dir);
      const fd = openSync(temp, 'w');
      try {
        writeSync(fd, header(payload));
        for (let n = 0; n < payload.length; ) n += writeSync(fd, payload, n);
      } finally {
        closeSync(fd);
      }
      renameSync(temp, path);
    } catch (err) {
      try {
        rmSync(temp, { force: true });
      } catch {
        // then it was never there
      }
      throw new CacheError(messages.cacheNotWritten(this.dir, (err as Error).message));
    }
  }

  touch(name: string): void {
    const now = new Date();
    try {
      utimesSync(join(this.dir, name), now, now);
    } catch {
      // A cache that cannot be written can still be read; the time only orders removal.
    }
  }

  trim(): void {
    const files = readdirSync(this.dir).flatMap((name) => {
      try {
        const st = statSync(join(this.dir, name));
        return [{ name, size: st.size, used: st.mtimeMs }];
      } catch {
        return [];
      }
    });
    let total = files.reduce((sum, f) => sum + f.size, 0);
    for (const f of files.sort((a, b) => a.used - b.used)) {
      if (total <= this.limit) break;
      rmSync(join(this.dir, f.name), { force: true });
      total -= f.size;
    }
  }
}
