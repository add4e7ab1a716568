import { ByteCursor } from '../base/byteCursor.js';
import type { ByteSource } from '../base/byteSource.js';
import type { Diagnostics } from '../base/diagnostics.js';
import { type ElfIdentity, parseElfHeader, parseProgramHeaders } from './elfyHeader.js';
import { machineName } from './machineName.js';

/**
 * Header and segments of an ELF file, core or binary.
 *
 * @param mostSegments program headers to read at most
 * @returns `undefined` when the first bytes are no ELF header; a file cut inside its header or program headers comes back with the
 *   segments that could be read and a diagnostic
 */
export function openElf(
  source: ByteSource,
  diagnostics: Diagnostics,
  mostSegments = MOST_SEGMENTS,
): ElfFile | undefined {
  const start = source.read(0n, 64).bytes;
  if (start.length < 16 || !isElfMagic(start)) return undefined;
  const header = new Uint8Array(64);
  header.set(start);
  const identity = parseElfHeader(header);
  if (identity === undefined) return undefined;
  const headerSize = identity.is64 ? 64 : 52;
  if (start.length < headerSize) {
    diagnostics.report(
      'truncated',
      `the file ends after ${start.length} bytes, inside the ELF header of ${headerSize} bytes`,
      BigInt(start.length),
    );
  }
  const cursor = new ByteCursor(header, identity.littleEndian);
  const word = identity.is64 ? 8 : 4;
  const machine = cursor.seek(18).u16();
  const phoff = cursor.seek(24 + word).word(word);
  const shoff = cursor.word(word);
  cursor.skip(4 + 2);
  const phentsize = cursor.u16();
  const phnum = cursor.u16();
  const shentsize = cursor.u16();
  const sectionTable: SectionTableLocation = {
    offset: shoff,
    entrySize: shentsize,
    count: cursor.u16(),
    stringIndex: cursor.u16(),
  };
  const layout = { identity, phoff, phentsize, sectionTable, mostSegments };
  return {
    source,
    is64: identity.is64,
    littleEndian: identity.littleEndian,
    type: identity.type,
    machine,
    arch: machineName(machine, identity.is64, identity.littleEndian),
    segments: readSegments(source, layout, phnum, diagnostics),
    sectionTable,
  };
}

export interface ElfFile {
  readonly source: ByteSource;
  readonly is64: boolean;
  readonly littleEndian: boolean;
  /** `core`, `exec`, `dyn`, `rel`, `none` or `unknown`. */
  readonly type: string;
  /** e_machine. */
  readonly machine: number;
  /** `x86_64`, `i386`, `aarch64`... or `machine-N`. */
  readonly arch: string;
  readonly segments: readonly Segment[];
  readonly sectionTable: SectionTableLocation;
}

/** Program header: what the loader or the core writer saw. */
export interface Segment {
  /** `load`, `note`, `dynamic`, `gnu_stack`...; `undefined` for types without a name here. */
  readonly type: string | undefined;
  readonly offset: bigint;
  readonly vaddr: bigint;
  readonly filesz: bigint;
  readonly memsz: bigint;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
}

export interface SectionTableLocation {
  readonly offset: bigint;
  readonly entrySize: number;
  readonly count: number;
  readonly stringIndex: number;
}

export function isElfMagic(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

interface Layout {
  readonly identity: ElfIdentity;
  readonly phoff: bigint;
  readonly phentsize: number;
  readonly sectionTable: SectionTableLocation;
  readonly mostSegments: number;
}

/** e_phnum when the real count does not fit 16 bits (gABI, "Extended program header numbering"). */
const PN_XNUM = 0xffff;
/** Four times the mappings that a kernel allows by default; bounds what a hostile header can make us read. */
const MOST_SEGMENTS = 1 << 18;
/** Program headers decoded at a time. */
const BATCH = 4096;

function readSegments(source: ByteSource, layout: Layout, phnum: number, diagnostics: Diagnostics): Segment[] {
  const { phentsize, phoff, identity } = layout;
  const smallest = identity.is64 ? 56 : 32;
  if (phnum === 0 || phoff === 0n) return [];
  if (phentsize < smallest) {
    diagnostics.report('bad-header', `program headers of ${phentsize} bytes each; at least ${smallest} expected`);
    return [];
  }
  const promised = phnum === PN_XNUM ? extendedCount(source, layout) : phnum;
  const count = Math.min(promised, layout.mostSegments);
  const segments: Segment[] = [];
  while (segments.length < count) {
    const wanted = Math.min(count - segments.length, BATCH);
    const { bytes } = source.read(phoff + BigInt(segments.length * phentsize), wanted * phentsize);
    const decoded = decodeSegments(bytes, layout);
    for (const segment of decoded) segments.push(segment);
    if (decoded.length < wanted) {
      diagnostics.report(
        'truncated',
        `${segments.length} of ${promised} program headers could be read: the file ends at byte ${source.size}`,
        phoff + BigInt(segments.length * phentsize),
      );
      return segments;
    }
  }
  if (count < promised) {
    diagnostics.report('bad-header', `${promised} program headers, of which ${count} are read`, phoff);
  }
  return segments;
}

/**
 * The kernel puts the count into sh_info of section 0, at the very end of the file; a truncated core lacks it. There the notes,
 * which follow the program headers at once, tell where the table ends (fs/binfmt_elf.c).
 */
function extendedCount(source: ByteSource, layout: Layout): number {
  const { identity, sectionTable, phoff, phentsize } = layout;
  const size = identity.is64 ? 64 : 40;
  const section = sectionTable.offset === 0n ? new Uint8Array(0) : source.read(sectionTable.offset, size).bytes;
  if (section.length === size) {
    const count = new ByteCursor(section, identity.littleEndian).seek(identity.is64 ? 44 : 28).u32();
    if (count >= PN_XNUM) return count;
  }
  const first = decodeSegments(source.read(phoff, 16 * phentsize).bytes, layout);
  const note = first.find((segment) => segment.type === 'note' && segment.offset > phoff);
  return note === undefined ? PN_XNUM : Number((note.offset - phoff) / BigInt(phentsize));
}

function decodeSegments(table: Uint8Array, layout: Layout): Segment[] {
  const { identity, phentsize } = layout;
  return parseProgramHeaders(table, identity, phentsize).map((raw, index) => {
    const exact = (value: number, at64: number): bigint => {
      if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
      return new ByteCursor(table, identity.littleEndian).seek(index * phentsize + at64).u64();
    };
    return {
      type: raw.type,
      offset: exact(raw.offset, 8),
      vaddr: exact(raw.vaddr, 16),
      filesz: exact(raw.filesz, 32),
      memsz: exact(raw.memsz, 40),
      readable: raw.readable,
      writable: raw.writable,
      executable: raw.executable,
    };
  });
}
