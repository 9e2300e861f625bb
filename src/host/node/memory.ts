// Shared memory as the host functions use it: views that follow its growth.
//
// Assumes: addresses come from wasm as signed 32-bit numbers; a view of before a growth still shows what it showed, as the memory is shared. Node's file functions
// refuse shared buffers, so bytes are copied.

export class HostMemory {
  readonly memory: WebAssembly.Memory;
  private bytes: Uint8Array;
  private data: DataView;

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.bytes = new Uint8Array(memory.buffer);
    this.data = new DataView(memory.buffer);
  }

  /** The view, if it reaches to `end`; asking for the memory's buffer is slow. */
  private upTo(end: number): DataView {
    if (end > this.data.byteLength) this.fresh();
    return this.data;
  }
  private fresh(): void {
    if (this.bytes.buffer === this.memory.buffer) return;
    this.bytes = new Uint8Array(this.memory.buffer);
    this.data = new DataView(this.memory.buffer);
  }
  get u8(): Uint8Array {
    this.fresh();
    return this.bytes;
  }
  get view(): DataView {
    this.fresh();
    return this.data;
  }
  u32(p: number): number {
    p >>>= 0;
    return this.upTo(p + 4).getUint32(p, true);
  }
  setU32(p: number, v: number): void {
    p >>>= 0;
    this.upTo(p + 4).setUint32(p, v, true);
  }
  setU64(p: number, v: bigint): void {
    p >>>= 0;
    this.upTo(p + 8).setBigUint64(p, v, true);
  }
  /** A private copy of n bytes at p. */
  copy(p: number, n: number): Uint8Array {
    p >>>= 0;
    this.upTo(p + n);
    return this.bytes.slice(p, p + n);
  }
  text(p: number, n: number): string {
    return Buffer.from(this.copy(p, n)).toString('utf8');
  }
}
