import { ALPHA, LOOP_WEIGHT } from './family.js';
import type { Dimension, Fleet } from './fleet.js';
import type { Subject } from './subjects.js';

/** One machine that crashed again and again in the same way. */
export interface CrashLoop {
  readonly subject: Subject;
  readonly dimension: Dimension;
  readonly code: number;
  readonly crashes: number;
  readonly episodes: number;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly logP: number;
  readonly logPAdjusted: number;
}

const FEWEST = 10;
/** Longer episodes say nothing of how crashes come back by themselves. */
const USUAL = 8;
/** Even where nothing else comes back, a crash may with this probability. */
const LEAST_RETURN = 0.35;

/**
 * Episodes far longer than the others of this fleet: how often a crash comes back is taken from all episodes, the long ones cut.
 * Loops of other labels on the same machine at the same time are the same loop, labelled otherwise.
 */
export function crashLoops(fleet: Fleet): CrashLoop[] {
  const { roles, weights } = fleet;
  const dimension = fleet.dimensions.find(({ name }) => name === roles.node?.name);
  if (dimension === undefined || roles.time === undefined) return [];
  let crashes = 0;
  for (const weight of weights) crashes += Math.min(USUAL, weight);
  const back = Math.max(LEAST_RETURN, (crashes - weights.length) / crashes);
  const logFactor = Math.log(fleet.episodes) - Math.log(LOOP_WEIGHT);
  const spans = spansOf(fleet);
  const found: CrashLoop[] = [];
  weights.forEach((weight, episode) => {
    if (weight < FEWEST) return;
    const subject = subjectOf(fleet, episode);
    const code = dimension.codes[episode] ?? -1;
    const span = spans.get(episode);
    if (subject === undefined || code < 0 || span === undefined) return;
    const logP = Math.max(
      (weight - 1) * Math.log(back),
      logTailOf(weight, usualWithin(fleet, subject, dimension, code, span)),
    );
    if (logP + logFactor > Math.log(ALPHA)) return;
    found.push({
      subject,
      dimension,
      code,
      crashes: weight,
      episodes: 1,
      start: span.start,
      end: span.end,
      logP,
      logPAdjusted: Math.min(0, logP + logFactor),
    });
  });
  return merged(found.sort((a, b) => b.crashes - a.crashes));
}

/** A day has busy hours: a machine may crash this much more often in them. */
const BUSY = 3;

/** Crashes of the subject on the machine to be expected in such a time, by those outside of it. */
function usualWithin(
  fleet: Fleet,
  subject: Subject,
  { column, values }: Dimension,
  code: number,
  { start, end }: { start: number; end: number },
): number {
  const wanted = values[code];
  let others = 0;
  let first = start;
  let last = end;
  for (const row of subject.rows) {
    if (column.values[column.codes[row] ?? -1] !== wanted) continue;
    const at = fleet.roles.time?.values[row] ?? NaN;
    if (Number.isNaN(at) || (at >= start && at <= end)) continue;
    others++;
    first = Math.min(first, at);
    last = Math.max(last, at);
  }
  const rest = Math.max(1, last - first - (end - start));
  return 0.5 + (others * BUSY * (end - start)) / rest;
}

/** An upper bound of ln P(at least n) for a Poisson count of this mean. */
function logTailOf(n: number, mean: number): number {
  return n <= mean ? 0 : n - mean - n * Math.log(n / mean);
}

/** Of one machine and subject one loop; of one machine and time likewise. */
function merged(loops: readonly CrashLoop[]): CrashLoop[] {
  const kept: CrashLoop[] = [];
  for (const loop of loops) {
    const at = kept.findIndex(
      ({ code, subject, start, end }) =>
        code === loop.code && (subject === loop.subject || (loop.start <= end && loop.end >= start)),
    );
    const same = kept[at];
    if (same === undefined) kept.push(loop);
    else if (same.subject === loop.subject)
      kept[at] = {
        ...same,
        crashes: same.crashes + loop.crashes,
        episodes: same.episodes + 1,
        start: Math.min(same.start, loop.start),
        end: Math.max(same.end, loop.end),
      };
  }
  return kept;
}

/** The label of an episode's crashes, their kind where there are no labels: however rare, since a loop may be all there is of it. */
function subjectOf(fleet: Fleet, episode: number): Subject | undefined {
  const first = fleet.crashes[fleet.episodeOf.indexOf(episode)];
  const level = fleet.roles.label === undefined ? 'kind' : 'label';
  const column = fleet.roles[level];
  const code = first === undefined ? -1 : (column?.codes[first] ?? -1);
  const value = column?.values[code];
  if (column === undefined || value === undefined) return undefined;
  const known = fleet.subjects.find((subject) => subject.level === level && subject[level] === String(value));
  if (known !== undefined) return known;
  const rows = fleet.crashes.filter((row) => column.codes[row] === code);
  return { level, [level]: String(value), episodes: Int32Array.of(episode), rows };
}

/** Episodes of other labels on a looping machine while it loops: the same loop, labelled otherwise. */
export function besideLoops(fleet: Fleet, loops: readonly CrashLoop[]): number[] {
  const found = new Set<number>();
  for (const { dimension, code, start, end } of loops)
    dimension.codes.forEach((own, episode) => {
      const at = fleet.time?.values[episode] ?? NaN;
      if (own === code && at >= start && at <= end && (fleet.weights[episode] ?? 0) < FEWEST) found.add(episode);
    });
  return [...found];
}

function spansOf(fleet: Fleet): Map<number, { start: number; end: number }> {
  const spans = new Map<number, { start: number; end: number }>();
  fleet.crashes.forEach((row, crash) => {
    const episode = fleet.episodeOf[crash] ?? 0;
    if ((fleet.weights[episode] ?? 0) < FEWEST) return;
    const at = fleet.roles.time?.values[row] ?? NaN;
    if (Number.isNaN(at)) return;
    const span = spans.get(episode);
    if (span === undefined) spans.set(episode, { start: at, end: at });
    else {
      span.start = Math.min(span.start, at);
      span.end = Math.max(span.end, at);
    }
  });
  return spans;
}
