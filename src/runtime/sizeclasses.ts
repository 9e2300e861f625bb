// The size classes of small objects: 67 sizes up to 32 KiB and the pages of a span of each, as Go's allocator has them.
//
// Source: the sizes are facts of Go's runtime/sizeclasses.go; so allocation counts and sizes can be compared with Go's.

export const pageShift: u32 = 13;
export const pageSize: usize = 1 << 13;
export const maxSmall: u32 = 32768;

export const classSize: StaticArray<u16> = [
  0, 8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448,
  480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456, 4096,
  4864, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480,
  21760, 24576, 27264, 28672, 32768,
];
export const classPages: StaticArray<u8> = [
  0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 1,
  2, 1, 3, 2, 3, 1, 3, 2, 3, 4, 5, 6, 1, 7, 6, 5, 4, 3, 5, 7, 2, 9, 7, 5, 8, 3, 10, 7, 4,
];

/** Size class by (size + 7) / 8, for sizes up to 32 KiB. */
const bySize: usize = memory.data(4104);

export function initSizeClasses(): void {
  let c: u32 = 1;
  for (let i: u32 = 1; i <= 4096; i++) {
    while ((classSize[c] as u32) < i * 8) c++;
    store<u8>(bySize + i, c as u8);
  }
}

@inline export function sizeClass(size: u32): u32 {
  return load<u8>(bySize + ((size + 7) >> 3));
}
