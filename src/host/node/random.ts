// Random bytes for a program.

import { closeSync, openSync, readSync } from 'node:fs';

let asked = false;

/** n bytes of the system's. Node's module for them takes 10 ms to load, and most programs only ask once, as they start. */
export function hostRandom(n: number): Uint8Array {
  const bytes = new Uint8Array(n);
  if (!asked && fromDevice(bytes)) return bytes;
  return process.getBuiltinModule('node:crypto').randomFillSync(bytes);
}

function fromDevice(bytes: Uint8Array): boolean {
  asked = true;
  try {
    const fd = openSync('/dev/urandom', 'r');
    try {
      return readSync(fd, bytes) === bytes.length;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}

/** Bytes that depend on the seed alone (G. Marsaglia, "Xorshift RNGs", 2003; xorshift64). */
export function seededRandom(seed: bigint): (n: number) => Uint8Array {
  let x = BigInt.asUintN(64, seed) || 1n;
  return (n) =>
    Uint8Array.from({ length: n }, () => {
      x ^= BigInt.asUintN(64, x << 13n);
      x ^= x >> 7n;
      x ^= BigInt.asUintN(64, x << 17n);
      return Number((x >> 32n) & 0xffn);
    });
}
