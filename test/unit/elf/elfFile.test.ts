import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../src/engine/base/byteSource.js';
import { Diagnostics } from '../../../src/engine/base/diagnostics.js';
import { type ElfFile, openElf } from '../../../src/engine/elf/elfFile.js';
import { type CoreShape, writeCore } from '../../writers/elfCore.js';

function opened(bytes: Uint8Array, most?: number): { elf: ElfFile; diagnostics: Diagnostics } {
  const diagnostics = new Diagnostics();
  const elf = openElf(bytesSource(bytes), diagnostics, most);
  if (elf === undefined) throw new Error('no ELF file');
  return { elf, diagnostics };
}

const CLASSES: readonly (readonly [string, CoreShape])[] = [
  ['64-bit little-endian', { is64: true, littleEndian: true }],
  ['64-bit big-endian', { is64: true, littleEndian: false, machine: 22 }],
  ['32-bit little-endian', { is64: false, littleEndian: true, machine: 3 }],
  ['32-bit big-endian', { is64: false, littleEndian: false, machine: 20 }],
];

describe.each(CLASSES)('a %s file', (_, shape) => {
  const loads = [
    { vaddr: 0x1000n, bytes: new Uint8Array(100).fill(7), flags: 'rx' },
    { vaddr: 0x7fff0000n, bytes: new Uint8Array(0), memsz: 0x2000n, flags: 'rw' },
  ];

  it('gives its header and segments', () => {
    const core = writeCore({ ...shape, loads });
    const { elf, diagnostics } = opened(core.bytes);
    expect(elf.is64).toBe(shape.is64);
    expect(elf.littleEndian).toBe(shape.littleEndian);
    expect(elf.type).toBe('core');
    expect(elf.segments.map(({ type }) => type)).toEqual(['note', 'load', 'load']);
    expect(elf.segments[1]).toMatchObject({
      vaddr: 0x1000n,
      filesz: 100n,
      memsz: 100n,
      offset: BigInt(core.loads[0] ?? 0),
      readable: true,
      writable: false,
      executable: true,
    });
    expect(elf.segments[2]).toMatchObject({ vaddr: 0x7fff0000n, filesz: 0n, memsz: 0x2000n, writable: true });
    expect(diagnostics.list()).toEqual([]);
  });

  it('cut anywhere gives the segments that are whole, and says so', () => {
    const core = writeCore({ ...shape, loads });
    const entry = (core.notes - core.programHeaders) / 3;
    for (let cut = 16; cut < core.notes; cut++) {
      const { elf, diagnostics } = opened(core.bytes.subarray(0, cut));
      expect(elf.segments.length).toBe(Math.max(0, Math.floor((cut - core.programHeaders) / entry)));
      expect(diagnostics.has('truncated')).toBe(true);
    }
  });

  it('may number its segments in section 0', () => {
    const many = Array.from({ length: 0x10000 }, (_, i) => ({ vaddr: BigInt(i) * 0x1000n, memsz: 0x1000n }));
    const core = writeCore({ ...shape, loads: many, extendedNumbering: true });
    expect(opened(core.bytes).elf.segments).toHaveLength(0x10001);
    // Section 0 is the first thing that a cut takes away: the place of the notes then tells where the table ends.
    const cut = core.bytes.subarray(0, core.sectionZero);
    expect(opened(cut).elf.segments).toHaveLength(0x10001);
  });
});

describe('64-bit numbers', () => {
  it('above 2^53 are exact', () => {
    const vaddr = 0xffff_ffff_ff60_0001n;
    const offset = (1n << 53n) + 1n;
    const { elf } = opened(
      writeCore({ loads: [{ vaddr, memsz: (1n << 60n) + 3n, filesz: (1n << 62n) + 5n, offset }] }).bytes,
    );
    expect(elf.segments[1]).toMatchObject({ vaddr, offset, memsz: (1n << 60n) + 3n, filesz: (1n << 62n) + 5n });
  });
});

describe('what is no ELF file', () => {
  it.each([
    ['nothing', new Uint8Array(0)],
    ['a few bytes', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1)],
    ['text', new TextEncoder().encode('#!/bin/sh\nexit 0\n')],
    ['a class that there is not', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 3, 1, ...new Uint8Array(58))],
    ['a byte order that there is not', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 3, ...new Uint8Array(58))],
  ])('%s is refused', (_, bytes) => {
    expect(openElf(bytesSource(bytes), new Diagnostics())).toBeUndefined();
  });
});

describe('headers that lie', () => {
  it('about the size of a program header are believed where it can hold one', () => {
    const core = writeCore({ loads: [{ vaddr: 0x1000n, bytes: new Uint8Array(8) }], programHeaderSize: 80 });
    expect(opened(core.bytes).elf.segments[1]).toMatchObject({ vaddr: 0x1000n, filesz: 8n });
  });

  it('with program headers that are too small give none', () => {
    const core = writeCore();
    core.bytes[54] = 20;
    const { elf, diagnostics } = opened(core.bytes);
    expect(elf.segments).toEqual([]);
    expect(diagnostics.has('bad-header')).toBe(true);
  });

  it('about the number of segments are believed as far as the file goes', () => {
    const { elf, diagnostics } = opened(writeCore({ programHeaderCount: 60_000 }).bytes.subarray(0, 64 + 56));
    expect(elf.segments).toHaveLength(1);
    expect(diagnostics.list()).toEqual([
      expect.objectContaining({ code: 'truncated', message: expect.stringContaining('1 of 60000') as string }),
    ]);
  });

  it('with more segments than wanted are read up to there', () => {
    const loads = Array.from({ length: 20 }, (_, i) => ({ vaddr: BigInt(i) * 0x1000n }));
    const { elf, diagnostics } = opened(writeCore({ loads }).bytes, 5);
    expect(elf.segments).toHaveLength(5);
    expect(diagnostics.has('bad-header')).toBe(true);
  });

  it('with a count in section 0 that is too large or too small to be true fall back to the notes', () => {
    const loads = Array.from({ length: 10 }, (_, i) => ({ vaddr: BigInt(i) * 0x1000n }));
    const core = writeCore({ loads, extendedNumbering: true });
    // The writer's own count, 11, does not need section 0: a kernel would never have put it there.
    expect(opened(core.bytes).elf.segments).toHaveLength(11);
  });

  it('with flags that set every bit end', () => {
    const core = writeCore({ loads: [{ vaddr: 0x1000n }] });
    core.bytes.fill(0xff, core.programHeaders + 56 + 4, core.programHeaders + 56 + 8);
    expect(opened(core.bytes).elf.segments[1]).toMatchObject({ readable: true, writable: true, executable: true });
  });
});

describe('machines', () => {
  it.each([
    [62, true, true, 'x86_64'],
    [62, false, true, 'x32'],
    [3, false, true, 'i386'],
    [183, true, true, 'aarch64'],
    [40, false, true, 'arm'],
    [8, false, false, 'mips'],
    [8, true, true, 'mips64el'],
    [21, true, true, 'ppc64le'],
    [21, true, false, 'ppc64'],
    [22, true, false, 's390x'],
    [243, true, true, 'riscv64'],
    [4711, true, true, 'machine-4711'],
  ])('%d is named (64-bit: %s, little-endian: %s): %s', (machine, is64, littleEndian, arch) => {
    expect(opened(writeCore({ machine, is64, littleEndian }).bytes).elf.arch).toBe(arch);
  });
});
