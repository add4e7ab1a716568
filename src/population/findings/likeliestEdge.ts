/** Between two neighbouring values an edge can lie anywhere: from above `below` up to `value`. */
export interface EdgeGap {
  readonly below: number;
  readonly value: number;
  /** Log-likelihood gained with an edge there. */
  readonly gain: number;
}

/** Which side of a range an edge is: of a `low` one the inside lies above, of a `high` one below. */
export type EdgeSide = 'low' | 'high';

/** Values this many times an edge, and this part of it, are near enough to say how densely cases come on either side. */
const NEIGHBOURHOOD = 2;
/** A limit whose likelihood is less than the best by no more than this remains possible: 20 to 1. */
const POSSIBLE = Math.log(20);
/** The number named for an edge is at most so many times the last value inside of it. */
const BEYOND = 1.1;

/**
 * The gap in which an edge of positive numbers most probably lies. The one that gains most may be held far out by one odd case (a wrong
 * label) where hardly anything crashes that could contradict it. So of all gaps that remain possible the one is taken at which cases also thin out most:
 * what makes them stops there, and what comes later comes one by one. `undefined` where no gap is of positive numbers.
 *
 * @param gaps ascending, touching each other
 * @param cases values of the cases, ascending
 */
export function likeliestEdge(gaps: readonly EdgeGap[], which: EdgeSide, cases: Float64Array): EdgeGap | undefined {
  const positive = gaps.filter(({ below }) => below > 0);
  const most = positive.reduce((best, { gain }) => Math.max(best, gain), -Infinity);
  let best: EdgeGap | undefined;
  let highest = -Infinity;
  for (const gap of positive) {
    if (gap.gain < most - POSSIBLE) continue;
    const score = gap.gain + thinning(namedEdge(gap, which), which, cases);
    if (score <= highest) continue;
    highest = score;
    best = gap;
  }
  return best;
}

/** Log-likelihood gained by a change of the rate of cases at an edge, over its neighbourhood; 0 where they are no rarer outside. */
function thinning(edge: number, which: EdgeSide, cases: Float64Array): number {
  const at = firstAtLeast(cases, edge);
  const below = at - firstAtLeast(cases, edge / NEIGHBOURHOOD);
  const above = firstAtLeast(cases, edge * NEIGHBOURHOOD) - at;
  const all = below + above;
  const shareBelow = 1 / (1 + NEIGHBOURHOOD);
  const expected = which === 'high' ? below / all > shareBelow : below / all < shareBelow;
  if (all === 0 || !expected) return 0;
  const gained = (count: number, share: number) => (count === 0 ? 0 : count * Math.log(count / (all * share)));
  return gained(below, shareBelow) + gained(above, 1 - shareBelow);
}

function firstAtLeast(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A round number for an edge in a gap, near the values inside: of what lies beyond them they say nothing. */
export function namedEdge({ below, value }: EdgeGap, which: EdgeSide): number {
  if (!(below > 0)) return roundest(below, value);
  return which === 'high'
    ? roundest(below, Math.min(value, below * BEYOND))
    : roundest(Math.max(below, value / BEYOND), value);
}

/** The number with the fewest digits above `below`, at most `value`. */
export function roundest(below: number, value: number): number {
  if (!Number.isFinite(below)) return value;
  for (let digits = -12; digits <= 12; digits++) {
    const scale = 10 ** digits;
    for (const step of [5, 2, 1]) {
      const unit = step / scale;
      const rounded = Math.floor(value / unit) * unit;
      if (rounded > below && rounded <= value) return Number(rounded.toPrecision(12));
    }
  }
  return value;
}
