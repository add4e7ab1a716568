import { type Candidate, score } from './candidate.js';
import type { Comparison } from './comparison.js';
import type { Dimension, Fleet } from './fleet.js';
import { jointGain } from './jointGain.js';
import { isPlace, machineDimensions } from './machines.js';
import { namesOf, sidesOf } from './predicate.js';
import type { Subject } from './subjects.js';

/** So many of the best candidates of a subject are compared with each other. */
const MOST_COMPARED = 40;
const MOST_COMPARED_OF_MANY = 14;
const MANY = 200_000;
/** Behind the leader by no more than this, a candidate may still be the best of all. */
const NEAR = 3;
const MOST_CONTENDERS = 12;

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
  const duel = duels(own, comparison, order);
  // To beat is not transitive where columns have gaps: of those that come near the leader, the one is best whose worst defeat is least.
  const leader = leaderOf(own, duel);
  const near = own.map((_, index) => index).filter((index) => duel(index, leader) >= -NEAR);
  const contenders = near.sort((a, b) => duel(b, leader) - duel(a, leader)).slice(0, MOST_CONTENDERS);
  const worst = (one: number) => contenders.reduce((most, other) => Math.max(most, duel(other, one)), 0);
  const least = contenders.reduce((lowest, one) => Math.min(lowest, worst(one)), Infinity);
  const equals = contenders.filter((one) => worst(one) <= least + SAME).flatMap((one) => own[one] ?? []);
  return equals.reduce<Candidate | undefined>(
    (first, candidate) => (first === undefined || order.column(candidate) < order.column(first) ? candidate : first),
    undefined,
  );
}

/** By how much the first is the better explanation: log-likelihood, and what is to be expected before looking. */
type Duel = (one: number, other: number) => number;

/** Each two candidates are compared once, when they are asked for. */
function duels(own: readonly Candidate[], comparison: Comparison, { prior }: Order): Duel {
  const sides = own.map(({ predicate }) => sidesOf(predicate, comparison.role.length));
  const known = new Map<number, number>();
  const margin = (one: number, other: number): number => {
    const [first, second, firstSides, secondSides] = [own[one], own[other], sides[one], sides[other]];
    if (first === undefined || second === undefined || firstSides === undefined || secondSides === undefined) return 0;
    const gain = jointGain(firstSides, secondSides, comparison);
    return gain.one - first.cost + prior(first, second) - (gain.other - second.cost + prior(second, first));
  };
  return (one, other) => {
    if (one === other) return 0;
    if (one > other) return -marginOf(other, one);
    return marginOf(one, other);
  };

  function marginOf(one: number, other: number): number {
    const key = one * own.length + other;
    const found = known.get(key) ?? margin(one, other);
    known.set(key, found);
    return found;
  }
}

function leaderOf(own: readonly Candidate[], duel: Duel): number {
  let leader = 0;
  for (let pass = 0; pass < 2; pass++)
    own.forEach((_, index) => {
      if (duel(index, leader) > 0) leader = index;
    });
  return leader;
}

/** What speaks for a candidate besides its likelihood. */
export interface Order {
  /** Log-odds before looking, when compared with another. */
  readonly prior: (candidate: Candidate, other: Candidate) => number;
  /** Of equals the one with the lower number is named. */
  readonly column: (candidate: Candidate) => number;
}

/**
 * A bad machine is bad by itself, and drags along the place where it stands. A release or a kernel that goes wrong with
 * one machine only, or at one place only, is more likely one that goes wrong with what the machines there are. Of equals the first is named
 * that the table has, single values before pairs, pairs before times and measures.
 */
export function orderOf(fleet: Fleet): Order {
  const names = fleet.dimensions.map(({ name }) => name);
  const machines = new Set(machineDimensions(fleet).map(({ name }) => name));
  const node = fleet.roles.node?.name;
  const priorInPair = (dimension: Dimension) =>
    machines.has(dimension.name) ? PRIOR_OF_MACHINE_IN_PAIR : isPlace(dimension) ? PRIOR_OF_PLACE_IN_PAIR : 0;
  return {
    prior: ({ predicate }, other) => {
      if (predicate.form === 'value')
        return predicate.dimension.name === node && other.predicate.form !== 'pair' ? PRIOR_OF_MACHINE : 0;
      if (predicate.form !== 'pair') return 0;
      return priorInPair(predicate.first.dimension) + priorInPair(predicate.second.dimension);
    },
    column: ({ predicate }) => {
      if (predicate.form === 'value') return names.indexOf(predicate.dimension.name);
      if (predicate.form !== 'pair') return Infinity;
      return (
        names.length + names.indexOf(predicate.first.dimension.name) + names.indexOf(predicate.second.dimension.name)
      );
    },
  };
}

/** A machine is named unless the data rule it out, at 20 to 1: a place differs from its busiest machine by a few crashes. Not so a pair. */
const PRIOR_OF_MACHINE = Math.log(20);
const PRIOR_OF_PLACE_IN_PAIR = -1;
const PRIOR_OF_MACHINE_IN_PAIR = -2;
/** Log-likelihoods this near to each other are the same: columns that repeat each other. */
const SAME = 1e-6;

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
