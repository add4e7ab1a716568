import type { CoreImage } from '../core/coreImage.js';
import { AT_PHDR, AT_PHNUM, AT_SYSINFO_EHDR, type FileMapping } from '../core/processNotes.js';
import type { BinaryProvider } from './binaryProvider.js';
import { readLinkMap } from './linkMap.js';
import { type LoadModule, type MappedHeader, type ModuleRange, readMappedHeader } from './loadModule.js';
import { memorySource } from './memorySource.js';
import { ModuleImage } from './moduleImage.js';

/**
 * The binaries mapped in the process, ascending by address: from NT_FILE, else from the link map, else from ELF headers found at
 * the start of mappings; the vdso besides. Each is matched with a file by build id.
 */
export function findModules(core: CoreImage, provider: BinaryProvider): LoadModule[] {
  const places = core.files.length > 0 ? fromFileNote(core) : withoutFileNote(core);
  const executable = executablePath(core, places);
  const modules = places.map((place) => match(place, provider, place.path === executable));
  const vdso = vdsoModule(core);
  if (vdso !== undefined) modules.push(vdso);
  return modules.sort((a, b) => (a.start < b.start ? -1 : 1));
}

/** The path of the program itself: where the entry point or the program headers lie, else the first module. */
export function executablePath(
  core: CoreImage,
  places: readonly { path: string; start: bigint; end: bigint }[],
): string | undefined {
  const headers = core.auxv.get(AT_PHDR);
  const holder =
    headers === undefined ? undefined : places.find((place) => headers >= place.start && headers < place.end);
  return (holder ?? places[0])?.path;
}

/** The vdso's path among modules. */
export const VDSO_PATH = '[vdso]';

interface Place {
  readonly path: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly ranges: readonly ModuleRange[];
  readonly header: MappedHeader | undefined;
}

/** More than any process loads; bounds the files that a hostile core can make us look for. */
const MOST_MODULES = 4096;

/** The mappings of one file, loaded once. */
interface Group {
  readonly first: FileMapping;
  readonly mappings: FileMapping[];
  hasStart: boolean;
  executable: boolean;
}

function fromFileNote(core: CoreImage): Place[] {
  const groups: Group[] = [];
  const open = new Map<string, Group>();
  for (const mapping of core.files) {
    let group = open.get(mapping.path);
    // The same file from its beginning again: loaded a second time.
    if (group === undefined || (mapping.fileOffset === 0n && group.hasStart && group.executable)) {
      group = { first: mapping, mappings: [], hasStart: false, executable: false };
      groups.push(group);
      open.set(mapping.path, group);
    }
    group.mappings.push(mapping);
    group.hasStart ||= mapping.fileOffset === 0n;
    group.executable ||= core.memory.segmentAt(mapping.start)?.executable === true;
  }
  const places: Place[] = [];
  for (const { first, mappings, executable } of groups) {
    if (places.length >= MOST_MODULES) break;
    const header = first.fileOffset === 0n ? readMappedHeader(core.memory, first.start, first.end) : undefined;
    // Data files that are mapped are not modules: neither an ELF header nor anything executable.
    if (header === undefined && !executable) continue;
    const ranges = mappings.map((mapping) => rangeOf(core, mapping, header));
    places.push({ path: first.path, start: first.start, end: mappings.at(-1)?.end ?? first.end, ranges, header });
  }
  return places;
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

/** Old kernels and some tools write no NT_FILE: the dynamic linker's list gives names, the mappings give headers. */
function withoutFileNote(core: CoreImage): Place[] {
  const vdso = core.auxv.get(AT_SYSINFO_EHDR);
  const headers = core.auxv.get(AT_PHDR);
  const linked = headers === undefined ? [] : readLinkMap(core.memory, headers, core.auxv.get(AT_PHNUM) ?? 0n);
  const places: Place[] = [];
  for (const segment of core.memory.segments()) {
    if (places.length >= MOST_MODULES) break;
    if (segment.vaddr === vdso) continue;
    const header = readMappedHeader(core.memory, segment.vaddr, segment.vaddr + segment.memsz);
    if (header === undefined) continue;
    const loads = header.elf.segments.filter((load) => load.type === 'load');
    const ranges = loads.map((load) => ({
      start: pageDown(load.vaddr + header.bias),
      end: pageUp(load.vaddr + load.memsz + header.bias),
      fileOffset: pageDown(load.offset),
      executable: load.executable,
      writable: load.writable,
    }));
    const end = ranges.reduce((most, range) => (range.end > most ? range.end : most), segment.vaddr + segment.memsz);
    const entry = linked.find((candidate) => candidate.dynamic >= segment.vaddr && candidate.dynamic < end);
    const isExecutable = headers !== undefined && headers >= segment.vaddr && headers < end;
    const path =
      entry !== undefined && entry.path !== ''
        ? entry.path
        : isExecutable
          ? (core.process?.comm ?? '[executable]')
          : '';
    places.push({
      path: path === '' ? `[ELF at 0x${segment.vaddr.toString(16)}]` : path,
      start: segment.vaddr,
      end,
      ranges,
      header,
    });
  }
  return places;
}

function match(place: Place, provider: BinaryProvider, isExecutable: boolean): LoadModule {
  const { path, start, end, ranges, header } = place;
  const buildId = header?.buildId;
  const refused: string[] = [];
  let image: ModuleImage | undefined;
  let status: LoadModule['status'] = 'missing';
  const request = {
    path: path.replace(/ \(deleted\)$/, ''),
    isExecutable,
    ...(buildId === undefined ? {} : { buildId }),
  };
  for (const candidate of provider.binaries(request)) {
    const verdict = compare(buildId, candidate.buildId);
    if (verdict === 'mismatch') {
      refused.push(
        `${candidate.path} is another build: the core has ${buildId ?? '?'}, the file ${candidate.buildId ?? 'none'}`,
      );
      continue;
    }
    image = candidate;
    status = verdict;
    break;
  }
  if (image === undefined && refused.length > 0) status = 'mismatch';
  const bias = header?.bias ?? biasFromFile(image, ranges);
  return {
    path,
    start,
    end,
    ranges,
    bias,
    buildId: buildId ?? undefined,
    image,
    debugImage: debugImage(image, provider),
    status,
    refused,
  };
}

function compare(inCore: string | undefined, inFile: string | undefined): 'matched' | 'unverified' | 'mismatch' {
  if (inCore === undefined || inFile === undefined)
    return inCore === inFile || inCore === undefined ? 'unverified' : 'mismatch';
  return inCore === inFile ? 'matched' : 'mismatch';
}

function debugImage(image: ModuleImage | undefined, provider: BinaryProvider): ModuleImage | undefined {
  if (image === undefined || image.hasDebugInfo) return undefined;
  const { buildId } = image;
  for (const candidate of provider.debugFiles({ image, ...(buildId === undefined ? {} : { buildId }) })) {
    if (buildId === undefined || candidate.buildId === buildId) return candidate;
  }
  return undefined;
}

/** Where the first page was not dumped, a mapped range and the file's own program headers tell the bias. */
function biasFromFile(image: ModuleImage | undefined, ranges: readonly ModuleRange[]): bigint | undefined {
  const loads = image?.elf.segments.filter((segment) => segment.type === 'load') ?? [];
  for (const range of ranges) {
    const load = loads.find(
      (segment) => pageDown(segment.offset) === range.fileOffset && segment.executable === range.executable,
    );
    if (load !== undefined) return BigInt.asUintN(64, range.start - pageDown(load.vaddr));
  }
  return undefined;
}

/** The vdso has no file: it lies in the core whole, and its ELF image is read from there. */
function vdsoModule(core: CoreImage): LoadModule | undefined {
  const start = core.auxv.get(AT_SYSINFO_EHDR);
  const segment = start === undefined ? undefined : core.memory.segmentAt(start);
  if (start === undefined || segment === undefined) return undefined;
  const end = segment.vaddr + segment.memsz;
  const header = readMappedHeader(core.memory, start, end);
  const image =
    header === undefined ? undefined : ModuleImage.open(VDSO_PATH, memorySource(core.memory, start, end - start));
  return {
    path: VDSO_PATH,
    start,
    end,
    ranges: [{ start, end, fileOffset: 0n, executable: true, writable: false }],
    bias: header?.bias,
    buildId: header?.buildId,
    image,
    debugImage: undefined,
    status: image === undefined ? 'missing' : 'matched',
    refused: [],
  };
}

function pageDown(address: bigint): bigint {
  return address - (address % 4096n);
}

function pageUp(address: bigint): bigint {
  return pageDown(address + 4095n);
}
