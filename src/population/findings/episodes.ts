import { extent } from '../../shared/extent.js';
import type { Agreement } from './sameCrash.js';

/** Crashes grouped into episodes. */
export interface Episodes {
  readonly count: number;
  /** For each crash its episode. */
  readonly of: Int32Array;
}

/** Of the crashes of one signature on one node, so many may fall within a window by chance alone. */
const BY_CHANCE = 0.05;
const HOUR = 3_600_000;
/** So many crashes before are looked at. */
const NEIGHBOURS = 16;
const SHORTEST_LIFE = 48 * HOUR;

/**
 * Crashes with one key (node and signature) form an episode while each follows the one before within the gap. Where a node crashes so
 * often that crashes of one key follow one another within the gap by chance, the gap is narrowed there, for all keys alike: a busy node's
 * crashes are no episode, and what is frequent must neither count less than what is rare nor consist of other crashes. Crashes that agree
 * in all that is known of them, as few do by chance, are one episode within the whole gap even there.
 *
 * @param key of each crash: node and signature; -1 for a crash that is an episode by itself
 * @param node of each crash the number of its node, by whose first and last crash its life is known
 * @param time of each crash in epoch milliseconds; NaN for a crash that is an episode by itself
 * @param gap milliseconds; 0 for none
 */
export function episodesOf(
  key: Int32Array,
  time: Float64Array,
  gap: number,
  node: (crash: number) => number = (crash) => key[crash] ?? -1,
  agreement: Agreement = { agree: () => true, byChance: 1 },
): Episodes {
  const of = new Int32Array(key.length).fill(-1);
  let count = 0;
  const order = sortedByKeyAndTime(key, time);
  const span = timeSpan(time);
  const lives = livesOf(time, node);
  const windows = new Map<number, number>();
  for (const [from, to] of runs()) {
    const own = node(order[from] ?? 0);
    windows.set(own, Math.min(windows.get(own) ?? gap, windowOf(from, to)));
  }
  for (const [from, to] of runs()) {
    const window = windows.get(node(order[from] ?? 0)) ?? gap;
    const wide = Math.min(gap, windowOf(from, to) / agreement.byChance);
    let last = -Infinity;
    for (let i = from; i < to; i++) {
      const crash = order[i] ?? 0;
      const at = time[crash] ?? NaN;
      const same = at - last > window ? sameBefore(i, from, wide) : -1;
      of[crash] = at - last <= window ? (of[order[i - 1] ?? 0] ?? 0) : same >= 0 ? (of[same] ?? 0) : count++;
      last = at;
    }
  }
  for (let crash = 0; crash < of.length; crash++) if (of[crash] === -1) of[crash] = count++;
  return { count, of };

  function windowOf(from: number, to: number): number {
    // A node that lived for a week crashes within that week; a burst of an hour is no life.
    const life = Math.min(span, Math.max(SHORTEST_LIFE, lives.get(node(order[from] ?? 0)) ?? 0));
    return windowByChance(order, time, from, to, life);
  }

  /** The last crash of the same key before, within a window, that agrees in what is known of both; -1 where there is none. */
  function sameBefore(i: number, from: number, window: number): number {
    const crash = order[i] ?? 0;
    for (let k = i - 1; k >= Math.max(from, i - NEIGHBOURS); k--) {
      const other = order[k] ?? 0;
      if ((time[crash] ?? 0) - (time[other] ?? 0) > window) return -1;
      if (agreement.agree(crash, other)) return other;
    }
    return -1;
  }

  /** Crashes of one key: from, and up to but not including, in `order`. */
  function* runs(): Generator<readonly [number, number]> {
    for (let from = 0; from < order.length;) {
      let to = from;
      while (to < order.length && key[order[to] ?? 0] === key[order[from] ?? 0]) to++;
      yield [from, to];
      from = to;
    }
  }
}

/**
 * The window in milliseconds within which few of the crashes [from, to) of `order` follow one another by chance: by the share of hours that
 * have any, which no single burst can swell.
 *
 * @param span how long they could have come, in milliseconds
 */
export function windowByChance(order: Uint32Array, time: Float64Array, from: number, to: number, span: number): number {
  if (to - from < 3) return Infinity;
  let hours = 0;
  let last = NaN;
  for (let i = from; i < to; i++) {
    const hour = Math.floor((time[order[i] ?? 0] ?? 0) / HOUR);
    if (hour !== last) hours++;
    last = hour;
  }
  const occupied = Math.min(0.999, hours / Math.max(1, span / HOUR));
  const perHour = -Math.log1p(-occupied);
  return (BY_CHANCE / perHour) * HOUR;
}

/** From the first to the last crash of each node. */
function livesOf(time: Float64Array, node: (crash: number) => number): Map<number, number> {
  const first = new Map<number, number>();
  const lives = new Map<number, number>();
  time.forEach((at, crash) => {
    const own = node(crash);
    if (own < 0 || Number.isNaN(at)) return;
    const low = Math.min(first.get(own) ?? at, at);
    const high = Math.max((first.get(own) ?? at) + (lives.get(own) ?? 0), at);
    first.set(own, low);
    lives.set(own, high - low);
  });
  return lives;
}

function timeSpan(time: Float64Array): number {
  const [low, high] = extent(time);
  return high > low ? high - low : 0;
}

function sortedByKeyAndTime(key: Int32Array, time: Float64Array): Uint32Array {
  let count = 0;
  const order = new Uint32Array(key.length);
  for (let crash = 0; crash < key.length; crash++)
    if ((key[crash] ?? -1) >= 0 && !Number.isNaN(time[crash] ?? NaN)) order[count++] = crash;
  return order.subarray(0, count).sort((a, b) => (key[a] ?? 0) - (key[b] ?? 0) || (time[a] ?? 0) - (time[b] ?? 0));
}
