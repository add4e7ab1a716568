import { valueCounts } from './valueCounts.js';
import type { CategoryColumn } from '../../shared/columnTable.js';

/** So many neighbours in time are looked at on each side. */
const NEIGHBOURS = 60;
/** A crash joins an episode when fewer than this many would fit it by chance. */
const BY_CHANCE = 0.05;
const HOUR = 3_600_000;

/**
 * Crashes whose machine is unknown may belong to an episode all the same: they join the nearest crash of the same key within the gap
 * that agrees in everything known that belongs to the machine (rack, SKU), when hardly any would by chance: where crashes of the key are
 * rare, or the agreement is.
 *
 * @param of the episode of each crash; changed
 * @param group of each crash: label, kind and signature
 * @param stray whether the machine of a crash is unknown
 * @param told columns that belong to the machine, by row of the table
 */
export function joinStrays(
  of: Int32Array,
  group: Int32Array,
  stray: (crash: number) => boolean,
  time: Float64Array,
  gap: number,
  crashes: Int32Array,
  told: readonly CategoryColumn[],
): void {
  if (gap <= 0) return;
  const order = Uint32Array.from({ length: of.length }, (_, i) => i).filter((i) => !Number.isNaN(time[i] ?? NaN));
  order.sort((a, b) => (group[a] ?? 0) - (group[b] ?? 0) || (time[a] ?? 0) - (time[b] ?? 0));
  const frequency = told.map(frequencies);
  const expected = expectedWithin(order, group, time, gap);
  for (let at = 0; at < order.length; at++) {
    const crash = order[at] ?? 0;
    if (!stray(crash)) continue;
    const fits = (other: number) => chance(crashes[crash] ?? 0, crashes[other] ?? 0);
    for (const step of [-1, 1]) {
      let joined = false;
      for (let k = 1; k <= NEIGHBOURS && !joined; k++) {
        const other = order[at + step * k];
        if (other === undefined || group[other] !== group[crash]) break;
        if (Math.abs((time[other] ?? 0) - (time[crash] ?? 0)) > gap) break;
        if (of[other] !== of[crash] && fits(other) * (expected.get(group[crash] ?? 0) ?? Infinity) <= BY_CHANCE) {
          of[crash] = of[other] ?? 0;
          joined = true;
        }
      }
      if (joined) break;
    }
  }

  /** The chance that two crashes agree as these do in all they both know; 1 where they differ. */
  function chance(row: number, other: number): number {
    let product = 1;
    for (let i = 0; i < told.length; i++) {
      const a = told[i]?.codes[row] ?? -1;
      const b = told[i]?.codes[other] ?? -1;
      if (a < 0 || b < 0) continue;
      if (a !== b) return 1;
      // Columns of one machine say much of the same: only the sharpest counts in full.
      product = Math.min(product, frequency[i]?.[a] ?? 1);
    }
    return product;
  }
}

/** For each key, how many of its crashes fall within the gap by chance: by the hours that have any, which no burst can swell. */
function expectedWithin(order: Uint32Array, group: Int32Array, time: Float64Array, gap: number): Map<number, number> {
  const hours = new Map<number, number>();
  let low = Infinity;
  let high = -Infinity;
  let last = '';
  for (const crash of order) {
    const key = group[crash] ?? 0;
    const at = time[crash] ?? 0;
    low = Math.min(low, at);
    high = Math.max(high, at);
    const hour = `${key}/${Math.floor(at / HOUR)}`;
    if (hour !== last) hours.set(key, (hours.get(key) ?? 0) + 1);
    last = hour;
  }
  const span = Math.max(1, (high - low) / HOUR);
  return new Map(
    [...hours].map(([key, occupied]) => [key, (-Math.log1p(-Math.min(0.999, occupied / span)) * gap) / HOUR]),
  );
}

function frequencies(column: CategoryColumn): Float64Array {
  const { counts, known } = valueCounts(column);
  return Float64Array.from(counts, (count) => count / Math.max(1, known));
}
