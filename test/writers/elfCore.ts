import { Bytes } from './bytes.js';

/** A note to be written. */
export interface HandNote {
  readonly name: string;
  readonly type: number;
  readonly desc: Uint8Array;
}

/** A PT_LOAD to be written. */
export interface HandLoad {
  readonly vaddr: bigint;
  /** What the file holds of it. */
  readonly bytes?: Uint8Array;
  /** Length in the process, when it is not that of `bytes`. */
  readonly memsz?: bigint;
  /** Length in the file, when it is to be told wrong. */
  readonly filesz?: bigint;
  /** Place in the file, when it is to be told wrong. */
  readonly offset?: bigint;
  /** `rw` unless given. */
  readonly flags?: string;
}

/** What a hand-made core may differ in from a plain 64-bit little-endian one of x86-64. */
export interface CoreShape {
  readonly is64?: boolean;
  readonly littleEndian?: boolean;
  /** e_machine. */
  readonly machine?: number;
  /** e_type. */
  readonly type?: number;
  readonly notes?: readonly HandNote[];
  /** Bytes of the note segment, instead of `notes`. */
  readonly noteBytes?: Uint8Array;
  /** p_filesz of the note segment, when it is to be told wrong. */
  readonly noteSize?: bigint;
  readonly loads?: readonly HandLoad[];
  /** e_phnum 0xffff, with the count in section 0 at the file's end. */
  readonly extendedNumbering?: boolean;
  /** e_phnum, when it is to be told wrong. */
  readonly programHeaderCount?: number;
  /** e_phentsize; larger ones are padded. */
  readonly programHeaderSize?: number;
  /** Contents in ascending order of size, as kernel.core_sort_vma writes them. */
  readonly smallestFirst?: boolean;
}

export interface HandCore {
  readonly bytes: Uint8Array;
  readonly programHeaders: number;
  readonly notes: number;
  readonly notesEnd: number;
  /** File offset of each load, in the order given. */
  readonly loads: readonly number[];
  /** Where section 0 begins, for extended numbering. */
  readonly sectionZero: number | undefined;
}

const PT_LOAD = 1;
const PT_NOTE = 4;
const PAGE = 4096;
const PN_XNUM = 0xffff;

/** A core in the order the kernel writes: header, program headers, notes, padding to a page, contents, section 0. */
export function writeCore(shape: CoreShape = {}): HandCore {
  const is64 = shape.is64 ?? true;
  const littleEndian = shape.littleEndian ?? true;
  const word = is64 ? 8 : 4;
  const loads = shape.loads ?? [];
  const notes = shape.noteBytes ?? notesBytes(shape.notes ?? [], littleEndian);
  const headerSize = is64 ? 64 : 52;
  const entrySize = shape.programHeaderSize ?? (is64 ? 56 : 32);
  const count = loads.length + 1;
  const notesAt = headerSize + count * entrySize;
  const contents = layOut(loads, notesAt + notes.length, shape.smallestFirst === true);
  const sectionZero = shape.extendedNumbering === true ? contents.end : undefined;

  const out = new Bytes(littleEndian);
  out.u8(0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, littleEndian ? 1 : 2, 1).upTo(16);
  out.u16(shape.type ?? 4, shape.machine ?? 62).u32(1);
  out.word(word, 0, headerSize, sectionZero ?? 0).u32(0);
  const phnum = sectionZero === undefined ? count : PN_XNUM;
  out.u16(
    headerSize,
    entrySize,
    shape.programHeaderCount ?? phnum,
    is64 ? 64 : 40,
    sectionZero === undefined ? 0 : 1,
    0,
  );

  const program = (type: number, flags: number, offset: bigint, vaddr: bigint, filesz: bigint, memsz: bigint): void => {
    const start = out.length;
    out.u32(type);
    if (is64) out.u32(flags).u64(offset, vaddr, 0n, filesz, memsz, 4096n);
    else out.word(4, offset, vaddr, 0, filesz, memsz).u32(flags, 4096);
    out.upTo(start + entrySize);
  };
  program(PT_NOTE, 4, BigInt(notesAt), 0n, shape.noteSize ?? BigInt(notes.length), 0n);
  loads.forEach((load, i) => {
    const size = BigInt(load.bytes?.length ?? 0);
    const offset = load.offset ?? BigInt(contents.offsets[i] ?? 0);
    program(PT_LOAD, flagBits(load.flags ?? 'rw'), offset, load.vaddr, load.filesz ?? size, load.memsz ?? size);
  });
  out.append(notes);
  for (const i of contents.order) {
    const bytes = loads[i]?.bytes;
    if (bytes !== undefined && bytes.length > 0) out.upTo(contents.offsets[i] ?? 0).append(bytes);
  }
  if (sectionZero !== undefined) {
    out.upTo(sectionZero).u32(0, 0).word(word, 0, 0, 0, 1).u32(0, count).word(word, 0, 0);
  }
  return {
    bytes: out.bytes(),
    programHeaders: headerSize,
    notes: notesAt,
    notesEnd: notesAt + notes.length,
    loads: contents.offsets,
    sectionZero,
  };
}

/** Notes as they stand in a PT_NOTE segment, names and descriptors padded to four bytes. */
export function notesBytes(notes: readonly HandNote[], littleEndian = true): Uint8Array {
  const out = new Bytes(littleEndian);
  for (const { name, type, desc } of notes) {
    const bytes = new TextEncoder().encode(name);
    out
      .u32(bytes.length + 1, desc.length, type)
      .append(bytes)
      .u8(0)
      .align(4)
      .append(desc)
      .align(4);
  }
  return out.bytes();
}

function layOut(
  loads: readonly HandLoad[],
  from: number,
  smallestFirst: boolean,
): { offsets: number[]; order: number[]; end: number } {
  const order = loads.map((_, i) => i);
  const sizeOf = (i: number): number => loads[i]?.bytes?.length ?? 0;
  if (smallestFirst) order.sort((a, b) => sizeOf(a) - sizeOf(b));
  const offsets: number[] = [];
  let end = from;
  for (const i of order) {
    if (sizeOf(i) > 0) end = Math.ceil(end / PAGE) * PAGE;
    offsets[i] = end;
    end += sizeOf(i);
  }
  return { offsets, order, end: Math.ceil(end / 8) * 8 };
}

export function flagBits(flags: string): number {
  return (flags.includes('x') ? 1 : 0) | (flags.includes('w') ? 2 : 0) | (flags.includes('r') ? 4 : 0);
}
