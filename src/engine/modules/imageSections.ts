import { type ByteSource, bytesSource } from '../base/byteSource.js';
import { latin1 } from '../base/text.js';
import type { ElfFile } from '../elf/elfFile.js';
import { readSections, type Section, sectionBytes, SHF_COMPRESSED, SHT_NOBITS } from '../elf/sections.js';
import type { Inflate } from './imageTools.js';

/** The sections of one file, decompressed where they are compressed. */
export class ImageSections {
  #all: readonly Section[] | undefined;

  constructor(
    private readonly elf: ElfFile,
    private readonly inflate: Inflate | undefined,
  ) {}

  get all(): readonly Section[] {
    return (this.#all ??= readSections(this.elf));
  }

  /** The section of that name, or the one that old linkers compressed and renamed `.zdebug_*`; `undefined` without contents. */
  find(name: string): Section | undefined {
    const old = name.startsWith('.debug_') ? `.z${name.slice(1)}` : undefined;
    return this.all.find((section) => (section.name === name || section.name === old) && section.type !== SHT_NOBITS);
  }

  /** `undefined` when the section cannot be decompressed. */
  contents(section: Section): Uint8Array | undefined {
    const raw = sectionBytes(this.elf.source, section);
    if ((section.flags & SHF_COMPRESSED) !== 0n) return this.inflate?.(raw, this.elf.is64, this.elf.littleEndian);
    if (!section.name.startsWith('.zdebug_')) return raw;
    const renamed = withHeader(raw);
    return renamed === undefined ? undefined : this.inflate?.(renamed, true, true);
  }

  /** A section read piece by piece, so that a large one need not be in memory whole. */
  source(name: string): ByteSource | undefined {
    const section = this.find(name);
    if (section === undefined) return undefined;
    if ((section.flags & SHF_COMPRESSED) !== 0n || section.name !== name) {
      const bytes = this.contents(section);
      return bytes === undefined ? undefined : bytesSource(bytes);
    }
    return this.raw(section);
  }

  /** The bytes of a section as they lie in the file, read piece by piece. */
  raw(section: Section): ByteSource {
    const { source } = this.elf;
    return {
      size: section.size,
      read: (offset, length) => {
        const left = section.size - offset;
        if (left <= 0n) return { bytes: new Uint8Array(0), rest: 'end' };
        const read = source.read(section.offset + offset, left < BigInt(length) ? Number(left) : length);
        return read.bytes.length < length ? { bytes: read.bytes, rest: read.rest ?? 'end' } : read;
      },
    };
  }
}

/** `.zdebug_*` begins with "ZLIB" and the size in big-endian: rewritten as the Elf64_Chdr of a zlib section. */
function withHeader(raw: Uint8Array): Uint8Array | undefined {
  if (raw.length < 12 || latin1(raw.subarray(0, 4)) !== 'ZLIB') return undefined;
  const bytes = new Uint8Array(raw.length + 12);
  bytes[0] = 1;
  bytes.set(raw.subarray(4, 12).slice().reverse(), 8);
  bytes[16] = 1;
  bytes.set(raw.subarray(12), 24);
  return bytes;
}
