import type { HiddenGroup } from '../../shared/findings.js';
import { smallestFisherLogP } from '../statistics/fisherExact.js';
import { taroneFactor } from '../statistics/tarone.js';
import { type Asked } from './permutations.js';
import type { Candidate } from './candidate.js';
import { chooseBest, orderOf } from './choose.js';
import { CASE, type Comparison, LEFT_OUT, OTHER } from './comparison.js';
import type { Explanation } from './explain.js';
import { ALPHA, GROUPS_WEIGHT } from './family.js';
import type { Dimension, Fleet } from './fleet.js';
import { groupsOf } from './groupLooks.js';
import { latentClasses } from './latentClasses.js';
import { lookLogP } from './lookOfPlace.js';
import { INSIDE, OUTSIDE, sidesOf, UNKNOWN } from './predicate.js';
import { refined } from './refineRange.js';
import { countValues, scanDimension } from './scanDimension.js';
import { scanRange } from './scanRange.js';
import type { Subject } from './subjects.js';

/** One subject that looks like two. */
export interface Split {
  readonly subject: Subject;
  /** What sets one group apart by place or time, and what divides the subject: a feature of the crash, or a second place. */
  readonly place: Candidate;
  readonly feature: Mark | undefined;
  readonly second: Candidate | undefined;
  readonly logP: number;
  readonly logPAdjusted: number;
  readonly groups: readonly HiddenGroup[];
}

interface Mark {
  readonly dimension: Dimension;
  readonly code: number;
}

const FEWEST_EPISODES = 16;
/** What is allowed for groups is shared by the place that is known already and the search for one. */
const OF_PLACE = 0.4;
/** A group smaller than this share of the subject is an exception, not a population. */
const LEAST_SHARE = 0.1;
/** Two explanations of one subject are two diseases only when both are beyond doubt and hardly share a case. */
const LOG_BEYOND_DOUBT = Math.log(0.001);
const MOST_SHARED = 0.3;

/**
 * Within a subject: do crashes that look different (registers, stack words) also differ in place or time? Then they are likely two
 * populations. So they are when two explanations hold side by side, each for cases of its own.
 */
export function hiddenGroups(fleet: Fleet, asked: Asked, explanations: readonly Explanation[]): Split[] {
  const level = fleet.roles.label === undefined ? 'kind' : 'label';
  const subjects = fleet.subjects.filter(
    (subject) => subject.level === level && subject.episodes.length >= FEWEST_EPISODES,
  );
  const placed = new Map<Subject, Placed>();
  for (const subject of subjects) {
    const place = placedAt(fleet, subject, explanations);
    if (place !== undefined) placed.set(subject, place);
  }
  const found: Split[] = [];
  for (const subject of subjects) {
    const place = placed.get(subject);
    const split =
      (place === undefined ? undefined : lookOfPlace(fleet, subject, place, placed.size)) ??
      byFeatures(fleet, asked, subject, subjects.length) ??
      byExplanations(fleet, subject, explanations);
    if (split !== undefined) found.push(split);
  }
  return found;
}

/**
 * Where the subject has a place already (its first explanation, which has seen no feature), one question is left: do its crashes there look
 * different from its crashes elsewhere?
 */
function lookOfPlace(fleet: Fleet, subject: Subject, { place, sides }: Placed, placed: number): Split | undefined {
  const logFactor = Math.log(placed) - Math.log(GROUPS_WEIGHT * OF_PLACE);
  const logP = lookLogP(fleet, subject, sides);
  if (logP + logFactor > Math.log(ALPHA)) return undefined;
  const inGroup = Uint8Array.from(sides, (side) => (side === INSIDE ? 1 : side === UNKNOWN ? 2 : 0));
  return {
    subject,
    place,
    feature: tellingMark(marksOf(fleet, subject), subject, inGroup),
    second: undefined,
    logP,
    logPAdjusted: Math.min(0, logP + logFactor),
    groups: groupsOf(fleet, subject, inGroup),
  };
}

interface Placed {
  readonly place: Candidate;
  /** By episode. */
  readonly sides: Uint8Array;
}

/** The first place that a subject was found to be more frequent at, where neither all nor hardly any of it is there. */
function placedAt(fleet: Fleet, subject: Subject, explanations: readonly Explanation[]): Placed | undefined {
  const place = explanations.find(
    ({ best }) =>
      best.subject.label === subject.label && (subject.level === 'label' || best.subject.kind === subject.kind),
  )?.best;
  if (place?.predicate.form !== 'value' || !place.excess) return undefined;
  const sides = sidesOf(place.predicate, fleet.episodes);
  const least = LEAST_SHARE * subject.episodes.length;
  const inside = subject.episodes.filter((episode) => sides[episode] === INSIDE).length;
  const outside = subject.episodes.filter((episode) => sides[episode] === OUTSIDE).length;
  return Math.min(inside, outside) < least ? undefined : { place, sides };
}

function byFeatures(fleet: Fleet, asked: Asked, subject: Subject, subjects: number): Split | undefined {
  const marks = marksOf(fleet, subject);
  const classes = latentClasses(fleet, subject);
  // What all features say together has a half of what is allowed, the single ones share the rest.
  const divisions: { feature: Mark | undefined; comparison: Comparison; weight: number }[] = marks.map((feature) => ({
    feature,
    comparison: within(fleet, subject, (episode) => sideOfMark(feature, episode)),
    weight: (0.5 * (1 - OF_PLACE)) / marks.length,
  }));
  if (classes !== undefined)
    divisions.push({
      feature: undefined,
      comparison: within(fleet, subject, (episode) => classes[episode] ?? 2),
      weight: 0.5 * (1 - OF_PLACE),
    });
  let best: { place: Candidate; feature: Mark | undefined; comparison: Comparison; logFactor: number } | undefined;
  for (const { feature, comparison, weight } of divisions) {
    const logAlpha = Math.log((ALPHA * GROUPS_WEIGHT * weight) / subjects);
    const logFactor = Math.log(questionsOf(asked, comparison, logAlpha)) + Math.log(ALPHA) - logAlpha;
    const candidates = placesOf(asked, comparison).filter(
      (candidate) => candidate.logP + logFactor <= Math.log(ALPHA) && candidate.excess,
    );
    const found = chooseBest(amongAll(candidates, asked, comparison), () => apart(comparison), orderOf(fleet));
    const place = candidates.find((candidate) => found !== undefined && sameColumns(candidate, found));
    if (place !== undefined && (best === undefined || place.gain > best.place.gain))
      best = { place, feature, comparison, logFactor };
  }
  if (best === undefined) return undefined;
  const { comparison, logFactor } = best;
  const place = refined(best.place, comparison);
  const inGroup = Uint8Array.from(comparison.role, (role) => (role === CASE ? 1 : role === OTHER ? 0 : 2));
  return {
    subject,
    place,
    feature: best.feature ?? tellingMark(marks, subject, inGroup),
    second: undefined,
    logP: place.logP,
    logPAdjusted: Math.min(0, place.logP + logFactor),
    groups: groupsOf(fleet, subject, inGroup),
  };
}

/** Questions of place and time that could be answered yes within a subject, as Tarone counts them. */
function questionsOf(asked: Asked, comparison: Comparison, logAlpha: number): number {
  const smallest = asked.dimensions.flatMap((dimension) => {
    const counts = countValues(dimension, comparison);
    const total = counts.totalAll[0] ?? 0;
    const cases = counts.totalCases[0] ?? 0;
    return Array.from(counts.all.subarray(0, counts.values))
      .filter((inside) => inside > 0)
      .map((inside) => ({ logP: smallestFisherLogP(inside, total - inside, cases), count: 1 }));
  });
  return taroneFactor(smallest, logAlpha) + asked.measures.length + 1;
}

/** The first group against all other crashes, of whatever label: a host is where the group is and little else, its region is not. */
function apart({ subject, role }: Comparison): Comparison {
  return {
    subject,
    role: Uint8Array.from(role, (is) => (is === CASE ? CASE : OTHER)),
    stratum: new Uint8Array(role.length),
    strata: 1,
  };
}

function amongAll(candidates: readonly Candidate[], asked: Asked, comparison: Comparison): Candidate[] {
  if (candidates.length === 0) return [];
  const all = placesOf(asked, apart(comparison));
  return all.filter((place) => place.excess && candidates.some((candidate) => sameColumns(candidate, place)));
}

/** The same value, or the same measure. */
function sameColumns({ predicate: a }: Candidate, { predicate: b }: Candidate): boolean {
  if (a.form === 'value' && b.form === 'value') return a.dimension === b.dimension && a.code === b.code;
  return a.form === 'range' && b.form === 'range' && a.measure === b.measure;
}

/** The feature value that most sets the first group apart. */
function tellingMark(marks: readonly Mark[], { episodes }: Subject, inGroup: Uint8Array): Mark | undefined {
  let best: Mark | undefined;
  let most = 0;
  for (const mark of marks) {
    let both = 0;
    let here = 0;
    let other = 0;
    let there = 0;
    for (const episode of episodes) {
      const side = sideOfMark(mark, episode);
      if (side === 2 || inGroup[episode] === 2) continue;
      if (inGroup[episode] === 1) {
        here++;
        both += side;
      } else {
        there++;
        other += side;
      }
    }
    const difference = both / Math.max(1, here) - other / Math.max(1, there);
    if (difference > most) {
      most = difference;
      best = mark;
    }
  }
  return best;
}

function sideOfMark({ dimension, code }: Mark, episode: number): number {
  const is = dimension.codes[episode] ?? -1;
  return is < 0 ? 2 : is === code ? 1 : 0;
}

/** Feature values that neither all nor hardly any of the subject's episodes have. */
function marksOf(fleet: Fleet, subject: Subject): Mark[] {
  const marks: Mark[] = [];
  for (const dimension of fleet.features) {
    const counts = new Map<number, number>();
    let known = 0;
    for (const episode of subject.episodes) {
      const code = dimension.codes[episode] ?? -1;
      if (code < 0) continue;
      known++;
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    const telling = [...counts].filter(([, n]) => n >= LEAST_SHARE * known && n <= (1 - LEAST_SHARE) * known && n >= 4);
    for (const [code] of telling) marks.push({ dimension, code });
  }
  return marks;
}

/** The subject's episodes divided in two: 1, 0, or 2 for neither. */
function within(fleet: Fleet, subject: Subject, sideOf: (episode: number) => number): Comparison {
  const role = new Uint8Array(fleet.episodes).fill(LEFT_OUT);
  for (const episode of subject.episodes) {
    const side = sideOf(episode);
    if (side !== 2) role[episode] = side === 1 ? CASE : OTHER;
  }
  const cases = Int32Array.from(subject.episodes.filter((episode) => role[episode] === CASE));
  return {
    subject: { ...subject, episodes: cases },
    role,
    stratum: new Uint8Array(fleet.episodes),
    strata: 1,
  };
}

function placesOf(asked: Asked, comparison: Comparison): Candidate[] {
  const found = asked.dimensions.flatMap((dimension) => scanDimension(dimension, comparison));
  for (const bins of asked.measures) {
    const range = scanRange(bins, comparison, 'measure');
    if (range !== undefined) found.push(range);
  }
  const time = asked.time === undefined ? undefined : scanRange(asked.time, comparison, 'time');
  if (time !== undefined) found.push(time);
  // The same subject object for all, so that they can be compared.
  return found.map((candidate) => ({ ...candidate, subject: comparison.subject }));
}

function byExplanations(fleet: Fleet, subject: Subject, explanations: readonly Explanation[]): Split | undefined {
  const own = explanations.filter(
    ({ best, logPAdjusted }) =>
      best.subject === subject && best.excess && best.predicate.form !== 'range' && logPAdjusted <= LOG_BEYOND_DOUBT,
  );
  const [first, second] = own;
  if (first === undefined || second === undefined) return undefined;
  const a = sidesOf(first.best.predicate, fleet.episodes);
  const b = sidesOf(second.best.predicate, fleet.episodes);
  let inFirst = 0;
  let inSecond = 0;
  let inBoth = 0;
  for (const episode of subject.episodes) {
    const one = a[episode] === INSIDE;
    const two = b[episode] === INSIDE;
    if (one) inFirst++;
    if (two) inSecond++;
    if (one && two) inBoth++;
  }
  const least = Math.min(inFirst, inSecond);
  if (least < LEAST_SHARE * subject.episodes.length || inBoth > MOST_SHARED * least) return undefined;
  return {
    subject,
    place: first.best,
    feature: undefined,
    second: second.best,
    logP: Math.max(first.best.logP, second.best.logP),
    logPAdjusted: Math.max(first.logPAdjusted, second.logPAdjusted),
    groups: groupsOf(
      fleet,
      subject,
      a.map((side) => (side === INSIDE ? 1 : side === UNKNOWN ? 2 : 0)),
    ),
  };
}
