// Variables filled by //go:embed.
//
// Assumes: the loader has matched the patterns. Guarantees: strings and embed.FS share read-only bytes; a []byte has its own.
// Layout of embed.FS: struct { files *[]file }, file struct { name, data string; hash [16]byte }, sorted by directory,
// then by name, as package embed documents.

import { Kind, type Package, type Type, type Var } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import type { DataSym } from '../ir.ts';
import { compareBytes, utf8 } from './names.ts';
import type { ProgramBuilder } from './program.ts';

export interface EmbeddedFile {
  /** slash-separated path relative to the package's directory */
  readonly name: string;
  readonly data: Uint8Array;
}

/** The files a variable's //go:embed patterns name; directories are walked already. Errors have been reported. */
export type EmbedSource = (pkg: Package, patterns: readonly string[]) => readonly EmbeddedFile[];

/** Fills a variable's storage. */
export function embedInto(p: ProgramBuilder, v: Var, sym: DataSym, patterns: readonly string[]): void {
  const files = p.input.embed(v.pkg!, patterns);
  const bytes = new Uint8Array(sym.size);
  const view = new DataView(bytes.buffer);
  sym.bytes = bytes;
  const t = under(v.type!);
  if (t.tag === 'Struct') {
    sym.relocs.push({ off: 0, kind: 'addr', target: fileSystem(p, files), add: 0 });
    return;
  }
  const data = files[0]?.data ?? new Uint8Array(0);
  view.setBigUint64(8, BigInt(data.length), true);
  if (!isString(t)) view.setBigUint64(16, BigInt(data.length), true);
  if (data.length > 0)
    sym.relocs.push({ off: 0, kind: 'addr', target: p.data(`${sym.name}.embed`, data.length, 1, data), add: 0 });
}

const isString = (t: Type): boolean => t.tag === 'Basic' && t.kind === Kind.String;

/** A []file in static data. */
function fileSystem(p: ProgramBuilder, files: readonly EmbeddedFile[]): DataSym {
  const all = new Map<string, Uint8Array | null>();
  for (const f of files) {
    all.set(f.name, f.data);
    for (let i = f.name.lastIndexOf('/'); i > 0; i = f.name.lastIndexOf('/', i - 1))
      all.set(`${f.name.slice(0, i)}/`, null);
  }
  const names = [...all.keys()].sort((a, b) => compareBytes(dirOf(a), dirOf(b)) || compareBytes(baseOf(a), baseOf(b)));
  const table = new Uint8Array(48 * names.length);
  const tableView = new DataView(table.buffer);
  const entries = p.data('embed.files', table.length, 8, table);
  names.forEach((name, i) => {
    const text = utf8(name);
    entries.relocs.push({ off: 48 * i, kind: 'addr', target: p.stringData(text), add: 0 });
    tableView.setBigUint64(48 * i + 8, BigInt(text.length), true);
    const data = all.get(name);
    if (!data || data.length === 0) return;
    entries.relocs.push({
      off: 48 * i + 16,
      kind: 'addr',
      target: p.data(`embed.${name}`, data.length, 1, data),
      add: 0,
    });
    tableView.setBigUint64(48 * i + 24, BigInt(data.length), true);
    table.set(hash(data), 48 * i + 32);
  });
  const header = new Uint8Array(24);
  const view = new DataView(header.buffer);
  view.setBigUint64(8, BigInt(names.length), true);
  view.setBigUint64(16, BigInt(names.length), true);
  const list = p.data('embed.list', 24, 8, header);
  list.relocs.push({ off: 0, kind: 'addr', target: entries, add: 0 });
  return list;
}

function dirOf(name: string): string {
  const n = name.endsWith('/') ? name.slice(0, -1) : name;
  const i = n.lastIndexOf('/');
  return i < 0 ? '.' : n.slice(0, i);
}

function baseOf(name: string): string {
  const n = name.endsWith('/') ? name.slice(0, -1) : name;
  return n.slice(n.lastIndexOf('/') + 1);
}

/** 16 bytes that differ for different contents. */
function hash(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(16);
  const words = new Uint32Array(out.buffer);
  for (let w = 0; w < 4; w++) {
    let h = 0x811c9dc5 ^ (w * 0x9e3779b9);
    for (let i = 0; i < data.length; i++) h = Math.imul(h ^ data[i]!, 0x01000193);
    words[w] = h >>> 0;
  }
  return out;
}
