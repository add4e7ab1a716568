import type { CoreImage } from '../core/coreImage.js';
import { AT_PHDR, AT_PHNUM, AT_SYSINFO_EHDR } from '../core/processNotes.js';
import { commandPath } from './commandPath.js';
import { readLinkMap } from './linkMap.js';
import { readMappedHeader } from './loadModule.js';
import { MOST_MODULES, type Place, placeOfHeader } from './mappedPlaces.js';

/** Old kernels and some tools write no NT_FILE: the dynamic linker's list gives names, the mappings give headers. */
export function placesWithoutFiles(core: CoreImage): Place[] {
  const vdso = core.auxv.get(AT_SYSINFO_EHDR);
  const headers = core.auxv.get(AT_PHDR);
  const linked =
    headers === undefined ? [] : readLinkMap(core.memory, headers, core.auxv.get(AT_PHNUM) ?? 0n, core.elf.is64);
  const places: Place[] = [];
  let end = 0n;
  for (const segment of core.memory.segments()) {
    if (places.length >= MOST_MODULES) break;
    // Inside a binary that was found already, its own data may begin like a file.
    if (segment.vaddr === vdso || segment.vaddr < end) continue;
    const header = readMappedHeader(core.memory, segment.vaddr, segment.vaddr + segment.memsz);
    if (header === undefined) continue;
    const place = placeOfHeader('', header);
    if (place.ranges.length === 0) continue;
    const entry = linked.find((candidate) => candidate.dynamic >= place.start && candidate.dynamic < place.end);
    const isExecutable = headers !== undefined && headers >= place.start && headers < place.end;
    const known = entry !== undefined && entry.path !== '' ? entry.path : isExecutable ? commandPath(core) : undefined;
    places.push({ ...place, path: known ?? `[ELF at 0x${segment.vaddr.toString(16)}]` });
    if (place.end > end) end = place.end;
  }
  return places;
}
