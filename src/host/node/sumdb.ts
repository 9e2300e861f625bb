// The checksum database: a log of all hashes of public modules, signed and laid out so that a reader can check that a line is in it.
//
// Guarantees: a hash passes only if the database's answer has it, the answer's tree head is signed by the database's key, and the
// answer is in that tree as its tiles prove. A tree head that was seen before must be a part of each later one.
// Source: "Go Modules Reference", checksum database; RFC 6962; the design "Transparent Logs for Skeptical Clients"; c2sp.org/signed-note.

import { createPublicKey, verify as verifySignature } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Version } from '../../load/gomod.ts';
import { ModError } from '../../load/gomodsyntax.ts';
import { DownloadError, download } from './download.ts';
import type { ModuleProxy } from './goenv.ts';
import { escapePath, type ModuleCache } from './modcache.ts';
import { sha256 } from './modzip.ts';

const knownKeys: { readonly [name: string]: string } = {
  'sum.golang.org': 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8',
};

const maxAnswer = 1 << 20;
const tileHeight = 8;
const tileWidth = 1 << tileHeight;
const hashSize = 32;

const help = "\n\nFor more information, see 'go help module-auth'.\n";

interface Tree {
  readonly size: number;
  readonly hash: Buffer;
}

const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.concat([Buffer.from([1]), left, right]));
const leafHash = (data: Buffer): Buffer => sha256(Buffer.concat([Buffer.from([0]), data]));

export class SumDatabase {
  private readonly setting: string;
  private readonly cache: ModuleCache;
  private readonly proxies: readonly ModuleProxy[];
  private readonly asking: (url: string) => void;
  private base: Promise<string> | null = null;
  private readonly answers = new Map<string, Promise<string>>();
  private readonly tiles = new Map<string, Promise<Buffer>>();
  /** tiles to be kept once they are proved, by their files */
  private readonly unsaved = new Map<string, Buffer>();
  private newest: Promise<Tree | null> | null = null;
  private readonly name: string = '';
  private readonly key: Buffer = Buffer.alloc(0);
  private readonly keyHash: Buffer = Buffer.alloc(0);
  private readonly why: string = '';
  private readonly own: string = '';

  /** setting: GOSUMDB */
  constructor(setting: string, cache: ModuleCache, proxies: readonly ModuleProxy[], asking: (url: string) => void) {
    this.setting = setting === 'sum.golang.google.cn' ? 'sum.golang.org https://sum.golang.google.cn' : setting;
    this.cache = cache;
    this.proxies = proxies;
    this.asking = asking;
    const words = this.setting.split(/\s+/).filter((w) => w !== '');
    const m = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(knownKeys[words[0] ?? ''] ?? words[0] ?? '');
    const key = m ? Buffer.from(m[3]!, 'base64') : null;
    if (words.length === 0) this.why = 'missing GOSUMDB';
    else if (words.length > 2) this.why = 'invalid GOSUMDB: too many fields';
    else if (!m || !key || key.length !== 33 || key[0] !== 1) this.why = 'invalid GOSUMDB: malformed verifier id';
    else {
      this.name = m[1]!;
      this.key = key.subarray(1);
      this.keyHash = Buffer.from(m[2]!, 'hex');
      this.own = words[1]?.replace(/\/$/, '') ?? '';
    }
  }

  /** Throws a ModError if the database has another hash, and another error if it cannot say. m: with "/go.mod" for that file alone. */
  async check(m: Version, sum: string): Promise<void> {
    const version = m.version.replace(/\/go\.mod$/, '');
    const noun = version === m.version ? 'module' : 'go.mod';
    const fail = (why: string): Error => new Error(`verifying ${noun}: ${why}`);
    if (this.why) throw fail(this.why);
    let text: string;
    try {
      text = await this.lookup(`${escapePath(m.path)}@${escapePath(version)}`);
    } catch (e) {
      if (e instanceof ModError) throw e;
      throw fail(`${m.path}@${m.version}: ${(e as Error).message}`);
    }
    const prefix = `${m.path} ${m.version} `;
    const lines = text.split('\n').filter((l) => l.startsWith(`${prefix}h1:`));
    if (lines.includes(prefix + sum)) return;
    if (lines.length > 0)
      throw fail(
        `checksum mismatch\n\tdownloaded: ${sum}\n\t${this.name}: ${lines[0]!.slice(prefix.length)}\n\nSECURITY ERROR\nThis download does NOT match the one reported by the checksum server.\nThe bits may have been replaced on the origin server, or an attacker may\nhave intercepted the download attempt.${help}`,
      );
    throw fail(
      `checksum missing from sumdb response\n\nSECURITY ERROR\nThis download does NOT match one reported by the checksum server.\nThe checksum server has provided checksums, but the checksums do\nnot contain an entry for the download.\nThe checksum server may be malfunctioning, or an attacker may have\nintercepted the checksum request.\nThe download cannot be verified.${help}`,
    );
  }

  /** The lines for a module, checked. */
  private lookup(what: string): Promise<string> {
    let answer = this.answers.get(what);
    if (!answer) {
      answer = this.lookupNew(what);
      this.answers.set(what, answer);
    }
    return answer;
  }

  private async lookupNew(what: string): Promise<string> {
    const file = this.file(`lookup/${what}`);
    let data = read(file);
    const fresh = !data;
    data ??= await this.remote(`lookup/${what}`);
    const text = data.toString();
    const m = /^(\d+)\n((?:[^\n]+\n)+)\n([\s\S]+)$/.exec(text);
    if (!m) throw new Error('malformed record data');
    const tree = this.openNote(m[3]!);
    const record = Number(m[1]);
    if (record >= tree.size) throw new Error(`cannot validate record ${record} in tree of size ${tree.size}`);
    await this.mergeNewest(tree, m[3]!);
    const found = await this.leaf(tree, record);
    if (!found.equals(leafHash(Buffer.from(m[2]!))))
      throw new Error('cannot authenticate record data in server response');
    if (fresh) this.save(file, data);
    for (const [path, tile] of this.unsaved) this.save(path, tile);
    this.unsaved.clear();
    return m[2]!;
  }

  /** A tree head, if the database's key has signed it. */
  private openNote(note: string): Tree {
    const split = note.lastIndexOf('\n\n');
    const text = note.slice(0, split + 1);
    const signed = note
      .slice(split + 2)
      .split('\n')
      .some((line) => {
        const [dash, name, base64] = line.split(' ');
        if (dash !== '\u2014' || name !== this.name || !base64) return false;
        const sig = Buffer.from(base64, 'base64');
        if (!sig.subarray(0, 4).equals(this.keyHash)) return false;
        const jwk = { kty: 'OKP', crv: 'Ed25519', x: this.key.toString('base64url') };
        return verifySignature(null, Buffer.from(text), createPublicKey({ key: jwk, format: 'jwk' }), sig.subarray(4));
      });
    if (split < 0 || !signed) throw new Error(`reading tree note: no verifiable signatures\nnote:\n${note}`);
    const m = /^go\.sum database tree\n(\d+)\n([A-Za-z0-9+/=]+)\n/.exec(text);
    const tree = m && { size: Number(m[1]), hash: Buffer.from(m[2]!, 'base64') };
    if (!tree || tree.hash.length !== hashSize || !Number.isSafeInteger(tree.size))
      throw new Error(`reading tree: malformed tree note\ntree:\n${text}`);
    return tree;
  }

  /** Compares a tree head with the newest one that was seen, and keeps the newer. One comes after the other. */
  private mergeNewest(tree: Tree, note: string): Promise<void> {
    const file = join(this.cache.root, 'cache', 'burrow-sumdb', this.name, 'latest');
    this.newest ??= Promise.resolve(read(file)).then((d) => (d ? this.openNote(d.toString()) : null));
    const before = this.newest;
    const after = before.then(async (known) => {
      if (!known) {
        this.save(file, Buffer.from(note));
        return tree;
      }
      const [older, newer] = tree.size < known.size ? [tree, known] : [known, tree];
      if (!(await this.treeHash(newer, older.size)).equals(older.hash))
        throw new ModError(
          '',
          [],
          `SECURITY ERROR\ngo.sum database server misbehavior detected!\n\nold database:\n\ttree of size ${older.size}, ${older.hash.toString('base64')}\nnew database:\n\ttree of size ${newer.size}, ${newer.hash.toString('base64')}\n`,
          true,
        );
      if (newer === known) return known;
      this.save(file, Buffer.from(note));
      return newer;
    });
    this.newest = after;
    return after.then(() => {});
  }

  /** The hash of a record, read from tiles that are proved to be of the tree. */
  private async leaf(tree: Tree, record: number): Promise<Buffer> {
    await this.prove(tree, 0, Math.floor(record / tileWidth));
    return this.hashAt(tree, 0, record);
  }

  /** The hash that the tree had when it was no larger than `size`, from tiles that are proved. */
  private async treeHash(tree: Tree, size: number): Promise<Buffer> {
    const parts = split(size);
    for (const { level, index } of parts) {
      const tileLevel = Math.floor(level / tileHeight);
      await this.prove(tree, tileLevel, Math.floor((index * 2 ** (level - tileLevel * tileHeight)) / tileWidth));
    }
    return this.combine(tree, parts);
  }

  /** Proves that a tile is of the tree: it hashes to its entry in the tile above, and so on up to the tree's own hash. */
  private async prove(tree: Tree, level: number, index: number): Promise<void> {
    const top = await this.combine(tree, split(tree.size));
    if (!top.equals(tree.hash)) throw new Error('downloaded inconsistent tile');
    for (let l = level, i = index; ; l++, i = Math.floor(i / tileWidth)) {
      // tiles that are not full are parts of the tree's hash themselves
      if ((i + 1) * tileWidth ** (l + 1) > tree.size) return;
      const own = await this.hashAt(tree, (l + 1) * tileHeight, i, l);
      const said = await this.hashAt(tree, (l + 1) * tileHeight, i);
      if (!own.equals(said)) throw new Error('downloaded inconsistent tile');
    }
  }

  /** The hash of a tree that consists of these complete subtrees. */
  private async combine(tree: Tree, parts: readonly { level: number; index: number }[]): Promise<Buffer> {
    if (parts.length === 0) return sha256('');
    const hashes = await Promise.all(parts.map((p) => this.hashAt(tree, p.level, p.index)));
    return hashes.reduceRight((right, left) => nodeHash(left, right));
  }

  /** The hash of a complete subtree, from the tile that has it, or from that of a lower level. */
  private async hashAt(
    tree: Tree,
    level: number,
    index: number,
    from = Math.floor(level / tileHeight),
  ): Promise<Buffer> {
    const below = level - from * tileHeight;
    const first = index * 2 ** below;
    const tile = Math.floor(first / tileWidth);
    const whole = Math.floor(tree.size / tileWidth ** from);
    const width = Math.min(tileWidth, whole - tile * tileWidth);
    const data = await this.tile(from, tile, width);
    let row: Buffer[] = [];
    for (let i = 0; i < 2 ** below; i++) {
      const at = ((first % tileWidth) + i) * hashSize;
      if (at + hashSize > data.length) throw new Error('tile is too short');
      row.push(data.subarray(at, at + hashSize));
    }
    while (row.length > 1) {
      const next: Buffer[] = [];
      for (let i = 0; i < row.length; i += 2) next.push(nodeHash(row[i]!, row[i + 1]!));
      row = next;
    }
    return row[0]!;
  }

  private tile(level: number, index: number, width: number): Promise<Buffer> {
    let n = String(index % 1000).padStart(3, '0');
    for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
      n = `x${String(rest % 1000).padStart(3, '0')}/${n}`;
    const full = `tile/${tileHeight}/${level}/${n}`;
    const path = width === tileWidth ? full : `${full}.p/${width}`;
    let data = this.tiles.get(path);
    if (!data) {
      data = this.readTile(path, full, width);
      this.tiles.set(path, data);
    }
    return data;
  }

  private async readTile(path: string, full: string, width: number): Promise<Buffer> {
    const known = read(this.file(path)) ?? read(this.file(full))?.subarray(0, width * hashSize);
    if (known) return known;
    let data: Buffer;
    try {
      data = await this.remote(path);
    } catch (e) {
      if (path === full) throw e;
      data = (await this.remote(full)).subarray(0, width * hashSize);
    }
    if (data.length !== width * hashSize) throw new Error(`${path}: tile of ${data.length} bytes`);
    this.unsaved.set(this.file(path), data);
    return data;
  }

  private file(path: string): string {
    return join(this.cache.root, 'cache', 'download', 'sumdb', this.name, path);
  }

  private save(file: string, data: Buffer): void {
    try {
      this.cache.writeFile(file, data);
    } catch {
      // it is only asked for again
    }
  }

  private async remote(path: string): Promise<Buffer> {
    this.base ??= this.findBase();
    const url = `${await this.base}/${path}`;
    this.asking(url);
    return Buffer.from(await download(url, { limit: maxAnswer }));
  }

  /** The database itself, or a proxy that says it passes its answers on. */
  private async findBase(): Promise<string> {
    if (this.own) return this.own;
    const direct = `https://${this.name}`;
    for (const { url, always } of this.proxies) {
      if (url === 'direct' || url === 'off') return direct;
      const base = `${url}/sumdb/${this.name}`;
      try {
        await download(`${base}/supported`, { limit: maxAnswer });
        return base;
      } catch (e) {
        if (!always && !(e instanceof DownloadError && e.absent)) throw e;
      }
    }
    return direct;
  }
}

/** The complete subtrees that a tree of that size consists of, from left to right. */
function split(size: number): { level: number; index: number }[] {
  const parts: { level: number; index: number }[] = [];
  let at = 0;
  for (let level = Math.floor(Math.log2(size || 1)); level >= 0; level--) {
    const n = 2 ** level;
    if (size - at < n) continue;
    parts.push({ level, index: at / n });
    at += n;
  }
  return parts;
}

function read(file: string): Buffer | null {
  try {
    const data = readFileSync(file);
    return data.length > 0 ? data : null;
  } catch {
    return null;
  }
}
