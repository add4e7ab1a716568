import { describe, expect, it } from 'vitest';
import { type ByteSource, bytesSource } from '../../../src/engine/base/byteSource.js';
import { Diagnostics } from '../../../src/engine/base/diagnostics.js';
import { buildIdOfFile } from '../../../src/engine/elf/buildId.js';
import { type ElfFile, openElf } from '../../../src/engine/elf/elfFile.js';
import { readSections, sectionBytes, stringAt } from '../../../src/engine/elf/sections.js';
import { type BinaryShape, writeBinary } from '../../writers/elfBinary.js';

function opened(bytes: Uint8Array): ElfFile {
  const elf = openElf(bytesSource(bytes), new Diagnostics());
  if (elf === undefined) throw new Error('no ELF file');
  return elf;
}

const CLASSES: readonly (readonly [string, BinaryShape])[] = [
  ['64-bit little-endian', { is64: true, littleEndian: true }],
  ['64-bit big-endian', { is64: true, littleEndian: false }],
  ['32-bit little-endian', { is64: false, littleEndian: true }],
  ['32-bit big-endian', { is64: false, littleEndian: false }],
];

describe.each(CLASSES)('a %s binary', (_, shape) => {
  const buildId = Uint8Array.from({ length: 20 }, (_, i) => i + 1);
  const bytes = writeBinary({
    ...shape,
    buildId,
    text: Uint8Array.of(0xc3),
    sections: [{ name: '.data', address: 0x5000n, bytes: Uint8Array.of(1, 2, 3) }],
  });

  it('gives its sections with names and contents', () => {
    const elf = opened(bytes);
    const sections = readSections(elf);
    expect(sections.map(({ name }) => name)).toEqual(['', '.text', '.note.gnu.build-id', '.data', '.shstrtab']);
    const data = sections[3];
    expect(data).toMatchObject({ address: 0x5000n, size: 3n, type: 1 });
    expect(data === undefined ? [] : [...sectionBytes(elf.source, data)]).toEqual([1, 2, 3]);
  });

  it('gives its build id, from the segment or from the section', () => {
    const id = '0102030405060708090a0b0c0d0e0f1011121314';
    expect(buildIdOfFile(opened(bytes))).toBe(id);
    expect(buildIdOfFile(opened(writeBinary({ ...shape, buildId, noteSegment: false })))).toBe(id);
    expect(buildIdOfFile(opened(writeBinary({ ...shape, buildId, programHeaders: false })))).toBe(id);
    expect(buildIdOfFile(opened(writeBinary(shape)))).toBeUndefined();
  });

  it('cut anywhere gives sections or none, and never throws', () => {
    for (let cut = 64; cut < bytes.length; cut += 7) {
      const elf = opened(bytes.subarray(0, cut));
      for (const section of readSections(elf)) sectionBytes(elf.source, section);
      buildIdOfFile(elf);
    }
  });
});

describe('hostile section tables', () => {
  it('with a size beyond the file give no bytes', () => {
    const elf = opened(writeBinary({ sections: [{ name: '.huge', bytes: new Uint8Array(4), size: 1n << 63n }] }));
    const huge = readSections(elf).find(({ name }) => name === '.huge');
    expect(huge === undefined ? undefined : sectionBytes(elf.source, huge)).toHaveLength(0);
  });

  it('with a section of gigabytes in a sparse file do not take as much memory', () => {
    const asked: number[] = [];
    const source: ByteSource = {
      size: 1n << 40n,
      read: (_, length) => {
        asked.push(length);
        return { bytes: new Uint8Array(0), rest: 'unreadable' };
      },
    };
    const section = { name: '.symtab', type: 2, flags: 0n, address: 0n, offset: 0n, link: 0, info: 0, entrySize: 24n };
    expect(sectionBytes(source, { ...section, size: 1n << 39n })).toHaveLength(0);
    expect(asked).toEqual([]);
  });

  it('of nothing but a count end', () => {
    const bytes = writeBinary();
    bytes.fill(0xff, 60, 62);
    expect(readSections(opened(bytes)).length).toBeLessThan(10);
  });
});

describe('strings of a table', () => {
  const table = new TextEncoder().encode('\0one\0two');

  it.each([
    [0, ''],
    [1, 'one'],
    [2, 'ne'],
    [5, 'two'],
    [8, ''],
    [99, ''],
  ])('at %d', (offset, text) => {
    expect(stringAt(table, offset)).toBe(text);
  });

  it('that do not end are cut', () => {
    expect(stringAt(new Uint8Array(1 << 20).fill(0x41), 0)).toHaveLength(64 * 1024);
  });
});
