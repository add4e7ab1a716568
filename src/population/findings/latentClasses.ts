import type { Dimension, Fleet } from './fleet.js';
import type { Subject } from './subjects.js';

const ROUNDS = 60;
/** A class smaller than this share is an exception, not a population. */
const LEAST_SHARE = 0.1;
/** Values rarer than this among the subject say nothing of classes. */
const FEWEST_OF_VALUE = 2;
/** So sure must it be in which class an episode is. */
const SURE = 0.9;
/** Log-likelihood that two classes must gain over one, for each parameter more. */
const PER_PARAMETER = 1;

/**
 * Two classes of a subject's episodes by all that describes the crash at once: registers and stack words that go together. Found without
 * looking at place or time, so that those can be asked afterwards.
 *
 * @returns by episode 1 and 0 for the classes, 2 where it is not clear; undefined where one class says as much
 */
export function latentClasses(fleet: Fleet, { episodes }: Subject): Uint8Array | undefined {
  const features = fleet.features.flatMap((dimension) => encoded(dimension, episodes));
  if (features.length < 2) return undefined;
  let best: { logLikelihood: number; first: Float64Array } | undefined;
  // From the split by each feature: the same start gives the same report.
  for (const start of features) {
    const first = Float64Array.from(start.codes, (code) => (code < 0 ? 0.5 : code === start.most ? 0.8 : 0.2));
    const logLikelihood = settle(features, first);
    if (best === undefined || logLikelihood > best.logLikelihood + 1e-9) best = { logLikelihood, first };
  }
  if (best === undefined) return undefined;
  const one = settle(features, new Float64Array(episodes.length).fill(1));
  const parameters = features.reduce((sum, { values }) => sum + values - 1, 1);
  if (best.logLikelihood - one < PER_PARAMETER * parameters) return undefined;
  const share = best.first.reduce((sum, p) => sum + p, 0) / episodes.length;
  if (share < LEAST_SHARE || share > 1 - LEAST_SHARE) return undefined;
  const classes = new Uint8Array(fleet.episodes).fill(2);
  episodes.forEach((episode, i) => {
    const p = best.first[i] ?? 0.5;
    if (p >= SURE || p <= 1 - SURE) classes[episode] = p >= SURE ? 1 : 0;
  });
  return classes;
}

interface Feature {
  /** By position among the subject's episodes; -1 where unknown or rare. */
  readonly codes: Int32Array;
  readonly values: number;
  readonly most: number;
}

function encoded({ codes, values }: Dimension, episodes: Int32Array): Feature[] {
  const counts = new Int32Array(values.length);
  for (const episode of episodes) {
    const code = codes[episode] ?? -1;
    if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  }
  const place = new Int32Array(values.length).fill(-1);
  let kept = 0;
  let most = 0;
  counts.forEach((count, code) => {
    if (count < FEWEST_OF_VALUE) return;
    if (count > (counts[most] ?? 0)) most = code;
    place[code] = kept++;
  });
  const known = counts.reduce((sum, count) => sum + count, 0);
  // A column of addresses or counters has a value for each crash.
  if (kept < 2 || kept > known / 4) return [];
  return [
    {
      codes: Int32Array.from(episodes, (episode) => place[codes[episode] ?? -1] ?? -1),
      values: kept,
      most: place[most] ?? 0,
    },
  ];
}

/** Expectation and maximization, until it settles. `first` is by episode the probability of the first class; changed. */
function settle(features: readonly Feature[], first: Float64Array): number {
  let logLikelihood = -Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const size = first.reduce((sum, p) => sum + p, 0);
    const prior = [(size + 1) / (first.length + 2), (first.length - size + 1) / (first.length + 2)];
    const tables = features.map(({ codes, values }) => {
      const a = new Float64Array(values).fill(0.5);
      const b = new Float64Array(values).fill(0.5);
      codes.forEach((code, i) => {
        if (code < 0) return;
        a[code] = (a[code] ?? 0) + (first[i] ?? 0);
        b[code] = (b[code] ?? 0) + 1 - (first[i] ?? 0);
      });
      return [logShares(a), logShares(b)] as const;
    });
    let now = 0;
    const next = first.map((_, i) => {
      let a = Math.log(prior[0] ?? 0.5);
      let b = Math.log(prior[1] ?? 0.5);
      features.forEach(({ codes }, f) => {
        const code = codes[i] ?? -1;
        if (code < 0) return;
        a += tables[f]?.[0][code] ?? 0;
        b += tables[f]?.[1][code] ?? 0;
      });
      const most = Math.max(a, b);
      const sum = Math.exp(a - most) + Math.exp(b - most);
      now += most + Math.log(sum);
      return Math.exp(a - most) / sum;
    });
    first.set(next);
    if (now - logLikelihood < 1e-6) return now;
    logLikelihood = now;
  }
  return logLikelihood;
}

function logShares(counts: Float64Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => Math.log(count / total));
}
