import { fisherLogP } from '../statistics/fisherExact.js';
import { CutTests } from '../statistics/bestCutTest.js';
import { pearson, splitGain } from '../statistics/gain.js';
import { type Random, shuffle } from '../statistics/random.js';
import { type Bins, binsOf, MISSING } from './bins.js';
import type { Correction } from './family.js';
import type { Dimension, Fleet } from './fleet.js';
import { spanAsGood } from './scanRange.js';
import type { Level, Subject } from './subjects.js';

const ROUNDS = 499;
/** Of large fleets the corrected p-values say enough. */
const MOST_EPISODES = 20_000;
/** Log-likelihood gained is near -ln p; tables that fall short by this much are not looked at more closely. */
const MARGIN = 4;
const SURE = 6;
const HOPELESS = 2.5;

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
  const ranges = rangesOf(asked);
  const order = Int32Array.from({ length: fleet.episodes }, (_, i) => i);
  let asGood = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    shuffle(order, random);
    if (levels.some((level) => asGoodIn(level, order, asked.dimensions, ranges, correction, best))) asGood++;
    if ((asGood + 1) / (ROUNDS + 1) > limit) return (asGood + 1) / (round + 1);
    // Hopeless: no need to wait until it is certain.
    if (asGood >= SURE && asGood > HOPELESS * limit * round) return (asGood + 1) / (round + 1);
  }
  return (asGood + 1) / (ROUNDS + 1);
}

/** Subjects that share no episode: by episode the index of its subject, or `subjects` for none. */
interface Dealt {
  readonly name: Level;
  readonly codes: Uint8Array;
  /** The same, dealt out anew. */
  readonly dealt: Uint8Array;
  readonly subjects: number;
}

function levelsOf(fleet: Fleet): Dealt[] {
  const levels: Dealt[] = [];
  for (const name of ['label', 'kind', 'signature'] as const) {
    const subjects: Subject[] = fleet.subjects.filter(({ level }) => level === name);
    if (subjects.length === 0) continue;
    const codes = new Uint8Array(fleet.episodes).fill(subjects.length);
    subjects.forEach(({ episodes }, index) => {
      for (const episode of episodes) codes[episode] = index;
    });
    levels.push({ name, codes, dealt: new Uint8Array(fleet.episodes), subjects: subjects.length });
  }
  return levels;
}

interface Range {
  readonly bins: Bins;
  readonly family: 'time' | 'measure';
  readonly cuts: CutTests;
}

function rangesOf({ measures, time }: Asked): Range[] {
  const range = (bins: Bins, family: Range['family']): Range => ({ bins, family, cuts: new CutTests() });
  return [...measures.map((bins) => range(bins, 'measure')), ...(time === undefined ? [] : [range(time, 'time')])];
}

function asGoodIn(
  level: Dealt,
  order: Int32Array,
  dimensions: readonly Dimension[],
  ranges: readonly Range[],
  correction: Correction,
  best: number,
): boolean {
  const logFactor = correction.logFactor[level.name];
  const { codes, dealt } = level;
  for (let i = 0; i < order.length; i++) dealt[i] = codes[order[i] ?? 0] ?? 0;
  return (
    dimensions.some((dimension) => valueAsGood(level, dimension, best - logFactor.single)) ||
    ranges.some((range) => rangeAsGood(level, range, best - logFactor[range.family]))
  );
}

function valueAsGood({ dealt, subjects }: Dealt, dimension: Dimension, target: number): boolean {
  const values = dimension.values.length;
  const columns = subjects + 1;
  const counts = new Int32Array(values * columns);
  const { codes } = dimension;
  for (let i = 0; i < dealt.length; i++) {
    const value = codes[i] ?? -1;
    if (value < 0) continue;
    const at = value * columns + (dealt[i] ?? 0);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const all = new Int32Array(values);
  const cases = new Int32Array(columns);
  let known = 0;
  for (let value = 0; value < values; value++)
    for (let subject = 0; subject < columns; subject++) {
      const n = counts[value * columns + subject] ?? 0;
      all[value] = (all[value] ?? 0) + n;
      cases[subject] = (cases[subject] ?? 0) + n;
      known += n;
    }
  const needed = -target - MARGIN;
  for (let value = 0; value < values; value++) {
    const inside = all[value] ?? 0;
    for (let subject = 0; subject < subjects; subject++) {
      const casesInside = counts[value * columns + subject] ?? 0;
      const total = cases[subject] ?? 0;
      if (pearson(casesInside, inside, total, known) < needed) continue;
      const table = { casesInside, inside, casesOutside: total - casesInside, outside: known - inside };
      if (splitGain(casesInside, inside, table.casesOutside, table.outside) < needed) continue;
      if (fisherLogP(table) <= target) return true;
    }
  }
  return false;
}

function rangeAsGood({ dealt, subjects }: Dealt, { bins, family, cuts }: Range, target: number): boolean {
  const { count } = bins;
  const columns = subjects + 1;
  const cases = new Int32Array(count * columns);
  for (let i = 0; i < dealt.length; i++) {
    const bin = bins.of[i] ?? MISSING;
    if (bin === MISSING) continue;
    const at = (dealt[i] ?? 0) * count + bin;
    cases[at] = (cases[at] ?? 0) + 1;
  }
  const all = new Int32Array(count);
  for (let subject = 0; subject < columns; subject++)
    for (let bin = 0; bin < count; bin++) all[bin] = (all[bin] ?? 0) + (cases[subject * count + bin] ?? 0);
  for (let subject = 0; subject < subjects; subject++) {
    const own = cases.subarray(subject * count, (subject + 1) * count);
    if (spanAsGood({ bins: count, strata: 1, all, cases: own }, family, target, cuts)) return true;
  }
  return false;
}
