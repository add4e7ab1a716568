import { describe, expect, it } from 'vitest';
import { strangerTrial } from './trials.js';

// A short form of `npm run simulate -- 200 all strangers`.
describe('fleets of a second hand', () => {
  it('seldom report anything when nothing is planted', () => {
    const alarms = [0, 1, 2, 3, 4, 5, 6, 7].filter(
      (seed) => strangerTrial(undefined, seed, seed % 2 === 0 ? 'none' : 'gaps').report.findings.length > 0,
    );
    // At a rate of 5 % three or more of eight have a probability of 0.6 %.
    expect(alarms.length).toBeLessThanOrEqual(2);
  }, 120_000);

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
      const found = [21, 23, 24].filter((seed) => strangerTrial(cause, seed, 'none').first);
      expect(found.length).toBeGreaterThanOrEqual(2);
    },
    120_000,
  );
});
