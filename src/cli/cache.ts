// The cache of compiled programs.
//
// Two kinds of files under one folder. `m-KEY`, KEY naming a command line, the compiler and the environment that matters,
// lists the inputs of a compilation with their sizes, times and content hashes. `p-KEY`, KEY being the hash of all those contents, holds
// the program. A run looks its manifest up, compares each input's size and time with the disk (and its content where
// only the time differs), and takes the program if nothing changed.
// Guarantees: files are written beside their place and renamed into it, so a reader sees a whole file or none; each begins with a
// hash of the rest, and one that does not fit is treated as absent. The folder is kept under a size by removing the oldest used.

import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as messages from './messages.ts';

const magic = 'burrow1\n';
const headerSize = magic.length + 64 + 1;
/** Bytes the programs may take together before the least recently used go. */
const limit = 512 * 1024 * 1024;

/** Its message is for the user. */
export class CacheError extends Error {}

/** Where the cache is: BURROW_CACHE ("off" for none), or burrow/ in the user's cache folder as os.UserCacheDir has it. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.BURROW_CACHE === 'off') return null;
  if (env.BURROW_CACHE) return env.BURROW_CACHE;
  if (process.platform === 'win32') return join(env.LocalAppData ?? join(homedir(), 'AppData', 'Local'), 'burrow');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'burrow');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'burrow');
}

/** Makes a folder and those above it. Node's own way never ends below a folder such as /proc, where nothing can be made. */
export function makeDir(dir: string): void {
  try {
    mkdirSync(dir);
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(dir).isDirectory()) return;
    if (code !== 'ENOENT' || statSync(dirname(dir), { throwIfNoEntry: false })) throw e;
    makeDir(dirname(dir));
    mkdirSync(dir);
  }
}

export interface Input {
  path: string;
  /** '' for a folder whose list of .go files is the content */
  kind: 'file' | 'dir';
  size: number;
  mtime: number;
  hash: string;
}

interface Manifest {
  inputs: readonly Input[];
  program: string;
}

const hashOf = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex');

/** The names in a folder that decide what is compiled there. */
function dirContent(path: string): string {
  return readdirSync(path)
    .filter((n) => n.endsWith('.go') || n === 'go.mod')
    .sort()
    .join('\n');
}

/** Describes an input as it is on disk now. Throws what the file system throws. */
export function describeInput(path: string, kind: 'file' | 'dir', content?: Uint8Array): Input {
  const st = statSync(path);
  const data = kind === 'dir' ? dirContent(path) : (content ?? readFileSync(path));
  return { path, kind, size: st.size, mtime: st.mtimeMs, hash: hashOf(data) };
}

function unchanged(input: Input): boolean {
  try {
    const st = statSync(input.path);
    if (st.mtimeMs === input.mtime && st.size === input.size) return true;
    return describeInput(input.path, input.kind).hash === input.hash;
  } catch {
    return false;
  }
}

export class ProgramCache {
  private readonly dir: string;

  constructor(dir: string) {
    this.dir = join(dir, 'programs');
  }

  /** The program compiled for this command, if its inputs are what they were; its bytes are the caller's. */
  lookup(command: string): Uint8Array | null {
    const manifest = this.read(`m-${hashOf(command)}`);
    if (!manifest) return null;
    let m: Manifest;
    try {
      m = JSON.parse(new TextDecoder().decode(manifest)) as Manifest;
    } catch {
      return null;
    }
    if (!m.inputs.every(unchanged)) return null;
    const program = this.read(`p-${m.program}`);
    if (program) this.touch(`p-${m.program}`);
    return program;
  }

  /** Keeps a program under the command that made it. Throws CacheError if the folder cannot be written. */
  store(command: string, inputs: readonly Input[], program: Uint8Array): void {
    const key = hashOf(`${command}\0${inputs.map((i) => `${i.path}\0${i.hash}`).join('\0')}`);
    this.write(`p-${key}`, program);
    this.write(
      `m-${hashOf(command)}`,
      new TextEncoder().encode(JSON.stringify({ inputs, program: key } satisfies Manifest)),
    );
    this.trim();
  }

  private read(name: string): Uint8Array | null {
    let data: Buffer;
    try {
      data = readFileSync(join(this.dir, name));
    } catch {
      return null;
    }
    const header = data.subarray(0, headerSize).toString('latin1');
    const payload = data.subarray(headerSize);
    if (header !== `${magic}${hashOf(payload)}\n`) return null;
    return payload;
  }

  private write(name: string, payload: Uint8Array): void {
    const path = join(this.dir, name);
    const temp = `${path}.${process.pid}.tmp`;
    try {
      makeDir(this.dir);
      const fd = openSync(temp, 'w');
      try {
        writeSync(fd, `${magic}${hashOf(payload)}\n`);
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

  private touch(name: string): void {
    const now = new Date();
    try {
      utimesSync(join(this.dir, name), now, now);
    } catch {
      // A cache that cannot be written can still be read; the time only orders removal.
    }
  }

  private trim(): void {
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
      if (total <= limit) break;
      rmSync(join(this.dir, f.name), { force: true });
      total -= f.size;
    }
  }
}
