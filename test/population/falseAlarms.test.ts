import { describe, expect, it } from 'vitest';
import { trial } from './fleets/trial.js';

// A short form of `npm run simulate`, which prints the whole tables.
const SEEDS = 12;

describe('fleets with nothing planted', () => {
  it('seldom report anything', () => {
    let any = 0;
    for (let seed = 500; seed < 500 + SEEDS; seed++)
      if (trial(undefined, seed, seed % 2 === 0 ? 'none' : 'gaps').report.findings.length > 0) any++;
    // At a rate of 5 % three or more of twelve have a probability of 2 %.
    expect(any).toBeLessThanOrEqual(2);
  }, 60_000);
});

describe('planted causes', () => {
  it.each([
    'bad host',
    'bad release',
    'bad SKU with a kernel',
    'start date',
    'age limit',
    'crash loop',
    'two diseases',
  ])(
    '%s: the first finding',
    (cause) => {
      const first = [600, 601, 602].filter((seed) => trial(cause, seed, 'none').first);
      // At a rate of 95 % two of three fail with a probability of less than 1 %.
      expect(first.length).toBeGreaterThanOrEqual(2);
    },
    60_000,
  );
});
