import type { EdgeGap } from './likeliestEdge.js';

/** From when to when an edge may lie. */
export type EdgeInterval = readonly [earliest: number, latest: number];

const CREDIBLE = 0.95;

/**
 * Where an edge lies with a probability of 95 %, when before looking it could be anywhere alike: the likeliest places until together they
 * are as probable, and what lies between them (a highest-density interval, of a change point whose shares are as likely as they can be).
 * Where the change falls among few cases that is days, among many it is minutes. `undefined` where no gap has two ends.
 *
 * @param gaps touching each other; within each the likelihood is the same
 */
export function possibleEdges(gaps: readonly EdgeGap[]): EdgeInterval | undefined {
  const bounded = gaps.filter(({ below, value }) => Number.isFinite(below) && Number.isFinite(value));
  const most = bounded.reduce((best, { gain }) => Math.max(best, gain), -Infinity);
  const massOf = ({ below, value, gain }: EdgeGap): number => (value - below) * Math.exp(gain - most);
  const needed = CREDIBLE * bounded.reduce((sum, gap) => sum + massOf(gap), 0);
  let mass = 0;
  let [earliest, latest] = [Infinity, -Infinity];
  for (const gap of [...bounded].sort((a, b) => b.gain - a.gain)) {
    if (mass >= needed) break;
    mass += massOf(gap);
    earliest = Math.min(earliest, gap.below);
    latest = Math.max(latest, gap.value);
  }
  return earliest < latest ? [earliest, latest] : undefined;
}
