import type { Measure } from './fleet.js';

/** A measure cut into few bins, the finer the nearer to its ends: what begins with the last hundred crashes of a million can be seen. */
export interface Bins {
  readonly measure: Measure;
  /** Bin of each episode; MISSING where unknown. */
  readonly of: Uint16Array;
  readonly count: number;
  /** Lowest value of each bin, ascending. */
  readonly lowest: Float64Array;
}

export const MISSING = 65_535;
const EVEN = 160;

export function binsOf(measure: Measure): Bins {
  const known = Float64Array.from(measure.values.filter((value) => !Number.isNaN(value))).sort();
  const n = known.length;
  const at = new Set<number>([0]);
  for (let k = 1; k < EVEN; k++) at.add(Math.floor((k * n) / EVEN));
  for (let size = n / EVEN; size >= 1; size /= 1.5) {
    at.add(Math.floor(size));
    at.add(n - Math.ceil(size));
  }
  const edges = [...new Set([...at].filter((index) => index < n).map((index) => known[index] ?? 0))].sort(
    (a, b) => a - b,
  );
  const lowest = Float64Array.from(edges);
  const of = new Uint16Array(measure.values.length).fill(MISSING);
  for (let i = 0; i < of.length; i++) {
    const value = measure.values[i] ?? NaN;
    if (!Number.isNaN(value)) of[i] = lastAtMost(lowest, value);
  }
  return { measure, of, count: lowest.length, lowest };
}

function lastAtMost(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ascending[middle] ?? Infinity) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
