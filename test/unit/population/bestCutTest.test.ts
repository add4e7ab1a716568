import { describe, expect, it } from 'vitest';
import { bestCutLogP, CutTests } from '../../../src/population/statistics/bestCutTest.js';
import { splitGain } from '../../../src/population/statistics/gain.js';
import { seededRandom, shuffle } from '../../../src/population/statistics/random.js';

/** The best gain of all cuts between bins, when the episodes in `cases` (by number, bins one after the other) are the cases. */
function bestGain(sizes: readonly number[], cases: ReadonlySet<number>): number {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  let best = 0;
  let seen = 0;
  let so = 0;
  for (const size of sizes.slice(0, -1)) {
    for (let i = 0; i < size; i++) if (cases.has(seen + i)) so++;
    seen += size;
    if (seen > 0) best = Math.max(best, splitGain(so, seen, cases.size - so, all - seen));
  }
  return best;
}

/** Every way in which `count` of `all` can be the cases. */
function* choices(all: number, count: number, from = 0): Generator<number[]> {
  if (count === 0) yield [];
  else
    for (let first = from; first + count <= all; first++)
      for (const rest of choices(all, count - 1, first + 1)) yield [first, ...rest];
}

describe('the exact test of the best cut', () => {
  it.each([
    { sizes: [2, 1, 3, 2, 1], cases: 3 },
    { sizes: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], cases: 4 },
    { sizes: [3, 0, 2, 4], cases: 5 },
    { sizes: [1, 6, 1, 1, 2], cases: 10 },
    { sizes: [4, 1, 4], cases: 1 },
  ])('counts every way to place $cases cases in bins of $sizes', ({ sizes, cases }) => {
    const all = sizes.reduce((sum, size) => sum + size, 0);
    const gains = [...choices(all, cases)].map((chosen) => bestGain(sizes, new Set(chosen)));
    expect(new Set(gains).size).toBeGreaterThan(2);
    for (const gain of new Set(gains)) {
      const share = gains.filter((other) => other >= gain - 1e-9).length / gains.length;
      expect(Math.exp(bestCutLogP(sizes, cases, gain)), `gain ${gain}`).toBeCloseTo(share, 9);
    }
  });

  it('says of many episodes what dealing them out says', () => {
    const sizes = Array.from({ length: 60 }, (_, i) => 1 + (i % 7));
    const all = sizes.reduce((sum, size) => sum + size, 0);
    const random = seededRandom(7);
    const order = Int32Array.from({ length: all }, (_, i) => i);
    const gains = Array.from({ length: 4000 }, () => {
      shuffle(order, random);
      return bestGain(sizes, new Set(order.subarray(0, 40)));
    });
    for (const gain of [3, 4.5, 6]) {
      const share = gains.filter((other) => other >= gain).length / gains.length;
      const exact = Math.exp(bestCutLogP(sizes, 40, gain));
      // Four standard deviations of what was drawn.
      expect(Math.abs(share - exact), `gain ${gain}`).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / gains.length));
    }
  });

  it('is far below the number of cuts times the p of one', () => {
    const sizes = new Array<number>(175).fill(2);
    // A gain of 8 has a p of 6.3e-5 at one place that was chosen before looking.
    expect(Math.exp(bestCutLogP(sizes, 35, 8))).toBeLessThan((174 * 6.3e-5) / 3);
  });

  it('is no question where all or none are cases', () => {
    expect(bestCutLogP([3, 4], 0, 1)).toBe(0);
    expect(bestCutLogP([3, 4], 7, 1)).toBe(0);
  });

  it('gives the same answers when they are remembered', () => {
    const sizes = new Array<number>(30).fill(5);
    const tests = new CutTests();
    for (const cases of [12, 40])
      for (const limit of [-2, -4, -6])
        for (const gain of [9, 1, 5, 3, 7, 2, 6, 4, 8])
          expect(tests.asGood(sizes, cases, gain, limit)).toBe(bestCutLogP(sizes, cases, gain) <= limit);
  });
});
