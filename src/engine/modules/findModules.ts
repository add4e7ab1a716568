import type { CoreImage } from '../core/coreImage.js';
import { AT_ENTRY, AT_PHDR, AT_SYSINFO_EHDR } from '../core/processNotes.js';
import type { BinaryProvider } from './binaryProvider.js';
import { placesWithoutFiles } from './linkedPlaces.js';
import { type LoadModule, readMappedHeader } from './loadModule.js';
import { placesOfFiles } from './mappedPlaces.js';
import { matchBinary } from './matchBinary.js';
import { memorySource } from './memorySource.js';
import { ModuleImage } from './moduleImage.js';

/**
 * The binaries mapped in the process, ascending by address: from NT_FILE, else from the link map, else from ELF headers found at
 * the start of mappings; the vdso besides. Each is matched with a file by build id.
 */
export function findModules(core: CoreImage, provider: BinaryProvider): LoadModule[] {
  const places = core.files.length > 0 ? placesOfFiles(core) : placesWithoutFiles(core);
  const executable = executablePath(core, places);
  const hint = { entry: core.auxv.get(AT_ENTRY) };
  const modules = places.map((place) => matchBinary(place, provider, place.path === executable ? hint : undefined));
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
