import { splitGain } from '../statistics/gain.js';
import { CASE, type Comparison, LEFT_OUT } from './comparison.js';
import { INSIDE, UNKNOWN } from './predicate.js';
import { isRepetition } from './repeated.js';

/** What two conditions gain, each by itself, over the episodes for which it is known of both whether they apply. */
export interface JointGain {
  readonly one: number;
  readonly other: number;
  /** Whether they apply to the same episodes, give or take one in fifty. */
  readonly alike: boolean;
}

/** Gains over different episodes cannot be compared, since columns have gaps. Sides as `sidesOf` gives them. */
export function jointGain(
  oneSides: Uint8Array,
  otherSides: Uint8Array,
  { role, stratum, strata }: Comparison,
): JointGain {
  // At stratum * 8 + one * 4 + other * 2 + case.
  const counts = new Int32Array(strata * 8);
  for (let i = 0; i < role.length; i++) {
    const is = role[i] ?? LEFT_OUT;
    const a = oneSides[i] ?? UNKNOWN;
    const b = otherSides[i] ?? UNKNOWN;
    if (is === LEFT_OUT || a === UNKNOWN || b === UNKNOWN) continue;
    const at = (stratum[i] ?? 0) * 8 + (a === INSIDE ? 4 : 0) + (b === INSIDE ? 2 : 0) + (is === CASE ? 1 : 0);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  let one = 0;
  let other = 0;
  let both = 0;
  let either = 0;
  for (let layer = 0; layer < strata; layer++) {
    const n = (a: number, b: number, c: number) => counts[layer * 8 + a * 4 + b * 2 + c] ?? 0;
    const all = (a: number, b: number) => n(a, b, 0) + n(a, b, 1);
    one += splitGain(n(1, 0, 1) + n(1, 1, 1), all(1, 0) + all(1, 1), n(0, 0, 1) + n(0, 1, 1), all(0, 0) + all(0, 1));
    other += splitGain(n(0, 1, 1) + n(1, 1, 1), all(0, 1) + all(1, 1), n(0, 0, 1) + n(1, 0, 1), all(0, 0) + all(1, 0));
    both += all(1, 1);
    either += all(1, 1) + all(1, 0) + all(0, 1);
  }
  return { one, other, alike: isRepetition(both, either) };
}
