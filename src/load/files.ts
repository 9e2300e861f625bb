// What the loader sees of a file system. Paths are absolute, with slashes.

export interface DirEntry {
  readonly name: string;
  readonly dir: boolean;
}

export interface Files {
  /** null if there is no such file */
  read(path: string): Uint8Array | null;
  /** null if there is no such folder */
  list(path: string): readonly DirEntry[] | null;
  /** Is there a file of that name? It says less than the list of its folder, and so changes less often. */
  has?(path: string): boolean;
}

export function hasFile(files: Files, path: string): boolean {
  if (files.has) return files.has(path);
  return files.list(dirName(path))?.some((e) => e.name === baseName(path) && !e.dir) ?? false;
}

/** Joins and cleans: no `.`, no `..`, no double slashes. */
export function joinPath(...parts: string[]): string {
  const out: string[] = [];
  const absolute = parts[0]?.startsWith('/') ?? false;
  for (const p of parts.join('/').split('/')) {
    if (p === '' || p === '.') continue;
    if (p === '..' && out.length > 0 && out[out.length - 1] !== '..') out.pop();
    else if (p !== '..' || !absolute) out.push(p);
  }
  return (absolute ? '/' : '') + out.join('/');
}

export function dirName(path: string): string {
  const i = path.lastIndexOf('/');
  return i <= 0 ? '/' : path.slice(0, i);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Remembers what was read, for a cache to compare with later. */
export class RecordingFiles implements Files {
  readonly files = new Map<string, Uint8Array>();
  readonly dirs = new Set<string>();
  /** files that were asked for by name alone, and whether they were there */
  readonly names = new Map<string, boolean>();
  private readonly inner: Files;
  private readonly listed = new Map<string, readonly DirEntry[] | null>();

  constructor(inner: Files) {
    this.inner = inner;
  }

  read(path: string): Uint8Array | null {
    const known = this.files.get(path);
    if (known) return known;
    const data = this.inner.read(path);
    if (data) this.files.set(path, data);
    return data;
  }

  list(path: string): readonly DirEntry[] | null {
    let l = this.listed.get(path);
    if (l === undefined) {
      l = this.inner.list(path);
      this.listed.set(path, l);
      if (l) this.dirs.add(path);
    }
    return l;
  }

  has(path: string): boolean {
    let found = this.names.get(path);
    if (found === undefined) {
      found = hasFile(this.inner, path);
      this.names.set(path, found);
    }
    return found;
  }
}
