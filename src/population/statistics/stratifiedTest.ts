import { fisherLogP, type TwoByTwo } from './fisherExact.js';
import { logChoose } from './logFactorial.js';
import { twoSidedNormalLogP } from './normal.js';

/** Beyond this spread of the sum of cases the normal distribution is as good as the exact one. */
const EXACT_SPREAD = 40;
/** Densities further from the mode than this many standard deviations are left out of the exact sum. */
const REACH = 14;

/** What strata say together of cases inside: observed, expected and its variance. */
export interface StratifiedSum {
  readonly observed: number;
  readonly expected: number;
  readonly variance: number;
}

/** Mantel and Haenszel's sums. */
export function stratifiedSum(strata: readonly TwoByTwo[]): StratifiedSum {
  let observed = 0;
  let expected = 0;
  let variance = 0;
  for (const { casesInside, inside, casesOutside, outside } of strata) {
    const all = inside + outside;
    if (all < 2) continue;
    const cases = casesInside + casesOutside;
    observed += casesInside;
    expected += (inside * cases) / all;
    variance += (inside * outside * cases * (all - cases)) / (all * all * (all - 1));
  }
  return { observed, expected, variance };
}

/**
 * ln p, two-sided, that inside and outside differ within the strata: Fisher's exact test in one stratum, its stratified form (the sum
 * of hypergeometric counts) in several, Mantel and Haenszel's with continuity correction where counts are large.
 */
export function stratifiedLogP(strata: readonly TwoByTwo[]): number {
  const telling = strata.filter(
    ({ casesInside, inside, casesOutside, outside }) =>
      inside > 0 && outside > 0 && casesInside + casesOutside > 0 && casesInside + casesOutside < inside + outside,
  );
  const [only] = telling;
  if (only === undefined) return 0;
  if (telling.length === 1) return fisherLogP(only);
  const { observed, expected, variance } = stratifiedSum(telling);
  if (variance === 0) return 0;
  if (Math.sqrt(variance) > EXACT_SPREAD) {
    const distance = Math.max(0, Math.abs(observed - expected) - 0.5);
    return twoSidedNormalLogP(distance / Math.sqrt(variance));
  }
  return exactLogP(telling, observed);
}

function exactLogP(strata: readonly TwoByTwo[], observed: number): number {
  let sum: Counts = { from: 0, logDensity: Float64Array.of(0) };
  for (const stratum of strata) sum = convolve(sum, countsOf(stratum));
  const at = observed - sum.from;
  const limit = (sum.logDensity[at] ?? -Infinity) + 1e-7;
  let largest = -Infinity;
  for (const value of sum.logDensity) if (value <= limit && value > largest) largest = value;
  if (largest === -Infinity) return -700;
  let total = 0;
  for (const value of sum.logDensity) if (value <= limit) total += Math.exp(value - largest);
  return Math.min(0, largest + Math.log(total));
}

/** Densities of a count, from `from` on. */
interface Counts {
  readonly from: number;
  readonly logDensity: Float64Array;
}

function countsOf({ casesInside, inside, casesOutside, outside }: TwoByTwo): Counts {
  const cases = casesInside + casesOutside;
  const all = inside + outside;
  const mean = (inside * cases) / all;
  const reach = 2 + REACH * Math.sqrt((inside * outside * cases * (all - cases)) / (all * all * Math.max(1, all - 1)));
  // What was observed is kept in any case.
  const low = Math.max(0, cases - outside, Math.min(casesInside, Math.floor(mean - reach)));
  const high = Math.min(inside, cases, Math.max(casesInside, Math.ceil(mean + reach)));
  const total = logChoose(all, cases);
  const logDensity = new Float64Array(high - low + 1);
  for (let x = low; x <= high; x++) logDensity[x - low] = logChoose(inside, x) + logChoose(outside, cases - x) - total;
  return { from: low, logDensity };
}

function convolve(a: Counts, b: Counts): Counts {
  const length = a.logDensity.length + b.logDensity.length - 1;
  const logDensity = new Float64Array(length);
  for (let at = 0; at < length; at++) {
    const first = Math.max(0, at - b.logDensity.length + 1);
    const last = Math.min(at, a.logDensity.length - 1);
    let largest = -Infinity;
    for (let i = first; i <= last; i++) {
      const value = (a.logDensity[i] ?? 0) + (b.logDensity[at - i] ?? 0);
      if (value > largest) largest = value;
    }
    let total = 0;
    for (let i = first; i <= last; i++)
      total += Math.exp((a.logDensity[i] ?? 0) + (b.logDensity[at - i] ?? 0) - largest);
    logDensity[at] = largest + Math.log(total);
  }
  return { from: a.from + b.from, logDensity };
}
