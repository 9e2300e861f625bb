// Zip archives of modules: what may be in them, their hash, unpacking.
//
// Guarantees: nothing is written outside of the folder given; names that some file systems cannot tell apart, and sizes beyond the go
// command's limits, are errors before anything is written.
// Source: "Go Modules Reference", module zip files; golang.org/x/mod/sumdb/dirhash for h1.

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Version } from '../../load/gomod.ts';
import { type ZipEntry, ZipError, zipContent, zipEntries } from './ziparchive.ts';

export const maxZipFile: number = 500 << 20;
export const maxGoMod: number = 16 << 20;
const maxLicense = 16 << 20;

export function sha256(data: Uint8Array | string): Buffer {
  return createHash('sha256').update(data).digest();
}

/** The hash h1 of files with these SHA-256 sums. */
export function hash1(files: readonly { readonly name: string; readonly sum: Buffer }[]): string {
  const sorted = [...files].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  return `h1:${sha256(sorted.map((f) => `${f.sum.toString('hex')}  ${f.name}\n`).join('')).toString('base64')}`;
}

export function goModHash(data: Uint8Array): string {
  return hash1([{ name: 'go.mod', sum: sha256(data) }]);
}

/** Throws ZipError. */
export function zipHash(data: Buffer): string {
  const files = zipEntries(data);
  const newline = files.find((f) => f.name.includes('\n'));
  if (newline) throw new ZipError('dirhash: filenames with newlines are not supported');
  return hash1(files.map((f) => ({ name: f.name, sum: sha256(zipContent(data, f)) })));
}

const badNames = new Set(
  'CON com1 com2 com3 com4 com5 com6 com7 com8 com9 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9 prn aux nul'
    .toLowerCase()
    .split(' '),
);

/** What is wrong with the name of a file in a module, '' if nothing is. */
function badFileName(name: string): string {
  if (name.includes('\ufffd')) return 'malformed file path: invalid UTF-8';
  const wrong = (why: string): string => `malformed file path ${JSON.stringify(name)}: ${why}`;
  for (const e of name.split('/')) {
    if (e === '') return wrong('empty path element');
    if (/^\.+$/.test(e)) return wrong(`invalid path element ${JSON.stringify(e)}`);
    if (e.endsWith('.')) return wrong('trailing dot in path element');
    const bad = /[^\p{L}\p{N}!#$%&()+,\-.=@[\]^_{}~ ]/u.exec(e) ?? /[^\p{L}0-9\0-\x7f]/u.exec(e);
    if (bad) return wrong(`invalid char '${bad[0]}'`);
    const short = e.split('.', 1)[0]!;
    if (badNames.has(short.toLowerCase()))
      return wrong(`${JSON.stringify(short)} disallowed as path element component on Windows`);
  }
  return '';
}

/** Names that some file systems take for the same. */
class Collisions {
  private readonly known = new Map<string, { path: string; dir: boolean }>();

  check(path: string, dir: boolean): string {
    const fold = path.toLowerCase();
    const other = this.known.get(fold);
    if (!other) this.known.set(fold, { path, dir });
    else if (other.path !== path)
      return `case-insensitive file name collision: ${JSON.stringify(other.path)} and ${JSON.stringify(path)}`;
    else if (other.dir !== dir) return `entry ${JSON.stringify(path)} is both a file and a directory`;
    else if (!dir) return `multiple entries for file ${JSON.stringify(path)}`;
    const up = path.lastIndexOf('/');
    return up < 0 ? '' : this.check(path.slice(0, up), true);
  }
}

function isClean(name: string): boolean {
  return !name.startsWith('/') && name.split('/').every((e) => e !== '' && e !== '.' && e !== '..');
}

function badEntry(e: ZipEntry, prefix: string, seen: Collisions): string {
  if (!e.name.startsWith(prefix)) return `path does not have prefix ${JSON.stringify(prefix)}`;
  const dir = e.name.endsWith('/');
  const name = e.name.slice(prefix.length, dir ? -1 : undefined);
  if (name === '') return '';
  if (!isClean(name)) return 'file path is not clean';
  const why = badFileName(name) || seen.check(name, dir);
  if (why || dir) return why;
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (base.toLowerCase() === 'go.mod') {
    if (base !== name) return 'go.mod file not in module root directory';
    if (name !== 'go.mod') return 'go.mod files must have lowercase names';
  }
  if (name === 'go.mod' && e.size > maxGoMod) return `go.mod file too large (max size is ${maxGoMod} bytes)`;
  if (name === 'LICENSE' && e.size > maxLicense) return `LICENSE file too large (max size is ${maxLicense} bytes)`;
  return '';
}

const prefixOf = (m: Version): string => `${m.path}@${m.version}/`;

/** Throws a ZipError if a file is of another module. */
export function checkPrefix(data: Buffer, m: Version): void {
  for (const e of zipEntries(data))
    if (!e.name.startsWith(prefixOf(m)))
      throw new ZipError(`zip for ${m.path}@${m.version} has unexpected file ${e.name}`);
}

/** The files of a module's archive. Throws a ZipError that names all that must not be. */
function checkEntries(data: Buffer, m: Version): ZipEntry[] {
  if (data.length > maxZipFile)
    throw new ZipError(`module zip file is too large (${data.length} bytes; limit is ${maxZipFile} bytes)`);
  const entries = zipEntries(data);
  const seen = new Collisions();
  const bad: string[] = [];
  let total = 0;
  for (const e of entries) {
    const why = badEntry(e, prefixOf(m), seen);
    if (why) bad.push(`${e.name}: ${why}`);
    total += e.size;
  }
  if (total > maxZipFile)
    throw new ZipError(`total uncompressed size of module contents too large (max size is ${maxZipFile} bytes)`);
  if (bad.length > 0) throw new ZipError(bad.join('\n'));
  return entries.filter((e) => !e.name.endsWith('/'));
}

/** Writes a module's files, which nobody is to change, into a folder that is empty. */
export function unpackModule(data: Buffer, m: Version, dir: string): void {
  const files = checkEntries(data, m);
  mkdirSync(dir, { recursive: true });
  for (const e of files) {
    const path = join(dir, e.name.slice(prefixOf(m).length));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, zipContent(data, e), { flag: 'wx', mode: 0o444 });
  }
}
