import { splitGain } from '../statistics/gain.js';
import type { Candidate } from './candidate.js';
import { CASE, type Comparison, LEFT_OUT } from './comparison.js';
import { type EdgeGap, type EdgeSide, likeliestEdge, namedEdge, roundest } from './likeliestEdge.js';
import { possibleEdges } from './possibleEdges.js';
import { INSIDE, OUTSIDE, type RangePredicate, sidesOf } from './predicate.js';

/** Values looked at around each edge. */
const AROUND = 4000;

/**
 * The same cut or window with each edge moved to the best place between neighbouring values: a scan goes by bins. Edges become the
 * roundest number between the values they divide.
 */
export function refined(candidate: Candidate, comparison: Comparison): Candidate {
  if (candidate.predicate.form !== 'range') return candidate;
  let predicate = candidate.predicate;
  for (const which of ['low', 'high'] as const) {
    if (!Number.isFinite(predicate[which])) continue;
    const gaps = gapsAround(predicate, which, comparison);
    const best = mostGaining(gaps);
    // Of dates the best is taken as it is: an hour is as likely as any other.
    const likeliest =
      candidate.family === 'measure' ? (likeliestEdge(gaps, which, casesOf(predicate, comparison)) ?? best) : best;
    if (likeliest === undefined) continue;
    const edge =
      candidate.family === 'measure' ? namedEdge(likeliest, which) : roundest(likeliest.below, likeliest.value);
    const possible = candidate.family === 'time' ? possibleEdges(gaps) : undefined;
    predicate = {
      ...predicate,
      [which]: edge,
      ...(possible === undefined ? {} : { [which === 'low' ? 'lowBetween' : 'highBetween']: possible }),
    };
  }
  return { ...candidate, predicate };
}

/** Values of the cases, ascending. */
function casesOf({ measure: { values } }: RangePredicate, { role }: Comparison): Float64Array {
  return values.filter((value, i) => role[i] === CASE && !Number.isNaN(value)).sort();
}

function mostGaining(gaps: readonly EdgeGap[]): EdgeGap | undefined {
  return gaps.reduce<EdgeGap | undefined>(
    (best, gap) => (best === undefined || gap.gain > best.gain + 1e-9 ? gap : best),
    undefined,
  );
}

/** The gaps between neighbouring values around an edge, and what is gained with the edge in each. */
function gapsAround(predicate: RangePredicate, which: EdgeSide, comparison: Comparison): EdgeGap[] {
  const { values } = predicate.measure;
  const { role, stratum, strata } = comparison;
  const edge = predicate[which];
  const other = which === 'low' ? predicate.high : predicate.low;
  const usable: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (role[i] === LEFT_OUT || Number.isNaN(value)) continue;
    // The edge may not pass the other one.
    if (which === 'low' ? value < other : value >= other) usable.push(i);
  }
  usable.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const at = usable.findIndex((i) => (values[i] ?? 0) >= edge);
  const from = Math.max(0, (at < 0 ? usable.length : at) - AROUND);
  const to = Math.min(usable.length, from + 2 * AROUND);
  // Counts with the edge at `from`, then moved upwards value by value. At stratum * 4: inside, cases inside, outside, cases outside.
  const counts = new Int32Array(strata * 4);
  const start: RangePredicate = { ...predicate, [which]: valueAt(from) };
  const sides = sidesOf(start, values.length);
  for (let i = 0; i < values.length; i++) {
    if (role[i] === LEFT_OUT || (sides[i] !== INSIDE && sides[i] !== OUTSIDE)) continue;
    move(i, sides[i] === INSIDE, 1);
  }
  const gaps: EdgeGap[] = [];
  for (let k = from; k <= to; k++) {
    const value = valueAt(k);
    const below = k === 0 ? -Infinity : valueAt(k - 1);
    if (value > below && k > 0) gaps.push({ below, value, gain: gainNow() });
    const episode = usable[k];
    if (episode === undefined || k === to) break;
    // This value comes to lie below the edge: outside of a low edge, inside of a high one.
    move(episode, which === 'low', -1);
    move(episode, which !== 'low', 1);
  }
  return gaps;

  function valueAt(k: number): number {
    return values[usable[Math.min(k, usable.length - 1)] ?? 0] ?? 0;
  }

  function move(episode: number, inside: boolean, by: number): void {
    const cell = (stratum[episode] ?? 0) * 4 + (inside ? 0 : 2);
    counts[cell] = (counts[cell] ?? 0) + by;
    if (role[episode] === CASE) counts[cell + 1] = (counts[cell + 1] ?? 0) + by;
  }

  function gainNow(): number {
    let gain = 0;
    for (let layer = 0; layer < strata; layer++)
      gain += splitGain(
        counts[layer * 4 + 1] ?? 0,
        counts[layer * 4] ?? 0,
        counts[layer * 4 + 3] ?? 0,
        counts[layer * 4 + 2] ?? 0,
      );
    return gain;
  }
}
