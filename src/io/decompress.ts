import { constants, gunzipSync, inflateSync } from 'node:zlib';
import { Decompress, decompress as zstdDecompress } from 'fzstd';
import type { Inflate } from '../engine/modules/moduleImage.js';

export type Compression = 'zstd' | 'gzip' | 'xz' | 'lz4';

/** The compression of a file by its first bytes; `undefined` for none known. */
export function compressionOf(start: Uint8Array): Compression | undefined {
  const magic = (...bytes: number[]): boolean => bytes.every((byte, i) => start[i] === byte);
  if (magic(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  if (magic(0x1f, 0x8b)) return 'gzip';
  if (magic(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return 'xz';
  if (magic(0x04, 0x22, 0x4d, 0x18)) return 'lz4';
  return undefined;
}

/**
 * Decompresses a whole stream.
 *
 * @throws Error with one sentence when the stream is corrupt, cut, or of a kind that is not built in
 */
export function decompressAll(compression: Compression, bytes: Uint8Array): Uint8Array {
  switch (compression) {
    case 'zstd':
      return zstdDecompress(bytes);
    case 'gzip':
      return gunzipSync(bytes);
    case 'xz':
    case 'lz4':
      throw new Error(`${compression} streams cannot be read yet; decompress the file first`);
  }
}

/**
 * The first bytes that come out of a stream of which only the beginning is at hand; empty when none do, or of a kind that is not built in.
 *
 * @throws Error when the stream is corrupt
 */
export function decompressStart(compression: Compression, bytes: Uint8Array): Uint8Array {
  switch (compression) {
    case 'gzip':
      // A cut stream gives what it holds so far.
      return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    case 'zstd': {
      let first: Uint8Array = new Uint8Array(0);
      const stream = new Decompress((chunk) => {
        if (first.length === 0) first = chunk;
      });
      stream.push(bytes);
      return first;
    }
    case 'xz':
    case 'lz4':
      return new Uint8Array(0);
  }
}

const ELFCOMPRESS_ZLIB = 1;
const ELFCOMPRESS_ZSTD = 2;
const LARGEST_SECTION = 1 << 30;

/** Decompresses an ELF section by its Elf_Chdr; `undefined` when it cannot. */
export const inflateSection: Inflate = (section, is64, littleEndian) => {
  const header = is64 ? 24 : 12;
  if (section.length < header) return undefined;
  const view = new DataView(section.buffer, section.byteOffset, section.byteLength);
  const type = view.getUint32(0, littleEndian);
  const size = is64 ? Number(view.getBigUint64(8, littleEndian)) : view.getUint32(4, littleEndian);
  if (size > LARGEST_SECTION) return undefined;
  try {
    if (type === ELFCOMPRESS_ZLIB) return inflateSync(section.subarray(header), { maxOutputLength: size });
    if (type === ELFCOMPRESS_ZSTD) return zstdDecompress(section.subarray(header), new Uint8Array(size));
  } catch {
    // Damaged sections are as good as none.
  }
  return undefined;
};
