// Reads zip archives that are in memory.
//
// Its own, and none of the libraries': these check no checksums, or inflate everything before one can look at names and sizes.
// Guarantees: an entry's bytes have the length and the checksum that the directory states; anything else throws a ZipError.
// Source: PKWARE's APPNOTE.TXT, with the fields for large archives.

import { crc32, inflateRawSync } from 'node:zlib';

export class ZipError extends Error {}

export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  readonly packed: number;
  readonly crc: number;
  readonly method: number;
  readonly offset: number;
}

const endSize = 22;
const notZip = () => new ZipError('zip: not a valid zip file');

/** The archive's directory. */
export function zipEntries(data: Buffer): ZipEntry[] {
  try {
    return readDirectory(data);
  } catch (e) {
    if (e instanceof RangeError) throw notZip();
    throw e;
  }
}

function readDirectory(data: Buffer): ZipEntry[] {
  let end = data.length - endSize;
  while (end >= 0 && end >= data.length - endSize - 0xffff && data.readUInt32LE(end) !== 0x06054b50) end--;
  if (end < 0 || data.readUInt32LE(end) !== 0x06054b50) throw notZip();
  let count = data.readUInt16LE(end + 10);
  let at = data.readUInt32LE(end + 16);
  if ((count === 0xffff || at === 0xffffffff) && end >= 20 && data.readUInt32LE(end - 20) === 0x07064b50) {
    const big = Number(data.readBigUInt64LE(end - 12));
    count = Number(data.readBigUInt64LE(big + 32));
    at = Number(data.readBigUInt64LE(big + 48));
  }
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i++) {
    if (data.readUInt32LE(at) !== 0x02014b50) throw notZip();
    const nameSize = data.readUInt16LE(at + 28);
    const extraSize = data.readUInt16LE(at + 30);
    const name = data.toString('utf8', at + 46, at + 46 + nameSize);
    let packed = data.readUInt32LE(at + 20);
    let size = data.readUInt32LE(at + 24);
    let offset = data.readUInt32LE(at + 42);
    const extraEnd = at + 46 + nameSize + extraSize;
    for (let x = at + 46 + nameSize; x + 4 <= extraEnd; x += 4 + data.readUInt16LE(x + 2)) {
      if (data.readUInt16LE(x) !== 1) continue;
      let field = x + 4;
      const large = (v: number): number => {
        if (v !== 0xffffffff) return v;
        field += 8;
        return Number(data.readBigUInt64LE(field - 8));
      };
      size = large(size);
      packed = large(packed);
      offset = large(offset);
    }
    entries.push({ name, size, packed, crc: data.readUInt32LE(at + 16), method: data.readUInt16LE(at + 10), offset });
    at = extraEnd + data.readUInt16LE(at + 32);
  }
  return entries;
}

/** The bytes of an entry. */
export function zipContent(data: Buffer, e: ZipEntry): Buffer {
  let packed: Buffer;
  try {
    if (data.readUInt32LE(e.offset) !== 0x04034b50) throw notZip();
    const start = e.offset + 30 + data.readUInt16LE(e.offset + 26) + data.readUInt16LE(e.offset + 28);
    if (start + e.packed > data.length) throw notZip();
    packed = data.subarray(start, start + e.packed);
  } catch (err) {
    if (err instanceof RangeError) throw notZip();
    throw err;
  }
  let content: Buffer;
  if (e.method === 0) content = packed;
  else if (e.method === 8) {
    try {
      content =
        e.size === 0 && e.packed <= 2 ? Buffer.alloc(0) : inflateRawSync(packed, { maxOutputLength: e.size + 1 });
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
        throw new ZipError(`uncompressed size of file ${e.name} is larger than declared size (${e.size} bytes)`);
      throw new ZipError(`${e.name}: flate: corrupt input (${(err as Error).message})`);
    }
  } else throw new ZipError('zip: unsupported compression algorithm');
  if (content.length > e.size)
    throw new ZipError(`uncompressed size of file ${e.name} is larger than declared size (${e.size} bytes)`);
  if (content.length < e.size) throw new ZipError(`${e.name}: unexpected EOF`);
  if (crc32(content) !== e.crc) throw new ZipError(`${e.name}: zip: checksum error`);
  return content;
}
