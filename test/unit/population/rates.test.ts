import { expect, test } from 'vitest';
import { rateRatio } from '../../../src/population/statistics/rates.js';

test('how unlikely two rates are is the same from either side, however small', () => {
  for (const [few, many] of [
    [2, 9],
    [267, 533],
    [10, 900],
  ] as const) {
    const lack = rateRatio(few, 500, many, 500).p;
    expect(lack).toBeGreaterThan(0);
    expect(lack / rateRatio(many, 500, few, 500).p).toBeCloseTo(1, 6);
  }
  // R: binom.test(267, 800)$p.value and binom.test(10, 910)$p.value
  expect(rateRatio(267, 500, 533, 500).p / 3.15684444e-21).toBeCloseTo(1, 6);
  expect(rateRatio(10, 500, 900, 500).p / 2.386026048e-251).toBeCloseTo(1, 6);
});
