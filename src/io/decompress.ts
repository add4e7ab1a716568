import { inflateSync } from 'node:zlib';
import { decompress as zstdDecompress } from 'fzstd';
import type { Inflate } from '../engine/modules/moduleImage.js';

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
    if (type === ELFCOMPRESS_ZSTD) return zstdDecompress(section.subarray(header), new Uint8Array(size));
  } catch {
    // Damaged sections are as good as none.
  }
  return undefined;
};
