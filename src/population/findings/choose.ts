import { splitGain } from '../statistics/gain.js';
import type { Candidate } from './candidate.js';
import { CASE, type Comparison, LEFT_OUT } from './comparison.js';
import type { Dimension, Fleet } from './fleet.js';
import { isPlace, machineDimensions } from './machines.js';
import { INSIDE, namesOf, type Predicate, sidesOf, UNKNOWN } from './predicate.js';
import { isRepetition } from './repeated.js';
import type { Subject } from './subjects.js';

/** So many of the best candidates of a subject are compared with each other. */
const MOST_COMPARED = 40;
const MOST_COMPARED_OF_MANY = 14;
const MANY = 200_000;

/** A finer subject must explain this much more than its label does, to be worth the narrower statement. */
const FINER = { label: 1, kind: 1.2, signature: 1.3 } as const;

/**
 * The best explanation among candidates. Gains over different episodes cannot be compared, since columns have gaps: two candidates are
 * compared over the episodes where both are known.
 *
 * @param comparisonOf what each subject is compared with at this point
 */
export function chooseBest(
  candidates: readonly Candidate[],
  comparisonOf: (subject: Subject) => Comparison,
  order: Order,
): Candidate | undefined {
  const strong = strongest(candidates);
  if (strong === undefined) return undefined;
  const leading = mirrored(strong, candidates, comparisonOf(strong.subject).role.length);
  const comparison = comparisonOf(leading.subject);
  const episodes = comparison.role.length;
  const own = candidates
    .filter(({ subject }) => subject === leading.subject)
    .sort((a, b) => score(b) - score(a))
    .slice(0, episodes > MANY ? MOST_COMPARED_OF_MANY : MOST_COMPARED);
  const sides = own.map(({ predicate }) => sidesOf(predicate, episodes));
  let champion = 0;
  // Twice, since to beat is not transitive.
  for (let pass = 0; pass < 2; pass++)
    own.forEach((challenger, index) => {
      const holder = own[champion];
      if (index === champion || holder === undefined) return;
      if (beats(challenger, sides[index], holder, sides[champion], comparison, order)) champion = index;
    });
  return own[champion];
}

/** Of equals the one with the lower number is named. */
export type Order = (candidate: Candidate) => number;

/**
 * Columns as the table has them, but the machine's first, then pairs, then times and measures. Among pairs the same, but
 * places (region, rack) behind the others and machines last: a bad machine is bad by itself, and a release or a kernel that goes wrong with
 * one machine only, or at one place only, is more likely one that goes wrong with what the machines there are.
 */
export function orderOf(fleet: Fleet): Order {
  const names = fleet.dimensions.map(({ name }) => name);
  const machines = new Set(machineDimensions(fleet).map(({ name }) => name));
  const node = fleet.roles.node?.name;
  const placeInPair = (dimension: Dimension) => {
    const behind = machines.has(dimension.name) ? 2 : isPlace(dimension) ? 1 : 0;
    return names.indexOf(dimension.name) + behind * names.length;
  };
  return ({ predicate }) => {
    if (predicate.form === 'value') {
      const { name } = predicate.dimension;
      return name === node ? 0 : 1 + names.indexOf(name);
    }
    if (predicate.form !== 'pair') return Infinity;
    const { first, second } = predicate;
    return 1 + names.length + placeInPair(first.dimension) + placeInPair(second.dimension);
  };
}

/** Log-likelihoods this near to each other are the same: columns that repeat each other differ by a row. */
const TIE = 0.7;
const TIE_OF_MACHINE = 2;
/** Where columns divide the crashes alike, the few rows on which they differ must say clearly which it is. */
const TIE_OF_ALIKE = 2;

function score({ gain, cost }: Candidate): number {
  return gain - cost;
}

/** By subject: the label before its kinds and signatures, the rarer of mirror images, what is in excess before what is lacking. */
function strongest(candidates: readonly Candidate[]): Candidate | undefined {
  let best: Candidate | undefined;
  let most = -Infinity;
  for (const candidate of candidates) {
    const rank = score(candidate) / FINER[candidate.subject.level];
    if (best === undefined || rank > most + 1e-6 || (rank > most - 1e-6 && preferred(candidate, best))) {
      best = candidate;
      most = Math.max(most, rank);
    }
  }
  return best;
}

/** Of the most common subject much can be said that is news of a rarer one: that one's, where it says nearly as much of the same columns. */
function mirrored(leading: Candidate, candidates: readonly Candidate[], episodes: number): Candidate {
  const rest = leading.subject.level === 'label' && leading.subject.label === REST;
  if (!rest && leading.subject.episodes.length <= episodes / 2) return leading;
  const columns = namesOf(leading.predicate).join('\0');
  const rarer = candidates.filter(
    (candidate) =>
      candidate.subject.level === leading.subject.level &&
      (candidate.subject.level !== 'label' || candidate.subject.label !== REST) &&
      (rest || candidate.subject.episodes.length <= episodes / 2) &&
      candidate.excess &&
      score(candidate) >= MIRRORED * score(leading) &&
      namesOf(candidate.predicate).join('\0') === columns,
  );
  return strongest(rarer) ?? leading;
}

const MIRRORED = 0.6;
/** The label of what has no label of its own. */
const REST = 'other';

function preferred(candidate: Candidate, other: Candidate): boolean {
  if (candidate.excess !== other.excess) return candidate.excess;
  return candidate.subject.episodes.length < other.subject.episodes.length;
}

function beats(
  challenger: Candidate,
  challengerSides: Uint8Array | undefined,
  holder: Candidate,
  holderSides: Uint8Array | undefined,
  { role, stratum, strata }: Comparison,
  order: Order,
): boolean {
  if (challengerSides === undefined || holderSides === undefined) return false;
  // At layer * 8 + challenger * 4 + holder * 2 + case.
  const counts = new Int32Array(strata * 8);
  for (let i = 0; i < role.length; i++) {
    const is = role[i] ?? LEFT_OUT;
    const a = challengerSides[i] ?? UNKNOWN;
    const b = holderSides[i] ?? UNKNOWN;
    if (is === LEFT_OUT || a === UNKNOWN || b === UNKNOWN) continue;
    const at = (stratum[i] ?? 0) * 8 + (a === INSIDE ? 4 : 0) + (b === INSIDE ? 2 : 0) + (is === CASE ? 1 : 0);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  let challengerGain = 0;
  let holderGain = 0;
  for (let layer = 0; layer < strata; layer++) {
    const n = (a: number, b: number, c: number) => counts[layer * 8 + a * 4 + b * 2 + c] ?? 0;
    const all = (a: number, b: number) => n(a, b, 0) + n(a, b, 1);
    challengerGain += splitGain(
      n(1, 0, 1) + n(1, 1, 1),
      all(1, 0) + all(1, 1),
      n(0, 0, 1) + n(0, 1, 1),
      all(0, 0) + all(0, 1),
    );
    holderGain += splitGain(
      n(0, 1, 1) + n(1, 1, 1),
      all(0, 1) + all(1, 1),
      n(0, 0, 1) + n(1, 0, 1),
      all(0, 0) + all(1, 0),
    );
  }
  const difference = challengerGain - challenger.cost - (holderGain - holder.cost);
  const tie = tieOf(challenger, holder, dividesAlike(counts, strata), order);
  if (Math.abs(difference) > tie) return difference > 0;
  return order(challenger) < order(holder);
}

/** How near gains are that say nothing of which is the better explanation. */
function tieOf(one: Candidate, other: Candidate, alike: boolean, order: Order): number {
  // A pair and its half are no repetition of each other: what a pair must say more is its cost already.
  if (isHalf(one.predicate, other.predicate) || isHalf(other.predicate, one.predicate)) return 0;
  if (alike) return TIE_OF_ALIKE;
  if (one.predicate.form === 'pair' || other.predicate.form === 'pair') return 0;
  // A machine and the place it stands in: the machine, unless the place says clearly more.
  return order(one) === 0 || order(other) === 0 ? TIE_OF_MACHINE : TIE;
}

/** Whether two candidates apply to the same episodes, give or take one in fifty. `counts` as above. */
function dividesAlike(counts: Int32Array, strata: number): boolean {
  let both = 0;
  let either = 0;
  for (let layer = 0; layer < strata; layer++)
    for (let sides = 1; sides < 4; sides++) {
      const n = (counts[layer * 8 + sides * 2] ?? 0) + (counts[layer * 8 + sides * 2 + 1] ?? 0);
      either += n;
      if (sides === 3) both += n;
    }
  return isRepetition(both, either);
}

function isHalf(half: Predicate, pair: Predicate): boolean {
  if (half.form !== 'value' || pair.form !== 'pair') return false;
  return [pair.first, pair.second].some(({ dimension, code }) => dimension === half.dimension && code === half.code);
}
