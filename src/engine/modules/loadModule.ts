import type { MemoryView } from '../base/memoryView.js';
import { Diagnostics } from '../base/diagnostics.js';
import { buildIdOfFile } from '../elf/buildId.js';
import { type ElfFile, isElfMagic, openElf, type Segment } from '../elf/elfFile.js';
import { memorySource } from './memorySource.js';
import type { ModuleImage } from './moduleImage.js';

/** A binary as it is mapped in the process. */
export interface LoadModule {
  /** As mapped, with " (deleted)" where the kernel says so; `[vdso]` for the vdso. */
  readonly path: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly ranges: readonly ModuleRange[];
  /** Runtime address minus link address; `undefined` when neither core nor file tells. */
  readonly bias: bigint | undefined;
  /** From the core's own pages; `undefined` when they were not dumped or hold none. */
  readonly buildId: string | undefined;
  /** The file that answers for it. */
  readonly image: ModuleImage | undefined;
  /** The debug file of that binary. */
  readonly debugImage: ModuleImage | undefined;
  readonly status: 'matched' | 'unverified' | 'mismatch' | 'missing';
  /** Why a file was refused, one sentence each. */
  readonly refused: readonly string[];
}

/** A mapped part of a file. */
export interface ModuleRange {
  readonly start: bigint;
  readonly end: bigint;
  readonly fileOffset: bigint;
  readonly executable: boolean;
  readonly writable: boolean;
}

/** What the first page of a mapped binary tells, when the core holds it. */
export interface MappedHeader {
  readonly bias: bigint;
  readonly buildId: string | undefined;
  readonly elf: ElfFile;
}

/**
 * Reads an ELF header and build id from memory.
 *
 * @param start where the file's first byte is mapped
 * @returns `undefined` when no ELF header is readable there
 */
export function readMappedHeader(memory: MemoryView, start: bigint, end: bigint): MappedHeader | undefined {
  const source = memorySource(memory, start, end - start);
  if (!isElfMagic(source.read(0n, 4).bytes)) return undefined;
  const elf = openElf(source, new Diagnostics(), MOST_SEGMENTS);
  if (elf === undefined || (elf.type !== 'exec' && elf.type !== 'dyn')) return undefined;
  const firstLoad = elf.segments.find((segment) => segment.type === 'load');
  const bias = firstLoad === undefined ? 0n : BigInt.asUintN(64, start - pageDown(firstLoad.vaddr - firstLoad.offset));
  // In memory a segment lies at its address, not at its file offset: a first page where the two differ cannot hold the note.
  const notes = elf.segments.filter(
    (segment) => segment.type === 'note' && segment.vaddr + bias === start + segment.offset,
  );
  return { bias, elf, buildId: buildIdOfFile({ ...elf, segments: notes, sectionTable: NO_SECTIONS }, LONGEST_NOTES) };
}

/** What binaries have is a dozen, and their notes are some hundred bytes: a process with thousands of modules is opened at once. */
const MOST_SEGMENTS = 128;
const LONGEST_NOTES = 8 * 1024;

const NO_SECTIONS = { offset: 0n, entrySize: 0, count: 0, stringIndex: 0 };

/** Its segments that are mapped. */
export function loadsOf(header: MappedHeader): readonly Segment[] {
  return header.elf.segments.filter((segment) => segment.type === 'load');
}

export function pageDown(address: bigint): bigint {
  return address - (address % 4096n);
}

export function pageUp(address: bigint): bigint {
  return pageDown(address + 4095n);
}
