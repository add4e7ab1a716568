import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finish } from '../../../src/engine/base/steps.js';
import { searchMemory } from '../../../src/engine/values/memorySearch.js';
import { repeatedWords } from '../../../src/engine/values/repeatedWords.js';
import { searchableRanges } from '../../../src/engine/values/searchableRanges.js';
import { bytesPattern, pointersPattern, type SearchPattern } from '../../../src/engine/values/searchPattern.js';
import { openProcess } from '../process.js';

const BASE = 0x7f00_0000_0000n;
const CHUNK = 1 << 20;

interface Place {
  readonly at: bigint;
  readonly bytes: Uint8Array;
}

function found(places: readonly Place[], pattern: SearchPattern): bigint[] {
  const { core, context } = openProcess({ loads: places.map(({ at, bytes }) => ({ vaddr: at, bytes })) });
  const hits: bigint[] = [];
  finish(searchMemory(context.memory, searchableRanges(core.memory, undefined), pattern, (hit) => hits.push(hit)));
  return hits;
}

/** Byte by byte, over everything that lies together. */
function byHand(places: readonly Place[], needle: Uint8Array): bigint[] {
  const memory = new Map<bigint, number>();
  for (const { at, bytes } of places) bytes.forEach((byte, i) => memory.set(at + BigInt(i), byte));
  const starts = [...memory.keys()].sort((a, b) => (a < b ? -1 : 1));
  return starts.filter((start) => needle.every((byte, i) => memory.get(start + BigInt(i)) === byte));
}

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));

describe('a search for bytes', () => {
  it('finds what a search by hand finds, in one mapping, over two that touch, and not over a hole', () => {
    const few = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => bytes.map((byte) => byte % 3));
    const needle = fc.uint8Array({ minLength: 1, maxLength: 5 }).map((bytes) => bytes.map((byte) => byte % 3));
    fc.assert(
      fc.property(few, few, few, needle, (a, b, c, wanted) => {
        const places = [
          { at: BASE, bytes: a },
          { at: BASE + BigInt(a.length), bytes: b },
          { at: BASE + 0x10_0000n, bytes: c },
        ];
        expect(found(places, bytesPattern([wanted]))).toEqual(byHand(places, wanted));
      }),
      { numRuns: 300 },
    );
  });

  it('finds what lies over the seam of two chunks, once', () => {
    const bytes = new Uint8Array(2 * CHUNK + 10);
    for (const at of [CHUNK - 3, 2 * CHUNK - 1, 2 * CHUNK + 2]) bytes.set(text('needle'), at);
    const expected = [CHUNK - 3, 2 * CHUNK + 2].map((at) => BASE + BigInt(at));
    expect(found([{ at: BASE, bytes }], bytesPattern([text('needle')]))).toEqual(expected);
  });

  it('gives hits of two needles in order, each place once', () => {
    const bytes = text('ab..a.b.ab');
    expect(found([{ at: BASE, bytes }], bytesPattern([text('ab'), text('a')]))).toEqual(
      [0, 4, 8].map((at) => BASE + BigInt(at)),
    );
  });
});

describe('a search for pointers', () => {
  it('finds the words at multiples of 8 whose value lies in the range, its end excluded', () => {
    const values = [
      0x7fff_ffff_ffffn,
      0x8000_0000_0000n,
      0x8000_0001_0000n,
      0x8000_0001_0001n,
      0n,
      0xffff_ffff_ffff_ffffn,
    ];
    const bytes = new Uint8Array(8 * values.length + 16);
    const view = new DataView(bytes.buffer);
    values.forEach((value, i) => {
      view.setBigUint64(8 * i, value, true);
    });
    view.setBigUint64(8 * values.length + 4, 0x8000_0000_0005n, true);
    const [low, high] = [0x8000_0000_0000n, 0x8000_0001_0001n];
    expect(found([{ at: BASE, bytes }], pointersPattern(low, high))).toEqual([BASE + 8n, BASE + 16n]);
    // From a mapping that begins between two words, only whole ones.
    expect(found([{ at: BASE + 4n, bytes: bytes.subarray(4) }], pointersPattern(low, high))).toEqual([
      BASE + 8n,
      BASE + 16n,
    ]);
    expect(found([{ at: BASE, bytes }], pointersPattern(0n, 1n << 64n))).toHaveLength(8);
  });
});

describe('repeated words', () => {
  it('are counted exactly, most frequent first, 0 and single ones left out', () => {
    const words = [
      ...Array.from({ length: 3000 }, () => 0xdead_beef_0000_0001n),
      ...Array.from({ length: 2000 }, () => 0x7n),
      ...Array.from({ length: 5000 }, () => 0n),
      ...Array.from({ length: 60_000 }, (_, i) => 0x5500_0000_0000n + BigInt(i)),
    ];
    const order = words
      .map((value, i) => ({ value, key: Math.imul(i, 0x9e3779b1) >>> 0 }))
      .sort((a, b) => a.key - b.key);
    const bytes = new Uint8Array(8 * words.length);
    const view = new DataView(bytes.buffer);
    order.forEach(({ value }, i) => {
      view.setBigUint64(8 * i, value, true);
    });
    const { core, context } = openProcess({ loads: [{ vaddr: BASE, bytes }] });
    const result = finish(repeatedWords(context.memory, searchableRanges(core.memory, undefined)));
    expect(result.words).toEqual([
      { value: 0xdead_beef_0000_0001n, count: 3000 },
      { value: 0x7n, count: 2000 },
    ]);
  });
});

describe('searchable ranges', () => {
  it('name each byte once, whatever headers overlap', () => {
    const { core } = openProcess({
      loads: [
        { vaddr: 0x1000n, bytes: new Uint8Array(0x300) },
        { vaddr: 0x1100n, bytes: new Uint8Array(0x100) },
        { vaddr: 0x1280n, bytes: new Uint8Array(0x100), memsz: 0x1000n },
        { vaddr: 0x9000n, memsz: 0x1000n },
      ],
    });
    expect(searchableRanges(core.memory, undefined)).toEqual([
      { start: 0x1000n, end: 0x1300n },
      { start: 0x1300n, end: 0x1380n },
    ]);
  });
});
