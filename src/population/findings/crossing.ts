import type { TwoByTwo } from '../statistics/fisherExact.js';
import { CASE, type Comparison, LEFT_OUT } from './comparison.js';
import { INSIDE, OUTSIDE, UNKNOWN, type ValuePredicate } from './predicate.js';

/** How many episodes, and how many cases among them, lie on which side of each of two conditions. */
export interface Crossing {
  readonly strata: number;
  /** At ((stratum * 3 + side of the first) * 3 + side of the second) * 2: episodes, and behind them cases. */
  readonly counts: Int32Array;
}

/** The sides that a table has inside, and those that it has outside: [of the first, of the second]. */
interface Split {
  readonly inside: readonly (readonly [number, number])[];
  readonly outside: readonly (readonly [number, number])[];
}

/** Counted in one pass over the episodes: of a large fleet each pass tells. `firstSides` as `sidesOf` gives them. */
export function crossingOf(
  firstSides: Uint8Array,
  { dimension: { codes }, code: wanted }: ValuePredicate,
  { role, stratum, strata }: Comparison,
): Crossing {
  const counts = new Int32Array(strata * 18);
  for (let i = 0; i < role.length; i++) {
    const is = role[i] ?? LEFT_OUT;
    if (is === LEFT_OUT) continue;
    const code = codes[i] ?? -1;
    const side = code === wanted ? INSIDE : code >= 0 ? OUTSIDE : UNKNOWN;
    const at = (((stratum[i] ?? 0) * 3 + (firstSides[i] ?? UNKNOWN)) * 3 + side) * 2;
    counts[at] = (counts[at] ?? 0) + 1;
    if (is === CASE) counts[at + 1] = (counts[at + 1] ?? 0) + 1;
  }
  return { strata, counts };
}

/** The first and the second condition change places. */
export function turned({ strata, counts }: Crossing): Crossing {
  const turnedCounts = new Int32Array(counts.length);
  for (let layer = 0; layer < strata; layer++)
    for (let first = 0; first < 3; first++)
      for (let second = 0; second < 3; second++)
        for (let is = 0; is < 2; is++)
          turnedCounts[((layer * 3 + second) * 3 + first) * 2 + is] =
            counts[((layer * 3 + first) * 3 + second) * 2 + is] ?? 0;
  return { strata, counts: turnedCounts };
}

const BOTH: Split['inside'] = [[INSIDE, INSIDE]];

/** Both against not both. What is outside of one is outside of both, whatever the other. */
const PAIR: Split = {
  inside: BOTH,
  outside: [
    [OUTSIDE, OUTSIDE],
    [OUTSIDE, INSIDE],
    [OUTSIDE, UNKNOWN],
    [INSIDE, OUTSIDE],
    [UNKNOWN, OUTSIDE],
  ],
};
/** The same, over the episodes for which it is known of the first condition whether it applies. */
const PAIR_WHERE_FIRST_IS_KNOWN: Split = {
  inside: BOTH,
  outside: PAIR.outside.filter(([first]) => first !== UNKNOWN),
};
/** The first condition alone, over those same episodes. */
const FIRST_WHERE_PAIR_IS_KNOWN: Split = {
  inside: [...BOTH, [INSIDE, OUTSIDE]],
  outside: PAIR.outside.filter(([first]) => first === OUTSIDE),
};
/** Where the first condition holds: the second against its contrary. */
const SECOND_WITHIN_FIRST: Split = { inside: BOTH, outside: [[INSIDE, OUTSIDE]] };

export const pairTables = (crossing: Crossing): TwoByTwo[] => tablesOf(crossing, PAIR);
export const pairTablesWhereFirstIsKnown = (crossing: Crossing): TwoByTwo[] =>
  tablesOf(crossing, PAIR_WHERE_FIRST_IS_KNOWN);
export const firstTablesWherePairIsKnown = (crossing: Crossing): TwoByTwo[] =>
  tablesOf(crossing, FIRST_WHERE_PAIR_IS_KNOWN);
export const secondTablesWithinFirst = (crossing: Crossing): TwoByTwo[] => tablesOf(crossing, SECOND_WITHIN_FIRST);

/** One table for each stratum. */
function tablesOf({ strata, counts }: Crossing, { inside, outside }: Split): TwoByTwo[] {
  const sum = (layer: number, sides: Split['inside'], is: 0 | 1) =>
    sides.reduce((total, [first, second]) => total + (counts[((layer * 3 + first) * 3 + second) * 2 + is] ?? 0), 0);
  return Array.from({ length: strata }, (_, layer) => ({
    inside: sum(layer, inside, 0),
    casesInside: sum(layer, inside, 1),
    outside: sum(layer, outside, 0),
    casesOutside: sum(layer, outside, 1),
  }));
}
