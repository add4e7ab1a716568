import { ByteCursor, FormatError } from '../base/byteCursor.js';
import type { ByteSource } from '../base/byteSource.js';
import { latin1 } from '../base/text.js';
import type { ElfFile } from './elfFile.js';

/** Section header: the linker's view of a binary. */
export interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: bigint;
  /** Link address; 0 for sections that are not loaded. */
  readonly address: bigint;
  readonly offset: bigint;
  readonly size: bigint;
  readonly link: number;
  readonly info: number;
  readonly entrySize: bigint;
}

export const SHT_SYMTAB = 2;
export const SHT_NOTE = 7;
export const SHT_NOBITS = 8;
export const SHT_DYNSYM = 11;
export const SHF_COMPRESSED = 0x800n;

/** Object files can have more, what is mapped into a process has some dozens. */
const MOST_SECTIONS = 1 << 16;
/** A section that has to be in memory whole, to be decoded. */
const LARGEST_SECTION = 256n << 20n;
const LONGEST_SECTION_NAME = 256;
/** What of a string is read that has no end. */
const LONGEST_STRING = 64 * 1024;

/** All sections of a binary; empty when it has none or they cannot be read. */
export function readSections(file: ElfFile): readonly Section[] {
  try {
    return decode(file);
  } catch (error) {
    if (error instanceof FormatError) return [];
    throw error;
  }
}

function decode(file: ElfFile): readonly Section[] {
  const { source, sectionTable, is64, littleEndian } = file;
  const smallest = is64 ? 64 : 40;
  if (sectionTable.offset === 0n || sectionTable.entrySize < smallest) return [];
  const word = is64 ? 8 : 4;
  const readOne = (cursor: ByteCursor): Section & { nameOffset: number } => {
    const nameOffset = cursor.u32();
    const type = cursor.u32();
    const flags = cursor.word(word);
    const address = cursor.word(word);
    const offset = cursor.word(word);
    const size = cursor.word(word);
    const link = cursor.u32();
    const info = cursor.u32();
    cursor.word(word);
    return { nameOffset, name: '', type, flags, address, offset, size, link, info, entrySize: cursor.word(word) };
  };
  const first = readOne(new ByteCursor(source.read(sectionTable.offset, smallest).bytes, littleEndian));
  // Counts that do not fit 16 bits stand in section 0 (gABI, "Sections").
  const count = Math.min(sectionTable.count === 0 ? Number(first.size) : sectionTable.count, MOST_SECTIONS);
  const stringIndex = sectionTable.stringIndex === 0xffff ? first.link : sectionTable.stringIndex;
  const table = source.read(sectionTable.offset, count * sectionTable.entrySize).bytes;
  const raw = [];
  for (let i = 0; i + sectionTable.entrySize <= table.length; i += sectionTable.entrySize) {
    raw.push(readOne(new ByteCursor(table, littleEndian, 0n, i)));
  }
  const strings = raw[stringIndex];
  const names = strings === undefined ? new Uint8Array(0) : sectionBytes(source, strings);
  return raw.map(({ nameOffset, ...section }) => ({
    ...section,
    name: stringAt(names, nameOffset, LONGEST_SECTION_NAME),
  }));
}

/** The raw bytes of a section as the file holds them; empty for SHT_NOBITS, and where it is too large to be held in memory. */
export function sectionBytes(source: ByteSource, section: Section): Uint8Array {
  if (section.type === SHT_NOBITS || section.size > source.size || section.size > LARGEST_SECTION)
    return new Uint8Array(0);
  return source.read(section.offset, Number(section.size)).bytes;
}

/** The NUL-ended string at `offset` of a string table, of at most `limit` bytes; empty when out of bounds. */
export function stringAt(table: Uint8Array, offset: number, limit = LONGEST_STRING): string {
  if (offset >= table.length) return '';
  const most = table.subarray(offset, offset + limit);
  const end = most.indexOf(0);
  return latin1(end < 0 ? most : most.subarray(0, end));
}
