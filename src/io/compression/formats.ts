export type Compression = 'zstd' | 'gzip' | 'xz' | 'lz4';

/** The compression of a file by its first bytes; `undefined` for none known. */
export function compressionOf(start: Uint8Array): Compression | undefined {
  const magic = (...bytes: number[]): boolean => bytes.every((byte, i) => start[i] === byte);
  if (magic(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  if (magic(0x1f, 0x8b)) return 'gzip';
  if (magic(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return 'xz';
  // The second is the legacy frame of the first lz4 tools, still written by `lz4 -l`.
  if (magic(0x04, 0x22, 0x4d, 0x18) || magic(0x02, 0x21, 0x4c, 0x18)) return 'lz4';
  // Skippable frames are common to zstd and lz4; parallel zstd tools begin their files with one.
  if (((start[0] ?? 0) & 0xf0) === 0x50 && start[1] === 0x2a && start[2] === 0x4d && start[3] === 0x18) return 'zstd';
  return undefined;
}

/** Whether four bytes, read as a little-endian number, begin a skippable frame of zstd or lz4. */
export function isSkippableMagic(magic: number): boolean {
  return (magic & 0xfffffff0) >>> 0 === 0x184d2a50;
}
