import { smallestFisherLogP } from '../statistics/fisherExact.js';
import { taroneFactor } from '../statistics/tarone.js';
import type { Candidate, Family } from './candidate.js';
import type { Dimension, Fleet } from './fleet.js';
import type { PairPredicate } from './predicate.js';
import type { Level, Subject } from './subjects.js';

/** P(any finding | nothing to find) is at most this, over the whole report. */
export const ALPHA = 0.05;

/** What permutations may call significant: they are exact, where the corrections leave something over. */
export const PERMUTED_ALPHA = 0.03;

/** What each sort of question may use of ALPHA; the rest is for crash loops, hidden groups and hardware. */
const WEIGHTS: Readonly<Record<Family, number>> = { single: 0.4, pair: 0.15, time: 0.12, measure: 0.13, rhythm: 0.03 };
export const LOOP_WEIGHT = 0.03;
export const GROUPS_WEIGHT = 0.06;
export const HARDWARE_WEIGHT = 0.03;
export const RATE_WEIGHT = 0.05;

/** Labels are what people ask about; their questions are few, and those of kinds and signatures shall not drown them. */
const SHARES: Readonly<Record<Level, number>> = { label: 0.6, kind: 0.25, signature: 0.15 };
const LEVELS = ['label', 'kind', 'signature'] as const;

/** How p-values are corrected: by the sort of question, and by whose question it is. */
export interface Correction {
  /** ln of what p is multiplied by. */
  readonly logFactor: Readonly<Record<Level, Readonly<Record<Exclude<Family, 'pair'>, number>>>>;
  /** The same of pairs: each two columns have the same share, so that the many values of a third cannot drown them. */
  readonly logFactorOfPair: (level: Level, predicate: PairPredicate) => number;
  /** Questions that could have been answered yes. */
  readonly tests: number;
}

export function correctionOf(fleet: Fleet): Correction {
  const histograms = fleet.dimensions.map((dimension) => sizes(dimension));
  const asked = LEVELS.filter((level) => fleet.subjects.some((subject) => subject.level === level));
  const shares = asked.reduce((sum, level) => sum + SHARES[level], 0);
  let tests = 0;
  const pairsOf = new Map<Level, PairCount & { readonly logWeight: number }>();
  const factors = (level: Level): Record<Exclude<Family, 'pair'>, number> => {
    const subjects = fleet.subjects.filter((subject) => subject.level === level);
    const share = shares === 0 ? 1 : SHARES[level] / shares;
    const single = singles(fleet, subjects, histograms, Math.log(ALPHA * WEIGHTS.single * share));
    const pair = pairs(fleet, subjects, histograms, Math.log(ALPHA * WEIGHTS.pair * share));
    pairsOf.set(level, { ...pair, logWeight: Math.log(WEIGHTS.pair * share) });
    const time = fleet.time === undefined ? 0 : subjects.length;
    const counts: Record<Family, number> = {
      single,
      pair: pair.total,
      time,
      measure: subjects.length * fleet.measures.length,
      // Day and week.
      rhythm: 2 * time,
    };
    for (const family of FAMILIES) tests += subjects.length === 0 ? 0 : counts[family];
    const factor = (family: Exclude<Family, 'pair'>) =>
      Math.log(Math.max(1, counts[family])) - Math.log(WEIGHTS[family] * share);
    return {
      single: factor('single'),
      time: factor('time'),
      measure: factor('measure'),
      rhythm: factor('rhythm'),
    };
  };
  const logFactor = { label: factors('label'), kind: factors('kind'), signature: factors('signature') };
  return {
    logFactor,
    logFactorOfPair: (level, { first, second }) => {
      const pair = pairsOf.get(level);
      if (pair === undefined) return 0;
      const one = fleet.dimensions.indexOf(first.dimension);
      const two = fleet.dimensions.indexOf(second.dimension);
      const questions = pair.counts[Math.min(one, two)]?.[Math.max(one, two) - Math.min(one, two) - 1] ?? pair.total;
      return Math.log(pair.columnPairs) + Math.log(questions) - pair.logWeight;
    },
    tests,
  };
}

/** Questions of pairs. */
interface PairCount {
  /** Of two columns, at [first][second - first - 1]; at least 1. */
  readonly counts: readonly (readonly number[])[];
  readonly columnPairs: number;
  readonly total: number;
}

const FAMILIES = ['single', 'pair', 'time', 'measure', 'rhythm'] as const;

/** ln p of a candidate, family-wise over the whole report; at most 0. */
export function adjustedLogP(candidate: Candidate, correction: Correction): number {
  return Math.min(0, candidate.logPOfHalf ?? 0, correctedLogP(candidate, correction));
}

/** ln p by what its own question costs; above 0 when far from significant. */
export function correctedLogP({ logP, family, subject, predicate }: Candidate, correction: Correction): number {
  if (predicate.form === 'pair') return logP + correction.logFactorOfPair(subject.level, predicate);
  return family === 'pair' ? 0 : logP + correction.logFactor[subject.level][family];
}

interface Sizes {
  readonly bySize: ReadonlyMap<number, number>;
  readonly known: number;
}

function singles(fleet: Fleet, subjects: readonly Subject[], histograms: readonly Sizes[], logAlpha: number): number {
  const smallest: { logP: number; count: number }[] = [];
  for (const subject of subjects)
    fleet.dimensions.forEach((dimension, index) => {
      const histogram = histograms[index];
      if (histogram === undefined) return;
      const cases = knownCases(dimension, subject);
      for (const [inside, count] of histogram.bySize)
        smallest.push({ logP: smallestFisherLogP(inside, histogram.known - inside, cases), count });
    });
  return taroneFactor(smallest, logAlpha);
}

function knownCases({ codes }: Dimension, { episodes }: Subject): number {
  let cases = 0;
  for (const episode of episodes) if ((codes[episode] ?? -1) >= 0) cases++;
  return cases;
}

function sizes(dimension: Dimension): Sizes {
  const counts = new Int32Array(dimension.values.length);
  let known = 0;
  for (const code of dimension.codes)
    if (code >= 0) {
      counts[code] = (counts[code] ?? 0) + 1;
      known++;
    }
  const bySize = new Map<number, number>();
  for (const count of counts) if (count > 0) bySize.set(count, (bySize.get(count) ?? 0) + 1);
  return { bySize, known };
}

/**
 * Pairs of values that occur together often enough to be significant: of two columns at most so many as there are episodes for each,
 * whichever they are. Every two columns have the same share of what is allowed.
 */
function pairs(fleet: Fleet, subjects: readonly Subject[], histograms: readonly Sizes[], logAlpha: number): PairCount {
  const { episodes } = fleet;
  const columnPairs = Math.max(1, (histograms.length * (histograms.length - 1)) / 2);
  const logShare = logAlpha - Math.log(columnPairs);
  // By the least number of episodes: values of each column that have as many, and the p that each subject could reach with them.
  const frequent: number[][] = [];
  const reach: number[][] = [];
  for (let least = FEWEST_OF_PAIR; least <= MOST_OF_PAIR; least++) {
    frequent.push(histograms.map((histogram) => valuesOfAtLeast(histogram, least)));
    reach.push(subjects.map((subject) => smallestFisherLogP(least, episodes - least, subject.episodes.length)));
  }
  // As Tarone has it: a pair seen too seldom to be significant among so many asks no question.
  const questionsOf = (first: number, second: number): number => {
    let questions = 1;
    for (let step = 0; step < reach.length; step++) {
      const most = Math.floor(episodes / (FEWEST_OF_PAIR + step));
      const each = Math.min(most, (frequent[step]?.[first] ?? 0) * (frequent[step]?.[second] ?? 0));
      const reachable = reach[step] ?? [];
      questions = Math.max(1, each * reachable.filter((logP) => logP <= logShare).length);
      if (reachable.some((logP) => logP <= logShare - Math.log(questions))) return questions;
    }
    return questions;
  };
  let total = 0;
  const counts = histograms.map((_, first) =>
    histograms.slice(first + 1).map((__, offset) => {
      const questions = questionsOf(first, first + 1 + offset);
      total += questions;
      return questions;
    }),
  );
  return { counts, columnPairs, total };
}

function valuesOfAtLeast({ bySize }: Sizes, least: number): number {
  let values = 0;
  for (const [inside, count] of bySize) if (inside >= least) values += count;
  return values;
}

const FEWEST_OF_PAIR = 4;
const MOST_OF_PAIR = 60;
