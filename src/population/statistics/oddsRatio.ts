import type { TwoByTwo } from './fisherExact.js';
import { logChoose } from './logFactorial.js';
import { normalQuantileOfTail } from './normal.js';

/** An odds ratio with its interval; the upper end is Infinity where no table of these margins bounds it. */
export interface OddsRatio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** Tables with more possible outcomes get the interval of Woolf, which there is the same to the eye. */
const MOST_EXACT = 3000;

/**
 * The odds of cases inside over those outside: of the sample, or with a half added to each cell where one is empty, and the exact
 * conditional interval (Cornfield, Fisher) at this level.
 */
export function oddsRatio(table: TwoByTwo, level = 0.95): OddsRatio {
  const a = table.casesInside;
  const b = table.inside - a;
  const c = table.casesOutside;
  const d = table.outside - c;
  const empty = a === 0 || b === 0 || c === 0 || d === 0;
  const add = empty ? 0.5 : 0;
  const ratio = ((a + add) * (d + add)) / ((b + add) * (c + add));
  const support = Math.min(table.inside, a + c) - Math.max(0, a + c - table.outside);
  if (support > MOST_EXACT) {
    const spread =
      normalQuantileOfTail((1 - level) / 2) * Math.sqrt(1 / (a + add) + 1 / (b + add) + 1 / (c + add) + 1 / (d + add));
    return {
      ratio,
      low: b === 0 || c === 0 || a > 0 ? ratio * Math.exp(-spread) : 0,
      high: b === 0 || c === 0 ? Infinity : ratio * Math.exp(spread),
    };
  }
  return { ratio, ...exactInterval(table, level) };
}

/** The conditional interval: odds ratios at which the table would not be in either tail of (1 - level) / 2. */
export function exactInterval(table: TwoByTwo, level: number): { low: number; high: number } {
  const { casesInside, inside, outside } = table;
  const cases = casesInside + table.casesOutside;
  const from = Math.max(0, cases - outside);
  const to = Math.min(inside, cases);
  const tail = Math.log((1 - level) / 2);
  const densities = new Float64Array(to - from + 1);
  for (let x = from; x <= to; x++) densities[x - from] = logChoose(inside, x) + logChoose(outside, cases - x);
  const logTail = (logOdds: number, first: number, last: number) => {
    const all = logSum(densities, logOdds, 0, to - from);
    return logSum(densities, logOdds, first - from, last - from) - all;
  };
  const low = casesInside === from ? 0 : Math.exp(bisect((logOdds) => logTail(logOdds, casesInside, to) - tail));
  const high =
    casesInside === to ? Infinity : Math.exp(bisect((logOdds) => tail - logTail(logOdds, from, casesInside)));
  return { low, high };
}

function logSum(densities: Float64Array, logOdds: number, first: number, last: number): number {
  let largest = -Infinity;
  for (let i = first; i <= last; i++) largest = Math.max(largest, (densities[i] ?? 0) + i * logOdds);
  let sum = 0;
  for (let i = first; i <= last; i++) sum += Math.exp((densities[i] ?? 0) + i * logOdds - largest);
  return largest + Math.log(sum);
}

/** Where a rising function crosses zero. */
function bisect(rising: (x: number) => number): number {
  let low = -40;
  let high = 40;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
