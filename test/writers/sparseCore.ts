import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** A file as the pieces that are written of it; what lies between them is a hole. */
export interface SparseFile {
  readonly size: number;
  readonly pieces: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
}

const HEADER = 64;
const ENTRY = 56;
const PAGE = 4096;
const PT_LOAD = 1;
const PT_NOTE = 4;

/**
 * A 64-bit little-endian core of one process with two huge mappings more, one before all others in the file and one behind: all that
 * was in `core` is in it, but far apart.
 *
 * @param hole bytes of each of the two
 */
export function inflatedCore(core: Uint8Array, hole: number): SparseFile {
  const view = new DataView(core.buffer, core.byteOffset, core.byteLength);
  const count = view.getUint16(56, true);
  const table = Number(view.getBigUint64(32, true));
  const entries = Array.from({ length: count }, (_, i) => core.slice(table + ENTRY * i, table + ENTRY * (i + 1)));
  const field = (entry: Uint8Array, at: number): number =>
    Number(new DataView(entry.buffer, entry.byteOffset).getBigUint64(at, true));
  const type = (entry: Uint8Array): number => new DataView(entry.buffer, entry.byteOffset).getUint32(0, true);
  const note = entries.find((entry) => type(entry) === PT_NOTE);
  if (note === undefined) throw new Error('a core without notes');
  const [noteOffset, noteSize] = [field(note, 8), field(note, 32)];

  const notesAt = HEADER + ENTRY * (count + 2);
  const firstHole = Math.ceil((notesAt + noteSize) / PAGE) * PAGE;
  const contents = Math.ceil((noteOffset + noteSize) / PAGE) * PAGE;
  const shift = firstHole + hole - contents;
  const secondHole = core.length + shift;

  const header = core.slice(0, HEADER);
  const headerView = new DataView(header.buffer);
  headerView.setBigUint64(32, BigInt(HEADER), true);
  headerView.setUint16(56, count + 2, true);
  const set = (entry: Uint8Array, at: number, value: number): void => {
    new DataView(entry.buffer, entry.byteOffset).setBigUint64(at, BigInt(value), true);
  };
  for (const entry of entries) {
    if (entry === note) set(entry, 8, notesAt);
    else if (field(entry, 32) > 0) set(entry, 8, field(entry, 8) + shift);
  }
  const huge = (offset: number, address: number): Uint8Array => {
    const entry = new Uint8Array(ENTRY);
    new DataView(entry.buffer).setUint32(0, PT_LOAD, true);
    new DataView(entry.buffer).setUint32(4, 6, true);
    for (const [at, value] of [
      [8, offset],
      [16, address],
      [32, hole],
      [40, hole],
      [48, PAGE],
    ] as const)
      set(entry, at, value);
    return entry;
  };
  const programs = [...entries, huge(firstHole, 0x1000_0000_0000), huge(secondHole, 0x2000_0000_0000)];
  return {
    size: secondHole + hole,
    pieces: [
      { offset: 0, bytes: header },
      ...programs.map((bytes, i) => ({ offset: HEADER + ENTRY * i, bytes })),
      { offset: notesAt, bytes: core.slice(noteOffset, noteOffset + noteSize) },
      { offset: contents + shift, bytes: core.slice(contents) },
    ],
  };
}

/** Writes the pieces alone: the rest of the file takes no room on the disk. */
export function writeSparseFile(file: string, { size, pieces }: SparseFile): void {
  const descriptor = openSync(file, 'w');
  ftruncateSync(descriptor, size);
  for (const { offset, bytes } of pieces) writeSync(descriptor, bytes, 0, bytes.length, offset);
  closeSync(descriptor);
}
