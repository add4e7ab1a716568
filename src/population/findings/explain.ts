import type { Random } from '../statistics/random.js';
import type { Candidate } from './candidate.js';
import { chooseBest, orderOf } from './choose.js';
import { againstAll, CASE, type Comparison, LEFT_OUT, MOST_STRATA, OTHER } from './comparison.js';
import { adjustedLogP, ALPHA, correctedLogP, type Correction, PERMUTED_ALPHA } from './family.js';
import type { Fleet } from './fleet.js';
import { type Asked, permutedP } from './permutations.js';
import { INSIDE, type Predicate, sidesOf, UNKNOWN } from './predicate.js';
import { refined } from './refineRange.js';
import { type Rival, rivalsOf } from './rivals.js';
import { scanDimension } from './scanDimension.js';
import { scanPairs } from './scanPairs.js';
import { scanRange } from './scanRange.js';
import { scanRhythm } from './scanRhythm.js';
import type { Subject } from './subjects.js';

/** A candidate that nothing else explains, and those that it does. */
export interface Explanation {
  readonly best: Candidate;
  /** ln p, family-wise. */
  readonly logPAdjusted: number;
  readonly follows: readonly Candidate[];
  /** Of those, what explains the same cases nearly as well. */
  readonly rivals: readonly Rival[];
}

const MOST_FINDINGS = 40;
/** What remains of a subject after its main explanation must be this share of it, or it is what the explanation's edge left over. */
const LEAST_REMAINDER = 0.03;
/** What is less significant than the best by more than this (ln p) is no contender. */
const CONTENDING = 4;
/** Episodes of a large fleet. */
const MANY = 50_000;
/** Subjects looked at again after the first round. */
const MOST_ACTIVE = 40;

/**
 * The best explanation first; then all others given it, within the strata of what has been found. What is no longer significant follows
 * from what was found last.
 *
 * @param leftOut episodes that are in no comparison
 */
export function explain(
  fleet: Fleet,
  correction: Correction,
  asked: Asked,
  random: Random,
  tick: () => void = () => {},
  leftOut: readonly number[] = [],
): Explanation[] {
  const order = orderOf(fleet);
  const comparisons = new Map<Subject, Comparison>(
    fleet.subjects.map((subject) => [subject, againstAll(subject, fleet.episodes)]),
  );
  for (const { role } of comparisons.values()) for (const episode of leftOut) role[episode] = LEFT_OUT;
  const comparisonOf = (subject: Subject) => comparisons.get(subject) ?? againstAll(subject, fleet.episodes);
  const explanations: Explanation[] = [];
  let permuted = 1;
  const mainGain = new Map<Subject, number>();
  let standing = firstRound();
  while (standing.length > 0 && explanations.length < MOST_FINDINGS) {
    const chosen = chooseBest(standing, comparisonOf, order);
    if (chosen === undefined) break;
    const before = comparisonOf(chosen.subject);
    const best = refined(chosen, before);
    const logPAdjusted = Math.min(adjustedLogP(best, correction), Math.log(permuted));
    for (const subject of fleet.subjects)
      if (related(subject, best.subject)) mainGain.set(subject, Math.max(mainGain.get(subject) ?? 0, best.gain));
    const sides = sidesOf(best.predicate, fleet.episodes);
    for (const [subject, comparison] of comparisons)
      comparisons.set(subject, given(comparison, best, sides, related(subject, best.subject)));
    const active = activeSubjects(standing);
    const still = significant(active);
    const keys = new Set(still.map(keyOf));
    const follows = standing.filter((candidate) => candidate !== chosen && !keys.has(keyOf(candidate)));
    explanations.push({ best, logPAdjusted, follows, rivals: rivalsOf(best, follows, before) });
    standing = still;
  }
  return explanations;

  /** Where nothing is significant by correction alone, permutations are asked whether the best is after all. */
  function firstRound(): Candidate[] {
    const all = fleet.subjects.flatMap((subject) => {
      tick();
      return withHalves(scan(asked, comparisonOf(subject)), correction);
    });
    const found = all.filter((candidate) => adjustedLogP(candidate, correction) <= Math.log(ALPHA));
    if (found.length > 0) return found;
    const unpaired = all.filter(({ family }) => family !== 'pair' && family !== 'rhythm');
    const best = unpaired.reduce((least, candidate) => Math.min(least, correctedLogP(candidate, correction)), Infinity);
    if (best === Infinity) return [];
    permuted = permutedP(fleet, asked, correction, best, PERMUTED_ALPHA, random);
    if (permuted > PERMUTED_ALPHA) return [];
    // That something is there is then sure; what explains it is chosen among all that say nearly as much of the same.
    const subjects = new Set(
      unpaired.filter((candidate) => correctedLogP(candidate, correction) <= best + 1e-9).map(({ subject }) => subject),
    );
    return unpaired.filter(
      (candidate) => subjects.has(candidate.subject) && correctedLogP(candidate, correction) <= best + CONTENDING,
    );
  }

  function significant(subjects: readonly Subject[]): Candidate[] {
    const found: Candidate[] = [];
    for (const subject of subjects) {
      tick();
      const least = LEAST_REMAINDER * (mainGain.get(subject) ?? 0);
      for (const candidate of withHalves(scan(asked, comparisonOf(subject)), correction))
        if (adjustedLogP(candidate, correction) <= Math.log(ALPHA) && candidate.gain > least) found.push(candidate);
    }
    return found;
  }
}

function activeSubjects(standing: readonly Candidate[]): Subject[] {
  const gain = new Map<Subject, number>();
  for (const candidate of standing)
    gain.set(candidate.subject, Math.max(gain.get(candidate.subject) ?? 0, candidate.gain));
  return [...gain]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_ACTIVE)
    .map(([subject]) => subject);
}

/** All candidates of a subject, significant or not. */
function scan(asked: Asked, comparison: Comparison): Candidate[] {
  const found = asked.dimensions.flatMap((dimension) => scanDimension(dimension, comparison));
  const ranges = asked.measures.map((bins) => scanRange(bins, comparison, 'measure'));
  if (asked.time !== undefined) {
    ranges.push(scanRange(asked.time, comparison, 'time'));
    found.push(...scanRhythm(asked.time.measure, comparison));
  }
  for (const range of ranges) if (range !== undefined) found.push(range);
  // Pairs of the kinds and signatures of a large fleet would take minutes; those of its labels do not.
  if (comparison.role.length <= MANY || comparison.subject.level === 'label')
    found.push(...scanPairs(asked.dimensions, comparison));
  return found;
}

/** Pairs learn how sure their better half is. All candidates are of one subject. */
function withHalves(candidates: readonly Candidate[], correction: Correction): Candidate[] {
  const halves = new Map<string, number>();
  for (const candidate of candidates)
    if (candidate.predicate.form === 'value' && candidate.excess)
      halves.set(columnsOf(candidate.predicate), adjustedLogP(candidate, correction));
  return candidates.flatMap((candidate) => {
    if (candidate.predicate.form !== 'pair') return [candidate];
    const { first, second } = candidate.predicate;
    const logPOfHalf = Math.min(halves.get(columnsOf(first)) ?? 0, halves.get(columnsOf(second)) ?? 0);
    return candidate.unlessHalf === true && logPOfHalf <= Math.log(ALPHA) ? [] : [{ ...candidate, logPOfHalf }];
  });
}

/** One line per subject and column: of the values of one column the best stands for all. */
function keyOf({ subject, predicate }: Candidate): string {
  const who = `${subject.level}/${subject.label ?? ''}/${subject.kind ?? ''}/${subject.signature ?? ''}`;
  return `${who}/${columnsOf(predicate)}`;
}

function columnsOf(predicate: Predicate): string {
  switch (predicate.form) {
    case 'value':
      return `${predicate.dimension.name}=${predicate.code}`;
    case 'pair':
      return `${columnsOf(predicate.first)}&${columnsOf(predicate.second)}`;
    case 'range':
      return predicate.measure.name;
    case 'clock':
      return `${predicate.time.name} by ${predicate.period}`;
  }
}

/** Whether two subjects share episodes: a label and its kinds, a kind and its signatures. */
export function related(a: Subject, b: Subject): boolean {
  if (a.label !== b.label) return false;
  if (a.level === 'label' || b.level === 'label') return a.label !== undefined || a === b;
  if (a.kind !== b.kind) return false;
  return a.level === 'kind' || b.level === 'kind' || a.signature === b.signature;
}

/**
 * The comparison given a finding: within the finding's inside and outside. Of subjects that have nothing to do with the finding's, the
 * finding's cases are taken out: next to something frequent everything else looks rare.
 */
function given(comparison: Comparison, best: Candidate, sides: Uint8Array, kin: boolean): Comparison {
  const role = Uint8Array.from(comparison.role);
  const stratum = Uint8Array.from(comparison.stratum);
  if (!kin)
    for (const episode of best.subject.episodes)
      if (role[episode] === OTHER || role[episode] === CASE) role[episode] = LEFT_OUT;
  const split = comparison.strata * 2 <= MOST_STRATA;
  for (let i = 0; i < role.length; i++) {
    const side = sides[i] ?? UNKNOWN;
    // Where it is unknown whether the finding applies, nothing can be said given it.
    if (side === UNKNOWN || (!split && side === INSIDE)) role[i] = LEFT_OUT;
    else if (split && side === INSIDE) stratum[i] = (stratum[i] ?? 0) + comparison.strata;
  }
  return { subject: comparison.subject, role, stratum, strata: split ? comparison.strata * 2 : comparison.strata };
}
