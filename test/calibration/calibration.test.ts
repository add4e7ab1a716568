import { beforeAll, describe, expect, it } from 'vitest';
import { type JudgedCase, judgedCases } from './outcomes.js';
import { brierScore, crossValidatedBrier, reliabilityTable, wilson } from './statistics.js';

/** Of the made cores every other one is judged: `npm run calibrate` judges all. */
const EVERY = 2;

describe('confidence', () => {
  let cases: readonly JudgedCase[];
  beforeAll(() => {
    cases = [...judgedCases(EVERY, 1)];
  }, 120_000);

  const sure = (chosen: readonly JudgedCase[]): readonly JudgedCase[] =>
    chosen.filter(({ confidence }) => confidence >= 0.9);
  const rightShare = (chosen: readonly JudgedCase[]): number =>
    chosen.filter(({ right }) => right).length / chosen.length;

  it('of 0.9 and above is right in 99 of 100, and is reached by 70 of 100, with the binaries', () => {
    const chosen = cases.filter(({ binaries }) => binaries);
    expect(chosen.length).toBeGreaterThan(250);
    expect(sure(chosen).length / chosen.length).toBeGreaterThanOrEqual(0.7);
    expect(rightShare(sure(chosen))).toBeGreaterThanOrEqual(0.99);
    expect(brierScore(chosen)).toBeLessThan(0.05);
  });

  it('of 0.9 and above is right in 99 of 100 without the binaries too', () => {
    const chosen = cases.filter(({ binaries }) => !binaries);
    expect(sure(chosen).length).toBeGreaterThan(30);
    expect(rightShare(sure(chosen))).toBeGreaterThanOrEqual(0.99);
    expect(brierScore(chosen)).toBeLessThan(0.08);
  });

  it('without the binaries never gives a label of its own to what is another', () => {
    const wrong = cases.filter(
      ({ binaries, said, truth, confidence }) =>
        !binaries && confidence >= 0.9 && said.split(' ')[0] !== truth.split(' ')[0],
    );
    expect(wrong.map(({ name, said }) => `${name}: ${said}`)).toEqual([]);
  });

  it('is told apart: what is wrong is said with less confidence than what is right', () => {
    const mean = (chosen: readonly JudgedCase[]): number =>
      chosen.reduce((sum, { confidence }) => sum + confidence, 0) / chosen.length;
    expect(mean(cases.filter(({ right }) => !right))).toBeLessThan(mean(cases.filter(({ right }) => right)) - 0.3);
  });
});

describe('the statistics', () => {
  it('agree with published intervals', () => {
    // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20 and 1 of 29, method 3.
    for (const [right, count, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const) {
      const interval = wilson(right, count);
      expect(interval[0]).toBeCloseTo(low, 4);
      expect(interval[1]).toBeCloseTo(high, 4);
    }
  });

  it('count every verdict once, and see an overconfident judge', () => {
    const boastful = Array.from({ length: 40 }, (_, i) => ({
      program: `p${Math.floor(i / 10)}`,
      confidence: 0.95,
      right: i % 2 === 0 || i % 8 === 1,
    }));
    const rows = reliabilityTable(boastful);
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(40);
    expect(rows.at(-1)).toMatchObject({ count: 40, right: 25 });
    expect(brierScore(boastful)).toBeCloseTo((25 * 0.05 ** 2 + 15 * 0.95 ** 2) / 40, 10);
    expect(crossValidatedBrier(boastful)).toBeLessThan(brierScore(boastful));
  });
});
