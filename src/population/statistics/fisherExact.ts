import { logAdd, logChoose } from './logFactorial.js';

/** A two-by-two table: cases and others, inside and outside of a value. Whole numbers, none negative. */
export interface TwoByTwo {
  readonly casesInside: number;
  readonly inside: number;
  readonly casesOutside: number;
  readonly outside: number;
}

/** ln p of Fisher's exact test, two-sided: all tables with the same margins that are no more likely than this one. At most 0. */
export function fisherLogP(table: TwoByTwo): number {
  const { casesInside, inside, casesOutside, outside } = table;
  const cases = casesInside + casesOutside;
  const low = Math.max(0, cases - outside);
  const high = Math.min(inside, cases);
  if (low === high) return 0;
  const density = (x: number) =>
    logChoose(inside, x) + logChoose(outside, cases - x) - logChoose(inside + outside, cases);
  const ratioUp = (x: number) => ((inside - x) * (cases - x)) / ((x + 1) * (outside - cases + x + 1));
  const observed = density(casesInside);
  const mode = Math.min(high, Math.max(low, Math.floor(((inside + 1) * (cases + 1)) / (inside + outside + 2))));
  // As R has it: equal up to rounding counts as equal.
  const limit = observed + 1e-7;
  let ownTail: number;
  let otherTail = -Infinity;
  if (casesInside >= mode) {
    ownTail = observed + Math.log(tailSum(casesInside, high, ratioUp));
    // The peak itself may be as likely as what was observed.
    const end = lastBelow(low, Math.min(mode + 1, casesInside), density, limit);
    if (end >= low) otherTail = density(end) + Math.log(tailSumDown(end, low, ratioUp));
  } else {
    ownTail = observed + Math.log(tailSumDown(casesInside, low, ratioUp));
    const begin = firstBelow(mode, high, density, limit);
    if (begin <= high) otherTail = density(begin) + Math.log(tailSum(begin, high, ratioUp));
  }
  return Math.min(0, logAdd(ownTail, otherTail));
}

/** ln p of the most extreme table that these margins allow: what a test of them can reach at best, for Tarone's correction. */
export function smallestFisherLogP(inside: number, outside: number, cases: number): number {
  const total = logChoose(inside + outside, cases);
  const most = Math.min(inside, cases);
  const least = Math.max(0, cases - outside);
  const atMost = logChoose(inside, most) + logChoose(outside, cases - most) - total;
  const atLeast = logChoose(inside, least) + logChoose(outside, cases - least) - total;
  return Math.min(atMost, atLeast);
}

/** Sum of densities from x up, in units of that of x. The terms shrink geometrically beyond the mode. */
function tailSum(x: number, high: number, ratioUp: (x: number) => number): number {
  let term = 1;
  let sum = 1;
  for (let at = x; at < high; at++) {
    term *= ratioUp(at);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

function tailSumDown(x: number, low: number, ratioUp: (x: number) => number): number {
  let term = 1;
  let sum = 1;
  for (let at = x; at > low; at--) {
    term /= ratioUp(at - 1);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

/** The last x of [low, beyond) whose density is at most the limit, or low - 1. Densities rise towards the mode. */
function lastBelow(low: number, beyond: number, density: (x: number) => number, limit: number): number {
  let from = low - 1;
  let to = beyond;
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if (density(middle) <= limit) from = middle;
    else to = middle;
  }
  return from;
}

function firstBelow(mode: number, high: number, density: (x: number) => number, limit: number): number {
  let from = mode - 1;
  let to = high + 1;
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if (density(middle) <= limit) to = middle;
    else from = middle;
  }
  return to;
}
