// Shared memory as the host functions use it: views that follow its growth.
//
// Assumes: addresses come from wasm as signed 32-bit numbers. Node's file functions refuse shared buffers, so bytes are copied.

export class HostMemory {
  readonly memory: WebAssembly.Memory;
  private bytes: Uint8Array;
  private data: DataView;

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.bytes = new Uint8Array(memory.buffer);
    this.data = new DataView(memory.buffer);
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
    return this.view.getUint32(p >>> 0, true);
  }
  setU32(p: number, v: number): void {
    this.view.setUint32(p >>> 0, v, true);
  }
  setU64(p: number, v: bigint): void {
    this.view.setBigUint64(p >>> 0, v, true);
  }
  /** A private copy of n bytes at p. */
  copy(p: number, n: number): Uint8Array {
    p >>>= 0;
    return this.u8.slice(p, p + n);
  }
  text(p: number, n: number): string {
    return Buffer.from(this.copy(p, n)).toString('utf8');
  }
}
