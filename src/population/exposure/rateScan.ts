import { ALPHA, RATE_WEIGHT } from '../findings/family.js';
import type { Fleet } from '../findings/fleet.js';
import type { ValuePredicate } from '../findings/predicate.js';
import type { Subject } from '../findings/subjects.js';
import { rateRatio } from '../statistics/rates.js';
import type { Exposure } from './exposure.js';

/** A value where a subject is more, or less, frequent than elsewhere for how much runs there. */
export interface RateCandidate {
  readonly subject: Subject;
  readonly predicate: ValuePredicate;
  readonly excess: boolean;
  readonly logP: number;
  readonly logPAdjusted: number;
}

const FEWEST_EPISODES = 4;

/**
 * Labels against exposure: what shares cannot show, a place where every label is frequent. Counts of crashes spread more than chance
 * has it, for reasons that nobody asked about: the spread among the values of a column is taken from the column itself.
 */
export function rateScan(fleet: Fleet, exposure: Exposure): RateCandidate[] {
  const level = fleet.roles.label === undefined ? 'kind' : 'label';
  const found: RateCandidate[] = [];
  let questions = 0;
  for (const subject of labelsOf(fleet, level))
    for (const dimension of fleet.dimensions) {
      if (!exposure.names.has(dimension.name)) continue;
      const values = ratedValues(subject, dimension, exposure);
      questions += values.length;
      const events = values.reduce((sum, value) => sum + value.events, 0);
      const spread = spreadOf(values);
      const total = values.reduce((sum, value) => sum + value.amount, 0);
      for (const { code, events: own, amount } of values) {
        if (own < FEWEST_EPISODES && events * (amount / total) < FEWEST_EPISODES) continue;
        const { ratio, p } = rateRatio(own, amount, events - own, total - amount);
        const logP = Math.log(Math.max(Number.MIN_VALUE, p)) / spread;
        found.push({
          subject,
          predicate: { form: 'value', dimension, code },
          excess: ratio > 1,
          logP,
          logPAdjusted: 0,
        });
      }
    }
  const logFactor = Math.log(Math.max(1, questions)) - Math.log(RATE_WEIGHT);
  return (
    found
      .map((candidate) => ({ ...candidate, logPAdjusted: Math.min(0, candidate.logP + logFactor) }))
      .filter(({ logPAdjusted }) => logPAdjusted <= Math.log(ALPHA))
      // Of two values each is the other's mirror image: what is frequent is said.
      .sort((a, b) => (Math.abs(a.logP - b.logP) > ROUNDING ? a.logP - b.logP : Number(b.excess) - Number(a.excess)))
  );
}

const ROUNDING = 1e-6;

/** The subjects of a level; where all crashes have one label, that one too: exposure is something to compare it with. */
function labelsOf(fleet: Fleet, level: Subject['level']): Subject[] {
  const known = fleet.subjects.filter((subject) => subject.level === level);
  if (known.length > 0) return known;
  const column = fleet.roles[level];
  const value = column?.values[column.codes[fleet.crashes[0] ?? 0] ?? -1];
  if (value === undefined) return [];
  const episodes = Int32Array.from({ length: fleet.episodes }, (_, episode) => episode);
  return [{ level, [level]: String(value), episodes, rows: fleet.crashes }];
}

interface Rated {
  readonly code: number;
  readonly events: number;
  readonly amount: number;
}

function ratedValues(subject: Subject, dimension: ValuePredicate['dimension'], exposure: Exposure): Rated[] {
  const events = new Int32Array(dimension.values.length);
  for (const episode of subject.episodes) {
    const code = dimension.codes[episode] ?? -1;
    if (code >= 0) events[code] = (events[code] ?? 0) + 1;
  }
  const amounts = exposure.amounts(dimension.name);
  return dimension.values.flatMap((value, code) => {
    const amount = amounts?.get(String(value)) ?? 0;
    return amount > 0 ? [{ code, events: events[code] ?? 0, amount }] : [];
  });
}

/** How much more the counts spread than Poisson's do, at least 1: by the median, which one bad value does not move. */
function spreadOf(values: readonly Rated[]): number {
  const events = values.reduce((sum, value) => sum + value.events, 0);
  const total = values.reduce((sum, value) => sum + value.amount, 0);
  const squares = values
    .map(({ events: own, amount }) => ({ own, expected: (events * amount) / total }))
    .filter(({ expected }) => expected >= 1)
    .map(({ own, expected }) => (own - expected) ** 2 / expected)
    .sort((a, b) => a - b);
  // The median of a chi-squared variable with one degree of freedom.
  return squares.length < 6 ? 1 : Math.max(1, (squares[squares.length >> 1] ?? 0) / 0.4549);
}
