// The cache of compiled programs.
//
// Two kinds of files in one folder (cachefolder.ts). `m-KEY`, KEY naming a command line and the environment that matters, says which compiler
// was used and lists the inputs of the compilation with their sizes, times and content hashes. `p-KEY`, KEY being the hash of all those contents, holds
// the program. A run looks its manifest up, compares each input's size and time with the disk (and its content where
// only the time differs), and takes the program if nothing changed.
//
// A manifest is text: the command line and all that goes with it, the compiler, the program's name, then the inputs, folder by folder. A program from the cache waits
// for its lookup, so that needs no hash of much, and loads nothing it can do without.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CacheFolder, hashOf, nameOf } from './cachefolder.ts';

const limit = 512 * 1024 * 1024;

export interface Input {
  path: string;
  /** dir: the list of .go files is the content; name: whether there is a file is */
  kind: 'file' | 'dir' | 'name';
  size: number;
  mtime: number;
  hash: string;
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

/** The folder of the inputs that follow it in a manifest. */
const folderMark = '/';

function manifestText(head: readonly string[], inputs: readonly Input[]): string {
  const folders = Map.groupBy(inputs, (i) => dirname(i.path));
  const lines = [...head];
  for (const [dir, list] of folders) {
    lines.push(`${folderMark}${dir}`);
    for (const i of list) lines.push(`${i.kind} ${i.size} ${i.mtime} ${i.hash} ${basename(i.path)}`);
  }
  return lines.join('\n');
}

const noThrow = { throwIfNoEntry: false } as const;

/** Is an input what a manifest's line says of it? */
function unchanged(dir: string, line: string): boolean {
  const size = line.indexOf(' ') + 1;
  const mtime = line.indexOf(' ', size) + 1;
  const hash = line.indexOf(' ', mtime) + 1;
  const name = line.indexOf(' ', hash) + 1;
  const kind = line.slice(0, size - 1);
  const path = `${dir}/${line.slice(name)}`;
  const st = statSync(path, noThrow);
  if (kind === 'name') return (st?.isFile() ?? false) === (line.slice(hash, name - 1) === 'there');
  if (!st) return false;
  if (st.mtimeMs === Number(line.slice(mtime, hash - 1)) && st.size === Number(line.slice(size, mtime - 1)))
    return true;
  try {
    return describeInput(path, kind as 'file' | 'dir').hash === line.slice(hash, name - 1);
  } catch {
    return false;
  }
}

function allUnchanged(lines: readonly string[]): boolean {
  let dir = '';
  for (const line of lines) {
    if (line.startsWith(folderMark)) dir = line.slice(1);
    else if (!unchanged(dir, line)) return false;
  }
  return true;
}

export class ProgramCache {
  private readonly folder: CacheFolder;

  constructor(dir: string) {
    this.folder = new CacheFolder(join(dir, 'programs'), limit);
  }

  /** The program that this compiler compiled for this command, if its inputs are what they were; its bytes are the caller's. Neither text has line breaks. */
  lookup(command: string, compiler: string): Uint8Array | null {
    const manifest = this.folder.read(nameOf('m', command));
    if (!manifest) return null;
    const [of, by, name, ...inputs] = new TextDecoder().decode(manifest).split('\n');
    if (of !== command || by !== compiler || !allUnchanged(inputs)) return null;
    const program = this.folder.read(`p-${name}`);
    if (program) this.folder.touch(`p-${name}`);
    return program;
  }

  /** Keeps a program under the command that made it. Throws CacheError if the folder cannot be written. */
  store(command: string, compiler: string, inputs: readonly Input[], program: Uint8Array): void {
    // names of files may have anything in them: such programs are not kept
    if ([command, compiler, ...inputs.map((i) => i.path)].some((s) => s.includes('\n'))) return;
    const name = hashOf(`${command}\0${compiler}\0${inputs.map((i) => `${i.path}\0${i.hash}`).join('\0')}`);
    this.folder.write(`p-${name}`, program);
    this.folder.write(nameOf('m', command), new TextEncoder().encode(manifestText([command, compiler, name], inputs)));
    this.folder.trim();
  }
}
