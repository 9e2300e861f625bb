// The files that //go:embed patterns name.
//
// Guarantees: names are relative to the package's folder, sorted; folders stand for all files below them but those that begin
// with `.` or `_` (unless the pattern begins with "all:"); nothing outside the folder or of another module is taken.
// Source: documentation of package embed.

import { type Files, joinPath } from './files.ts';

export interface EmbeddedFile {
  readonly name: string;
  readonly data: Uint8Array;
}

/** The files, or why a pattern is wrong. */
export function embedFiles(files: Files, dir: string, patterns: readonly string[]): EmbeddedFile[] | string {
  const found = new Map<string, Uint8Array>();
  for (const full of patterns) {
    const all = full.startsWith('all:');
    const pattern = all ? full.slice(4) : full;
    if (!validPattern(pattern)) return `pattern ${full}: invalid pattern syntax`;
    const matches = glob(files, dir, pattern.split('/'), '');
    if (matches.length === 0) return `pattern ${full}: no matching files found`;
    for (const m of matches) {
      if (m.dir) {
        const before = found.size;
        walk(files, joinPath(dir, m.name), m.name, all, found);
        if (found.size === before && matches.length === 1)
          return `pattern ${full}: cannot embed directory ${m.name}: contains no embeddable files`;
      } else found.set(m.name, files.read(joinPath(dir, m.name)) ?? new Uint8Array(0));
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, data]) => ({ name, data }));
}

function validPattern(p: string): boolean {
  return (
    p !== '' &&
    !p.startsWith('/') &&
    !p.endsWith('/') &&
    p.split('/').every((e) => e !== '' && e !== '..' && (e !== '.' || p === '.'))
  );
}

interface Match {
  readonly name: string;
  readonly dir: boolean;
}

function glob(files: Files, root: string, parts: readonly string[], base: string): Match[] {
  if (parts[0] === '.') return [{ name: '', dir: true }];
  const re = globPattern(parts[0]!);
  const out: Match[] = [];
  for (const e of files.list(joinPath(root, base)) ?? []) {
    if (!re.test(e.name)) continue;
    const name = base ? `${base}/${e.name}` : e.name;
    if (parts.length === 1) out.push({ name, dir: e.dir });
    else if (e.dir) out.push(...glob(files, root, parts.slice(1), name));
  }
  return out;
}

function walk(files: Files, path: string, name: string, all: boolean, out: Map<string, Uint8Array>): void {
  const entries = files.list(path) ?? [];
  if (name && entries.some((e) => e.name === 'go.mod')) return;
  for (const e of entries) {
    if (!all && (e.name.startsWith('.') || e.name.startsWith('_'))) continue;
    const inner = name ? `${name}/${e.name}` : e.name;
    if (e.dir) walk(files, joinPath(path, e.name), inner, all, out);
    else out.set(inner, files.read(joinPath(path, e.name)) ?? new Uint8Array(0));
  }
}

/** path.Match's pattern for one element of a path, as a regular expression. */
export function globPattern(p: string): RegExp {
  let out = '';
  for (let i = 0; i < p.length; i++) {
    const ch = p[i]!;
    if (ch === '*') out += '[^/]*';
    else if (ch === '?') out += '[^/]';
    else if (ch === '[') {
      const end = p.indexOf(']', i + 2);
      if (end < 0) out += '\\[';
      else {
        out += p.slice(i, end + 1);
        i = end;
      }
    } else if (ch === '\\' && i + 1 < p.length) out += p[++i]!.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    else out += ch.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  }
  return new RegExp(`^${out}$`, 'su');
}
