/** Between two neighbouring values an edge can lie anywhere: from above `below` up to `value`. */
export interface EdgeGap {
  readonly below: number;
  readonly value: number;
  /** Log-likelihood gained with an edge there. */
  readonly gain: number;
}

/** Which side of a range an edge is: of a `low` one the inside lies above, of a `high` one below. */
export type EdgeSide = 'low' | 'high';

/** Limits that differ by no more than this factor are the same to a reader. */
const SAME = 1.1;

/**
 * The gap in which an edge of positive numbers most probably lies. The one that gains most may be held far out by one odd case (a wrong
 * label) with hardly a value around it, while a wide gap before it gains nearly as much. So each gap has a probability, its likelihood times
 * its width as ratios go, and the place is sought around which most of it lies, give or take `SAME`. `undefined` where no gap is of positive
 * numbers.
 *
 * @param gaps ascending, touching each other
 */
export function likeliestEdge(gaps: readonly EdgeGap[]): EdgeGap | undefined {
  const positive = gaps.filter(({ below }) => below > 0);
  const most = positive.reduce((best, { gain }) => Math.max(best, gain), -Infinity);
  const [first] = positive;
  if (first === undefined) return undefined;
  const borders = Float64Array.from([first.below, ...positive.map(({ value }) => value)], Math.log);
  const density = Float64Array.from(positive, ({ gain }) => Math.exp(gain - most));
  const reach = Math.log(SAME);
  let largest = 0;
  let from = 0;
  // Where most of the probability lies, the window ends or begins at a border.
  for (const border of borders)
    for (const begin of [border - 2 * reach, border]) {
      const mass = massWithin(borders, density, begin, begin + 2 * reach);
      if (mass <= largest) continue;
      largest = mass;
      from = begin;
    }
  let best: EdgeGap | undefined;
  let heaviest = 0;
  positive.forEach((gap, at) => {
    const mass = (density[at] ?? 0) * overlap(borders, at, from, from + 2 * reach);
    if (mass <= heaviest) return;
    heaviest = mass;
    best = gap;
  });
  return best;
}

function massWithin(borders: Float64Array, density: Float64Array, from: number, to: number): number {
  let low = 0;
  let high = density.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((borders[middle + 1] ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  let mass = 0;
  for (let at = low; at < density.length && (borders[at] ?? 0) < to; at++)
    mass += (density[at] ?? 0) * overlap(borders, at, from, to);
  return mass;
}

/** How much of a gap lies within, in logarithms. */
function overlap(borders: Float64Array, at: number, from: number, to: number): number {
  return Math.max(0, Math.min(to, borders[at + 1] ?? 0) - Math.max(from, borders[at] ?? 0));
}

/** A round number for an edge in a gap, near the values inside: of what lies beyond them they say nothing. */
export function namedEdge({ below, value }: EdgeGap, which: EdgeSide): number {
  if (!(below > 0)) return roundest(below, value);
  return which === 'high'
    ? roundest(below, Math.min(value, below * SAME))
    : roundest(Math.max(below, value / SAME), value);
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
