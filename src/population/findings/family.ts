import { smallestFisherLogP } from '../statistics/fisherExact.js';
import { taroneFactor } from '../statistics/tarone.js';
import type { Family } from './candidate.js';
import type { Dimension, Fleet } from './fleet.js';

/** P(any finding | nothing to find) is at most this, over the whole report. */
export const ALPHA = 0.05;

/** What permutations may call significant: they are exact, where the corrections leave something over. */
export const PERMUTED_ALPHA = 0.03;

/** What each sort of question may use of ALPHA; the rest is for crash loops, hidden groups and hardware. */
const WEIGHTS: Readonly<Record<Family, number>> = { single: 0.45, pair: 0.15, time: 0.12, measure: 0.13 };
export const LOOP_WEIGHT = 0.03;
export const GROUPS_WEIGHT = 0.07;
export const HARDWARE_WEIGHT = 0.05;

/** How p-values of each family are corrected. */
export interface Correction {
  /** ln of what p is multiplied by. */
  readonly logFactor: Readonly<Record<Family, number>>;
  /** Questions that could have been answered yes. */
  readonly tests: number;
}

export function correctionOf(fleet: Fleet): Correction {
  const single = singles(fleet, Math.log(ALPHA * WEIGHTS.single));
  const pair = pairs(fleet, single.reach);
  const subjects = Math.max(1, fleet.subjects.length);
  const time = fleet.time === undefined ? 1 : subjects;
  const measure = Math.max(1, subjects * fleet.measures.length);
  const factor = (family: Family, count: number) => Math.log(Math.max(1, count)) - Math.log(WEIGHTS[family]);
  return {
    logFactor: {
      single: factor('single', single.factor),
      pair: factor('pair', pair),
      time: factor('time', time),
      measure: factor('measure', measure),
    },
    tests: single.factor + pair + (fleet.time === undefined ? 0 : time) + fleet.measures.length * subjects,
  };
}

export function adjustedLogP(logP: number, family: Family, { logFactor }: Correction): number {
  return Math.min(0, logP + logFactor[family]);
}

function singles(fleet: Fleet, logAlpha: number): { factor: number; reach: Map<Dimension, number> } {
  const smallest: { logP: number; count: number }[] = [];
  const histograms = fleet.dimensions.map((dimension) => sizes(dimension));
  for (const subject of fleet.subjects)
    fleet.dimensions.forEach((dimension, index) => {
      const histogram = histograms[index];
      if (histogram === undefined) return;
      let cases = 0;
      for (const episode of subject.episodes) if ((dimension.codes[episode] ?? -1) >= 0) cases++;
      for (const [inside, count] of histogram.bySize)
        smallest.push({ logP: smallestFisherLogP(inside, histogram.known - inside, cases), count });
    });
  const factor = taroneFactor(smallest, logAlpha);
  // A value seen in fewer episodes than this can be significant for no subject.
  const reach = new Map<Dimension, number>();
  fleet.dimensions.forEach((dimension, index) => {
    let testable = 0;
    for (const [inside, count] of histograms[index]?.bySize ?? []) if (inside >= 4) testable += count;
    reach.set(dimension, testable);
  });
  return { factor, reach };
}

function sizes(dimension: Dimension): { bySize: Map<number, number>; known: number } {
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

/** Pairs of values that occur together often enough for a test: at most so many, whichever they are. */
function pairs(fleet: Fleet, reach: ReadonlyMap<Dimension, number>): number {
  const most = Math.ceil(fleet.episodes / 4);
  let count = 0;
  fleet.dimensions.forEach((first, index) => {
    for (const second of fleet.dimensions.slice(index + 1))
      count += Math.min(most, (reach.get(first) ?? 0) * (reach.get(second) ?? 0));
  });
  return Math.max(1, count * Math.max(1, fleet.subjects.length));
}
