import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeBins } from '../../../webview/population/model/timeBins.js';

const HOUR = 3_600_000;

describe('the bins of a timeline', () => {
  it('hold each time between their borders, and are few', () => {
    const time = fc.integer({ min: Date.UTC(1999), max: Date.UTC(2040) });
    fc.assert(
      fc.property(fc.array(fc.oneof(time, fc.constant(NaN)), { minLength: 1, maxLength: 40 }), (times) => {
        const bins = timeBins(Float64Array.from(times));
        if (times.every((value) => Number.isNaN(value))) {
          expect(bins).toBeUndefined();
          return;
        }
        expect(bins?.size).toBeLessThan(180);
        for (const [row, value] of times.entries()) {
          const code = bins?.codes[row] ?? 0;
          expect(code === 0).toBe(Number.isNaN(value));
          if (code === 0) continue;
          expect(value).toBeGreaterThanOrEqual(bins?.borders[code - 1] ?? NaN);
          expect(value).toBeLessThan(bins?.borders[code] ?? NaN);
        }
      }),
    );
  });

  it('are cut at round times', () => {
    const start = Date.UTC(2026, 4, 2, 10, 20);
    const bins = timeBins(Float64Array.from([start, start + 100 * HOUR]));
    expect(bins?.unit).toBe('hour');
    expect(bins?.borders[0]).toBe(Date.UTC(2026, 4, 2, 10));
    const month = timeBins(Float64Array.from([start, start + 30 * 24 * HOUR]));
    expect(month?.unit).toBe('6 hours');
    expect(new Date(month?.borders[0] ?? 0).toISOString()).toBe('2026-05-02T06:00:00.000Z');
  });

  it('reach over all crashes of one moment', () => {
    const bins = timeBins(Float64Array.from([HOUR, HOUR]));
    expect([...(bins?.codes ?? [])]).toEqual([1, 1]);
  });

  it('of a part leave what is outside alone', () => {
    const bins = timeBins(Float64Array.from([0, HOUR, 2 * HOUR, 50 * HOUR]), [HOUR, 3 * HOUR]);
    expect([...(bins?.codes ?? [])].map(Boolean)).toEqual([false, true, true, false]);
  });
});
