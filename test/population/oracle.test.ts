import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg, holm } from '../../src/population/statistics/adjust.js';
import { fisherLogP } from '../../src/population/statistics/fisherExact.js';
import { harmonicLogP } from '../../src/population/statistics/harmonicTest.js';
import { exactInterval } from '../../src/population/statistics/oddsRatio.js';
import { rankTest } from '../../src/population/statistics/rankTest.js';
import { rateInterval, rateRatio, shareInterval } from '../../src/population/statistics/rates.js';
import { stratifiedLogP, stratifiedSum } from '../../src/population/statistics/stratifiedTest.js';
import { normalLogTail, twoSidedNormalLogP } from '../../src/population/statistics/normal.js';

// Questions and R's answers, recorded by oracle/answers.R; npm run check:oracles asks R again.
const lines = readFileSync(join(import.meta.dirname, 'oracle/answers.csv'), 'utf8')
  .trim()
  .split('\n');

/** Arguments and answers of one kind of question. */
function questions(name: string): number[][] {
  const found = lines
    .filter((line) => line.startsWith(`${name},`))
    .map((line) =>
      line
        .split(',')
        .slice(1)
        .map((cell) => (cell.trim() === 'Inf' ? Infinity : Number(cell))),
    );
  expect(found.length).toBeGreaterThanOrEqual(1000);
  return found;
}

/** The largest deviation, relative where the answer is not near zero. */
function deviation(ours: number, theirs: number): number {
  if (ours === theirs) return 0;
  return Math.abs(ours - theirs) / Math.max(Math.abs(theirs), 1e-9);
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? NaN;
}

describe('the statistics agree with R', () => {
  it("Fisher's exact test and the conditional interval of the odds ratio", () => {
    for (const [a = 0, b = 0, c = 0, d = 0, p = NaN, low = NaN, high = NaN] of questions('fisher')) {
      const table = { casesInside: a, inside: a + b, casesOutside: c, outside: c + d };
      expect(deviation(Math.exp(fisherLogP(table)), p), `${a} ${b} ${c} ${d}`).toBeLessThan(1e-7);
      const interval = exactInterval(table, 0.95);
      expect(deviation(interval.low, low), `low of ${a} ${b} ${c} ${d}`).toBeLessThan(1e-6);
      expect(deviation(interval.high, high), `high of ${a} ${b} ${c} ${d}`).toBeLessThan(1e-6);
    }
  }, 120_000);

  it('the stratified exact test, and Mantel and Haenszel', () => {
    for (const [k = 0, ...rest] of questions('strata')) {
      const strata = Array.from({ length: k }, (_, i) => {
        // Column by column: cases inside, cases outside, others inside, others outside.
        const [a = 0, b = 0, c = 0, d = 0] = rest.slice(4 * i, 4 * i + 4);
        return { casesInside: a, inside: a + c, casesOutside: b, outside: b + d };
      });
      const [exact = NaN, mantelHaenszel = NaN] = rest.slice(4 * k);
      expect(deviation(Math.exp(stratifiedLogP(strata)), exact), rest.join(' ')).toBeLessThan(1e-6);
      const { observed, expected, variance } = stratifiedSum(strata);
      const distance = Math.abs(observed - expected);
      // At exactly a half R corrects or not, as rounding falls.
      if (Math.abs(distance - 0.5) < 1e-9) continue;
      const corrected = (distance >= 0.5 ? distance - 0.5 : distance) / Math.sqrt(variance);
      expect(deviation(Math.exp(twoSidedNormalLogP(corrected)), mantelHaenszel), rest.join(' ')).toBeLessThan(1e-6);
    }
  });

  it('the rank test, with ties', () => {
    for (const [a = 0, b = 0, ...rest] of questions('ranks')) {
      const { logP, delta } = rankTest(rest.slice(0, a), rest.slice(a, a + b));
      expect(deviation(Math.exp(logP), at(rest, a + b)), rest.join(' ')).toBeLessThan(1e-7);
      expect(Math.abs(delta - at(rest, a + b + 1))).toBeLessThan(1e-8);
    }
  });

  it('corrections for many questions', () => {
    for (const [n = 0, ...rest] of questions('adjust')) {
      const p = rest.slice(0, n);
      benjaminiHochberg(p).forEach((ours, i) => {
        expect(deviation(ours, at(rest, n + i))).toBeLessThan(1e-8);
      });
      holm(p).forEach((ours, i) => {
        expect(deviation(ours, at(rest, 2 * n + i))).toBeLessThan(1e-8);
      });
    }
  });

  it('intervals of shares, of rates and of their ratio', () => {
    for (const [cases = 0, of = 0, low = NaN, high = NaN] of questions('share')) {
      const interval = shareInterval(cases, of);
      expect(Math.abs(interval.low - low)).toBeLessThan(1e-8);
      expect(Math.abs(interval.high - high)).toBeLessThan(1e-8);
    }
    for (const [a = 0, s = 1, b = 0, t = 1, low = NaN, high = NaN, from = NaN, to = NaN, p = NaN] of questions(
      'rates',
    )) {
      const one = rateInterval(a, s);
      expect(deviation(one.low, low)).toBeLessThan(1e-7);
      expect(deviation(one.high, high)).toBeLessThan(1e-7);
      if (a + b === 0) continue;
      const both = rateRatio(a, s, b, t);
      expect(deviation(both.low, from)).toBeLessThan(1e-6);
      expect(deviation(both.high, to)).toBeLessThan(1e-6);
      expect(deviation(both.p, p)).toBeLessThan(1e-6);
    }
  });

  it('the harmonic test around a circle', () => {
    for (const numbers of questions('circle')) {
      const all = numbers.slice(0, 6);
      const n = all.reduce((sum, count) => sum + count, 0);
      const statistic = -2 * harmonicLogP([{ all, cases: numbers.slice(6, 12) }]);
      expect(deviation(statistic, (at(numbers, 12) * (n - 1)) / n), numbers.join(' ')).toBeLessThan(1e-6);
    }
  });

  it('the tail of the normal distribution', () => {
    for (const [z = NaN, logTail = NaN] of questions('tail'))
      expect(deviation(normalLogTail(z), logTail)).toBeLessThan(1e-8);
  });
});
