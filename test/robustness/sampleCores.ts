import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesSource } from '../../src/engine/base/byteSource.js';
import { Diagnostics } from '../../src/engine/base/diagnostics.js';
import { openElf } from '../../src/engine/elf/elfFile.js';
import { readNotes } from '../../src/engine/elf/notes.js';
import { createIcedDisassembler } from '../../src/io/icedDisassembler.js';
import { localBinaries } from '../../src/session/binaryFiles.js';
import { ImageCache } from '../../src/session/imageCache.js';
import { unpackFixtures } from '../fixtures/unpack.mjs';
import type { Surroundings } from './examine.js';

const FOLDER = join(import.meta.dirname, '../../.cache/fixtures');

export interface SampleCore {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Offsets at which one structure ends and another begins. */
  readonly boundaries: readonly number[];
  readonly notes: { readonly start: number; readonly end: number };
  /** The part of the file around the crashed thread's stack pointer. */
  readonly stack: { readonly start: number; readonly end: number };
}

/** Kernel-written cores of different kinds, as they lie unpacked. */
export function sampleCores(names: readonly string[]): SampleCore[] {
  const all = unpackFixtures(FOLDER);
  return names.map((name) => {
    const found = all.find((fixture) => fixture.name === name);
    if (found === undefined) throw new Error(`no fixture ${name}`);
    return sampleOf(name, new Uint8Array(readFileSync(found.core)));
  });
}

/** The files of the crashed machine, and the disassembler. */
export function withBinaries(): Surroundings {
  return {
    binaries: localBinaries({ sysroot: join(FOLDER, 'sysroot') }, new ImageCache()),
    disassembler: createIcedDisassembler(),
  };
}

function sampleOf(name: string, bytes: Uint8Array): SampleCore {
  const elf = openElf(bytesSource(bytes), new Diagnostics());
  if (elf === undefined) throw new Error(`${name} is no ELF file`);
  const note = elf.segments.find(({ type }) => type === 'note');
  const notesStart = Number(note?.offset ?? 0n);
  const notesEnd = notesStart + Number(note?.filesz ?? 0n);
  const boundaries = new Set([0, 1, 4, 16, 20, 52, 63, 64]);
  elf.segments.forEach(({ offset, filesz }, i) => {
    for (const near of [-1, 0, 1]) {
      boundaries.add(64 + 56 * i + near);
      boundaries.add(Number(offset) + near);
      boundaries.add(Number(offset + filesz) + near);
    }
  });
  for (const { offset, desc } of readNotes(
    bytes.subarray(notesStart, notesEnd),
    true,
    BigInt(notesStart),
    new Diagnostics(),
  ))
    for (const at of [-20, -8, 0, 4, desc.length / 2, desc.length, desc.length + 1])
      boundaries.add(Number(offset) + Math.floor(at));
  // NT_PRSTATUS comes first: rsp is 264 bytes into it.
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const rsp = view.getBigUint64(notesStart + 20 + 264, true);
  const segment = elf.segments.find(({ type, vaddr, memsz }) => type === 'load' && rsp >= vaddr && rsp < vaddr + memsz);
  const middle = segment === undefined ? notesEnd : Number(segment.offset + (rsp - segment.vaddr));
  return {
    name,
    bytes,
    boundaries: [...boundaries].filter((at) => at >= 0 && at <= bytes.length).sort((a, b) => a - b),
    notes: { start: notesStart, end: notesEnd },
    stack: { start: Math.max(0, middle - 4096), end: Math.min(bytes.length, middle + 4096) },
  };
}
