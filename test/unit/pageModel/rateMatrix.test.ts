import { describe, expect, test } from 'vitest';
import { rateMatrixOf } from '../../../webview/population/model/rateMatrix.js';

// Values 1 to 4 of two groups; what has no value (0) is left out. Value 4 ran for nobody knows how long.
const COUNTS = Uint32Array.from([9, 9, 100, 10, 60, 10, 90, 40, 5, 5]);
const EXPOSURES = [undefined, 10_000, 10_000, 1000, undefined];

describe('rates by value and group', () => {
  const { rows, more, per } = rateMatrixOf(COUNTS, 2, (code) => EXPOSURES[code], 2);

  test('are crashes for how much ran, the value furthest above its due first', () => {
    expect(rows.map(({ code }) => code)).toStrictEqual([3, 1]);
    expect(rows[0]?.cells.map(({ rate }) => rate)).toStrictEqual([0.09, 0.04]);
    expect(more).toBe(1);
  });

  test('expect of each value its part of what ran, and none of values without', () => {
    const [first] = rows[0]?.cells ?? [];
    // Of group 0 there are 250 crashes in 21,000.
    expect(first?.expected).toBeCloseTo((250 * 1000) / 21_000, 9);
    expect(first?.residual).toBeCloseTo((90 - 250 / 21) / Math.sqrt(250 / 21), 9);
  });

  test('are told for so many units that the highest is above 1', () => {
    expect(per).toBe(100);
    expect(rateMatrixOf(Uint32Array.of(0, 500), 1, () => 100, 5).per).toBe(1);
  });
});
