import { windowByChance } from './episodes.js';
import type { Agreement } from './sameCrash.js';

/** So many crashes before are looked at. */
const NEIGHBOURS = 16;
const SHORTEST_LIFE = 48 * 3_600_000;

/**
 * Episodes that begin as the same program comes back from a crash of another label: within the gap, on the same machine, with everything
 * else that is known the same, where hardly any two crashes would agree so by chance. They are no news of their own: a crash that a
 * classifier got wrong within a burst would count as one that came after seconds of life, and so would what the first crash left broken.
 * Labels never merge, so they stay episodes; comparisons leave them out.
 *
 * @param of the episode of each crash
 * @param key of each crash: node and signature; -1 where unknown
 * @param order crashes with a known node and time, by node and time
 * @param time of each crash in epoch milliseconds
 * @param gap milliseconds; 0 for none
 * @returns numbers of episodes, ascending
 */
export function echoesOf(
  of: Int32Array,
  key: Int32Array,
  node: (crash: number) => number,
  order: Uint32Array,
  time: Float64Array,
  gap: number,
  agreement: Agreement,
): number[] {
  const begun = new Set<number>();
  const echoes = new Set<number>();
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && node(order[to] ?? 0) === node(order[from] ?? 0)) to++;
    const life = Math.max(SHORTEST_LIFE, timeAt(to - 1) - timeAt(from));
    const window = Math.min(gap, windowByChance(order, time, from, to, life) / agreement.byChance);
    for (let i = from; i < to; i++) {
      const episode = of[order[i] ?? 0] ?? 0;
      if (!begun.has(episode) && comesBack(i, from, window)) echoes.add(episode);
      begun.add(episode);
    }
    from = to;
  }
  return [...echoes].sort((a, b) => a - b);

  function timeAt(i: number): number {
    return time[order[i] ?? 0] ?? 0;
  }

  function comesBack(i: number, from: number, window: number): boolean {
    const crash = order[i] ?? 0;
    for (let k = i - 1; k >= Math.max(from, i - NEIGHBOURS); k--) {
      if (timeAt(i) - timeAt(k) > window) return false;
      const other = order[k] ?? 0;
      if (key[other] !== key[crash] && agreement.agree(crash, other)) return true;
    }
    return false;
  }
}
