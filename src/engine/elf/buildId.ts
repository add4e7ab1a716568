import { Diagnostics } from '../base/diagnostics.js';
import { hexBytes } from '../base/text.js';
import type { ElfFile } from './elfFile.js';
import { type Note, readNotes } from './notes.js';
import { readSections, SHT_NOTE } from './sections.js';

const NT_GNU_BUILD_ID = 3;
/** Bytes of notes looked through for a build id. */
const LONGEST_NOTES = 64 * 1024;

/** The GNU build id among `notes`, as lower-case hex. */
export function buildIdOfNotes(notes: readonly Note[]): string | undefined {
  const note = notes.find((candidate) => candidate.type === NT_GNU_BUILD_ID && candidate.name === 'GNU');
  return note === undefined || note.desc.length === 0 || note.desc.length > 64 ? undefined : hexBytes(note.desc);
}

/**
 * The build id of a binary: from its PT_NOTE segments, else from its SHT_NOTE sections (debug files keep only those).
 *
 * @param most bytes of notes to look through
 * @returns `undefined` when the file has none
 */
export function buildIdOfFile(file: ElfFile, most = LONGEST_NOTES): string | undefined {
  const diagnostics = new Diagnostics();
  const ranges = file.segments
    .filter((segment) => segment.type === 'note')
    .map((segment) => ({ offset: segment.offset, size: segment.filesz }));
  const found = first(file, ranges, diagnostics, most);
  if (found !== undefined) return found;
  const sections = readSections(file).filter((section) => section.type === SHT_NOTE);
  return first(file, sections, diagnostics, most);
}

function first(
  file: ElfFile,
  ranges: readonly { offset: bigint; size: bigint }[],
  diagnostics: Diagnostics,
  most: number,
): string | undefined {
  let left = most;
  for (const { offset, size } of ranges) {
    if (left <= 0) return undefined;
    const length = size > BigInt(left) ? left : Number(size);
    left -= length;
    const { bytes } = file.source.read(offset, length);
    const id =
      buildIdOfNotes(readNotes(bytes, file.littleEndian, offset, diagnostics)) ??
      buildIdOfNotes(readNotes(bytes, file.littleEndian, offset, diagnostics, 8));
    if (id !== undefined) return id;
  }
  return undefined;
}
