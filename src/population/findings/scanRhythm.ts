import { hourOfWeek } from '../../shared/hourOfWeek.js';
import { splitGain } from '../statistics/gain.js';
import { harmonicLogP } from '../statistics/harmonicTest.js';
import { type Candidate, COST_OF_RHYTHM } from './candidate.js';
import { CASE, type Comparison, LEFT_OUT } from './comparison.js';
import type { Measure } from './fleet.js';

const DAY = 24;
const WEEK = 168;
/** A rhythm is seen over so many of its periods, at least. */
const FEWEST_DAYS = 3;
const FEWEST_WEEKS = 3;
const FEWEST_CASES = 10;
/** Hours of a day, or days of a week, that the busy part may have. */
const DAY_ARC = { least: 3, most: 14, step: 1 };
const WEEK_ARC = { least: 24, most: 96, step: 24 };

/** Whether a subject comes at hours of the day, or on days of the week, when others do not; in the time zone UTC. */
export function scanRhythm(time: Measure, comparison: Comparison): Candidate[] {
  const { role, stratum, strata, subject } = comparison;
  const all = Array.from({ length: strata }, () => new Int32Array(WEEK));
  const cases = Array.from({ length: strata }, () => new Int32Array(WEEK));
  let from = Infinity;
  let to = -Infinity;
  let known = 0;
  for (let i = 0; i < role.length; i++) {
    const is = role[i] ?? LEFT_OUT;
    const at = time.values[i] ?? NaN;
    if (is === LEFT_OUT || Number.isNaN(at)) continue;
    from = Math.min(from, at);
    to = Math.max(to, at);
    const hour = hourOfWeek(at);
    const layer = stratum[i] ?? 0;
    const here = all[layer];
    if (here !== undefined) here[hour] = (here[hour] ?? 0) + 1;
    if (is !== CASE) continue;
    known++;
    const own = cases[layer];
    if (own !== undefined) own[hour] = (own[hour] ?? 0) + 1;
  }
  if (known < FEWEST_CASES) return [];
  const days = (to - from) / 86_400_000;
  const found: Candidate[] = [];
  for (const period of ['day', 'week'] as const) {
    if (days < (period === 'day' ? FEWEST_DAYS : 7 * FEWEST_WEEKS)) continue;
    const size = period === 'day' ? DAY : WEEK;
    const layers = all.map((counts, layer) => ({
      all: folded(counts, size),
      cases: folded(cases[layer] ?? counts, size),
    }));
    const logP = harmonicLogP(layers);
    const arc = bestArc(layers, size, period === 'day' ? DAY_ARC : WEEK_ARC);
    if (arc === undefined) continue;
    found.push({
      subject,
      family: 'rhythm',
      predicate: { form: 'clock', time, period, from: arc.from, to: arc.to },
      logP,
      cost: COST_OF_RHYTHM,
      gain: arc.gain,
      excess: true,
    });
  }
  return found;
}

function folded(week: Int32Array, size: number): Int32Array {
  const counts = new Int32Array(size);
  week.forEach((count, hour) => {
    counts[hour % size] = (counts[hour % size] ?? 0) + count;
  });
  return counts;
}

interface Arc {
  readonly from: number;
  readonly to: number;
  readonly gain: number;
}

/** The part of the circle in which cases are most in excess. */
function bestArc(
  layers: readonly { readonly all: Int32Array; readonly cases: Int32Array }[],
  size: number,
  { least, most, step }: typeof DAY_ARC,
): Arc | undefined {
  let best: Arc | undefined;
  for (let from = 0; from < size; from += step)
    for (let length = least; length <= most; length += step) {
      let gain = 0;
      let distance = 0;
      for (const { all, cases } of layers) {
        let n = 0;
        let k = 0;
        let inside = 0;
        let casesInside = 0;
        for (let hour = 0; hour < size; hour++) {
          n += all[hour] ?? 0;
          k += cases[hour] ?? 0;
          if ((hour - from + size) % size >= length) continue;
          inside += all[hour] ?? 0;
          casesInside += cases[hour] ?? 0;
        }
        if (n === 0) continue;
        gain += splitGain(casesInside, inside, k - casesInside, n - inside);
        distance += casesInside - (inside * k) / n;
      }
      if (distance > 0 && (best === undefined || gain > best.gain)) best = { from, to: (from + length) % size, gain };
    }
  return best;
}
