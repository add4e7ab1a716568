import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runtimeAddress } from '../../../src/engine/base/addresses.js';
import { type ByteSource, bytesSource } from '../../../src/engine/base/byteSource.js';
import { CoreMemory } from '../../../src/engine/core/coreMemory.js';
import { readCore } from '../../../src/engine/core/coreImage.js';
import { type HandLoad, writeCore } from '../../writers/elfCore.js';

function memoryOf(loads: readonly HandLoad[], cut?: number, smallestFirst = false): CoreMemory {
  const { bytes } = writeCore({ loads, smallestFirst });
  const core = readCore(bytesSource(cut === undefined ? bytes : bytes.subarray(0, cut)));
  if (core === undefined) throw new Error('no core');
  return core.memory;
}

const pattern = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + seed) & 0xff);
const A = 0x10000n;

function read(memory: CoreMemory, address: bigint, length: number): { bytes: number[]; rest: string | undefined } {
  const { bytes, rest } = memory.read(runtimeAddress(address), length);
  return { bytes: [...bytes], rest };
}

describe('memory of a core', () => {
  const text = pattern(64, 1);
  const more = pattern(64, 2);

  it('is what the segments hold', () => {
    const memory = memoryOf([{ vaddr: A, bytes: text }]);
    expect(read(memory, A, 64)).toEqual({ bytes: [...text], rest: undefined });
    expect(read(memory, A + 10n, 4)).toEqual({ bytes: [...text.subarray(10, 14)], rest: undefined });
  });

  it('goes on in the neighbouring segment, in whatever order the file has them', () => {
    for (const smallestFirst of [false, true]) {
      const memory = memoryOf(
        [
          { vaddr: A, bytes: text },
          { vaddr: A + 64n, bytes: more.subarray(0, 20) },
        ],
        undefined,
        smallestFirst,
      );
      expect(read(memory, A + 60n, 10)).toEqual({
        bytes: [...text.subarray(60), ...more.subarray(0, 6)],
        rest: undefined,
      });
      expect(memory.word(runtimeAddress(A + 60n))).toBe(
        new DataView(Uint8Array.of(...text.subarray(60), ...more.subarray(0, 4)).buffer).getBigUint64(0, true),
      );
      expect(read(memory, A + 80n, 10)).toEqual({ bytes: [...more.subarray(16, 20)], rest: 'unmapped' });
    }
  });

  it('is unmapped where no segment lies', () => {
    const memory = memoryOf([{ vaddr: A, bytes: text }]);
    for (const address of [0n, A - 1n, A + 64n, (1n << 64n) - 1n])
      expect(read(memory, address, 8)).toEqual({ bytes: [], rest: 'unmapped' });
  });

  it('is not dumped, and not zero, where the file holds less than the process had', () => {
    const memory = memoryOf([{ vaddr: A, bytes: text, memsz: 0x1000n }]);
    expect(read(memory, A + 60n, 8)).toEqual({ bytes: [...text.subarray(60)], rest: 'notDumped' });
    expect(read(memory, A + 64n, 8)).toEqual({ bytes: [], rest: 'notDumped' });
    expect(memory.word(runtimeAddress(A + 0x800n))).toBeUndefined();
    expect(memory.word(runtimeAddress(A + 60n))).toBeUndefined();
  });

  it('is truncated where the file was cut', () => {
    const { loads } = writeCore({ loads: [{ vaddr: A, bytes: text }] });
    const memory = memoryOf([{ vaddr: A, bytes: text }], (loads[0] ?? 0) + 10);
    expect(read(memory, A, 16)).toEqual({ bytes: [...text.subarray(0, 10)], rest: 'truncated' });
    expect(read(memory, A + 32n, 8)).toEqual({ bytes: [], rest: 'truncated' });
    expect(memory.word(runtimeAddress(A))).toBeDefined();
    expect(memory.word(runtimeAddress(A + 8n))).toBeUndefined();
  });

  it('belongs to the segment it is in, whatever a neighbour promises beyond its own end', () => {
    const memory = memoryOf([
      { vaddr: A, bytes: text, memsz: 16n },
      { vaddr: A + 16n, bytes: more },
    ]);
    expect(read(memory, A, 24)).toEqual({ bytes: [...text.subarray(0, 16), ...more.subarray(0, 8)], rest: undefined });
    expect(memory.word(runtimeAddress(A + 16n))).toBe(new DataView(more.buffer).getBigUint64(0, true));
  });

  it('at the top of the address space ends there', () => {
    const top = (1n << 64n) - 16n;
    const memory = memoryOf([{ vaddr: top, bytes: text.subarray(0, 16) }]);
    expect(read(memory, top + 8n, 16)).toEqual({ bytes: [...text.subarray(8, 16)], rest: 'unmapped' });
  });

  it('with offsets beyond any file is truncated', () => {
    const memory = memoryOf([{ vaddr: A, memsz: 0x1000n, filesz: 0x1000n, offset: (1n << 64n) - 8n }]);
    expect(read(memory, A, 8)).toEqual({ bytes: [], rest: 'truncated' });
  });
});

/** A source that holds only some of its bytes, until told to fetch. */
function partly(bytes: Uint8Array, has: (offset: number) => boolean): ByteSource {
  return {
    size: BigInt(bytes.length),
    read(offset, length) {
      if (offset >= BigInt(bytes.length)) return { bytes: new Uint8Array(0), rest: 'end' };
      const start = Number(offset);
      let end = start;
      while (end < Math.min(bytes.length, start + length) && has(end)) end++;
      const part = bytes.slice(start, end);
      if (part.length === length) return { bytes: part };
      return { bytes: part, rest: end >= bytes.length ? 'end' : 'notFetched' };
    },
  };
}

it('what was not fetched is said to be so, and no byte of it is made up', () => {
  const loads = [
    { vaddr: A, bytes: pattern(200, 3) },
    { vaddr: A + 200n, bytes: pattern(100, 4), memsz: 150n },
    { vaddr: A + 400n, bytes: pattern(50, 5) },
  ];
  const { bytes } = writeCore({ loads });
  const whole = readCore(bytesSource(bytes));
  if (whole === undefined) throw new Error('no core');
  const block = fc.array(fc.boolean(), { minLength: 64, maxLength: 64 });
  fc.assert(
    fc.property(block, fc.nat({ max: 460 }), fc.nat({ max: 300 }), (fetched, from, length) => {
      const has = (offset: number): boolean => fetched[(offset >> 4) & 63] ?? false;
      const memory = new CoreMemory(partly(bytes, has), whole.elf.segments);
      const address = runtimeAddress(A + BigInt(from));
      const all = whole.memory.read(address, length + 1);
      const some = memory.read(address, length + 1);
      expect([...some.bytes]).toEqual([...all.bytes.subarray(0, some.bytes.length)]);
      if (some.bytes.length < all.bytes.length) expect(some.rest).toBe('notFetched');
      else if (some.rest !== 'notFetched') expect(some.rest).toBe(all.rest);
      const word = memory.word(address);
      if (word !== undefined) expect(word).toBe(whole.memory.word(address));
    }),
    { numRuns: 500 },
  );
});

it('a word that was not there is there once it was fetched', () => {
  const { bytes, loads } = writeCore({ loads: [{ vaddr: A, bytes: pattern(64, 9) }] });
  let fetched = false;
  const source = partly(bytes, (offset) => fetched || offset < (loads[0] ?? 0) + 16);
  const core = readCore(source);
  const at = runtimeAddress(A + 32n);
  expect(core?.memory.word(at)).toBeUndefined();
  expect(core?.memory.read(at, 8).rest).toBe('notFetched');
  fetched = true;
  expect(core?.memory.word(at)).toBe(new DataView(pattern(64, 9).buffer).getBigUint64(32, true));
});

it('words agree with reads wherever they are asked for', () => {
  const loads = [
    { vaddr: A + 3n, bytes: pattern(9000, 7) },
    { vaddr: A + 9003n, bytes: pattern(50, 8), memsz: 60n },
    { vaddr: A + 9100n, bytes: pattern(50, 6) },
  ];
  const memory = memoryOf(loads);
  fc.assert(
    fc.property(fc.nat({ max: 9200 }), (from) => {
      const address = runtimeAddress(A + BigInt(from));
      const { bytes } = memory.read(address, 8);
      const expected =
        bytes.length < 8 ? undefined : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
      expect(memory.word(address)).toBe(expected);
    }),
    { numRuns: 500 },
  );
});
