import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IntervalMap } from '../../../src/engine/base/intervalMap.js';

interface Range {
  readonly start: bigint;
  readonly end: bigint;
  readonly value: number;
}

function mapOf(ranges: readonly Range[]): IntervalMap<number> {
  const map = new IntervalMap<number>();
  for (const { start, end, value } of ranges) map.add(start, end, value);
  return map;
}

/** By the definition: of the ranges that hold the point the one that starts last, of those the one added last. */
function naive(ranges: readonly Range[], point: bigint): number | undefined {
  let best: Range | undefined;
  for (const range of ranges) {
    if (point >= range.start && point < range.end && (best === undefined || range.start >= best.start)) best = range;
  }
  return best?.value;
}

const SMALL = fc.bigInt({ min: 0n, max: 40n });
const RANGES = fc
  .array(fc.tuple(SMALL, SMALL), { maxLength: 12 })
  .map((pairs) => pairs.map(([start, end], value) => ({ start, end, value })));

describe('a map of ranges', () => {
  it('finds what a search through all of them finds, overlapping or not', () => {
    fc.assert(
      fc.property(RANGES, (ranges) => {
        const map = mapOf(ranges);
        for (let point = 0n; point <= 41n; point++) expect(map.find(point)?.value).toBe(naive(ranges, point));
      }),
      { numRuns: 400 },
    );
  });

  it('finds the same in any order of asking', () => {
    fc.assert(
      fc.property(RANGES, fc.array(SMALL, { maxLength: 30 }), (ranges, points) => {
        const map = mapOf(ranges);
        for (const point of points) expect(map.find(point)?.value).toBe(naive(ranges, point));
      }),
    );
  });

  it('finds what was added after it was asked', () => {
    const map = mapOf([{ start: 0n, end: 10n, value: 1 }]);
    expect(map.find(5n)?.value).toBe(1);
    map.add(4n, 6n, 2);
    expect(map.find(5n)?.value).toBe(2);
    expect(map.find(6n)?.value).toBe(1);
  });

  it('gives the next range behind a point', () => {
    fc.assert(
      fc.property(RANGES, SMALL, (ranges, point) => {
        const starts = ranges.filter(({ start, end }) => start > point && end > start).map(({ start }) => start);
        const first = starts.reduce<bigint | undefined>(
          (least, s) => (least === undefined || s < least ? s : least),
          undefined,
        );
        expect(mapOf(ranges).next(point)?.start).toBe(first);
      }),
    );
  });

  it('gives the range that ends nearest below a point that none holds', () => {
    fc.assert(
      fc.property(RANGES, SMALL, (ranges, point) => {
        fc.pre(naive(ranges, point) === undefined);
        const ends = ranges.filter(({ start, end }) => end <= point && end > start).map(({ end }) => end);
        const last = ends.reduce<bigint | undefined>(
          (most, e) => (most === undefined || e > most ? e : most),
          undefined,
        );
        expect(mapOf(ranges).previous(point)?.end).toBe(last);
      }),
    );
  });

  it('ignores empty and inverted ranges', () => {
    const map = mapOf([
      { start: 5n, end: 5n, value: 1 },
      { start: 7n, end: 3n, value: 2 },
    ]);
    expect(map.size).toBe(0);
    expect(map.find(5n)).toBeUndefined();
  });

  it('stays fast however many ranges lie over each other', () => {
    const map = new IntervalMap<number>();
    const count = 20_000;
    map.add(0n, 1n << 60n, -1);
    for (let i = 0; i < count; i++) map.add(BigInt(i * 16), BigInt(i * 16 + 8), i);
    const start = performance.now();
    for (let i = 0; i < count; i++) expect(map.find(BigInt(i * 16 + 8))?.value === -1).toBe(true);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
