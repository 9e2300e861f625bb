// The module cache on disk, laid out as the go command's, which may be the very same folder.
//
// Guarantees: every file is written beside its place and renamed into it, and so is a module's folder, so that a reader sees the whole of
// it or nothing. A folder that the go command has not finished counts as absent. A lock keeps processes from doing the same work twice;
// nothing depends on it but that.
// Source: "Go Modules Reference", module cache.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Version } from '../../load/gomod.ts';

/** An upper-case letter is an exclamation mark and its lower-case form. */
export function escapePath(path: string): string {
  return path.replace(/[A-Z]/g, (u) => `!${u.toLowerCase()}`);
}

/** temporary files and folders this old, and locks, belong to somebody who has died */
const deadAfter = 600_000;
const lockWait = 50;

export class ModuleCache {
  readonly root: string;
  /** folders stay writable */
  private readonly writable: boolean;
  private serial = 0;

  constructor(root: string, writable: boolean) {
    this.root = root;
    this.writable = writable;
  }

  /** The name of a file about a module version: 'mod', 'info', 'zip', 'ziphash', … */
  file(m: Version, suffix: string): string {
    return join(this.root, 'cache', 'download', escapePath(m.path), '@v', `${escapePath(m.version)}.${suffix}`);
  }

  dir(m: Version): string {
    return join(this.root, `${escapePath(m.path)}@${escapePath(m.version)}`);
  }

  read(m: Version, suffix: string): Buffer | null {
    try {
      return readFileSync(this.file(m, suffix));
    } catch (e) {
      if (isAbsent(e)) return null;
      throw e;
    }
  }

  has(m: Version, suffix: string): boolean {
    return existsSync(this.file(m, suffix));
  }

  /** The hash of the archive as it was when it came; null if that is not known. */
  zipSum(m: Version): string | null {
    const text = this.read(m, 'ziphash')?.toString().trim() ?? '';
    return /^h1:[A-Za-z0-9+/]{43}=$/.test(text) ? text : null;
  }

  /** Is the module unpacked, all of it? */
  unpacked(m: Version): boolean {
    return existsSync(this.dir(m)) && !this.has(m, 'partial') && this.zipSum(m) !== null;
  }

  private temporary(path: string): string {
    return `${path}.${process.pid}-${++this.serial}.tmp`;
  }

  write(m: Version, suffix: string, data: Uint8Array | string): void {
    this.writeFile(this.file(m, suffix), data);
  }

  writeFile(path: string, data: Uint8Array | string): void {
    const temp = this.temporary(path);
    mkdirSync(dirname(path), { recursive: true });
    try {
      writeFileSync(temp, data);
      renameSync(temp, path);
    } catch (e) {
      rmSync(temp, { force: true });
      throw e;
    }
  }

  /** Makes a module's folder: fill writes into another one, which is then put in its place. */
  writeDir(m: Version, fill: (dir: string) => void): void {
    const dir = this.dir(m);
    mkdirSync(dirname(dir), { recursive: true });
    sweep(dirname(dir), basename(dir));
    const temp = this.temporary(dir);
    try {
      fill(temp);
      if (!this.writable) protect(temp, false);
      if (existsSync(dir)) {
        // left by somebody who did not come to the end
        protect(dir, true);
        rmSync(dir, { recursive: true, force: true });
        rmSync(this.file(m, 'partial'), { force: true });
      }
      renameSync(temp, dir);
    } catch (e) {
      if (existsSync(temp)) {
        protect(temp, true);
        rmSync(temp, { recursive: true, force: true });
      }
      if (!this.unpacked(m)) throw e;
    }
  }

  /** Does something that others should wait for rather than do as well. */
  async locked<T>(m: Version, work: () => Promise<T>): Promise<T> {
    const path = this.file(m, 'burrow-lock');
    mkdirSync(dirname(path), { recursive: true });
    while (!take(path)) await new Promise((resolve) => setTimeout(resolve, lockWait));
    try {
      return await work();
    } finally {
      rmSync(path, { force: true });
    }
  }
}

function isAbsent(e: unknown): boolean {
  const { code } = e as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function take(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== 'EEXIST') throw e;
  }
  try {
    const holder = Number(readFileSync(path, 'utf8'));
    const age = Date.now() - statSync(path).mtimeMs;
    // one that is just being written is empty
    if (age > deadAfter || (holder > 0 && !isAlive(holder))) rmSync(path, { force: true });
  } catch (e) {
    if (!isAbsent(e)) throw e;
  }
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Removes temporary folders whose makers have died. */
function sweep(parent: string, name: string): void {
  for (const entry of readdirSync(parent)) {
    const pid = Number(/^\.(\d+)-\d+\.tmp$/.exec(entry.startsWith(name) ? entry.slice(name.length) : '')?.[1] ?? 0);
    if (pid === 0 || isAlive(pid)) continue;
    protect(join(parent, entry), true);
    rmSync(join(parent, entry), { recursive: true, force: true });
  }
}

/** Makes a folder and those in it read-only, or writable again. */
function protect(dir: string, writable: boolean): void {
  if (writable) chmodSync(dir, 0o777);
  for (const e of readdirSync(dir, { withFileTypes: true })) if (e.isDirectory()) protect(join(dir, e.name), writable);
  if (!writable) chmodSync(dir, 0o555);
}
