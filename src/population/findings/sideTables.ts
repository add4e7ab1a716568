import type { TwoByTwo } from '../statistics/fisherExact.js';
import { splitGain } from '../statistics/gain.js';
import { CASE, type Comparison, LEFT_OUT } from './comparison.js';
import { INSIDE, OUTSIDE } from './predicate.js';

/** One table for each stratum of episodes on the two sides. `sides` as `sidesOf` gives them. */
export function tablesOfSides(sides: Uint8Array, { role, stratum, strata }: Comparison): TwoByTwo[] {
  const counts = new Int32Array(strata * 4);
  for (let i = 0; i < sides.length; i++) {
    const side = sides[i] ?? 2;
    const is = role[i] ?? LEFT_OUT;
    if ((side !== INSIDE && side !== OUTSIDE) || is === LEFT_OUT) continue;
    const at = (stratum[i] ?? 0) * 4 + (side === INSIDE ? 0 : 2);
    counts[at] = (counts[at] ?? 0) + 1;
    if (is === CASE) counts[at + 1] = (counts[at + 1] ?? 0) + 1;
  }
  return Array.from({ length: strata }, (_, layer) => ({
    inside: counts[layer * 4] ?? 0,
    casesInside: counts[layer * 4 + 1] ?? 0,
    outside: counts[layer * 4 + 2] ?? 0,
    casesOutside: counts[layer * 4 + 3] ?? 0,
  }));
}

/** Log-likelihood that telling inside from outside gains, over all strata. */
export function gainOf(tables: readonly TwoByTwo[]): number {
  return tables.reduce(
    (sum, { casesInside, inside, casesOutside, outside }) =>
      sum + splitGain(casesInside, inside, casesOutside, outside),
    0,
  );
}
