import { Bytes } from './bytes.js';
import { flagBits, notesBytes } from './elfCore.js';

export interface HandSymbol {
  readonly name: string;
  readonly value: bigint;
  readonly size: number;
  /** STT_FUNC unless given. */
  readonly type?: number;
  /** STB_GLOBAL unless given. */
  readonly binding?: number;
  /** st_shndx; 1 unless given. */
  readonly section?: number;
}

export interface HandSection {
  readonly name: string;
  /** sh_type; SHT_PROGBITS unless given. */
  readonly type?: number;
  readonly flags?: bigint;
  readonly address?: bigint;
  readonly bytes?: Uint8Array;
  /** sh_size, when it is to be told wrong. */
  readonly size?: bigint;
  readonly link?: number;
}

/** What a hand-made binary is made of: a segment with its headers, and one with code and all else. */
export interface BinaryShape {
  readonly is64?: boolean;
  readonly littleEndian?: boolean;
  readonly machine?: number;
  /** e_type: ET_DYN unless given. */
  readonly type?: number;
  readonly buildId?: Uint8Array;
  /** Link address of the file's first byte; 0 unless given. */
  readonly base?: bigint;
  /** Code at offset 4096 of the file. */
  readonly text?: Uint8Array;
  readonly symbols?: readonly HandSymbol[];
  readonly dynamicSymbols?: readonly HandSymbol[];
  readonly sections?: readonly HandSection[];
  /** Leaves the note segment out, so that the build id is in its section only. */
  readonly noteSegment?: boolean;
  /** Leaves the program headers out, as relocatable files do. */
  readonly programHeaders?: boolean;
}

/** Offset of the code in a hand-made binary's file, and its link address less `base`. */
export const TEXT = 4096;

export function writeBinary(shape: BinaryShape = {}): Uint8Array {
  const is64 = shape.is64 ?? true;
  const littleEndian = shape.littleEndian ?? true;
  const word = is64 ? 8 : 4;
  const base = shape.base ?? 0n;
  const headerSize = is64 ? 64 : 52;
  const programSize = is64 ? 56 : 32;
  const note =
    shape.buildId === undefined
      ? new Uint8Array(0)
      : notesBytes([{ name: 'GNU', type: 3, desc: shape.buildId }], littleEndian);
  const withPrograms = shape.programHeaders ?? true;
  const programs = withPrograms ? (note.length > 0 && shape.noteSegment !== false ? 3 : 2) : 0;
  const noteAt = headerSize + programs * programSize;
  const text = shape.text ?? new Uint8Array(0);

  const body = new Bytes(littleEndian);
  const sections: (HandSection & { readonly offset: number })[] = [];
  const add = (section: HandSection): number => {
    body.align(8);
    sections.push({ ...section, offset: TEXT + body.length });
    body.append(section.bytes ?? []);
    return sections.length;
  };
  add({ name: '.text', flags: 6n, address: base + BigInt(TEXT), bytes: text });
  if (note.length > 0) add({ name: '.note.gnu.build-id', type: 7, bytes: note });
  const table = (name: string, type: number, symbols: readonly HandSymbol[] | undefined): void => {
    if (symbols === undefined) return;
    const { entries, strings } = symbolBytes(symbols, is64, littleEndian);
    const link = add({ name: `${name}.str`, type: 3, bytes: strings });
    add({ name, type, bytes: entries, link });
  };
  table('.symtab', 2, shape.symbols);
  table('.dynsym', 11, shape.dynamicSymbols);
  for (const section of shape.sections ?? []) add(section);
  const names = new Bytes().u8(0);
  const nameOffsets = [...sections, { name: '.shstrtab' }].map(({ name }) => {
    const at = names.length;
    names.text(name);
    return at;
  });
  add({ name: '.shstrtab', type: 3, bytes: names.bytes() });
  body.align(8);
  const sectionTable = TEXT + body.length;
  const count = sections.length + 1;
  const fileSize = sectionTable + count * (is64 ? 64 : 40);

  const out = new Bytes(littleEndian);
  out.u8(0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, littleEndian ? 1 : 2, 1).upTo(16);
  out.u16(shape.type ?? 3, shape.machine ?? 62).u32(1);
  out.word(word, 0, withPrograms ? headerSize : 0, sectionTable).u32(0);
  out.u16(headerSize, programSize, programs, is64 ? 64 : 40, count, count - 1);
  const program = (type: number, flags: string, offset: number, size: number): void => {
    const address = base + BigInt(offset);
    out.u32(type);
    if (is64) out.u32(flagBits(flags)).u64(BigInt(offset), address, address, BigInt(size), BigInt(size), 4096n);
    else out.word(4, offset, address, address, size, size).u32(flagBits(flags), 4096);
  };
  if (programs > 0) {
    program(1, 'r', 0, TEXT);
    program(1, 'rx', TEXT, fileSize - TEXT);
  }
  if (programs > 2) program(4, 'r', noteAt, note.length);
  out.append(note).upTo(TEXT).append(body.bytes());

  out.upTo(sectionTable).zeros(is64 ? 64 : 40);
  sections.forEach((section, i) => {
    const size = section.size ?? BigInt(section.bytes?.length ?? 0);
    out.u32(nameOffsets[i] ?? 0, section.type ?? 1);
    out.word(word, section.flags ?? 0n, section.address ?? 0n, section.offset, size);
    out.u32(section.link ?? 0, 0).word(word, 8, entrySize(section.type, is64));
  });
  return out.bytes();
}

function entrySize(type: number | undefined, is64: boolean): number {
  return type === 2 || type === 11 ? (is64 ? 24 : 16) : 0;
}

/** A symbol table and its strings; the first, undefined entry is written too. */
export function symbolBytes(
  symbols: readonly HandSymbol[],
  is64 = true,
  littleEndian = true,
): { readonly entries: Uint8Array; readonly strings: Uint8Array } {
  const entries = new Bytes(littleEndian).zeros(is64 ? 24 : 16);
  const strings = new Bytes(littleEndian).u8(0);
  for (const { name, value, size, type, binding, section } of symbols) {
    const at = strings.length;
    strings.text(name);
    const info = ((binding ?? 1) << 4) | (type ?? 2);
    if (is64)
      entries
        .u32(at)
        .u8(info, 0)
        .u16(section ?? 1)
        .u64(value, BigInt(size));
    else
      entries
        .word(4, at, value, size)
        .u8(info, 0)
        .u16(section ?? 1);
  }
  return { entries: entries.bytes(), strings: strings.bytes() };
}
