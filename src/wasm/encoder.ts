// A growing buffer of bytes with the encodings of the WebAssembly binary format (core specification, chapter 5).
//
// Guarantees: LEB128 numbers take the fewest bytes, except where a fixed width is asked for.

export class Encoder {
  buf: Uint8Array;
  pos = 0;

  constructor(capacity = 1024) {
    this.buf = new Uint8Array(capacity);
  }

  private grow(n: number): void {
    const next = new Uint8Array(Math.max(this.buf.length * 2, this.pos + n));
    next.set(this.buf.subarray(0, this.pos));
    this.buf = next;
  }

  u8(v: number): void {
    if (this.pos === this.buf.length) this.grow(1);
    this.buf[this.pos++] = v;
  }

  u16(v: number): void {
    this.u8(v & 0xff);
    this.u8((v >>> 8) & 0xff);
  }

  u32(v: number): void {
    if (this.pos + 4 > this.buf.length) this.grow(4);
    const b = this.buf;
    b[this.pos] = v;
    b[this.pos + 1] = v >>> 8;
    b[this.pos + 2] = v >>> 16;
    b[this.pos + 3] = v >>> 24;
    this.pos += 4;
  }

  /** unsigned LEB128 of a number below 2^53 */
  uleb(v: number): void {
    if (this.pos + 8 > this.buf.length) this.grow(8);
    const b = this.buf;
    while (v > 0x7f) {
      b[this.pos++] = (v % 0x80) | 0x80;
      v = v > 0x7fffffff ? Math.floor(v / 0x80) : v >>> 7;
    }
    b[this.pos++] = v;
  }

  /** signed LEB128 of a 32-bit number */
  sleb(v: number): void {
    if (this.pos + 5 > this.buf.length) this.grow(5);
    const b = this.buf;
    v |= 0;
    while (v < -64 || v > 63) {
      b[this.pos++] = (v & 0x7f) | 0x80;
      v >>= 7;
    }
    b[this.pos++] = v & 0x7f;
  }

  /** signed LEB128 of a 64-bit number */
  sleb64(v: bigint): void {
    if (v >= -0x80000000n && v <= 0x7fffffffn) {
      this.sleb(Number(v));
      return;
    }
    v = BigInt.asIntN(64, v);
    while (v < -64n || v > 63n) {
      this.u8(Number(v & 0x7fn) | 0x80);
      v >>= 7n;
    }
    this.u8(Number(v & 0x7fn));
  }

  f32(v: number): void {
    scratch.setFloat32(0, v, true);
    for (let i = 0; i < 4; i++) this.u8(scratch.getUint8(i));
  }

  f64(v: number): void {
    scratch.setFloat64(0, v, true);
    for (let i = 0; i < 8; i++) this.u8(scratch.getUint8(i));
  }

  bytes(b: Uint8Array): void {
    if (this.pos + b.length > this.buf.length) this.grow(b.length);
    this.buf.set(b, this.pos);
    this.pos += b.length;
  }

  /** the part of another buffer */
  range(from: Uint8Array, start: number, end: number): void {
    this.bytes(from.subarray(start, end));
  }

  name(s: string): void {
    const b = utf8.encode(s);
    this.uleb(b.length);
    this.bytes(b);
  }

  done(): Uint8Array {
    return this.buf.slice(0, this.pos);
  }
}

const scratch = new DataView(new ArrayBuffer(8));
const utf8 = new TextEncoder();

/** Number of bytes uleb writes. */
export function ulebSize(v: number): number {
  let n = 1;
  while (v > 0x7f) {
    v = Math.floor(v / 0x80);
    n++;
  }
  return n;
}
