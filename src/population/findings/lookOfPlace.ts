import { seededRandom, shuffle } from '../statistics/random.js';
import { fisherLogP, type TwoByTwo } from '../statistics/fisherExact.js';
import { splitGain } from '../statistics/gain.js';
import type { Dimension, Fleet } from './fleet.js';
import { INSIDE, OUTSIDE } from './predicate.js';
import type { Subject } from './subjects.js';

const ROUNDS = 4999;
/** Episodes are drawn from those of a very common subject: beyond so many a difference that matters is certain anyway. */
const MOST_EPISODES = 600;
const MOST_FEATURES = 60;
const FEWEST_OF_VALUE = 4;
/** The same table gives the same report. */
const SEED = 7_040_131;

/**
 * ln p that a subject's crashes look the same inside of a place and outside: of its most telling feature, and of the log-likelihood that all
 * features together gain by being told apart, among permutations of which episodes are inside.
 *
 * @param sides by episode, INSIDE or OUTSIDE; what is neither is left out
 */
export function lookLogP(fleet: Fleet, { episodes }: Subject, sides: Uint8Array): number {
  const random = seededRandom(SEED);
  const known = shuffle(
    Int32Array.from(episodes.filter((episode) => sides[episode] === INSIDE || sides[episode] === OUTSIDE)),
    random,
  ).subarray(0, MOST_EPISODES);
  const inside = Uint8Array.from(known, (episode) => (sides[episode] === INSIDE ? 1 : 0));
  const features = fleet.features.slice(0, MOST_FEATURES).flatMap((feature) => valuesAmong(feature, known));
  if (features.length === 0) return 0;
  // The sharpest single feature, corrected for their number; where that is not beyond doubt, all of them together. Two ways of asking.
  const single = features.reduce((least, feature) => Math.min(least, fisherLogP(tableOf(feature, inside))), 0);
  const sharpest = Math.log(2) + Math.log(features.length) + single;
  if (sharpest < LOG_BEYOND_DOUBT) return sharpest;
  const observed = gainOf(features, inside);
  let asGood = 0;
  for (let round = 0; round < ROUNDS; round++) {
    shuffle(inside, random);
    if (gainOf(features, inside) >= observed - 1e-9) asGood++;
    // Far from significant: the rest would not change that.
    if (asGood >= HOPELESS) break;
  }
  return Math.min(0, sharpest, Math.log(2) + Math.log((asGood + 1) / (ROUNDS + 1)));
}

const HOPELESS = 12;
const LOG_BEYOND_DOUBT = Math.log(1e-5);

/** Of one value of a feature: by position among the episodes 1, 0, or 2 for unknown. */
function valuesAmong({ codes, values }: Dimension, episodes: Int32Array): Uint8Array[] {
  const counts = new Int32Array(values.length);
  let known = 0;
  for (const episode of episodes) {
    const code = codes[episode] ?? -1;
    if (code < 0) continue;
    counts[code] = (counts[code] ?? 0) + 1;
    known++;
  }
  const telling = [...counts.keys()].filter((code) => {
    const n = counts[code] ?? 0;
    return n >= FEWEST_OF_VALUE && n <= known - FEWEST_OF_VALUE;
  });
  // Of two values one says all.
  const asked = telling.length === 2 && counts.filter((n) => n > 0).length === 2 ? telling.slice(0, 1) : telling;
  return asked.map((code) =>
    Uint8Array.from(episodes, (episode) => {
      const is = codes[episode] ?? -1;
      return is < 0 ? 2 : is === code ? 1 : 0;
    }),
  );
}

function gainOf(features: readonly Uint8Array[], inside: Uint8Array): number {
  let gain = 0;
  for (const feature of features) {
    const { casesInside, inside: here, casesOutside, outside: there } = tableOf(feature, inside);
    if (here > 0 && there > 0) gain += splitGain(casesInside, here, casesOutside, there);
  }
  return gain;
}

/** A feature's value inside and outside. */
function tableOf(feature: Uint8Array, isInside: Uint8Array): TwoByTwo {
  let casesInside = 0;
  let inside = 0;
  let casesOutside = 0;
  let outside = 0;
  for (let i = 0; i < isInside.length; i++) {
    const has = feature[i] ?? 2;
    if (has === 2) continue;
    if (isInside[i] === 1) {
      inside++;
      casesInside += has;
    } else {
      outside++;
      casesOutside += has;
    }
  }
  return { casesInside, inside, casesOutside, outside };
}
