import { splitGain } from '../statistics/gain.js';
import type { Candidate } from './candidate.js';
import { CASE, type Comparison, LEFT_OUT } from './comparison.js';
import type { Fleet } from './fleet.js';
import { INSIDE, namesOf, type Predicate, sidesOf, UNKNOWN } from './predicate.js';
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
  columns: readonly string[] = [],
): Candidate | undefined {
  // Of equals: columns as the caller has them, the machine's first, then pairs, then times and measures.
  const order = ({ predicate }: Candidate) => {
    if (predicate.form === 'value') return columns.indexOf(predicate.dimension.name);
    return predicate.form === 'pair' ? columns.length : columns.length + 1;
  };
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

/** Columns in the order in which equals are preferred: the machine's first, then as the table has them. */
export function preferredColumns(fleet: Fleet): readonly string[] {
  const node = fleet.roles.node?.name;
  const names = fleet.dimensions.map(({ name }) => name);
  return node === undefined ? names : [node, ...names.filter((name) => name !== node)];
}

/** Log-likelihoods this near to each other are the same: columns that repeat each other differ by a row. */
const TIE = 0.7;
const TIE_OF_MACHINE = 2;

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
  order: (candidate: Candidate) => number,
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
  // A machine and the place it stands in: the machine, unless the place says clearly more.
  const ties = order(challenger) === 0 || order(holder) === 0 ? TIE_OF_MACHINE : TIE;
  // A pair and its half are no repetition of each other: what a pair must say more is its cost already.
  const nested = isHalf(challenger.predicate, holder.predicate) || isHalf(holder.predicate, challenger.predicate);
  if (Math.abs(difference) > (nested ? 0 : ties)) return difference > 0;
  return order(challenger) < order(holder);
}

function isHalf(half: Predicate, pair: Predicate): boolean {
  if (half.form !== 'value' || pair.form !== 'pair') return false;
  return [pair.first, pair.second].some(({ dimension, code }) => dimension === half.dimension && code === half.code);
}
