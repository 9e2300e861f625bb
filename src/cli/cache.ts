// The cache of compiled programs.
//
// Two kinds of files in one folder (cachefolder.ts). `m-KEY`, KEY naming a command line, the compiler and the environment that matters,
// lists the inputs of a compilation with their sizes, times and content hashes. `p-KEY`, KEY being the hash of all those contents, holds
// the program. A run looks its manifest up, compares each input's size and time with the disk (and its content where
// only the time differs), and takes the program if nothing changed.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CacheFolder, hashOf } from './cachefolder.ts';

const limit = 512 * 1024 * 1024;

export interface Input {
  path: string;
  /** dir: the list of .go files is the content; name: whether there is a file is */
  kind: 'file' | 'dir' | 'name';
  size: number;
  mtime: number;
  hash: string;
}

interface Manifest {
  inputs: readonly Input[];
  program: string;
}

/** The names in a folder that decide what is compiled there. */
function dirContent(path: string): string {
  return readdirSync(path)
    .filter((n) => n.endsWith('.go') || n === 'go.mod' || n === 'vendor')
    .sort()
    .join('\n');
}

/** Describes an input as it is on disk now. Throws what the file system throws. */
export function describeInput(path: string, kind: 'file' | 'dir', content?: Uint8Array): Input {
  const st = statSync(path);
  const data = kind === 'dir' ? dirContent(path) : (content ?? readFileSync(path));
  return { path, kind, size: st.size, mtime: st.mtimeMs, hash: hashOf(data) };
}

/** Describes a file that matters only by being there, or not. */
export function describeName(path: string, there: boolean): Input {
  return { path, kind: 'name', size: 0, mtime: 0, hash: there ? 'there' : 'absent' };
}

function unchanged(input: Input): boolean {
  try {
    if (input.kind === 'name')
      return (
        describeName(input.path, statSync(input.path, { throwIfNoEntry: false })?.isFile() ?? false).hash === input.hash
      );
    const st = statSync(input.path);
    if (st.mtimeMs === input.mtime && st.size === input.size) return true;
    return describeInput(input.path, input.kind).hash === input.hash;
  } catch {
    return false;
  }
}

export class ProgramCache {
  private readonly folder: CacheFolder;

  constructor(dir: string) {
    this.folder = new CacheFolder(join(dir, 'programs'), limit);
  }

  /** The program compiled for this command, if its inputs are what they were; its bytes are the caller's. */
  lookup(command: string): Uint8Array | null {
    const manifest = this.folder.read(`m-${hashOf(command)}`);
    if (!manifest) return null;
    let m: Manifest;
    try {
      m = JSON.parse(new TextDecoder().decode(manifest)) as Manifest;
    } catch {
      return null;
    }
    if (!m.inputs.every(unchanged)) return null;
    const program = this.folder.read(`p-${m.program}`);
    if (program) this.folder.touch(`p-${m.program}`);
    return program;
  }

  /** Keeps a program under the command that made it. Throws CacheError if the folder cannot be written. */
  store(command: string, inputs: readonly Input[], program: Uint8Array): void {
    const key = hashOf(`${command}\0${inputs.map((i) => `${i.path}\0${i.hash}`).join('\0')}`);
    this.folder.write(`p-${key}`, program);
    this.folder.write(
      `m-${hashOf(command)}`,
      new TextEncoder().encode(JSON.stringify({ inputs, program: key } satisfies Manifest)),
    );
    this.folder.trim();
  }
}
