import { inflateSync } from 'node:zlib';
import { bytesSource } from '../engine/base/byteSource.js';
import type { Inflate } from '../engine/modules/moduleImage.js';
import { CompressedInput } from './compression/compressedInput.js';
import { zstdPieces } from './compression/zstdFrames.js';

export { type Compression, compressionOf } from './compression/formats.js';

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
    if (type === ELFCOMPRESS_ZSTD) return zstdOfSize(section.subarray(header), size);
  } catch {
    // Damaged sections are as good as none.
  }
  return undefined;
};

/** `undefined` when it gives more or less than was promised. */
function zstdOfSize(packed: Uint8Array, size: number): Uint8Array | undefined {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of zstdPieces(new CompressedInput(bytesSource(packed)))) {
    if (at + piece.length > size) return undefined;
    bytes.set(piece, at);
    at += piece.length;
  }
  return at === size ? bytes : undefined;
}
