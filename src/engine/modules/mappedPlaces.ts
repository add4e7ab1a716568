import type { CoreImage } from '../core/coreImage.js';
import { AT_PHDR, type FileMapping } from '../core/processNotes.js';
import { commandPath } from './commandPath.js';
import { loadsOf, type MappedHeader, type ModuleRange, pageDown, pageUp, readMappedHeader } from './loadModule.js';

/** Where a binary is mapped, before a file is looked for. */
export interface Place {
  /** As the core has it. */
  readonly path: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly ranges: readonly ModuleRange[];
  /** When the core holds its first page. */
  readonly header: MappedHeader | undefined;
}

/** More than any process loads; bounds the files that a hostile core can make us look for. */
export const MOST_MODULES = 4096;
/** Files that are looked at; as a note lists them, no process has so many mappings unless it was told to (vm.max_map_count). */
const MOST_FILES = 65_536;
/** Times one file is mapped. */
const MOST_COPIES = 64;

/** The mappings of one file that belong together. */
interface Group {
  readonly path: string;
  readonly mappings: FileMapping[];
  readonly header: MappedHeader | undefined;
  hasStart: boolean;
  executable: boolean;
}

/** Binaries by NT_FILE. A file that is mapped twice, by dlmopen or by hand, is two places. */
export function placesOfFiles(core: CoreImage): Place[] {
  const places: Place[] = [];
  for (const group of groupsOf(core)) {
    if (places.length >= MOST_MODULES) break;
    const { mappings, header, path } = group;
    const ranges = mappings.map((mapping) => rangeOf(core, mapping, header));
    if (header !== undefined) ranges.push(...remappedRanges(core, ranges, header));
    if (!isModule(ranges, header)) continue;
    places.push(placeOf(path, ranges, header));
  }
  const hidden = hiddenExecutable(core, places);
  return hidden === undefined ? places : [...places, hidden];
}

/** The place of a binary whose header is known, with the ranges that its program headers ask for. */
export function placeOfHeader(path: string, header: MappedHeader): Place {
  const ranges = loadsOf(header).map((load) => ({
    start: pageDown(load.vaddr + header.bias),
    end: pageUp(load.vaddr + load.memsz + header.bias),
    fileOffset: pageDown(load.offset),
    executable: load.executable,
    writable: load.writable,
  }));
  return placeOf(path, ranges, header);
}

function placeOf(path: string, ranges: readonly ModuleRange[], header: MappedHeader | undefined): Place {
  const start = ranges.reduce((least, range) => (range.start < least ? range.start : least), ranges[0]?.start ?? 0n);
  const end = ranges.reduce((most, range) => (range.end > most ? range.end : most), 0n);
  return { path, start, end, ranges, header };
}

function groupsOf(core: CoreImage): Group[] {
  const groups: Group[] = [];
  const byPath = new Map<string, Group[]>();
  for (const mapping of core.files) {
    let copies = byPath.get(mapping.path);
    if (copies === undefined) {
      if (byPath.size >= MOST_FILES) continue;
      byPath.set(mapping.path, (copies = []));
    }
    let group = copies.length < MOST_COPIES ? fitting(copies, mapping) : copies.at(-1);
    if (group === undefined) {
      const header = mapping.fileOffset === 0n ? readMappedHeader(core.memory, mapping.start, mapping.end) : undefined;
      group = header === undefined ? unknownCopy(copies, mapping) : undefined;
      if (group === undefined) {
        group = { path: mapping.path, mappings: [], header, hasStart: false, executable: false };
        copies.push(group);
        groups.push(group);
      }
    }
    group.mappings.push(mapping);
    group.hasStart ||= mapping.fileOffset === 0n;
    group.executable ||= core.memory.segmentAt(mapping.start)?.executable === true;
  }
  return groups;
}

/** The copy of the file that a mapping belongs to by the program headers in memory. */
function fitting(copies: readonly Group[], mapping: FileMapping): Group | undefined {
  return copies.findLast(({ header }) => header !== undefined && fits(header, mapping));
}

/** The copy whose first page is not in the core: the order of offsets tells when the same file begins again. */
function unknownCopy(copies: readonly Group[], mapping: FileMapping): Group | undefined {
  const last = copies.at(-1);
  if (last === undefined || last.header !== undefined) return undefined;
  return mapping.fileOffset === 0n && last.hasStart && last.executable ? undefined : last;
}

/** Whether a mapping is where a binary with these program headers has it. */
function fits(header: MappedHeader, mapping: FileMapping): boolean {
  return loadsOf(header).some(
    (load) =>
      BigInt.asUintN(64, load.vaddr + header.bias - load.offset) ===
        BigInt.asUintN(64, mapping.start - mapping.fileOffset) &&
      mapping.fileOffset >= pageDown(load.offset) &&
      mapping.fileOffset < pageUp(load.offset + load.filesz),
  );
}

/** Data files that are mapped are no modules, nor is a binary that somebody reads as data; libraries without code are. */
function isModule(ranges: readonly ModuleRange[], header: MappedHeader | undefined): boolean {
  if (ranges.some((range) => range.executable)) return true;
  return header !== undefined && !loadsOf(header).some((load) => load.executable);
}

/** Permissions by the core's segment; where it has none (gdb leaves text out), by the program headers of the mapped file. */
function rangeOf(core: CoreImage, mapping: FileMapping, header: MappedHeader | undefined): ModuleRange {
  const { start, end, fileOffset } = mapping;
  const segment = core.memory.segmentAt(start);
  const load = header?.elf.segments.find(
    (candidate) =>
      candidate.type === 'load' &&
      pageDown(candidate.offset) <= fileOffset &&
      fileOffset < candidate.offset + candidate.filesz,
  );
  return {
    start,
    end,
    fileOffset,
    executable: (segment ?? load)?.executable ?? false,
    writable: (segment ?? load)?.writable ?? false,
  };
}

/**
 * Parts of a binary that were copied to anonymous memory, as programs do that put their code on huge pages: NT_FILE does not list
 * them, but the program headers tell that they belong there.
 */
function remappedRanges(core: CoreImage, ranges: readonly ModuleRange[], header: MappedHeader): ModuleRange[] {
  const found: ModuleRange[] = [];
  for (const load of loadsOf(header)) {
    if (!load.executable) continue;
    const begin = pageDown(load.vaddr + header.bias);
    const limit = pageUp(load.vaddr + load.filesz + header.bias);
    for (let start = begin; start < limit && found.length < MOST_COPIES;) {
      const covering = ranges.find((range) => start >= range.start && start < range.end);
      if (covering !== undefined) {
        start = covering.end;
        continue;
      }
      const end = ranges.reduce(
        (least, range) => (range.start > start && range.start < least ? range.start : least),
        limit,
      );
      const segment = core.memory.segmentAt(start);
      if (segment?.executable === true && !core.files.some((file) => file.start < end && file.end > start)) {
        const fileOffset = pageDown(load.offset) + (start - begin);
        found.push({ start, end, fileOffset, executable: true, writable: segment.writable });
      }
      start = end;
    }
  }
  return found;
}

/** The program itself where NT_FILE lacks it: the program headers that AT_PHDR points to are behind its ELF header. */
function hiddenExecutable(core: CoreImage, places: readonly Place[]): Place | undefined {
  const headers = core.auxv.get(AT_PHDR);
  if (headers === undefined || places.some((place) => headers >= place.start && headers < place.end)) return undefined;
  const segment = core.memory.segmentAt(headers);
  if (segment === undefined || core.files.some((file) => headers >= file.start && headers < file.end)) return undefined;
  const path = commandPath(core);
  const header = readMappedHeader(core.memory, segment.vaddr, segment.vaddr + segment.memsz);
  if (header !== undefined) return placeOfHeader(path, header);
  const range = { start: segment.vaddr, end: segment.vaddr + segment.memsz, fileOffset: 0n };
  return placeOf(path, [{ ...range, executable: segment.executable, writable: segment.writable }], undefined);
}
