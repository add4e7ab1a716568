import { fisherLogP } from '../statistics/fisherExact.js';
import { splitGain } from '../statistics/gain.js';
import type { Random } from '../statistics/random.js';
import { type Bins, binsOf, MISSING } from './bins.js';
import type { Correction } from './family.js';
import type { Dimension, Fleet } from './fleet.js';
import { bestSpan } from './scanRange.js';
import type { Subject } from './subjects.js';

const ROUNDS = 499;
/** Of large fleets the corrected p-values say enough. */
const MOST_EPISODES = 20_000;
/** Log-likelihood gained is near -ln p; tables that fall short by this much are not looked at more closely. */
const MARGIN = 4;

/** The columns asked, and whose permuted labels answer. */
export interface Asked {
  readonly dimensions: readonly Dimension[];
  readonly measures: readonly Bins[];
  readonly time: Bins | undefined;
}

export function askedOf(fleet: Fleet): Asked {
  return {
    dimensions: fleet.dimensions,
    measures: fleet.measures.map((measure) => binsOf(measure)),
    time: fleet.time === undefined ? undefined : binsOf(fleet.time),
  };
}

/**
 * The probability that the best of all single questions, cuts and windows of the whole report is as good as this when labels have
 * nothing to do with anything: labels, kinds and signatures are dealt out anew to the episodes, and everything is asked again.
 *
 * @param best ln p of the best answer, corrected by its family
 * @param limit the probability of interest: beyond it the search for a more exact answer stops
 */
export function permutedP(
  fleet: Fleet,
  asked: Asked,
  correction: Correction,
  best: number,
  limit: number,
  random: Random,
): number {
  if (fleet.episodes > MOST_EPISODES) return 1;
  const levels = levelsOf(fleet);
  const order = Int32Array.from({ length: fleet.episodes }, (_, i) => i);
  let asGood = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      const swapped = order[i] ?? 0;
      order[i] = order[j] ?? 0;
      order[j] = swapped;
    }
    if (levels.some((level) => asGoodIn(level, order, asked, correction, best))) asGood++;
    if ((asGood + 1) / (ROUNDS + 1) > limit) return (asGood + 1) / (round + 1);
  }
  return (asGood + 1) / (ROUNDS + 1);
}

/** Subjects that share no episode: by episode the index of its subject, or -1. */
interface Level {
  readonly codes: Int32Array;
  readonly subjects: number;
}

function levelsOf(fleet: Fleet): Level[] {
  const levels: Level[] = [];
  for (const name of ['label', 'kind', 'signature'] as const) {
    const subjects: Subject[] = fleet.subjects.filter(({ level }) => level === name);
    if (subjects.length === 0) continue;
    const codes = new Int32Array(fleet.episodes).fill(-1);
    subjects.forEach(({ episodes }, index) => {
      for (const episode of episodes) codes[episode] = index;
    });
    levels.push({ codes, subjects: subjects.length });
  }
  return levels;
}

function asGoodIn(level: Level, order: Int32Array, asked: Asked, correction: Correction, best: number): boolean {
  const { logFactor } = correction;
  for (const dimension of asked.dimensions)
    if (valueAsGood(level, order, dimension, best - logFactor.single)) return true;
  for (const bins of asked.measures)
    if (rangeAsGood(level, order, bins, 'measure', best - logFactor.measure)) return true;
  return asked.time !== undefined && rangeAsGood(level, order, asked.time, 'time', best - logFactor.time);
}

function valueAsGood({ codes, subjects }: Level, order: Int32Array, dimension: Dimension, target: number): boolean {
  const values = dimension.values.length;
  const counts = new Int32Array(values * subjects);
  const all = new Int32Array(values);
  const cases = new Int32Array(subjects);
  let known = 0;
  for (let i = 0; i < order.length; i++) {
    const value = dimension.codes[i] ?? -1;
    if (value < 0) continue;
    known++;
    all[value] = (all[value] ?? 0) + 1;
    const subject = codes[order[i] ?? 0] ?? -1;
    if (subject < 0) continue;
    cases[subject] = (cases[subject] ?? 0) + 1;
    counts[value * subjects + subject] = (counts[value * subjects + subject] ?? 0) + 1;
  }
  for (let value = 0; value < values; value++) {
    const inside = all[value] ?? 0;
    for (let subject = 0; subject < subjects; subject++) {
      const casesInside = counts[value * subjects + subject] ?? 0;
      const total = cases[subject] ?? 0;
      const gain = splitGain(casesInside, inside, total - casesInside, known - inside);
      if (gain < -target - MARGIN) continue;
      const table = { casesInside, inside, casesOutside: total - casesInside, outside: known - inside };
      if (fisherLogP(table) <= target) return true;
    }
  }
  return false;
}

function rangeAsGood(
  { codes, subjects }: Level,
  order: Int32Array,
  bins: Bins,
  family: 'time' | 'measure',
  target: number,
): boolean {
  const all = new Int32Array(bins.count);
  const cases = new Int32Array(bins.count * subjects);
  for (let i = 0; i < order.length; i++) {
    const bin = bins.of[i] ?? MISSING;
    if (bin === MISSING) continue;
    all[bin] = (all[bin] ?? 0) + 1;
    const subject = codes[order[i] ?? 0] ?? -1;
    if (subject >= 0) cases[subject * bins.count + bin] = (cases[subject * bins.count + bin] ?? 0) + 1;
  }
  for (let subject = 0; subject < subjects; subject++) {
    const own = cases.subarray(subject * bins.count, (subject + 1) * bins.count);
    const found = bestSpan({ bins: bins.count, strata: 1, all, cases: own }, family);
    if (found !== undefined && found.logP <= target) return true;
  }
  return false;
}
